"""Who an assertion says it is: sub and iss."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jwttool.checks.assertion.view import CLAIMS, difference, text_fault
from jwttool.checks.rule import Finding, Outcome, Unjudged, rule
from jwttool.encoding import shown
from jwttool.report import Severity

if TYPE_CHECKING:
    from jwttool.checks.assertion.view import AssertionView

ERROR: Final = Severity.ERROR


@rule(
    "assertion-sub",
    ERROR,
    "sub is there, a string",
    "RFC 7523 section 3, item 2 (B)",
    needs=(CLAIMS,),
)
def sub(view: AssertionView) -> Outcome:
    """For client authentication the subject must be the client_id, one string.

    The server finds the client by it before it looks at anything else.
    """
    if "sub" not in view.claims:
        return Finding("sub is missing", "sub is the client_id", "claims.sub")
    return text_fault(view, "sub")


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
        f"sub is {shown(value)}, not {shown(wanted)}", difference(value, wanted, "client_id"), "claims.sub"
    )


@rule(
    "assertion-iss-present",
    ERROR,
    "iss is there",
    "RFC 7523 section 3, item 1",
    needs=(CLAIMS,),
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
    fault = text_fault(view, "iss")
    if fault is not None:
        return fault
    value, subject = view.claims["iss"], view.claims["sub"]
    if value == subject:
        return None
    return Finding(
        f"iss is {shown(value)}, but sub is {shown(subject)}", "both are the client_id", "claims.iss"
    )
