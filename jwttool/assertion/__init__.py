"""Client assertions (RFC 7523): mint them, and verify them as a server would."""

from __future__ import annotations

from jwttool.assertion.mint import MintedAssertion, Signer, mint, mint_many
from jwttool.assertion.verify import ANY, AssertionReport, VerifiedAssertion, Verifier, verify

__all__ = [
    "ANY",
    "AssertionReport",
    "MintedAssertion",
    "Signer",
    "VerifiedAssertion",
    "Verifier",
    "mint",
    "mint_many",
    "verify",
]
