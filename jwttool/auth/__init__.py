"""Tokens for other programs: authentication objects for httpx2 and requests, and the fields for any other.

::

    source = token_source("worldline-test")
    httpx2.Client(auth=HttpxAuth(source)).get(url)
    requests.get(url, auth=RequestsAuth(source))
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from jwttool.auth.client import token_request, token_request_fields, token_source
    from jwttool.auth.httpx import HttpxAuth
    from jwttool.auth.requests import RequestsAuth
    from jwttool.auth.source import TokenSource

__all__ = [
    "HttpxAuth",
    "RequestsAuth",
    "TokenSource",
    "token_request",
    "token_request_fields",
    "token_source",
]

# Fetched when they are first used: requests need not be installed for httpx2, nor the other way round.
_HOMES: Final = {
    "HttpxAuth": "httpx",
    "RequestsAuth": "requests",
    "TokenSource": "source",
    "token_request": "client",
    "token_request_fields": "client",
    "token_source": "client",
}

if not TYPE_CHECKING:  # a type checker sees the imports above instead

    def __getattr__(name: str) -> Any:
        home = _HOMES.get(name)
        if home is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return globals().setdefault(name, getattr(import_module(f"{__name__}.{home}"), name))
