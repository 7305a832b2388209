"""The form of an assertion: its parts, its header, its type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jwttool.checks.assertion.view import HEADER
from jwttool.checks.rule import Finding, Outcome, rule
from jwttool.encoding import shown
from jwttool.report import Severity

if TYPE_CHECKING:
    from jwttool.checks.assertion.view import AssertionView

ERROR: Final = Severity.ERROR
WARNING: Final = Severity.WARNING

TOKEN_TYPES: Final = frozenset({"jwt", "client-authentication+jwt"})


@rule(
    "assertion-form",
    ERROR,
    "a compact signed token of three base64url parts",
    "RFC 7515 section 7.1; RFC 7523 section 3",
)
def form(view: AssertionView) -> Outcome:
    """An assertion is a JWS in compact form: three parts, strict base64url, no padding, no spare bits.

    Lenient decoding gives one token several spellings, and a replay cache that
    compares tokens can then be cheated. Send the token exactly as it was minted;
    line breaks and quotes come from copying.
    """
    fault = view.token.faults.get("form")
    return Finding(fault, "send the token as it was minted, in one piece") if fault else None


@rule(
    "assertion-header",
    ERROR,
    "the header is one strict JSON object",
    "RFC 7515 sections 4 and 10.12",
    needs=("assertion-form",),
)
def header(view: AssertionView) -> Outcome:
    """The header is UTF-8 JSON, an object, with every name once, and no deeper than any honest one.

    Where two parsers can read one header differently, one may verify what the
    other does not see. Mint with a JOSE library; don't assemble JSON by hand.
    """
    fault = view.token.faults.get("header")
    return Finding(f"the header is {fault}", "mint it with a JOSE library", "header") if fault else None


@rule(
    "assertion-claims",
    ERROR,
    "the claims are one strict JSON object",
    "RFC 7519 sections 4 and 7.2",
    needs=("assertion-form",),
)
def claims(view: AssertionView) -> Outcome:
    """The claims are UTF-8 JSON, an object, with every name once, integers up to 2^53, no NaN.

    As for the header: a claim that two parsers read differently is a hole.
    """
    fault = view.token.faults.get("claims")
    return Finding(f"the claims are {fault}", "mint them with a JOSE library", "claims") if fault else None


@rule(
    "assertion-crit",
    ERROR,
    "no critical extensions",
    "RFC 7515 section 4.1.11; RFC 7797 section 7",
    needs=(HEADER,),
)
def crit(view: AssertionView) -> Outcome:
    """No ``crit`` and no ``b64``: an assertion uses no extension that a server would have to know.

    A server must refuse a ``crit`` that it doesn't understand, and ``b64:false``
    changes what the signature covers. Leave both out.
    """
    for name in ("crit", "b64"):
        if name in view.header:
            return Finding(
                f"the header has {name}, which no assertion needs", f"leave {name} out", f"header.{name}"
            )
    return None


@rule(
    "assertion-key-header",
    WARNING,
    "the header embeds no key and names no key URL",
    "RFC 8725 sections 3.5 and 3.10; RFC 7515 sections 4.1.2 to 4.1.6",
    needs=(HEADER,),
)
def key_header(view: AssertionView) -> Outcome:
    """``jwk``, ``jku``, ``x5u`` and ``x5c`` are never used to choose a key.

    Whoever makes a token can put any key into it. jwttool ignores these members
    and fetches nothing; the system knows your certificate from the onboarding.
    Leave them out, so that nobody is tempted.
    """
    for name in ("jwk", "jku", "x5u", "x5c"):
        if name in view.header:
            return Finding(f"the header has {name}; it was not used", f"leave {name} out", f"header.{name}")
    return None


@rule(
    "assertion-typ",
    ERROR,
    "typ is one that an assertion may have",
    "RFC 8725 section 3.11; RFC 7515 section 4.1.9; draft-ietf-oauth-rfc7523bis",
    needs=(HEADER,),
)
def typ(view: AssertionView) -> Outcome:
    """``typ`` is JWT, client-authentication+jwt, or absent.

    A type tells one kind of token from another, so that an access token or a
    DPoP proof cannot pass as an assertion. Worldline's example has JWT.
    """
    if "typ" not in view.header:
        return None
    value = view.header["typ"]
    if isinstance(value, str) and value.lower().removeprefix("application/") in TOKEN_TYPES:
        return None
    return Finding(
        f"typ is {shown(value)}, the type of some other kind of token",
        "mint with typ JWT (or client-authentication+jwt where the server asks for it)",
        "header.typ",
    )
