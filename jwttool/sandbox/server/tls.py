"""TLS that asks for a client certificate and takes whichever comes: the handler says what is wrong with it.

Python's own ``ssl`` ends the handshake where OpenSSL does not like the client's
certificate: an expired one, or one of another authority, gives an alert and no
word. pyOpenSSL lets the server go on. asyncio asks an ``ssl.SSLContext`` for
objects that encrypt between two buffers; here it gets such objects made by
pyOpenSSL, and everything else is asyncio's.
"""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any, Final, NoReturn, cast

from OpenSSL import SSL

from jwttool.errors import JwtToolError, MalformedError
from jwttool.keys.boundary import library

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cryptography import x509

    from jwttool.keys import PrivateKey

_MOST: Final = 256 * 1024
"""Octets that are taken out of OpenSSL's buffer at once."""


class ServerContext(ssl.SSLContext):
    """An SSLContext for asyncio's servers alone: it makes :class:`Connection` objects."""

    _openssl: SSL.Context

    def wrap_bio(
        self,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        server_side: bool = False,  # noqa: ARG002, FBT001, FBT002  # ssl's signature
        server_hostname: str | bytes | None = None,  # noqa: ARG002
        session: ssl.SSLSession | None = None,  # noqa: ARG002
    ) -> ssl.SSLObject:
        """A connection of the server's side between two buffers."""
        return cast("ssl.SSLObject", Connection(self._openssl, incoming, outgoing))


def server_context(
    key: PrivateKey, certificate: x509.Certificate, authorities: Iterable[x509.Certificate]
) -> ServerContext:
    """TLS 1.2 and up with this key; the authorities are named to clients as those that sign theirs."""
    openssl = SSL.Context(SSL.TLS_SERVER_METHOD)
    openssl.set_min_proto_version(SSL.TLS1_2_VERSION)
    # Every connection shows its certificate anew: nothing is remembered of an earlier one.
    openssl.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    openssl.set_options(SSL.OP_NO_TICKET | SSL.OP_NO_RENEGOTIATION)
    openssl.use_certificate(certificate)
    openssl.use_privatekey(cast("Any", key))
    openssl.check_privatekey()
    for authority in authorities:
        openssl.add_client_ca(authority)
    openssl.set_verify(SSL.VERIFY_PEER, _accept)
    openssl.set_alpn_select_callback(_alpn)
    context = ServerContext(ssl.PROTOCOL_TLS_SERVER)
    context._openssl = openssl  # noqa: SLF001  # made here, where OpenSSL is known
    return context


def _accept(*_: object) -> bool:
    """Whatever OpenSSL thinks of the certificate: the system that it was sent to judges it, and explains."""
    return True


def _alpn(_connection: SSL.Connection, offered: list[bytes]) -> Any:
    return b"http/1.1" if b"http/1.1" in offered else SSL.NO_OVERLAPPING_PROTOCOLS


class Connection:
    """What asyncio uses of an ``ssl.SSLObject``, by pyOpenSSL."""

    def __init__(self, context: SSL.Context, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO) -> None:
        self._connection: Final = SSL.Connection(context, None)
        self._connection.set_accept_state()
        self._incoming: Final = incoming
        self._outgoing: Final = outgoing
        self._certificate: x509.Certificate | None = None

    @property
    def certificate(self) -> x509.Certificate | None:
        """The client's certificate; None when it sent none, or none that can be read."""
        return self._certificate

    def do_handshake(self) -> None:
        """The handshake, or the next step of it."""
        self._feed()
        try:
            self._connection.do_handshake()
        except SSL.Error as error:
            _raise(error)
        finally:
            self._drain()
        try:
            with library(MalformedError("the client's certificate cannot be read")):
                self._certificate = self._connection.get_peer_certificate(as_cryptography=True)
        except JwtToolError:
            self._certificate = None

    def read(self, size: int = 16384, buffer: bytearray | memoryview | None = None) -> bytes | int:
        """What the client sent, decrypted; nothing after its last word."""
        self._feed()
        try:
            data = self._connection.recv(size)
        except SSL.ZeroReturnError:
            data = b""
        except SSL.Error as error:
            _raise(error)
        finally:
            self._drain()
        if buffer is None:
            return data
        buffer[: len(data)] = data
        return len(data)

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Encrypt what goes to the client."""
        self._feed()
        try:
            return self._connection.send(bytes(data))
        except SSL.Error as error:
            _raise(error)
        finally:
            self._drain()

    def unwrap(self) -> None:
        """Say the last word, and wait for the other side's."""
        self._feed()
        try:
            done = self._connection.shutdown()
        except SSL.Error as error:
            _raise(error)
        finally:
            self._drain()
        if not done:
            raise ssl.SSLWantReadError

    def getpeercert(self, binary_form: bool = False) -> None:  # noqa: FBT001, FBT002  # ssl's signature
        """Nothing: the handler asks for :attr:`certificate`."""

    def cipher(self) -> tuple[str, str, int] | None:
        """The cipher, its protocol and its bits."""
        name = self._connection.get_cipher_name()
        if name is None:
            return None
        return name, self._connection.get_protocol_version_name(), self._connection.get_cipher_bits() or 0

    def compression(self) -> None:
        """None, ever."""

    def _feed(self) -> None:
        while data := self._incoming.read(_MOST):
            self._connection.bio_write(data)
        if self._incoming.eof:
            self._connection.bio_shutdown()

    def _drain(self) -> None:
        while True:
            try:
                data = self._connection.bio_read(_MOST)
            except SSL.WantReadError:
                return
            except SSL.Error:
                return
            self._outgoing.write(data)


def _raise(error: SSL.Error) -> NoReturn:
    """The same as ``ssl`` would say it, which asyncio understands."""
    if isinstance(error, SSL.WantReadError | SSL.WantWriteError):
        raise ssl.SSLWantReadError from None
    if isinstance(error, SSL.ZeroReturnError):
        raise ssl.SSLZeroReturnError from None
    if isinstance(error, SSL.SysCallError):
        raise ssl.SSLEOFError from None
    raise ssl.SSLError(1, "TLS failed") from None
