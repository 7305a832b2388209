"""Memory of what was used, so that an assertion is good for one request alone.

What is remembered is a hash of client and ``jti``, never a token. A store says
in one step, which nothing can come between, whether a use is the first: asking
first and writing afterwards would let two requests at the same moment both win.
"""

from __future__ import annotations

import hashlib
import heapq
import threading
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

LONGEST: Final = 24 * 3600 + 600
"""Seconds for which a use is remembered at most: a day, and what clocks are forgiven."""

_SWEPT_AT_ONCE: Final = 8


class ReplayStore(ABC):
    """What has to remember uses. One for a machine or one for many; any number of threads may ask."""

    __slots__ = ()

    @abstractmethod
    def remember(self, key: bytes, *, until: int, now: int) -> bool:
        """Whether this is the first use; from here on, and until then, every other one is not.

        :param key: what was used: 32 bytes, see :func:`use_key`.
        :param until: Unix seconds; from this time on the use need not be remembered.
        :param now: Unix seconds, the time at which it is used.
        :raises ReplayStoreError: the store cannot say. Never taken for a first use.
        """

    def close(self) -> None:  # noqa: B027  # not every store holds something open
        """Let go of what is open. What was remembered stays, where it is kept outside of this process."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class MemoryReplayStore(ReplayStore):
    """Remembers in this process alone, and only as long as it lives."""

    __slots__ = ("_ends", "_lock", "_until")

    def __init__(self) -> None:
        self._until: Final[dict[bytes, int]] = {}
        self._ends: Final[list[tuple[int, bytes]]] = []
        self._lock: Final = threading.Lock()

    def remember(self, key: bytes, *, until: int, now: int) -> bool:
        """As the interface says; it never fails."""
        with self._lock:
            self._sweep(now)
            known = self._until.get(key)
            if known is not None and known > now:
                return False
            self._until[key] = until
            heapq.heappush(self._ends, (until, key))
            return True

    def __len__(self) -> int:
        """How many uses are kept, those that have ended but were not swept included."""
        return len(self._until)

    def __repr__(self) -> str:
        return f"MemoryReplayStore({len(self)} kept)"

    def _sweep(self, now: int) -> None:
        # A few at each use: more go than come, and no use waits for all.
        # Not at once: a clock that is ahead for a moment must not forget what still counts.
        for _ in range(_SWEPT_AT_ONCE):
            if not self._ends or self._ends[0][0] > now - LONGEST:
                return
            until, key = heapq.heappop(self._ends)
            if self._until.get(key) == until:  # not remembered anew since
                del self._until[key]


def use_key(client_id: str, jti: str) -> bytes:
    """What stands for the use of a ``jti`` by a client: one client cannot use up another's."""
    client = client_id.encode()
    # With the length before it, no other client and jti make up the same bytes.
    return hashlib.sha256(b"jwttool jti %d %b %b" % (len(client), client, jti.encode())).digest()
