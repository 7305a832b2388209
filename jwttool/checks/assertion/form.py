"""The form of an assertion: its parts, its header, its type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from jwttool.checks.assertion.view import HEADER
from jwttool.checks.rule import Finding, Outcome, Unjudged, rule
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
)
def header(view: AssertionView) -> Outcome:
    """The header is UTF-8 JSON, an object, with every name once, and no deeper than any honest one.

    Where two parsers can read one header differently, one may verify what the
    other does not see. Mint with a JOSE library; don't assemble JSON by hand.
    """
    return _json_fault(view, "header")


@rule(
    "assertion-claims",
    ERROR,
    "the claims are one strict JSON object",
    "RFC 7519 sections 4 and 7.2",
)
def claims(view: AssertionView) -> Outcome:
    """The claims are UTF-8 JSON, an object, with every name once, integers up to 2^53, no NaN.

    As for the header: a claim that two parsers read differently is a hole.
    """
    return _json_fault(view, "claims")


def _json_fault(view: AssertionView, part: Literal["header", "claims"]) -> Outcome:
    fault = view.token.faults.get(part)
    if fault is not None:
        return Finding(
            f"the {part} part is not the strict JSON of a token: {fault}",
            "mint with a JOSE library; don't put JSON together by hand",
            part,
        )
    if part in view.token.undecoded:
        return Unjudged("not judged, because assertion-form did not pass")
    return None


@rule(
    "assertion-crit",
    ERROR,
    "no critical extensions",
    "RFC 7515 section 4.1.11; RFC 7797 section 7; RFC 7516 section 4.1.3",
    needs=(HEADER,),
)
def crit(view: AssertionView) -> Outcome:
    """No ``crit``, no ``b64``, no ``zip``: an assertion uses nothing that a server would have to know.

    A server must refuse a ``crit`` that it doesn't understand, ``b64:false``
    changes what the signature covers, and compression is for encrypted tokens.
    Leave them out.
    """
    for name in ("crit", "b64", "zip"):
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
    found = [name for name in ("jwk", "jku", "x5u", "x5c") if name in view.header]
    if not found:
        return None
    names = " and ".join(found)
    return Finding(
        f"the header has {names}, which nothing here uses", f"leave {names} out", f"header.{found[0]}"
    )


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
