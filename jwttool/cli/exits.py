"""Exit codes: the one place where an error becomes a number."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from jwttool.errors import InputError, JwtToolError, RefusedError, SurroundingsError, UsageError


class Exit(IntEnum):
    """The exit codes of every command, in every format."""

    YES = 0
    NO = 1
    USAGE = 2
    INPUT = 3
    SURROUNDINGS = 4
    FAULT = 70
    """EX_SOFTWARE of sysexits.h: a fault of jwttool itself."""


MEANINGS: Final = {
    Exit.YES: "yes, done, nothing at or above the threshold",
    Exit.NO: "judged, and no",
    Exit.USAGE: "usage: a choice is missing or contradictory",
    Exit.INPUT: "input that cannot be read as what it should be",
    Exit.SURROUNDINGS: "the surroundings: files, permissions, network",
    Exit.FAULT: "a fault of jwttool itself",
}

_FAMILIES: Final[dict[type[JwtToolError], Exit]] = {
    RefusedError: Exit.NO,
    UsageError: Exit.USAGE,
    InputError: Exit.INPUT,
    SurroundingsError: Exit.SURROUNDINGS,
}


def exit_code(error: type[JwtToolError]) -> Exit:
    """The exit code of an error class: that of its family."""
    for family, code in _FAMILIES.items():
        if issubclass(error, family):
            return code
    return Exit.FAULT
