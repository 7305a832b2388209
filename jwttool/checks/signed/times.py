"""When a token is good: exp, nbf and iat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jwttool.checks.rule import Finding, Outcome
from jwttool.encoding import json_type, shown
from jwttool.report import Severity
from jwttool.times import duration, rfc3339_from_unix

if TYPE_CHECKING:
    from jwttool.checks.signed.view import Signed

WARNING: Final = Severity.WARNING

_TIMES: Final = ("exp", "nbf", "iat")
_MILLISECONDS: Final = 10**11
"""Seconds until the year 5138: a larger number is a time in milliseconds."""


def times(view: Signed) -> Outcome:
    """A time is a JSON number of seconds since 1970, not a text and not milliseconds.

    Fractions are allowed by RFC 7519, but some servers read integers alone.
    """
    faults: list[Finding] = []
    for name in _TIMES:
        if name not in view.claims:
            continue
        value = view.claims[name]
        if type(value) is int and 0 <= value <= _MILLISECONDS:
            continue  # what nearly every one is
        fault = _fault(name, value)
        if fault is not None:
            faults.append(fault)
    return _all_in_one(faults) if faults else None


def _fault(name: str, value: object) -> Finding | None:
    where = f"claims.{name}"
    if not isinstance(value, int | float) or isinstance(value, bool):
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


def _all_in_one(faults: list[Finding]) -> Finding:
    """One finding that names every fault: as bad as the worst, and at the place of the first of these."""
    # A fraction is mild, so it must not make something worse beside it look mild.
    worst = next((fault for fault in faults if fault.severity is None), faults[0])
    hints = dict.fromkeys(fault.hint for fault in faults if fault.hint is not None)
    return Finding(
        "; ".join(fault.message for fault in faults), "; ".join(hints), worst.where, severity=worst.severity
    )


def exp(view: Signed) -> Outcome:
    """At exp and after it, a token must be refused. exp equal to now is too late.

    Mint an assertion for each request, and ask for an access token in time.
    Where a fresh one is refused, compare the clocks: the server's Date header
    tells its time.
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


def nbf(view: Signed) -> Outcome:
    """Before nbf a token must be refused. Leave nbf out: it only adds trouble with clocks."""
    value = view.claims.get("nbf")
    if value is None or value <= view.now + view.expected.leeway:
        return None
    ahead = duration(value - view.now)
    return Finding(
        f"it is not valid for another {ahead}, until {rfc3339_from_unix(value)}",
        "leave nbf out, or set the clock of the minting machine",
        "claims.nbf",
    )


def iat(view: Signed) -> Outcome:
    """An iat that lies ahead shows a clock that is off, here or where it was minted.

    Servers forgive a few seconds (Keycloak 15); within that it is a warning.
    """
    value = view.claims.get("iat")
    if value is None or value - view.now <= view.expected.leeway:
        return None
    ahead = value - view.now
    return Finding(
        f"it was issued {duration(ahead)} in the future, at {rfc3339_from_unix(value)}",
        "a clock is off: set it by NTP, and compare with the Date header of the server's answers",
        "claims.iat",
        severity=WARNING if ahead <= view.expected.clock_skew else None,
    )
