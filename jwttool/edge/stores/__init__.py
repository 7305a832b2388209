"""Replay stores outside of this process, opened by a URL."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from jwttool.edge.stores.url import MEMORY, SQLITE, file_of, parse_redis_url, read_store_url, scheme_of
from jwttool.errors import ReplayStoreError
from jwttool.replay import MemoryReplayStore

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from jwttool.replay import ReplayStore


def open_replay_store(url: str) -> ReplayStore:
    """A replay store by its URL; close it, or use it with ``with``.

    ``memory:``
        in this process, as long as it runs
    ``sqlite:FILE``
        for all processes of this machine; the file is made, mode 0600, if it is not there
    ``redis://[USER[:PASSWORD]@]HOST[:PORT][/DB]``, ``rediss://...``
        for many machines, over TLS with the second s; needs ``jwttool[redis]``

    :raises UsageError: another URL. It is not repeated, because it may hold a password.
    :raises ReplayStoreError: the store cannot be opened or reached.
    :raises SurroundingsError: the file or its folder is missing or not safe.
    """
    scheme = scheme_of(url)
    if scheme == MEMORY:
        return MemoryReplayStore()
    if scheme == SQLITE:
        from jwttool.edge.stores.sqlite import SqliteReplayStore

        return SqliteReplayStore(file_of(url))
    return _open_redis(url)


def chosen_store(argument: str | None) -> AbstractContextManager[ReplayStore | None]:
    """The store that an option names (a URL, ``@FILE`` or ``env:NAME``), closed afterwards; None for none.

    :raises JwtToolError: as :func:`read_store_url` and :func:`open_replay_store`.
    """
    return nullcontext() if argument is None else open_replay_store(read_store_url(argument))


def _open_redis(url: str) -> ReplayStore:
    address = parse_redis_url(url)
    try:
        from jwttool.edge.stores.redis import RedisReplayStore
    except ModuleNotFoundError:
        raise ReplayStoreError(
            "a replay store in Redis needs the package redis, which is not installed",
            hint="pip install 'jwttool[redis]'",
        ) from None
    return RedisReplayStore(address)
