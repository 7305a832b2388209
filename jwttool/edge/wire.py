"""A connection to a server, with an end to every wait and a bound on what is received."""

from __future__ import annotations

import socket
import threading
import time
from typing import TYPE_CHECKING, Any, Final

from jwttool.errors import NetworkError, TlsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from jwttool.checks.tls.target import Target

CHUNK: Final = 16 * 1024

MAX_RECEIVED: Final = 1024 * 1024
"""Bytes of one connection: OpenSSL itself takes 100 KB of certificates, and as much of names of CAs."""

_MOST_ADDRESSES: Final = 8


class Closed(Exception):  # noqa: N818  # an event, and no error
    """The other side has closed the connection."""


class Wire:
    """A connected socket, with a deadline for everything."""

    def __init__(self, target: Target, timeout: float) -> None:
        self.target = target
        self._timeout = timeout
        self._deadline = time.monotonic() + timeout
        self._received = 0
        self._socket = self._connect()
        self.address = str(self._socket.getpeername()[0])

    def left(self) -> float:
        """Seconds until the deadline.

        :raises NetworkError: there are none.
        """
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise self._late()
        return left

    def elapsed(self) -> float:
        """Seconds since the beginning."""
        return self._timeout - self.left()

    def send(self, data: bytes) -> None:
        """Send what the handshake needs. A server that has hung up may have said why: that is read next."""
        self._socket.settimeout(self.left())
        try:
            self._socket.sendall(data)
        except TimeoutError:
            raise self._late() from None
        except OSError:
            return

    def receive(self, wait: float | None = None) -> bytes | None:
        """What has arrived; None when nothing does for ``wait`` seconds.

        :raises Closed: nothing will arrive any more.
        :raises NetworkError: the deadline has passed.
        :raises TlsError: more has arrived than a handshake can have.
        """
        left = self.left()
        self._socket.settimeout(left if wait is None else min(wait, left))
        try:
            data = self._socket.recv(CHUNK)
        except TimeoutError:
            if wait is not None:
                return None
            raise self._late() from None
        except OSError:  # reset
            raise Closed from None
        if not data:
            raise Closed
        if not self._received:
            self._refuse_foreign(data)
        self._received += len(data)
        if self._received > MAX_RECEIVED:
            raise TlsError(f"{self.target} sends more than {MAX_RECEIVED:,} bytes in a handshake")
        return data

    @property
    def silent(self) -> bool:
        """Whether nothing has arrived yet."""
        return not self._received

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _late(self) -> NetworkError:
        return NetworkError(
            f"{self.target} does not answer within {self._timeout:g} s",
            hint="is the port right, and does a firewall let you through? --timeout S waits longer",
        )

    def _refuse_foreign(self, data: bytes) -> None:
        # RFC 8446 section 5.1: a type from 20 to 23 and a version that begins with 3.
        if 20 <= data[0] <= 23 and data[1:2] in {b"", b"\x03"}:
            return
        what = next((name for start, name in _FOREIGN.items() if data.startswith(start)), "something else")
        raise TlsError(
            f"{self.target} does not speak TLS: it answers with {what}",
            hint="is it the right port? 443 is the usual one for https",
        )

    def _connect(self) -> socket.socket:
        found = _resolve(self.target, self.left(), self._late)
        reason = "there is no address for it"
        for number, (family, kind, protocol, _, address) in enumerate(found):
            connection = socket.socket(family, kind, protocol)
            # What is left is shared among the addresses that have not been tried.
            connection.settimeout(self.left() / (len(found) - number))
            try:
                connection.connect(address)
            except TimeoutError:
                connection.close()
                reason = f"no answer within {self._timeout:g} s"
            except OSError as error:
                connection.close()
                reason = (error.strerror or "the connection fails").lower()
            else:
                return connection
        raise NetworkError(
            f"{self.target} cannot be reached: {reason}",
            hint="are host and port right, does a firewall let you through? Proxies are not used",
        )


_FOREIGN: Final = {
    b"HTTP/": "HTTP, without TLS",
    b"SSH-": "SSH",
    b"220": "what a mail or FTP server says",
    b"* OK": "IMAP, without TLS",
    b"+OK": "POP3, without TLS",
}


def _resolve(target: Target, wait: float, late: Callable[[], NetworkError]) -> list[Any]:
    """The addresses of the host.

    In a thread of its own, because the system's resolver has no time limit; one
    that is late is left behind, and ends with the process.
    """
    outcome: list[Any] = []

    def look_up() -> None:
        try:
            outcome.append(socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            outcome.append(error)

    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(wait)
    if not outcome:
        raise late()
    if isinstance(outcome[0], Exception):
        raise NetworkError(
            f"the address of {target.host} is not found", hint="is the name right, and does DNS work here?"
        )
    found: list[Any] = outcome[0]
    return found[:_MOST_ADDRESSES]
