"""Hostile input of every kind, and what refusing it costs.

    python -m tests.refusals NAME

runs one case in a process of its own and prints, as JSON, the code of the error
or the first failing check, the milliseconds that the refusal took, and the
peak of memory in KiB above what the process had before.
"""

from __future__ import annotations

import base64
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from jwttool.assertion import ANY, Verifier
from jwttool.certificates import load_certificates, parse_server_message
from jwttool.config import parse_config
from jwttool.csr import load_csr, parse_subject
from jwttool.edge.reading import read_input
from jwttool.encoding import Limit
from jwttool.errors import JwtToolError
from jwttool.jose.jwks import load_jwks
from jwttool.keys import encrypt_pkcs8, load_private_key, load_public_key
from jwttool.secret import Secret
from tests import issue, keys_material

MIB: Final = 1024 * 1024
CLAIMS: Final = "assertion-claims"


def pem(label: str, der: bytes) -> bytes:
    body = base64.encodebytes(der)
    return b"-----BEGIN %b-----\n%b-----END %b-----\n" % (label.encode(), body, label.encode())


def b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sequences(depth: int) -> bytes:
    """DER with that many sequences inside each other, each of indefinite length."""
    return b"\x30\x80" * depth + b"\0\0" * depth


def judge(token: str) -> list[str]:
    verifier = Verifier(public_key=issue.ec_key().public_key(), audience=ANY, client_id=ANY)
    return [check.id for check in verifier.verify(token, at=issue.WITHIN).failures]


def judge_claims(text: bytes) -> list[str]:
    return judge(f"{b64url(b'{}')}.{b64url(text)}.{b64url(b'x')}")


def open_key(data: bytes) -> object:
    return load_private_key(data, Secret(b"open"))


def configure(data: bytes) -> object:
    return parse_config(data, Path("jwttool.toml"))


def read_bundle(name: str) -> object:
    return read_input(name, Limit.CERTIFICATE, "certificate")


def certificate() -> bytes:
    return issue.der(issue.certificate(issue.ec_key()))


Case = tuple[Callable[[Any], object], Callable[[], Any], str]

# What is called, with what (made before anything is measured), and what has to come of it:
# the code of an error, or the first failing check.
CASES: Final[dict[str, Case]] = {
    # tokens
    "token of 10 MB": (judge, lambda: "a.b." + "c" * 10 * MIB, "too-large"),
    "token of dots": (judge, lambda: "." * MIB, "not-a-token"),
    "token of one part": (judge, lambda: "a" * MIB, "not-a-token"),
    "claims nested 300,000 deep": (judge_claims, lambda: b"[" * 300_000, CLAIMS),
    "claims of 100,000 objects": (judge_claims, lambda: b"[" + b"{}," * 100_000 + b"{}]", CLAIMS),
    "a number of 700,000 digits": (judge_claims, lambda: b'{"exp":' + b"9" * 700_000 + b"}", CLAIMS),
    "100,000 escapes": (judge_claims, lambda: b'{"sub":"' + b"\\ud800" * 100_000 + b'"}', CLAIMS),
    "100,000 claims of one name": (judge_claims, lambda: b"{" + b'"a":1,' * 100_000 + b'"a":1}', CLAIMS),
    "JSON in UTF-16": (judge_claims, lambda: ("{" + '"a":1,' * 50_000 + '"b":1}').encode("utf-16"), CLAIMS),
    # certificates
    "PEM of 33 MB": (
        load_certificates,
        lambda: b"-----BEGIN CERTIFICATE-----\n" + b"A" * 33 * MIB,
        "too-large",
    ),
    "PEM with a foreign character at its end": (
        load_certificates,
        lambda: pem("CERTIFICATE", os.urandom(700_000)).replace(b"-----END", b"\xff-----END"),
        "malformed",
    ),
    "PEM of random bytes": (
        load_certificates,
        lambda: pem("CERTIFICATE", b"\x31" + os.urandom(700_000)),
        "malformed",
    ),
    "PEM without an end": (
        load_certificates,
        lambda: b"-----BEGIN CERTIFICATE-----\n" * 30_000,
        "malformed",
    ),
    "PEM of empty blocks": (load_certificates, lambda: pem("CERTIFICATE", b"") * 15_000, "too-large"),
    "DER nested 250,000 deep": (load_certificates, lambda: sequences(250_000), "malformed"),
    "DER that claims 4 GB": (
        load_certificates,
        lambda: b"\x30\x84\xff\xff\xff\xff" + b"\0" * 1000,
        "malformed",
    ),
    "a certificate that is cut off": (load_certificates, lambda: certificate()[:-20], "malformed"),
    "a certificate with a byte behind it": (load_certificates, lambda: certificate() + b"\0", "malformed"),
    "PKCS#7 of random bytes": (
        load_certificates,
        lambda: pem("PKCS7", b"\x31" + os.urandom(700_000)),
        "malformed",
    ),
    # keys
    "a key of 1 MB": (open_key, lambda: pem("PRIVATE KEY", os.urandom(MIB)), "too-large"),
    "a key nested 30,000 deep": (open_key, lambda: sequences(30_000), "malformed"),
    "a wrong passphrase": (
        open_key,
        lambda: encrypt_pkcs8(issue.ec_key(), Secret(b"another")),
        "wrong-passphrase",
    ),
    "a key of 30 million rounds": (
        open_key,
        lambda: keys_material.encrypted_key(keys_material.pbkdf2(30_000_000)),
        "unsupported",
    ),
    "a key of 1 GB scrypt": (
        open_key,
        lambda: keys_material.encrypted_key(keys_material.scrypt(2**20)),
        "unsupported",
    ),
    "a PKCS#12 file of a billion rounds": (
        open_key,
        lambda: keys_material.pfx(mac=keys_material.mac(1_000_000_000)),
        "unsupported",
    ),
    "a PKCS#12 file with 40 million rounds behind the empty passphrase": (
        load_private_key,
        lambda: keys_material.bomb(40_000_000),
        "no-passphrase",
    ),
    "a PKCS#12 file like that for its certificates": (
        load_certificates,
        lambda: keys_material.bomb(40_000_000),
        "no-passphrase",
    ),
    "a public key of 1 MB": (load_public_key, lambda: pem("PUBLIC KEY", os.urandom(MIB)), "too-large"),
    "a JWK with a modulus of 75 KB": (
        open_key,
        lambda: json.dumps({"kty": "RSA", "n": "A" * 100_000, "e": "AQAB", "d": "AQ"}).encode(),
        "unsupported",
    ),
    "a JWK Set of 20,000 keys": (
        load_jwks,
        lambda: json.dumps({"keys": [{"kty": "RSA", "n": "AQ", "e": "AQAB"}] * 20_000}).encode(),
        "unsupported",
    ),
    # the rest
    "a CSR of random bytes": (
        load_csr,
        lambda: pem("CERTIFICATE REQUEST", b"\x31" + os.urandom(700_000)),
        "malformed",
    ),
    "a configuration of 1 MB": (configure, lambda: b"#" * MIB, "too-large"),
    "a configuration nested 60,000 deep": (configure, lambda: b"a = " + b"[" * 60_000, "config"),
    "a configuration of dots": (configure, lambda: b"[" + b"a." * 30_000 + b"a]\n", "config"),
    "a subject of 1 MB": (parse_subject, lambda: "CN=" + "a" * MIB, "malformed"),
    "a subject of 100,000 attributes": (parse_subject, lambda: ",".join(["CN=a"] * 100_000), "malformed"),
    "a server's message of 1 MB": (
        parse_server_message,
        lambda: "Available kids: [" + "a," * 500_000,
        "too-large",
    ),
    "a server's message of blanks": (
        parse_server_message,
        lambda: "requested kid" + " " * 60_000 + ";" + "a" * 2000,
        "malformed",
    ),
    "a file without an end": (read_bundle, lambda: "/dev/zero", "too-large"),
}


@dataclass(frozen=True)
class Refusal:
    """What became of a case: an error's code or the first failing check, and what it cost."""

    said: str | None
    milliseconds: float
    kibibytes: int


def run(name: str) -> Refusal:
    """Run a case here. The peak of memory is the process's, so one case a process."""
    function, prepare, _ = CASES[name]
    _warm()
    argument = prepare()
    said: object = None
    idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.perf_counter()
    try:
        said = function(argument)
    except JwtToolError as error:
        said = error.code
    taken = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if isinstance(said, list):
        said = said[0]
    return Refusal(said if isinstance(said, str) else None, taken * 1000, peak - idle)


def _warm() -> None:
    """Have imported what a command would have imported."""
    judge("e30.e30.eA")
    load_certificates(issue.pem(issue.certificate(issue.ec_key())))
    load_private_key(issue.key_pem(issue.ec_key()))


def measure(name: str) -> Refusal:
    """Run a case in a process of its own."""
    command = [sys.executable, "-m", "tests.refusals", name]
    root = Path(__file__).resolve().parents[1]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True, timeout=60)
    return Refusal(**json.loads(done.stdout))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(vars(run(sys.argv[1]))))
