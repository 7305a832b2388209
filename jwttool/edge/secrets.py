"""Secrets that a configuration or an option names: client secrets, codes, refresh tokens."""

from __future__ import annotations

import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from jwttool.edge.reading import STDIN, read_secret
from jwttool.edge.terminal import is_terminal, warn
from jwttool.edge.writing import write_secret
from jwttool.encoding import Limit, printable
from jwttool.errors import FileAccessError, InputError, JwtToolError, UsageError, raise_alone
from jwttool.secret import Secret

if TYPE_CHECKING:
    from jwttool.config import SecretSource


def read_secret_setting(source: SecretSource, name: str) -> Secret:
    """The secret that a setting names: the first line of a file, or a variable.

    :raises InputError: it is empty.
    :raises UsageError: the variable is not set.
    """
    if source.file is not None:
        return _first_line(read_secret(source.file, Limit.TOKEN, f"file of {name}", warn), f"{source.file}")
    value = os.environ.get(source.variable or "")
    if not value:
        raise UsageError(
            f"the variable {printable(source.variable or '', 60)}, which is to hold {name}, is not set",
            hint="set it in the environment that jwttool runs in",
        )
    return Secret(value.encode("utf-8", "surrogateescape"))


def read_secret_file(name: str | Path, what: str) -> tuple[Secret, datetime | None]:
    """The first line of a file, and when the file was written; None for standard input."""
    secret = _first_line(read_secret(name, Limit.TOKEN, what, warn), str(name))
    if str(name) == STDIN:
        return secret, None
    try:
        return secret, datetime.fromtimestamp(Path(name).stat().st_mtime, UTC)
    except (OSError, ValueError, OverflowError):
        return secret, None


def read_secret_descriptor(descriptor: int, what: str) -> Secret:
    """The first line of an open file descriptor."""
    try:
        with os.fdopen(descriptor, "rb", closefd=False) as stream:
            data = stream.read(Limit.TOKEN + 1)
    except OSError as error:
        raise FileAccessError(f"{what}: file descriptor {descriptor}: {error.strerror}") from None
    if len(data) > Limit.TOKEN:
        raise InputError(f"{what} from file descriptor {descriptor} is too long")
    return _first_line(data, f"file descriptor {descriptor}")


def ask_secret(prompt: str, what: str, hint: str) -> Secret:
    """What a person types, unseen; on a terminal only.

    :raises UsageError: there is none.
    """
    import getpass

    if not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        raise UsageError(f"{what} is needed, and there is no terminal to ask on", hint=hint)
    try:
        typed = getpass.getpass(prompt, stream=sys.stderr)
    except EOFError:
        raise UsageError(f"{what} is needed, and none was typed", hint=hint) from None
    except UnicodeDecodeError:  # which holds what was typed
        raise_alone(InputError(f"{what} is not text in the terminal's encoding"))
    return _first_line(typed.encode("utf-8", "surrogateescape"), "what was typed")


def keep_secret(secret: Secret, file: Path) -> bool:
    """Write a secret into its 0600 file, in the place of the one before; False where it stands there already.

    The file then stays as it is, because its time tells how old the secret is.
    """
    try:
        same = read_secret_file(file, "secret")[0] == secret
    except JwtToolError:
        same = False
    if not same:
        write_secret(file, secret.reveal() + b"\n", force=True)
    return not same


def rescue(secret: Secret) -> Path:
    """Keep what could not be written where it belongs, in a new 0600 file of the system's folder for such."""
    descriptor, name = tempfile.mkstemp(prefix="jwttool-", suffix=".token")
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(secret.reveal() + b"\n")
    return Path(name)


def _first_line(data: bytes, where: str) -> Secret:
    line = data.split(b"\n", 1)[0].removesuffix(b"\r").strip(b" \t")
    if not line:
        raise InputError(f"{printable(where)} is empty, where a secret belongs")
    return Secret(line)
