"""Codes and refresh tokens for ``token request``: where they come from, and where they are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from jwttool.ambient import random_identifier
from jwttool.edge.reading import read_input
from jwttool.edge.secrets import ask_secret, keep_secret, read_secret_descriptor, read_secret_file
from jwttool.edge.terminal import notice, warn
from jwttool.edge.writing import write_secret
from jwttool.encoding import Limit
from jwttool.errors import FileMissingError, UsageError
from jwttool.grant.material import OneTime
from jwttool.grant.places import authorization_file
from jwttool.grant.prepare import wants_authorization, wants_code, wants_refresh_token
from jwttool.secret import Secret
from jwttool.times import rfc3339

if TYPE_CHECKING:
    from pathlib import Path

    from jwttool.config import Client
    from jwttool.grant.authorize import Authorization
    from jwttool.providers import Provider, TokenRequest

_CODE_HINT = "give it with --code-file or --code-fd"
_BEGIN = "begin with --authorize, which prints the URL for the customer's browser"


@dataclass(frozen=True, slots=True)
class CodeSource:
    """What the options say about a one-time code."""

    file: str | None = None
    descriptor: int | None = None
    issued_at: datetime | None = None

    def __post_init__(self) -> None:
        """:raises UsageError: when both sources are named."""
        if self.file is not None and self.descriptor is not None:
            raise UsageError("--code-file and --code-fd contradict each other")

    @property
    def named(self) -> bool:
        """Whether there is a source other than the prompt."""
        return self.file is not None or self.descriptor is not None


def authorize(
    client: Client, provider: Provider, folder: Path, *, at: datetime, pkce: bool
) -> tuple[str, Path]:
    """Begin an authorization: the URL to open, and the 0600 file that is needed when the code comes.

    :raises UsageError: the system has no such thing, or a setting is missing.
    """
    from jwttool.grant.authorize import Authorization

    if not wants_authorization(provider):
        raise UsageError(
            f"{provider.title} has no authorization by the customer", hint="leave --authorize out"
        )
    endpoint, client_id, redirect_uri = client.authorization_endpoint, client.client_id, client.redirect_uri
    if endpoint is None or client_id is None or redirect_uri is None:
        needed = ("authorization_endpoint", "client_id", "redirect_uri")
        missing = ", ".join(name for name in needed if getattr(client, name) is None)
        raise UsageError(
            f"{missing} missing for the authorization", hint=f"set {missing} in [clients.{client.name}]"
        )
    if not endpoint.lower().startswith("https://"):
        warn("the authorization endpoint is no https URL: the customer would log in there unprotected")
    begun = Authorization(
        client=client.name,
        redirect_uri=redirect_uri,
        state=Secret.from_text(random_identifier()),
        # RFC 7636 section 4.1: at least 43 characters.
        verifier=Secret.from_text(random_identifier() + random_identifier()) if pkce else None,
        created=at,
    )
    file = authorization_file(client, folder)
    write_secret(file, begun.to_bytes(), force=True)
    return begun.url(endpoint, client_id, client.scope), file


def one_time(
    client: Client,
    provider: Provider,
    shape: TokenRequest,
    source: CodeSource,
    folder: Path,
    refresh: Path,
) -> OneTime:
    """The code or the refresh token that a request needs; nothing for one that needs neither.

    :raises UsageError: a source for a code that is not needed, or none for one that is.
    """
    if wants_refresh_token(shape):
        if source.named:
            raise UsageError("a refresh needs no code", hint="leave --code-file, --code-fd or --refresh out")
        return _refresh(refresh)
    if not wants_code(shape):
        if source.named or source.issued_at is not None:
            raise UsageError(f"{provider.title} takes no one-time code")
        return OneTime()
    from jwttool.grant.authorize import read_callback

    begun = _begun(client, folder) if wants_authorization(provider) else None
    if wants_authorization(provider) and begun is None and not source.named:
        raise UsageError("there is no code, and no authorization that has begun", hint=_BEGIN)
    text, issued_at = _read_code(source)
    callback = read_callback(text.reveal().decode("utf-8", "replace"), begun)
    if wants_authorization(provider) and begun is None and "://" in text.reveal().decode("utf-8", "replace"):
        # Whoever gets a call-back URL of their own in would choose the account (RFC 6749 section 10.12).
        raise UsageError(
            "a call-back, and no authorization that has begun to compare its state with", hint=_BEGIN
        )
    if wants_authorization(provider) and not callback.compared:
        warn(
            "a bare code comes without state, which could not be compared: the whole call-back URL is better"
        )
    return OneTime(
        code=callback.code,
        code_issued_at=source.issued_at or issued_at,
        verifier=None if begun is None else begun.verifier,
        redirect_uri=None if begun is None else begun.redirect_uri,
    )


def _begun(client: Client, folder: Path) -> Authorization | None:
    from jwttool.grant.authorize import read_authorization

    try:
        data = read_input(authorization_file(client, folder), Limit.CONFIG, "authorization that has begun")
    except FileMissingError:
        return None
    return read_authorization(data)


def _read_code(source: CodeSource) -> tuple[Secret, datetime | None]:
    if source.file is not None:
        return read_secret_file(source.file, "one-time code")
    if source.descriptor is not None:
        return read_secret_descriptor(source.descriptor, "one-time code"), None
    asked = ask_secret(
        "One-time code, or the whole call-back URL (not shown): ", "a one-time code", _CODE_HINT
    )
    return asked, None


def _refresh(file: Path) -> OneTime:
    try:
        token, since = read_secret_file(file, "refresh token")
    except FileMissingError as error:
        raise FileMissingError(error.message, hint=_BEGIN) from None
    return OneTime(refresh_token=token, refresh_issued_at=since)


def keep_refresh_token(token: Secret, file: Path, until: datetime | None) -> None:
    """Write the refresh token where it is kept, in the place of the one before it, and say until when."""
    if not keep_secret(token, file):
        notice(f"the refresh token in {file} stays the same, and keeps its end")
        return
    end = "" if until is None else f"; it ends on {until.astimezone(UTC):%Y-%m-%d} ({rfc3339(until)})"
    notice(f"the refresh token is in {file}{end}")
