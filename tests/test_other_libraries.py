"""Tokens that others made: signed by them and verified here, encrypted by them and decrypted here."""

from __future__ import annotations

import json
import warnings
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from joserfc import jws
from joserfc.jwk import ECKey, OKPKey, RSAKey
from jwcrypto import jwe as jwcrypto_jwe
from jwcrypto import jwk as jwcrypto_jwk
from jwcrypto import jws as jwcrypto_jws

from jwttool.errors import DecryptionError, DecryptionRefusedError, JwtToolError, RefusedError
from jwttool.jose.algorithms import TOKEN_ALGORITHMS
from jwttool.jose.decryption import decrypt
from jwttool.jose.jwe_algorithms import DECRYPTION_ALGORITHMS
from jwttool.keys import public_jwk
from tests.encrypted_tokens import CONTENT, encrypted, replaced
from tests.hostile import refusal
from tests.token_keys import CURVES, decryption_key, on, signing_key
from tests.tools import run_tool
from tests.vectors import verified_payload

if TYPE_CHECKING:
    from pathlib import Path

    from jwttool.keys import PrivateKey

CLAIMS = {"iss": "https://bank.example", "sub": "5734699", "exp": 1781619013}
PAYLOAD = json.dumps(CLAIMS).encode()


def exported(key: Any) -> str:
    """A private JWK, as jwcrypto writes it."""
    text: str = jwcrypto_jwk.JWK.from_pyca(key).export()
    return text


# --- signed -------------------------------------------------------------------


def by_pyjwt(algorithm: str) -> str:
    return jwt.encode(
        CLAIMS, signing_key(algorithm), algorithm="EdDSA" if algorithm[:2] == "Ed" else algorithm
    )


def by_jwcrypto(algorithm: str) -> str:
    token = jwcrypto_jws.JWS(PAYLOAD)
    token.allowed_algs = [algorithm]
    token.add_signature(
        jwcrypto_jwk.JWK.from_pyca(signing_key(algorithm)), None, json.dumps({"alg": algorithm})
    )
    text: str = token.serialize(compact=True)
    return text


def by_joserfc(algorithm: str) -> str:
    kind: Any = ECKey if algorithm[:2] == "ES" else OKPKey if algorithm[:2] == "Ed" else RSAKey
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the name EdDSA
        return jws.serialize_compact(
            {"alg": algorithm}, PAYLOAD, kind.import_key(signing_key(algorithm)), algorithms=[algorithm]
        )


def assert_verifies(token: str, algorithm: str) -> None:
    """With the right key; with another, or changed in one place, it does not."""
    public = signing_key(algorithm).public_key()
    assert json.loads(verified_payload(token, public_jwk(public))) == CLAIMS
    head, payload, signature = token.split(".")
    changed = payload[:-2] + ("A" if payload[-2] != "A" else "B") + payload[-1]
    with pytest.raises(JwtToolError):
        verified_payload(f"{head}.{changed}.{signature}", public_jwk(public))
    if algorithm[:2] != "Ed":
        other = public_jwk(signing_key(algorithm, 1).public_key())
        assert refusal(RefusedError, lambda: verified_payload(token, other)).message.startswith(
            "token-signature: "
        )


@pytest.mark.parametrize("algorithm", [name for name in TOKEN_ALGORITHMS if name != "Ed25519"])
def test_signed_by_pyjwt(algorithm: str) -> None:
    assert_verifies(by_pyjwt(algorithm), algorithm)


@pytest.mark.parametrize("algorithm", [name for name in TOKEN_ALGORITHMS if name != "Ed25519"])
def test_signed_by_jwcrypto(algorithm: str) -> None:
    assert_verifies(by_jwcrypto(algorithm), algorithm)


@pytest.mark.parametrize("algorithm", TOKEN_ALGORITHMS)
def test_signed_by_joserfc(algorithm: str) -> None:
    assert_verifies(by_joserfc(algorithm), algorithm)


@pytest.mark.parametrize("algorithm", [name for name in TOKEN_ALGORITHMS if name[:2] != "Ed"])
def test_signed_by_debians_jose(algorithm: str, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(exported(signing_key(algorithm)))
    template = json.dumps({"protected": {"alg": algorithm}})
    command: list[str | Path] = ["jws", "sig", "-I", "-", "-s", template, "-k", tmp_path / "key", "-c"]
    done = run_tool("jose", *command, stdin=PAYLOAD)
    assert_verifies(done.stdout.decode().strip(), algorithm)


@pytest.mark.parametrize("algorithm", ["RS256", "ES384"])
def test_a_signature_of_jwcrypto_with_another_algorithm_in_the_jwk_is_refused(algorithm: str) -> None:
    public = public_jwk(signing_key(algorithm).public_key())
    token = by_jwcrypto(algorithm)
    verified_payload(token, public | {"alg": algorithm})
    error = refusal(RefusedError, lambda: verified_payload(token, public | {"alg": "PS256"}))
    assert error.message == f'token-key-type: the JWK is for "PS256", not {algorithm}'


# --- encrypted ----------------------------------------------------------------


def assert_decrypts(token: str, key: PrivateKey, other: PrivateKey) -> None:
    """With the right key; with another, or without its tag, it does not."""
    assert decrypt(token, key).plaintext == PAYLOAD
    refusal(DecryptionError, lambda: decrypt(token, other))
    refusal(DecryptionError, lambda: decrypt(replaced(token, tag=b""), key))


def encrypted_by_jwcrypto(algorithm: str, content: str, key: PrivateKey, **members: Any) -> str:
    header = json.dumps({"alg": algorithm, "enc": content} | members)
    token = jwcrypto_jwe.JWE(PAYLOAD, header, algs=[algorithm, content])
    token.add_recipient(jwcrypto_jwk.JWK.from_pyca(key.public_key()))
    text: str = token.serialize(compact=True)
    return text


@pytest.mark.parametrize("content", CONTENT)
@pytest.mark.parametrize("algorithm", DECRYPTION_ALGORITHMS)
def test_encrypted_by_jwcrypto(algorithm: str, content: str) -> None:
    key = decryption_key(algorithm)
    assert_decrypts(encrypted_by_jwcrypto(algorithm, content, key), key, decryption_key(algorithm, 1))


@pytest.mark.parametrize("curve", CURVES)
def test_encrypted_by_jwcrypto_on_every_curve_between_named_parties(curve: str) -> None:
    token = encrypted_by_jwcrypto("ECDH-ES+A192KW", "A256GCM", on(curve), apu="QWxpY2U", apv="Qm9i")
    assert_decrypts(token, on(curve), on(curve, 1))


@pytest.mark.parametrize("content", CONTENT)
@pytest.mark.parametrize("algorithm", DECRYPTION_ALGORITHMS)
def test_encrypted_by_joserfc(algorithm: str, content: str) -> None:
    assert_decrypts(
        encrypted(algorithm, content, PAYLOAD), decryption_key(algorithm), decryption_key(algorithm, 1)
    )


# Debian's jose has no RSA-OAEP.
@pytest.mark.parametrize("content", CONTENT)
@pytest.mark.parametrize("algorithm", [name for name in DECRYPTION_ALGORITHMS if name[:4] == "ECDH"])
@pytest.mark.parametrize("curve", CURVES)
def test_encrypted_by_debians_jose(algorithm: str, content: str, curve: str, tmp_path: Path) -> None:
    key = on(curve)
    (tmp_path / "key").write_text(json.dumps(public_jwk(key.public_key())))
    template = json.dumps({"protected": {"alg": algorithm, "enc": content}})
    command: list[str | Path] = ["jwe", "enc", "-i", template, "-I", "-", "-k", tmp_path / "key", "-c"]
    token = run_tool("jose", *command, stdin=PAYLOAD).stdout.decode().strip()
    assert_decrypts(token, key, on(curve, 1))


def test_what_jwcrypto_compresses_is_inflated_where_that_is_allowed() -> None:
    key = decryption_key("RSA-OAEP-256")
    token = encrypted_by_jwcrypto("RSA-OAEP-256", "A128GCM", key, zip="DEF")
    assert decrypt(token, key, allow_zip=True).plaintext == PAYLOAD
    refusal(DecryptionRefusedError, lambda: decrypt(token, key))


def test_rsa1_5_of_jwcrypto_is_refused() -> None:
    key = decryption_key("RSA-OAEP")
    token = encrypted_by_jwcrypto("RSA1_5", "A128CBC-HS256", key)
    assert "RSA1_5" in refusal(DecryptionRefusedError, lambda: decrypt(token, key)).message
