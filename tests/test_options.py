"""Options that several commands share, and what becomes of a wrong one."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click
import pytest

from jwttool.ambient import utc_now
from jwttool.cli.boundary import run_to_exit
from jwttool.cli.options import (
    at_option,
    force_option,
    format_option,
    passphrase_options,
    prefixed_passphrase_options,
)
from jwttool.edge.passphrases import PassphraseSource
from tests.hostile import CANARY

if TYPE_CHECKING:
    from pathlib import Path

GOT: dict[str, Any] = {}


@click.command()
@format_option
@at_option
@passphrase_options
@prefixed_passphrase_options("export", "The passphrase of the bundle")
@force_option
def command(**options: Any) -> None:
    GOT.clear()
    GOT.update(options)


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        run_to_exit(lambda: command.main(list(arguments), "command", standalone_mode=False), arguments)
    code = ended.value.code
    assert isinstance(code, int)
    return code


def test_without_any_of_them() -> None:
    before = utc_now()
    assert run() == 0
    assert before <= GOT["at"] <= utc_now()
    assert GOT["at"].utcoffset() == timedelta(0)
    assert GOT["output_format"] == "text"
    assert GOT["force"] is False
    assert GOT["passphrase"].named is GOT["export_passphrase"].named is False
    assert GOT.keys() == {"at", "output_format", "force", "passphrase", "export_passphrase"}


@pytest.mark.parametrize("text", ["2026-06-16T13:10:13Z", "1781615413", "2026-06-16T15:10:13+02:00"])
def test_a_point_in_time(text: str) -> None:
    assert run("--at", text) == 0
    assert GOT["at"] == datetime(2026, 6, 16, 13, 10, 13, tzinfo=UTC)


def test_a_time_that_is_relative_to_the_present() -> None:
    before = utc_now()
    assert run("--at", "-2d") == 0
    assert before <= GOT["at"] + timedelta(days=2) <= utc_now()


def test_what_is_no_time_is_a_usage_error_and_not_repeated(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--at", CANARY) == 2
    said = capsys.readouterr().err
    assert "Invalid value for '--at': not a time: give RFC 3339 with a zone" in said
    assert CANARY not in said


@pytest.mark.parametrize("prefix", ["", "export-"])
def test_a_source_of_a_passphrase(prefix: str, tmp_path: Path) -> None:
    name = f"{prefix}passphrase".replace("-", "_")
    flags = [f"--{prefix}passphrase-{kind}" for kind in ("file", "fd", "env")]
    hint = f"name one with {flags[0]}, {flags[1]} or {flags[2]}"
    for flag, value, source in (
        (flags[0], str(tmp_path / "pass"), PassphraseSource(file=str(tmp_path / "pass"), hint=hint)),
        (flags[1], "0", PassphraseSource(descriptor=0, hint=hint)),
        (flags[2], "NAME", PassphraseSource(variable="NAME", hint=hint)),
    ):
        assert run(flag, value) == 0
        assert GOT[name] == source
        assert GOT[name].named
        other = "export_passphrase" if name == "passphrase" else "passphrase"
        assert not GOT[other].named


def test_two_sources_of_two_passphrases() -> None:
    assert run("--passphrase-env", "A", "--export-passphrase-env", "B") == 0
    assert (GOT["passphrase"].variable, GOT["export_passphrase"].variable) == ("A", "B")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--passphrase-env", "A", "--passphrase-fd", "3"], "more than one source for one passphrase"),
        (["--passphrase-fd", "-1"], "Invalid value for '--passphrase-fd': -1 is not in the range x>=0."),
        (["--format", "xml"], "Invalid value for '--format': 'xml' is not one of 'text', 'json'."),
    ],
)
def test_a_wrong_choice_is_a_usage_error(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments) == 2
    assert capsys.readouterr().err.startswith(f"jwttool: error: {message}\n")


@pytest.mark.parametrize("flag", ["--passphrase", "--password", "--pass", "--passphrase="])
def test_no_option_takes_the_passphrase_itself(flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [flag + CANARY] if flag.endswith("=") else [flag, CANARY]
    assert run(*arguments) == 2
    assert CANARY not in capsys.readouterr().err
    assert run(*arguments, "--format", "json") == 2
    answer = capsys.readouterr().out
    assert CANARY not in answer
    assert json.loads(answer)["error"]["code"] == "usage"


def test_force_is_a_flag() -> None:
    assert run("--force") == 0
    assert GOT["force"] is True
