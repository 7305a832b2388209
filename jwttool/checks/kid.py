"""What a kid should not look like: something that goes on to a file system, a database or a network.

A kid is compared with the names of keys, and goes nowhere else. Servers that
built a path, a query or an address of it were broken into by way of it (RFC
8725 section 3.10).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from jwttool.checks.rule import Finding
from jwttool.checks.signed.signer import kid_fault
from jwttool.encoding import is_visible, shown
from jwttool.report import Severity

_PLAIN: Final = re.compile(r"[\w.:=@+ #-]{1,1024}+", re.ASCII)
_PATH: Final = re.compile(
    r"\.\.[/\\]|[/\\]\.\.|%2e%2e|(?:^|://)(?:/(?:dev|etc|proc|sys|tmp|var|usr|home|opt|root|mnt|srv|bin|lib)/|[A-Z]:\\|~/)",
    re.IGNORECASE,
)
_ATTACK: Final = re.compile(r"['\"]\s*+(?:or|and|union|;|--)|[`;|]|\$[({]|/\*|<script", re.IGNORECASE)
_META: Final = re.compile(r"['\"`;|&<>\\*?]|\$[({]|/\*")


def suspicious_kid(value: object) -> Finding | None:
    """What is odd about a kid, which may be of any type; None for a plain name."""
    if isinstance(value, str) and _PLAIN.fullmatch(value) and ".." not in value:
        return None
    fault = kid_fault(value)
    if fault is not None:
        return _suspicion(fault)
    return _suspicious_text(str(value))


def _suspicious_text(value: str) -> Finding | None:
    if not is_visible(value):
        return _suspicion("kid has characters that are not to be seen")
    if _PATH.search(value):
        return _suspicion(f"kid is {shown(value)}: a path")
    if "://" in value:
        return Finding(
            f"kid is {shown(value)}: a URL", "compare it, and never fetch it", "header.kid", Severity.WARNING
        )
    if _ATTACK.search(value):
        return _suspicion(f"kid is {shown(value)}: it has characters of a query or a command")
    if _META.search(value):
        # Names of people and companies have them too: O'Brien & Sons.
        return replace(
            _suspicion(f"kid is {shown(value)}: it has characters that mean something to a query or a shell"),
            severity=Severity.WARNING,
        )
    return None


def _suspicion(message: str) -> Finding:
    return Finding(message, "kid is compared for equality, and used for nothing else", "header.kid")
