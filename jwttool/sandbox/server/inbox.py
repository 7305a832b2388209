"""The folder into which a CSR is dropped, in the place of a portal's upload form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from jwttool.edge.reading import read_input
from jwttool.edge.writing import write_public
from jwttool.encoding import Limit, printable
from jwttool.errors import JwtToolError
from jwttool.sandbox.exchange import Refusal
from jwttool.sandbox.portal import Application, register
from jwttool.sandbox.server.folder import INBOX

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from jwttool.sandbox.server.folder import Folder

SECONDS: Final = 0.5
"""Between two looks."""
_NAME: Final = re.compile(r"(?P<client>[A-Za-z0-9][A-Za-z0-9_-]{0,63})\.(?:csr|pem|der)")
_MOST_AT_ONCE: Final = 50


class Inbox:
    """Looks into the folder; a file is taken when it has not changed between two looks."""

    def __init__(self, folder: Folder) -> None:
        self._folder: Final = folder
        self._path: Final = folder.file(INBOX)
        self._seen: dict[str, tuple[int, int]] = {}

    def look(self, at: datetime) -> list[str]:
        """Sign what is ready; what is to be said about it.

        ``NAME.csr`` is for the client NAME, or for a new one whose system its name
        begins with. It becomes ``NAME.csr.signed``, or ``NAME.csr.refused`` with the reason in it.
        """
        seen: dict[str, tuple[int, int]] = {}
        lines: list[str] = []
        for path in self._files():
            try:
                status = path.stat()
            except OSError:
                continue
            state = (status.st_size, status.st_mtime_ns)
            if self._seen.get(path.name) == state:
                lines.append(self._take(path, at))
            else:
                seen[path.name] = state
        self._seen = seen
        return lines

    def _files(self) -> Iterator[Path]:
        try:
            found = sorted(path for path in self._path.iterdir() if _NAME.fullmatch(path.name))
        except OSError:
            return
        # A link could lead to any file, whose content a message might tell of.
        yield from [path for path in found if path.is_file() and not path.is_symlink()][:_MOST_AT_ONCE]

    def _take(self, path: Path, at: datetime) -> str:
        named = _NAME.fullmatch(path.name)
        client = named["client"] if named else None
        try:
            data = read_input(path, Limit.CSR, "certificate signing request")
            issued = register(data, Application(name=client), self._folder.bank, at)
            file = self._folder.keep(issued)
            path.replace(path.with_name(f"{path.name}.signed"))
        except Refusal as refusal:
            return self._refused(path, "; ".join(refusal.reasons))
        except JwtToolError as error:
            return self._refused(path, error.message)
        except OSError as error:
            return f"inbox: {path.name} cannot be moved: {error.strerror}"
        return f"inbox: {path.name} signed for {issued.client.name}: {file}"

    def _refused(self, path: Path, reason: str) -> str:
        reason = printable(reason)
        try:
            write_public(path.with_name(f"{path.name}.refused"), f"{reason}\n".encode(), force=True)
            path.unlink(missing_ok=True)
        except (JwtToolError, OSError):
            return f"inbox: {path.name} is refused, and cannot be moved: {reason}"
        return f"inbox: {path.name} is refused: {reason}"
