"""Somebody at a shell, for the tests that go the whole way; what others could see of it is noted."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from tests.tools import require_tool, run_tool

COMMAND = [sys.executable, "-m", "jwttool"]


@dataclass(frozen=True)
class Done:
    """What a program said, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(self.out)
        return value


@dataclass
class User:
    """Runs programs in a folder, and remembers what everybody else could have seen of it."""

    folder: Path
    secrets: set[str] = field(default_factory=set, repr=False)
    said: list[str] = field(default_factory=list, repr=False)
    """Standard errors."""
    _seen: set[bytes] = field(default_factory=set, repr=False)
    """Command lines of the machine's processes, and files that others could read."""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def run(self, *command: str | Path, stdin: str = "", **environment: str) -> Done:
        """Run a program to its end; with a umask that protects nothing."""
        temporary = self.folder / "tmp"
        temporary.mkdir(exist_ok=True)
        inherited = {name: value for name, value in os.environ.items() if not _aside(name)}
        own = {"TMPDIR": str(temporary), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        done = subprocess.run(
            [str(part) for part in command],
            input=stdin,
            cwd=self.folder,
            env=inherited | own | environment,
            umask=0o022,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        self.said.append(done.stderr)
        return Done(done.returncode, done.stdout, done.stderr)

    def jwttool(self, *arguments: str | Path, stdin: str = "") -> Done:
        return self.run(*COMMAND, *arguments, stdin=stdin)

    def good(self, *arguments: str | Path, stdin: str = "") -> Done:
        """jwttool, which has to succeed."""
        done = self.jwttool(*arguments, stdin=stdin)
        assert done.code == 0, done.err
        return done

    def inspect(self, text: str) -> dict[str, Any]:
        return self.good("token", "inspect", "-", "--format", "json", stdin=text).json

    def secret(self, name: str, text: str) -> Path:
        """A 0600 file, whose first line nobody may see."""
        path = self.folder / name
        path.touch(0o600)
        path.write_text(text)
        self.secrets.add(text.strip())
        return path

    def token(self, name: str) -> str:
        """The token that was written into a file; nobody may see it."""
        token = (self.folder / name).read_text().strip()
        assert token
        self.secrets.add(token)
        return token

    def curl(self, configuration: str = "curl.conf") -> Done:
        """Run the command that --dry-run printed for this configuration; what is secret in it is noted."""
        require_tool("curl")
        text = (self.folder / configuration).read_text()
        sent = json.loads(one(r'^data-raw = (".*")$', text))
        if sent.startswith("{"):
            self.secrets.add(json.loads(sent)["auth_code"])
            self.secrets |= {one(r'Basic ([^"]+)"$', text), one(r'ccg_token: ([^"]+)"$', text)}
        else:
            hidden = ("client_secret", "client_assertion", "refresh_token", "code")
            fields = parse_qs(sent, strict_parsing=True)
            self.secrets |= {fields[name][0] for name in hidden if name in fields}
        return self.run("sh", "-c", f"curl --disable --config {configuration}")

    def look(self) -> None:
        """Note what others can see now; several threads may."""
        found = {line.replace(b"\0", b" ") for line in _command_lines()}
        for path in self.folder.rglob("*"):
            try:
                if path.is_file() and path.stat().st_mode & 0o077:
                    found.add(path.read_bytes())
            except OSError:  # it is gone
                continue
        with self._lock:
            self._seen |= found

    def has_seen(self, *words: str) -> bool:
        """Whether a command line with all these words was noted."""
        with self._lock:
            return any(all(word.encode() in text for word in words) for text in self._seen)

    def forget(self) -> None:
        """Forget what was noted."""
        with self._lock:
            self._seen.clear()
        self.said.clear()

    def nothing_leaked(self) -> None:
        """No secret stood in a command line, a readable file or a standard error."""
        self.look()
        assert self.secrets
        assert all(len(secret) > 15 for secret in self.secrets)  # or it would be found anywhere
        with self._lock:
            everything = [*self._seen, *(said.encode() for said in self.said)]
        for secret in self.secrets:
            assert not any(secret.encode() in text for text in everything), "a secret was seen"


def _command_lines() -> Iterator[bytes]:
    """Those of all processes, as everybody on the machine can read them."""
    if not Path("/proc/self/cmdline").exists():
        yield from run_tool("ps", "-A", "-ww", "-o", "args=").stdout.splitlines()
        return
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield file.read_bytes()
        except OSError:  # it has ended
            continue


def _aside(name: str) -> bool:
    """Whether a variable of the machine would change what happens here."""
    return name.lower().endswith("_proxy") or name == "JWTTOOL_CONFIG"


def one(pattern: str, text: str) -> str:
    """The one thing that a pattern finds."""
    (found,) = re.findall(pattern, text, re.MULTILINE)
    assert isinstance(found, str)
    return found
