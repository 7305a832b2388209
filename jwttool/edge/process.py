"""What the process does to itself before it touches a secret."""

from __future__ import annotations

import atexit
import contextlib
import gc
import resource
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def harden() -> None:
    """Leave no core dump: one would hold keys and passphrases in clear."""
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


@contextlib.contextmanager
def without_collector() -> Iterator[None]:
    """No search for cycles of objects meanwhile, nor when the process ends.

    Importing makes a great many objects and hardly any cycle; looking through all of them, at intervals and
    once more at the end, is a tenth and more of a process that imports much and does little.
    """
    collecting = gc.isenabled()
    gc.disable()
    atexit.unregister(gc.freeze)
    atexit.register(gc.freeze)
    try:
        yield
    finally:
        if collecting:
            gc.enable()
