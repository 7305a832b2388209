"""What is odd in a certificate or a request as a whole; one function for both.

What is odd within the organizationIdentifier, or within the QC statements, is
told by those who read them, and is repeated here in the order of the whole.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from cryptography import x509

from jwttool.eidas.anomalies import Anomaly
from jwttool.eidas.organization_identifier import PSD, OrganizationIdentifier
from jwttool.eidas.showing import quoted
from jwttool.eidas.structures import QC_LEGISLATION, QC_PDS, QC_SSCD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jwttool.eidas.nca import NcaId
    from jwttool.eidas.psd2 import Psd2
    from jwttool.eidas.statements import QcStatements

CLIENT_AUTH: Final = "clientAuth"
SERVER_AUTH: Final = "serverAuth"
CA_USAGES: Final = frozenset({"keyCertSign", "cRLSign"})
PSS: Final = "RSASSA-PSS"
OBIE: Final = "GB-OB"
"""Open Banking in the United Kingdom gave identifiers of its own, in the place of an authority."""

_ISO_COUNTRIES: Final = {"EL": "GR", "XI": "GB"}
"""Codes that VAT numbers have beside ISO 3166-1."""
_GLOBAL: Final = "XG"
"""The country of an LEI."""
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_IDENTIFIER: Final = x509.NameOID.ORGANIZATION_IDENTIFIER
_SINGLE: Final = {
    "C": x509.NameOID.COUNTRY_NAME,
    "O": x509.NameOID.ORGANIZATION_NAME,
    "CN": x509.NameOID.COMMON_NAME,
}

Names = dict[x509.ObjectIdentifier, list[str]]


class Signs(NamedTuple):
    """What is there beside subject and QC statements; the defaults are of a request that asks for nothing.

    ``critical`` are the critical extensions that verifiers do not know.
    """

    key_usage: tuple[str, ...] | None = None
    extended_key_usage: tuple[str, ...] | None = None
    is_authority: bool = False
    qc_critical: bool = False
    critical: tuple[str, ...] = ()
    signature_algorithm: str = ""


def subject_names(subject: x509.Name) -> Names:
    """The subject's texts, by OID, in order."""
    names: Names = {}
    for attribute in subject:
        if isinstance(attribute.value, str):
            names.setdefault(attribute.oid, []).append(attribute.value)
    return names


def first(names: Mapping[x509.ObjectIdentifier, list[str]], oid: x509.ObjectIdentifier) -> str | None:
    """The first text of that OID; None where there is none."""
    found = names.get(oid)
    return found[0] if found else None


def anomalies(
    names: Names, identifier: OrganizationIdentifier | None, qc: QcStatements, signs: Signs
) -> tuple[Anomaly, ...]:
    """All that is odd: subject, QC statements, authority, usages, signature."""
    return (
        *_of_subject(names, identifier),
        *qc.anomalies,
        *_of_criticality(signs),
        *_of_authority(identifier, qc.psd2),
        *_of_usages(qc, signs),
        *_of_statements(qc),
        *_of_signature(signs),
    )


def same_authority(identifier: OrganizationIdentifier, nca: NcaId) -> bool | None:
    """Whether they name one authority, as far as their parts could be made out; None when they could not."""
    pairs = [(identifier.country, nca.country), (identifier.authority, nca.code)]
    known = [(ours, theirs) for ours, theirs in pairs if ours is not None and theirs is not None]
    return all(ours == theirs for ours, theirs in known) if known else None


# --- the subject --------------------------------------------------------------


def _of_subject(names: Names, identifier: OrganizationIdentifier | None) -> Iterator[Anomaly]:
    if identifier is None:
        yield Anomaly("identifier-missing", "the subject has no organizationIdentifier")
    else:
        yield from identifier.anomalies
        yield from _of_identifiers(names, identifier)
    # ETSI EN 319 412-3 section 4.2.1: one of each.
    repeated = [f"{len(names[oid])} {name}" for name, oid in _SINGLE.items() if len(names.get(oid, ())) > 1]
    if repeated:
        yield Anomaly("subject-repeated", f"the subject has {' and '.join(repeated)}; the first is read")
    yield from _of_country(first(names, x509.NameOID.COUNTRY_NAME), identifier)


def _of_identifiers(names: Names, identifier: OrganizationIdentifier) -> Iterator[Anomaly]:
    held = names[_IDENTIFIER]
    if len(held) > 1:
        message = f"the subject has {len(held)} organizationIdentifiers; the first is read"
        yield Anomaly("identifier-repeated", message)
    if not set(held).isdisjoint(names.get(x509.NameOID.ORGANIZATION_NAME, ())):
        yield Anomaly("identifier-is-name", "the organizationIdentifier is the organization's name")
    if identifier.nca_id == OBIE:
        message = f"{OBIE} is Open Banking in the United Kingdom, which is no authority"
        yield Anomaly("identifier-obie", message)


def _of_country(country: str | None, identifier: OrganizationIdentifier | None) -> Iterator[Anomaly]:
    if country is None:
        return
    if not _COUNTRY.fullmatch(country):
        yield Anomaly("country-code", f"the subject's country is {quoted(country)}, not two capital letters")
    elif identifier is not None and identifier.country is not None:
        other = _ISO_COUNTRIES.get(identifier.country, identifier.country)
        if other not in {country, _GLOBAL}:
            message = f"the subject's country is {country}, the organizationIdentifier's {identifier.country}"
            yield Anomaly("country-differs", message)


# --- the rest -----------------------------------------------------------------


def _of_criticality(signs: Signs) -> Iterator[Anomaly]:
    if signs.qc_critical:
        message = "the extension is marked as critical, so that others refuse the certificate"
        yield Anomaly("statements-critical", message)
    if signs.critical:
        listed = ", ".join(signs.critical[:5])
        yield Anomaly("critical-unknown", f"a critical extension that TLS servers do not know: {listed}")


def _of_authority(identifier: OrganizationIdentifier | None, psd2: Psd2 | None) -> Iterator[Anomaly]:
    if identifier is None or identifier.scheme != PSD or psd2 is None or psd2.nca is None:
        return
    if not psd2.without_authority and same_authority(identifier, psd2.nca) is False:
        message = f"the organizationIdentifier is of {identifier.nca_id}, nCAId is {quoted(psd2.nca.value)}"
        yield Anomaly("nca-differs", message)


def _of_usages(qc: QcStatements, signs: Signs) -> Iterator[Anomaly]:
    usages = signs.extended_key_usage
    for_web = "web" in qc.types or SERVER_AUTH in (usages or ())
    if usages is not None and CLIENT_AUTH not in usages and for_web:
        yield Anomaly("client-auth-missing", "the extended key usages lack clientAuth")
    of_authority = [usage for usage in signs.key_usage or () if usage in CA_USAGES]
    if of_authority and not signs.is_authority:
        yield Anomaly("ca-usage", f"the key usage has {' and '.join(of_authority)}, and it is no CA's")


def _of_statements(qc: QcStatements) -> Iterator[Anomaly]:
    if "web" in qc.types and qc.has(QC_SSCD.dotted_string):
        yield Anomaly("device-in-web", "QcSSCD stands in a certificate for the web")
    if qc.compliance and not qc.has(QC_PDS.dotted_string):
        message = "there is no QcPDS statement, which a qualified certificate of the EU has"
        yield Anomaly("pds-missing", message)
    if qc.has(QC_LEGISLATION.dotted_string):
        yield Anomaly("legislation", "QcCClegislation is there, which a certificate of the EU does not have")


def _of_signature(signs: Signs) -> Iterator[Anomaly]:
    if signs.signature_algorithm == PSS:
        yield Anomaly("signature-pss", "it is signed with RSASSA-PSS")
