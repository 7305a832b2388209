"""One request over the network: bounded in time and size, never redirected, never sent twice by accident.

httpx2 does the HTTP, h11 below it the parsing; both are imported when there is
something to send.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from jwttool import __version__
from jwttool.ambient import utc_now
from jwttool.encoding import printable
from jwttool.errors import (
    JwtToolError,
    NetworkError,
    SurroundingsError,
    TlsError,
    TooLargeError,
    raise_alone,
)
from jwttool.grant.message import MAX_BODY, HttpAnswer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    import httpx2

    from jwttool.grant.message import HttpRequest

_CHUNK: Final = 64 * 1024
_PAUSES: Final = (0.2, 0.6)
"""Seconds before a second and a third try of a request of which nothing was sent."""
_HEADERS: Final = {
    "User-Agent": f"jwttool/{__version__}",
    # A compressed answer could be a thousand times as large as what came over the wire.
    "Accept-Encoding": "identity",
}


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: until a connection is there, and for all of it together."""

    connect: float = 10
    total: float = 30


def send(
    request: HttpRequest,
    context: ssl.SSLContext,
    *,
    timeouts: Timeouts | None = None,
    clock: Callable[[], datetime] = utc_now,
    sleep: Callable[[float], None] = time.sleep,
) -> HttpAnswer:
    """Send a request and read its answer, whatever it is; a redirect is an answer too.

    Proxies come from the environment (HTTPS_PROXY, NO_PROXY). A connection that
    is refused is tried again, twice: nothing was sent then. Everything else is
    tried once, because a code or an assertion may be used up.

    :raises TlsError: no connection that could be trusted.
    :raises NetworkError: no connection, no answer in time, or none that is HTTP.
    :raises TooLargeError: an answer of more than :data:`MAX_BODY` bytes.
    """
    limits = timeouts or Timeouts()
    for pause in (*_PAUSES, None):
        watch = _Watch(limits.total)
        try:
            return _send(request, context, limits, watch, clock)
        except _RefusedConnectionError as error:
            if pause is None or watch.sent:
                raise_alone(NetworkError(error.message, hint=error.hint))
        sleep(pause)
    raise AssertionError("unreachable: the last pause is None")


def _send(
    request: HttpRequest,
    context: ssl.SSLContext,
    limits: Timeouts,
    watch: _Watch,
    clock: Callable[[], datetime],
) -> HttpAnswer:
    told: JwtToolError
    try:
        with watch:
            answer = _exchange(request, context, limits, watch, clock)
        if not watch.expired:
            return answer
        told = _late(limits)  # a body without a length seems to end when the connection does
    except JwtToolError as error:
        told = error
    except Exception as error:  # noqa: BLE001  # httpx2's, ssl's, h11's: and each may hold the request
        told = _told(error, printable(urlsplit(request.url).netloc.rpartition("@")[2], 100), watch, limits)
    return raise_alone(told)


def _exchange(
    request: HttpRequest,
    context: ssl.SSLContext,
    limits: Timeouts,
    watch: _Watch,
    clock: Callable[[], datetime],
) -> HttpAnswer:
    import httpx2

    timeout = httpx2.Timeout(limits.total, connect=min(limits.connect, limits.total))
    # Plain http is for this machine's own servers: through a proxy it would carry the secrets in clear.
    through_proxy = urlsplit(request.url).scheme == "https"
    with httpx2.Client(
        verify=context,
        follow_redirects=False,
        timeout=timeout,
        headers=_HEADERS,
        trust_env=through_proxy,
    ) as client:
        prepared = client.build_request(
            request.method,
            request.url,
            headers=[(name.encode("ascii"), value.encode("utf-8")) for name, value in request.headers],
            content=request.body,
            extensions={"trace": watch.trace},
        )
        response = client.send(prepared, stream=True)
        received_at = clock()
        try:
            body = _body(response)
        finally:
            response.close()
    return HttpAnswer(
        status=response.status_code,
        reason=printable(response.reason_phrase, 100),
        headers=tuple(
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw
        ),
        body=body,
        received_at=received_at,
    )


def _body(response: httpx2.Response) -> bytes:
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"identity", ""}:
        raise NetworkError(
            "the answer is compressed, which was not asked for", hint="a proxy may do that: try without it"
        )
    parts: list[bytes] = []
    size = 0
    for chunk in response.iter_raw(_CHUNK):
        size += len(chunk)
        if size > MAX_BODY:
            raise TooLargeError(f"the answer is larger than the limit of {MAX_BODY:,} bytes")
        parts.append(chunk)
    return b"".join(parts)


class _Watch:
    """Ends a connection when the time is up, and knows whether anything was sent over it.

    httpx2 bounds every single read; a server that sends a byte now and then
    keeps it reading for ever. Shutting the socket down ends that from outside.
    """

    def __init__(self, seconds: float) -> None:
        self.expired = False
        self.sent = False
        self._socket: socket.socket | None = None
        self._lock: Final = threading.Lock()
        self._timer: Final = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def trace(self, name: str, info: Mapping[str, Any]) -> None:
        """What httpcore2 tells while it works (its ``trace`` extension)."""
        if name.endswith((".connect_tcp.complete", ".start_tls.complete")):
            with self._lock:
                self._socket = info["return_value"].get_extra_info("socket")
            if self.expired:
                self._shut()
        elif name.endswith(".send_request_headers.started"):
            self.sent = True

    def _end(self) -> None:
        self.expired = True
        self._shut()

    def _shut(self) -> None:
        with self._lock:
            if self._socket is not None:
                # Not SSLSocket's own method: it takes the encryption off before it shuts down,
                # and what is just being written would go out in the clear.
                with contextlib.suppress(OSError):
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()


# --- what went wrong, in words ------------------------------------------------------


class _RefusedConnectionError(SurroundingsError):
    """Nobody listens there; nothing was sent."""

    code = "network"


_UNTRUSTED: Final = frozenset({2, 18, 19, 20, 21})
"""X509_V_ERR_*: issuer not found, self-signed, self-signed in chain, no local issuer, first not verified."""
_VERIFY: Final = {
    9: ("the server's certificate is not valid yet", "check this machine's clock"),
    10: ("the server's certificate has expired", "the server's to mend; check this machine's clock"),
    23: ("the server's certificate is revoked", "do not connect; tell whoever runs the server"),
}
_NAME: Final = frozenset({62, 64})
_ALERTS: Final = {
    "UNKNOWN_CA": (
        "the server does not know the issuer of our certificate",
        "is it the certificate that this system issued or registered, and the right environment?",
    ),
    "CERTIFICATE_REQUIRED": (
        "the server asks for a client certificate, and there was none",
        "set tls_key and tls_certificate",
    ),
    "BAD_CERTIFICATE": (
        "the server does not take our certificate",
        "is it registered with this system, and for this environment?",
    ),
    "CERTIFICATE_EXPIRED": ("the server says that our certificate has expired", "have a new one issued"),
    "CERTIFICATE_REVOKED": ("the server says that our certificate is revoked", "have a new one issued"),
    "CERTIFICATE_UNKNOWN": (
        "the server does not take our certificate, and does not say why",
        "is it registered with this system, and for this environment?",
    ),
    "UNSUPPORTED_CERTIFICATE": (
        "the server takes no certificate of this kind",
        "`jwttool cert show` tells its uses: clientAuth has to be among them",
    ),
    "ACCESS_DENIED": ("the server refuses our certificate", "is it registered with this system?"),
    "HANDSHAKE_FAILURE": (
        "the server finds nothing that both sides can do",
        "often it wants a client certificate: set tls_key and tls_certificate",
    ),
    "PROTOCOL_VERSION": ("the server speaks no TLS 1.2 or later", "the server's to mend"),
}
_NO_TLS: Final = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"})


def _told(error: BaseException, shown: str, watch: _Watch, limits: Timeouts) -> JwtToolError:
    """An error of ours for whatever a library raised; nothing of the request is in it, but its host."""
    import httpx2

    causes = list(_causes(error))
    if watch.expired:
        return _late(limits)
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _unverified(cause, shown)
    for cause in causes:
        if isinstance(cause, ssl.SSLError):
            return _no_tls(cause, shown)
    if isinstance(error, httpx2.TimeoutException):
        what = "no connection came about" if isinstance(error, httpx2.ConnectTimeout) else "no answer came"
        return NetworkError(f"{what} in time from {shown}", hint="--timeout gives it longer")
    for cause in causes:
        if isinstance(cause, socket.gaierror):
            return NetworkError(
                f"the name {shown} cannot be resolved", hint="is it spelled right, and is the network there?"
            )
        if isinstance(cause, ConnectionRefusedError):
            return _RefusedConnectionError(
                f"{shown} refuses the connection", hint="is the port right, and does the server run?"
            )
    return _other(error, shown)


def _other(error: BaseException, shown: str) -> JwtToolError:
    import httpx2

    if isinstance(error, httpx2.ProxyError):
        return NetworkError(
            f"the proxy does not let the connection to {shown} through",
            hint="HTTPS_PROXY names it; NO_PROXY names hosts to reach without it",
        )
    if isinstance(error, httpx2.RemoteProtocolError):
        return NetworkError(
            f"{shown} does not answer as HTTP asks, or ends the connection",
            hint="is it the token endpoint, and does the path to it lead through no odd proxy?",
        )
    if isinstance(error, httpx2.TransportError):
        return NetworkError(
            f"the connection to {shown} broke", hint="try again; a code or an assertion may be used up"
        )
    # A proxy that the environment spells wrongly, a URL that is none, a header that cannot be sent.
    return NetworkError(
        f"no request can be made to {shown}: {type(error).__name__}",
        hint="is the URL right, and HTTPS_PROXY, if it is set?",
    )


def _late(limits: Timeouts) -> NetworkError:
    return NetworkError(f"no whole answer came within {limits.total:g} s", hint="--timeout gives it longer")


def _causes(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found and len(found) < 20:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def _unverified(error: ssl.SSLCertVerificationError, host: str) -> TlsError:
    if error.verify_code in _NAME:
        return TlsError(
            f"the server's certificate is for another name than {host}",
            hint="is the URL right? Somebody may stand between",
        )
    if error.verify_code in _UNTRUSTED:
        return TlsError(
            f"the certificate of {host} leads to no authority that is trusted here",
            hint="a private CA is named with --server-ca FILE, or server_ca in jwttool.toml",
        )
    told = _VERIFY.get(error.verify_code)
    if told is not None:
        return TlsError(f"{told[0]} ({host})", hint=told[1])
    return TlsError(f"the certificate of {host} is not accepted: {printable(error.verify_message, 100)}")


def _no_tls(error: ssl.SSLError, host: str) -> TlsError:
    reason = error.reason or ""
    for name, (what, hint) in _ALERTS.items():
        if reason.endswith(f"ALERT_{name}"):
            return TlsError(f"{what} ({host})", hint=hint)
    if reason in _NO_TLS:
        return TlsError(f"{host} speaks no TLS on this port", hint="is the port right?")
    return TlsError(f"no TLS connection to {host}: {printable(reason or 'it ended', 60)}")
