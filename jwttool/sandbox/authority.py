"""A throwaway certificate authority, in the place of a bank's portal or a QTSP.

Its certificates are worth nothing outside the demonstration that made them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from jwttool.keys import generate_private_key
from jwttool.keys.kinds import KeyKind

if TYPE_CHECKING:
    from datetime import datetime

    from jwttool.keys import PrivateKey

VALIDITY: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Authority:
    """A CA: its certificate, and the key that signs."""

    certificate: x509.Certificate
    key: PrivateKey

    def issue(self, request: x509.CertificateSigningRequest, at: datetime) -> bytes:
        """A certificate for a CSR, PEM, valid for 90 days from ``at``.

        The request's subject is taken over, or "CN=demo" in the place of an empty one.
        """
        subject = request.subject if list(request.subject) else _name("demo")
        certificate = (
            _builder(subject, self.certificate.subject, at)
            .public_key(request.public_key())
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .sign(self.key, hashes.SHA256())
        )
        return certificate.public_bytes(Encoding.PEM)


def new_authority(at: datetime) -> Authority:
    """A CA made on the spot, with an EC key because that is quick."""
    key = generate_private_key(KeyKind.EC)
    name = _name("jwttool demo CA")
    certificate = (
        _builder(name, name, at)
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    return Authority(certificate, key)


def _builder(subject: x509.Name, issuer: x509.Name, at: datetime) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(minutes=1))
        .not_valid_after(at + VALIDITY)
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)])


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
