"""The URL of a replay store: how it is read, and where one with a password comes from."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from jwttool.edge.reading import read_secret
from jwttool.edge.terminal import warn
from jwttool.encoding import Limit
from jwttool.errors import InputError, UsageError, raise_alone
from jwttool.secret import Secret

MEMORY: Final = "memory"
SQLITE: Final = "sqlite"
REDIS: Final = "redis"
REDIS_TLS: Final = "rediss"

_DATABASE: Final = re.compile(r"/?|/(\d{1,5})", re.ASCII)
_ENVIRONMENT: Final = "env:"


@dataclass(frozen=True, slots=True)
class RedisAddress:
    """Where a Redis server is, and as whom to speak to it."""

    host: str
    port: int
    database: int
    tls: bool
    user: str | None = None
    password: Secret | None = None

    def __str__(self) -> str:
        """What may be shown of it: neither user nor password."""
        scheme = REDIS_TLS if self.tls else REDIS
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{host}:{self.port}/{self.database}"


def read_store_url(argument: str) -> str:
    """The URL that an option means: itself, the first line of ``@FILE``, or the variable ``env:NAME``.

    Arguments are seen by every user of the machine, so that one with a password is refused.

    :raises UsageError: it holds a password, or the variable is not set.
    :raises JwtToolError: the file cannot be read, or others may write it.
    """
    if argument.startswith("@"):
        data = read_secret(argument[1:], Limit.PASSPHRASE, "file with the replay store's URL", warn)
        return _line(data)
    if argument.startswith(_ENVIRONMENT):
        return _variable(argument.removeprefix(_ENVIRONMENT))
    if argument.startswith((f"{REDIS}:", f"{REDIS_TLS}:")) and parse_redis_url(argument).password:
        raise UsageError(
            "the URL of the replay store holds a password, which every user of this machine sees",
            hint="keep the URL in a file, mode 0600, and give @FILE; or in a variable, and give env:NAME",
        )
    return argument


def scheme_of(url: str) -> str:
    """The kind of store.

    :raises UsageError: there is no such kind.
    """
    scheme, separator, rest = url.partition(":")
    usual = scheme in {SQLITE, REDIS, REDIS_TLS} and separator
    if usual or (scheme == MEMORY and separator and not rest):
        return scheme
    raise UsageError(
        "not the URL of a replay store",
        hint="memory:, sqlite:FILE, redis://HOST:PORT/DB or rediss://HOST:PORT/DB",
    )


def file_of(url: str) -> Path:
    """The file of a ``sqlite:`` URL.

    :raises UsageError: there is none, or it begins as other tools write such a URL.
    """
    name = url.removeprefix(f"{SQLITE}:")
    # Elsewhere sqlite:///x is a relative name and here it would be an absolute one: neither is guessed.
    if not name or name.startswith("//"):
        raise UsageError("sqlite: is followed by the name of a file", hint="sqlite:replay.db, without //")
    return Path(name)


def parse_redis_url(url: str) -> RedisAddress:
    """Take the URL apart; nothing of it stands in an error.

    :raises UsageError: it is no URL of a Redis database.
    """
    try:
        return _parse(url)
    except ValueError:  # which holds part of the URL
        raise_alone(
            UsageError(
                "not the URL of a Redis database",
                hint="redis://HOST:PORT/DB; a character like @ or / in a password is written %40 or %2F",
            )
        )


def _parse(url: str) -> RedisAddress:
    # urlsplit drops control characters in silence, and a second reader might not.
    if not (url.isascii() and url.isprintable()) or " " in url:
        raise ValueError
    parts = urlsplit(url)
    database = _DATABASE.fullmatch(parts.path)
    port = 6379 if parts.port is None else parts.port
    if not parts.hostname or not port or database is None or "?" in url or "#" in url:
        raise ValueError
    return RedisAddress(
        host=parts.hostname,
        port=port,
        database=int(database[1] or 0),
        tls=parts.scheme == REDIS_TLS,
        user=_decoded(parts.username),
        password=Secret.from_text(password) if (password := _decoded(parts.password)) else None,
    )


def _decoded(text: str | None) -> str | None:
    return unquote(text, errors="strict") if text else None


def _line(data: bytes) -> str:
    try:
        line = data.decode().split("\n", 1)[0].strip()
    except UnicodeDecodeError:
        raise_alone(InputError("the URL of the replay store is no text"))
    if not line:
        raise InputError("the URL of the replay store is empty")
    return line


def _variable(name: str) -> str:
    value = os.environ.get(name, "").strip()
    if not value:
        raise UsageError(
            "the variable with the URL of the replay store is not set", hint="env:NAME, without $"
        )
    return value
