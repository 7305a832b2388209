"""OP's token endpoint: a form with id and secret over mutual TLS; the token is encrypted for OP alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jwttool.certificates import fingerprint
from jwttool.providers.op import PROVIDER
from jwttool.sandbox.bank import NO_CERTIFICATE, is_secret
from jwttool.sandbox.exchange import NO_STORE, Answer, Kind, Refusal, json_body, token_request

if TYPE_CHECKING:
    from jwttool.sandbox.bank import Bank
    from jwttool.sandbox.clients import SandboxClient
    from jwttool.sandbox.exchange import Request

PATH: Final = "/corporate-oidc/v1/token"
LIFETIME: Final = 900

_STATUS: Final = {Kind.CLIENT: 403, Kind.FORBIDDEN: 403, Kind.METHOD: 405, Kind.TOO_LARGE: 413}
_CODES: Final = {
    Kind.CLIENT: "invalid_client",
    Kind.FORBIDDEN: "unauthorized_client",
    Kind.GRANT_TYPE: "unsupported_grant_type",
    Kind.SCOPE: "invalid_scope",
}


def answer(request: Request, bank: Bank) -> Answer:
    """A token for who is a client by secret and certificate.

    :raises Refusal: with all that is wrong.
    """
    fields, remarks = token_request(request, PROVIDER)
    client = bank.clients.find(PROVIDER.name, fields["client_id"])
    faults = [
        *_secret_faults(client, fields.get("client_secret")),
        *_certificate_faults(request, bank, client),
    ]
    if client is None or faults:
        raise Refusal(Kind.CLIENT, *faults, client=None if client is None else client.name)
    return Answer(
        status=200,
        body=json_body(
            {"access_token": _token(request, bank, client), "token_type": "Bearer", "expires_in": LIFETIME}
        ),
        headers=NO_STORE,
        reasons=remarks,
        client=client.name,
    )


def refuse(refusal: Refusal, request: Request, bank: Bank) -> Answer:  # noqa: ARG001  # as the other systems
    """The document lists 400, 403, 500 and 503 without a body; this one is OAuth's (RFC 6749 section 5.2)."""
    return Answer(
        status=_STATUS.get(refusal.kind, 400),
        body=json_body({"error": _CODES.get(refusal.kind, "invalid_request")}),
        headers=NO_STORE,
        reasons=refusal.reasons,
        client=refusal.client,
    )


def _secret_faults(client: SandboxClient | None, secret: object) -> list[str]:
    if client is None:
        return ["sandbox-client: OP knows no client of that client_id"]
    if is_secret(secret, client.secret):
        return []
    return ["sandbox-secret: the client_secret is not this client's"]


def _certificate_faults(request: Request, bank: Bank, client: SandboxClient | None) -> list[str]:
    """OP's certificates are its own, and each belongs to one client."""
    if request.certificate is None:
        return [NO_CERTIFICATE]
    faults = list(bank.chain_faults(request, request.certificate))
    if client is not None and not client.holds(request.certificate):
        seen = fingerprint(request.certificate, "sha256")
        faults.append(
            f"sandbox-certificate: the connection's certificate is not one of this client's (SHA-256 {seen})"
        )
    return faults


def _token(request: Request, bank: Bank, client: SandboxClient) -> str:
    """A nested JWT. What OP puts inside is not documented: these are the usual claims."""
    assert request.certificate is not None  # noqa: S101  # it was judged
    claims = {
        "iss": request.base,
        "sub": client.client_id,
        "client_id": client.client_id,
        "iat": request.now,
        "exp": request.now + LIFETIME,
        "jti": bank.identifier(),
        "cnf": {"x5t#S256": fingerprint(request.certificate, "x5t-s256")},
    }
    return bank.op_encryption.encrypted(bank.op_signing.signed(claims, "at+jwt"))
