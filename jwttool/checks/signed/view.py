"""What a shared function may look at: the token, what was expected, the keys, the time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography import x509

    from jwttool.encoding import JsonObject
    from jwttool.jose import UnverifiedToken
    from jwttool.jose.signatures import VerificationKey
    from jwttool.keys import Weakness


class Expectation(Protocol):
    """What the caller fixed, from outside the token; times in seconds."""

    @property
    def algorithms(self) -> tuple[str, ...]:
        """The allow-list."""

    @property
    def leeway(self) -> int:
        """By how much exp, nbf and iat are forgiven."""

    @property
    def clock_skew(self) -> int:
        """By how much an iat that lies ahead only warns."""


class Signed(Protocol):
    """A token and all that it is judged by; ``now`` in Unix seconds."""

    noun: ClassVar[str]
    """What it is called, which is also what the ids of its rules begin with."""
    extensions: ClassVar[tuple[str, ...]]
    """The header's extensions that it may not use."""

    @property
    def token(self) -> UnverifiedToken:
        """The token as it was read."""

    @property
    def header(self) -> JsonObject:
        """Its header; empty where that could not be read."""

    @property
    def claims(self) -> JsonObject:
        """Its claims; empty where those could not be read."""

    @property
    def expected(self) -> Expectation:
        """What the caller knows."""

    @property
    def key(self) -> ExpectedKey:
        """The keys that the caller trusts."""

    @property
    def now(self) -> int:
        """The time to judge at."""


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A public key that the caller trusts, from outside the token."""

    key: VerificationKey
    weaknesses: tuple[Weakness, ...]
    kid: str | None = None
    algorithm: str | None = None


@dataclass(frozen=True, slots=True)
class ExpectedKey:
    """The trusted keys and how a kid has to name one of them.

    With ``named_by_kid`` the kid chooses (a JWK Set). Otherwise there is one
    key, the caller's choice, and ``kid`` is what it should be called; None with
    ``no_kid_reason`` where that cannot be known. ``kid_form`` is for words.
    """

    keys: tuple[TrustedKey, ...]
    named_by_kid: bool = False
    kid: str | None = None
    kid_form: str | None = None
    no_kid_reason: str = ""
    system_kid: str | None = None
    """What the system's own rules would have as kid; None where there is no certificate."""
    certificates: Sequence[x509.Certificate] = field(default=(), repr=False)
    valid_from: int | None = None
    valid_until: int | None = None

    def choose(self, kid: Any) -> TrustedKey | None:
        """The key to verify with; None when a set has several and the kid names none."""
        if len(self.keys) == 1:
            return self.keys[0]
        # A missing kid must not choose a key that has none.
        return next((trusted for trusted in self.keys if kid is not None and trusted.kid == kid), None)


def trifle(value: str, wanted: str) -> str | None:
    """How a value differs from the one that was expected, where that is hard to see."""
    if value.strip() == wanted.strip():
        return "they differ by white space"
    if value.casefold() == wanted.casefold():
        return "they differ by upper and lower case, which counts"
    return None
