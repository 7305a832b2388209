"""The TOKEN argument, and what a command does with what is no token."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

import pytest

from jwttool.cli.tokens import read_token
from jwttool.encoding import Limit
from jwttool.errors import FileAccessError, FileMissingError, NotATokenError, TooLargeError, UsageError
from tests.hostile import refusal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Cli


def from_stdin(monkeypatch: pytest.MonkeyPatch, data: bytes) -> str:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    return read_token("-")


def test_the_token_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)  # not touched
    assert read_token("a.b.c") == "a.b.c"
    assert read_token(" a.b.c\n") == "a.b.c"


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    assert from_stdin(monkeypatch, b"\r\n\t a.b.c \r\n") == "a.b.c"


def test_a_file(tmp_path: Path) -> None:
    (tmp_path / "token.jwt").write_bytes(b"a.b.c\n")
    assert read_token(f"@{tmp_path / 'token.jwt'}") == "a.b.c"


def test_a_file_that_is_missing_or_a_folder(tmp_path: Path) -> None:
    refusal(FileMissingError, lambda: read_token(f"@{tmp_path / 'token.jwt'}"))
    refusal(FileAccessError, lambda: read_token(f"@{tmp_path}"))


@pytest.mark.parametrize("argument", ["", "  \n"])
def test_an_empty_argument(argument: str) -> None:
    assert (
        refusal(NotATokenError, lambda: read_token(argument)).message
        == "there is no token: the input is empty"
    )


@pytest.mark.parametrize("data", [b"", b"\n \n"])
def test_an_empty_input(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    error = refusal(NotATokenError, lambda: from_stdin(monkeypatch, data))
    assert error.message == "there is no token: the input is empty"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_as_some_shells_write_it_is_text_too(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    assert from_stdin(monkeypatch, "\ufeffa.b.c".encode(encoding)) == "a.b.c"


def test_the_name_of_a_file_is_no_token(tmp_path: Path) -> None:
    (tmp_path / "token.jwt").write_bytes(b"a.b.c\n")
    error = refusal(UsageError, lambda: read_token(str(tmp_path / "token.jwt")))
    assert error.hint == f"@{tmp_path / 'token.jwt'} reads it"
    assert read_token(str(tmp_path / "a.b.c")) == str(tmp_path / "a.b.c")


def test_a_terminal_is_told_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("jwttool.cli.tokens.is_terminal", lambda _: True)
    from_stdin(monkeypatch, b"a.b.c")
    assert "Ctrl-D" in capsys.readouterr().err


def test_bytes_that_are_not_ascii_stay_what_base64url_does_not_have(monkeypatch: pytest.MonkeyPatch) -> None:
    assert from_stdin(monkeypatch, b"a\xff.b.c") == "a\ufffd.b.c"


def test_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(from_stdin(monkeypatch, b"a" * Limit.TOKEN)) == Limit.TOKEN
    refusal(TooLargeError, lambda: from_stdin(monkeypatch, b"a" * (Limit.TOKEN + 1)))


VERIFY = ("assertion", "verify", "-", "--any-client", "--any-audience", "--public-key", "key.pem")


@pytest.fixture
def _public_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests import issue

    (tmp_path / "key.pem").write_bytes(issue.public_pem(issue.rsa_key()))
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("_public_key")
@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"e30.e30.", 1),
        (b"e30.e30.\xff", 1),  # shaped like a token: judged, wherever it comes from
        ("e30.e30.é".encode(), 1),
        (b"\xef\xbb\xbfe30.e30.", 1),
        (b"e30.e30.e30.e30.e30", 1),
        (b"", 3),
        (b"hello", 3),
        (b"\xff", 3),
        (b"a" * (Limit.TOKEN + 1), 3),
    ],
)
def test_what_is_shaped_like_a_token_is_judged_and_the_rest_refused(cli: Cli, data: bytes, code: int) -> None:
    outcome = cli(*VERIFY, stdin=data)
    assert outcome.exit_code == code
    assert ("assertion-form" in outcome.stdout) is (code == 1)
    assert outcome.stderr.startswith("jwttool: error: ") is (code == 3)
