"""The answer to GET /authorize: a URL with a code or an error in it (RFC 6749 section 4.1.2)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from jwttool.encoding import JsonObject

# An app on a phone has a scheme of its own for its call-back URL (RFC 8252 section 7.1).
_URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,40}+://[^\s\"'<>]++")
_TOKENS: Final = frozenset({"access_token", "id_token"})
_BESIDE: Final = frozenset({"code", "error", "expires_in", "state", "token_type"})
"""What stands beside a token in the URL that a server sends a browser to, and in no other URL."""
_MAX_QUERY: Final = 64 * 1024
_MAX_FIELDS: Final = 100


def is_url(text: str) -> bool:
    """Whether a text is one URL and nothing else."""
    return _URL.fullmatch(text) is not None


def callback_members(url: str, *, whole: bool) -> JsonObject | None:
    """The parameters of a call-back URL; None where it is none.

    :param whole: whether a code has to come with a state, as in a redirect that may be about something else.
    """
    address, _, fragment = url.partition("#")
    query = address.partition("?")[2]
    # Tokens come in the fragment (RFC 6749 section 4.2.2), all else in the query.
    members: JsonObject = {}
    for part in (query, fragment):
        for name, value in _fields(part):
            members.setdefault(name, value)
    names = members.keys()
    if "error" in names or ("code" in names and ("state" in names or not whole)):
        return members
    if names & _TOKENS and (fragment or names & _BESIDE):
        return members
    return None


def has_token(url: str) -> bool:
    """Whether a token stands in the query of a URL (RFC 6750 section 2.3), as RFC 9700 forbids it."""
    query = url.partition("#")[0].partition("?")[2]
    return any(name in _TOKENS and value for name, value in _fields(query))


def _fields(part: str) -> list[tuple[str, str]]:
    if len(part) > _MAX_QUERY:
        return []
    try:
        return parse_qsl(part, keep_blank_values=True, errors="replace", max_num_fields=_MAX_FIELDS)
    except ValueError:
        return []
