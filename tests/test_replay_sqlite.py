"""The replay store in a file: kills, other processes, and everything that can be wrong with a file."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from jwttool.edge.stores import open_replay_store
from jwttool.edge.stores.sqlite import SqliteReplayStore
from jwttool.errors import (
    FileAccessError,
    FileMissingError,
    JwtToolError,
    ReplayStoreError,
    UnsafePermissionsError,
)
from tests.hostile import assert_discreet
from tests.replaying import key

LATE = 10**10


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "replay.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteReplayStore]:
    with SqliteReplayStore(path) as opened:
        yield opened


def use(store: SqliteReplayStore, number: int = 0, until: int = LATE, now: int = 0) -> bool:
    return store.remember(key(number), until=until, now=now)


def kept(path: Path) -> int:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        (number,) = connection.execute("SELECT count(*) FROM used").fetchone()
        assert isinstance(number, int)
        return number


# --- the file -----------------------------------------------------------------------


def test_only_the_owner_can_read_what_is_made(path: Path) -> None:
    previous = os.umask(0)
    try:
        with SqliteReplayStore(path) as store:
            use(store)
            modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()}
    finally:
        os.umask(previous)
    assert modes == dict.fromkeys(["replay.db", "replay.db-shm", "replay.db-wal"], 0o600)
    assert [each.name for each in path.parent.iterdir()] == ["replay.db"]


def test_it_is_safe_from_kills(path: Path, store: SqliteReplayStore) -> None:
    use(store)
    with contextlib.closing(sqlite3.connect(path)) as other:
        assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert other.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_what_was_remembered_outlives_the_process(path: Path) -> None:
    with SqliteReplayStore(path) as store:
        assert use(store)
    with SqliteReplayStore(path) as store:
        assert not use(store)


def test_neither_client_nor_jti_stands_in_the_file(path: Path) -> None:
    from tests.assertions import CLIENT_ID, judge, token

    with SqliteReplayStore(path) as store:
        assert judge(token(), replay_store=store).passed
    data = path.read_bytes()
    assert CLIENT_ID.encode() not in data
    assert b"a-random-identifier" not in data


def test_a_relative_name_stays_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    with open_replay_store("sqlite:replay.db") as store:
        monkeypatch.chdir("elsewhere")
        assert store.remember(key(1), until=LATE, now=0)
        store.close()
        assert not store.remember(key(1), until=LATE, now=0)  # opened again
    assert (tmp_path / "replay.db").is_file()
    assert repr(store) == f"SqliteReplayStore('{tmp_path}/replay.db')"


@pytest.mark.parametrize(
    "name", ["a b?mode=memory#c.db", "50%.db", ":memory:", "ä.db", "\udcff.db"], ids=ascii
)
def test_any_name_is_a_name(tmp_path: Path, name: str) -> None:
    with SqliteReplayStore(tmp_path / name) as store:
        assert use(store)
    assert os.listdir(tmp_path) == [name]  # noqa: PTH208  # as the file system has it


# --- time ---------------------------------------------------------------------------


def test_a_key_is_free_again_when_its_time_has_come(store: SqliteReplayStore) -> None:
    assert use(store, until=60, now=0)
    assert not use(store, until=120, now=59)
    assert use(store, until=120, now=60)
    assert not use(store, until=180, now=119)
    assert use(store, until=180, now=120)


def test_what_has_ended_is_swept_in_steps(path: Path, store: SqliteReplayStore) -> None:
    for number in range(600):
        use(store, number, until=50)
    assert kept(path) == 600
    left = []
    for number in range(600, 600 + 4 * 64):
        use(store, number, now=100)
        left.append(kept(path))
    steps = [before - after for before, after in zip([600, *left], left, strict=False)]
    assert max(steps) == 255  # 256 go, one comes
    assert left[-1] == 4 * 64
    assert not use(store, 600, now=100)


def test_a_store_that_is_opened_for_one_use_sweeps_too(path: Path) -> None:
    for number in range(10):
        with SqliteReplayStore(path) as store:
            use(store, number, until=number + 1, now=number)
    assert kept(path) == 1


# --- several processes ----------------------------------------------------------------


def test_a_kill_in_the_middle_of_a_write_leaves_a_usable_store(path: Path) -> None:
    command = [sys.executable, "-m", "tests.replaying", "kill", str(path), "20", "5"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=170, check=True)
    seen = json.loads(done.stdout)
    assert len(seen) == 20
    for each in seen:
        assert each["answered"] > 0
        assert each["known"] == each["answered"]
        assert each["new"] is True
        assert each["check"] == "ok"


FORK = """
import os, sys
from pathlib import Path
from jwttool.edge.stores.sqlite import SqliteReplayStore

store = SqliteReplayStore(Path(sys.argv[1]))
use = lambda number: store.remember(bytes([number]) * 32, until=10**10, now=0)
assert use(1)
store._lock.acquire()  # as a thread of the parent might have at this moment
child = os.fork()
if child == 0:
    seen = [use(1), use(2), use(2)]
    os._exit(0 if seen == [False, True, False] else 1)
store._lock.release()
_, status = os.waitpid(child, 0)
print(os.waitstatus_to_exitcode(status), use(1), use(2), use(3))
"""


def test_a_process_that_forks_shares_the_memory_but_not_the_connection(path: Path) -> None:
    command = [sys.executable, "-c", FORK, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["0", "False", "False", "True"]


# --- what can be wrong ------------------------------------------------------------------


def refused(path: Path, error: type[JwtToolError], words: str) -> JwtToolError:
    with pytest.raises(error) as raised:
        SqliteReplayStore(path)
    assert words in raised.value.message
    assert_discreet(raised.value, "INSERT")
    return raised.value


def test_a_locked_file_is_an_error(path: Path) -> None:
    with (
        SqliteReplayStore(path, wait=0.01) as store,
        contextlib.closing(sqlite3.connect(path, isolation_level=None)) as holder,
    ):
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(ReplayStoreError, match=r"is locked by another process \(SQLITE_BUSY\)") as raised:
            use(store)
        assert raised.value.code == "replay-store"
        assert_discreet(raised.value, "INSERT")
        holder.execute("ROLLBACK")
        assert use(store)


def test_a_full_disk_is_an_error_and_never_a_first_use(store: SqliteReplayStore) -> None:
    assert use(store, 0)
    assert store._connection is not None
    (pages,) = store._connection.execute("PRAGMA page_count").fetchone()
    store._connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(ReplayStoreError, match=r"the disk is full \(SQLITE_FULL\)"):
        assert all(use(store, number) for number in range(1, 1000))
    store._connection.execute("PRAGMA max_page_count = 1000000")
    assert not use(store, 0)
    assert use(store, 1000)


LIMITED = """
import resource, sys
from pathlib import Path
from jwttool.edge.stores.sqlite import SqliteReplayStore
from jwttool.errors import ReplayStoreError

store = SqliteReplayStore(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    for number in range(10_000):
        assert store.remember(number.to_bytes(32, "big"), until=10**10, now=0)
except ReplayStoreError as error:
    print(number, error.message)
"""


def test_a_file_that_may_not_grow_is_an_error(path: Path) -> None:
    command = [sys.executable, "-c", LIMITED, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    number, message = done.stdout.split(" ", 1)
    assert "SQLITE_" in message
    with SqliteReplayStore(path) as store:
        assert [use(store, each) for each in range(int(number))] == [False] * int(number)
        assert use(store, 20_000)


def test_a_store_that_may_only_be_read_is_an_error(path: Path, store: SqliteReplayStore) -> None:
    # As root, who runs the tests in a container, may write whatever the mode says: by SQLite's own switch.
    assert store._connection is not None
    store._connection.execute("PRAGMA query_only = ON")
    with pytest.raises(ReplayStoreError, match=r"cannot be written \(SQLITE_READONLY\)"):
        use(store)
    assert kept(path) == 0


READ_ONLY = """
import os, sys
from pathlib import Path
from jwttool.edge.stores.sqlite import SqliteReplayStore
from jwttool.errors import ReplayStoreError

path = Path(sys.argv[1])
if os.geteuid() == 0:
    # Root may write whatever the mode says: as somebody else, then.
    os.chown(path.parent, 65534, 65534)
    os.seteuid(65534)
SqliteReplayStore(path).close()
for mode, folder in ((0o400, 0o700), (0o600, 0o500), (0o400, 0o500)):
    path.chmod(mode)
    path.parent.chmod(folder)
    try:
        with SqliteReplayStore(path) as store:
            store.remember(b"x" * 32, until=10, now=0)
    except ReplayStoreError as error:
        print(error.message)
    path.parent.chmod(0o700)
"""


def test_a_file_or_folder_that_may_only_be_read_is_an_error() -> None:
    with tempfile.TemporaryDirectory() as folder:  # not tmp_path, which is below what only root can see
        command = [sys.executable, "-c", READ_ONLY, f"{folder}/replay.db"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    seen = done.stdout.splitlines()
    assert len(seen) == 3
    assert all("cannot be" in each for each in seen)


@pytest.mark.parametrize(
    "content",
    [b"", b"no database\n" * 1000, b"SQLite format 3\x00", b"SQLite format 3\x00" + b"\xff" * 5000, b"\x00"],
    ids=["empty", "text", "head", "damaged", "nul"],
)
def test_a_file_that_is_no_database_is_an_error(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    path.chmod(0o600)
    refused(path, ReplayStoreError, "is no ")
    assert path.read_bytes() == content


def test_the_database_of_another_program_is_left_alone(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("CREATE TABLE used (key BLOB PRIMARY KEY, until INTEGER)")
    path.chmod(0o600)
    before = path.read_bytes()
    refused(path, ReplayStoreError, "is no replay store of this version of jwttool")
    assert path.read_bytes() == before


def test_a_store_of_a_later_version_is_left_alone(path: Path) -> None:
    with SqliteReplayStore(path):
        pass
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA user_version = 2")
    refused(path, ReplayStoreError, "of this version")


def test_a_damaged_page_is_an_error(path: Path) -> None:
    with SqliteReplayStore(path) as store:
        for number in range(500):
            use(store, number)
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    path.write_bytes(data)
    with SqliteReplayStore(path) as store, pytest.raises(ReplayStoreError, match="is damaged"):
        use(store, 1)


@pytest.mark.parametrize("mode", [0o660, 0o602, 0o666], ids=oct)
def test_a_store_that_others_can_write_is_refused(path: Path, mode: int) -> None:
    with SqliteReplayStore(path):
        pass
    path.chmod(mode)
    assert "chmod 600" in (refused(path, UnsafePermissionsError, "other users").hint or "")
    path.chmod(0o600)
    with SqliteReplayStore(path) as store:
        assert use(store)


@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o702], ids=oct)
def test_a_folder_that_all_can_write_is_refused(path: Path, mode: int) -> None:
    path.parent.chmod(mode)
    refused(path, UnsafePermissionsError, "can be written by all users")
    assert not path.exists()
    path.parent.chmod(0o755)
    SqliteReplayStore(path).close()


def test_a_link_is_refused(path: Path) -> None:
    SqliteReplayStore(path).close()
    link = path.with_name("link.db")
    link.symlink_to(path)
    refused(link, FileAccessError, "is a link")


def test_a_folder_is_no_store(tmp_path: Path) -> None:
    refused(tmp_path, FileAccessError, "a folder")


@pytest.mark.parametrize("name", ["no/such/folder.db", "nul\0.db"], ids=["folder", "nul"])
def test_a_folder_that_is_missing_is_an_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileMissingError):
        SqliteReplayStore(tmp_path / name)


@pytest.mark.parametrize("replaced", [True, False], ids=["replaced", "removed"])
def test_a_file_that_is_taken_away_in_use_is_an_error(path: Path, replaced: bool) -> None:
    """Else two programs would each have a memory of their own, and an assertion would pass twice."""
    with SqliteReplayStore(path) as store:
        assert use(store)
        path.rename(path.with_name("old.db"))
        if replaced:
            SqliteReplayStore(path).close()
        for _ in range(2):
            with pytest.raises(ReplayStoreError, match="was removed or replaced"):
                use(store)
