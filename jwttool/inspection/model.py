"""What an inspection found: one type for each kind of thing that people paste.

Nothing in any of them may be believed: an inspection trusts nothing and
verifies nothing. What was verified has another type, which only a verification
makes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, TypeGuard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jwttool.checks.answer.message import Message
    from jwttool.encoding import JsonObject
    from jwttool.jose import UnverifiedToken
    from jwttool.jose.encrypted import EncryptedToken, Fit
    from jwttool.providers import Provider
    from jwttool.report import Check


class Kind(StrEnum):
    """What was pasted."""

    JWS = "jws"
    JWE = "jwe"
    OPAQUE = "opaque"
    RESPONSE = "response"
    REQUEST = "request"


class Form(StrEnum):
    """How a token is written."""

    COMPACT = "compact"
    DETACHED = "compact, detached payload"
    UNENCODED = "compact, unencoded payload"
    FLATTENED = "JSON, flattened"
    GENERAL = "JSON, general"
    SD_JWT = "SD-JWT"


@dataclass(frozen=True, slots=True)
class TokenTime:
    """A claim that is a time: a number of seconds since 1970 (RFC 7519 section 2)."""

    name: str
    value: int | float

    @property
    def moment(self) -> datetime | None:
        """The moment, where a calendar holds it."""
        try:
            return datetime.fromtimestamp(self.value, UTC)
        except (ValueError, OverflowError, OSError):
            return None


# Those of RFC 7519 in the order in which they come to pass, then the others.
TIME_CLAIMS: Final = ("auth_time", "iat", "nbf", "exp", "updated_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What all inspections have.

    ``provider`` is the system that it seems to come from, and ``recognised_by``
    says why (None where the caller named the system); ``around`` says what stood around the token ("a
    Bearer prefix"); ``now`` are Unix seconds; ``text`` is the whole of it,
    which for a token is a secret.
    """

    text: str = field(repr=False)
    now: int
    findings: tuple[Check, ...] = field(default=(), repr=False)
    provider: Provider | None = field(default=None, repr=False)
    recognised_by: str | None = None
    around: str | None = None

    @property
    def kind(self) -> Kind:
        """What was pasted."""
        raise NotImplementedError

    @property
    def system(self) -> str | None:
        """The name of the system that it seems to come from."""
        return None if self.provider is None else self.provider.name

    @property
    def header(self) -> JsonObject | None:
        """The header of a token, where there is one."""
        return None

    @property
    def claims(self) -> JsonObject | None:
        """The claims of a signed token, where they could be read."""
        return None

    @property
    def inner(self) -> Inspection | None:
        """What is nested in it: the principal token of a message, the token inside a token."""
        return None

    @property
    def taken_apart(self) -> bool:
        """Whether anything of it could be read."""
        return True

    def times(self) -> Iterator[TokenTime]:
        """The claims that are times, in the order in which they come to pass."""
        claims = self.claims or {}
        for name in TIME_CLAIMS:
            if _is_number(value := claims.get(name)):
                yield TokenTime(name, value)

    def lifetime(self) -> float | None:
        """Seconds from iat (or nbf) to exp, where the token says both."""
        claims = self.claims or {}
        start, end = claims.get("iat", claims.get("nbf")), claims.get("exp")
        if not (_is_number(start) and _is_number(end)):
            return None
        seconds = end - start
        return seconds if math.isfinite(seconds) else None


def _is_number(value: Any) -> TypeGuard[int | float]:
    return type(value) is int or type(value) is float  # a boolean is an int too, and no time


@dataclass(frozen=True, slots=True)
class Signer:
    """One signature of a token in general JSON form, beside the first."""

    token: UnverifiedToken
    unprotected: JsonObject = field(repr=False)


@dataclass(frozen=True, slots=True)
class Disclosure:
    """A disclosure of an SD-JWT: what its holder shows (RFC 9901 section 4.2); None could not be read."""

    name: str | None
    value: Any = field(repr=False)
    readable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectedJws(Inspection):
    """A signed token: whatever its claims say, nobody has looked at the signature.

    ``payload`` are the signed bytes where they are no JSON object;
    ``unprotected`` is the header that no signature covers (JSON forms alone).
    """

    token: UnverifiedToken
    form: Form = Form.COMPACT
    payload: bytes | None = field(default=None, repr=False)
    unprotected: JsonObject = field(default_factory=dict, repr=False)
    others: tuple[Signer, ...] = ()
    disclosures: tuple[Disclosure, ...] = field(default=(), repr=False)
    nested: Inspection | None = None

    @property
    def kind(self) -> Kind:
        """Signed."""
        return Kind.JWS

    @property
    def header(self) -> JsonObject:
        """The header, of the first signature where there are several."""
        return self.token.header

    @property
    def claims(self) -> JsonObject | None:
        """The claims, where the payload is a JSON object."""
        return None if self.payload is not None or not self._has_claims else self.token.claims

    @property
    def _has_claims(self) -> bool:
        return "claims" not in self.token.faults and "claims" not in self.token.undecoded

    @property
    def inner(self) -> Inspection | None:
        """The token that is its payload, or the key-binding token of an SD-JWT."""
        return self.nested

    @property
    def taken_apart(self) -> bool:
        """Whether the header or the payload could be read."""
        readable = self.token.header or self.unprotected or self.payload
        return bool(readable) or self._has_claims


@dataclass(frozen=True, slots=True)
class KeyFit:
    """Whether one of the caller's keys would open a token, and why."""

    name: str
    fit: Fit


@dataclass(frozen=True, slots=True)
class Recipient:
    """One recipient of a token in general JSON form, beside the first."""

    token: EncryptedToken
    unprotected: JsonObject = field(repr=False)
    made_for: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectedJwe(Inspection):
    """An encrypted token: what can be told without its key.

    ``made_for`` is the kind of key that opens it, in words.
    """

    token: EncryptedToken
    form: Form = Form.COMPACT
    made_for: str | None = None
    fits: tuple[KeyFit, ...] = ()
    unprotected: JsonObject = field(default_factory=dict, repr=False)
    others: tuple[Recipient, ...] = ()
    """Further recipients of the general JSON form."""

    @property
    def kind(self) -> Kind:
        """Encrypted."""
        return Kind.JWE

    @property
    def header(self) -> JsonObject:
        """The header, of the first recipient where there are several."""
        return self.token.header

    @property
    def taken_apart(self) -> bool:
        """Whether the header could be read."""
        return bool(self.token.header or self.unprotected)


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectedOpaque(Inspection):
    """A token that means something to its issuer alone; ``what`` says what it looks like."""

    what: str

    @property
    def kind(self) -> Kind:
        """Opaque."""
        return Kind.OPAQUE


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectedMessage(Inspection):
    """An answer or a request, and the tokens in it by where they stand, the principal one first."""

    message: Message
    tokens: tuple[tuple[str, Inspection], ...] = ()

    @property
    def kind(self) -> Kind:
        """An answer or a request."""
        return Kind(self.message.kind)

    @property
    def inner(self) -> Inspection | None:
        """The principal token."""
        return self.tokens[0][1] if self.tokens else None
