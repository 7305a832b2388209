"""Values stay as they were made: every dataclass is frozen and has no room for more."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import jwttool

PACKAGE = Path(jwttool.__file__).parent
BUILT_UP = {"Document"}
"""Filled line by line, and read once."""


def dataclasses() -> list[tuple[str, ast.expr]]:
    """Each dataclass with its decorator."""
    return [
        (node.name, decorator)
        for path in sorted(PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
        for decorator in node.decorator_list
        if "dataclass" in ast.unparse(decorator)
    ]


@pytest.mark.parametrize(
    ("name", "decorator"), dataclasses(), ids=lambda item: item if isinstance(item, str) else ""
)
def test_a_dataclass_is_frozen_and_slotted(name: str, decorator: ast.expr) -> None:
    assert isinstance(decorator, ast.Call)
    options = {each.arg: ast.literal_eval(each.value) for each in decorator.keywords}
    assert options.get("slots") is True
    assert options.get("frozen", False) is (name not in BUILT_UP)


def test_there_are_some() -> None:
    assert {"Check", "Report", "UnverifiedToken", "Client"} <= {name for name, _ in dataclasses()}
