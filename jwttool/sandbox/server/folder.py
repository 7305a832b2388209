"""The sandbox's folder: its keys, its authority, its clients, and what was issued.

::

    ca.pem                 what clients trust (server_ca)
    url                    where it listens
    jwttool.toml           a configuration with all clients, ready for `jwttool token request NAME`
    clients.json           who the clients are
    clients/NAME.key       the keys of the ready clients
    secrets/NAME.secret    client secrets; NAME.ccg for Konsentus
    issued/NAME.crt        certificates; NAME-2.crt and so on for later ones
    inbox/                 drop NAME.csr here, and it is signed
    keys/                  the sandbox's own
    replay.sqlite          the assertions that were used

Everything secret is 0600, the folders are 0700.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from jwttool.certificates import load_certificates, not_after
from jwttool.csr import create_csr
from jwttool.csr.create import USAGES
from jwttool.edge.material import naming
from jwttool.edge.reading import read_input, read_secret
from jwttool.edge.terminal import warn
from jwttool.edge.writing import make_folder, write_public, write_secret
from jwttool.eidas.request import create_psd2_csr, psd2_request
from jwttool.encoding import Limit
from jwttool.errors import FileInTheWayError, MalformedError
from jwttool.keys import generate_private_key, load_private_key
from jwttool.keys.kinds import KeyKind
from jwttool.providers import get_provider
from jwttool.sandbox import worldline
from jwttool.sandbox.bank import Bank
from jwttool.sandbox.certificates import standard
from jwttool.sandbox.clients import ClientEntry, Clients, Loader, SandboxClient, read_clients, write_clients
from jwttool.sandbox.keys import KEY_NAMES, keys_of, new_key
from jwttool.sandbox.portal import (
    DEFAULT_REDIRECT_URI,
    DEFAULT_SCOPES,
    issue,
    new_authority_certificate,
    new_secret,
)
from jwttool.secret import Secret

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from jwttool.keys import PrivateKey
    from jwttool.replay import ReplayStore
    from jwttool.sandbox.exchange import Issued

CLIENTS: Final = "clients.json"
AUTHORITY: Final = "ca.pem"
CONFIG: Final = "jwttool.toml"
URL: Final = "url"
REPLAY: Final = "replay.sqlite"
INBOX: Final = "inbox"
ISSUED: Final = "issued"
_FOLDERS: Final = ("", "keys", "clients", "secrets", ISSUED, INBOX)
_MARK: Final = "# Made by `jwttool sandbox`, which writes it anew at each start."


@dataclass(frozen=True, slots=True)
class ReadyClient:
    """A client that is there from the start: its name, and its files in the folder."""

    name: str
    system: str
    client_id: str
    has_key: bool = True
    has_secret: bool = False


READY: Final = (
    ReadyClient("op-sandbox", "op", "op-sandbox-client", has_secret=True),
    ReadyClient("worldline-test", "worldline", "Worldline-000021"),
    ReadyClient("worldline-secret", "worldline", "Worldline-000022", has_key=False, has_secret=True),
    ReadyClient("konsentus-sandbox", "konsentus", "konsentus-fi", has_key=False, has_secret=True),
    ReadyClient("stet", "stet", standard.IDENTIFIER),
)
FI_REFERENCE_ID: Final = "FI-000021"
VERSION: Final = "1.0"


class Folder:
    """The files of a sandbox, read once and then kept up to date."""

    def __init__(self, path: Path, bank: Bank, entries: dict[str, ClientEntry]) -> None:
        self.path: Final = path
        self.bank: Final = bank
        self._entries: Final = entries

    def file(self, name: str) -> Path:
        """A file of the folder."""
        return self.path / name

    def keep(self, issued: Issued) -> str:
        """Write what the portal signed, and the client if it is new; the name of the certificate's file.

        :raises SurroundingsError: a file cannot be written.
        """
        client = issued.client
        name = self._free(client.name)
        write_public(self.path / name, issued.certificate)
        entry = self._entries.get(client.name)
        if entry is None:
            entry = self._keep_new(client)
        if client.system != "stet":
            entry = replace(entry, certificates=(*entry.certificates, name)[-20:])
        self._entries[client.name] = entry
        self._write_clients()
        return name

    def _free(self, name: str) -> str:
        number = 1
        while True:
            file = f"{ISSUED}/{name}.crt" if number == 1 else f"{ISSUED}/{name}-{number}.crt"
            if not (self.path / file).exists():
                return file
            number += 1

    def _keep_new(self, client: SandboxClient) -> ClientEntry:
        entry = ClientEntry(
            name=client.name,
            system=client.system,
            client_id=client.client_id,
            kid=client.kid,
            scopes=client.scopes,
            redirect_uris=client.redirect_uris,
            fi_reference_id=client.fi_reference_id,
            version=client.version,
        )
        if client.secret is not None:
            entry = replace(entry, secret=f"secrets/{client.name}.secret")
            write_secret(
                self.path / f"secrets/{client.name}.secret", client.secret.reveal() + b"\n", force=True
            )
        if client.ccg_token is not None:
            entry = replace(entry, ccg_token=f"secrets/{client.name}.ccg")
            write_secret(
                self.path / f"secrets/{client.name}.ccg", client.ccg_token.reveal() + b"\n", force=True
            )
        return entry

    def _write_clients(self) -> None:
        write_public(self.path / CLIENTS, write_clients(self._entries), force=True)

    def write_config(self, base: str) -> None:
        """Write jwttool.toml for the clients at this server, and the server's URL alone for scripts.

        :raises FileInTheWayError: there is one that somebody else wrote.
        """
        path = self.path / CONFIG
        if path.exists() and not read_input(path, Limit.CONFIG, "configuration").startswith(_MARK.encode()):
            raise FileInTheWayError(
                f"{path} was not made by the sandbox, and is not replaced",
                hint="name another folder with --dir",
            )
        blocks = [_block(entry, self.path, base) for entry in self._entries.values()]
        write_public(path, f"{_MARK}\n\n{chr(10).join(blocks)}".encode(), force=True)
        write_public(self.path / URL, f"{base}\n".encode(), force=True)


def open_folder(path: Path, at: datetime, memory: ReplayStore) -> Folder:
    """The sandbox of a folder, which is made where there is none.

    :raises JwtToolError: a file of it cannot be read, or is not what it should be.
    """
    for name in _FOLDERS:
        make_folder(path / name)
    keys = keys_of({name: _key(path / f"keys/{name}.key", name) for name in KEY_NAMES})
    authority = _authority(path / AUTHORITY, keys.authority, at)
    bank = Bank(keys, authority, Clients(), memory)
    if (path / CLIENTS).exists():
        data = read_input(path / CLIENTS, Limit.CERTIFICATE, "list of clients")
        with naming(path / CLIENTS):
            entries = read_clients(data, "the list of clients")
    else:
        entries = {ready.name: _make(ready, path, bank, at) for ready in READY}
        write_public(path / CLIENTS, write_clients(entries))
    _renew(entries, path, bank, at)
    loader = Loader(lambda name: _secret(path / name), lambda name: _certificate(path / name))
    for entry in entries.values():
        bank.clients.put(loader.client(entry))
    return Folder(path, bank, entries)


def _key(path: Path, name: str) -> PrivateKey:
    if path.exists():
        data = read_secret(path, Limit.KEY, "private key", warn)
        with naming(path):
            return load_private_key(data).private_key
    key = new_key(name)
    write_secret(path, _pem(key))
    return key


def _pem(key: PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _authority(path: Path, key: PrivateKey, at: datetime) -> x509.Certificate:
    if path.exists():
        certificate = _certificate(path)
        if certificate.public_key() != key.public_key():
            raise MalformedError(
                f"{path} does not belong to keys/authority.key", hint="name a new folder with --dir"
            )
        return certificate
    certificate = new_authority_certificate(key, at)
    write_public(path, certificate.public_bytes(Encoding.PEM))
    return certificate


def _certificate(path: Path) -> x509.Certificate:
    data = read_input(path, Limit.CERTIFICATE, "certificate")
    with naming(path):
        return load_certificates(data).end_entity


def _secret(path: Path) -> Secret:
    return Secret(read_secret(path, Limit.PASSPHRASE, "secret", warn).split(b"\n")[0].rstrip(b"\r"))


# --- the ready clients ----------------------------------------------------------


def _make(ready: ReadyClient, path: Path, bank: Bank, at: datetime) -> ClientEntry:
    """A client with key, certificate and secrets, as it would be after the onboarding."""
    entry = ClientEntry(
        name=ready.name,
        system=ready.system,
        client_id=ready.client_id,
        scopes=DEFAULT_SCOPES.get(ready.system, ()),
        redirect_uris=(DEFAULT_REDIRECT_URI,) if ready.system in {"konsentus", "stet"} else (),
    )
    if ready.has_secret:
        entry = replace(entry, secret=f"secrets/{ready.name}.secret")
        write_secret(path / f"secrets/{ready.name}.secret", new_secret(bank).reveal() + b"\n", force=True)
    if ready.system == "konsentus":
        entry = replace(
            entry,
            ccg_token=f"secrets/{ready.name}.ccg",
            fi_reference_id=FI_REFERENCE_ID,
            version=VERSION,
        )
        write_secret(path / f"secrets/{ready.name}.ccg", new_secret(bank).reveal() + b"\n", force=True)
    if ready.has_key:
        certificate = _with_key(ready, path, bank, at)
        if ready.system != "stet":
            entry = replace(entry, certificates=(certificate,))
    return entry


def _renew(entries: dict[str, ClientEntry], path: Path, bank: Bank, at: datetime) -> None:
    """New certificates for the ready clients' own keys, where the old ones end within a day."""
    for ready in READY:
        file = path / f"{ISSUED}/{ready.name}.crt"
        key = path / f"clients/{ready.name}.key"
        if ready.name not in entries or not file.exists() or not key.exists():
            continue
        if not_after(_certificate(file)) < at + timedelta(days=1):
            _certify(ready, _key(key, ready.name), path, bank, at)


def _with_key(ready: ReadyClient, path: Path, bank: Bank, at: datetime) -> str:
    key = generate_private_key(KeyKind.RSA, 2048)
    write_secret(path / f"clients/{ready.name}.key", _pem(key), force=True)
    return _certify(ready, key, path, bank, at)


def _certify(ready: ReadyClient, key: PrivateKey, path: Path, bank: Bank, at: datetime) -> str:
    """The certificate's file."""
    if ready.system == "stet":
        asked = psd2_request(
            "qwac",
            organization_identifier=standard.IDENTIFIER,
            roles=("PSP_PI", "PSP_AI"),
            subject=f"CN={standard.HOST},O={standard.ORGANIZATION},C={standard.COUNTRY}",
        )
        csr = create_psd2_csr(key, asked, dns_names=(standard.HOST,))
    else:
        usage = USAGES["signing" if ready.system == "worldline" else "tls"]
        csr = create_csr(key, subject=f"CN={ready.name}", key_usage=usage)
    certificate = issue(x509.load_pem_x509_csr(csr), ready.system, bank.authority, bank.keys.authority, at)
    name = f"{ISSUED}/{ready.name}.crt"
    write_public(path / name, certificate.public_bytes(Encoding.PEM), force=True)
    return name


# --- jwttool.toml -----------------------------------------------------------------


def _block(entry: ClientEntry, path: Path, base: str) -> str:
    """A client's table, as `jwttool token request` wants it."""
    values: dict[str, str] = {"provider": entry.system, "client_id": entry.client_id, "server": base}
    secrets = {"client_secret": entry.secret, "ccg_token": entry.ccg_token}
    if entry.system == "worldline":
        values["realm"] = worldline.REALM
    if entry.system == "stet":
        values["authorization_endpoint"] = f"{base}/authorize"
    if entry.scopes:
        values["scope"] = " ".join(entry.scopes)
    if entry.redirect_uris:
        values["redirect_uri"] = entry.redirect_uris[0]
    for setting in ("kid", "fi_reference_id", "version"):
        if value := getattr(entry, setting):
            values[setting] = value
    values |= _files(entry, path) | {"server_ca": AUTHORITY}
    lines = [f"[clients.{entry.name}]"]
    lines += [f"{name} = {_quoted(value)}" for name, value in values.items()]
    lines += [f"{name} = {{ file = {_quoted(file)} }}" for name, file in secrets.items() if file]
    return "\n".join(lines) + "\n"


def _files(entry: ClientEntry, path: Path) -> dict[str, str]:
    """Key and certificate, where the key is one that the sandbox made."""
    key = f"clients/{entry.name}.key"
    pairs = get_provider(entry.system).key_pairs
    if not pairs or not (path / key).exists():
        return {}
    return {pairs[0].config_key: key, pairs[0].config_certificate: f"{ISSUED}/{entry.name}.crt"}


def _quoted(text: str) -> str:
    # A TOML basic string escapes as JSON does, and DEL besides.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
