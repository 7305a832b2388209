"""Signatures: joserfc's algorithms, on keys and messages that we chose.

The allow-list is fixed here, of exact names (RFC 8725 section 3.1): asymmetric
and with a key type of its own, so that no token can pick "none", swap RS256
for HS256, or choose between two readings of one key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from joserfc.jwk import ECKey, RSAKey
from joserfc.jws import JWSRegistry

from jwttool.errors import SignatureFaultError, UsageError, raise_alone
from jwttool.keys import is_rsa, public_jwk

if TYPE_CHECKING:
    from joserfc.jwa import JWSAlgModel

    from jwttool.keys import PrivateKey, PublicKey

_RSA_ALGORITHMS: Final = frozenset({"RS256", "PS256"})


def algorithms_for(key: PrivateKey | PublicKey) -> tuple[str, ...]:
    """The algorithms that a key can be used with, the usual one first."""
    return ("RS256", "PS256") if is_rsa(key) else ("ES256",)


def _model(algorithm: str) -> JWSAlgModel:
    # Our allow-list is never empty: joserfc takes an empty one for "the usual ones".
    return JWSRegistry(algorithms=[algorithm]).get_alg(algorithm)


def _joserfc_key(key: PrivateKey | PublicKey, public: PublicKey, algorithm: str) -> Any:
    # The public JWK stands in as the original value, so that nothing ever asks
    # the key to export its private part: a key in a token (HSM) cannot.
    kind: Any = RSAKey if algorithm in _RSA_ALGORITHMS else ECKey
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
        self._key: Final = _joserfc_key(private_key, private_key.public_key(), algorithm)

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

    def __init__(self, public_key: PublicKey) -> None:
        self.public_key: Final = public_key
        self._by_algorithm: Final = {
            name: (_model(name), _joserfc_key(public_key, public_key, name))
            for name in algorithms_for(public_key)
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
