"""The names that a public key goes by, and the forms that they are made from."""

from __future__ import annotations

import binascii
import hashlib
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from jwttool.encoding import b64url_encode, compact_json
from jwttool.errors import UnsupportedError

if TYPE_CHECKING:
    from jwttool.keys.kinds import PublicKey, TokenPublicKey

JWK_CURVES: Final = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}
"""The names of curves in JOSE, by those that cryptography gives them (RFC 7518 section 6.2.1.1)."""


def public_jwk(public_key: TokenPublicKey) -> dict[str, str]:
    """The required members of a public JWK (RFC 7518 sections 6.2.1 and 6.3.1, RFC 8037 section 2).

    In lexicographic order, which is what RFC 7638 section 3.3 hashes. A
    certificate may hold a key on another curve than ours, so the three of JOSE
    are known here.

    :raises UnsupportedError: for a curve that JOSE has no name for.
    """
    if isinstance(public_key, RSAPublicKey):
        rsa = public_key.public_numbers()
        return {"e": _base64url_uint(rsa.e), "kty": "RSA", "n": _base64url_uint(rsa.n)}
    if isinstance(public_key, Ed25519PublicKey):
        return {"crv": "Ed25519", "kty": "OKP", "x": b64url_encode(public_key.public_bytes_raw())}
    curve = public_key.curve
    if curve.name not in JWK_CURVES:
        raise UnsupportedError("a JWK of a key on a curve that JOSE has no name for")
    point = public_key.public_numbers()
    octets = (curve.key_size + 7) // 8
    return {
        "crv": JWK_CURVES[curve.name],
        "kty": "EC",
        "x": b64url_encode(point.x.to_bytes(octets, "big")),
        "y": b64url_encode(point.y.to_bytes(octets, "big")),
    }


def _base64url_uint(number: int) -> str:
    """Base64urlUInt: big-endian in as few octets as possible (RFC 7518 section 2)."""
    return b64url_encode(number.to_bytes((number.bit_length() + 7) // 8, "big"))


def jwk_thumbprint(public_key: TokenPublicKey) -> str:
    """The JWK thumbprint with SHA-256, base64url (RFC 7638 section 3)."""
    return b64url_encode(hashlib.sha256(compact_json(public_jwk(public_key))).digest())


def spki_der(public_key: PublicKey) -> bytes:
    """The DER of the SubjectPublicKeyInfo (RFC 5280 section 4.1)."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def spki_sha256(public_key: PublicKey) -> str:
    """The pin of a public key: base64 of the SHA-256 of its SPKI (RFC 7469 section 2.4)."""
    digest = hashlib.sha256(spki_der(public_key)).digest()
    return binascii.b2a_base64(digest, newline=False).decode("ascii")


def keycloak_kid(public_key: PublicKey) -> str:
    """The kid that Keycloak gives a key by default: base64url of the SHA-256 of its SPKI."""
    return b64url_encode(hashlib.sha256(spki_der(public_key)).digest())


def subject_key_identifier(public_key: PublicKey) -> str:
    """The subject key identifier, lower-case hex (RFC 5280 section 4.2.1.2, method 1).

    SHA-1 over the bit string inside the SPKI, without its tag and length: it
    names a key and protects nothing.
    """
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    if isinstance(public_key, RSAPublicKey):
        bits = public_key.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    else:
        bits = public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return hashlib.sha1(bits, usedforsecurity=False).hexdigest()
