"""New private keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from jwttool.errors import UsageError
from jwttool.keys.kinds import KeyKind

if TYPE_CHECKING:
    from jwttool.keys.kinds import PrivateKey

RSA_SIZES: Final = (2048, 3072, 4096)
PUBLIC_EXPONENT: Final = 65537
"""FIPS 186-5 appendix A.1.1 allows odd exponents above 2**16; this one is what everybody uses."""


def generate_private_key(kind: KeyKind, bits: int = 4096) -> PrivateKey:
    """A new key from the operating system's randomness.

    :param bits: the size of an RSA modulus; an EC key is always on P-256.
    :raises UsageError: for another size.
    """
    if kind is KeyKind.EC:
        return ec.generate_private_key(ec.SECP256R1())
    if bits not in RSA_SIZES:
        raise UsageError(
            f"RSA keys are not made with {bits} bits",
            hint=f"choose {', '.join(map(str, RSA_SIZES[:-1]))} or {RSA_SIZES[-1]}",
        )
    return rsa.generate_private_key(PUBLIC_EXPONENT, bits)
