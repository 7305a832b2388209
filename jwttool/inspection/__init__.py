"""What is this token, answer or request? Asked without trusting a word of it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from jwttool.inspection.inspector import Inspector, inspect
    from jwttool.inspection.model import (
        InspectedJwe,
        InspectedJws,
        InspectedMessage,
        InspectedOpaque,
        Inspection,
        Kind,
    )

__all__ = [
    "InspectedJwe",
    "InspectedJws",
    "InspectedMessage",
    "InspectedOpaque",
    "Inspection",
    "Inspector",
    "Kind",
    "inspect",
]

# Fetched when they are first used: who only wants to know what a claim means pays for nothing else.
_HOMES: Final = {"Inspector": "inspector", "inspect": "inspector"}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"jwttool.inspection.{_HOMES.get(name, 'model')}"), name)
