"""What makes a public key weak, each with the document that says so."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from jwttool.errors import WeakKeyError
from jwttool.keys.kinds import CURVES
from jwttool.report import Severity

if TYPE_CHECKING:
    from collections.abc import Collection

    from jwttool.keys.kinds import PublicKey, TokenPublicKey

MIN_RSA_BITS: Final = 2048


@dataclass(frozen=True, slots=True)
class Weakness:
    """One thing that is wrong with a key. An error means: never use it."""

    id: str
    severity: Severity
    message: str
    hint: str
    reference: str


_NEW_KEY: Final = "make a new key with `jwttool key generate` and ask for a new certificate"


def weaknesses(public_key: TokenPublicKey, *, curves: Collection[str] = CURVES) -> tuple[Weakness, ...]:
    """All that is wrong with a key; nothing found is an empty tuple.

    :param curves: those that are allowed; ``TOKEN_CURVES`` for a token that others made.
    """
    if isinstance(public_key, RSAPublicKey):
        numbers = public_key.public_numbers()
        return rsa_weaknesses(numbers.n, numbers.e)
    if isinstance(public_key, Ed25519PublicKey):
        return _small_order(public_key.public_bytes_raw())
    if public_key.curve.name in curves:
        return ()
    return (
        Weakness(
            "key-curve",
            Severity.ERROR,
            f"the key is on the curve {public_key.curve.name}, and ES256 needs P-256",
            "make a new key with `jwttool key generate --type ec`",
            "RFC 7518 section 3.4",
        ),
    )


# The points of order 1, 2, 4 and 8, and the spellings of them that are not canonical,
# without the bit of the sign: the y of each, little-endian (RFC 8032 section 5.1.2).
_SMALL_ORDER: Final = frozenset(
    map(
        bytes.fromhex,
        (
            "00" * 32,
            "01" + "00" * 31,
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
            "ec" + "ff" * 30 + "7f",
            "ed" + "ff" * 30 + "7f",
            "ee" + "ff" * 30 + "7f",
        ),
    )
)


def _small_order(encoded: bytes) -> tuple[Weakness, ...]:
    """With a key of small order one signature is right for nearly every message (RFC 8725 section 3.5)."""
    if encoded[:-1] + bytes([encoded[-1] & 0x7F]) not in _SMALL_ORDER:
        return ()
    return (
        Weakness(
            "key-small-order",
            Severity.ERROR,
            "the Ed25519 key is a point of small order, for which anybody can sign",
            "somebody made it to deceive: trust nothing that it signs",
            "RFC 8032 section 5.1.7; RFC 8725 section 3.5",
        ),
    )


def rsa_weaknesses(modulus: int, exponent: int) -> tuple[Weakness, ...]:
    """The same for the bare numbers of an RSA key."""
    found = (_size(modulus), _parity(modulus), _exponent(exponent), _roca(modulus))
    return tuple(weakness for weakness in found if weakness is not None)


def refuse_weak(public_key: PublicKey) -> None:
    """Refuse a key that must not be used.

    :raises WeakKeyError: for the first weakness that is an error.
    """
    for weakness in weaknesses(public_key):
        if weakness.severity is Severity.ERROR:
            raise WeakKeyError(weakness.message, hint=weakness.hint)


def refuse_useless_exponent(exponent: int) -> None:
    """Refuse a public exponent that no RSA key can have; libraries call it malformed.

    :raises WeakKeyError: for one that is even or below 3.
    """
    weakness = _exponent(exponent)
    if weakness is not None and weakness.severity is Severity.ERROR:
        raise WeakKeyError(weakness.message, hint=weakness.hint) from None


def _size(modulus: int) -> Weakness | None:
    bits = modulus.bit_length()
    if bits >= MIN_RSA_BITS:
        return None
    return Weakness(
        "key-size",
        Severity.ERROR,
        f"the RSA key has {bits} bits; {MIN_RSA_BITS} is the least",
        _NEW_KEY,
        "RFC 7518 section 3.3; NIST SP 800-131A",
    )


def _parity(modulus: int) -> Weakness | None:
    if modulus & 1:
        return None
    return Weakness(
        "key-modulus-even",
        Severity.ERROR,
        "the modulus of the RSA key is even: anybody can factor it",
        _NEW_KEY,
        "RFC 8017 section 3.1",
    )


def _exponent(exponent: int) -> Weakness | None:
    if exponent < 3 or exponent % 2 == 0:
        return Weakness(
            "key-exponent",
            Severity.ERROR,
            "the public exponent of the RSA key is even or below 3: it does not sign anything",
            _NEW_KEY,
            "RFC 8017 section 3.1",
        )
    if exponent < 2**16:
        return Weakness(
            "key-exponent",
            Severity.WARNING,
            f"the public exponent of the RSA key is {exponent}: forgeries have exploited small ones",
            _NEW_KEY,
            "FIPS 186-5 appendix A.1.1; CVE-2006-4339",
        )
    if exponent != 65537:
        return Weakness(
            "key-exponent",
            Severity.NOTE,
            "the public exponent of the RSA key is not 65537: some programs take no other",
            "make the next key with the usual exponent, 65537",
            "FIPS 186-5 appendix A.1.1",
        )
    return None


# --- ROCA ---------------------------------------------------------------------
# The faulty library made primes of the form k*M + (65537^a mod M), where M is
# the product of the first 39 primes or more. Modulo each of those primes, such
# a prime is a power of 65537, and so is the product of two of them: the
# modulus. An ordinary modulus is one modulo all 38 odd primes up to 167 with a
# probability of 2^-27.8, so a hit is no accident.

_LARGEST_PRIME: Final = 167


@cache
def _fingerprint() -> tuple[tuple[int, frozenset[int]], ...]:
    """For each odd prime up to 167, the subgroup that 65537 generates modulo it."""
    primes = [n for n in range(3, _LARGEST_PRIME + 1, 2) if all(n % d for d in range(3, n, 2))]
    return tuple((prime, _powers(65537 % prime, prime)) for prime in primes)


def _powers(base: int, prime: int) -> frozenset[int]:
    powers: set[int] = set()
    power = 1
    while power not in powers:
        powers.add(power)
        power = power * base % prime
    return frozenset(powers)


def _roca(modulus: int) -> Weakness | None:
    if not all(modulus % prime in powers for prime, powers in _fingerprint()):
        return None
    return Weakness(
        "key-roca",
        Severity.ERROR,
        "the RSA key has the fingerprint of ROCA: its factors can be computed",
        "revoke its certificate; make a new key with other software or hardware",
        "CVE-2017-15361",
    )
