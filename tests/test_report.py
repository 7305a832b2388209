"""A report: what passes, what is in it, and that nothing is no pass."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwttool.report import Check, Report, Severity, Status, merge, passes


def check(status: Status, number: int = 0) -> Check:
    return Check(f"check-{number}", status, Severity.ERROR, "what was found")


PASS, FAIL, WARNING, SKIPPED = (check(status) for status in Status)


@pytest.mark.parametrize(
    ("checks", "passed"),
    [
        ((), False),
        ((SKIPPED,), False),
        ((SKIPPED, SKIPPED), False),
        ((PASS,), True),
        ((WARNING,), True),
        ((PASS, SKIPPED), True),
        ((SKIPPED, PASS), True),
        ((PASS, WARNING, SKIPPED), True),
        ((FAIL,), False),
        ((PASS, FAIL), False),
        ((FAIL, PASS), False),
        ((PASS, WARNING, SKIPPED, FAIL), False),
    ],
    ids=lambda item: (
        "+".join(each.status for each in item) or "empty" if isinstance(item, tuple) else str(item)
    ),
)
def test_what_passes(checks: tuple[Check, ...], passed: bool) -> None:
    report = Report(checks)
    assert report.passed is passed
    assert bool(report) is passed
    assert report.verdict == ("pass" if passed else "fail")
    assert passes(checks) is passed


@given(st.lists(st.sampled_from(Status)))
def test_one_failure_is_enough_and_no_order_changes_the_verdict(statuses: list[Status]) -> None:
    report = Report(tuple(check(status, number) for number, status in enumerate(statuses)))
    assert report.passed is (Status.FAIL not in statuses and bool({*statuses} - {Status.SKIPPED}))
    assert Report(tuple(reversed(report.checks))).passed is report.passed
    assert not Report((*report.checks, FAIL)).passed


def test_checks_by_status_keep_their_order() -> None:
    checks = tuple(check(status, number) for number, status in enumerate([*Status, *Status]))
    report = Report(checks)
    assert report.failures == (checks[1], checks[5])
    assert report.warnings == (checks[2], checks[6])
    assert report.with_status(Status.PASS) == (checks[0], checks[4])
    assert report.with_status(Status.SKIPPED) == (checks[3], checks[7])
    assert tuple(report) == checks


def test_a_check_by_its_id() -> None:
    report = Report((check(Status.PASS, 1), check(Status.FAIL, 2)))
    assert report["check-2"].status is Status.FAIL
    with pytest.raises(KeyError, match="check-3"):
        report["check-3"]


def test_reports_merge_in_their_order() -> None:
    numbers = itertools.count()
    reports = [Report(tuple(check(Status.PASS, next(numbers)) for _ in range(size))) for size in (2, 0, 3)]
    assert [each.id for each in merge(reports)] == [f"check-{number}" for number in range(5)]
    assert not merge([])


def test_the_words_that_programs_read() -> None:
    assert [str(each) for each in Status] == ["pass", "fail", "warning", "skipped"]
    assert [str(each) for each in Severity] == ["error", "warning", "note"]
