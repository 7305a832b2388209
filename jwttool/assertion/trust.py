"""From what a caller trusts to the key that an assertion is verified with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jwttool.certificates import FORMS, fingerprint, not_after, not_before, public_key
from jwttool.checks.assertion import ExpectedKey, TrustedKey
from jwttool.jose.signatures import VerificationKey
from jwttool.keys import weaknesses
from jwttool.report import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography import x509

    from jwttool.jose.jwks import JwkEntry
    from jwttool.keys import PublicKey


def trust_certificate(
    certificate: x509.Certificate,
    *,
    chain: Sequence[x509.Certificate] = (),
    kid: str | None = None,
    kid_form: str,
    system_form: str,
) -> ExpectedKey:
    """Trust the key in a certificate; its kid is a fingerprint, or a literal that was handed out.

    ``chain`` only helps to say whose fingerprint a wrong kid is; ``system_form``
    is the form that the system itself would have.
    """
    return ExpectedKey(
        (_trusted(public_key(certificate)),),
        kid=kid or fingerprint(certificate, kid_form),
        kid_form=None if kid else FORMS[kid_form].description,
        system_kid=fingerprint(certificate, system_form),
        certificates=(certificate, *chain),
        valid_from=int(not_before(certificate).timestamp()),
        valid_until=int(not_after(certificate).timestamp()),
    )


def trust_public_key(key: PublicKey, *, kid: str | None = None) -> ExpectedKey:
    """Trust a bare public key; without a literal kid, there is nothing to compare one with."""
    return ExpectedKey(
        (_trusted(key),),
        kid=kid,
        no_kid_reason="a public key alone has no certificate whose fingerprint the kid could be",
    )


def trust_jwks(entries: Sequence[JwkEntry]) -> ExpectedKey:
    """Trust the keys of a JWK Set; the kid chooses among them."""
    keys = tuple(_trusted(entry.public_key, entry.kid, entry.algorithm) for entry in entries)
    return ExpectedKey(keys, named_by_kid=True)


def _trusted(key: PublicKey, kid: str | None = None, algorithm: str | None = None) -> TrustedKey:
    # The worst first: a rule names one.
    found = sorted(weaknesses(key), key=lambda weakness: weakness.severity is not Severity.ERROR)
    return TrustedKey(VerificationKey(key), tuple(found), kid, algorithm)
