"""The examples of README and docs, run as they stand.

A ``console`` block holds commands after "$ " and below each what it prints;
"..." stands for anything, "# exit N" behind a command for its exit code. Blocks
of one page run one after the other in one folder. A comment
``<!-- test: ... -->`` does what the reader does elsewhere: has a certificate
issued, fills in a setting, keeps a secret in a file, runs the sandbox in another
terminal (on port 8443 in the documents, on a free one here).
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jwttool.certificates.load import MAX_CERTIFICATES
from jwttool.csr import load_csr
from jwttool.encoding import MAX_JSON_DEPTH, MAX_JSON_NODES, Limit
from jwttool.keys import MAX_PBKDF2_ROUNDS
from jwttool.sandbox import running
from jwttool.sandbox.authority import new_authority
from tests import issue

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(
    r"^<!-- test: (?P<setup>.*?) -->$|^```(?P<kind>\w+)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Step:
    """A block or a comment, with its line in the page."""

    kind: str
    text: str
    line: int


def steps(page: str) -> list[Step]:
    found = []
    for match in BLOCK.finditer(page):
        kind = "setup" if match["setup"] else match["kind"]
        found.append(Step(kind, match["setup"] or match["body"], page[: match.start()].count("\n") + 1))
    return found


def commands(block: str) -> Iterator[tuple[str, int, str]]:
    """Each command of a console block with its exit code and its output."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        lines = part.splitlines(keepends=True)
        length = next(number for number, line in enumerate(lines, 1) if not line.endswith("\\\n"))
        command = "".join(lines[:length]).strip()
        command, _, code = command.partition("  # exit ")
        yield command, int(code or 0), "".join(lines[length:])


def matches(pattern: str, output: str) -> bool:
    """Whether output is as shown, with "..." for anything."""
    wanted = ".*".join(map(re.escape, pattern.strip().split("...")))
    return re.fullmatch(wanted, output.strip(), re.DOTALL) is not None


def run_console(block: str, folder: Path) -> None:
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    for command, code, shown in commands(block):
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", command],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == code, (command, done.stdout, done.stderr)
        assert matches(shown, done.stdout), (command, shown, done.stdout)


def prepare(what: str, folder: Path, before: list[Step]) -> None:
    """What the reader does elsewhere."""
    verb, *rest = shlex.split(what)
    if verb == "files":
        for name in rest:
            make_file(folder / name)
    elif verb == "fixture":
        (folder / rest[1]).write_bytes((ROOT / "fixtures" / rest[0]).read_bytes())
    elif verb == "sign":
        now = datetime.now(UTC)
        issued = new_authority(now).issue(load_csr((folder / rest[0]).read_bytes()), now)
        (folder / rest[1]).write_bytes(issued)
    elif verb == "settings":
        for setting in rest[1:]:
            name, _, value = setting.partition("=")
            replace_line(folder / rest[0], name, f'{name} = "{value}"')
    elif verb == "uncomment":
        replace_line(folder / rest[0], rest[1], None)
    elif verb == "write":
        (folder / rest[0]).write_text(next(step.text for step in reversed(before) if step.kind == "toml"))
    else:
        pytest.fail(f"an unknown preparation: {what}")


def at_port(step: Step, port: int) -> Step:
    """A later step, with the port that is free here in the place of the documents'."""
    return replace(step, text=step.text.replace("127.0.0.1:8443", f"127.0.0.1:{port}"))


def make_file(path: Path) -> None:
    now = datetime.now(UTC)
    contents = {
        ".key": lambda: issue.key_pem(issue.rsa_key()),
        ".crt": lambda: issue.pem(
            issue.certificate(issue.rsa_key(), not_before=now, not_after=now.replace(year=2099))
        ),
    }
    path.write_bytes(contents.get(path.suffix, lambda: b"a secret of the example\n")())
    path.chmod(0o600)


def replace_line(path: Path, name: str, line: str | None) -> None:
    lines = path.read_text().splitlines()
    number = next(
        index for index, text in enumerate(lines) if text.removeprefix("# ").startswith(f"{name} = ")
    )
    lines[number] = lines[number].removeprefix("# ") if line is None else line
    path.write_text("\n".join(lines) + "\n")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_examples(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JWTTOOL_CONFIG", raising=False)
    make_file(tmp_path / "my.pass")
    found = steps(page.read_text(encoding="utf-8"))
    namespace: dict[str, object] = {}
    with ExitStack() as background:
        for number, step in enumerate(found):
            if step.text.startswith("sandbox "):
                started = background.enter_context(running(tmp_path / step.text.split()[1]))
                found[number + 1 :] = [at_port(each, started.port) for each in found[number + 1 :]]
            elif step.kind == "setup":
                prepare(step.text, tmp_path, found[:number])
            elif step.kind == "console":
                run_console(step.text, tmp_path)
            elif step.kind == "python":
                exec(compile("\n" * step.line + step.text, str(page), "exec"), namespace)


def test_the_pages_with_examples_have_some() -> None:
    kinds = {page.name: {step.kind for step in steps(page.read_text(encoding="utf-8"))} for page in PAGES}
    for name in ("README.md", "op.md", "worldline.md", "konsentus.md", "stet.md"):
        assert "console" in kinds[name]
    assert "python" in kinds["python.md"]
    assert "python" in kinds["README.md"]


@pytest.mark.parametrize(
    ("pattern", "output", "same"),
    [
        ("a\n...\nb", "a\nx\ny\nb\n", True),
        ("a\n...\nb", "a\nx\n", False),
        ("", "", True),
        ("", "a", False),
        ("a", "b", False),
    ],
)
def test_matching_can_fail(pattern: str, output: str, same: bool) -> None:
    assert matches(pattern, output) is same


def test_every_link_leads_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), (page.name, target)


def test_the_limits_are_those_of_the_code() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    table = page[page.index("## Limits") :]
    for limit in Limit:
        size = f"{limit // 1024**2} MiB" if limit >= 1024**2 else f"{limit // 1024} KiB"
        assert f"| {size}" in table, limit
    for number in (MAX_PBKDF2_ROUNDS, MAX_CERTIFICATES):
        assert f"{number:,}" in table
    assert f"| {MAX_JSON_DEPTH}, and {MAX_JSON_NODES:,} objects and arrays |" in table
