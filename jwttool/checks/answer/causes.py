"""What the standards say of each error code, and what to try."""

from __future__ import annotations

from typing import Final

from jwttool.providers.base import Basis, Source
from jwttool.providers.shapes import Cause, StatusMeaning

_TOKEN_ENDPOINT: Final = Source(Basis.STANDARD, "RFC 6749 section 5.2")
RESOURCE: Final = Source(Basis.STANDARD, "RFC 6750 section 3.1")


def _standard(code: str, meaning: str, hint: str, source: Source = _TOKEN_ENDPOINT) -> Cause:
    return Cause(code=code, meaning=meaning, hint=hint, source=source)


STANDARD_CAUSES: Final = {
    cause.code: cause
    for cause in (
        _standard(
            "invalid_request",
            "a parameter is missing, there twice or not as it should be",
            "paste the request as well: jwttool token inspect judges it",
        ),
        _standard(
            "invalid_client",
            "the client could not be authenticated",
            "compare client_id and secret, or judge the assertion: jwttool assertion verify @assertion.jwt "
            "--cert CERT --client-id ID --audience URL",
        ),
        _standard(
            "invalid_grant",
            "the code or the refresh token is used up, expired, or another client's",
            "a code is good once, shortly, and with the redirect_uri that it was made for",
        ),
        _standard(
            "unauthorized_client",
            "the client may not use this grant type",
            "ask the system how the client is set up",
        ),
        _standard(
            "unsupported_grant_type",
            "the server does not know this grant_type",
            "compare grant_type with the system's document, character by character",
        ),
        _standard(
            "invalid_scope",
            "the scope is unknown, malformed, or more than the client may have",
            "names separated by single spaces; ask for fewer",
        ),
        _standard(
            "invalid_token",
            "the access token is expired, revoked or malformed (RFC 6750 section 3.1)",
            "get a new one, and replay the request; jwttool token inspect - shows what is in it",
            RESOURCE,
        ),
        _standard(
            "insufficient_scope",
            "the token does not reach far enough for this call",
            "ask for a token with the scope that the answer names",
            RESOURCE,
        ),
        _standard(
            "access_denied",
            "the customer or the server said no",
            "the customer has to agree; then ask again",
            Source(Basis.STANDARD, "RFC 6749 section 4.1.2.1"),
        ),
        _standard(
            "server_error",
            "the server failed",
            "try again later",
            Source(Basis.STANDARD, "RFC 6749 section 4.1.2.1"),
        ),
        _standard(
            "temporarily_unavailable",
            "the server is overloaded or under maintenance",
            "try again later",
            Source(Basis.STANDARD, "RFC 6749 section 4.1.2.1"),
        ),
        _standard(
            "invalid_dpop_proof",
            "the DPoP proof is missing or not accepted",
            "make one for this method and URL, right before the request",
            Source(Basis.STANDARD, "RFC 9449 section 5"),
        ),
        _standard(
            "use_dpop_nonce",
            "the server wants its nonce in the DPoP proof",
            "repeat the request with the value of the DPoP-Nonce header in the proof",
            Source(Basis.STANDARD, "RFC 9449 section 8"),
        ),
    )
}
"""What the standards say of each error code that token endpoints and resource servers use."""

_AUTHORIZATION: Final = Source(Basis.STANDARD, "RFC 6749 section 4.1.2.1")
_OPENID: Final = Source(Basis.STANDARD, "OpenID Connect Core section 3.1.2.6")

CALLBACK_CAUSES: Final = {
    cause.code: cause
    for cause in (
        _standard(
            "invalid_request",
            "a parameter of the request to /authorize is missing, there twice or not as it should be",
            "compare its parameters with the system's document",
            _AUTHORIZATION,
        ),
        _standard(
            "unauthorized_client",
            "the client may not ask for a code in this way",
            "ask the system how the client is set up",
            _AUTHORIZATION,
        ),
        _standard(
            "access_denied",
            "the customer or the bank said no, or the customer gave up",
            "begin again at /authorize when the customer agrees; error_description may tell who it was",
            _AUTHORIZATION,
        ),
        _standard(
            "unsupported_response_type",
            "the server hands out nothing of this response_type",
            "send response_type=code",
            _AUTHORIZATION,
        ),
        _standard(
            "invalid_scope",
            "the scope is unknown, malformed, or more than the client may have",
            "names separated by single spaces; ask for fewer",
            _AUTHORIZATION,
        ),
        *(
            _standard(
                code,
                "the customer has to do something, and the request forbade to ask (prompt=none)",
                "send the customer to /authorize without prompt=none",
                _OPENID,
            )
            for code in ("login_required", "consent_required", "interaction_required")
        ),
    )
}
"""What they mean in the answer to GET /authorize, where that is something else than at the token endpoint."""

API_STATUSES: Final = {
    401: StatusMeaning(
        "the API got no token, or none that it takes",
        "send a token that is good still, in the header: Authorization: Bearer TOKEN",
        RESOURCE,
    ),
    403: StatusMeaning(
        "the token, or who it is for, may not do this",
        "compare the token's scope and the certificate of the connection with what the API asks for",
        RESOURCE,
    ),
}
"""What an API means by a status, where nothing else says more."""
