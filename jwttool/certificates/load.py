"""Certificates out of files: PEM, DER, PKCS#7 and PKCS#12."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from cryptography import x509

from jwttool.certificates.access import is_authority, issuer_name, subject_name
from jwttool.encoding import Limit, check_size
from jwttool.errors import (
    AmbiguousError,
    MalformedError,
    TooLargeError,
    UnsupportedError,
    WrongKindError,
)
from jwttool.keys.boundary import library
from jwttool.pem import looks_like_pem, pem_blocks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jwttool.pem import PemBlock
    from jwttool.secret import Secret

_PEM_CERTIFICATE: Final = frozenset({"CERTIFICATE", "X509 CERTIFICATE"})
_PEM_PKCS7: Final = frozenset({"PKCS7", "CMS"})
_PEM_TRUSTED: Final = "TRUSTED CERTIFICATE"
MAX_CERTIFICATES: Final = 1000
"""Certificates of one file: enough for any chain, and quickly looked through when they are hostile."""

_KEEP_ONE: Final = "keep the one that is meant in a file of its own, and name that file"


class CertificateFile(NamedTuple):
    """The certificates of one file, in its order, each one once.

    ``format`` is "PEM", "DER", "PKCS#7" or "PKCS#12". ``leaf`` is set where the
    format itself says which certificate belongs to its key (PKCS#12).
    """

    # No dataclass: making one costs a millisecond of every `cert fingerprint`.
    certificates: tuple[x509.Certificate, ...]
    format: str
    leaf: x509.Certificate | None = None

    @property
    def end_entity(self) -> x509.Certificate:
        """The certificate that the file is about.

        :raises AmbiguousError: when that is not clear.
        """
        return self.leaf if self.leaf is not None else end_entity(self.certificates)

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """The other certificates, in the file's order."""
        chosen = self.end_entity
        return tuple(certificate for certificate in self.certificates if certificate != chosen)


def end_entity(certificates: Sequence[x509.Certificate]) -> x509.Certificate:
    """The one certificate that is meant: the only one, or the only one that issues nothing.

    What is a CA (RFC 5280 section 4.2.1.9), or has the name of another's
    issuer, is there to complete the chain.

    :raises AmbiguousError: there is none like that, or there are several.
    """
    if len(certificates) == 1:
        return certificates[0]
    issuers = {issuer_name(certificate) for certificate in certificates if not _is_self_issued(certificate)}
    candidates = [
        certificate
        for certificate in certificates
        if not is_authority(certificate) and subject_name(certificate) not in issuers
    ]
    if len(candidates) == 1:
        return candidates[0]
    count = f"{len(certificates)} certificates"
    if not candidates:
        raise AmbiguousError(f"the file holds {count}, and all of them are authorities'", hint=_KEEP_ONE)
    subjects = len({subject_name(certificate) for certificate in candidates})
    whose = "all of one subject" if subjects == 1 else f"of {subjects} subjects"
    raise AmbiguousError(
        f"the file holds {count}; {len(candidates)} of them could be meant, {whose}", hint=_KEEP_ONE
    )


def _is_self_issued(certificate: x509.Certificate) -> bool:
    return subject_name(certificate) == issuer_name(certificate)


def load_certificates(data: bytes, passphrase: Secret | None = None) -> CertificateFile:
    """The certificates of a file, whichever of the four formats it has.

    :param passphrase: for PKCS#12, which is encrypted; the others need none.
    :raises TooLargeError: over the limit for its kind.
    :raises WrongKindError: something else than a certificate; says what.
    :raises NoPassphraseError: PKCS#12 without a passphrase.
    :raises WrongPassphraseError: PKCS#12 with the wrong one.
    :raises MalformedError: damaged, truncated or empty.
    """
    check_size(data, Limit.CERTIFICATE, "the certificate file")
    if _looks_like_der(data):
        return _from_der(data, passphrase)
    if looks_like_pem(data):
        return _from_pem(data)
    raise _unreadable(data)


def needs_passphrase(data: bytes) -> bool:
    """Whether :func:`load_certificates` needs a passphrase: a PKCS#12 file that is not open to all.

    False for what cannot be read anyway: nobody should be asked in vain.
    """
    if not _looks_like_der(data):
        return False
    try:
        _parse(data)
    except MalformedError:
        from jwttool.keys import is_encrypted

        return is_encrypted(data)
    return False


# --- PEM ----------------------------------------------------------------------


def _from_pem(data: bytes) -> CertificateFile:
    blocks = pem_blocks(data)
    certificates = [block.der for block in blocks if block.label in _PEM_CERTIFICATE]
    if certificates:
        if len(certificates) > MAX_CERTIFICATES:
            raise _too_many()
        # What else is in the file (a key, as nginx has it) is not looked at.
        numbered = enumerate(certificates, start=1)
        return CertificateFile(_distinct(_parse(der, number) for number, der in numbered), "PEM")
    labels = [block.label for block in blocks]
    if labels[0] in _PEM_PKCS7:
        if len(blocks) > 1:
            raise AmbiguousError("several PKCS#7 structures in one file", hint=_KEEP_ONE)
        return _from_pkcs7(blocks[0].der)
    if _PEM_TRUSTED in labels:
        raise UnsupportedError(
            "openssl's own format of a trusted certificate, which others do not read",
            hint="openssl x509 -in FILE -out NEW writes it as a plain one",
        )
    raise _wrong_kind(_name_block(blocks[0]))


def _name_block(block: PemBlock) -> str:
    """What a PEM block is, told by the DER inside; its label may be wrong."""
    from jwttool.keys.sources import Kind, recognise_der

    if block.legacy_encryption:
        return "an encrypted private key"
    try:
        kind = recognise_der(block.der)
    except MalformedError:
        kind = Kind.UNKNOWN
    # A label has only capitals, digits and spaces: it is safe to repeat.
    return f'a PEM block "{block.label}"' if kind is Kind.UNKNOWN else kind.value


def _parse(der: bytes, number: int | None = None) -> x509.Certificate:
    with library(_damaged(number)):
        return x509.load_der_x509_certificate(der)


def _damaged(number: int | None = None) -> MalformedError:
    which = "the certificate" if number is None else f"certificate {number} of the file"
    return MalformedError(f"{which} cannot be read: it is damaged", hint="fetch the file again")


def _too_many() -> TooLargeError:
    return TooLargeError(f"the file holds more than the limit of {MAX_CERTIFICATES:,} certificates")


def _distinct(certificates: Iterable[x509.Certificate]) -> tuple[x509.Certificate, ...]:
    return tuple(dict.fromkeys(certificates))


# --- DER, PKCS#7, PKCS#12 -----------------------------------------------------


def _looks_like_der(data: bytes) -> bool:
    """Whether it begins as a SEQUENCE of more than 127 bytes; in a text, "0" is followed by text."""
    return data[:1] == b"\x30" and data[1:2] >= b"\x80"


def _from_der(data: bytes, passphrase: Secret | None) -> CertificateFile:
    try:
        return CertificateFile((_parse(data),), "DER")
    except MalformedError:
        pass  # look what else it is
    from jwttool.keys.sources import Kind, recognise_der

    kind = recognise_der(data)
    if kind is Kind.PKCS7:
        return _from_pkcs7(data)
    if kind is Kind.PKCS12:
        return _from_pkcs12(data, passphrase)
    if kind in {Kind.CERTIFICATE, Kind.UNKNOWN}:
        raise _damaged()
    raise _wrong_kind(kind.value)


def _from_pkcs7(der: bytes) -> CertificateFile:
    from cryptography.hazmat.primitives.serialization import pkcs7

    damaged = MalformedError(
        "the PKCS#7 structure cannot be read: it is damaged, or holds no certificates",
        hint="fetch the file again",
    )
    with library(damaged):
        found = pkcs7.load_der_pkcs7_certificates(der)
    if not found:
        raise damaged
    if len(found) > MAX_CERTIFICATES:
        raise _too_many()
    return CertificateFile(_distinct(found), "PKCS#7")


def _from_pkcs12(data: bytes, passphrase: Secret | None) -> CertificateFile:
    from jwttool.keys import load_pkcs12

    contents = load_pkcs12(data, passphrase)
    leaf = contents.certificate
    certificates = (*((leaf,) if leaf is not None else ()), *contents.others)
    if not certificates:
        raise WrongKindError("the PKCS#12 bundle holds no certificate")
    return CertificateFile(_distinct(certificates), "PKCS#12", leaf)


# --- what it is instead -------------------------------------------------------


def _unreadable(data: bytes) -> Exception:
    """The error for what is neither whole DER nor PEM."""
    if not data or data.isspace():
        return MalformedError("the file is empty", hint="fetch the certificate again")
    head = data[:64].lstrip()
    if head.startswith(b"{"):
        return _wrong_kind("JSON (a key as a JWK?)")
    if head.startswith(b"MI"):
        return MalformedError(
            "base64 without a line -----BEGIN CERTIFICATE-----",
            hint="put -----BEGIN CERTIFICATE----- before it and -----END CERTIFICATE----- after it",
        )
    return MalformedError(
        "neither PEM nor DER: this is no certificate file",
        hint="a PEM file has a line -----BEGIN CERTIFICATE-----",
    )


def _wrong_kind(kind: str) -> WrongKindError:
    hint = "jwttool reads certificates from PEM, DER, PKCS#7 and PKCS#12"
    if "private key" in kind:
        hint = "the certificate is another file; never hand out a private key"
    elif "JWK" in kind:
        hint = "a JWK Set is given with --jwks"
    elif "request" in kind:
        hint = "the certificate is what the CA sends back for the request"
    return WrongKindError(f"{kind}, where a certificate belongs", hint=hint)
