"""Requests for PSD2 certificates: what they ask for, and what is refused before a key is touched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from jwttool.certificates.access import rfc4514
from jwttool.csr import describe_csr, load_csr
from jwttool.eidas.asked import describe_eidas_request
from jwttool.eidas.authorities import AUTHORITIES
from jwttool.eidas.describe import describe_qwac
from jwttool.eidas.request import Psd2Certificate, create_psd2_csr, psd2_request
from jwttool.eidas.roles import BY_NAME
from jwttool.eidas.statements import read_statements
from jwttool.eidas.structures import QC_STATEMENTS, decode_psd2, decode_statements
from jwttool.errors import MalformedError, UsageError
from jwttool.sandbox.certificates import SPECIMENS
from tests import issue
from tests.answers import parsed_answer
from tests.specimens import specimen
from tests.tools import run_tool

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Cli

IDENTIFIER = "PSDFI-FINFSA-1234567-8"
COMPLETE = "CN=tpp.example.com,O=Example Oy,C=FI"
GOOD: dict[str, Any] = {"organization_identifier": IDENTIFIER, "roles": ["PSP_AI"], "subject": COMPLETE}


def asked(purpose: Psd2Certificate = "qwac", **changes: Any) -> Any:
    """A request that differs from a good one in what is given."""
    return psd2_request(purpose, **{**GOOD, **changes})


def made(purpose: Psd2Certificate, key: Any, **changes: Any) -> x509.CertificateSigningRequest:
    return load_csr(create_psd2_csr(key, asked(purpose, **changes), dns_names=["tpp.example.com"]))


# --- what is asked for --------------------------------------------------------


@pytest.mark.parametrize(
    ("purpose", "key", "usage", "extended", "kind"),
    [
        (
            *("qwac", issue.rsa_key(), ("digitalSignature", "keyEncipherment")),
            *(("serverAuth", "clientAuth"), "web"),
        ),
        ("qwac", issue.ec_key(), ("digitalSignature",), ("serverAuth", "clientAuth"), "web"),
        ("qseal", issue.rsa_key(), ("digitalSignature", "nonRepudiation"), None, "eseal"),
        ("qseal", issue.ec_key(), ("digitalSignature", "nonRepudiation"), None, "eseal"),
    ],
    ids=["qwac-rsa", "qwac-ec", "qseal-rsa", "qseal-ec"],
)
def test_type_and_usages(purpose: Psd2Certificate, key: Any, usage: Any, extended: Any, kind: str) -> None:
    request = made(purpose, key, roles=["PSP_PI", "PSP_AI"])

    described = describe_csr(request)
    assert described.signature_valid
    assert described.use is not None
    assert described.use.key_usage == usage
    assert described.use.extended_key_usage == extended
    assert described.use.alternative_names == ("DNS:tpp.example.com",)
    extension = request.extensions.get_extension_for_oid(QC_STATEMENTS)
    assert not extension.critical
    assert isinstance(extension.value, x509.UnrecognizedExtension)
    read = read_statements(extension.value.value)
    assert read.types == (kind,)
    assert read.anomalies == ()
    assert not read.compliance  # which is the CA's to say
    assert read.psd2 is not None
    assert read.psd2.role_names == ("PSP_PI", "PSP_AI")
    assert (read.psd2.nca_name, read.psd2.nca_id) == ("Finnish Financial Supervisory Authority", "FI-FINFSA")


def test_the_roles_are_nested_as_the_standard_has_them() -> None:
    wish = asked(roles=["PSP_PI", "PSP_AI", "PSP_PI"])

    [_, psd2] = decode_statements(wish.extension.value)
    assert [each.name for each in decode_psd2(psd2.info).roles] == ["PSP_PI", "PSP_AI"]


@pytest.mark.parametrize("purpose", get_args(Psd2Certificate))
@pytest.mark.parametrize("key", [issue.rsa_key(), issue.ec_key()], ids=["rsa", "ec"])
def test_openssl_verifies_it(purpose: Psd2Certificate, key: Any, tmp_path: Path) -> None:
    path = tmp_path / "c.csr"
    path.write_bytes(create_psd2_csr(key, asked(purpose)))

    done = run_tool("openssl", "req", "-verify", "-noout", "-text", "-nameopt", "RFC2253", "-in", path)

    said = done.stdout.decode() + done.stderr.decode()
    assert "verify OK" in said
    assert f"organizationIdentifier={IDENTIFIER}" in said
    assert "qcStatements" in said
    assert "PSP_AI" in said
    assert ("TLS Web Client Authentication" in said) is (purpose == "qwac")
    assert ("Non Repudiation" in said) is (purpose == "qseal")


@pytest.mark.parametrize("authority", AUTHORITIES.values(), ids=lambda each: each.id)
def test_every_authority_on_the_list_has_its_name(authority: Any) -> None:
    wish = asked(organization_identifier=f"PSD{authority.id}-1", subject="")

    assert (wish.nca_id, wish.nca_name) == (authority.id, authority.name)
    assert rfc4514(wish.subject) == f"organizationIdentifier=PSD{authority.id}-1,C={authority.country}"


@pytest.mark.parametrize("name", BY_NAME)
def test_every_role_can_be_asked_for(name: str) -> None:
    [_, psd2] = decode_statements(asked(roles=[name]).extension.value)

    read = decode_psd2(psd2.info)
    assert [(each.oid.dotted_string, each.name) for each in read.roles] == [(BY_NAME[name].oid, name)]
    # ETSI TS 119 495 V1.8.1: NA for the one role that no authority gives.
    assert read.nca_id == ("NA" if name == "PSP_PA" else "FI-FINFSA")
    assert (read.nca_name == "NA") is (name == "PSP_PA")


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("", f"organizationIdentifier={IDENTIFIER},C=FI"),
        ("CN=a", f"CN=a,organizationIdentifier={IDENTIFIER},C=FI"),
        ("CN=a,C=FI", f"CN=a,organizationIdentifier={IDENTIFIER},C=FI"),
        ("CN=a,O=b", f"CN=a,organizationIdentifier={IDENTIFIER},O=b,C=FI"),
        ("CN=a,O=b,L=c,C=FI", f"CN=a,organizationIdentifier={IDENTIFIER},O=b,L=c,C=FI"),
        # The country stands last in the encoding then, and the identifier behind it.
        ("C=FI,O=b,CN=a", f"organizationIdentifier={IDENTIFIER},C=FI,O=b,CN=a"),
        (f"organizationIdentifier={IDENTIFIER},C=FI,CN=a", f"organizationIdentifier={IDENTIFIER},C=FI,CN=a"),
    ],
)
def test_identifier_and_country_go_into_the_subject(subject: str, expected: str) -> None:
    assert rfc4514(asked(subject=subject).subject) == expected


def test_a_name_is_taken_as_it_is() -> None:
    assert asked(subject=issue.name("x")).subject.rdns[0] == issue.name("x").rdns[0]


@pytest.mark.parametrize(
    ("identifier", "more", "subject"),
    [
        ("NTRFI-1234567-8", {"nca_id": "FI-FINFSA"}, "organizationIdentifier=NTRFI-1234567-8,C=FI"),
        ("VATFI-12345678", {"nca_id": "SE-FINA"}, "organizationIdentifier=VATFI-12345678"),
        ("LEIXG-529900EXAMPLE0000170", {"nca_id": "FI-FINFSA"}, None),
        ("PSDMT-MFSA-C 102960", {}, None),
        ("PSDBE-NBB-1234.567.890", {}, None),
        ("PSDGB-OB-Unknown0000000000000EXAMP", {"nca_id": "GB-FCA"}, None),
        ("PSDFI-NOBODY-1", {"nca_name": "Viranomainen, Åland"}, None),
        (f"PSDFI-FINFSA-{'1' * 200}", {}, None),
    ],
)
def test_other_identifiers(identifier: str, more: dict[str, Any], subject: str | None) -> None:
    wish = asked(organization_identifier=identifier, subject="", **more)

    [attribute] = wish.subject.get_attributes_for_oid(NameOID.ORGANIZATION_IDENTIFIER)
    assert attribute.value == identifier
    assert subject is None or rfc4514(wish.subject) == subject
    assert wish.nca_id == more.get("nca_id", wish.nca_id)
    assert wish.nca_name == more.get("nca_name", wish.nca_name)


@pytest.mark.parametrize(
    ("changes", "notes"),
    [
        ({}, []),
        ({"nca_name": "Finanssivalvonta"}, []),
        ({"subject": "CN=a"}, ["the subject has no O, which the certificate needs: the CA will ask"]),
        ({"subject": ""}, ["the subject has no O, CN, which the certificate needs: the CA will ask"]),
        (
            {"organization_identifier": "PSDFI-NOBODY-1", "nca_name": "Nobody"},
            ["the authority FI-NOBODY is not on the list (EBA, list of national competent authority"],
        ),
        (
            {"nca_id": "FI-OTHER", "nca_name": "Another"},
            [
                "the authority FI-OTHER is not on the list",
                "the organizationIdentifier is of FI-FINFSA and the authority is FI-OTHER: some banks",
            ],
        ),
        ({"roles": ["PSP_PA"]}, []),
        (
            {"organization_identifier": "PSDHR-CNB-1", "subject": "CN=a,O=b,C=HR"},
            ["the authority HR-CNB is historic: now HR-HNB"],
        ),
    ],
    ids=["good", "own-name", "no-o", "empty", "stranger", "another-authority", "psp-pa", "historic"],
)
def test_what_may_not_be_wanted_is_noted(changes: dict[str, Any], notes: list[str]) -> None:
    found = asked(**changes).notes

    assert len(found) == len(notes)
    assert all(said.startswith(note) for said, note in zip(found, notes, strict=True))


def test_a_qwac_has_a_host_and_a_seal_has_none() -> None:
    assert asked("qwac").dns_notes(["tpp.example.com"]) == ()
    assert asked("qseal").dns_notes([]) == ()
    [missing] = asked("qwac").dns_notes([])
    [needless] = asked("qseal").dns_notes(["tpp.example.com"])
    assert "no DNS name is asked for (--dns), which a QWAC needs" in missing
    assert "a QSealC is of no host" in needless


# --- what is refused ----------------------------------------------------------

REFUSED: dict[str, tuple[dict[str, Any], type[Exception], str]] = {
    "unknown-role": ({"roles": ["AISP"]}, UsageError, "there is no role of that name"),
    "no-role": ({"roles": []}, UsageError, "a PSD2 certificate has a role"),
    "underscores": (
        {"organization_identifier": "PSDFI_FINFSA_1"},
        MalformedError,
        'breaks its grammar: "_" stands where a hyphen belongs',
    ),
    "scheme": ({"organization_identifier": "PADFI-FINFSA-1"}, MalformedError, "breaks its grammar"),
    "lower-case": ({"organization_identifier": "psdfi-finfsa-1"}, MalformedError, "breaks its grammar"),
    "no-number": ({"organization_identifier": "PSDFI-FINFSA-"}, MalformedError, "breaks its grammar"),
    "empty": ({"organization_identifier": ""}, MalformedError, "breaks its grammar"),
    "homoglyph": ({"organization_identifier": "PSDFI-FINFS\u0410-1"}, MalformedError, "breaks its grammar"),
    "full-width": ({"organization_identifier": "PSDFI-FINFSA-\uff11"}, MalformedError, "breaks its grammar"),
    "escape": ({"organization_identifier": "PSDFI-FINFSA-1\x1b[2J"}, MalformedError, "breaks its grammar"),
    "long": ({"organization_identifier": f"PSDFI-FINFSA-{'1' * 300}"}, MalformedError, "breaks its grammar"),
    "lei-checksum": (
        {"organization_identifier": "LEIXG-529900EXAMPLE0000171"},
        MalformedError,
        "breaks its grammar",
    ),
    "country": ({"subject": "CN=a,C=SE"}, UsageError, "the subject's country is not that"),
    "countries": ({"subject": "CN=a,C=FI,C=SE"}, UsageError, "the subject's country is not that"),
    "country-of-register": (
        {"organization_identifier": "NTRSE-1", "nca_id": "FI-FINFSA"},
        UsageError,
        "the subject's country is not that of the organizationIdentifier, which is SE",
    ),
    "subject": ({"subject": "Example Oy"}, MalformedError, "the subject has no NAME=VALUE at character 1"),
    "other-identifier": (
        {"subject": "organizationIdentifier=PSDFI-FINFSA-2"},
        UsageError,
        "the subject has another organizationIdentifier",
    ),
    "two-identifiers": (
        {"subject": f"organizationIdentifier={IDENTIFIER},organizationIdentifier={IDENTIFIER}"},
        UsageError,
        "the subject has another organizationIdentifier",
    ),
    "identifier-is-name": (
        {"subject": f"O={IDENTIFIER}"},
        UsageError,
        "the subject's O is the organizationId",
    ),
    "stranger": (
        {"organization_identifier": "PSDFI-NOBODY-1"},
        UsageError,
        "the name of the authority FI-NOBODY",
    ),
    "no-authority": (
        {"organization_identifier": "NTRFI-1"},
        UsageError,
        "an identifier of the scheme NTR does not say which authority it is",
    ),
    "nca-id-form": ({"nca_id": "FINFSA"}, MalformedError, "the authority's identifier breaks its grammar"),
    "nca-id-country": (
        {"nca_id": "SE-FINA"},
        UsageError,
        "of another country than the organizationIdentifier",
    ),
    "nca-id-misspelt": (
        {"organization_identifier": "PSDES-BE-1", "subject": "", "nca_id": "ES-BDE"},
        MalformedError,
        "nCAId is ES-BDE for ES-BE",
    ),
    "nca-name-greek": ({"nca_name": "Τράπεζα"}, MalformedError, "no plain text in Latin letters"),
    "nca-name-empty": ({"nca_name": ""}, MalformedError, "no plain text in Latin letters"),
    "nca-name-escape": ({"nca_name": "FIN\x1b[2J"}, MalformedError, "no plain text in Latin letters"),
    "nca-name-long": ({"nca_name": "A" * 257}, MalformedError, "at most 256 characters"),
    "unspecified-among-others": (
        {"roles": ["Unspecified", "PSP_AI"]},
        UsageError,
        "the role Unspecified stands alone",
    ),
    "psp-pa-among-others": (
        {"roles": ["PSP_PA", "PSP_AI"]},
        UsageError,
        "PSP_PA has no authority and the other",
    ),
    "psp-pa-with-authority": (
        {"roles": ["PSP_PA"], "nca_id": "FI-FINFSA"},
        UsageError,
        "PSP_PA has no authority",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused_with_the_reason(name: str) -> None:
    changes, kind, message = REFUSED[name]

    with pytest.raises(kind) as error:
        asked(**changes)
    assert isinstance(error.value, UsageError | MalformedError)
    assert message in error.value.message
    assert f"{error.value.message}{error.value.hint or ''}".isprintable()


# --- on the command line ------------------------------------------------------

QWAC = ("--psd2", "qwac", "--organization-identifier", IDENTIFIER, "--role", "PSP_AI")


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "tls.key"
    path.write_bytes(issue.key_pem(issue.rsa_key()))
    path.chmod(0o600)
    return path


def test_the_example_of_the_help(cli: Cli, key_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "qwac.csr"

    done = cli(
        *("csr", "create", "--key", key_file, "-o", path, *QWAC, "--role", "PSP_PI"),
        *("--subject", COMPLETE, "--dns", "tpp.example.com"),
    )

    assert (done.exit_code, done.stdout, done.stderr) == (0, "", f"jwttool: note: wrote {path}\n")
    verified = run_tool("openssl", "req", "-verify", "-noout", "-text", "-in", path)
    assert b"verify OK" in verified.stdout + verified.stderr
    assert b"PSP_PI" in verified.stdout
    request = load_csr(path.read_bytes())
    assert (
        rfc4514(request.subject)
        == f"CN=tpp.example.com,organizationIdentifier={IDENTIFIER},O=Example Oy,C=FI"
    )


def test_notes_go_beside_the_product(cli: Cli, key_file: Path) -> None:
    text = cli("csr", "create", "--key", key_file, *QWAC)
    answer = cli("csr", "create", "--key", key_file, *QWAC, "--format", "json")

    note = "the subject has no O, CN, which the certificate needs: the CA will ask"
    host = "no DNS name is asked for (--dns), which a QWAC needs: the CA will ask"
    assert (text.exit_code, text.stderr) == (0, f"jwttool: note: {note}\njwttool: note: {host}\n")
    assert load_csr(text.stdout.encode()).is_signature_valid
    assert (answer.exit_code, answer.stderr) == (0, "")
    parsed = parsed_answer("csr-create", answer.stdout)
    assert parsed["notes"] == [note, host]
    assert parsed["subject"] == f"organizationIdentifier={IDENTIFIER},C=FI"


def options(changes: dict[str, Any]) -> list[str]:
    """The options that say the same as a call of :func:`asked`."""
    given = {**GOOD, **changes}
    flags = ["--psd2", "qwac", "--organization-identifier", given["organization_identifier"]]
    flags += ["--subject", given["subject"]]
    flags += [flag for role in given["roles"] for flag in ("--role", role)]
    for name in ("nca_id", "nca_name"):
        flags += [f"--{name.replace('_', '-')}", given[name]] if name in given else []
    return flags


@pytest.mark.parametrize(
    "name", ["no-authority", "stranger", "nca-id-form", "nca-id-country", "psp-pa-with-authority"]
)
def test_a_hint_names_the_option(name: str) -> None:
    changes, _, _ = REFUSED[name]
    with pytest.raises((UsageError, MalformedError)) as error:
        asked(**changes)
    assert isinstance(error.value, UsageError | MalformedError)
    assert "--nca-" in (error.value.hint or "")


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_before_the_key_is_read(cli: Cli, tmp_path: Path, name: str) -> None:
    changes, kind, message = REFUSED[name]

    # A file that is not there would be told first, if it was looked at.
    done = cli("csr", "create", "--key", tmp_path / "missing", *options(changes))

    assert (done.exit_code, done.stdout) == (2 if kind is UsageError else 3, "")
    assert done.stderr.startswith("jwttool: error: ")
    assert message in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--psd2", "qwac", "--role", "PSP_AI"), "a PSD2 certificate has an organizationIdentifier"),
        (("--psd2", "qwac", "--organization-identifier", IDENTIFIER), "a PSD2 certificate has a role"),
        (("--organization-identifier", IDENTIFIER), "and no PSD2 certificate"),
        (("--organization-identifier", ""), "and no PSD2 certificate"),
        (("--role", "PSP_AI"), "and no PSD2 certificate"),
        (("--nca-name", "A"), "and no PSD2 certificate"),
        (("--nca-id", "FI-FINFSA"), "and no PSD2 certificate"),
        ((*QWAC, "--usage", "tls"), "the usages of a PSD2 certificate are fixed"),
        (("--psd2", "qcert", *QWAC[2:]), "is not one of"),
    ],
)
def test_choices_that_are_missing_or_contradict(
    cli: Cli, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    done = cli("csr", "create", "--key", tmp_path / "missing", *arguments)

    assert (done.exit_code, done.stdout) == (2, "")
    assert message in done.stderr


def test_no_passphrase_is_asked_for_in_vain(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "locked.key"
    path.write_bytes(issue.key_pem(issue.rsa_key(), b"secret"))
    path.chmod(0o600)

    bad = cli("csr", "create", "--key", path, *QWAC[:-1], "AISP")
    good = cli("csr", "create", "--key", path, *QWAC)

    assert "there is no role of that name" in bad.stderr
    assert "PSP_AI (account information) may be meant" in bad.stderr
    assert "passphrase" in good.stderr
    assert (bad.exit_code, good.exit_code) == (2, 2)


def test_roles_are_completed() -> None:
    from click.shell_completion import ShellComplete

    from jwttool.cli.root import root

    completed = ShellComplete(root, {}, "jwttool", "_JWTTOOL_COMPLETE").get_completions(
        ["csr", "create", "--role"], "PSP_P"
    )
    assert [each.value for each in completed] == ["PSP_PI", "PSP_PA"]


# --- shown --------------------------------------------------------------------


def request_of(name: str) -> x509.CertificateSigningRequest:
    """A request that asks for what a throwaway certificate says."""
    recipe = SPECIMENS[name].recipe
    builder = x509.CertificateSigningRequestBuilder(recipe.name())
    if recipe.statements is not None:
        extension = x509.UnrecognizedExtension(QC_STATEMENTS, recipe.statements)
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(issue.ec_key(), SHA256())


def test_a_request_in_words(cli: Cli) -> None:
    pem = create_psd2_csr(issue.ec_key(), asked("qseal", roles=["PSP_PI", "PSP_AI"]))

    done = cli("csr", "show", "-", stdin=pem)

    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == (
        "Certificate signing request\n"
        f"  subject    CN=tpp.example.com,organizationIdentifier={IDENTIFIER},O=Example Oy,C=FI\n"
        "  key        EC, P-256\n"
        "  signature  ecdsa-with-SHA256\n"
        "  key usage  digitalSignature, nonRepudiation\n"
        "\n"
        "PSD2\n"
        "  authority  Finnish Financial Supervisory Authority\n"
        "  nCAId      FI-FINFSA\n"
        "  role       PSP_PI  payment initiation\n"
        "  role       PSP_AI  account information\n"
        "\n"
        "QC statements\n"
        "  QcType  eseal\n"
        "  PSD2    see above\n"
        "\n"
        "Checks\n"
        "ok    csr-signature  the request is signed by the key that it holds\n"
        "ok    csr-key-type   the key is RSA or EC on P-256\n"
        "ok    key-curve      the curve is P-256\n"
        "\n"
        "PASS  3 passed\n"
    )


def test_a_request_for_programs(cli: Cli) -> None:
    pem = create_psd2_csr(issue.ec_key(), asked())

    answer = parsed_answer("csr-show", cli("csr", "show", "-", "--format", "json", stdin=pem).stdout)

    assert answer["organization_identifier"] == {
        "value": IDENTIFIER,
        "scheme": "PSD",
        "country": "FI",
        "authority": "FINFSA",
        "number": "1234567-8",
    }
    assert answer["psd2"]["roles"] == ["PSP_AI"]
    assert answer["psd2"]["nca_id"] == "FI-FINFSA"
    assert answer["qc_types"] == ["web"]
    assert [each["name"] for each in answer["qc_statements"]] == ["QcType", "PSD2"]
    assert answer["anomalies"] == []
    assert answer["other_extensions"] == []


def test_a_request_that_asks_for_nothing_of_the_kind(cli: Cli) -> None:
    pem = issue.request(issue.ec_key()).public_bytes(Encoding.PEM)

    answer = parsed_answer("csr-show", cli("csr", "show", "-", "--format", "json", stdin=pem).stdout)

    assert describe_eidas_request(load_csr(pem)) is None
    assert (answer["organization_identifier"], answer["psd2"]) == (None, None)
    assert (answer["qc_types"], answer["qc_statements"], answer["anomalies"]) == ([], [], [])
    assert "PSD2" not in cli("csr", "show", "-", stdin=pem).stdout


# What these requests do not ask for (usages and other extensions), and the signature, which is the CA's.
OF_CERTIFICATES = {"client-auth-missing", "signature-pss", "ca-usage", "critical-unknown"}


@pytest.mark.parametrize("name", SPECIMENS)
def test_every_oddity_is_shown_and_named(cli: Cli, name: str) -> None:
    pem = request_of(name).public_bytes(Encoding.PEM)
    expected = [each.id for each in describe_qwac(specimen(name)).anomalies if each.id not in OF_CERTIFICATES]

    text = cli("csr", "show", "-", stdin=pem)
    answer = parsed_answer("csr-show", cli("csr", "show", "-", "--format", "json", stdin=pem).stdout)

    assert (text.exit_code, text.stderr) == (0, "")
    assert [each["id"] for each in answer["anomalies"]] == expected
    assert all(each in text.stdout for each in expected)
    assert all(line.isprintable() for line in text.stdout.splitlines())


def test_usages_and_criticality_of_a_request_are_told_as_well() -> None:
    def odd(*extensions: tuple[x509.ExtensionType, bool]) -> list[str]:
        builder = x509.CertificateSigningRequestBuilder(SPECIMENS["qwac"].recipe.name())
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        found = describe_eidas_request(builder.sign(issue.ec_key(), SHA256()))
        assert found is not None
        return [each.id for each in found.anomalies]

    statements = x509.UnrecognizedExtension(QC_STATEMENTS, SPECIMENS["qwac"].recipe.statements or b"")
    server = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    both = x509.ExtendedKeyUsage([*server, ExtendedKeyUsageOID.CLIENT_AUTH])
    signing = x509.KeyUsage(True, False, False, False, False, True, False, False, False)
    stranger = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3"), b"\x05\x00")

    assert odd((statements, False), (both, False)) == []
    assert odd((statements, False), (server, False)) == ["client-auth-missing"]
    assert odd((statements, True)) == ["statements-critical"]
    assert odd((statements, False), (signing, True)) == ["ca-usage"]
    assert odd((statements, False), (signing, True), (x509.BasicConstraints(True, None), True)) == []
    assert odd((statements, False), (stranger, True)) == ["critical-unknown"]
    assert odd((statements, False), (stranger, False)) == []


def test_look_alikes_in_the_subject_of_a_request_are_shown_escaped(cli: Cli) -> None:
    pem = request_of("identifier-homoglyph").public_bytes(Encoding.PEM)
    assert r"organizationIdentifier=PSDFI-FINFS\u0410-1234567-8" in cli("csr", "show", "-", stdin=pem).stdout


def test_flattened_roles_are_read_and_told(cli: Cli) -> None:
    done = cli("csr", "show", "-", stdin=request_of("roles-flattened").public_bytes(Encoding.PEM))

    assert (
        "  role       PSP_PI  payment initiation\n  role       PSP_AI  account information\n" in done.stdout
    )
    assert "\nAnomalies\n  roles-flattened  several roles stand in one RoleOfPSP" in done.stdout


def test_a_damaged_extension_hides_the_statements_and_nothing_else() -> None:
    damaged = x509.UnrecognizedExtension(x509.KeyUsage.oid, b"\xff")
    builder = x509.CertificateSigningRequestBuilder(SPECIMENS["qwac"].recipe.name())
    request = builder.add_extension(damaged, critical=False).sign(issue.ec_key(), SHA256())

    found = describe_eidas_request(request)

    assert found is not None
    assert found.organization_identifier is not None
    assert found.organization_identifier.value == IDENTIFIER
    assert found.qc is None


def test_a_damaged_subject_hides_the_identifier_and_nothing_else() -> None:
    sound = create_psd2_csr(issue.ec_key(), asked())
    der = load_csr(sound).public_bytes(Encoding.DER).replace(b"Example Oy", b"\xff" * 10)

    found = describe_eidas_request(load_csr(der))

    assert found is not None
    assert found.organization_identifier is None
    assert found.qc is not None
    assert found.qc.types == ("web",)
