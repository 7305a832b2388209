"""The ASN.1 of key files, declared for cryptography's reader and writer of DER.

Imported only where a file is encrypted, is DER or has to be told from another:
declaring the classes takes time.
"""

from __future__ import annotations

from typing import Annotated, Final, TypeAlias, TypeVar

from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier

from jwttool.errors import JwtToolError, MalformedError
from jwttool.keys.boundary import library

T = TypeVar("T")

Anything: TypeAlias = asn1.Null | asn1.TLV
"""One element of any type. A bare TLV cannot be optional, and a choice can."""

PBES2: Final = ObjectIdentifier("1.2.840.113549.1.5.13")
PBKDF2: Final = ObjectIdentifier("1.2.840.113549.1.5.12")
HMAC_SHA256: Final = ObjectIdentifier("1.2.840.113549.2.9")
AES_256_CBC: Final = ObjectIdentifier("2.16.840.1.101.3.4.1.42")


# --- keys and certificates ----------------------------------------------------


@asn1.sequence
class Algorithm:
    """AlgorithmIdentifier: a name, and parameters that may be absent (RFC 5280 section 4.1.1.2)."""

    oid: ObjectIdentifier
    parameters: Anything | None


@asn1.sequence
class PrivateKeyInfo:
    """A private key: version, algorithm, key, attributes [0], public key [1] (RFC 5958 section 2)."""

    version: int
    algorithm: Algorithm
    key: bytes
    attributes: Anything | None
    public_key: Anything | None


@asn1.sequence
class EncryptedPrivateKeyInfo:
    """An encrypted private key (RFC 5958 section 3)."""

    algorithm: Algorithm
    data: bytes


@asn1.sequence
class RsaPrivateKey:
    """RSAPrivateKey; more primes than two may follow (RFC 8017 appendix A.1.2)."""

    version: int
    modulus: int
    public_exponent: int
    private_exponent: int
    p: int
    q: int
    dp: int
    dq: int
    qi: int
    other_primes: Anything | None


@asn1.sequence
class EcPrivateKey:
    """ECPrivateKey: version, key, curve [0], public key [1] (RFC 5915 section 3)."""

    version: int
    key: bytes
    curve: Annotated[Anything | None, asn1.Explicit(0)]
    public_key: Annotated[asn1.BitString | None, asn1.Explicit(1)]


@asn1.sequence
class SubjectPublicKeyInfo:
    """A public key (RFC 5280 section 4.1)."""

    algorithm: Algorithm
    key: asn1.BitString


@asn1.sequence
class RsaPublicKey:
    """RSAPublicKey (RFC 8017 appendix A.1.1)."""

    modulus: int
    exponent: int


@asn1.sequence
class TbsCertificate:
    """What is signed in a certificate, with the key as it stands there (RFC 5280 section 4.1).

    Two unique identifiers and the extensions may follow, each with a tag of its own.
    """

    version: Annotated[int | None, asn1.Explicit(0)]
    serial_number: int
    signature: asn1.TLV
    issuer: asn1.TLV
    validity: asn1.TLV
    subject: asn1.TLV
    key: asn1.TLV
    first: Anything | None
    second: Anything | None
    third: Anything | None


# --- password-based encryption ------------------------------------------------


@asn1.sequence
class DerivedKey:
    """PBES2-params and PBMAC1-params: how a key is made, and what uses it (RFC 8018 appendix A.4, A.5)."""

    derivation: Algorithm
    user: Algorithm


@asn1.sequence
class Pbkdf2:
    """PBKDF2-params (RFC 8018 appendix A.2)."""

    salt: bytes
    rounds: int
    key_length: int | None
    function: Algorithm | None


@asn1.sequence
class Scrypt:
    """scrypt-params: N, r and p (RFC 7914 section 7)."""

    salt: bytes
    cost: int
    block: int
    parallel: int
    key_length: int | None


@asn1.sequence
class Pbe:
    """The parameters of PBES1 and of PKCS#12's own schemes (RFC 8018 appendix A.3, RFC 7292 appendix C)."""

    salt: bytes
    rounds: int


# --- PKCS#12 ------------------------------------------------------------------

_MAX_PARTS: Final = 16
_MAX_BAGS: Final = 1024


@asn1.sequence
class ContentInfo:
    """A type, and content of that type (RFC 5652 section 3). PKCS#7 is one of these."""

    oid: ObjectIdentifier
    content: Annotated[asn1.TLV, asn1.Explicit(0)]


@asn1.sequence
class DigestInfo:
    """An algorithm and its digest (RFC 8017 section 9.2)."""

    algorithm: Algorithm
    digest: bytes


@asn1.sequence
class MacData:
    """The MAC of a PKCS#12 file; no rounds are one (RFC 7292 section 4)."""

    mac: DigestInfo
    salt: bytes
    rounds: int | None


@asn1.sequence
class Pfx:
    """A PKCS#12 file (RFC 7292 section 4)."""

    version: int
    content: ContentInfo
    mac: MacData | None


@asn1.sequence
class AuthenticatedSafe:
    """The parts of a PKCS#12 file (RFC 7292 section 4.1), in one sequence more: see :func:`parse_list`."""

    parts: Annotated[list[ContentInfo], asn1.Size(0, _MAX_PARTS)]


@asn1.sequence
class EncryptedContentInfo:
    """A type, an algorithm and the ciphertext (RFC 5652 section 6.1)."""

    oid: ObjectIdentifier
    algorithm: Algorithm
    data: Annotated[bytes | None, asn1.Implicit(0)]


@asn1.sequence
class EncryptedData:
    """A part that is encrypted (RFC 5652 section 8)."""

    version: int
    content: EncryptedContentInfo
    attributes: Anything | None


@asn1.sequence
class Bag:
    """SafeBag: something in a part, and what goes with it (RFC 7292 section 4.2)."""

    oid: ObjectIdentifier
    value: Annotated[asn1.TLV, asn1.Explicit(0)]
    attributes: Anything | None


@asn1.sequence
class SafeContents:
    """The bags of one part (RFC 7292 section 4.2), in one sequence more: see :func:`parse_list`."""

    bags: Annotated[list[Bag], asn1.Size(0, _MAX_BAGS)]


@asn1.sequence
class _Around:
    element: asn1.TLV


# --- reading and writing ------------------------------------------------------

AS_DER: Final = (
    "`openssl pkcs12 -in OLD -out TEMPORARY`, then `openssl pkcs12 -export -in TEMPORARY -out NEW`, "
    "write a PKCS#12 file anew, as DER"
)
_PKCS7_AS_DER: Final = "`openssl pkcs7 -inform DER -in OLD -out NEW` writes a PKCS#7 file anew, as PEM"
_MADE_AS_DER: Final = "keys, certificates and requests are always DER: fetch the file, or make it, again"

# How the contents of a structure begin, as far as they tell what it is.
_BER_HINTS: Final = (
    (b"\x02\x01\x03", AS_DER),  # version 3: PKCS#12 (RFC 7292 section 4)
    (b"\x06", _PKCS7_AS_DER),  # the type of a content: PKCS#7 (RFC 5652 section 3)
)

_BER: Final = "a BER structure, where DER belongs"

# The library's words for what is wrong with the outermost element. Should they
# change, the general message is left.
_FAULTS: Final = (
    ("ShortData", "the DER structure is truncated", "fetch the file again"),
    ("ExtraData", "there is something after the end of the DER structure", None),
    ("InvalidLength", _BER, None),
)


def whole(data: bytes) -> asn1.TLV:
    """The one DER element that fills the data.

    :raises MalformedError: when it is no DER, truncated, or followed by more.
    """
    try:
        return asn1.decode_der(asn1.TLV, data)
    except ValueError as error:
        said = str(error)
    for word, message, hint in _FAULTS:
        if word in said:
            raise MalformedError(message, hint=_ber_hint(data) if message is _BER else hint) from None
    raise MalformedError("no DER structure") from None


def _ber_hint(data: bytes) -> str:
    """What to do about a BER file, told from how its contents begin."""
    # The contents follow the length; its first octet says how many more it has (X.690 section 8.1.3).
    octets = data[1] & 0x7F if data[1:2] >= b"\x80" else 0
    contents = data[2 + octets : 5 + octets]
    return next((hint for start, hint in _BER_HINTS if contents.startswith(start)), _MADE_AS_DER)


def parse(shape: type[T], element: Anything | None, fault: JwtToolError) -> T:
    """An element as what it is declared to be; anything else raises ``fault``."""
    if not isinstance(element, asn1.TLV):
        raise fault
    with library(fault):
        parsed: T = element.parse(shape)
    return parsed


def parse_list(shape: type[T], data: bytes, fault: JwtToolError) -> T:
    """A list, the only field of ``shape``: the library does not take one that has no sequence around it."""
    with library(fault):
        around = _Around(element=asn1.decode_der(asn1.TLV, data))
        return asn1.decode_der(shape, asn1.encode_der(around))


def algorithm(oid: ObjectIdentifier, parameters: object) -> Algorithm:
    """An AlgorithmIdentifier, for writing."""
    return Algorithm(oid=oid, parameters=asn1.decode_der(asn1.TLV, asn1.encode_der(parameters)))
