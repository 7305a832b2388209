"""A stream of lines, one at a time, however many there are and however long one of them is."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from jwttool.edge.reading import STDIN, open_input, refuse_read_stdin
from jwttool.errors import FileAccessError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from jwttool.encoding import Limit


def read_lines(name: str, limit: Limit, what: str) -> Iterator[bytes]:
    """The lines of a file, or of standard input for ``-``, without their ends.

    Of a line longer than ``limit`` only its first ``limit + 1`` bytes are given, so that whoever
    checks its size sees that it is too long; the rest is passed over.

    :raises JwtToolError: as :func:`jwttool.edge.reading.read_input`.
    """
    if name == STDIN:
        if sys.stdin is None:
            raise FileAccessError(f"{what} cannot be read: standard input is closed")
        refuse_read_stdin()
        yield from _lines(sys.stdin.buffer, limit, what)
        return
    with open_input(name, what) as stream:
        yield from _lines(stream, limit, what)


def _lines(stream: BinaryIO, limit: int, what: str) -> Iterator[bytes]:
    try:
        while line := stream.readline(limit + 1):
            whole = line.endswith(b"\n")
            yield line.rstrip(b"\r\n")
            while not whole and len(line) > limit:
                line = stream.readline(limit + 1)
                whole = line.endswith(b"\n")
    except OSError as error:
        raise FileAccessError(f"{what} cannot be read: {error.strerror}") from None
