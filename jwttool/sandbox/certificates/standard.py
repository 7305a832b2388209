"""Certificates as they should be: the authorities, QWACs and QSealCs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.x509.oid import NameOID

from jwttool.eidas import encode, structures
from jwttool.eidas.roles import role
from jwttool.sandbox.certificates.recipe import SITE, Attribute, Recipe
from jwttool.sandbox.certificates.shapes import CABF_ORGANIZATION_IDENTIFIER, OrganizationIdentifier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jwttool.eidas.structures import QcStatement

ROOT: Final = "root"
ISSUING: Final = "issuing"
SILENT: Final = "issuing-without-crl"

COUNTRY: Final = "FI"
ORGANIZATION: Final = "Example Payments Oy"
NUMBER: Final = "1234567-8"
NCA_ID: Final = "FI-FINFSA"
NCA_NAME: Final = "Finnish Financial Supervisory Authority"
IDENTIFIER: Final = f"PSD{NCA_ID}-{NUMBER}"
HOST: Final = "tpp.example.com"

# ETSI EN 319 411-2 section 5.3, ETSI TS 119 495 section 6.1, EV Guidelines section 7.1.6.
QCP_L: Final = "0.4.0.194112.1.1"
QEVCP_W: Final = "0.4.0.194112.1.4"
QNCP_W_GEN: Final = "0.4.0.194112.1.6"
QCP_W_PSD2: Final = "0.4.0.19495.3.1"
EV: Final = "2.23.140.1.1"

JURISDICTION: Final = NameOID.JURISDICTION_COUNTRY_NAME


# --- parts --------------------------------------------------------------------


def statements(*items: QcStatement) -> bytes:
    """The value of a QC statements extension."""
    return encode.qc_statements(items).value


def qualified(purpose: x509.ObjectIdentifier, *more: QcStatement) -> bytes:
    """The statements of a qualified certificate, and those that follow them."""
    pds = encode.qc_pds((f"https://{SITE.removeprefix('http://')}/pds-en.pdf", "en"))
    return statements(encode.qc_compliance(), encode.qc_type(purpose), pds, *more)


def psd2(
    names: Sequence[str] = ("PSP_PI", "PSP_AI"), nca_name: str = NCA_NAME, nca_id: str = NCA_ID
) -> QcStatement:
    """The PSD2 statement of these roles."""
    return encode.psd2([role(name) for name in names], nca_name, nca_id)


def web(statement: QcStatement) -> bytes:
    """The statements of a QWAC with this one for PSD2."""
    return qualified(structures.WEB, statement)


def _registration(country: str, reference: str) -> x509.UnrecognizedExtension:
    value = OrganizationIdentifier(
        scheme=asn1.PrintableString("PSD"), country=asn1.PrintableString(country), reference=reference
    )
    return x509.UnrecognizedExtension(CABF_ORGANIZATION_IDENTIFIER, asn1.encode_der(value))


# --- authorities --------------------------------------------------------------


def _authority(common_name: str) -> tuple[Attribute, ...]:
    return (
        Attribute(NameOID.COUNTRY_NAME, COUNTRY),
        Attribute(NameOID.ORGANIZATION_NAME, "Throwaway Trust Services Oy"),
        Attribute(NameOID.ORGANIZATION_IDENTIFIER, "NTRFI-7654321-0"),
        Attribute(NameOID.COMMON_NAME, common_name),
    )


ROOT_RECIPE: Final = Recipe(
    subject=_authority("Throwaway Root CA, worth nothing"),
    issuer=ROOT,
    first_day=-1000,
    last_day=4000,
    authority=True,
    key_usage=("key_cert_sign", "crl_sign"),
    locations=False,
)
ISSUING_RECIPE: Final = replace(
    ROOT_RECIPE,
    subject=_authority("Throwaway Issuing CA, worth nothing"),
    first_day=-900,
    last_day=3000,
    path_length=0,
    policies=("2.5.29.32.0",),
    locations=True,
)
SILENT_RECIPE: Final = replace(
    ISSUING_RECIPE, subject=_authority("Throwaway Issuing CA without a CRL, worth nothing")
)


# --- end entities -------------------------------------------------------------

_LEGAL_PERSON: Final = (
    Attribute(NameOID.COUNTRY_NAME, COUNTRY),
    Attribute(NameOID.LOCALITY_NAME, "Helsinki"),
    Attribute(NameOID.ORGANIZATION_NAME, ORGANIZATION),
    Attribute(NameOID.COMMON_NAME, HOST),
    Attribute(NameOID.BUSINESS_CATEGORY, "Private Organization"),
    Attribute(JURISDICTION, COUNTRY),
    Attribute(NameOID.SERIAL_NUMBER, NUMBER),
    Attribute(NameOID.ORGANIZATION_IDENTIFIER, IDENTIFIER),
)

QWAC: Final = Recipe(
    subject=_LEGAL_PERSON,
    issuer=ISSUING,
    key_usage=("digital_signature", "key_encipherment"),
    extended_key_usage=("server_auth", "client_auth"),
    dns_names=(HOST,),
    policies=(QEVCP_W, QCP_W_PSD2, EV),
    statements=web(psd2()),
    others=(_registration(COUNTRY, f"FINFSA-{NUMBER}"),),
)
"""For EV, which is what browsers and the ETSI linter know best: QEVCP-w augmented by QCP-w-psd2."""

QWAC_EC: Final = replace(QWAC, key="ec", key_usage=("digital_signature",))

QWAC_GENERAL: Final = replace(
    QWAC,
    subject=tuple(
        each
        for each in _LEGAL_PERSON
        if each.oid not in {NameOID.BUSINESS_CATEGORY, JURISDICTION, NameOID.SERIAL_NUMBER}
    ),
    policies=(QNCP_W_GEN, QCP_W_PSD2),
    others=(),
)
"""Not for browsers: QNCP-w-gen augmented by QCP-w-psd2, the subject that a legal person needs and no more."""

QSEAL: Final = replace(
    QWAC_GENERAL.with_attribute(NameOID.COMMON_NAME, ORGANIZATION),
    key_usage=("digital_signature", "content_commitment"),
    extended_key_usage=(),
    dns_names=(),
    policies=(QCP_L,),
    statements=qualified(structures.ESEAL, psd2()),
)


def of_company(identifier: str, nca_id: str, nca_name: str, *, base: Recipe = QWAC) -> Recipe:
    """A QWAC of another company, which is where its authority is."""
    country = nca_id[:2]
    changed = base.with_attribute(NameOID.ORGANIZATION_IDENTIFIER, identifier)
    changed = changed.with_attribute(NameOID.COUNTRY_NAME, country).with_attribute(JURISDICTION, country)
    others = (_registration(country, identifier[6:]),) if base.others else ()
    return replace(changed, statements=web(psd2(nca_id=nca_id, nca_name=nca_name)), others=others)
