"""Password-based encryption in numbers: what is enough, and what is too much.

The file decides how much work a key derivation is, so a hostile one could keep
a computer busy for hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from jwttool.errors import UnsupportedError

PBKDF2_ROUNDS: Final = 600_000
"""What OWASP's Password Storage Cheat Sheet asks of PBKDF2-HMAC-SHA256 (since 2023)."""

MAX_PBKDF2_ROUNDS: Final = 2_000_000
"""More is refused before it is computed: about half a second of work here."""

MAX_SCRYPT_MEMORY: Final = 32 * 1024 * 1024
"""Bytes; scrypt needs 128 * N * r of them (RFC 7914 section 2). It is OpenSSL's own limit, too."""

MAX_SCRYPT_PARALLEL: Final = 16

RE_ENCRYPT: Final = "encrypt it anew with `openssl pkcs8 -topk8 -v2 aes-256-cbc -iter 600000`"


@dataclass(frozen=True, slots=True)
class KeyEncryption:
    """How a key file is encrypted.

    ``scheme`` is for people. ``rounds`` counts the iterations of an iterated
    hash (PBKDF2, PKCS#12, PBES1), None for scrypt, which is not weighed by
    them; where one file has several, it is the lowest, as that is what somebody
    who guesses passphrases would attack. ``excess`` says why the file is too
    costly to open, if it is; ``in_pkcs12`` that it is a PKCS#12 file;
    ``outdated`` that a cipher or a hash of it is one that nobody should use.
    """

    scheme: str
    rounds: int | None
    excess: str | None = None
    in_pkcs12: bool = False
    outdated: bool = False

    @property
    def too_few(self) -> bool:
        """Whether the rounds are below what OWASP asks of PBKDF2 today."""
        return self.rounds is not None and self.rounds < PBKDF2_ROUNDS

    @property
    def cost(self) -> str | None:
        """The rounds in words."""
        if self.rounds is None:
            return None
        return f"{self.rounds:,} round{'' if self.rounds == 1 else 's'}"


def refuse_excess(excess: str | None) -> None:
    """:raises UnsupportedError: when opening a file would cost too much, with the reason that is given."""
    if excess is not None:
        raise UnsupportedError(
            excess, hint="ask its maker for a file with fewer rounds; this much only keeps a computer busy"
        )
