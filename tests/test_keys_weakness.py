from __future__ import annotations

import math
import random

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from jwttool.errors import WeakKeyError
from jwttool.keys import refuse_weak, weaknesses
from jwttool.keys import weakness as module
from jwttool.keys.weakness import rsa_weaknesses
from jwttool.report import Severity
from tests import issue


def ids(modulus: int, exponent: int = 65537) -> list[tuple[str, Severity]]:
    return [(weakness.id, weakness.severity) for weakness in rsa_weaknesses(modulus, exponent)]


def test_an_ordinary_rsa_key_has_no_weakness(rsa_key: rsa.RSAPrivateKey) -> None:
    assert weaknesses(rsa_key.public_key()) == ()
    refuse_weak(rsa_key.public_key())


def test_a_key_of_2048_bits_is_large_enough_and_one_of_2047_is_not() -> None:
    assert ids(2**2047 + 9) == []
    assert ids(2**2047 - 9) == [("key-size", Severity.ERROR)]


def test_a_short_rsa_key_is_refused(weak_rsa_key: rsa.RSAPrivateKey) -> None:
    [weakness] = weaknesses(weak_rsa_key.public_key())
    assert weakness.id == "key-size"
    assert weakness.message == "the RSA key has 1024 bits; 2048 is the least"
    with pytest.raises(WeakKeyError, match="1024 bits") as refused:
        refuse_weak(weak_rsa_key.public_key())
    assert refused.value.hint == weakness.hint


@pytest.mark.parametrize(
    ("exponent", "severity"),
    [
        (-3, Severity.ERROR),
        (0, Severity.ERROR),
        (1, Severity.ERROR),
        (2, Severity.ERROR),
        (65536, Severity.ERROR),
        (3, Severity.WARNING),
        (17, Severity.WARNING),
        (65535, Severity.WARNING),
        (65539, Severity.NOTE),
        (2**64 + 1, Severity.NOTE),
    ],
)
def test_exponents_other_than_65537(exponent: int, severity: Severity) -> None:
    assert ids(2**2047 + 9, exponent) == [("key-exponent", severity)]


def test_a_small_exponent_is_only_a_warning() -> None:
    key = rsa.generate_private_key(3, 2048)
    [weakness] = weaknesses(key.public_key())
    assert (weakness.id, weakness.severity) == ("key-exponent", Severity.WARNING)
    refuse_weak(key.public_key())


def test_an_even_modulus() -> None:
    assert ids(2**2047 + 8) == [("key-modulus-even", Severity.ERROR)]


def test_all_weaknesses_are_told_and_not_only_the_first() -> None:
    assert [name for name, _ in ids(2**1024, 2)] == ["key-size", "key-modulus-even", "key-exponent"]


# --- ROCA: moduli of the form that the faulty library made --------------------


def is_prime(number: int) -> bool:
    """Miller-Rabin with fixed bases: enough for numbers that nobody chose to fool it."""
    if any(number % prime == 0 for prime in (2, 3, 5, 7, 11, 13)):
        return False
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for base in (2, 3, 5, 7):
        power = pow(base, odd, number)
        if power in {1, number - 1}:
            continue
        for _ in range(twos - 1):
            power = power * power % number
            if power == number - 1:
                break
        else:
            return False
    return True


def primorial(count: int) -> int:
    primes = [n for n in range(2, 2000) if all(n % d for d in range(2, math.isqrt(n) + 1))]
    return math.prod(primes[:count])


def roca_prime(bits: int, product: int, source: random.Random) -> int:
    while True:
        base = pow(65537, source.randrange(2**64), product)
        least = (3 << bits - 2) // product + 1
        prime = source.randrange(least, 2**bits // product) * product + base
        if is_prime(prime):
            return prime


@pytest.mark.parametrize(("bits", "count"), [(512, 39), (2048, 126)])
def test_a_modulus_of_the_faulty_library_is_recognised(bits: int, count: int) -> None:
    source = random.Random(2017)
    product = primorial(count)
    modulus = roca_prime(bits // 2, product, source) * roca_prime(bits // 2, product, source)
    assert modulus.bit_length() == bits
    assert ("key-roca", Severity.ERROR) in ids(modulus)


def test_a_single_prime_factor_of_another_form_ends_the_likeness() -> None:
    source = random.Random(2017)
    product = primorial(126)
    faulty = roca_prime(1024, product, source)
    ordinary = faulty - 2
    while not is_prime(ordinary):
        ordinary -= 2
    assert "key-roca" not in [name for name, _ in ids(faulty * ordinary)]


def test_ordinary_moduli_do_not_have_the_fingerprint() -> None:
    source = random.Random(2018)
    for _ in range(2_000):
        assert ids(source.getrandbits(2048) | 1 | 1 << 2047) == []


def test_a_modulus_that_a_small_prime_divides_is_not_taken_for_it() -> None:
    assert "key-roca" not in [name for name, _ in ids(math.prod([3, 2**2047 + 9]))]


# --- EC -----------------------------------------------------------------------


def test_a_key_on_p256_has_no_weakness(ec_key: ec.EllipticCurvePrivateKey) -> None:
    assert weaknesses(ec_key.public_key()) == ()
    refuse_weak(ec_key.public_key())


@pytest.mark.parametrize("curve", [ec.SECP384R1(), ec.SECP256K1(), ec.SECP224R1()])
def test_a_key_on_another_curve_is_refused(curve: ec.EllipticCurve) -> None:
    public_key = ec.generate_private_key(curve).public_key()
    [weakness] = weaknesses(public_key)
    assert (weakness.id, weakness.severity) == ("key-curve", Severity.ERROR)
    with pytest.raises(WeakKeyError, match=curve.name):
        refuse_weak(public_key)


# --- Ed25519 ------------------------------------------------------------------

FIELD = 2**255 - 19
D = -121665 * pow(121666, -1, FIELD) % FIELD


def _doubled(x: int, y: int) -> tuple[int, int]:
    """A point of edwards25519 added to itself (RFC 8032 section 5.1.4, in affine coordinates)."""
    product = D * x * x * y * y
    return (
        2 * x * y * pow(1 + product, -1, FIELD) % FIELD,
        (y * y + x * x) * pow(1 - product, -1, FIELD) % FIELD,
    )


def _points(encoded: bytes) -> list[tuple[int, int]]:
    """The points whose y that is."""
    y = int.from_bytes(encoded, "little") % FIELD
    square = (y * y - 1) * pow(D * y * y + 1, -1, FIELD) % FIELD
    x = pow(square, (FIELD + 3) // 8, FIELD)
    if (x * x - square) % FIELD:
        x = x * pow(2, (FIELD - 1) // 4, FIELD) % FIELD
    assert (x * x - square) % FIELD == 0
    return [(x, y), (-x % FIELD, y)]


@pytest.mark.parametrize("encoded", sorted(module._SMALL_ORDER), ids=bytes.hex)
def test_the_table_holds_points_of_small_order(encoded: bytes) -> None:
    for point in _points(encoded):
        for _ in range(3):
            point = _doubled(*point)  # noqa: PLW2901
        assert point == (0, 1)  # eight times the point is the neutral element


@pytest.mark.parametrize("sign", [0, 0x80])
def test_a_key_of_small_order_is_weak(sign: int) -> None:
    for encoded in module._SMALL_ORDER:
        changed = encoded[:-1] + bytes([encoded[-1] | sign])
        (found,) = module._small_order(changed)
        assert (found.id, found.severity) == ("key-small-order", Severity.ERROR)


def test_an_ordinary_ed25519_key_is_not() -> None:
    assert weaknesses(issue.ed25519_key().public_key()) == ()
