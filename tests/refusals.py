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
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat import asn1

from jwttool.assertion import ANY, Verifier
from jwttool.certificates import load_certificates, parse_server_message
from jwttool.certificates.bundle import load_bundle, load_revocation_lists
from jwttool.checks.qwac.judge import check_qwac
from jwttool.config import parse_config, parse_mapping_file
from jwttool.csr import load_csr, parse_subject
from jwttool.edge.reading import read_input
from jwttool.eidas import structures
from jwttool.eidas.organization_identifier import parse_organization_identifier
from jwttool.encoding import Limit
from jwttool.errors import JwtToolError
from jwttool.inspection import inspect
from jwttool.jose.decryption import decrypt
from jwttool.jose.jwks import load_jwks
from jwttool.keys import encrypt_pkcs8, load_private_key, load_public_key
from jwttool.render.document import to_text
from jwttool.render.inspection import inspection_document
from jwttool.render.inspection_json import inspection_json
from jwttool.render.members import Look
from jwttool.secret import Secret
from tests import issue, keys_material

MIB: Final = 1024 * 1024
CLAIMS: Final = "assertion-claims"
INSPECTED: Final = "token-claims"
HEADER: Final = b'{"alg":"RS256"}'


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


def look(text: str) -> object:
    """The first finding of an inspection, rendered too: what is shown must stay small."""
    found = inspect(text, at=issue.WITHIN)
    inspection_json(found)
    shown = to_text(inspection_document(found, Look(local=lambda moment: moment)), colour=False)
    if len(shown) > 100_000:
        return "shown at length"
    return next((check.id for check in found.findings), None)


def look_at_claims(text: bytes) -> object:
    return look(f"{b64url(HEADER)}.{b64url(text)}.{b64url(b's' * 256)}")


def open_token(text: str) -> object:
    return decrypt(text, issue.rsa_key())


def sealed(header: str, ciphertext: bytes = b"c" * 16) -> str:
    parts = (header.encode(), b"k" * 256, b"i" * 16, ciphertext, b"t" * 16)
    return ".".join(map(b64url, parts))


@asn1.sequence
class Many:
    """Any number of anything."""

    items: list[asn1.TLV]


NOTHING: Final = b"\x30\x00"


def many(item: bytes, count: int) -> bytes:
    """DER of a sequence of one thing, so many times."""
    return structures.encode_list(Many(items=[asn1.decode_der(asn1.TLV, item)] * count))


def psd2_statement(info: bytes) -> bytes:
    return many(asn1.encode_der(structures.statement(structures.PSD2, info)), 1)


def read_qwac(statements: bytes) -> object:
    """The first failing check of a certificate with these QC statements."""
    extension = x509.UnrecognizedExtension(structures.QC_STATEMENTS, statements)
    certificate = issue.certificate(issue.ec_key(), extensions=[extension])
    report = check_qwac(certificate, client_id="x", at=issue.WITHIN)
    odd = ("statement", "role", "psd2")
    return next(each.id for each in report.description.anomalies if each.id.startswith(odd))


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
    # inspections
    "inspecting 10 MB": (look, lambda: "a" * 10 * MIB, "too-large"),
    "inspecting blanks": (look, lambda: "a" + " " * (MIB - 2) + "b", "not-a-token"),
    "inspecting dots": (look, lambda: "." * MIB, "not-a-token"),
    "inspecting brackets": (look, lambda: "[" * MIB, "not-a-token"),
    "inspecting braces": (look, lambda: '{"a":' * 200_000, "not-a-token"),
    "inspecting quotes": (look, lambda: '"' * MIB, "not-a-token"),
    "inspecting tildes": (look, lambda: f"{b64url(HEADER)}.e30.eA~" + "~" * 900_000, "malformed"),
    "inspecting prefixes": (look, lambda: "Bearer " * 100_000 + "x", "not-a-token"),
    "inspecting header lines": (look, lambda: "HTTP/1.1 200 OK\n" + "a: b\n" * 200_000, "answer-headers"),
    "inspecting trailing commas": (look, lambda: '{"access_token":[' + "," * 900_000, "answer-json"),
    "inspecting a form of 100,000 fields": (look, lambda: "grant_type=x&" * 70_000, "not-a-token"),
    "inspecting claims nested 300,000 deep": (look_at_claims, lambda: b'{"a":' * 150_000, INSPECTED),
    "inspecting a number of 700,000 digits": (
        look_at_claims,
        lambda: b'{"exp":' + b"9" * 700_000 + b"}",
        INSPECTED,
    ),
    "inspecting a claim of 700 KB": (
        look_at_claims,
        lambda: b'{"iss":"' + b"a" * 700_000 + b'"}',
        "token-exp-present",
    ),
    "inspecting 20,000 claims": (
        look_at_claims,
        lambda: json.dumps({f"claim {number}": "\x1b" for number in range(20_000)}).encode(),
        "token-exp-present",
    ),
    "inspecting 5,000 signatures": (
        look,
        lambda: json.dumps({"payload": "e30", "signatures": [{"signature": "eA"}] * 5_000}),
        "malformed",
    ),
    # encrypted tokens
    "decrypting 10 MB": (open_token, lambda: "a.b.c.d." + "e" * 10 * MIB, "too-large"),
    "decrypting noise": (
        open_token,
        lambda: sealed('{"alg":"RSA-OAEP","enc":"A128GCM"}', os.urandom(700_000)),
        "decryption-failed",
    ),
    "decrypting with a billion rounds": (
        open_token,
        lambda: sealed('{"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2c":1000000000,"p2s":"AA"}'),
        "decryption-refused",
    ),
    "decrypting a header nested 200,000 deep": (
        open_token,
        lambda: sealed('{"alg":' + "[" * 200_000),
        "decryption-refused",
    ),
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
    # eIDAS
    "450,000 QC statements": (read_qwac, lambda: many(NOTHING, 450_000), "statements-damaged"),
    "450,000 roles": (
        read_qwac,
        lambda: psd2_statement(many(many(NOTHING, 450_000), 1)),
        "psd2-damaged",
    ),
    "QC statements nested 200,000 deep": (read_qwac, lambda: sequences(200_000), "statements-damaged"),
    "QC statements of random bytes": (read_qwac, lambda: os.urandom(700_000), "statements-damaged"),
    "an organizationIdentifier of 1 MB": (
        lambda text: parse_organization_identifier(text, strict=True),
        lambda: "PSDFI-FINFSA-" + "-" * MIB,
        "malformed",
    ),
    "a mapping of 1 MB": (
        lambda data: parse_mapping_file(data, Path("m.toml")),
        lambda: b"#" * MIB,
        "too-large",
    ),
    # bundles and CRLs
    "a bundle of 33 MB": (load_bundle, lambda: b"A" * 33 * MIB, "too-large"),
    "a bundle of 20,000 empty blocks": (load_bundle, lambda: pem("CERTIFICATE", b"") * 20_000, "too-large"),
    "a CRL of random bytes": (
        load_revocation_lists,
        lambda: pem("X509 CRL", b"\x31" + os.urandom(700_000)),
        "malformed",
    ),
    "a CRL nested 250,000 deep": (load_revocation_lists, lambda: sequences(250_000), "malformed"),
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
    idle = peak_of_memory()
    begun = time.perf_counter()
    try:
        said = function(argument)
    except JwtToolError as error:
        said = error.code
    taken = time.perf_counter() - begun
    peak = peak_of_memory()
    if isinstance(said, list):
        said = said[0]
    return Refusal(said if isinstance(said, str) else None, taken * 1000, peak - idle)


def peak_of_memory() -> int:
    """The most KiB that this process has had.

    Not ``ru_maxrss``, which begins with what the parent had when it started this process.
    """
    found = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    assert found is not None
    return int(found[1])


def _warm() -> None:
    """Have imported what a command would have imported."""
    judge("e30.e30.eA")
    look("e30.e30.eA")
    look('{"access_token": "a"}')
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
