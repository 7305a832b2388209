"""Reading files and standard input: bounded, and careful with secrets' files."""

from __future__ import annotations

import errno
import os
import stat
import sys
from typing import TYPE_CHECKING

from jwttool.errors import (
    FileAccessError,
    FileMissingError,
    TooLargeError,
    UnsafePermissionsError,
    UsageError,
    raise_alone,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import BinaryIO

    from jwttool.encoding import Limit

STDIN = "-"


def read_input(name: str | Path, limit: Limit, what: str) -> bytes:
    """The bytes of a file, or of standard input for ``-``.

    At most ``limit`` bytes are ever read, so that a huge file or an endless
    device costs no more than a legitimate one.

    :raises FileMissingError: there is no such file.
    :raises FileAccessError: it is a folder or may not be read.
    :raises UsageError: standard input was read before.
    :raises TooLargeError: it is larger than ``limit``.
    """
    if str(name) == STDIN:
        return _read_stdin(limit, what)
    with open_input(name, what) as stream:
        return _bounded(stream, limit, what)


def read_secret(name: str | Path, limit: Limit, what: str, warn: Callable[[str], None]) -> bytes:
    """Like :func:`read_input`, for a file that holds a key or a passphrase.

    Whoever can write the file can choose the secret, so that is refused; a file
    that others can read gets a warning only, because containers mount secrets
    with mode 0444.

    :raises UnsafePermissionsError: group or others may write the file.
    """
    if str(name) == STDIN:
        return _read_stdin(limit, what)
    with open_input(name, what) as stream:
        # fstat of the open file, not stat of the name: no race between the two.
        status = os.fstat(stream.fileno())
        if stat.S_ISREG(status.st_mode):
            _judge_mode(name, stat.S_IMODE(status.st_mode), what, warn)
        return _bounded(stream, limit, what)


def file_mode(path: Path) -> int:
    """The permission bits of a file, following symlinks."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except (OSError, ValueError) as error:
        raise_alone(_translate(error, path, "file"))


def _read_stdin(limit: Limit, what: str) -> bytes:
    if sys.stdin is None:  # Python's way to say that descriptor 0 was closed
        raise FileAccessError(f"{what} cannot be read: standard input is closed")
    refuse_read_stdin()
    try:
        return _bounded(sys.stdin.buffer, limit, what)
    finally:
        # So that a second reader is told, and does not take what is left, nothing, for an
        # empty file. It is the stream that is closed: descriptor 0 stays open.
        sys.stdin.close()


def refuse_read_stdin() -> None:
    """:raises UsageError: when standard input was read already: it has been used up."""
    if sys.stdin is not None and sys.stdin.closed:
        raise UsageError(
            "standard input can be read once, and two things are to come from it",
            hint="name a file for one of them",
        )


def is_file(name: str) -> bool:
    """Whether there is a file of that name."""
    try:
        return stat.S_ISREG(os.stat(name).st_mode)  # noqa: PTH116
    except (OSError, ValueError):
        return False


def is_same_file(first: str | Path, second: str | Path) -> bool:
    """Whether two names are of one file, which is there; ``-`` is the file behind standard input."""
    try:
        return os.path.samestat(_status(first), _status(second))
    except (OSError, ValueError, AttributeError):  # no such file; a stream without a descriptor
        return False


def _status(name: str | Path) -> os.stat_result:
    return os.stat(sys.stdin.fileno() if str(name) == STDIN else name)  # noqa: PTH116


def _judge_mode(path: str | Path, mode: int, what: str, warn: Callable[[str], None]) -> None:
    if mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise UnsafePermissionsError(
            f"{what} {path} can be written by other users (mode {mode:04o})",
            hint=f"chmod 600 {path}, and make a new one if it may have been changed",
        )
    if mode & (stat.S_IRGRP | stat.S_IROTH):
        warn(f"{what} {path} can be read by other users (mode {mode:04o}); chmod 600 keeps it to you")


def open_input(name: str | Path, what: str) -> BinaryIO:
    """A file, open to be read.

    :raises FileMissingError: there is no such file.
    :raises FileAccessError: it is a folder or may not be read.
    """
    if not str(name):
        raise FileMissingError(f"the name of the {what} is empty", hint="is a variable of the shell empty?")
    try:
        # Not by way of pathlib, which takes longer to import than a file to read.
        return open(name, "rb")  # noqa: PTH123
    except (OSError, ValueError) as error:  # ValueError: a NUL byte in the name
        raise_alone(_translate(error, name, what))


def _bounded(stream: BinaryIO, limit: Limit, what: str) -> bytes:
    try:
        data = stream.read(limit + 1)
    except OSError as error:
        raise FileAccessError(f"{what} cannot be read: {error.strerror}") from None
    if data is None:  # a descriptor that does not wait, and has nothing yet
        raise FileAccessError(f"{what} cannot be read: there is nothing to read yet")
    if len(data) > limit:
        raise TooLargeError(f"{what} is larger than the limit of {limit:,} bytes")
    return data


def _translate(
    error: OSError | ValueError, path: str | Path, what: str
) -> FileMissingError | FileAccessError:
    if not isinstance(error, OSError):
        return FileMissingError(f"{what}: the file name is not usable")
    if error.errno in {errno.ENOENT, errno.ENOTDIR}:
        return FileMissingError(f"{what} {path} does not exist")
    if error.errno == errno.EISDIR:
        return FileAccessError(f"{what} {path} is a folder, not a file")
    return FileAccessError(f"{what} {path} cannot be read: {error.strerror}")
