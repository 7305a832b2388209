"""Standard streams: what goes out, and whether a person is looking."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from typing import IO, TYPE_CHECKING, Any, Final

from jwttool.encoding import printable
from jwttool.errors import FileAccessError
from jwttool.render.document import Document, to_text

if TYPE_CHECKING:
    from jwttool.errors import JwtToolError
    from jwttool.render.members import Look


_ONE_LINE: Final = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def is_terminal(stream: IO[Any] | None) -> bool:
    """Whether a person sees the stream; a closed stream (None at start) has no one behind it."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


def colour_for(stream: IO[Any] | None) -> bool:
    """Colour only on a terminal, never with NO_COLOR (no-color.org) or TERM=dumb."""
    return is_terminal(stream) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def print_document(document: Document) -> None:
    """Show a document on standard output."""
    _write(to_text(document, colour=colour_for(sys.stdout)))


def tell_document(document: Document) -> None:
    """Show a document beside the product, on standard error."""
    # A closed or full standard error must not hide the exit code.
    with contextlib.suppress(OSError, ValueError, AttributeError):
        text = to_text(document, colour=colour_for(sys.stderr))
        encoding = getattr(sys.stderr, "encoding", None) or "ascii"
        sys.stderr.write(text.encode(encoding, "backslashreplace").decode(encoding))
        sys.stderr.flush()


def look(*, show_secrets: bool = False) -> Look:
    """How standard output is seen: pictures on a terminal, in signs that its encoding has; local times."""
    from jwttool.render.members import Look

    encoding = (getattr(sys.stdout, "encoding", None) or "ascii").lower()
    return Look(
        local=lambda moment: moment.astimezone(),
        show_secrets=show_secrets,
        pictures=is_terminal(sys.stdout),
        ascii_only=not encoding.startswith("utf"),
    )


def print_json(answer: Any) -> None:
    """Write one JSON object, in ASCII with DEL escaped, so that it is safe to look at too."""
    # The name of a file may hold bytes that are no text: half of a surrogate pair
    # to Python, and nothing that a strict reader of JSON takes (RFC 8259 section 8.2).
    characters = json.loads(json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace"))
    text = json.dumps(characters, indent=2, ensure_ascii=True, allow_nan=False)
    _write(text.replace("\x7f", "\\u007f") + "\n")


def print_json_line(answer: Any) -> None:
    """Write one JSON object on one line, in ASCII, for what prints many of them.

    The texts in it come from strict JSON, so that no half of a surrogate pair is among them.
    """
    _write(_ONE_LINE.encode(answer).replace("\x7f", "\\u007f") + "\n")


def print_product(text: str) -> None:
    """Write what a command produces (a PEM, a JWT, a fingerprint), alone, ending in one newline."""
    _write(text if text.endswith("\n") else text + "\n")


def print_bytes(data: bytes) -> None:
    """Write what may be no text, as it is; on a terminal escaped, with a newline after it."""
    if is_terminal(sys.stdout):
        print_product(printable(data.decode("utf-8", "backslashreplace")))
        return
    if sys.stdout is None:
        raise FileAccessError("standard output cannot be written: it is closed")
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise FileAccessError(f"standard output cannot be written: {error.strerror}") from None


def flush_output() -> None:
    """Have what was written really written: the last moment to tell that it cannot be.

    :raises FileAccessError: standard output is full, or nobody reads it any more.
    """
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        raise FileAccessError(f"standard output cannot be written: {error.strerror}") from None


def _write(text: str) -> None:
    if sys.stdout is None:  # Python's way to say that descriptor 1 was closed
        raise FileAccessError("standard output cannot be written: it is closed")
    try:
        sys.stdout.write(text)
    except UnicodeEncodeError:  # an encoding that lacks a character
        sys.stdout.write(text.encode("ascii", "backslashreplace").decode("ascii"))
    except BrokenPipeError:
        raise
    except OSError as error:
        raise FileAccessError(f"standard output cannot be written: {error.strerror}") from None


def notice(text: str) -> None:
    """Say something beside the product, on standard error."""
    _say("note", text)


def warn(text: str) -> None:
    """Warn on standard error."""
    _say("warning", text)


def say_error(error: JwtToolError) -> None:
    """One line that says what is wrong, and one that says what to try."""
    _say("error", error.message)
    if error.hint:
        _say("hint", error.hint)


def _say(kind: str, text: str) -> None:
    # A closed or full standard error must not hide the exit code.
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(f"jwttool: {kind}: {printable(text, 2000)}\n")
        sys.stderr.flush()
