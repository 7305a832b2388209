"""From the certificate that a caller trusts to the key that an assertion is verified with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jwttool.certificates import FORMS, fingerprint, not_after, not_before, public_key
from jwttool.checks.signed.trust import trusted
from jwttool.checks.signed.view import ExpectedKey

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography import x509


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
        (trusted(public_key(certificate)),),
        kid=kid or fingerprint(certificate, kid_form),
        kid_form=None if kid else FORMS[kid_form].description,
        system_kid=fingerprint(certificate, system_form),
        certificates=(certificate, *chain),
        valid_from=int(not_before(certificate).timestamp()),
        valid_until=int(not_after(certificate).timestamp()),
    )
