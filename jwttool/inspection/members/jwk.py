"""The members of keys (``jwk``, ``epk``) and of ``cnf``: name, meaning, source."""

from __future__ import annotations

from typing import Final

_FEDERATION: Final = "OpenID Federation 1.0 section 8.7.2"

JWK: Final[dict[str, tuple[str, str]]] = {
    "kty": ("the key's type", "RFC 7517 section 4.1"),
    "use": ("whether it is for signatures or for encryption", "RFC 7517 section 4.2"),
    "key_ops": ("what may be done with it", "RFC 7517 section 4.3"),
    "alg": ("the only algorithm that it is for", "RFC 7517 section 4.4"),
    "kid": ("its name", "RFC 7517 section 4.5"),
    "x5u": ("URL of its certificate; never to be fetched on its word", "RFC 7517 section 4.6"),
    "x5c": ("its certificate chain", "RFC 7517 section 4.7"),
    "x5t": ("SHA-1 of its certificate, base64url", "RFC 7517 section 4.8"),
    "x5t#S256": ("SHA-256 of its certificate, base64url", "RFC 7517 section 4.9"),
    "crv": ("its curve", "RFC 7518 section 6.2.1.1; RFC 8037 section 2"),
    "x": ("the public key: the point, or its x coordinate", "RFC 7518 section 6.2.1.2; RFC 8037 section 2"),
    "y": ("the y coordinate of the public key", "RFC 7518 section 6.2.1.3"),
    "n": ("the modulus (RSA)", "RFC 7518 section 6.3.1.1"),
    "e": ("the public exponent (RSA)", "RFC 7518 section 6.3.1.2"),
    "d": ("the private key: does not belong into a token", "RFC 7518 sections 6.2.2.1 and 6.3.2.1"),
    "p": ("private: the first prime (RSA)", "RFC 7518 section 6.3.2.2"),
    "q": ("private: the second prime (RSA)", "RFC 7518 section 6.3.2.3"),
    "dp": ("private: d modulo p - 1 (RSA)", "RFC 7518 section 6.3.2.4"),
    "dq": ("private: d modulo q - 1 (RSA)", "RFC 7518 section 6.3.2.5"),
    "qi": ("private: the inverse of q modulo p (RSA)", "RFC 7518 section 6.3.2.6"),
    "oth": ("private: further primes (RSA)", "RFC 7518 section 6.3.2.7"),
    "k": ("the secret key itself: does not belong into a token", "RFC 7518 section 6.4.1"),
    "pub": ("the public key of the algorithm in alg", "RFC 9964"),
    "priv": ("the private key: does not belong into a token", "RFC 9964"),
    "ext": ("whether a browser may export it", "Web Cryptography API"),
    "iat": ("when the key was made", _FEDERATION),
    "nbf": ("not to be used before this time", _FEDERATION),
    "exp": ("not to be used from this time on", _FEDERATION),
    "revoked": ("when and why the key was revoked", _FEDERATION),
}

CONFIRMATION: Final[dict[str, tuple[str, str]]] = {
    "jwk": ("bound to this public key", "RFC 7800 section 3.2"),
    "jwe": ("bound to a secret key, encrypted in here", "RFC 7800 section 3.3"),
    "kid": ("bound to the key of this name", "RFC 7800 section 3.4"),
    "jku": ("bound to a key of the set at this URL", "RFC 7800 section 3.5"),
    "x5t#S256": ("bound to the TLS certificate with this SHA-256, base64url", "RFC 8705 section 3.1"),
    "osc": ("bound to the parameters of an OSCORE session", "RFC 9203 section 3.2.1"),
    "jkt": ("bound to the DPoP key with this thumbprint", "RFC 9449 section 6.1"),
}
