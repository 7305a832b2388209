"""Which keys there are: RSA, and EC on the curve P-256; for tokens of others, a few more.

A private key is anything that implements cryptography's interface, so that a
key that never leaves its token (PKCS#11) goes the same way as one from a file.
Nothing here asks a private key for its numbers.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from jwttool.errors import UnsupportedError

if TYPE_CHECKING:
    from collections.abc import Collection

PrivateKey = RSAPrivateKey | EllipticCurvePrivateKey
PublicKey = RSAPublicKey | EllipticCurvePublicKey
TokenPublicKey = PublicKey | Ed25519PublicKey
"""What may have signed a token that others made; nothing here signs with all of them."""

CURVE = "secp256r1"
"""The one curve of ES256 (RFC 7518 section 3.4), by the name that cryptography gives it: P-256."""

CURVES = (CURVE,)
TOKEN_CURVES = (CURVE, "secp384r1", "secp521r1")
"""Those of JOSE (RFC 7518 section 6.2.1.1): tokens of others may be signed or encrypted on each."""

MAX_RSA_BITS = 16_384
"""What OpenSSL verifies with at most; beyond it a key is of no use and only costs time."""

_OTHER_CURVES = {
    "secp192r1": "P-192",
    "secp224r1": "P-224",
    "secp384r1": "P-384",
    "secp521r1": "P-521",
}


class KeyKind(StrEnum):
    """What kind of key to make."""

    RSA = "rsa"
    EC = "ec"


def is_rsa(key: PrivateKey | TokenPublicKey) -> bool:
    """Whether a key is an RSA key, and not one on an elliptic curve."""
    return isinstance(key, RSAPrivateKey | RSAPublicKey)


def same_public_key(first: object, second: object) -> bool:
    """Whether two public keys of cryptography's are one and the same, whatever their types."""
    if isinstance(first, RSAPublicKey) and isinstance(second, RSAPublicKey):
        return first.public_numbers() == second.public_numbers()
    if isinstance(first, EllipticCurvePublicKey) and isinstance(second, EllipticCurvePublicKey):
        return first.public_numbers() == second.public_numbers()
    return first == second


def supported_private(key: object, curves: Collection[str] = CURVES) -> PrivateKey:
    """The key itself, if it is of a kind that jwttool offers, or on one of the curves.

    :raises UnsupportedError: naming the kind that it is.
    """
    if isinstance(key, RSAPrivateKey) and key.key_size <= MAX_RSA_BITS:
        return key
    if isinstance(key, EllipticCurvePrivateKey) and key.curve.name in curves:
        return key
    raise _unsupported(key, curves)


def supported_public(key: object) -> PublicKey:
    """The key itself, if it is of a kind that jwttool offers.

    :raises UnsupportedError: naming the kind that it is.
    """
    if isinstance(key, RSAPublicKey) and key.key_size <= MAX_RSA_BITS:
        return key
    if isinstance(key, EllipticCurvePublicKey) and key.curve.name == CURVE:
        return key
    raise _unsupported(key, CURVES)


def token_public(key: object) -> TokenPublicKey:
    """The key itself, if a token may be signed with it: RSA, EC on a curve of JOSE, Ed25519.

    :raises UnsupportedError: naming the kind that it is.
    """
    if isinstance(key, Ed25519PublicKey):
        return key
    if isinstance(key, EllipticCurvePublicKey) and key.curve.name in TOKEN_CURVES:
        return key
    if isinstance(key, RSAPublicKey) and key.key_size <= MAX_RSA_BITS:
        return key
    raise _unsupported(key, TOKEN_CURVES)


def _unsupported(key: object, curves: Collection[str]) -> UnsupportedError:
    match key:
        case RSAPrivateKey() | RSAPublicKey():
            what = f"an RSA key of {key.key_size:,} bits"
        case EllipticCurvePrivateKey() | EllipticCurvePublicKey():
            what = f"a key on the curve {_OTHER_CURVES.get(key.curve.name, key.curve.name)}"
        case _:
            name = type(key).__name__.removesuffix("PrivateKey").removesuffix("PublicKey")
            what = f"a key of the type {name}"
    which = "P-256, P-384 or P-521" if "secp384r1" in curves else "P-256"
    return UnsupportedError(
        f"{what}, which jwttool does not offer",
        hint=f"use an RSA key of at most {MAX_RSA_BITS:,} bits, or an EC key on {which}",
    )
