from __future__ import annotations

import base64
import hashlib
import json

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from joserfc.jwk import ECKey, RSAKey
from jwcrypto.jwk import JWK

from jwttool.encoding import b64url_decode
from jwttool.errors import UnsupportedError
from jwttool.keys import (
    PublicKey,
    jwk_thumbprint,
    keycloak_kid,
    public_jwk,
    public_key_from_jwk,
    same_public_key,
    spki_der,
    spki_sha256,
    subject_key_identifier,
)
from tests import keys_material
from tests.tools import run_tool

# RFC 7638 section 3.1: the modulus of the example, and its thumbprint.
EXAMPLE_MODULUS = (
    "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3okn"
    "jhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6"
    "qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8a"
    "wapJzKnqDKgw"
)
EXAMPLE_THUMBPRINT = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


@pytest.fixture(params=["rsa", "ec"])
def public_key(
    request: pytest.FixtureRequest, rsa_key: rsa.RSAPrivateKey, ec_key: ec.EllipticCurvePrivateKey
) -> PublicKey:
    return rsa_key.public_key() if request.param == "rsa" else ec_key.public_key()


def test_the_example_of_rfc_7638() -> None:
    key = public_key_from_jwk({"kty": "RSA", "n": EXAMPLE_MODULUS, "e": "AQAB", "alg": "RS256", "kid": "x"})
    assert jwk_thumbprint(key) == EXAMPLE_THUMBPRINT
    other = public_key_from_jwk({"kty": "RSA", "n": EXAMPLE_MODULUS, "e": "Aw"})
    assert jwk_thumbprint(other) != EXAMPLE_THUMBPRINT


def test_the_public_jwk_is_canonical(public_key: PublicKey) -> None:
    members = public_jwk(public_key)
    assert list(members) == sorted(members)
    assert members.keys() == ({"e", "kty", "n"} if members["kty"] == "RSA" else {"crv", "kty", "x", "y"})
    assert same_public_key(public_key_from_jwk(members), public_key)


def test_the_thumbprint_agrees_with_other_implementations(public_key: PublicKey) -> None:
    members = public_jwk(public_key)
    assert jwk_thumbprint(public_key) == JWK(**members).thumbprint()
    theirs = RSAKey if members["kty"] == "RSA" else ECKey
    assert jwk_thumbprint(public_key) == theirs.import_key(dict(members)).thumbprint()


def test_coordinates_of_a_point_keep_their_leading_zeros() -> None:
    for value in range(1, 5_000):  # one point in 256 has an x that begins with a zero octet
        numbers = ec.derive_private_key(value, ec.SECP256R1()).public_key().public_numbers()
        if numbers.x < 2**248:
            break
    else:
        pytest.fail("no such point")
    assert len(b64url_decode(public_jwk(numbers.public_key())["x"])) == 32


@pytest.mark.parametrize(("curve", "name"), [(ec.SECP384R1(), "P-384"), (ec.SECP521R1(), "P-521")])
def test_a_certificate_may_hold_a_key_on_another_curve(curve: ec.EllipticCurve, name: str) -> None:
    public_key = ec.generate_private_key(curve).public_key()
    assert public_jwk(public_key)["crv"] == name
    assert jwk_thumbprint(public_key) == JWK(**public_jwk(public_key)).thumbprint()


def test_a_curve_without_a_name_in_jose() -> None:
    with pytest.raises(UnsupportedError):
        public_jwk(ec.generate_private_key(ec.SECP224R1()).public_key())


def test_the_pin_and_the_kid_are_one_hash_in_two_spellings(public_key: PublicKey) -> None:
    digest = hashlib.sha256(spki_der(public_key)).digest()
    assert base64.b64decode(spki_sha256(public_key), validate=True) == digest
    assert b64url_decode(keycloak_kid(public_key)) == digest


def test_openssl_computes_the_same_pin(public_key: PublicKey) -> None:
    public = keys_material.pem("PUBLIC KEY", spki_der(public_key))
    der = run_tool("openssl", "pkey", "-pubin", "-outform", "DER", stdin=public).stdout
    assert der == spki_der(public_key)
    digest = run_tool("openssl", "dgst", "-sha256", "-binary", stdin=der).stdout
    assert base64.b64decode(spki_sha256(public_key)) == digest


def test_the_subject_key_identifier_is_that_of_rfc_5280(public_key: PublicKey) -> None:
    theirs = x509.SubjectKeyIdentifier.from_public_key(public_key).digest.hex()
    assert subject_key_identifier(public_key) == theirs


def test_the_names_of_two_keys_differ(rsa_key: rsa.RSAPrivateKey, other_rsa_key: rsa.RSAPrivateKey) -> None:
    for form in (jwk_thumbprint, spki_sha256, keycloak_kid, subject_key_identifier):
        assert form(rsa_key.public_key()) != form(other_rsa_key.public_key())


def test_a_jwk_is_ordinary_json(public_key: PublicKey) -> None:
    assert json.loads(json.dumps(public_jwk(public_key))) == public_jwk(public_key)
