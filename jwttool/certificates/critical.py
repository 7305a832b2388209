"""Which extensions a verifier knows: any other that is critical has to be refused (RFC 5280 section 4.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cryptography import x509

if TYPE_CHECKING:
    from collections.abc import Iterable

# What OpenSSL processes (X509_supported_extension), which most TLS servers ask.
PROCESSED: Final = frozenset(
    kind.oid
    for kind in (
        x509.BasicConstraints,
        x509.KeyUsage,
        x509.ExtendedKeyUsage,
        x509.SubjectAlternativeName,
        x509.NameConstraints,
        x509.CertificatePolicies,
        x509.PolicyConstraints,
        x509.InhibitAnyPolicy,
        x509.CRLDistributionPoints,
        x509.OCSPNoCheck,
    )
) | {x509.ObjectIdentifier("2.5.29.33")}  # policy mappings, for which cryptography has no class


def unknown_critical(extensions: Iterable[x509.Extension[x509.ExtensionType]]) -> tuple[str, ...]:
    """The dotted numbers of the critical ones that verifiers do not know, in their order."""
    return tuple(each.oid.dotted_string for each in extensions if each.critical and each.oid not in PROCESSED)
