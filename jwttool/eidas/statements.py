"""The QC statements of a certificate or a request, each by name, with all that is odd about them.

RFC 3739 section 3.2.6 has the extension, ETSI EN 319 412-5 and TS 119 495 the
statements. The standard's form is tried first, then what is seen in the wild.
Nothing here raises for what an extension holds: the worst is an anomaly.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

from cryptography.hazmat import asn1

from jwttool.eidas import structures
from jwttool.eidas.anomalies import Anomaly
from jwttool.eidas.oids import QC_TYPES, SEMANTICS, STATEMENTS
from jwttool.eidas.psd2 import Psd2, read_psd2
from jwttool.encoding import MAX_JSON_INTEGER, is_visible
from jwttool.errors import MalformedError
from jwttool.keys.boundary import library

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST_ELEMENTS: Final = 1024
_SHOWN_BYTES: Final = 64
_REMEMBERED_BYTES: Final = 2048
_COMPLIANCE: Final = structures.QC_COMPLIANCE.dotted_string
_TYPE: Final = structures.QC_TYPE.dotted_string
_PDS: Final = structures.QC_PDS.dotted_string
_PSD2: Final = structures.PSD2.dotted_string
# ETSI EN 319 412-5 sections 4.2.1 and 4.2.2: they say all by being there.
_EMPTY: Final = frozenset({_COMPLIANCE, structures.QC_SSCD.dotted_string})


@dataclass(frozen=True, slots=True)
class PdsLocation:
    """Where a disclosure statement is, and in which language."""

    url: str
    language: str


@dataclass(frozen=True, slots=True)
class Limit:
    """The highest value of a transaction: amount times ten to the exponent, of a currency (ISO 4217)."""

    currency: str
    amount: int
    exponent: int


Value: TypeAlias = int | str | tuple[str, ...] | tuple[PdsLocation, ...] | Limit | Psd2 | None
"""What a statement says; the DER in hex, cut to its first bytes, where that is not understood."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One QC statement; ``name`` is None for a stranger."""

    oid: str
    name: str | None
    value: Value = None


@dataclass(frozen=True, slots=True)
class QcStatements:
    """All statements in order; ``types`` are "web", "eseal", "esign", or dotted numbers."""

    statements: tuple[Statement, ...] = ()
    types: tuple[str, ...] = ()
    psd2: Psd2 | None = None
    anomalies: tuple[Anomaly, ...] = ()

    def has(self, oid: str) -> bool:
        """Whether there is a statement of that OID."""
        return any(statement.oid == oid for statement in self.statements)

    @property
    def compliance(self) -> bool:
        """Whether the CA says that the certificate is qualified (EN 319 412-5 section 4.2.1)."""
        return self.has(_COMPLIANCE)


@asn1.sequence
class _Elements:
    """A list of anything, in one sequence more."""

    items: Annotated[list[asn1.TLV], asn1.Size(0, _MOST_ELEMENTS)]


def read_statements(data: bytes) -> QcStatements:
    """What the extension with these bytes says."""
    return _remembered(data) if len(data) <= _REMEMBERED_BYTES else _read_all(data)


def _read_all(data: bytes) -> QcStatements:
    anomalies: list[Anomaly] = []
    found = _elements(data, anomalies)
    statements: dict[str, Statement] = {}
    repeated: set[str] = set()
    for each in found:
        oid = each.oid.dotted_string
        if oid in statements:
            repeated.add(oid)
            continue
        encoded = None if each.info is None else asn1.encode_der(each.info)
        small = encoded is None or len(encoded) <= _REMEMBERED_BYTES
        statement, odd = _read(oid, encoded) if small else _read_afresh(oid, encoded)
        statements[oid] = statement
        anomalies += odd
    anomalies += [_repeated(oid) for oid in statements if oid in repeated]
    psd2 = statements[_PSD2].value if _PSD2 in statements else None
    return QcStatements(
        tuple(statements.values()),
        _types(statements),
        psd2 if isinstance(psd2, Psd2) else None,
        tuple(anomalies),
    )


# The statements name roles and authority, and no number: all holders of one kind,
# at one CA and under one authority, have the same. Others share most of theirs.
_remembered: Final = lru_cache(maxsize=512)(_read_all)


def _types(statements: dict[str, Statement]) -> tuple[str, ...]:
    value = statements[_TYPE].value if _TYPE in statements else ()
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, tuple) else ()


def _repeated(oid: str) -> Anomaly:
    return Anomaly(
        "statement-repeated", f"{STATEMENTS.get(oid, oid)} stands there more than once; the first is read"
    )


# --- the list -----------------------------------------------------------------


def _elements(data: bytes, anomalies: list[Anomaly]) -> tuple[structures.QcStatement, ...]:
    try:
        return structures.decode_statements(data)
    except MalformedError:
        pass
    bare = _as_statement(data)
    if bare is not None:
        anomalies.append(Anomaly("statements-bare", "one QC statement stands where a list of them belongs"))
        return (bare,)
    fault = MalformedError("the QC statements cannot be read: truncated, overlong or no list")
    try:
        elements = structures.decode_list(_Elements, data, fault).items
    except MalformedError:
        anomalies.append(Anomaly("statements-damaged", fault.message))
        return ()
    if not elements:
        anomalies.append(Anomaly("statements-empty", "the list of QC statements is empty"))
    if len(elements) > structures.MAX_STATEMENTS:
        message = f"{len(elements):,} QC statements; {structures.MAX_STATEMENTS} are read"
        anomalies.append(Anomaly("statements-many", message))
    found = [_as_statement(asn1.encode_der(each)) for each in elements[: structures.MAX_STATEMENTS]]
    if None in found:
        anomalies.append(Anomaly("statement-damaged", "an element of the list is no QC statement"))
    return tuple(each for each in found if each is not None)


def _as_statement(data: bytes) -> structures.QcStatement | None:
    try:
        with library(MalformedError("no QC statement")):
            return asn1.decode_der(structures.QcStatement, data)
    except MalformedError:
        return None


# --- the values ---------------------------------------------------------------


def _read_afresh(oid: str, encoded: bytes | None) -> tuple[Statement, tuple[Anomaly, ...]]:
    """A statement from the DER of its information, with what is odd about it."""
    name = STATEMENTS.get(oid)
    if name is None:
        message = f"the QC statement {oid} is not registered here"
        return Statement(oid, None, _hex(encoded)), (Anomaly("statement-unknown", message),)
    read = _READERS.get(oid)
    if oid in _EMPTY and encoded is not None:
        content = Anomaly("statement-content", f"{name} holds something, where nothing belongs")
        return Statement(oid, name, _hex(encoded)), (content,)
    if read is None:
        return Statement(oid, name, _hex(encoded)), ()
    fault = MalformedError(f"{name} cannot be read")
    try:
        if encoded is None:
            raise fault
        value, odd = read(encoded, fault)
    except MalformedError:
        anomaly = Anomaly("psd2-damaged" if oid == _PSD2 else "statement-damaged", fault.message)
        return Statement(oid, name, _hex(encoded)), (anomaly,)
    return Statement(oid, name, value), odd


_read: Final = lru_cache(maxsize=512)(_read_afresh)

_Read: TypeAlias = tuple[Value, tuple[Anomaly, ...]]


def _hex(encoded: bytes | None) -> str | None:
    if encoded is None:
        return None
    return encoded[:_SHOWN_BYTES].hex() + ("…" if len(encoded) > _SHOWN_BYTES else "")


def _read_types(encoded: bytes, fault: MalformedError) -> _Read:
    oids = [each.dotted_string for each in structures.decode_list(structures.QcTypes, encoded, fault).items]
    types = tuple(QC_TYPES.get(oid, oid) for oid in oids)
    odd = [
        Anomaly("qc-type-unknown", f"QcType {oid} is not registered here")
        for oid in oids
        if oid not in QC_TYPES
    ]
    if len(types) > 1:
        odd.append(Anomaly("qc-type-several", f"QcType names {', '.join(types[:4])}, where one belongs"))
    return types, tuple(odd)


def _read_pds(encoded: bytes, fault: MalformedError) -> _Read:
    items = structures.decode_list(structures.QcPds, encoded, fault).items
    value = tuple(PdsLocation(item.url.as_str(), item.language.as_str()) for item in items)
    odd = Anomaly("pds-form", "a disclosure statement is not an https URL with a language of two letters")
    return value, () if all(map(_is_pds, value)) else (odd,)


def _is_pds(location: PdsLocation) -> bool:
    url, language = location.url, location.language
    return url.startswith("https://") and is_visible(url) and language.isalpha() and language.islower()


def _read_limit(encoded: bytes, fault: MalformedError) -> _Read:
    with library(fault):
        limit = asn1.decode_der(structures.MonetaryValue, encoded)
    currency = limit.currency if isinstance(limit.currency, int) else limit.currency.as_str()
    numbers = [limit.amount, limit.exponent, currency if isinstance(currency, int) else 0]
    if any(abs(number) > MAX_JSON_INTEGER for number in numbers):
        raise fault
    return Limit(str(currency), limit.amount, limit.exponent), ()


def _read_years(encoded: bytes, fault: MalformedError) -> _Read:
    with library(fault):
        years = asn1.decode_der(int, encoded)
    if abs(years) > MAX_JSON_INTEGER:
        raise fault
    return years, ()


def _read_countries(encoded: bytes, fault: MalformedError) -> _Read:
    items = structures.decode_list(structures.Countries, encoded, fault).items
    return tuple(item.as_str() for item in items), ()


def _read_semantics(encoded: bytes, fault: MalformedError) -> _Read:
    with library(fault):
        oid = asn1.decode_der(structures.SemanticsInformation, encoded).identifier
    return None if oid is None else SEMANTICS.get(oid.dotted_string, oid.dotted_string), ()


_READERS: Final[dict[str, Callable[[bytes, MalformedError], _Read]]] = {
    structures.QC_LIMIT.dotted_string: _read_limit,
    structures.QC_RETENTION.dotted_string: _read_years,
    _PDS: _read_pds,
    _TYPE: _read_types,
    structures.QC_LEGISLATION.dotted_string: _read_countries,
    structures.QSCD_LEGISLATION.dotted_string: _read_countries,
    structures.PKIX_SYNTAX_2.dotted_string: _read_semantics,
    _PSD2: read_psd2,
}
