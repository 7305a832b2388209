"""The names of the signature algorithms; apart, so that knowing them costs no import of a library."""

from __future__ import annotations

from typing import Final

ALGORITHMS: Final = ("RS256", "PS256", "ES256")
"""Every algorithm that jwttool signs with or accepts (RFC 7518 section 3.1)."""
