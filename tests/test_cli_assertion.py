"""``assertion mint`` and ``assertion verify`` as a user and as a program see them."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest

from jwttool.assertion.mint import ASSERTION_TYPE
from jwttool.jose import read_compact
from tests import issue
from tests.assertions import AUDIENCE, CERTIFICATE, CLIENT_ID, KEY, KID, NOW, judge, token

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Cli, Outcome

AT = "2026-06-16T13:10:13Z"

CONFIG = f"""
[clients.test]
provider = "worldline"
client_id = "{CLIENT_ID}"
server = "https://example-domain/"
realm = "example-realm"
scope = "VOP WERO"
key = "signing.key"
certificate = "signing.crt"
passphrase = {{ file = "signing.pass" }}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with an encrypted key, its certificate, and a client of that."""
    private = {
        "signing.key": issue.key_pem(KEY, b"open"),
        "plain.key": issue.key_pem(KEY),
        "signing.pass": b"open\n",
    }
    for name, data in private.items():
        (tmp_path / name).write_bytes(data)
        (tmp_path / name).chmod(0o600)
    (tmp_path / "signing.crt").write_bytes(issue.pem(CERTIFICATE))
    (tmp_path / "public.pem").write_bytes(issue.public_pem(KEY))
    (tmp_path / "jwttool.toml").write_text(CONFIG)
    monkeypatch.chdir(tmp_path)
    return tmp_path


FLAGS = ("--key", "plain.key", "--cert", "signing.crt", "--client-id", CLIENT_ID, "--audience", AUDIENCE)
EXPECTED = ("--cert", "signing.crt", "--client-id", CLIENT_ID, "--audience", AUDIENCE)


def mint(cli: Cli, *arguments: Any) -> Outcome:
    return cli("assertion", "mint", *arguments, "--at", AT)


def verify(cli: Cli, text: str, *arguments: Any, at: str = AT) -> Outcome:
    return cli("assertion", "verify", "-", *arguments, "--at", at, stdin=text)


def statuses(outcome: Outcome) -> dict[str, str]:
    answer = json.loads(outcome.stdout)
    assert answer["version"] == 1
    return {check["id"]: check["status"] for check in answer["checks"]}


# --- mint ---------------------------------------------------------------------


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("source", [FLAGS, ("test",)], ids=["flags", "client"])
def test_the_token_stands_alone_on_stdout(cli: Cli, source: tuple[str, ...]) -> None:
    outcome = mint(cli, *source)
    assert (outcome.exit_code, outcome.stderr) == (0, "")
    assert outcome.stdout.count("\n") == 1
    assert judge(outcome.stdout.strip()).passed
    assert read_compact(outcome.stdout.strip()).claims["aud"] == AUDIENCE


@pytest.mark.usefixtures("folder")
def test_a_flag_beats_the_client(cli: Cli) -> None:
    read = read_compact(mint(cli, "test", "--client-id", "other", "--audience", "https://x").stdout.strip())
    assert (read.claims["sub"], read.claims["aud"]) == ("other", "https://x")


@pytest.mark.usefixtures("folder")
def test_claims_are_json_where_they_parse_as_json_and_else_text(cli: Cli) -> None:
    outcome = mint(
        cli,
        *FLAGS,
        "--claim",
        "a=7",
        "--claim",
        'b={"c":[true]}',
        "--claim",
        "d=VOP WERO",
        "--claim",
        "e=1=2",
    )
    claims = read_compact(outcome.stdout.strip()).claims
    assert {name: claims[name] for name in "abde"} == {
        "a": 7,
        "b": {"c": [True]},
        "d": "VOP WERO",
        "e": "1=2",
    }


@pytest.mark.usefixtures("folder")
def test_form_and_json_hold_the_fields_of_the_request(cli: Cli) -> None:
    form = {
        name: values[0] for name, values in parse_qs(mint(cli, "test", "--as", "form").stdout.strip()).items()
    }
    fields = json.loads(mint(cli, "test", "--as", "json").stdout)
    for answer in (form, fields):
        assert judge(answer.pop("client_assertion")).passed
        assert answer == {
            "grant_type": "client_credentials",
            "scope": "VOP WERO",
            "client_assertion_type": ASSERTION_TYPE,
        }


@pytest.mark.usefixtures("folder")
def test_a_missing_scope_is_warned_about(cli: Cli) -> None:
    outcome = mint(cli, *FLAGS, "--as", "form")
    assert outcome.exit_code == 0
    assert "no scope" in outcome.stderr


@pytest.mark.usefixtures("folder")
def test_what_departs_warns_on_stderr_and_says_inferred(cli: Cli) -> None:
    outcome = mint(cli, *FLAGS, "--kid-as", "sha256", "--lifetime", "3600", "--omit", "iss", "--omit", "jti")
    assert outcome.exit_code == 0
    lines = outcome.stderr.splitlines()
    assert len(lines) == 4
    assert all(line.startswith("jwttool: warning: ") and "inferred" in line for line in lines)


@pytest.mark.usefixtures("folder")
def test_a_literal_kid_needs_no_certificate(cli: Cli) -> None:
    outcome = mint(cli, "--key", "plain.key", "--client-id", "a", "--audience", "b", "--kid", "handed-out")
    assert read_compact(outcome.stdout.strip()).header["kid"] == "handed-out"


@pytest.mark.usefixtures("folder")
def test_the_documents_command_line(cli: Cli) -> None:
    outcome = cli(
        "assertion", "mint", "--key", "plain.key", "--client-id", CLIENT_ID, "--audience", AUDIENCE,
        "--omit", "iss", "--omit", "jti", "--lifetime", "3600", "--at", "1781615413",
        "--kid", "B4E11A49EE0D1239E7F784919B91DF577E839385",
    )  # fmt: skip
    header = outcome.stdout.split(".")[0]
    assert header == (
        "eyJhbGciOiJSUzI1NiIsImtpZCI6IkI0RTExQTQ5RUUwRDEyMzlFN0Y3ODQ5MTlCOTFERjU3N0U4MzkzODUiLCJ0eXAiOiJKV1QifQ"
    )
    assert list(read_compact(outcome.stdout.strip()).claims.values()) == [
        CLIENT_ID,
        AUDIENCE,
        1781615413,
        1781619013,
    ]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((), 2, "the private key, the client id, the audience and the certificate are missing"),
        (("--key", "plain.key"), 2, "the client id, the audience and the certificate are missing"),
        (("--key", "plain.key", "--client-id", "a"), 2, "the audience and the certificate are missing"),
        (("--key", "plain.key", "--client-id", "a", "--audience", "b"), 2, "the certificate is missing"),
        ((*FLAGS, "--kid", "a", "--kid-as", "sha1"), 2, "contradict"),
        ((*FLAGS, "--alg", "ES256"), 2, "cannot be signed with an RSA key"),
        ((*FLAGS, "--alg", "HS256"), 2, "'HS256'"),
        ((*FLAGS, "--omit", "nbf"), 2, "would not be there"),
        ((*FLAGS, "--claim", "nothing"), 2, "NAME=VALUE"),
        ((*FLAGS, "--claim", "a=12345678901234567890"), 2, "no strict JSON"),
        ((*FLAGS, "--claim", "a=1e999"), 2, "no strict JSON"),
        ((*FLAGS, "--claim", 'a={"b":1,"b":2}'), 2, "no strict JSON"),
        ((*FLAGS, "--claim", "a=" + "9" * 5000), 2, "no strict JSON"),
        ((*FLAGS, "--client-id", "\udcff"), 2, "no text"),
        ((*FLAGS, "--scope", "\udcff", "--as", "form"), 2, "no text"),
        ((*FLAGS, "--claim", "a=1", "--claim", "a=2"), 2, "twice"),
        ((*FLAGS, "--provider", "op"), 2, "takes no client assertion"),
        ((*FLAGS, "--provider", "nobody"), 2, "no provider of that name"),
        (("--lifetime", "0", *FLAGS), 2, "--lifetime"),
        (("nobody",), 2, "no client of that name"),
        (("test", "--config", "other.toml"), 4, "does not exist"),
        (("--key", "none.key", *FLAGS[2:]), 4, "does not exist"),
        (("--key", "signing.crt", *FLAGS[2:]), 3, "certificate"),
        ((*FLAGS[:2], "--cert", "plain.key", *FLAGS[4:]), 3, "private key"),
        ((*FLAGS, "--omit", "exp"), 1, "exp is missing"),
        ((*FLAGS, "--claim", "sub=5734699"), 1, "sub is a number"),
        ((*FLAGS, "--lifetime", "90000"), 1, "it lives"),
    ],
)
def test_what_is_refused(cli: Cli, arguments: tuple[str, ...], code: int, words: str) -> None:
    outcome = mint(cli, *arguments)
    assert (outcome.exit_code, outcome.stdout) == (code, "")
    assert words in outcome.stderr
    assert outcome.stderr.startswith("jwttool: error: ")


def test_the_key_of_another_certificate(cli: Cli, folder: Path) -> None:
    (folder / "signing.crt").write_bytes(issue.pem(issue.certificate(issue.rsa_key(1))))
    outcome = mint(cli, *FLAGS)
    assert (outcome.exit_code, outcome.stdout) == (1, "")
    assert "does not hold this key" in outcome.stderr


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("at", "words"), [("2028-01-01T00:00:00Z", "expired"), ("2025-12-31T23:59:59Z", "not valid before")]
)
def test_a_certificate_outside_its_validity(cli: Cli, at: str, words: str) -> None:
    outcome = cli("assertion", "mint", *FLAGS, "--at", at)
    assert (outcome.exit_code, outcome.stdout) == (1, "")
    assert words in outcome.stderr


@pytest.mark.usefixtures("folder")
def test_an_encrypted_key_without_a_source_and_without_a_terminal(cli: Cli) -> None:
    outcome = mint(cli, "--key", "signing.key", *FLAGS[2:])
    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert "no passphrase" in outcome.stderr
    assert "--passphrase-file" in outcome.stderr


def test_a_wrong_passphrase(cli: Cli, folder: Path) -> None:
    (folder / "signing.pass").write_text("canary-passphrase\n")
    outcome = mint(cli, "test")
    assert (outcome.exit_code, outcome.stdout) == (3, "")
    assert "canary" not in outcome.stderr


def test_the_key_on_standard_input(cli: Cli, folder: Path) -> None:
    outcome = cli(
        "assertion", "mint", "--key", "-", *FLAGS[2:], "--at", AT, stdin=(folder / "plain.key").read_bytes()
    )
    assert judge(outcome.stdout.strip()).passed


def test_a_key_that_others_can_write_is_refused_and_one_that_they_can_read_warned_about(
    cli: Cli, folder: Path
) -> None:
    (folder / "plain.key").chmod(0o620)
    refused = mint(cli, *FLAGS)
    assert (refused.exit_code, refused.stdout) == (4, "")
    (folder / "plain.key").chmod(0o444)
    warned = mint(cli, *FLAGS)
    assert warned.exit_code == 0
    assert "can be read by other users" in warned.stderr


def test_which_certificate_of_a_chain_is_meant_is_said(cli: Cli, folder: Path) -> None:
    authority = issue.authority()
    (folder / "signing.crt").write_bytes(
        issue.pem(authority.certificate, authority.issue(KEY, "leaf.example"))
    )
    outcome = mint(cli, *FLAGS)
    assert outcome.exit_code == 0
    assert "holds 2 certificates" in outcome.stderr
    assert "leaf.example" in outcome.stderr


# --- verify -------------------------------------------------------------------


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "source",
    [
        EXPECTED,
        ("test",),
        ("--public-key", "public.pem", *EXPECTED[2:]),
        ("--cert", "signing.crt", "--any-client", "--any-audience"),
    ],
    ids=["certificate", "client", "public key", "any"],
)
def test_the_right_assertion(cli: Cli, source: tuple[str, ...]) -> None:
    outcome = verify(cli, token() + "\n", *source)
    assert outcome.exit_code == 0
    assert outcome.stdout.splitlines()[-1].startswith("PASS")
    assert outcome.stderr == ""


@pytest.mark.usefixtures("folder")
def test_a_jwks(cli: Cli, folder: Path) -> None:
    from jwttool.keys import public_jwk

    (folder / "jwks.json").write_text(json.dumps({"keys": [public_jwk(KEY.public_key()) | {"kid": KID}]}))
    assert verify(cli, token(), "--jwks", "jwks.json", *EXPECTED[2:]).exit_code == 0


def test_the_token_as_file_and_as_argument(cli: Cli, folder: Path) -> None:
    (folder / "token.jwt").write_text(token() + "\n")
    assert cli("assertion", "verify", "@token.jwt", *EXPECTED, "--at", AT).exit_code == 0
    assert cli("assertion", "verify", token(), *EXPECTED, "--at", AT).exit_code == 0


@pytest.mark.usefixtures("folder")
def test_json(cli: Cli) -> None:
    outcome = verify(cli, token({"kid": KID.lower()}, {"aud": AUDIENCE + "/"}), *EXPECTED, "--format", "json")
    assert outcome.exit_code == 1
    answer = json.loads(outcome.stdout)
    assert answer["verdict"] == "fail"
    failed = [check for check in answer["checks"] if check["status"] == "fail"]
    assert [check["id"] for check in failed] == ["assertion-kid", "assertion-aud"]
    assert set(failed[0]) == {"id", "status", "severity", "message", "hint", "reference", "where"}
    assert failed[0]["where"] == "header.kid"


@pytest.mark.usefixtures("folder")
def test_a_failure_in_text_says_what_to_try_and_who_says_so(cli: Cli) -> None:
    outcome = verify(cli, token({}, {"exp": NOW - 1, "iat": NOW - 61}), *EXPECTED)
    assert outcome.exit_code == 1
    assert "FAIL  assertion-exp " in outcome.stdout
    assert "try: mint a new one" in outcome.stdout
    assert "see: RFC 7523" in outcome.stdout
    assert outcome.stdout.splitlines()[-1] == "FAIL  1 failed, 30 passed, 2 skipped"


@pytest.mark.usefixtures("folder")
def test_many_checks_skipped_for_one_reason_are_one_line(cli: Cli) -> None:
    outcome = verify(cli, "a.b.c", *EXPECTED)
    assert outcome.exit_code == 1
    assert "checks" in outcome.stdout


@pytest.mark.usefixtures("folder")
def test_at_is_the_time_of_judgement(cli: Cli) -> None:
    assert verify(cli, token(), *EXPECTED, at=str(NOW + 59)).exit_code == 0
    assert (
        statuses(verify(cli, token(), *EXPECTED, "--format", "json", at=str(NOW + 60)))["assertion-exp"]
        == "fail"
    )
    assert verify(cli, token(), *EXPECTED, "--leeway", "1", at=str(NOW + 60)).exit_code == 0


@pytest.mark.usefixtures("folder")
def test_hostile_text_is_escaped(cli: Cli) -> None:
    evil = "\x1b[31m\u202eevil\x07"
    outcome = verify(cli, token({"kid": evil}, {"sub": evil, "aud": evil, "iss": evil}), *EXPECTED)
    assert outcome.exit_code == 1
    assert "\\x1b[31m\\u202eevil\\x07" in outcome.stdout
    assert all(character.isprintable() or character == "\n" for character in outcome.stdout)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("text", "arguments", "code", "words"),
    [
        (token(), EXPECTED[2:], 2, "the key to verify with is missing"),
        (token(), ("--cert", "signing.crt", "--any-client"), 2, "the audience to expect is missing"),
        (token(), ("--cert", "signing.crt", "--any-audience"), 2, "the client id to expect is missing"),
        (token(), (*EXPECTED, "--any-audience"), 2, "contradict"),
        (token(), (*EXPECTED, "--any-client"), 2, "contradict"),
        (token(), (*EXPECTED, "--public-key", "public.pem"), 2, "contradict"),
        (
            token(),
            (),
            2,
            "the audience to expect, the client id to expect and the key to verify with are missing",
        ),
        (token(), (*EXPECTED, "--kid", "a", "--kid-as", "sha1"), 2, "contradict"),
        ("Bearer " + token(), EXPECTED, 3, "something around it"),
        ("grant_type=x&client_assertion=" + token(), EXPECTED, 3, "something around it"),
        (token(), (*EXPECTED, "--alg", "none"), 2, "'none'"),
        (token(), (*EXPECTED, "--at", "yesterday"), 2, "not a time"),
        (token(), ("--public-key", "plain.key", *EXPECTED[2:]), 3, "private"),
        (token(), ("--jwks", "signing.crt", *EXPECTED[2:]), 3, ""),
        (token(), ("--cert", "none.crt", *EXPECTED[2:]), 4, "does not exist"),
        ("", EXPECTED, 3, "empty"),
        ("hello", EXPECTED, 3, "not shaped like"),
        ("é.b.c", EXPECTED, 3, "not shaped like"),
        ("a" * (1024 * 1024 + 1), EXPECTED, 3, "larger than the limit"),
    ],
    ids=itertools.count(),
)
def test_errors(cli: Cli, text: str, arguments: tuple[str, ...], code: int, words: str) -> None:
    outcome = cli("assertion", "verify", "-", "--at", AT, *arguments, stdin=text)
    assert (outcome.exit_code, outcome.stdout) == (code, "")
    assert words in outcome.stderr
    as_json = cli("assertion", "verify", "-", "--at", AT, *arguments, "--format", "json", stdin=text)
    assert (as_json.exit_code, as_json.stderr) == (code, "")
    assert words in json.loads(as_json.stdout)["error"]["message"] + str(
        json.loads(as_json.stdout)["error"]["hint"]
    )


def test_a_token_never_stands_in_an_error(cli: Cli, folder: Path) -> None:
    (folder / "jwttool.toml").write_text("[clients.test]\nprovider = 'worldline'\n")
    text = token()
    outcome = verify(cli, text, "test")
    assert outcome.exit_code == 2
    assert "set server and realm, client_id, certificate in [clients.test]" in outcome.stderr
    assert text[:20] not in outcome.stderr


def test_a_key_or_token_in_the_place_of_a_file_name_is_not_repeated(cli: Cli) -> None:
    key = issue.key_pem(KEY).decode()
    for arguments in (("--key", key), ("--key", token())):
        outcome = mint(cli, *arguments, "--client-id", "a", "--audience", "b", "--kid", "c")
        assert outcome.exit_code == 4
        assert key[60:100] not in outcome.stderr
        assert token()[40:80] not in outcome.stderr


def test_key_and_certificate_in_one_pkcs12_file(cli: Cli, folder: Path) -> None:
    from jwttool.keys import write_pkcs12
    from jwttool.secret import Secret

    bundle = write_pkcs12(KEY, CERTIFICATE, [], Secret(b"open"), None)
    (folder / "both.p12").write_bytes(bundle)
    (folder / "both.p12").chmod(0o600)
    source = ("--passphrase-file", "signing.pass")
    made = mint(cli, "--key", "both.p12", "--cert", "both.p12", *FLAGS[4:], *source)
    assert made.exit_code == 0
    assert verify(cli, made.stdout, "--cert", "both.p12", *EXPECTED[2:], *source).exit_code == 0
