"""Whether a key made the signature of a certificate or a CRL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from jwttool.certificates.access import any_public_key, guarded
from jwttool.errors import InputError, MalformedError
from jwttool.keys.boundary import library

if TYPE_CHECKING:
    from cryptography import x509


def public_key_bytes(certificate: x509.Certificate) -> bytes:
    """What tells a certificate's key from others: its DER, or the certificate's where it cannot be read."""
    try:
        key = any_public_key(certificate)
        return guarded(lambda: key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo), "the key")
    except InputError:
        return certificate.tbs_certificate_bytes


def why_not_signed(certificate: x509.Certificate, issuer: x509.Certificate) -> str | None:
    """Why the issuer's key did not sign the certificate; None when it did (RFC 5280 section 6.1.3 (a)(1)).

    The names are not looked at: cryptography compares them byte by byte, and
    section 7.1 has one name in several encodings.
    """
    try:
        key = any_public_key(issuer)
        with library(MalformedError("the signature cannot be read")):
            return None if _verifies(key, certificate) else _ANOTHER_KEY
    except InputError as error:
        return error.message


def why_list_not_signed(revocations: x509.CertificateRevocationList, issuer: x509.Certificate) -> str | None:
    """The same for a CRL (RFC 5280 section 6.3.3 (g))."""
    try:
        key = any_public_key(issuer)
        with library(MalformedError("the signature cannot be read")):
            return None if _list_verifies(key, revocations) else _ANOTHER_KEY
    except InputError as error:
        return error.message


_ANOTHER_KEY: Final = "not signed with that key"


def _verifies(key: Any, certificate: x509.Certificate) -> bool:
    signature, signed = certificate.signature, certificate.tbs_certificate_bytes
    parameters, digest = certificate.signature_algorithm_parameters, certificate.signature_hash_algorithm
    try:
        match key, parameters:
            case rsa.RSAPublicKey(), padding.PKCS1v15() | padding.PSS() if digest is not None:
                key.verify(signature, signed, parameters, digest)
            case ec.EllipticCurvePublicKey(), ec.ECDSA():
                key.verify(signature, signed, parameters)
            case ed25519.Ed25519PublicKey() | ed448.Ed448PublicKey(), None:
                key.verify(signature, signed)
            case _:  # an algorithm of another kind of key
                return False
    except InvalidSignature:
        return False
    return True


def _list_verifies(key: Any, revocations: x509.CertificateRevocationList) -> bool:
    try:
        return revocations.is_signature_valid(key)
    except TypeError:  # a kind of key that signs nothing
        return False
