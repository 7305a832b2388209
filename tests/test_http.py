"""Requests over real TLS connections, to servers that behave and to servers that lie."""

from __future__ import annotations

import gc
import itertools
import os
import socket
import ssl
import threading
import warnings
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from jwttool.edge import http
from jwttool.edge.http import Timeouts, send
from jwttool.edge.tls import client_context
from jwttool.errors import NetworkError, TlsError, TooLargeError
from jwttool.grant.material import Identity
from jwttool.grant.message import MAX_BODY, HttpAnswer, HttpRequest, build_request
from jwttool.providers import get_provider
from jwttool.secret import Secret
from tests import issue
from tests.asking import client_certificate
from tests.hostile import CANARY, no_hanging, refusal
from tests.lying_server import DAY, NOW, authority, connect_proxy, lying, reply, server_certificate

SHAPE = get_provider("op").requests[0]
SHORT = Timeouts(connect=5, total=1)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's own proxy, if it has one, is no business of these tests."""
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def request(url: str) -> HttpRequest:
    return build_request(SHAPE, url, {"client_id": "me", "client_secret": Secret(CANARY.encode())})


def context(identity: Identity | None = None) -> ssl.SSLContext:
    return client_context(identity, [authority().certificate])


def sent(url: str, **more: Any) -> HttpAnswer:
    with no_hanging():
        return send(request(url), more.pop("context", None) or context(), **more)


# --- servers that behave ------------------------------------------------------------


def test_a_request_and_its_answer(tmp_path: Path) -> None:
    with lying(lambda _: reply({"a": 1}, 201, reason="Made", X_More="yes"), tmp_path) as server:
        answer = sent(f"{server.url}/token?x=1", clock=lambda: NOW)
    assert (answer.status, answer.reason, answer.body, answer.received_at) == (201, "Made", b'{"a": 1}', NOW)
    assert answer.header("x-more") == "yes"
    (received,) = server.received
    assert (received.method, received.path) == ("POST", "/token?x=1")
    assert received.form == {
        "grant_type": "client_credentials",
        "client_id": "me",
        "client_secret": CANARY,
    }
    assert received.headers["Accept-Encoding"] == "identity"
    assert received.certificate is None
    assert CANARY not in repr(answer)


@pytest.mark.parametrize("chain", [False, True], ids=["leaf", "chain"])
def test_mutual_tls(tmp_path: Path, *, chain: bool) -> None:
    key = issue.rsa_key(7)
    between = authority().sub_authority()
    certificate = between.issue(key, not_before=NOW - DAY, not_after=NOW + DAY) if chain else None
    identity = Identity(key, certificate or client_certificate(7), (between.certificate,) if chain else ())
    ca = authority().certificate
    with lying(lambda _: reply({}), tmp_path, client_ca=ca, require_client=True) as server:
        assert sent(server.url, context=context(identity)).status == 200
    assert identity.certificate is not None
    assert server.received[0].certificate == issue.der(identity.certificate)


def test_an_ec_key_on_a_curve_of_tls(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP384R1())
    certificate = authority().issue(key, not_before=NOW - DAY, not_after=NOW + DAY)
    ca = authority().certificate
    with lying(lambda _: reply({}), tmp_path, client_ca=ca, require_client=True) as server:
        assert sent(server.url, context=context(Identity(key, certificate))).status == 200


def test_the_key_is_never_written_in_the_clear(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen: list[bytes] = []
    whole = ssl.SSLContext.load_cert_chain

    def look(self: ssl.SSLContext, file: str, **more: Any) -> None:
        seen.append(Path(file).read_bytes())
        whole(self, file, **more)

    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", look)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    for has_memory_files in (True, False):
        if not has_memory_files:
            monkeypatch.delattr(os, "memfd_create")
        client_context(Identity(issue.rsa_key(7), client_certificate(7)))
    assert len(seen) == 2
    for data in seen:
        assert data.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
        assert b"BEGIN PRIVATE KEY" not in data
        assert b"BEGIN RSA" not in data
    assert list(tmp_path.iterdir()) == []


def test_a_key_of_another_certificate_is_refused() -> None:
    error = refusal(TlsError, lambda: client_context(Identity(issue.rsa_key(8), client_certificate(7))))
    assert error.message.endswith("key and certificate do not belong together")


def test_a_proxy_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with lying(lambda _: reply({}), tmp_path) as server, connect_proxy() as (url, targets):
        monkeypatch.setenv("HTTPS_PROXY", url)
        assert sent(server.url).status == 200
        assert targets == [f"localhost:{server.port}"]
        monkeypatch.setenv("NO_PROXY", "localhost")
        assert sent(server.url).status == 200
    assert len(targets) == 1
    assert len(server.received) == 2


def test_a_proxy_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{free_port()}")
    error = refusal(NetworkError, lambda: sent("https://bank.example/", sleep=lambda _: None))
    assert "refuses the connection" in error.message


@pytest.mark.parametrize("proxy", ["ftp://x", "socks5://127.0.0.1:1", "http://[::1"])
def test_a_proxy_that_cannot_be_used(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    error = refusal(NetworkError, lambda: sent("https://bank.example/"))
    assert error.hint is not None
    assert "HTTPS_PROXY" in error.hint


def test_an_answer_that_is_an_error_is_an_answer(tmp_path: Path) -> None:
    with lying(lambda _: reply(b"<html>", 503, reason="Sorry"), tmp_path) as server:
        assert sent(server.url).status == 503


def test_a_redirect_is_never_followed(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    with (
        lying(lambda _: reply({"access_token": "x"}), tmp_path / "b") as other,
        lying(lambda _: reply(b"", 307, Location=f"{other.url}/token"), tmp_path) as server,
    ):
        assert sent(f"{server.url}/token").status == 307
        assert other.received == []
        assert len(server.received) == 1


# --- certificates that nobody should trust --------------------------------------------


def untrusted(certificate: x509.Certificate, tmp_path: Path, url: str = "https://localhost:{}") -> str:
    with lying(lambda _: reply({}), tmp_path, certificate=certificate) as server:
        error = refusal(TlsError, lambda: sent(url.format(server.port)))
        assert server.received == []
    assert error.code == "tls"
    return error.message.replace(f":{server.port}", "")


def test_a_certificate_for_another_name(tmp_path: Path) -> None:
    message = untrusted(server_certificate("other.example"), tmp_path)
    assert message == "the server's certificate is for another name than localhost"


def test_a_certificate_without_the_address(tmp_path: Path) -> None:
    message = untrusted(server_certificate("localhost"), tmp_path, "https://127.0.0.1:{}")
    assert message == "the server's certificate is for another name than 127.0.0.1"


def test_an_expired_certificate(tmp_path: Path) -> None:
    expired = server_certificate("localhost", not_before=NOW - 3 * DAY, not_after=NOW - DAY)
    assert untrusted(expired, tmp_path) == "the server's certificate has expired (localhost)"


def test_a_certificate_of_tomorrow(tmp_path: Path) -> None:
    early = server_certificate("localhost", not_before=NOW + DAY, not_after=NOW + 2 * DAY)
    assert untrusted(early, tmp_path) == "the server's certificate is not valid yet (localhost)"


def test_a_certificate_of_nobody(tmp_path: Path) -> None:
    alone = issue.certificate(
        issue.rsa_key(301),
        not_before=NOW - DAY,
        not_after=NOW + DAY,
        extensions=[x509.SubjectAlternativeName([x509.DNSName("localhost")])],
    )
    message = untrusted(alone, tmp_path)
    assert message == "the certificate of localhost leads to no authority that is trusted here"


def test_a_private_authority_is_not_trusted_by_itself(tmp_path: Path) -> None:
    with lying(lambda _: reply({}), tmp_path) as server:
        error = refusal(TlsError, lambda: sent(server.url, context=client_context()))
    assert error.hint is not None
    assert "--server-ca" in error.hint


def test_what_is_named_is_trusted_as_it_is(tmp_path: Path) -> None:
    with lying(lambda _: reply({}), tmp_path) as server:
        found = sent(server.url, context=client_context(None, [server_certificate()]))
        assert found.status == 200


def test_old_tls_is_not_spoken() -> None:
    assert context().minimum_version is ssl.TLSVersion.TLSv1_2
    assert context().verify_mode is ssl.CERT_REQUIRED
    assert context().check_hostname


def test_a_server_that_wants_a_certificate(tmp_path: Path) -> None:
    ca = authority().certificate
    with lying(lambda _: reply({}), tmp_path, client_ca=ca, require_client=True) as server:
        error = refusal(TlsError, lambda: sent(server.url))
    assert error.message.startswith("the server asks for a client certificate, and there was none")


def test_a_server_that_does_not_know_our_issuer(tmp_path: Path) -> None:
    stranger = issue.certificate(issue.rsa_key(7), not_before=NOW - DAY, not_after=NOW + DAY)
    ca = authority().certificate
    with lying(lambda _: reply({}), tmp_path, client_ca=ca, require_client=True) as server:
        identity = Identity(issue.rsa_key(7), stranger)
        error = refusal(TlsError, lambda: sent(server.url, context=context(identity)))
    assert error.message.startswith("the server does not know the issuer of our certificate")


def test_a_server_without_tls(tmp_path: Path) -> None:
    with lying(lambda _: reply({}), tmp_path, secure=False) as server:
        error = refusal(TlsError, lambda: sent(f"https://localhost:{server.port}"))
    assert "speaks no TLS on this port" in error.message


# --- answers that are none ------------------------------------------------------------


def endless(start: bytes, part: bytes) -> Callable[[object], Iterator[bytes]]:
    return lambda _: itertools.chain([start], itertools.repeat(part))


def test_a_body_without_end_is_cut_off(tmp_path: Path) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 10000000000\r\n\r\n"
    with lying(endless(head, b"x" * 65536), tmp_path) as server:
        error = refusal(TooLargeError, lambda: sent(server.url))
    assert error.message == "the answer is larger than the limit of 1,048,576 bytes"


def test_the_largest_body_is_read(tmp_path: Path) -> None:
    with lying(lambda _: reply(b"x" * MAX_BODY), tmp_path) as server:
        assert len(sent(server.url).body) == MAX_BODY


@pytest.mark.parametrize(
    ("start", "part"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"X-More: " + b"x" * 1000 + b"\r\n"),
        (b"HTTP/1.1 200 OK\r\nX: ", b"x" * 1000),
        (b"", b"x" * 1000),
    ],
    ids=["headers", "one-header", "no-http"],
)
def test_a_head_without_end_is_cut_off(tmp_path: Path, start: bytes, part: bytes) -> None:
    with lying(endless(start, part), tmp_path) as server:
        error = refusal(NetworkError, lambda: sent(server.url))
    assert "does not answer as HTTP asks" in error.message


@pytest.mark.parametrize(
    "answer",
    [b"", b"HTTP/1.1", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort"],
    ids=["nothing", "a-piece", "nonsense", "short"],
)
def test_an_answer_that_ends_early(tmp_path: Path, answer: bytes) -> None:
    with lying(lambda _: answer, tmp_path) as server:
        refusal(NetworkError, lambda: sent(server.url))
    assert len(server.received) == 1  # never sent twice


def test_a_compressed_answer_is_refused(tmp_path: Path) -> None:
    with lying(lambda _: reply(b"x", Content_Encoding="gzip"), tmp_path) as server:
        error = refusal(NetworkError, lambda: sent(server.url))
    assert error.message.startswith("the answer is compressed")


def drip(start: bytes, part: bytes, stop: threading.Event) -> Callable[[object], Iterator[bytes]]:
    def answer(_: object) -> Iterator[bytes]:
        yield start
        while not stop.wait(0.05):
            yield part

    return answer


@pytest.mark.parametrize(
    ("start", "part"),
    [
        (b"HTTP/1.1 200 OK\r\nX: ", b"x"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", b"x"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["head", "body", "body-without-length", "continue"],
)
def test_a_server_that_takes_for_ever(tmp_path: Path, start: bytes, part: bytes) -> None:
    stop = threading.Event()
    with lying(drip(start, part, stop), tmp_path) as server:
        error = refusal(NetworkError, lambda: sent(server.url, timeouts=SHORT))
        stop.set()
    assert error.message == "no whole answer came within 1 s"
    assert len(server.received) == 1


def test_a_server_that_says_nothing(tmp_path: Path) -> None:
    stop = threading.Event()

    def silence(_: object) -> bytes:
        stop.wait(20)
        return b""

    with lying(silence, tmp_path) as server:
        error = refusal(NetworkError, lambda: sent(server.url, timeouts=SHORT))
        stop.set()
    assert "in time" in error.message or "within 1 s" in error.message


def test_a_port_that_never_shakes_hands() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"https://localhost:{listener.getsockname()[1]}"
        error = refusal(NetworkError, lambda: sent(url, timeouts=SHORT))
    assert "in time" in error.message or "within 1 s" in error.message


# --- trying again ---------------------------------------------------------------------


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def test_a_refused_connection_is_tried_three_times() -> None:
    pauses: list[float] = []
    port = free_port()
    error = refusal(NetworkError, lambda: sent(f"https://127.0.0.1:{port}", sleep=pauses.append))
    assert type(error) is NetworkError
    assert error.message == f"127.0.0.1:{port} refuses the connection"
    assert pauses == [0.2, 0.6]


def test_a_server_that_comes_up_meanwhile_is_asked_once(tmp_path: Path) -> None:
    import contextlib

    with contextlib.ExitStack() as later:
        port = free_port()
        started: list[Any] = []

        def start(_: float) -> None:
            if not started:
                server = later.enter_context(lying(lambda _: reply({}), tmp_path, port=port))
                started.append(server)

        assert sent(f"https://localhost:{port}", sleep=start).status == 200
        assert len(started[0].received) == 1


def test_a_name_that_is_none() -> None:
    error = refusal(NetworkError, lambda: sent("https://no-such-host.invalid/"))
    assert error.message == "the name no-such-host.invalid cannot be resolved"


# --- nothing is left behind -------------------------------------------------------------


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_no_descriptor_and_no_thread_is_left(tmp_path: Path) -> None:
    with lying(lambda _: reply({}), tmp_path) as server:
        sent(server.url)  # warm
        gc.collect()
        before = descriptors()
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            for _ in range(5):
                sent(server.url)
            gc.collect()
        for thread in threading.enumerate():
            if isinstance(thread, threading.Timer):
                thread.join(5)
    assert descriptors() <= before + 1
    assert not [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]


def test_the_pauses_are_short() -> None:
    assert sum(http._PAUSES) < timedelta(seconds=2).total_seconds()
