"""Where a passphrase comes from: a file, a descriptor, the environment, a prompt.

Never an argument: arguments are seen by every user of the machine.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jwttool.edge.reading import read_secret, refuse_read_stdin
from jwttool.edge.terminal import is_terminal, notice, warn
from jwttool.encoding import Limit, check_size, printable
from jwttool.errors import FileAccessError, InputError, NoPassphraseError, UsageError, raise_alone
from jwttool.secret import Secret

if TYPE_CHECKING:
    from pathlib import Path

_ATTEMPTS = 3
_SOURCES_HINT = "name one with --passphrase-file, --passphrase-fd or --passphrase-env"


@dataclass(frozen=True, slots=True)
class PassphraseSource:
    """The source that the caller named; with none, a prompt on a terminal."""

    file: str | Path | None = None
    descriptor: int | None = None
    variable: str | None = None
    hint: str = _SOURCES_HINT

    def __post_init__(self) -> None:
        """:raises UsageError: when more than one source is named."""
        if sum(source is not None for source in (self.file, self.descriptor, self.variable)) > 1:
            raise UsageError("more than one source for one passphrase")

    @property
    def named(self) -> bool:
        """Whether there is a source other than the prompt."""
        return not (self.file is None and self.descriptor is None and self.variable is None)

    def existing(self, what: str) -> Secret:
        """The passphrase of something that is there: asked for once."""
        return self._named_passphrase() or self._ask(f"Passphrase of {what}: ", what)

    def new(self, what: str) -> Secret:
        """The passphrase for something that will be made: asked for twice, and again if the two differ."""
        named = self._named_passphrase()
        if named is not None:
            return named
        for left in reversed(range(_ATTEMPTS)):
            first = self._ask(f"New passphrase for {what}: ", what)
            if first == self._ask("The same again: ", what):
                return first
            if left:
                notice("the two passphrases differ; once more")
        raise InputError("the two passphrases differ")

    def _named_passphrase(self) -> Secret | None:
        if self.file is not None:
            return _usable(_first_line(read_secret(self.file, Limit.PASSPHRASE, "passphrase file", warn)))
        if self.descriptor is not None:
            return _usable(_first_line(_read_descriptor(self.descriptor)))
        if self.variable is not None:
            return _usable(_read_variable(self.variable))
        return None

    def _ask(self, prompt: str, what: str) -> Secret:
        import getpass

        # getpass asks on the terminal of the session, so a key may well come from a
        # pipe. Where there is none it falls back to reading standard input, and
        # would swallow piped data; so look first.
        if not (is_terminal(sys.stderr) and (is_terminal(sys.stdin) or _session_has_terminal())):
            raise NoPassphraseError(f"no passphrase for {what}, and no terminal to ask on", hint=self.hint)
        try:
            # The prompt names a file, and a name may hold anything.
            answer = getpass.getpass(printable(prompt), stream=sys.stderr)
        except EOFError:
            raise NoPassphraseError(f"no passphrase for {what}: none was typed", hint=self.hint) from None
        except UnicodeDecodeError:  # which holds what was typed
            raise_alone(InputError("the passphrase is not text in the terminal's encoding"))
        return _usable(answer.encode("utf-8", "surrogateescape"))


def _session_has_terminal() -> bool:
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))  # as getpass opens it
    except OSError:
        return False
    return True


def _first_line(data: bytes) -> bytes:
    """As openssl's ``file:`` and ``fd:`` read it: up to the first line end."""
    return data.split(b"\n", 1)[0].removesuffix(b"\r")


def _usable(passphrase: bytes) -> Secret:
    if not passphrase:
        raise InputError("the passphrase is empty")
    check_size(passphrase, Limit.PASSPHRASE, "the passphrase")
    return Secret(passphrase)


def _read_descriptor(descriptor: int) -> bytes:
    if descriptor >= 2**31:  # no int of C, and open() would take it for a path
        raise FileAccessError(f"there is no descriptor {descriptor}")
    if descriptor == 0:
        refuse_read_stdin()
    try:
        with os.fdopen(descriptor, "rb", closefd=False) as stream:
            data = stream.read(Limit.PASSPHRASE + 1)
    except OSError as error:
        raise FileAccessError(f"descriptor {descriptor} cannot be read: {error.strerror}") from None
    if data is None:  # it does not wait, and has nothing yet
        raise FileAccessError(f"descriptor {descriptor} cannot be read: there is nothing to read yet")
    check_size(data, Limit.PASSPHRASE, "the passphrase")
    return data


def _read_variable(name: str) -> bytes:
    value = os.environb.get(os.fsencode(name))
    if value is None:
        # Whoever takes the option for the passphrase itself must not see it repeated;
        # names of variables are in capitals (POSIX.1-2017, section 8.1).
        is_name = name.isascii() and name.isupper() and name.isidentifier()
        which = f"variable {name}" if is_name else "variable that was named"
        raise NoPassphraseError(f"the environment {which} is not set")
    return value
