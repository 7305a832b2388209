from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from jwttool.errors import (
    AmbiguousError,
    JwtToolError,
    MalformedError,
    UnsupportedError,
    WeakKeyError,
    WrongKindError,
)
from jwttool.keys import load_public_key, same_public_key, weaknesses
from tests import issue
from tests import keys_material as material
from tests.tools import run_tool

if TYPE_CHECKING:
    from jwttool.keys import PrivateKey


@pytest.fixture(params=["rsa", "ec"])
def key(
    request: pytest.FixtureRequest, rsa_key: rsa.RSAPrivateKey, ec_key: ec.EllipticCurvePrivateKey
) -> PrivateKey:
    return rsa_key if request.param == "rsa" else ec_key


def refusal(data: bytes) -> JwtToolError:
    with pytest.raises(JwtToolError) as refused:
        load_public_key(data)
    return refused.value


def test_every_form_that_is_read(key: PrivateKey) -> None:
    jwk = json.dumps(material.public_jwk(key)).encode()
    forms = [
        (issue.public_pem(key), "SPKI", "PEM"),
        (material.spki_der(key), "SPKI", "DER"),
        (jwk, "JWK", "JSON"),
        (b'\n {"keys": [' + jwk + b"]}", "JWK", "JSON"),
    ]
    if isinstance(key, rsa.RSAPrivateKey):
        public = key.public_key()
        forms += [
            (public.public_bytes(Encoding.PEM, PublicFormat.PKCS1), "PKCS#1", "PEM"),
            (public.public_bytes(Encoding.DER, PublicFormat.PKCS1), "PKCS#1", "DER"),
        ]
    for data, form, encoding in forms:
        loaded = load_public_key(data)
        assert (loaded.format, loaded.encoding) == (form, encoding)
        assert same_public_key(loaded.public_key, key.public_key())


def test_a_public_key_from_openssl(key: PrivateKey) -> None:
    pem = run_tool("openssl", "pkey", "-pubout", stdin=issue.key_pem(key)).stdout
    assert same_public_key(load_public_key(pem).public_key, key.public_key())


def test_a_private_key_has_no_business_here(key: PrivateKey) -> None:
    jwk = json.dumps(material.private_jwk(key)).encode()
    for data in (
        issue.key_pem(key),
        issue.key_pem(key, b"secret"),
        material.pkcs8_der(key),
        material.traditional_der(key),
        jwk,
        b'{"keys": [' + jwk + b"]}",
        issue.public_pem(key) + issue.key_pem(key),
    ):
        refused = refusal(data)
        assert isinstance(refused, WrongKindError)
        assert refused.message == "a private key, where a public key belongs"
        assert "never hand out" in (refused.hint or "")


def test_a_certificate_is_sent_to_its_own_option(key: PrivateKey) -> None:
    for data in (issue.pem(issue.certificate(key)), issue.der(issue.certificate(key))):
        refused = refusal(data)
        assert isinstance(refused, WrongKindError)
        assert refused.message == "a certificate, where a public key belongs"
        assert refused.hint == "give it with --cert"


def test_a_request_is_named_too(rsa_key: rsa.RSAPrivateKey) -> None:
    assert "(CSR), where a public key belongs" in refusal(issue.der(issue.request(rsa_key))).message


def test_two_public_keys_are_ambiguous(key: PrivateKey, other_rsa_key: rsa.RSAPrivateKey) -> None:
    assert isinstance(refusal(issue.public_pem(key) + issue.public_pem(other_rsa_key)), AmbiguousError)
    keys = [material.public_jwk(key), material.public_jwk(other_rsa_key)]
    assert isinstance(refusal(json.dumps({"keys": keys}).encode()), AmbiguousError)


@pytest.mark.parametrize("document", [{"keys": []}, {"keys": {}}, {"keys": [1]}, {"keys": None}, {}])
def test_a_jwk_set_without_a_key(document: Any) -> None:
    assert isinstance(refusal(json.dumps(document).encode()), WrongKindError | MalformedError)


@pytest.mark.parametrize(
    ("key", "what"),
    [
        (ec.generate_private_key(ec.SECP384R1()), "a key on the curve P-384"),
        (dsa.generate_private_key(1024), "a key of the type DSA"),
        (ed25519.Ed25519PrivateKey.generate(), "a key of the type Ed25519"),
    ],
)
def test_a_key_of_a_kind_that_is_not_offered_is_named(key: Any, what: str) -> None:
    refused = refusal(issue.public_pem(key))
    assert isinstance(refused, UnsupportedError)
    assert refused.message == f"{what}, which jwttool does not offer"


@pytest.mark.parametrize("exponent", [-1, 0, 1, 2, 65536, 2**300])
def test_an_exponent_that_no_key_can_have_is_weak_and_not_damaged(
    rsa_key: rsa.RSAPrivateKey, exponent: int
) -> None:
    modulus = rsa_key.public_key().public_numbers().n
    spki = material.rsa_spki(modulus, exponent)
    pkcs1 = material.sequence(material.integer(modulus), material.integer(exponent))
    for data in (spki, pkcs1, material.pem("PUBLIC KEY", spki), material.pem("RSA PUBLIC KEY", pkcs1)):
        refused = refusal(data)
        assert isinstance(refused, WeakKeyError)
        assert "public exponent" in refused.message


def test_an_even_modulus_is_read_and_then_weak(rsa_key: rsa.RSAPrivateKey) -> None:
    modulus = rsa_key.public_key().public_numbers().n
    loaded = load_public_key(material.rsa_spki(modulus - 1, 65537))
    assert [weakness.id for weakness in weaknesses(loaded.public_key)] == ["key-modulus-even"]


def test_numbers_that_are_no_key() -> None:
    assert isinstance(refusal(material.rsa_spki(15, 65537)), MalformedError)
    assert isinstance(refusal(material.rsa_spki(2**16384 + 1, 65537)), UnsupportedError)


def test_a_point_that_is_not_on_the_curve(ec_key: ec.EllipticCurvePrivateKey) -> None:
    der = bytearray(material.spki_der(ec_key))
    der[-1] ^= 1
    refused = refusal(bytes(der))
    assert isinstance(refused, MalformedError)
    assert refused.message == "a public key that is damaged"


def test_an_empty_file() -> None:
    assert refusal(b"").message == "the public key file is empty"
