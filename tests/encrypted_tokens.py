"""Encrypted tokens for tests: as joserfc makes them, and as nobody should."""

from __future__ import annotations

import json
import warnings
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash
from joserfc import jwe
from joserfc.jwk import ECKey, RSAKey

from jwttool.encoding import b64url_encode
from jwttool.jose.encrypted import PARTS, read_encrypted
from jwttool.keys import public_jwk
from tests import issue
from tests.token_keys import decryption_key, on

if TYPE_CHECKING:
    from jwttool.keys import PrivateKey

CONTENT = ("A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512", "A128GCM", "A192GCM", "A256GCM")
PLAINTEXT = b'{"sub":"5734699"}'


def encrypted(
    algorithm: str = "RSA-OAEP",
    content: str = "A256CBC-HS512",
    plaintext: bytes = PLAINTEXT,
    *,
    key: PrivateKey | None = None,
    **members: Any,
) -> str:
    """A token that joserfc encrypted to the public half of a key."""
    public = (key or decryption_key(algorithm)).public_key()
    kind: Any = ECKey if algorithm.startswith("ECDH") else RSAKey
    registry = jwe.JWERegistry(algorithms=[algorithm, content, "DEF"], strict_check_header=False)
    header = {"alg": algorithm, "enc": content, **members}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of RSA1_5
        return jwe.encrypt_compact(header, plaintext, kind.import_key(public), registry=registry)


def forged(
    plaintext: bytes = PLAINTEXT,
    *,
    content_key: bytes = b"k" * 16,
    iv: bytes = b"i" * 12,
    **members: Any,
) -> str:
    """A token for the first RSA key with any header, content key and iv: what joserfc would not make."""
    pad = padding.OAEP(padding.MGF1(SHA1()), SHA1(), None)
    wrapped = issue.rsa_key().public_key().encrypt(content_key, pad)
    # AES has keys of three lengths; with another the content cannot be right anyway.
    used = content_key if len(content_key) in {16, 24, 32} else b"k" * 16
    return _sealed({"alg": "RSA-OAEP", "enc": "A128GCM"} | members, wrapped, used, iv, plaintext)


def agreed(ephemeral: ec.EllipticCurvePrivateKey, party: bytes = b"", **members: Any) -> str:
    """A token for the first key on P-256 by direct agreement, right but for what its header looks like."""
    header = {"alg": "ECDH-ES", "enc": "A128GCM", "epk": public_jwk(ephemeral.public_key())} | members
    shared = ephemeral.exchange(ec.ECDH(), on("P-256").public_key())
    # RFC 7518 section 4.6.2: what it is for, the two parties, and the bits of the key.
    parties = len(party).to_bytes(4, "big") + party + bytes(4)
    info = b"\0\0\0\x07A128GCM" + parties + (128).to_bytes(4, "big")
    content_key = ConcatKDFHash(SHA256(), 16, info).derive(shared)
    return _sealed(header, b"", content_key, b"i" * 12, PLAINTEXT)


def _sealed(header: dict[str, Any], wrapped: bytes, key: bytes, iv: bytes, plaintext: bytes) -> str:
    aad = b64url_encode(json.dumps(header).encode())
    sealed = AESGCM(key).encrypt(iv, plaintext, aad.encode())
    return ".".join([aad, *map(b64url_encode, (wrapped, iv, sealed[:-16], sealed[-16:]))])


def replaced(token: str, **parts: bytes) -> str:
    """A token with some parts replaced by other bytes."""
    segments = dict(zip(PARTS, token.split("."), strict=True))
    return ".".join((segments | {part: b64url_encode(value) for part, value in parts.items()}).values())


def with_header(token: str, **members: Any) -> str:
    """A token with members of its header replaced, which its tag no longer covers; None takes one out."""
    header = read_encrypted(token).header | members
    kept = {name: value for name, value in header.items() if value is not None}
    return replaced(token, header=json.dumps(kept).encode())
