"""Certificate chains: every reason why one would be refused.

The steps, and where each is taken:

1. the ways up to what is trusted, best first       ``certificates.paths``
2. each certificate of a way, and each link         ``checks.chain.links``
3. the CRLs, where there are any                    ``checks.chain.revoked``
4. names, policies, and a second opinion: OpenSSL's ``checks.chain.whole``

The first way without a fault is the answer; else the one with the fewest.
"""

from __future__ import annotations

from jwttool.checks.chain.verify import CHAIN_RULES, ChainReport, verify_chain

__all__ = ["CHAIN_RULES", "ChainReport", "verify_chain"]
