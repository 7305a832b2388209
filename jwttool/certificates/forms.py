"""Every fingerprint that a ``kid`` may be: one table, and what is computed from it.

Only the standard library is needed for most of them; what needs the parsed
public key is imported when such a form is asked for.
"""

from __future__ import annotations

import binascii
import hashlib
from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple

from cryptography.hazmat.primitives.hashes import SHA1, SHA256

from jwttool.certificates.access import extension, public_key
from jwttool.certificates.form_names import DEFAULT_FORM
from jwttool.encoding import b64url_decode, b64url_encode
from jwttool.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from cryptography import x509


class Digest(Enum):
    """What is hashed, and how: two forms of one digest differ in spelling alone."""

    CERTIFICATE_SHA1 = "the SHA-1 fingerprint"
    CERTIFICATE_SHA256 = "the SHA-256 fingerprint"
    JWK_THUMBPRINT = "the RFC 7638 thumbprint of the public key"
    PUBLIC_KEY_SHA256 = "the SHA-256 of the public key"
    KEY_IDENTIFIER = "the subject key identifier"


class Spelling(Enum):
    """How the bytes of a digest are written."""

    HEX_UPPER = "upper-case hex"
    HEX_LOWER = "lower-case hex"
    HEX_COLON = "upper-case hex with colons"
    BASE64 = "base64"
    BASE64URL = "base64url"


class Form(NamedTuple):
    """One way to name a certificate or its key: a row of the table."""

    # No dataclass: making one costs a millisecond, and `cert fingerprint` starts in a few.

    name: str
    digest: Digest
    spelling: Spelling
    description: str
    source: str


_TABLE: Final = (
    Form(
        "sha1",
        Digest.CERTIFICATE_SHA1,
        Spelling.HEX_UPPER,
        "SHA-1 of the certificate, upper-case hex: Worldline's kid",
        "Worldline Access Token 2.1.1, client_assertion (its example is 40 upper-case hex digits)",
    ),
    Form(
        "sha1-lower",
        Digest.CERTIFICATE_SHA1,
        Spelling.HEX_LOWER,
        "the same in lower case",
        "what many libraries print",
    ),
    Form(
        "sha1-colon",
        Digest.CERTIFICATE_SHA1,
        Spelling.HEX_COLON,
        "the same with colons, as openssl prints it",
        "openssl x509 -fingerprint -sha1",
    ),
    Form(
        "sha256",
        Digest.CERTIFICATE_SHA256,
        Spelling.HEX_UPPER,
        "SHA-256 of the certificate, upper-case hex",
        "openssl x509 -fingerprint -sha256, without its colons",
    ),
    Form(
        "x5t",
        Digest.CERTIFICATE_SHA1,
        Spelling.BASE64URL,
        "SHA-1 of the certificate, base64url",
        "RFC 7515 section 4.1.7",
    ),
    Form(
        "x5t-s256",
        Digest.CERTIFICATE_SHA256,
        Spelling.BASE64URL,
        "SHA-256 of the certificate, base64url",
        "RFC 7515 section 4.1.8",
    ),
    Form(
        "jkt",
        Digest.JWK_THUMBPRINT,
        Spelling.BASE64URL,
        "thumbprint of the public key as a JWK, base64url",
        "RFC 7638",
    ),
    Form(
        "spki-sha256",
        Digest.PUBLIC_KEY_SHA256,
        Spelling.BASE64,
        "SHA-256 of the public key, base64: a pin",
        "RFC 7469 section 2.4",
    ),
    Form(
        "keycloak",
        Digest.PUBLIC_KEY_SHA256,
        Spelling.BASE64URL,
        "SHA-256 of the public key, base64url: Keycloak's default kid",
        "Keycloak's source, KeyUtils.createKeyId",
    ),
    Form(
        "ski",
        Digest.KEY_IDENTIFIER,
        Spelling.HEX_LOWER,
        "subject key identifier, lower-case hex",
        "RFC 5280 section 4.2.1.2: the extension, else method 1",
    ),
)

FORMS: Final[dict[str, Form]] = {form.name: form for form in _TABLE}
"""All forms by name, in the order in which they are shown."""


def fingerprint(certificate: x509.Certificate, form: str = DEFAULT_FORM) -> str:
    """The certificate's fingerprint in one form.

    :raises UsageError: there is no form of that name.
    :raises UnsupportedError: the form needs an RSA or EC key, and this is another.
    :raises MalformedError: the part that the form is made of is damaged.
    """
    row = FORMS.get(form)
    if row is None:
        raise UsageError(
            "there is no fingerprint form of that name", hint=f"the forms are {', '.join(FORMS)}"
        )
    return spell(digest_of(certificate, row.digest), row.spelling)


def fingerprints(certificate: x509.Certificate) -> dict[str, str]:
    """All fingerprints by form, in the table's order.

    A form that this certificate does not have (a JWK thumbprint of an Ed25519
    key, an identifier in a damaged extension) is left out.
    """
    available = digests(certificate)
    return {
        form.name: spell(available[form.digest], form.spelling) for form in _TABLE if form.digest in available
    }


def digests(certificate: x509.Certificate) -> dict[Digest, bytes]:
    """Every digest that this certificate has, as bytes."""
    found: dict[Digest, bytes] = {}
    for digest in Digest:
        try:
            found[digest] = digest_of(certificate, digest)
        except InputError:
            continue  # this certificate has none; asking for it by name says why
    return found


def digest_of(certificate: x509.Certificate, digest: Digest) -> bytes:
    """One digest, as bytes.

    :raises UnsupportedError: it needs an RSA or EC key, and this is another.
    :raises MalformedError: the part that it is made of is damaged.
    """
    return _COMPUTE[digest](certificate)


def _certificate_sha1(certificate: x509.Certificate) -> bytes:
    # A name for the certificate, not a protection: collisions do not matter here.
    return certificate.fingerprint(SHA1())  # noqa: S303


def _certificate_sha256(certificate: x509.Certificate) -> bytes:
    return certificate.fingerprint(SHA256())


def _jwk_thumbprint(certificate: x509.Certificate) -> bytes:
    from jwttool.keys import jwk_thumbprint

    return b64url_decode(jwk_thumbprint(public_key(certificate)))


def _public_key_sha256(certificate: x509.Certificate) -> bytes:
    from jwttool.certificates.spki import spki_bytes

    return hashlib.sha256(spki_bytes(certificate)).digest()


def _key_identifier(certificate: x509.Certificate) -> bytes:
    from cryptography.x509 import SubjectKeyIdentifier

    from jwttool.certificates.spki import key_bits

    written = extension(certificate, SubjectKeyIdentifier)
    if written is not None:
        return written.digest
    return hashlib.sha1(key_bits(certificate), usedforsecurity=False).digest()


_COMPUTE: Final[dict[Digest, Callable[[x509.Certificate], bytes]]] = {
    Digest.CERTIFICATE_SHA1: _certificate_sha1,
    Digest.CERTIFICATE_SHA256: _certificate_sha256,
    Digest.JWK_THUMBPRINT: _jwk_thumbprint,
    Digest.PUBLIC_KEY_SHA256: _public_key_sha256,
    Digest.KEY_IDENTIFIER: _key_identifier,
}


def spell(data: bytes, spelling: Spelling) -> str:
    """Bytes in one spelling."""
    match spelling:
        case Spelling.HEX_UPPER:
            return data.hex().upper()
        case Spelling.HEX_LOWER:
            return data.hex()
        case Spelling.HEX_COLON:
            return data.hex(":").upper()
        case Spelling.BASE64:
            return binascii.b2a_base64(data, newline=False).decode("ascii")
        case Spelling.BASE64URL:
            return b64url_encode(data)
