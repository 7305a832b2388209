"""The folder that ``jwttool demo`` plays in: commands are run, shown, and held to what they should do."""

from __future__ import annotations

import os
import re
import shlex
import stat
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jwttool.cli.spinner import spinner
from jwttool.edge.terminal import print_document
from jwttool.errors import JwtToolError
from jwttool.render.document import Document, Role, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_PATIENCE: Final = 30
_LOOK: Final = 0.05
# Neither a configuration nor a proxy of the user's has a part in it: it is about this machine alone.
_NOT_OURS: Final = frozenset({"JWTTOOL_CONFIG", "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"})
_ROLES: Final = (
    (re.compile(r"\s*FAIL\b|No token|Not sent"), Role.BAD),
    (re.compile(r"\s*(?:warn\b|jwttool: warning)"), Role.WARN),
    (re.compile(r"\s*(?:ok|PASS|done|\d+  done)\b|jwttool: note: the token is in"), Role.GOOD),
)
_FOLDED: Final = " " * 15
"""Deeper than any line of its own: the rest of the line before, or what is to be tried."""
_NOTE: Final = "jwttool: note: "


class DemoFaultError(JwtToolError):
    """A step of the demonstration ended otherwise than it should."""

    code = "demo"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a system: the kind of token, and why the other request was refused."""

    system: str
    token: str
    refusal: str


class Stage:
    """The folder, and how what happens in it is shown."""

    def __init__(self, folder: Path) -> None:
        self.folder: Final = folder
        self.log: Final[list[str]] = []
        """What the sandbox says, a line for each request."""
        self._environment: Final = {
            name: value for name, value in os.environ.items() if name.upper() not in _NOT_OURS
        }

    # --- what is shown ---

    def heading(self, text: str) -> None:
        """The beginning of a part."""
        document = Document()
        document.line()
        document.line(Span(f"# {text}", Role.HEADING))
        self._show(document)

    def say(self, text: str) -> None:
        """A remark."""
        document = Document()
        document.line(Span(f"# {text}", Role.LABEL))
        self._show(document)

    def command(self, text: str) -> None:
        """A command, as it is typed."""
        document = Document()
        document.line(Span("$ ", Role.LABEL), Span(text, Role.ACCENT))
        self._show(document)

    def answer(self, lines: Iterable[str]) -> None:
        """Lines of an answer, coloured by what they say."""
        document = Document()
        for line in lines:
            role = next((role for pattern, role in _ROLES if pattern.match(line)), Role.PLAIN)
            document.line(Span(line.removeprefix(_NOTE), role))
        self._show(document)

    def files(self, *names: str) -> None:
        """Files with their modes and sizes, as ls shows them."""
        document = Document()
        for name in names:
            status = (self.folder / name).stat()
            document.line(f"{stat.filemode(status.st_mode)} {status.st_size:>6} ", Span(name, Role.ACCENT))
        self._show(document)

    def settings(self, name: str, client: str, lines: Iterable[str]) -> None:
        """The lines of a configuration that somebody fills in."""
        document = Document()
        document.line(Span(f"{name}  ", Role.LABEL), f"[clients.{client}]")
        for line in lines:
            document.line("  ", line)
        self._show(document)

    def results(self, results: Sequence[Result]) -> None:
        """What became of all systems."""
        document = Document()
        systems, tokens = (max(map(len, column)) for column in zip(*_columns(results), strict=True))
        for result in results:
            document.line(
                Span("  ok  ", Role.GOOD), Span(result.system.ljust(systems), Role.HEADING),
                f"  {result.token.ljust(tokens)}", Span("  refused: ", Role.BAD), result.refusal,
            )  # fmt: skip
        self._show(document)

    def _show(self, document: Document) -> None:
        print_document(document)
        sys.stdout.flush()  # step by step, also where it is piped

    # --- what is done ---

    def run(
        self, command: str, *, into: str | None = None, shown: Sequence[str] = (), expected: int = 0
    ) -> None:
        """Show a command, run it in the folder, and show what is essential in its answer.

        :param into: the file that its standard output goes to, 0600.
        :param shown: patterns of whole or partial lines; each has to match one.
        :raises DemoFaultError: another exit code, or a pattern that matches nothing.
        """
        self.command(command + (f" > {into}" if into else ""))
        words = shlex.split(command)
        # -P: a file of the folder must not be taken for a module.
        started = [sys.executable, "-P", "-m", *words] if words[0] == "jwttool" else words
        target = subprocess.PIPE
        if into is not None:
            flags = os.O_CREAT | os.O_WRONLY | os.O_EXCL | os.O_NOFOLLOW
            target = os.open(self.folder / into, flags, 0o600)
        try:
            with spinner(" ".join(words[:3])):
                done = subprocess.run(  # noqa: S603  # our own command, no shell
                    started,
                    cwd=self.folder,
                    env=self._environment,
                    stdin=subprocess.DEVNULL,
                    stdout=target,
                    # In order with the rest, unless that goes to a file.
                    stderr=subprocess.STDOUT if into is None else subprocess.PIPE,
                    check=False,
                )
        finally:
            if into is not None:
                os.close(target)
        output = done.stdout if into is None else done.stderr
        lines = output.decode("utf-8", "backslashreplace").splitlines()
        if done.returncode != expected:
            self.answer(lines)
            raise DemoFaultError(f"`{command}` ended with {done.returncode} instead of {expected}")
        self._essential(command, lines, shown)

    def _essential(self, command: str, lines: Sequence[str], shown: Sequence[str]) -> None:
        chosen: set[int] = set()
        for pattern in shown:
            found = next((number for number, line in enumerate(lines) if re.search(pattern, line)), None)
            if found is None:
                self.answer(lines)
                raise DemoFaultError(f"the answer of `{command}` lacks what it should say: {pattern}")
            chosen.add(found)
        kept: list[str] = []
        for number in sorted(chosen):
            kept.append(lines[number])
            # What to try belongs to it; where that stands written is not essential.
            for following in lines[number + 1 :]:
                if not following.startswith(_FOLDED) or following.lstrip().startswith("see: "):
                    break
                kept.append(following)
        self.answer(kept)

    def token(self, command: str, file: str) -> None:
        """Ask for a token that goes into a file.

        :raises DemoFaultError: there is none.
        """
        self.run(f"{command} -o {file}", shown=["the token is in", "token from"])
        path = self.folder / file
        if not path.is_file() or not path.read_bytes().strip():
            raise DemoFaultError(f"`{command}` ended well, and left no token in {file}")

    def refused(self, command: str, reason: str, shown: Sequence[str]) -> None:
        """Ask for a token in a way that the system has to refuse, and show the reason that it had.

        :param reason: the id of the check that has to fail in the sandbox.
        :raises DemoFaultError: it was granted, or refused for another reason.
        """
        before = len(self.log)
        self.run(f"{command} -o refused.token", shown=shown, expected=1)
        if (self.folder / "refused.token").exists():
            raise DemoFaultError(f"`{command}` left a token, where it was refused")
        self.explain(before, reason)

    def explain(self, before: int, reason: str) -> None:
        """Show the reason that the sandbox had, in its log since then.

        :raises DemoFaultError: it is not there.
        """
        found = self._logged(before, f"{reason}: ", "there")
        document = Document()
        document.line(Span("the sandbox's log:  ", Role.LABEL), found[found.index(f"{reason}: ") :])
        self._show(document)

    def copy(self, source: str, target: str) -> None:
        """cp, shown."""
        self.run(f"cp {source} {target}")

    def upload(self, csr: str, client: str, certificate: str) -> None:
        """Have a CSR signed by the portal of the sandbox, and fetch the certificate.

        :raises DemoFaultError: it is not signed.
        """
        before = len(self.log)
        self.copy(csr, f"sandbox/inbox/{client}.csr")
        with spinner("the portal signs it"):
            line = self._logged(before, f"inbox: {client}.csr", "at the portal")
        if " signed for " not in line:
            raise DemoFaultError(f"the portal refused {csr}: {line}")
        document = Document()
        document.line(Span("the sandbox's log:  ", Role.LABEL), line)
        self._show(document)
        self.copy(f"sandbox/{line.rpartition(': ')[2]}", certificate)

    def _logged(self, before: int, text: str, where: str) -> str:
        until = time.monotonic() + _PATIENCE
        while True:
            for line in self.log[before:]:
                if text in line:
                    return line
            if time.monotonic() > until:
                raise DemoFaultError(f"{where} in the sandbox's log nothing is said of {text.rstrip(': ')}")
            # A command's request was logged before its answer came; the portal takes a second.
            time.sleep(_LOOK)


def _columns(results: Sequence[Result]) -> list[tuple[str, str]]:
    return [(result.system, result.token) for result in results]
