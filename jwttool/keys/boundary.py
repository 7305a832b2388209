"""The border to cryptography: whatever it raises becomes one of our errors."""

from __future__ import annotations

import threading
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import UnsupportedAlgorithm

from jwttool.errors import JwtToolError, UnsupportedError, raise_alone

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def library(fault: JwtToolError, *, unsupported_hint: str | None = None) -> Iterator[None]:
    """Around a call into cryptography: whatever it raises becomes ``fault``, warnings are dropped.

    All of it on purpose. Hostile input makes it raise ValueError, TypeError,
    OverflowError and more, and a panic in its Rust part derives from
    BaseException. The original is dropped because its text may hold the input.

    :raises UnsupportedError: where the library knows what it is and says no.
    """
    try:
        with _without_warnings():
            yield
    except JwtToolError:
        raise
    except UnsupportedAlgorithm:
        raise_alone(UnsupportedError("an algorithm that is not supported here", hint=unsupported_hint))
    except Exception:  # noqa: BLE001
        raise_alone(fault)
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise_alone(fault)
        raise


# --- warnings -----------------------------------------------------------------


class _Here(threading.local):
    """Whether this thread is inside :func:`_without_warnings`."""

    quiet = False


_here: Final = _Here()


class _WhileQuiet(type):
    """Makes every warning one of its class's, for a thread that wants none, and for no other."""

    def __subclasscheck__(cls, category: type) -> bool:
        return _here.quiet


class _Quietened(Warning, metaclass=_WhileQuiet):
    pass


@contextmanager
def _without_warnings() -> Iterator[None]:
    """Drop what is warned of in this thread.

    cryptography warns of what it tolerates (an over-long name, PKCS#7 in an
    unusual order); that is no use to our caller, and an error where warnings are
    errors. warnings.catch_warnings() would swap the filters of the whole process
    and put old ones back: with threads, somebody's filters get lost. So one filter
    is added and stays, which matches nothing outside this block.
    """
    before = _here.quiet
    if not warnings.filters or warnings.filters[0][2] is not _Quietened:
        warnings.filterwarnings("ignore", category=_Quietened)  # and moves it, if it is there, to the front
    _here.quiet = True
    try:
        yield
    finally:
        _here.quiet = before
