"""The boundary of the process: every exception becomes one line and an exit code."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from typing import TYPE_CHECKING, NoReturn

import click

from jwttool.cli.exits import Exit, exit_code
from jwttool.edge.terminal import print_json, say_error
from jwttool.errors import FileAccessError, JwtToolError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def run_to_exit(command: Callable[[], object], arguments: Sequence[str]) -> NoReturn:
    """Run a command and end the process; no traceback, no secret, never 1 by accident."""
    try:
        code = _run(command, wants_json(arguments))
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader (head, less) has left: nothing to say, and no one to say it to.
        _silence_stdout()
        code = Exit.SURROUNDINGS
    except KeyboardInterrupt:
        _die_of_interrupt()
    except OSError as error:
        say_error(FileAccessError(f"standard output cannot be written: {error.strerror}"))
        _silence_stdout()
        code = Exit.SURROUNDINGS
    sys.exit(code)


def wants_json(arguments: Sequence[str]) -> bool:
    """Whether the answer should be JSON, told from raw arguments.

    A usage error comes before click has parsed them, and is an answer too.
    """
    pairs = zip(arguments, [*arguments[1:], ""], strict=True)
    return any(flag == "--format=json" or (flag, value) == ("--format", "json") for flag, value in pairs)


def _run(command: Callable[[], object], as_json: bool) -> int:
    try:
        result = command()
    except JwtToolError as error:
        _tell(error, as_json)
        return exit_code(type(error))
    except click.UsageError as error:
        _tell(_usage_error(error), as_json)
        return Exit.USAGE
    except click.Abort:
        raise KeyboardInterrupt from None
    except (OSError, KeyboardInterrupt):
        raise
    except Exception as error:  # noqa: BLE001  # the boundary: all of it, and no repr of it
        _tell(_FaultError(error), as_json)
        return Exit.FAULT
    return result if isinstance(result, int) else Exit.YES


class _FaultError(JwtToolError):
    """An exception that nobody meant: its type and place, never its text."""

    code = "fault"

    def __init__(self, error: BaseException) -> None:
        place = "an unknown place"
        if frames := traceback.extract_tb(error.__traceback__):
            last = frames[-1]
            place = f"{os.path.basename(last.filename)}:{last.lineno}"  # noqa: PTH119
        super().__init__(
            f"a fault of jwttool itself: {type(error).__name__} at {place}",
            hint="please report this line and the version (see SECURITY.md); none of your input is in it",
        )


def _tell(error: JwtToolError, as_json: bool) -> None:
    if as_json:
        print_json(error_answer(error))
    else:
        say_error(error)


def error_answer(error: JwtToolError) -> dict[str, object]:
    """The JSON answer of a failure."""
    return {
        "version": 1,
        "error": {"code": error.code, "message": error.message, "hint": error.hint},
    }


def _usage_error(error: click.UsageError) -> UsageError:
    path = error.ctx.command_path if error.ctx is not None else "jwttool"
    return UsageError(error.format_message(), hint=f"{path} --help")


def _silence_stdout() -> None:
    # Python flushes standard output once more at exit; let that go nowhere.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _die_of_interrupt() -> NoReturn:
    """End by SIGINT itself, so that a calling shell script stops too."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGINT)
    raise SystemExit(128 + signal.SIGINT)
