"""The files around the code: locked, versioned, and silent about where they were made."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

import jwttool

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("requirements.lock", "requirements-dev.lock")
FOLDERS = ("jwttool", "tests", "docs", ".ci")


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def our_files() -> list[Path]:
    """What stands in the repository, but for the fixtures, which are bytes of others."""
    there = [path for path in ROOT.iterdir() if path.is_file() and not path.name.startswith(".coverage")]
    for folder in FOLDERS:
        there += (
            path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts
        )
    return there


@pytest.mark.parametrize("path", our_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_text_files_end_with_one_newline(path: Path) -> None:
    data = path.read_bytes()
    assert data == b"" or (data.endswith(b"\n") and not data.endswith(b"\n\n"))


@pytest.mark.parametrize("path", our_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_names_a_package_registry(path: Path) -> None:
    # Put together here, so that this file does not name one either.
    hosts = [b".".join(parts) for parts in ((b"pypi", b"org"), (b"pythonhosted", b"org"), (b"npmjs", b"org"))]
    assert not [host for host in hosts if host in path.read_bytes()]


def test_only_ci_looks_beside_the_repository() -> None:
    beside = b"../" + b"shared"  # put together, as above
    assert [path.relative_to(ROOT) for path in our_files() if beside in path.read_bytes()] == [
        Path(".ci/run")
    ]


def test_ci_can_be_executed() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_the_changelog_begins_with_this_version() -> None:
    headings = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == jwttool.__version__


# --- lock files ---------------------------------------------------------------


def locked(name: str) -> dict[str, tuple[str, list[str]]]:
    """Package to version and hashes; a line of another form is an error."""
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", "")
    found = {}
    for line in text.splitlines():
        if line.lstrip().startswith("#"):
            continue
        requirement = re.match(
            r"([a-z0-9-]+)==(\S+)( ; [^-]+?)?((?:\s+--hash=sha256:[0-9a-f]{64})+)\s*$", line
        )
        assert requirement is not None, line
        found[requirement[1]] = (requirement[2], requirement[4].split())
    return found


def wanted(requirements: list[Any]) -> set[str]:
    names = [re.match(r"[A-Za-z0-9-]+", each) for each in requirements if isinstance(each, str)]
    return {name[0].lower() for name in names if name is not None}


@pytest.mark.parametrize("name", LOCKS)
def test_every_requirement_is_pinned_with_hashes_and_without_a_place(name: str) -> None:
    requirements = locked(name)
    assert requirements
    assert all(hashes for _, hashes in requirements.values())
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text


def test_the_locks_hold_all_that_is_asked_for() -> None:
    groups = project()["dependency-groups"]
    run = wanted(project()["project"]["dependencies"]) | wanted(groups["build"])
    assert run
    assert run <= locked("requirements.lock").keys()
    assert run | wanted(groups["test"]) | wanted(groups["dev"]) <= locked("requirements-dev.lock").keys()


def test_both_locks_agree() -> None:
    run, develop = locked("requirements.lock"), locked("requirements-dev.lock")
    assert run.items() <= develop.items()


def test_the_build_backend_is_the_locked_one() -> None:
    assert project()["build-system"]["requires"] == project()["dependency-groups"]["build"]
