"""What a shell is told when it asks how a word goes on: the files are the shell's to know."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = '[clients.alpha]\nprovider = "worldline"\n[clients.beta]\nprovider = "op"\n'


def complete(*words: str, folder: Path) -> list[str]:
    """The answer of a process of its own, as bash asks; the last word is the one to go on with."""
    environment = {
        **os.environ,
        "_JWTTOOL_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(("jwttool", *words)),
        "COMP_CWORD": str(len(words)),
    }
    program = "from jwttool.cli.root import root; root.main(prog_name='jwttool')"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, env=environment, capture_output=True, check=False
    )
    assert done.stderr == b""
    return done.stdout.decode().splitlines()


@pytest.mark.parametrize(
    "words",
    [
        ("key", "show", "si"),
        ("key", "generate", "-o", "si"),
        ("key", "show", "--passphrase-file", "si"),
        ("csr", "show", "si"),
        ("csr", "create", "--key", "si"),
        ("cert", "show", "si"),
        ("cert", "match", "a.crt", "si"),
        ("cert", "find-kid", "a-kid", "si"),
        ("cert", "bundle", "--chain", "si"),
    ],
    ids=" ".join,
)
def test_a_file_is_left_to_the_shell(words: tuple[str, ...], tmp_path: Path) -> None:
    assert complete(*words, folder=tmp_path) == ["file,si"]


def test_an_option_is_completed_by_click(tmp_path: Path) -> None:
    assert complete("cert", "show", "--form", folder=tmp_path) == ["plain,--format"]


def _completions(kind: str, incomplete: str, folder: Path) -> list[str]:
    program = f"""
import sys
import click
from jwttool.cli.options import {kind}
command = click.Command("c", params=[click.Argument(["name"], type={kind}()), click.Option(["--config"])])
context = click.Context(command)
found = command.params[0].shell_complete(context, {incomplete!r})
assert "cryptography" not in sys.modules
print(*(item.value for item in found))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    return done.stdout.split()


def test_the_systems_by_name(tmp_path: Path) -> None:
    assert _completions("ProviderName", "", tmp_path)[:4] == ["op", "worldline", "konsentus", "stet"]
    assert _completions("ProviderName", "w", tmp_path) == ["worldline"]


def test_the_clients_of_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "jwttool.toml").write_text(CONFIG)

    assert _completions("ClientName", "", tmp_path) == ["alpha", "beta"]
    assert _completions("ClientName", "b", tmp_path) == ["beta"]


@pytest.mark.parametrize("config", [None, "no [ TOML"])
def test_without_a_configuration_there_are_no_clients(config: str | None, tmp_path: Path) -> None:
    if config is not None:
        (tmp_path / "jwttool.toml").write_text(config)

    assert _completions("ClientName", "", tmp_path) == []
