"""Which files hold one and the same key."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

L = TypeVar("L")


def group_by_key(labelled: Iterable[tuple[L, PublicKeyTypes]]) -> tuple[tuple[L, ...], ...]:
    """The labels, grouped by public key; groups and labels in order of appearance.

    Keys are one when their SubjectPublicKeyInfo encodes to the same bytes. The
    labels may repeat; each appearance is kept.
    """
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    groups: dict[bytes, list[L]] = {}
    for label, key in labelled:
        encoded = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        groups.setdefault(encoded, []).append(label)
    return tuple(map(tuple, groups.values()))
