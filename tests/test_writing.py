"""Writing: the old state or the new one, never a part, never a wider mode, never a stray file."""

from __future__ import annotations

import errno
import fcntl
import json
import multiprocessing
import os
import stat
import subprocess
import sys
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jwttool.edge import writing
from jwttool.edge.writing import (
    check_target,
    make_folder,
    refuse_own_input,
    temporary_name,
    write_public,
    write_secret,
)
from jwttool.errors import FileAccessError, FileInTheWayError, FileMissingError, UsageError
from tests.hostile import CANARY, refusal
from tests.killing import SIZE, without_nameless_files, write_together

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SECRET = CANARY.encode() * 1000


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(params=["nameless", "named"])
def _both_ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With files that have no name yet, and where the file system lacks them."""
    if request.param == "named":
        monkeypatch.setattr(os, "open", os.open)  # put back afterwards
        without_nameless_files()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "secret.key"


# --- a new file ---------------------------------------------------------------


@pytest.mark.usefixtures("_both_ways")
@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077], ids=oct)
def test_a_secret_is_whole_and_for_its_owner_alone(path: Path, mask: int) -> None:
    with umask(mask):
        write_secret(path, SECRET)
    assert path.read_bytes() == SECRET
    assert mode(path) == 0o600
    assert path.stat().st_nlink == 1
    assert names(path.parent) == ["secret.key"]


@pytest.mark.usefixtures("_both_ways")
@pytest.mark.parametrize(("mask", "expected"), [(0o000, 0o644), (0o022, 0o644), (0o077, 0o600)])
def test_a_public_file_is_what_the_umask_allows(path: Path, mask: int, expected: int) -> None:
    with umask(mask):
        write_public(path, b"public")
    assert (path.read_bytes(), mode(path)) == (b"public", expected)


@pytest.mark.usefixtures("_both_ways")
@pytest.mark.parametrize("size", [0, 1, 5_000_000])
def test_every_size(path: Path, size: int) -> None:
    write_secret(path, b"a" * size)
    assert path.read_bytes() == b"a" * size


@pytest.mark.usefixtures("_both_ways")
def test_force_without_anything_to_replace(path: Path) -> None:
    write_secret(path, SECRET, force=True)
    assert (path.read_bytes(), mode(path), names(path.parent)) == (SECRET, 0o600, ["secret.key"])


def test_a_relative_name(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    write_secret(Path("secret.key"), SECRET)
    write_secret(Path("secret.key"), b"new", force=True)
    assert path.read_bytes() == b"new"


@pytest.mark.usefixtures("_both_ways")
def test_the_mode_is_right_from_the_first_byte(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, seen = os.write, []

    def look(descriptor: int, data: Any) -> int:
        seen.append((stat.S_IMODE(os.fstat(descriptor).st_mode), os.path.lexists(path)))
        return real(descriptor, data[:1000])  # a short write, as the system may make

    monkeypatch.setattr(os, "write", look)
    with umask(0):
        write_secret(path, SECRET)
    assert seen == [(0o600, False)] * (len(SECRET) // 1000)
    assert path.read_bytes() == SECRET


def test_what_is_written_is_synced_and_so_is_its_name(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(os.fstat(descriptor)))
    write_secret(path, SECRET)
    assert [stat.S_ISDIR(each.st_mode) for each in synced] == [False, True]
    assert os.path.samestat(synced[0], path.stat())
    assert os.path.samestat(synced[1], path.parent.stat())


@pytest.mark.parametrize(("number", "refused"), [(errno.EINVAL, False), (errno.EIO, True)])
def test_a_file_system_that_does_not_sync_folders(
    path: Path, monkeypatch: pytest.MonkeyPatch, number: int, refused: bool
) -> None:
    real = os.fsync

    def fsync(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(number, os.strerror(number))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    if refused:
        error = refusal(FileAccessError, lambda: write_secret(path, SECRET))
        assert error.message == f"{path} cannot be written: Input/output error"
    else:
        write_secret(path, SECRET)
        assert path.read_bytes() == SECRET


# --- what is in the way -------------------------------------------------------


@pytest.mark.parametrize("write", [write_secret, write_public])
def test_an_existing_file_is_not_overwritten(path: Path, write: Callable[..., None]) -> None:
    path.write_bytes(b"old")
    error = refusal(FileInTheWayError, lambda: write(path, SECRET))
    assert error.message == f"{path} exists already"
    assert error.hint == "choose another name, or replace it with --force"
    assert path.read_bytes() == b"old"
    write(path, b"new", force=True)
    assert path.read_bytes() == b"new"
    assert names(path.parent) == ["secret.key"]


def things_in_the_way(path: Path) -> dict[str, Callable[[], object]]:
    target = path.parent / "target"
    return {
        "link": lambda: path.symlink_to(target),
        "dangling link": lambda: path.symlink_to(target),
        "folder": path.mkdir,
        "pipe": lambda: os.mkfifo(path),
    }


@pytest.mark.usefixtures("_both_ways")
@pytest.mark.parametrize("thing", things_in_the_way(Path()))
@pytest.mark.parametrize("force", [False, True], ids=["", "force"])
def test_a_link_and_what_is_no_file_is_neither_followed_nor_replaced(
    path: Path, thing: str, force: bool
) -> None:
    if thing == "link":
        path.with_name("target").write_bytes(b"target")
    things_in_the_way(path)[thing]()
    before = (path.lstat(), names(path.parent))
    error = refusal(FileInTheWayError, lambda: write_secret(path, SECRET, force=force))
    reason = "is a link or no regular file, and is never replaced" if force else "exists already"
    assert error.message == f"{path} {reason}"
    assert (path.lstat(), names(path.parent)) == before
    if thing == "link":
        assert path.read_bytes() == b"target"


@pytest.mark.usefixtures("_both_ways")
@pytest.mark.parametrize("thing", ["file", "link"])
def test_what_comes_in_the_way_at_the_last_moment_is_not_overwritten(
    path: Path, monkeypatch: pytest.MonkeyPatch, thing: str
) -> None:
    target = path.with_name("target")
    target.write_bytes(b"target")
    real = os.link

    def link(*arguments: Any, **options: Any) -> None:
        if thing == "file":
            path.write_bytes(b"theirs")
        else:
            path.symlink_to(target)
        real(*arguments, **options)

    monkeypatch.setattr(os, "link", link)
    error = refusal(FileInTheWayError, lambda: write_secret(path, SECRET))
    assert error.message == f"{path} exists already"
    assert path.read_bytes() == (b"theirs" if thing == "file" else b"target")
    assert names(path.parent) == ["secret.key", "target"]


def test_a_link_that_comes_in_the_way_of_a_replacement(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_bytes(b"old")
    target = path.with_name("target")
    target.write_bytes(b"target")
    real = writing._fill

    def fill(descriptor: int, data: bytes) -> None:
        real(descriptor, data)
        path.unlink()
        path.symlink_to(target)

    monkeypatch.setattr(writing, "_fill", fill)
    refusal(FileInTheWayError, lambda: write_secret(path, SECRET, force=True))
    assert target.read_bytes() == b"target"
    assert names(path.parent) == ["secret.key", "target"]


# --- replacing ----------------------------------------------------------------


@pytest.mark.parametrize("there", [0o600, 0o644, 0o400, 0o666, 0o000], ids=oct)
def test_a_replaced_secret_is_for_its_owner_alone_whatever_was_there(path: Path, there: int) -> None:
    path.write_bytes(b"old")
    path.chmod(there)
    with umask(0):
        write_secret(path, SECRET, force=True)
    assert (path.read_bytes(), mode(path)) == (SECRET, 0o600)


@pytest.mark.parametrize(("there", "after"), [(0o600, 0o600), (0o640, 0o640), (0o644, 0o644), (0o666, 0o644)])
def test_a_replaced_public_file_stays_as_narrow_as_it_was(path: Path, there: int, after: int) -> None:
    path.write_bytes(b"old")
    path.chmod(there)
    with umask(0):
        write_public(path, b"new", force=True)
    assert (path.read_bytes(), mode(path)) == (b"new", after)


def test_a_replacement_leaves_other_names_of_the_old_file_alone(path: Path) -> None:
    path.write_bytes(b"old")
    other = path.with_name("other")
    other.hardlink_to(path)
    write_secret(path, SECRET, force=True)
    assert other.read_bytes() == b"old"


# --- failures -----------------------------------------------------------------


def failing(number: int, after: int = 0) -> Callable[..., int]:
    real, left = os.write, [after]

    def write(descriptor: int, data: Any) -> int:
        if left[0] <= 0:
            raise OSError(number, os.strerror(number))
        left[0] -= 1
        return real(descriptor, data[:100])

    return write


@pytest.mark.usefixtures("_both_ways")
@pytest.mark.parametrize("after", [0, 3])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO], ids=errno.errorcode.get)
def test_a_full_disk_leaves_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch, number: int, after: int
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", failing(number, after))
        error = refusal(FileAccessError, lambda: write_secret(path, SECRET))
    assert error.message == f"{path} cannot be written: {os.strerror(number)}"
    assert names(path.parent) == []
    write_secret(path, SECRET)
    assert path.read_bytes() == SECRET


@pytest.mark.parametrize("after", [0, 3])
def test_a_full_disk_leaves_the_old_file_where_it_should_be_replaced(
    path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "write", failing(errno.ENOSPC, after))
    refusal(FileAccessError, lambda: write_secret(path, SECRET, force=True))
    assert path.read_bytes() == b"old"
    assert names(path.parent) == ["secret.key"]


@pytest.mark.parametrize("call", ["fsync", "rename"])
def test_a_failure_behind_the_last_byte_leaves_the_old_file(
    path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    path.write_bytes(b"old")

    def fail(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os if call == "fsync" else Path, call, fail)
    refusal(FileAccessError, lambda: write_secret(path, SECRET, force=True))
    assert path.read_bytes() == b"old"
    assert names(path.parent) == ["secret.key"]


@pytest.mark.usefixtures("_both_ways")
def test_an_interrupt_leaves_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "write", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_secret(path, SECRET)
    assert names(path.parent) == []


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("missing/secret.key", FileMissingError, "the folder {}/missing does not exist"),
        ("file/secret.key", FileMissingError, "the folder {}/file does not exist"),
        ("nul\0byte", FileMissingError, "the file name is not usable"),
        ("n" * 300, FileAccessError, "{}/" + "n" * 300 + " cannot be written: File name too long"),
    ],
    ids=["missing", "below a file", "NUL", "long"],
)
def test_a_name_that_cannot_be_written(path: Path, name: str, error: Any, message: str) -> None:
    folder = path.parent
    (folder / "file").write_bytes(b"")
    assert refusal(error, lambda: write_secret(folder / name, SECRET)).message == message.format(folder)
    assert names(folder) == ["file"]


def test_a_folder_without_permission(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everywhere, so it is pretended
    error = refusal(FileAccessError, lambda: write_secret(path, SECRET))
    assert error.message == f"nothing can be written in {path.parent}: permission denied"


def test_no_descriptor_stays_open(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = names(Path("/proc/self/fd"))
    write_secret(path, SECRET)
    write_secret(path, SECRET, force=True)
    refusal(FileInTheWayError, lambda: write_secret(path, SECRET))
    monkeypatch.setattr(os, "write", failing(errno.ENOSPC))
    refusal(FileAccessError, lambda: write_secret(path.with_name("new"), SECRET))
    refusal(FileAccessError, lambda: write_secret(path, SECRET, force=True))
    assert len(names(Path("/proc/self/fd"))) == len(before)


# --- file systems that lack something -----------------------------------------


def refuse_open(monkeypatch: pytest.MonkeyPatch, number: int, what: Callable[[Any, int], bool]) -> None:
    real = os.open

    def refuse(name: Any, flags: int, *arguments: Any, **options: Any) -> int:
        if what(name, flags):
            raise OSError(number, os.strerror(number))
        return real(name, flags, *arguments, **options)

    monkeypatch.setattr(os, "open", refuse)


def nameless(_name: Any, flags: int) -> bool:
    return flags & os.O_TMPFILE == os.O_TMPFILE


@pytest.mark.parametrize("number", [errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL], ids=errno.errorcode.get)
def test_without_nameless_files_a_named_one_stands_in(
    path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    refuse_open(monkeypatch, number, nameless)
    write_secret(path, SECRET)
    assert (path.read_bytes(), mode(path), names(path.parent)) == (SECRET, 0o600, ["secret.key"])


def test_on_a_system_that_never_heard_of_them(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "O_TMPFILE")
    write_secret(path, SECRET)
    assert (path.read_bytes(), mode(path), names(path.parent)) == (SECRET, 0o600, ["secret.key"])


def test_another_failure_to_make_one_is_a_failure(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse_open(monkeypatch, errno.EROFS, nameless)
    error = refusal(FileAccessError, lambda: write_secret(path, SECRET))
    assert error.message == f"{path} cannot be written: Read-only file system"
    assert names(path.parent) == []


def test_without_proc_a_named_one_stands_in(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse_open(monkeypatch, errno.ENOENT, lambda name, _: name == "/proc/self/fd")
    write_secret(path, SECRET)
    assert (path.read_bytes(), mode(path), names(path.parent)) == (SECRET, 0o600, ["secret.key"])


def test_where_nothing_can_be_locked_nothing_is_replaced(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_locks(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    path.write_bytes(b"old")
    monkeypatch.setattr(fcntl, "flock", no_locks)
    error = refusal(FileAccessError, lambda: write_secret(path, SECRET, force=True))
    assert error.message == f"{path} cannot be written: No locks available"
    assert path.read_bytes() == b"old"
    assert names(path.parent) == ["secret.key"]
    write_secret(path.with_name("new"), SECRET)  # a new file needs no lock


# --- strays, and other processes ----------------------------------------------


def stray(path: Path) -> Path:
    """What a killed process leaves behind."""
    left = temporary_name(path)
    left.write_bytes(b"part of a secr")
    left.chmod(0o600)
    return left


def test_the_one_name_that_a_kill_can_leave(path: Path) -> None:
    assert temporary_name(path) == path.with_name(".secret.key.jwttool-new")


@pytest.mark.usefixtures("_both_ways")
@pytest.mark.parametrize("force", [False, True], ids=["create", "replace"])
def test_the_next_run_removes_what_a_kill_left(path: Path, force: bool) -> None:
    stray(path)
    if force:
        path.write_bytes(b"old")
    write_secret(path, SECRET, force=force)
    assert (path.read_bytes(), names(path.parent)) == (SECRET, ["secret.key"])


@pytest.mark.usefixtures("_both_ways")
@pytest.mark.parametrize("force", [False, True], ids=["create", "replace"])
def test_a_temporary_that_somebody_works_on_is_left_alone(path: Path, force: bool) -> None:
    if force:
        path.write_bytes(b"old")
    with stray(path).open("rb") as theirs:
        fcntl.flock(theirs, fcntl.LOCK_EX)
        error = refusal(FileAccessError, lambda: write_secret(path, SECRET, force=force))
        assert error.message == f"another process is writing {path}"
        assert error.hint == f"try again when it is done; if there is none, remove {temporary_name(path)}"
        assert temporary_name(path).read_bytes() == b"part of a secr"
        assert path.exists() is force
    write_secret(path, SECRET, force=force)
    assert names(path.parent) == ["secret.key"]


@pytest.mark.parametrize("thing", ["link", "folder"])
def test_something_else_by_that_name_is_neither_followed_nor_removed(path: Path, thing: str) -> None:
    path.write_bytes(b"old")
    target = path.with_name("target")
    target.write_bytes(b"target")
    temporary = temporary_name(path)
    if thing == "link":
        temporary.symlink_to(target)
        message = f"another process is writing {path}"
    else:
        temporary.mkdir()
        message = f"{temporary} is in the way: Is a directory"
    error = refusal(FileAccessError, lambda: write_secret(path, SECRET, force=True))
    assert error.message == message
    assert str(temporary) in f"{error.message}{error.hint}"
    assert path.read_bytes() == b"old"
    assert target.read_bytes() == b"target"
    assert os.path.lexists(temporary)


def test_a_temporary_that_another_process_took_for_a_stray_is_not_used(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Between our open and our lock: they lock first, or were there and are gone already.
    path.write_bytes(b"old")
    real = fcntl.flock

    def they_removed_it(descriptor: int, operation: int) -> None:
        temporary_name(path).unlink()
        real(descriptor, operation)

    def they_hold_it(descriptor: int, _operation: int) -> None:  # noqa: ARG001
        raise BlockingIOError(errno.EWOULDBLOCK, os.strerror(errno.EWOULDBLOCK))

    for theirs in (they_removed_it, they_hold_it):
        with monkeypatch.context() as patched:
            patched.setattr(fcntl, "flock", theirs)
            error = refusal(FileAccessError, lambda: write_secret(path, SECRET, force=True))
        assert error.message == f"another process is writing {path}"
        assert path.read_bytes() == b"old"


def test_a_stray_that_another_process_has_made_its_own_is_not_removed(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = stray(path)
    real = fcntl.flock

    def they_were_faster(descriptor: int, operation: int) -> None:
        temporary.unlink()
        temporary.write_bytes(b"theirs")
        real(descriptor, operation)

    path.write_bytes(b"old")
    monkeypatch.setattr(fcntl, "flock", they_were_faster)
    error = refusal(FileAccessError, lambda: write_secret(path, SECRET, force=True))
    assert error.message == f"another process is writing {path}"
    assert temporary.read_bytes() == b"theirs"
    assert path.read_bytes() == b"old"


def test_the_temporary_of_the_next_process_is_not_removed_by_us(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.write_bytes(b"old")
    real = Path.rename

    def rename(self: Path, target: Path) -> Path:
        renamed = real(self, target)
        temporary_name(path).write_bytes(b"theirs")
        return renamed

    monkeypatch.setattr(Path, "rename", rename)
    write_secret(path, SECRET, force=True)
    assert path.read_bytes() == SECRET
    assert temporary_name(path).read_bytes() == b"theirs"


@pytest.mark.parametrize("force", [False, True], ids=["create", "replace"])
def test_of_processes_that_write_at_once_each_is_whole_or_refused(tmp_path: Path, force: bool) -> None:
    context = multiprocessing.get_context("spawn")
    processes = 4
    path = tmp_path / "secret.key"
    if force:
        path.write_bytes(b"old")
    ready, results = context.Barrier(processes), context.Queue()
    started = [
        context.Process(target=write_together, args=(number, path, force, ready, results))
        for number in range(processes)
    ]
    for process in started:
        process.start()
    outcomes = dict(results.get(timeout=60) for _ in started)
    for process in started:
        process.join()
        assert process.exitcode == 0
    winners = [number for number, message in outcomes.items() if message is None]
    data = path.read_bytes()
    assert len(data) == SIZE
    assert data == data[:1] * SIZE
    assert data[0] in winners
    assert names(tmp_path) == ["secret.key"]
    busy, exists = f"another process is writing {path}", f"{path} exists already"
    assert {message for message in outcomes.values() if message} <= ({busy} if force else {exists})
    if not force:
        assert len(winners) == 1


# --- kills --------------------------------------------------------------------

WHOLE = ["0o600", True]
STRAY = ".secret.key.jwttool-new"


def kill(writer: str, folder: Path, kills: int) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "tests.killing", writer, str(folder), str(kills), "1"]
    done = subprocess.run(
        command, capture_output=True, timeout=120, check=True, cwd=Path(__file__).parents[1]
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize(
    ("writer", "states"),
    [
        # An anonymous file leaves nothing behind.
        ("create", [set(), {"secret.key"}]),
        # What is replaced is always there; beside it at most the one name.
        ("replace", [{"secret.key"}, {"secret.key", STRAY}]),
        ("named", [set(), {STRAY}, {"secret.key"}, {"secret.key", STRAY}]),
    ],
)
def test_a_kill_at_any_moment_leaves_the_old_state_or_the_new_one(
    tmp_path: Path, writer: str, states: list[set[str]]
) -> None:
    kills = kill(writer, tmp_path, 100)
    assert len(kills) == 100
    for each in kills:
        assert set(each["left"]) in states
        assert each["left"].get("secret.key", WHOLE) == WHOLE
        assert each["left"].get(STRAY, WHOLE)[0] == "0o600"
        # The next write removes what was left.
        assert each["then"] == {"secret.key": WHOLE}
    # The kills came while it wrote, or nothing is shown.
    if writer == "create":
        assert any(not each["left"] for each in kills)
    else:
        assert any(STRAY in each["left"] for each in kills)


def test_the_same_kills_ruin_a_file_that_is_written_without_care(tmp_path: Path) -> None:
    assert any(each["left"]["secret.key"] != WHOLE for each in kill("naive", tmp_path, 20))


# --- before slow work, and folders --------------------------------------------


def test_what_is_read_is_never_written_over(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other, link, hard = (path.with_name(name) for name in ("other", "link", "hard"))
    refuse_own_input(path, path, "-", None)  # it is not there yet
    path.write_bytes(b"key")
    other.write_bytes(b"key")
    link.symlink_to(path)
    hard.hardlink_to(path)
    refuse_own_input(path, other, path.with_name("missing"), "nul\0", None, "")
    for same in (path, f"{path.parent}/./{path.name}", link, hard):
        error = refusal(UsageError, partial(refuse_own_input, path, other, same))
        assert error.message == f"{path} is read by this command, and would be overwritten by it"
    with path.open() as stdin:  # as in: < secret.key
        monkeypatch.setattr(sys, "stdin", stdin)
        refuse_own_input(other, "-")
        refusal(UsageError, partial(refuse_own_input, path, "-"))


def test_a_target_is_checked_beforehand(path: Path) -> None:
    check_target(path)
    check_target(path, force=True)
    path.write_bytes(b"old")
    refusal(FileInTheWayError, lambda: check_target(path))
    check_target(path, force=True)
    path.unlink()
    path.symlink_to("missing")
    for force in (False, True):
        refusal(FileInTheWayError, partial(check_target, path, force=force))
    refusal(FileMissingError, lambda: check_target(path / "below"))
    assert names(path.parent) == ["secret.key"]


@pytest.mark.parametrize("mask", [0o000, 0o022], ids=oct)
def test_folders_are_for_their_owner_alone_parents_too(tmp_path: Path, mask: int) -> None:
    with umask(mask):
        make_folder(tmp_path / "a" / "b" / "c")
    assert [mode(each) for each in (tmp_path / "a", tmp_path / "a/b", tmp_path / "a/b/c")] == [0o700] * 3


def test_a_folder_that_exists_is_left_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "there").mkdir(mode=0o755)
    before = mode(tmp_path / "there")
    make_folder(tmp_path / "there")
    (tmp_path / "link").symlink_to("there")
    make_folder(tmp_path / "link")
    assert mode(tmp_path / "there") == before
    monkeypatch.chdir(tmp_path)
    make_folder(Path())
    make_folder(Path("relative/below"))
    assert (tmp_path / "relative/below").is_dir()


@pytest.mark.parametrize("name", ["file", "file/below", "dangling", "n" * 300])
def test_a_folder_that_cannot_be_made(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "dangling").symlink_to("missing")
    error = refusal(FileAccessError, lambda: make_folder(tmp_path / name))
    assert error.message.startswith(f"the folder {tmp_path / name} cannot be made: ")
    assert names(tmp_path) == ["dangling", "file"]
