"""Standard streams: what goes out, and whether a person is looking."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from typing import IO, TYPE_CHECKING, Any

from jwttool.encoding import printable
from jwttool.render.document import Document, to_text

if TYPE_CHECKING:
    from jwttool.errors import JwtToolError


def is_terminal(stream: IO[Any]) -> bool:
    """Whether a person sees the stream; a closed stream has no one behind it."""
    try:
        return stream.isatty()
    except ValueError:
        return False


def colour_for(stream: IO[Any]) -> bool:
    """Colour only on a terminal, never with NO_COLOR (no-color.org) or TERM=dumb."""
    return is_terminal(stream) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def print_document(document: Document) -> None:
    """Show a document on standard output."""
    sys.stdout.write(to_text(document, colour=colour_for(sys.stdout)))


def print_json(answer: Any) -> None:
    """Write one JSON object, in ASCII with DEL escaped, so that it is safe to look at too."""
    text = json.dumps(answer, indent=2, ensure_ascii=True)
    sys.stdout.write(text.replace("\x7f", "\\u007f") + "\n")


def print_product(text: str) -> None:
    """Write what a command produces (a PEM, a JWT, a fingerprint), alone, ending in one newline."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


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
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(f"jwttool: {kind}: {printable(text, 2000)}\n")
        sys.stderr.flush()
