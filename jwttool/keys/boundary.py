"""The border to cryptography: whatever it raises becomes one of our errors."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from cryptography.exceptions import UnsupportedAlgorithm

from jwttool.errors import JwtToolError, UnsupportedError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def library(fault: JwtToolError, *, unsupported_hint: str | None = None) -> Iterator[None]:
    """Around a call into cryptography: whatever it raises becomes ``fault``.

    All of it on purpose. Hostile input makes it raise ValueError, TypeError,
    OverflowError and more, and a panic in its Rust part derives from
    BaseException. The original is dropped (``from None``) because its text may
    hold the input.

    :raises UnsupportedError: where the library knows what it is and says no.
    """
    try:
        yield
    except JwtToolError:
        raise
    except UnsupportedAlgorithm:
        raise UnsupportedError("an algorithm that is not supported here", hint=unsupported_hint) from None
    except Exception:  # noqa: BLE001
        raise fault from None
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise fault from None
        raise
