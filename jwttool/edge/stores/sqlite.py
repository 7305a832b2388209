"""A replay store in a file: all processes of one machine, one memory.

The file appears whole or not at all, and from then on every use is one
statement, which SQLite makes happen or not: a kill at any moment leaves a
usable store. A use is on its way to the disk, not on it, when it is answered:
what a power cut in that moment can lose is younger than a few seconds.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
import threading
import time
import weakref
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from jwttool.edge.writing import write_secret
from jwttool.errors import (
    FileAccessError,
    FileInTheWayError,
    FileMissingError,
    ReplayStoreError,
    UnsafePermissionsError,
    raise_alone,
)
from jwttool.replay import ReplayStore

if TYPE_CHECKING:
    from pathlib import Path

WAIT: Final = 5.0
"""Seconds for which another process may hold the file."""

_APPLICATION: Final = 0x6A777472  # "jwtr"
_VERSION: Final = 1
_SCHEMA: Final = f"""
PRAGMA application_id = {_APPLICATION};
PRAGMA user_version = {_VERSION};
CREATE TABLE used (key BLOB PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX used_until ON used (until);
"""

# The check and the note of it, in one statement; nothing is changed where a use is known and still counts.
_REMEMBER: Final = """
INSERT INTO used (key, until) VALUES (?, ?)
ON CONFLICT (key) DO UPDATE SET until = excluded.until WHERE until <= ?
"""
_SWEEP: Final = """
DELETE FROM used WHERE key IN (SELECT key FROM used WHERE until <= ? ORDER BY until LIMIT ?)
"""
_SWEPT_AT_ONCE: Final = 256
_USES_BETWEEN: Final = 64


class SqliteReplayStore(ReplayStore):
    """Remembers in an SQLite database, mode 0600, made where it is not there."""

    __slots__ = ("__weakref__", "_connection", "_identity", "_lock", "_path", "_uses", "_wait")

    def __init__(self, path: Path, *, wait: float = WAIT) -> None:
        """Open the store, or make it.

        :raises ReplayStoreError: the file is no store of ours, or damaged, or locked.
        :raises UnsafePermissionsError: other users can write the file, or replace it.
        :raises SurroundingsError: the folder is missing or cannot be written.
        """
        # What the process does with its working folder later on does not matter.
        self._path: Final = path.absolute()
        self._wait: Final = wait
        self._lock = threading.Lock()
        self._uses = 0
        self._connection: sqlite3.Connection | None = None
        _make_if_missing(self._path)
        self._identity: Final = _examine(self._path)
        self._connection = self._connect()
        _OPEN.add(self)

    def remember(self, key: bytes, *, until: int, now: int) -> bool:
        """As the interface says."""
        try:
            with self._lock:
                return self._remember(key, until, now)
        except sqlite3.Error as error:
            raise_alone(_failed(self._path, error))

    def close(self) -> None:
        """Close the file; a later use opens it again."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def __repr__(self) -> str:
        return f"SqliteReplayStore({str(self._path)!r})"

    def _remember(self, key: bytes, until: int, now: int) -> bool:
        self._refuse_another_file()
        if self._connection is None:
            self._connection = self._connect()
        # Before the use, so that a failure here leaves it unused.
        if self._uses % _USES_BETWEEN == 0:
            # A caller may judge as of a later time, at which others' uses have not ended.
            self._connection.execute(_SWEEP, (min(now, int(time.time())), _SWEPT_AT_ONCE))
        self._uses += 1
        return self._connection.execute(_REMEMBER, (key, until, now)).rowcount == 1

    def _refuse_another_file(self) -> None:
        """An open file that was removed remembers for nobody else any more."""
        if _identity(self._path) != self._identity:
            raise ReplayStoreError(
                f"the replay store {self._path} was removed or replaced while it was in use",
                hint="start this program again, and the others that use the store",
            )

    def _connect(self) -> sqlite3.Connection:
        name = quote(os.fsencode(self._path))
        try:
            connection = sqlite3.connect(
                f"file:{name}?mode=rw",  # never made by SQLite, which would give it another mode
                uri=True,
                timeout=self._wait,
                isolation_level=None,  # each statement is a transaction
                check_same_thread=False,  # the lock sees to that
            )
            with contextlib.ExitStack() as opened:
                opened.callback(connection.close)
                _refuse_stranger(connection, self._path)
                # With a log of its own, NORMAL is safe from a kill, and syncs only now and then.
                connection.execute("PRAGMA synchronous = NORMAL")
                opened.pop_all()
        except sqlite3.Error as error:
            raise_alone(_failed(self._path, error))
        return connection

    def _leave_to_parent(self) -> None:
        """In a child of fork: SQLite's connections belong to the parent, and must not even be closed."""
        if self._connection is not None:
            _PARENTS.append(self._connection)
            self._connection = None
        self._lock = threading.Lock()  # a thread that is not here may hold the old one


_OPEN: Final[weakref.WeakSet[SqliteReplayStore]] = weakref.WeakSet()
_PARENTS: Final[list[sqlite3.Connection]] = []


def _after_fork() -> None:
    for store in _OPEN:
        store._leave_to_parent()  # noqa: SLF001  # of this module


os.register_at_fork(after_in_child=_after_fork)


# --- the file -----------------------------------------------------------------


def _make_if_missing(path: Path) -> None:
    try:
        _refuse_open_folder(path.parent)
        if os.path.lexists(path):
            return
    except (OSError, ValueError):  # ValueError: a NUL byte in the name
        raise_alone(FileMissingError(f"the folder of the replay store {path} is not there"))
    # Another process may make it at the same time; then there is one.
    with contextlib.suppress(FileInTheWayError):
        write_secret(path, _empty_store())


def _refuse_open_folder(folder: Path) -> None:
    """Where everybody may write, anybody may put a store there first, sticky bit or not."""
    if folder.stat().st_mode & stat.S_IWOTH:
        raise UnsafePermissionsError(
            f"the folder {folder} of the replay store can be written by all users",
            hint="keep it in a folder of its own, mode 0700",
        )


def _empty_store() -> bytes:
    """A whole database, to be written at once: two processes can neither both make it nor see half of it."""
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(_SCHEMA)
        image = bytearray(connection.serialize())
    # The SQLite file format, section 1.3.3: 2 and 2 say that it has a write-ahead log. PRAGMA journal_mode
    # would do the same, but has to have the file for itself.
    image[18:20] = b"\2\2"
    return bytes(image)


def _examine(path: Path) -> tuple[int, int]:
    """Refuse what is not safe to use.

    By name and not by a descriptor: closing one would drop the locks that this
    process may hold on the same file (POSIX.1-2017, fcntl). Nobody but the
    owner of the folder can put something else there in between.
    """
    try:
        status = path.lstat()
    except OSError as error:
        raise FileAccessError(f"the replay store {path} cannot be read: {error.strerror}") from None
    if not stat.S_ISREG(status.st_mode):
        raise FileAccessError(f"the replay store {path} is a link, a folder or no regular file")
    mode = stat.S_IMODE(status.st_mode)
    if mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise UnsafePermissionsError(
            f"the replay store {path} can be written by other users (mode {mode:04o})",
            hint=f"chmod 600 {path}; whoever could write it may have made it forget",
        )
    return status.st_dev, status.st_ino


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _refuse_stranger(connection: sqlite3.Connection, path: Path) -> None:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if (application, version) != (_APPLICATION, _VERSION):
        raise ReplayStoreError(
            f"{path} is no replay store of this version of jwttool", hint="name a file that is not there yet"
        )


def _failed(path: Path, error: sqlite3.Error) -> ReplayStoreError:
    """SQLite's error as ours, by its primary result code."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    what, hint = _MEANINGS.get(code, ("cannot be used", None))
    name = getattr(error, "sqlite_errorname", None)
    return ReplayStoreError(f"the replay store {path} {what}" + (f" ({name})" if name else ""), hint=hint)


_NO_STORE: Final = ("is no SQLite database, or is damaged", "name a file that is not there yet")
_MEANINGS: Final[dict[int, tuple[str, str | None]]] = {
    sqlite3.SQLITE_BUSY: ("is locked by another process", "which one has it open? `fuser` tells"),
    sqlite3.SQLITE_LOCKED: ("is locked by another process", "which one has it open? `fuser` tells"),
    sqlite3.SQLITE_READONLY: ("cannot be written", "the user that runs this needs the file and its folder"),
    sqlite3.SQLITE_PERM: ("cannot be written", "the user that runs this needs the file and its folder"),
    sqlite3.SQLITE_CANTOPEN: ("cannot be opened", "the user that runs this needs the file and its folder"),
    sqlite3.SQLITE_FULL: ("cannot grow: the disk is full", "make room"),
    sqlite3.SQLITE_IOERR: ("cannot be read or written", "is the disk full, or gone? The system's log tells"),
    sqlite3.SQLITE_CORRUPT: _NO_STORE,
    sqlite3.SQLITE_NOTADB: _NO_STORE,
}
