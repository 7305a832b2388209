"""What the tests with hostile input share: refusals that give nothing away, and an end to hanging."""

from __future__ import annotations

import signal
import tracemalloc
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import pytest

from jwttool.errors import JwtToolError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

E = TypeVar("E", bound=JwtToolError)

CANARY = "c4n4ry-hunter2"
"""Stands for what no message may repeat."""

MOST_MEMORY = 64 * 1024 * 1024
"""Bytes above the interpreter's own, for whatever is refused."""


def refusal(error: type[E], call: Callable[[], object], secret: str = CANARY) -> E:
    """The error of exactly that class with which a call ends; it must not hold the secret."""
    with pytest.raises(error) as caught:
        call()
    assert type(caught.value) is error
    assert_discreet(caught.value, secret)
    return caught.value


def assert_discreet(error: JwtToolError, secret: str) -> None:
    """Nothing in the error, nor in what travels with it, shows the secret."""
    assert error.__cause__ is None
    assert error.__context__ is None or error.__suppress_context__
    for part in (error.message, error.hint or "", str(error), repr(error), repr(error.args)):
        assert secret not in part


@contextmanager
def no_hanging(seconds: int = 60) -> Iterator[None]:
    """End what would take hours. Not a measurement: the limit is hundreds of times what is needed."""

    def stop(number: int, frame: object) -> None:
        raise AssertionError(f"still at work after {seconds} s (signal {number}, {frame})")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def little_memory() -> Iterator[None]:
    """Fail when more memory is taken than a refusal may cost."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < MOST_MEMORY
    finally:
        tracemalloc.stop()
