"""What a certificate says, and every anomaly: something that has it, and sound certificates without any."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives.hashes import SHA256

from jwttool.eidas import encode, structures
from jwttool.eidas.anomalies import ANOMALIES, Anomaly
from jwttool.eidas.describe import QwacDescription, describe_qwac
from jwttool.eidas.nca import read_nca_id
from jwttool.eidas.odd import same_authority
from jwttool.eidas.organization_identifier import parse_organization_identifier
from jwttool.eidas.statements import read_statements
from jwttool.errors import MalformedError
from tests import issue
from tests.hostile import refusal
from tests.specimens import specimen, world

# cryptography warns of C="Germany"; describing it must not.
pytestmark = pytest.mark.filterwarnings("error")

Name = x509.NameOID


def described(name: str) -> QwacDescription:
    return describe_qwac(specimen(name))


def custom(
    *attributes: tuple[x509.ObjectIdentifier, str], statements: bytes | None = None
) -> QwacDescription:
    """A self-signed certificate with these attributes and QC statements, critical."""
    name = x509.Name([x509.NameAttribute(oid, value) for oid, value in attributes])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(issue.ec_key().public_key())
        .serial_number(1)
        .not_valid_before(issue.NOT_BEFORE)
        .not_valid_after(issue.NOT_AFTER)
    )
    if statements is not None:
        extension = x509.UnrecognizedExtension(structures.QC_STATEMENTS, statements)
        builder = builder.add_extension(extension, critical=True)
    return describe_qwac(builder.sign(issue.ec_key(), SHA256()))


# --- a sound QWAC -------------------------------------------------------------


def test_a_sound_qwac() -> None:
    found = described("qwac")
    assert found.organization_identifier is not None
    assert found.organization_identifier.value == "PSDFI-FINFSA-1234567-8"
    assert (found.country, found.organization, found.common_name) == (
        "FI",
        "Example Payments Oy",
        "tpp.example.com",
    )
    assert found.psd2 is not None
    assert found.psd2.role_names == ("PSP_PI", "PSP_AI")
    assert found.qualified_for == "web"
    assert found.not_qualified_because is None
    assert [policy.name for policy in found.policies] == ["QEVCP-w", "QCP-w-psd2", "EV (CA/Browser Forum)"]
    assert found.key_usage == ("digitalSignature", "keyEncipherment")
    assert found.extended_key_usage == ("serverAuth", "clientAuth")
    assert not found.is_authority
    assert str(found.key) == "RSA, 2,048 bits"
    assert found.signature_algorithm == "sha256WithRSAEncryption"
    assert found.not_before < found.not_after
    assert "organizationIdentifier=PSDFI-FINFSA-1234567-8" in found.subject
    assert "Throwaway Issuing CA" in found.issuer
    assert found.serial_number == format(specimen("qwac").serial_number, "x")
    assert found.anomalies == ()


@pytest.mark.parametrize(
    ("name", "purpose", "because"),
    [
        ("qwac", "web", None),
        ("qseal", "seal", None),
        ("qc-type-seal", "seal", None),
        ("qc-compliance-missing", None, "no QcCompliance"),
        ("qc-type-missing", None, "no QcType"),
        ("qc-types-several", None, "several types"),
        ("qc-statements-missing", None, "no QcCompliance"),
        ("statement-bare", None, "no QcCompliance"),
    ],
)
def test_what_it_is_qualified_for(name: str, purpose: str | None, because: str | None) -> None:
    found = described(name)
    assert found.qualified_for == purpose
    assert (found.not_qualified_because is None) is (because is None)
    assert (because or "") in (found.not_qualified_because or "")


def test_esign_an_unknown_type_and_an_authority() -> None:
    def of(oid: x509.ObjectIdentifier) -> QwacDescription:
        value = encode.qc_statements([encode.qc_compliance(), encode.qc_type(oid)]).value
        return described("qwac")._replace(qc=read_statements(value))

    assert of(structures.ESIGN).qualified_for == "signature"
    stranger = of(x509.ObjectIdentifier("1.2.3"))
    assert (stranger.qualified_for, stranger.qc.types) == (None, ("1.2.3",))
    assert "1.2.3" in (stranger.not_qualified_because or "")
    authority = of(structures.WEB)._replace(is_authority=True)
    assert authority.qualified_for is None
    assert describe_qwac(world().issuing.certificate).is_authority


# --- every anomaly ------------------------------------------------------------

COMPLIANCE = encode.qc_compliance()


def statements(*items: structures.QcStatement) -> tuple[Anomaly, ...]:
    return read_statements(encode.qc_statements(items).value).anomalies


def identifier(text: str) -> tuple[Anomaly, ...]:
    return parse_organization_identifier(text).anomalies


def many_statements() -> tuple[Anomaly, ...]:
    @asn1.sequence
    class Many:
        items: list[structures.QcStatement]

    items = [structures.statement(x509.ObjectIdentifier(f"1.2.3.{number}")) for number in range(70)]
    return read_statements(structures.encode_list(Many(items=items))).anomalies


def no_nca() -> tuple[Anomaly, ...]:
    @asn1.sequence
    class OnlyRoles:
        roles: list[structures.RoleOfPsp]

    info = asn1.encode_der(OnlyRoles(roles=[]))
    return statements(structures.statement(structures.PSD2, info))


# What has the anomaly: the name of a specimen, or something that makes it.
HAS: dict[str, str | Callable[[], tuple[Anomaly, ...]]] = {
    "identifier-missing": "identifier-missing",
    "identifier-repeated": lambda: (
        custom((Name.ORGANIZATION_IDENTIFIER, "NTRFI-1"), (Name.ORGANIZATION_IDENTIFIER, "NTRFI-2")).anomalies
    ),
    "identifier-spaces": lambda: identifier(" NTRFI-1"),
    "identifier-case": "identifier-lower-case",
    "identifier-separator": "identifier-underscores",
    "identifier-scheme": "identifier-scheme-misspelt",
    "identifier-country": "identifier-without-country",
    "identifier-authority": lambda: identifier("PSDFR-12345"),
    "identifier-number": lambda: identifier("PSDFR-ACPR-"),
    "identifier-checksum": "identifier-lei-checksum",
    "identifier-characters": "identifier-homoglyph",
    "identifier-grammar": "identifier-number-alone",
    "identifier-length": lambda: identifier("1" * 300),
    "identifier-obie": "nca-mismatch",
    "identifier-is-name": "identifier-is-name",
    "subject-repeated": "country-repeated",
    "country-code": "country-in-words",
    "country-differs": "country-mismatch",
    "statements-critical": lambda: custom(statements=encode.qc_statements([COMPLIANCE]).value).anomalies,
    "statements-bare": "statement-bare",
    "statements-damaged": "statements-truncated",
    "statements-empty": "statements-empty",
    "statements-many": many_statements,
    "statement-damaged": lambda: statements(structures.statement(structures.QC_TYPE)),
    "statement-repeated": lambda: statements(COMPLIANCE, COMPLIANCE),
    "statement-content": "qc-compliance-content",
    "statement-unknown": "qc-unknown",
    "qc-type-several": "qc-types-several",
    "qc-type-unknown": lambda: statements(encode.qc_type(x509.ObjectIdentifier("1.2.3"))),
    "pds-missing": "qc-pds-missing",
    "pds-form": "qc-pds-http",
    "device-in-web": "qc-sscd",
    "legislation": "qc-legislation",
    "psd2-damaged": no_nca,
    "psd2-string-type": "nca-printable-strings",
    "psd2-text-length": lambda: statements(_long_name()),
    "roles-empty": "roles-empty",
    "roles-flattened": "roles-flattened",
    "roles-many": "roles-10000",
    "roles-unspecified": "roles-unspecified-and-others",
    "roles-without-authority": "roles-psp-pa-and-others",
    "role-damaged": lambda: statements(_role_without_name()),
    "role-unknown": "role-unknown",
    "role-name": "role-name-in-words",
    "role-mismatch": "role-name-mismatch",
    "nca-name": "nca-name-cyrillic",
    "nca-name-spaces": "nca-name-spaces",
    "nca-name-other": "nca-name-other",
    "nca-id-country": "nca-id-country-alone",
    "nca-id-separator": "nca-id-without-hyphen",
    "nca-id-form": "nca-id-in-words",
    "nca-id-misspelt": "nca-id-misspelt",
    "nca-differs": "nca-mismatch",
    "critical-unknown": "critical-unknown",
    "ca-usage": "key-cert-sign",
    "client-auth-missing": "client-auth-missing",
    "signature-pss": "rsassa-pss",
}


@asn1.sequence
class FreeRole:
    oid: x509.ObjectIdentifier
    name: str | None


@asn1.sequence
class FreePsd2:
    roles: list[FreeRole]
    nca_name: str
    nca_id: str


def _free(name: str | None, nca_name: str) -> structures.QcStatement:
    role = FreeRole(oid=x509.ObjectIdentifier("0.4.0.19495.1.3"), name=name)
    info = FreePsd2(roles=[role], nca_name=nca_name, nca_id="FR-ACPR")
    return structures.statement(structures.PSD2, asn1.encode_der(info))


def _long_name() -> structures.QcStatement:
    return _free("PSP_AI", "x" * 257)


def _role_without_name() -> structures.QcStatement:
    return _free(None, "x")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("country-repeated", "the subject has 2 C; the first is read"),
        ("identifier-among-names", "the subject has 2 O; the first is read"),
        ("common-name-repeated", "the subject has 2 CN; the first is read"),
        ("identifier-among-names", "the organizationIdentifier is the organization's name"),
        ("identifier-repeated", "the subject has 2 organizationIdentifiers; the first is read"),
        ("key-cert-sign", "the key usage has keyCertSign, and it is no CA's"),
        ("critical-unknown", "a critical extension that TLS servers do not know: 1.3.6.1.4.1.32473.1"),
    ],
)
def test_what_is_said_of_it(name: str, message: str) -> None:
    assert message in [anomaly.message for anomaly in described(name).anomalies]


def test_the_usages_of_a_ca_are_a_ca_s() -> None:
    assert "ca-usage" not in [anomaly.id for anomaly in describe_qwac(world().issuing.certificate).anomalies]


def test_every_anomaly_has_a_case() -> None:
    assert HAS.keys() == ANOMALIES.keys()
    assert all(meaning and not meaning.endswith(".") for meaning in ANOMALIES.values())


@pytest.mark.parametrize("anomaly_id", HAS)
def test_an_anomaly_is_found_by_its_own_id(anomaly_id: str) -> None:
    source = HAS[anomaly_id]
    found = described(source).anomalies if isinstance(source, str) else source()
    assert anomaly_id in {anomaly.id for anomaly in found}
    assert all(anomaly.message.isprintable() for anomaly in found)


@pytest.mark.parametrize(
    "name",
    ["qwac", "qwac-ec", "qseal", "role-psp-pa", "number-with-space", "identifier-ntr", "identifier-lei"],
)
def test_sound_certificates_have_none(name: str) -> None:
    assert described(name).anomalies == ()


def test_a_vat_number_of_greece_is_of_greece() -> None:
    same = custom((Name.COUNTRY_NAME, "GR"), (Name.ORGANIZATION_IDENTIFIER, "VATEL-1"))
    other = custom((Name.COUNTRY_NAME, "DE"), (Name.ORGANIZATION_IDENTIFIER, "VATEL-1"))
    assert [anomaly.id for anomaly in same.anomalies] == []
    assert [anomaly.id for anomaly in other.anomalies] == ["country-differs"]


@pytest.mark.parametrize(
    ("identifier", "nca_id", "same"),
    [
        ("PSDFR-ACPR-1", "FR-ACPR", True),
        ("PSDFR-ACPR-1", "FR-AMF", False),
        ("PSDFR-ACPR-1", "DE-ACPR", False),
        ("PSDNL-DNB-1", "NLDNB", True),
        ("PSDNL-DNB-1", "DNB", True),
        ("PSDES-BE-1", "ES-BDE", True),
        ("PSDFR-ACPR-1", "France", None),
        ("PSD-ACPR-1", "FR-ACPR", True),
        ("PSD-ACPR-1", "DE-BAFIN", False),
    ],
)
def test_whether_two_name_one_authority(identifier: str, nca_id: str, same: bool | None) -> None:
    assert same_authority(parse_organization_identifier(identifier), read_nca_id(nca_id)) is same


# --- damaged certificates -----------------------------------------------------


def test_a_damaged_extension_is_one_clear_error() -> None:
    twice = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.37"), b"\x30")
    damaged = issue.certificate(issue.ec_key(), extensions=[twice])
    error = refusal(MalformedError, lambda: describe_qwac(damaged))
    assert error.message == "an extension of the certificate cannot be read: it is damaged"


def test_a_key_of_an_unknown_kind_is_none() -> None:
    assert describe_qwac(issue.certificate(issue.ed25519_key())).key is not None
    der = bytearray(issue.der(issue.certificate(issue.ec_key())))
    # id-ecPublicKey with another curve's number, which nobody has registered.
    place = bytes(der).index(bytes.fromhex("06082a8648ce3d030107"))
    der[place + 9] = 0x7F
    found = describe_qwac(x509.load_der_x509_certificate(bytes(der)))
    assert found.key is None


def test_the_docs_have_every_anomaly() -> None:
    page = (Path(__file__).parents[1] / "docs" / "qwac.md").read_text(encoding="utf-8")
    rows = "".join(f"| `{anomaly_id}` | {meaning} |\n" for anomaly_id, meaning in ANOMALIES.items())
    assert rows in page
