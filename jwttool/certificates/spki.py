"""The public key of a certificate as the bytes that stand there.

Encoding the parsed key again could differ (a key under the RSASSA-PSS
identifier, a compressed point), and would then hash to another pin than
everybody else's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jwttool.keys.der import Tag, elements

if TYPE_CHECKING:
    from cryptography import x509

    from jwttool.keys.der import Element


def spki_bytes(certificate: x509.Certificate) -> bytes:
    """The SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7)."""
    return sequence(_spki(certificate).content)


def key_bits(certificate: x509.Certificate) -> bytes:
    """The bits of the key, without its algorithm.

    RFC 5280 section 4.2.1.2: the value of the BIT STRING subjectPublicKey,
    excluding the tag, length, and number of unused bits.
    """
    _, bit_string = elements(_spki(certificate).content)
    return bytes(bit_string.content[1:])


def _spki(certificate: x509.Certificate) -> Element:
    # RFC 5280 section 4.1: [0] version (absent for version 1), serial number,
    # signature, issuer, validity, subject, and then the key.
    [to_be_signed] = elements(certificate.tbs_certificate_bytes)
    fields = elements(to_be_signed.content)
    return fields[6 if fields[0].tag == Tag.CONTEXT_0 else 5]


def sequence(content: memoryview) -> bytes:
    """A SEQUENCE with its header, which X.690 section 10.1 leaves no choice about: the shortest length.

    cryptography holds certificates to that, so these are the bytes that stood there.
    """
    size = len(content)
    if size < 0x80:
        return bytes([Tag.SEQUENCE, size]) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([Tag.SEQUENCE, 0x80 | len(octets)]) + octets + content
