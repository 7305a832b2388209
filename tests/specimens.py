"""The throwaway certificates of the sandbox, with keys that are made once a process."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.serialization import Encoding

from jwttool.sandbox.certificates import issue, new_keys, new_world

if TYPE_CHECKING:
    from cryptography import x509

    from jwttool.sandbox.certificates import Keys, World

AT = datetime(2026, 6, 16, tzinfo=UTC)


@cache
def keys() -> Keys:
    """The keys of all authorities and end entities."""
    return new_keys()


@cache
def world() -> World:
    """The authorities, good at :data:`AT`."""
    return new_world(keys(), AT)


@cache
def specimen(name: str) -> x509.Certificate:
    """A certificate by its name in the sandbox's table."""
    return issue(name, world())


def specimen_pem(name: str) -> bytes:
    """The same as PEM."""
    return specimen(name).public_bytes(Encoding.PEM)
