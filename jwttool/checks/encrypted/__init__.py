"""What can be said about an encrypted token without its key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jwttool.checks.encrypted import header, parts
from jwttool.checks.encrypted.view import EncryptedView

if TYPE_CHECKING:
    from jwttool.checks.rule import Rule

__all__ = ["ENCRYPTED_RULES", "EncryptedView"]

ENCRYPTED_RULES: Final[tuple[Rule[EncryptedView], ...]] = (
    header.form,
    header.header,
    header.alg,
    header.enc,
    header.zip_header,
    header.crit,
    header.key_header,
    header.kid,
    parts.key_length,
    parts.epk,
    parts.iv_length,
    parts.tag_length,
    parts.ciphertext_length,
)
"""In the order in which a recipient would look; none of them needs the key."""
