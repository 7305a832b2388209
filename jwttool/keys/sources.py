"""What a file holds, told without opening any of it.

PEM says it in its labels, DER in its structure, a JWK in its members. Every
refusal can therefore say what the file *is*.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Final, Literal

from jwttool.encoding import Limit, check_size, parse_json_object
from jwttool.errors import AmbiguousError, MalformedError, UnsupportedError, WrongKindError
from jwttool.keys.boundary import library
from jwttool.pem import PemBlock, looks_like_pem, pem_blocks

if TYPE_CHECKING:
    from collections.abc import Callable

    from jwttool.encoding import JsonObject

# A key and its chain take a few kilobytes, and OpenSSL keeps four copies of
# what it opens: the limit of a certificate file is ample.
PKCS12_LIMIT: Final = Limit.CERTIFICATE

Encoding = Literal["PEM", "DER", "JSON"]


class Kind(Enum):
    """What something is, in words that fit behind "this is"."""

    PKCS8 = "a PKCS#8 private key"
    ENCRYPTED_PKCS8 = "an encrypted PKCS#8 private key"
    PKCS1 = "a PKCS#1 private key"
    SEC1 = "a SEC1 private key"
    PKCS12 = "a PKCS#12 file"
    PUBLIC = "a public key"
    PKCS1_PUBLIC = "a PKCS#1 public key"
    JWK = "a JWK"
    CERTIFICATE = "a certificate"
    REQUEST = "a certificate request (CSR)"
    REVOCATIONS = "a list of revoked certificates (CRL)"
    PKCS7 = "a PKCS#7 bundle of certificates"
    PARAMETERS = "a set of key parameters"
    UNKNOWN = "a file of an unknown kind"


PRIVATE_KINDS: Final = frozenset(
    {Kind.PKCS8, Kind.ENCRYPTED_PKCS8, Kind.PKCS1, Kind.SEC1, Kind.PKCS12},
)
PUBLIC_KINDS: Final = frozenset({Kind.PUBLIC, Kind.PKCS1_PUBLIC})

_LABELS: Final = {
    "PRIVATE KEY": Kind.PKCS8,
    "ENCRYPTED PRIVATE KEY": Kind.ENCRYPTED_PKCS8,
    "RSA PRIVATE KEY": Kind.PKCS1,
    "EC PRIVATE KEY": Kind.SEC1,
    "PUBLIC KEY": Kind.PUBLIC,
    "RSA PUBLIC KEY": Kind.PKCS1_PUBLIC,
    "CERTIFICATE": Kind.CERTIFICATE,
    "X509 CERTIFICATE": Kind.CERTIFICATE,
    "TRUSTED CERTIFICATE": Kind.CERTIFICATE,
    "CERTIFICATE REQUEST": Kind.REQUEST,
    "NEW CERTIFICATE REQUEST": Kind.REQUEST,
    "X509 CRL": Kind.REVOCATIONS,
    "PKCS7": Kind.PKCS7,
    "CMS": Kind.PKCS7,
    "EC PARAMETERS": Kind.PARAMETERS,
    "DH PARAMETERS": Kind.PARAMETERS,
    "DSA PARAMETERS": Kind.PARAMETERS,
}

# Private keys by their label that are well-formed and not for us.
_FOREIGN_LABELS: Final = {
    "OPENSSH PRIVATE KEY": "an OpenSSH private key",
    "DSA PRIVATE KEY": "a DSA private key",
    "TSS2 PRIVATE KEY": "a private key of a TPM",
}

# Other files that people take for keys, by how they begin.
_FOREIGN_STARTS: Final = (
    (b"PuTTY-User-Key-File", "a PuTTY private key"),
    (b"---- BEGIN SSH2", "an SSH key"),
    (b"ssh-", "an SSH public key"),
    (b"ecdsa-sha2-", "an SSH public key"),
    (b"\xfe\xed\xfe\xed", "a Java keystore (JKS)"),
    (b"\xce\xce\xce\xce", "a Java keystore (JCEKS)"),
)
_FOREIGN_HINTS: Final = {
    "an OpenSSH private key": "`ssh-keygen -p -m PKCS8 -f COPY` turns a copy of it into PKCS#8",
    "a Java keystore (JKS)": "`keytool -importkeystore -deststoretype PKCS12` turns it into PKCS#12",
    "a Java keystore (JCEKS)": "`keytool -importkeystore -deststoretype PKCS12` turns it into PKCS#12",
}


@dataclass(frozen=True, slots=True)
class Source:
    """One thing found in a file: what it is, and the bytes that a library would take.

    ``pem`` is the block that it stood in, ``jwk`` the object that it is.
    """

    kind: Kind
    encoding: Encoding
    der: bytes = field(repr=False)
    pem: PemBlock | None = field(default=None, repr=False)
    jwk: JsonObject | None = field(default=None, repr=False)

    @property
    def old_encryption(self) -> bool:
        """Whether it is a key encrypted by the headers of RFC 1421."""
        return self.pem is not None and self.pem.legacy_encryption

    @property
    def is_private(self) -> bool:
        """Whether there is a private key in it."""
        if self.jwk is not None:
            return any("d" in key for key in jwk_candidates(self.jwk))
        return self.kind in PRIVATE_KINDS


def read_sources(data: bytes, what: str) -> list[Source]:
    """What a file holds, in order; never empty.

    :param what: what the caller takes the file for, as in "the key".
    :raises JwtToolError: when it is too large, empty, damaged, or nothing that
        is known here.
    """
    check_size(data, PKCS12_LIMIT, what)
    if not data.strip():
        raise MalformedError(f"{what} is empty")
    if data[:1] == b"\x30" and not looks_like_pem(data):
        return [_der_source(data, what)]
    check_size(data, Limit.KEY, what)
    if looks_like_pem(data):
        return [_pem_source(block) for block in pem_blocks(data)]
    if data.lstrip().startswith(b"{"):
        return [Source(Kind.JWK, "JSON", b"", jwk=parse_json_object(data))]
    for start, name in _FOREIGN_STARTS:
        if data.startswith(start):
            raise _foreign(name)
    hint = "jwttool reads PEM, DER, JWK and PKCS#12"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        hint = "it may be UTF-16 text; save it as ASCII or UTF-8"
    raise MalformedError(f"{what} is in no form that jwttool knows", hint=hint)


def jwk_candidates(document: JsonObject) -> list[JsonObject]:
    """The keys of a JWK Set, or the one JWK itself.

    :raises MalformedError: when ``keys`` is there and no array of objects.
    """
    if "keys" not in document:
        return [document]
    keys = document["keys"]
    if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
        raise MalformedError('"keys" of the JWK Set is not an array of objects')
    return keys


def _der_source(data: bytes, what: str) -> Source:
    kind = recognise_der(data)
    if kind is not Kind.PKCS12:
        check_size(data, Limit.KEY, what)
    return Source(kind, "DER", data)


def _pem_source(block: PemBlock) -> Source:
    if block.label in _FOREIGN_LABELS:
        raise _foreign(_FOREIGN_LABELS[block.label])
    return Source(_LABELS.get(block.label, Kind.UNKNOWN), "PEM", block.der, pem=block)


def _foreign(name: str) -> UnsupportedError:
    return UnsupportedError(f"{name}, which jwttool does not read", hint=_FOREIGN_HINTS.get(name))


def recognise_der(data: bytes) -> Kind:
    """What a DER structure is: the first in the order below that it can be read as.

    :raises MalformedError: when it is no DER, truncated, or followed by more.
    """
    from cryptography import x509
    from cryptography.hazmat.asn1 import decode_der

    from jwttool.keys import structures

    structures.whole(data)
    readers: tuple[tuple[Callable[[bytes], object], Kind], ...] = (
        (partial(decode_der, structures.PrivateKeyInfo), Kind.PKCS8),
        (partial(decode_der, structures.EncryptedPrivateKeyInfo), Kind.ENCRYPTED_PKCS8),
        (partial(decode_der, structures.RsaPrivateKey), Kind.PKCS1),
        (partial(decode_der, structures.EcPrivateKey), Kind.SEC1),
        (partial(decode_der, structures.SubjectPublicKeyInfo), Kind.PUBLIC),
        (partial(decode_der, structures.RsaPublicKey), Kind.PKCS1_PUBLIC),
        (partial(decode_der, structures.Pfx), Kind.PKCS12),
        (partial(decode_der, structures.ContentInfo), Kind.PKCS7),
        (x509.load_der_x509_certificate, Kind.CERTIFICATE),
        (x509.load_der_x509_csr, Kind.REQUEST),
        (x509.load_der_x509_crl, Kind.REVOCATIONS),
    )
    return next((kind for read, kind in readers if _reads(read, data)), Kind.UNKNOWN)


def _reads(read: Callable[[bytes], object], data: bytes) -> bool:
    try:
        with library(MalformedError("another kind")):
            read(data)
    except (MalformedError, UnsupportedError):
        return False
    return True


def refuse_wrong_label(source: Source) -> None:
    """For a source that cannot be read as what its PEM label says: whether it is something else.

    :raises MalformedError: when it is, or is no DER at all.
    """
    if source.pem is None or source.pem.legacy_encryption:
        return
    inside = recognise_der(source.der)
    if inside not in {source.kind, Kind.UNKNOWN}:
        raise MalformedError(
            f"a PEM block labelled as {source.kind.value} holds {inside.value}",
            hint="the label was changed by hand or by a faulty program; correct it",
        ) from None


# --- the one that is meant ----------------------------------------------------

_BEFORE_THE_REQUEST: Final = "the private key is the file that was made before the certificate request"
_PRIVATE_HINTS: Final = {
    Kind.CERTIFICATE: _BEFORE_THE_REQUEST,
    Kind.REQUEST: _BEFORE_THE_REQUEST,
    Kind.PUBLIC: _BEFORE_THE_REQUEST,
    Kind.PKCS1_PUBLIC: _BEFORE_THE_REQUEST,
    Kind.PKCS7: "a PKCS#7 bundle never holds a private key; a PKCS#12 file may",
}
_NEVER_HAND_OUT: Final = (
    "never hand out the private key; `openssl pkey -in KEY -pubout` writes the public one"
)


def private_source(data: bytes) -> Source:
    """The one private key in a file, unopened.

    Certificates and EC parameters beside it are fine: nginx wants it that way.

    :raises WrongKindError: saying what the file is instead.
    :raises AmbiguousError: when there are several.
    :raises JwtToolError: for what cannot be read at all.
    """
    sources = read_sources(data, "the key file")
    private = [source for source in sources if source.is_private]
    if len(private) > 1:
        raise AmbiguousError(f"{len(private)} private keys in one file", hint=_ONE_ALONE)
    if private:
        return private[0]
    first = next((source for source in sources if source.kind is not Kind.PARAMETERS), sources[0])
    what = "a public or symmetric JWK" if first.kind is Kind.JWK else first.kind.value
    raise WrongKindError(f"{what}, where a private key belongs", hint=_PRIVATE_HINTS.get(first.kind))


_ONE_ALONE: Final = "put the one that is meant into a file of its own"


def public_source(data: bytes) -> Source:
    """The one public key in a file, unopened.

    :raises WrongKindError: saying what the file is instead: a private key
        belongs nowhere that a public one is asked for.
    :raises AmbiguousError: when there are several.
    :raises JwtToolError: for what cannot be read at all.
    """
    sources = read_sources(data, "the public key file")
    if any(source.is_private for source in sources):
        raise WrongKindError("a private key, where a public key belongs", hint=_NEVER_HAND_OUT)
    public = [source for source in sources if source.kind in PUBLIC_KINDS or source.kind is Kind.JWK]
    if len(public) > 1:
        raise AmbiguousError(f"{len(public)} public keys in one file", hint=_ONE_ALONE)
    if public:
        return public[0]
    hint = "give it with --cert" if sources[0].kind is Kind.CERTIFICATE else None
    raise WrongKindError(f"{sources[0].kind.value}, where a public key belongs", hint=hint)


def the_jwk(source: Source, *, private: bool) -> JsonObject:
    """The one JWK of a source.

    :raises AmbiguousError: when a JWK Set holds several that would do.
    :raises WrongKindError: when it holds none.
    """
    keys = [key for key in jwk_candidates(source.jwk or {}) if not private or "d" in key]
    if len(keys) > 1:
        raise AmbiguousError(f"{len(keys)} keys in one JWK Set", hint=_ONE_ALONE)
    if not keys:
        raise WrongKindError("a JWK Set without a key")
    return keys[0]
