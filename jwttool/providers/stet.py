"""A bank on STET PSD2: authorization code flow with a QWAC."""

from __future__ import annotations

from jwttool.providers.base import Basis, KeyPair, Provider, Source, Step, StepCheck

_DOCUMENT = Source(Basis.DOCUMENTED, 'STET PSD2 V1.4.0.47, the bank\'s page "Get your token"')
_QTSP = Source(
    Basis.INFERRED,
    "the page demands eIDAS certificates; a QWAC comes from a qualified trust service provider",
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
)
