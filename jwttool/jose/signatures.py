"""Signatures: joserfc's algorithms, on keys and messages that we chose.

The allow-list is fixed by the caller, of exact names (RFC 8725 section 3.1):
asymmetric and with a key type of its own, so that no token can pick "none",
swap RS256 for HS256, or choose between two readings of one key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from jwttool.errors import SignatureFaultError, UsageError, raise_alone
from jwttool.jose.algorithms import ALGORITHMS
from jwttool.keys import is_rsa, public_jwk

if TYPE_CHECKING:
    from collections.abc import Collection

    from joserfc.jwa import JWSAlgModel

    from jwttool.keys import PrivateKey, PublicKey, TokenPublicKey

_RSA_ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
# One curve, one algorithm (RFC 7518 section 3.4); ES256 with P-384 does not exist.
_EC_ALGORITHMS: Final = {"secp256r1": ("ES256",), "secp384r1": ("ES384",), "secp521r1": ("ES512",)}
_ED25519_ALGORITHMS: Final = ("Ed25519", "EdDSA")


def algorithms_for(key: PrivateKey | PublicKey) -> tuple[str, ...]:
    """The algorithms that a key can sign and verify assertions with, the usual one first."""
    return ("RS256", "PS256") if is_rsa(key) else ("ES256",)


def token_algorithms_for(public_key: TokenPublicKey) -> tuple[str, ...]:
    """The algorithms that a token may have that is verified with the key: what fits the key's type.

    Empty for a curve that JOSE has no signatures on.
    """
    if isinstance(public_key, Ed25519PublicKey):
        return _ED25519_ALGORITHMS
    if isinstance(public_key, RSAPublicKey):
        return _RSA_ALGORITHMS
    return _EC_ALGORITHMS.get(public_key.curve.name, ())


def _model(algorithm: str) -> JWSAlgModel:
    # With an Ed25519 key the two names are one algorithm (RFC 9864 section 2.2),
    # and joserfc warns of the older one, which also stands for Ed448.
    name = "Ed25519" if algorithm == "EdDSA" else algorithm
    # Our allow-list is never empty: joserfc takes an empty one for "the usual ones".
    return JWSRegistry(algorithms=[name]).get_alg(name)


def _joserfc_key(key: PrivateKey | TokenPublicKey, public: TokenPublicKey) -> Any:
    # The public JWK stands in as the original value, so that nothing ever asks
    # the key to export its private part: a key in a token (HSM) cannot.
    kind: Any = OKPKey if isinstance(public, Ed25519PublicKey) else RSAKey if is_rsa(public) else ECKey
    return kind(key, public_jwk(public))


class SigningKey:
    """A private key with the one algorithm that it signs with."""

    __slots__ = ("_key", "_model", "algorithm")

    def __init__(self, private_key: PrivateKey, algorithm: str) -> None:
        """:raises UsageError: when key and algorithm do not fit together."""
        if algorithm not in algorithms_for(private_key):
            kind = "an RSA" if is_rsa(private_key) else "an EC"
            raise UsageError(
                f"{algorithm} cannot be signed with {kind} key",
                hint=f"this key signs {' or '.join(algorithms_for(private_key))}",
            )
        self.algorithm: Final = algorithm
        self._model: Final = _model(algorithm)
        self._key: Final = _joserfc_key(private_key, private_key.public_key())

    def sign(self, message: bytes) -> bytes:
        """The JWS signature over a signing input.

        :raises SignatureFaultError: when the key, or the token (HSM) that holds it, makes none.
        """
        try:
            return self._model.sign(message, self._key)
        except Exception:  # noqa: BLE001  # a token's driver raises what it likes
            raise_alone(
                SignatureFaultError("the key made no signature", hint="see `jwttool key show` about it")
            )


class VerificationKey:
    """A public key with the algorithms that it may be used with."""

    __slots__ = ("_by_algorithm", "public_key")

    def __init__(self, public_key: TokenPublicKey, algorithms: Collection[str] = ALGORITHMS) -> None:
        """Allow what fits the key and is among the algorithms: those of assertions by default."""
        self.public_key: Final = public_key
        fitting = [name for name in token_algorithms_for(public_key) if name in algorithms]
        key = _joserfc_key(public_key, public_key) if fitting else None
        self._by_algorithm: Final[dict[str, tuple[JWSAlgModel, Any]]] = {
            name: (_model(name), key) for name in fitting
        }

    def fits(self, algorithm: str) -> bool:
        """Whether the key is of the type that the algorithm needs."""
        return algorithm in self._by_algorithm

    def verify(self, algorithm: str, message: bytes, signature: bytes) -> bool:
        """Whether the signature is right. Anything odd about it is a no."""
        model, key = self._by_algorithm[algorithm]
        try:
            return model.verify(message, signature, key)
        except (ValueError, TypeError, OverflowError):  # e.g. an ECDSA half that is no number
            return False
