"""What the rules for assertions look at: the token, what was expected, the key, the time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from jwttool.checks.rule import Finding
from jwttool.encoding import json_type

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography import x509

    from jwttool.encoding import JsonObject
    from jwttool.jose import UnverifiedToken
    from jwttool.jose.signatures import VerificationKey
    from jwttool.keys import Weakness
    from jwttool.providers import AssertionRules

HEADER: Final = "assertion-header"
CLAIMS: Final = "assertion-claims"
"""The two rules that all others need."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the caller knows, from outside the token. None means: not compared."""

    rules: AssertionRules
    algorithms: tuple[str, ...]
    audience: str | None
    client_id: str | None
    leeway: int = 0
    audience_is_issuer: bool = False
    """Whether the audience has the form of the system's issuer; judged once for all tokens."""


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


@dataclass(slots=True)
class AssertionView:
    """A token and all that it is judged by; ``now`` in Unix seconds."""

    token: UnverifiedToken
    header: JsonObject
    claims: JsonObject
    expected: Expected
    key: ExpectedKey
    now: int


def text_fault(view: AssertionView, name: str) -> Finding | None:
    """A claim that is there but is no text of its own: RFC 7519 wants a string, compared exactly."""
    value = view.claims[name]
    if isinstance(value, str) and value:
        return None
    what = "an empty string" if value == "" else json_type(value)
    return Finding(
        f"{name} is {what}, not a string with something in it", _quote_hint(name, value), f"claims.{name}"
    )


def _quote_hint(name: str, value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return f'a client id of digits is still a string: {name} must be "{value}", in quotes'
    return f"mint with {name} as one string"


def difference(value: str, wanted: str, what: str) -> str:
    """How a value differs from the one that was expected, as a hint."""
    if value.strip() == wanted.strip():
        return "they differ by white space"
    if value.casefold() == wanted.casefold():
        return "they differ by upper and lower case, which counts"
    return f"mint with the {what} of the system that the assertion is for"
