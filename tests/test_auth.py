"""Tokens for other programs: fetched once, kept, renewed, and never sent where they do not belong."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import threading
import urllib.parse
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
import requests

from jwttool.auth import (
    HttpxAuth,
    RequestsAuth,
    TokenSource,
    token_request,
    token_request_fields,
    token_source,
)
from jwttool.auth.source import header
from jwttool.edge.tls import client_context
from jwttool.errors import RequestRefusedError, TokenRefusedError, UsageError
from jwttool.grant.answer import Granted
from jwttool.inspection.message import read_response
from jwttool.report import Check, Report, Severity, Status
from jwttool.secret import Secret
from tests import issue
from tests.asking import ANSWERS, SECRET, Folder, client_certificate, client_folder, world
from tests.hostile import CANARY, refusal
from tests.lying_server import Lying, Received, authority, lying, reply

AT = datetime(2026, 6, 16, tzinfo=UTC)
PAGE = Path(__file__).parent.parent / "docs" / "token-request.md"


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


# --- the source -----------------------------------------------------------------------------


class Fetching:
    """Hands out token-1, token-2 and so on."""

    def __init__(self, expires_in: int | None = 300, *, refuse: bool = False) -> None:
        self.count = 0
        self.now = AT
        self.expires_in = expires_in
        self.refuse = refuse
        self.slow = threading.Event()
        self.slow.set()

    def __call__(self) -> Granted:
        self.slow.wait(10)
        self.count += 1
        failed = Check("answer-error", Status.FAIL, Severity.ERROR, "the server says no", "try that")
        return Granted(
            status=400 if self.refuse else 200,
            report=Report((failed,) if self.refuse else ()),
            token=None if self.refuse else Secret.from_text(f"token-{self.count}"),
            received_at=self.now,
            expires_in=self.expires_in,
            message=read_response(200, "", (), ""),
        )

    def source(self, **more: Any) -> TokenSource:
        return TokenSource(self, clock=lambda: self.now, **more)


def test_a_token_is_kept_until_shortly_before_its_end() -> None:
    fetch = Fetching(300)
    source = fetch.source(early=30)
    assert (source.token(), source.token(), fetch.count) == ("token-1", "token-1", 1)
    fetch.now = AT + timedelta(seconds=269)
    assert source.token() == "token-1"
    fetch.now = AT + timedelta(seconds=270)
    assert (source.cached(), source.token(), fetch.count) == (None, "token-2", 2)


def test_a_short_token_is_kept_for_most_of_its_life() -> None:
    fetch = Fetching(8)
    source = fetch.source(early=30)
    source.token()
    fetch.now = AT + timedelta(seconds=5)
    assert source.token() == "token-1"
    fetch.now = AT + timedelta(seconds=6)
    assert source.token() == "token-2"


def test_a_token_that_does_not_say_its_end_is_kept_until_it_is_refused() -> None:
    fetch = Fetching(None)
    source = fetch.source()
    source.token()
    fetch.now = AT + timedelta(days=900)
    assert source.token() == "token-1"
    assert source.renew("token-1") == "token-2"
    assert source.renew("token-1") == "token-2"  # somebody else renewed it already


def test_one_fetch_however_many_threads_ask() -> None:
    fetch = Fetching()
    fetch.slow.clear()
    source = fetch.source()
    with ThreadPoolExecutor(16) as pool:
        waiting = [pool.submit(source.token) for _ in range(16)]
        fetch.slow.set()
        assert {each.result(10) for each in waiting} == {"token-1"}
        waiting = [pool.submit(source.renew, "token-1") for _ in range(16)]
        assert {each.result(10) for each in waiting} == {"token-2"}
    assert fetch.count == 2


def test_a_refusal_is_told_and_the_next_time_it_is_tried_again() -> None:
    fetch = Fetching(refuse=True)
    source = fetch.source()
    error = refusal(TokenRefusedError, source.token)
    assert (error.message, error.hint) == ("the server says no", "try that")
    fetch.refuse = False
    assert source.token() == "token-2"


def test_no_token_shows_in_a_repr() -> None:
    source = Fetching().source()
    assert source.token() not in repr(source)


@pytest.mark.parametrize(
    ("url", "goes"),
    [
        ("https://api.example/x", True),
        ("http://localhost:1/x", True),
        ("http://127.0.0.1/x", True),
        ("http://api.example/x", False),
        ("http://localhost.example/x", False),
    ],
)
def test_no_token_over_plain_http(url: str, *, goes: bool) -> None:
    if goes:
        assert header("abc", url) == "Bearer abc"
    else:
        refusal(RequestRefusedError, lambda: header(CANARY, url))


@pytest.mark.parametrize("token", ["a b", "a\r\nX: y", "ä", "a\x00"])
def test_a_token_that_no_header_can_carry(token: str) -> None:
    refusal(TokenRefusedError, lambda: header(token + CANARY, "https://x"))


# --- both clients, against an API ---------------------------------------------------------------


class Api:
    """An API that takes some tokens, and counts."""

    def __init__(self, *good: str) -> None:
        self.good = set(good)
        self.seen: list[tuple[str, bytes]] = []

    def __call__(self, received: Received) -> bytes:
        token = received.headers.get("Authorization", "").removeprefix("Bearer ")
        self.seen.append((token, received.body))
        if received.path.startswith("/redirect?"):
            return reply(b"", 307, Location=urllib.parse.unquote(received.path.partition("?")[2]))
        return reply({"ok": True}) if token in self.good else reply({"error": "invalid_token"}, 401)


@pytest.fixture
def api(tmp_path: Path) -> Iterator[tuple[Api, Lying]]:
    (tmp_path / "api").mkdir()
    state = Api("token-1")
    with lying(state, tmp_path / "api") as server:
        (tmp_path / "ca.pem").write_bytes(issue.pem(authority().certificate))
        yield state, server


def httpx_client(auth: HttpxAuth) -> httpx2.Client:
    return httpx2.Client(
        auth=auth, verify=client_context(None, [authority().certificate]), follow_redirects=True
    )


def requests_session(auth: RequestsAuth, tmp_path: Path) -> requests.Session:
    session = requests.Session()
    session.auth = auth
    session.verify = str(tmp_path / "ca.pem")
    session.trust_env = False  # the environment may name another file
    return session


@pytest.mark.parametrize("library", ["httpx2", "requests"])
def test_a_refused_token_is_replaced_once(tmp_path: Path, api: tuple[Api, Lying], library: str) -> None:
    state, server = api
    fetch = Fetching()
    source = fetch.source()

    def post() -> int:
        if library == "httpx2":
            with httpx_client(HttpxAuth(source)) as client:
                return client.post(f"{server.url}/x", content=b"body").status_code
        with requests_session(RequestsAuth(source), tmp_path) as session:
            return session.post(f"{server.url}/x", data=b"body").status_code

    assert post() == 200
    assert state.seen == [("token-1", b"body")]
    state.good = {"token-2"}
    assert post() == 200
    assert state.seen[1:] == [("token-1", b"body"), ("token-2", b"body")]
    state.good = set()
    assert post() == 401  # and no more than once
    assert [token for token, _ in state.seen[3:]] == ["token-2", "token-3"]
    assert fetch.count == 3


@pytest.mark.parametrize("library", ["httpx2", "requests"])
def test_a_body_that_is_used_up_is_not_sent_again(
    tmp_path: Path, api: tuple[Api, Lying], library: str
) -> None:
    state, server = api
    state.good = set()
    source = Fetching().source()
    if library == "httpx2":
        with httpx_client(HttpxAuth(source)) as client:
            status = client.post(
                f"{server.url}/x", content=iter([b"body"]), headers={"Content-Length": "4"}
            ).status_code
    else:
        body = tmp_path / "body"
        body.write_bytes(b"body")
        with requests_session(RequestsAuth(source), tmp_path) as session, body.open("rb") as stream:
            status = session.post(f"{server.url}/x", data=stream).status_code
    assert status == 401
    assert len(state.seen) == 1


@pytest.mark.parametrize("library", ["httpx2", "requests"])
def test_a_redirect_takes_no_token_to_another_host(
    tmp_path: Path, api: tuple[Api, Lying], library: str
) -> None:
    _, server = api
    (tmp_path / "other").mkdir()
    other = Api()
    source = Fetching().source()
    with lying(other, tmp_path / "other") as elsewhere:
        url = f"{server.url}/redirect?{urllib.parse.quote(elsewhere.url + '/taken', safe='')}"
        if library == "httpx2":
            with httpx_client(HttpxAuth(source)) as client:
                status = client.get(url).status_code
        else:
            with requests_session(RequestsAuth(source), tmp_path) as session:
                status = session.get(url).status_code
    assert status == 401
    assert other.seen
    assert {token for token, _ in other.seen} == {""}


def test_one_fetch_however_many_tasks_ask(api: tuple[Api, Lying]) -> None:
    state, server = api
    fetch = Fetching()
    source = fetch.source()

    async def all_at_once() -> list[int]:
        context = client_context(None, [authority().certificate])
        async with httpx2.AsyncClient(auth=HttpxAuth(source), verify=context) as client:
            answers = await asyncio.gather(*(client.get(f"{server.url}/x") for _ in range(12)))
        return [answer.status_code for answer in answers]

    assert asyncio.run(all_at_once()) == [200] * 12
    assert fetch.count == 1
    state.good = {"token-2"}
    assert asyncio.run(all_at_once()) == [200] * 12
    assert fetch.count == 2


def test_requests_is_not_needed_for_the_rest() -> None:
    code = (
        "import sys; sys.modules['requests'] = None\n"
        "import jwttool.auth as auth\n"
        "auth.HttpxAuth, auth.token_source\n"
        "try: auth.RequestsAuth\n"
        "except Exception as error: print(type(error).__name__, error.hint)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "UsageError pip install 'jwttool[requests]'\n"


# --- a client of the configuration ----------------------------------------------------------------


@pytest.fixture
def worldline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Folder, Lying]]:
    """A Worldline client named worldline-test in the working folder; its server gives token-N."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "srv").mkdir()
    count = iter(range(1, 100))

    def answer(_: object) -> bytes:
        return reply(ANSWERS["worldline"][1] | {"access_token": f"token-{next(count)}"})

    with lying(answer, tmp_path / "srv") as server:
        folder = client_folder(tmp_path, "worldline", server.url)
        folder.name = "worldline-test"
        folder.write()
        yield folder, server


def test_a_source_of_a_named_client(worldline: tuple[Folder, Lying]) -> None:
    _, server = worldline
    source = token_source("worldline-test")
    assert (source.token(), source.token()) == ("token-1", "token-1")
    assert source.renew("token-1") == "token-2"
    first, second = (each.form["client_assertion"] for each in server.received)
    assert first != second  # an assertion is good once
    assert token_source("worldline-test", way="secret").token() == "token-3"
    assert server.received[2].form["client_secret"] == SECRET


def test_a_new_certificate_counts_without_a_restart(worldline: tuple[Folder, Lying]) -> None:
    folder, server = worldline
    source = token_source("worldline-test")
    source.token()
    folder.secret("signing.key", issue.key_pem(issue.rsa_key(9)))
    (folder.path / "signing.crt").write_bytes(issue.pem(client_certificate(9)))
    assert source.renew("token-1") == "token-2"
    heads = {each.form["client_assertion"].partition(".")[0] for each in server.received}
    assert len(heads) == 2


def test_what_cannot_succeed_is_not_sent(worldline: tuple[Folder, Lying]) -> None:
    folder, server = worldline
    source = token_source("worldline-test")
    folder.write(scope=None, client_id=None)
    error = refusal(RequestRefusedError, lambda: token_request_fields("worldline-test"))
    assert "scope and client_id are missing" in error.message
    (folder.path / "signing.crt").write_bytes(issue.pem(client_certificate(9)))
    folder.write()
    error = refusal(RequestRefusedError, source.token)
    assert "the certificate for signing is not that of its key" in error.message
    assert server.received == []


def test_the_fields_for_another_client(worldline: tuple[Folder, Lying]) -> None:
    fields = token_request_fields("worldline-test", way="secret")
    assert fields == {
        "grant_type": "client_credentials",
        "scope": "VOP WERO",
        "client_id": "my-client",
        "client_secret": SECRET,
    }
    whole = token_request("worldline-test")
    assert whole.url.startswith(worldline[1].url)
    assert whole.fields.keys() >= {"client_assertion", "client_assertion_type"}
    assert whole.fields["client_assertion"] not in repr(whole)


def test_konsentus_needs_a_code(tmp_path: Path) -> None:
    client_folder(tmp_path, "konsentus", "https://bank.example")
    config = tmp_path / "jwttool.toml"
    refusal(UsageError, lambda: token_source("bank", config=config))
    refusal(RequestRefusedError, lambda: token_request("bank", config=config))
    request = token_request("bank", config=config, code=CANARY)
    assert json.loads(request.body)["auth_code"] == CANARY
    assert CANARY not in repr(request)


def test_a_bank_on_stet_replaces_the_refresh_token(tmp_path: Path) -> None:
    (tmp_path / "srv").mkdir()
    count = iter(range(2, 100))

    def answer(_: object) -> bytes:
        return reply(ANSWERS["stet"][1] | {"refresh_token": f"refresh-{next(count)}"})

    ca = world().root.certificate
    with lying(answer, tmp_path / "srv", client_ca=ca, require_client=True) as server:
        folder = client_folder(tmp_path, "stet", server.url)
        kept = folder.secret(".bank.refresh-token", "refresh-1")
        source = token_source("bank", config=tmp_path / "jwttool.toml")
        token = source.token()
        source.renew(token)
    assert [each.form["refresh_token"] for each in server.received] == ["refresh-1", "refresh-2"]
    assert kept.read_text() == "refresh-3\n"


def test_a_refresh_token_that_cannot_be_written_is_kept_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jwttool.auth.client import _keep

    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        _keep(Secret.from_text(CANARY), tmp_path / "no-folder" / "x")
    (kept,) = (tmp_path / "tmp").iterdir()
    assert kept.read_text() == f"{CANARY}\n"
    assert CANARY not in str(told[0].message)


# --- the page ---------------------------------------------------------------------------------------


def examples() -> list[str]:
    return re.findall(r"^```py\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("number", range(3))
def test_the_examples_of_the_page_run(
    worldline: tuple[Folder, Lying],
    api: tuple[Api, Lying],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    number: int,
) -> None:
    _, server = worldline
    state, there = api
    state.good = {"token-1"}
    ca = str(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", ca)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", ca)
    endpoint = f"{server.url}/auth/realms/my-realm/protocol/openid-connect/token"
    text = examples()[number]
    space: dict[str, Any] = {"API": f"{there.url}/x", "TOKEN_ENDPOINT": endpoint}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Authlib's own
        exec(compile(text, str(PAGE), "exec"), space)
    assert space["answer"].status_code == 200
    for name in ("client", "session"):
        if name in space:
            space[name].close()
    assert [token for token, _ in state.seen] == ["token-1"]


def test_the_page_has_three_examples() -> None:
    assert len(examples()) == 3
