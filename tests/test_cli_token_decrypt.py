"""``jwttool token decrypt``: what was inside, and whether anything vouches for it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from joserfc import jwe
from joserfc.jwk import RSAKey

from jwttool.certificates import fingerprint
from tests import issue
from tests.answers import parsed_answer, parsed_error
from tests.assertions import CERTIFICATE, KEY
from tests.keys_material import pem, pkcs8_der, spki_der
from tests.test_inspection import CLAIMS, HEADER, NOW, TOKEN, token

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Cli

ALGORITHMS = ["RSA-OAEP", "RSA1_5", "A256CBC-HS512"]
INNER = TOKEN.rpartition(".")[2]


def encrypted(plaintext: str | bytes, **header: Any) -> str:
    protected = {"alg": "RSA-OAEP", "enc": "A256CBC-HS512", "cty": "JWT", **header}
    return jwe.encrypt_compact(protected, plaintext, RSAKey(KEY, KEY), algorithms=[*ALGORITHMS, "DEF"])


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "server.key"
    path.write_bytes(pem("PRIVATE KEY", pkcs8_der(KEY)))
    path.chmod(0o600)
    return path


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    path = tmp_path / "issuer.crt"
    path.write_bytes(issue.pem(CERTIFICATE))
    return path


def test_text(cli: Cli, key: Path) -> None:
    outcome = cli("token", "decrypt", "-", "--key", key, "--at", NOW, stdin=encrypted(TOKEN))
    assert outcome.exit_code == 0
    assert outcome.stdout.startswith("Decrypted  RSA-OAEP, A256CBC-HS512\nNot authenticated: ")
    assert 'iss  "https://issuer.example"' in outcome.stdout
    assert INNER not in outcome.stdout


def test_json_says_that_nothing_vouches_for_it(cli: Cli, key: Path) -> None:
    outcome = cli(
        "token", "decrypt", "-", "--key", key, "--at", NOW, "--format", "json", stdin=encrypted(TOKEN)
    )
    answer = parsed_answer("token-decrypt", outcome.stdout)
    assert (answer["authenticated"], answer["inner"]["claims"]) == (False, CLAIMS)
    assert "verdict" not in answer
    assert INNER not in outcome.stdout


@pytest.mark.parametrize("source", ["certificate", "public key", "JWK Set"])
def test_verified_in_one_go(cli: Cli, key: Path, tmp_path: Path, source: str) -> None:
    with_what = tmp_path / "with"
    with_what.write_bytes(
        {
            "certificate": issue.pem(CERTIFICATE),
            "public key": pem("PUBLIC KEY", spki_der(KEY)),
            "JWK Set": json.dumps({"keys": [RSAKey(KEY, KEY).as_dict(private=False)]}).encode(),
        }[source]
    )
    arguments = ("token", "decrypt", "-", "--key", key, "--at", NOW, "--verify-with", with_what)
    header = {**HEADER, "kid": fingerprint(CERTIFICATE, "sha1")}
    inner = token(header) if source == "certificate" else TOKEN
    outcome = cli(*arguments, "--format", "json", stdin=encrypted(inner))
    answer = parsed_answer("token-decrypt", outcome.stdout)
    assert (outcome.exit_code, answer["authenticated"], answer["verdict"]) == (0, True, "pass")
    text = cli(*arguments, stdin=encrypted(inner)).stdout
    assert "Authenticated: the token inside was verified." in text
    assert "not verified" not in text

    outcome = cli(*arguments, "--format", "json", stdin=encrypted(inner[:-3] + "AAA"))
    answer = parsed_answer("token-decrypt", outcome.stdout)
    assert (outcome.exit_code, answer["authenticated"], answer["verdict"]) == (1, False, "fail")
    assert "Not authenticated" in cli(*arguments, stdin=encrypted(inner[:-3] + "AAA")).stdout


def test_issuer_and_audience_are_compared(cli: Cli, key: Path, certificate: Path) -> None:
    arguments = ("token", "decrypt", "-", "--key", key, "--at", NOW, "--verify-with", certificate)
    right = cli(*arguments, "--issuer", CLAIMS["iss"], stdin=encrypted(TOKEN))
    wrong = cli(*arguments, "--issuer", "https://other.example", stdin=encrypted(TOKEN))
    assert (right.exit_code, wrong.exit_code) == (0, 1)
    assert "FAIL  token-iss" in wrong.stdout
    assert "FAIL  token-aud" in cli(*arguments, "--audience", "me", stdin=encrypted(TOKEN)).stdout


def test_raw_is_what_was_inside_and_nothing_else(cli: Cli, key: Path) -> None:
    outcome = cli("token", "decrypt", "-", "--key", key, "--raw", stdin=encrypted(TOKEN))
    assert (outcome.exit_code, outcome.stdout) == (0, TOKEN)


@pytest.mark.parametrize(
    ("plaintext", "member", "value"),
    [
        (b'{"iss": "\x1b"}', "plaintext", '{"iss": "\x1b"}'),
        (b"\xff\x00", "plaintext_base64url", "_wA"),
    ],
    ids=["text", "bytes"],
)
def test_what_is_no_token(cli: Cli, key: Path, plaintext: bytes, member: str, value: str) -> None:
    arguments = ("token", "decrypt", "-", "--key", key)
    answer = parsed_answer(
        "token-decrypt", cli(*arguments, "--format", "json", stdin=encrypted(plaintext)).stdout
    )
    assert (answer["inner"], answer[member]) == (None, value)
    text = cli(*arguments, stdin=encrypted(plaintext)).stdout
    assert "What was inside is no token" in text
    assert "\x1b" not in text


def test_a_failure_is_exit_code_1_and_one_error(cli: Cli, key: Path) -> None:
    text = encrypted(TOKEN)
    parts = text.split(".")
    wrong_key = ".".join([parts[0], encrypted("x").split(".")[1], *parts[2:]])
    outcomes = {
        cli("token", "decrypt", "-", "--key", key, "--format", "json", stdin=changed)
        for changed in (text[:-2] + "AA", wrong_key)
    }
    (outcome,) = outcomes
    assert outcome.exit_code == 1
    assert parsed_error(outcome.stdout)["code"] == "decryption-failed"


@pytest.mark.parametrize(
    ("header", "reason"), [({"alg": "RSA1_5"}, "RSA1_5"), ({"zip": "DEF"}, "zip")], ids=["RSA1_5", "zip"]
)
@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_what_policy_refuses(cli: Cli, key: Path, header: dict[str, str], reason: str) -> None:
    outcome = cli("token", "decrypt", "-", "--key", key, "--format", "json", stdin=encrypted(TOKEN, **header))
    error = parsed_error(outcome.stdout)
    assert (outcome.exit_code, error["code"]) == (1, "decryption-refused")
    assert reason in error["message"]


def test_zip_where_it_is_allowed(cli: Cli, key: Path) -> None:
    arguments = ("token", "decrypt", "-", "--key", key, "--raw", "--allow-zip")
    assert cli(*arguments, stdin=encrypted(TOKEN, zip="DEF")).stdout == TOKEN
    bomb = cli(*arguments, stdin=encrypted(b"\0" * 300_000, zip="DEF"))
    assert bomb.exit_code == 1


def test_choices_that_contradict_each_other(cli: Cli, key: Path, certificate: Path) -> None:
    for options in (
        ("--issuer", "x"),
        ("--audience", "x"),
        ("--raw", "--verify-with", certificate),
        ("--raw", "--format", "json"),
    ):
        assert cli("token", "decrypt", "-", "--key", key, *options, stdin=encrypted(TOKEN)).exit_code == 2
