"""Verifying one assertion with all checks: jwttool against peers that do less."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jwt as pyjwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from joserfc import jwt as joserfc_jwt
from joserfc.jwk import RSAKey

import jwttool
from tests.bench import material
from tests.bench.measure import Section, faster, interleaved


def measure() -> list[Section]:
    """One verification of a good assertion, the key being held."""
    key = material.private_key(2048)
    certificate = material.certificate(key)
    common: Any = {"certificate": certificate, "client_id": material.CLIENT_ID, "audience": material.AUDIENCE}
    token = jwttool.Signer(key, **common).mint().token
    verifier = jwttool.Verifier(**common)
    # What is measured is a success: a refusal could be quicker.
    assert verifier.verify(token).passed

    public = key.public_key()
    seconds = interleaved(
        {
            "joserfc decode, no claims": _joserfc(token, public, claims=False),
            "jwttool": lambda: verifier.verify(token),
            "joserfc decode and claims": _joserfc(token, public, claims=True),
            "PyJWT decode": lambda: pyjwt.decode(
                token, public, algorithms=["RS256"], audience=material.AUDIENCE
            ),
        },
        rounds=25,
        calls=300,
    )
    return [
        Section(
            title="Verify",
            note="One assertion, RS256 with a 2048-bit key that is held. jwttool makes all its checks and a "
            "report, PyJWT checks signature, audience and expiry, joserfc the signature and then the claims.",
            seconds=seconds,
            targets=(
                faster(seconds, "jwttool", "PyJWT decode", 1.5),
                faster(seconds, "jwttool", "joserfc decode and claims", 1.0),
            ),
        )
    ]


def _joserfc(token: str, public: RSAPublicKey, *, claims: bool) -> Callable[[], object]:
    held = RSAKey(public, public)
    registry = joserfc_jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": material.CLIENT_ID},
        sub={"essential": True, "value": material.CLIENT_ID},
        aud={"essential": True, "value": material.AUDIENCE},
        exp={"essential": True},
    )

    def verify() -> object:
        decoded = joserfc_jwt.decode(token, held, algorithms=["RS256"])
        if claims:
            registry.validate(decoded.claims)
        return decoded

    return verify
