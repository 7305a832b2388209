"""Members of a header, of claims or of a message in columns: name, value, meaning."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from jwttool.encoding import printable
from jwttool.render.document import Document, Role, Span
from jwttool.times import duration

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from jwttool.encoding import JsonObject
    from jwttool.inspection.model import TokenTime

MOST: Final = 100
"""Members of one object that are shown; of lists that come from outside too."""
LONGEST: Final = 400
"""Characters of one value that are shown."""
_NAME: Final = 60
_VALUE_WIDTH: Final = 44
"""Longer values push their meaning to a line of its own."""


@dataclass(frozen=True, slots=True)
class Look:
    """How the reader sees it: ``local`` puts a moment into the reader's zone; pictures are for terminals.

    ``verified`` says that the token's signature was looked at, elsewhere.
    """

    local: Callable[[datetime], datetime]
    show_secrets: bool = False
    pictures: bool = False
    ascii_only: bool = False
    verified: bool = False


def member_table(
    document: Document,
    heading: str,
    members: JsonObject,
    meanings: Mapping[str, str],
    look: Look,
    *,
    role: Role = Role.PLAIN,
    below: Mapping[str, list[Span]] | None = None,
) -> None:
    """A heading, and a line for each member, masked before; what is ``below`` one stands under its value."""
    document.heading(heading)
    rows = [
        (name, printable(name, _NAME), value_text(value, look) + _in_words(name, value))
        for name, value in islice(members.items(), MOST)
    ]
    name_width = max((len(shown) for _, shown, _ in rows), default=0)
    value_width = min(_VALUE_WIDTH, max((len(value) for _, _, value in rows), default=0))
    for name, shown, value in rows:
        start = (Span("  "), Span(shown.ljust(name_width), role), Span("  "))
        meaning = Span(meanings.get(name, ""), Role.LABEL)
        if len(value) <= value_width:
            document.line(*start, value.ljust(value_width), "  ", meaning)
        else:
            document.line(*start, Span(value, whole=look.show_secrets))
            if meaning.text:
                document.line(" " * (name_width + value_width + 6), meaning)
        if below and name in below:
            document.line(" " * (name_width + 4), *below[name])
    say_rest(document, len(members))


def say_rest(document: Document, count: int) -> None:
    """Say how many of so many were not shown."""
    if count > MOST:
        document.line("  ", Span(f"… and {count - MOST:,} more", Role.WARN))


def value_text(value: Any, look: Look) -> str:
    """A value in JSON, escaped and, unless all of it was asked for, shortened; it was masked before."""
    return printable(json.dumps(value, ensure_ascii=False), None if look.show_secrets else LONGEST)


def _in_words(name: str, value: Any) -> str:
    """Seconds as people count them."""
    is_length = name in {"expires_in", "refresh_expires_in"} and type(value) is int and value > 60
    return f" ({duration(value)})" if is_length else ""


def moment_spans(time: TokenTime, now: int, look: Look) -> list[Span]:
    """A time in UTC and in the reader's zone, and how long ago or ahead it is."""
    moment = time.moment
    if moment is None:
        return [Span("no date that a calendar holds", Role.BAD)]
    seconds = time.value - now
    distance = f"in {duration(seconds)}" if seconds > 0 else f"{duration(seconds)} ago"
    return [
        Span(f"{moment:%Y-%m-%d %H:%M:%S} UTC"),
        Span(_local(moment, look)),
        Span(f"  {distance}", _role_of(time.name, seconds)),
    ]


def _role_of(name: str, seconds: float) -> Role:
    if name == "exp":
        return Role.GOOD if seconds > 0 else Role.BAD
    return Role.WARN if seconds > 0 else Role.GOOD


def _local(moment: datetime, look: Look) -> str:
    try:
        local = look.local(moment)
    except (OverflowError, ValueError, OSError):  # the last day of the last year, east of Greenwich
        return ""
    if not local.utcoffset():
        return " (local time too)"
    form = "%H:%M:%S %z" if local.date() == moment.date() else "%Y-%m-%d %H:%M:%S %z"
    return f" ({local.strftime(form)})"
