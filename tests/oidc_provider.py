"""oidc-provider, a certified OpenID provider for Node.js, on a free port of this machine; for tests."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import queue
import shutil
import subprocess
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from tests.tools import require_tool, run_tool

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent / "node"
MANIFESTS = ("package.json", "package-lock.json")
MODULES = "JWTTOOL_NODE_MODULES"
"""The variable that names a folder node_modules which is there already."""
OLDEST_NODE = 20
"""oidc-provider and openid-client want Web Crypto without being asked for it."""
WAIT = 20
"""Seconds; what is waited for takes a tenth of one."""


def unavailable(reason: str) -> NoReturn:
    """Skip; fail where the tools are demanded."""
    if os.environ.get("JWTTOOL_REQUIRE_TOOLS") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def node() -> str:
    """The path of a Node.js that is new enough for what is installed."""
    path = require_tool("node")
    version = run_tool("node", "--version").stdout.decode().strip()
    if int(version.removeprefix("v").split(".")[0]) < OLDEST_NODE:
        unavailable(f"Node.js {version} is older than {OLDEST_NODE}")
    return path


def node_modules() -> Path:
    """A folder with what package-lock.json names, each with the hash that it names; installed once.

    It is kept between runs, in the user's own temporary folder, under the hash of the two files.
    """
    given = Path(os.environ.get(MODULES, ""))
    if (given / "oidc-provider").is_dir():
        return given
    npm = require_tool("npm")
    digest = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in MANIFESTS)).hexdigest()
    place = Path(tempfile.gettempdir()) / f"jwttool-node-{os.getuid()}"
    place.mkdir(mode=0o700, exist_ok=True)
    about = place.lstat()
    if place.is_symlink() or about.st_uid != os.getuid() or about.st_mode & 0o022:
        unavailable(f"{place} is not this user's alone")
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several test processes start at once
        folder = place / digest[:16]
        if not folder.exists():
            _install(npm, folder)
    return folder / "node_modules"


def _install(npm: str, folder: Path) -> None:
    making = folder.with_suffix(".new")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir()
    for name in MANIFESTS:
        shutil.copy(HERE / name, making)
    command = [
        npm,
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--prefer-offline",
        "--fetch-retries=1",
    ]
    try:
        subprocess.run(command, cwd=making, capture_output=True, text=True, timeout=180, check=True)
    except subprocess.TimeoutExpired:
        unavailable("npm took too long to install oidc-provider")
    except subprocess.CalledProcessError as error:
        unavailable(f"npm could not install oidc-provider: {error.stderr.strip()[-300:]}")
    making.rename(folder)


@dataclass(frozen=True)
class OpenIdProvider:
    """One that runs."""

    issuer: str
    said: queue.SimpleQueue[dict[str, Any]] = field(repr=False)

    @property
    def token_endpoint(self) -> str:
        return f"{self.issuer}/token"

    def refusal(self) -> str:
        """Why it refused the request that was made last, in its own log."""
        detail: str = self.said.get(timeout=WAIT)["detail"]
        return detail

    def no_refusal(self) -> bool:
        return self.said.empty()

    def forget(self) -> None:
        """Forget the refusals of a test that did not ask for them."""
        while not self.said.empty():
            self.said.get()


@contextlib.contextmanager
def running(modules: Path, folder: Path, settings: dict[str, Any]) -> Iterator[OpenIdProvider]:
    """The provider in a process of its own, with these settings; gone afterwards."""
    file = folder / "provider.json"
    file.touch(0o600)
    file.write_text(json.dumps(settings))
    process = subprocess.Popen(
        [node(), HERE / "oidc_provider.mjs", modules, file],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    said: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    complaints: list[str] = []

    def listen() -> None:
        for line in process.stdout or ():
            said.put(json.loads(line))
        said.put({})

    threads = [
        threading.Thread(target=listen),
        threading.Thread(target=lambda: complaints.extend(process.stderr or ())),
    ]
    for thread in threads:
        thread.start()
    try:
        first = said.get(timeout=WAIT)
        assert "issuer" in first, "".join(complaints)
        yield OpenIdProvider(first["issuer"], said)
    finally:
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(WAIT)
        except subprocess.TimeoutExpired:
            process.kill()
        for thread in threads:
            thread.join()
        process.stdout.close()
        process.stderr.close()
