"""Programs that nobody here wrote, for the tests that check ours against theirs."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest


def require_tool(name: str) -> str:
    """The path of a program; skips where it is missing, fails where it is demanded."""
    path = shutil.which(name)
    if path is None:
        reason = f"{name} is not installed"
        if os.environ.get("JWTTOOL_REQUIRE_TOOLS") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return path


def run_tool(
    name: str, *arguments: str | Path, stdin: bytes = b"", check: bool = True
) -> subprocess.CompletedProcess[bytes]:
    """Run a program and return what it said; ``check`` demands exit code 0."""
    command = [require_tool(name), *map(str, arguments)]
    done = subprocess.run(command, input=stdin, capture_output=True, timeout=60, check=False)
    if check:
        assert done.returncode == 0, (command, done.stderr.decode(errors="replace"))
    return done
