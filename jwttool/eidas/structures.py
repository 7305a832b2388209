"""The ASN.1 of QC statements, declared for cryptography's reader and writer of DER.

RFC 3739 section 3.2.6 (the extension), ETSI EN 319 412-5 (what eIDAS puts into
it) and ETSI TS 119 495 annex A (what PSD2 does). These are the forms of the
standards and no others; how real certificates differ is the business of what
reads them.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, TypeVar

from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier

from jwttool.errors import JwtToolError, MalformedError
from jwttool.keys.boundary import library
from jwttool.keys.structures import Anything, parse_list

T = TypeVar("T")

QC_STATEMENTS: Final = ObjectIdentifier("1.3.6.1.5.5.7.1.3")
"""The extension (RFC 3739 section 3.2.6)."""

# The statements (ETSI EN 319 412-5 section 4).
QC_COMPLIANCE: Final = ObjectIdentifier("0.4.0.1862.1.1")
QC_LIMIT: Final = ObjectIdentifier("0.4.0.1862.1.2")
QC_RETENTION: Final = ObjectIdentifier("0.4.0.1862.1.3")
QC_SSCD: Final = ObjectIdentifier("0.4.0.1862.1.4")
QC_PDS: Final = ObjectIdentifier("0.4.0.1862.1.5")
QC_TYPE: Final = ObjectIdentifier("0.4.0.1862.1.6")
QC_LEGISLATION: Final = ObjectIdentifier("0.4.0.1862.1.7")
QC_IDENT_METHOD: Final = ObjectIdentifier("0.4.0.1862.1.8")
QSCD_LEGISLATION: Final = ObjectIdentifier("0.4.0.1862.1.9")

PKIX_SYNTAX_1: Final = ObjectIdentifier("1.3.6.1.5.5.7.11.1")
PKIX_SYNTAX_2: Final = ObjectIdentifier("1.3.6.1.5.5.7.11.2")
"""Says what the subject's attributes mean (RFC 3739 section 3.2.6.1)."""

PSD2: Final = ObjectIdentifier("0.4.0.19495.2")
"""Roles and authority of a payment service provider (ETSI TS 119 495 section 5.1)."""

# What QcType names (ETSI EN 319 412-5 section 4.2.3).
ESIGN: Final = ObjectIdentifier("0.4.0.1862.1.6.1")
ESEAL: Final = ObjectIdentifier("0.4.0.1862.1.6.2")
WEB: Final = ObjectIdentifier("0.4.0.1862.1.6.3")

MAX_STATEMENTS: Final = 64
MAX_ROLES: Final = 64
"""Of PSD2: nine roles are registered. A list of thousands is not read to its end."""
MAX_PARTS: Final = 64


# --- the extension ------------------------------------------------------------


@asn1.sequence
class QcStatement:
    """A statement: a name, and information of the kind that goes with it."""

    oid: ObjectIdentifier
    info: Anything | None


@asn1.sequence
class QcStatements:
    """The statements, in one sequence more than the extension has: see :func:`decode_list`."""

    items: Annotated[list[QcStatement], asn1.Size(1, MAX_STATEMENTS)]


# --- ETSI TS 119 495 annex A --------------------------------------------------


@asn1.sequence
class RoleOfPsp:
    """A role: its OID and its name, which must belong together (section 5.2.2)."""

    oid: ObjectIdentifier
    name: Annotated[str, asn1.Size(1, 256)]


@asn1.sequence
class Psd2QcType:
    """The roles; the name and the identifier of the authority that gave them."""

    roles: Annotated[list[RoleOfPsp], asn1.Size(1, MAX_ROLES)]
    nca_name: Annotated[str, asn1.Size(1, 256)]
    nca_id: Annotated[str, asn1.Size(1, 256)]


# --- ETSI EN 319 412-5 --------------------------------------------------------


@asn1.sequence
class QcTypes:
    """QcType: a list of OIDs, in one sequence more (section 4.2.3)."""

    items: Annotated[list[ObjectIdentifier], asn1.Size(1, MAX_PARTS)]


@asn1.sequence
class PdsLocation:
    """Where a PKI disclosure statement is, and in which language, ISO 639-1 (section 4.3.4)."""

    url: asn1.IA5String
    language: Annotated[asn1.PrintableString, asn1.Size(2, 2)]


@asn1.sequence
class QcPds:
    """QcEuPDS: a list of locations, in one sequence more."""

    items: Annotated[list[PdsLocation], asn1.Size(1, MAX_PARTS)]


@asn1.sequence
class MonetaryValue:
    """QcEuLimitValue: amount times ten to the exponent, of a currency (section 4.3.2)."""

    currency: asn1.PrintableString | int
    amount: int
    exponent: int


@asn1.sequence
class Countries:
    """QcCClegislation: codes of countries, ISO 3166-1 alpha-2, in one sequence more (section 4.2.4)."""

    items: Annotated[list[Annotated[asn1.PrintableString, asn1.Size(2, 2)]], asn1.Size(1, MAX_PARTS)]


@asn1.sequence
class SemanticsInformation:
    """What follows id-qcs-pkixQCSyntax-v2: the OID that says how to read the subject (RFC 3739)."""

    identifier: ObjectIdentifier | None
    registration_authorities: Anything | None


# --- reading and writing ------------------------------------------------------


@asn1.sequence
class _Around:
    element: asn1.TLV


def encode_list(around: Any) -> bytes:
    """The DER of the list that is the only field of ``around``.

    The library does not write a list that has no sequence around it.
    """
    return asn1.encode_der(asn1.decode_der(_Around, asn1.encode_der(around)).element)


def decode_list(shape: type[T], data: bytes, fault: JwtToolError) -> T:
    """A list as ``shape``, whose only field it is; anything else raises ``fault``."""
    return parse_list(shape, data, fault)


def statement(oid: ObjectIdentifier, info: bytes | None = None) -> QcStatement:
    """A statement from its name and the DER of its information."""
    return QcStatement(oid=oid, info=None if info is None else asn1.decode_der(asn1.TLV, info))


def decode_statements(data: bytes) -> tuple[QcStatement, ...]:
    """The statements of an extension's value.

    :raises MalformedError: when it is not the standard's SEQUENCE OF QCStatement,
        or has more than 64 of them.
    """
    fault = MalformedError("the QC statements cannot be read: they are not what RFC 3739 defines")
    return tuple(decode_list(QcStatements, data, fault).items)


def decode_psd2(info: Anything | None) -> Psd2QcType:
    """The information of a PSD2 statement, in the form of the standard.

    :raises MalformedError: when it is not.
    """
    fault = MalformedError("the PSD2 statement cannot be read: it is not what ETSI TS 119 495 defines")
    if not isinstance(info, asn1.TLV):
        raise fault
    with library(fault):
        parsed: Psd2QcType = info.parse(Psd2QcType)
    return parsed
