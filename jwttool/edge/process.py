"""What the process does to itself before it touches a secret."""

from __future__ import annotations

import contextlib
import resource


def harden() -> None:
    """Leave no core dump: one would hold keys and passphrases in clear."""
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
