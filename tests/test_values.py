"""Values stay as they were made: every dataclass is frozen and has no room for more."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

import jwttool

PACKAGE = Path(jwttool.__file__).parent
NOT_FROZEN = {"Document", "AssertionView", "TokenView", "_Attempt", "_Code", "_Heard"}
"""A document is filled line by line, and so is what was heard on a connection; a view (not frozen, for speed)
lives for one judgement; a code is used up."""
NOT_SLOTTED = {"TlsView"}
"""It works out once, and keeps, what several rules ask for."""


@cache
def dataclasses() -> dict[str, dict[str | None, object]]:
    """Each dataclass, by file and name, with the options of its decorator."""
    return {
        f"{path.relative_to(PACKAGE)}:{node.name}": {
            each.arg: ast.literal_eval(each.value)
            for each in (decorator.keywords if isinstance(decorator, ast.Call) else [])
        }
        for path in sorted(PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
        for decorator in node.decorator_list
        if "dataclass" in ast.unparse(decorator)
    }


@pytest.mark.parametrize("name", dataclasses())
def test_a_dataclass_is_frozen_and_slotted(name: str) -> None:
    options = dataclasses()[name]
    assert options.get("slots", False) is (name.partition(":")[2] not in NOT_SLOTTED)
    assert options.get("frozen", False) is (name.partition(":")[2] not in NOT_FROZEN)


def test_those_that_everything_stands_on_are_among_them() -> None:
    names = {name.partition(":")[2] for name in dataclasses()}
    assert {"Check", "Report", "UnverifiedToken", "Client", "PemBlock"} <= names
