"""Whole processes: streams that are closed, full or left, signals, and what is set up first."""

from __future__ import annotations

import os
import pty
import resource
import signal
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest

from jwttool.edge.process import harden
from tests import issue

JWTTOOL = (sys.executable, "-m", "jwttool")


def run(*command: str, redirect: str = "", **variables: str) -> subprocess.CompletedProcess[bytes]:
    """Run a program with a redirection of the shell's."""
    shell = ["sh", "-c", f'exec "$@" {redirect}', "sh", *command]
    environment = os.environ | {"PYTHONUNBUFFERED": ""} | variables
    return subprocess.run(shell, capture_output=True, timeout=60, check=False, env=environment)


@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["nonsense", "--format", "json"]], ids=" ".join
)
def test_a_reader_that_has_left_costs_neither_words_nor_exit_code_one(
    arguments: list[str], unbuffered: str
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*JWTTOOL, *arguments],
        stdout=writer,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
        env=os.environ | {"PYTHONUNBUFFERED": unbuffered},
    )
    os.close(writer)
    if "json" in arguments and unbuffered:
        # Nobody hears the answer, so it goes where somebody may.
        assert done.returncode == 2
        assert done.stderr.startswith(b"jwttool: error: No such command")
    else:
        assert (done.returncode, done.stderr) == (4, b"")


@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize("arguments", [["--help"], ["--version"]], ids=" ".join)
def test_a_full_disk_behind_standard_output(arguments: list[str], unbuffered: str) -> None:
    done = run(*JWTTOOL, *arguments, redirect=">/dev/full", PYTHONUNBUFFERED=unbuffered)
    assert done.returncode == 4
    assert done.stderr.startswith(b"jwttool: error: ")
    assert done.stderr.endswith(b": No space left on device\n")
    assert done.stderr.count(b"\n") == 1


def test_a_full_disk_behind_a_products_output() -> None:
    code = """
from jwttool.cli.boundary import run_to_exit
from jwttool.edge.terminal import print_product
run_to_exit(lambda: print_product("token"), [])
"""
    done = run(sys.executable, "-c", code, redirect=">/dev/full")
    said = b"jwttool: error: standard output cannot be written: No space left on device\n"
    assert (done.returncode, done.stderr) == (4, said)
    done = run(sys.executable, "-c", code, redirect=">&-")
    said = b"jwttool: error: standard output cannot be written: it is closed\n"
    assert (done.returncode, done.stderr) == (4, said)


@pytest.mark.parametrize(
    ("arguments", "redirect", "code"),
    [
        (["--version"], ">&-", 0),
        (["nonsense"], ">&-", 2),
        (["nonsense", "--format", "json"], ">&-", 2),
        (["nonsense"], "2>&-", 2),
        (["nonsense"], "2>/dev/full", 2),
        (["nonsense"], "<&- >&- 2>&-", 2),
        (["assertion", "verify", "-", "--any-client", "--any-audience"], "<&-", 4),
    ],
)
def test_closed_streams(arguments: list[str], redirect: str, code: int) -> None:
    done = run(*JWTTOOL, *arguments, redirect=redirect)
    assert done.returncode == code
    assert b"Traceback" not in done.stderr
    assert b"fault" not in done.stderr


INTERRUPTED = """
import os, signal, click
from jwttool.cli.boundary import run_to_exit
from jwttool.cli.root import LazyGroup, root
def command(*_):
    {how}
    while True: pass
LazyGroup.get_command = command
{run}
"""


@pytest.mark.parametrize("how", ["os.kill(os.getpid(), signal.SIGINT)", "raise click.Abort"])
@pytest.mark.parametrize("start", ["run_to_exit(command, [])", "root.main(['--', 'x'])"])
def test_an_interrupt_ends_the_process_as_the_signal_does(how: str, start: str) -> None:
    # Only so a shell script that called it stops too.
    script = INTERRUPTED.format(how=how, run=start)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=60, check=False)
    assert done.returncode == -signal.SIGINT
    assert done.stdout == b""
    assert done.stderr.strip() == b""


def test_a_completion_script() -> None:
    done = run(sys.executable, "-c", "from jwttool.cli import main; main()", _JWTTOOL_COMPLETE="bash_source")
    assert done.returncode == 0
    assert b"_jwttool_completion" in done.stdout


def test_python_m() -> None:
    done = run(*JWTTOOL, "--version")
    assert done.stdout.startswith(b"jwttool ")


JUDGE = (
    *JWTTOOL,
    "assertion",
    "verify",
    "e30.e30.",
    "--any-client",
    "--any-audience",
    "--public-key",
    "key.pem",
)


def judged_on_a_terminal(folder: Path, **variables: str) -> bytes:
    ours, theirs = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    environment |= {"TERM": "xterm"} | variables
    try:
        done = subprocess.run(JUDGE, cwd=folder, stdout=theirs, timeout=60, check=False, env=environment)
        assert done.returncode == 1
        return os.read(ours, 100_000)
    finally:
        os.close(theirs)
        os.close(ours)


def test_colour_on_a_terminal_only(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_bytes(issue.public_pem(issue.rsa_key()))
    path = {"PYTHONPATH": str(Path(__file__).parents[1])}
    assert b"\x1b[1;31mFAIL" in judged_on_a_terminal(tmp_path, **path)
    assert b"\x1b" not in judged_on_a_terminal(tmp_path, NO_COLOR="1", **path)
    assert b"\x1b" not in judged_on_a_terminal(tmp_path, TERM="dumb", **path)
    piped = subprocess.run(JUDGE, cwd=tmp_path, capture_output=True, check=False, env=os.environ | path)
    assert b"FAIL" in piped.stdout
    assert b"\x1b" not in piped.stdout


def test_no_core_dump_is_left() -> None:
    code = """
import resource
from jwttool.edge.process import harden
harden()
harden()
print(resource.getrlimit(resource.RLIMIT_CORE))
"""
    assert run(sys.executable, "-c", code).stdout == b"(0, 0)\n"


def test_a_system_without_that_limit_is_no_reason_to_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> NoReturn:
        raise ValueError("not allowed to raise maximum limit")

    monkeypatch.setattr(resource, "setrlimit", refuse)
    harden()
