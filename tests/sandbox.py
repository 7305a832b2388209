"""A sandbox without a server for tests: the bank, its clients, and requests to it at a chosen time."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import jwttool
from jwttool.edge.passphrases import PassphraseSource
from jwttool.replay import MemoryReplayStore
from jwttool.sandbox import endpoints, op, stet, worldline
from jwttool.sandbox.bank import Bank
from jwttool.sandbox.clients import Clients
from jwttool.sandbox.exchange import Answer, Request
from jwttool.sandbox.server.folder import open_folder
from tests.tools import run_tool

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography import x509

    from jwttool.keys import PrivateKey
    from jwttool.sandbox.clients import SandboxClient
    from jwttool.sandbox.server.folder import Folder

AT = datetime(2026, 6, 16, 13, 10, 13, tzinfo=UTC)
BASE = "https://127.0.0.1:8443"
FORM = ("Content-Type", "application/x-www-form-urlencoded")
JSON = ("Content-Type", "application/json")
ISSUER = BASE + worldline.ROOT


def new_folder(path: Path, at: datetime = AT) -> Folder:
    """A folder with everything in it."""
    return open_folder(path, at, MemoryReplayStore())


@dataclass
class Town:
    """A bank with a fresh memory, and the keys of its ready clients."""

    folder: Folder
    bank: Bank

    @classmethod
    def of(cls, folder: Folder) -> Town:
        """With the keys and clients of a folder, and nothing remembered."""
        old = folder.bank
        return cls(folder, Bank(old.keys, old.authority, Clients(tuple(old.clients)), MemoryReplayStore()))

    def client(self, name: str) -> SandboxClient:
        """A client that there is."""
        found = self.bank.clients.named(name)
        assert found is not None
        return found

    def secret(self, name: str) -> str:
        """Its secret."""
        secret = self.client(name).secret
        assert secret is not None
        return secret.reveal().decode()

    def key(self, name: str) -> PrivateKey:
        """The key of a ready client."""
        from jwttool.edge.material import read_private_key

        return read_private_key(self.folder.file(f"clients/{name}.key"), PassphraseSource()).private_key

    def certificate(self, name: str) -> x509.Certificate:
        """The certificate of a ready client."""
        return jwttool_certificate(self.folder.file(f"issued/{name}.crt"))

    def ask(self, request: Request, faults: str = "") -> Answer:
        """The answer."""
        from jwttool.sandbox.faults import parse_faults

        return endpoints.respond(request, self.bank, parse_faults(faults))

    # --- good requests ---

    def op(self, **changes: str | None) -> Request:
        """OP's; a field of None is left out."""
        fields: dict[str, str | None] = {
            "grant_type": "client_credentials",
            "client_id": self.client("op-sandbox").client_id,
            "client_secret": self.secret("op-sandbox"),
        }
        request = post(op.PATH, fields | changes)
        return replace(request, certificate=self.certificate("op-sandbox"))

    def assertion(self, at: datetime = AT, **options: Any) -> str:
        """One of worldline-test's."""
        given: dict[str, Any] = {
            "client_id": self.client("worldline-test").client_id,
            "audience": ISSUER,
            "certificate": self.certificate("worldline-test"),
        }
        key = options.pop("key", None) or self.key("worldline-test")
        return jwttool.Signer(key, **(given | options)).mint(at=at).token

    def worldline(self, assertion: str | None = None, **changes: str | None) -> Request:
        """Worldline's with an assertion."""
        fields: dict[str, str | None] = {
            "grant_type": "client_credentials",
            "scope": "VOP WERO",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": assertion or self.assertion(),
        }
        return post(worldline.PATH, fields | changes)

    def konsentus(self, body: Any = None, **changes: str | None) -> Request:
        """Konsentus', with the headers changed (``fi_reference_id="x"``)."""
        client = self.client("konsentus-sandbox")
        assert client.ccg_token is not None
        if body is None:
            body = {"auth_code": self.konsentus_code(), "redirect_uri": client.redirect_uris[0]}
        headers: dict[str, str | None] = {
            "Authorization": basic(client.client_id, self.secret("konsentus-sandbox")),
            "fi_reference_id": client.fi_reference_id,
            "version": client.version,
            "ccg_token": client.ccg_token.reveal().decode(),
        }
        pairs = tuple((name, value) for name, value in (headers | changes).items() if value is not None)
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return Request(
            method="POST", path="/v1/obie/tokens", at=AT, base=BASE, headers=(JSON, *pairs), body=data
        )

    def konsentus_code(self, **options: Any) -> str:
        """A one-time code."""
        from jwttool.sandbox.konsentus import new_code

        return new_code(self.bank, self.client("konsentus-sandbox"), int(AT.timestamp()), **options)

    def authorize(self, **changes: str | None) -> Request:
        """The redirect of STET."""
        client = self.client("stet")
        fields: dict[str, str | None] = {
            "response_type": "code",
            "client_id": client.client_id,
            "redirect_uri": client.redirect_uris[0],
            "scope": "aisp",
            "state": "xyz",
        }
        return get(stet.AUTHORIZE, fields | changes)

    def stet(self, **changes: str | None) -> Request:
        """STET's request for a token, with a code unless told otherwise."""
        client = self.client("stet")
        fields: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "redirect_uri": client.redirect_uris[0],
            "client_id": client.client_id,
        }
        if "code" not in changes:
            fields["code"] = redirected(self.ask(self.authorize()))["code"]
        return replace(post(stet.PATH, fields | changes), certificate=self.certificate("stet"))


def jwttool_certificate(path: Path) -> x509.Certificate:
    """The certificate of a file."""
    from cryptography import x509

    return x509.load_pem_x509_certificate(path.read_bytes())


def post(path: str, fields: dict[str, str | None], *, at: datetime = AT) -> Request:
    """A form; a field of None is left out."""
    body = urlencode({name: value for name, value in fields.items() if value is not None}).encode()
    return Request(method="POST", path=path, at=at, base=BASE, headers=(FORM,), body=body)


def get(path: str, fields: dict[str, str | None] | None = None) -> Request:
    """A GET with a query."""
    query = urlencode({name: value for name, value in (fields or {}).items() if value is not None})
    return Request(method="GET", path=path, query=query, at=AT, base=BASE)


def later(request: Request, seconds: int) -> Request:
    """The same request at another time."""
    return replace(request, at=request.at + timedelta(seconds=seconds))


def basic(user: str, password: str) -> str:
    """A Basic header."""
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


def content(answer: Answer) -> Any:
    """The JSON of an answer."""
    return json.loads(answer.body)


def redirected(answer: Answer) -> dict[str, str]:
    """The fields that a redirect carries."""
    from urllib.parse import parse_qsl, urlsplit

    assert answer.status == 302, answer.reason
    return dict(parse_qsl(urlsplit(dict(answer.headers)["Location"]).query))


def curl(*arguments: str | Path) -> str:
    """What curl prints."""
    return run_tool("curl", "--silent", "--show-error", *arguments).stdout.decode()
