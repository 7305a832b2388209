"""Worldline Open Banking: the token endpoint of "Access Token 2.1.1"."""

from __future__ import annotations

from jwttool.providers.base import AssertionRules, Basis, KeyPair, Provider, Source, Step, StepCheck
from jwttool.providers.shapes import (
    ASSERTION_TYPE,
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

_DOCUMENT = Source(Basis.DOCUMENTED, "Worldline Open Banking, Access Token 2.1.1")
_KID = Source(
    Basis.DOCUMENTED,
    "Worldline Access Token 2.1.1, client_assertion: the kid must be the signing certificate's fingerprint, "
    "in the example 40 upper-case hex digits (that this is SHA-1 is inferred); RFC 7515 section 4.1.4: it is "
    "case-sensitive",
)
_KEYCLOAK = "Keycloak's client authentication with a signed JWT, whose URLs Worldline's have the shape of"

_WORDS = Source(
    Basis.INFERRED,
    f"the words are those of {_KEYCLOAK}; Worldline's document names neither them nor Keycloak",
)
_JUDGE = (
    "jwttool assertion verify @assertion.jwt --cert CERT --client-id ID --audience URL names every reason "
    "that can be seen from here"
)
_REALM = r"(?:https?://)?[^?#]*/auth/realms/[^?#]*"
_GRANT = Member(name="grant_type", meaning="always client_credentials", values=("client_credentials",))
_SCOPE = Member(
    name="scope", meaning="the services asked for, separated by spaces", setting="scope", example="VOP WERO"
)

_REQUESTS = (
    TokenRequest(
        name="assertion",
        title="client assertion",
        source=_DOCUMENT,
        content_type=FORM,
        members=(
            _GRANT,
            _SCOPE,
            Member(name="client_assertion_type", meaning="what the assertion is", values=(ASSERTION_TYPE,)),
            Member(name="client_assertion", meaning="a JWT signed with the client's key", secret=True),
        ),
    ),
    TokenRequest(
        name="secret",
        title="client id and secret",
        source=_DOCUMENT,
        content_type=FORM,
        members=(
            _GRANT,
            _SCOPE,
            Member(
                name="client_id",
                meaning="from the onboarding",
                setting="client_id",
                example="Worldline-000021",
            ),
            Member(name="client_secret", meaning="from the onboarding", secret=True, setting="client_secret"),
        ),
    ),
)
_ANSWER = TokenAnswer(
    source=_DOCUMENT,
    statuses=(200,),
    members=(
        Member(name="access_token", meaning="the token for the calls that follow", secret=True),
        Member(
            name="expires_in", meaning="seconds until the token expires", type=JsonType.INTEGER, example=300
        ),
        Member(
            name="refresh_expires_in",
            meaning="0: there is no refresh",
            type=JsonType.INTEGER,
            values=(0,),
        ),
        Member(name="token_type", meaning="how the token is sent", values=("Bearer",)),
        Member(
            name="not-before-policy",
            meaning="0: the token is valid at once",
            type=JsonType.INTEGER,
            values=(0,),
        ),
        Member(
            name="scope",
            meaning="the services that the token is good for, separated by spaces",
            example="VOP WERO",
        ),
    ),
    closed=True,
    token_type="Bearer",
    refreshable=False,
)


def _keycloak(code: str, meaning: str, hint: str, *words: str, silent: bool = False) -> Cause:
    return Cause(code=code, meaning=meaning, hint=hint, source=_WORDS, words=words, silent=silent)


_ERRORS = ErrorAnswer(
    source=_DOCUMENT,
    statuses={
        400: StatusMeaning(
            "the request is invalid", "error says what: invalid_scope or invalid_client", _DOCUMENT
        ),
        401: StatusMeaning(
            "the client could not be authenticated",
            _JUDGE,
            Source(Basis.INFERRED, f"RFC 6749 section 5.2, as in {_KEYCLOAK}; Worldline documents 400 alone"),
        ),
        415: StatusMeaning(
            "the Content-Type of the request is wrong",
            f"send the fields as a form: Content-Type: {FORM}",
            Source(Basis.INFERRED, "Worldline's public pages: a wrong Content-Type gets 415"),
        ),
    },
    members=(
        Member(name="error", meaning="invalid_scope or invalid_client"),
        Member(name="error_description", meaning="the error in words", required=False),
    ),
    # From the most particular to the bare code: the first that fits is told.
    causes=(
        _keycloak(
            "invalid_client",
            "the server has no key under the kid of the assertion",
            'jwttool cert find-kid "THE WHOLE MESSAGE" CERT... says which certificate each kid is; upload '
            "yours, or mint with the kid that is there",
            "requested kid",
            "available kids",
        ),
        _keycloak(
            "invalid_client",
            "the server has no public key for this client, or none under this kid",
            "is the signing certificate uploaded, here? Its kid: jwttool cert fingerprint CERT",
            "unable to load public key",
        ),
        _keycloak(
            "invalid_client",
            "the signature does not fit the key that the server has under this kid",
            "jwttool cert match KEY CERT: is the certificate that was uploaded that of the signing key?",
            "signature on jwt token failed",
        ),
        _keycloak(
            "invalid_client",
            "this jti was used already: an assertion is for one request",
            "mint a new assertion for each request",
            "token reuse detected",
        ),
        _keycloak(
            "invalid_client",
            "iat lies further back than the server allows, 60 s by default",
            "mint right before the request; if it was, compare your clock with the Date header of the answer",
            "too far in the past",
        ),
        _keycloak(
            "invalid_client",
            "iat or nbf lies ahead of the server's clock",
            "compare your clock with the Date header of the answer",
            "issued in the future",
        ),
        _keycloak(
            "invalid_client",
            "the assertion has expired, or is not valid yet",
            "mint right before the request; if it was, compare your clock with the Date header of the answer",
            "token is not active",
        ),
        _keycloak(
            "invalid_client",
            "the assertion lives longer than the server allows",
            "mint with --lifetime 60",
            "too far in the future",
        ),
        _keycloak(
            "invalid_client",
            "aud is a list of several audiences",
            "mint with one aud: https://SERVER/auth/realms/REALM",
            "multiple audiences not allowed",
        ),
        _keycloak(
            "invalid_client",
            "aud is not the realm's URL as the server sees it",
            "https://SERVER/auth/realms/REALM, character by character: /auth and a trailing slash count",
            "invalid token audience",
        ),
        _keycloak(
            "invalid_client",
            "the assertion has no exp, jti or sub, which the server demands",
            "mint it with jwttool assertion mint, which puts them in",
            "claim is required",
            "missing id on the token",
        ),
        _keycloak(
            "invalid_client",
            "the client is unknown or disabled in this realm, its secret is wrong, or it is set up for the "
            "other way to authenticate",
            "compare client_id (an assertion's sub) and realm with the onboarding; is the client set up for "
            "a secret or for an assertion?",
            "invalid client credentials",
        ),
        _keycloak(
            "invalid_client",
            "the client could not be authenticated, and why is not said; often iss is missing, or is not the "
            "same as sub",
            _JUDGE,
            silent=True,
        ),
        Cause(
            code="invalid_client",
            meaning="the client could not be authenticated",
            hint=_JUDGE,
            source=_DOCUMENT,
        ),
        Cause(
            code="invalid_scope",
            meaning="a service was asked for that this client does not have, or that there is not",
            hint='scope is a list of services separated by spaces ("VOP WERO"): compare with the onboarding',
            source=_DOCUMENT,
        ),
        Cause(
            code="invalid_token",
            meaning="the access token is expired, revoked or malformed (RFC 6750 section 3.1)",
            hint="ask for a new token: there is no refresh",
            source=Source(
                Basis.STANDARD,
                f"RFC 6750 section 3.1; {_DOCUMENT.text}, TokenResponse: no refresh is supported",
            ),
        ),
        _keycloak(
            "unauthorized_client",
            "the client may not use this grant type",
            "send grant_type=client_credentials; if you do, ask Worldline how the client is set up",
        ),
    ),
)
_MARKS = (
    Mark("not-before-policy", {"answer.not-before-policy": None}),
    Mark("refresh_expires_in", {"answer.refresh_expires_in": None}),
    Mark("/auth/realms/ in the URL", {"url": _REALM}),
    Mark("/auth/realms/ in WWW-Authenticate", {"header.www-authenticate": r".*/auth/realms/.*"}),
    Mark("/auth/realms/ in iss", {"claim.iss": _REALM}),
    Mark("/auth/realms/ in aud", {"claim.aud": _REALM}),
    Mark(
        "the words of error_description, which are Keycloak's",
        {
            "answer.error_description": r"(?s)(?:Invalid client or Invalid client credentials"
            r"|Invalid scopes: |Requested kid: |Token reuse detected|Token was issued "
            r"|Unable to load public key|Multiple audiences not allowed|Invalid token audience"
            r"|Token is not active|Signature on JWT token failed"
            r"|Client authentication with signed JWT failed|Token verification failed).*"
        },
    ),
)

PROVIDER = Provider(
    name="worldline",
    title="Worldline Open Banking",
    document=_DOCUMENT,
    authentication="client assertion (private_key_jwt), or client id and secret",
    servers={},
    token_endpoint="{server}/auth/realms/{realm}/protocol/openid-connect/token",
    # The document's example assertion has the realm's URL as its audience: what
    # Keycloak calls the issuer. It is not the token endpoint.
    audience="{server}/auth/realms/{realm}",
    assertion=AssertionRules(
        algorithms=("RS256", "PS256", "ES256"),
        kid_form="sha1",
        type="JWT",
        claims=("iss", "sub", "aud", "iat", "exp", "jti"),
        claims_source=Source(
            Basis.INFERRED, f"the document lists no claims; these are what satisfies {_KEYCLOAK}"
        ),
        lifetime=60,
        lifetime_source=Source(Basis.INFERRED, f"{_KEYCLOAK}: 60 s after iat, by default"),
        clock_skew=15,
        token_endpoint_suffix="/protocol/openid-connect/token",
        audience_pattern=r"https://[^/?#\s@]+(?:/[^?#\s]+)?/auth/realms/[^/?#\s]+",
        audience_example="https://SERVER/auth/realms/REALM",
        demanded={
            "assertion-kid-present": _KID,
            "assertion-kid": _KID,
        },
        # The document's own example has no iss and no jti, so their absence
        # cannot be an error here, whatever RFC 7523 and OpenID Connect say.
        softened={
            "assertion-kid-form": Source(
                Basis.INFERRED,
                "Worldline Access Token 2.1.1, client_assertion: the kid must be the signing certificate's "
                "fingerprint; that it is SHA-1 is told by the 40 upper-case hex digits of the example",
            ),
            "assertion-iss-present": Source(
                Basis.INFERRED,
                f"RFC 7523 section 3 (1) demands iss, and so does {_KEYCLOAK}; "
                "Worldline's own example has none",
            ),
            "assertion-jti-present": Source(
                Basis.INFERRED,
                f"OpenID Connect Core section 9 demands jti, and so does {_KEYCLOAK}; "
                "Worldline's own example has none",
            ),
        },
    ),
    key_pairs=(
        KeyPair(
            purpose="signing",
            bits=4096,
            source=Source(
                Basis.INFERRED,
                "the document asks for the private key of a signing certificate and names no size; "
                "RSA, because its example is RS256",
            ),
            key_file="keys/signing.key",
            csr_file="keys/signing.csr",
            certificate_file="keys/signing.crt",
            config_key="key",
            config_certificate="certificate",
            config_passphrase="passphrase",
            key_usage=("digital_signature",),
        ),
    ),
    steps=(
        Step(
            "onboarding",
            "Agree the onboarding with Worldline: it gives you client_id, server and realm.",
            StepCheck.BY_HAND,
            _DOCUMENT,
        ),
        Step("client-id", "Write client_id into the configuration.", StepCheck.CLIENT_ID, _DOCUMENT),
        Step(
            "endpoint",
            "Write server and realm into the configuration.",
            StepCheck.ENDPOINT,
            _DOCUMENT,
        ),
        Step(
            "scope",
            'Write the services you want (scope, e.g. "VOP WERO").',
            StepCheck.SETTINGS,
            _DOCUMENT,
            ("scope",),
        ),
        Step("key", "Make the signing key.", StepCheck.KEY, _DOCUMENT),
        Step("csr", "Make the certificate signing request.", StepCheck.CSR, _DOCUMENT),
        Step(
            "certificate",
            "Have the CSR signed (qualified seal certificate) and save the certificate.",
            StepCheck.CERTIFICATE,
            Source(
                Basis.INFERRED,
                "Worldline's public pages: the qualified seal certificate signs token requests",
            ),
        ),
        Step(
            "upload",
            "Upload the certificate in Worldline's back office; its kid is its fingerprint.",
            StepCheck.BY_HAND,
            Source(
                Basis.INFERRED, "Worldline's public pages: the certificate is uploaded in the back office"
            ),
        ),
    ),
    client_name="worldline-test",
    settings=(
        '# client_id = "Worldline-000021"             # from the onboarding',
        '# server = "https://example-domain"          # from the onboarding',
        '# realm = "example-realm"                    # from the onboarding',
        '# scope = "VOP WERO"                         # the services you want, separated by spaces',
    ),
    requests=_REQUESTS,
    answer=_ANSWER,
    errors=_ERRORS,
    marks=_MARKS,
)
