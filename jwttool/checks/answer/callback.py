"""Rules for the answer to GET /authorize: a URL to which the customer's browser is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jwttool.checks.answer.view import listed
from jwttool.checks.rule import Finding, Outcome, rule
from jwttool.report import Severity

if TYPE_CHECKING:
    from jwttool.checks.answer.view import AnswerView

WARNING: Final = Severity.WARNING
_TOKENS: Final = ("access_token", "id_token", "refresh_token")


@rule(
    "answer-callback",
    WARNING,
    "a one-time code comes with the state that was sent",
    "RFC 6749 sections 4.1.2 and 10.12; RFC 9700 section 4.7",
)
def callback(view: AnswerView) -> Outcome:
    """The call-back URL brings a code and the state of the request to /authorize.

    Compare the state with the one that you sent, and only then exchange the code, once and at once. A
    code without it may be somebody else's, put upon your customer (cross-site request forgery).
    """
    members = view.message.members
    if not view.message.callback or "code" not in members:
        return None
    missing = [name for name in ("code", "state") if not members.get(name)]
    if not missing:
        return None
    return Finding(
        f"{listed(missing)} {'is' if len(missing) == 1 else 'are'} missing in the call-back URL",
        "send a state to /authorize, and compare it; was all of the URL copied?",
        missing[0],
    )


@rule(
    "answer-token-in-url",
    WARNING,
    "no token stands in a URL",
    "RFC 9700 section 4.3.2; RFC 6750 section 5.3",
)
def token_in_url(view: AnswerView) -> Outcome:
    """A token in a URL ends up in histories, logs and Referer headers: take it as known to others.

    Servers put one there for response_type=token or id_token. Ask for a code instead, which is good
    once, and exchange it (RFC 9700 section 2.1.2).
    """
    found = [name for name in _TOKENS if name in view.message.members] if view.message.callback else []
    if not found:
        return None
    return Finding(
        f"{listed(found)} in a URL, which browsers and servers write down",
        "send response_type=code and exchange the code; have what stood in the URL replaced",
        found[0],
    )
