"""Replay stores: what one check costs, beside what carries it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from itertools import count
from pathlib import Path

from jwttool.edge.stores import open_replay_store
from jwttool.replay import ReplayStore
from tests import redis_server
from tests.bench.measure import Section, Target, interleaved, median, no_longer

WANTED = 5_000
"""Checks a second that a store in a file has to do at least."""

LIFETIME = 60


def measure() -> list[Section]:
    """One first use, of a key that no other has: what a verifier asks for each good assertion."""
    with (
        tempfile.TemporaryDirectory() as folder,
        open_replay_store(f"sqlite:{Path(folder) / 'replay.db'}") as store,
    ):
        seconds = interleaved(
            {"in the process": _uses(open_replay_store("memory:")), "SQLite": _uses(store)},
            rounds=25,
            calls=1000,
            summary=median,
        )
    sections = [
        Section(
            title="Replay: one process, one machine",
            note="One first use of a jti, old ones being swept on the way; the middle of the rounds, because "
            "SQLite tidies up now and then.",
            seconds=seconds,
            targets=(
                Target(
                    f"SQLite: at least {WANTED:,} checks a second, in thousands",
                    1 / seconds["SQLite"] / 1000,
                    WANTED / 1000,
                    at_least=True,
                ),
            ),
        )
    ]
    program = shutil.which("redis-server")
    return sections if program is None else [*sections, _redis(program)]


def _redis(program: str) -> Section:
    ours, theirs = "jwttool, Redis", "redis-py, SET NX EX"
    with (
        redis_server.running(program) as port,
        open_replay_store(f"redis://127.0.0.1:{port}") as store,
        redis_server.client(port) as client,
    ):
        numbers = count()

        def bare() -> object:
            return client.set(f"bare:{next(numbers):064x}", b"1", nx=True, ex=LIFETIME)

        seconds = interleaved({theirs: bare, ours: _uses(store)}, rounds=25, calls=400)
    return Section(
        title="Replay: many machines",
        note="The same in a Redis server on loopback, beside the command alone by its client library.",
        seconds=seconds,
        targets=(no_longer(seconds, ours, theirs, 1.3),),
    )


def _uses(store: ReplayStore) -> Callable[[], object]:
    """A use that is always the first; time goes on, so that old ones come to their end."""
    numbers = count()

    def use() -> object:
        number = next(numbers)
        now = number // 100
        first = store.remember(number.to_bytes(32, "big"), until=now + LIFETIME, now=now)
        assert first
        return first

    return use
