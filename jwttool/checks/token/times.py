"""When a token is good: exp, nbf, iat, and how long it lives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jwttool.checks.rule import Finding, Outcome, Unjudged, rule
from jwttool.checks.signed import times as signed
from jwttool.checks.token.kinds import is_dpop_proof
from jwttool.checks.token.view import CLAIMS, TIMES
from jwttool.report import Severity
from jwttool.times import duration

if TYPE_CHECKING:
    from jwttool.checks.token.view import TokenView

ERROR: Final = Severity.ERROR
WARNING: Final = Severity.WARNING

_NO_END: Final = Unjudged("a DPoP proof has no exp: a server takes it shortly after its iat alone")

LONG: Final = 24 * 3600
"""Seconds: a token that lives longer is no access token but a password."""
LONG_UNBOUND: Final = 3600
"""Seconds: what a token that whoever has it can use should live at most."""

times = rule(
    "token-times",
    ERROR,
    "exp, nbf and iat are numbers of seconds",
    "RFC 7519 section 2 (NumericDate) and sections 4.1.4 to 4.1.6",
    needs=(CLAIMS,),
)(signed.times)


@rule(
    "token-exp-present",
    WARNING,
    "exp is there",
    "RFC 7519 section 4.1.4; RFC 6750 section 5.3",
    needs=(TIMES,),
)
def exp_present(view: TokenView) -> Outcome:
    """RFC 7519 leaves exp to the issuer; without it a stolen token is good for ever.

    A DPoP proof has none: it is good for one request, shortly after its iat (RFC
    9449 section 4.3).
    """
    if "exp" in view.claims:
        return None
    if is_dpop_proof(view.header):
        return _NO_END
    return Finding("exp is missing: the token never expires", "the issuer has to add exp", "claims.exp")


exp = rule(
    "token-exp",
    ERROR,
    "it has not expired",
    "RFC 7519 section 4.1.4",
    needs=("token-exp-present", "access-token-exp", TIMES),
    hint="get a new one; if this one is new, a clock is off: compare with the Date header of the server",
)(signed.exp)

nbf = rule(
    "token-nbf",
    ERROR,
    "its nbf, if there is one, has come",
    "RFC 7519 section 4.1.5",
    needs=(TIMES,),
    hint="wait; if it was issued just now, a clock is off, here or at the issuer",
)(signed.nbf)

iat = rule(
    "token-iat",
    ERROR,
    "it was not issued in the future",
    "RFC 7519 section 4.1.6: iat is when it was issued; that servers forgive 15 s is Keycloak's (inferred)",
    needs=(TIMES,),
    hint="a clock is off, here or at the issuer: compare with the issuer's Date header",
)(signed.iat)


def _lifetime(view: TokenView) -> float:
    """Seconds from iat to exp; without iat, from now on, which is the least that it can be."""
    seconds: float = view.claims["exp"] - view.claims.get("iat", view.now)
    return seconds


@rule(
    "token-lifetime",
    WARNING,
    "it lives no longer than a day",
    "RFC 9700 section 2.2.1; RFC 6750 section 5.3 (an hour or less)",
    needs=("token-exp-present",),
)
def lifetime(view: TokenView) -> Outcome:
    """The longer a token lives, the more a stolen one is worth: an hour or less is what bearers get.

    Ask for tokens that live shorter, and renew them.
    """
    seconds = _lifetime(view)
    if seconds <= 0 and "iat" in view.claims:
        return Finding(
            "exp is not after iat", "the issuer's fault: exp is iat and its lifetime", "claims.exp"
        )
    if seconds <= LONG:
        return None
    return Finding(
        f"it lives {duration(seconds)}", "ask for tokens of an hour or less, and renew them", "claims.exp"
    )


@rule(
    "token-long-lived-unbound",
    WARNING,
    "it is bound to a key, or lives no longer than an hour",
    "RFC 6750 section 5.3; RFC 8705 section 3; RFC 9449 section 6; RFC 9700 section 2.2.1",
    needs=("token-exp-present",),
)
def long_lived_unbound(view: TokenView) -> Outcome:
    """A token without ``cnf`` works for whoever has it; one that lives long should be bound to a key.

    RFC 8705 binds it to the client's TLS certificate, RFC 9449 to a key of the
    client's own. Ask the issuer for it, or for tokens that live shorter.
    """
    if "cnf" in view.claims:
        return None
    seconds = _lifetime(view)
    if seconds <= LONG_UNBOUND:
        return None
    return Finding(
        f"it lives {duration(seconds)} and is bound to no key: whoever has it can use it",
        "ask for one that is bound to your TLS certificate (RFC 8705), or that lives shorter",
        "claims.cnf",
    )
