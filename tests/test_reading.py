"""Reading: bounded, with errors that say what is wrong, and careful with files of secrets."""

from __future__ import annotations

import builtins
import errno
import io
import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jwttool.edge.reading import file_mode, read_input, read_secret
from jwttool.encoding import Limit
from jwttool.errors import (
    FileAccessError,
    FileMissingError,
    JwtToolError,
    TooLargeError,
    UnsafePermissionsError,
    UsageError,
)
from tests.hostile import refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    Reader = Callable[[str | Path, Limit], bytes]


def secret(name: str | Path, limit: Limit) -> bytes:
    return read_secret(name, limit, "key file", lambda _: None)


def other(name: str | Path, limit: Limit) -> bytes:
    return read_input(name, limit, "key file")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(b"content\r\n\x00\xff")
    path.chmod(0o600)
    return path


# --- both readers -------------------------------------------------------------


@pytest.mark.parametrize("read", [other, secret])
def test_a_file_is_read_as_it_is(read: Reader, file: Path) -> None:
    assert read(file, Limit.KEY) == read(str(file), Limit.KEY) == b"content\r\n\x00\xff"


@pytest.mark.parametrize("read", [other, secret])
def test_the_limit_is_what_is_still_read(read: Reader, file: Path) -> None:
    file.write_bytes(b"a" * Limit.PASSPHRASE)
    assert len(read(file, Limit.PASSPHRASE)) == Limit.PASSPHRASE
    file.write_bytes(b"a" * (Limit.PASSPHRASE + 1))
    error = refusal(TooLargeError, lambda: read(file, Limit.PASSPHRASE))
    assert error.message == "key file is larger than the limit of 4,096 bytes"


@pytest.mark.parametrize("read", [other, secret])
def test_an_endless_device_is_not_read_to_its_end(read: Reader) -> None:
    refusal(TooLargeError, lambda: read("/dev/zero", Limit.PASSPHRASE))


@pytest.mark.parametrize("read", [other, secret])
def test_a_pipe_as_shells_make_it(read: Reader, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o600)
    writer = threading.Thread(target=pipe.write_bytes, args=(b"through a pipe",))
    writer.start()
    assert read(pipe, Limit.KEY) == b"through a pipe"
    writer.join()


@pytest.mark.parametrize("read", [other, secret])
@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("missing", FileMissingError, "key file {}/missing does not exist"),
        ("file/below", FileMissingError, "key file {}/file/below does not exist"),
        ("dangling", FileMissingError, "key file {}/dangling does not exist"),
        ("nul\0byte", FileMissingError, "key file: the file name is not usable"),
        ("folder", FileAccessError, "key file {}/folder is a folder, not a file"),
        ("", FileAccessError, "key file {} is a folder, not a file"),
        ("loop", FileAccessError, "key file {}/loop cannot be read: Too many levels of symbolic links"),
        ("n" * 300, FileAccessError, "key file {}/" + "n" * 300 + " cannot be read: File name too long"),
    ],
    ids=["missing", "below a file", "dangling", "NUL", "folder", "empty", "loop", "long"],
)
def test_a_file_that_cannot_be_read(
    read: Reader,
    file: Path,
    name: str,
    error: type[JwtToolError],
    message: str,
) -> None:
    folder = file.parent
    (folder / "folder").mkdir()
    (folder / "dangling").symlink_to("missing")
    (folder / "loop").symlink_to("loop")
    assert read(file, Limit.KEY)
    refused = refusal(error, lambda: read(folder / name, Limit.KEY))
    assert refused.message == message.format(folder)


@pytest.mark.parametrize("read", [other, secret])
def test_permission_denied(read: Reader, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), "name")

    # Root may read everything, so it is pretended.
    with monkeypatch.context() as patched:
        patched.setattr(builtins, "open", denied)
        error = refusal(FileAccessError, lambda: read(file, Limit.KEY))
    assert error.message == f"key file {file} cannot be read: Permission denied"


class Broken(io.RawIOBase):
    """A stream whose device fails."""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ARG002
        raise OSError(errno.EIO, os.strerror(errno.EIO))


class Waiting(Broken):
    """A stream that does not wait and has nothing yet."""

    def readinto(self, buffer: Any) -> None:  # type: ignore[override]  # noqa: ARG002
        return None


@pytest.mark.parametrize("read", [other, secret])
def test_standard_input(read: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("-", Path("-")):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xffpiped")))
        assert read(name, Limit.KEY) == b"\xffpiped"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a" * 4097)))
    refusal(TooLargeError, lambda: read("-", Limit.PASSPHRASE))


@pytest.mark.parametrize("read", [other, secret])
@pytest.mark.parametrize(
    ("stream", "reason"),
    [
        (Broken, "Input/output error"),
        (Waiting, "there is nothing to read yet"),
        (None, "standard input is closed"),
    ],
    ids=["broken", "waiting", "closed"],
)
def test_standard_input_that_cannot_be_read(
    read: Reader,
    monkeypatch: pytest.MonkeyPatch,
    stream: type[io.RawIOBase] | None,
    reason: str,
) -> None:
    stdin = None if stream is None else io.TextIOWrapper(io.BufferedReader(stream()))
    monkeypatch.setattr(sys, "stdin", stdin)
    error = refusal(FileAccessError, lambda: read("-", Limit.KEY))
    assert error.message == f"key file cannot be read: {reason}"


# --- files of secrets ---------------------------------------------------------

SAFE = (0o400, 0o600, 0o700)
READABLE = (0o440, 0o444, 0o604, 0o640, 0o644)
WRITABLE = (0o602, 0o620, 0o660, 0o666, 0o777)


@pytest.mark.parametrize("mode", SAFE + READABLE + WRITABLE, ids=oct)
def test_a_secret_that_others_can_write_is_refused_and_one_that_they_can_read_is_warned_about(
    file: Path, mode: int
) -> None:
    file.chmod(mode)
    warnings: list[str] = []

    def read() -> bytes:
        return read_secret(file, Limit.KEY, "private key", warnings.append)

    if mode in WRITABLE:
        error = refusal(UnsafePermissionsError, read)
        assert error.message == f"private key {file} can be written by other users (mode {mode:04o})"
        assert error.hint == f"chmod 600 {file}, and make a new one if it may have been changed"
        assert warnings == []
    else:
        assert read().startswith(b"content")
        readable = (
            f"private key {file} can be read by other users (mode {mode:04o}); chmod 600 keeps it to you"
        )
        assert warnings == ([readable] if mode & 0o044 else [])


def test_the_mode_is_that_of_the_file_behind_a_link(file: Path) -> None:
    link = file.with_name("link")
    link.symlink_to(file)
    assert read_secret(link, Limit.KEY, "private key", pytest.fail) == file.read_bytes()
    file.chmod(0o620)
    refusal(UnsafePermissionsError, lambda: secret(link, Limit.KEY))


def test_the_mode_of_a_device_says_nothing() -> None:
    assert read_secret("/dev/null", Limit.KEY, "private key", pytest.fail) == b""


def test_other_inputs_may_have_any_mode(file: Path) -> None:
    file.chmod(0o777)
    assert other(file, Limit.KEY)


def test_the_mode_of_a_file(file: Path) -> None:
    link = file.with_name("link")
    link.symlink_to(file)
    for mode in (0o600, 0o4755):
        file.chmod(mode)
        assert file_mode(file) == file_mode(link) == mode
    refusal(FileMissingError, lambda: file_mode(file.with_name("missing")))
    refusal(FileMissingError, lambda: file_mode(Path("nul\0byte")))


@pytest.mark.parametrize("read", [other, secret])
def test_standard_input_is_read_once(read: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    assert read("-", Limit.KEY) == b""
    error = refusal(UsageError, lambda: read("-", Limit.KEY))
    assert error.message.startswith("standard input can be read once")


@pytest.mark.parametrize("read", [other, secret])
def test_the_empty_name(read: Reader) -> None:
    error = refusal(FileMissingError, lambda: read("", Limit.KEY))
    assert error.message == "the name of the key file is empty"
