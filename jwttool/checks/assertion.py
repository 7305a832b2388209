"""What a server checks of a client assertion, in the order in which it checks.

The order is Keycloak's, where a system's document gives none. What RFC 7515,
7519, 7523 or the system's own document demands is an error; what is only
inferred from how such servers behave is a warning.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from jwttool.checks.rule import Finding, Outcome, Rule, Unjudged, rule
from jwttool.checks.signer import SIGNER_RULES, ExpectedKey
from jwttool.encoding import json_type, shown
from jwttool.report import Severity
from jwttool.times import duration, rfc3339_from_unix

if TYPE_CHECKING:
    from jwttool.encoding import JsonObject
    from jwttool.jose import UnverifiedToken
    from jwttool.providers import AssertionRules

ERROR: Final = Severity.ERROR
WARNING: Final = Severity.WARNING

LONGEST_LIFETIME: Final = 24 * 3600
"""Seconds. A server has to remember every jti until its exp: there must be a bound."""
_MILLISECONDS: Final = 10**11
"""Seconds until the year 5138: a larger number is a time in milliseconds."""
TOKEN_TYPES: Final = frozenset({"jwt", "client-authentication+jwt"})


@dataclass(slots=True)
class Expected:
    """What the caller knows, from outside the token. None means: not compared."""

    rules: AssertionRules
    algorithms: tuple[str, ...]
    audience: str | None
    client_id: str | None
    leeway: int = 0


@dataclass(slots=True)
class AssertionView:
    """What the rules look at: the token, what was expected, the key, and the time in Unix seconds."""

    token: UnverifiedToken
    header: JsonObject
    claims: JsonObject
    expected: Expected
    key: ExpectedKey
    now: int


# --- the form -----------------------------------------------------------------


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


_HEADER: Final = ("assertion-header",)
_CLAIMS: Final = ("assertion-claims",)


@rule(
    "assertion-crit",
    ERROR,
    "no critical extensions",
    "RFC 7515 section 4.1.11; RFC 7797 section 7",
    needs=_HEADER,
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
    needs=_HEADER,
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
    needs=_HEADER,
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


# --- who ----------------------------------------------------------------------


def _text_fault(view: AssertionView, name: str) -> Finding | None:
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


@rule(
    "assertion-sub",
    ERROR,
    "sub is there, a string",
    "RFC 7523 section 3, item 2 (B)",
    needs=_CLAIMS,
)
def sub(view: AssertionView) -> Outcome:
    """For client authentication the subject must be the client_id, one string.

    The server finds the client by it before it looks at anything else.
    """
    if "sub" not in view.claims:
        return Finding("sub is missing", "sub is the client_id", "claims.sub")
    return _text_fault(view, "sub")


@rule(
    "assertion-client",
    ERROR,
    "sub is the client that was expected",
    "RFC 7523 section 3, item 2 (B); RFC 7521 section 4.2",
    needs=("assertion-sub",),
)
def client(view: AssertionView) -> Outcome:
    """The client in the assertion is the client that the server knows the key of.

    Compared character by character: case, leading zeros and white space count.
    """
    wanted = view.expected.client_id
    if wanted is None:
        return Unjudged("any client was asked for, so sub was compared with nothing")
    value = view.claims["sub"]
    if value == wanted:
        return None
    return Finding(
        f"sub is {shown(value)}, not {shown(wanted)}", _difference(value, wanted, "client_id"), "claims.sub"
    )


@rule(
    "assertion-iss-present",
    ERROR,
    "iss is there",
    "RFC 7523 section 3, item 1",
    needs=_CLAIMS,
)
def iss_present(view: AssertionView) -> Outcome:
    """The issuer must be named. For client authentication it is the client_id, as sub is.

    Keycloak answers a missing or different iss with a bare invalid_client: of
    all reasons the hardest to find from outside. Add iss, equal to sub.
    """
    return (
        None if "iss" in view.claims else Finding("iss is missing", "add iss, the same as sub", "claims.iss")
    )


@rule(
    "assertion-iss",
    ERROR,
    "iss is the same as sub",
    "RFC 7523 section 3, items 1 and 2 (B)",
    needs=("assertion-iss-present", "assertion-sub"),
)
def iss(view: AssertionView) -> Outcome:
    """Issuer and subject are both the client_id when a client authenticates itself.

    Keycloak refuses a difference without a word about iss.
    """
    fault = _text_fault(view, "iss")
    if fault is not None:
        return fault
    value, subject = view.claims["iss"], view.claims["sub"]
    if value == subject:
        return None
    return Finding(
        f"iss is {shown(value)}, but sub is {shown(subject)}", "both are the client_id", "claims.iss"
    )


# --- for whom -----------------------------------------------------------------


@rule(
    "assertion-aud-present",
    ERROR,
    "aud is there",
    "RFC 7523 section 3, item 3",
    needs=_CLAIMS,
)
def aud_present(view: AssertionView) -> Outcome:
    """The audience must be named: it keeps an assertion for one server from being used at another."""
    return (
        None if "aud" in view.claims else Finding("aud is missing", "aud is the issuer's URL", "claims.aud")
    )


@rule(
    "assertion-aud-single",
    ERROR,
    "aud is one string",
    "draft-ietf-oauth-rfc7523bis section 4 (the issuer as sole value); RFC 7519 section 4.1.3",
    needs=("assertion-aud-present",),
)
def aud_single(view: AssertionView) -> Outcome:
    """The audience is one value, a string.

    With several audiences each of the servers can use the assertion at the
    others (the audience injection disclosed in 2025). Keycloak since 26.2
    answers "Multiple audiences not allowed". A list of one is refused by some
    servers, so it gets a warning.
    """
    value = view.claims["aud"]
    if isinstance(value, str) and value:
        return None
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], str) and value[0]:
        return Finding(
            "aud is a list of one value, not a string", "write it as a string", "claims.aud", severity=WARNING
        )
    if isinstance(value, list):
        return Finding(f"aud is a list of {len(value)} values", "one string: the issuer", "claims.aud")
    return _text_fault(view, "aud")


@rule(
    "assertion-aud",
    ERROR,
    "aud is the audience that was expected",
    "RFC 7523 section 3, item 3 (Simple String Comparison)",
    needs=("assertion-aud-single",),
)
def aud(view: AssertionView) -> Outcome:
    """The audience is the issuer's URL, character by character.

    A slash at the end, a missing /auth and the token endpoint in its place are
    the usual mistakes; each is told by name.
    """
    value = view.claims["aud"]
    value = value[0] if isinstance(value, list) else value
    wanted = view.expected.audience
    suffix = view.expected.rules.token_endpoint_suffix
    if wanted is None:
        if suffix and value.endswith(suffix):
            return Finding(
                "aud is a token endpoint; the audience is the issuer",
                f"leave out {suffix}",
                "claims.aud",
                severity=WARNING,
            )
        return Unjudged("any audience was asked for, so aud was compared with nothing")
    if value == wanted:
        return None
    return Finding(
        f"aud is {shown(value)}, not {shown(wanted)}", _audience_hint(value, wanted, suffix), "claims.aud"
    )


def _audience_hint(value: str, wanted: str, suffix: str) -> str:
    if value.rstrip("/") == wanted.rstrip("/"):
        return "they differ by a slash at the end, and are compared character by character"
    if suffix and value == wanted + suffix:
        return "this is the token endpoint; the audience is the issuer, without " + suffix
    if value.replace("/auth/realms/", "/realms/") == wanted.replace("/auth/realms/", "/realms/"):
        return "they differ by /auth, which this server has in its path or not: take the expected one"
    return _difference(value, wanted, "audience")


def _difference(value: str, wanted: str, what: str) -> str:
    if value.strip() == wanted.strip():
        return "they differ by white space"
    if value.casefold() == wanted.casefold():
        return "they differ by upper and lower case, which counts"
    return f"mint with the {what} of the system that the assertion is for"


# --- when ---------------------------------------------------------------------


def _is_time(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


@rule(
    "assertion-times",
    ERROR,
    "exp, nbf and iat are numbers of seconds",
    "RFC 7519 section 2 (NumericDate) and sections 4.1.4 to 4.1.6",
    needs=_CLAIMS,
)
def times(view: AssertionView) -> Outcome:
    """A time is a JSON number of seconds since 1970, not a text and not milliseconds.

    Fractions are allowed by RFC 7519, but some servers read integers alone.
    """
    for name in ("exp", "nbf", "iat"):
        if name not in view.claims:
            continue
        value, where = view.claims[name], f"claims.{name}"
        if not _is_time(value):
            return Finding(
                f"{name} is {json_type(value)}, not a number", "seconds since 1970, without quotes", where
            )
        if value > _MILLISECONDS:
            return Finding(f"{name} is {shown(value)}: milliseconds, it seems", "divide it by 1000", where)
        if value < 0:
            return Finding(f"{name} is before 1970", "seconds since 1970", where)
        if isinstance(value, float):
            return Finding(
                f"{name} has a fraction", "some servers read whole seconds alone", where, severity=WARNING
            )
    return None


_TIMES: Final = ("assertion-times",)


@rule(
    "assertion-exp-present",
    ERROR,
    "exp is there",
    "RFC 7523 section 3, item 4",
    needs=_TIMES,
)
def exp_present(view: AssertionView) -> Outcome:
    """An assertion must say when it ends; without it a stolen one is good for ever."""
    return None if "exp" in view.claims else Finding("exp is missing", "add exp, iat + 60 s", "claims.exp")


@rule(
    "assertion-exp",
    ERROR,
    "it has not expired",
    "RFC 7523 section 3, item 4; RFC 7519 section 4.1.4",
    needs=("assertion-exp-present",),
)
def exp(view: AssertionView) -> Outcome:
    """At exp and after it, the assertion must be refused. exp equal to now is too late.

    Mint one for each request. Where a fresh one is refused, compare the clocks:
    the server's Date header tells its time.
    """
    value = view.claims["exp"]
    if view.now < value + view.expected.leeway:
        return None
    ago = duration(view.now - value)
    return Finding(
        f"it expired {ago} ago, at {rfc3339_from_unix(value)}",
        "mint a new one for each request; if this one is new, the clock of this machine or its minter is off",
        "claims.exp",
    )


@rule(
    "assertion-nbf",
    ERROR,
    "its nbf, if there is one, has come",
    "RFC 7523 section 3, item 5; RFC 7519 section 4.1.5",
    needs=_TIMES,
)
def nbf(view: AssertionView) -> Outcome:
    """Before nbf the assertion must be refused. Leave nbf out: it only adds trouble with clocks."""
    value = view.claims.get("nbf")
    if value is None or value <= view.now + view.expected.leeway:
        return None
    ahead = duration(value - view.now)
    return Finding(
        f"it is not valid for another {ahead}, until {rfc3339_from_unix(value)}",
        "leave nbf out, or set the clock of the minting machine",
        "claims.nbf",
    )


@rule(
    "assertion-iat-present",
    WARNING,
    "iat is there",
    "RFC 7523 section 3, item 6, makes it optional; some versions of Keycloak refuse its absence (inferred)",
    needs=_TIMES,
)
def iat_present(view: AssertionView) -> Outcome:
    """Iat says when the assertion was made, and servers limit its age by it. Add it."""
    return None if "iat" in view.claims else Finding("iat is missing", "add iat, the present", "claims.iat")


@rule(
    "assertion-iat",
    ERROR,
    "it was not issued in the future",
    "RFC 7523 section 3, item 6; RFC 7519 section 4.1.6",
    needs=("assertion-iat-present",),
)
def iat(view: AssertionView) -> Outcome:
    """An iat that lies ahead shows a clock that is off, here or where it was minted.

    Servers forgive a few seconds (Keycloak 15); within that it is a warning.
    """
    ahead = view.claims["iat"] - view.now - view.expected.leeway
    if ahead <= 0:
        return None
    forgiven = ahead <= view.expected.rules.clock_skew
    return Finding(
        f"it was issued {duration(ahead)} in the future, at {rfc3339_from_unix(view.claims['iat'])}",
        "a clock is off: set it by NTP, and compare with the Date header of the server's answers",
        "claims.iat",
        severity=WARNING if forgiven else None,
    )


@rule(
    "assertion-lifetime",
    WARNING,
    "it lives no longer than servers accept",
    "RFC 7523 section 3, item 4 (unreasonably far in the future); 60 s are Keycloak's default (inferred)",
    needs=("assertion-exp-present",),
)
def lifetime(view: AssertionView) -> Outcome:
    """An assertion lives for one request: a minute. The shorter, the less a stolen one is worth.

    Worldline's own example lives an hour, so a longer life only warns here;
    Keycloak accepts such a one for the first 60 s alone. More than a day is
    refused: no server can remember every jti for that long.
    """
    start = view.claims.get("iat", view.now)
    seconds = view.claims["exp"] - start
    limit = view.expected.rules.lifetime
    if seconds <= 0:
        return Finding("exp is not after iat", "exp is iat + 60", "claims.exp", severity=ERROR)
    if seconds <= limit:
        return None
    return Finding(
        f"it lives {duration(seconds)}; {limit} s are what servers of this kind accept",
        f"mint with a lifetime of {limit} s, just before the request",
        "claims.exp",
        severity=ERROR if seconds > LONGEST_LIFETIME else None,
    )


@rule(
    "assertion-age",
    WARNING,
    "it is not too old",
    'Keycloak: "Token was issued too far in the past", 60 s after iat by default (inferred)',
    needs=("assertion-iat", "assertion-exp"),
)
def age(view: AssertionView) -> Outcome:
    """Servers of Keycloak's kind refuse an assertion a minute after its iat, whatever exp says.

    Mint it just before the request; if you did, the clock is behind.
    """
    seconds = view.now - view.claims["iat"]
    limit = view.expected.rules.lifetime
    if seconds <= limit:
        return None
    return Finding(
        f"it was issued {duration(seconds)} ago",
        "mint it just before the request; if you did, a clock is off",
        "claims.iat",
    )


# --- once ---------------------------------------------------------------------


@rule(
    "assertion-jti-present",
    ERROR,
    "jti is there",
    "OpenID Connect Core section 9; RFC 7523 section 3, item 7",
    needs=_CLAIMS,
)
def jti_present(view: AssertionView) -> Outcome:
    """Jti lets the server see a second use of the same assertion, and refuse it. Add a random one."""
    return None if "jti" in view.claims else Finding("jti is missing", "add a random jti", "claims.jti")


@rule(
    "assertion-jti",
    ERROR,
    "jti is a string",
    "RFC 7519 section 4.1.7",
    needs=("assertion-jti-present",),
)
def jti(view: AssertionView) -> Outcome:
    """The identifier is one string with something in it, so that two servers see the same one."""
    return _text_fault(view, "jti")


@rule(
    "assertion-replay",
    ERROR,
    "it was not used before",
    "RFC 7523 section 3, item 7; RFC 7521 section 8.2",
    needs=("assertion-jti",),
)
def replay(view: AssertionView) -> Outcome:  # noqa: ARG001
    """A server remembers each jti until its exp and refuses the second use ("Token reuse detected").

    Whether this one was used before cannot be told from the assertion alone.
    """
    return Unjudged("not checked: this verifier keeps no memory of the jti it has seen")


ASSERTION_RULES: Final[tuple[Rule[AssertionView], ...]] = (
    form,
    header,
    claims,
    crit,
    key_header,
    typ,
    sub,
    client,
    iss_present,
    iss,
    *SIGNER_RULES,
    aud_present,
    aud_single,
    aud,
    times,
    exp_present,
    exp,
    nbf,
    iat_present,
    iat,
    lifetime,
    age,
    jti_present,
    jti,
    replay,
)
