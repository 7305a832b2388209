"""QC statements, written in the forms that the standards give them.

For requests, and for the certificates of tests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat import asn1

from jwttool.eidas import structures
from jwttool.errors import MalformedError
from jwttool.keys.boundary import library

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jwttool.eidas.roles import Role
    from jwttool.eidas.structures import QcStatement

_FAULT: Final = "a QC statement cannot be encoded: a value does not fit its field"


def qc_statements(statements: Iterable[QcStatement]) -> x509.UnrecognizedExtension:
    """The extension with these statements (RFC 3739 section 3.2.6); add it as not critical.

    :raises MalformedError: for none, or more than 64.
    """
    with library(MalformedError(_FAULT)):
        value = structures.encode_list(structures.QcStatements(items=list(statements)))
    return x509.UnrecognizedExtension(structures.QC_STATEMENTS, value)


def psd2(roles: Iterable[Role], nca_name: str, nca_id: str) -> QcStatement:
    """Roles and authority (ETSI TS 119 495 section 5.1), one RoleOfPSP for each role.

    :raises MalformedError: for no role, or a name or identifier that is empty or longer than 256 characters.
    """
    with library(MalformedError(_FAULT)):
        named = [structures.RoleOfPsp(oid=x509.ObjectIdentifier(each.oid), name=each.name) for each in roles]
        info = structures.Psd2QcType(roles=named, nca_name=nca_name, nca_id=nca_id)
        return structures.statement(structures.PSD2, asn1.encode_der(info))


def qc_type(*types: x509.ObjectIdentifier) -> QcStatement:
    """What the certificate is for (ETSI EN 319 412-5 section 4.2.3); the standard wants exactly one."""
    with library(MalformedError(_FAULT)):
        value = structures.encode_list(structures.QcTypes(items=list(types)))
        return structures.statement(structures.QC_TYPE, value)


def qc_compliance() -> QcStatement:
    """The CA's word that the certificate is qualified in the EU (section 4.2.1)."""
    return structures.statement(structures.QC_COMPLIANCE)


def qc_sscd() -> QcStatement:
    """The CA's word that the key is in a qualified device (section 4.2.2)."""
    return structures.statement(structures.QC_SSCD)


def qc_pds(*locations: tuple[str, str]) -> QcStatement:
    """Where the disclosure statements are: pairs of URL and language, ISO 639-1 (section 4.3.4)."""
    with library(MalformedError(_FAULT)):
        items = [
            structures.PdsLocation(url=asn1.IA5String(url), language=asn1.PrintableString(language))
            for url, language in locations
        ]
        return structures.statement(structures.QC_PDS, structures.encode_list(structures.QcPds(items=items)))


def qc_retention(years: int) -> QcStatement:
    """For how many years the CA keeps its records beyond the validity (section 4.3.3)."""
    with library(MalformedError(_FAULT)):
        return structures.statement(structures.QC_RETENTION, asn1.encode_der(years))


def qc_limit(currency: str, amount: int, exponent: int = 0) -> QcStatement:
    """The highest value of a transaction: amount times ten to the exponent (section 4.3.2).

    :param currency: three letters, ISO 4217.
    """
    with library(MalformedError(_FAULT)):
        value = structures.MonetaryValue(
            currency=asn1.PrintableString(currency), amount=amount, exponent=exponent
        )
        return structures.statement(structures.QC_LIMIT, asn1.encode_der(value))


def qc_legislation(*countries: str) -> QcStatement:
    """The countries by whose law the certificate is qualified, where that is not the EU's (section 4.2.4)."""
    with library(MalformedError(_FAULT)):
        codes = [asn1.PrintableString(country) for country in countries]
        value = structures.encode_list(structures.Countries(items=codes))
        return structures.statement(structures.QC_LEGISLATION, value)


def semantics(identifier: x509.ObjectIdentifier) -> QcStatement:
    """How to read the subject (RFC 3739 section 3.2.6.1, ETSI EN 319 412-1 section 5.1)."""
    with library(MalformedError(_FAULT)):
        info = structures.SemanticsInformation(identifier=identifier, registration_authorities=None)
        return structures.statement(structures.PKIX_SYNTAX_2, asn1.encode_der(info))
