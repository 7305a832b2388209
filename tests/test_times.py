"""Points in time: read from a person, shown to one."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwttool.errors import InputError
from jwttool.times import duration, parse_time, rfc3339, rfc3339_from_unix
from tests.hostile import CANARY, no_hanging, refusal

NOW = datetime(2026, 6, 16, 13, 10, 13, tzinfo=UTC)
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("now", NOW),
        ("2026-06-16T13:10:13Z", NOW),
        ("2026-06-16T16:10:13+03:00", NOW),
        ("2026-06-15T23:10:13-14:00", NOW),
        ("2026-06-16 13:10:13+00:00", NOW),
        ("2026-06-16T13:10:13.5Z", NOW + timedelta(seconds=0.5)),
        ("  2026-06-16T13:10:13Z\n", NOW),
        ("1781615413", NOW),
        ("0", datetime(1970, 1, 1, tzinfo=UTC)),
        ("+30s", NOW + timedelta(seconds=30)),
        ("-30m", NOW - timedelta(minutes=30)),
        ("+2h", NOW + timedelta(hours=2)),
        ("-7d", NOW - timedelta(days=7)),
        ("+1w", NOW + timedelta(weeks=1)),
        ("+0s", NOW),
        ("9999-12-31T00:00:00Z", datetime(9999, 12, 31, tzinfo=UTC)),
        ("1970-01-01T00:00:00Z", datetime(1970, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_time_that_is_read(text: str, moment: datetime) -> None:
    read = parse_time(text, NOW)
    assert read == moment
    assert read.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("now", "Now"),
        ("now", ""),
        ("2026-06-16T13:10:13Z", "2026-06-16T13:10:13"),  # in which zone?
        ("2026-06-16T13:10:13Z", "2026-06-16"),
        ("2026-06-16T13:10:13Z", "2026-06-31T13:10:13Z"),
        ("2026-06-16T13:10:13Z", "2026-06-16T25:10:13Z"),
        ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00+00:01"),
        ("1970-01-01T00:00:00Z", "0001-01-01T00:00:00+01:00"),
        ("9999-12-31T00:00:00Z", "9999-12-31T23:59:59-01:00"),
        ("1781615413", "1781615413.0"),
        ("1781615413", "-1781615413"),
        ("1781615413", "٢٠٢٦"),
        ("1781615413", "1_000"),
        ("1781615413", "253402300800"),  # the year 10000
        ("1781615413", "100000000000000000"),  # more than the C library's year holds
        ("1781615413", "9" * 400),
        ("1781615413", "9" * 5000),
        ("+30m", "30m"),
        ("+30m", "+30"),
        ("+30m", "+30M"),
        ("+30m", "+30 m"),
        ("+30m", "+-30m"),
        ("+30m", "+30m5s"),
        ("+30m", "+٣m"),
        ("+30m", "+1000000000m"),
        ("+30m", "+999999999w"),
        ("-30m", "-3000w"),
    ],
)
def test_a_time_that_is_refused(good: str, bad: str) -> None:
    parse_time(good, NOW)
    error = refusal(InputError, lambda: parse_time(bad, NOW))
    assert error.message == "not a time"
    assert error.hint == "give RFC 3339 with a zone (2026-06-16T13:10:13Z), Unix seconds, or +30m, -2h, +7d"


def test_what_is_no_time_is_not_repeated() -> None:
    refusal(InputError, lambda: parse_time(CANARY, NOW))


@given(st.text() | st.text(st.sampled_from("0123456789-+:.TZWsmhdw ")) | st.from_regex(r"[+-]\d+[smhdw]"))
def test_whatever_the_text_is_the_answer_is_an_aware_time_or_ours(text: str) -> None:
    try:
        moment = parse_time(text, NOW)
    except InputError:
        return
    assert moment.utcoffset() == timedelta(0)
    assert RFC3339.fullmatch(rfc3339(moment))


def test_a_long_text_is_refused_at_once() -> None:
    with no_hanging():
        for text in ("9" * 10**6, "+" + "9" * 10**6 + "m", " " * 10**6 + "x"):
            refusal(InputError, partial(parse_time, text, NOW))


@given(st.timedeltas(timedelta(0), datetime(9999, 12, 31, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)))
def test_what_is_shown_is_read_back(since: timedelta) -> None:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + since
    assert parse_time(rfc3339(moment), NOW) == moment.replace(microsecond=0)


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (NOW, "2026-06-16T13:10:13Z"),
        (NOW.astimezone(timezone(timedelta(hours=3))), "2026-06-16T13:10:13Z"),
        (NOW.replace(microsecond=999_999), "2026-06-16T13:10:13Z"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00Z"),  # four digits, always
        (datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC), "9999-12-31T23:59:59Z"),
    ],
)
def test_how_a_time_is_shown(moment: datetime, text: str) -> None:
    assert rfc3339(moment) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (1781615413, "2026-06-16T13:10:13Z"),
        (1781615413.5, "2026-06-16T13:10:13Z"),
        (-1, "1969-12-31T23:59:59Z"),
        (-62135596800, "0001-01-01T00:00:00Z"),
        (-62135596801, None),
        (253402300799, "9999-12-31T23:59:59Z"),
        (253402300800, None),
        (10**17, None),
        (2**53, None),
        (1e308, None),
        (-1e308, None),
        (float("inf"), None),
        (float("nan"), None),
    ],
)
def test_unix_seconds(seconds: float, text: str | None) -> None:
    assert rfc3339_from_unix(seconds) == text


@given(st.floats() | st.integers())
def test_whatever_the_number_is_the_answer_is_a_time_or_none(seconds: float) -> None:
    text = rfc3339_from_unix(seconds)
    assert text is None or RFC3339.fullmatch(text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (0.9, "0 s"),
        (1, "1 s"),
        (-42, "42 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (61, "1 min 1 s"),
        (3600, "1 h"),
        (3605, "1 h 5 s"),
        (3900, "1 h 5 min"),
        (3905, "1 h 5 min"),
        (86400, "1 d"),
        (90061, "1 d 1 h"),
        (31104000, "360 d"),
        (86400 * 12345, "12,345 d"),
    ],
)
def test_a_length_of_time(seconds: float, text: str) -> None:
    assert duration(seconds) == text
