"""The public key of a certificate as the bytes that stand there.

Encoding the parsed key again could differ (a key under the RSASSA-PSS
identifier, a compressed point), and would then hash to another pin than
everybody else's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.hazmat import asn1

from jwttool.errors import MalformedError
from jwttool.keys import structures

if TYPE_CHECKING:
    from cryptography import x509


def spki_bytes(certificate: x509.Certificate) -> bytes:
    """The SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7)."""
    return asn1.encode_der(_spki(certificate))


def key_bits(certificate: x509.Certificate) -> bytes:
    """The bits of the key, without its algorithm.

    RFC 5280 section 4.2.1.2: the value of the BIT STRING subjectPublicKey,
    excluding the tag, length, and number of unused bits.
    """
    return structures.parse(structures.SubjectPublicKeyInfo, _spki(certificate), _damaged()).key.as_bytes()


def _spki(certificate: x509.Certificate) -> asn1.TLV:
    body = structures.whole(certificate.tbs_certificate_bytes)
    return structures.parse(structures.TbsCertificate, body, _damaged()).key


def _damaged() -> MalformedError:
    return MalformedError("the public key of the certificate cannot be read: it is damaged")
