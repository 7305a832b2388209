"""Processes that write: many at once, or killed at random moments, many times over.

As a program it kills one writer after the other, and prints one JSON object a
kill: what the folder holds then, and after the next write. It is a process of
its own because only one without threads may fork.

    python -m tests.killing create|replace|named|naive FOLDER KILLS SEED
"""

from __future__ import annotations

import errno
import json
import os
import random
import select
import signal
import stat
import sys
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jwttool.edge.writing import write_secret
from jwttool.errors import JwtToolError

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE = 512 * 1024
"""Bytes of one version of the file: enough that most kills come in the middle of a write."""


def version(number: int) -> bytes:
    """Content that tells a whole file from a part, and one version from another."""
    return bytes([number % 256]) * SIZE


def create(path: Path, data: bytes) -> None:
    """Make the file anew."""
    path.unlink(missing_ok=True)
    write_secret(path, data)


def replace(path: Path, data: bytes) -> None:
    """Put another version in its place."""
    write_secret(path, data, force=True)


def named(path: Path, data: bytes) -> None:
    """Make the file anew where the file system has no files without a name."""
    without_nameless_files()
    create(path, data)


def naive(path: Path, data: bytes) -> None:
    """As one would without thinking: shows that this test can fail."""
    with path.open("wb") as stream:
        stream.write(data[: SIZE // 2])
        stream.flush()
        stream.write(data[SIZE // 2 :])
    path.chmod(0o600)


def without_nameless_files() -> None:
    """From here on os.open refuses O_TMPFILE, as file systems do that lack it."""
    real = os.open

    def refuse(path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if flags & os.O_TMPFILE == os.O_TMPFILE:
            raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))
        return real(path, flags, mode, dir_fd=dir_fd)

    if real.__name__ != "refuse":
        os.open = refuse


WRITERS: dict[str, Callable[[Path, bytes], None]] = {
    each.__name__: each for each in (create, replace, named, naive)
}


def write_together(number: int, path: Path, force: bool, ready: Any, results: Any) -> None:
    """Write when all others do too, and tell whether it went well."""
    ready.wait()
    try:
        write_secret(path, version(number), force=force)
    except JwtToolError as error:
        results.put((number, error.message))
    else:
        results.put((number, None))


def kill_one(write: Callable[[Path, bytes], None], path: Path, milliseconds: float) -> None:
    """Start a process that does nothing but write, and kill it."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        for number in count():
            write(path, version(number))
            os.write(writer, b".")
    os.read(reader, 1)  # the first version is there
    select.select([], [], [], milliseconds / 1000)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(reader)
    os.close(writer)


def inventory(folder: Path) -> dict[str, tuple[str, bool]]:
    """For each file its mode, and whether it is one whole version."""
    found = {}
    for path in folder.iterdir():
        data = path.read_bytes()
        whole = len(data) == SIZE and data == data[:1] * SIZE
        found[path.name] = (oct(stat.S_IMODE(path.stat().st_mode)), whole)
    return found


def main(writer: str, folder: Path, kills: int, seed: int) -> None:
    """Kill, look, write once more, look again."""
    chance = random.Random(seed)
    path = folder / "secret.key"
    write = WRITERS[writer]
    for _ in range(kills):
        kill_one(write, path, chance.uniform(0, 12))
        left = inventory(folder)
        write_secret(path, version(0), force=True)
        sys.stdout.write(json.dumps({"left": left, "then": inventory(folder)}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
