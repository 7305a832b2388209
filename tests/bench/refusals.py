"""What it costs to refuse hostile input: each case in a process of its own, three times."""

from __future__ import annotations

from tests import refusals
from tests.bench.measure import Section, Target

RUNS = 3
MOST_SECONDS = 0.25
MOST_MEBIBYTES = 64.0


def measure() -> list[Section]:
    """The slowest and the largest refusal, against their limits."""
    seconds: dict[str, float] = {}
    mebibytes = 0.0
    for name in refusals.CASES:
        taken = [refusals.measure(name) for _ in range(RUNS)]
        seconds[name] = min(refusal.milliseconds for refusal in taken) / 1000
        mebibytes = max(mebibytes, *(refusal.kibibytes / 1024 for refusal in taken))
    limits = (
        (f"seconds of the slowest: at most {MOST_SECONDS}", max(seconds.values()), MOST_SECONDS),
        (f"MiB above the idle process: at most {MOST_MEBIBYTES:.0f}", mebibytes, MOST_MEBIBYTES),
    )
    return [
        Section(
            title="Refusing hostile input",
            note=f"The best of {RUNS} runs, each in a process of its own, without the start of Python.",
            seconds=seconds,
            targets=tuple(Target(*limit, at_least=False) for limit in limits),
        )
    ]
