"""Imports point one way, the core touches nothing outside, and what is heavy is imported late."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import jwttool

PACKAGE = Path(jwttool.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))

# A unit (a module or a package right below jwttool) may import its own layer and those above it here.
LAYERS = (
    {"errors"},
    {"secret", "encoding", "report", "pem", "times", "ambient"},
    {"keys"},
    {"certificates"},
    {"csr"},
    {"eidas"},
    {"jose"},
    {"providers"},
    {"checks"},
    {"assertion", "verification", "inspection", "config", "onboarding", "replay", "grant"},
    {"edge", "render"},
    {"auth", "sandbox"},
    {"cli", "__main__"},
)
RANK = {unit: rank for rank, layer in enumerate(LAYERS) for unit in layer}
OUTSIDE_THE_CORE = {"edge", "cli", "__main__"}
# The sandbox's logic is pure; its server is a program of its own.
SERVER = PACKAGE / "sandbox" / "server"


def unit_of(path: Path) -> str:
    """The unit that a file belongs to; "" for jwttool/__init__.py, which only names things."""
    first = path.relative_to(PACKAGE).parts[0]
    return "" if first == "__init__.py" else first.removesuffix(".py")


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imported(tree: ast.AST) -> Iterator[str]:
    """The full name of everything imported, at the top or in a function, for types or not."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def named(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


# --- layers -------------------------------------------------------------------


def misplaced(unit: str, tree: ast.AST) -> list[str]:
    """The imports that point the wrong way."""
    wrong = []
    for name in imported(tree):
        package, _, rest = name.partition(".")
        target = rest.partition(".")[0]
        if package != "jwttool" or target == "__version__":
            continue
        if target not in RANK or RANK[target] > RANK[unit]:
            wrong.append(name)
    return wrong


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_imports_point_one_way(path: Path) -> None:
    unit = unit_of(path)
    if unit == "":
        assert "cli" not in {
            name.split(".")[1] for name in imported(parsed(path)) if name.startswith("jwttool.")
        }
        return
    assert unit in RANK, f"{unit} has no place in LAYERS"
    assert misplaced(unit, parsed(path)) == []


@pytest.mark.parametrize(
    ("unit", "line"),
    [
        ("errors", "from jwttool.encoding import printable"),
        ("keys", "import jwttool.certificates"),
        ("checks", "def f() -> None:\n    from jwttool.edge.reading import read_file"),
        ("assertion", "from jwttool.render import document"),
        ("edge", "from jwttool.cli.exits import Exit"),
        ("keys", "from jwttool import Signer"),
    ],
)
def test_an_import_that_points_the_wrong_way_is_seen(unit: str, line: str) -> None:
    assert len(misplaced(unit, ast.parse(line))) == 1


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_click_is_the_command_lines_alone(path: Path) -> None:
    packages = {name.partition(".")[0] for name in imported(parsed(path))}
    assert "click" not in packages or unit_of(path) == "cli"


# --- the pure core ------------------------------------------------------------

# Modules that reach outside of the process; the clock and chance are made in few places.
REACHING = {"fcntl", "getpass", "glob", "http", "resource", "select", "shutil", "signal", "socket", "ssl"}
REACHING |= {
    "os.environ",
    "os.getenv",
    "subprocess",
    "tempfile",
    "termios",
    "tty",
    "urllib.request",
    "webbrowser",
}
RANDOM = {"random", "secrets", "uuid"}
MAKES_RANDOM = {"ambient", "keys"}
MAKES_TIME = {"ambient"}
BUILTINS = {"breakpoint", "input", "open", "print"}
# Attributes by the name that they are taken from, and the methods of a Path that look at the disk.
ATTRIBUTES = {"sys": {"argv", "exit", "stderr", "stdin", "stdout"}}
CLOCK = {"datetime": {"now", "today", "utcnow"}, "date": {"today"}}
HARMLESS_IN_OS = {"PathLike", "fspath", "path", "urandom"}
DISK = {
    "read_text",
    "read_bytes",
    "write_text",
    "write_bytes",
    "exists",
    "is_file",
    "is_dir",
    "mkdir",
    "unlink",
}
DISK |= {
    "stat",
    "lstat",
    "iterdir",
    "rglob",
    "resolve",
    "expanduser",
    "touch",
    "chmod",
    "readlink",
    "cwd",
    "home",
}


def effects(tree: ast.AST, unit: str) -> list[str]:
    """What a module does that only edge and cli may do."""
    modules = REACHING.copy()
    attributes = ATTRIBUTES.copy()
    if unit not in MAKES_RANDOM:
        modules |= RANDOM
    if unit not in MAKES_TIME:
        modules |= {"time"}
        attributes |= CLOCK
    found = [name for name in imported(tree) if any(f"{name}.".startswith(f"{each}.") for each in modules)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = ast.unparse(node.value).rpartition(".")[2]
            of_os = owner == "os" and node.attr not in HARMLESS_IN_OS
            if of_os or node.attr in attributes.get(owner, ()):
                found.append(f"{owner}.{node.attr}")
        elif isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id in BUILTINS:
                found.append(node.func.id)
            elif isinstance(node.func, ast.Attribute) and node.func.attr in DISK:
                found.append(node.func.attr)
    return found


@pytest.mark.parametrize(
    "path",
    [path for path in MODULES if unit_of(path) not in OUTSIDE_THE_CORE and SERVER not in path.parents],
    ids=named,
)
def test_the_core_touches_no_file_clock_network_or_environment(path: Path) -> None:
    assert effects(parsed(path), unit_of(path)) == []


@pytest.mark.parametrize(
    "line",
    [
        "open('x')",
        "print('x')",
        "Path('x').read_bytes()",
        "Path('x').exists()",
        "os.environ['X']",
        "os.open('x', 0)",
        "datetime.now(UTC)",
        "import time",
        "from time import monotonic",
        "datetime.datetime.now()",
        "from os import environ",
        "sys.stdin.read()",
        "import subprocess",
        "from urllib.request import urlopen",
        "def f() -> None:\n    import socket",
        "import secrets",
        "from random import choice",
    ],
)
def test_a_reach_outside_is_seen(line: str) -> None:
    assert len(effects(ast.parse(line), "checks")) == 1


def test_what_is_allowed_is_not_taken_for_a_reach_outside() -> None:
    assert effects(ast.parse("import secrets\ndatetime.now(UTC)"), "ambient") == []
    assert (
        effects(
            ast.parse("import os\nos.urandom(16)\nview.now\n'a'.replace('a', 'b')\nPath('a') / 'b'"), "keys"
        )
        == []
    )


# --- what is heavy comes late -------------------------------------------------

HEAVY = {"cryptography", "joserfc", "OpenSSL"}


def packages_imported_by(*arguments: str) -> set[str]:
    """The top-level packages that a Python process imports."""
    command = [sys.executable, "-X", "importtime", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    names = {
        line.rpartition("|")[2].strip()
        for line in done.stderr.splitlines()
        if line.startswith("import time:")
    }
    assert "jwttool" in names
    return {name.partition(".")[0] for name in names}


def test_importing_the_library_brings_in_neither_click_nor_cryptography() -> None:
    assert not packages_imported_by("-c", "import jwttool") & (HEAVY | {"click"})


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]], ids=["help", "version"])
def test_help_and_version_bring_in_neither_cryptography_nor_joserfc(arguments: list[str]) -> None:
    packages = packages_imported_by("-m", "jwttool", *arguments)
    assert "click" in packages
    assert not packages & HEAVY


def test_signing_brings_in_cryptography() -> None:
    # Shows that the two tests above would see it.
    assert "cryptography" in packages_imported_by("-c", "import jwttool; jwttool.Signer")
