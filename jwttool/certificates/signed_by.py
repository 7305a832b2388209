"""Whether a key made the signature of a certificate or a CRL, and whether its algorithm is any good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import SignatureAlgorithmOID

from jwttool.certificates.access import any_public_key, guarded
from jwttool.errors import InputError, MalformedError
from jwttool.keys.boundary import library

if TYPE_CHECKING:
    from collections.abc import Callable

Signed = x509.Certificate | x509.CertificateRevocationList
"""What a CA signs."""


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
    section 7.1 has one name in several encodings. Nor is the algorithm judged:
    that is :func:`algorithm_fault`.
    """
    return _why_not(lambda key: _verifies(key, certificate, certificate.tbs_certificate_bytes), issuer)


def why_list_not_signed(revocations: x509.CertificateRevocationList, issuer: x509.Certificate) -> str | None:
    """The same for a CRL (RFC 5280 section 6.3.3 (g))."""
    return _why_not(lambda key: _list_verifies(key, revocations), issuer)


ANOTHER_KEY: Final = "not signed with that key"


def _why_not(verifies: Callable[[Any], bool], issuer: x509.Certificate) -> str | None:
    try:
        key = any_public_key(issuer)
        with library(MalformedError("the signature cannot be read")):
            return None if verifies(key) else ANOTHER_KEY
    except InputError as error:
        return error.message


# --- the algorithm ------------------------------------------------------------

# Broken, or refused by today's verifiers (RFC 6151 section 2, NIST SP 800-131A section 9).
_WEAK_HASHES: Final = {"md5": "MD5", "sha1": "SHA-1"}


def algorithm_fault(signed: Signed) -> str | None:
    """Why no signature of that algorithm counts, whoever made it: a broken hash, or one not known here."""
    what = "the algorithm of the signature"
    try:
        used = guarded(lambda: signed.signature_hash_algorithm, what)
    except InputError:
        try:
            oid = guarded(lambda: signed.signature_algorithm_oid.dotted_string, what)
        except InputError as error:
            return error.message
        return f"signed with an algorithm that is not known here ({oid})"
    if used is not None and used.name in _WEAK_HASHES:
        return f"signed with {_WEAK_HASHES[used.name]}, which is broken"
    return None


# --- the signature ------------------------------------------------------------

# Keys of cryptography still verify these; its certificates and CRLs no longer say
# how. A signature must not be called somebody else's when it is merely a weak one.
_OF_OLD: Final = {
    SignatureAlgorithmOID.RSA_WITH_MD5: padding.PKCS1v15(),
    SignatureAlgorithmOID.RSA_WITH_SHA1: padding.PKCS1v15(),
    SignatureAlgorithmOID.ECDSA_WITH_SHA1: ec.ECDSA(SHA1()),  # noqa: S303  # judged elsewhere
}
_DSA: Final = frozenset(
    {
        SignatureAlgorithmOID.DSA_WITH_SHA1,
        SignatureAlgorithmOID.DSA_WITH_SHA224,
        SignatureAlgorithmOID.DSA_WITH_SHA256,
        SignatureAlgorithmOID.DSA_WITH_SHA384,
        SignatureAlgorithmOID.DSA_WITH_SHA512,
    }
)


def _parameters(signed: Signed) -> object:
    """How it is signed: a padding, ECDSA, or nothing that can be chosen."""
    oid = signed.signature_algorithm_oid
    if oid in _DSA:
        return dsa.DSAPublicKey
    of_old = _OF_OLD.get(oid)
    return signed.signature_algorithm_parameters if of_old is None else of_old


def _verifies(key: Any, signed: Signed, content: bytes) -> bool:
    signature, parameters, digest = signed.signature, _parameters(signed), signed.signature_hash_algorithm
    try:
        match key, parameters:
            case rsa.RSAPublicKey(), padding.PKCS1v15() | padding.PSS() if digest is not None:
                key.verify(signature, content, parameters, digest)
            case ec.EllipticCurvePublicKey(), ec.ECDSA():
                key.verify(signature, content, parameters)
            case ed25519.Ed25519PublicKey() | ed448.Ed448PublicKey(), None:
                key.verify(signature, content)
            case dsa.DSAPublicKey(), dsa.DSAPublicKey if digest is not None:
                key.verify(signature, content, digest)
            case _:  # an algorithm of another kind of key
                return False
    except InvalidSignature:
        return False
    return True


def _list_verifies(key: Any, revocations: x509.CertificateRevocationList) -> bool:
    if revocations.signature_algorithm_oid in _OF_OLD:
        return _verifies(key, revocations, revocations.tbs_certlist_bytes)
    try:
        # It also compares the two places in which the algorithm stands.
        return revocations.is_signature_valid(key)
    except TypeError:  # a kind of key that signs nothing
        return False
