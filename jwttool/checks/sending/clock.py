"""The rule about two clocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jwttool.checks.rule import Finding, Outcome, Unjudged, rule
from jwttool.report import Severity
from jwttool.times import duration

if TYPE_CHECKING:
    from datetime import datetime

MOST: Final = 15
"""Seconds: what Keycloak forgives."""


@dataclass(frozen=True, slots=True)
class ClockView:
    """The server's clock, as its Date header has it, and ours when the answer came."""

    server: datetime | None
    ours: datetime


@rule(
    "answer-clock",
    Severity.WARNING,
    "the server's clock and this machine's agree",
    "RFC 9110 section 6.6.1; Keycloak forgives 15 s (inferred)",
)
def clock(view: ClockView) -> Outcome:
    """An assertion is judged by the server's clock: one that is made by another is too old or not valid yet.

    The Date header is compared with the moment at which the answer came. Let NTP set this machine's clock.
    """
    if view.server is None:
        return Unjudged("the answer has no Date header that could be read")
    ahead = (view.server - view.ours).total_seconds()
    if abs(ahead) <= MOST:
        return None
    way = "ahead of" if ahead > 0 else "behind"
    return Finding(
        f"the server's clock is {duration(ahead)} {way} this machine's",
        "let NTP set this machine's clock: assertions are refused as too old or not valid yet",
        "header Date",
    )
