"""JOSE: read a token without trusting it, sign, and check a signature."""

from __future__ import annotations

from jwttool.jose.compact import UnverifiedToken, looks_like_token, read_compact

__all__ = ["UnverifiedToken", "looks_like_token", "read_compact"]
