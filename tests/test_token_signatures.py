"""The signatures of tokens that others made: more algorithms and keys than assertions have."""

from __future__ import annotations

import itertools
import json
import warnings
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, x25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PublicFormat,
    pkcs12,
)
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry
from jwcrypto import jwk as jwcrypto_jwk

from jwttool import certificates
from jwttool.encoding import b64url_encode
from jwttool.errors import JwtToolError, MalformedError, UnsupportedError, WrongKindError
from jwttool.jose.algorithms import ALGORITHMS, TOKEN_ALGORITHMS
from jwttool.jose.jwks import load_jwks, load_token_jwks
from jwttool.jose.signatures import VerificationKey, token_algorithms_for
from jwttool.keys import (
    TOKEN_CURVES,
    jwk_thumbprint,
    load_private_key,
    load_public_key,
    load_token_public_key,
    public_jwk,
    same_public_key,
    token_public,
    token_public_key_from_jwk,
    weaknesses,
)
from jwttool.secret import Secret
from tests import issue
from tests.hostile import refusal
from tests.token_keys import CURVES, on, signing_key

if TYPE_CHECKING:
    from jwttool.keys import TokenPublicKey

MESSAGE = b"eyJhbGciOiJSUzM4NCJ9.eyJzdWIiOiIxIn0"
RSA = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")

# Every kind of key, with what fits it and nothing else.
KINDS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "RSA": (issue.rsa_key(), RSA),
    "P-256": (on("P-256"), ("ES256",)),
    "P-384": (on("P-384"), ("ES384",)),
    "P-521": (on("P-521"), ("ES512",)),
    "Ed25519": (issue.ed25519_key(), ("Ed25519", "EdDSA")),
}
NEW_KINDS = ["P-384", "P-521", "Ed25519"]


def signed(algorithm: str, key: Any) -> bytes:
    """A signature that joserfc made."""
    kind: Any = RSAKey if algorithm in RSA else OKPKey if algorithm.startswith("Ed") else ECKey
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the name EdDSA
        return JWSRegistry(algorithms=[algorithm]).get_alg(algorithm).sign(MESSAGE, kind.import_key(key))


def verification_key(algorithm: str) -> VerificationKey:
    return VerificationKey(signing_key(algorithm).public_key(), TOKEN_ALGORITHMS)


# --- algorithms ---------------------------------------------------------------


@pytest.mark.parametrize("algorithm", TOKEN_ALGORITHMS)
def test_what_another_program_signed_verifies_and_one_change_of_anything_does_not(algorithm: str) -> None:
    signature = signed(algorithm, signing_key(algorithm))
    key = verification_key(algorithm)
    assert key.verify(algorithm, MESSAGE, signature) is True
    assert key.verify(algorithm, MESSAGE + b"A", signature) is False
    assert key.verify(algorithm, MESSAGE, signature[:-1]) is False
    assert key.verify(algorithm, MESSAGE, signature + b"\0") is False
    assert key.verify(algorithm, MESSAGE, b"\0" + signature) is False
    assert key.verify(algorithm, MESSAGE, b"") is False


@pytest.mark.parametrize(
    ("algorithm", "other"),
    [
        (one, other)
        for one, other in itertools.permutations(TOKEN_ALGORITHMS, 2)
        if {one, other} != {"EdDSA", "Ed25519"}
    ],
)
def test_a_signature_of_one_algorithm_is_none_of_another(algorithm: str, other: str) -> None:
    signature = signed(algorithm, signing_key(algorithm))
    key = verification_key(algorithm)
    if key.fits(other):
        assert key.verify(other, MESSAGE, signature) is False
    else:
        with pytest.raises(KeyError):
            key.verify(other, MESSAGE, signature)


def test_the_two_names_of_ed25519_are_one_algorithm() -> None:
    signature = signed("EdDSA", issue.ed25519_key())
    assert verification_key("EdDSA").verify("Ed25519", MESSAGE, signature)


@pytest.mark.parametrize(("key", "algorithms"), KINDS.values(), ids=KINDS)
def test_a_kind_of_key_has_its_algorithms(key: Any, algorithms: tuple[str, ...]) -> None:
    public = key.public_key()
    assert token_algorithms_for(public) == algorithms
    fitting = VerificationKey(public, TOKEN_ALGORITHMS)
    assert tuple(name for name in TOKEN_ALGORITHMS if fitting.fits(name)) == algorithms
    assert not any(map(fitting.fits, ("none", "HS256", "", "es256", "ES256K", "Ed448")))


@pytest.mark.parametrize(("key", "algorithms"), KINDS.values(), ids=KINDS)
def test_without_being_asked_a_key_takes_the_algorithms_of_assertions_alone(
    key: Any, algorithms: tuple[str, ...]
) -> None:
    narrow = VerificationKey(key.public_key())
    assert [name for name in TOKEN_ALGORITHMS if narrow.fits(name)] == [
        name for name in TOKEN_ALGORITHMS if name in algorithms and name in ALGORITHMS
    ]


def test_the_list_of_the_caller_narrows_it_and_an_empty_one_allows_nothing() -> None:
    public = issue.rsa_key().public_key()
    assert [name for name in TOKEN_ALGORITHMS if VerificationKey(public, ["PS512"]).fits(name)] == ["PS512"]
    assert not any(map(VerificationKey(public, []).fits, TOKEN_ALGORITHMS))
    assert not any(map(VerificationKey(public, ["ES256"]).fits, TOKEN_ALGORITHMS))


def test_a_curve_without_signatures_in_jose_has_no_algorithm() -> None:
    public = ec.generate_private_key(ec.SECP256K1()).public_key()
    assert token_algorithms_for(public) == ()
    assert not any(map(VerificationKey(public, TOKEN_ALGORITHMS).fits, TOKEN_ALGORITHMS))


@given(st.sampled_from(TOKEN_ALGORITHMS), st.binary(max_size=300))
def test_whatever_the_signature_is_it_is_a_no(algorithm: str, signature: bytes) -> None:
    assert verification_key(algorithm).verify(algorithm, MESSAGE, signature) is False


@pytest.mark.parametrize(("algorithm", "octets"), [("ES384", 48), ("ES512", 66)])
@pytest.mark.parametrize("half", [0, 1])
def test_ecdsa_values_at_the_edges_verify_nothing(algorithm: str, octets: int, half: int) -> None:
    # r = s = 0 once verified everything (CVE-2022-21449).
    assert verification_key(algorithm).verify(algorithm, MESSAGE, half.to_bytes(octets, "big") * 2) is False


# --- keys ---------------------------------------------------------------------


def spki(public: Any, encoding: Encoding = Encoding.PEM) -> bytes:
    data: bytes = public.public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)
    return data


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_read_as_pem_der_jwk_and_from_a_certificate(kind: str) -> None:
    key = KINDS[kind][0]
    public = key.public_key()
    jwk = json.dumps(public_jwk(public)).encode()
    for data in (spki(public), spki(public, Encoding.DER), jwk):
        assert same_public_key(load_token_public_key(data), public)
    certificate = issue.certificate(key)
    assert same_public_key(certificates.token_public_key(certificate), public)


@pytest.mark.parametrize("kind", NEW_KINDS)
def test_what_signs_no_assertions_is_still_refused_where_those_are_meant(kind: str) -> None:
    public = KINDS[kind][0].public_key()
    jwk = json.dumps(public_jwk(public)).encode()
    for data in (spki(public), jwk):
        refusal(UnsupportedError, partial(load_public_key, data))
    refusal(UnsupportedError, lambda: certificates.public_key(issue.certificate(KINDS[kind][0])))
    refusal(UnsupportedError, lambda: load_jwks(jwk))


@pytest.mark.parametrize(
    ("key", "message"),
    [
        (
            ec.generate_private_key(ec.SECP256K1()),
            "a key on the curve secp256k1, which jwttool does not offer",
        ),
        (ec.generate_private_key(ec.SECP224R1()), "a key on the curve P-224, which jwttool does not offer"),
        (ed448.Ed448PrivateKey.generate(), "a key of the type Ed448, which jwttool does not offer"),
        (x25519.X25519PrivateKey.generate(), "a key of the type X25519, which jwttool does not offer"),
    ],
    ids=["secp256k1", "P-224", "Ed448", "X25519"],
)
def test_a_key_of_another_kind(key: Any, message: str) -> None:
    error = refusal(UnsupportedError, lambda: token_public(key.public_key()))
    assert error.message == message
    assert error.hint == "use an RSA key of at most 16,384 bits, or an EC key on P-256, P-384 or P-521"
    assert refusal(UnsupportedError, lambda: load_token_public_key(spki(key.public_key()))).message == message


def test_a_private_key_is_no_public_one() -> None:
    refusal(WrongKindError, lambda: load_token_public_key(issue.key_pem(on("P-384"))))


@pytest.mark.parametrize("kind", KINDS)
def test_the_thumbprint_is_that_of_another_program(kind: str) -> None:
    public = KINDS[kind][0].public_key()
    assert jwk_thumbprint(public) == jwcrypto_jwk.JWK.from_pyca(public).thumbprint()


def test_the_thumbprint_of_rfc_8037() -> None:
    # Appendix A.3.
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    assert jwk_thumbprint(token_public_key_from_jwk(jwk)) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


@pytest.mark.parametrize("kind", NEW_KINDS)
def test_a_key_for_tokens_is_not_weak_for_them(kind: str) -> None:
    public: TokenPublicKey = KINDS[kind][0].public_key()
    assert weaknesses(public, curves=TOKEN_CURVES) == ()
    found = [weakness.id for weakness in weaknesses(public)]
    assert found == ([] if isinstance(public, ed25519.Ed25519PublicKey) else ["key-curve"])


@pytest.mark.parametrize("curve", CURVES)
def test_a_private_key_of_the_curve_is_loaded_where_it_is_allowed(curve: str) -> None:
    key = on(curve)
    jwk = json.dumps(json.loads(jwcrypto_jwk.JWK.from_pyca(key).export())).encode()
    for data in (issue.key_pem(key), jwk):
        loaded = load_private_key(data, curves=TOKEN_CURVES)
        assert same_public_key(loaded.private_key.public_key(), key.public_key())
        assert loaded.algorithm is None
        if curve != "P-256":
            refusal(UnsupportedError, partial(load_private_key, data))


def test_a_bundle_with_a_key_of_another_curve_is_opened_where_it_is_allowed() -> None:
    key = on("P-384")
    protection, secret = BestAvailableEncryption(b"secret"), Secret(b"secret")
    bundle = pkcs12.serialize_key_and_certificates(b"k", key, issue.certificate(key), None, protection)
    loaded = load_private_key(bundle, secret, curves=TOKEN_CURVES)
    assert same_public_key(loaded.private_key.public_key(), key.public_key())
    refusal(UnsupportedError, lambda: load_private_key(bundle, secret))


def test_the_algorithm_that_a_jwk_binds_its_key_to_comes_along() -> None:
    jwk = json.loads(jwcrypto_jwk.JWK.from_pyca(issue.rsa_key()).export())
    assert load_private_key(json.dumps(jwk | {"alg": "RSA-OAEP"}).encode()).algorithm == "RSA-OAEP"
    assert load_private_key(json.dumps(jwk | {"alg": 5}).encode()).algorithm is None


# --- JWK ----------------------------------------------------------------------

P384 = public_jwk(on("P-384").public_key())
P521 = public_jwk(on("P-521").public_key())
ED25519 = public_jwk(issue.ed25519_key().public_key())


@pytest.mark.parametrize(
    ("good", "bad", "error", "message"),
    [
        (P384, {"x": P521["x"]}, MalformedError, "x of the JWK has 66 octets, and should have 48 octets"),
        (P521, {"y": P384["y"]}, MalformedError, "y of the JWK has 48 octets, and should have 66 octets"),
        (P384, {"y": P384["x"]}, MalformedError, "the JWK's point is not on the curve P-384"),
        (P521, {"y": P521["x"]}, MalformedError, "the JWK's point is not on the curve P-521"),
        (P384, {"crv": "P-256"}, MalformedError, "x of the JWK has 48 octets, and should have 32 octets"),
        (P384, {"crv": ["P-384"]}, UnsupportedError, "a JWK on an array"),
        (P384, {"crv": "secp384r1"}, UnsupportedError, "a JWK on secp384r1"),
        (ED25519, {"crv": "Ed448"}, UnsupportedError, "a JWK of the type OKP"),
        (ED25519, {"crv": "X25519"}, UnsupportedError, "a JWK of the type OKP"),
        (ED25519, {"x": "AA"}, MalformedError, "x of the JWK has 1 octets, and should have 32 octets"),
        (ED25519, {"x": None}, MalformedError, "x of the JWK is null, and should be a string"),
        (ED25519, {"kty": ["OKP"]}, MalformedError, "a JSON object that is no JWK"),
        (ED25519, {"kty": "oct"}, WrongKindError, "a symmetric JWK, where a key pair belongs"),
    ],
)
def test_one_thing_that_is_wrong_with_a_jwk(
    good: dict[str, Any], bad: dict[str, Any], error: type[JwtToolError], message: str
) -> None:
    token_public_key_from_jwk(good)
    assert refusal(error, lambda: token_public_key_from_jwk(good | bad)).message.startswith(message)


def test_a_set_for_tokens_keeps_what_a_set_for_assertions_leaves_out() -> None:
    keys = [public_jwk(key.public_key()) | {"kid": kind, "alg": "x"} for kind, (key, _) in KINDS.items()]
    data = json.dumps({"keys": keys}).encode()
    assert [entry.kid for entry in load_token_jwks(data)] == list(KINDS)
    assert [entry.kid for entry in load_jwks(data)] == ["RSA", "P-256"]
    assert {entry.algorithm for entry in load_token_jwks(data)} == {"x"}


def test_a_set_for_tokens_leaves_out_what_is_of_another_type_and_refuses_what_is_symmetric() -> None:
    other = {"kty": "OKP", "crv": "Ed448", "x": "AA"}
    encryption = dict(P384) | {"use": "enc"}
    data = json.dumps({"keys": [other, encryption, P384]}).encode()
    assert len(load_token_jwks(data)) == 1
    symmetric = {"kty": "oct", "k": b64url_encode(b"c4n4ry-hunter2")}
    refusal(WrongKindError, lambda: load_token_jwks(json.dumps({"keys": [P384, symmetric]}).encode()))
