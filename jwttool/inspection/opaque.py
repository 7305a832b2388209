"""A token that is no JWT: what it looks like, in words."""

from __future__ import annotations

import re
from typing import Final

from jwttool.jose.compact import looks_like_token

# RFC 6750 section 2.1 (b64token): what a bearer token may be made of; dots alone are none.
_BEARER: Final = re.compile(r"[._~+/-]*+[A-Za-z0-9][A-Za-z0-9._~+/-]*+=*+")
_UUID: Final = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-([0-9a-f])[0-9a-f]{3}-([0-9a-f])[0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE
)
_HEX: Final = re.compile(r"(?:[0-9a-f]{2})++", re.IGNORECASE)
_WITHIN: Final = re.compile(
    r"(?<![A-Za-z0-9_.-])eyJ[A-Za-z0-9_-]++(?:\.[A-Za-z0-9_-]*+){2}(?:(?:\.[A-Za-z0-9_-]*+){2})?"
)
_OBJECT_IN_BASE64URL: Final = "eyJ"
"""How the base64url of ``{"`` begins, and with it every JWT that there is."""


def is_opaque(text: str) -> bool:
    """Whether text could be a bearer token (RFC 6750 section 2.1)."""
    return _BEARER.fullmatch(text) is not None


def begins_like_token(text: str) -> bool:
    """Whether it begins as the header of a JWT does: then it is one that was cut."""
    return text.startswith(_OBJECT_IN_BASE64URL)


def is_nested_token(text: str) -> bool:
    """Whether a payload or a decrypted content is a token: not every text with two dots is one."""
    return begins_like_token(text) and looks_like_token(text) and is_opaque(text)


def token_within(text: str) -> str | None:
    """The first compact token that stands somewhere in a text: a log, a transcript, a program's output."""
    found = _WITHIN.search(text)
    return None if found is None else found[0]


def describe(text: str) -> str:
    """What an opaque token looks like: "a UUID (version 4, random)", "32 hex digits (16 bytes)"."""
    if uuid := _UUID.fullmatch(text):
        # RFC 9562 section 4: the variant is the two high bits of the ninth byte.
        standard = uuid[2].lower() in "89ab"
        made = {"1": ", from time and machine", "4": ", random", "7": ", from time and random"}
        return f"a UUID (version {uuid[1]}{made.get(uuid[1], '')})" if standard else "a UUID"
    if _HEX.fullmatch(text):
        return f"{len(text)} hex digits ({len(text) // 2} bytes)"
    return f"a string of {len(text)} characters"
