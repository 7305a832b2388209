"""What every judgement returns: a Report of Checks.

A report lists all that was looked at, in the order in which a server would
look, and says of each thing that could not be looked at why not. An empty
report never passes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad a rule's failure is: ``error`` refuses, ``warning`` may, ``note`` informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Status(StrEnum):
    """The outcome of one check."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    WARNING = "warning"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Check:
    """One rule, judged.

    ``message`` says what was found, ``hint`` what to do about it, ``reference``
    which document asks for it, ``where`` which part of the input it is about.
    """

    id: str
    status: Status
    severity: Severity
    message: str
    hint: str | None = None
    reference: str | None = None
    where: str | None = None


def passes(checks: Iterable[Check]) -> bool:
    """Whether something was judged and nothing failed. Empty means no."""
    # Bound once: a look-up in an enum class costs more than the comparison.
    fail, skipped = Status.FAIL, Status.SKIPPED
    judged = False
    for check in checks:
        if check.status is fail:
            return False
        judged = judged or check.status is not skipped
    return judged


@dataclass(frozen=True, slots=True)
class Report:
    """Checks in the order in which a server would make them."""

    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """True when something was judged and nothing failed."""
        return passes(self.checks)

    @property
    def verdict(self) -> str:
        """``"pass"`` or ``"fail"``."""
        return "pass" if self.passed else "fail"

    @property
    def failures(self) -> tuple[Check, ...]:
        """The checks that refuse."""
        return self.with_status(Status.FAIL)

    @property
    def warnings(self) -> tuple[Check, ...]:
        """The checks that warn."""
        return self.with_status(Status.WARNING)

    def with_status(self, status: Status) -> tuple[Check, ...]:
        """The checks of one status, in order."""
        return tuple(check for check in self.checks if check.status is status)

    def __bool__(self) -> bool:
        """``if report:`` reads as "if it passed"."""
        return self.passed

    def __iter__(self) -> Iterator[Check]:
        return iter(self.checks)

    def __getitem__(self, check_id: str) -> Check:
        """The check with that id.

        :raises KeyError: when the report has no such check.
        """
        for check in self.checks:
            if check.id == check_id:
                return check
        raise KeyError(check_id)


def merge(reports: Iterable[Report]) -> Report:
    """One report out of several, in their order."""
    return Report(tuple(check for report in reports for check in report.checks))
