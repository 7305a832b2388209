"""The shapes of the JSON answers of ``token request``."""

from __future__ import annotations

from typing import Literal, TypedDict

from jwttool.render.answers import JudgementAnswer


class TokenRequestAnswer(JudgementAnswer):
    """``jwttool token request``: the verdict passes when there is a token and the server did not refuse.

    The checks are those that are not content, of the request and of the answer.
    ``access_token`` is null with -o, which writes it into ``output``; the
    refresh token is never in here, but in ``refresh_token_file``.
    ``clock_offset`` is how many seconds the server's clock is ahead.
    """

    sent: bool
    status: int | None
    access_token: str | None
    output: str | None
    token_type: str | None
    scope: str | None
    expires_in: int | None
    expires_at: str | None
    refresh_token_file: str | None
    refresh_expires_at: str | None
    clock_offset: float | None


class TokenAuthorizeAnswer(TypedDict):
    """``jwttool token request --authorize``: the URL to open, and the file that is needed for the code."""

    version: Literal[1]
    authorization_url: str
    state_file: str


class TokenDryRunAnswer(JudgementAnswer):
    """``jwttool token request --dry-run``: the command, and curl's configuration that it reads."""

    command: str
    config_file: str
