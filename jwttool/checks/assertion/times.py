"""When an assertion is good: exp, nbf, iat and how long it lives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jwttool.checks.assertion.view import CLAIMS
from jwttool.checks.rule import Finding, Outcome, rule
from jwttool.checks.signed import times as signed
from jwttool.report import Severity
from jwttool.times import duration

if TYPE_CHECKING:
    from jwttool.checks.assertion.view import AssertionView

ERROR: Final = Severity.ERROR
WARNING: Final = Severity.WARNING

LONGEST_LIFETIME: Final = 24 * 3600
"""Seconds. A server has to remember every jti until its exp: there must be a bound."""


times = rule(
    "assertion-times",
    ERROR,
    "exp, nbf and iat are numbers of seconds",
    "RFC 7519 section 2 (NumericDate) and sections 4.1.4 to 4.1.6",
    needs=(CLAIMS,),
)(signed.times)


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


exp = rule(
    "assertion-exp",
    ERROR,
    "it has not expired",
    "RFC 7523 section 3, item 4; RFC 7519 section 4.1.4",
    needs=("assertion-exp-present",),
)(signed.exp)


nbf = rule(
    "assertion-nbf",
    ERROR,
    "its nbf, if there is one, has come",
    "RFC 7523 section 3, item 5; RFC 7519 section 4.1.5",
    needs=_TIMES,
)(signed.nbf)


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


iat = rule(
    "assertion-iat",
    ERROR,
    "it was not issued in the future",
    "RFC 7519 section 4.1.6: iat is when it was issued; that servers forgive 15 s is Keycloak's (inferred)",
    needs=("assertion-iat-present",),
)(signed.iat)


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
