"""Hostile input is refused for the right reason, and cheaply.

The time that it takes is measured by `make bench`; here only what does not
depend on the machine: the reason, and the memory.
"""

from __future__ import annotations

import pytest

from tests.refusals import CASES, measure

MOST_KIBIBYTES = 64 * 1024


@pytest.mark.parametrize("name", list(CASES))
def test_it_is_refused_for_the_right_reason_within_64_mb(name: str) -> None:
    refusal = measure(name)
    assert refusal.said == CASES[name][2]
    assert refusal.kibibytes < MOST_KIBIBYTES
