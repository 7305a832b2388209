"""Taking our own secrets out of what a server says.

A server that repeats what it was sent (in an error description, say) would
otherwise put the client's secret on the screen and into logs.
"""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, quote_plus

from jwttool.checks.answer.message import SECRETS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jwttool.secret import Secret

HIDDEN: Final = "(a secret of yours)"
_PIECE: Final = 8
"""Characters of a secret that are taken for a piece of it, wherever they turn up."""
_MOST_PIECES: Final = 5000
_LONGEST: Final = 2000
"""Characters of a text that are kept: nothing shows more of one."""
_DEEPEST: Final = 40


class Masker:
    """Replaces the secrets of one request, whole or in pieces, as sent or encoded."""

    __slots__ = ("_pieces", "_whole")

    def __init__(self, secrets: Iterable[Secret]) -> None:
        texts: dict[str, None] = {}
        for secret in secrets:
            data = secret.reveal()
            text = data.decode("utf-8", "replace")
            encoded = base64.b64encode(data).decode("ascii")
            texts |= dict.fromkeys((text, quote(text, safe=""), quote_plus(text), encoded))
        ordered = sorted(filter(None, texts), key=len, reverse=True)
        self._whole: Final = re.compile("|".join(map(re.escape, ordered)), re.IGNORECASE) if ordered else None
        pieces: set[str] = set()
        for text in ordered:
            folded = text.lower()
            pieces.update(folded[start : start + _PIECE] for start in range(len(folded) - _PIECE + 1))
            if len(pieces) > _MOST_PIECES:
                break
        self._pieces: Final = frozenset(pieces)

    def text(self, text: str) -> str:
        """A text without the secrets."""
        if self._whole is None:
            return text
        shortened = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
        return self._without_pieces(self._whole.sub(HIDDEN, shortened))

    def _without_pieces(self, text: str) -> str:
        folded = text.lower()
        if len(folded) != len(text):  # a character whose lower case is longer: no places to compare
            folded = text
        hidden = [
            start for start in range(len(text) - _PIECE + 1) if folded[start : start + _PIECE] in self._pieces
        ]
        if not hidden:
            return text
        parts: list[str] = []
        at, index = 0, 0
        while index < len(hidden):
            start = end = hidden[index]
            while index < len(hidden) and hidden[index] <= end + _PIECE:
                end = hidden[index]
                index += 1
            parts += [text[at:start], HIDDEN]
            at = end + _PIECE
        return "".join([*parts, text[at:]])

    def value(self, value: Any, *, but: frozenset[str] = frozenset(), depth: int = 0) -> Any:
        """A JSON value without the secrets; the texts of members in ``but`` are left as they are."""
        if isinstance(value, str):
            return self.text(value)
        if depth > _DEEPEST:
            return None
        if isinstance(value, dict):
            return {
                self.text(name): (
                    inner
                    if name in but and isinstance(inner, str)
                    else self.value(inner, but=but, depth=depth + 1)
                )
                for name, inner in value.items()
            }
        if isinstance(value, list):
            return [self.value(each, but=but, depth=depth + 1) for each in value]
        return value


ISSUED: Final = SECRETS
"""Members whose values no message shows: masking them would only make a token look damaged."""
