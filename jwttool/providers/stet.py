"""A bank on STET PSD2: authorization code flow with a QWAC."""

from __future__ import annotations

from jwttool.providers.base import Basis, Bound, KeyPair, Provider, Source, Step, StepCheck
from jwttool.providers.shapes import (
    FORM,
    Cause,
    ErrorAnswer,
    JsonType,
    Mark,
    Member,
    StatusMeaning,
    TokenAnswer,
    TokenRequest,
)

_DOCUMENT = Source(Basis.DOCUMENTED, 'STET PSD2 V1.4.0.47, the bank\'s page "Get your token"')
_QTSP = Source(
    Basis.INFERRED,
    "the page demands eIDAS certificates; a QWAC comes from a qualified trust service provider",
)

_STEP_8 = Source(Basis.DOCUMENTED, f"{_DOCUMENT.text}, step 8")
_CODE = Source(
    Basis.STANDARD, "RFC 6749 sections 4.1.3 and 5.1, to which the bank's page refers for POST /token"
)
_REFRESH = Source(Basis.STANDARD, "RFC 6749 section 6, to which the bank's page refers for POST /token")
_AGAIN = "the customer has to go through the redirect and strong customer authentication again"
_EXPIRED = Cause(
    code="invalid_token",
    # The page names the first of the three, the standard all of them.
    meaning="the access token is expired, revoked or malformed (RFC 6750 section 3.1)",
    hint="refresh it (grant_type=refresh_token) and replay the request; when the refresh token (90 days) is "
    f"about to expire, {_AGAIN}",
    source=_STEP_8,
)
_CLIENT = Member(
    name="client_id", meaning="has to match the QWAC's authorization number", setting="client_id"
)

_REQUESTS = (
    TokenRequest(
        name="code",
        title="authorization code, over mutual TLS with a QWAC",
        source=_CODE,
        content_type=FORM,
        members=(
            Member(name="grant_type", meaning="authorization_code", values=("authorization_code",)),
            Member(name="code", meaning="the one-time code from the call-back URL", secret=True),
            Member(
                name="redirect_uri",
                meaning="the call-back URL, as sent to /authorize",
                setting="redirect_uri",
            ),
            _CLIENT,
        ),
    ),
    TokenRequest(
        name="refresh",
        title="refresh token, over mutual TLS with a QWAC",
        source=_REFRESH,
        content_type=FORM,
        members=(
            Member(name="grant_type", meaning="refresh_token", values=("refresh_token",)),
            Member(name="refresh_token", meaning="the refresh token", secret=True),
        ),
    ),
)
_ANSWER = TokenAnswer(
    source=_CODE,
    statuses=(200,),
    members=(
        Member(name="access_token", meaning="the token for the calls that follow", secret=True),
        Member(name="token_type", meaning="how the token is sent"),
        Member(
            name="expires_in",
            meaning="seconds until the token expires",
            type=JsonType.INTEGER,
            required=False,
        ),
        Member(name="refresh_token", meaning="gets the next access token", required=False, secret=True),
        Member(name="scope", meaning="what the token is good for", required=False),
    ),
    # The page names the type once, as the prefix in the Authorization header.
    token_type="Bearer",
    refreshable=True,
    refresh_lifetime=90 * 86400,
    refresh_hint=f"before it ends, {_AGAIN}",
    refresh_source=_STEP_8,
)
_ERRORS = ErrorAnswer(
    source=_DOCUMENT,
    statuses={401: StatusMeaning("the access token is refused", _EXPIRED.hint, _STEP_8, of_api=True)},
    members=(
        Member(name="error", meaning="what is wrong, in one word"),
        Member(name="error_description", meaning="what is wrong, in words", required=False),
    ),
    causes=(
        _EXPIRED,
        Cause(
            code="invalid_grant",
            meaning="the code or the refresh token is used up, expired or another client's",
            hint=f"a code is good once, and shortly; when the refresh token is at its end, {_AGAIN}",
            source=_REFRESH,
        ),
        Cause(
            code="invalid_client",
            meaning="the client could not be authenticated",
            hint="client_id has to match the authorization number in the QWAC, directly or indirectly, and "
            "the QWAC has to be valid and to carry the role that is needed",
            source=_DOCUMENT,
        ),
    ),
)
_MARKS = (
    Mark(
        "a refresh token, which of the four systems only this one hands out",
        {"answer.refresh_token": None},
        # Signs of OpenID Connect and of Keycloak, which are not in the page.
        absent={
            "answer.id_token": None,
            "answer.refresh_expires_in": None,
            "answer.scope": r"(?:.* )?openid(?: .*)?",
            "callback": None,
        },
        weak=True,
    ),
    Mark(
        "401 with invalid_token, which of the four documents only this one names (other servers do too)",
        {"status": "401", "answer.error": "invalid_token"},
        weak=True,
    ),
    Mark("the grant type", {"request.grant_type": "authorization_code|refresh_token"}, weak=True),
)

PROVIDER = Provider(
    name="stet",
    title="STET PSD2 bank",
    document=_DOCUMENT,
    authentication="authorization code, over mutual TLS with a QWAC that matches client_id",
    servers={},
    # The page names POST /token; where it is mounted is the bank's to say.
    token_endpoint="{server}/token",
    audience=None,
    key_pairs=(
        KeyPair(
            purpose="QWAC (mutual TLS)",
            bits=4096,
            source=Source(Basis.INFERRED, "the page names no key type or size"),
            key_file="keys/qwac.key",
            csr_file="keys/qwac.csr",
            certificate_file="keys/qwac.crt",
            config_key="tls_key",
            config_certificate="tls_certificate",
            config_passphrase="tls_passphrase",
            key_usage=("digital_signature",),
            qualified=True,
        ),
    ),
    steps=(
        Step(
            "authorization",
            "Have your authority's authorization number at hand (PSDFR-ACPR-12345).",
            StepCheck.SETTINGS,
            _DOCUMENT,
            ("organization_identifier",),
        ),
        Step("key", "Make the key of the QWAC.", StepCheck.KEY, _QTSP),
        Step("csr", "Make the certificate signing request.", StepCheck.CSR, _QTSP),
        Step(
            "certificate",
            "Have a QTSP issue the QWAC for it, and save the certificate.",
            StepCheck.CERTIFICATE,
            _QTSP,
        ),
        Step(
            "client-id",
            "Register with the bank and write client_id; it has to match the authorization number.",
            StepCheck.CLIENT_ID,
            _DOCUMENT,
        ),
        Step("endpoint", "Write the bank's server into the configuration.", StepCheck.ENDPOINT, _DOCUMENT),
        Step(
            "redirect-uri",
            "Write the call-back URL that you registered (redirect_uri).",
            StepCheck.SETTINGS,
            _DOCUMENT,
            ("redirect_uri",),
        ),
    ),
    client_name="stet",
    settings=(
        '# client_id = ""                             # registered with the bank',
        '# organization_identifier = ""               # PSDFR-ACPR-12345: in the QWAC',
        '# server = ""                                # the bank\'s authorization server',
        '# authorization_endpoint = ""                # where GET /authorize is',
        '# redirect_uri = ""                          # your call-back URL',
    ),
    client_id_limit=Bound(
        34,
        Source(Basis.INFERRED, "one bank on STET takes no client_id of more characters; the page names none"),
    ),
    requests=_REQUESTS,
    answer=_ANSWER,
    errors=_ERRORS,
    marks=_MARKS,
)
