"""Writing files so that a kill at any moment leaves the old state or the new one.

A new file is written without a name (O_TMPFILE) and then linked: no partial
file, no moment with a wider mode, no stray temporary, no following of a
symlink, no overwriting. Where a file system has no O_TMPFILE, and where an
existing file is to be replaced (a nameless file cannot be renamed over it), a
named temporary in the same folder stands in; a kill can leave that one behind,
so its name is fixed and the next write of the same file removes it.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jwttool.errors import FileAccessError, FileInTheWayError, FileMissingError, JwtToolError

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET_MODE: Final = 0o600
PUBLIC_MODE: Final = 0o644


def write_secret(path: Path, data: bytes, *, force: bool = False) -> None:
    """Write a file that only its owner may read, from its first byte on.

    :raises FileInTheWayError: something is there already and ``force`` is not set,
        or it is a symlink or no regular file, which is never replaced.
    :raises FileMissingError: the folder does not exist.
    :raises FileAccessError: permissions, a full disk, another process at work.
    """
    _write(path, data, SECRET_MODE, force=force)


def write_public(path: Path, data: bytes, *, force: bool = False) -> None:
    """Write a file that may be read by all, less what the umask takes away."""
    _write(path, data, PUBLIC_MODE, force=force)


def check_target(path: Path, *, force: bool = False) -> None:
    """Refuse, before slow work, a target that could not be written afterwards.

    :raises JwtToolError: as the write would.
    """
    if not path.parent.is_dir():
        raise FileMissingError(f"the folder {path.parent} does not exist")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise FileAccessError(f"nothing can be written in {path.parent}: permission denied")
    if os.path.lexists(path):
        if not force:
            raise _in_the_way(path)
        _refuse_special(path)


def make_folder(path: Path) -> None:
    """Create a folder, 0700, with its parents; an existing one is left as it is."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise FileAccessError(f"the folder {path} cannot be made: {error.strerror}") from None


def temporary_name(path: Path) -> Path:
    """Where a replacement waits for its rename; also what a kill can leave behind."""
    return path.with_name(f".{path.name}.jwttool-new")


def _write(path: Path, data: bytes, mode: int, *, force: bool) -> None:
    check_target(path, force=force)
    try:
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            if force and os.path.lexists(path):
                _replace(path, data, mode)
            else:
                _create(path, folder, data, mode)
            os.fsync(folder)  # the name itself must survive a power cut too
        finally:
            os.close(folder)
    except FileExistsError:
        raise _in_the_way(path) from None
    except OSError as error:
        raise FileAccessError(f"{path} cannot be written: {error.strerror}") from None


def _create(path: Path, folder: int, data: bytes, mode: int) -> None:
    _remove_stray(path)
    try:
        unnamed = os.open(".", os.O_TMPFILE | os.O_WRONLY, mode, dir_fd=folder)
    except (AttributeError, OSError) as error:
        # AttributeError: not Linux. EOPNOTSUPP, EISDIR, ENOENT: a file system without it.
        if isinstance(error, OSError) and error.errno not in _NO_TMPFILE:
            raise
        _create_named(path, data, mode)
        return
    try:
        _fill(unnamed, data)
        # linkat(2) of an open file goes through /proc; it refuses any existing name.
        with _descriptor("/proc/self/fd", os.O_RDONLY) as descriptors:
            os.link(str(unnamed), path.name, src_dir_fd=descriptors, dst_dir_fd=folder, follow_symlinks=True)
    finally:
        os.close(unnamed)


_NO_TMPFILE: Final = {errno.EOPNOTSUPP, errno.EISDIR, errno.ENOENT, errno.EINVAL}


def _create_named(path: Path, data: bytes, mode: int) -> None:
    with _locked_temporary(path, mode) as (temporary, descriptor):
        _fill(descriptor, data)
        os.link(temporary, path, follow_symlinks=False)  # fails if the name is taken


def _replace(path: Path, data: bytes, mode: int) -> None:
    with _locked_temporary(path, mode) as (temporary, descriptor):
        _fill(descriptor, data)
        _refuse_special(path)
        temporary.rename(path)


@contextlib.contextmanager
def _locked_temporary(path: Path, mode: int) -> Iterator[tuple[Path, int]]:
    """A named temporary that is ours alone; it is gone afterwards, whatever happens.

    The lock tells a temporary at work from one that a kill left behind.
    """
    _remove_stray(path)
    temporary = temporary_name(path)
    try:
        descriptor = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, mode)
    except FileExistsError:
        raise _busy(path) from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise _busy(path) from None
        if not _is_named(descriptor, temporary):
            raise _busy(path)  # taken for a stray between our open and our lock
        try:
            yield temporary, descriptor
        finally:
            # After a rename the name is gone, or already another process's.
            if _is_named(descriptor, temporary):
                temporary.unlink()
    finally:
        os.close(descriptor)


def _remove_stray(path: Path) -> None:
    """Remove a temporary that a killed run left: nobody holds its lock."""
    temporary = temporary_name(path)
    try:
        descriptor = os.open(temporary, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if _is_named(descriptor, temporary):
            temporary.unlink()
    except OSError:
        raise _busy(path) from None
    finally:
        os.close(descriptor)


def _is_named(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except OSError:
        return False


def _fill(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
    os.fsync(descriptor)


@contextlib.contextmanager
def _descriptor(name: str, flags: int) -> Iterator[int]:
    descriptor = os.open(name, flags)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _refuse_special(path: Path) -> None:
    if not stat.S_ISREG(path.lstat().st_mode):
        raise FileInTheWayError(f"{path} is a link or no regular file, and is never replaced")


def _in_the_way(path: Path) -> JwtToolError:
    return FileInTheWayError(f"{path} exists already", hint="choose another name, or replace it with --force")


def _busy(path: Path) -> JwtToolError:
    return FileAccessError(f"another process is writing {path}", hint="try again when it is done")
