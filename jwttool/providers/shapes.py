"""The requests and answers of a token endpoint as values: what its document says, and where.

Nothing here judges. The rules compare a message with these shapes, and what
makes a request, or plays the server, can be driven by the same values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jwttool.providers.source import Source

FORM: str = "application/x-www-form-urlencoded"
JSON: str = "application/json"
ASSERTION_TYPE: str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
"""RFC 7523 section 2.2: the one value that announces a JWT as client authentication."""


class JsonType(StrEnum):
    """The types that the members of these systems have."""

    STRING = "string"
    INTEGER = "integer"
    ARRAY = "array"
    OBJECT = "object"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A member of a body, or a header, as the document describes it.

    ``values`` are all that the document allows, and empty where it leaves them
    open; ``setting`` names the client's setting that fills it in a request;
    ``secret`` says that its value is never shown, and ``example`` is the document's;
    ``lifetime`` is how many seconds the value is good for, where the document says.
    """

    name: str
    meaning: str
    type: JsonType = JsonType.STRING
    required: bool = True
    values: tuple[str | int, ...] = ()
    secret: bool = False
    setting: str | None = None
    example: str | int | None = None
    lifetime: int | None = None


class TokenKind(StrEnum):
    """What an access token looks like."""

    JWE = "jwe"
    UUID = "uuid"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenForm:
    """What the document's example of an access token looks like.

    ``header`` holds, for an encrypted token, a regular expression for the whole
    of each header member.
    """

    kind: TokenKind
    source: Source
    header: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenAnswer:
    """The answer that holds a token.

    ``envelope`` is the member that the others stand in; with ``closed`` nothing
    else is allowed beside them. ``lifetime`` and ``refresh_lifetime`` are seconds
    as documented; ``refreshable`` is None where the document is silent, and
    ``refresh_source`` is where it promises a refresh token.
    ``placeholders`` are tokens that are none, with what they mean;
    ``trailing_comma`` is the source that says that such an answer is printed
    with a comma too many, where there is one.
    """

    source: Source
    statuses: tuple[int, ...]
    members: tuple[Member, ...]
    envelope: str | None = None
    closed: bool = False
    token_type: str | None = None
    token_form: TokenForm | None = None
    lifetime: int | None = None
    refreshable: bool | None = None
    refresh_lifetime: int | None = None
    refresh_hint: str = ""
    refresh_source: Source | None = None
    placeholders: Mapping[str, str] = field(default_factory=dict)
    trailing_comma: Source | None = None


@dataclass(frozen=True, slots=True)
class StatusMeaning:
    """What an HTTP status means with this system, and what to try.

    The status is that of the token endpoint; with ``of_api``, that of the API
    that the token is for.
    """

    meaning: str
    hint: str
    source: Source
    of_api: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """What an OAuth error code means with this system, and what to try.

    ``words`` narrows it to error descriptions that hold one of them, compared
    without regard to case; ``silent`` to answers without any description.
    """

    code: str
    meaning: str
    hint: str
    source: Source
    words: tuple[str, ...] = ()
    silent: bool = False

    def explains(self, code: str, description: str) -> bool:
        """Whether an error of this code and description is the one that is meant."""
        if code != self.code or (self.silent and description):
            return False
        folded = description.casefold()
        return not self.words or any(word.casefold() in folded for word in self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorAnswer:
    """The answer that says no.

    ``envelope`` is the member that holds a list of errors, where there is one.
    Of the ``causes`` the first that explains an error is the one that is told.
    """

    source: Source
    statuses: Mapping[int, StatusMeaning]
    members: tuple[Member, ...] = ()
    envelope: str | None = None
    causes: tuple[Cause, ...] = ()

    def cause(self, code: str, description: str) -> Cause | None:
        """What this system means by an error; None when its document says nothing of it."""
        return next((cause for cause in self.causes if cause.explains(code, description)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRequest:
    """One way to ask for a token.

    ``basic`` says that an ``Authorization: Basic`` header authenticates the
    client. ``headers`` are those that the document asks for beside Content-Type.
    """

    name: str
    title: str
    source: Source
    content_type: str
    members: tuple[Member, ...]
    headers: tuple[Member, ...] = ()
    method: str = "POST"
    basic: bool = False

    @property
    def names(self) -> frozenset[str]:
        """The names of the body's members."""
        return frozenset(member.name for member in self.members)

    @property
    def grants(self) -> tuple[str, ...]:
        """The grant types that the document allows here; none where it knows of no grant_type."""
        return tuple(
            str(value) for member in self.members if member.name == "grant_type" for value in member.values
        )


@dataclass(frozen=True, slots=True)
class Mark:
    """What gives a system away.

    ``patterns`` are regular expressions for the whole of a value, and None where
    it is enough that it is there; all have to match. Their names are ``url``,
    ``status``, ``callback`` (it came by a redirect), ``header.NAME`` (in lower case), ``answer.NAME`` and
    ``request.NAME`` (a member of the body; one inside another is
    ``answer.data.NAME``), ``token.NAME`` (a member of the token's header) and
    ``claim.NAME``. None of ``absent``, named and matched likewise, may be there.
    A ``weak`` mark may well be another system's, one that is not described here: it counts
    where no other mark fits. ``reason`` completes "recognised by ...".
    """

    reason: str
    patterns: Mapping[str, str | None]
    absent: Mapping[str, str | None] = field(default_factory=dict)
    weak: bool = False

    @property
    def is_in_token(self) -> bool:
        """Whether the token alone shows it, whatever it came in."""
        in_token = all(name.startswith(("token.", "claim.")) for name in self.patterns)
        return in_token and not self.absent and not self.weak
