"""Signatures: three algorithms, each with its type of key, and nothing that a token may choose."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given, settings
from hypothesis import strategies as st

from jwttool.errors import SignatureFaultError, UsageError
from jwttool.jose.algorithms import ALGORITHMS
from jwttool.jose.signatures import SigningKey, VerificationKey, algorithms_for
from tests import issue
from tests.hostile import CANARY, refusal
from tests.test_keys_token import EcInToken, RsaInToken, stays_here

if TYPE_CHECKING:
    from jwttool.keys import PrivateKey

MESSAGE = b"eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0"
RSA_KEY, EC_KEY = issue.rsa_key(), issue.ec_key()
KEYS: dict[str, PrivateKey] = {"RS256": RSA_KEY, "PS256": RSA_KEY, "ES256": EC_KEY}
OTHERS: dict[str, PrivateKey] = {
    "RS256": issue.rsa_key(1),
    "PS256": issue.rsa_key(1),
    "ES256": issue.ec_key(1),
}

# Every name of RFC 7518 section 3.1 that we do not take, others that exist, and spellings of ours.
FOREIGN = ["none", "None", "NONE", "", "HS256", "HS384", "RS384", "RS512", "PS384", "PS512", "ES384", "ES512"]
FOREIGN += ["EdDSA", "Ed25519", "ES256K", "rs256", "RS256 ", " RS256", "RS256\0", "RSA1_5", "RS1"]


def test_the_allow_list() -> None:
    assert ALGORITHMS == ("RS256", "PS256", "ES256")
    assert algorithms_for(RSA_KEY) == algorithms_for(RSA_KEY.public_key()) == ("RS256", "PS256")
    assert algorithms_for(EC_KEY) == algorithms_for(EC_KEY.public_key()) == ("ES256",)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_what_was_signed_verifies_and_one_change_of_anything_does_not(algorithm: str) -> None:
    signature = SigningKey(KEYS[algorithm], algorithm).sign(MESSAGE)
    key = VerificationKey(KEYS[algorithm].public_key())
    assert key.verify(algorithm, MESSAGE, signature) is True
    assert key.verify(algorithm, MESSAGE + b"A", signature) is False
    assert key.verify(algorithm, MESSAGE[:-1], signature) is False
    assert key.verify(algorithm, MESSAGE, signature[:-1]) is False
    assert key.verify(algorithm, MESSAGE, signature + b"\0") is False
    assert key.verify(algorithm, MESSAGE, b"\0" + signature) is False
    assert VerificationKey(OTHERS[algorithm].public_key()).verify(algorithm, MESSAGE, signature) is False


def test_one_key_does_not_take_a_signature_of_its_other_algorithm() -> None:
    key = VerificationKey(RSA_KEY.public_key())
    assert not key.verify("PS256", MESSAGE, SigningKey(RSA_KEY, "RS256").sign(MESSAGE))
    assert not key.verify("RS256", MESSAGE, SigningKey(RSA_KEY, "PS256").sign(MESSAGE))


@pytest.mark.parametrize(
    ("algorithm", "raw"),
    [
        ("RS256", lambda message: RSA_KEY.sign(message, padding.PKCS1v15(), SHA256())),
        ("PS256", lambda message: RSA_KEY.sign(message, padding.PSS(padding.MGF1(SHA256()), 32), SHA256())),
    ],
)
def test_cryptography_signs_what_we_verify_and_verifies_what_we_sign(algorithm: str, raw: Any) -> None:
    assert VerificationKey(RSA_KEY.public_key()).verify(algorithm, MESSAGE, raw(MESSAGE))
    pad = padding.PKCS1v15() if algorithm == "RS256" else padding.PSS(padding.MGF1(SHA256()), 32)
    RSA_KEY.public_key().verify(SigningKey(RSA_KEY, algorithm).sign(MESSAGE), MESSAGE, pad, SHA256())


def test_the_form_of_an_ecdsa_signature_is_that_of_rfc_7518_and_not_der() -> None:
    signature = SigningKey(EC_KEY, "ES256").sign(MESSAGE)
    assert len(signature) == 64
    der = encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
    EC_KEY.public_key().verify(der, MESSAGE, ec.ECDSA(SHA256()))
    assert not VerificationKey(EC_KEY.public_key()).verify("ES256", MESSAGE, der)


def test_pss_with_a_salt_of_another_length_is_refused() -> None:
    # RFC 7518 section 3.5: the salt is as long as the hash.
    for length in (0, 20, 31, 33):
        signature = RSA_KEY.sign(MESSAGE, padding.PSS(padding.MGF1(SHA256()), length), SHA256())
        assert not VerificationKey(RSA_KEY.public_key()).verify("PS256", MESSAGE, signature)


# --- what does not fit --------------------------------------------------------


@pytest.mark.parametrize("key", [RSA_KEY, EC_KEY], ids=["RSA", "EC"])
@pytest.mark.parametrize("algorithm", FOREIGN)
def test_no_other_algorithm_signs_or_fits(key: PrivateKey, algorithm: str) -> None:
    with pytest.raises(UsageError):
        SigningKey(key, algorithm)
    assert not VerificationKey(key.public_key()).fits(algorithm)
    with pytest.raises(KeyError):
        VerificationKey(key.public_key()).verify(algorithm, MESSAGE, b"")


@pytest.mark.parametrize(
    ("key", "algorithm", "message", "hint"),
    [
        (RSA_KEY, "ES256", "ES256 cannot be signed with an RSA key", "this key signs RS256 or PS256"),
        (EC_KEY, "RS256", "RS256 cannot be signed with an EC key", "this key signs ES256"),
    ],
    ids=["ES256 with RSA", "RS256 with EC"],
)
def test_a_key_of_another_type(key: PrivateKey, algorithm: str, message: str, hint: str) -> None:
    error = refusal(UsageError, lambda: SigningKey(key, algorithm))
    assert (error.message, error.hint) == (message, hint)
    assert not VerificationKey(key.public_key()).fits(algorithm)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_key_fits_its_own_algorithms(algorithm: str) -> None:
    assert VerificationKey(KEYS[algorithm].public_key()).fits(algorithm)
    assert SigningKey(KEYS[algorithm], algorithm).algorithm == algorithm


# --- keys that are odd --------------------------------------------------------


def test_a_key_in_a_token_signs_without_being_exported() -> None:
    for key, algorithm in (
        (RsaInToken(RSA_KEY), "RS256"),
        (RsaInToken(RSA_KEY), "PS256"),
        (EcInToken(EC_KEY), "ES256"),
    ):
        signature = SigningKey(key, algorithm).sign(MESSAGE)
        assert VerificationKey(key.public_key()).verify(algorithm, MESSAGE, signature)


class BrokenToken(RsaInToken):
    """Its session has ended."""

    def sign(self, data: Any, padding: Any, algorithm: Any) -> bytes:  # noqa: ARG002
        raise RuntimeError(CANARY)


def test_a_key_that_fails_to_sign_is_a_fault_of_the_signature() -> None:
    error = refusal(SignatureFaultError, lambda: SigningKey(BrokenToken(RSA_KEY), "RS256").sign(MESSAGE))
    assert error.message == "the key made no signature"


def test_a_weak_key_neither_warns_nor_is_judged_here(weak_rsa_key: rsa.RSAPrivateKey) -> None:
    # joserfc warns about short keys, on standard error; ours are judged before they come here.
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        signature = SigningKey(weak_rsa_key, "RS256").sign(MESSAGE)
        assert VerificationKey(weak_rsa_key.public_key()).verify("RS256", MESSAGE, signature)


class OddPublicKey(rsa.RSAPublicKey):
    """Of a library that raises where others say no."""

    key_size = 2048

    def public_numbers(self) -> rsa.RSAPublicNumbers:
        return RSA_KEY.public_key().public_numbers()

    def verify(self, signature: Any, data: Any, padding: Any, algorithm: Any) -> None:  # noqa: ARG002
        raise OverflowError(CANARY)

    encrypt = public_bytes = recover_data_from_signature = __copy__ = __deepcopy__ = stays_here
    __eq__, __hash__ = object.__eq__, object.__hash__


def test_a_key_that_raises_verifies_nothing() -> None:
    assert VerificationKey(OddPublicKey()).verify("RS256", MESSAGE, b"") is False


ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@pytest.mark.parametrize("r", [0, 1, ORDER - 1, ORDER, ORDER + 1, 2**256 - 1])
@pytest.mark.parametrize("s", [0, 1, ORDER - 1, ORDER, ORDER + 1, 2**256 - 1])
def test_ecdsa_values_at_the_edges_verify_nothing(r: int, s: int) -> None:
    # r = s = 0 once verified everything (CVE-2022-21449).
    signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    assert VerificationKey(EC_KEY.public_key()).verify("ES256", MESSAGE, signature) is False


MODULI = {
    "even": 1 << 2047,
    "a power of three": 3**1291,
    "tiny": (1 << 511) + 111,
    "prime-less": (1 << 2047) + 1,
    "large": (1 << 16_383) + 1,
}


@pytest.mark.parametrize("modulus", MODULI.values(), ids=MODULI)
@pytest.mark.parametrize("exponent", [3, 65537])
def test_an_impossible_public_key_verifies_nothing(modulus: int, exponent: int) -> None:
    try:
        public = rsa.RSAPublicNumbers(exponent, modulus).public_key()
    except ValueError:
        return  # the library refuses to make it at all
    key = VerificationKey(public)
    size = public.key_size // 8
    for algorithm in ("RS256", "PS256"):
        for signature in (b"", b"\0" * size, b"\1" * size, b"\xff" * size, b"\0" * (size - 1) + b"\1"):
            assert key.verify(algorithm, MESSAGE, signature) is False


@settings(max_examples=200)
@given(st.sampled_from(ALGORITHMS), st.binary(max_size=300))
def test_whatever_the_signature_is_it_is_a_no(algorithm: str, signature: bytes) -> None:
    assert VerificationKey(KEYS[algorithm].public_key()).verify(algorithm, MESSAGE, signature) is False


@given(st.sampled_from(ALGORITHMS), st.integers(0, 255), st.integers(1, 255))
def test_no_changed_byte_verifies(algorithm: str, place: int, change: int) -> None:
    signature = bytearray(SigningKey(KEYS[algorithm], algorithm).sign(MESSAGE))
    signature[place % len(signature)] ^= change
    assert VerificationKey(KEYS[algorithm].public_key()).verify(algorithm, MESSAGE, bytes(signature)) is False


def test_a_signature_over_the_hash_alone_is_not_one_over_the_message() -> None:
    # RFC 7518 section 3.3 hashes once; a signature over a ready hash of something else must not fit.
    signature = RSA_KEY.sign(b"\0" * 32, padding.PKCS1v15(), Prehashed(SHA256()))
    assert not VerificationKey(RSA_KEY.public_key()).verify("RS256", b"\0" * 32, signature)
