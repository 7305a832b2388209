"""jwttool.toml: named clients, read strictly.

An unknown key is an error that names the nearest known one, because a
misspelt ``certificate`` that is silently ignored costs an afternoon. Paths are
relative to the file. Secrets stand in files or in the environment, never here.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

from jwttool.eidas.mapping import ClientMapping, parse_mapping
from jwttool.encoding import Limit, check_size, printable
from jwttool.errors import ConfigError, UnknownClientError, raise_alone
from jwttool.jose.algorithms import ALGORITHMS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jwttool.providers import Provider

CONFIG_NAME: Final = "jwttool.toml"


@dataclass(frozen=True, slots=True)
class SecretSource:
    """Where a secret is: exactly one of a file and an environment variable."""

    file: Path | None = None
    variable: str | None = None


# How a setting is read follows from the type of its field.
Url = str
Algorithm = str


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """One named client. Everything but the provider may be missing until it is needed."""

    name: str
    provider: str
    client_id: str | None = None
    server: Url | None = None
    realm: str | None = None
    scope: str | None = None
    audience: str | None = None
    token_endpoint: Url | None = None
    authorization_endpoint: Url | None = None
    redirect_uri: Url | None = None
    organization_identifier: str | None = None
    fi_reference_id: str | None = None
    version: str | None = None
    kid: str | None = None
    algorithm: Algorithm | None = None
    lifetime: int | None = None
    key: Path | None = None
    certificate: Path | None = None
    tls_key: Path | None = None
    tls_certificate: Path | None = None
    server_ca: Path | None = None
    passphrase: SecretSource | None = None
    tls_passphrase: SecretSource | None = None
    client_secret: SecretSource | None = None
    ccg_token: SecretSource | None = None

    def assertion_audience(self, provider: Provider) -> str | None:
        """The audience: as set, or the issuer's URL from server and realm; None when unknown."""
        return self.audience or provider.issuer(self.server, self.realm)

    def endpoint(self, provider: Provider) -> str | None:
        """The token endpoint: as set, or from server and realm; None when unknown."""
        return self.token_endpoint or provider.endpoint(self.server, self.realm)


@dataclass(frozen=True, slots=True)
class Config:
    """A configuration file: its path, for messages, its clients by name, and what client_ids belong to."""

    path: Path
    clients: Mapping[str, Client]
    mapping: ClientMapping = field(default_factory=ClientMapping)

    def client(self, name: str) -> Client:
        """The client of that name.

        :raises UnknownClientError: naming those that there are.
        """
        if name in self.clients:
            return self.clients[name]
        known = ", ".join(self.clients) or "none yet"
        raise UnknownClientError(
            f'no client of that name ("{printable(name, _SHOWN)}") in {self.path}',
            hint=f"clients there: {known}",
        )


_SETTINGS: Final = {
    item.name: str(item.type) for item in fields(Client) if item.name not in {"name", "provider"}
}
_CLIENT_KEYS: Final = ("provider", *_SETTINGS)
_TOP_KEYS: Final = ("clients", "mapping")
_ABSOLUTE_URL: Final = re.compile(r"https?://[^/?#\s]+[^\s]*", re.IGNORECASE)
_LONGEST_LIFETIME: Final = 24 * 3600
_MOST_DOTS: Final = 64
_SHOWN: Final = 60
"""Characters of a name that an error repeats."""


def parse_config(data: bytes, path: Path) -> Config:
    """Read a configuration; ``path`` is where it stood.

    :raises ConfigError: for TOML that cannot be read, an unknown key, or a
        value of the wrong type; never quoting a value.
    """
    check_size(data, Limit.CONFIG, "the configuration")
    document = _toml(data, path)
    _refuse_unknown(document, _TOP_KEYS, "the top level")
    tables = document.get("clients", {})
    if not isinstance(tables, dict):
        raise ConfigError('"clients" is not a table', hint="write [clients.NAME]")
    clients = {name: _client(name, table, path.parent) for name, table in tables.items()}
    return Config(path, clients, parse_mapping(document.get("mapping", {}), "[mapping]"))


def parse_mapping_file(data: bytes, path: Path) -> ClientMapping:
    """Read a file that holds a mapping alone: a table ``[mapping]``, or its entries without one.

    :raises ConfigError: as :func:`parse_config`.
    """
    check_size(data, Limit.CONFIG, "the mapping")
    document = _toml(data, path)
    if isinstance(document.get("mapping"), dict) and len(document) == 1:
        return parse_mapping(document["mapping"], f"[mapping] of {path}")
    return parse_mapping(document, str(path))


def _toml(data: bytes, path: Path) -> dict[str, Any]:
    for number, line in enumerate(data.split(b"\n"), start=1):
        # The time that tomllib takes for a dotted key grows with the square of its parts.
        if line.count(b".") > _MOST_DOTS and not line.lstrip().startswith(b"#"):
            raise ConfigError(f"{path}: line {number} has more than {_MOST_DOTS} dots")
    try:
        return tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise_alone(ConfigError(f"{path} is not UTF-8 at byte {error.start}"))
    except tomllib.TOMLDecodeError as error:
        # What tomllib says ends in the position, and may quote a key before it.
        reason, _, position = str(error).rpartition(" (")
        raise_alone(ConfigError(f"{path} is not TOML: {printable(reason, _SHOWN)} ({position}"))
    except RecursionError:
        raise_alone(ConfigError(f"{path} is nested too deep"))
    except ValueError:  # int() takes no more than 4,300 digits
        raise_alone(ConfigError(f"{path} holds a number that is too long"))


def _client(name: str, table: object, folder: Path) -> Client:
    place = f"[clients.{printable(name, _SHOWN)}]"
    if not isinstance(table, dict):
        raise ConfigError(f"{place} is not a table")
    _refuse_unknown(table, _CLIENT_KEYS, place)
    provider = table.get("provider")
    if not isinstance(provider, str):
        raise ConfigError(
            f"{place} names no provider", hint='provider = "worldline", "op", "konsentus" or "stet"'
        )
    values = {
        key: _READERS[_SETTINGS[key]](value, f"{key} in {place}", folder)
        for key, value in table.items()
        if key != "provider"
    }
    return Client(name=name, provider=provider, **values)


def _refuse_unknown(table: Mapping[str, object], known: tuple[str, ...], place: str) -> None:
    for key in table:
        if key not in known:
            nearest = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
            hint = f'did you mean "{nearest[0]}"?' if nearest else f"known are {', '.join(known)}"
            raise ConfigError(f'unknown key "{printable(key, _SHOWN)}" in {place}', hint=hint)


def _text(value: object, place: str, _folder: Path) -> str:
    if not isinstance(value, str):
        _wrong(place, "a string in quotes")
    if not value:
        raise ConfigError(f"{place} is empty", hint="take the line out until you know the value")
    return value


def _url(value: object, place: str, folder: Path) -> str:
    url = _text(value, place, folder)
    if not _ABSOLUTE_URL.fullmatch(url):
        _wrong(place, "an absolute URL (https://...)")
    return url


def _algorithm(value: object, place: str, _folder: Path) -> str:
    if value not in ALGORITHMS:
        _wrong(place, f"one of {', '.join(ALGORITHMS)}")
    return str(value)


def _file(value: object, place: str, folder: Path) -> Path:
    name = _text(value, place, folder)
    # "-" would be standard input elsewhere, and "." or "/" is no file.
    if name == "-" or not Path(name).name or "\0" in name:
        _wrong(place, "the name of a file")
    return folder / name


def _seconds(value: object, place: str, _folder: Path) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= _LONGEST_LIFETIME:
        _wrong(place, f"a number of seconds from 1 to {_LONGEST_LIFETIME}")
    return value


def _secret(value: object, place: str, folder: Path) -> SecretSource:
    hint = '{ file = "..." } or { env = "NAME" }'
    if isinstance(value, str):
        raise ConfigError(f"{place} is a secret in the configuration itself", hint=f"move it out: {hint}")
    if not isinstance(value, dict) or len(value) != 1:
        _wrong(place, hint)
    if "file" in value:
        return SecretSource(file=_file(value["file"], place, folder))
    if "env" not in value:
        _wrong(place, hint)
    return SecretSource(variable=_text(value["env"], place, folder))


def _wrong(place: str, wanted: str) -> NoReturn:
    raise ConfigError(f"{place} is not {wanted}")


_READERS: Final[Mapping[str, Callable[[object, str, Path], Any]]] = {
    "str | None": _text,
    "Url | None": _url,
    "Algorithm | None": _algorithm,
    "Path | None": _file,
    "int | None": _seconds,
    "SecretSource | None": _secret,
}
