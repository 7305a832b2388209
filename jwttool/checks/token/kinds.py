"""What a signed token seems to be, and what tells it: a guess in words, to be shown and never relied on.

A type in the header tells it first (RFC 8725 section 3.11 has them for that),
then Keycloak's own ``typ`` among the claims, then claims that one kind of token
alone has. Where nothing tells it, nothing is guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from jwttool.checks.token.view import media_type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jwttool.encoding import JsonObject

__all__ = ["DPOP_LENGTHS", "TokenKind", "TokenKindGuess", "is_dpop_proof", "kind_of"]


class TokenKind(StrEnum):
    """The kinds of signed tokens that can be told apart; the value is what each is called."""

    ACCESS_TOKEN = "an access token"  # noqa: S105  # words, here and below
    ID_TOKEN = "an ID token"  # noqa: S105
    REFRESH_TOKEN = "a refresh token"  # noqa: S105
    CLIENT_ASSERTION = "a client assertion"
    AUTHORIZATION_GRANT = "an assertion that is an authorization grant"
    DPOP_PROOF = "a DPoP proof"
    LOGOUT_TOKEN = "a logout token"  # noqa: S105
    SECURITY_EVENT = "a security event token"
    INTROSPECTION = "a token introspection answer"
    REQUEST_OBJECT = "an authorization request object"
    AUTHORIZATION_RESPONSE = "an authorization response"
    SOFTWARE_STATEMENT = "a software statement"
    SD_JWT = "an SD-JWT"
    CREDENTIAL = "an SD-JWT credential"
    KEY_BINDING = "the key binding of an SD-JWT"
    CREDENTIAL_PROOF = "a proof of the key that a credential is to be issued for"
    STATUS_LIST = "a status list"
    ENTITY_STATEMENT = "an entity statement of a federation"


@dataclass(frozen=True, slots=True)
class TokenKindGuess:
    """A kind, and what tells it; never any text of the token."""

    kind: TokenKind
    evidence: str

    def __str__(self) -> str:
        return f"{self.kind} ({self.evidence})"


_TYPES: Final = {
    "at+jwt": TokenKind.ACCESS_TOKEN,  # RFC 9068 section 2.1
    "client-authentication+jwt": TokenKind.CLIENT_ASSERTION,  # draft-ietf-oauth-rfc7523bis
    "authorization-grant+jwt": TokenKind.AUTHORIZATION_GRANT,  # draft-ietf-oauth-rfc7523bis
    "dpop+jwt": TokenKind.DPOP_PROOF,  # RFC 9449 section 4.2
    "logout+jwt": TokenKind.LOGOUT_TOKEN,  # OpenID Connect Back-Channel Logout section 2.4
    "secevent+jwt": TokenKind.SECURITY_EVENT,  # RFC 8417 section 2.3
    "token-introspection+jwt": TokenKind.INTROSPECTION,  # RFC 9701 section 5
    "oauth-authz-req+jwt": TokenKind.REQUEST_OBJECT,  # RFC 9101 section 10.8
    "dc+sd-jwt": TokenKind.CREDENTIAL,  # draft-ietf-oauth-sd-jwt-vc
    "vc+sd-jwt": TokenKind.CREDENTIAL,  # its name until 2024
    "kb+jwt": TokenKind.KEY_BINDING,  # RFC 9901 section 4.3
    "openid4vci-proof+jwt": TokenKind.CREDENTIAL_PROOF,  # OpenID for Verifiable Credential Issuance
    "statuslist+jwt": TokenKind.STATUS_LIST,  # draft-ietf-oauth-status-list
    "entity-statement+jwt": TokenKind.ENTITY_STATEMENT,  # OpenID Federation section 3.1
}
_KEYCLOAK_TYPES: Final = {
    "Bearer": TokenKind.ACCESS_TOKEN,
    "DPoP": TokenKind.ACCESS_TOKEN,
    "ID": TokenKind.ID_TOKEN,
    "Refresh": TokenKind.REFRESH_TOKEN,
    "Offline": TokenKind.REFRESH_TOKEN,
    "Logout": TokenKind.LOGOUT_TOKEN,
}
"""What Keycloak writes into the claim ``typ``, which no standard has."""

_DPOP: Final = "dpop+jwt"
DPOP_LENGTHS: Final = (len(_DPOP), len(f"application/{_DPOP}"))
"""Of the typ of a DPoP proof, without and with the prefix that may be left out."""
_BACKCHANNEL: Final = "http://schemas.openid.net/event/backchannel-logout"
_CHARACTERS: Final = 2048
"""Of a value that is matched with a pattern."""
_REALM: Final = re.compile(r"https?://[^\s?#]*/realms/[^\s/?#]++/?+")
_ENDPOINT: Final = re.compile(r"https?://[^\s?#]*/token/?+")


def is_dpop_proof(header: Mapping[str, object]) -> bool:
    """Whether typ says that it is a DPoP proof (RFC 9449 section 4.2): a token with rules of its own."""
    value = header.get("typ")
    return isinstance(value, str) and media_type(value) == _DPOP


def kind_of(header: JsonObject, claims: JsonObject) -> TokenKindGuess | None:
    """What a token with this header and these claims seems to be; None where nothing tells it."""
    return _by_type(header) or _by_keycloak(claims) or _by_claims(claims)


def _by_type(header: JsonObject) -> TokenKindGuess | None:
    value = header.get("typ")
    if not isinstance(value, str):
        return None
    typ = media_type(value)
    if typ in _TYPES:
        return TokenKindGuess(_TYPES[typ], f"typ {typ}")
    # A suffix of media types that is registered (RFC 9901); what stands before it is anybody's.
    if typ.endswith("+sd-jwt"):
        return TokenKindGuess(TokenKind.SD_JWT, "typ ends in +sd-jwt")
    return None


def _by_keycloak(claims: JsonObject) -> TokenKindGuess | None:
    value = claims.get("typ")
    if not isinstance(value, str) or value not in _KEYCLOAK_TYPES:
        return None
    return TokenKindGuess(_KEYCLOAK_TYPES[value], f"Keycloak: typ is {value}")


# Each with all of its claims; the first that is there with all of them tells the kind.
# What is only in one kind of token stands before what may be in another too.
_MARKS: Final[tuple[tuple[TokenKind, tuple[str, ...]], ...]] = (
    (TokenKind.DPOP_PROOF, ("htm", "htu")),  # RFC 9449 section 4.2
    (TokenKind.INTROSPECTION, ("token_introspection",)),  # RFC 9701 section 5
    (TokenKind.CREDENTIAL, ("vct",)),  # draft-ietf-oauth-sd-jwt-vc
    (TokenKind.KEY_BINDING, ("sd_hash",)),  # RFC 9901 section 4.3
    (TokenKind.SD_JWT, ("_sd_alg",)),  # RFC 9901 section 4.1.1
    (TokenKind.SD_JWT, ("_sd",)),  # RFC 9901 section 4.2.4.1
    (TokenKind.SOFTWARE_STATEMENT, ("software_id", "redirect_uris")),  # RFC 7591 section 2.3
    (TokenKind.REQUEST_OBJECT, ("response_type", "client_id")),  # RFC 9101 section 4
    (TokenKind.AUTHORIZATION_RESPONSE, ("code", "state")),  # OpenID's JARM section 2.1
    (TokenKind.ID_TOKEN, ("nonce", "at_hash")),  # OpenID Connect Core sections 2 and 3.1.3.6
    (TokenKind.ID_TOKEN, ("at_hash",)),
    (TokenKind.ID_TOKEN, ("c_hash",)),  # OpenID Connect Core section 3.3.2.11
)
_SCOPES: Final = ("scope", "scp")
_CLIENTS: Final = ("client_id", "azp", "cid")


def _by_claims(claims: JsonObject) -> TokenKindGuess | None:
    for kind, names in _MARKS:
        if all(name in claims for name in names):
            return TokenKindGuess(kind, ", ".join(names))
    return _events(claims) or _access_token(claims) or _nonce(claims) or _client_assertion(claims)


def _events(claims: JsonObject) -> TokenKindGuess | None:
    """RFC 8417 section 2.2; a logout token is a security event token of one kind."""
    events = claims.get("events")
    if not isinstance(events, dict):
        return None
    if _BACKCHANNEL in events:
        return TokenKindGuess(TokenKind.LOGOUT_TOKEN, "events has backchannel-logout")
    return TokenKindGuess(TokenKind.SECURITY_EVENT, "events")


def _access_token(claims: JsonObject) -> TokenKindGuess | None:
    """A scope that was granted, and the client that it was granted to: RFC 9068 section 2.2 has both."""
    scope = next((name for name in _SCOPES if name in claims), None)
    client = next((name for name in _CLIENTS if name in claims), None)
    if scope is None or client is None:
        return None
    return TokenKindGuess(TokenKind.ACCESS_TOKEN, f"{scope}, {client}")


def _nonce(claims: JsonObject) -> TokenKindGuess | None:
    # Older servers repeat the nonce in the access token, beside its scope.
    if "nonce" not in claims or any(name in claims for name in _SCOPES):
        return None
    return TokenKindGuess(TokenKind.ID_TOKEN, "nonce")


def _client_assertion(claims: JsonObject) -> TokenKindGuess | None:
    """RFC 7523 section 3: iss and sub are the client, aud is the server that it asks for a token.

    An issuer of tokens has a URL for its name. What such a one says of somebody
    else is no client's own assertion, whatever aud is.
    """
    if any(name in claims for name in (*_SCOPES, "azp")):
        return None
    issuer, subject = claims.get("iss"), claims.get("sub")
    told = []
    if issuer is not None and issuer == subject and isinstance(issuer, str):
        told.append("iss and sub are the same")
    elif isinstance(issuer, str) and "://" in issuer:
        return None
    server = _server(claims.get("aud"))
    if server is not None and "sub" in claims:
        told.append(f"aud is {server}")
    return TokenKindGuess(TokenKind.CLIENT_ASSERTION, ", ".join(told)) if told else None


def _server(aud: object) -> str | None:
    if isinstance(aud, list) and len(aud) == 1:
        aud = aud[0]
    if not isinstance(aud, str) or len(aud) > _CHARACTERS:
        return None
    if _REALM.fullmatch(aud):
        return "a realm's URL"
    return "a token endpoint" if _ENDPOINT.fullmatch(aud) else None
