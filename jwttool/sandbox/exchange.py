"""A request and an answer of the sandbox as values, and the refusal that explains itself.

Nothing here knows of sockets: what comes in was read by the server, and what
goes out is written by it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from jwttool.checks.answer import judge_message
from jwttool.checks.answer.message import SECRETS, BodyKind, Fault, FaultKind, Message, MessageKind
from jwttool.encoding import printable
from jwttool.inspection.message_body import Body, read_body
from jwttool.report import Status
from jwttool.times import unix_seconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from cryptography import x509

    from jwttool.encoding import JsonObject
    from jwttool.providers import Provider
    from jwttool.report import Check
    from jwttool.sandbox.clients import SandboxClient

Pairs = tuple[tuple[str, str], ...]

JSON_TYPE: Final = "application/json"
REASON: Final = "Jwttool-Sandbox-Reason"
FAULT: Final = "Jwttool-Sandbox-Fault"
NO_STORE: Final = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))
"""RFC 6749 section 5.1: what holds a token is not kept by anything between."""
MOST_BODY: Final = 64 * 1024
"""Octets of a request's body."""
_MOST_QUERY: Final = 8 * 1024
_MOST_REASON: Final = 1500


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a client sent; ``base`` is the server's own URL as this client wrote it.

    ``at`` is the server's time, aware. ``certificate`` is the client's, of the TLS connection, and not
    judged yet.
    """

    method: str
    path: str
    at: datetime
    base: str
    query: str = field(default="", repr=False)
    headers: Pairs = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    certificate: x509.Certificate | None = None

    @property
    def now(self) -> int:
        """The server's time in Unix seconds."""
        return unix_seconds(self.at)

    def header(self, name: str) -> str | None:
        """The first header of that name, in any case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def parameters(self) -> dict[str, str]:
        """The fields of the query.

        :raises Refusal: for one that is there twice, or that is none.
        """
        try:
            pairs = (
                parse_qsl(
                    self.query[:_MOST_QUERY],
                    keep_blank_values=True,
                    strict_parsing=True,
                    errors="strict",
                    max_num_fields=50,
                )
                if self.query
                else []
            )
        except ValueError:
            raise Refusal(Kind.REQUEST, "request-query: the query is not name=value in UTF-8") from None
        found = dict(pairs)
        if len(found) != len(pairs):
            raise Refusal(Kind.REQUEST, "request-repeated: a field of the query is there twice")
        return found


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate that the portal just signed, and the client as it is now."""

    client: SandboxClient
    certificate: bytes
    new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What goes back; ``reasons`` are for the header and the log that no bank would have.

    ``delay`` is in seconds, ``clock`` in seconds by which the server's clock is off.
    """

    status: int
    body: bytes = field(default=b"", repr=False)
    content_type: str = JSON_TYPE
    headers: Pairs = field(default=(), repr=False)
    reasons: tuple[str, ...] = ()
    client: str | None = None
    issued: Issued | None = None
    delay: float = 0
    clock: int = 0

    @property
    def reason(self) -> str:
        """The reasons on one line of ASCII, whatever came from outside escaped."""
        text = printable("; ".join(self.reasons) or "accepted", _MOST_REASON)
        return text.encode("ascii", "backslashreplace").decode("ascii")


class Kind(Enum):
    """Why a request is refused, from which each system makes its own status and body."""

    REQUEST = "the request is not as it should be"
    METHOD = "the method"
    CONTENT_TYPE = "the media type"
    TOO_LARGE = "the body is too large"
    GRANT_TYPE = "a grant type that is not offered"
    CLIENT = "the client could not be authenticated"
    FORBIDDEN = "the client is who it says, and may not"
    SCOPE = "the scope"
    GRANT = "the code or the refresh token"
    TOKEN = "the access token"  # noqa: S105  # no token
    UNKNOWN = "there is nothing at this address"
    FAULT = "a fault that was asked for"


class Refusal(Exception):  # noqa: N818  # it is an answer, and no fault of anybody's code
    """A request that is refused: why, for the explanation, and in which words, for the body.

    ``words`` are what the system itself would say; None where it says nothing.
    """

    def __init__(
        self, kind: Kind, *reasons: str, words: str | None = None, client: str | None = None
    ) -> None:
        super().__init__(kind)
        self.kind: Final = kind
        self.reasons: Final = reasons
        self.words: Final = words
        self.client = client


def json_body(value: Any) -> bytes:
    """JSON as servers send it."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8")


def said(checks: Iterable[Check]) -> tuple[str, ...]:
    """Checks as reasons: their ids, and what was found."""
    return tuple(f"{check.id}: {check.message}" for check in checks)


# --- reading a token request --------------------------------------------------

# What a library writes; the reader for inspection is kind to pasted text, a server is not.
_FORM_TEXT: Final = re.compile(r"[!-~]*")


def token_request(request: Request, provider: Provider) -> tuple[JsonObject, tuple[str, ...]]:
    """The fields of a request for a token, and what is to be said about it although it passes.

    Judged by the same rules as ``token inspect`` judges a request.

    :raises Refusal: a rule fails, with every one that does.
    """
    _refuse_repeated_headers(request)
    message = _message(request)
    checks = judge_message(message, provider, request.now)
    failures = [check for check in checks if check.status is Status.FAIL]
    if failures:
        raise Refusal(_kind(message, failures), *said(failures))
    if not message.members:  # what the rules leave alone, for they also judge what was cut off
        raise Refusal(Kind.REQUEST, "request-members: the body is empty")
    others = [name for name, value in message.members.items() if not isinstance(value, str)]
    if others:
        named = printable(others[0], 40)
        raise Refusal(Kind.REQUEST, f"request-members: {named} is no text")
    return message.members, said(checks)


_SINGLE: Final = frozenset({"authorization", "content-type", "ccg_token", "fi_reference_id", "version"})


def _refuse_repeated_headers(request: Request) -> None:
    """Of two headers that say who asks, one server takes the first, and another the last."""
    names = [name.lower() for name, _ in request.headers]
    for name in sorted(_SINGLE):
        if names.count(name) > 1:
            raise Refusal(Kind.REQUEST, f"request-repeated: the header {name} is there twice")


def _message(request: Request) -> Message:
    body, faults = _body(request)
    fields = (
        parse_qsl(request.query[:_MOST_QUERY], keep_blank_values=True)
        if request.query.count("&") < 50
        else []
    )
    names = tuple(dict.fromkeys(name for name, _ in fields))
    return Message(
        kind=MessageKind.REQUEST,
        form="HTTP request",
        method=request.method,
        url=request.base + request.path,
        query=names,
        url_secrets=tuple(name for name in names if name in SECRETS),
        headers=request.headers,
        body=body.kind,
        members=body.members,
        faults=(*faults, *body.faults),
    )


def _body(request: Request) -> tuple[Body, tuple[Fault, ...]]:
    try:
        text = request.body.decode("utf-8")
    except UnicodeDecodeError as error:
        fault = Fault(FaultKind.FORM, f"no UTF-8 at octet {error.start}")
        return Body(BodyKind.FORM), (fault,)
    media_type = (request.header("content-type") or "").partition(";")[0].strip().lower()
    body = read_body(text, media_type)
    if body.kind is BodyKind.FORM and not _FORM_TEXT.fullmatch(text):
        return body, (Fault(FaultKind.FORM, "white space or a character that has to be percent-encoded"),)
    return body, ()


_KINDS: Final = {
    "request-method": Kind.METHOD,
    "request-content-type": Kind.CONTENT_TYPE,
    "request-grant": Kind.GRANT_TYPE,
    "request-client-auth": Kind.CLIENT,
    "request-client-id": Kind.CLIENT,
    "request-assertion-type": Kind.CLIENT,
    "request-scope": Kind.SCOPE,
}


def _kind(message: Message, failures: Sequence[Check]) -> Kind:
    """What the first failure is about; a body that cannot be read is no matter of its media type."""
    if message.fault(FaultKind.TRAILING_COMMA, FaultKind.JSON, FaultKind.FORM) is not None:
        return Kind.REQUEST
    return _KINDS.get(failures[0].id, Kind.REQUEST)
