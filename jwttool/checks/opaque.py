"""What can be said of a token that is opaque."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jwttool.checks.rule import Finding, Outcome, rule
from jwttool.report import Severity

if TYPE_CHECKING:
    from jwttool.checks.rule import Rule

SHORTEST: Final = 22
"""Characters of base64url that 128 random bits take."""


@dataclass(frozen=True, slots=True)
class OpaqueView:
    """An opaque token, by what is known of it; never the token itself.

    ``begins_like_token``: it begins as the header of a JWT does. ``dots``: how many it has.
    """

    length: int
    dots: int
    begins_like_token: bool
    placeholder_of: str | None


@rule(
    "opaque-placeholder",
    Severity.ERROR,
    "it is no placeholder of a document or a sandbox",
    "Konsentus, POST /v1/obie/tokens: access_token is hardcoded to good-access-token for client_credentials",
)
def placeholder(view: OpaqueView) -> Outcome:
    """A literal that stands in a document where a token belongs opens nothing.

    Konsentus' sandbox answers ``good-access-token`` when the grant type was
    client_credentials: ask with a one-time code instead.
    """
    if view.placeholder_of is None:
        return None
    return Finding(
        f"this is the literal that {view.placeholder_of} answers in the place of a token",
        "ask for a token with a one-time code (auth_code); this one is accepted nowhere",
    )


@rule(
    "opaque-cut",
    Severity.ERROR,
    "it is no part of a JWT",
    "RFC 7515 section 7.1; RFC 7516 section 7.1: two dots or four",
)
def cut(view: OpaqueView) -> Outcome:
    """A JWT has two dots or four; one that begins like a JWT and has fewer was cut on its way.

    Copy it whole: terminals, logs and columns of databases cut long lines.
    """
    if not view.begins_like_token:
        return None
    dots = {0: "no dot", 1: "one dot"}.get(view.dots, f"{view.dots} dots")
    return Finding(
        f"it begins like the header of a JWT and has {dots}: a part of a token",
        "copy the whole token; terminals and logs cut long lines",
    )


@rule(
    "opaque-length",
    Severity.WARNING,
    "it is long enough not to be guessed",
    "RFC 6749 section 10.10: the probability of guessing is to be at most 2^-128",
    needs=("opaque-placeholder", "opaque-cut"),
)
def length(view: OpaqueView) -> Outcome:
    """An opaque token is as strong as it is hard to guess: 128 random bits take 22 characters.

    If this is the whole token, its issuer has to make longer ones.
    """
    if view.length >= SHORTEST:
        return None
    return Finding(
        f"{view.length} characters hold fewer than 128 random bits",
        "is this the whole token? if it is, ask its issuer",
    )


OPAQUE_RULES: Final[tuple[Rule[OpaqueView], ...]] = (placeholder, cut, length)
