"""The algorithms of encrypted tokens: which key each needs, and how long its parts are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Family(StrEnum):
    """What opens a token: half of a key pair, a secret that both sides share, or a password."""

    RSA = "rsa"
    EC = "ec"
    SYMMETRIC = "symmetric"
    DIRECT = "direct"
    PASSWORD = "password"  # noqa: S105


@dataclass(frozen=True, slots=True)
class KeyAlgorithm:
    """An ``alg`` of JWE: how the content key comes to the recipient.

    ``wrapping`` are the bits of the AES key that wraps the content key, 0 where
    none does; ``overhead`` are the octets by which the wrapped one is longer.
    ``refused`` says why jwttool does not decrypt it, None where it does.
    """

    name: str
    family: Family
    reference: str
    wrapping: int = 0
    overhead: int = 0
    refused: str | None = None

    def encrypted_key_octets(self, content: ContentAlgorithm) -> int | None:
        """How long the encrypted key is for a content algorithm; None where the recipient's key says it."""
        if self.family is Family.RSA:
            return None
        return content.key_octets + self.overhead if self.wrapping else 0


@dataclass(frozen=True, slots=True)
class ContentAlgorithm:
    """An ``enc``: how the content is encrypted, and the lengths that this gives, in octets.

    ``block`` is what the length of the ciphertext is a multiple of.
    """

    name: str
    key_octets: int
    iv_octets: int
    tag_octets: int
    block: int
    reference: str

    def ciphertext_fits(self, octets: int) -> bool:
        """Whether a ciphertext can have the length: with CBC, whole blocks and at least one."""
        return self.block == 1 or (octets > 0 and octets % self.block == 0)


_SHARED: Final = "it needs a secret that both sides share, and jwttool decrypts with private keys alone"
_PASSWORD: Final = "it needs a password, and lets the sender choose how long deriving a key from it takes"  # noqa: S105
_ORACLE: Final = "its padding tells who can send tokens enough to decrypt them (RFC 8725 section 3.2)"
_UNCOMMON: Final = "jwttool offers RSA-OAEP and RSA-OAEP-256"
_WRAP: Final = 8
"""Octets that AES Key Wrap adds (RFC 3394 section 2.2.1)."""


def _key_algorithms() -> tuple[KeyAlgorithm, ...]:
    kw, gcm, ecdh, password = (f"RFC 7518 section 4.{number}" for number in (4, 7, 6, 8))
    oaep = "RFC 7518 section 4.3"
    return (
        KeyAlgorithm("RSA1_5", Family.RSA, "RFC 7518 section 4.2", refused=_ORACLE),
        KeyAlgorithm("RSA-OAEP", Family.RSA, oaep),
        KeyAlgorithm("RSA-OAEP-256", Family.RSA, oaep),
        # Registered by the Web Cryptography API, beside the two of RFC 7518.
        KeyAlgorithm("RSA-OAEP-384", Family.RSA, "IANA JOSE registry", refused=_UNCOMMON),
        KeyAlgorithm("RSA-OAEP-512", Family.RSA, "IANA JOSE registry", refused=_UNCOMMON),
        KeyAlgorithm("dir", Family.DIRECT, "RFC 7518 section 4.5", refused=_SHARED),
        KeyAlgorithm("ECDH-ES", Family.EC, ecdh),
        *(KeyAlgorithm(f"ECDH-ES+A{bits}KW", Family.EC, ecdh, bits, _WRAP) for bits in (128, 192, 256)),
        *(KeyAlgorithm(f"A{bits}KW", Family.SYMMETRIC, kw, bits, _WRAP, _SHARED) for bits in (128, 192, 256)),
        # The tag of the wrapped key stands in the header.
        *(KeyAlgorithm(f"A{bits}GCMKW", Family.SYMMETRIC, gcm, bits, 0, _SHARED) for bits in (128, 192, 256)),
        *(
            KeyAlgorithm(f"PBES2-HS{2 * bits}+A{bits}KW", Family.PASSWORD, password, bits, _WRAP, _PASSWORD)
            for bits in (128, 192, 256)
        ),
    )


def _content_algorithms() -> tuple[ContentAlgorithm, ...]:
    cbc, gcm = "RFC 7518 section 5.2", "RFC 7518 section 5.3"
    return (
        # Half of the key authenticates, and the tag is half of the hash.
        *(
            ContentAlgorithm(f"A{bits}CBC-HS{2 * bits}", bits // 4, 16, bits // 8, 16, cbc)
            for bits in (128, 192, 256)
        ),
        *(ContentAlgorithm(f"A{bits}GCM", bits // 8, 12, 16, 1, gcm) for bits in (128, 192, 256)),
    )


KEY_ALGORITHMS: Final = {each.name: each for each in _key_algorithms()}
"""Every ``alg`` of an encrypted token that is registered, by its name."""

CONTENT_ALGORITHMS: Final = {each.name: each for each in _content_algorithms()}
"""Every ``enc`` that is registered, by its name; jwttool decrypts them all."""

DECRYPTION_ALGORITHMS: Final = tuple(each.name for each in KEY_ALGORITHMS.values() if each.refused is None)
"""Every ``alg`` that jwttool decrypts."""


def key_algorithm(name: object) -> KeyAlgorithm | None:
    """The algorithm of that name, compared exactly; None for any other value."""
    return KEY_ALGORITHMS.get(name) if isinstance(name, str) else None


def content_algorithm(name: object) -> ContentAlgorithm | None:
    """The algorithm of that name, compared exactly; None for any other value."""
    return CONTENT_ALGORITHMS.get(name) if isinstance(name, str) else None
