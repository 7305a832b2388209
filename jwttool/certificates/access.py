"""The fields of a certificate, read so that a hostile one raises only our errors.

cryptography parses most of a certificate when it is touched and not when it is
loaded, and then raises whatever fits: ValueError, InvalidVersion,
DuplicateExtension, UnsupportedAlgorithm, a panic of its Rust code. Everything
that jwttool reads of a certificate or request goes through here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from cryptography import x509

from jwttool.errors import MalformedError
from jwttool.keys.boundary import library

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

    from jwttool.keys import PublicKey, TokenPublicKey

T = TypeVar("T")
E = TypeVar("E", bound=x509.ExtensionType)

Signed = x509.Certificate | x509.CertificateSigningRequest
"""What holds a subject, a public key and a signature."""


def guarded(read: Callable[[], T], what: str) -> T:
    """The value of ``read()``; whatever it raises becomes our error about ``what``.

    :raises UnsupportedError: an algorithm that cryptography does not know.
    :raises MalformedError: anything else.
    """
    with library(MalformedError(f"{what} cannot be read: it is damaged")):
        return read()


def any_public_key(signed: Signed) -> CertificatePublicKeyTypes:
    """The public key, of whatever type.

    :raises UnsupportedError: a type or curve that cryptography does not know.
    :raises MalformedError: damaged.
    """
    return guarded(signed.public_key, f"the public key of the {_kind(signed)}")


def public_key(signed: Signed) -> PublicKey:
    """The public key, of a kind that jwttool offers: RSA or EC P-256.

    :raises UnsupportedError: a key of another type; nothing here signs with those.
    :raises MalformedError: damaged.
    """
    from jwttool.keys.kinds import supported_public

    return supported_public(any_public_key(signed))


def token_public_key(signed: Signed) -> TokenPublicKey:
    """The same for tokens that others made: P-384, P-521 and Ed25519 as well."""
    from jwttool.keys.kinds import token_public

    return token_public(any_public_key(signed))


def subject(signed: Signed) -> str:
    """The subject as an RFC 4514 string; from outside, so escape it before showing it."""
    return rfc4514(subject_name(signed))


def issuer(certificate: x509.Certificate) -> str:
    """The issuer as an RFC 4514 string; from outside, so escape it before showing it."""
    return rfc4514(issuer_name(certificate))


def subject_name(signed: Signed) -> x509.Name:
    """The subject as it is encoded."""
    return guarded(lambda: signed.subject, f"the subject of the {_kind(signed)}")


def issuer_name(certificate: x509.Certificate) -> x509.Name:
    """The issuer as it is encoded."""
    return guarded(lambda: certificate.issuer, "the issuer of the certificate")


def rfc4514(name: x509.Name) -> str:
    """A name as RFC 4514 writes it: the most specific attribute first."""
    return guarded(lambda: name.rfc4514_string(_ATTRIBUTE_NAMES), "a name")


def not_before(certificate: x509.Certificate) -> datetime:
    """The first moment of the certificate's validity, in UTC."""
    return guarded(lambda: certificate.not_valid_before_utc, "the validity of the certificate")


def not_after(certificate: x509.Certificate) -> datetime:
    """The last moment of the certificate's validity, in UTC (RFC 5280 section 4.1.2.5)."""
    return guarded(lambda: certificate.not_valid_after_utc, "the validity of the certificate")


def serial_number(certificate: x509.Certificate) -> str:
    """The serial number in lower-case hex, without leading zeros."""
    return format(guarded(lambda: certificate.serial_number, "the serial number"), "x")


def extensions(signed: Signed) -> x509.Extensions:
    """All extensions; those of a request are the ones that it asks for."""
    return guarded(lambda: signed.extensions, f"an extension of the {_kind(signed)}")


def extension(signed: Signed, kind: type[E]) -> E | None:
    """One extension's value, or None when there is none of that kind.

    :raises MalformedError: any extension is damaged, or the same one is there twice.
    """
    try:
        return extensions(signed).get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def is_authority(certificate: x509.Certificate) -> bool:
    """Whether the certificate may issue others (RFC 5280 section 4.2.1.9)."""
    constraints = extension(certificate, x509.BasicConstraints)
    return constraints is not None and constraints.ca


def der(certificate: x509.Certificate) -> bytes:
    """The certificate's own bytes, which fingerprints are made of."""
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.DER)


def _kind(signed: Signed) -> str:
    return "certificate" if isinstance(signed, x509.Certificate) else "request"


# RFC 4514 section 3 has short names for nine attributes; these two would
# otherwise show as bare numbers, and open banking is about the first of them
# (ETSI EN 319 412-1 section 5.1.4).
_ATTRIBUTE_NAMES: Final = {
    x509.NameOID.ORGANIZATION_IDENTIFIER: "organizationIdentifier",
    x509.NameOID.SERIAL_NUMBER: "serialNumber",
}
