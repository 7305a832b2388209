"""Private keys on their way to a file: PKCS#8, in the clear or encrypted.

cryptography writes encrypted PKCS#8 with 2,048 rounds and lets nobody choose
more, so the EncryptedPrivateKeyInfo is put together here.
"""

from __future__ import annotations

import binascii
import hashlib
import os
import re
from typing import TYPE_CHECKING, Final

from jwttool.errors import MalformedError, UnsupportedError, UsageError
from jwttool.keys.pbe import PBKDF2_ROUNDS, RE_ENCRYPT, KeyEncryption
from jwttool.keys.sources import Kind, Source, private_source

if TYPE_CHECKING:
    from jwttool.keys.kinds import PrivateKey
    from jwttool.secret import Secret

NAME_A_SOURCE: Final = "name its source with --passphrase-file, --passphrase-fd or --passphrase-env"

MAX_PASSPHRASE: Final = 1023
"""Bytes; openssl reads no longer one."""

_SALT_OCTETS: Final = 16  # NIST SP 800-132 section 5.1: at least 128 bits
_AES_256_OCTETS: Final = 32
_AES_BLOCK_OCTETS: Final = 16
_PEM_LINE: Final = 64  # RFC 7468 section 2


def encrypt_pkcs8(key: PrivateKey, passphrase: Secret) -> bytes:
    """The key as PEM, ``ENCRYPTED PRIVATE KEY`` (RFC 5958), ASCII with a newline at the end.

    PBES2 with PBKDF2-HMAC-SHA256, :data:`PBKDF2_ROUNDS` rounds and AES-256-CBC
    (RFC 8018). openssl reads it with every passphrase that is accepted here,
    Java's ``EncryptedPrivateKeyInfo`` with an ASCII one.

    :raises UsageError: for a passphrase that is empty, or that openssl could
        not be given.
    :raises UnsupportedError: for a key that cannot be exported.
    """
    from cryptography.hazmat import asn1

    from jwttool.keys import structures

    secret = usable_passphrase(passphrase)
    salt, iv = os.urandom(_SALT_OCTETS), os.urandom(_AES_BLOCK_OCTETS)
    wrapping = hashlib.pbkdf2_hmac("sha256", secret, salt, PBKDF2_ROUNDS, _AES_256_OCTETS)
    function = structures.Algorithm(oid=structures.HMAC_SHA256, parameters=asn1.Null())
    derivation = structures.Pbkdf2(salt=salt, rounds=PBKDF2_ROUNDS, key_length=None, function=function)
    scheme = structures.DerivedKey(
        derivation=structures.algorithm(structures.PBKDF2, derivation),
        user=structures.algorithm(structures.AES_256_CBC, iv),
    )
    encrypted = structures.EncryptedPrivateKeyInfo(
        algorithm=structures.algorithm(structures.PBES2, scheme),
        data=_aes_cbc(wrapping, iv, _private_der(key)),
    )
    return _pem("ENCRYPTED PRIVATE KEY", asn1.encode_der(encrypted))


def plain_pkcs8(key: PrivateKey) -> bytes:
    """The key as PEM, ``PRIVATE KEY`` (RFC 5958), for anybody to read.

    :raises UnsupportedError: for a key that cannot be exported.
    """
    return _pem("PRIVATE KEY", _private_der(key))


def usable_passphrase(passphrase: Secret) -> bytes:
    """The passphrase, if a file may be encrypted with it.

    :raises UsageError: when it is empty, longer than openssl reads, or holds a
        NUL, at which openssl would stop reading.
    """
    secret = passphrase.reveal()
    if not secret:
        raise UsageError("an empty passphrase encrypts nothing")
    if len(secret) > MAX_PASSPHRASE:
        raise UsageError(
            f"the passphrase is longer than {MAX_PASSPHRASE:,} bytes: openssl could not read the key"
        )
    if b"\0" in secret:
        raise UsageError("the passphrase holds a NUL character: openssl could not read the key")
    return secret


def read_encryption(data: bytes) -> KeyEncryption | None:
    """How the private key in a file is encrypted; None when it is not. Needs no passphrase.

    It also tells of a file that would be too costly to open (``excess``).

    :raises JwtToolError: when there is not one private key in it that can be
        told.
    """
    return encryption_of_source(private_source(data))


def encryption_of_source(source: Source) -> KeyEncryption | None:
    """The same for a key that was found already."""
    if source.old_encryption and source.pem is not None:
        return _old_encryption(source.pem.text)
    if source.kind is Kind.ENCRYPTED_PKCS8:
        return _pkcs8_encryption(source.der)
    if source.kind is Kind.PKCS12:
        from jwttool.keys.pfx import read_outline

        return read_outline(source.der).encryption
    return None


def _pkcs8_encryption(der: bytes) -> KeyEncryption:
    from jwttool.keys import structures
    from jwttool.keys.schemes import encryption_of

    fault = MalformedError("an encrypted PKCS#8 private key that is damaged")
    parsed = structures.parse(structures.EncryptedPrivateKeyInfo, structures.whole(der), fault)
    return encryption_of(parsed.algorithm)


_DEK_INFO: Final = re.compile(rb"^DEK-Info: ([A-Z0-9-]{1,20}),([0-9A-Fa-f]*)$", re.MULTILINE)
_OLD_CIPHERS: Final = {"AES-128-CBC": 16, "AES-256-CBC": 16, "DES-EDE3-CBC": 8}  # octets of the vector


def _old_encryption(text: bytes) -> KeyEncryption:
    """RFC 1421 headers as OpenSSL used them: the key is one MD5 of passphrase and iv."""
    header = _DEK_INFO.search(text)
    if header is None or text.count(b"DEK-Info") != 1:
        raise MalformedError("a PEM block with the old encryption that does not say once which (DEK-Info)")
    cipher = header[1].decode("ascii")
    if cipher not in _OLD_CIPHERS:
        raise UnsupportedError("an encryption with a cipher that jwttool does not offer", hint=RE_ENCRYPT)
    if len(header[2]) != 2 * _OLD_CIPHERS[cipher]:
        raise MalformedError("an encryption whose initialisation vector has the wrong length")
    return KeyEncryption(f"legacy PEM with MD5, {cipher}", 1, outdated=True)


def _private_der(key: PrivateKey) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    from jwttool.keys.boundary import library

    with library(
        UnsupportedError("this private key cannot be exported", hint="a key in a token stays there")
    ):
        return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def _aes_cbc(key: bytes, iv: bytes, plaintext: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    fill = _AES_BLOCK_OCTETS - len(plaintext) % _AES_BLOCK_OCTETS  # RFC 8018 section 6.1.1 step 4
    encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    return encryptor.update(plaintext + bytes([fill]) * fill) + encryptor.finalize()


def _pem(label: str, der: bytes) -> bytes:
    """PEM armour as RFC 7468 section 3 wants it written."""
    encoded = binascii.b2a_base64(der, newline=False).decode("ascii")
    lines = [encoded[start : start + _PEM_LINE] for start in range(0, len(encoded), _PEM_LINE)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""]).encode("ascii")
