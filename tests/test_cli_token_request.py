"""``jwttool token request``, end to end: four systems, their refusals, and nothing secret anywhere."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import jsonschema
import pytest

from docs.generate import json_schema
from jwttool.render.answers_request import TokenAuthorizeAnswer, TokenDryRunAnswer, TokenRequestAnswer
from tests import issue
from tests.asking import (
    ANSWERS,
    CCG,
    CODE,
    IDENTIFIER,
    PASSPHRASE,
    SECRET,
    TOKEN,
    Folder,
    client_certificate,
    client_folder,
    quoted,
    world,
)
from tests.hostile import CANARY
from tests.lying_server import Answer, Lying, authority, lying, reply
from tests.tools import require_tool

if TYPE_CHECKING:
    from tests.conftest import Cli, Outcome

SYSTEMS = ("op", "worldline", "konsentus", "stet")


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def good(provider: str) -> Answer:
    status, body = ANSWERS[provider]
    return lambda _: reply(body, status)


@contextlib.contextmanager
def scene(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, provider: str, answer: Answer | None = None
) -> Iterator[tuple[Folder, Lying]]:
    """A client's folder as the working folder, and its server; with a code where one is needed."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "srv").mkdir()
    ca = world().root.certificate if provider == "stet" else authority().certificate
    required = provider in {"op", "stet"}
    with lying(answer or good(provider), tmp_path / "srv", client_ca=ca, require_client=required) as server:
        folder = client_folder(tmp_path, provider, server.url)
        folder.secret("code.txt", CODE)
        yield folder, server


def code_for(provider: str) -> list[str]:
    return ["--code-file", "code.txt"] if provider in {"konsentus", "stet"} else []


def ask(cli: Cli, provider: str, *more: str) -> Outcome:
    return cli("token", "request", "bank", *code_for(provider), *more)


def valid(answer: type, stdout: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(stdout)
    jsonschema.Draft202012Validator(json_schema(answer, title="answer")).validate(value)
    return value


def assert_private(path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


# --- four systems -------------------------------------------------------------------------


@pytest.mark.parametrize("provider", SYSTEMS)
def test_the_token_stands_alone_on_standard_output(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, provider: str
) -> None:
    with scene(tmp_path, monkeypatch, provider) as (_, server):
        done = ask(cli, provider)
    assert (done.exit_code, done.stdout) == (0, f"{TOKEN}\n")
    assert TOKEN not in done.stderr
    assert CANARY not in done.stderr
    assert f"earer token from localhost:{server.port}, good for " in done.stderr
    assert len(server.received) == 1
    received = server.received[0]
    assert {
        "op": received.path == "/corporate-oidc/v1/token" and received.certificate is not None,
        "worldline": received.path == "/auth/realms/my-realm/protocol/openid-connect/token"
        and received.certificate is None,
        "konsentus": received.path == "/v1/obie/tokens",
        "stet": received.path == "/token" and received.certificate is not None,
    }[provider]


def test_what_op_is_sent(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with scene(tmp_path, monkeypatch, "op") as (_, server):
        ask(cli, "op")
    assert server.received[0].form == {
        "grant_type": "client_credentials",
        "client_id": "my-client",
        "client_secret": SECRET,
    }
    assert server.received[0].certificate == issue.der(client_certificate(7))


def test_what_worldline_is_sent_with_a_secret(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scene(tmp_path, monkeypatch, "worldline") as (_, server):
        assert ask(cli, "worldline", "--with", "secret", "--scope", "IDEAL").exit_code == 0
    assert server.received[0].form == {
        "grant_type": "client_credentials",
        "scope": "IDEAL",
        "client_id": "my-client",
        "client_secret": SECRET,
    }


def test_konsentus_needs_no_certificate_and_one_that_has_not_come_is_none(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scene(tmp_path, monkeypatch, "konsentus") as (folder, _):
        folder.lines |= {"tls_key": '"tls.key"', "tls_certificate": '"tls.crt"'}
        folder.write()
        assert ask(cli, "konsentus").exit_code == 0
        folder.secret("tls.crt", b"one that has come")
        assert "private key tls.key does not exist" in ask(cli, "konsentus").stderr


def test_what_konsentus_is_sent(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with scene(tmp_path, monkeypatch, "konsentus") as (_, server):
        ask(cli, "konsentus")
    (received,) = server.received
    assert json.loads(received.body) == {
        "auth_code": CODE,
        "redirect_uri": "https://tpp.example/callback",
    }
    assert received.headers["Content-Type"] == "application/json"
    assert (received.headers["fi_reference_id"], received.headers["version"]) == ("my-fi", "1")
    assert received.headers["ccg_token"] == CCG
    assert received.headers["Authorization"].startswith("Basic ")


@pytest.mark.parametrize("provider", SYSTEMS)
def test_json(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, provider: str) -> None:
    with scene(tmp_path, monkeypatch, provider):
        done = ask(cli, provider, "--format", "json")
        answer = valid(TokenRequestAnswer, done.stdout)
        assert (done.exit_code, answer["verdict"], answer["sent"]) == (0, "pass", True)
        assert answer["access_token"] == TOKEN
        assert (
            answer["expires_in"] == (ANSWERS[provider][1].get("data") or ANSWERS[provider][1])["expires_in"]
        )
        done = ask(cli, provider, "--format", "json", "-o", "token.txt")
        answer = valid(TokenRequestAnswer, done.stdout)
        assert (answer["access_token"], answer["output"]) == (None, "token.txt")
    assert TOKEN not in done.stdout
    assert CANARY not in done.stdout + done.stderr


@pytest.mark.parametrize("provider", SYSTEMS)
def test_a_file_takes_the_token(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, provider: str
) -> None:
    with scene(tmp_path, monkeypatch, provider) as (_, server):
        done = ask(cli, provider, "-o", "token.txt")
        assert (done.exit_code, done.stdout) == (0, "")
        assert TOKEN not in done.stderr
        assert Path("token.txt").read_text() == f"{TOKEN}\n"
        assert_private(Path("token.txt"))
        again = ask(cli, provider, "-o", "token.txt")
        assert again.exit_code == 4
        assert len(server.received) == 1  # looked at before anything was sent
        assert ask(cli, provider, "-o", "token.txt", "--force").exit_code == 0


def test_a_file_of_the_configuration_is_never_overwritten(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scene(tmp_path, monkeypatch, "op") as (_, server):
        for name in ("mtls.key", "client.secret", "jwttool.toml", "mtls.pass"):
            assert ask(cli, "op", "-o", name, "--force").exit_code == 2
        assert server.received == []


def test_a_token_that_cannot_be_written_is_kept_elsewhere(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))

    def answer(_: object) -> bytes:
        (tmp_path / "token.txt").write_text("somebody was quicker")
        return reply(ANSWERS["konsentus"][1], 201)

    with scene(tmp_path, monkeypatch, "konsentus", answer):
        done = ask(cli, "konsentus", "-o", "token.txt")
    assert done.exit_code == 0
    (kept,) = (tmp_path / "tmp").iterdir()
    assert kept.read_text() == f"{TOKEN}\n"
    assert_private(kept)
    assert f"the token is in {kept} instead" in done.stderr
    assert Path("token.txt").read_text() == "somebody was quicker"


# --- what is not sent ------------------------------------------------------------------------


def test_every_reason_is_told_and_nothing_is_sent(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scene(tmp_path, monkeypatch, "op") as (folder, server):
        (tmp_path / "mtls.crt").write_bytes(issue.pem(client_certificate(8)))
        folder.write(client_id=None)
        late = (datetime.now(UTC) + timedelta(days=400)).isoformat()
        done = ask(cli, "op", "--at", late)
        told = ask(cli, "op", "--at", late, "--format", "json")
        assert server.received == []
    assert (done.exit_code, done.stdout, told.exit_code) == (1, "", 1)
    assert "Not sent, for 3 reasons:" in done.stderr
    answer = valid(TokenRequestAnswer, told.stdout)
    assert (answer["sent"], answer["verdict"], answer["access_token"]) == (False, "fail", None)
    assert [check["id"] for check in answer["checks"]] == [
        "send-settings",
        "send-key-pair",
        "send-certificate",
    ]


def test_who_insists_may_send(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with scene(tmp_path, monkeypatch, "worldline") as (folder, server):
        (tmp_path / "signing.crt").write_bytes(issue.pem(client_certificate(9)))
        assert ask(cli, "worldline").exit_code == 1
        assert server.received == []
        done = ask(cli, "worldline", "--send-anyway")
        assert (done.exit_code, done.stdout) == (0, f"{TOKEN}\n")
        assert "[send-key-pair]" in done.stderr
        folder.write(scope=None)
        done = ask(cli, "worldline", "--send-anyway")
        assert done.exit_code == 1
        assert "--send-anyway has nothing to send" in done.stderr
    assert len(server.received) == 1


def test_a_qwac_of_somebody_else_is_not_sent(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scene(tmp_path, monkeypatch, "stet") as (folder, server):
        folder.write(client_id='"PSDFR-ACPR-99999"')
        done = ask(cli, "stet")
        assert server.received == []
        with folder.write(client_id='"PSDFR-ACPR-99999"').open("a") as file:
            file.write(f'\n[mapping]\n"PSDFR-ACPR-99999" = "{IDENTIFIER}"\n')
        assert ask(cli, "stet").exit_code == 0
    assert done.exit_code == 1
    assert "qwac-client-id" in done.stderr


def test_plain_http_is_for_this_machine_alone(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scene(tmp_path, monkeypatch, "worldline") as (folder, _):
        folder.write(server='"http://bank.example"')
        done = ask(cli, "worldline")
        assert done.exit_code == 1
        assert "plain http" in done.stderr
        with lying(good("worldline"), tmp_path / "srv", secure=False) as plain:
            folder.write(server=quoted(plain.url))
            done = ask(cli, "worldline")
    assert done.exit_code == 0
    assert "[send-url]" in done.stderr


def test_an_old_code_is_warned_about_and_sent(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scene(tmp_path, monkeypatch, "konsentus"):
        assert "send-code-age" not in ask(cli, "konsentus").stderr
        then = time.time() - 75
        os.utime("code.txt", (then, then))
        done = ask(cli, "konsentus")
        assert done.exit_code == 0
        assert "and lives 60 s" in done.stderr
        assert "[send-code-age]" in done.stderr
        done = ask(cli, "konsentus", "--code-issued-at", "-5s")
        assert "send-code-age" not in done.stderr


def test_a_code_from_a_descriptor_or_standard_input_and_never_without_a_source(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scene(tmp_path, monkeypatch, "konsentus") as (_, server):
        descriptor = os.open("code.txt", os.O_RDONLY)
        assert cli("token", "request", "bank", "--code-fd", descriptor).exit_code == 0
        os.close(descriptor)
        assert cli("token", "request", "bank", "--code-file", "-", stdin=CODE).exit_code == 0
        assert [json.loads(each.body)["auth_code"] for each in server.received] == [CODE, CODE]
        for arguments in ([], ["--code-fd", "3", "--code-file", "x"], ["--code-file", "missing"]):
            assert cli("token", "request", "bank", *arguments).exit_code in {2, 4}
        assert cli("token", "request", "bank").exit_code == 2
        Path("code.txt").write_text("\n")
        assert ask(cli, "konsentus").exit_code == 3
    assert len(server.received) == 2


@pytest.mark.parametrize(
    ("provider", "arguments", "exit_code"),
    [
        ("op", ["--code-file", "code.txt"], 2),
        ("op", ["--authorize"], 2),
        ("op", ["--refresh"], 2),
        ("op", ["--refresh-file", "x"], 2),
        ("op", ["--with", "assertion"], 2),
        ("op", ["--no-pkce"], 2),
        ("op", ["--dry-run", "--format", "json"], 2),
        ("op", ["--server-ca", "missing.pem"], 4),
        ("stet", ["--refresh"], 4),
        ("stet", [], 2),
        ("stet", ["--authorize", "--code-file", "code.txt"], 2),
        ("stet", ["--refresh", "--code-file", "code.txt"], 2),
        ("stet", ["--code-file", "code.txt", "-o", "kept", "--refresh-file", "kept"], 2),
    ],
)
def test_choices_that_do_not_fit(
    cli: Cli,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    provider: str,
    arguments: list[str],
    exit_code: int,
) -> None:
    with scene(tmp_path, monkeypatch, provider) as (_, server):
        done = cli("token", "request", "bank", *arguments)
        assert server.received == []
    assert (done.exit_code, done.stdout if "json" not in arguments else "") == (exit_code, "")


# --- refusals and lies ------------------------------------------------------------------------


def test_a_refusal_is_explained(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"error": "invalid_client", "error_description": "Token reuse detected"}
    with scene(tmp_path, monkeypatch, "worldline", lambda _: reply(said, 400)):
        done = ask(cli, "worldline")
        told = ask(cli, "worldline", "--format", "json")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "answered 400" in done.stderr
    assert "this jti was used already" in done.stderr
    assert "try:" in done.stderr
    answer = valid(TokenRequestAnswer, told.stdout)
    assert (told.exit_code, answer["verdict"], answer["status"], answer["sent"]) == (1, "fail", 400, True)


def test_a_clock_that_is_off_is_told(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    date = datetime.now(UTC) + timedelta(seconds=90)
    with scene(
        tmp_path, monkeypatch, "worldline", lambda _: reply({"error": "invalid_client"}, 400, date=date)
    ):
        done = ask(cli, "worldline")
    assert "answer-clock" in done.stderr
    assert "ahead of this machine's" in done.stderr


@pytest.mark.parametrize("provider", SYSTEMS)
def test_secrets_that_a_server_repeats_are_shown_nowhere(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, provider: str
) -> None:
    def echo(received: Any) -> bytes:
        text = received.body.decode() + repr(received.headers)
        body = {"error": text, "error_description": text, "errors": [{"code": text, "title": text}]}
        return reply(body, 400, reason=text[:60], X_Echo=text.replace("\n", " ")[:500])

    with scene(tmp_path, monkeypatch, provider, echo):
        for arguments in ([], ["--format", "json"]):
            done = ask(cli, provider, *arguments)
            assert done.exit_code == 1
            for secret in (CANARY, SECRET, CODE, CCG, PASSPHRASE.decode()):
                assert secret not in done.stdout + done.stderr
            assert "eyJhbGciOi" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("answer", "exit_code", "words"),
    [
        (lambda _: reply(b"<html>", Content_Type="text/html"), 1, "the body is HTML"),
        (lambda _: reply(b"", 302, Location="https://elsewhere.example/"), 1, "302"),
        (lambda _: reply(b"x" * 2_000_000), 3, "larger than the limit"),
        (lambda _: b"", 4, "does not answer as HTTP asks"),
        (lambda _: reply({"access_token": 7, "token_type": []}), 1, "access_token"),
    ],
    ids=["html", "redirect", "huge", "nothing", "types"],
)
def test_lies(
    cli: Cli,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    answer: Answer,
    exit_code: int,
    words: str,
) -> None:
    with scene(tmp_path, monkeypatch, "op", answer) as (_, server):
        done = ask(cli, "op", "-o", "token.txt")
    assert (done.exit_code, done.stdout) == (exit_code, "")
    assert words in done.stderr
    assert not Path("token.txt").exists()
    assert len(server.received) == 1


def test_an_untrusted_server_is_sent_nothing(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scene(tmp_path, monkeypatch, "konsentus") as (folder, server):
        folder.write(server_ca=None)
        done = ask(cli, "konsentus")
        assert server.received == []
        assert ask(cli, "konsentus", "--server-ca", "ca.pem").exit_code == 0
    assert done.exit_code == 4
    assert "--server-ca" in done.stderr


def test_a_token_with_odd_characters_is_handed_out(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = ANSWERS["op"][1] | {"access_token": "a\u001b[31mb\ud83d\ude00"}
    with scene(tmp_path, monkeypatch, "op", lambda _: reply(body)):
        assert ask(cli, "op").stdout == "a\x1b[31mb😀\n"


# --- the customer's authorization ---------------------------------------------------------------


def test_authorize_code_refresh(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refreshed = ANSWERS["stet"][1] | {"refresh_token": f"{CANARY}-second"}

    def answer(received: Any) -> bytes:
        is_code = received.form["grant_type"] == "authorization_code"
        return reply(ANSWERS["stet"][1] if is_code else refreshed)

    with scene(tmp_path, monkeypatch, "stet", answer) as (_, server):
        begun = cli("token", "request", "bank", "--authorize")
        assert begun.exit_code == 0
        url = urlsplit(begun.stdout.strip())
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        assert (url.netloc, url.path, query["psu"]) == ("bank.example", "/authorize", "1")
        assert (query["client_id"], query["response_type"]) == (IDENTIFIER, "code")
        state_file = Path(".bank.authorization")
        assert_private(state_file)
        verifier = json.loads(state_file.read_text())["code_verifier"]
        assert len(verifier) >= 43
        assert verifier not in begun.stdout + begun.stderr

        Path("callback.txt").write_text(f"https://tpp.example/callback?code={CODE}&state=forged")
        forged = cli("token", "request", "bank", "--code-file", "callback.txt")
        assert (forged.exit_code, server.received) == (1, [])

        Path("callback.txt").write_text(f"https://tpp.example/callback?code={CODE}&state={query['state']}")
        done = cli("token", "request", "bank", "--code-file", "callback.txt")
        assert (done.exit_code, done.stdout) == (0, f"{TOKEN}\n")
        assert server.received[-1].form["code_verifier"] == verifier
        assert server.received[-1].form["code"] == CODE
        assert not state_file.exists()
        kept = Path(".bank.refresh-token")
        assert_private(kept)
        assert kept.read_text() == f"{CANARY}-refresh\n"
        end = datetime.now(UTC) + timedelta(days=90)
        assert f"it ends on {end:%Y-%m-%d}" in done.stderr

        done = cli("token", "request", "bank", "--refresh", "--format", "json")
        answered = valid(TokenRequestAnswer, done.stdout)
        assert server.received[-1].form == {
            "grant_type": "refresh_token",
            "refresh_token": f"{CANARY}-refresh",
            "client_id": IDENTIFIER,
        }
        assert answered["refresh_token_file"] == ".bank.refresh-token"
        assert kept.read_text() == f"{CANARY}-second\n"
    assert CANARY not in done.stdout + done.stderr


def test_authorize_in_json_and_without_pkce(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scene(tmp_path, monkeypatch, "stet") as (folder, _):
        done = cli("token", "request", "bank", "--authorize", "--no-pkce", "--format", "json")
        answer = valid(TokenAuthorizeAnswer, done.stdout)
        assert "code_challenge" not in answer["authorization_url"]
        assert Path(answer["state_file"]).exists()
        folder.write(authorization_endpoint=None)
        assert cli("token", "request", "bank", "--authorize").exit_code == 2


def test_a_bare_code_is_taken_with_a_warning(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scene(tmp_path, monkeypatch, "stet"):
        cli("token", "request", "bank", "--authorize")
        done = ask(cli, "stet", "--refresh-file", "kept.txt")
    assert done.exit_code == 0
    assert "state, which could not be compared" in done.stderr
    assert Path("kept.txt").read_text() == f"{CANARY}-refresh\n"


def test_a_customer_who_said_no(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with scene(tmp_path, monkeypatch, "stet") as (_, server):
        cli("token", "request", "bank", "--authorize")
        Path("code.txt").write_text("https://tpp.example/callback?error=access_denied&state=x")
        done = ask(cli, "stet")
        assert server.received == []
    assert done.exit_code == 1
    assert "access_denied" in done.stderr


def test_a_refresh_token_at_its_end(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with scene(tmp_path, monkeypatch, "stet") as (folder, _):
        kept = folder.secret("kept.txt", "old")
        then = time.time() - 91 * 86400
        os.utime(kept, (then, then))
        done = cli("token", "request", "bank", "--refresh-file", "kept.txt")
    assert done.exit_code == 0
    assert "[send-refresh-age]" in done.stderr


def test_a_refresh_token_that_stays_the_same_keeps_its_age(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scene(tmp_path, monkeypatch, "stet") as (folder, _):
        kept = folder.secret("kept.txt", f"{CANARY}-refresh\n")
        then = int(time.time()) - 85 * 86400
        os.utime(kept, (then, then))
        done = cli("token", "request", "bank", "--refresh-file", "kept.txt")
        assert kept.stat().st_mtime == then
    assert done.exit_code == 0
    assert "stays the same" in done.stderr
    assert "[send-refresh-age]" in done.stderr


# --- curl ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("provider", SYSTEMS)
def test_the_printed_command_gets_the_same_token(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, provider: str
) -> None:
    require_tool("curl")
    with scene(tmp_path, monkeypatch, provider) as (_, server):
        done = ask(cli, provider, "--dry-run", "-o", "curl.conf")
        assert (done.exit_code, server.received) == (0, [])
        assert done.stdout == "curl --disable --config curl.conf\n"
        assert_private(Path("curl.conf"))
        got = _shell(done.stdout)
        assert TOKEN in got
        assert "HTTP/1.1 20" in got
        ours = ask(cli, provider)
        assert ours.exit_code == 0
        curls, jwttools = server.received
    varies = {"User-Agent", "Accept-Encoding", "Connection", "Content-Length"}
    for name in (curls.headers.keys() | jwttools.headers.keys()) - varies:
        assert curls.headers.get(name) == jwttools.headers.get(name), name
    assert (curls.method, curls.path, curls.certificate) == (
        jwttools.method,
        jwttools.path,
        jwttools.certificate,
    )
    if provider == "worldline":
        assert curls.form.keys() == jwttools.form.keys()
    else:
        assert curls.body == jwttools.body


@pytest.mark.parametrize("provider", SYSTEMS)
def test_the_command_with_its_configuration_below_it(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, provider: str
) -> None:
    require_tool("curl")
    with scene(tmp_path, monkeypatch, provider):
        done = ask(cli, provider, "--dry-run")
        first = done.stdout.splitlines()[0]
        assert first == "curl --disable --config - <<'JWTTOOL'"
        assert TOKEN in _shell(done.stdout)
    assert "holds secrets" in done.stderr
    assert CANARY not in done.stderr


def test_on_a_terminal_nothing_secret_is_printed(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jwttool.cli.token_run.is_terminal", lambda _: True)
    with scene(tmp_path, monkeypatch, "konsentus"):
        done = ask(cli, "konsentus", "--dry-run")
    assert done.exit_code == 0
    assert CANARY not in done.stdout + done.stderr
    assert "(hidden)" in done.stdout


def test_a_dry_run_in_json(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with scene(tmp_path, monkeypatch, "op"):
        done = ask(cli, "op", "--dry-run", "-o", "curl.conf", "--format", "json")
        answer = valid(TokenDryRunAnswer, done.stdout)
    assert answer["command"] == "curl --disable --config curl.conf"
    assert CANARY not in done.stdout + done.stderr


def _shell(command: str) -> str:
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


# --- the process -----------------------------------------------------------------------------------


def test_ctrl_c_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, release = threading.Event(), threading.Event()

    def wait(_: object) -> bytes:
        asked.set()
        release.wait(30)
        return b""

    with scene(tmp_path, monkeypatch, "op", wait):
        before = {path.name for path in tmp_path.iterdir()}
        process = subprocess.Popen(
            [sys.executable, "-m", "jwttool", "token", "request", "bank", "-o", "token.txt"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert asked.wait(30)
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=30)
        release.set()
    assert process.returncode == -signal.SIGINT
    assert stdout == b""
    assert b"Traceback" not in stderr
    assert {path.name for path in tmp_path.iterdir()} == before


def test_nothing_secret_is_an_argument_or_in_a_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of jwttool itself, in the middle of a request, shows nothing either."""
    broken = (
        "import jwttool.edge.http as http, sys\n"
        "def fail(*args, **more): raise ValueError(repr(args[0].fields) + repr(args[0].headers))\n"
        "http.send = fail\n"
        "from jwttool.cli.root import root\n"
        "root.main(['token', 'request', 'bank', '--code-file', 'code.txt'])\n"
    )
    with scene(tmp_path, monkeypatch, "konsentus"):
        done = subprocess.run(
            [sys.executable, "-c", broken], capture_output=True, text=True, timeout=60, check=False
        )
    assert done.returncode == 70
    assert CANARY not in done.stdout + done.stderr


def test_the_http_client_is_imported_only_when_something_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.test_layers import packages_imported_by

    with scene(tmp_path, monkeypatch, "op"):
        base = ["-m", "jwttool", "token", "request"]
        assert "httpx2" not in packages_imported_by(*base, "--help")
        assert "httpx2" not in packages_imported_by(*base, "bank", "--dry-run", "-o", "curl.conf")
        assert "httpx2" in packages_imported_by(*base, "bank")
        assert "joserfc" not in packages_imported_by(*base, "bank")


def test_a_code_is_asked_for_on_a_terminal(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def typed(prompt: str, **_: object) -> str:
        asked.append(prompt)
        return f" {CODE} "

    monkeypatch.setattr("jwttool.edge.secrets.is_terminal", lambda _: True)
    monkeypatch.setattr("getpass.getpass", typed)
    with scene(tmp_path, monkeypatch, "konsentus") as (_, server):
        done = cli("token", "request", "bank")
    assert (done.exit_code, done.stdout) == (0, f"{TOKEN}\n")
    assert asked == ["One-time code, or the whole call-back URL (not shown): "]
    assert json.loads(server.received[0].body)["auth_code"] == CODE


def test_nothing_secret_is_logged(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    for provider in SYSTEMS:
        (tmp_path / provider).mkdir()
        with scene(tmp_path / provider, monkeypatch, provider):
            assert ask(cli, provider).exit_code == 0
    assert "httpcore2" in caplog.text  # it does log
    for secret in (CANARY, TOKEN, "eyJhbGciOi", "Basic "):
        assert secret not in caplog.text


def test_the_collector_of_cycles_is_at_work_again_afterwards(cli: Cli) -> None:
    import gc

    assert gc.isenabled()
    assert cli("token", "request", "nobody", "--config", "/nowhere").exit_code == 4
    assert gc.isenabled()


# --- what must not happen ---------------------------------------------------------------


def test_a_call_back_without_an_authorization_that_has_begun_is_refused(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scene(tmp_path, monkeypatch, "stet") as (folder, server):
        folder.secret("code.txt", b"https://tpp.example/callback?code=abc&state=forged")
        done = ask(cli, "stet")
        assert done.exit_code == 2
        assert "no authorization that has begun" in done.stderr
        assert not server.received


def test_a_token_that_nobody_can_be_given_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with scene(tmp_path, monkeypatch, "worldline"), Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "jwttool", "token", "request", "bank"],
            stdout=full,
            stderr=subprocess.PIPE,
            env=os.environ | {"TMPDIR": str(tmp_path)},
            text=True,
            check=False,
        )
    (kept,) = tmp_path.glob("jwttool-*.token")
    assert_private(kept)
    assert str(kept) in done.stderr
