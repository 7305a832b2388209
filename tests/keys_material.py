"""DER put together by hand, for key files that no program would write."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from jwttool.encoding import b64url_encode
from jwttool.keys.encryption import _aes_cbc, _pem

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateNumbers

PBES2 = "2a864886f70d01050d"
PBKDF2 = "2a864886f70d01050c"
SCRYPT = "2b06010401da47040b"
HMAC_SHA256 = "2a864886f70d0209"
AES_256_CBC = "60864801650304012a"
RSA_ENCRYPTION = "2a864886f70d010101"
PBE_SHA1_3DES = "2a864886f70d010c0103"
PBE_MD5_DES = "2a864886f70d010503"
DATA = "2a864886f70d010701"
ENCRYPTED_DATA = "2a864886f70d010706"
ENVELOPED_DATA = "2a864886f70d010703"
SIGNED_DATA = "2a864886f70d010702"
SHROUDED_KEY_BAG = "2a864886f70d010c0a0102"
KEY_BAG = "2a864886f70d010c0a0101"
NESTED_BAG = "2a864886f70d010c0a0106"
SHA256 = "608648016503040201"
PBMAC1 = "2a864886f70d01050e"

NULL = b"\x05\x00"


def tlv(tag: int, content: bytes) -> bytes:
    """One element of DER."""
    if len(content) < 0x80:
        return bytes([tag, len(content)]) + content
    length = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def indefinite(tag: int, content: bytes) -> bytes:
    """The same in BER with an indefinite length."""
    return bytes([tag, 0x80]) + content + b"\0\0"


def sequence(*parts: bytes) -> bytes:
    return tlv(0x30, b"".join(parts))


def integer(value: int) -> bytes:
    return tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def octets(content: bytes) -> bytes:
    return tlv(0x04, content)


def name(hexadecimal: str) -> bytes:
    return tlv(0x06, bytes.fromhex(hexadecimal))


def explicit(content: bytes) -> bytes:
    return tlv(0xA0, content)


def pbkdf2(rounds: int, function: str = HMAC_SHA256) -> bytes:
    """The AlgorithmIdentifier of PBES2 with PBKDF2."""
    parameters = sequence(octets(b"s" * 16), integer(rounds), sequence(name(function), NULL))
    return _pbes2(sequence(name(PBKDF2), parameters))


def scrypt(cost: int, block: int = 8, parallel: int = 1) -> bytes:
    """The AlgorithmIdentifier of PBES2 with scrypt."""
    parameters = sequence(octets(b"s" * 16), integer(cost), integer(block), integer(parallel))
    return _pbes2(sequence(name(SCRYPT), parameters))


def _pbes2(derivation: bytes) -> bytes:
    cipher = sequence(name(AES_256_CBC), octets(b"i" * 16))
    return sequence(name(PBES2), sequence(derivation, cipher))


def pbe(scheme: str, rounds: int) -> bytes:
    """The AlgorithmIdentifier of an encryption in one piece."""
    return sequence(name(scheme), sequence(octets(b"s" * 8), integer(rounds)))


def encrypted_key(algorithm: bytes) -> bytes:
    """An encrypted PKCS#8 key, whose ciphertext is nonsense."""
    return sequence(algorithm, octets(b"c" * 64))


def content_info(kind: str, content: bytes) -> bytes:
    return sequence(name(kind), explicit(content))


def encrypted_part(algorithm: bytes, ciphertext: bytes = b"c" * 64) -> bytes:
    """A part of a PKCS#12 file that is encrypted."""
    info = sequence(name(DATA), algorithm, tlv(0x80, ciphertext))
    return content_info(ENCRYPTED_DATA, sequence(integer(0), info))


def bomb(rounds: int) -> bytes:
    """A PKCS#12 file with a key of that many rounds inside a part that the empty passphrase opens at once."""
    wrapping = hashlib.pbkdf2_hmac("sha256", b"", b"s" * 16, 1, 32)
    key = sequence(pbkdf2(rounds), octets(b"c" * 64))
    bags = sequence(sequence(name(SHROUDED_KEY_BAG), explicit(key)))
    return pfx(encrypted_part(pbkdf2(1), _aes_cbc(wrapping, b"i" * 16, bags)))


def key_part(*algorithms: bytes) -> bytes:
    """A part of a PKCS#12 file with encrypted keys in view."""
    bags = [
        sequence(name(SHROUDED_KEY_BAG), explicit(sequence(algorithm, octets(b"c" * 64))))
        for algorithm in algorithms
    ]
    return content_info(DATA, octets(sequence(*bags)))


def mac(rounds: int, algorithm: bytes | None = None) -> bytes:
    digest = sequence(algorithm or sequence(name(SHA256), NULL), octets(b"d" * 32))
    return sequence(digest, octets(b"s" * 8), integer(rounds))


def pfx(*parts: bytes, mac: bytes = b"", version: int = 3) -> bytes:
    """A PKCS#12 file of the parts."""
    return sequence(integer(version), content_info(DATA, octets(sequence(*parts))), mac)


def pem(label: str, der: bytes) -> bytes:
    return _pem(label, der)


def pkcs8_der(key: Any) -> bytes:
    der: bytes = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return der


def traditional_der(key: Any) -> bytes:
    """PKCS#1 or SEC1."""
    der: bytes = key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    return der


def spki_der(key: Any) -> bytes:
    der: bytes = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return der


def rsa_spki(modulus: int, exponent: int) -> bytes:
    """The public key of any two numbers."""
    numbers = sequence(integer(modulus), integer(exponent))
    return sequence(sequence(name(RSA_ENCRYPTION), NULL), tlv(0x03, b"\0" + numbers))


def pkcs1(numbers: RSAPrivateNumbers, **other: int) -> bytes:
    """A PKCS#1 private key, with some numbers replaced."""
    public = numbers.public_numbers
    values = {
        "n": public.n,
        "e": public.e,
        "d": numbers.d,
        "p": numbers.p,
        "q": numbers.q,
        "dp": numbers.dmp1,
        "dq": numbers.dmq1,
        "qi": numbers.iqmp,
    } | other
    return sequence(integer(0), *map(integer, values.values()))


def private_jwk(key: RSAPrivateKey | EllipticCurvePrivateKey) -> dict[str, str]:
    """A private JWK, by the definitions of RFC 7518 section 6."""
    if isinstance(key, RSAPrivateKey):
        rsa = key.private_numbers()
        members = {"n": rsa.public_numbers.n, "e": rsa.public_numbers.e, "d": rsa.d, "p": rsa.p}
        members |= {"q": rsa.q, "dp": rsa.dmp1, "dq": rsa.dmq1, "qi": rsa.iqmp}
        return {"kty": "RSA"} | {
            member: b64url_encode(value.to_bytes((value.bit_length() + 7) // 8, "big"))
            for member, value in members.items()
        }
    ec = key.private_numbers()
    point = {"x": ec.public_numbers.x, "y": ec.public_numbers.y, "d": ec.private_value}
    return {"kty": "EC", "crv": "P-256"} | {
        member: b64url_encode(value.to_bytes(32, "big")) for member, value in point.items()
    }


def public_jwk(key: RSAPrivateKey | EllipticCurvePrivateKey) -> dict[str, str]:
    """The public half of it."""
    members = private_jwk(key)
    return {member: members[member] for member in ("kty", "crv", "n", "e", "x", "y") if member in members}
