"""The sandbox's own keys: its authority's, and those with which each system makes its tokens."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric import rsa

from jwttool.keys import generate_private_key
from jwttool.keys.kinds import KeyKind

if TYPE_CHECKING:
    from jwttool.keys import PrivateKey


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxKeys:
    """One key for each purpose.

    ``op_encryption`` has 3,072 bits, as the 384 octets of the encrypted key in
    OP's example have it; ``op_signing`` signs what is inside.
    """

    authority: PrivateKey
    op_encryption: rsa.RSAPrivateKey
    op_signing: PrivateKey
    worldline: PrivateKey
    stet: PrivateKey


KEY_NAMES: Final = tuple(item.name for item in fields(SandboxKeys))


def new_key(name: str) -> PrivateKey:
    """A new key for one of the purposes."""
    sizes = {"op_encryption": 3072, "worldline": 2048}
    return (
        generate_private_key(KeyKind.RSA, sizes[name]) if name in sizes else generate_private_key(KeyKind.EC)
    )


def keys_of(found: dict[str, PrivateKey]) -> SandboxKeys:
    """The keys by the names of :data:`KEY_NAMES`."""
    encryption = found["op_encryption"]
    if not isinstance(encryption, rsa.RSAPrivateKey):
        raise TypeError("the key that encrypts OP's tokens is no RSA key")
    return SandboxKeys(
        authority=found["authority"],
        op_encryption=encryption,
        op_signing=found["op_signing"],
        worldline=found["worldline"],
        stet=found["stet"],
    )


def new_sandbox_keys() -> SandboxKeys:
    """New keys for all of them."""
    return keys_of({name: new_key(name) for name in KEY_NAMES})
