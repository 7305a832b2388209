"""A bank on STET PSD2: the redirect, the code, and tokens that are good with the QWAC that got them alone.

There is no customer here: /authorize agrees at once.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode, urlsplit

from jwttool.certificates import fingerprint
from jwttool.checks.qwac.judge import check_qwac
from jwttool.encoding import b64url_encode, printable
from jwttool.errors import JwtToolError
from jwttool.providers.stet import PROVIDER
from jwttool.sandbox.bank import NO_CERTIFICATE
from jwttool.sandbox.exchange import NO_STORE, Answer, Kind, Refusal, json_body, said, token_request

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cryptography import x509

    from jwttool.encoding import JsonObject
    from jwttool.sandbox.bank import Bank
    from jwttool.sandbox.clients import SandboxClient
    from jwttool.sandbox.exchange import Request

AUTHORIZE: Final = "/authorize"
PATH: Final = "/token"
ACCOUNTS: Final = "/accounts"
"""The example API: what a token is for."""
LIFETIME: Final = 3600
REFRESH_LIFETIME: Final = 90 * 86400

ACCESS: Final = "at+jwt"
REFRESH: Final = "rt+jwt"
ROLES: Final = {"aisp": "PSP_AI", "pisp": "PSP_PI", "cbpii": "PSP_IC", "piisp": "PSP_IC"}
"""The role that a TPP needs for a scope, as the standard names the scopes."""

_STATUS: Final = {
    Kind.CLIENT: 401,
    Kind.TOKEN: 401,
    Kind.FORBIDDEN: 403,
    Kind.UNKNOWN: 404,
    Kind.METHOD: 405,
    Kind.TOO_LARGE: 413,
}
_CODES: Final = {
    Kind.CLIENT: "invalid_client",
    Kind.TOKEN: "invalid_token",
    Kind.GRANT: "invalid_grant",
    Kind.SCOPE: "invalid_scope",
    Kind.GRANT_TYPE: "unsupported_grant_type",
    Kind.FORBIDDEN: "insufficient_scope",
}
# RFC 7636 sections 4.1 and 4.2; S256 makes 43 characters of 32 octets.
_VERIFIER: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Grant:
    """What a code stands for (RFC 6749 section 4.1.2, RFC 7636 section 4.4)."""

    client: str
    redirect_uri: str
    scope: str
    challenge: str | None


def refuse(refusal: Refusal, request: Request, bank: Bank) -> Answer:  # noqa: ARG001  # as the other systems
    """OAuth's errors; 401 with invalid_token is the one that the bank's page names."""
    status = _STATUS.get(refusal.kind, 400)
    code = _CODES.get(refusal.kind, "invalid_request")
    body = {"error": code}
    if refusal.words:
        body["error_description"] = refusal.words
    challenge = (("WWW-Authenticate", f'Bearer error="{code}"'),) if refusal.kind is Kind.TOKEN else ()
    return Answer(
        status=status,
        body=json_body(body),
        headers=(*NO_STORE, *challenge),
        reasons=refusal.reasons,
        client=refusal.client,
    )


# --- GET /authorize -----------------------------------------------------------


def authorize(request: Request, bank: Bank) -> Answer:
    """The redirect back with a code, as if a customer had agreed.

    Who sends its customers here without a registered client_id and redirect_uri
    gets no redirect (RFC 6749 section 4.1.2.1): it could lead anywhere.
    """
    if request.method != "GET":
        raise Refusal(Kind.METHOD, "request-method: the customer is sent to /authorize by GET")
    asked = request.parameters()
    client = bank.clients.find(PROVIDER.name, asked.get("client_id"))
    if client is None:
        raise Refusal(Kind.REQUEST, "sandbox-client: the bank knows no client of that client_id")
    uri = asked.get("redirect_uri", "")
    if uri not in client.redirect_uris:
        raise Refusal(
            Kind.REQUEST,
            "sandbox-redirect-uri: not one that this client registered, character by character",
            client=client.name,
        )
    state = {"state": asked["state"]} if asked.get("state") else {}
    fault = _authorize_fault(asked, client)
    if fault is not None:
        code, reason = fault
        return _redirect(uri, {"error": code, **state}, (reason,), client)
    granted = Grant(client.name, uri, _scope(asked, client), asked.get("code_challenge"))
    remarks = (
        () if granted.challenge else ("sandbox-pkce: no code_challenge was sent (RFC 9700 section 2.1.1)",)
    )
    if not state:
        remarks = (
            *remarks,
            "sandbox-state: no state was sent, which ties the answer to the browser that asked",
        )
    return _redirect(uri, {"code": bank.stet_codes.hand_out(granted, request.now), **state}, remarks, client)


def _authorize_fault(asked: dict[str, str], client: SandboxClient) -> tuple[str, str] | None:
    """The OAuth error and the reason for it."""
    if asked.get("response_type") != "code":
        return "unsupported_response_type", "sandbox-response-type: response_type has to be code"
    strangers = [name for name in asked.get("scope", "").split() if name not in client.scopes]
    if strangers:
        named = printable(strangers[0], 60)
        return (
            "invalid_scope",
            f"sandbox-scope: {named} is not among this client's ({' '.join(client.scopes)})",
        )
    if "code_challenge" in asked:
        if asked.get("code_challenge_method") != "S256":
            return (
                "invalid_request",
                "sandbox-pkce: code_challenge_method has to be S256 (RFC 9700 section 2.1.1)",
            )
        if not _CHALLENGE.fullmatch(asked["code_challenge"]):
            return "invalid_request", "sandbox-pkce: code_challenge is no base64url of a SHA-256 (RFC 7636)"
    return None


def _scope(asked: dict[str, str], client: SandboxClient) -> str:
    return " ".join(asked.get("scope", "").split() or client.scopes)


def _redirect(uri: str, fields: dict[str, str], reasons: tuple[str, ...], client: SandboxClient) -> Answer:
    mark = "&" if urlsplit(uri).query else "?"
    return Answer(
        status=302,
        headers=(("Location", f"{uri}{mark}{urlencode(fields)}"), *NO_STORE),
        reasons=reasons,
        client=client.name,
    )


# --- POST /token --------------------------------------------------------------


def answer(request: Request, bank: Bank) -> Answer:
    """Tokens for a code, or a new access token for a refresh token; over mutual TLS with the QWAC.

    :raises Refusal: for what fails first, with all that is wrong with it.
    """
    fields, remarks = token_request(request, PROVIDER)
    certificate = _certificate(request, bank)
    if fields["grant_type"] == "refresh_token":
        return _refreshed(request, bank, certificate, fields, remarks)
    client = bank.clients.find(PROVIDER.name, fields["client_id"])
    if client is None:
        raise Refusal(Kind.CLIENT, "sandbox-client: the bank knows no client of that client_id")
    # Before the code is used up: a QWAC that does not match costs no customer's consent.
    notes = _judge(request, certificate, client, ())
    found, fault = bank.stet_codes.take(fields["code"], request.now)
    if fault is not None:
        raise Refusal(Kind.GRANT, f"sandbox-code: the code {fault}", client=client.name)
    grant: Grant = found
    _refuse_other(grant, client, fields)
    _judge(request, certificate, client, _roles(grant.scope))
    refresh = bank.stet.signed(
        _claims(request, bank, client, certificate, grant.scope, REFRESH_LIFETIME), REFRESH
    )
    return _tokens(request, bank, client, certificate, grant.scope, refresh, (*remarks, *notes))


def _certificate(request: Request, bank: Bank) -> x509.Certificate:
    certificate = request.certificate
    if certificate is None:
        raise Refusal(Kind.CLIENT, NO_CERTIFICATE)
    faults = bank.chain_faults(request, certificate)
    if faults:
        raise Refusal(Kind.CLIENT, *faults)
    return certificate


def _judge(
    request: Request, certificate: x509.Certificate, client: SandboxClient, roles: Iterable[str]
) -> tuple[str, ...]:
    """The bank's step 6: role and validity of the QWAC, and whether client_id matches it; its warnings.

    A certificate that was registered for the client is not asked whether it matches.
    """
    try:
        report = check_qwac(
            certificate, client_id=client.client_id, roles=roles, provider=PROVIDER, at=request.at
        )
    except JwtToolError as error:
        raise Refusal(Kind.CLIENT, f"qwac: {error.message}", client=client.name) from None
    if not report.passed:
        raise Refusal(Kind.CLIENT, *said(report.failures), client=client.name)
    return said(report.warnings)


def _roles(scope: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ROLES[name] for name in scope.split() if name in ROLES))


def _refuse_other(grant: Grant, client: SandboxClient, fields: JsonObject) -> None:
    if grant.client != client.name:
        raise Refusal(Kind.GRANT, "sandbox-code: the code is of another client", client=client.name)
    if grant.redirect_uri != fields["redirect_uri"]:
        raise Refusal(
            Kind.GRANT,
            "sandbox-redirect-uri: not the one that was sent to /authorize (RFC 6749 section 4.1.3)",
            client=client.name,
        )
    verifier = fields.get("code_verifier")
    if grant.challenge is None:
        if verifier is not None:
            # RFC 9700 section 2.1.1: else an attacker takes the challenge out of the request.
            raise Refusal(
                Kind.GRANT,
                "sandbox-pkce: a code_verifier, and no code_challenge was sent",
                client=client.name,
            )
        return
    if verifier is None or not _VERIFIER.fullmatch(verifier):
        raise Refusal(
            Kind.GRANT, "sandbox-pkce: code_verifier is missing, or none (RFC 7636)", client=client.name
        )
    made = b64url_encode(hashlib.sha256(verifier.encode("ascii")).digest())
    if not hmac.compare_digest(made, grant.challenge):
        raise Refusal(
            Kind.GRANT,
            "sandbox-pkce: code_verifier does not belong to the code_challenge",
            client=client.name,
        )


def _refreshed(
    request: Request, bank: Bank, certificate: x509.Certificate, fields: JsonObject, remarks: tuple[str, ...]
) -> Answer:
    token = fields["refresh_token"]
    claims = bank.stet.opened(token, REFRESH)
    if claims is None:
        raise Refusal(Kind.GRANT, "sandbox-token: this is no refresh token of this sandbox's")
    client = bank.clients.find(PROVIDER.name, claims["sub"])
    if client is None:
        raise Refusal(Kind.GRANT, "sandbox-client: the client of the refresh token is gone")
    if request.now >= claims["exp"]:
        raise Refusal(
            Kind.GRANT,
            "sandbox-token: the refresh token has expired after its 90 days; the customer has to agree again",
            client=client.name,
        )
    if fields.get("client_id", client.client_id) != client.client_id:
        raise Refusal(Kind.GRANT, "sandbox-token: the refresh token is of another client", client=client.name)
    if not _is_bound(claims, certificate):
        raise Refusal(
            Kind.GRANT,
            "sandbox-token: the refresh token is bound to another certificate (RFC 8705 section 3)",
            client=client.name,
        )
    notes = _judge(request, certificate, client, _roles(claims["scope"]))
    return _tokens(request, bank, client, certificate, claims["scope"], token, (*remarks, *notes))


def _tokens(
    request: Request,
    bank: Bank,
    client: SandboxClient,
    certificate: x509.Certificate,
    scope: str,
    refresh: str,
    remarks: tuple[str, ...],
) -> Answer:
    access = bank.stet.signed(_claims(request, bank, client, certificate, scope, LIFETIME), ACCESS)
    body: dict[str, Any] = {
        "access_token": access,
        "token_type": "Bearer",
        "expires_in": LIFETIME,
        "refresh_token": refresh,
    }
    if scope:
        body["scope"] = scope
    return Answer(status=200, body=json_body(body), headers=NO_STORE, reasons=remarks, client=client.name)


def _claims(
    request: Request,
    bank: Bank,
    client: SandboxClient,
    certificate: x509.Certificate,
    scope: str,
    lifetime: int,
) -> JsonObject:
    return {
        "iss": request.base,
        "sub": client.client_id,
        "aud": request.base,
        "client_id": client.client_id,
        "iat": request.now,
        "exp": request.now + lifetime,
        "jti": bank.identifier(),
        "scope": scope,
        # RFC 8705 section 3.1: the token is good with this certificate alone.
        "cnf": {"x5t#S256": fingerprint(certificate, "x5t-s256")},
    }


def _is_bound(claims: JsonObject, certificate: x509.Certificate) -> bool:
    return hmac.compare_digest(claims["cnf"]["x5t#S256"], fingerprint(certificate, "x5t-s256"))


# --- the example API ------------------------------------------------------------


def accounts(request: Request, bank: Bank) -> Answer:
    """The accounts of nobody, for who has a token for them and the certificate that it is bound to."""
    if request.method != "GET":
        raise Refusal(Kind.METHOD, "request-method: accounts are read by GET")
    scheme, _, token = (request.header("authorization") or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Refusal(
            Kind.TOKEN, 'sandbox-token: no header "Authorization: Bearer TOKEN"', words="no access token"
        )
    claims = bank.stet.opened(token.strip(), ACCESS)
    if claims is None:
        raise Refusal(
            Kind.TOKEN,
            "sandbox-token: this is no access token of this sandbox's",
            words="not an access token",
        )
    client = bank.clients.find(PROVIDER.name, claims["sub"])
    name = None if client is None else client.name
    if request.now >= claims["exp"]:
        seconds = request.now - claims["exp"]
        raise Refusal(
            Kind.TOKEN,
            f"sandbox-token: the access token expired {seconds} s ago; refresh it and replay the request",
            words="the access token has expired",
            client=name,
        )
    if request.certificate is None or not _is_bound(claims, request.certificate):
        raise Refusal(
            Kind.TOKEN,
            "sandbox-token: the access token is bound to the QWAC that got it, and the connection has "
            "another, or none (RFC 8705 section 3)",
            words="the access token is bound to another certificate",
            client=name,
        )
    if "PSP_AI" not in _roles(claims["scope"]):
        raise Refusal(
            Kind.FORBIDDEN, "sandbox-scope: accounts need the scope aisp", words="aisp is needed", client=name
        )
    return Answer(status=200, body=json_body({"accounts": []}), headers=NO_STORE, client=name)
