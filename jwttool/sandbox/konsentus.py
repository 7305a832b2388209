"""Konsentus: the bank (FI) exchanges a PSP's one-time code for a token; an opaque UUID comes back."""

from __future__ import annotations

import binascii
from base64 import b64decode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jwttool.providers.konsentus import PROVIDER
from jwttool.sandbox.bank import is_secret
from jwttool.sandbox.exchange import NO_STORE, Answer, Kind, Refusal, json_body, token_request

if TYPE_CHECKING:
    from jwttool.encoding import JsonObject
    from jwttool.sandbox.bank import Bank
    from jwttool.sandbox.clients import SandboxClient
    from jwttool.sandbox.exchange import Request

PATH: Final = "/v1/obie/tokens"
LIFETIME: Final = 360 * 86400
PLACEHOLDER: Final = "good-access-token"

_STATUS: Final = {
    Kind.CLIENT: 401,
    Kind.FORBIDDEN: 403,
    Kind.METHOD: 405,
    Kind.TOO_LARGE: 413,
}
_TITLES: Final = {
    400: ("bad_request", "Request received missing parameters or malformed."),
    401: ("unauthorized", "Unable to Authorize."),
    403: ("forbidden", "Forbidden."),
}


@dataclass(frozen=True, slots=True)
class Grant:
    """What a code stands for: it is bound to the PSP, here the client, and the redirect URI."""

    client: str
    redirect_uri: str
    state: str


def new_code(
    bank: Bank, client: SandboxClient, now: int, *, redirect_uri: str | None = None, state: str | None = None
) -> str:
    """A one-time code, as the PSP would bring it.

    :raises Refusal: a redirect URI that is not registered, or none is.
    """
    uri = redirect_uri or next(iter(client.redirect_uris), None)
    if uri is None or uri not in client.redirect_uris:
        raise Refusal(
            Kind.REQUEST, "sandbox-redirect-uri: not registered for this client", client=client.name
        )
    return bank.konsentus_codes.hand_out(Grant(client.name, uri, state or bank.identifier()), now)


def answer(request: Request, bank: Bank) -> Answer:
    """A token for a code, asked for by a bank that is known.

    :raises Refusal: for what fails first.
    """
    fields, remarks = token_request(request, PROVIDER)
    client = _client(request, bank)
    if fields.get("grant_type") == "client_credentials":
        remarks = (*remarks, f"sandbox-placeholder: {PLACEHOLDER} is no token")
        return _granted(client, PLACEHOLDER, bank.identifier(), remarks)
    grant = _grant(request, bank, client, fields)
    return _granted(client, bank.uuid(), grant.state, remarks)


def refuse(refusal: Refusal, request: Request, bank: Bank) -> Answer:
    """A list of errors with id, code, title and link."""
    status = _STATUS.get(refusal.kind, 400)
    code, title = _TITLES.get(status, ("error", refusal.kind.value))
    error = {
        "id": bank.uuid(),
        "code": code,
        "title": refusal.words or title,
        "link": f"{request.base}/sandbox",
    }
    return Answer(
        status=status,
        body=json_body({"errors": [error]}),
        headers=NO_STORE,
        reasons=refusal.reasons,
        client=refusal.client,
    )


def _granted(client: SandboxClient, token: str, state: str, remarks: tuple[str, ...]) -> Answer:
    data = {"access_token": token, "expires_in": LIFETIME, "token_type": "bearer", "state": state}
    return Answer(
        status=201, body=json_body({"data": data}), headers=NO_STORE, reasons=remarks, client=client.name
    )


def _client(request: Request, bank: Bank) -> SandboxClient:
    """The bank, by its Basic header; then the two headers that name it once more."""
    user, password = _basic(request.header("authorization") or "")
    client = bank.clients.find(PROVIDER.name, user)
    if client is None or not is_secret(password, client.secret):
        why = (
            "there is no such user name"
            if client is None
            else "the password of the Basic header is not this client's"
        )
        raise Refusal(Kind.CLIENT, f"sandbox-secret: {why}", client=None if client is None else client.name)
    if not is_secret(request.header("ccg_token"), client.ccg_token):
        raise Refusal(
            Kind.CLIENT, "sandbox-ccg-token: the header ccg_token is not this client's", client=client.name
        )
    if request.header("fi_reference_id") != client.fi_reference_id:
        raise Refusal(
            Kind.FORBIDDEN,
            "sandbox-fi-reference-id: the header fi_reference_id names another FI",
            client=client.name,
        )
    if client.version is not None and request.header("version") != client.version:
        raise Refusal(
            Kind.REQUEST,
            f"sandbox-version: the header version is not {client.version}, which this sandbox speaks",
            client=client.name,
        )
    return client


def _basic(value: str) -> tuple[str, str]:
    """User name and password of a Basic header (RFC 7617).

    :raises Refusal: for anything else.
    """
    scheme, _, encoded = value.partition(" ")
    try:
        text = b64decode(encoded.strip(), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        text = ""
    user, colon, password = text.partition(":")
    if scheme.lower() != "basic" or not colon:
        raise Refusal(
            Kind.CLIENT, "sandbox-secret: the Authorization header is no Basic user:password (RFC 7617)"
        )
    return user, password


def _grant(request: Request, bank: Bank, client: SandboxClient, fields: JsonObject) -> Grant:
    found, fault = bank.konsentus_codes.take(fields["auth_code"], request.now)
    if fault is not None:
        raise Refusal(Kind.GRANT, f"sandbox-code: the auth_code {fault}", client=client.name)
    grant: Grant = found
    if grant.client != client.name:
        raise Refusal(Kind.FORBIDDEN, "sandbox-code: the auth_code is of another client", client=client.name)
    if grant.redirect_uri != fields["redirect_uri"]:
        raise Refusal(
            Kind.FORBIDDEN,
            "sandbox-redirect-uri: the auth_code is bound to another redirect_uri",
            client=client.name,
        )
    return grant
