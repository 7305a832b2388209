"""The systems by name: four built in, and whatever is installed beside them."""

from __future__ import annotations

import importlib
from typing import Final

from jwttool.encoding import printable
from jwttool.errors import UnknownProviderError, raise_alone
from jwttool.providers.base import (
    AssertionRules,
    Basis,
    KeyPair,
    Provider,
    Source,
    Step,
    StepCheck,
)
from jwttool.providers.shapes import (
    Cause,
    ErrorAnswer,
    JsonType,
    Mark,
    Member,
    StatusMeaning,
    TokenAnswer,
    TokenForm,
    TokenKind,
    TokenRequest,
)

__all__ = [
    "BUILT_IN",
    "AssertionRules",
    "Basis",
    "Cause",
    "ErrorAnswer",
    "JsonType",
    "KeyPair",
    "Mark",
    "Member",
    "Provider",
    "Source",
    "StatusMeaning",
    "Step",
    "StepCheck",
    "TokenAnswer",
    "TokenForm",
    "TokenKind",
    "TokenRequest",
    "get_provider",
    "provider_names",
]

BUILT_IN: Final = ("op", "worldline", "konsentus", "stet")
ENTRY_POINT_GROUP: Final = "jwttool.providers"


def get_provider(name: str) -> Provider:
    """The provider of that name.

    :raises UnknownProviderError: naming those that there are, and the nearest.
    """
    if name in BUILT_IN:
        provider = importlib.import_module(f"jwttool.providers.{name}").PROVIDER
    else:
        provider = _installed(name)
    if not isinstance(provider, Provider):
        raise UnknownProviderError(
            f"the provider {name} is not a jwttool.providers.Provider",
            hint="tell its author; the entry point has to name such a value",
        )
    return provider


def provider_names() -> tuple[str, ...]:
    """The built-in systems, then the installed ones."""
    installed = {entry.name for entry in _entry_points()}
    return (*BUILT_IN, *sorted(installed.difference(BUILT_IN)))


def _installed(name: str) -> object:
    for entry in _entry_points():
        if entry.name == name:
            return _loaded(entry)
    raise UnknownProviderError("no provider of that name", hint=_known(name))


def _known(name: str) -> str:
    import difflib  # only who mistypes waits for it

    names = provider_names()
    nearest = difflib.get_close_matches(name, names, n=1)
    known = f"there are {', '.join(names)}"
    return f"did you mean {nearest[0]}? {known}" if nearest else known


def _loaded(entry: importlib.metadata.EntryPoint) -> object:
    try:
        return entry.load()
    except Exception:  # noqa: BLE001  # somebody else's code, which may raise anything
        raise_alone(
            UnknownProviderError(
                f"the provider {printable(entry.name)} cannot be loaded from {printable(entry.value)}",
                hint="tell its author; importing that fails",
            )
        )


def _entry_points() -> importlib.metadata.EntryPoints:
    # Imported when it is needed: scanning what is installed takes longer than minting.
    import importlib.metadata

    return importlib.metadata.entry_points(group=ENTRY_POINT_GROUP)
