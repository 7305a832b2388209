"""Passphrases: every source, the prompt on a real terminal, and no fallback to standard input."""

from __future__ import annotations

import fcntl
import getpass
import io
import os
import pty
import select
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from jwttool.edge import passphrases
from jwttool.edge.passphrases import PassphraseSource
from jwttool.encoding import Limit
from jwttool.errors import (
    FileAccessError,
    FileMissingError,
    InputError,
    NoPassphraseError,
    TooLargeError,
    UnsafePermissionsError,
    UsageError,
)
from tests.hostile import CANARY, refusal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HINT = "name one with --passphrase-file, --passphrase-fd or --passphrase-env"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "passphrase"
    path.write_bytes(CANARY.encode() + b"\n")
    path.chmod(0o600)
    return path


@contextmanager
def descriptor(data: bytes) -> Iterator[int]:
    """A descriptor to read the data from: the end of a pipe."""
    reader, writer = os.pipe()
    try:
        os.write(writer, data)
        os.close(writer)
        yield reader
    finally:
        os.close(reader)


# --- named sources ------------------------------------------------------------

FIRST_LINES = [
    (b"hunter2", b"hunter2"),
    (b"hunter2\n", b"hunter2"),
    (b"hunter2\r\n", b"hunter2"),
    (b"hunter2\nsecond line\n", b"hunter2"),
    (b" hunter2\t\n", b" hunter2\t"),
    (b"hun\rter2\n", b"hun\rter2"),
    (b"p\xc3\xa4ss\xff\x00\n", b"p\xc3\xa4ss\xff\x00"),
]


@pytest.mark.parametrize(("data", "passphrase"), FIRST_LINES)
def test_the_first_line_of_a_file(file: Path, data: bytes, passphrase: bytes) -> None:
    file.write_bytes(data)
    source = PassphraseSource(file=file)
    assert source.named
    assert source.existing("key").reveal() == source.new("key").reveal() == passphrase


@pytest.mark.parametrize(("data", "passphrase"), FIRST_LINES)
def test_the_first_line_of_a_descriptor(data: bytes, passphrase: bytes) -> None:
    with descriptor(data) as number:
        assert PassphraseSource(descriptor=number).existing("key").reveal() == passphrase
        os.fstat(number)  # it is left open: it is not ours
    with descriptor(data) as number:
        assert PassphraseSource(descriptor=number).new("key").reveal() == passphrase


@pytest.mark.parametrize("value", [b"hunter2", b"two\nlines", b"p\xc3\xa4ss\xff"])
def test_an_environment_variable_as_it_is(monkeypatch: pytest.MonkeyPatch, value: bytes) -> None:
    monkeypatch.setitem(os.environb, b"PASSPHRASE", value)
    source = PassphraseSource(variable="PASSPHRASE")
    assert source.existing("key").reveal() == source.new("key").reveal() == value


def test_standard_input_when_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from pathlib import Path

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"hunter2\n")))
    assert PassphraseSource(file=Path("-")).existing("key").reveal() == b"hunter2"


@pytest.mark.parametrize(
    "second", [{"descriptor": 0}, {"variable": "P"}, {"descriptor": 0, "variable": "P"}], ids=str
)
def test_two_sources_are_a_contradiction(file: Path, second: dict[str, Any]) -> None:
    assert PassphraseSource(file=file).named
    error = refusal(UsageError, lambda: replace(PassphraseSource(file=file), **second))
    assert error.message == "more than one source for one passphrase"


def test_no_source_is_none() -> None:
    assert not PassphraseSource().named


# --- named sources that do not give one ---------------------------------------


@pytest.mark.parametrize("data", [b"", b"\n", b"\r\n", b"\nsecond line"])
def test_an_empty_passphrase(file: Path, monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    file.write_bytes(data)
    monkeypatch.setitem(os.environb, b"PASSPHRASE", b"")
    with descriptor(data) as number:
        for source in (
            PassphraseSource(file=file),
            PassphraseSource(descriptor=number),
            PassphraseSource(variable="PASSPHRASE"),
        ):
            error = refusal(InputError, partial(source.new, "key"))
            assert error.message == "the passphrase is empty"


def test_a_passphrase_that_is_too_long(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    just = b"a" * Limit.PASSPHRASE
    file.write_bytes(just)
    monkeypatch.setitem(os.environb, b"PASSPHRASE", just)
    with descriptor(just) as number:
        assert PassphraseSource(descriptor=number).existing("key").reveal() == just
    assert PassphraseSource(file=file).existing("key").reveal() == just
    assert PassphraseSource(variable="PASSPHRASE").existing("key").reveal() == just

    file.write_bytes(just + b"a")
    monkeypatch.setitem(os.environb, b"PASSPHRASE", just + b"a")
    with descriptor(just + b"a") as number:
        for source in (
            PassphraseSource(file=file),
            PassphraseSource(descriptor=number),
            PassphraseSource(variable="PASSPHRASE"),
        ):
            refusal(TooLargeError, partial(source.existing, "key"), "aaaa")


def test_a_file_that_is_missing(file: Path) -> None:
    refusal(FileMissingError, lambda: PassphraseSource(file=file.with_name("missing")).existing("key"))


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666], ids=oct)
def test_a_file_that_others_can_write_is_refused(file: Path, mode: int) -> None:
    file.chmod(mode)
    error = refusal(UnsafePermissionsError, lambda: PassphraseSource(file=file).existing("key"))
    assert error.message == f"passphrase file {file} can be written by other users (mode {mode:04o})"


@pytest.mark.parametrize(("mode", "warned"), [(0o600, False), (0o400, False), (0o440, True), (0o444, True)])
def test_a_file_that_others_can_read_is_warned_about(
    file: Path, mode: int, warned: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    file.chmod(mode)
    assert PassphraseSource(file=file).existing("key").reveal() == CANARY.encode()
    said = capsys.readouterr().err
    reason = f"can be read by other users (mode {mode:04o}); chmod 600 keeps it to you"
    assert said == (f"jwttool: warning: passphrase file {file} {reason}\n" if warned else "")


def test_a_variable_that_is_not_set() -> None:
    error = refusal(NoPassphraseError, lambda: PassphraseSource(variable="NO_SUCH_NAME").existing("key"))
    assert error.message == "the environment variable NO_SUCH_NAME is not set"


@pytest.mark.parametrize("value", ["hunter2", "Correct Horse", "", "A=B", "nul\0", "\udcff"], ids=repr)
def test_a_passphrase_in_the_place_of_the_variables_name_is_not_repeated(value: str) -> None:
    error = refusal(NoPassphraseError, lambda: PassphraseSource(variable=value).existing("key"))
    assert error.message == "the environment variable that was named is not set"


def test_a_descriptor_that_cannot_be_read(tmp_path: Path) -> None:
    folder = os.open(tmp_path, os.O_RDONLY)
    write_only = os.open(tmp_path / "file", os.O_WRONLY | os.O_CREAT)
    closed = os.dup(folder)
    os.close(closed)
    waiting, writer = os.pipe()
    fcntl.fcntl(waiting, fcntl.F_SETFL, os.O_NONBLOCK)
    reasons = {
        folder: f"descriptor {folder} cannot be read: Is a directory",
        write_only: f"descriptor {write_only} cannot be read: Bad file descriptor",
        closed: f"descriptor {closed} cannot be read: Bad file descriptor",
        waiting: f"descriptor {waiting} cannot be read: there is nothing to read yet",
        2**31: f"there is no descriptor {2**31}",
        10**30: f"there is no descriptor {10**30}",
    }
    try:
        for number, reason in reasons.items():
            error = refusal(FileAccessError, partial(PassphraseSource(descriptor=number).new, "key"))
            assert error.message == reason
    finally:
        for number in (folder, write_only, waiting, writer):
            os.close(number)


# --- no terminal --------------------------------------------------------------


class Untouched(io.StringIO):
    """Standard input that must not be read."""

    def read(self, *_: object) -> str:
        pytest.fail("standard input was read")

    def readline(self, *_: object) -> str:  # type: ignore[override]
        return self.read()

    def isatty(self) -> bool:
        return False


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Closed(Terminal):
    def isatty(self) -> bool:
        raise ValueError("I/O operation on closed file")


@pytest.mark.parametrize("stdin", [Untouched, Closed, None], ids=["pipe", "closed", "none"])
@pytest.mark.parametrize("method", ["existing", "new"])
def test_without_a_terminal_nothing_is_read_and_nothing_asked(
    monkeypatch: pytest.MonkeyPatch, stdin: type[io.StringIO] | None, method: str
) -> None:
    monkeypatch.setattr(sys, "stdin", None if stdin is None else stdin(CANARY))
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setattr(passphrases, "_session_has_terminal", lambda: False)
    monkeypatch.setattr(getpass, "getpass", lambda *_, **__: pytest.fail("it was asked"))
    error = refusal(NoPassphraseError, lambda: getattr(PassphraseSource(), method)("signing.key"))
    assert error.message == "no passphrase for signing.key, and no terminal to ask on"
    assert error.hint == HINT


def test_where_nobody_sees_the_prompt_it_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(CANARY))
    monkeypatch.setattr(sys, "stderr", Untouched())
    refusal(NoPassphraseError, lambda: PassphraseSource().existing("key"))


def test_the_hint_names_the_options_of_the_command() -> None:
    source = PassphraseSource(hint="name one with --export-passphrase-file")
    assert refusal(NoPassphraseError, lambda: source.existing("key")).hint == source.hint


# --- a prompt on a terminal ---------------------------------------------------

ASKING = """
import os, sys
os.open(os.ttyname(2), os.O_RDWR)  # the first terminal that a new session opens is its own
from pathlib import Path
from jwttool.edge.passphrases import PassphraseSource
from jwttool.edge.terminal import say_error
from jwttool.errors import JwtToolError
try:
    secret = getattr(PassphraseSource(), sys.argv[1])(sys.argv[2])
    Path(sys.argv[3]).write_bytes(secret.reveal())
except JwtToolError as error:
    say_error(error)
    sys.exit(error.code)
"""


class Person:
    """Somebody at a terminal, who types when asked."""

    def __init__(
        self, tmp_path: Path, method: str, what: str = "signing.key", stdin: int | None = None
    ) -> None:
        self.answer = tmp_path / "answer"
        self.seen = b""
        self._terminal, theirs = pty.openpty()
        self._process = subprocess.Popen(
            [sys.executable, "-c", ASKING, method, what, str(self.answer)],
            stdin=theirs if stdin is None else stdin,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)

    def wait_for(self, prompt: bytes) -> None:
        while prompt not in self.seen:
            assert select.select([self._terminal], [], [], 60)[0], f"no prompt, only {self.seen!r}"
            self.seen += os.read(self._terminal, 1024)

    def types(self, prompt: str, keys: bytes) -> None:
        self.wait_for(prompt.encode())
        self.seen = self.seen.partition(prompt.encode())[2]
        os.write(self._terminal, keys)

    def leaves(self) -> int:
        """How it ended; all that was shown is then in ``seen``."""
        try:
            while select.select([self._terminal], [], [], 60)[0] and (more := os.read(self._terminal, 1024)):
                self.seen += more
        except OSError:  # the other end is gone
            pass
        os.close(self._terminal)
        return self._process.wait(60)


def test_what_is_there_is_asked_for_once_and_not_shown(tmp_path: Path) -> None:
    person = Person(tmp_path, "existing")
    person.types("Passphrase of signing.key: ", CANARY.encode() + b"\n")
    assert person.leaves() == 0
    assert person.answer.read_bytes() == CANARY.encode()
    assert CANARY.encode() not in person.seen


def test_what_will_be_made_is_asked_for_twice(tmp_path: Path) -> None:
    person = Person(tmp_path, "new")
    person.types("New passphrase for signing.key: ", "pässword\n".encode())
    person.types("The same again: ", "pässword\n".encode())
    assert person.leaves() == 0
    assert person.answer.read_bytes() == "pässword".encode()
    assert b"ssword" not in person.seen


def test_two_that_differ_are_refused(tmp_path: Path) -> None:
    person = Person(tmp_path, "new")
    for _ in range(3):
        person.types("New passphrase for signing.key: ", b"hunter2\n")
        person.types("The same again: ", b"hunter3\n")
    assert person.leaves() == 1
    assert b"jwttool: error: the two passphrases differ" in person.seen
    assert not person.answer.exists()


def test_after_a_slip_it_is_asked_again(tmp_path: Path) -> None:
    person = Person(tmp_path, "new")
    person.types("New passphrase for signing.key: ", b"hunter2\n")
    person.types("The same again: ", b"hunter3\n")
    person.wait_for(b"jwttool: note: the two passphrases differ; once more")
    person.types("New passphrase for signing.key: ", b"hunter2\n")
    person.types("The same again: ", b"hunter2\n")
    assert person.leaves() == 0
    assert person.answer.read_bytes() == b"hunter2"


def test_with_a_key_on_standard_input_the_terminal_of_the_session_is_asked(tmp_path: Path) -> None:
    with descriptor(CANARY.encode()) as pipe:
        person = Person(tmp_path, "existing", stdin=pipe)
        person.types("Passphrase of signing.key: ", b"hunter2\n")
        assert person.leaves() == 0
        assert person.answer.read_bytes() == b"hunter2"
        assert os.read(pipe, 100) == CANARY.encode()  # untouched


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (b"\n", b"jwttool: error: the passphrase is empty"),
        (b"\x04", b"jwttool: error: no passphrase for signing.key: none was typed"),  # end of file
        (b"\xff\xfe\n", b"jwttool: error: the passphrase is not text in the terminal's encoding"),
    ],
    ids=["empty", "Ctrl-D", "not text"],
)
def test_an_answer_that_is_no_passphrase(tmp_path: Path, keys: bytes, said: bytes) -> None:
    person = Person(tmp_path, "existing")
    person.types("Passphrase of signing.key: ", keys)
    assert person.leaves() == 1
    assert said in person.seen
    assert not person.answer.exists()


def test_a_hostile_name_does_not_reach_the_terminal(tmp_path: Path) -> None:
    person = Person(tmp_path, "existing", "\x1b]0;title\x07\x1b[2J.key")
    person.types("Passphrase of \\x1b]0;title\\x07\\x1b[2J.key: ", b"hunter2\n")
    assert person.leaves() == 0
    assert b"\x1b" not in person.seen


def test_what_a_terminal_gave_in_another_encoding_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    def undecodable(*_: object, **__: object) -> str:
        return (CANARY.encode() + b"\xff").decode("utf-8")

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setattr(getpass, "getpass", undecodable)
    refusal(InputError, lambda: PassphraseSource().existing("key"))
