"""Issued, now, expired: three points on one short line."""

from __future__ import annotations

from jwttool.render.document import Role, Span
from jwttool.times import duration

WIDTH = 36


def timeline(start: float, end: float, now: float, *, ascii_only: bool = False) -> list[Span]:
    """A line from start to end with now on it, or before or behind it; Unix seconds.

    Only for times in their order: ``start`` before ``end``.
    """
    bar, dot, left, right = "-o||" if ascii_only else "─●├┤"
    if now < start:
        mark = Span(f"{dot} now, {duration(start - now)} before  ", Role.WARN)
        return [
            mark,
            Span("issued ", Role.LABEL),
            Span(left + bar * WIDTH + right),
            Span(" expires", Role.LABEL),
        ]
    if now >= end:
        mark = Span(f"  {dot} now, {duration(now - end)} after", Role.BAD)
        return [
            Span("issued ", Role.LABEL),
            Span(left + bar * WIDTH + right),
            Span(" expired", Role.LABEL),
            mark,
        ]
    position = min(WIDTH - 1, int((now - start) / (end - start) * WIDTH))
    return [
        Span("issued ", Role.LABEL),
        Span(left + bar * position, Role.GOOD),
        Span(dot, Role.GOOD),
        Span(bar * (WIDTH - 1 - position) + right),
        Span(" expires", Role.LABEL),
        Span(f"  {duration(end - now)} left", Role.GOOD),
    ]
