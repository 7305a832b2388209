"""The boundary of the process: every exception becomes one line and an exit code."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from typing import TYPE_CHECKING, Final, NoReturn

import click

from jwttool.cli.exits import Exit, exit_code
from jwttool.edge.terminal import print_json, say_error
from jwttool.errors import FileAccessError, JwtToolError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TextIO


# What does not belong on a screen or in a log, wherever it was given by mistake
# (a key in the place of its file's name): compact tokens and PEM.
_TOKEN: Final = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{16,}+(?:\.[A-Za-z0-9_-]*+){2,4}")
# A line that only names PEM, as a hint does, is none.
_PEM: Final = re.compile(r"-----BEGIN [^\n-]{0,60}-----(?:\s|\\n|\\r)*+[A-Za-z0-9+/=].*", re.DOTALL)


def run_to_exit(command: Callable[[], object], arguments: Sequence[str]) -> NoReturn:
    """Run a command and end the process; no traceback, no secret, never 1 by accident."""
    try:
        code = _flushed(_run(command, wants_json(arguments)))
    except KeyboardInterrupt:
        _die_of_interrupt()
    sys.exit(code)


def wants_json(arguments: Sequence[str]) -> bool:
    """Whether the answer should be JSON, told from raw arguments.

    A usage error comes before click has parsed them, and is an answer too.
    """
    chosen = ""
    for argument, following in zip(arguments, [*arguments[1:], ""], strict=False):
        if argument == "--format":
            chosen = following
        elif argument.startswith("--format="):
            chosen = argument.removeprefix("--format=")
    return chosen == "json"


def _run(command: Callable[[], object], as_json: bool) -> int:
    stdout = sys.stdout
    try:
        result = command()
    except JwtToolError as error:
        _tell(error, as_json)
        return exit_code(type(error))
    except click.UsageError as error:
        _tell_usage(error, as_json)
        return Exit.USAGE
    except (click.Abort, KeyboardInterrupt):
        raise KeyboardInterrupt from None
    except SystemExit:
        if sys.stdout is stdout:
            raise  # a completion script ends so
        # click answers a broken pipe with a muted stream and exit code 1, which here means "no".
        sys.stdout = stdout
        return Exit.SURROUNDINGS
    except BrokenPipeError:
        return Exit.SURROUNDINGS
    except OSError as error:
        _tell(FileAccessError(f"a file or stream cannot be used: {error.strerror}"), as_json)
        return Exit.SURROUNDINGS
    except BaseException as error:  # noqa: BLE001  # the boundary: all of it, and no repr of it
        # A panic of a library in Rust is no Exception, and would end in 1.
        _tell(_FaultError(error), as_json)
        return Exit.FAULT
    return result if isinstance(result, int) else Exit.YES


def _flushed(code: int) -> int:
    """The exit code, when what was written is out, or cannot come out."""
    error = _flush(sys.stdout)
    # With a broken pipe the reader (head, less) has left: nothing to say, and no one to say it to.
    if error is not None and code != Exit.SURROUNDINGS and not isinstance(error, BrokenPipeError):
        say_error(FileAccessError(f"standard output cannot be written: {error.strerror}"))
    _flush(sys.stderr)
    return code if error is None else Exit.SURROUNDINGS


def _flush(stream: TextIO | None) -> OSError | None:
    """Let out what is waiting; what cannot come out is dropped, and the reason returned."""
    if stream is None or stream.closed:  # None: closed before Python started
        return None
    try:
        stream.flush()
    except OSError as error:
        # Python flushes once more at exit, and has an exit code of its own for a failure.
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        return error
    return None


class _FaultError(JwtToolError):
    """An exception that nobody meant: its type and place, never its text."""

    code = "fault"

    def __init__(self, error: BaseException) -> None:
        import traceback  # only where there is a fault to trace

        place = "an unknown place"
        if frames := traceback.extract_tb(error.__traceback__):
            last = frames[-1]
            place = f"{os.path.basename(last.filename)}:{last.lineno}"  # noqa: PTH119
        super().__init__(
            f"a fault of jwttool itself: {type(error).__name__} at {place}",
            hint="please report this line and the version (see SECURITY.md); none of your input is in it",
        )


def _redacted(text: str) -> str:
    return _PEM.sub("(what looks like PEM)", _TOKEN.sub("(a token)", text))


def _tell(error: JwtToolError, as_json: bool) -> None:
    error.message = _redacted(error.message)
    error.hint = None if error.hint is None else _redacted(error.hint)
    if as_json:
        try:
            print_json(error_answer(error))
        except (FileAccessError, BrokenPipeError):
            pass  # nobody hears us there
        else:
            return
    say_error(error)


def _tell_usage(error: click.UsageError, as_json: bool) -> None:
    path = error.ctx.command_path if error.ctx is not None else "jwttool"
    message, hint = error.format_message(), f"{path} --help"
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        if not as_json:
            error.show()
            return
        message = "a command is missing"
    _tell(UsageError(message, hint=hint), as_json)


def error_answer(error: JwtToolError) -> dict[str, object]:
    """The JSON answer of a failure."""
    return {
        "version": 1,
        "error": {"code": error.code, "message": error.message, "hint": error.hint},
    }


def _die_of_interrupt() -> NoReturn:
    """End by SIGINT itself, so that a calling shell script stops too."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGINT)
    raise SystemExit(128 + signal.SIGINT)
