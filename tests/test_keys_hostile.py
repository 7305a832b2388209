"""The attacker's side: whatever the bytes are, one of our errors comes out or a key does."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from jwttool.errors import JwtToolError
from jwttool.keys import (
    is_encrypted,
    load_pkcs12,
    load_private_key,
    load_public_key,
    private_key_from_jwk,
    public_key_from_jwk,
    read_encryption,
)
from jwttool.secret import Secret
from tests import issue
from tests import keys_material as material

if TYPE_CHECKING:
    from collections.abc import Callable

# A marker that no message may repeat.
PASSPHRASE = b"hunter2-hunter2"
READERS: list[Callable[[bytes], object]] = [
    lambda data: load_private_key(data, Secret(PASSPHRASE)),
    load_private_key,
    load_public_key,
    read_encryption,
    is_encrypted,
    lambda data: load_pkcs12(data, Secret(PASSPHRASE)),
]


def survive(data: bytes) -> None:
    """Every reader reads it or refuses it in our own words."""
    for read in READERS:
        refused = refusal(read, data)
        if refused is not None:
            text = f"{refused.message}{refused.hint}"
            assert text.isprintable()
            assert PASSPHRASE.decode() not in text
            assert refused.__cause__ is None


def refusal(read: Callable[[Any], object], subject: object) -> JwtToolError | None:
    """What a reader says no with, if it does. Any other exception fails the test."""
    try:
        read(subject)
    except JwtToolError as error:
        return error
    return None


@cache
def seeds() -> tuple[bytes, ...]:
    """One good file of each form."""
    key, ec_key = issue.rsa_key(), issue.ec_key()
    encrypted = material.encrypted_key(material.pbkdf2(10))
    bundle = material.pfx(
        material.encrypted_part(material.pbkdf2(10)),
        material.key_part(material.scrypt(2)),
        mac=material.mac(5),
    )
    return (
        issue.key_pem(key),
        issue.key_pem(ec_key),
        material.pkcs8_der(key),
        material.pkcs8_der(ec_key),
        material.traditional_der(key),
        material.traditional_der(ec_key),
        material.pem("EC PRIVATE KEY", material.traditional_der(ec_key)),
        issue.public_pem(key),
        material.spki_der(key),
        material.spki_der(ec_key),
        encrypted,
        material.pem("ENCRYPTED PRIVATE KEY", encrypted),
        bundle,
        real_bundle(),
        json.dumps(material.private_jwk(key)).encode(),
        json.dumps({"keys": [material.private_jwk(ec_key)]}).encode(),
        OLD_PEM,
    )


OLD_PEM = (
    b"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,"
    b"00112233445566778899AABBCCDDEEFF\n\n" + b"QUJDREVGR0hJSktMTU5PUA==\n-----END RSA PRIVATE KEY-----\n"
)


@cache
def real_bundle() -> bytes:
    """A PKCS#12 file that the passphrase opens, with few rounds so that it is quick."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.serialization import PrivateFormat, pkcs12

    key = issue.ec_key()
    encryption = (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(2)
        .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
        .hmac_hash(hashes.SHA256())
        .build(PASSPHRASE)
    )
    return pkcs12.serialize_key_and_certificates(b"x", key, issue.certificate(key), None, encryption)


def test_the_seeds_are_good_before_they_are_damaged() -> None:
    assert load_private_key(real_bundle(), Secret(PASSPHRASE)).format == "PKCS#12"
    opened = 0
    for seed in seeds():
        opened += any(refusal(read, seed) is None for read in READERS[:3])
    assert opened == len(seeds()) - 4  # four are encrypted nonsense, good only up to the passphrase


@given(st.binary(max_size=300))
@example(b"0\x80")
@example(b"{}")
@example(b"\xef\xbb\xbf{}")
@example(b'{"keys":[[]]}')
@example(b'{"kty":["RSA"],"d":1}')
@example(b"-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----")
@example(b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----")
@example(b"-----BEGIN RSA PRIVATE KEY-----\nDEK-Info: A\n\n-----END RSA PRIVATE KEY-----")
def test_random_bytes(data: bytes) -> None:
    survive(data)


@given(st.binary(max_size=200))
def test_random_bytes_in_the_armour(data: bytes) -> None:
    for label in ("PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "PUBLIC KEY"):
        survive(material.pem(label, data))


@settings(max_examples=600, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_damaged_files(data: st.DataObject) -> None:
    damaged = bytearray(data.draw(st.sampled_from(seeds())))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        match data.draw(st.sampled_from(["replace", "delete", "insert", "cut", "repeat"])):
            case "replace":
                damaged[at] = data.draw(st.integers(0, 255))
            case "delete":
                del damaged[at]
            case "insert":
                damaged[at:at] = data.draw(st.binary(min_size=1, max_size=4))
            case "cut":
                del damaged[at:]
            case _:
                damaged += damaged[:at]
        if not damaged:
            break
    survive(bytes(damaged))


# Half-right structures get further than noise.
ALGORITHMS = st.one_of(
    st.builds(material.pbkdf2, st.integers(-(2**70), 2**70) | st.integers(-2, 5)),
    st.builds(material.scrypt, st.integers(-2, 2**18), st.integers(-2, 20), st.integers(-2, 20)),
    st.builds(
        material.pbe, st.sampled_from([material.PBE_MD5_DES, material.PBE_SHA1_3DES]), st.integers(-2, 5)
    ),
    st.binary(max_size=30),
    st.builds(
        lambda inside: material.sequence(material.name(material.PBES2), inside), st.binary(max_size=30)
    ),
)


@settings(max_examples=200)
@given(ALGORITHMS)
def test_odd_parameters_of_an_encryption(algorithm: bytes) -> None:
    survive(material.encrypted_key(algorithm))
    survive(material.pfx(material.encrypted_part(algorithm), mac=material.mac(1)))
    survive(material.pfx(material.key_part(algorithm)))
    survive(material.pfx(mac=material.mac(1, algorithm)))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**54), 2**54) | st.text(max_size=5) | st.just("AQAB"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


@settings(max_examples=200)
@given(
    st.sampled_from(["rsa", "ec"]),
    st.dictionaries(
        st.sampled_from(["kty", "crv", "n", "e", "d", "p", "q", "dp", "dq", "qi", "x", "y"]), JSON
    ),
)
def test_odd_members_of_a_jwk(kind: str, odd: dict[str, Any]) -> None:
    members = material.private_jwk(issue.rsa_key() if kind == "rsa" else issue.ec_key()) | odd
    for read in (private_key_from_jwk, public_key_from_jwk):
        refused = refusal(read, members)
        assert refused is None or refused.message.isprintable()
    survive(json.dumps(members).encode())


@pytest.mark.parametrize("depth", [10, 100, 5_000])
def test_deep_nesting(depth: int) -> None:
    nested = b""
    for _ in range(depth):
        nested = material.tlv(0x30, nested)
    survive(nested)
    survive(material.sequence(material.integer(3), nested))
    survive(material.encrypted_key(nested))
    survive(b'{"keys":' * depth + b"}" * depth)
    survive(b'{"kty":' + b"[" * depth + b"]" * depth + b"}")
    survive(b"\x30\x80" * depth + b"\0\0" * depth)


@pytest.mark.parametrize(
    "numbers",
    [{"n": 0}, {"n": 1}, {"n": -15}, {"e": 0}, {"e": -3}, {"e": 1}, {"d": -1}, {"p": -7}, {"qi": -1}],
)
def test_odd_numbers_of_an_rsa_key(numbers: dict[str, int]) -> None:
    survive(material.pkcs1(issue.rsa_key().private_numbers(), **numbers))
