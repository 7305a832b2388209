"""``jwttool demo``: it does what it shows, and touches nothing that might be somebody's."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from jwttool.assertion import Verifier
from jwttool.certificates import load_certificates
from jwttool.jose import read_compact

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Cli


def demo(folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "jwttool", "demo", *arguments],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if name != "JWTTOOL_CONFIG"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )


def test_the_whole_of_it(tmp_path: Path) -> None:
    folder = tmp_path / "stage"
    done = demo(tmp_path, "--dir", folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert {path.name for path in folder.iterdir()} == {
        "demo.pass",
        "sandbox-mtls.key",
        "sandbox-mtls.csr",
        "keys",
        "jwttool.toml",
        "assertion.jwt",
        "broken.jwt",
    }
    for name in ("demo.pass", "sandbox-mtls.key", "keys/signing.key", "assertion.jwt", "broken.jwt"):
        assert (folder / name).stat().st_mode & 0o777 == 0o600
    certificate = load_certificates((folder / "keys/signing.crt").read_bytes()).end_entity
    token = (folder / "assertion.jwt").read_text().strip()
    audience = read_compact(token).claims["aud"]
    report = Verifier(certificate=certificate, audience=audience, client_id="5734699").verify(token)
    assert report["assertion-signature"].status == "pass"
    assert "PASS  32 passed" in done.stdout
    assert "FAIL  2 failed, 2 warnings" in done.stdout
    secrets = [(folder / "demo.pass").read_text().strip(), token, (folder / "broken.jwt").read_text().strip()]
    assert not [secret for secret in secrets if secret in done.stdout]


def test_a_folder_with_something_in_it_is_not_touched(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "sandbox-mtls.key").write_text("mine")
    outcome = cli("demo", "--dir", tmp_path)
    assert outcome.exit_code == 4
    assert "is not empty" in outcome.stderr
    assert [path.read_text() for path in tmp_path.iterdir()] == ["mine"]
