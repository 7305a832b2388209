"""Identifiers in messages: what is not printable ASCII is shown as an escape.

A look-alike prints just like what it looks like, so that
:func:`jwttool.encoding.printable` leaves it alone; here it must not pass.
"""

from __future__ import annotations

from typing import Final

from jwttool.encoding import printable

_SHOWN: Final = 120


def escaped(text: str, limit: int = _SHOWN) -> str:
    """The text in printable ASCII, cut to a number of characters; a backslash beside escapes is doubled."""
    cut = text if len(text) <= limit else text[: limit - 3] + "..."
    return printable(cut) if cut.isascii() else cut.encode("unicode_escape").decode("ascii")


def quoted(text: str) -> str:
    """The same in quotes."""
    return f'"{escaped(text)}"'
