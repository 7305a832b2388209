"""Whether the parts of a private key belong together.

Loading skips the library's own test, which looks for primes and takes a fifth
of a second for 4096 bits. The arithmetic alone takes microseconds and finds
every damaged number; the primes are for `key show`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from jwttool.errors import MalformedError
from jwttool.keys.boundary import library

if TYPE_CHECKING:
    from jwttool.keys.kinds import PrivateKey

_MESSAGE: Final = b"jwttool: does this key verify what it signs?"


def rsa_numbers_agree(numbers: rsa.RSAPrivateNumbers) -> bool:
    """Whether the numbers of an RSA key fit each other (RFC 8017 section 3.2), primality aside."""
    p, q, public = numbers.p, numbers.q, numbers.public_numbers
    return (
        p > 1
        and q > 1
        and p * q == public.n
        and numbers.d % (p - 1) == numbers.dmp1
        and numbers.d % (q - 1) == numbers.dmq1
        and public.e * numbers.dmp1 % (p - 1) == 1 % (p - 1)
        and public.e * numbers.dmq1 % (q - 1) == 1 % (q - 1)
        and numbers.iqmp * q % p == 1
    )


def refuse_contradiction(numbers: rsa.RSAPrivateNumbers) -> None:
    """:raises MalformedError: when the numbers of an RSA key do not fit each other."""
    if not rsa_numbers_agree(numbers):
        raise MalformedError(
            "the numbers of the RSA private key contradict each other: it is damaged",
            hint="restore the key from where it was made",
        )


def check_consistency(private_key: PrivateKey) -> bool:
    """Whether a private key is sound, the slow way: prime factors, and a signature that verifies.

    Takes up to a second for a large RSA key. A key that does not show its
    numbers (PKCS#11) is judged by its signature alone.

    :raises UnsupportedError: when the key refuses to sign with RS256 or ES256.
    """
    try:
        numbers: Any = private_key.private_numbers()
    except Exception:  # noqa: BLE001  # a token's driver may raise anything here
        numbers = None
    try:
        with library(MalformedError("unsound")):
            if numbers is not None:
                numbers.private_key()
            _sign_and_verify(private_key)
    except MalformedError:
        return False
    return True


def _sign_and_verify(private_key: PrivateKey) -> None:
    """:raises InvalidSignature: when the public key does not verify the signature."""
    if isinstance(private_key, rsa.RSAPrivateKey):
        signature = private_key.sign(_MESSAGE, padding.PKCS1v15(), hashes.SHA256())
        private_key.public_key().verify(signature, _MESSAGE, padding.PKCS1v15(), hashes.SHA256())
    else:
        signature = private_key.sign(_MESSAGE, ec.ECDSA(hashes.SHA256()))
        private_key.public_key().verify(signature, _MESSAGE, ec.ECDSA(hashes.SHA256()))
