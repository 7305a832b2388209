"""Names compared as RFC 5280 section 7.1 has it, and as OpenSSL does."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cryptography import x509

NameKey = tuple[frozenset[tuple[str, str | bytes]], ...]

# ASCII alone, as OpenSSL: what folds beyond that depends on a library's tables.
_FOLD: Final = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def name_key(name: x509.Name) -> NameKey:
    """Equal for names that are the same, whatever the string types, the case and the spaces."""
    return tuple(
        frozenset((each.oid.dotted_string, _folded(each.value)) for each in relative)
        for relative in name.rdns
    )


def _folded(value: str | bytes) -> str | bytes:
    if isinstance(value, bytes):
        return value
    return " ".join(filter(None, value.translate(_FOLD).split(" ")))
