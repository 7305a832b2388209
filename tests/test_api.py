"""The public names: all there, none more, and free until they are used."""

from __future__ import annotations

import inspect

import pytest

import jwttool


@pytest.mark.parametrize("name", jwttool.__all__)
def test_every_public_name_is_there_and_described(name: str) -> None:
    value = getattr(jwttool, name)
    assert name in dir(jwttool)
    assert inspect.getdoc(value)


def test_the_names_and_where_they_come_from_are_the_same() -> None:
    assert set(jwttool.__all__) == set(jwttool._HOME_OF)


def test_another_name_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = jwttool.nothing
