"""Minting with a held key: jwttool against its floor (the bare signature) and its peers."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import jwcrypto.jwk
import jwcrypto.jwt
import jwt as pyjwt
from authlib.deprecate import AuthlibDeprecationWarning
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc import jws
from joserfc.jwk import RSAKey

import jwttool
from tests.bench import material
from tests.bench.measure import Section, faster, interleaved

with warnings.catch_warnings():
    # authlib.jose says that it will go, louder than the filters that stand before it.
    warnings.simplefilter("ignore", AuthlibDeprecationWarning)
    from authlib.jose import JsonWebKey, JsonWebToken

BATCH = 200


def measure() -> list[Section]:
    """One mint, and a batch on one thread and on two."""
    key = material.private_key(2048)
    signer = jwttool.Signer(
        key,
        certificate=material.certificate(key),
        client_id=material.CLIENT_ID,
        audience=material.AUDIENCE,
    )
    return [_single(key, signer), _batch(key, signer)]


def _single(key: RSAPrivateKey, signer: jwttool.Signer) -> Section:
    header = material.header(material.certificate(key))
    candidates: dict[str, Callable[[], object]] = {
        "raw private_key.sign": _raw(key, signer.mint().token.encode("ascii").rpartition(b".")[0]),
        "jwttool": signer.mint,
        "joserfc": _joserfc(key, header),
        "PyJWT": lambda: pyjwt.encode(material.claims(), key, "RS256", headers=header),
        "jwcrypto": _jwcrypto(key, header),
        "Authlib": _authlib(key, header),
    }
    seconds = interleaved(candidates, rounds=25, calls=60)
    return Section(
        title="Mint",
        note="One assertion, RS256 with a 2048-bit key that is held: claims, header, signature.",
        seconds=seconds,
        targets=(faster(seconds, "jwttool", "raw private_key.sign", 0.93),),
    )


def _batch(key: RSAPrivateKey, signer: jwttool.Signer) -> Section:
    batches: dict[str, Callable[[], object]] = {
        "raw private_key.sign, one thread": partial(_raw_batch, key, 1),
        "raw private_key.sign, two threads": partial(_raw_batch, key, 2),
        "mint_many, one thread": partial(jwttool.mint_many, signer, BATCH, threads=1),
        "mint_many, two threads": partial(jwttool.mint_many, signer, BATCH, threads=2),
    }
    taken = interleaved(batches, rounds=30, calls=1)
    seconds = {name: value / BATCH for name, value in taken.items()}
    return Section(
        title="Mint many",
        note=f"{BATCH} assertions at once with one signer; the time is that of one assertion. "
        "The bare signature shows what the second core was worth in this run.",
        seconds=seconds,
        targets=(faster(seconds, "mint_many, two threads", "mint_many, one thread", 1.7),),
    )


def _raw_batch(key: RSAPrivateKey, threads: int) -> None:
    sign = _raw(key, b"x" * 300)

    def share(_: int) -> None:
        for _call in range(BATCH // threads):
            sign()

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(share, range(threads)))


def _raw(key: RSAPrivateKey, message: bytes) -> Callable[[], object]:
    padding, digest = PKCS1v15(), hashes.SHA256()
    return lambda: key.sign(message, padding, digest)


def _joserfc(key: RSAPrivateKey, header: dict[str, str]) -> Callable[[], object]:
    held = RSAKey(key, key)
    return lambda: jws.serialize_compact(header, json.dumps(material.claims()), held, algorithms=["RS256"])


def _jwcrypto(key: RSAPrivateKey, header: dict[str, str]) -> Callable[[], object]:
    held = jwcrypto.jwk.JWK.from_pyca(key)

    def mint() -> str:
        token = jwcrypto.jwt.JWT(header=header, claims=material.claims())
        token.make_signed_token(held)
        return str(token.serialize())

    return mint


def _authlib(key: RSAPrivateKey, header: dict[str, str]) -> Callable[[], object]:
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    held: Any = JsonWebKey.import_key(pem)
    encoder: Any = JsonWebToken(["RS256"])
    return lambda: encoder.encode(header, material.claims(), held)
