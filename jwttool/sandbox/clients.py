"""Who may ask: the clients of the sandbox, and the file that lists them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Final

from jwttool.certificates import fingerprint
from jwttool.encoding import parse_json_object, printable
from jwttool.errors import ConfigError
from jwttool.providers import BUILT_IN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cryptography import x509

    from jwttool.secret import Secret

NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
"""What a client may be called: it becomes the name of files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxClient:
    """A client as the server knows it.

    ``kid`` is a literal one; without it the system's form of fingerprint of each
    certificate counts. ``certificates`` are those that were issued for it, or
    that it registered; a bank on STET knows its clients by their QWACs alone.
    """

    name: str
    system: str
    client_id: str
    secret: Secret | None = None
    ccg_token: Secret | None = None
    kid: str | None = None
    certificates: tuple[x509.Certificate, ...] = ()
    scopes: tuple[str, ...] = ()
    redirect_uris: tuple[str, ...] = ()
    fi_reference_id: str | None = None
    version: str | None = None

    def holds(self, certificate: x509.Certificate) -> bool:
        """Whether the certificate is one of the client's."""
        return certificate in self.certificates

    def kids(self, form: str) -> tuple[str, ...]:
        """The kids under which the server knows the client's keys."""
        if self.kid is not None:
            return (self.kid,)
        return tuple(fingerprint(each, form) for each in self.certificates)


class Clients:
    """The clients by name, and by system and client_id."""

    def __init__(self, clients: tuple[SandboxClient, ...] = ()) -> None:
        self._by_name: Final[dict[str, SandboxClient]] = {}
        self._by_id: Final[dict[tuple[str, str], str]] = {}
        for client in clients:
            self.put(client)

    def put(self, client: SandboxClient) -> None:
        """Add a client, or replace the one of that name."""
        old = self._by_name.get(client.name)
        if old is not None:
            self._by_id.pop((old.system, old.client_id), None)
        self._by_name[client.name] = client
        self._by_id[client.system, client.client_id] = client.name

    def find(self, system: str, client_id: object) -> SandboxClient | None:
        """The client that a system knows by that id."""
        name = self._by_id.get((system, client_id)) if isinstance(client_id, str) else None
        return None if name is None else self._by_name[name]

    def named(self, name: str) -> SandboxClient | None:
        """The client of that name."""
        return self._by_name.get(name)

    def __iter__(self) -> Iterator[SandboxClient]:
        return iter(tuple(self._by_name.values()))

    def __len__(self) -> int:
        return len(self._by_name)


# --- the file -----------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientEntry:
    """A client as the file has it: secrets and certificates are names of files beside it."""

    name: str
    system: str
    client_id: str
    secret: str | None = None
    ccg_token: str | None = None
    kid: str | None = None
    certificates: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    redirect_uris: tuple[str, ...] = ()
    fi_reference_id: str | None = None
    version: str | None = None


_NAMES: Final = tuple(item.name for item in fields(ClientEntry) if item.name != "name")
_LISTS: Final = frozenset({"certificates", "scopes", "redirect_uris"})
_MOST_CLIENTS: Final = 1000


def write_clients(entries: Mapping[str, ClientEntry]) -> bytes:
    """The file: JSON, because the sandbox adds to it; what is not set is left out."""
    clients = {
        name: {key: value for key in _NAMES if (value := getattr(entry, key))}
        for name, entry in entries.items()
    }
    return json.dumps({"version": 1, "clients": clients}, indent=2, ensure_ascii=True).encode() + b"\n"


def read_clients(data: bytes, where: str) -> dict[str, ClientEntry]:
    """Read the file strictly.

    :raises ConfigError: for anything that is not such a file; no value is quoted.
    :raises JsonError: for what is no JSON.
    """
    document = parse_json_object(data)
    tables = document.get("clients")
    if document.get("version") != 1 or not isinstance(tables, dict) or len(tables) > _MOST_CLIENTS:
        raise ConfigError(f'{where} is not {{"version": 1, "clients": {{...}}}}')
    return {name: _entry(name, table, where) for name, table in tables.items()}


def _entry(name: str, table: object, where: str) -> ClientEntry:
    place = f'the client "{printable(name, 60)}" of {where}'
    if not NAME.fullmatch(name):
        raise ConfigError(f"{place} has a name of other characters than letters, digits, _ and -")
    if not isinstance(table, dict):
        raise ConfigError(f"{place} is no object")
    for key in table:
        if key not in _NAMES:
            raise ConfigError(
                f'{place} has an unknown member "{printable(key, 60)}"', hint=f"known are {', '.join(_NAMES)}"
            )
    if table.get("system") not in BUILT_IN or not isinstance(table.get("client_id"), str):
        raise ConfigError(f"{place} lacks system ({', '.join(BUILT_IN)}) or client_id")
    values: dict[str, Any] = {key: _value(key, value, place) for key, value in table.items()}
    return ClientEntry(name=name, **values)


def _value(key: str, value: object, place: str) -> str | tuple[str, ...]:
    if key in _LISTS:
        if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
            raise ConfigError(f"{key} of {place} is no list of strings")
        return tuple(value)
    if not isinstance(value, str) or not value:
        raise ConfigError(f"{key} of {place} is no string")
    return value


@dataclass(frozen=True, slots=True)
class Loader:
    """How the files that an entry names are read; the file system is the caller's."""

    secret: Callable[[str], Secret] = field(repr=False)
    certificate: Callable[[str], x509.Certificate]

    def client(self, entry: ClientEntry) -> SandboxClient:
        """The client of an entry."""
        return SandboxClient(
            name=entry.name,
            system=entry.system,
            client_id=entry.client_id,
            secret=None if entry.secret is None else self.secret(entry.secret),
            ccg_token=None if entry.ccg_token is None else self.secret(entry.ccg_token),
            kid=entry.kid,
            certificates=tuple(map(self.certificate, entry.certificates)),
            scopes=entry.scopes,
            redirect_uris=entry.redirect_uris,
            fi_reference_id=entry.fi_reference_id,
            version=entry.version,
        )
