"""What a file holds, told without opening any of it.

PEM says it in its labels, and the DER inside has to agree; DER says it in the
tags of its outer layer; a JWK in its members. Every refusal can therefore say
what the file *is*, and nothing is ever guessed by trying.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Final, Literal

from jwttool.encoding import Limit, check_size, parse_json_object
from jwttool.errors import AmbiguousError, MalformedError, UnsupportedError, WrongKindError
from jwttool.keys.der import Tag, elements, single
from jwttool.pem import PemBlock, looks_like_pem, pem_blocks

if TYPE_CHECKING:
    from jwttool.encoding import JsonObject
    from jwttool.keys.der import Element

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
    check_size(data, PKCS12_LIMIT if looks_like_pkcs12(data) else Limit.KEY, what)
    if not data.strip():
        raise MalformedError(f"{what} is empty")
    if looks_like_pem(data):
        return _pem_sources(data)
    if data[0] == Tag.SEQUENCE:
        return [Source(recognise_der(data), "DER", data)]
    if data.lstrip().startswith(b"{"):
        return [Source(Kind.JWK, "JSON", b"", jwk=parse_json_object(data))]
    for start, name in _FOREIGN_STARTS:
        if data.startswith(start):
            raise _foreign(name)
    hint = "jwttool reads PEM, DER, JWK and PKCS#12"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        hint = "it may be UTF-16 text; save it as ASCII or UTF-8"
    raise MalformedError(f"{what} is in no form that jwttool knows", hint=hint)


def looks_like_pkcs12(data: bytes) -> bool:
    """Whether the data begins as a PFX does (RFC 7292 section 4): a sequence, then version 3."""
    if len(data) < 8 or data[0] != Tag.SEQUENCE:
        return False
    length = data[1] & 0x7F if data[1] > 0x80 else 0
    return data[2 + length : 5 + length] == b"\x02\x01\x03"


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


def _pem_sources(data: bytes) -> list[Source]:
    return [_pem_source(block) for block in pem_blocks(data)]


def _pem_source(block: PemBlock) -> Source:
    if block.label in _FOREIGN_LABELS:
        raise _foreign(_FOREIGN_LABELS[block.label])
    kind = _LABELS.get(block.label, Kind.UNKNOWN)
    if (kind in PRIVATE_KINDS or kind in PUBLIC_KINDS) and not block.legacy_encryption:
        inside = recognise_der(block.der)
        if inside is not kind:
            raise MalformedError(
                f"a PEM block labelled as {kind.value} holds {inside.value}",
                hint="the label was changed by hand or by a faulty program; correct it",
            )
    return Source(kind, "PEM", block.der, pem=block)


def _foreign(name: str) -> UnsupportedError:
    return UnsupportedError(f"{name}, which jwttool does not read", hint=_FOREIGN_HINTS.get(name))


def recognise_der(data: bytes) -> Kind:
    """What a DER structure is, by the tags of its outermost elements.

    :raises MalformedError: when it is no DER, truncated, or followed by more.
    """
    parts = elements(single(data, Tag.SEQUENCE).content)
    kind = _shape(parts, _SHAPES)
    if kind is None and _tags(parts) == "seq seq bits":  # a body, an algorithm, a signature
        kind = _shape(elements(parts[0].content), _SIGNED_SHAPES)
    return kind or Kind.UNKNOWN


_TAG_WORDS: Final = {
    0x02: "int",
    0x03: "bits",
    0x04: "octets",
    0x06: "oid",
    0x17: "time",
    0x18: "time",
    0x30: "seq",
    0xA0: "[0]",
}

# What stands in the outer sequence; after "..." more may follow.
_SHAPES: Final = {
    "int seq octets ...": Kind.PKCS8,  # RFC 5958 section 2: version, algorithm, key
    "seq octets": Kind.ENCRYPTED_PKCS8,  # RFC 5958 section 3: algorithm, ciphertext
    "int int int int int int int int int ...": Kind.PKCS1,  # RFC 8017 appendix A.1.2
    "int octets ...": Kind.SEC1,  # RFC 5915 section 3: version, key
    "seq bits": Kind.PUBLIC,  # RFC 5280 section 4.1: algorithm, key
    "int int": Kind.PKCS1_PUBLIC,  # RFC 8017 appendix A.1.1: modulus, exponent
    "int seq": Kind.PKCS12,  # RFC 7292 section 4: version, content
    "int seq seq": Kind.PKCS12,  # the same with a MAC
    "oid [0]": Kind.PKCS7,  # RFC 5652 section 3: type, content
}
_SIGNED_SHAPES: Final = {
    "[0] int seq ...": Kind.CERTIFICATE,  # RFC 5280 section 4.1: version, serial number, algorithm
    "int seq seq seq ...": Kind.CERTIFICATE,  # the first version, which is not said
    "int seq seq [0]": Kind.REQUEST,  # RFC 2986 section 4.1: version, subject, key, attributes
    "int seq seq time ...": Kind.REVOCATIONS,  # RFC 5280 section 5.1
    "seq seq time ...": Kind.REVOCATIONS,
}


def _tags(parts: list[Element]) -> str:
    return " ".join(_TAG_WORDS.get(part.tag, "?") for part in parts)


def _shape(parts: list[Element], shapes: dict[str, Kind]) -> Kind | None:
    tags = _tags(parts)
    for shape, kind in shapes.items():
        start = shape.removesuffix(" ...")
        if tags == start or (start != shape and tags.startswith(start + " ")):
            return kind
    return None


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
