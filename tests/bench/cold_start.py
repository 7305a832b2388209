"""Whole processes, from the first instruction of Python to the answer on standard output."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.bench import material
from tests.bench.measure import Section, interleaved, median, no_longer

RUNS = 25
# Where this is set, every start would compile every module anew; the warm-up writes what users have.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

# What one would write by hand, with the defaults of the libraries.
BARE_FINGERPRINT = """\
import click
from cryptography import x509
from cryptography.hazmat.primitives import hashes


@click.command()
@click.argument("certificate", type=click.File("rb"))
def main(certificate):
    loaded = x509.load_pem_x509_certificate(certificate.read())
    click.echo(loaded.fingerprint(hashes.SHA1()).hex().upper())


main()
"""
BARE_MINT = """\
import json, sys, time, uuid
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc import jws
from joserfc.jwk import RSAKey

key_file, certificate_file, client_id, audience = sys.argv[1:]
with open(key_file, "rb") as file:
    key = load_pem_private_key(file.read(), None)
with open(certificate_file, "rb") as file:
    certificate = x509.load_pem_x509_certificate(file.read())
kid = certificate.fingerprint(hashes.SHA1()).hex().upper()
now = int(time.time())
claims = {"iss": client_id, "sub": client_id, "aud": audience}
claims |= {"iat": now, "exp": now + 60, "jti": str(uuid.uuid4())}
header = {"alg": "RS256", "kid": kid, "typ": "JWT"}
print(jws.serialize_compact(header, json.dumps(claims), RSAKey(key, key), algorithms=["RS256"]))
"""


def measure() -> list[Section]:
    """Three commands, each beside the least that could do the same."""
    with tempfile.TemporaryDirectory() as folder:
        return _measure(Path(folder))


def _measure(folder: Path) -> list[Section]:
    jwttool = str(Path(sys.executable).with_name("jwttool"))
    key, certificate = _write_material(folder)
    client = [material.CLIENT_ID, material.AUDIENCE]
    bare_fingerprint = _script(folder / "fingerprint.py", BARE_FINGERPRINT)
    bare_mint = _script(folder / "mint.py", BARE_MINT)
    mint = ["assertion", "mint", "--key", key, "--cert", certificate]
    commands = {
        "python -c 'import click'": [sys.executable, "-c", "import click"],
        "jwttool --version": [jwttool, "--version"],
        "bare fingerprint": [*bare_fingerprint, certificate],
        "jwttool cert fingerprint": [jwttool, "cert", "fingerprint", certificate],
        "bare mint": [*bare_mint, key, certificate, *client],
        "jwttool assertion mint": [jwttool, *mint, "--client-id", client[0], "--audience", client[1]],
    }
    # The same answer from both, or the comparison says nothing.
    assert _output(commands["bare fingerprint"]) == _output(commands["jwttool cert fingerprint"])
    assert _header(commands["bare mint"]) == _header(commands["jwttool assertion mint"])

    candidates: dict[str, Callable[[], object]] = {
        name: partial(_output, line) for name, line in commands.items()
    }
    seconds = interleaved(candidates, rounds=RUNS, calls=1, summary=median)
    return [
        Section(
            title="Cold start",
            note=f"Whole processes, the middle of {RUNS} runs. The 4096-bit key's file is not encrypted. "
            "The bare scripts use the libraries' defaults: the first with click, the second without.",
            seconds=seconds,
            targets=(
                no_longer(seconds, "jwttool --version", "python -c 'import click'", 1.3),
                no_longer(seconds, "jwttool cert fingerprint", "bare fingerprint", 1.2),
                no_longer(seconds, "jwttool assertion mint", "bare mint", 0.7),
            ),
        )
    ]


def _write_material(folder: Path) -> tuple[str, str]:
    key = material.private_key(4096)
    key_file, certificate_file = folder / "signing.key", folder / "signing.crt"
    key_file.touch(0o600)
    key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    certificate_file.write_bytes(material.certificate(key).public_bytes(Encoding.PEM))
    return str(key_file), str(certificate_file)


def _script(path: Path, text: str) -> list[str]:
    path.write_text(text, encoding="utf-8")
    return [sys.executable, str(path)]


def _output(command: list[str]) -> bytes:
    return subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, check=True, env=ENVIRONMENT
    ).stdout


def _header(command: list[str]) -> bytes:
    return _output(command).partition(b".")[0]
