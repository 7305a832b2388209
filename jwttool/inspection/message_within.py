"""Tokens in a body that cannot be read: cut off, printed by a program, or copied from a page."""

from __future__ import annotations

import re
from itertools import islice
from typing import Final

from jwttool.checks.answer.message import FoundToken
from jwttool.inspection.message_head import TOKENS

# What begins as every JWT does, with two dots or four. Nothing before it may be part of it, so that
# no character is gone over twice; and what has three dots, or five, is none.
_TOKEN: Final = re.compile(
    r"(?<![A-Za-z0-9_.-])eyJ[A-Za-z0-9_-]*+(?:\.[A-Za-z0-9_-]*+){2}(?:(?:\.[A-Za-z0-9_-]*+){2})?+(?!\.)"
)
_NAME: Final = re.compile(r"([A-Za-z_]{1,40})[\"'\\]{0,4}[ \t]{0,4}[:=][ \t]{0,4}[\"'\\]{0,4}\Z")
_BEFORE: Final = 64
"""Characters before a token in which its name is looked for."""
_MOST: Final = 20


def tokens_within(text: str) -> tuple[FoundToken, ...]:
    """The compact tokens in a text, each with the name that stands before it, where that is known."""
    return tuple(
        FoundToken(_place(text[max(0, found.start() - _BEFORE) : found.start()]), found[0])
        for found in islice(_TOKEN.finditer(text), _MOST)
    )


def _place(before: str) -> str:
    named = _NAME.search(before)
    return named[1] if named is not None and named[1] in TOKENS else "the text"
