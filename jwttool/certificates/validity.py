"""Whether a certificate is valid at a given time, as far as its dates tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jwttool.certificates.access import not_after, not_before
from jwttool.errors import CertificateExpiredError, CertificateNotYetValidError
from jwttool.times import duration, rfc3339

if TYPE_CHECKING:
    from datetime import datetime

    from cryptography import x509


def refuse_outside_validity(certificate: x509.Certificate, at: datetime) -> None:
    """Refuse a certificate at a time outside its validity.

    Both dates belong to the validity (RFC 5280 section 4.1.2.5); they are to
    the second, so that the whole last second counts.

    :raises CertificateNotYetValidError: ``at`` is before its first moment.
    :raises CertificateExpiredError: ``at`` is after its last moment.
    """
    first, last = not_before(certificate), not_after(certificate)
    whole_second = at.replace(microsecond=0)
    if whole_second < first:
        raise CertificateNotYetValidError(
            f"the certificate is not valid before {rfc3339(first)}, "
            f"which is {duration((first - whole_second).total_seconds())} after {rfc3339(at)}",
            hint="wait until then, or check this machine's clock",
        )
    if whole_second > last:
        raise CertificateExpiredError(
            f"the certificate expired at {rfc3339(last)}, "
            f"which is {duration((whole_second - last).total_seconds())} before {rfc3339(at)}",
            hint="have a new certificate issued; check this machine's clock if that date is yet to come",
        )


def days_left(certificate: x509.Certificate, at: datetime) -> int:
    """Whole days until the certificate expires; negative once it has.

    Rounded down, so that 0 means "expires within a day" and -1 "expired".
    """
    return (not_after(certificate) - at).days
