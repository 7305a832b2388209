"""Verifying one access token with a JWK Set: jwttool against a peer that checks less."""

from __future__ import annotations

import time
from typing import Any

import jwt as pyjwt

import jwttool
from jwttool.jose.jwks import JwkEntry
from jwttool.verification import TokenVerifier
from tests.bench import material
from tests.bench.measure import Section, faster, interleaved

ISSUER = "https://bank.example/auth/realms/example"
AUDIENCE = "https://api.bank.example"
KID = "0tJ6N5cR1m9aB3xGkQ7dPzYwVuTsLhFiEoMnKjHgXcA"


def claims() -> dict[str, Any]:
    """What a server of Keycloak's kind puts into an access token, and what RFC 9068 asks for."""
    now = int(time.time())
    return {
        "iss": ISSUER,
        "sub": "5f1c9a0e-8d7b-4c2a-9e3f-2b6d1a7c4e90",
        "aud": AUDIENCE,
        "client_id": material.CLIENT_ID,
        "iat": now - 5,
        "exp": now + 3600,
        "jti": "trrtcc:0b9c5c0e-3c5e-4f9b-8a3e-6f1d2c7b9a10",
        "scope": "VOP WERO",
        "azp": material.CLIENT_ID,
        "typ": "Bearer",
    }


def measure() -> list[Section]:
    """One verification of a good access token, the key being held."""
    key = material.private_key(2048)
    public = key.public_key()
    token = pyjwt.encode(claims(), key, "RS256", headers={"kid": KID, "typ": "at+jwt"})
    expected: Any = {"jwks": [JwkEntry(KID, "RS256", public)], "issuer": ISSUER, "audience": AUDIENCE}
    verifier = TokenVerifier(**expected)
    profile = TokenVerifier(**expected, profile="access-token")
    # What is measured is a success: a refusal could be quicker.
    assert verifier.verify(token).passed
    assert profile.verify(token).passed

    def peer() -> object:
        return pyjwt.decode(token, public, algorithms=["RS256"], audience=AUDIENCE, issuer=ISSUER)

    assert peer() == jwttool.read_compact(token).claims
    seconds = interleaved(
        {
            "jwttool": lambda: verifier.verify(token),
            "jwttool, by RFC 9068": lambda: profile.verify(token),
            "PyJWT decode": peer,
        },
        rounds=25,
        calls=300,
    )
    return [
        Section(
            title="Verify an access token",
            note="One access token, RS256 with a 2048-bit key of a JWK Set that is held. jwttool makes all "
            "its checks and a report; PyJWT checks signature, audience, issuer and times.",
            seconds=seconds,
            targets=(faster(seconds, "jwttool", "PyJWT decode", 1.5),),
        )
    ]
