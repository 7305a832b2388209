"""The answers of token endpoints and the requests to them, judged by the system's document or the standards.

What a system's own document states comes first and is named as the source; what
it leaves open is judged by RFC 6749 and its companions. No message of these
checks ever holds a token or a secret: members are named, not shown.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from jwttool.checks.answer import callback, contents, errors, grant, requests, token_kind
from jwttool.checks.answer.message import Message, MessageKind
from jwttool.checks.answer.recognise import recognise, recognise_token
from jwttool.checks.answer.view import AnswerView, SourcedFinding
from jwttool.checks.rule import Finding
from jwttool.report import Status

if TYPE_CHECKING:
    from jwttool.checks.rule import Rule
    from jwttool.providers import Provider
    from jwttool.report import Check

__all__ = [
    "ANSWER_RULES",
    "REQUEST_RULES",
    "AnswerView",
    "judge_message",
    "recognise",
    "recognise_token",
]

ANSWER_RULES: Final[tuple[Rule[AnswerView], ...]] = (
    errors.error,
    errors.status,
    errors.headers,
    errors.json,
    errors.content_type,
    callback.callback,
    callback.token_in_url,
    contents.members,
    contents.extra,
    contents.types,
    contents.scope,
    grant.placeholder,
    grant.token_form,
    grant.token_type,
    grant.expires,
    grant.refresh,
    grant.refresh_lifetime,
    grant.not_before,
    grant.long_lived,
    grant.cache,
    token_kind.answer_token_kind,
)

REQUEST_RULES: Final[tuple[Rule[AnswerView], ...]] = (
    requests.method,
    requests.secret_in_url,
    requests.content_type,
    requests.repeated,
    requests.grant,
    requests.client_auth,
    requests.assertion_type,
    requests.client_id,
    requests.scope,
    requests.members,
    requests.unfilled,
    token_kind.request_token_kind,
)


def judge_message(message: Message, provider: Provider | None, now: int) -> tuple[Check, ...]:
    """What is to be said about an answer or a request: its findings, and nothing where all is well.

    :param provider: the system that it is judged by; None for the standards alone.
    :param now: Unix seconds.
    """
    view = AnswerView(message, provider, now)
    findings: list[Check] = []
    unmet: set[str] = set()
    for rule in REQUEST_RULES if message.kind is MessageKind.REQUEST else ANSWER_RULES:
        if not unmet.isdisjoint(rule.needs):
            unmet.add(rule.id)
            continue
        outcome = rule.judge(view)
        if not isinstance(outcome, Finding):  # none of these rules leaves anything unjudged
            continue
        check = rule.failed(outcome)
        if isinstance(outcome, SourcedFinding) and outcome.source is not None:
            check = replace(check, reference=str(outcome.source))
        # A finding that is milder than its rule (a comma too many) leaves something to build on.
        if check.status is Status.FAIL or outcome.severity is None:
            unmet.add(rule.id)
        findings.append(check)
    return tuple(findings)
