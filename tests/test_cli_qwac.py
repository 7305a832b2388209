"""``jwttool qwac``: what is shown, which client_ids pass, how it ends, and what is refused."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes
from cryptography.x509 import ObjectIdentifier

from docs.generate import json_schema
from jwttool.checks.qwac import QWAC_RULES
from jwttool.eidas import encode, structures
from jwttool.eidas.describe import describe_qwac
from jwttool.eidas.statements import read_statements
from jwttool.render.answers_eidas import QwacCheckAnswer, QwacShowAnswer
from jwttool.render.document import to_text
from jwttool.render.eidas import qwac_answer, qwac_document
from jwttool.sandbox.certificates import FOREIGN_CHARACTERS, files
from jwttool.times import rfc3339
from tests.answers import parsed_error
from tests.specimens import AT, specimen, world

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Cli

IDENTIFIER = "PSDFI-FINFSA-1234567-8"
SHA256 = specimen("qwac").fingerprint(hashes.SHA256()).hex()
AT_TIME = ("--at", AT.isoformat())


@cache
def made() -> dict[str, bytes]:
    """Every certificate by file name, and a chain."""
    everything = files(world())
    return everything | {"chain.pem": everything["qwac.crt"] + everything["issuing.crt"]}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with every certificate, which is also the working folder."""
    monkeypatch.chdir(tmp_path)
    for name, data in made().items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "mapping.toml").write_text(f'"other" = "{IDENTIFIER}"\n"wrong" = "PSDFI-FINFSA-9"\n')
    return tmp_path


def parsed(answer: type, stdout: str) -> dict[str, Any]:
    """The one JSON object on standard output, valid by the schema of its type."""
    value: dict[str, Any] = json.loads(stdout)
    jsonschema.Draft202012Validator(json_schema(answer, title="answer")).validate(value)
    return value


# --- show ---------------------------------------------------------------------


@pytest.mark.usefixtures("folder")
def test_what_show_says(cli: Cli) -> None:
    done = cli("qwac", "show", "qwac.crt", *AT_TIME)

    assert (done.exit_code, done.stderr) == (0, "")
    end = specimen("qwac").not_valid_after_utc
    for line in (
        "it says it is   a QWAC: qualified for the web",
        f"identifier    {IDENTIFIER}",
        "scheme        PSD",
        "authority     FINFSA, Finnish Financial Supervisory Authority",
        "number        1234567-8",
        "role       PSP_AI  account information",
        "nCAId      FI-FINFSA",
        "QcType        web",
        "0.4.0.19495.3.1   QCP-w-psd2",
        "extended usage  serverAuth, clientAuth",
        f"valid until     {rfc3339(end)}, in {(end - AT).days} d",
    ):
        assert f"  {line}\n" in done.stdout
    assert "Anomalies" not in done.stdout


@pytest.mark.usefixtures("folder")
def test_show_as_json(cli: Cli) -> None:
    answer = parsed(QwacShowAnswer, cli("qwac", "show", "qwac.crt", "--format", "json").stdout)

    assert answer["organization_identifier"] == {
        "value": IDENTIFIER,
        "scheme": "PSD",
        "country": "FI",
        "authority": "FINFSA",
        "number": "1234567-8",
    }
    assert answer["psd2"] == {
        "roles": ["PSP_PI", "PSP_AI"],
        "role_details": [
            {"oid": "0.4.0.19495.1.2", "name": "PSP_PI"},
            {"oid": "0.4.0.19495.1.3", "name": "PSP_AI"},
        ],
        "nca_name": "Finnish Financial Supervisory Authority",
        "nca_id": "FI-FINFSA",
    }
    assert answer["qc_types"] == ["web"]
    assert answer["qc_statements"][:3] == [
        {"oid": "0.4.0.1862.1.1", "name": "QcCompliance", "value": None},
        {"oid": "0.4.0.1862.1.6", "name": "QcType", "value": ["web"]},
        {
            "oid": "0.4.0.1862.1.5",
            "name": "QcPDS",
            "value": [{"url": "https://pki.example.com/pds-en.pdf", "language": "en"}],
        },
    ]
    assert answer["qc_statements"][3]["value"] == answer["psd2"]
    assert (answer["qualified_for"], answer["not_qualified_because"]) == ("web", None)
    assert answer["anomalies"] == []


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("name", "qualified_for", "because"),
    [("qseal", "seal", None), ("qc-types-several", None, "QcType names several types, where one belongs")],
)
def test_show_says_whether_it_is_a_qwac_or_a_qsealc_or_neither(
    cli: Cli, name: str, qualified_for: str | None, because: str | None
) -> None:
    answer = parsed(QwacShowAnswer, cli("qwac", "show", f"{name}.crt", "--format", "json").stdout)
    assert (answer["qualified_for"], answer["not_qualified_because"]) == (qualified_for, because)
    text = cli("qwac", "show", f"{name}.crt").stdout
    assert ("a QSealC" in text, "qualified for nothing" in text) == (because is None, because is not None)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("name", "anomaly"),
    [
        ("statement-bare", "statements-bare"),
        ("roles-flattened", "roles-flattened"),
        ("identifier-missing", "identifier-missing"),
        ("psd2-missing", None),
        ("qc-statements-missing", None),
        ("statements-no-asn1", "statements-damaged"),
        ("expired", None),
    ],
)
def test_show_reads_what_is_odd(cli: Cli, name: str, anomaly: str | None) -> None:
    done = cli("qwac", "show", f"{name}.crt", "--format", "json")
    answer = parsed(QwacShowAnswer, done.stdout)
    assert [each["id"] for each in answer["anomalies"]] == ([] if anomaly is None else [anomaly])
    text = cli("qwac", "show", f"{name}.crt")
    assert (done.exit_code, text.exit_code) == (0, 0)
    assert (anomaly or "Certificate") in text.stdout


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", ["nca-name-control-characters", "identifier-control-characters"])
def test_no_control_character_reaches_the_terminal(cli: Cli, name: str) -> None:
    shown = cli("qwac", "show", f"{name}.crt").stdout
    checked = cli("qwac", "check", f"{name}.crt", "--client-id", "\x1b[2J").stdout
    assert r"\x1b[2J" in shown
    assert r"\x1b[2J" in checked
    assert "\x1b" not in shown + checked


# --- check --------------------------------------------------------------------


def check(cli: Cli, *arguments: str, name: str = "qwac.crt") -> tuple[int, dict[str, Any]]:
    done = cli("qwac", "check", name, *AT_TIME, "--format", "json", *arguments)
    return done.exit_code, parsed(QwacCheckAnswer, done.stdout)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "match", "exit_code"),
    [
        (["--client-id", IDENTIFIER], "exact", 0),
        (["--client-id", "1234567-8"], "exact", 0),
        (["--client-id", IDENTIFIER.lower()], "normalized", 0),
        (["--client-id", f"1{IDENTIFIER}"], "embedded", 1),
        (["--client-id", f"1{IDENTIFIER}", "--allow-indirect"], "embedded", 0),
        (["--client-id", "AGTFI-FINFSA-1234567-8001"], "agent", 1),
        (["--client-id", "AGTFI-FINFSA-1234567-8001", "--allow-indirect"], "agent", 0),
        (["--client-id", "other"], "none", 1),
        (["--client-id", "other", "--mapping", "mapping.toml"], "declared", 0),
        (["--client-id", "wrong", "--mapping", "mapping.toml"], "none", 1),
        (["--client-id", IDENTIFIER, "--role", "PSP_AI", "--role", "PSP_PI"], "exact", 0),
        (["--client-id", IDENTIFIER, "--role", "PSP_IC"], "exact", 1),
    ],
    ids=range(12),
)
def test_the_verdict_and_the_exit_code(cli: Cli, arguments: list[str], match: str, exit_code: int) -> None:
    code, answer = check(cli, *arguments)
    assert (answer["match"], code) == (match, exit_code)
    assert answer["verdict"] == ("fail" if exit_code else "pass")
    assert answer["client_id"] == arguments[1]
    # What a mapping ties to the certificate is told where nothing matched.
    declared = ["other"] if arguments[1] == "wrong" else []
    assert answer["would_match"] == [IDENTIFIER, "1234567-8", *declared]
    assert [each["id"] for each in answer["checks"]] == [rule.id for rule in QWAC_RULES]


@pytest.mark.usefixtures("folder")
def test_the_text_of_a_mismatch(cli: Cli) -> None:
    done = cli("qwac", "check", "qwac.crt", "--client-id", "other", *AT_TIME)
    assert done.exit_code == 1
    assert "  match        none\n" in done.stdout
    assert f'the client_id is "other", the certificate holds "{IDENTIFIER}"' in done.stdout
    assert f"  would match  {IDENTIFIER}, 1234567-8\n" in done.stdout
    assert "\nFAIL  qwac-client-id " in done.stdout
    assert "\nskip  qwac-trusted-list " in done.stdout
    assert done.stdout.endswith("FAIL  1 failed, 23 passed, 4 skipped\n")


@pytest.mark.usefixtures("folder")
def test_a_provider_brings_its_limits(cli: Cli) -> None:
    _, answer = check(cli, "--client-id", "x" * 35, "--provider", "stet")
    [found] = [each for each in answer["checks"] if each["id"] == "qwac-client-id-length"]
    assert (found["status"], "34" in found["message"]) == ("warning", True)


@pytest.mark.usefixtures("folder")
def test_the_time_counts(cli: Cli) -> None:
    for name, code in (("qwac.crt", 0), ("expired.crt", 1), ("not-yet-valid.crt", 1)):
        assert check(cli, "--client-id", IDENTIFIER, name=name)[0] == code


# --- the mapping of the configuration -----------------------------------------


def test_the_mapping_of_the_configuration_is_used(cli: Cli, folder: Path) -> None:
    (folder / "jwttool.toml").write_text(f'[mapping]\n"other" = {{ certificate_sha256 = "{SHA256}" }}\n')
    (folder / "named.toml").write_text('[mapping]\n"other" = "PSDFI-FINFSA-9"\n')

    assert check(cli, "--client-id", "other")[1]["match"] == "declared"
    assert check(cli, "--client-id", "other", "--config", "named.toml")[1]["match"] == "none"
    # A file of its own is taken in its place.
    assert check(cli, "--client-id", "wrong", "--mapping", "mapping.toml")[1]["match"] == "none"


@pytest.mark.usefixtures("folder")
def test_a_configuration_that_was_named_has_to_be_there(cli: Cli) -> None:
    done = cli(
        "qwac", "check", "qwac.crt", "--client-id", "x", "--config", "nowhere.toml", "--format", "json"
    )
    assert (done.exit_code, parsed_error(done.stdout)["code"]) == (4, "file-missing")


# --- the chain ----------------------------------------------------------------


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "name", "code"),
    [
        (["--trust", "root.crt", "--intermediates", "issuing.crt"], "qwac.crt", 0),
        (["--trust", "root.crt"], "chain.pem", 0),
        (["--trust", "root.crt"], "qwac.crt", 1),
        (["--trust", "issuing-without-crl.crt", "--intermediates", "issuing.crt"], "qwac.crt", 1),
    ],
    ids=["with the intermediate", "chain in the file", "a gap", "another root"],
)
def test_the_chain_is_judged_where_something_is_trusted(
    cli: Cli, arguments: list[str], name: str, code: int
) -> None:
    exit_code, answer = check(cli, "--client-id", IDENTIFIER, *arguments, name=name)
    ids = [each["id"] for each in answer["checks"]]
    failed = [each["id"] for each in answer["checks"] if each["status"] == "fail"]
    assert exit_code == code
    assert ids[0].startswith("chain-")
    assert ids[-len(QWAC_RULES) :] == [rule.id for rule in QWAC_RULES]
    assert all(each.startswith("chain-") for each in failed)
    assert bool(failed) is bool(code)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("name", "lists", "status"),
    [
        ("qwac", [], "skipped"),
        ("qwac", ["issuing.crl", "root.crl"], "pass"),
        ("revoked", ["issuing.crl", "root.crl"], "fail"),
        ("qwac", ["issuing-stale.crl", "root.crl"], "fail"),
        ("revoked", [], "skipped"),
    ],
    ids=range(5),
)
def test_crls_tell_whether_it_is_revoked(cli: Cli, name: str, lists: list[str], status: str) -> None:
    options = [option for each in lists for option in ("--crl", each)]
    code, answer = check(
        cli,
        *("--client-id", IDENTIFIER, "--trust", "root.crt", "--intermediates", "issuing.crt", *options),
        name=f"{name}.crt",
    )
    [found] = [each for each in answer["checks"] if each["id"] == "qwac-revocation"]
    assert (found["status"], code) == (status, int(status == "fail"))


def test_the_help_names_what_stands_in_the_configuration(cli: Cli) -> None:
    assert "The configuration that [mapping] stands" in cli("qwac", "check", "--help").stdout


# --- what is refused ----------------------------------------------------------


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "exit_code", "code"),
    [
        (["show", FOREIGN_CHARACTERS], 3, "malformed"),
        (["check", FOREIGN_CHARACTERS, "--client-id", "x"], 3, "malformed"),
        (["show", "mapping.toml"], 3, "malformed"),
        (["show", "nowhere.crt"], 4, "file-missing"),
        (["check", "qwac.crt", "--client-id", "x", "--role", "AISP"], 2, "usage"),
        (["check", "qwac.crt", "--client-id", "x", "--provider", "nobody"], 2, "unknown-provider"),
        (["check", "qwac.crt", "--client-id", "x", "--mapping", "nowhere.toml"], 4, "file-missing"),
        (["check", "qwac.crt", "--client-id", "x", "--mapping", "qwac.crt"], 3, "config"),
        (["check", "qwac.crt", "--client-id", "x", "--intermediates", "root.crt"], 2, "usage"),
        (["check", "qwac.crt", "--client-id", "x", "--crl", "issuing.crl"], 2, "usage"),
        (["check", "qwac.crt", "--client-id", "x", "--trust", "nowhere.pem"], 4, "file-missing"),
        (
            ["check", "qwac.crt", "--client-id", "x", "--trust", "root.crt", "--crl", "root.crt"],
            *(3, "wrong-kind"),
        ),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_what_is_refused(cli: Cli, arguments: list[str], exit_code: int, code: str) -> None:
    done = cli("qwac", *arguments, "--format", "json")
    assert (done.exit_code, parsed_error(done.stdout)["code"]) == (exit_code, code)


@pytest.mark.usefixtures("folder")
def test_the_client_id_has_to_be_given(cli: Cli) -> None:
    assert cli("qwac", "check", "qwac.crt").exit_code == 2


def test_standard_input_is_read(cli: Cli, folder: Path) -> None:
    done = cli(
        "qwac", "check", "-", "--client-id", IDENTIFIER, *AT_TIME, stdin=(folder / "qwac.crt").read_bytes()
    )
    assert done.exit_code == 0


@pytest.mark.usefixtures("folder")
def test_of_a_chain_the_certificate_that_was_taken_is_said(cli: Cli) -> None:
    for command in (["show", "chain.pem"], ["check", "chain.pem", "--client-id", "x"]):
        assert "chain.pem holds 2 certificates" in cli("qwac", *command).stderr


# --- statements and roles in words --------------------------------------------


def test_every_kind_of_value_is_shown_in_words_and_as_json() -> None:
    statements = encode.qc_statements(
        [
            encode.qc_limit("EUR", 5, 3),
            encode.qc_retention(7),
            encode.qc_legislation("GB", "CH"),
            encode.semantics(ObjectIdentifier("0.4.0.194121.1.2")),
            structures.statement(ObjectIdentifier("1.2.3"), asn1.encode_der(5)),
        ]
    )
    described = describe_qwac(specimen("qwac"))._replace(qc=read_statements(statements.value))

    text = to_text(qwac_document(described, AT), colour=False)
    values = {each["name"]: each["value"] for each in qwac_answer(described)["qc_statements"]}

    for line in (
        "QcLimitValue       5 x 10^3 EUR",
        "QcRetentionPeriod  7",
        "QcCClegislation    GB, CH",
        "pkixQCSyntax-v2    legal person",
        "1.2.3              020105",
    ):
        assert f"  {line}\n" in text
    assert "  no PSD2 statement\n" in text
    assert values == {
        "QcLimitValue": {"currency": "EUR", "amount": 5, "exponent": 3},
        "QcRetentionPeriod": 7,
        "QcCClegislation": ["GB", "CH"],
        "pkixQCSyntax-v2": "legal person",
        None: "020105",
    }


CYRILLIC = "Финансовый надзор".encode("unicode_escape").decode()


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "name", ["identifier-homoglyph", "identifier-full-width", "nca-name-cyrillic", "nca-name-with-accents"]
)
def test_nothing_but_ascii_is_shown_of_it(cli: Cli, name: str) -> None:
    shown = cli("qwac", "show", f"{name}.crt").stdout
    checked = cli("qwac", "check", f"{name}.crt", "--client-id", "PSDFI-\u0410", *AT_TIME).stdout
    assert (shown + checked).isascii()
    # JSON has the values as they are.
    answer = parsed(QwacShowAnswer, cli("qwac", "show", f"{name}.crt", "--format", "json").stdout)
    assert not f"{answer['organization_identifier']}{answer['psd2']}".isascii()


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("role-unknown", 'role       1.3.6.1.4.1.32473.1  not registered here, written "PSP_XX"'),
        ("role-name-mismatch", 'role       PSP_AI  account information, written "PSP_PI"'),
        ("identifier-missing", "identifier    none"),
        ("identifier-homoglyph", r"identifier    PSDFI-FINFS\u0410-1234567-8"),
        ("nca-name-cyrillic", r"authority  " + CYRILLIC),
        ("nca-name-with-accents", r"authority  Autorit\xe9 de contr\xf4le prudentiel et de r\xe9solution"),
        ("identifier-full-width", r"number        \uff11\uff12\uff13\uff14\uff15\uff16\uff17-\uff18"),
        ("qc-unknown", "1.3.6.1.4.1.32473.1  yes"),
    ],
)
def test_strangers_are_shown_as_such(cli: Cli, name: str, line: str) -> None:
    assert f"  {line}\n" in cli("qwac", "show", f"{name}.crt").stdout
