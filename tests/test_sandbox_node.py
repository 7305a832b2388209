"""The sandbox and a client for Node.js that nobody here wrote."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from jwttool.sandbox import running
from tests.oidc_provider import node_modules
from tests.tools import require_tool

SCRIPT = Path(__file__).parent / "node" / "token_from_sandbox.mjs"


def test_oauth4webapi_gets_a_token_and_the_reason_why_not() -> None:
    modules = node_modules()
    with running() as sandbox:
        done = subprocess.run(
            [require_tool("node"), SCRIPT, sandbox.folder, modules],
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
