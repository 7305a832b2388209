"""What the rules for assertions look at: the token, what was expected, the key, the time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from jwttool.checks.rule import Finding
from jwttool.checks.signed.form import not_a_text
from jwttool.checks.signed.view import trifle

if TYPE_CHECKING:
    from jwttool.checks.signed.view import ExpectedKey
    from jwttool.encoding import JsonObject
    from jwttool.jose import UnverifiedToken
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

    @property
    def clock_skew(self) -> int:
        """Seconds by which an iat that lies ahead only warns."""
        return self.rules.clock_skew


@dataclass(slots=True)
class AssertionView:
    """A token and all that it is judged by; ``now`` in Unix seconds."""

    noun: ClassVar[str] = "assertion"
    extensions: ClassVar[tuple[str, ...]] = ("crit", "b64", "zip")

    token: UnverifiedToken
    header: JsonObject
    claims: JsonObject
    expected: Expected
    key: ExpectedKey
    now: int
    used: bool | None = None
    """Whether it was used before, from a store; None where no store was asked."""


def text_fault(view: AssertionView, name: str) -> Finding | None:
    """A claim that is there but is no text of its own: RFC 7519 wants a string, compared exactly."""
    value = view.claims[name]
    fault = not_a_text(name, value)
    return None if fault is None else Finding(fault, _quote_hint(name, value), f"claims.{name}")


def _quote_hint(name: str, value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return f'a client id of digits is still a string: {name} must be "{value}", in quotes'
    return f"mint with {name} as one string"


def difference(value: str, wanted: str, what: str) -> str:
    """How a value differs from the one that was expected, as a hint."""
    return trifle(value, wanted) or f"mint with the {what} of the system that the assertion is for"
