"""Handshakes with a server, to see what it says; nothing else is ever sent.

The socket is ours and OpenSSL works on memory: so every wait has an end, what is
received is bounded and counted, and what is no TLS is seen as what it is.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from cryptography import x509
from OpenSSL import SSL, crypto

from jwttool.certificates.access import der
from jwttool.checks.tls.seen import Ending, Handshake, Seen
from jwttool.edge.wire import CHUNK, Closed, Wire
from jwttool.errors import JwtToolError, MalformedError, NetworkError
from jwttool.keys.boundary import library

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jwttool.checks.tls.target import Target
    from jwttool.keys import PrivateKey

DEFAULT_TIMEOUT: Final = 10.0
"""Seconds for one connection, all of it together."""

_LEAST_WAIT: Final = 1.0
_ROUND_TRIPS: Final = 3
"""How long to wait for an alert after a handshake: at least a second, or this many times what it took."""

_ALPN: Final = [b"h2", b"http/1.1"]
_TLS13: Final = "TLSv1.3"
_FATAL: Final = 2


@dataclass(frozen=True, slots=True)
class Credentials:
    """A client certificate, the CAs to send after it, in order, and its key."""

    certificate: x509.Certificate
    others: Sequence[x509.Certificate] = ()
    key: PrivateKey | None = field(default=None, repr=False)


def probe(
    target: Target, *, credentials: Credentials | None = None, timeout: float = DEFAULT_TIMEOUT
) -> Seen:
    """One handshake without a certificate and, where one is asked for, one with ours.

    :param timeout: seconds for each of the two.
    :raises NetworkError: no such name, refused, no answer in time, or the connection was lost.
    :raises TlsError: what answers does not speak TLS.
    """
    address, bare = _handshake(target, None, timeout)
    if credentials is None or not bare.asked:
        return Seen(address=address, bare=bare)
    try:
        _, own = _handshake(target, credentials, timeout)
    except NetworkError as error:
        own = Handshake(ending=Ending.LOST, fault=error.message)
    return Seen(address=address, bare=bare, own=own)


# --- one handshake ------------------------------------------------------------


@dataclass(slots=True)
class _Heard:
    """What OpenSSL tells while it works: the alerts of the server, and the messages that it has read."""

    alert: int | None = None
    fatal: bool = False
    asked: bool = False
    ticket: bool = False

    def __call__(self, connection: SSL.Connection, where: int, value: int) -> None:
        state = connection.get_state_string()
        self.asked = self.asked or state.endswith(_REQUEST_READ)
        self.ticket = self.ticket or state.endswith(_TICKET_READ)
        # 0 and 90 say that the connection is closed (RFC 8446 section 6.1).
        if where & SSL.SSL_CB_READ_ALERT == SSL.SSL_CB_READ_ALERT and value & 0xFF not in {0, 90}:
            self.alert, self.fatal = value & 0xFF, value >> 8 == _FATAL


_REQUEST_READ: Final = b"read server certificate request"
_TICKET_READ: Final = b"read server session ticket"


def _handshake(target: Target, credentials: Credentials | None, timeout: float) -> tuple[str, Handshake]:
    heard = _Heard()
    try:
        context = _context(credentials)
    except (SSL.Error, crypto.Error) as error:
        # A key or a signature that OpenSSL takes for too weak; no server hears of it.
        return "", Handshake(ending=Ending.FAULT, fault=_reason(error))
    connection = SSL.Connection(context)
    connection.set_info_callback(heard)
    if target.sent_name is not None:
        connection.set_tlsext_host_name(target.sent_name.encode("ascii"))
    connection.set_connect_state()
    wire = Wire(target, timeout)
    try:
        return wire.address, _Attempt(connection, wire, heard).run()
    finally:
        wire.close()


def _context(credentials: Credentials | None) -> SSL.Context:
    """:raises SSL.Error, crypto.Error: OpenSSL does not take a certificate or the key."""
    context = SSL.Context(SSL.TLS_METHOD)
    context.set_min_proto_version(SSL.TLS1_2_VERSION)
    # The chain is judged afterwards, as a whole; nothing that is secret is sent before or after.
    context.set_verify(SSL.VERIFY_NONE)
    context.set_alpn_protos(_ALPN)
    if credentials is not None and credentials.key is not None:
        context.use_certificate(credentials.certificate)
        for each in credentials.others:
            context.add_extra_chain_cert(each)
        context.use_privatekey(credentials.key)
    return context


@dataclass(slots=True)
class _Attempt:
    """A handshake on its way."""

    connection: SSL.Connection
    wire: Wire
    heard: _Heard
    finished: bool = False
    answered: bool = False

    def run(self) -> Handshake:
        """:raises NetworkError: the server does not say a word, or stops in the middle."""
        fault: str | None = None
        try:
            self._shake()
            if self.connection.get_protocol_version_name() == _TLS13:
                self._wait_for_objection()
            else:  # the server's last message comes after it has judged ours
                self.answered = True
            ending = Ending.OPEN
        except Closed:
            if self.wire.silent:
                raise NetworkError(
                    f"{self.wire.target} closes the connection without a word",
                    hint="is it the right port? Some servers do so to names or callers that they do not know",
                ) from None
            ending = Ending.CLOSED
        except SSL.Error as error:
            ending = self._objected(error)
            fault = _reason(error) if ending is Ending.FAULT else None
        else:
            self._say_goodbye()
        return self._result(ending, fault)

    def _shake(self) -> None:
        while True:
            try:
                self.connection.do_handshake()
            except SSL.WantReadError:
                self._flush()
                self._feed()
            except SSL.Error:
                with contextlib.suppress(NetworkError):
                    self._flush()  # our own alert
                raise
            else:
                self._flush()
                self.finished = True
                return

    def _wait_for_objection(self) -> None:
        """Read until the server says something: in TLS 1.3 it judges our certificate after our last message.

        A session ticket, or data, comes only from a server that is content. Silence is taken for consent.
        """
        wait = max(_LEAST_WAIT, _ROUND_TRIPS * self.wire.elapsed())
        while True:
            try:
                self.connection.recv(CHUNK)
            except SSL.WantReadError:
                if self.heard.ticket:
                    self.answered = True
                    return
            except SSL.ZeroReturnError:
                raise Closed from None
            else:
                self.answered = True
                return
            if not self._feed(wait):
                return

    def _feed(self, wait: float | None = None) -> bool:
        data = self.wire.receive(wait)
        if data is None:
            return False
        self.connection.bio_write(data)
        return True

    def _flush(self) -> None:
        while True:
            try:
                data = self.connection.bio_read(CHUNK)
            except SSL.WantReadError:
                return
            self.wire.send(data)

    def _say_goodbye(self) -> None:
        with contextlib.suppress(SSL.Error, NetworkError):
            self.connection.shutdown()
            self._flush()

    def _objected(self, error: SSL.Error) -> Ending:
        """Whether it was the server that gave up, or our side."""
        if isinstance(error, SSL.SysCallError):
            return Ending.CLOSED
        told = self.heard.alert is not None
        final = self.heard.fatal or self.connection.get_protocol_version_name() == _TLS13
        return Ending.ALERT if told and final else Ending.FAULT

    def _result(self, ending: Ending, fault: str | None) -> Handshake:
        connection = self.connection
        cipher = connection.get_cipher_name()
        chain, unreadable = _chain(connection)
        authorities, strange = _authorities(connection) if self.heard.asked else ((), 0)
        return Handshake(
            ending=ending,
            finished=self.finished,
            answered=self.answered,
            alert=self.heard.alert if ending is Ending.ALERT else None,
            fault=fault,
            protocol=connection.get_protocol_version_name() if cipher else None,
            cipher=cipher,
            group=connection.get_group_name() if self.finished else None,
            alpn=connection.get_alpn_proto_negotiated().decode("latin-1") or None,
            chain=chain,
            unreadable=unreadable,
            asked=self.heard.asked,
            authorities=authorities,
            unreadable_authorities=strange,
        )


def _reason(error: SSL.Error | crypto.Error) -> str:
    """OpenSSL's words for what went wrong first."""
    entries = error.args[0] if error.args and isinstance(error.args[0], list) else []
    return str(entries[0][-1]) if entries else "no reason is given"


def _chain(connection: SSL.Connection) -> tuple[tuple[x509.Certificate, ...], int]:
    """The server's certificates, and how many more there are that cannot be read."""
    found: list[x509.Certificate] = []
    unreadable = 0
    for each in connection.get_peer_cert_chain() or ():
        try:
            with library(MalformedError("a certificate of the server's is damaged")):
                converted = each.to_cryptography()
                der(converted)
        except JwtToolError:
            unreadable += 1
        else:
            found.append(converted)
    return tuple(found), unreadable


def _authorities(connection: SSL.Connection) -> tuple[tuple[x509.Name, ...], int]:
    """The CAs that the server names, and how many more there are that cannot be read."""
    fault = MalformedError("a name of a CA is damaged")
    try:
        with library(fault):
            return tuple(connection.get_client_ca_list(as_cryptography=True)), 0
    except JwtToolError:
        pass  # one by one, to see which
    found: list[x509.Name] = []
    unreadable = 0
    with library(fault):
        encoded = [each.der() for each in connection.get_client_ca_list()]
    for each in encoded:
        try:
            with library(fault):
                found.append(x509.Name.from_bytes(each))
        except JwtToolError:
            unreadable += 1
    return tuple(found), unreadable
