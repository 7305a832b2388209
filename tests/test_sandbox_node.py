"""The sandbox and a client for Node.js that nobody here wrote."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from jwttool.sandbox import running
from tests.tools import require_tool

SCRIPT = Path(__file__).parent / "node" / "token_from_sandbox.mjs"
MODULES = "JWTTOOL_NODE_MODULES"
"""The variable that names a folder node_modules with oauth4webapi in it."""


def node_modules() -> str:
    """That folder; skips where there is none, fails where it is demanded."""
    folder = os.environ.get(MODULES, "")
    if not (Path(folder) / "oauth4webapi" / "build" / "index.js").is_file():
        reason = f"{MODULES} names no folder with oauth4webapi"
        if os.environ.get("JWTTOOL_REQUIRE_TOOLS") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return folder


def test_oauth4webapi_gets_a_token_and_the_reason_why_not() -> None:
    node, modules = require_tool("node"), node_modules()
    with running() as sandbox:
        done = subprocess.run(
            [node, SCRIPT, sandbox.folder, modules],
            env=os.environ | {"NODE_EXTRA_CA_CERTS": str(sandbox.authority)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["scope"], said["expiresIn"]) == ("VOP", 300)
    assert "Requested kid:" in said["refused"]
    assert "right, but in lower case, which counts" in said["reason"]
