"""For whom an assertion is: aud."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from jwttool.checks.assertion.view import CLAIMS, difference, text_fault
from jwttool.checks.rule import Finding, Outcome, Unjudged, rule
from jwttool.encoding import shown
from jwttool.report import Severity

if TYPE_CHECKING:
    from jwttool.checks.assertion.view import AssertionView
    from jwttool.providers import AssertionRules

ERROR: Final = Severity.ERROR
WARNING: Final = Severity.WARNING


@rule(
    "assertion-aud-present",
    ERROR,
    "aud is there",
    "RFC 7523 section 3, item 3",
    needs=(CLAIMS,),
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
    return text_fault(view, "aud")


@rule(
    "assertion-aud-issuer",
    WARNING,
    "aud has the form of the system's issuer",
    "draft-ietf-oauth-rfc7523bis section 4: the issuer's identifier, not the token endpoint",
    needs=("assertion-aud-single",),
)
def aud_issuer(view: AssertionView) -> Outcome:
    """The audience is the issuer's URL: absolute, https, nothing after the realm.

    The token endpoint, a slash at the end or a word of one's own are refused by
    most servers, even where a caller expects just that. Take the issuer from
    the onboarding, or from the server's metadata.
    """
    value, wanted = _value(view), view.expected.audience
    if wanted is not None and (value != wanted or view.expected.audience_is_issuer):
        return None  # a difference is what assertion-aud tells
    rules = view.expected.rules
    if has_form_of_issuer(rules, value):
        return None
    if rules.token_endpoint_suffix and value.endswith(rules.token_endpoint_suffix):
        hint = f"it is the token endpoint; leave out {rules.token_endpoint_suffix}"
    else:
        hint = f"the issuer is {rules.audience_example}"
    return Finding(f"aud is {shown(value)}, which is not the form of an issuer here", hint, "claims.aud")


def has_form_of_issuer(rules: AssertionRules, audience: str) -> bool:
    """Whether an audience is what the system's issuers look like."""
    return re.fullmatch(rules.audience_pattern, audience) is not None


def _value(view: AssertionView) -> str:
    """The audience, also out of a list of one."""
    value: str | list[str] = view.claims["aud"]
    return value[0] if isinstance(value, list) else value


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
    value, wanted = _value(view), view.expected.audience
    if wanted is None:
        return Unjudged("any audience was asked for, so aud was compared with nothing")
    if value == wanted:
        return None
    return Finding(
        f"aud is {shown(value)}, not {shown(wanted)}",
        _audience_hint(value, wanted, view.expected.rules.token_endpoint_suffix),
        "claims.aud",
    )


def _audience_hint(value: str, wanted: str, suffix: str) -> str:
    if value.rstrip("/") == wanted.rstrip("/"):
        return "they differ by a slash at the end, and are compared character by character"
    if suffix and value == wanted + suffix:
        return "this is the token endpoint; the audience is the issuer, without " + suffix
    if value.replace("/auth/realms/", "/realms/") == wanted.replace("/auth/realms/", "/realms/"):
        return "they differ by /auth, which this server has in its path or not: take the expected one"
    return difference(value, wanted, "audience")
