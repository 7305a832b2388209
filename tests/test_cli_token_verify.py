"""``token verify`` as a user and as a program see it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest

from jwttool.cli.token_verify import PROFILES
from jwttool.verification import verify
from tests import issue
from tests.access_tokens import AUDIENCE, ISSUER, KID, token
from tests.answers import parsed_answer, parsed_error
from tests.assertions import CERTIFICATE, KEY, NOW, OMIT, b64, dumps

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Cli, Outcome

AT: Final = "2026-06-16T13:10:13Z"
EXPECTED: Final = ("--issuer", ISSUER, "--audience", AUDIENCE)
URI: Final = ISSUER + "/protocol/openid-connect/certs"


def jwk(key: Any = KEY, kid: str = KID) -> dict[str, Any]:
    numbers = key.public_key().public_numbers()
    n, e = (value.to_bytes((value.bit_length() + 7) // 8, "big") for value in (numbers.n, numbers.e))
    return {"kty": "RSA", "kid": kid, "use": "sig", "n": b64(n), "e": b64(e)}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with what an issuer hands out."""
    files = {
        "issuer.crt": issue.pem(CERTIFICATE),
        "issuer.pub": issue.public_pem(KEY),
        "issuer.jwks": dumps({"keys": [jwk(issue.rsa_key(1), "old"), jwk()]}),
        "other.pub": issue.public_pem(issue.rsa_key(1)),
        "metadata.json": dumps({"issuer": ISSUER, "jwks_uri": URI}),
        "inline.json": dumps({"issuer": ISSUER, "jwks": {"keys": [jwk()]}}),
        "token.jwt": f"{token()}\n".encode(),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    monkeypatch.chdir(tmp_path)
    return tmp_path


pytestmark = pytest.mark.usefixtures("folder")


def run(cli: Cli, *arguments: Any, text: str | None = None, at: str = AT) -> Outcome:
    return cli("token", "verify", "-", *arguments, "--at", at, stdin=token() if text is None else text)


def judged(outcome: Outcome) -> dict[str, str]:
    answer = parsed_answer("token-verify", outcome.stdout)
    assert (answer["verdict"] == "pass") == (outcome.exit_code == 0)
    return {check["id"]: check["status"] for check in answer["checks"]}


# --- sources of keys ------------------------------------------------------------

SOURCES: Final = {
    "cert": ("--cert", "issuer.crt"),
    "public key": ("--public-key", "issuer.pub"),
    "jwks": ("--jwks", "issuer.jwks"),
    "metadata": ("--issuer-metadata", "inline.json"),
    "metadata and jwks": ("--issuer-metadata", "metadata.json", "--jwks", "issuer.jwks"),
    "metadata and cert": ("--issuer-metadata", "metadata.json", "--cert", "issuer.crt"),
}


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_a_right_token_passes_with_every_source_of_keys(cli: Cli, source: tuple[str, ...]) -> None:
    outcome = run(cli, *source, *EXPECTED, "--profile", "access-token")
    assert (outcome.exit_code, outcome.stderr) == (0, "")
    assert "PASS" in outcome.stdout.splitlines()[-1]
    changed = run(cli, *source, *EXPECTED, text=token(key=issue.rsa_key(2)))
    assert changed.exit_code == 1
    assert "FAIL  token-signature" in changed.stdout


def test_the_token_from_a_file_and_as_an_argument(cli: Cli) -> None:
    for argument in ("@token.jwt", token()):
        assert cli("token", "verify", argument, *SOURCES["cert"], "--at", AT).exit_code == 0


def test_the_metadata_says_which_issuer_is_expected(cli: Cli) -> None:
    text = token({}, {"iss": ISSUER + "/"})
    assert run(cli, *SOURCES["jwks"], text=text).exit_code == 0
    outcome = run(cli, *SOURCES["metadata and jwks"], text=text, at=AT)
    assert outcome.exit_code == 1
    assert "slash" in outcome.stdout
    assert run(cli, *SOURCES["metadata and jwks"], "--issuer", ISSUER).exit_code == 0


# --- what is expected -------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "check_id"),
    [
        (("--issuer", "https://other.example"), "token-iss"),
        (("--audience", "https://other.example"), "token-aud"),
        (("--typ", "JWT"), "token-typ"),
        (("--alg", "PS256", "--alg", "ES256"), "token-alg"),
    ],
    ids=["issuer", "audience", "typ", "alg"],
)
def test_each_expectation_is_one_check(cli: Cli, arguments: tuple[str, ...], check_id: str) -> None:
    outcome = run(cli, *SOURCES["cert"], *arguments, "--format", "json")
    statuses = judged(outcome)
    assert outcome.exit_code == 1
    assert {name for name, status in statuses.items() if status == "fail"} == {check_id}
    assert judged(run(cli, *SOURCES["cert"], "--format", "json"))[check_id] in {"skipped", "pass"}


def test_leeway(cli: Cli) -> None:
    text = token({}, {"exp": NOW})
    assert run(cli, *SOURCES["cert"], text=text).exit_code == 1
    assert run(cli, *SOURCES["cert"], "--leeway", "1", text=text).exit_code == 0


def test_the_profile(cli: Cli) -> None:
    text = token({"typ": "JWT"}, {"client_id": OMIT})
    assert run(cli, *SOURCES["cert"], text=text).exit_code == 0
    outcome = run(cli, *SOURCES["cert"], "--profile", "access-token", "--format", "json", text=text)
    failed = {name for name, status in judged(outcome).items() if status == "fail"}
    assert failed == {"access-token-typ", "access-token-client-id"}
    assert json.loads(outcome.stdout)["profile"] == "access-token"
    assert PROFILES == verify.PROFILES


def test_the_answer_without_a_profile(cli: Cli) -> None:
    outcome = run(cli, *SOURCES["cert"], *EXPECTED, "--format", "json")
    assert "fail" not in judged(outcome).values()
    assert json.loads(outcome.stdout)["profile"] is None


def test_an_encrypted_token_is_told_what_to_do_with(cli: Cli) -> None:
    outcome = run(cli, *SOURCES["cert"], text="e30.e30.e30.e30.e30")
    assert outcome.exit_code == 1
    assert "jwttool token decrypt" in outcome.stdout


def test_what_a_token_says_is_escaped(cli: Cli) -> None:
    outcome = run(cli, *SOURCES["cert"], *EXPECTED, text=token({}, {"iss": "\x1b[31mred\u202e"}))
    assert outcome.exit_code == 1
    assert "\x1b" not in outcome.stdout
    assert "\\x1b[31mred\\u202e" in outcome.stdout


# --- refusals ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--cert", "issuer.crt", "--jwks", "issuer.jwks"),
        ("--cert", "issuer.crt", "--public-key", "issuer.pub"),
        ("--issuer-metadata", "metadata.json", "--jwks", "issuer.jwks", "--issuer", ISSUER + "/"),
        ("--issuer-metadata", "metadata.json"),
        ("--cert", "issuer.crt", "--profile", "access-token", "--typ", "JWT"),
        ("--cert", "issuer.crt", "--profile", "id-token"),
        ("--cert", "issuer.crt", "--alg", "HS256"),
        ("--cert", "issuer.crt", "--issuer", ""),
    ],
    ids=["no key", "two", "two more", "issuers", "url", "typ", "profile", "alg", "empty"],
)
def test_missing_and_contradictory_choices_are_usage_errors(cli: Cli, arguments: tuple[str, ...]) -> None:
    outcome = run(cli, *arguments, "--format", "json")
    assert outcome.exit_code == 2
    assert parsed_error(outcome.stdout)["code"] == "usage"


def test_keys_behind_a_url_are_named_and_not_fetched(cli: Cli) -> None:
    outcome = run(cli, "--issuer-metadata", "metadata.json", "--format", "json")
    error = parsed_error(outcome.stdout)
    assert URI in error["hint"]
    assert "--jwks" in error["hint"]


@pytest.mark.parametrize(
    ("arguments", "code", "exit_code"),
    [
        (("--jwks", "issuer.crt"), "wrong-kind", 3),
        (("--jwks", "issuer.pub"), "wrong-kind", 3),
        (("--cert", "issuer.jwks"), "wrong-kind", 3),
        (("--issuer-metadata", "issuer.jwks"), "wrong-kind", 3),
        (("--issuer-metadata", "issuer.crt"), "wrong-kind", 3),
        (("--public-key", "missing.pub"), "file-missing", 4),
    ],
    ids=["jwks", "jwks of a key", "cert", "metadata", "metadata of a cert", "missing"],
)
def test_a_file_that_is_something_else(
    cli: Cli, arguments: tuple[str, ...], code: str, exit_code: int
) -> None:
    outcome = run(cli, *arguments, "--format", "json")
    error = parsed_error(outcome.stdout)
    assert (outcome.exit_code, error["code"]) == (exit_code, code)
    assert arguments[1] in error["message"]
    wanted = {"issuer.crt": "--cert", "issuer.pub": "--public-key", "issuer.jwks": "--jwks"}
    assert wanted.get(arguments[1], "") in (error["hint"] or "")


def test_a_json_form_is_called_by_its_name(cli: Cli) -> None:
    head, body, signature = token().split(".")
    text = json.dumps({"protected": head, "payload": body, "signature": signature})
    error = parsed_error(run(cli, *SOURCES["cert"], "--format", "json", text=text).stdout)
    assert (error["code"], "in JSON form" in error["message"]) == ("not-a-token", True)
    other = parsed_error(run(cli, *SOURCES["cert"], "--format", "json", text='{"a": 1}').stdout)
    assert "something around it" in other["message"]


def test_a_folded_token_is_one_failure_with_its_cure(cli: Cli) -> None:
    outcome = run(cli, *SOURCES["cert"], text=f"{token()[:70]}\n{token()[70:]}")
    assert outcome.exit_code == 1
    assert "the token is folded" in outcome.stdout


def test_what_is_no_token(cli: Cli) -> None:
    outcome = run(cli, *SOURCES["cert"], "--format", "json", text="hello")
    assert (outcome.exit_code, parsed_error(outcome.stdout)["code"]) == (3, "not-a-token")
