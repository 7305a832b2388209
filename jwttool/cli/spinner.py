"""Something that moves while a person waits; on a terminal only."""

from __future__ import annotations

import contextlib
import itertools
import sys
import threading
from typing import TYPE_CHECKING

from jwttool.edge.terminal import is_terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

_FRAMES = "|/-\\"
_SECONDS_A_FRAME = 0.1


@contextlib.contextmanager
def spinner(what: str) -> Iterator[None]:
    """Turn a sign beside ``what`` on standard error until the block ends."""
    if not is_terminal(sys.stderr):
        yield
        return
    done = threading.Event()
    turning = threading.Thread(target=_turn, args=(what, done), daemon=True)
    turning.start()
    try:
        yield
    finally:
        done.set()
        turning.join()
        sys.stderr.write("\r\x1b[K")  # carriage return, erase to the end of the line
        sys.stderr.flush()


def _turn(what: str, done: threading.Event) -> None:
    for frame in itertools.cycle(_FRAMES):
        sys.stderr.write(f"\r{frame} {what}")
        sys.stderr.flush()
        if done.wait(_SECONDS_A_FRAME):
            return
