"""The sandbox over real TLS connections, with clients that nobody here wrote."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import tracemalloc
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

import jwttool
from jwttool.checks.sending.settings import is_loopback
from jwttool.csr import create_csr
from jwttool.edge.material import read_private_key
from jwttool.edge.passphrases import PassphraseSource
from jwttool.errors import FileAccessError, NetworkError, UsageError
from jwttool.sandbox import op, running, worldline
from jwttool.sandbox.authority import new_authority
from jwttool.sandbox.exchange import MOST_BODY, REASON
from jwttool.sandbox.server.running import Options
from jwttool.sandbox.server.running import running as run
from tests.issue import key_pem, rsa_key
from tests.sandbox import basic, curl, jwttool_certificate
from tests.tools import run_tool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jwttool.sandbox.server.running import Sandbox

FORM = "application/x-www-form-urlencoded"
MANY = 200


@pytest.fixture(scope="module")
def log() -> list[str]:
    return []


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory, log: list[str]) -> Iterator[Sandbox]:
    folder = tmp_path_factory.mktemp("sandbox") / "play"
    with run(Options(folder=folder, log=log.append)) as started:
        yield started


def context(sandbox: Sandbox, client: str | None = None) -> ssl.SSLContext:
    made = ssl.create_default_context(cafile=str(sandbox.authority))
    if client is not None:
        made.load_cert_chain(sandbox.file(f"issued/{client}.crt"), sandbox.file(f"clients/{client}.key"))
    return made


@contextmanager
def web(sandbox: Sandbox, client: str | None = None) -> Iterator[httpx2.Client]:
    with httpx2.Client(verify=context(sandbox, client), base_url=sandbox.base, trust_env=False) as made:
        yield made


def secret(sandbox: Sandbox, name: str) -> str:
    found = sandbox.clients[name].secret
    assert found is not None
    return found.reveal().decode()


def op_form(sandbox: Sandbox) -> dict[str, str]:
    return {
        "grant_type": "client_credentials",
        "client_id": sandbox.clients["op-sandbox"].client_id,
        "client_secret": secret(sandbox, "op-sandbox"),
    }


def signer(sandbox: Sandbox) -> jwttool.Signer:
    key = read_private_key(sandbox.file("clients/worldline-test.key"), PassphraseSource())
    return jwttool.Signer(
        key.private_key,
        client_id=sandbox.clients["worldline-test"].client_id,
        audience=sandbox.issuer,
        certificate=jwttool_certificate(sandbox.file("issued/worldline-test.crt")),
    )


# --- tokens over the wire ---------------------------------------------------------


def test_four_tokens(sandbox: Sandbox) -> None:
    with web(sandbox, "op-sandbox") as client:
        answer = client.post(sandbox.endpoints["op"], data=op_form(sandbox))
        assert (answer.status_code, answer.headers[REASON]) == (200, "accepted")
        assert answer.json()["access_token"].count(".") == 4
    with web(sandbox) as client:
        answer = client.post(worldline.PATH, data=signer(sandbox).mint().form("VOP"))
        assert answer.json()["scope"] == "VOP"
        kept = sandbox.clients["konsentus-sandbox"]
        assert kept.ccg_token is not None
        headers = {
            "Authorization": basic(kept.client_id, secret(sandbox, "konsentus-sandbox")),
            "fi_reference_id": kept.fi_reference_id or "",
            "version": kept.version or "",
            "ccg_token": kept.ccg_token.reveal().decode(),
        }
        body = {"auth_code": sandbox.konsentus_code(), "redirect_uri": kept.redirect_uris[0]}
        answer = client.post("/v1/obie/tokens", json=body, headers=headers)
        assert answer.status_code == 201, answer.headers[REASON]
    with web(sandbox, "stet") as client:
        bank = sandbox.clients["stet"]
        query = {
            "response_type": "code",
            "client_id": bank.client_id,
            "redirect_uri": bank.redirect_uris[0],
            "scope": "aisp",
            "state": "s",
        }
        answer = client.get("/authorize", params=query)
        assert answer.status_code == 302
        code = httpx2.URL(answer.headers["Location"]).params["code"]
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": bank.redirect_uris[0],
            "client_id": bank.client_id,
        }
        token = client.post("/token", data=form).json()["access_token"]
        answer = client.get("/accounts", headers={"Authorization": f"Bearer {token}"})
        assert answer.json() == {"accounts": []}


def test_curl_gets_ops_token_as_in_ops_own_sample(sandbox: Sandbox) -> None:
    form = "&".join(f"{name}={value}" for name, value in op_form(sandbox).items())
    reply = curl(
        *("--cacert", sandbox.authority),
        *("--key", sandbox.file("clients/op-sandbox.key")),
        *("--cert", sandbox.file("issued/op-sandbox.crt")),
        *("-H", f"Content-Type:{FORM}", "-d", form),
        sandbox.base + op.PATH,
    )
    assert json.loads(reply)["expires_in"] == 900


def test_curl_plays_the_onboarding(sandbox: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "mine.key").write_bytes(key_pem(rsa_key()))
    (tmp_path / "mine.csr").write_bytes(create_csr(rsa_key(), subject="CN=mine"))
    curl(
        *("--cacert", sandbox.authority, "--fail", "-o", tmp_path / "mine.crt"),
        *("--data-binary", f"@{tmp_path / 'mine.csr'}", f"{sandbox.base}/sandbox/csr?client=op-sandbox"),
    )
    form = "&".join(f"{name}={value}" for name, value in op_form(sandbox).items())
    reply = curl(
        *("--cacert", sandbox.authority, "--key", tmp_path / "mine.key", "--cert", tmp_path / "mine.crt"),
        *("-d", form, sandbox.base + op.PATH),
    )
    assert json.loads(reply)["token_type"] == "Bearer"
    assert sandbox.file("issued/op-sandbox-2.crt").read_bytes() == (tmp_path / "mine.crt").read_bytes()


def test_a_code_of_konsentus_for_a_script(sandbox: Sandbox) -> None:
    code = curl(
        "--cacert", sandbox.authority, "-X", "POST", f"{sandbox.base}/sandbox/code?client=konsentus-sandbox"
    )
    assert len(code.strip()) == 32


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_the_server_is_who_it_says_under_each_name(host: str, sandbox: Sandbox) -> None:
    text = curl("--cacert", sandbox.authority, f"https://{host}:{sandbox.port}{worldline.METADATA}")
    assert json.loads(text)["issuer"] == f"https://{host}:{sandbox.port}{worldline.ROOT}"


def test_another_host_header_does_not_move_the_issuer(sandbox: Sandbox) -> None:
    with web(sandbox) as client:
        answer = client.get(worldline.METADATA, headers={"Host": "evil.example"})
    assert answer.json()["issuer"] == sandbox.base + worldline.ROOT


def test_openssl_verifies_the_chain_strictly(sandbox: Sandbox) -> None:
    done = run_tool(
        "openssl",
        *("s_client", "-connect", f"127.0.0.1:{sandbox.port}", "-CAfile", sandbox.authority),
        *("-x509_strict", "-verify_return_error", "-verify_ip", "127.0.0.1"),
        stdin=b"",
    )
    said = done.stdout.decode()
    assert "Verify return code: 0 (ok)" in said
    assert "jwttool sandbox CA, worth nothing" in said.partition("Acceptable client certificate CA names")[2]


# --- the client's certificate -------------------------------------------------------


def issue_pair(tmp_path: Path, authority: Any, at: datetime) -> tuple[Path, Path]:
    request = x509.load_pem_x509_csr(create_csr(rsa_key(), subject="CN=mine"))
    (tmp_path / "x.crt").write_bytes(authority.issue(request, at))
    (tmp_path / "x.key").write_bytes(key_pem(rsa_key()))
    return tmp_path / "x.crt", tmp_path / "x.key"


def test_a_certificate_of_a_stranger_is_explained_and_not_cut_off(sandbox: Sandbox, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    made = ssl.create_default_context(cafile=str(sandbox.authority))
    made.load_cert_chain(*issue_pair(tmp_path, new_authority(now), now))
    with httpx2.Client(verify=made, trust_env=False) as client:
        answer = client.post(sandbox.base + op.PATH, data=op_form(sandbox))
    assert answer.status_code == 403
    assert "chain-complete: CN=mine: its issuer is neither trusted" in answer.headers[REASON]
    assert "sandbox-certificate" in answer.headers[REASON]


def test_an_expired_certificate_is_explained(sandbox: Sandbox, tmp_path: Path) -> None:
    from jwttool.sandbox.server.folder import open_folder

    long_ago = datetime.now(UTC) - timedelta(days=120)
    bank = open_folder(sandbox.folder, long_ago, jwttool_memory()).bank
    from jwttool.sandbox.portal import issue

    request = x509.load_pem_x509_csr(create_csr(rsa_key(), subject="CN=mine"))
    old = issue(request, "op", bank.authority, bank.keys.authority, long_ago)
    (tmp_path / "x.crt").write_bytes(old.public_bytes(Encoding.PEM))
    (tmp_path / "x.key").write_bytes(key_pem(rsa_key()))
    reply = curl(
        *("--cacert", sandbox.authority, "--key", tmp_path / "x.key", "--cert", tmp_path / "x.crt"),
        *("-i", "-d", "&".join(f"{name}={value}" for name, value in op_form(sandbox).items())),
        sandbox.base + op.PATH,
    )
    assert "403" in reply.splitlines()[0]
    assert "chain-validity" in reply


def jwttool_memory() -> Any:
    from jwttool.replay import MemoryReplayStore

    return MemoryReplayStore()


def test_no_certificate_is_explained(sandbox: Sandbox) -> None:
    with web(sandbox) as client:
        answer = client.post(op.PATH, data=op_form(sandbox))
    assert answer.status_code == 403
    assert "the connection has no client certificate" in answer.headers[REASON]


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
def test_both_versions_of_tls_hand_over_the_certificate(version: ssl.TLSVersion, sandbox: Sandbox) -> None:
    made = context(sandbox, "op-sandbox")
    made.minimum_version = made.maximum_version = version
    with httpx2.Client(verify=made, trust_env=False) as client:
        for _ in range(2):
            assert client.post(sandbox.base + op.PATH, data=op_form(sandbox)).status_code == 200


# --- what is logged -----------------------------------------------------------------


def test_the_log_explains_and_holds_no_secret(sandbox: Sandbox, log: list[str]) -> None:
    canary = "c4n4ry-hunter2"
    del log[:]
    with web(sandbox) as client:
        client.post(f"{op.PATH}?code={canary}", data={"client_secret": canary, "client_id": "\x1b[31m"})
    (line,) = log
    assert f"POST {op.PATH} 400 - " in line
    assert "request-secret-in-url: " in line
    assert canary not in line
    assert "\x1b" not in line


# --- faults ---------------------------------------------------------------------------


def test_faults_on_the_wire(sandbox: Sandbox) -> None:
    with web(sandbox, "op-sandbox") as client:

        def ask(fault: str) -> httpx2.Response:
            return client.post(op.PATH, data=op_form(sandbox), headers={"Jwttool-Sandbox-Fault": fault})

        assert ask("500").status_code == 500
        assert ask("503").headers["Retry-After"] == "1"
        assert ask("wrong-content-type").headers["Content-Type"] == "text/html"
        behind = parsedate_to_datetime(ask("clock-skew=-1000").headers["Date"])
        assert timedelta(seconds=900) < datetime.now(UTC) - behind < timedelta(seconds=1100)
        with pytest.raises(httpx2.ReadTimeout):
            client.post(
                op.PATH, data=op_form(sandbox), headers={"Jwttool-Sandbox-Fault": "slow=60"}, timeout=0.2
            )


def test_faults_of_the_whole_server() -> None:
    with running(faults="503") as started, web(started) as client:
        assert client.post(op.PATH).status_code == 503
    with pytest.raises(UsageError):
        running(faults="x")


# --- hostile clients -------------------------------------------------------------------


def raw(sandbox: Sandbox, data: bytes, *, tls: bool = True) -> bytes:
    with socket.create_connection(("127.0.0.1", sandbox.port), timeout=20) as plain:
        connection: socket.socket = plain
        if tls:
            connection = context(sandbox).wrap_socket(plain, server_hostname="localhost")
        with connection:
            connection.sendall(data)
            found = b""
            try:
                while part := connection.recv(65536):
                    found += part
                    if b"\r\n\r\n" in found:
                        break
            except (ConnectionError, ssl.SSLError):
                pass
            return found


@pytest.mark.parametrize(
    "data",
    [
        b"GARBAGE\r\n\r\n",
        b"POST /corporate-oidc/v1/token HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /token HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: " + b"a" * 100_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX\0: y\r\n\r\n",
        b"POST /token HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST /token HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
    ],
    ids=["garbage", "negative", "two-lengths", "header", "path", "name", "chunk", "gzip"],
)
def test_what_is_no_http_is_answered_4xx(data: bytes, sandbox: Sandbox, log: list[str]) -> None:
    del log[:]
    assert re.match(rb"HTTP/1\.[01] 4", raw(sandbox, data))
    assert settled(lambda: log)
    assert all("aaa" not in line and "GARBAGE" not in line for line in log)
    assert alive(sandbox)


def test_a_connection_that_asks_nothing_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jwttool.sandbox.server.http.FIRST_REQUEST", 0.5)
    with running() as started, web(started) as client:
        assert client.get("/sandbox").status_code == 200
        assert raw(started, b"") == b""
        assert raw(started, b"GET / HTTP/1.1\r\n") == b""
        assert client.get("/sandbox").status_code == 200  # that one asked in time, and is still open


def alive(sandbox: Sandbox) -> bool:
    with web(sandbox) as client:
        return bool(client.get("/sandbox").status_code == 200)


def test_plain_http_gets_no_answer_and_no_harm(sandbox: Sandbox) -> None:
    assert not raw(sandbox, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", tls=False).startswith(b"HTTP")
    assert raw(sandbox, b"\x16\x03\x01" + b"\xff" * 1000, tls=False)[:2] != b"HT"
    assert alive(sandbox)


def test_a_huge_body_is_not_read_to_its_end(sandbox: Sandbox) -> None:
    head = b"POST /token HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000000\r\n\r\n"
    assert raw(sandbox, head + b"x" * (MOST_BODY + 1)).startswith(b"HTTP/1.1 413")
    with web(sandbox) as client:
        assert client.post("/token", content=b"x" * (MOST_BODY * 20)).status_code == 413
    assert alive(sandbox)


def test_who_goes_away_in_the_middle_does_no_harm(sandbox: Sandbox) -> None:
    for data in (
        b"",
        b"POST /token HTTP/1.1\r\n",
        b"POST /token HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\na",
    ):
        with (
            socket.create_connection(("127.0.0.1", sandbox.port), timeout=20) as plain,
            context(sandbox).wrap_socket(plain, server_hostname="localhost") as connection,
        ):
            connection.sendall(data)
    assert alive(sandbox)


# --- many ---------------------------------------------------------------------------------


async def crowd(sandbox: Sandbox, context_: ssl.SSLContext, tokens: list[str]) -> list[int]:
    """Many requests at once, good ones and bad ones, each over a connection of its own."""

    async def one(number: int) -> int:
        async with httpx2.AsyncClient(verify=context_, trust_env=False, timeout=60) as client:
            if number % 2:
                answer = await client.post(sandbox.base + op.PATH, data=op_form(sandbox))
            else:
                form = {
                    "grant_type": "client_credentials",
                    "scope": "VOP",
                    "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                    "client_assertion": tokens[number // 2],
                }
                answer = await client.post(sandbox.base + worldline.PATH, data=form)
            return answer.status_code

    return list(await asyncio.gather(*(one(number) for number in range(MANY))))


def descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_two_hundred_at_once_and_nothing_is_left_over(sandbox: Sandbox) -> None:
    made = context(sandbox, "op-sandbox")

    def round_() -> None:
        # One assertion is sent by all: exactly one wins.
        token = signer(sandbox).mint().token
        statuses = asyncio.run(crowd(sandbox, made, [token] * MANY))
        assert statuses.count(400) == MANY // 2 - 1
        assert statuses.count(200) == MANY // 2 + 1

    def quiet() -> int:
        """The memory that is held when all connections are closed."""
        assert settled(lambda: descriptors() <= before), (before, descriptors())
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    before = descriptors() + 2
    round_()
    assert settled(lambda: descriptors() <= before)
    tracemalloc.start()
    try:
        round_()
        held = quiet()
        for _ in range(3):
            round_()
        # What the loop of events still holds for a moment is not a leak; what stays is.
        assert settled(lambda: quiet() - held < 1024 * 1024), (held, quiet())
    finally:
        tracemalloc.stop()


def settled(condition: Any) -> bool:
    """Whether something becomes so: connections end a moment after their clients are gone."""
    for _ in range(200):
        if condition():
            return True
        threading.Event().wait(0.05)
    return False


# --- starting and stopping -------------------------------------------------------------------


def test_a_temporary_folder_is_gone_afterwards() -> None:
    with running() as started:
        assert alive(started)
        folder = started.folder
        assert folder.is_dir()
    assert not folder.exists()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", started.port), timeout=5)


def test_a_port_that_is_taken(sandbox: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match="cannot be listened on"), running(tmp_path, port=sandbox.port):
        pass


def test_a_folder_in_which_another_one_runs(sandbox: Sandbox) -> None:
    with pytest.raises(FileAccessError, match="another sandbox runs"), running(sandbox.folder):
        pass


def test_an_address_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match="no address"), running(tmp_path, host="no.such.host.invalid"):
        pass


def test_what_is_loopback() -> None:
    assert all(map(is_loopback, ("127.0.0.1", "127.1.2.3", "::1", "localhost")))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "192.0.2.1", "example.com")))


def test_the_replay_store_outlives_the_server(tmp_path: Path) -> None:
    with running(tmp_path) as started:
        port = started.port
        token = signer(started).mint()
        with web(started) as client:
            assert client.post(worldline.PATH, data=token.form("VOP")).status_code == 200
    with running(tmp_path, port=port) as started, web(started) as client:
        answer = client.post(worldline.PATH, data=token.form("VOP"))
    assert answer.json()["error_description"] == "Token reuse detected"


# --- the command --------------------------------------------------------------------------------


@contextmanager
def command(*arguments: str | Path) -> Iterator[subprocess.Popen[str]]:
    words = [sys.executable, "-m", "jwttool", "sandbox", *map(str, arguments)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["int", "term"])
def test_the_command_prints_its_url_and_ends_gracefully(number: signal.Signals, tmp_path: Path) -> None:
    with command("--dir", tmp_path / "play", "--fault", "wrong-content-type") as process:
        assert process.stdout is not None
        base = process.stdout.readline().strip()
        text = curl("--cacert", tmp_path / "play" / "ca.pem", "-i", f"{base}/sandbox")
        assert "content-type: text/html" in text.lower()
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, "")
    assert "clients are in" in err
    assert "GET /sandbox 200 - sandbox-fault: wrong-content-type" in err
    assert "warning" not in err
    assert "Traceback" not in err


def test_the_command_says_loudly_that_others_can_come_in(tmp_path: Path) -> None:
    with command("--dir", tmp_path, "--host", "0.0.0.0", "--quiet") as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("https://127.0.0.1:")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert "warning: listening on 0.0.0.0: everybody who reaches this machine" in err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["--fault", "x"], 2), (["--port", "70000"], 2), (["--host", "no.such.host.invalid"], 4)],
    ids=["fault", "port", "host"],
)
def test_the_command_cannot_start(arguments: list[str], code: int) -> None:
    with command(*arguments) as process:
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (code, "")
    assert "Traceback" not in err


def test_without_aiohttp_it_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "aiohttp.py").write_text("raise ModuleNotFoundError\n")
    done = subprocess.run(
        [sys.executable, "-m", "jwttool", "sandbox"],
        env=os.environ | {"PYTHONPATH": f"{tmp_path}:{Path(jwttool.__file__).parents[1]}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 4
    assert "jwttool[sandbox]" in done.stderr
