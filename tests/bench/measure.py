"""Measuring: candidates in interleaved rounds, and the ratio between them.

Absolute times drift with the machine and with what else runs on it. So the
candidates take turns within one run, each is judged by the best (or the
middle) of its rounds, and a target is a ratio of two of them.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Target:
    """A ratio that is wanted: how many times as fast, or as long, as a baseline."""

    name: str
    ratio: float
    bound: float
    at_least: bool

    @property
    def met(self) -> bool:
        """Whether the ratio is on the right side of its bound."""
        return self.ratio >= self.bound if self.at_least else self.ratio <= self.bound


@dataclass(frozen=True, slots=True)
class Section:
    """What one benchmark found: seconds for one operation by candidate, and its targets."""

    title: str
    note: str
    seconds: Mapping[str, float]
    targets: tuple[Target, ...] = field(default=())


def interleaved(
    candidates: Mapping[str, Callable[[], object]],
    *,
    rounds: int,
    calls: int,
    summary: Callable[[list[float]], float] = min,
) -> dict[str, float]:
    """Seconds for one call of each candidate: the best round, unless ``summary`` says otherwise.

    Each round calls every candidate ``calls`` times; the next begins with
    another one, so that none always follows the same.
    """
    taken: dict[str, list[float]] = {name: [] for name in candidates}
    names = list(candidates)
    for name in names:
        candidates[name]()  # warm: imports, caches, compiled files
    collecting = gc.isenabled()
    gc.disable()
    try:
        for number in range(rounds):
            first = number % len(names)
            for name in names[first:] + names[:first]:
                taken[name].append(_timed(candidates[name], calls))
    finally:
        if collecting:
            gc.enable()
    return {name: summary(values) for name, values in taken.items()}


def _timed(call: Callable[[], object], calls: int) -> float:
    begun = time.perf_counter()
    for _ in range(calls):
        call()
    return (time.perf_counter() - begun) / calls


median = statistics.median


def faster(seconds: Mapping[str, float], ours: str, theirs: str, bound: float) -> Target:
    """Ours does at least ``bound`` times as many a second as theirs."""
    return Target(
        f"{ours}: at least {bound} times {theirs}", seconds[theirs] / seconds[ours], bound, at_least=True
    )


def no_longer(seconds: Mapping[str, float], ours: str, theirs: str, bound: float) -> Target:
    """Ours takes at most ``bound`` times as long as theirs."""
    ratio = seconds[ours] / seconds[theirs]
    return Target(f"{ours}: at most {bound} times {theirs}", ratio, bound, at_least=False)
