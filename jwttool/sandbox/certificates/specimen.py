"""One certificate of the table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from jwttool.sandbox.certificates.recipe import Recipe

UNREGISTERED: Final = "1.3.6.1.4.1.32473.1"
"""An OID below the number that is set aside for documents (RFC 5612)."""


@dataclass(frozen=True, slots=True)
class Specimen:
    """A certificate of the table: its name, what it is or what is odd about it, and how it is made."""

    name: str
    what: str
    recipe: Recipe
    sound: bool = False
    revoked: bool = False
