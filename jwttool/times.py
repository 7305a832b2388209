"""Points in time: how they are read from a person and shown to one."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from jwttool.errors import InputError, UsageError, raise_alone

_RELATIVE: Final = re.compile(r"([+-])(\d{1,9})([smhdw])", re.ASCII)
_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(9999, 12, 31, tzinfo=UTC)


def parse_time(text: str, now: datetime) -> datetime:
    """An aware UTC time from RFC 3339, Unix seconds, or relative to ``now`` (``+30m``).

    :raises InputError: for anything else, and for a time without a zone.
    """
    try:
        moment = _parse(text.strip(), now)
    except (ValueError, OverflowError, OSError):  # OSError: a year that the C library cannot hold
        raise_alone(_unreadable())
    if not _EARLIEST <= moment <= _LATEST:
        raise _unreadable()
    return moment


def _parse(text: str, now: datetime) -> datetime:
    if text == "now":
        return now
    if relative := _RELATIVE.fullmatch(text):
        sign, amount, unit = relative.groups()
        delta = timedelta(**{_UNITS[unit]: int(amount)})
        return now + delta if sign == "+" else now - delta
    if text.isascii() and text.isdecimal():
        return datetime.fromtimestamp(int(text), UTC)
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError
    return moment.astimezone(UTC)


def _unreadable() -> InputError:
    return InputError(
        "not a time",
        hint="give RFC 3339 with a zone (2026-06-16T13:10:13Z), Unix seconds, or +30m, -2h, +7d",
    )


def unix_seconds(moment: datetime) -> int:
    """Whole Unix seconds of an aware time.

    :raises UsageError: for a time without a zone, which every machine would read otherwise.
    """
    if moment.tzinfo is None:
        raise UsageError("a time without a zone", hint="datetime.now(UTC), not datetime.utcnow()")
    return int(moment.timestamp())


def rfc3339(moment: datetime) -> str:
    """RFC 3339 in UTC, to the second."""
    # Not strftime: it writes the year 1 with one digit, and RFC 3339 has four.
    return _in_utc(moment.astimezone(UTC))


def _in_utc(moment: datetime) -> str:
    return f"{moment.isoformat('T', 'seconds')[:-6]}Z"  # without its +00:00


@lru_cache(maxsize=1024)  # tokens that come together were issued together
def rfc3339_from_unix(seconds: float) -> str | None:
    """RFC 3339 of Unix seconds; None for what no calendar holds."""
    try:
        return _in_utc(datetime.fromtimestamp(seconds, UTC))
    except (ValueError, OverflowError, OSError):
        return None


def duration(seconds: float) -> str:
    """A length of time in the two largest units that matter: ``1 h 5 min``, ``42 s``."""
    if not math.isfinite(seconds):  # two doubles far apart
        return "for ever"
    whole = abs(int(seconds))
    parts: list[str] = []
    for size, name in ((86400, "d"), (3600, "h"), (60, "min"), (1, "s")):
        amount, whole = divmod(whole, size)
        if amount or (name == "s" and not parts):
            parts.append(f"{amount:,} {name}")
    return " ".join(parts[:2])
