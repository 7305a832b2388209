"""An answer or a request of a token endpoint, taken apart and not judged yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from jwttool.encoding import printable

if TYPE_CHECKING:
    from jwttool.encoding import JsonObject

SECRETS: Final = frozenset(
    {
        "access_token",
        "actor_token",
        "assertion",
        "auth_code",
        "ccg_token",
        "client_assertion",
        "client_secret",
        "code",
        "code_verifier",
        "device_code",
        "id_token",
        "password",
        "refresh_token",
        "subject_token",
        "token",
    }
)
"""Members and headers whose values open something: they are never shown as they are."""


class MessageKind(StrEnum):
    """Which way a message goes."""

    RESPONSE = "response"
    REQUEST = "request"


class BodyKind(StrEnum):
    """What the body of a message is, as far as it could be read."""

    NONE = "none"
    JSON = "json"
    FORM = "form"
    HTML = "html"
    TEXT = "text"


class FaultKind(StrEnum):
    """What is odd about how a message is written."""

    TRAILING_COMMA = "trailing comma"
    JSON = "json"
    FORM = "form"
    REPEATED = "repeated"
    HEADERS = "headers"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something odd, in words that name places and members, never their values."""

    kind: FaultKind
    text: str


@dataclass(frozen=True, slots=True)
class FoundToken:
    """A token and where in the message it stands: ``data.access_token``, ``header Authorization``."""

    where: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Failure:
    """What an answer says went wrong: its code, and the words beside it."""

    code: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """An answer or a request, whole or in part. Nothing in it may be believed.

    ``form`` says in words how it was given ("HTTP answer", "JSON answer").
    ``headers`` are None where none were given; secrets are left out of them, and
    of ``url``, which has no query: ``query`` names its fields, ``url_secrets``
    those of them that hold a secret. ``sent`` are the headers of the request
    that stands before an answer. ``members`` are the JSON object or the fields
    of the form, as they are: see :data:`SECRETS`.
    """

    kind: MessageKind
    form: str
    status: int | None = None
    reason: str = field(default="", repr=False)
    method: str | None = None
    url: str | None = field(default=None, repr=False)
    query: tuple[str, ...] = field(default=(), repr=False)
    url_secrets: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] | None = field(default=None, repr=False)
    sent: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: BodyKind = BodyKind.NONE
    members: JsonObject = field(default_factory=dict, repr=False)
    envelope: str | None = None
    challenge: Failure | None = field(default=None, repr=False)
    """What ``WWW-Authenticate`` says (RFC 6750 section 3)."""
    callback: bool = False
    """Whether the members are those of the URL that a browser was sent to: the answer to GET /authorize
    (RFC 6749 section 4.1.2)."""
    faults: tuple[Fault, ...] = ()
    tokens: tuple[FoundToken, ...] = ()

    @property
    def content(self) -> JsonObject:
        """The members that say something: those inside the envelope, where there is one."""
        inside: Any = None if self.envelope is None else self.members.get(self.envelope)
        return inside if isinstance(inside, dict) else self.members

    @property
    def content_type(self) -> str | None:
        """The media type in lower case, without its parameters; None where no header says it."""
        value = self.header("content-type")
        return None if value is None else value.partition(";")[0].strip().lower()

    def header(self, name: str) -> str | None:
        """The first header of that name, in any case."""
        return next((value for key, value in self.headers or () if key.lower() == name.lower()), None)

    def fault(self, *kinds: FaultKind) -> Fault | None:
        """The first fault of these kinds."""
        return next((fault for fault in self.faults if fault.kind in kinds), None)

    def failures(self) -> tuple[Failure, ...]:
        """What an answer says went wrong, in its body or in its challenge."""
        listed = self.members.get("errors")
        if isinstance(listed, list):
            return tuple(_listed(each) for each in listed[:20] if isinstance(each, dict))
        code = self.members.get("error")
        if isinstance(code, str):
            words = _text(self.members.get("error_description"))
            # The header may say more than the body does.
            if not words and self.challenge is not None and self.challenge.code == code:
                words = self.challenge.description
            return (Failure(code, words),)
        return () if self.challenge is None else (self.challenge,)

    @property
    def is_refusal(self) -> bool:
        """Whether an answer says no: by its status, or by what it holds."""
        by_status = self.status is not None and self.status >= 400
        return by_status or "error" in self.members or "errors" in self.members or self.challenge is not None


def _listed(error: JsonObject) -> Failure:
    # An error that has neither a code nor a title can be named by its id still.
    code, title = _text(error.get("code")), _text(error.get("title"))
    return Failure(code or ("" if title else _text(error.get("id"))), title)


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    return printable(str(value), 40) if isinstance(value, int) and not isinstance(value, bool) else ""
