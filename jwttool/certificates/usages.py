"""The names of key usages: ours, which are cryptography's, and those of RFC 5280."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cryptography import x509

KEY_USAGES: Final = {
    "digital_signature": "digitalSignature",
    "content_commitment": "nonRepudiation",
    "key_encipherment": "keyEncipherment",
    "data_encipherment": "dataEncipherment",
    "key_agreement": "keyAgreement",
    "key_cert_sign": "keyCertSign",
    "crl_sign": "cRLSign",
    "encipher_only": "encipherOnly",
    "decipher_only": "decipherOnly",
}
"""RFC 5280 section 4.2.1.3, in the order of the bits; X.509 now calls nonRepudiation contentCommitment."""

EXTENDED_KEY_USAGES: Final = {
    "server_auth": ("1.3.6.1.5.5.7.3.1", "serverAuth"),
    "client_auth": ("1.3.6.1.5.5.7.3.2", "clientAuth"),
    "code_signing": ("1.3.6.1.5.5.7.3.3", "codeSigning"),
    "email_protection": ("1.3.6.1.5.5.7.3.4", "emailProtection"),
    "time_stamping": ("1.3.6.1.5.5.7.3.8", "timeStamping"),
    "ocsp_signing": ("1.3.6.1.5.5.7.3.9", "OCSPSigning"),
    "any": ("2.5.29.37.0", "anyExtendedKeyUsage"),
}
"""RFC 5280 section 4.2.1.12."""

_EXTENDED_BY_OID: Final = dict(EXTENDED_KEY_USAGES.values())
# These two have a meaning only together with keyAgreement; cryptography raises without it.
_WITH_AGREEMENT: Final = frozenset({"encipher_only", "decipher_only"})


def key_usage_names(usage: x509.KeyUsage) -> tuple[str, ...]:
    """The usages that are set, as RFC 5280 names them."""
    return tuple(
        name
        for attribute, name in KEY_USAGES.items()
        if (attribute not in _WITH_AGREEMENT or usage.key_agreement) and getattr(usage, attribute)
    )


def extended_key_usage_names(usage: Iterable[x509.ObjectIdentifier]) -> tuple[str, ...]:
    """The extended usages as RFC 5280 names them, the others as dotted numbers."""
    return tuple(_EXTENDED_BY_OID.get(oid.dotted_string, oid.dotted_string) for oid in usage)
