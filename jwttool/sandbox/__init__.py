"""A world to try things in: the four systems on this machine, an authority, certificates for tests.

:func:`running` starts the sandbox in a thread; it needs ``jwttool[sandbox]``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from jwttool.sandbox.server.running import Sandbox

__all__ = ["running"]


def running(
    folder: Path | None = None, *, host: str = "127.0.0.1", port: int = 0, faults: str = ""
) -> AbstractContextManager[Sandbox]:
    """The sandbox in a thread of this process, for as long as the ``with`` lasts.

    :param folder: where its files are; a temporary one by default, gone afterwards.
    :param port: 0 takes a free one.
    :param faults: "503", "slow=2,wrong-content-type": see the docs of ``jwttool sandbox``.
    :raises SurroundingsError: it cannot start, or aiohttp is not installed.
    """
    from jwttool.sandbox.faults import parse_faults
    from jwttool.sandbox.server import running as server

    return server.running(server.Options(folder=folder, host=host, port=port, faults=parse_faults(faults)))
