"""Processes that use one replay store: many at once, or killed at random moments.

A process of its own because only one without threads may fork.

    python -m tests.replaying race URL ROUNDS VERIFIERS
    python -m tests.replaying kill FILE KILLS SEED
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import select
import signal
import sqlite3
import sys
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jwttool.edge.stores import open_replay_store
from jwttool.edge.stores.sqlite import SqliteReplayStore
from jwttool.errors import JwtToolError
from tests import issue
from tests.assertions import token, verifier

if TYPE_CHECKING:
    from collections.abc import Sequence

ENDLESS = 2**40


def compete(url: str, tokens: Sequence[str], start: Any, results: Any) -> None:
    """Verify each assertion at the moment at which all others do, with a store of one's own."""
    try:
        with open_replay_store(url) as store:
            judge = verifier(replay_store=store)
            won = []
            for text in tokens:
                start.wait()
                won.append(judge.verify(text, at=issue.WITHIN).passed)
    except JwtToolError as error:
        start.abort()
        results.put(error.message)
    else:
        results.put(won)


def race(url: str, rounds: int, verifiers: int) -> list[Any]:
    """What each process saw: for each assertion whether it passed; or an error."""
    import jwttool.edge.stores.redis  # noqa: F401  # once here, and not in each process

    context = multiprocessing.get_context("fork")
    tokens = [token({}, {"jti": f"round {number}"}) for number in range(rounds)]
    start, results = context.Barrier(verifiers), context.Queue()
    processes = [
        context.Process(target=compete, args=(url, tokens, start, results)) for _ in range(verifiers)
    ]
    for process in processes:
        process.start()
    seen = [results.get(timeout=120) for _ in processes]
    for process in processes:
        process.join()
    return seen


def key(number: int) -> bytes:
    """A key to remember."""
    return number.to_bytes(32, "big")


def kill_one(path: Path, first: int, milliseconds: float) -> int:
    """Start a process that does nothing but remember, kill it, and say how many uses it had answered."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        store = SqliteReplayStore(path)
        for number in count(first):
            assert store.remember(key(number), until=ENDLESS, now=0)
            os.write(writer, b".")
    os.close(writer)
    answered = len(os.read(reader, 1))
    select.select([], [], [], milliseconds / 1000)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while more := os.read(reader, 65536):
        answered += len(more)
    os.close(reader)
    return answered


def kill(path: Path, kills: int, seed: int) -> list[dict[str, Any]]:
    """For each kill: how many uses were answered, how many of them are known, and whether all is well."""
    chance = random.Random(seed)
    seen = []
    first = 0
    for _ in range(kills):
        answered = kill_one(path, first, chance.uniform(0, 12))
        with SqliteReplayStore(path) as store:
            known = [
                not store.remember(key(number), until=ENDLESS, now=0)
                for number in range(first, first + answered)
            ]
            new = store.remember(key(first + answered + 1), until=ENDLESS, now=0)
        with closing(sqlite3.connect(path)) as connection:
            (check,) = connection.execute("PRAGMA integrity_check").fetchone()
        seen.append({"answered": answered, "known": sum(known), "new": new, "check": check})
        first += answered + 2
    return seen


def main(mode: str, where: str, first: int, second: int) -> None:
    """Print what was seen, as JSON."""
    seen = race(where, first, second) if mode == "race" else kill(Path(where), first, second)
    sys.stdout.write(json.dumps(seen))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
