"""The benchmark's own arithmetic; `make bench` measures."""

from __future__ import annotations

from functools import partial

import pytest

from tests.bench import run
from tests.bench.measure import Section, faster, interleaved, no_longer

SECONDS = {"ours": 0.002, "theirs": 0.004}


@pytest.mark.parametrize(("bound", "met"), [(1.9, True), (2.0, True), (2.1, False)])
def test_faster_compares_rates(bound: float, met: bool) -> None:
    target = faster(SECONDS, "ours", "theirs", bound)
    assert (target.ratio, target.met) == (2.0, met)


@pytest.mark.parametrize(("bound", "met"), [(0.6, True), (0.5, True), (0.4, False)])
def test_no_longer_compares_times(bound: float, met: bool) -> None:
    target = no_longer(SECONDS, "ours", "theirs", bound)
    assert (target.ratio, target.met) == (0.5, met)


def test_candidates_take_turns_and_nobody_is_always_first() -> None:
    order: list[str] = []
    taken = interleaved({name: partial(order.append, name) for name in "ab"}, rounds=2, calls=2)
    assert "".join(order) == "ab" + "aabb" + "bbaa"
    assert taken.keys() == {"a", "b"}


def test_a_table_says_what_was_missed() -> None:
    section = Section("Title", "A note.", SECONDS, (faster(SECONDS, "ours", "theirs", 3.0),))
    assert run.table(section) == (
        "### Title\n\nA note.\n\n"
        "| candidate | time   | a second |\n"
        "| --------- | ------ | -------- |\n"
        "| ours      | 2.0 ms | 500      |\n"
        "| theirs    | 4.0 ms | 250      |\n"
        "\n"
        "| target                          | measured | result |\n"
        "| ------------------------------- | -------- | ------ |\n"
        "| ours: at least 3.0 times theirs | 2.00     | missed |\n"
    )


def test_the_tables_replace_what_stands_between_the_markers() -> None:
    page = f"# Speed\n{run.BEGIN}old\n{run.END}rest\n"
    assert run.replaced(page, "new") == f"# Speed\n{run.BEGIN}\nnew\n{run.END}rest\n"


def test_a_page_without_markers_is_left_alone() -> None:
    with pytest.raises(ValueError, match="markers"):
        run.replaced("# Speed\n", "new")
