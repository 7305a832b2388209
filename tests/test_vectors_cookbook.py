"""The cookbook of RFC 7520: each compact form holds what is stated, or is refused by policy."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jwttool.errors import DecryptionRefusedError, JwtToolError, WrongKindError
from jwttool.jose.decryption import decrypt
from jwttool.keys import TOKEN_CURVES, load_private_key
from tests import issue
from tests.hostile import refusal
from tests.vectors import COOKBOOK, document, folder, public_half, skipped, verified_payload, where_they_are

SYMMETRIC = "the JWK Set holds a symmetric key"
SHARED = "it needs a secret that both sides share, and jwttool decrypts with private keys alone"
PADDING = "its padding tells who can send tokens enough to decrypt them (RFC 8725 section 3.2)"
PASSWORD = "it needs a password, and lets the sender choose how long deriving a key from it takes"

# By the section; None where the token is accepted, else why it is refused.
JWS = {"4_1": None, "4_2": None, "4_3": None, "4_4": SYMMETRIC, "4_5": SYMMETRIC, "rfc7797": SYMMETRIC}
JWE = {
    "5_1": f"RSA1_5: {PADDING}",
    "5_2": None,
    "5_3": f"PBES2-HS512+A256KW: {PASSWORD}",
    "5_4": None,
    "5_5": None,
    "5_6": f"dir: {SHARED}",
    "5_7": f"A256GCMKW: {SHARED}",
    "5_8": f"A128KW: {SHARED}",
    "5_9": f"A128KW: {SHARED}",
}


def compact_forms(*kinds: str) -> dict[str, dict[str, Any]]:
    """The documents that have a compact form, by their section."""
    base = folder()
    if base is None:
        return {}
    found: dict[str, dict[str, Any]] = {}
    for kind in kinds:
        for path in sorted((base / "cookbook" / kind).glob("*.json")):
            content = document(f"cookbook/{kind}/{path.name}")
            if "compact" in content.get("output", {}):
                found[path.name.partition(".")[0] if kind != "rfc7797" else kind] = content
    return found


SIGNED, ENCRYPTED = compact_forms("jws", "rfc7797"), compact_forms("jwe")


def parameters(found: dict[str, dict[str, Any]]) -> list[Any]:
    return [pytest.param(section, id=section) for section in found] or [skipped(COOKBOOK)]


@pytest.mark.parametrize("section", parameters(SIGNED))
def test_a_signed_token(section: str) -> None:
    content = SIGNED[section]
    token, jwk = content["output"]["compact"], public_half(content["input"]["key"])
    reason = JWS[section]
    if reason is None:
        assert verified_payload(token, jwk).decode() == content["input"]["payload"]
        with pytest.raises(JwtToolError):
            verified_payload(token[:-4] + "AAAA", jwk)
    else:
        error = refusal(WrongKindError, lambda: verified_payload(token, jwk))
        assert error.message == reason


@pytest.mark.parametrize("section", parameters(ENCRYPTED))
def test_an_encrypted_token(section: str) -> None:
    content = ENCRYPTED[section]
    token, reason = content["output"]["compact"], JWE[section]
    if reason is None:
        key = load_private_key(json.dumps(content["input"]["key"]).encode(), curves=TOKEN_CURVES)
        assert decrypt(token, key.private_key).plaintext.decode() == content["input"]["plaintext"]
    else:
        error = refusal(DecryptionRefusedError, lambda: decrypt(token, issue.rsa_key()))
        assert error.message == f"jwttool does not decrypt {reason}"


@pytest.mark.parametrize(
    "name", ["6.nesting_signatures_and_encryption.json"] if folder() else [skipped(COOKBOOK)]
)
def test_a_signed_token_in_an_encrypted_one(name: str) -> None:
    content = document(f"cookbook/{name}")
    sign, encrypt = content["sign"], content["encrypt"]
    key = load_private_key(json.dumps(encrypt["input"]["key"]).encode(), curves=TOKEN_CURVES)
    inner = decrypt(encrypt["output"]["compact"], key.private_key).plaintext.decode()
    assert inner == sign["output"]["compact"]
    payload = verified_payload(inner, public_half(sign["input"]["key"]))
    assert json.loads(payload) == json.loads(sign["input"]["payload"])


@pytest.mark.skipif(not folder(), reason=where_they_are(COOKBOOK))
def test_every_compact_form_has_its_stated_verdict() -> None:
    assert SIGNED.keys() == JWS.keys()
    assert ENCRYPTED.keys() == JWE.keys()
