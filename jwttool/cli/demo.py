"""``jwttool demo``: the main job, on real files, with the real commands.

What it shows is what it runs: each command is started as a process of its own
in a temporary folder, exactly as it is printed.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from jwttool.edge.terminal import print_document
from jwttool.errors import FileInTheWayError, JwtToolError
from jwttool.render.document import Document, Role, Span

_SERVER: Final = "https://example-domain"
_ISSUER: Final = f"{_SERVER}/auth/realms/example-realm"
_CLIENT: Final = "worldline-test"
_STDOUT: Final = 1


class DemoFaultError(JwtToolError):
    """A command of the demonstration ended otherwise than it should."""

    code = "demo"


@click.command()
@click.option(
    "--dir",
    "directory",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Play in this new or empty folder and leave the files there.  [default: a temporary one]",
)
def demo(directory: Path | None) -> None:
    """Watch the main job from an empty folder to a verified assertion.

    OP's steps 3 and 4, then Worldline: key, CSR, certificate (signed by a
    throwaway CA), kid, assertion, verification, and a broken assertion with
    its reasons. Nothing leaves this machine.
    """
    if directory is not None:
        from jwttool.edge.writing import make_folder

        if directory.exists() and any(directory.iterdir()):
            raise FileInTheWayError(
                f"{directory} is not empty: what is in it might be yours", hint="name a new folder"
            )
        make_folder(directory)
        _play(_Stage(directory.resolve()))
        return
    with tempfile.TemporaryDirectory(prefix="jwttool-demo-") as temporary:
        _play(_Stage(Path(temporary)))


def _play(stage: _Stage) -> None:
    _passphrase(stage)
    _op(stage)
    _worldline_files(stage)
    _worldline_assertion(stage)
    _broken_assertion(stage)
    stage.heading("Now yours")
    stage.say("`jwttool init PROVIDER` in an empty folder, then `jwttool status`; the README has the rest.")


def _passphrase(stage: _Stage) -> None:
    stage.heading("A passphrase, in a file that only you can read")
    from jwttool.edge.writing import write_secret

    write_secret(stage.folder / "demo.pass", secrets.token_urlsafe(24).encode() + b"\n")
    stage.files("demo.pass")


def _op(stage: _Stage) -> None:
    stage.heading("OP, steps 3 and 4: a key for mutual TLS, and the request for its certificate")
    stage.run("key", "generate", "-o", "sandbox-mtls.key", "--passphrase-file", "demo.pass")
    stage.run(
        "csr", "create", "--key", "sandbox-mtls.key", "-o", "sandbox-mtls.csr",
        "--passphrase-file", "demo.pass",
    )  # fmt: skip
    stage.files("sandbox-mtls.key", "sandbox-mtls.csr")
    stage.say("Step 5 is yours: upload the CSR in OP API Admin, and save what you get as sandbox-mtls.crt.")


def _worldline_files(stage: _Stage) -> None:
    stage.heading("Worldline: key, CSR and configuration in one go")
    stage.run("init", "worldline", "--passphrase-file", "demo.pass", "--subject", "CN=Example Oy,C=FI")
    stage.say(
        "A throwaway CA signs the CSR, in the place of a real one, and the onboarding's values are filled in."
    )
    _sign(stage.folder / "keys" / "signing.csr", stage.folder / "keys" / "signing.crt")
    _configure(stage.folder / "jwttool.toml")
    stage.run("status")
    stage.files("keys/signing.key", "keys/signing.csr", "keys/signing.crt", "jwttool.toml")
    stage.heading("The kid that Worldline wants: the certificate's fingerprint")
    stage.run("cert", "fingerprint", "keys/signing.crt")


def _worldline_assertion(stage: _Stage) -> None:
    stage.heading("A client assertion, from the configuration alone")
    stage.run("assertion", "mint", _CLIENT, into="assertion.jwt")
    stage.taken_apart("assertion.jwt")
    stage.heading("Would it be accepted? In the order in which a server looks")
    stage.run("assertion", "verify", "@assertion.jwt", _CLIENT)


def _broken_assertion(stage: _Stage) -> None:
    stage.heading("And one with four mistakes: every reason at once, not only the first")
    stage.run(
        "assertion", "mint", _CLIENT, "--kid-as", "sha256", "--lifetime", "3600", "--omit", "jti",
        "--claim", f"aud={_ISSUER}/protocol/openid-connect/token", into="broken.jwt",
    )  # fmt: skip
    stage.run("assertion", "verify", "@broken.jwt", _CLIENT, expected=1)


class _Stage:
    """The folder that it plays in, and how it is shown."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # Neither the user's own configuration nor a passphrase of theirs has a part in it.
        self._environment = {name: value for name, value in os.environ.items() if name != "JWTTOOL_CONFIG"}

    def heading(self, text: str) -> None:
        document = Document()
        document.line()
        document.line(Span(f"# {text}", Role.HEADING))
        self._show(document)

    def say(self, text: str) -> None:
        document = Document()
        document.line(Span(f"# {text}", Role.LABEL))
        self._show(document)

    def run(self, *arguments: str, into: str | None = None, expected: int = 0) -> None:
        """Show a command, run it in the folder, and hold it to its exit code."""
        words = " ".join(f'"{word}"' if " " in word else word for word in arguments)
        document = Document()
        document.line(
            Span("$ ", Role.LABEL), Span(f"jwttool {words}" + (f" > {into}" if into else ""), Role.ACCENT)
        )
        self._show(document)
        # -P: a file of the folder must not be taken for a module.
        command = [sys.executable, "-P", "-m", "jwttool", *arguments]
        target = None
        if into is not None:
            target = os.open(self.folder / into, os.O_CREAT | os.O_WRONLY | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        try:
            done = subprocess.run(  # noqa: S603  # our own command, no shell
                command,
                cwd=self.folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=target,
                stderr=_STDOUT,  # in order with the rest, also where it is piped
                check=False,
            )
        finally:
            if target is not None:
                os.close(target)
        if done.returncode != expected:
            raise DemoFaultError(f"`jwttool {words}` ended with {done.returncode} instead of {expected}")

    def files(self, *names: str) -> None:
        """Show files with their modes and sizes, as ls does."""
        import stat

        document = Document()
        for name in names:
            status = (self.folder / name).stat()
            document.line(f"{stat.filemode(status.st_mode)} {status.st_size:>6} ", Span(name, Role.ACCENT))
        self._show(document)

    def taken_apart(self, name: str) -> None:
        """Show what a token says of itself."""
        from jwttool.jose import read_compact

        token = read_compact((self.folder / name).read_text(encoding="ascii").strip())
        document = Document()
        for label, part in (("header", token.header), ("claims", token.claims)):
            document.line(Span(f"{label}  ", Role.LABEL), json.dumps(part))
        document.line(Span("signature  ", Role.LABEL), f"{len(token.signature)} bytes, not shown")
        self._show(document)

    def _show(self, document: Document) -> None:
        print_document(document)
        sys.stdout.flush()  # before a child writes to the same place


def _sign(request: Path, certificate: Path) -> None:
    from jwttool.csr import load_csr
    from jwttool.edge.writing import write_public
    from jwttool.sandbox.authority import new_authority

    now = datetime.now(UTC)
    issued = new_authority(now).issue(load_csr(request.read_bytes()), now)
    write_public(certificate, issued)


def _configure(path: Path) -> None:
    from jwttool.edge.writing import write_public

    text = path.read_text(encoding="utf-8")
    for name, value in (
        ("client_id", "5734699"),
        ("server", _SERVER),
        ("realm", "example-realm"),
        ("scope", "VOP WERO"),
    ):
        lines = (
            f'{name} = "{value}"' if line.startswith(f"# {name} = ") else line for line in text.splitlines()
        )
        text = "\n".join(lines) + "\n"
    write_public(path, text.encode(), force=True)
