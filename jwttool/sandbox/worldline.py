"""Worldline's token endpoint, in the shape of Keycloak: a client assertion, or client id and secret.

A refusal has Keycloak's own words where these are known, so that a client meets
here what it would meet there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jwttool.assertion import Verifier
from jwttool.certificates import fingerprint
from jwttool.encoding import printable
from jwttool.errors import InputError
from jwttool.jose import read_compact
from jwttool.providers.worldline import PROVIDER
from jwttool.sandbox.bank import is_secret
from jwttool.sandbox.exchange import NO_STORE, Answer, Kind, Refusal, json_body, said, token_request

if TYPE_CHECKING:
    from jwttool.encoding import JsonObject
    from jwttool.jose import UnverifiedToken
    from jwttool.report import Check
    from jwttool.sandbox.bank import Bank
    from jwttool.sandbox.clients import SandboxClient
    from jwttool.sandbox.exchange import Request

REALM: Final = "example-realm"
ROOT: Final = f"/auth/realms/{REALM}"
PATH: Final = f"{ROOT}/protocol/openid-connect/token"
KEYS: Final = f"{ROOT}/protocol/openid-connect/certs"
METADATA: Final = f"{ROOT}/.well-known/openid-configuration"
LIFETIME: Final = 300

_STATUS: Final = {Kind.CONTENT_TYPE: 415, Kind.METHOD: 405, Kind.TOO_LARGE: 413, Kind.UNKNOWN: 404}
_CODES: Final = {
    Kind.CLIENT: "invalid_client",
    Kind.SCOPE: "invalid_scope",
    Kind.GRANT_TYPE: "unsupported_grant_type",
    Kind.FORBIDDEN: "unauthorized_client",
}
_BAD_CLIENT: Final = "Invalid client or Invalid client credentials"
# Refused without a word about it: of all reasons the hardest to find from outside.
_SILENT: Final = frozenset({"assertion-iss", "assertion-iss-present"})
_WORDS: Final = {
    "assertion-alg": "Invalid signature algorithm",
    "assertion-signature": "Signature on JWT token failed validation",
    "assertion-key-type": "Signature on JWT token failed validation",
    "assertion-key-strength": "Signature on JWT token failed validation",
    "assertion-certificate": "Unable to load public key",
    "assertion-sub": "JWT sub claim is required",
    "assertion-aud-present": "Invalid token audience",
    "assertion-aud": "Invalid token audience",
    "assertion-aud-single": "Multiple audiences not allowed",
    "assertion-exp-present": "Token exp claim is required",
    "assertion-exp": "Token is not active",
    "assertion-nbf": "Token is not active",
    "assertion-iat": "Token was issued in the future",
    "assertion-lifetime": "Token expiration is too far in the future",
    "assertion-jti-present": "Missing ID on the token",
    "assertion-jti": "Missing ID on the token",
    "assertion-replay": "Token reuse detected",
}
_OTHERWISE: Final = "Client authentication with signed JWT failed"


def issuer(request: Request) -> str:
    """The realm's URL, as this client reaches it."""
    return request.base + ROOT


def answer(request: Request, bank: Bank) -> Answer:
    """A token for who is a client by assertion or secret, for services that it may use.

    :raises Refusal: for what fails first, with all that is wrong with it.
    """
    fields, remarks = token_request(request, PROVIDER)
    client, notes = (_by_assertion if "client_assertion" in fields else _by_secret)(request, bank, fields)
    scope = _scope(client, fields["scope"])
    return Answer(
        status=200,
        body=json_body(
            {
                "access_token": _token(request, bank, client, scope),
                "expires_in": LIFETIME,
                "refresh_expires_in": 0,
                "token_type": "Bearer",
                "not-before-policy": 0,
                "scope": scope,
            }
        ),
        headers=NO_STORE,
        reasons=(*remarks, *notes),
        client=client.name,
    )


def refuse(refusal: Refusal, request: Request, bank: Bank) -> Answer:  # noqa: ARG001  # as the other systems
    """400 with an OAuth error, as documented; 415 for a wrong Content-Type, from Worldline's public pages."""
    body: dict[str, str] = {"error": _CODES.get(refusal.kind, "invalid_request")}
    if refusal.words:
        body["error_description"] = refusal.words
    return Answer(
        status=_STATUS.get(refusal.kind, 400),
        body=json_body(body),
        headers=NO_STORE,
        reasons=refusal.reasons,
        client=refusal.client,
    )


# --- who it is ----------------------------------------------------------------


def _by_secret(
    request: Request,  # noqa: ARG001  # as the other way
    bank: Bank,
    fields: JsonObject,
) -> tuple[SandboxClient, tuple[str, ...]]:
    client = bank.clients.find(PROVIDER.name, fields.get("client_id"))
    if client is None:
        raise Refusal(
            Kind.CLIENT, "sandbox-client: the realm knows no client of that client_id", words=_BAD_CLIENT
        )
    if not is_secret(fields.get("client_secret"), client.secret):
        why = "the client_secret is not this client's"
        if client.secret is None:
            why = "this client authenticates itself by an assertion, and has no secret"
        raise Refusal(Kind.CLIENT, f"sandbox-secret: {why}", words=_BAD_CLIENT, client=client.name)
    return client, ()


def _by_assertion(request: Request, bank: Bank, fields: JsonObject) -> tuple[SandboxClient, tuple[str, ...]]:
    """The order is Keycloak's: whose assertion it is, then everything about it, then whether it is new."""
    token = fields["client_assertion"]
    try:
        unverified = read_compact(token)
    except InputError as error:
        raise Refusal(Kind.CLIENT, f"assertion-form: {error.message}", words=_OTHERWISE) from None
    named = unverified.claims.get("sub")
    client = bank.clients.find(PROVIDER.name, named)
    if client is None:
        why = "its sub is no client_id that the realm knows"
        if unverified.faults:
            why = next(iter(unverified.faults.values()))
        elif "sub" not in unverified.claims:
            why = "it has no sub, which is the client_id"
        raise Refusal(Kind.CLIENT, f"assertion-sub: {why}", words=_BAD_CLIENT)
    verifier = _verifier(request, bank, client, unverified.header.get("kid"))
    report = verifier.verify(token, at=request.at)
    if report.assertion is None:
        raise _refused(report.failures, unverified, client)
    return client, said(report.warnings)


def _verifier(request: Request, bank: Bank, client: SandboxClient, kid: object) -> Verifier:
    """What verifies this client's assertions: with the key that kid names, else with the first."""
    if not client.certificates:
        raise Refusal(
            Kind.CLIENT,
            "sandbox-certificate: no certificate is registered for this client: POST a CSR to /sandbox/csr",
            words="Unable to load public key",
            client=client.name,
        )
    chosen = client.certificates[0]
    if client.kid is None:
        form = _form()
        chosen = next((each for each in client.certificates if fingerprint(each, form) == kid), chosen)
    audience = issuer(request)
    key = (client.name, client.client_id, client.kid or "", fingerprint(chosen, "sha256"), audience)
    verifier = bank.verifiers.get(key)
    if verifier is None:
        verifier = Verifier(
            audience=audience,
            client_id=client.client_id,
            certificate=chosen,
            chain=[*(each for each in client.certificates if each != chosen), bank.authority],
            kid=client.kid,
            provider=PROVIDER,
            replay_store=bank.memory,
        )
        bank.verifiers.put(key, verifier)
    return verifier


def _form() -> str:
    assert PROVIDER.assertion is not None  # noqa: S101  # Worldline takes assertions
    return PROVIDER.assertion.kid_form


def _refused(failures: tuple[Check, ...], token: UnverifiedToken, client: SandboxClient) -> Refusal:
    kid = token.header.get("kid")
    first = failures[0].id
    words: str | None
    if first in _SILENT:
        words = None
    elif first in {"assertion-kid", "assertion-kid-present"}:
        requested = printable(kid, 200) if isinstance(kid, str) else "null"
        available = ", ".join(client.kids(_form()))
        words = f"Unable to load public key. Requested kid: '{requested}'. Available kids: '[{available}]'"
    elif first == "assertion-replay" and "jti" not in token.claims:
        words = _WORDS["assertion-jti"]
    else:
        words = _WORDS.get(first, _OTHERWISE)
    return Refusal(Kind.CLIENT, *said(failures), words=words, client=client.name)


# --- what it gets -------------------------------------------------------------


def _scope(client: SandboxClient, asked: str) -> str:
    names = asked.split(" ")
    unknown = [name for name in names if name not in client.scopes]
    if unknown:
        there = " ".join(client.scopes) or "none"
        raise Refusal(
            Kind.SCOPE,
            f"sandbox-scope: {printable(' '.join(unknown), 100)} is no service of this client's ({there})",
            words=f"Invalid scopes: {printable(' '.join(unknown), 100)}",
            client=client.name,
        )
    return " ".join(dict.fromkeys(names))


def _token(request: Request, bank: Bank, client: SandboxClient, scope: str) -> str:
    """The claims that Keycloak gives the token of a client's own account."""
    claims: dict[str, Any] = {
        "exp": request.now + LIFETIME,
        "iat": request.now,
        "jti": bank.uuid(),
        "iss": issuer(request),
        "sub": client.client_id,
        "typ": "Bearer",
        "azp": client.client_id,
        "acr": "1",
        "scope": scope,
        "client_id": client.client_id,
    }
    return bank.worldline.signed(claims, "JWT")


# --- what is published ----------------------------------------------------------


def keys(request: Request, bank: Bank) -> Answer:  # noqa: ARG001  # as the other resources
    """The key that signs the tokens (RFC 7517), where Keycloak has it."""
    return Answer(status=200, body=json_body({"keys": [bank.worldline.jwk()]}))


def metadata(request: Request, bank: Bank) -> Answer:
    """OpenID Connect Discovery 1.0, as much as there is here."""
    assert PROVIDER.assertion is not None  # noqa: S101  # Worldline takes assertions
    return Answer(
        status=200,
        body=json_body(
            {
                "issuer": issuer(request),
                "token_endpoint": request.base + PATH,
                "jwks_uri": request.base + KEYS,
                "grant_types_supported": ["client_credentials"],
                "response_types_supported": ["none"],
                "subject_types_supported": ["public"],
                "token_endpoint_auth_methods_supported": ["private_key_jwt", "client_secret_post"],
                "token_endpoint_auth_signing_alg_values_supported": list(PROVIDER.assertion.algorithms),
                "id_token_signing_alg_values_supported": [bank.worldline.algorithm],
            }
        ),
    )
