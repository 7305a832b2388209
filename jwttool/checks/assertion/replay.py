"""Whether an assertion is used once: jti."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jwttool.checks.assertion.view import CLAIMS, text_fault
from jwttool.checks.rule import Finding, Outcome, Unjudged, rule
from jwttool.report import Severity

if TYPE_CHECKING:
    from jwttool.checks.assertion.view import AssertionView

ERROR: Final = Severity.ERROR


@rule(
    "assertion-jti-present",
    ERROR,
    "jti is there",
    "OpenID Connect Core section 9; RFC 7523 section 3, item 7",
    needs=(CLAIMS,),
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
    return text_fault(view, "jti")


@rule(
    "assertion-replay",
    ERROR,
    "it was not used before",
    "RFC 7523 section 3, item 7; RFC 7521 section 8.2",
    needs=("assertion-jti",),
)
def replay(view: AssertionView) -> Outcome:
    """A server remembers each jti until its exp and refuses the second use ("Token reuse detected").

    Whether this one was used before cannot be told from the assertion alone: it
    takes a memory, which a verifier has where it is given a replay store.
    """
    if view.used is None:
        return Unjudged("not checked: this verifier keeps no memory of the jti it has seen")
    if view.used:
        return Finding(
            "it was used before", "an assertion is for one request: mint a new one for each", "claims.jti"
        )
    return None
