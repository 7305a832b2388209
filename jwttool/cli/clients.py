"""What a command works with: its flags, and behind them a named client."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import click

from jwttool.edge.passphrases import PassphraseSource
from jwttool.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from jwttool.config import Client, SecretSource
    from jwttool.providers import Provider

DEFAULT_PROVIDER: Final = "worldline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one run; a flag beats the client's configuration."""

    provider: Provider
    client_id: str | None
    audience: str | None
    key: str | None
    certificate: str | None
    passphrase: PassphraseSource
    kid: str | None
    algorithm: str | None
    lifetime: int | None
    scope: str | None


def settings(
    client_name: str | None,
    config: str | None,
    *,
    provider: str | None = None,
    client_id: str | None = None,
    audience: str | None = None,
    key: str | None = None,
    certificate: str | None = None,
    passphrase: PassphraseSource | None = None,
    kid: str | None = None,
    algorithm: str | None = None,
    lifetime: int | None = None,
    scope: str | None = None,
) -> Settings:
    """Flags over configuration, configuration over defaults."""
    from jwttool.providers import get_provider

    client = named_client(client_name, config)
    system = get_provider(provider or (client.provider if client else DEFAULT_PROVIDER))
    flags = passphrase or PassphraseSource()
    if client is None:
        return Settings(
            provider=system,
            client_id=client_id,
            audience=audience,
            key=key,
            certificate=certificate,
            passphrase=flags,
            kid=kid,
            algorithm=algorithm,
            lifetime=lifetime,
            scope=scope,
        )
    return Settings(
        provider=system,
        client_id=client_id or client.client_id,
        audience=audience or client.assertion_audience(system),
        key=key or _name(client.key),
        certificate=certificate or _name(client.certificate),
        # A key of its own flag has its own passphrase, not the client's.
        passphrase=flags if flags.named or key else configured_passphrase(client.passphrase),
        kid=kid or client.kid,
        algorithm=algorithm or client.algorithm,
        lifetime=client.lifetime if lifetime is None else lifetime,
        scope=scope or client.scope,
    )


def _name(path: Path | None) -> str | None:
    return None if path is None else str(path)


def named_client(name: str | None, config: str | None) -> Client | None:
    """The client of that name, from the nearest --config; None without a name."""
    if name is None:
        return None
    from jwttool.edge.material import read_config

    return read_config(config or click.get_current_context().find_root().obj).client(name)


def configured_passphrase(source: SecretSource | None) -> PassphraseSource:
    """The passphrase source that the configuration names."""
    if source is None:
        return PassphraseSource()
    return PassphraseSource(file=source.file, variable=source.variable)


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that has to be chosen: what it is, and by which flag or setting."""

    value: object
    what: str
    flag: str
    setting: str


def refuse_missing(client: str | None, *choices: Choice) -> None:
    """All choices that were not made, at once.

    :raises UsageError: when there is one.
    """
    missing = [choice for choice in choices if choice.value is None]
    if not missing:
        return
    whats = [choice.what for choice in missing]
    listed = whats[0] if len(whats) == 1 else f"{', '.join(whats[:-1])} and {whats[-1]}"
    flags = ", ".join(choice.flag for choice in missing)
    if client is None:
        otherwise = "name a CLIENT of jwttool.toml"
    else:
        otherwise = f"set {', '.join(choice.setting for choice in missing)} in [clients.{client}]"
    raise UsageError(
        f"{listed} {'is' if len(missing) == 1 else 'are'} missing", hint=f"give {flags}, or {otherwise}"
    )
