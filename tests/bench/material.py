"""What all candidates work on: a client, its key and its certificate."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.x509.oid import NameOID

CLIENT_ID: Final = "Worldline-000021"
AUDIENCE: Final = "https://bank.example/auth/realms/example"


def private_key(bits: int) -> RSAPrivateKey:
    """A new RSA key."""
    return generate_private_key(65537, bits)


def certificate(key: RSAPrivateKey) -> x509.Certificate:
    """A certificate that the key signed for itself, valid now."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "jwttool benchmark")])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365))
        .sign(key, hashes.SHA256())
    )


def header(of: x509.Certificate) -> dict[str, str]:
    """The header that Worldline asks for."""
    return {"alg": "RS256", "kid": of.fingerprint(hashes.SHA1()).hex().upper(), "typ": "JWT"}


def claims() -> dict[str, Any]:
    """The claims of a new assertion: every mint needs its own time and identifier."""
    now = int(time.time())
    return {
        "iss": CLIENT_ID,
        "sub": CLIENT_ID,
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + 60,
        "jti": secrets.token_urlsafe(16),
    }
