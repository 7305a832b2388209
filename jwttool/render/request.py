"""What there is to say about a request for a token and its answer; never a token or a secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jwttool.render.document import Document, Role, Span
from jwttool.render.report import check_document, checks_json
from jwttool.report import Status
from jwttool.times import duration, rfc3339

if TYPE_CHECKING:
    from pathlib import Path

    from jwttool.grant.answer import Granted
    from jwttool.render.answers_request import TokenRequestAnswer
    from jwttool.report import Check, Report


def not_sent_document(report: Report) -> Document:
    """Every reason why a request is not sent."""
    count = len(report.failures)
    reasons = "one reason" if count == 1 else f"{count} reasons"
    return _headed(Span(f"Not sent, for {reasons}:", Role.BAD), report)


def refused_document(granted: Granted, host: str) -> Document:
    """What a server said in the place of a token, in the terms of its system."""
    return _headed(Span(f"No token: {host} answered {granted.status}", Role.BAD), granted.report)


def _headed(heading: Span, report: Report) -> Document:
    document = Document()
    document.line(heading)
    shown = [check for check in report if check.status in {Status.FAIL, Status.WARNING}]
    width = max((len(check.id) for check in shown), default=0)
    for check in shown:
        document.extend(check_document(check, width))
    return document


def granted_line(granted: Granted, host: str) -> str:
    """The token in one line, without the token."""
    parts = [f"{granted.token_type or 'a'} token from {host}"]
    if granted.expires_in is not None and granted.expires_at is not None:
        parts.append(f"good for {duration(granted.expires_in)}, until {rfc3339(granted.expires_at)}")
    else:
        parts.append("it does not say how long it is good for")
    if granted.scope:
        parts.append(f"scope {granted.scope}")
    return ", ".join(parts)


def remark(check: Check) -> str:
    """A finding on one line, for where there is a token all the same."""
    hint = "" if check.hint is None else f"; {check.hint}"
    return f"{check.message}{hint} [{check.id}]"


def request_answer(
    report: Report,
    granted: Granted | None,
    *,
    access_token: str | None = None,
    output: Path | None = None,
    refresh_file: Path | None = None,
) -> TokenRequestAnswer:
    """The JSON answer; ``report`` holds what was found before sending, or of the answer too."""
    return {
        "version": 1,
        "verdict": "pass" if granted is not None and granted.is_success else "fail",
        "checks": checks_json(report),
        "sent": granted is not None,
        "status": None if granted is None else granted.status,
        "access_token": access_token,
        "output": None if output is None else str(output),
        "token_type": None if granted is None else granted.token_type,
        "scope": None if granted is None else granted.scope,
        "expires_in": None if granted is None else granted.expires_in,
        "expires_at": _time(granted, "expires_at"),
        "refresh_token_file": None if refresh_file is None else str(refresh_file),
        "refresh_expires_at": _time(granted, "refresh_expires_at"),
        "clock_offset": None if granted is None else granted.clock_offset,
    }


def _time(granted: Granted | None, name: str) -> str | None:
    moment = None if granted is None else getattr(granted, name)
    return None if moment is None else rfc3339(moment)
