from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from jwttool.errors import UsageError
from jwttool.keys import KeyKind, generate_private_key

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import rsa


@pytest.mark.parametrize("bits", [2048, 3072])
def test_an_rsa_key_has_the_size_that_was_asked_for(bits: int) -> None:
    key = generate_private_key(KeyKind.RSA, bits)
    assert isinstance(key, RSAPrivateKey)
    assert key.key_size == bits
    assert key.public_key().public_numbers().e == 65537


def test_an_rsa_key_has_4096_bits_by_default(
    monkeypatch: pytest.MonkeyPatch, rsa_key: rsa.RSAPrivateKey
) -> None:
    asked: list[tuple[int, int]] = []

    def generate(exponent: int, bits: int) -> rsa.RSAPrivateKey:
        asked.append((exponent, bits))
        return rsa_key

    monkeypatch.setattr("cryptography.hazmat.primitives.asymmetric.rsa.generate_private_key", generate)
    assert generate_private_key(KeyKind.RSA) is rsa_key
    assert asked == [(65537, 4096)]


@pytest.mark.parametrize("bits", [4096, 256])
def test_an_ec_key_is_on_p256_whatever_the_bits(bits: int) -> None:
    key = generate_private_key(KeyKind.EC, bits)
    assert isinstance(key, EllipticCurvePrivateKey)
    assert key.curve.name == "secp256r1"


@pytest.mark.parametrize("bits", [0, -1, 512, 1024, 2047, 2049, 8192, 10**9])
def test_another_size_is_refused_with_the_choices(bits: int) -> None:
    with pytest.raises(UsageError) as refused:
        generate_private_key(KeyKind.RSA, bits)
    assert refused.value.hint == "choose 2048, 3072 or 4096"


def test_two_keys_differ() -> None:
    first, second = (generate_private_key(KeyKind.EC) for _ in range(2))
    assert first.public_key() != second.public_key()
