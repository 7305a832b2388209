"""Where the flow with a customer keeps what it needs again: beside the configuration, by client."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from pathlib import Path

    from jwttool.config import Client


def authorization_file(client: Client, folder: Path) -> Path:
    """Where an authorization that has begun waits for its code."""
    return folder / f".{quote(client.name, safe='')}.authorization"


def refresh_token_file(client: Client, folder: Path) -> Path:
    """Where the refresh token is kept."""
    return folder / f".{quote(client.name, safe='')}.refresh-token"
