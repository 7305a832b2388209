"""The onboarding steps as text and JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jwttool.render.document import Document, Role, Span
from jwttool.render.report import checks_json
from jwttool.report import Status, merge

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from jwttool.config import Client
    from jwttool.render.answers import InitAnswer, StatusAnswer
    from jwttool.report import Report

_MARKS: Final = {
    Status.PASS: Span("done", Role.GOOD),
    Status.WARNING: Span("done", Role.WARN),
    Status.FAIL: Span("left", Role.BAD),
    Status.SKIPPED: Span("you ", Role.ACCENT),
}


def steps_document(judged: Mapping[Client, Report]) -> Document:
    """For each client its steps, numbered as its system numbers them."""
    document = Document()
    for client, report in judged.items():
        document.heading(f"{client.name} ({client.provider})")
        for number, check in enumerate(report, start=1):
            document.line(f"  {number}  ", _MARKS[check.status], f"  {check.message}")
            if check.status is Status.FAIL and check.hint:
                document.line("           ", Span(check.hint, Role.LABEL))
        left = len(report.failures)
        document.line()
        if left:
            document.line(Span(f"  {left} {'step' if left == 1 else 'steps'} left", Role.BAD))
        else:
            document.line(Span("  nothing left that can be seen from here", Role.GOOD))
    return document


def status_answer(judged: Mapping[Client, Report]) -> StatusAnswer:
    """The JSON answer of ``status``."""
    everything = merge(judged.values())
    return {
        "version": 1,
        "verdict": "pass" if all(report.passed for report in judged.values()) else "fail",
        "checks": checks_json(everything),
        "clients": [
            {
                "name": client.name,
                "provider": client.provider,
                "verdict": "pass" if report.passed else "fail",
                "steps_left": len(report.failures),
            }
            for client, report in judged.items()
        ],
    }


def init_answer(judged: Mapping[Client, Report], written: Sequence[Path]) -> InitAnswer:
    """The JSON answer of ``init``: that of ``status``, and the files that were written."""
    return {**status_answer(judged), "written": [str(path) for path in written]}
