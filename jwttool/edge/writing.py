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

from jwttool.edge.reading import is_same_file
from jwttool.errors import FileAccessError, FileInTheWayError, FileMissingError, JwtToolError, UsageError

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
    if "\0" in str(path):
        raise FileMissingError("the file name is not usable")
    if not path.parent.is_dir():
        raise FileMissingError(f"the folder {path.parent} does not exist")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise FileAccessError(f"nothing can be written in {path.parent}: permission denied")
    if os.path.lexists(path):
        if not force:
            raise _in_the_way(path)
        _refuse_special(path)


def refuse_own_input(path: Path, *inputs: str | Path | None) -> None:
    """Refuse to write over a file that the same command reads, by whatever name; None is no file.

    ``--force`` is leave to replace what is old, not the only copy of the key at hand.

    :raises UsageError: when the target is one of the inputs.
    """
    for name in inputs:
        if name is not None and is_same_file(path, name):
            raise UsageError(
                f"{path} is read by this command, and would be overwritten by it",
                hint="name another file with -o",
            )


def make_folder(path: Path) -> None:
    """Create a folder and its parents, 0700 all of them; an existing one is left as it is."""
    try:
        # Path.mkdir would give the parents whatever the umask allows.
        for folder in reversed([path, *path.parents]):
            if not folder.is_dir():
                folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise FileAccessError(f"the folder {path} cannot be made: {error.strerror}") from None


def temporary_name(path: Path) -> Path:
    """Where a replacement waits for its rename; also what a kill can leave behind."""
    return path.with_name(f".{path.name}.jwttool-new")


def _write(path: Path, data: bytes, mode: int, *, force: bool) -> None:
    check_target(path, force=force)
    try:
        with _descriptor(path.parent, os.O_RDONLY | os.O_DIRECTORY) as folder:
            if force and os.path.lexists(path):
                _replace(path, data, mode)
            else:
                _create(path, folder, data, mode)
            _sync_folder(folder)
    except FileExistsError:
        raise _in_the_way(path) from None
    except OSError as error:
        raise FileAccessError(f"{path} cannot be written: {error.strerror}") from None


def _create(path: Path, folder: int, data: bytes, mode: int) -> None:
    _remove_stray(path)
    with contextlib.ExitStack() as opened:
        try:
            unnamed = opened.enter_context(_descriptor(".", os.O_TMPFILE | os.O_WRONLY, mode, folder))
            # linkat(2) of an open file goes through /proc, which a container may lack.
            descriptors = opened.enter_context(_descriptor("/proc/self/fd", os.O_RDONLY))
        except (AttributeError, OSError) as error:
            # AttributeError: not Linux. EOPNOTSUPP, EISDIR, ENOENT: a file system without it.
            if isinstance(error, OSError) and error.errno not in _NO_TMPFILE:
                raise
            _create_named(path, data, mode)
            return
        _fill(unnamed, data)
        # This link refuses any existing name.
        os.link(str(unnamed), path.name, src_dir_fd=descriptors, dst_dir_fd=folder, follow_symlinks=True)


_NO_TMPFILE: Final = {errno.EOPNOTSUPP, errno.EISDIR, errno.ENOENT, errno.EINVAL}


def _create_named(path: Path, data: bytes, mode: int) -> None:
    with _locked_temporary(path, mode) as (temporary, descriptor):
        _fill(descriptor, data)
        os.link(temporary, path, follow_symlinks=False)  # fails if the name is taken


def _replace(path: Path, data: bytes, mode: int) -> None:
    # What its owner took away from others stays taken away.
    narrowed = mode & path.lstat().st_mode | SECRET_MODE
    with _locked_temporary(path, narrowed) as (temporary, descriptor):
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
    ours = True
    try:
        # Between our open and our lock another process may take it for a stray.
        ours = _lock(descriptor)
        if not (ours and _is_named(descriptor, temporary)):
            raise _busy(path)
        yield temporary, descriptor
    finally:
        # After a rename the name is gone, or already another process's.
        if ours and _is_named(descriptor, temporary):
            temporary.unlink()
        os.close(descriptor)


def _remove_stray(path: Path) -> None:
    """Remove a temporary that a killed run left: nobody holds its lock."""
    temporary = temporary_name(path)
    try:
        descriptor = os.open(temporary, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return
    try:
        if not _lock(descriptor):
            raise _busy(path)
        if _is_named(descriptor, temporary):
            temporary.unlink()
    except OSError as error:
        raise FileAccessError(f"{temporary} is in the way: {error.strerror}", hint="remove it") from None
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> bool:
    """Lock a file; False when another process has.

    :raises OSError: on a file system without locks.
    """
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


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


def _sync_folder(folder: int) -> None:
    """The name itself must survive a power cut too."""
    try:
        os.fsync(folder)
    except OSError as error:
        if error.errno != errno.EINVAL:  # a file system that does not sync folders
            raise


@contextlib.contextmanager
def _descriptor(name: str | Path, flags: int, mode: int = 0, folder: int | None = None) -> Iterator[int]:
    descriptor = os.open(name, flags, mode, dir_fd=folder)
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
    return FileAccessError(
        f"another process is writing {path}",
        hint=f"try again when it is done; if there is none, remove {temporary_name(path)}",
    )
