"""OP Corporate Banking APIs: "Token management (1.0)"."""

from __future__ import annotations

from jwttool.providers.base import Basis, KeyPair, Provider, Source, Step, StepCheck

_DOCUMENT = Source(Basis.DOCUMENTED, "OP Corporate Banking APIs, Token management 1.0")


def _step(number: int) -> Source:
    return Source(Basis.DOCUMENTED, f"{_DOCUMENT.text}, CLI sample, step {number}")


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
)
