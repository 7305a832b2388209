"""Wycheproof's encrypted tokens: every verdict is the label, or what policy refuses for its stated reason."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap
from joserfc.jwe import JWERegistry

from jwttool.encoding import b64url_decode
from jwttool.errors import DecryptionRefusedError, JwtToolError
from jwttool.jose.decryption import _inflate, _plaintext, decrypt
from jwttool.jose.encrypted import EncryptedToken, read_encrypted
from jwttool.jose.jwe_algorithms import content_algorithm
from jwttool.keys import TOKEN_CURVES, load_private_key
from tests import issue
from tests.hostile import refusal
from tests.vectors import WYCHEPROOF, Case, all_cases, parameters, where_they_are

CASES = all_cases("json_web_encryption_test.json", "jwe")
SHARED = "it needs a secret that both sides share, and jwttool decrypts with private keys alone"
PADDING = "its padding tells who can send tokens enough to decrypt them (RFC 8725 section 3.2)"


def is_refused_by_policy(case: Case) -> bool:
    """Whether it is labelled valid, and jwttool decrypts no such tokens."""
    return case.symmetric or case.jwk.get("alg") == "RSA1_5"


def plaintext(case: Case) -> bytes:
    """What is in the token; :raises JwtToolError: where jwttool refuses it."""
    loaded = load_private_key(json.dumps(case.private).encode(), curves=TOKEN_CURVES)
    algorithms = None if loaded.algorithm is None else [loaded.algorithm]
    return decrypt(case.token, loaded.private_key, algorithms=algorithms).plaintext


@pytest.mark.parametrize("case", parameters(case for case in CASES if not is_refused_by_policy(case)))
def test_the_verdict_is_the_label(case: Case) -> None:
    if case.valid:
        assert plaintext(case).hex() == case.plaintext
    else:
        with pytest.raises(JwtToolError):
            plaintext(case)


# --- policy -------------------------------------------------------------------


@pytest.mark.parametrize("case", parameters(case for case in CASES if is_refused_by_policy(case)))
def test_what_policy_refuses(case: Case) -> None:
    """Whatever the label: with no shared secret and never with RSA1_5; no key makes a difference."""
    with pytest.raises(JwtToolError) as caught:
        decrypt(case.token, issue.rsa_key())
    if not case.valid:
        return
    algorithm = read_encrypted(case.token).header["alg"]
    error = refusal(DecryptionRefusedError, lambda: decrypt(case.token, issue.rsa_key()))
    reason = PADDING if algorithm == "RSA1_5" else SHARED
    assert error.message == str(caught.value) == f"jwttool does not decrypt {algorithm}: {reason}"


def unwrapped(token: EncryptedToken, jwk: dict[str, str]) -> bytes:
    """The content key, unwrapped here with the shared secret."""
    name, secret, wrapped = token.header["alg"], b64url_decode(jwk["k"]), token.encrypted_key
    if name == "dir":
        return secret
    if name.endswith("GCMKW"):
        iv, tag = (b64url_decode(token.header[member]) for member in ("iv", "tag"))
        return AESGCM(secret).decrypt(iv, wrapped + tag, None)
    return aes_key_unwrap(secret, wrapped)


def shared_plaintext(case: Case) -> bytes | None:
    """What our reading and our decryption make of it with a content key; None where they refuse it."""
    try:
        token = read_encrypted(case.token)
        content = content_algorithm(token.header.get("enc"))
        bound = case.jwk["alg"]
        # The RFC's own JWK for "dir" is bound to the encryption instead.
        if content is None or token.faults or bound not in {token.header.get("alg"), content.name}:
            return None
        model = JWERegistry(algorithms=[content.name]).get_enc(content.name)
        found = _plaintext(token, content, model, unwrapped(token, case.jwk))
        return _inflate(found) if "zip" in token.header else found
    except Exception:  # noqa: BLE001  # of the libraries, when something is wrong
        return None


@pytest.mark.parametrize("case", parameters(case for case in CASES if case.symmetric))
def test_the_reading_and_the_lengths_are_as_strict_as_the_label(case: Case) -> None:
    found = shared_plaintext(case)
    assert (None if found is None else found.hex()) == (case.plaintext if case.valid else None)


@pytest.mark.skipif(not CASES, reason=where_they_are(WYCHEPROOF))
def test_no_case_is_lost() -> None:
    assert len(CASES) == 139
    assert sum(case.valid for case in CASES) == 65
    decrypted = [case for case in CASES if case.valid and not is_refused_by_policy(case)]
    assert len(decrypted) == 39
