"""From a client of jwttool.toml to its token requests."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from jwttool.ambient import utc_now
from jwttool.auth.source import TokenSource
from jwttool.edge.client import read_material
from jwttool.edge.material import read_config
from jwttool.edge.secrets import keep_secret, read_secret_file, rescue
from jwttool.errors import JwtToolError, RequestRefusedError, UsageError
from jwttool.grant.material import OneTime
from jwttool.grant.places import refresh_token_file
from jwttool.grant.prepare import (
    choose_shape,
    prepare,
    wants_code,
    wants_refresh_token,
)
from jwttool.providers import get_provider
from jwttool.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from jwttool.config import Client, Config
    from jwttool.grant.answer import Granted
    from jwttool.grant.material import Material
    from jwttool.grant.message import HttpRequest
    from jwttool.providers import Provider, TokenRequest

__all__ = ["token_request", "token_request_fields", "token_source"]


def token_source(
    client: str,
    *,
    config: str | Path | None = None,
    way: str | None = None,
    refresh_file: str | Path | None = None,
    early: float = 30,
    timeout: float = 30,
    clock: Callable[[], datetime] = utc_now,
) -> TokenSource:
    """Where the tokens of a named client come from.

    Keys, certificates and secrets are read anew for every token, so that a new certificate counts
    at once. With a bank on STET the token is refreshed, and a refresh token that
    the bank replaces is written into its file.

    :param config: the configuration; jwttool.toml in the working folder by default.
    :param way: "secret" or "assertion", where the system has both.
    :param refresh_file: where the refresh token is kept; as `token request` keeps it by default.
    :param timeout: seconds for one request, all of it together.
    :raises UsageError: the system gives a token for a one-time code alone.
    """
    found = read_config(config)
    chosen = found.client(client)
    provider = get_provider(chosen.provider)
    refresh = any(map(wants_refresh_token, provider.requests))
    shape = choose_shape(provider, chosen, way=way, refresh=refresh)
    if wants_code(shape):
        raise UsageError(
            f"{provider.title} gives a token for a one-time code, which nobody has by heart",
            hint="`jwttool token request CLIENT --code-file FILE` asks for one; keep it, it lives long",
        )
    folder = found.path.absolute().parent
    tokens = Path(refresh_file) if refresh_file is not None else refresh_token_file(chosen, folder)

    def fetch() -> Granted:
        once = OneTime()
        if wants_refresh_token(shape):
            refresh_token, since = read_secret_file(tokens, "refresh token")
            once = OneTime(refresh_token=refresh_token, refresh_issued_at=since)
        granted = _fetched(found, chosen, provider, shape, once, timeout, clock)
        if granted.refresh_token is not None and wants_refresh_token(shape):
            _keep(granted.refresh_token, tokens)
        return granted

    return TokenSource(fetch, early=early, clock=clock)


def token_request(
    client: str,
    *,
    config: str | Path | None = None,
    way: str | None = None,
    code: str | Secret | None = None,
    at: datetime | None = None,
) -> HttpRequest:
    """The whole request for a client's token: method, url, headers and body; judged, and not sent.

    An assertion in it is minted for this one request.

    :param code: the one-time code, where the system gives a token for one.
    :raises RequestRefusedError: it cannot succeed; every reason is told.
    """
    found = read_config(config)
    chosen = found.client(client)
    provider = get_provider(chosen.provider)
    shape = choose_shape(provider, chosen, way=way)
    secret = Secret.from_text(code) if isinstance(code, str) else code
    _, request = _prepared(found, chosen, provider, shape, OneTime(code=secret), at or utc_now())
    return request


def token_request_fields(
    client: str,
    *,
    config: str | Path | None = None,
    way: str | None = None,
    code: str | Secret | None = None,
    at: datetime | None = None,
) -> dict[str, str]:
    """The fields of the body of :func:`token_request`, for any other client that sends them.

    They hold what authenticates the client: an assertion, good once, or the secret.
    """
    return dict(token_request(client, config=config, way=way, code=code, at=at).fields)


def _prepared(
    config: Config, client: Client, provider: Provider, shape: TokenRequest, once: OneTime, at: datetime
) -> tuple[Material, HttpRequest]:
    material = read_material(client, provider, shape, mapping=config.mapping)
    prepared = prepare(material, shape, once, at=at)
    if prepared.request is None or not prepared.report.passed:
        failures = prepared.report.failures
        reasons = "; ".join(check.message for check in failures)
        raise RequestRefusedError(
            f"this request could not succeed: {reasons}", hint=failures[0].hint if failures else None
        )
    return material, prepared.request


def _fetched(
    config: Config,
    client: Client,
    provider: Provider,
    shape: TokenRequest,
    once: OneTime,
    timeout: float,
    clock: Callable[[], datetime],
) -> Granted:
    from jwttool.edge.http import Timeouts, send
    from jwttool.edge.tls import client_context
    from jwttool.grant.answer import judge_answer

    material, request = _prepared(config, client, provider, shape, once, clock())
    context = client_context(material.tls, material.server_ca)
    answer = send(request, context, timeouts=Timeouts(total=timeout), clock=clock)
    signing = material.signing
    return judge_answer(answer, request, provider, None if signing is None else signing.certificate)


def _keep(token: Secret, file: Path) -> None:
    """Write a refresh token that replaces the one before; it may not be had again."""
    try:
        keep_secret(token, file)
    except JwtToolError as error:
        place = rescue(token)
        warnings.warn(f"{error.message}; the refresh token is in {place} instead", stacklevel=2)
