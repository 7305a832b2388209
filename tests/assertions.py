"""Assertions for tests: one that is right, and a way to change one thing in it.

They are put together here from base64 and JSON, and signed with cryptography
alone, so that nothing of ours judges what something of ours made.
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from jwttool.assertion import AssertionReport, Verifier
from jwttool.report import Status
from tests import issue


def kid_of(certificate: x509.Certificate) -> str:
    """Worldline's kid: SHA-1 over the DER, upper-case hex."""
    return hashlib.sha1(issue.der(certificate)).hexdigest().upper()


NOW: Final = int(issue.WITHIN.timestamp())
CLIENT_ID: Final = "5734699"
AUDIENCE: Final = "https://example-domain/auth/realms/example-realm"
KEY: Final = issue.rsa_key()
CERTIFICATE: Final = issue.certificate(KEY)
KID: Final = kid_of(CERTIFICATE)

OMIT: Final = object()
"""As a value: leave the member out."""


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sign(message: bytes, key: Any = KEY, algorithm: str = "RS256") -> bytes:
    """A JWS signature, made without joserfc."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        r, s = decode_dss_signature(key.sign(message, ec.ECDSA(SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")
    assert isinstance(key, rsa.RSAPrivateKey)
    if algorithm == "PS256":
        return key.sign(message, padding.PSS(padding.MGF1(SHA256()), 32), SHA256())
    return key.sign(message, padding.PKCS1v15(), SHA256())


def raw_token(header: bytes, claims: bytes, key: Any = KEY, algorithm: str = "RS256") -> str:
    """A token over any bytes, rightly signed."""
    message = f"{b64(header)}.{b64(claims)}"
    return f"{message}.{b64(sign(message.encode(), key, algorithm))}"


def right_header(**changes: Any) -> dict[str, Any]:
    return changed({"alg": "RS256", "kid": KID, "typ": "JWT"}, changes)


def right_claims(**changes: Any) -> dict[str, Any]:
    claims = {
        "iss": CLIENT_ID,
        "sub": CLIENT_ID,
        "aud": AUDIENCE,
        "iat": NOW,
        "exp": NOW + 60,
        "jti": "a-random-identifier",
    }
    return changed(claims, changes)


def changed(members: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in (members | changes).items() if value is not OMIT}


def token(header: dict[str, Any] | None = None, claims: dict[str, Any] | None = None, key: Any = KEY) -> str:
    """The right assertion with members of header and claims changed."""
    head = right_header(**(header or {}))
    algorithm = str(head.get("alg"))
    return raw_token(dumps(head), dumps(right_claims(**(claims or {}))), key, algorithm)


def dumps(value: Any) -> bytes:
    return json.dumps(value).encode()


def verifier(**changes: Any) -> Verifier:
    arguments: dict[str, Any] = {
        "certificate": CERTIFICATE,
        "audience": AUDIENCE,
        "client_id": CLIENT_ID,
    } | changes
    return Verifier(**arguments)


def judge(text: str, **changes: Any) -> AssertionReport:
    """The report on a token, at the time at which the right one is right."""
    at = changes.pop("at", issue.WITHIN)
    return verifier(**changes).verify(text, at=at)


def not_passed(report: AssertionReport) -> dict[str, Status]:
    """What did not pass, by id; what was skipped only because of it is left out."""
    return {check.id: check.status for check in report if check.status in {Status.FAIL, Status.WARNING}}
