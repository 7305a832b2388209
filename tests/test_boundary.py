"""The boundary of the process: exit codes, one line for every failure, and nothing given away."""

from __future__ import annotations

import importlib
import json
from typing import TYPE_CHECKING, NoReturn

import click
import pytest

from jwttool.cli.boundary import _FaultError, error_answer, run_to_exit, wants_json
from jwttool.cli.exits import Exit
from jwttool.cli.root import COMMANDS, root
from jwttool.errors import FileAccessError, JsonError, JwtToolError, UsageError, WeakKeyError
from tests.hostile import CANARY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.conftest import Cli

TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


def ended(command: Callable[[], object], arguments: Sequence[str] = ()) -> object:
    """The exit code with which a command ends the process."""
    with pytest.raises(SystemExit) as end:
        run_to_exit(command, arguments)
    return end.value.code


def raising(error: BaseException) -> Callable[[], NoReturn]:
    def command() -> NoReturn:
        raise error

    return command


# --- how a command ends -------------------------------------------------------


@pytest.mark.parametrize(
    ("result", "code"), [(None, 0), ("text", 0), (0, 0), (Exit.NO, 1), (Exit.INPUT, 3), (4, 4)]
)
def test_a_command_that_returns(result: object, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(lambda: result) == code
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (WeakKeyError("too small"), 1, "jwttool: error: too small\n"),
        (UsageError("which?", hint="say which"), 2, "jwttool: error: which?\njwttool: hint: say which\n"),
        (JsonError("no JSON", hint=""), 3, "jwttool: error: no JSON\n"),
        (FileAccessError("no disk"), 4, "jwttool: error: no disk\n"),
        (JwtToolError("of no family"), 70, "jwttool: error: of no family\n"),
        (JsonError("\x1b[2J\nforged"), 3, "jwttool: error: \\x1b[2J\\x0aforged\n"),
        (JsonError("m", hint="\x9b2J"), 3, "jwttool: error: m\njwttool: hint: \\x9b2J\n"),
        (JsonError("a" * 3000), 3, f"jwttool: error: {'a' * 1999}…\n"),
    ],
)
def test_an_error_becomes_one_line_and_its_exit_code(
    error: JwtToolError, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(raising(error)) == code
    assert capsys.readouterr() == ("", said)


def test_an_error_as_json_is_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(raising(JsonError("no \x1bJSON", hint="try é")), ["--format", "json"]) == 3
    out, err = capsys.readouterr()
    assert err == ""
    assert out.isascii()
    assert "\x1b" not in out
    assert json.loads(out) == {
        "version": 1,
        "error": {"code": "json", "message": "no \x1bJSON", "hint": "try é"},
    }


class PanicException(BaseException):  # as pyo3 calls it
    """What a panic of a library in Rust looks like: no Exception."""


@pytest.mark.parametrize(
    "error",
    [
        ValueError(CANARY),
        KeyError(CANARY),
        RecursionError(CANARY),
        MemoryError(CANARY),
        PanicException(CANARY),
        UnicodeDecodeError("utf-8", CANARY.encode(), 0, 1, CANARY),
        click.ClickException(CANARY),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_nobody_meant_is_told_without_its_text(
    error: BaseException, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(raising(error)) == 70
    out, err = capsys.readouterr()
    lines = err.splitlines()
    assert out == ""
    assert lines[0].startswith(
        f"jwttool: error: a fault of jwttool itself: {type(error).__name__} at test_boundary.py:"
    )
    assert lines[1].startswith("jwttool: hint: please report this line")
    assert len(lines) == 2

    assert ended(raising(error), ["--format=json"]) == 70
    out, err = capsys.readouterr()
    assert CANARY not in out
    assert json.loads(out)["error"]["code"] == "fault"
    assert err == ""


def test_a_fault_of_an_unknown_place() -> None:
    assert (
        _FaultError(ValueError(CANARY)).message == "a fault of jwttool itself: ValueError at an unknown place"
    )


def test_a_failed_system_call_is_of_the_surroundings(capsys: pytest.CaptureFixture[str]) -> None:
    error = FileNotFoundError(2, "No such file or directory", CANARY)
    assert ended(raising(error)) == 4
    said = "a file or stream cannot be used: No such file or directory"
    assert capsys.readouterr() == ("", f"jwttool: error: {said}\n")
    assert ended(raising(error), ["--format", "json"]) == 4
    assert json.loads(capsys.readouterr().out)["error"] == {
        "code": "file-access",
        "message": said,
        "hint": None,
    }


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], False),
        (["--format"], False),
        (["--format", "json"], True),
        (["--format", "text"], False),
        (["--format=json"], True),
        (["a", "--format", "json", "b"], True),
        (["json", "--format"], False),
        (["--format", "json", "--format", "text"], False),
        (["--format=text", "--format=json"], True),
        (["--formats", "json"], False),
        (["--format=jsonx"], False),
    ],
)
def test_whether_the_answer_should_be_json(arguments: list[str], expected: bool) -> None:
    assert wants_json(arguments) is expected


def test_the_answer_of_an_error() -> None:
    assert error_answer(JsonError("m")) == {
        "version": 1,
        "error": {"code": "json", "message": "m", "hint": None},
    }


# --- usage --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["nonsense"], "No such command 'nonsense'.", "jwttool --help"),
        (["--nonsense"], "No such option '--nonsense'.", "jwttool --help"),
        (["assertion", "nonsense"], "No such command 'nonsense'.", "jwttool assertion --help"),
        (["assertion", "verify"], "Missing argument 'TOKEN'.", "jwttool assertion verify --help"),
    ],
)
def test_a_usage_error_has_a_hint_and_is_json_when_that_was_asked_for(
    cli: Cli, arguments: list[str], message: str, hint: str
) -> None:
    text = cli(*arguments)
    assert (text.exit_code, text.stdout) == (2, "")
    # How click quotes differs between its versions.
    quoted = message.replace("option '--nonsense'", "option: --nonsense")
    assert text.stderr in {f"jwttool: error: {each}\njwttool: hint: {hint}\n" for each in (message, quoted)}
    answer = cli(*arguments, "--format=json")
    assert answer.exit_code == 2
    assert answer.stderr == ""
    error = json.loads(answer.stdout)["error"]
    assert (error["code"], error["hint"]) == ("usage", hint)


@pytest.mark.parametrize(
    "arguments",
    [
        [TOKEN],
        ["assertion", "verify", "-", "client", TOKEN],
        ["assertion", TOKEN],
        [f"--{TOKEN}"],
        ["-h", TOKEN],
    ],
    ids=["command", "extra", "subcommand", "option", "after help"],
)
def test_a_token_in_the_wrong_place_is_not_repeated(cli: Cli, arguments: list[str]) -> None:
    for outcome in (cli(*arguments), cli(*arguments, "--format", "json")):
        assert outcome.exit_code == (0 if "-h" in arguments else 2)
        assert "eyJ" not in outcome.stdout + outcome.stderr
        assert ("(a token)" in outcome.stdout + outcome.stderr) is ("-h" not in arguments)


GROUPS = [name for name, (module, _) in COMMANDS.items() if module in {"key", "csr", "cert", "assertion"}]


@pytest.mark.parametrize(
    "arguments", [[], *([name] for name in GROUPS)], ids=lambda each: " ".join(each) or "root"
)
def test_without_a_command_the_help_is_shown_where_errors_go(cli: Cli, arguments: list[str]) -> None:
    outcome = cli(*arguments)
    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert outcome.stderr == cli(*arguments, "--help").stdout
    assert "\\x0a" not in outcome.stderr


def test_without_a_command_json_says_so(cli: Cli) -> None:
    outcome = cli("assertion", "--format", "json")
    assert json.loads(outcome.stdout)["error"]["code"] == "usage"

    def no_command() -> NoReturn:
        raise click.exceptions.NoArgsIsHelpError(click.Context(root, info_name="jwttool"))

    with pytest.raises(SystemExit):
        run_to_exit(no_command, ["--format", "json"])


# --- help ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments", [[], *([name] for name in COMMANDS)], ids=lambda each: " ".join(each) or "root"
)
def test_short_and_long_help_are_the_same_and_succeed(cli: Cli, arguments: list[str]) -> None:
    short, long = cli(*arguments, "-h"), cli(*arguments, "--help")
    assert short == long
    assert (short.exit_code, short.stderr) == (0, "")
    assert short.stdout.startswith(" ".join(["Usage: jwttool", *arguments]))
    assert "\x1b" not in short.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_what_each_command_says_of_itself(name: str) -> None:
    module, text = COMMANDS[name]
    command = getattr(importlib.import_module(f"jwttool.cli.{module}"), name)
    assert isinstance(command, click.Command)
    assert command.get_short_help_str(limit=200) == text
    assert root.get_command(click.Context(root), name) is command


def test_every_command_is_listed_in_its_order(cli: Cli) -> None:
    listed = cli("--help").stdout.partition("Commands:\n")[2]
    assert [
        line.split()[0] for line in listed.splitlines() if line.startswith("  ") and line[2] != " "
    ] == list(COMMANDS)
    assert root.list_commands(click.Context(root)) == list(COMMANDS)
    assert root.get_command(click.Context(root), "nonsense") is None


def test_the_version(cli: Cli) -> None:
    import jwttool

    assert cli("--version").stdout == f"jwttool {jwttool.__version__}\n"
