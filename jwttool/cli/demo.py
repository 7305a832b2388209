"""``jwttool demo``: four tokens and four refusals, on real files, with the real commands.

The systems are played by the sandbox, which runs in a thread of this process and
listens on this machine alone; everything else is what a user would type.
"""

from __future__ import annotations

import contextlib
import secrets
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jwttool.cli.demo_stage import Stage
from jwttool.cli.spinner import spinner
from jwttool.errors import FileInTheWayError, SurroundingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from jwttool.sandbox.server.running import Options


@click.command()
@click.option(
    "--dir",
    "directory",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Play in this new or empty folder and leave the files there.  [default: a temporary one]",
)
def demo(directory: Path | None) -> None:
    """Watch the whole story: four tokens, and four refusals with their reasons.

    OP, Worldline, Konsentus and a bank on STET, played by `jwttool sandbox`: from
    an empty folder over key, CSR, certificate and configuration to a token and
    what is in it, then a request of each that is refused, and why. Nothing leaves
    this machine. The exit code is 0 if everything went as it should.
    """
    _need_aiohttp()
    with _ended_by_signals():
        if directory is not None:
            from jwttool.edge.writing import make_folder

            if directory.exists() and any(directory.iterdir()):
                raise FileInTheWayError(
                    f"{directory} is not empty: what is in it might be yours", hint="name a new folder"
                )
            make_folder(directory)
            _play(directory.resolve())
            return
        with tempfile.TemporaryDirectory(prefix="jwttool-demo-") as temporary:
            _play(Path(temporary))


def _need_aiohttp() -> None:
    """Say it before anything is made.

    :raises SurroundingsError: the sandbox cannot run.
    """
    try:
        import aiohttp  # noqa: F401  # the sandbox imports it later, in its thread
    except ModuleNotFoundError:
        raise SurroundingsError(
            "the demonstration needs the package aiohttp for its sandbox, and it is not installed",
            hint="pip install 'jwttool[sandbox]'; `make demo` does it by itself",
        ) from None


@contextlib.contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let the folder go away too when the process is told to end, or its terminal is closed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, _frame: FrameType | None) -> None:
        sys.exit(128 + number)

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def sandbox_options(folder: Path, log: Callable[[str], None]) -> Options:
    """How the sandbox is run: on a free port of this machine."""
    from jwttool.sandbox.server.running import Options

    return Options(folder=folder, log=log)


def _play(folder: Path) -> None:
    from jwttool.cli import demo_systems
    from jwttool.sandbox.server.running import running

    begun = time.monotonic()
    stage = Stage(folder)
    _passphrase(stage)
    stage.heading("The four systems, on this machine")
    stage.say("In another terminal; here it runs beside the demonstration, and ends with it.")
    stage.command("jwttool sandbox --dir sandbox")
    with contextlib.ExitStack() as stack:
        with spinner("the sandbox makes its keys"):
            sandbox = stack.enter_context(running(sandbox_options(folder / "sandbox", stage.log.append)))
        stage.answer([sandbox.base])
        results = [play(stage, sandbox) for play in demo_systems.PLAYS]
    stage.heading(f"{len(results)} tokens, {len(results)} refusals, {time.monotonic() - begun:.0f} s")
    stage.results(results)
    stage.say("Now yours: `jwttool init PROVIDER` in an empty folder, then `jwttool status`; see the README.")


def _passphrase(stage: Stage) -> None:
    from jwttool.edge.writing import write_secret

    stage.heading("An empty folder, and a passphrase in a file that only you can read")
    write_secret(stage.folder / "demo.pass", secrets.token_urlsafe(24).encode() + b"\n")
    stage.files("demo.pass")
