"""Every form of fingerprint, against openssl, joserfc and the definitions."""

from __future__ import annotations

import base64
import hashlib
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc.jwk import ECKey, RSAKey

from jwttool.certificates import DEFAULT_FORM, FORM_NAMES, FORMS, fingerprint, fingerprints, load_certificates
from jwttool.certificates.forms import Digest
from jwttool.certificates.spki import spki_bytes
from jwttool.errors import UnsupportedError, UsageError
from tests import issue
from tests.tools import run_tool

if TYPE_CHECKING:
    from pathlib import Path

ROOT = issue.authority()
RSA = ROOT.issue(issue.rsa_key())
EC = ROOT.issue(issue.ec_key())
ED25519 = ROOT.issue(issue.ed25519_key())
P384 = ROOT.issue(ec.generate_private_key(ec.SECP384R1()))

NAMES = (
    "sha1",
    "sha1-lower",
    "sha1-colon",
    "sha256",
    "x5t",
    "x5t-s256",
    "jkt",
    "spki-sha256",
    "keycloak",
    "ski",
)


def _b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def test_the_table_is_in_the_designs_order() -> None:
    assert tuple(FORMS) == FORM_NAMES == NAMES
    assert DEFAULT_FORM == "sha1"
    assert all(form.description and form.source for form in FORMS.values())


@pytest.mark.parametrize("certificate", [RSA, EC], ids=["rsa", "ec"])
def test_every_form_by_its_definition(certificate: x509.Certificate) -> None:
    der = issue.der(certificate)
    sha1, sha256 = hashlib.sha1(der).digest(), hashlib.sha256(der).digest()
    key = certificate.public_key()
    spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    jwk = ECKey(key, None) if isinstance(key, ec.EllipticCurvePublicKey) else RSAKey(key, None)  # type: ignore[arg-type]

    assert fingerprints(certificate) == {
        "sha1": sha1.hex().upper(),
        "sha1-lower": sha1.hex(),
        "sha1-colon": sha1.hex(":").upper(),
        "sha256": sha256.hex().upper(),
        "x5t": _b64url(sha1),
        "x5t-s256": _b64url(sha256),
        "jkt": jwk.thumbprint(),
        "spki-sha256": base64.b64encode(hashlib.sha256(spki).digest()).decode(),
        "keycloak": _b64url(hashlib.sha256(spki).digest()),
        "ski": x509.SubjectKeyIdentifier.from_public_key(key).digest.hex(),
    }
    assert fingerprints(certificate) == {name: fingerprint(certificate, name) for name in FORMS}


def test_the_default_is_worldlines_kid() -> None:
    # Worldline's example kid: 40 upper-case hex digits.
    kid = fingerprint(RSA)

    assert kid == hashlib.sha1(issue.der(RSA)).hexdigest().upper()
    assert kid == fingerprint(RSA, "sha1")
    assert len(kid) == len("B4E11A49EE0D1239E7F784919B91DF577E839385")


def test_an_unknown_form_names_the_known_ones() -> None:
    with pytest.raises(UsageError) as error:
        fingerprint(RSA, "md5")
    assert error.value.hint == f"the forms are {', '.join(NAMES)}"


def test_the_key_identifier_is_the_extensions_where_there_is_one() -> None:
    written = x509.SubjectKeyIdentifier(bytes.fromhex("00ff10"))
    certificate = ROOT.issue(issue.rsa_key(), extensions=[written])

    assert fingerprint(certificate, "ski") == "00ff10"


@pytest.mark.parametrize("certificate", [ED25519, P384], ids=["ed25519", "p-384"])
def test_a_key_of_another_kind_has_all_but_the_jwk_thumbprint(certificate: x509.Certificate) -> None:
    spki = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    assert set(fingerprints(certificate)) == set(NAMES) - {"jkt"}
    assert fingerprint(certificate, "keycloak") == _b64url(hashlib.sha256(spki).digest())
    with pytest.raises(UnsupportedError):
        fingerprint(certificate, "jkt")


def test_a_key_type_that_nobody_knows_still_has_a_fingerprint() -> None:
    # The key's algorithm identifier 1.3.101.112 (Ed25519) becomes 1.3.101.127.
    der = issue.der(ED25519)
    at = der.rindex(bytes.fromhex("2b6570"), 0, der.rindex(spki_bytes(ED25519)) + 12)
    unknown = x509.load_der_x509_certificate(der[: at + 2] + b"\x7f" + der[at + 3 :])

    assert set(fingerprints(unknown)) == set(NAMES) - {"jkt"}
    with pytest.raises(UnsupportedError):
        fingerprint(unknown, "jkt")


def test_a_damaged_extension_costs_the_key_identifier_alone() -> None:
    key_identifier = x509.UnrecognizedExtension(x509.SubjectKeyIdentifier.oid, b"\x05\x00")
    certificate = ROOT.issue(issue.rsa_key(), extensions=[key_identifier])

    assert set(fingerprints(certificate)) == set(NAMES) - {"ski"}


def test_the_public_key_is_hashed_as_it_stands(tmp_path: Path) -> None:
    """An RSA key under the RSASSA-PSS identifier is not re-encoded under rsaEncryption."""
    key, certificate = tmp_path / "k.pem", tmp_path / "c.pem"
    run_tool("openssl", "genpkey", "-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048", "-out", key)
    run_tool(
        "openssl", "req", "-x509", "-new", "-key", key, "-subj", "/CN=pss", "-days", "2", "-out", certificate
    )
    public = run_tool("openssl", "x509", "-in", certificate, "-noout", "-pubkey").stdout
    der = run_tool("openssl", "pkey", "-pubin", "-outform", "DER", stdin=public).stdout
    pin = base64.b64encode(hashlib.sha256(der).digest()).decode()

    assert fingerprint(load_certificates(certificate.read_bytes()).end_entity, "spki-sha256") == pin


@pytest.mark.parametrize("digest", ["sha1", "sha256"])
def test_openssl_prints_the_same(tmp_path: Path, digest: str) -> None:
    path = tmp_path / "c.pem"
    path.write_bytes(issue.pem(RSA))
    said = run_tool("openssl", "x509", "-in", path, "-noout", "-fingerprint", f"-{digest}").stdout.decode()
    printed = said.strip().partition("=")[2]

    assert fingerprint(RSA, digest) == printed.replace(":", "")
    if digest == "sha1":
        assert fingerprint(RSA, "sha1-colon") == printed


def test_every_digest_is_reachable() -> None:
    assert {form.digest for form in FORMS.values()} == set(Digest)


def test_the_default_form_stays_light() -> None:
    """What `cert fingerprint` must not pay for: JOSE, PKCS#12, ASN.1, the readers of keys."""
    code = (
        "import sys\n"
        "from jwttool.certificates import fingerprint, load_certificates\n"
        "print(fingerprint(load_certificates(sys.stdin.buffer.read()).end_entity))\n"
        "heavy = [name for name in sys.modules if name.startswith(('joserfc', 'jwttool.keys.'))"
        " or name.endswith(('hazmat.asn1', 'serialization.pkcs12', 'serialization.pkcs7'))]\n"
        "print(sorted(heavy))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], input=issue.pem(RSA), capture_output=True, check=True)

    assert done.stdout.decode().splitlines() == [fingerprint(RSA), "['jwttool.keys.boundary']"]
