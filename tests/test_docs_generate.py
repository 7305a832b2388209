"""The generator of the reference pages, on small stand-ins; `make check` runs it on the real ones."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, Literal, NotRequired, TypedDict

import click
import jsonschema
import pytest

from docs import generate
from jwttool.cli.exits import MEANINGS


class Inner(TypedDict):
    """Something inside."""

    names: list[str]


class Outer(TypedDict):
    """Something
    around it.
    """

    version: Literal[1]
    kind: Literal["a", "b"]
    count: int | None
    inner: Inner | None
    by_form: dict[str, str]
    anything: Any
    perhaps: NotRequired[float]


GOOD: dict[str, Any] = {
    "version": 1,
    "kind": "a",
    "count": None,
    "inner": {"names": ["x"]},
    "by_form": {"sha1": "AB"},
    "anything": [1],
}


def fits(answer: dict[str, Any]) -> bool:
    schema = generate.json_schema(Outer, "an answer")
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema).is_valid(answer)


def test_a_schema_takes_what_its_type_allows() -> None:
    assert fits(GOOD)
    assert fits(GOOD | {"perhaps": 1.5, "inner": None, "count": 3})


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"kind": "c"},
        {"count": "3"},
        {"inner": {"names": [1]}},
        {"inner": {}},
        {"by_form": {"sha1": 1}},
        {"perhaps": "1.5"},
        {"unknown": 1},
    ],
    ids=str,
)
def test_a_schema_refuses_what_its_type_does_not_allow(change: dict[str, Any]) -> None:
    assert not fits(GOOD | change)


@pytest.mark.parametrize("name", GOOD)
def test_a_schema_asks_for_every_required_member(name: str) -> None:
    assert not fits({other: value for other, value in GOOD.items() if other != name})


def test_a_schema_has_the_docstring_as_its_description() -> None:
    assert generate.json_schema(Outer, "an answer")["description"] == "Something around it."


def test_a_type_without_json_is_an_error() -> None:
    odd = TypedDict("odd", {"member": set[str]})  # noqa: UP013  # a class would resolve it here
    with pytest.raises(TypeError, match="no JSON Schema for set"):
        generate.json_schema(odd, "odd")


# --- cli.md -------------------------------------------------------------------


@click.group()
def tool() -> None:
    """Do things."""


@tool.command()
@click.argument("names", nargs=-1)
@click.option(
    "--kind", type=click.Choice(["rsa", "ec"]), default="rsa", show_default=True, help="What it is."
)
@click.option("--secret", hidden=True, help="Not for everybody.")
def make(**_: object) -> None:
    """Make one.

    A paragraph that
    is wrapped.

    \b
      tool make   this
      tool make   that
    """


@tool.command(hidden=True)
def internal() -> None:
    """Nobody asks for this."""


def test_the_command_line_page_shows_a_command_as_its_help_does() -> None:
    page = generate.cli_page(tool)
    section = page.partition("## jwttool make\n")[2]
    assert section == (
        "\n```\njwttool make [OPTIONS] [NAMES]...\n```\n\n"
        "Make one.\n\nA paragraph that is wrapped.\n\n"
        "```\ntool make   this\ntool make   that\n```\n\n"
        "- `--kind [rsa|ec]`: What it is. [default: rsa]\n"
    )


def test_the_command_line_page_lists_what_is_not_hidden() -> None:
    page = generate.cli_page(tool)
    assert "| [`jwttool make`](#jwttool-make) | Make one. |" in page
    assert "internal" not in page


def test_the_command_line_page_has_every_exit_code() -> None:
    page = generate.cli_page(tool)
    assert all(f"| {int(code)} | {meaning} |" in page for code, meaning in MEANINGS.items())


# --- errors.md ----------------------------------------------------------------


def test_every_error_is_in_one_family_and_has_a_code_of_its_own() -> None:
    codes = Counter(each.code for each in generate.error_classes())
    assert codes
    assert set(codes.values()) == {1}
    page = generate.errors_page()
    assert {code: page.count(f"| `{code}` |") for code in codes} == codes


def test_every_error_says_what_it_means() -> None:
    assert all(generate.first_line(each).endswith(".") for each in generate.error_classes())


# --- writing and checking -----------------------------------------------------


def test_check_accepts_what_was_written_and_names_what_differs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    monkeypatch.setattr(generate, "DOCS", docs)
    made = {docs / "page.md": "one\n", docs / "schemas" / "answer.json": "{}\n"}

    assert generate.check(made) == 1
    generate.write(made)
    assert generate.check(made) == 0
    capsys.readouterr()

    assert generate.check(made | {docs / "page.md": "two\n"}) == 1
    said = capsys.readouterr().out
    assert "-one\n+two\n" in said
    assert "make docs" in said
    assert "answer.json" not in said


def test_a_schema_that_is_no_more_is_stale_and_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    monkeypatch.setattr(generate, "DOCS", docs)
    old = docs / "schemas" / "old.json"
    generate.write({old: "{}\n"})

    assert generate.check({}) == 1
    assert "docs/schemas/old.json is stale" in capsys.readouterr().out
    generate.write({})
    assert not old.exists()
