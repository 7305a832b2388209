"""Text for people, built so that hostile text cannot do harm.

A command describes its answer as lines of spans; only :func:`to_text` turns
spans into characters, and it escapes every one of them. Nothing that came from
outside reaches a terminal in another way (CWE-150).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from jwttool.encoding import printable


class Role(Enum):
    """What a span is; the colour follows from it."""

    PLAIN = ""
    HEADING = "1"
    LABEL = "2"
    GOOD = "32"
    BAD = "1;31"
    WARN = "33"
    ACCENT = "36"
    # The parts of a token, in their order, so that they can be told apart.
    HEADER = "31"
    ENCRYPTED_KEY = "93"
    IV = "92"
    PAYLOAD = "35"
    SIGNATURE = "94"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of one line; cut where it is long, unless the whole of it was asked for."""

    text: str
    role: Role = Role.PLAIN
    whole: bool = False


Line = tuple[Span, ...]

MAX_SPAN: Final = 4096
"""Characters of one span that are shown; the rest is cut with an ellipsis."""


def span(piece: Span | str) -> Span:
    """A plain span from a string; a span as it is."""
    return piece if isinstance(piece, Span) else Span(piece)


@dataclass(slots=True)
class Document:
    """Lines, in order; write-only until it is rendered."""

    lines: list[Line] = field(default_factory=list)

    def line(self, *pieces: Span | str) -> None:
        """Add one line; without pieces an empty one."""
        self.lines.append(tuple(map(span, pieces)))

    def heading(self, text: str) -> None:
        """Add a heading, with an empty line before it unless it comes first."""
        if self.lines:
            self.line()
        self.line(Span(text, Role.HEADING))

    def fields(self, pairs: dict[str, str | Span | None], *, indent: int = 2) -> None:
        """Add ``label  value`` lines with one column for the labels; None is left out."""
        present = {label: value for label, value in pairs.items() if value is not None}
        width = max(map(len, present), default=0)
        for label, value in present.items():
            self.line(" " * indent, Span(label.ljust(width), Role.LABEL), "  ", value)

    def extend(self, other: Document) -> None:
        """Add another document's lines."""
        self.lines.extend(other.lines)


def _render(piece: Span, *, colour: bool) -> str:
    text = printable(piece.text, None if piece.whole else MAX_SPAN)
    if colour and piece.role is not Role.PLAIN and text:
        return f"\x1b[{piece.role.value}m{text}\x1b[0m"
    return text


def to_text(document: Document, *, colour: bool) -> str:
    """The document as text, a newline after every line, all spans escaped."""
    rendered = (
        "".join(_render(piece, colour=colour) for piece in line).rstrip(" ") for line in document.lines
    )
    return "".join(f"{line}\n" for line in rendered)
