"""Asking for a token, whole processes: ours beside what one would write by hand with the same libraries."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests import asking, issue
from tests.bench.measure import Section, interleaved, median, no_longer
from tests.lying_server import Lying, Received, authority, lying, reply

RUNS = 25
ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if name != "PYTHONDONTWRITEBYTECODE" and "PROXY" not in name.upper()
}

BARE_ASSERTION = """\
import json, ssl, time, uuid
import click, httpx2
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc import jws
from joserfc.jwk import RSAKey

@click.command()
@click.argument("server")
def main(server):
    with open("signing.key", "rb") as file:
        key = load_pem_private_key(file.read(), None)
    with open("signing.crt", "rb") as file:
        certificate = x509.load_pem_x509_certificate(file.read())
    now = int(time.time())
    claims = {"iss": "my-client", "sub": "my-client", "aud": f"{server}/auth/realms/my-realm"}
    claims |= {"iat": now, "exp": now + 60, "jti": str(uuid.uuid4())}
    header = {"alg": "RS256", "kid": certificate.fingerprint(hashes.SHA1()).hex().upper(), "typ": "JWT"}
    token = jws.serialize_compact(header, json.dumps(claims), RSAKey(key, key), algorithms=["RS256"])
    form = {
        "grant_type": "client_credentials",
        "scope": "VOP WERO",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": token,
    }
    context = ssl.create_default_context(cafile="ca.pem")
    answer = httpx2.post(
        f"{server}/auth/realms/my-realm/protocol/openid-connect/token", data=form, verify=context
    )
    answer.raise_for_status()
    click.echo(answer.json()["access_token"])

main()
"""
BARE_SECRET = """\
import ssl
import click, httpx2
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

@click.command()
@click.argument("server")
def main(server):
    with open("client.secret") as file:
        secret = file.read().strip()
    with open("mtls.key", "rb") as file:
        key = load_pem_private_key(file.read(), None)
    with open("mtls.crt", "rb") as file:
        certificate = x509.load_pem_x509_certificate(file.read())
    if key.public_key() != certificate.public_key():
        raise SystemExit("key and certificate do not belong together")
    context = ssl.create_default_context(cafile="ca.pem")
    context.load_cert_chain("mtls.crt", "mtls.key")
    form = {"grant_type": "client_credentials", "client_id": "my-client", "client_secret": secret}
    answer = httpx2.post(f"{server}/corporate-oidc/v1/token", data=form, verify=context)
    answer.raise_for_status()
    click.echo(answer.json()["access_token"])

main()
"""


def measure() -> list[Section]:
    """A token by assertion, and one by secret over mutual TLS."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "server").mkdir()

        def answer(received: Received) -> bytes:
            name = "op" if "corporate-oidc" in received.path else "worldline"
            status, body = asking.ANSWERS[name]
            return reply(body, status)

        with lying(answer, here / "server", client_ca=authority().certificate) as server:
            return _measure(here, server)


def _measure(folder: Path, server: Lying) -> list[Section]:
    commands: dict[str, tuple[Path, list[str]]] = {}
    for provider, title, script in (
        ("worldline", "assertion", BARE_ASSERTION),
        ("op", "secret, mutual TLS", BARE_SECRET),
    ):
        place = folder / provider
        place.mkdir()
        client = asking.client_folder(place, provider, server.url)
        if provider == "op":  # the same work for both: a key that is not encrypted
            client.secret("mtls.key", issue.key_pem(issue.rsa_key(7)))
            client.write(tls_passphrase=None)
        (place / "bare.py").write_text(script)
        commands[f"bare script, {title}"] = (place, [sys.executable, "bare.py", server.url])
        jwttool = str(Path(sys.executable).with_name("jwttool"))
        commands[f"jwttool token request, {title}"] = (place, [jwttool, "token", "request", "bank"])
    candidates: dict[str, Callable[[], object]] = {
        name: partial(_token, *command) for name, command in commands.items()
    }
    seconds = interleaved(candidates, rounds=RUNS, calls=1, summary=median)
    return [
        Section(
            title="Asking for a token",
            note=f"Whole processes, a server on loopback, TLS handshake included; the middle of {RUNS} runs. "
            "The bare scripts use click, httpx2, cryptography and joserfc, and judge nothing.",
            seconds=seconds,
            targets=tuple(
                no_longer(seconds, f"jwttool token request, {title}", f"bare script, {title}", 1.3)
                for title in ("assertion", "secret, mutual TLS")
            ),
        )
    ]


def _token(folder: Path, command: list[str]) -> None:
    done = subprocess.run(
        command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, check=True, env=ENVIRONMENT
    )
    # The same answer from both, or the comparison says nothing.
    assert done.stdout == f"{asking.TOKEN}\n".encode()
