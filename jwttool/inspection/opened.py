"""What was inside an encrypted token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jwttool.inspection.inspector import inspect
from jwttool.inspection.opaque import is_nested_token

if TYPE_CHECKING:
    from datetime import datetime

    from jwttool.inspection.model import Inspection
    from jwttool.jose.decryption import DecryptedToken


@dataclass(frozen=True, slots=True)
class Opened:
    """A decrypted token, and the inspection of the token inside; None where no token is inside."""

    decrypted: DecryptedToken
    inner: Inspection | None


def inspect_opened(decrypted: DecryptedToken, *, at: datetime | None = None) -> Opened:
    """Look at what was decrypted. It is as unauthenticated as it was encrypted."""
    text = decrypted.plaintext.decode("utf-8", "replace").strip()
    return Opened(decrypted, inspect(text, at=at) if is_nested_token(text) else None)
