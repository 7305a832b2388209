"""The names of the signature algorithms; apart, so that knowing them costs no import of a library."""

from __future__ import annotations

from typing import Final

ALGORITHMS: Final = ("RS256", "PS256", "ES256")
"""Every algorithm that jwttool signs with, or accepts of an assertion (RFC 7518 section 3.1)."""

TOKEN_ALGORITHMS: Final = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "Ed25519",
    "EdDSA",
)
"""Every algorithm that the signature of any token may have (RFC 7518 section 3.1, RFC 8037, RFC 9864).

Asymmetric ones alone: who can verify must not be able to sign.
"""
