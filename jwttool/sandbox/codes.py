"""The one-time codes that the sandbox handed out."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(slots=True)
class _Code:
    value: Any
    until: int
    used: bool = False


class CodeState:
    """What can be wrong with a code."""

    UNKNOWN = "was never handed out by this sandbox, or long ago"
    USED = "was used before: a code is good once"
    EXPIRED = "has expired"


class Codes:
    """One-time codes: each is good once, and shortly; a used one is told from one that never was."""

    MOST: Final = 10_000

    def __init__(self, random: Callable[[int], bytes], lifetime: int = 60) -> None:
        self._random: Final = random
        self._codes: Final[dict[str, _Code]] = {}
        self.lifetime: Final = lifetime
        self._lock: Final = threading.Lock()

    def hand_out(self, value: Any, now: int) -> str:
        """A new code that stands for something."""
        code = self._random(16).hex()
        with self._lock:
            while len(self._codes) >= self.MOST:  # the oldest go first
                del self._codes[next(iter(self._codes))]
            self._codes[code] = _Code(value, now + self.lifetime)
        return code

    def take(self, code: str, now: int) -> tuple[Any, str | None]:
        """What a code stands for, and what is wrong with it; it is used up by that."""
        with self._lock:
            found = self._codes.get(code)
            if found is None:
                return None, CodeState.UNKNOWN
            if found.used:
                return None, CodeState.USED
            found.used = True
            if now >= found.until:
                return None, f"{CodeState.EXPIRED}: it lived {self.lifetime} s"
            return found.value, None
