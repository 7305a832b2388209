"""The form of an assertion: its parts, its header, its type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jwttool.checks.assertion.view import HEADER
from jwttool.checks.rule import Finding, Outcome, rule
from jwttool.checks.signed import form as signed
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


header = rule(
    "assertion-header",
    ERROR,
    "the header is one strict JSON object",
    "RFC 7515 sections 4 and 10.12",
)(signed.header)


claims = rule(
    "assertion-claims",
    ERROR,
    "the claims are one strict JSON object",
    "RFC 7519 sections 4 and 7.2",
)(signed.claims)


crit = rule(
    "assertion-crit",
    ERROR,
    "no critical extensions",
    "RFC 7515 section 4.1.11; RFC 7797 section 7; RFC 7516 section 4.1.3",
    needs=(HEADER,),
)(signed.crit)


key_header = rule(
    "assertion-key-header",
    WARNING,
    "the header embeds no key and names no key URL",
    "RFC 8725 section 3.10; RFC 7515 sections 4.1.2 to 4.1.6",
    needs=(HEADER,),
)(signed.key_header)


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
