"""What goes out: safe, in one encoding or another, and no exit code lost over it."""

from __future__ import annotations

import sys
from typing import Any, cast

import pytest

from jwttool.edge.terminal import colour_for, is_terminal, notice, print_json, print_product, say_error, warn
from jwttool.encoding import parse_json_object
from jwttool.errors import FileAccessError, JsonError, WeakKeyError
from tests.hostile import refusal
from tests.test_boundary import ended, raising


class Stream:
    """A stream of some kind."""

    closed = False

    def __init__(
        self, *, terminal: bool = True, broken: OSError | None = None, encoding: str = "utf-8"
    ) -> None:
        self.terminal, self.broken, self.encoding, self.text = terminal, broken, encoding, ""

    def isatty(self) -> bool:
        return self.terminal

    def write(self, text: str) -> int:
        if self.broken:
            raise self.broken
        text.encode(self.encoding)
        self.text += text
        return len(text)

    def flush(self) -> None:
        self.write("")

    def fileno(self) -> int:
        raise OSError("no descriptor")


class ClosedStream(Stream):
    closed = True

    def isatty(self) -> bool:
        raise ValueError("I/O operation on closed file")

    def write(self, text: str) -> int:  # noqa: ARG002
        raise ValueError("I/O operation on closed file")


@pytest.mark.parametrize(
    ("kind", "expected"),
    [(Stream(), True), (Stream(terminal=False), False), (ClosedStream(), False), (None, False)],
    ids=["terminal", "pipe", "closed", "none"],
)
def test_whether_a_person_sees_it(kind: Any, expected: bool) -> None:
    assert is_terminal(kind) is expected


@pytest.mark.parametrize(
    ("variables", "colour"),
    [
        ({}, True),
        ({"TERM": "xterm"}, True),
        ({"TERM": "dumb"}, False),
        ({"NO_COLOR": "1"}, False),
        ({"NO_COLOR": "0"}, False),  # no-color.org: any value but the empty one
        ({"NO_COLOR": ""}, True),
    ],
    ids=str,
)
def test_colour_is_for_terminals_that_want_it(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], colour: bool
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    person, pipe = cast("Any", Stream()), cast("Any", Stream(terminal=False))
    assert colour_for(person) is colour
    assert colour_for(pipe) is False
    assert colour_for(None) is False


def test_notes_warnings_and_errors_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    notice("kept")
    warn("\x07careful")
    say_error(JsonError("m", hint="h"))
    assert capsys.readouterr() == (
        "",
        "jwttool: note: kept\njwttool: warning: \\x07careful\njwttool: error: m\njwttool: hint: h\n",
    )


@pytest.mark.parametrize(
    "kind", [None, ClosedStream(), Stream(broken=OSError(28, "full"))], ids=["none", "closed", "full"]
)
def test_a_standard_error_that_cannot_be_written_hides_no_exit_code(
    monkeypatch: pytest.MonkeyPatch, kind: Any
) -> None:
    monkeypatch.setattr(sys, "stderr", kind)
    assert ended(raising(WeakKeyError("m"))) == 1


def test_a_product_ends_in_one_newline(capsys: pytest.CaptureFixture[str]) -> None:
    print_product("token")
    print_product("-----END X-----\n")
    assert capsys.readouterr().out == "token\n-----END X-----\n"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("\x1b\x07\x9b\x7f\u202e", "\\u001b\\u0007\\u009b\\u007f\\u202e"),
        ("é😀", "\\u00e9\\ud83d\\ude00"),
        ("\udcff", "?"),
        ("a\ud800b", "a?b"),
        ("\\udcff", "\\\\udcff"),
    ],
)
def test_json_is_safe_to_look_at_and_our_own_strict_reader_takes_it(
    value: str, shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    print_json({"version": 1, "path": value})
    out = capsys.readouterr().out
    assert out == f'{{\n  "version": 1,\n  "path": "{shown}"\n}}\n'
    assert parse_json_object(out.encode())["version"] == 1


def test_an_encoding_that_lacks_a_character(monkeypatch: pytest.MonkeyPatch) -> None:
    narrow = Stream(encoding="ascii")
    monkeypatch.setattr(sys, "stdout", narrow)
    print_product("é…")
    assert narrow.text == "\\xe9\\u2026\n"


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (None, "it is closed"),
        (Stream(broken=OSError(28, "No space left on device")), "No space left on device"),
    ],
    ids=["closed", "full"],
)
def test_a_standard_output_that_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch, kind: Any, reason: str
) -> None:
    monkeypatch.setattr(sys, "stdout", kind)
    error = refusal(FileAccessError, lambda: print_product("x"))
    assert error.message == f"standard output cannot be written: {reason}"
    # The answer as JSON cannot go where it should, and is told anyway.
    said = Stream()
    monkeypatch.setattr(sys, "stderr", said)
    code = ended(raising(WeakKeyError("m")), ["--format", "json"])
    if kind is None:
        assert (code, said.text) == (1, "jwttool: error: m\n")
    else:
        assert (code, said.text) == (4, f"jwttool: error: m\njwttool: error: {error.message}\n")


def test_a_reader_that_has_left_is_no_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(raising(BrokenPipeError(32, "Broken pipe"))) == 4
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys, "stdout", Stream(broken=BrokenPipeError(32, "Broken pipe")))
    with pytest.raises(BrokenPipeError):
        print_product("x")
