"""``jwttool token inspect``: what stands on the screen, in JSON, and how it ends."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from jwttool.encoding import Limit
from tests.answers import parsed_answer, parsed_error
from tests.keys_material import pem, pkcs8_der
from tests.test_inspection import CLAIMS, HEADER, JWE, NOW, TOKEN, token

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Cli

AT = ("--at", NOW)
OP = {"access_token": JWE, "token_type": "Bearer", "expires_in": 900}
SECRET = TOKEN.rpartition(".")[2]


def answered(cli: Cli, text: str, *options: Any) -> dict[str, Any]:
    outcome = cli("token", "inspect", "-", *AT, "--format", "json", *options, stdin=text)
    assert outcome.exit_code == 0
    return parsed_answer("token-inspect", outcome.stdout)


# --- text ---------------------------------------------------------------------


def test_text(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Helsinki")
    outcome = cli("token", "inspect", "-", *AT, stdin=TOKEN)
    assert outcome.exit_code == 0
    text = outcome.stdout
    assert text.startswith(f"Signed token (JWS), compact, {len(TOKEN)} characters\n")
    assert '  alg  "RS256"  the algorithm of the signature: RSA PKCS #1 v1.5 with SHA-256' in text
    assert '  iss  "https://issuer.example"  ' in text
    assert "2026-06-16 13:20:13 UTC (" in text
    assert "in 10 min" in text
    assert "lives 11 min" in text
    assert "├" not in text  # a picture is for terminals
    assert "Findings" not in text
    assert "Nothing here was verified" in text


def test_text_of_something_wrong(cli: Cli) -> None:
    outcome = cli(
        "token", "inspect", "-", *AT, stdin=token(claims={**CLAIMS, "iat": NOW - 600, "exp": NOW - 90})
    )
    assert outcome.exit_code == 0
    assert "FAIL  token-exp  it expired 1 min 30 s ago" in outcome.stdout


def test_a_client_assertion_is_told_and_how_to_judge_it(cli: Cli) -> None:
    claims = {**CLAIMS, "iss": "5734699", "sub": "5734699", "aud": "https://x.example/auth/realms/y"}
    text = cli("token", "inspect", "-", *AT, stdin=token(claims=claims)).stdout
    assert "it seems to be a client assertion" in text
    assert (
        "jwttool assertion verify @FILE --cert CERT --client-id 5734699 --audience https://x.example/auth/realms/y"
        in text
    )
    assert answered(cli, token(claims=claims))["seems"] == "a client assertion"
    assert answered(cli, token(header={**HEADER, "typ": "at+jwt"}))["seems"] == "an access token"
    assert answered(cli, TOKEN)["seems"] is None


def test_what_could_not_be_taken_apart_at_all_ends_with_1(cli: Cli) -> None:
    assert cli("token", "inspect", "a.b.c", *AT).exit_code == 1
    assert cli("token", "inspect", TOKEN[:-1], *AT).exit_code == 0


def test_what_is_no_token_ends_with_3(cli: Cli) -> None:
    outcome = cli("token", "inspect", "-", "--format", "json", stdin="hello world")
    assert outcome.exit_code == 3
    assert parsed_error(outcome.stdout)["code"] == "not-a-token"


def test_hostile_claims_are_escaped(cli: Cli) -> None:
    claims = {"iss": "\x1b]0;title\x07", "sub": "\u202eevil", "name\x1b[2J": "x"}
    for options in ((), ("--show-secrets",), ("--format", "json")):
        outcome = cli("token", "inspect", "-", *AT, *options, stdin=token(claims=claims))
        assert outcome.exit_code == 0
        assert not {"\x1b", "\x07", "\u202e"} & set(outcome.stdout)


def test_long_values_are_shortened_and_whole_with_show_secrets(cli: Cli) -> None:
    text = token(claims={"iss": "a" * 100_000})
    assert len(cli("token", "inspect", "-", stdin=text).stdout) < 5_000
    assert "…" in cli("token", "inspect", "-", stdin=text).stdout


# --- secrets ------------------------------------------------------------------


@pytest.mark.parametrize("output_format", ["text", "json"])
@pytest.mark.parametrize(
    "text",
    [
        TOKEN,
        f"Authorization: Bearer {TOKEN}",
        json.dumps({"access_token": TOKEN, "token_type": "Bearer", "expires_in": 60}),
        f"grant_type=client_credentials&client_assertion={TOKEN}",
        f"HTTP/1.1 200 OK\nContent-Type: application/json\n\n{json.dumps({'access_token': TOKEN})}",
        token(claims={**CLAIMS, "act": {"token": TOKEN}}),
    ],
    ids=["bare", "bearer", "answer", "form", "http", "claim"],
)
def test_a_signature_is_cut_unless_it_is_asked_for(cli: Cli, text: str, output_format: str) -> None:
    hidden = cli("token", "inspect", "-", "--format", output_format, stdin=text)
    assert SECRET not in hidden.stdout + hidden.stderr
    shown = cli("token", "inspect", "-", "--format", output_format, "--show-secrets", stdin=text)
    assert SECRET in shown.stdout


@pytest.mark.parametrize(
    "text",
    [
        "grant_type=client_credentials&client_id=x&client_secret=s3cr3t-canary-value",
        '{"auth_code": "s3cr3t-canary-value", "redirect_uri": "https://x.example"}',
        "POST /token HTTP/1.1\nAuthorization: Basic s3cr3t-canary-value\n\ngrant_type=client_credentials",
        'HTTP/1.1 200 OK\nSet-Cookie: s3cr3t-canary-value\n\n{"access_token": "s3cr3t-canary-value"}',
        "s3cr3t-canary-value",
    ],
    ids=["secret", "code", "basic", "cookie", "opaque"],
)
def test_secrets_of_messages_are_cut(cli: Cli, text: str) -> None:
    for output_format in ("text", "json"):
        outcome = cli("token", "inspect", "-", "--format", output_format, stdin=text)
        assert outcome.exit_code == 0
        assert "canary" not in outcome.stdout + outcome.stderr


# --- JSON ---------------------------------------------------------------------


def test_json_of_a_signed_token(cli: Cli) -> None:
    answer = answered(cli, TOKEN)
    assert (answer["kind"], answer["header"], answer["claims"]) == ("jws", HEADER, CLAIMS)
    assert answer["times"]["exp"] == {"value": NOW + 600, "time": "2026-06-16T13:20:13Z", "seconds": 600}
    assert (answer["lifetime"], answer["findings"], answer["inner"]) == (660, [], None)
    assert [part["name"] for part in answer["parts"]] == ["signature"]
    assert {each["where"] for each in answer["explanations"]} == {
        "header.alg",
        "header.typ",
        "claims.iss",
        "claims.iat",
        "claims.exp",
    }


def test_json_of_an_answer_with_an_encrypted_token(cli: Cli) -> None:
    answer = answered(cli, json.dumps(OP))
    assert (answer["kind"], answer["inner"]["kind"]) == ("response", "jwe")
    assert answer["inner"]["made_for"] == "a 2048-bit RSA key"
    assert answer["tokens"] == {"access_token": answer["inner"]}
    assert answer["members"]["expires_in"] == 900


def test_json_of_an_opaque_token(cli: Cli) -> None:
    answer = answered(cli, "good-access-token")
    assert (answer["kind"], answer["system"]) == ("opaque", "konsentus")
    assert [finding["id"] for finding in answer["findings"]] == ["opaque-placeholder"]


def test_keys_that_would_fit(cli: Cli, tmp_path: Path, rsa_key: Any) -> None:
    (tmp_path / "my.key").write_bytes(pem("PRIVATE KEY", pkcs8_der(rsa_key)))
    (tmp_path / "my.key").chmod(0o600)
    answer = answered(cli, JWE, "--key", tmp_path / "my.key")
    assert [(key["file"], key["fits"]) for key in answer["keys"]] == [(str(tmp_path / "my.key"), True)]


# --- many ---------------------------------------------------------------------


def lines_of(cli: Cli, text: str | bytes) -> list[dict[str, Any]]:
    outcome = cli("token", "inspect", "-", "--lines", *AT, stdin=text)
    assert outcome.exit_code == 0
    return [json.loads(line) for line in outcome.stdout.splitlines()]


def test_lines(cli: Cli) -> None:
    answers = lines_of(
        cli, f"{TOKEN}\nhello world\n\n{json.dumps(OP)}\r\n8c9378f8-e27f-4e0a-a643-d73585d1249f"
    )
    assert [(each["line"], each.get("kind")) for each in answers] == [
        (1, "jws"),
        (2, None),
        (4, "response"),
        (5, "opaque"),
    ]
    assert answers[1]["error"]["code"] == "not-a-token"
    assert "explanations" not in answers[0]
    parsed_answer("token-inspect-line-error", json.dumps(answers[1]))
    for answer in (answers[0], *answers[2:]):
        parsed_answer("token-inspect", json.dumps(answer))


def test_a_line_that_is_too_long_does_not_stop_the_run(cli: Cli) -> None:
    answers = lines_of(
        cli, b"a" * (3 * Limit.TOKEN) + b"\n" + TOKEN.encode() + b"\n" + b"b" * (Limit.TOKEN + 1)
    )
    assert [(each["line"], each.get("error", {}).get("code")) for each in answers] == [
        (1, "too-large"),
        (2, None),
        (3, "too-large"),
    ]


def test_lines_of_a_file(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "tokens.txt").write_text(f"{TOKEN}\n{JWE}\n")
    outcome = cli("token", "inspect", f"@{tmp_path / 'tokens.txt'}", "--lines")
    assert [json.loads(line)["kind"] for line in outcome.stdout.splitlines()] == ["jws", "jwe"]


def test_lines_in_utf16_are_refused_as_a_whole(cli: Cli) -> None:
    outcome = cli("token", "inspect", "-", "--lines", stdin=f"{TOKEN}\n{TOKEN}\n".encode("utf-16"))
    assert outcome.exit_code == 3
    assert "UTF-16" in outcome.stderr


def test_lines_need_a_stream(cli: Cli) -> None:
    assert cli("token", "inspect", TOKEN, "--lines").exit_code == 2


def test_an_empty_stream(cli: Cli) -> None:
    assert lines_of(cli, "") == []


def test_lines_of_hostile_claims(cli: Cli) -> None:
    outcome = cli("token", "inspect", "-", "--lines", stdin=token(claims={"iss": "\x1b[2J\x7f\u202e"}))
    assert outcome.stdout.isascii()
    assert not {"\x1b", "\x7f"} & set(outcome.stdout)
    assert json.loads(outcome.stdout)["claims"]["iss"] == "\x1b[2J\x7f\u202e"


# --- on a terminal ------------------------------------------------------------


def test_a_picture_on_a_terminal(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jwttool.edge.terminal.is_terminal", lambda stream: isinstance(stream, io.TextIOBase))
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    text = cli("token", "inspect", "-", *AT, stdin=TOKEN).stdout
    assert "├" in text or "|" in text
    header, claims, signature = (f"\x1b[{colour}m" for colour in (31, 35, 94))
    assert text.index(header) < text.index(claims) < text.index(signature)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in cli("token", "inspect", "-", *AT, stdin=TOKEN).stdout
