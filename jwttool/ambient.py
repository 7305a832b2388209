"""The present and chance: the only two values that the core does not get passed in.

They are defaults of arguments, never called in the middle of a judgement, so
that every run can be repeated by passing the values instead.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime


def utc_now() -> datetime:
    """The present, aware and in UTC."""
    return datetime.now(UTC)


def random_identifier() -> str:
    """128 random bits as 22 base64url characters; nobody guesses or repeats it."""
    return secrets.token_urlsafe(16)
