"""The ASN.1 that jwttool writes itself, declared for cryptography's encoder.

Imported only where something is encrypted: declaring the classes takes time.
"""

from __future__ import annotations

from typing import Annotated, Final

from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier

PBES2: Final = ObjectIdentifier("1.2.840.113549.1.5.13")
PBKDF2: Final = ObjectIdentifier("1.2.840.113549.1.5.12")
HMAC_SHA256: Final = ObjectIdentifier("1.2.840.113549.2.9")
AES_256_CBC: Final = ObjectIdentifier("2.16.840.1.101.3.4.1.42")
SHA256: Final = ObjectIdentifier("2.16.840.1.101.3.4.2.1")
PKCS7_DATA: Final = ObjectIdentifier("1.2.840.113549.1.7.1")


@asn1.sequence
class Algorithm:
    """AlgorithmIdentifier with NULL for parameters (RFC 8018 appendix B.1.2)."""

    oid: ObjectIdentifier
    parameters: asn1.Null


@asn1.sequence
class Pbkdf2Parameters:
    """PBKDF2-params without the optional key length (RFC 8018 appendix A.2)."""

    salt: bytes
    rounds: int
    prf: Algorithm


@asn1.sequence
class KeyDerivation:
    """The key derivation of PBES2."""

    oid: ObjectIdentifier
    parameters: Pbkdf2Parameters


@asn1.sequence
class Cipher:
    """The cipher of PBES2, with its initialisation vector (RFC 8018 appendix B.2.5)."""

    oid: ObjectIdentifier
    iv: bytes


@asn1.sequence
class Pbes2Parameters:
    """PBES2-params (RFC 8018 appendix A.4)."""

    derivation: KeyDerivation
    cipher: Cipher


@asn1.sequence
class Pbes2:
    """The AlgorithmIdentifier of PBES2."""

    oid: ObjectIdentifier
    parameters: Pbes2Parameters


@asn1.sequence
class EncryptedPrivateKeyInfo:
    """An encrypted private key (RFC 5958 section 3)."""

    algorithm: Pbes2
    data: bytes


@asn1.sequence
class DigestInfo:
    """An algorithm and its digest (RFC 8017 section 9.2)."""

    algorithm: Algorithm
    digest: bytes


@asn1.sequence
class MacData:
    """The MAC of a PKCS#12 file (RFC 7292 section 4)."""

    mac: DigestInfo
    salt: bytes
    rounds: int


@asn1.sequence
class DataContent:
    """ContentInfo of the type "data" (RFC 5652 sections 3 and 4)."""

    oid: ObjectIdentifier
    content: Annotated[bytes, asn1.Explicit(0)]


@asn1.sequence
class Pfx:
    """A PKCS#12 file (RFC 7292 section 4)."""

    version: int
    content: DataContent
    mac: MacData
