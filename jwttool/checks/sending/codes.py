"""Rules for what is good for a while, or once: codes, refresh tokens, assertions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jwttool.checks.rule import Finding, Outcome, rule
from jwttool.report import Severity
from jwttool.times import duration

if TYPE_CHECKING:
    from jwttool.checks.sending.view import SendingView


@rule(
    "send-code-age",
    Severity.WARNING,
    "the one-time code is young enough",
    "Konsentus, POST /v1/obie/tokens, auth_code: lives 60 seconds",
)
def code_age(view: SendingView) -> Outcome:
    """A one-time code is good for seconds, from when the server made it.

    Its age is that of the file it came in, or what --code-issued-at says. Get a new one: a code
    that was refused is used up.
    """
    lifetime = next((member.lifetime for member in view.shape.members if member.lifetime is not None), None)
    if lifetime is None or view.code_age is None or view.code_age <= lifetime:
        return None
    return Finding(
        f"the one-time code is {duration(view.code_age)} old, and lives {lifetime} s",
        "get a new code, and ask for the token at once",
        "code",
    )


@rule(
    "send-refresh-age",
    Severity.WARNING,
    "the refresh token is not at its end",
    'STET PSD2 V1.4.0.47, the bank\'s page "Get your token": a 90-day valid refresh token',
)
def refresh_age(view: SendingView) -> Outcome:
    """A refresh token ends, and then only the customer can give access again.

    Its age is that of the file that it stands in. In the last ten days there is still time to ask.
    """
    answer = view.provider.answer
    lifetime = None if answer is None else answer.refresh_lifetime
    if lifetime is None or view.refresh_age is None:
        return None
    left = lifetime - view.refresh_age
    if left > 10 * 86400:
        return None
    again = "have the customer go through the redirect again: jwttool token request CLIENT --authorize"
    if left <= 0:
        return Finding(
            f"the refresh token is {duration(view.refresh_age)} old, and lives {lifetime // 86400} days",
            again,
            "refresh_token",
        )
    return Finding(f"the refresh token ends in {duration(left)}", again, "refresh_token")


@rule(
    "send-assertion",
    Severity.ERROR,
    "the assertion would pass `jwttool assertion verify`",
    "RFC 7523 section 3",
    needs=("send-settings", "send-key-pair", "send-certificate"),
)
def assertion(view: SendingView) -> Outcome:
    """An assertion is verified before it is sent, by the same rules that judge anybody's."""
    return view.assertion
