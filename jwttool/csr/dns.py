"""DNS names as they may stand in a certificate."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from jwttool.errors import MalformedError

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_NAMES: Final = 100
_MAX_NAME: Final = 253  # RFC 1035 section 2.3.4, less the length bytes at both ends
_LABEL: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")


def check_dns_names(names: Iterable[str]) -> tuple[str, ...]:
    """The names in lower case, each once.

    :raises MalformedError: for what is no DNS name; says which one by its place.
    """
    checked = tuple(dict.fromkeys(_check(name, number) for number, name in enumerate(names, start=1)))
    if len(checked) > MAX_NAMES:
        raise MalformedError(f"more than the limit of {MAX_NAMES} DNS names")
    return checked


def _check(name: str, number: int) -> str:
    """RFC 5280 section 4.2.1.6: the preferred syntax of RFC 1034 section 3.5 (RFC 1123: digits may lead)."""
    what = f"DNS name {number}"
    if not name:
        raise MalformedError(f"{what} is empty")
    if not name.isascii():
        raise MalformedError(
            f"{what} has letters outside ASCII", hint="write it in punycode, xn--..., as DNS has it"
        )
    if len(name) > _MAX_NAME:
        raise MalformedError(f"{what} is longer than {_MAX_NAME} characters")
    labels = name.split(".")
    if labels[0] == "*":
        labels = labels[1:]
        # CA/Browser Forum Baseline Requirements section 3.2.2.6: no wildcard right before a public suffix.
        if len(labels) < 2:
            raise MalformedError(f"{what} is a wildcard for a whole top-level domain")
    if not all(map(_LABEL.fullmatch, labels)):
        raise MalformedError(
            f"{what} is no DNS name",
            hint="labels of letters, digits and hyphens, at most 63 each, with dots between; a wildcard "
            "is the whole first label; no scheme, port, path or white space",
        )
    if labels[-1].isdigit():
        raise MalformedError(f"{what} is an IP address, or ends in a number", hint="give a name")
    return name.lower()
