"""Small TLS servers on loopback that answer whatever a test tells them to, byte for byte."""

from __future__ import annotations

import contextlib
import http.server
import ipaddress
import json
import os
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from cryptography import x509

from tests import issue

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


@cache
def authority() -> issue.Authority:
    """The CA of these servers, good today."""
    key = issue.rsa_key(300)
    certificate = issue.certificate(
        key, "Lying CA", authority=True, not_before=NOW - DAY, not_after=NOW + 30 * DAY
    )
    return issue.Authority(key, certificate)


def server_certificate(
    *names: str, not_before: datetime = NOW - DAY, not_after: datetime = NOW + 9 * DAY
) -> x509.Certificate:
    """A certificate for these names; for the loopback address without any."""
    alternatives: list[x509.GeneralName] = [x509.DNSName(name) for name in names]
    if not names:
        alternatives = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    return authority().issue(
        issue.rsa_key(301),
        "lying.example",
        not_before=not_before,
        not_after=not_after,
        extensions=[x509.SubjectAlternativeName(alternatives)],
    )


@dataclass(frozen=True)
class Received:
    """A request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    certificate: bytes | None
    """The client's, DER."""

    @property
    def form(self) -> dict[str, str]:
        """The fields of a form; each once."""
        fields = parse_qs(self.body.decode(), strict_parsing=True, keep_blank_values=True)
        assert all(len(values) == 1 for values in fields.values())
        return {name: values[0] for name, values in fields.items()}


Answer = Callable[[Received], "bytes | Iterable[bytes]"]


def reply(
    body: Any, status: int = 200, *, date: datetime | None = None, reason: str = "OK", **headers: str
) -> bytes:
    """A whole HTTP answer; a body that is no text is sent as JSON."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {
        "Content-Type": "application/json",
        "Cache-Control": "no-store",
        "Date": format_datetime(date or datetime.now(UTC), usegmt=True),
        "Content-Length": str(len(data)),
        "Connection": "close",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in named.items()), "", ""]
    return "\r\n".join(lines).encode("latin-1") + data


@dataclass
class Lying:
    """A server that is running: where it is, and what it was sent."""

    port: int
    secure: bool
    received: list[Received] = field(default_factory=list)
    connections: int = 0

    @property
    def url(self) -> str:
        """Its base URL."""
        return f"{'https' if self.secure else 'http'}://localhost:{self.port}"


@contextlib.contextmanager
def lying(
    answer: Answer,
    folder: Path,
    *,
    certificate: x509.Certificate | None = None,
    secure: bool = True,
    client_ca: x509.Certificate | None = None,
    require_client: bool = False,
    port: int = 0,
) -> Iterator[Lying]:
    """Run a server while the block lasts; ``folder`` takes its key."""
    context = _context(folder, certificate, client_ca, require_client=require_client) if secure else None
    state = Lying(0, secure)
    stop = threading.Event()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _handle(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            peer = self.connection.getpeercert(True) if isinstance(self.connection, ssl.SSLSocket) else None
            received = Received(
                self.command, self.path, dict(self.headers.items()), self.rfile.read(length), peer
            )
            state.received.append(received)
            answered = answer(received)
            with contextlib.suppress(OSError):  # the client has heard enough
                for part in [answered] if isinstance(answered, bytes) else answered:
                    self.wfile.write(part)
                    if stop.is_set():
                        break
            self.close_connection = True

        do_GET = do_POST = _handle  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def get_request(self) -> tuple[socket.socket, Any]:
            connection, address = super().get_request()
            state.connections += 1
            return connection, address

        def finish_request(self, request: Any, client_address: Any) -> None:
            if context is None:
                super().finish_request(request, client_address)
                return
            with contextlib.suppress(OSError):  # ssl.SSLError is one: a handshake that failed
                request.settimeout(20)
                with context.wrap_socket(request, server_side=True) as wrapped:
                    super().finish_request(wrapped, client_address)

        def handle_error(self, request: Any, client_address: Any) -> None:
            pass

    server = Server(("127.0.0.1", port), Handler)
    state.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        stop.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _context(
    folder: Path,
    certificate: x509.Certificate | None,
    client_ca: x509.Certificate | None,
    *,
    require_client: bool,
) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    file = folder / f"server-{os.urandom(4).hex()}.pem"
    file.write_bytes(issue.key_pem(issue.rsa_key(301)) + issue.pem(certificate or server_certificate()))
    context.load_cert_chain(file)
    if client_ca is not None:
        context.verify_mode = ssl.CERT_REQUIRED if require_client else ssl.CERT_OPTIONAL
        context.load_verify_locations(cadata=issue.pem(client_ca).decode())
    return context


@contextlib.contextmanager
def connect_proxy() -> Iterator[tuple[str, list[str]]]:
    """An HTTP proxy that opens tunnels: its URL, and the targets that it was asked for."""
    targets: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            targets.append(self.path)
            host, _, port = self.path.rpartition(":")
            with socket.create_connection((host, int(port)), 10) as there:
                self.send_response(200)
                self.end_headers()
                ends = {self.connection: there, there: self.connection}
                back = threading.Thread(target=_pump, args=(there, ends[there]), daemon=True)
                back.start()
                _pump(self.connection, there)
                back.join(5)

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", targets
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
