"""Konsentus: POST /v1/obie/tokens, called by the bank (FI)."""

from __future__ import annotations

from jwttool.providers.base import Basis, KeyPair, Provider, Source, Step, StepCheck

_DOCUMENT = Source(Basis.DOCUMENTED, "Konsentus, POST /v1/obie/tokens, 2019-08-09")
_NOT_DOCUMENTED = Source(
    Basis.INFERRED,
    "the document asks for no client certificate; the key pair is there for the case that your contract does",
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
)
