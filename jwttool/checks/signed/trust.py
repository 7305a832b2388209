"""From what a caller trusts to the keys that signatures are verified with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jwttool.checks.signed.view import ExpectedKey, TrustedKey
from jwttool.jose.algorithms import ALGORITHMS
from jwttool.jose.signatures import VerificationKey
from jwttool.keys import TOKEN_CURVES, weaknesses
from jwttool.report import Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from jwttool.jose.jwks import JwkEntry
    from jwttool.keys import TokenPublicKey


def trust_public_key(
    key: TokenPublicKey, *, kid: str | None = None, algorithms: Collection[str] = ALGORITHMS
) -> ExpectedKey:
    """Trust a bare public key; without a literal kid, there is nothing to compare one with."""
    return ExpectedKey(
        (trusted(key, algorithms),),
        kid=kid,
        no_kid_reason="a public key alone has no certificate whose fingerprint the kid could be",
    )


def trust_jwks(entries: Sequence[JwkEntry], *, algorithms: Collection[str] = ALGORITHMS) -> ExpectedKey:
    """Trust the keys of a JWK Set; the kid chooses among them."""
    keys = tuple(trusted(entry.public_key, algorithms, entry.kid, entry.algorithm) for entry in entries)
    return ExpectedKey(keys, named_by_kid=True)


def trusted(
    key: TokenPublicKey,
    algorithms: Collection[str] = ALGORITHMS,
    kid: str | None = None,
    algorithm: str | None = None,
) -> TrustedKey:
    """One key with its weaknesses, allowed those of the algorithms that fit it."""
    # The worst first: a rule names one. A curve without an algorithm is told by the rule for the key's type.
    found = sorted(weaknesses(key, curves=TOKEN_CURVES), key=lambda each: each.severity is not Severity.ERROR)
    return TrustedKey(VerificationKey(key, algorithms), tuple(found), kid, algorithm)
