"""The sandbox over HTTP: aiohttp reads the requests and writes the answers, and nothing is decided here."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Final

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from jwttool.encoding import printable
from jwttool.errors import JwtToolError
from jwttool.sandbox.endpoints import respond
from jwttool.sandbox.exchange import MOST_BODY, REASON, Answer, Request, json_body
from jwttool.sandbox.server.tls import Connection

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from aiohttp.web_protocol import RequestHandler

    from jwttool.sandbox.faults import Fault
    from jwttool.sandbox.server.folder import Folder

READ_TIMEOUT: Final = 20
"""Seconds in which a body has to be there."""
FIRST_REQUEST: Final = 30
"""Seconds in which a new connection has to bring the head of a request."""
_SHOWN: Final = 120


class Handler:
    """Takes a request from aiohttp to the logic, and the answer back."""

    def __init__(
        self,
        folder: Folder,
        base: str,
        hosts: Collection[str],
        clock: Callable[[], datetime],
        faults: tuple[Fault, ...],
        log: Callable[[str], None],
    ) -> None:
        """``hosts`` are the values of Host that name this server; others get ``base``."""
        self._folder: Final = folder
        self._base: Final = base
        self._hosts: Final = frozenset(hosts)
        self._clock: Final = clock
        self._faults: Final = faults
        self._log: Final = log
        self._waiting: Final[dict[RequestHandler, asyncio.TimerHandle]] = {}

    def watch(self, protocol: RequestHandler) -> RequestHandler:
        """End a connection over which no whole request comes in time: it would be kept open for nothing."""

        def end() -> None:
            del self._waiting[protocol]
            if protocol.transport is not None:
                protocol.transport.abort()

        self._waiting[protocol] = asyncio.get_running_loop().call_later(FIRST_REQUEST, end)
        return protocol

    async def answer(self, request: web.Request) -> web.Response:
        """Answer one request, whatever it is."""
        received = self._clock()
        timer = self._waiting.pop(request.protocol, None)
        if timer is not None:
            timer.cancel()
        body: bytes | None = None
        try:
            body = await _body(request)
            answer = self._kept(
                respond(self._request(request, body, received), self._folder.bank, self._faults)
            )
        except TimeoutError:
            answer = _other(408, f"sandbox-size: the body was not there after {READ_TIMEOUT} s")
        except (web.RequestPayloadError, HttpProcessingError, ConnectionError):
            answer = _other(400, "sandbox-http: the body is cut off, or not encoded as its headers say")
        except Exception as error:  # noqa: BLE001  # a fault of ours: it is told, and the server lives
            answer = _other(500, f"sandbox-error: a fault of jwttool itself ({type(error).__name__})")
        self._log(_line(request, answer, received))
        if answer.delay:
            await asyncio.sleep(answer.delay)
        response = _response(answer, self._clock())
        if body is None or len(body) > MOST_BODY:  # the rest of it is nobody's to wait for
            response.force_close()
        return response

    def _request(self, request: web.Request, body: bytes, at: datetime) -> Request:
        path, _, query = request.raw_path.partition("?")
        connection = None if request.transport is None else request.transport.get_extra_info("ssl_object")
        client = connection if isinstance(connection, Connection) else None
        host = request.headers.get("Host", "").lower()
        return Request(
            method=request.method,
            path=path,
            query=query,
            headers=tuple(request.headers.items()),
            body=body,
            certificate=None if client is None else client.certificate,
            at=at,
            base=f"https://{host}" if host in self._hosts else self._base,
        )

    def _kept(self, answer: Answer) -> Answer:
        """Write down what was issued, before anybody hears of it."""
        if answer.issued is None:
            return answer
        try:
            file = self._folder.keep(answer.issued)
        except JwtToolError as error:
            return _other(500, f"sandbox-error: {error.message}")
        return replace(answer, reasons=(*answer.reasons, f"sandbox-issued: {file}"))


async def _body(request: web.Request) -> bytes:
    """The body, up to a little more than is taken; what is larger is not read to its end.

    :raises TimeoutError: it is not there in time.
    """
    parts: list[bytes] = []
    size = 0
    async with asyncio.timeout(READ_TIMEOUT):
        while size <= MOST_BODY and (part := await request.content.readany()):
            parts.append(part)
            size += len(part)
    return b"".join(parts)


class AiohttpLog(logging.Handler):
    """aiohttp's own remarks in our log: what kind they are, and nothing of what a client sent."""

    def __init__(self, log: Callable[[str], None]) -> None:
        super().__init__()
        self._log: Final = log

    def emit(self, record: logging.LogRecord) -> None:
        """One line; not of the remarks without an exception, such as that a client went away."""
        kind = record.exc_info[0] if record.exc_info else None
        if kind is None and record.levelno < logging.WARNING:
            return
        self._log(
            f"sandbox-http: refused before it was a request ({kind.__name__ if kind else record.levelname})"
        )


def aiohttp_logger(log: Callable[[str], None]) -> logging.Logger:
    """A logger that no configuration of the process knows of."""
    logger = logging.Logger("jwttool.sandbox")  # noqa: LOG001  # one of its own, on purpose
    logger.addHandler(AiohttpLog(log))
    return logger


def _other(status: int, reason: str) -> Answer:
    return Answer(
        status=status,
        body=json_body({"error": "invalid_request" if status < 500 else "server_error"}),
        reasons=(reason,),
    )


def _response(answer: Answer, now: datetime) -> web.Response:
    date = format_datetime(now + timedelta(seconds=answer.clock), usegmt=True)
    headers = [("Date", date), ("Server", "jwttool-sandbox"), (REASON, answer.reason), *answer.headers]
    if answer.body:
        headers.append(("Content-Type", answer.content_type))
    return web.Response(status=answer.status, body=answer.body or None, headers=headers)


def _line(request: web.Request, answer: Answer, at: datetime) -> str:
    """One line of the log: neither query nor body, in which secrets stand."""
    path = printable(request.raw_path.partition("?")[0], _SHOWN)
    who = "-" if answer.client is None else answer.client
    return f"{at:%H:%M:%S} {printable(request.method, 20)} {path} {answer.status} {who} {answer.reason}"
