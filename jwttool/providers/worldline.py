"""Worldline Open Banking: the token endpoint of "Access Token 2.1.1"."""

from __future__ import annotations

from jwttool.providers.base import AssertionRules, Basis, KeyPair, Provider, Source, Step, StepCheck

_DOCUMENT = Source(Basis.DOCUMENTED, "Worldline Open Banking, Access Token 2.1.1")
_KID = Source(
    Basis.DOCUMENTED,
    "Worldline Access Token 2.1.1, client_assertion: the kid must be the signing certificate's fingerprint, "
    "in the example 40 upper-case hex digits (that this is SHA-1 is inferred); RFC 7515 section 4.1.4: it is "
    "case-sensitive",
)
_KEYCLOAK = "Keycloak's client authentication with a signed JWT, whose URLs Worldline's have the shape of"

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
)
