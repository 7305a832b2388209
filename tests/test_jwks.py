"""A JWK Set: the keys that may verify, and no choice left to whoever made it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from jwcrypto import jwk as jwcrypto_jwk

from jwttool.encoding import Limit
from jwttool.errors import (
    AmbiguousError,
    JsonError,
    JwtToolError,
    MalformedError,
    TooLargeError,
    UnsupportedError,
    WeakKeyError,
    WrongKindError,
)
from jwttool.jose.jwks import MAX_KID_LENGTH, JwkEntry, load_jwks
from jwttool.keys import public_jwk, same_public_key
from tests import issue
from tests.hostile import CANARY, little_memory, no_hanging, refusal

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

RSA: dict[str, Any] = dict(public_jwk(issue.rsa_key().public_key()))
EC: dict[str, Any] = dict(public_jwk(issue.ec_key().public_key()))
P384 = {"kty": "EC", "crv": "P-384", "x": "AA", "y": "AA"}
ED25519 = {"kty": "OKP", "crv": "Ed25519", "x": "AA"}
OCT = {"kty": "oct", "k": CANARY}


def load(*keys: object) -> tuple[JwkEntry, ...]:
    return load_jwks(json.dumps({"keys": keys}).encode())


# --- what is accepted ---------------------------------------------------------


def test_keys_with_their_kid_and_algorithm_in_their_order() -> None:
    rsa, ec_entry = load(RSA | {"kid": "a", "alg": "PS256"}, EC)
    assert (rsa.kid, rsa.algorithm, ec_entry.kid, ec_entry.algorithm) == ("a", "PS256", None, None)
    assert same_public_key(rsa.public_key, issue.rsa_key().public_key())
    assert same_public_key(ec_entry.public_key, issue.ec_key().public_key())


def test_a_single_jwk() -> None:
    assert load_jwks(json.dumps(RSA | {"kid": "a"}).encode())[0].kid == "a"


def test_a_private_key_in_a_set_is_refused_because_it_was_handed_out(rsa_key: RSAPrivateKey) -> None:
    private = jwcrypto_jwk.JWK.from_pyca(rsa_key)
    with pytest.raises(WrongKindError, match="holds a private key"):
        load_jwks(private.export().encode())
    (entry,) = load_jwks(private.export_public().encode())
    assert same_public_key(entry.public_key, rsa_key.public_key())


def test_a_set_that_jwcrypto_wrote() -> None:
    made = jwcrypto_jwk.JWKSet()
    made.add(jwcrypto_jwk.JWK.from_pyca(issue.rsa_key().public_key()))
    made.add(jwcrypto_jwk.JWK.from_pyca(issue.ec_key().public_key()))
    assert len(load_jwks(made.export(private_keys=False).encode())) == 2


@pytest.mark.parametrize(
    "marks",
    [
        {"use": "sig"},
        {"use": None},
        {"key_ops": ["verify"]},
        {"key_ops": ["sign"]},
        {"key_ops": ["encrypt", "verify"]},
        {"key_ops": None},
        {"kid": "a" * MAX_KID_LENGTH},
        {"kid": ""},
        {"x5c": ["!"], "x5u": "https://attacker.example"},
    ],
    ids=str,
)
def test_marks_that_allow_verification(marks: dict[str, Any]) -> None:
    assert len(load(RSA | marks)) == 1


# --- what is left out ---------------------------------------------------------


@pytest.mark.parametrize(
    "other",
    [
        RSA | {"use": "enc"},
        RSA | {"use": "SIG"},
        RSA | {"key_ops": ["encrypt", "decrypt"]},
        RSA | {"key_ops": []},
        OCT | {"use": "enc"},
        {"use": "enc"},
        # RFC 7517 section 5: what is not understood or out of range is to be ignored.
        P384,
        ED25519,
        RSA | {"kty": "RSA2"},
        RSA | {"n": "_" * 4000},
    ],
    ids=lambda jwk: str({name: value for name, value in jwk.items() if name not in {"n", "e", "x", "y"}}),
)
def test_a_key_that_cannot_verify_is_left_out(other: dict[str, Any]) -> None:
    (entry,) = load(other | {"kid": "a"}, EC | {"kid": "a"})
    assert isinstance(entry.public_key, ec.EllipticCurvePublicKey)


@pytest.mark.parametrize(
    "keys", [[], [RSA | {"use": "enc"}], [OCT | {"use": "enc"}]], ids=["empty", "RSA", "oct"]
)
def test_no_key_that_verifies(keys: list[dict[str, Any]]) -> None:
    assert refusal(MalformedError, lambda: load(*keys)).message == "the JWK Set holds no key for signatures"


def test_where_only_keys_of_other_kinds_are_the_first_says_why() -> None:
    error = refusal(UnsupportedError, lambda: load(P384, ED25519))
    assert "P-384" in error.message


# --- what is refused ----------------------------------------------------------

NO_ARRAY = "key_ops of a JWK is not an array"


@pytest.mark.parametrize(
    ("good", "bad", "error", "message"),
    [
        ({"kid": "b"}, {"kid": "a"}, AmbiguousError, "two keys of the JWK Set have the same kid"),
        ({"kid": None}, {"kid": 1}, JsonError, "kid of a JWK is not a string"),
        ({"alg": None}, {"alg": ["RS256"]}, JsonError, "alg of a JWK is not a string"),
        ({"use": None}, {"use": True}, JsonError, "use of a JWK is not a string"),
        ({"key_ops": ["verify"]}, {"key_ops": "verify"}, MalformedError, NO_ARRAY),
        (
            {"key_ops": ["verify"]},
            {"key_ops": {"verify": 1}},
            MalformedError,
            NO_ARRAY,
        ),
        (
            {"kid": "b" * MAX_KID_LENGTH},
            {"kid": "b" * (MAX_KID_LENGTH + 1)},
            MalformedError,
            "the kid of a JWK is too long",
        ),
        ({}, {"n": None}, MalformedError, "n of the JWK is null, and should be a string"),
        ({}, {"n": RSA["n"] + "="}, MalformedError, "n of the JWK: "),
        ({"e": "AQAB"}, {"e": "AQAA"}, WeakKeyError, "the public exponent of the RSA key is even"),
        ({"kty": "RSA"}, {"kty": "oct"}, WrongKindError, "the JWK Set holds a symmetric key"),
        ({"kty": "RSA"}, {"kty": None}, MalformedError, "a JSON object "),
    ],
)
def test_one_thing_that_is_wrong(
    good: dict[str, Any], bad: dict[str, Any], error: type[JwtToolError], message: str
) -> None:
    first = EC | {"kid": "a"}
    assert len(load(first, RSA | good)) == 2
    assert refusal(error, lambda: load(first, RSA | bad)).message.startswith(message)


def test_a_symmetric_key_is_refused_and_not_shown() -> None:
    error = refusal(WrongKindError, lambda: load(RSA, OCT))
    assert error.hint == "signatures are verified with public keys alone; take the secret out of the file"


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("{}", MalformedError, 'not a JWK Set: no array "keys" of objects'),
        ('{"keys": {}}', MalformedError, 'not a JWK Set: no array "keys" of objects'),
        ('{"keys": null}', MalformedError, 'not a JWK Set: no array "keys" of objects'),
        ('{"keys": [1]}', MalformedError, 'not a JWK Set: no array "keys" of objects'),
        ('{"keys": [[]]}', MalformedError, 'not a JWK Set: no array "keys" of objects'),
        ("[]", JsonError, "an array where an object belongs"),
        ("", JsonError, "not JSON at character 0"),
        ('{"keys": [], "keys": []}', JsonError, "a member name occurs twice in one object"),
        ('{"keys": [{"kty": "RSA", "kty": "EC"}]}', JsonError, "a member name occurs twice in one object"),
    ],
)
def test_a_document_that_is_no_set(text: str, error: type[JwtToolError], message: str) -> None:
    assert refusal(error, lambda: load_jwks(text.encode())).message.startswith(message)


def test_the_limits() -> None:
    assert len(load(*[EC] * 100)) == 100
    assert refusal(UnsupportedError, lambda: load(*[EC] * 101)).message == "a JWK Set with more than 100 keys"
    text = json.dumps(EC).encode()
    load_jwks(text.ljust(Limit.JWKS))
    refusal(TooLargeError, lambda: load_jwks(text.ljust(Limit.JWKS + 1)))


MEMBERS = st.dictionaries(
    st.sampled_from([*RSA, *EC, "kid", "use", "key_ops", "alg", "k", "x5c"]),
    st.sampled_from([*RSA.values(), *EC.values(), "oct", "sig", "", "AA", None, 1, [], ["verify"], {}])
    | st.text(),
)


@given(
    st.lists(MEMBERS.map(lambda changes: RSA | changes) | MEMBERS.map(lambda changes: EC | changes) | MEMBERS)
)
def test_whatever_the_members_are_it_is_read_or_refused(keys: list[dict[str, Any]]) -> None:
    try:
        entries = load(*keys)
    except JwtToolError as error:
        refused = error
    else:
        assert 0 < len(entries) <= len(keys)
        return
    assert f"{refused.message}{refused.hint}".isprintable()


@pytest.mark.parametrize(
    "text",
    [
        '{"keys":[' + "{}," * (Limit.JWKS // 3 - 10) + "{}]}",
        '{"keys":[' + "[" * (Limit.JWKS - 20),
        json.dumps({"keys": [RSA | {"n": "A" + "_" * (Limit.JWKS - 500)}]}),
        json.dumps({"keys": [RSA | {"e": "AQAB" * (Limit.JWKS // 4 - 200)}]}),
        json.dumps({"keys": [RSA | {"kid": "a" * (Limit.JWKS - 1000)}]}),
    ],
    ids=["empty keys", "depth", "modulus", "exponent", "kid"],
)
def test_a_bomb_is_refused_at_once(text: str) -> None:
    with no_hanging(), little_memory(), pytest.raises(JwtToolError):
        load_jwks(text.encode())
