"""A throwaway CA: keys and certificates for tests, made with cryptography.

Keys are made once a process, because making them is slow; everything else is
made for the test that asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes

NOT_BEFORE = datetime(2026, 1, 1, tzinfo=UTC)
NOT_AFTER = datetime(2027, 12, 31, 23, 59, 59, tzinfo=UTC)
WITHIN = datetime(2026, 6, 16, 13, 10, 13, tzinfo=UTC)


@cache
def rsa_key(number: int = 0, bits: int = 2048) -> rsa.RSAPrivateKey:  # noqa: ARG001  # the cache tells them apart by it
    """One of several RSA keys, the same one for the same number."""
    return rsa.generate_private_key(65537, bits)


@cache
def ec_key(number: int = 0) -> ec.EllipticCurvePrivateKey:  # noqa: ARG001  # as above
    """One of several P-256 keys."""
    return ec.generate_private_key(ec.SECP256R1())


@cache
def ed25519_key() -> ed25519.Ed25519PrivateKey:
    """A key of a kind that jwttool does not sign with."""
    return ed25519.Ed25519PrivateKey.generate()


def name(common_name: str) -> x509.Name:
    """A name with an organisation around it."""
    return x509.Name(
        [
            x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "FI"),
            x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Example Oy"),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name),
        ]
    )


def certificate(
    key: Any,
    subject: x509.Name | str = "client.example",
    *,
    issuer: x509.Name | None = None,
    issuer_key: CertificateIssuerPrivateKeyTypes | None = None,
    not_before: datetime = NOT_BEFORE,
    not_after: datetime = NOT_AFTER,
    authority: bool = False,
    extensions: Iterable[x509.ExtensionType] = (),
) -> x509.Certificate:
    """A certificate for the public half of a key; self-signed without an issuer."""
    subject = name(subject) if isinstance(subject, str) else subject
    signer = issuer_key or key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer or subject)
        .public_key(key.public_key())
        .serial_number(0x0123456789ABCDEF)
        .not_valid_before(not_before)
        .not_valid_after(not_after)
    )
    if authority:
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    algorithm = None if isinstance(signer, ed25519.Ed25519PrivateKey) else SHA256()
    return builder.sign(signer, algorithm)


@dataclass(frozen=True)
class Authority:
    """A CA with its key and certificate."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    def issue(self, key: Any, subject: x509.Name | str = "client.example", **more: Any) -> x509.Certificate:
        """A certificate from this CA."""
        return certificate(key, subject, issuer=self.certificate.subject, issuer_key=self.key, **more)

    def sub_authority(self, common_name: str = "Example Issuing CA") -> Authority:
        """A CA below this one."""
        key = rsa_key(101)
        return Authority(key, self.issue(key, common_name, authority=True))


def authority(common_name: str = "Example Root CA") -> Authority:
    """A root CA."""
    key = rsa_key(100)
    return Authority(key, certificate(key, common_name, authority=True))


def pem(*certificates: x509.Certificate) -> bytes:
    """Certificates as a PEM chain."""
    return b"".join(each.public_bytes(Encoding.PEM) for each in certificates)


def der(signed: x509.Certificate | x509.CertificateSigningRequest) -> bytes:
    """One certificate or request as DER."""
    return signed.public_bytes(Encoding.DER)


def key_pem(key: Any, passphrase: bytes | None = None) -> bytes:
    """A private key as PKCS#8 PEM."""
    encryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    pem: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
    return pem


def public_pem(key: Any) -> bytes:
    """The public half of a key as PEM."""
    pem: bytes = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return pem


def request(key: Any, subject: str = "client.example") -> x509.CertificateSigningRequest:
    """A signing request that jwttool did not make."""
    return x509.CertificateSigningRequestBuilder(name(subject)).sign(key, SHA256())


def revocation_list(issuer: Authority) -> bytes:
    """An empty CRL as PEM."""
    builder = x509.CertificateRevocationListBuilder(issuer.certificate.subject, NOT_BEFORE, NOT_AFTER)
    return builder.sign(issuer.key, SHA256()).public_bytes(Encoding.PEM)
