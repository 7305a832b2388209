"""Where a statement about a system comes from, and how much it weighs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Basis(StrEnum):
    """Why a rule holds: demanded in writing, or concluded from what is written."""

    STANDARD = "standard"
    DOCUMENTED = "documented"
    INFERRED = "inferred"
    """Nobody wrote it down: it warns and never refuses, and says so."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement about a system comes from."""

    basis: Basis
    text: str

    def __str__(self) -> str:
        """The source in words; what is only inferred says so."""
        return f"{self.text} (inferred)" if self.basis is Basis.INFERRED else self.text
