"""Clients of the four systems in a folder of their own, with servers that answer them; for tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jwttool.sandbox.certificates import issue as issue_specimen
from jwttool.sandbox.certificates import new_world
from tests import issue
from tests.hostile import CANARY
from tests.lying_server import DAY, NOW, authority
from tests.specimens import keys

if TYPE_CHECKING:
    from cryptography import x509

    from jwttool.sandbox.certificates import World

SECRET = f"{CANARY}-client-secret"
CCG = f"{CANARY}-ccg-token"
CODE = f"{CANARY}-code"
PASSPHRASE = b"a passphrase of the tests"
TOKEN = "8c9378f8-e27f-4e0a-a643-d73585d1249f"
IDENTIFIER = "PSDFI-FINFSA-1234567-8"

ANSWERS: dict[str, tuple[int, dict[str, Any]]] = {
    "op": (200, {"access_token": TOKEN, "token_type": "Bearer", "expires_in": 900}),
    "worldline": (
        200,
        {
            "access_token": TOKEN,
            "expires_in": 300,
            "refresh_expires_in": 0,
            "token_type": "Bearer",
            "not-before-policy": 0,
            "scope": "VOP WERO",
        },
    ),
    "konsentus": (201, {"data": {"access_token": TOKEN, "expires_in": 31104000, "token_type": "bearer"}}),
    "stet": (
        200,
        {
            "access_token": TOKEN,
            "token_type": "Bearer",
            "expires_in": 3600,
            "refresh_token": f"{CANARY}-refresh",
        },
    ),
}


@cache
def world() -> World:
    """Authorities that are good today."""
    return new_world(keys(), datetime.now(UTC) - timedelta(hours=1))


@cache
def qwac() -> x509.Certificate:
    """A sound QWAC of today."""
    return issue_specimen("qwac", world())


@cache
def client_certificate(number: int = 7, days: int = 200) -> x509.Certificate:
    """A certificate for mutual TLS, or for signing."""
    return authority().issue(
        issue.rsa_key(number), "client.example", not_before=NOW - DAY, not_after=NOW + timedelta(days=days)
    )


@dataclass
class Folder:
    """A configuration with one client; lines may be changed, or left out by None."""

    path: Path
    lines: dict[str, str | None] = field(default_factory=dict)
    name: str = "bank"
    provider: str = "op"

    def write(self, **changes: str | None) -> Path:
        """Write the configuration: TOML values, as they stand."""
        settings = self.lines | changes
        text = "".join(f"{name} = {value}\n" for name, value in settings.items() if value is not None)
        file = self.path / "jwttool.toml"
        file.write_text(f'[clients.{self.name}]\nprovider = "{self.provider}"\n{text}')
        return file

    def secret(self, name: str, text: str | bytes) -> Path:
        """A 0600 file."""
        file = self.path / name
        file.touch(0o600)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file


def quoted(text: object) -> str:
    return f'"{text}"'


def client_folder(path: Path, provider: str, server: str) -> Folder:
    """A sound client of a system, whose server is at that URL."""
    folder = Folder(path, provider=provider)
    (path / "ca.pem").write_bytes(issue.pem(authority().certificate))
    folder.lines |= {"server": quoted(server), "server_ca": '"ca.pem"', "client_id": '"my-client"'}
    if provider in {"op", "konsentus", "worldline"}:
        folder.secret("client.secret", f"{SECRET}\n")
        folder.lines["client_secret"] = '{ file = "client.secret" }'
    if provider == "worldline":
        folder.lines |= {"realm": '"my-realm"', "scope": '"VOP WERO"'}
        folder.secret("signing.key", issue.key_pem(issue.rsa_key(8)))
        (path / "signing.crt").write_bytes(issue.pem(client_certificate(8)))
        folder.lines |= {"key": '"signing.key"', "certificate": '"signing.crt"'}
    if provider == "op":
        folder.secret("mtls.key", issue.key_pem(issue.rsa_key(7), PASSPHRASE))
        folder.secret("mtls.pass", PASSPHRASE)
        (path / "mtls.crt").write_bytes(issue.pem(client_certificate(7)))
        folder.lines |= {
            "tls_key": '"mtls.key"',
            "tls_certificate": '"mtls.crt"',
            "tls_passphrase": '{ file = "mtls.pass" }',
        }
    if provider == "konsentus":
        folder.secret("ccg.token", CCG)
        folder.lines |= {
            "fi_reference_id": '"my-fi"',
            "version": '"1"',
            "ccg_token": '{ file = "ccg.token" }',
            "redirect_uri": '"https://tpp.example/callback"',
        }
    if provider == "stet":
        folder.secret("qwac.key", issue.key_pem(keys().rsa))
        (path / "qwac.crt").write_bytes(issue.pem(qwac(), world().issuing.certificate))
        folder.lines |= {
            "client_id": quoted(IDENTIFIER),
            "tls_key": '"qwac.key"',
            "tls_certificate": '"qwac.crt"',
            "authorization_endpoint": '"https://bank.example/authorize?psu=1"',
            "redirect_uri": '"https://tpp.example/callback"',
        }
    folder.write()
    return folder
