"""OP Corporate Banking APIs: "Token management (1.0)"."""

from __future__ import annotations

from jwttool.providers.base import Basis, KeyPair, Provider, Source, Step, StepCheck
from jwttool.providers.shapes import (
    FORM,
    Cause,
    ErrorAnswer,
    JsonType,
    Mark,
    Member,
    StatusMeaning,
    TokenAnswer,
    TokenForm,
    TokenKind,
    TokenRequest,
)

_DOCUMENT = Source(Basis.DOCUMENTED, "OP Corporate Banking APIs, Token management 1.0")


def _step(number: int) -> Source:
    return Source(Basis.DOCUMENTED, f"{_DOCUMENT.text}, CLI sample, step {number}")


_STATUS = Source(
    Basis.INFERRED,
    f"{_DOCUMENT.text} lists 400, 403, 500 and 503 without a word; RFC 9110 section 15 says what they mean",
)
_ENCRYPTED = {"alg": "RSA-OAEP", "enc": "A256CBC-HS512", "kid": "[0-9a-f]{32}", "typ": "JWT", "cty": "JWT"}

_REQUESTS = (
    TokenRequest(
        name="secret",
        title="client id and secret, over mutual TLS",
        source=_DOCUMENT,
        content_type=FORM,
        members=(
            Member(name="grant_type", meaning="always client_credentials", values=("client_credentials",)),
            Member(name="client_id", meaning="clientId from OP API Admin", setting="client_id"),
            Member(
                name="client_secret",
                meaning="clientSecret from OP API Admin",
                secret=True,
                setting="client_secret",
            ),
        ),
    ),
)
_ANSWER = TokenAnswer(
    source=_DOCUMENT,
    statuses=(200,),
    members=(
        Member(
            name="access_token", meaning="encrypted for OP alone: to the client an opaque text", secret=True
        ),
        Member(name="token_type", meaning="how the token is sent", values=("Bearer",)),
        Member(
            name="expires_in", meaning="seconds until the token expires", type=JsonType.INTEGER, example=900
        ),
    ),
    token_type="Bearer",
    token_form=TokenForm(
        kind=TokenKind.JWE,
        source=Source(Basis.INFERRED, f"{_DOCUMENT.text}, the example answer holds an encrypted token"),
        header=_ENCRYPTED,
    ),
    lifetime=900,
)
_ERRORS = ErrorAnswer(
    source=_DOCUMENT,
    statuses={
        400: StatusMeaning(
            "the request is not as it should be",
            "compare with the document: a form of grant_type, client_id and client_secret",
            _STATUS,
        ),
        403: StatusMeaning(
            "the client may not have a token",
            "are clientId, clientSecret and the mTLS certificate of one client and environment, and is the "
            "certificate still valid? The contract is in OP API Admin",
            _STATUS,
        ),
        500: StatusMeaning(
            "the server failed", "try again later, then tell OP the time of the request", _STATUS
        ),
        503: StatusMeaning("the service is not available at the moment", "try again later", _STATUS),
    },
    causes=(
        Cause(
            code="invalid_client",
            meaning="the client could not be authenticated",
            hint="client id, secret and the connection's certificate have to be of one client: compare them "
            "with OP API Admin; `jwttool cert match sandbox-mtls.key sandbox-mtls.crt` tells whether key and "
            "certificate belong together",
            source=Source(Basis.STANDARD, f"RFC 6749 section 5.2; {_DOCUMENT.text} asks for all three"),
        ),
        Cause(
            code="invalid_token",
            meaning="the access token is expired, revoked or malformed (RFC 6750 section 3.1)",
            hint="ask for a new token: OP documents no refresh, and 900 s of life",
            source=Source(Basis.STANDARD, f"RFC 6750 section 3.1; {_DOCUMENT.text} names no refresh token"),
        ),
    ),
)
_MARKS = (
    Mark(
        "an encrypted token like the one in OP's document (RSA-OAEP, A256CBC-HS512, kid of 32 hex digits)",
        {f"token.{name}": pattern for name, pattern in _ENCRYPTED.items()},
    ),
    Mark("the path corporate-oidc in the URL", {"url": r"[^?#]*/corporate-oidc/[^?#]*"}),
    Mark("corporate-oidc in WWW-Authenticate", {"header.www-authenticate": r".*corporate-oidc.*"}),
)

PROVIDER = Provider(
    name="op",
    title="OP Corporate Banking",
    document=_DOCUMENT,
    authentication="client id and secret, over mutual TLS",
    servers={
        "sandbox": "https://api.corp-api-sandbox.test.aws.op-palvelut.net",
        # From OP's public developer pages, not from the document.
        "production": "https://api.corporate-api.op.fi",
    },
    token_endpoint="{server}/corporate-oidc/v1/token",
    audience=None,
    key_pairs=(
        KeyPair(
            purpose="mutual TLS",
            bits=4096,
            source=_step(3),
            key_file="sandbox-mtls.key",
            csr_file="sandbox-mtls.csr",
            certificate_file="sandbox-mtls.crt",
            config_key="tls_key",
            config_certificate="tls_certificate",
            config_passphrase="tls_passphrase",
        ),
    ),
    steps=(
        Step("contract", "Sign the Corporate API contract in OP API Admin.", StepCheck.BY_HAND, _step(1)),
        Step(
            "client-id",
            "Get clientId in OP API Admin and write it into the configuration.",
            StepCheck.CLIENT_ID,
            _step(2),
        ),
        Step(
            "client-secret",
            "Get clientSecret in OP API Admin, keep it in a 0600 file, and name that file.",
            StepCheck.CLIENT_SECRET,
            _step(2),
        ),
        Step("key", "Make the mTLS key (RSA-4096).", StepCheck.KEY, _step(3)),
        Step(
            "csr",
            "Make the certificate signing request (OP ignores CN and other attributes).",
            StepCheck.CSR,
            _step(4),
        ),
        Step(
            "certificate",
            "Upload the CSR in OP API Admin and save the certificate that you download there.",
            StepCheck.CERTIFICATE,
            _step(5),
        ),
    ),
    client_name="op-sandbox",
    settings=(
        '# client_id = ""                             # clientId from OP API Admin',
        '# client_secret = { file = "client.secret" } # clientSecret from OP API Admin, in a 0600 file',
        'server = "https://api.corp-api-sandbox.test.aws.op-palvelut.net"',
    ),
    requests=_REQUESTS,
    answer=_ANSWER,
    errors=_ERRORS,
    marks=_MARKS,
)
