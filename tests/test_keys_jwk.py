from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from joserfc.jwk import ECKey, RSAKey
from jwcrypto.jwk import JWK

from jwttool.encoding import b64url_encode
from jwttool.errors import (
    AmbiguousError,
    JsonError,
    JwtToolError,
    MalformedError,
    UnsupportedError,
    WeakKeyError,
    WrongKindError,
)
from jwttool.keys import load_private_key, private_key_from_jwk, public_key_from_jwk, same_public_key
from tests import keys_material as material

if TYPE_CHECKING:
    from jwttool.keys import PrivateKey


@pytest.fixture(params=["rsa", "ec"])
def key(
    request: pytest.FixtureRequest, rsa_key: rsa.RSAPrivateKey, ec_key: ec.EllipticCurvePrivateKey
) -> PrivateKey:
    return rsa_key if request.param == "rsa" else ec_key


def refusal(members: dict[str, Any]) -> JwtToolError:
    with pytest.raises(JwtToolError) as refused:
        private_key_from_jwk(members)
    return refused.value


def test_a_private_jwk(key: PrivateKey) -> None:
    loaded = load_private_key(json.dumps(material.private_jwk(key)).encode())
    assert (loaded.format, loaded.encoding, loaded.encryption) == ("JWK", "JSON", None)
    read: Any = loaded.private_key
    assert read.private_numbers() == key.private_numbers()


def test_jwks_of_other_implementations(
    rsa_key: rsa.RSAPrivateKey, ec_key: ec.EllipticCurvePrivateKey
) -> None:
    pairs: list[tuple[Any, PrivateKey]] = [
        (RSAKey(rsa_key, rsa_key).as_dict(private=True), rsa_key),
        (ECKey(ec_key, ec_key).as_dict(private=True), ec_key),
        (JWK.from_pyca(rsa_key).export(as_dict=True), rsa_key),
        (JWK.from_pyca(ec_key).export(as_dict=True), ec_key),
    ]
    for theirs, key in pairs:
        assert same_public_key(private_key_from_jwk(theirs).public_key(), key.public_key())


def test_the_public_half_of_a_private_jwk(key: PrivateKey) -> None:
    for members in (material.private_jwk(key), material.public_jwk(key)):
        assert same_public_key(public_key_from_jwk(members), key.public_key())


def test_a_set_with_one_private_key(key: PrivateKey, other_rsa_key: rsa.RSAPrivateKey) -> None:
    keys = [material.public_jwk(other_rsa_key), material.private_jwk(key), {"kty": "oct", "k": "AA"}]
    loaded = load_private_key(json.dumps({"keys": keys}).encode())
    assert same_public_key(loaded.private_key.public_key(), key.public_key())


def test_a_set_with_two_private_keys(key: PrivateKey, other_rsa_key: rsa.RSAPrivateKey) -> None:
    keys = [material.private_jwk(other_rsa_key), material.private_jwk(key)]
    with pytest.raises(AmbiguousError, match="2 keys in one JWK Set"):
        load_private_key(json.dumps({"keys": keys}).encode())


def test_a_public_or_symmetric_jwk(key: PrivateKey) -> None:
    documents: list[dict[str, Any]] = [material.public_jwk(key), {"kty": "oct", "k": "AAAA"}, {"keys": []}]
    for members in documents:
        with pytest.raises(WrongKindError) as refused:
            load_private_key(json.dumps(members).encode())
        assert refused.value.message == "a public or symmetric JWK, where a private key belongs"


@pytest.mark.parametrize(
    "text", [b"{", b"[]", b'{"kty": "RSA", "kty": "EC"}', b'{"kty": NaN}', b'{"d": "\xff"}']
)
def test_json_that_is_not_strict(text: bytes) -> None:
    with pytest.raises(JsonError if text != b"[]" else MalformedError):
        load_private_key(text)


@pytest.mark.parametrize(
    ("members", "error"),
    [
        ({}, MalformedError),
        ({"kty": None}, MalformedError),
        ({"kty": "oct", "k": "AAAA", "d": "AA"}, WrongKindError),
        ({"kty": "OKP", "crv": "Ed25519"}, UnsupportedError),
        ({"kty": 5}, MalformedError),
        ({"kty": ["RSA"]}, MalformedError),
        ({"kty": "EC", "crv": "P-384"}, UnsupportedError),
        ({"kty": "EC", "crv": ["P-256"]}, UnsupportedError),
        ({"kty": "EC"}, UnsupportedError),
        ({"kty": "rsa"}, UnsupportedError),
        ({"kty": "\x1b[31m"}, UnsupportedError),
    ],
)
def test_another_type_of_key(members: dict[str, Any], error: type[JwtToolError]) -> None:
    refused = refusal(members)
    assert type(refused) is error
    assert refused.message.isprintable()
    with pytest.raises(error):
        public_key_from_jwk(members)


@pytest.mark.parametrize("member", ["n", "e", "d", "p", "q", "dp", "dq", "qi"])
def test_members_of_an_rsa_key(rsa_key: rsa.RSAPrivateKey, member: str) -> None:
    members = material.private_jwk(rsa_key)
    for broken in (None, 5, "", "A", "AA==", "A+/A", "*", ["AQAB"], "é"):
        refused = refusal(members | {member: broken})
        assert isinstance(refused, MalformedError)
        assert refused.message.startswith(f"{member} of the JWK")
    missing = {name: value for name, value in members.items() if name != member}
    assert isinstance(refusal(missing), MalformedError | UnsupportedError)


@pytest.mark.parametrize("member", ["x", "y", "d"])
def test_members_of_an_ec_key(ec_key: ec.EllipticCurvePrivateKey, member: str) -> None:
    members = material.private_jwk(ec_key)
    for broken in (None, 5, "", "AA", members[member] + "AAAA", b64url_encode(b"\0" * 33)):
        refused = refusal(members | {member: broken})
        assert isinstance(refused, MalformedError)
        assert refused.message.startswith(f"{member} of the JWK")
    assert isinstance(refusal(members | {member: b64url_encode(b"\xff" * 32)}), MalformedError)
    assert isinstance(refusal(members | {member: b64url_encode(b"\0" * 32)}), MalformedError)


def test_the_halves_of_an_ec_key_belong_together(ec_key: ec.EllipticCurvePrivateKey) -> None:
    other = material.private_jwk(ec.generate_private_key(ec.SECP256R1()))
    refused = refusal(material.private_jwk(ec_key) | {"d": other["d"]})
    assert refused.message == "the private and the public part of the JWK do not belong together"


@pytest.mark.parametrize("member", ["d", "p", "dp", "qi"])
def test_the_numbers_of_an_rsa_key_belong_together(
    rsa_key: rsa.RSAPrivateKey, other_rsa_key: rsa.RSAPrivateKey, member: str
) -> None:
    other = material.private_jwk(other_rsa_key)
    refused = refusal(material.private_jwk(rsa_key) | {member: other[member]})
    assert "contradict each other" in refused.message


def test_a_leading_zero_octet_would_give_another_thumbprint(rsa_key: rsa.RSAPrivateKey) -> None:
    members = material.private_jwk(rsa_key)
    modulus = rsa_key.public_key().public_numbers().n.to_bytes(257, "big")
    refused = refusal(members | {"n": b64url_encode(modulus)})
    assert refused.message == "n of the JWK begins with a zero octet (RFC 7518 section 2)"


def test_primes_are_not_recovered(rsa_key: rsa.RSAPrivateKey) -> None:
    members = material.private_jwk(rsa_key)
    refused = refusal({name: members[name] for name in ("kty", "n", "e", "d")})
    assert isinstance(refused, UnsupportedError)
    assert isinstance(refusal(members | {"oth": []}), UnsupportedError)


@pytest.mark.parametrize("exponent", ["AA", "AQ", "Ag", "AQAA"])
def test_an_exponent_that_no_key_can_have(rsa_key: rsa.RSAPrivateKey, exponent: str) -> None:
    members = material.private_jwk(rsa_key) | {"e": exponent}
    assert isinstance(refusal(members), WeakKeyError)
    with pytest.raises(WeakKeyError):
        public_key_from_jwk(members)


def test_an_oversized_number(rsa_key: rsa.RSAPrivateKey) -> None:
    members = material.public_jwk(rsa_key) | {"n": b64url_encode(b"\xff" * 2049)}
    with pytest.raises(UnsupportedError, match="16,384 bits"):
        public_key_from_jwk(members)
