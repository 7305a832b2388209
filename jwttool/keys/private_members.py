"""The members of a JWK that only its owner may see; apart, so that knowing them imports no library."""

from __future__ import annotations

from typing import Final

PRIVATE_MEMBERS: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"})
"""RFC 7518 sections 6.2.2, 6.3.2 and 6.4, RFC 8037 section 2, and ``priv`` of AKP keys."""
