"""Konsentus: POST /v1/obie/tokens, called by the bank (FI)."""

from __future__ import annotations

from jwttool.providers.base import Basis, KeyPair, Provider, Source, Step, StepCheck
from jwttool.providers.shapes import (
    JSON,
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

_DOCUMENT = Source(Basis.DOCUMENTED, "Konsentus, POST /v1/obie/tokens, 2019-08-09")
_NOT_DOCUMENTED = Source(
    Basis.INFERRED,
    "the document asks for no client certificate; the key pair is there for the case that your contract does",
)

_PLACEHOLDER = "good-access-token"

_REQUESTS = (
    TokenRequest(
        name="code",
        title="a one-time code, with HTTP Basic and a ccg_token",
        source=_DOCUMENT,
        content_type=JSON,
        headers=(
            Member(name="Authorization", meaning="HTTP Basic: user name and password", secret=True),
            Member(name="fi_reference_id", meaning="names the FI", setting="fi_reference_id"),
            Member(name="version", meaning="version of the API", setting="version"),
            Member(
                name="ccg_token", meaning="client credentials grant token", secret=True, setting="ccg_token"
            ),
        ),
        members=(
            Member(
                name="auth_code",
                meaning="one-time code; lives 60 s, bound to PSP and URI",
                secret=True,
                lifetime=60,
            ),
            Member(
                name="redirect_uri",
                meaning="the one that the PSP registered",
                setting="redirect_uri",
                example="https://www.google.com",
            ),
        ),
        basic=True,
    ),
)
_ANSWER = TokenAnswer(
    source=_DOCUMENT,
    statuses=(201,),
    envelope="data",
    # The document marks no member of the answer as required; RFC 6749 section 5.1 does these two.
    members=(
        Member(name="access_token", meaning="the token, opaque", secret=True),
        Member(
            name="expires_in",
            meaning="seconds until the token expires",
            type=JsonType.INTEGER,
            required=False,
            example=360 * 86400,
        ),
        Member(name="token_type", meaning="how the token is sent", values=("bearer",)),
        Member(
            name="state", meaning="what the client sent, unchanged", required=False, example="example-state"
        ),
    ),
    token_type="bearer",
    token_form=TokenForm(
        kind=TokenKind.UUID,
        source=Source(Basis.INFERRED, f"{_DOCUMENT.text}: the access_token of the example is a UUID"),
    ),
    lifetime=360 * 86400,
    placeholders={
        _PLACEHOLDER: "the literal that is answered where the request had grant_type=client_credentials"
    },
    trailing_comma=Source(
        Basis.DOCUMENTED, f'{_DOCUMENT.text}: the example answer has a comma behind "state", its last member'
    ),
)
_ERRORS = ErrorAnswer(
    source=_DOCUMENT,
    statuses={
        400: StatusMeaning(
            "the request lacks parameters or is malformed",
            "send JSON with auth_code and redirect_uri, and all five headers; a code is good once, for 60 s",
            _DOCUMENT,
        ),
        401: StatusMeaning(
            "the FI could not be authorized",
            "compare the Basic header, fi_reference_id and ccg_token with the onboarding",
            _DOCUMENT,
        ),
        403: StatusMeaning(
            "forbidden",
            "compare fi_reference_id and the environment; is the code of this PSP and this redirect_uri?",
            _DOCUMENT,
        ),
    },
    envelope="errors",
    members=(
        Member(name="id", meaning="names this one error", required=False),
        Member(name="code", meaning="names the kind of error", required=False),
        Member(name="title", meaning="the error in words", required=False),
        Member(name="link", meaning="where it is explained", required=False),
    ),
)
_MARKS = (
    Mark(f"the literal {_PLACEHOLDER}", {"answer.access_token": _PLACEHOLDER}),
    Mark("the envelope data around the token", {"answer.data.access_token": None}),
    Mark("the envelope data around the token", {"answer.data.token_type": None}),
    Mark(
        "a list of errors with id, code, title and link",
        {"answer.errors.code": None, "answer.errors.link": None},
    ),
    Mark(
        "a list of errors with id, code and title", {"answer.errors.code": None, "answer.errors.title": None}
    ),
    Mark(
        "a list of errors with id and code",
        {"answer.errors.id": None, "answer.errors.code": None},
        weak=True,
    ),
    Mark(
        "a list of errors with id and title",
        {"answer.errors.id": None, "answer.errors.title": None},
        weak=True,
    ),
    Mark("the header fi_reference_id", {"header.fi_reference_id": None}),
    Mark("the header ccg_token", {"header.ccg_token": None}),
    Mark("auth_code and redirect_uri", {"request.auth_code": None, "request.redirect_uri": None}),
    Mark("/v1/obie/tokens in the URL", {"url": r"[^?#]*/v1/obie/tokens"}),
)

PROVIDER = Provider(
    name="konsentus",
    title="Konsentus",
    document=_DOCUMENT,
    authentication="HTTP Basic, with a client credentials grant token (ccg_token)",
    servers={"sandbox": "https://sandbox.konsentus.com"},
    token_endpoint="{server}/v1/obie/tokens",
    audience=None,
    key_pairs=(
        KeyPair(
            purpose="TLS client authentication (not documented)",
            bits=4096,
            source=_NOT_DOCUMENTED,
            key_file="keys/tls.key",
            csr_file="keys/tls.csr",
            certificate_file="keys/tls.crt",
            config_key="tls_key",
            config_certificate="tls_certificate",
            config_passphrase="tls_passphrase",
        ),
    ),
    steps=(
        Step(
            "client-id",
            "Write the user name of the Basic header as client_id.",
            StepCheck.CLIENT_ID,
            _DOCUMENT,
        ),
        Step(
            "client-secret",
            "Keep the password of the Basic header in a 0600 file, and name that file.",
            StepCheck.CLIENT_SECRET,
            _DOCUMENT,
        ),
        Step(
            "headers",
            "Write fi_reference_id, version and the file of the ccg_token into the configuration.",
            StepCheck.SETTINGS,
            _DOCUMENT,
            ("fi_reference_id", "version", "ccg_token"),
        ),
        Step(
            "redirect-uri",
            "Write the redirect URI that the TPP registered (redirect_uri).",
            StepCheck.SETTINGS,
            _DOCUMENT,
            ("redirect_uri",),
        ),
        Step(
            "key",
            "Make a key for TLS client authentication.",
            StepCheck.KEY,
            _NOT_DOCUMENTED,
            optional=True,
        ),
        Step("csr", "Make the certificate signing request.", StepCheck.CSR, _NOT_DOCUMENTED, optional=True),
        Step(
            "certificate",
            "Have the CSR signed, if your contract asks for it, and save the certificate.",
            StepCheck.CERTIFICATE,
            _NOT_DOCUMENTED,
            optional=True,
        ),
    ),
    client_name="konsentus-sandbox",
    settings=(
        '# client_id = ""                             # user name of the Basic header',
        '# client_secret = { file = "client.secret" } # password of the Basic header, in a 0600 file',
        '# fi_reference_id = ""                       # names your institution',
        '# version = ""                               # version of the API',
        '# ccg_token = { file = "ccg.token" }         # client credentials grant token, in a 0600 file',
        '# redirect_uri = ""                          # registered by the PSP with its CA',
        'server = "https://sandbox.konsentus.com"',
    ),
    requests=_REQUESTS,
    answer=_ANSWER,
    errors=_ERRORS,
    marks=_MARKS,
)
