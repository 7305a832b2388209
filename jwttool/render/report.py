"""A Report as text and as JSON."""

from __future__ import annotations

import itertools
import textwrap
from typing import TYPE_CHECKING, Final

from jwttool.render.document import Document, Role, Span
from jwttool.report import Check, Report, Status

if TYPE_CHECKING:
    from jwttool.render.answers import CheckAnswer

_MARKS: Final = {
    Status.PASS: Span("ok  ", Role.GOOD),
    Status.FAIL: Span("FAIL", Role.BAD),
    Status.WARNING: Span("warn", Role.WARN),
    Status.SKIPPED: Span("skip", Role.LABEL),
}
_WIDTH: Final = 100


def check_json(check: Check) -> CheckAnswer:
    """One check in the shape that every JSON answer uses."""
    return {
        "id": check.id,
        "status": check.status.value,
        "severity": check.severity.value,
        "message": check.message,
        "hint": check.hint,
        "reference": check.reference,
        "where": check.where,
    }


def checks_json(report: Report) -> list[CheckAnswer]:
    """All checks of a report, in order."""
    return [check_json(check) for check in report]


def summary(report: Report) -> list[Span]:
    """``PASS: 2 warnings, 14 passed`` as spans."""
    counts = {
        "failed": len(report.failures),
        "warning" if len(report.warnings) == 1 else "warnings": len(report.warnings),
        "passed": len(report.with_status(Status.PASS)),
        "skipped": len(report.with_status(Status.SKIPPED)),
    }
    counted = ", ".join(f"{number} {name}" for name, number in counts.items() if number)
    verdict = Span("PASS", Role.GOOD) if report.passed else Span("FAIL", Role.BAD)
    return [verdict, Span(f"  {counted or 'nothing was checked'}")]


def report_document(report: Report) -> Document:
    """The checks, one a line; what is not content is followed by what to do and why."""
    document = Document()
    width = max((len(check.id) for check in report), default=0)
    for (skipped_for, _), group in itertools.groupby(report, _same_skip):
        checks = list(group)
        if skipped_for and len(checks) > 2:
            name = f"{len(checks)} checks".ljust(width)
            document.line(_MARKS[Status.SKIPPED], "  ", Span(name, Role.LABEL), "  ", skipped_for)
            continue
        for check in checks:
            document.extend(check_document(check, width))
    document.line()
    document.line(*summary(report))
    return document


def _same_skip(check: Check) -> tuple[str | None, str]:
    """Neighbours with one key are skipped for one reason, and then shown as one line."""
    return (check.message, "") if check.status is Status.SKIPPED else (None, check.id)


def check_document(check: Check, width: int = 0) -> Document:
    """One check: mark, id, message; for a fault also hint and reference."""
    document = Document()
    document.line(_MARKS[check.status], "  ", Span(check.id.ljust(width), Role.LABEL), "  ", check.message)
    if check.status in {Status.FAIL, Status.WARNING}:
        indent = " " * (8 + width)
        for label, text in (("try: ", check.hint), ("see: ", check.reference)):
            for number, part in enumerate(textwrap.wrap(text or "", _WIDTH - len(indent))):
                document.line(indent, Span(label if number == 0 else "     ", Role.LABEL), part)
    return document
