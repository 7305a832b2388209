"""Writes the pages that are made from the code; with --check, says which are out of date.

    python docs/generate.py [--check]

`docs/cli.md` comes from the commands, `docs/errors.md` from the tree of errors,
`docs/checks.md` from the catalogue of rules, and `docs/schemas/*.json` from the
types of the JSON answers. What is made depends on the code alone: not on the
terminal, the time or the Python that runs it.
"""

from __future__ import annotations

import difflib
import inspect
import json
import sys
import types
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal, NotRequired, Required, Union, is_typeddict

import click

from jwttool import checks, errors
from jwttool.cli.exits import MEANINGS, exit_code
from jwttool.cli.root import root
from jwttool.errors import JwtToolError
from jwttool.providers import BUILT_IN, get_provider
from jwttool.render.schemas import ANSWERS

DOCS: Final = Path(__file__).resolve().parent
NOTICE: Final = "<!-- Made from the code by `make docs`; a change here would be lost. -->\n"
VERBATIM: Final = "\b\n"
"""What begins a paragraph that click does not wrap."""

ABOUT_ERRORS: Final = """\
An error has a `code` that programs may rely on; its message and its hint are for people and may change.
On the command line it is one line on standard error (`jwttool: error: ...`), then `jwttool: hint: ...`
where there is something to try. With `--format json` it is `{"version": 1, "error": {"code", "message",
"hint"}}` on standard output. From Python it is an exception, a subclass of
`jwttool.errors.JwtToolError` with `code`, `message` and `hint`. No error holds a secret, a token or the
input it complains about.
"""
ABOUT_CHECKS: Final = """\
Each rule by which jwttool judges has an id that programs may rely on, a severity, and a source. What a
standard or the system's own document states is an *error*; what is only inferred is a *warning*.
"""
ABOUT_SYSTEMS: Final = """\
What a system's own document demands is an error with that system; what a standard demands and the
document itself does not keep is a warning.
"""


def pages() -> dict[Path, str]:
    """Every generated file: where it stands and what it holds."""
    made = {
        DOCS / "cli.md": cli_page(root),
        DOCS / "errors.md": errors_page(),
        DOCS / "checks.md": checks_page(),
    }
    for name, answer in ANSWERS.items():
        schema = json_schema(answer, title=f"The JSON answer of jwttool: {name}")
        made[DOCS / "schemas" / f"{name}.json"] = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
    return made


# --- cli.md -------------------------------------------------------------------


def cli_page(command: click.Command) -> str:
    """The command line: every command with its usage, its options and the exit codes."""
    described = list(walk(command, click.Context(command, info_name="jwttool")))
    parts = [
        f"# Command line\n\n{NOTICE}",
        "`-h` works as `--help` everywhere, `-` is standard input wherever a file or a token goes in.\n",
        "| command | what it does |\n|---|---|\n" + "".join(map(_summary_row, described)),
        f"## Exit codes\n\nThe same for every command and every format.\n\n{exit_table()}",
    ]
    parts += [command_section(each, ctx) for each, ctx in described]
    return "\n".join(parts)


def walk(command: click.Command, ctx: click.Context) -> Iterator[tuple[click.Command, click.Context]]:
    """A command and all below it, in the order in which `--help` lists them."""
    yield command, ctx
    if not isinstance(command, click.Group):
        return
    for name in command.list_commands(ctx):
        below = command.get_command(ctx, name)
        if below is not None and not below.hidden:
            yield from walk(below, click.Context(below, info_name=name, parent=ctx))


def _summary_row(described: tuple[click.Command, click.Context]) -> str:
    command, ctx = described
    if isinstance(command, click.Group):
        return ""
    anchor = ctx.command_path.replace(" ", "-")
    return f"| [`{ctx.command_path}`](#{anchor}) | {command.get_short_help_str(limit=200)} |\n"


def exit_table() -> str:
    """The exit codes and what each means."""
    rows = "".join(f"| {int(code)} | {meaning} |\n" for code, meaning in MEANINGS.items())
    return f"| code | meaning |\n|---|---|\n{rows}"


def command_section(command: click.Command, ctx: click.Context) -> str:
    """Heading, usage, description and options of one command."""
    usage = " ".join([ctx.command_path, *command.collect_usage_pieces(ctx)])
    section = f"## {ctx.command_path}\n\n```\n{usage}\n```\n\n{_prose(command.help or '')}"
    records = [_option_line(option, ctx) for option in command.get_params(ctx)]
    options = "".join(filter(None, records))
    return f"{section}\n{options}" if options else section


def _prose(text: str) -> str:
    """A command's help as Markdown; a paragraph that click keeps as it is becomes a code block."""
    paragraphs = inspect.cleandoc(text).partition("\f")[0].strip().split("\n\n")
    return "\n".join(map(_paragraph, paragraphs))


def _paragraph(text: str) -> str:
    if text.startswith(VERBATIM):
        block = inspect.cleandoc(text.removeprefix(VERBATIM))
        return f"```\n{block}\n```\n"
    return " ".join(text.split()) + "\n"


def _option_line(parameter: click.Parameter, ctx: click.Context) -> str | None:
    # What has no help is hidden, or an argument that the usage line shows.
    record = parameter.get_help_record(ctx)
    if record is None or not record[1] or "--help" in parameter.opts:
        return None
    flags, text = record
    return f"- `{flags}`: {' '.join(text.split())}\n"


# --- errors.md ----------------------------------------------------------------


def errors_page() -> str:
    """Every error code, by family, since the family decides the exit code."""
    parts = [
        f"# Errors\n\n{NOTICE}",
        ABOUT_ERRORS,
    ]
    for family in error_families():
        members = [each for each in error_classes() if issubclass(each, family)]
        rows = "".join(f"| `{each.code}` | `{each.__name__}` | {first_line(each)} |\n" for each in members)
        title = family.__name__.removesuffix("Error")
        parts.append(f"## {title}: exit code {int(exit_code(family))}\n")
        parts.append(f"| code | class | meaning |\n|---|---|---|\n{rows}")
    return "\n".join(parts)


def error_classes() -> list[type[JwtToolError]]:
    """All error classes but the root, in the order of their definition."""
    return [
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, JwtToolError) and value is not JwtToolError
    ]


def error_families() -> list[type[JwtToolError]]:
    """The classes right below the root."""
    return [each for each in error_classes() if JwtToolError in each.__bases__]


def first_line(documented: type) -> str:
    """The first line of a class's docstring."""
    return (inspect.getdoc(documented) or "").partition("\n")[0]


# --- checks.md ----------------------------------------------------------------


def checks_page() -> str:
    """The catalogue of rules, in its own order, and what each system makes of them."""
    rules = list(checks.catalogue())
    rows = "".join(f"| [`{rule.id}`](#{rule.id}) | {rule.severity} | {rule.title} |\n" for rule in rules)
    parts = [
        f"# Checks\n\n{NOTICE}",
        ABOUT_CHECKS,
        f"| id | severity | rule |\n|---|---|---|\n{rows}",
        f"## What a system makes of them\n\n{ABOUT_SYSTEMS}",
        f"| system | rule | becomes | why |\n|---|---|---|---|\n{system_rows()}",
    ]
    parts += [
        f"## {rule.id}\n\n{rule.title}\n\n{rule.explanation}\n\nSeverity: {rule.severity}. "
        f"Source: {rule.reference}.\n"
        for rule in rules
    ]
    return "\n".join(parts)


def system_rows() -> str:
    """The rules that weigh more or less with a system, and the source that says why."""
    return "".join(
        f"| {provider.title} | [`{rule}`](#{rule}) | {severity} | {source} |\n"
        for provider in map(get_provider, BUILT_IN)
        if provider.assertion is not None
        for severity, changed in (
            ("error", provider.assertion.demanded),
            ("warning", provider.assertion.softened),
        )
        for rule, source in changed.items()
    )


# --- schemas ------------------------------------------------------------------

_PRIMITIVES: Final[dict[object, str]] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    type(None): "null",
}


def json_schema(answer: type, title: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a TypedDict; those nested in it stand under ``$defs``.

    Closed: it describes what this version prints, no more and no less.
    """
    definitions: dict[str, Any] = {}
    body = _object_schema(answer, definitions)
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title} | body
    return schema | {"$defs": dict(sorted(definitions.items()))} if definitions else schema


def _object_schema(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    # __required_keys__ does not see NotRequired where annotations are strings.
    required = []
    for name, hint in typing.get_type_hints(kind, include_extras=True).items():
        marker = typing.get_origin(hint)
        inner = typing.get_args(hint)[0] if marker in {Required, NotRequired} else hint
        if marker is Required or (marker is not NotRequired and name in kind.__required_keys__):
            required.append(name)
        properties[name] = _schema(inner, definitions)
    return {
        "description": " ".join((inspect.getdoc(kind) or "").split()),
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _schema(hint: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    """The schema of one annotation.

    :raises TypeError: for one that has no JSON; the mistake is in answers.py.
    """
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint in {Any, object}:
        return {}
    if hint in _PRIMITIVES:
        return {"type": _PRIMITIVES[hint]}
    if is_typeddict(hint):
        if hint.__name__ not in definitions:
            definitions[hint.__name__] = {}  # ends a recursion; the body follows
            definitions[hint.__name__] = _object_schema(hint, definitions)
        return {"$ref": f"#/$defs/{hint.__name__}"}
    if origin is Literal:
        return {"const": arguments[0]} if len(arguments) == 1 else {"enum": list(arguments)}
    if origin in {Union, types.UnionType}:
        return _union_schema([_schema(each, definitions) for each in arguments])
    if origin is list:
        return {"type": "array", "items": _schema(arguments[0], definitions)}
    if origin in {dict, Mapping} and arguments[0] is str:
        return {"type": "object", "additionalProperties": _schema(arguments[1], definitions)}
    raise TypeError(f"no JSON Schema for {hint!r}")


def _union_schema(schemas: list[dict[str, Any]]) -> dict[str, Any]:
    """``str | None`` reads best as one list of types."""
    if all(schema.keys() == {"type"} for schema in schemas):
        return {"type": [schema["type"] for schema in schemas]}
    return {"anyOf": schemas}


# --- writing and checking -----------------------------------------------------


def stale(made: dict[Path, str]) -> list[Path]:
    """Schema files of answers that are no more."""
    return sorted(set((DOCS / "schemas").glob("*.json")) - made.keys())


def write(made: dict[Path, str]) -> None:
    """Write all pages, and remove what no longer belongs."""
    for path, text in made.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for path in stale(made):
        path.unlink()


def check(made: dict[Path, str]) -> int:
    """Print what differs; 1 when anything does."""
    differences = [f"{path.relative_to(DOCS.parent)} is stale: remove it" for path in stale(made)]
    for path, text in made.items():
        name = str(path.relative_to(DOCS.parent))
        there = path.read_text(encoding="utf-8") if path.exists() else ""
        lines = difflib.unified_diff(
            there.splitlines(), text.splitlines(), name, f"{name} (from the code)", lineterm=""
        )
        differences += list(lines)
    if differences:
        print("\n".join(differences), "\nThe generated pages are out of date: run `make docs`.", sep="\n")
    return 1 if differences else 0


def main(arguments: list[str]) -> int:
    """``[--check]``; returns the exit code."""
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    made = pages()
    if arguments:
        return check(made)
    write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
