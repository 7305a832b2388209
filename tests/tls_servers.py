"""TLS servers on 127.0.0.1 for the tests of the probe: Python's own TLS, and plain sockets that misbehave."""

from __future__ import annotations

import contextlib
import socket
import ssl
import subprocess
import threading
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from OpenSSL import SSL

from tests.tools import require_tool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from cryptography import x509
    from OpenSSL import crypto

    Certificate = x509.Certificate | crypto.X509


@dataclass
class Server:
    """A listening server: its port, and what clients sent after the handshake."""

    port: int
    received: list[bytes] = field(default_factory=list)
    certificates: list[bytes | None] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)


@contextlib.contextmanager
def listening(handle: Callable[[socket.socket, Server], None], host: str = "127.0.0.1") -> Iterator[Server]:
    """Answers every connection by ``handle``, in one thread, until the block ends."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.bind((host, 0))
    listener.listen()
    server = Server(listener.getsockname()[1])
    ended = threading.Event()

    def serve() -> None:
        while not ended.is_set():
            connection, _ = listener.accept()
            if ended.is_set():
                connection.close()
                return
            connection.settimeout(20)
            with connection, contextlib.suppress(OSError):
                handle(connection, server)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        ended.set()
        with contextlib.suppress(OSError):
            socket.create_connection((host, server.port), 5).close()
        thread.join(20)
        listener.close()


NO_CHECK_TIME = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME: the tests' certificates have a time, and a server's clock another one."""


def tls_context(
    certificates: Path,
    key: Path,
    *,
    client_ca: Path | None = None,
    required: bool = True,
    timely: bool = False,
) -> ssl.SSLContext:
    """A server's context; with ``client_ca`` a client certificate from there is required, or optional.

    Its dates count only if ``timely``.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates, key)
    if client_ca is not None:
        context.load_verify_locations(client_ca)
        context.verify_mode = ssl.CERT_REQUIRED if required else ssl.CERT_OPTIONAL
        if not timely:
            context.verify_flags |= NO_CHECK_TIME
    return context


@contextlib.contextmanager
def tls_server(context: ssl.SSLContext, host: str = "127.0.0.1") -> Iterator[Server]:
    """A TLS server that reads until the client leaves."""

    def handle(connection: socket.socket, server: Server) -> None:
        with context.wrap_socket(connection, server_side=True) as wrapped:
            server.certificates.append(wrapped.getpeercert(binary_form=True))
            while data := wrapped.recv(4096):
                server.received.append(data)

    with listening(handle, host) as server:
        context.sni_callback = lambda _, name, __: server.names.append(name)
        yield server


@contextlib.contextmanager
def saying(data: bytes, *, stay: bool = False) -> Iterator[Server]:
    """A server that says some bytes to whatever it hears, and hangs up, or stays until the client leaves."""

    def handle(connection: socket.socket, _: Server) -> None:
        connection.recv(65536)
        connection.sendall(data)
        while stay and connection.recv(65536):
            pass
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):  # or the kernel resets, and what was said is lost
            pass

    with listening(handle) as server:
        yield server


@contextlib.contextmanager
def openssl_server(
    key: Any,
    chain: Sequence[Certificate],
    *,
    authorities: Sequence[Certificate] = (),
    ask: bool = False,
    highest: int = SSL.TLS1_3_VERSION,
) -> Iterator[Server]:
    """A TLS server of pyOpenSSL's, which names the CAs of clients; it takes every certificate, and none."""
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    context.set_max_proto_version(highest)
    with warnings.catch_warnings():
        # pyOpenSSL no longer likes its own objects; only they can hold a damaged certificate.
        warnings.simplefilter("ignore", DeprecationWarning)
        context.use_certificate(chain[0])
        for each in chain[1:]:
            context.add_extra_chain_cert(each)
        for each in authorities:
            context.add_client_ca(each)
    context.use_privatekey(key)
    if ask:
        context.set_verify(SSL.VERIFY_PEER, lambda *_: True)

    def handle(connection: socket.socket, _: Server) -> None:
        connection.settimeout(None)  # pyOpenSSL wants a socket that waits
        secured = SSL.Connection(context, connection)
        secured.set_accept_state()
        with contextlib.suppress(SSL.Error):
            secured.do_handshake()
            while secured.recv(4096):
                pass

    with listening(handle) as server:
        yield server


@contextlib.contextmanager
def s_server(*options: str | Path) -> Iterator[int]:
    """``openssl s_server`` on a free port, once it says that it accepts."""
    command = [
        require_tool("openssl"),
        "s_server",
        "-accept",
        "127.0.0.1:0",
        "-naccept",
        "2",
        *map(str, options),
    ]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as run:
        assert run.stdout is not None
        try:
            line = next(line for line in run.stdout if line.startswith(b"ACCEPT"))
            yield int(line.rpartition(b":")[2])
        finally:
            run.kill()
