"""The PSD2 statement: roles and authority (ETSI TS 119 495 sections 5.1 and 5.2, annex A).

First the standard's form, then what real certificates have instead, part by
part, so that one odd part does not hide the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier

from jwttool.eidas import structures
from jwttool.eidas.anomalies import Anomaly
from jwttool.eidas.authorities import named
from jwttool.eidas.nca import NcaId, is_latin, read_nca_id
from jwttool.eidas.roles import BY_NAME, BY_OID, NOT_APPLICABLE, PSP_PA, UNSPECIFIED, near_roles
from jwttool.eidas.showing import quoted
from jwttool.errors import MalformedError
from jwttool.keys.boundary import library
from jwttool.keys.structures import Anything

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_TEXT: Final = 256
"""Characters of a text (annex A)."""
_MOST_ELEMENTS: Final = 20_000
_MOST_PARTS: Final = 64

_Choice: TypeAlias = ObjectIdentifier | str | asn1.PrintableString | asn1.IA5String | asn1.TLV
Item: TypeAlias = _Choice | None
"""What may stand in the place of an OID or a text; None for nothing."""

# Other string types (X.680 section 41), which the library hands over as bytes: tag and encoding.
_OTHER_STRINGS: Final = {
    b"\x13": "ascii",  # PrintableString with a character that it does not have: "_", of all
    b"\x14": "latin-1",  # TeletexString, as everybody uses it
    b"\x1a": "ascii",  # VisibleString
    b"\x1c": "utf-32-be",  # UniversalString
    b"\x1e": "utf-16-be",  # BMPString
}


@asn1.sequence
class _Loose:
    """The statement with anything in its places."""

    roles: asn1.TLV
    nca_name: Anything | None
    nca_id: Anything | None


@asn1.sequence
class _Elements:
    """A list, in one sequence more."""

    items: Annotated[list[asn1.TLV], asn1.Size(0, _MOST_ELEMENTS)]


@asn1.sequence
class _Parts:
    """The parts of a role, in one sequence more."""

    items: Annotated[list[asn1.TLV], asn1.Size(0, _MOST_PARTS)]


@asn1.sequence
class _Single:
    item: _Choice


@dataclass(frozen=True, slots=True)
class PspRole:
    """A role as it stands, and the registered name of its OID, None for a stranger."""

    oid: str
    name: str | None
    registered: str | None

    def __str__(self) -> str:
        """What the OID says; the name beside it may say anything."""
        return self.registered or self.oid


@dataclass(frozen=True, slots=True)
class Psd2:
    """Roles and authority; None where a text is missing."""

    roles: tuple[PspRole, ...]
    nca_name: str | None
    nca_id: str | None
    nca: NcaId | None = None
    """nCAId taken apart."""

    @property
    def role_names(self) -> tuple[str, ...]:
        """The roles by their registered names, strangers by their OIDs."""
        return tuple(map(str, self.roles))

    @property
    def without_authority(self) -> bool:
        """Whether there is none: PSP_PA, and no role that an authority gives (since V1.8.1)."""
        return {role.oid for role in self.roles} == {PSP_PA.oid}


def read_psd2(encoded: bytes, fault: MalformedError) -> tuple[Psd2, tuple[Anomaly, ...]]:
    """The statement from the DER of its information, with what is odd about it.

    :raises MalformedError: ``fault``, for what cannot be read at all.
    """
    anomalies: list[Anomaly] = []
    try:
        with library(fault):
            strict = asn1.decode_der(structures.Psd2QcType, encoded)
    except MalformedError:
        read = _read_loosely(encoded, fault, anomalies)
    else:
        roles = tuple(_role(role.oid.dotted_string, role.name, anomalies) for role in strict.roles)
        read = _checked(roles, strict.nca_name, strict.nca_id, anomalies)
    return read, tuple(anomalies)


# --- the standard's form ------------------------------------------------------


def _role(oid: str, name: str | None, anomalies: list[Anomaly]) -> PspRole:
    role, anomaly = _named_role(oid, name)
    if anomaly is not None and anomaly not in anomalies:
        anomalies.append(anomaly)
    return role


@lru_cache(maxsize=256)
def _named_role(oid: str, name: str | None) -> tuple[PspRole, Anomaly | None]:
    known = BY_OID.get(oid)
    role = PspRole(oid, name, None if known is None else known.name)
    if known is None:
        return role, Anomaly("role-unknown", f"the role {oid} ({_quoted(name)}) is not registered here")
    if name is None or name == known.name:
        return role, None
    near = (BY_NAME[name],) if name in BY_NAME else near_roles(name)
    if near and known not in near:
        return role, Anomaly("role-mismatch", f"the role {known.name} has the name {quoted(name)}")
    return role, Anomaly("role-name", f"the role {known.name} is written as {quoted(name)}")


def _quoted(name: str | None) -> str:
    return "no name" if name is None else quoted(name)


def _checked(
    roles: tuple[PspRole, ...], nca_name: str | None, nca_id: str | None, anomalies: list[Anomaly]
) -> Psd2:
    nca = None if nca_id is None else read_nca_id(nca_id)
    read = Psd2(roles, nca_name, nca_id, nca)
    anomalies += _mixed(roles)
    if nca_name is not None:
        anomalies += _name_anomalies(nca_name, nca)
    if nca is not None and nca.anomaly is not None:
        if nca_id == NOT_APPLICABLE and read.without_authority:
            return read
        anomalies.append(nca.anomaly)
    return read


def _mixed(roles: tuple[PspRole, ...]) -> Iterator[Anomaly]:
    """ETSI TS 119 495 section 5.2.2: what of the roles cannot stand together."""
    oids = [role.oid for role in roles]
    if UNSPECIFIED.oid in oids and len(oids) > 1:
        yield Anomaly("roles-unspecified", "Unspecified stands beside other roles, and belongs alone")
    if PSP_PA.oid in oids and set(oids) != {PSP_PA.oid}:
        message = "PSP_PA, which has no authority, stands beside other roles"
        yield Anomaly("roles-without-authority", message)


def _name_anomalies(name: str, nca: NcaId | None) -> Iterator[Anomaly]:
    if not is_latin(name):
        yield Anomaly("nca-name", f"the authority's name is {quoted(name)}")
    bare = name.strip()
    if bare and bare != name:
        yield Anomaly("nca-name-spaces", f"there is white space before or after {quoted(name)}")
    others = [each.id for each in named(bare)]
    if nca is not None and nca.id is not None and others and nca.id not in others:
        message = f"the authority's name is {quoted(name)}, which is that of {others[0]}, beside {nca.id}"
        yield Anomaly("nca-name-other", message)


# --- all other forms ----------------------------------------------------------


def _read_loosely(encoded: bytes, fault: MalformedError, anomalies: list[Anomaly]) -> Psd2:
    with library(fault):
        loose = asn1.decode_der(_Loose, encoded)
    elements = structures.decode_list(_Elements, asn1.encode_der(loose.roles), fault).items
    reader = _Texts(anomalies)
    roles = reader.roles(elements)
    nca_name = reader.text(_item(loose.nca_name), "nCAName")
    nca_id = reader.text(_item(loose.nca_id), "nCAId")
    if nca_name is None or nca_id is None:
        reader.odd("psd2-damaged", "nCAName or nCAId is missing")
    return _checked(roles, nca_name, nca_id, anomalies)


class _Texts:
    """Reads roles and texts of any form, and keeps the account of what is odd."""

    def __init__(self, anomalies: list[Anomaly]) -> None:
        self._anomalies = anomalies

    def odd(self, anomaly_id: str, message: str) -> None:
        anomaly = Anomaly(anomaly_id, message)
        if anomaly not in self._anomalies:
            self._anomalies.append(anomaly)

    def roles(self, elements: list[asn1.TLV]) -> tuple[PspRole, ...]:
        if not elements:
            self.odd("roles-empty", "the list of roles is empty")
        if len(elements) > structures.MAX_ROLES:
            self.odd("roles-many", f"{len(elements):,} roles; {structures.MAX_ROLES} are read")
        groups: list[list[Item]] = []
        loose: list[Item] = []
        for element in elements[: structures.MAX_ROLES]:
            parts = _parts(element)
            if parts is None:  # no RoleOfPSP around it: its parts stand in the list itself
                loose.append(_item(element))
            else:
                groups.append(parts)
        if loose:
            groups.append(loose)
        found = [role for group in groups for role in self._group(group)]
        if (loose or len(found) > len(groups)) and found:
            self.odd("roles-flattened", "several roles stand in one RoleOfPSP, or in none")
        return tuple(found[: structures.MAX_ROLES])

    def _group(self, parts: list[Item]) -> list[PspRole]:
        """The roles of one RoleOfPSP: each OID with the text that follows it."""
        found: list[PspRole] = []
        oid: str | None = None
        for part in parts:
            if isinstance(part, ObjectIdentifier):
                if oid is not None:
                    found.append(self._nameless(oid))
                oid = part.dotted_string
            elif oid is None:
                self.odd("role-damaged", "a role has a name without an OID")
            else:
                name = self.text(part, "a role's name")
                found.append(self._nameless(oid) if name is None else _role(oid, name, self._anomalies))
                oid = None
        if oid is not None:
            found.append(self._nameless(oid))
        if not parts:
            self.odd("role-damaged", "a role has neither OID nor name")
        return found

    def _nameless(self, oid: str) -> PspRole:
        self.odd("role-damaged", f"the role {oid} has no name")
        return _role(oid, None, self._anomalies)

    def text(self, item: Item | None, what: str) -> str | None:
        """The text of an item; None, and an anomaly, for what is none."""
        if item is None or isinstance(item, ObjectIdentifier):
            return None
        text = item if isinstance(item, str) else self._other_text(item, what)
        if text is not None and not 0 < len(text) <= MAX_TEXT:
            self.odd("psd2-text-length", f"{what} has {len(text):,} characters, where 1 to {MAX_TEXT} belong")
            return text[:MAX_TEXT]
        return text

    def _other_text(self, item: asn1.PrintableString | asn1.IA5String | asn1.TLV, what: str) -> str | None:
        text = item.as_str() if not isinstance(item, asn1.TLV) else _decoded(item)
        self.odd("psd2-string-type", f"{what} is {'no text' if text is None else 'not a UTF8String'}")
        return text


def _parts(element: asn1.TLV) -> list[Item] | None:
    """What a sequence holds; None for what is no sequence, or cannot be read."""
    fault = MalformedError("no sequence")
    try:
        parts = structures.decode_list(_Parts, asn1.encode_der(element), fault).items
    except MalformedError:
        return None
    return [_item(part) for part in parts]


def _item(element: asn1.TLV | asn1.Null | None) -> Item:
    """An element as what it is: an OID, a text, or itself."""
    fault = MalformedError("no element")
    if not isinstance(element, asn1.TLV):
        return None
    try:
        return structures.decode_list(_Single, asn1.encode_der(element), fault).item
    except MalformedError:
        return element


def _decoded(item: asn1.TLV) -> str | None:
    encoding = _OTHER_STRINGS.get(bytes(item.tag_bytes))
    try:
        return None if encoding is None else bytes(item.data).decode(encoding)
    except UnicodeError:
        return None
