"""Keys of every kind that a token may be signed with, or encrypted to."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric import ec

from tests import issue

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import rsa

    from jwttool.keys import PrivateKey

CURVES: dict[str, ec.EllipticCurve] = {
    "P-256": ec.SECP256R1(),
    "P-384": ec.SECP384R1(),
    "P-521": ec.SECP521R1(),
}


@cache
def _made(curve: str, number: int) -> ec.EllipticCurvePrivateKey:  # noqa: ARG001  # the cache tells them apart by it
    return ec.generate_private_key(CURVES[curve])


def on(curve: str, number: int = 0) -> ec.EllipticCurvePrivateKey:
    """One of several keys on a curve, by its name in JOSE."""
    return _made(curve, number)


def _rsa(number: int) -> rsa.RSAPrivateKey:
    # A cache takes rsa_key(0) for another call than rsa_key().
    return issue.rsa_key(number) if number else issue.rsa_key()


def signing_key(algorithm: str, number: int = 0) -> Any:
    """A private key that signs with an algorithm of a token."""
    if algorithm in {"EdDSA", "Ed25519"}:
        return issue.ed25519_key()
    curve = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}.get(algorithm)
    return _rsa(number) if curve is None else on(curve, number)


def decryption_key(algorithm: str, number: int = 0, curve: str = "P-256") -> PrivateKey:
    """A private key that decrypts what an algorithm encrypted."""
    return on(curve, number) if algorithm.startswith("ECDH") else _rsa(number)
