"""Verify signed tokens of any kind, and access tokens by RFC 9068."""

from __future__ import annotations

from jwttool.verification.metadata import IssuerMetadata, load_issuer_metadata
from jwttool.verification.verify import PROFILES, TokenReport, TokenVerifier, VerifiedToken, verify_token

__all__ = [
    "PROFILES",
    "IssuerMetadata",
    "TokenReport",
    "TokenVerifier",
    "VerifiedToken",
    "load_issuer_metadata",
    "verify_token",
]
