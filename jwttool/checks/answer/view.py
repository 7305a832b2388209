"""What the rules for answers and requests look at: the message, the system, the time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from jwttool.checks.answer.message import MessageKind
from jwttool.checks.rule import Finding
from jwttool.encoding import b64url_decode, parse_json_object
from jwttool.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jwttool.checks.answer.message import Message
    from jwttool.encoding import JsonObject
    from jwttool.providers.base import Provider
    from jwttool.providers.shapes import ErrorAnswer, Member, TokenAnswer, TokenRequest
    from jwttool.providers.source import Source
    from jwttool.report import Severity

AUTHENTICATION: Final = frozenset({"client_secret", "client_assertion", "client_assertion_type"})
"""The fields by which a client shows who it is; they have rules of their own."""
_TOKEN_FIELDS: Final = AUTHENTICATION | {"grant_type", "code", "auth_code", "refresh_token"}


@dataclass(frozen=True, slots=True)
class SourcedFinding(Finding):
    """A finding that another source stands behind than the rule's own: a system's document."""

    source: Source | str | None = None


@dataclass(frozen=True, slots=True)
class AnswerView:
    """A message and what it is judged by; ``now`` in Unix seconds.

    Without a provider, and where a provider says nothing, the standards alone judge.
    """

    message: Message
    provider: Provider | None
    now: int
    request: TokenRequest | None = field(init=False)
    """Of the system's ways to ask for a token the one that this request is most like."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "request", most_like(self.message, self.provider))

    @property
    def title(self) -> str:
        """The system's name for messages."""
        return "the server" if self.provider is None else self.provider.title

    @property
    def answer(self) -> TokenAnswer | None:
        """The system's answer with a token, where it is described."""
        return None if self.provider is None else self.provider.answer

    @property
    def errors(self) -> ErrorAnswer | None:
        """The system's answer that says no, where it is described."""
        return None if self.provider is None else self.provider.errors

    @property
    def content(self) -> JsonObject:
        """The members of the message that say something."""
        return self.message.content

    @property
    def is_grant(self) -> bool:
        """Whether it is an answer that should hold a token: it was read, and it says no no."""
        message = self.message
        if message.kind is not MessageKind.RESPONSE or message.callback:
            return False
        if self.is_of_api and "access_token" not in message.content:
            return False
        return bool(message.members) and not message.is_refusal

    @property
    def is_token_request(self) -> bool:
        """Whether it is a request for a token, and not one that uses a token or shows its head alone."""
        message = self.message
        if message.kind is not MessageKind.REQUEST or self.is_callback:
            return False
        if not _TOKEN_FIELDS.isdisjoint((*message.members, *message.query)):
            return True
        return message.method == "POST" and _last_segment(message.url or "") in {"token", "tokens"}

    @property
    def is_callback(self) -> bool:
        """Whether it is a browser's request that brings a code to a call-back URL (RFC 6749 4.1.2)."""
        message = self.message
        return message.method == "GET" and {"code", "state"} <= set(message.query) and not message.members

    @property
    def is_of_api(self) -> bool:
        """Whether it is the answer of an API, to which a token was sent, and not of a token endpoint."""
        message = self.message
        if message.url is not None:
            return "token" not in _last_segment(message.url).lower()
        # RFC 6750 section 3: a server that takes bearer tokens challenges so.
        return (message.header("www-authenticate") or "").lower().startswith(("bearer", "dpop"))

    def where(self, name: str) -> str:
        """Where a member stands, for a finding."""
        inside = self.message.envelope if name not in self.message.members else None
        return f"{inside}.{name}" if inside else name

    def member(self, name: str) -> Member | None:
        """How the system's document describes a member of the answer."""
        members = () if self.answer is None else self.answer.members
        return next((member for member in members if member.name == name), None)


def by_document(
    view: AnswerView, message: str, hint: str, where: str, severity: Severity | None = None
) -> Finding:
    """A finding with the system's document as its source, where there is one."""
    if view.message.kind is MessageKind.REQUEST:
        requests = () if view.provider is None else view.provider.requests
        shape = view.request or (requests[0] if requests else None)
        return SourcedFinding(message, hint, where, severity, None if shape is None else shape.source)
    return SourcedFinding(message, hint, where, severity, None if view.answer is None else view.answer.source)


def listed(names: Sequence[str]) -> str:
    """Names as a sentence has them: "a, b and c"."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def token_header(token: Any) -> JsonObject:
    """The header of a token in compact form; empty for a token that has none."""
    if not isinstance(token, str) or token.count(".") not in {2, 4}:
        return {}
    return _decoded(token.partition(".")[0])


def token_claims(token: Any) -> JsonObject:
    """The claims of a signed token, unverified; empty for a token that shows none."""
    if not isinstance(token, str) or token.count(".") != 2:
        return {}
    return _decoded(token.split(".")[1])


def _decoded(segment: str) -> JsonObject:
    try:
        return parse_json_object(b64url_decode(segment))
    except InputError:
        return {}


def most_like(message: Message, provider: Provider | None) -> TokenRequest | None:
    """Of a system's ways to ask for a token the one that a request is most like."""
    requests = () if provider is None else provider.requests
    if message.kind is not MessageKind.REQUEST or not requests:
        return None
    grant = message.members.get("grant_type")

    def likeness(request: TokenRequest) -> tuple[bool, int]:
        # What tells two requests apart is the grant, then what only one of them has.
        return grant in request.grants, len(request.names & message.members.keys())

    return max(requests, key=likeness)


def _last_segment(url: str) -> str:
    return url.rstrip("/").rpartition("/")[2]
