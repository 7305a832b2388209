"""What stands around a token that was copied: a header, a prefix, quotes, a variable."""

from __future__ import annotations

import re
from typing import Final

_NAME: Final = r"(?:[A-Za-z0-9_.-]{0,40}(?:token|assertion|jwt|bearer)[A-Za-z0-9_.-]{0,40}|dpop)"
# Each takes something away at the beginning; tried in this order, again and again.
_LAYERS: Final = (
    (re.compile(r"[<>][ \t]{1,4}"), "curl's mark for a line"),
    (re.compile(r"(?:-H|--header)[ \t=]{0,4}", re.IGNORECASE), "curl's -H"),
    (
        re.compile(r"(?:proxy-)?authorization[ \t]{0,8}[:=][ \t]{0,8}", re.IGNORECASE),
        "an Authorization header",
    ),
    (re.compile(r"bearer(?:[ \t]{1,8}|[ \t]{0,4}:[ \t]{0,8})(?=\S)", re.IGNORECASE), "a Bearer prefix"),
    (re.compile(r"dpop[ \t]{1,8}(?=\S)", re.IGNORECASE), "a DPoP prefix"),
    (
        re.compile(r"(?:export|set|let|const|var)[ \t]{1,8}[A-Za-z_][A-Za-z0-9_]{0,63}[ \t]{0,8}=[ \t]{0,8}"),
        "an assignment",
    ),
    (re.compile(r"\$?" + _NAME + r"[ \t]{0,8}=[ \t]{0,8}(?=[^\s=])", re.IGNORECASE), "an assignment"),
    (
        re.compile(r"[\"']?" + _NAME + r"[\"']?[ \t]{0,8}:[ \t]{0,8}(?=\S)", re.IGNORECASE),
        "the name of a member or header",
    ),
)
# The typographic ones come from mails and word processors.
_QUOTES: Final = {'"': '"', "'": "'", "`": "`", "\u201c": "\u201d", "\u2018": "\u2019", "«": "»", "<": ">"}
_MOST_LAYERS: Final = 8


def unwrap(text: str) -> tuple[str, str | None]:
    """The token in a piece of text, and in words what stood around it; None where nothing did.

    White space at the ends says nothing and is not told. The token itself is not
    looked at: what is left may be anything.
    """
    found: dict[str, None] = {}
    text = text.strip().removeprefix("\ufeff")
    # A bare token, the most frequent by far, needs none of the patterns.
    marked = ":" in text or "=" in text or " " in text or "\t" in text
    if not marked and text[:1].isalnum() and text[-1:] not in {",", ";"}:
        return text, None
    for _ in range(_MOST_LAYERS):
        inside, what = _one_layer(text)
        if what is None:
            break
        found[what] = None
        text = inside.strip()
    return text, ", ".join(found) or None


def _one_layer(text: str) -> tuple[str, str | None]:
    for pattern, what in _LAYERS:
        if begin := pattern.match(text):
            return text[begin.end() :], what
    if len(text) > 2 and _QUOTES.get(text[0]) == text[-1]:
        return text[1:-1], "quotes"
    if len(text) > 1 and text[-1] in ",;":
        return text[:-1], "a comma" if text[-1] == "," else "a semicolon"
    return text, None
