"""Values that deserve a word: algorithms, types of tokens, types of keys.

By IANA's registries; what is deprecated or prohibited there, or symmetric (who
can verify or encrypt has the secret, and can sign or decrypt as well), says so.
"""

from __future__ import annotations

from typing import Final

# RFC 7518 sections 3 and 4; RFC 8812 section 3.2; RFC 9864 section 2.2; RFC 9964.
_ALGORITHMS: Final = {
    # Signatures.
    "HS256": "HMAC with SHA-256; symmetric: who can verify can also sign",
    "HS384": "HMAC with SHA-384; symmetric: who can verify can also sign",
    "HS512": "HMAC with SHA-512; symmetric: who can verify can also sign",
    "RS256": "RSA PKCS #1 v1.5 with SHA-256",
    "RS384": "RSA PKCS #1 v1.5 with SHA-384",
    "RS512": "RSA PKCS #1 v1.5 with SHA-512",
    "ES256": "ECDSA on P-256 with SHA-256",
    "ES384": "ECDSA on P-384 with SHA-384",
    "ES512": "ECDSA on P-521 with SHA-512",
    "ES256K": "ECDSA on secp256k1 with SHA-256",
    "PS256": "RSA-PSS with SHA-256",
    "PS384": "RSA-PSS with SHA-384",
    "PS512": "RSA-PSS with SHA-512",
    "EdDSA": "EdDSA; deprecated: Ed25519 and Ed448 name the curve as well",
    "Ed25519": "EdDSA on Ed25519",
    "Ed448": "EdDSA on Ed448",
    "ML-DSA-44": "ML-DSA-44, post-quantum",
    "ML-DSA-65": "ML-DSA-65, post-quantum",
    "ML-DSA-87": "ML-DSA-87, post-quantum",
    "none": "no signature at all: anybody can have made it",
    # How an encrypted token's content key reaches the recipient.
    "RSA1_5": "RSA PKCS #1 v1.5; open to padding oracles, not to be used",
    "RSA-OAEP": "RSA-OAEP with SHA-1, its default",
    "RSA-OAEP-256": "RSA-OAEP with SHA-256",
    "RSA-OAEP-384": "RSA-OAEP with SHA-384",
    "RSA-OAEP-512": "RSA-OAEP with SHA-512",
    "ECDH-ES": "an ephemeral ECDH key, agreed upon and used as it is",
    "ECDH-ES+A128KW": "an ephemeral ECDH key, which wraps the content key (AES-128)",
    "ECDH-ES+A192KW": "an ephemeral ECDH key, which wraps the content key (AES-192)",
    "ECDH-ES+A256KW": "an ephemeral ECDH key, which wraps the content key (AES-256)",
    "dir": "a shared key, used as it is; symmetric",
    "A128KW": "a shared key, which wraps the content key (AES-128); symmetric",
    "A192KW": "a shared key, which wraps the content key (AES-192); symmetric",
    "A256KW": "a shared key, which wraps the content key (AES-256); symmetric",
    "A128GCMKW": "a shared key, which encrypts the content key (AES-128-GCM); symmetric",
    "A192GCMKW": "a shared key, which encrypts the content key (AES-192-GCM); symmetric",
    "A256GCMKW": "a shared key, which encrypts the content key (AES-256-GCM); symmetric",
    "PBES2-HS256+A128KW": "a password, by PBKDF2 with SHA-256 and AES-128 key wrap; symmetric",
    "PBES2-HS384+A192KW": "a password, by PBKDF2 with SHA-384 and AES-192 key wrap; symmetric",
    "PBES2-HS512+A256KW": "a password, by PBKDF2 with SHA-512 and AES-256 key wrap; symmetric",
    # draft-ietf-jose-hpke-encrypt.
    "HPKE-0": "HPKE on P-256 with AES-128-GCM",
    "HPKE-1": "HPKE on P-384 with AES-256-GCM",
    "HPKE-2": "HPKE on P-521 with AES-256-GCM",
    "HPKE-3": "HPKE on X25519 with AES-128-GCM",
    "HPKE-4": "HPKE on X25519 with ChaCha20-Poly1305",
    "HPKE-5": "HPKE on X448 with AES-256-GCM",
    "HPKE-6": "HPKE on X448 with ChaCha20-Poly1305",
    "HPKE-7": "HPKE on P-256 with AES-256-GCM",
    "HPKE-0-KE": "HPKE on P-256 with AES-128-GCM, for the content key alone",
    "HPKE-1-KE": "HPKE on P-384 with AES-256-GCM, for the content key alone",
    "HPKE-2-KE": "HPKE on P-521 with AES-256-GCM, for the content key alone",
    "HPKE-3-KE": "HPKE on X25519 with AES-128-GCM, for the content key alone",
    "HPKE-4-KE": "HPKE on X25519 with ChaCha20-Poly1305, for the content key alone",
    "HPKE-5-KE": "HPKE on X448 with AES-256-GCM, for the content key alone",
    "HPKE-6-KE": "HPKE on X448 with ChaCha20-Poly1305, for the content key alone",
    "HPKE-7-KE": "HPKE on P-256 with AES-256-GCM, for the content key alone",
    # Registered so that a browser can name them in a key; prohibited in tokens.
    "RS1": "RSA PKCS #1 v1.5 with SHA-1; prohibited in tokens",
    "HS1": "HMAC with SHA-1; prohibited in tokens",
    "A128CBC": "AES-128-CBC, unauthenticated; prohibited in tokens",
    "A192CBC": "AES-192-CBC, unauthenticated; prohibited in tokens",
    "A256CBC": "AES-256-CBC, unauthenticated; prohibited in tokens",
    "A128CTR": "AES-128-CTR, unauthenticated; prohibited in tokens",
    "A192CTR": "AES-192-CTR, unauthenticated; prohibited in tokens",
    "A256CTR": "AES-256-CTR, unauthenticated; prohibited in tokens",
}

# RFC 7518 section 5.
_CONTENT_ENCRYPTION: Final = {
    "A128CBC-HS256": "AES-128-CBC with HMAC SHA-256",
    "A192CBC-HS384": "AES-192-CBC with HMAC SHA-384",
    "A256CBC-HS512": "AES-256-CBC with HMAC SHA-512",
    "A128GCM": "AES-128-GCM",
    "A192GCM": "AES-192-GCM",
    "A256GCM": "AES-256-GCM",
}

VALUES: Final[dict[str, dict[str, str]]] = {
    "alg": _ALGORITHMS,
    "enc": _CONTENT_ENCRYPTION,
    "zip": {"DEF": "DEFLATE: a small token can unpack to a huge one"},
    "kty": {
        "EC": "an elliptic-curve key",
        "RSA": "an RSA key",
        "oct": "a secret key; symmetric",
        "OKP": "an Edwards or Montgomery curve key",
        "AKP": "a key of the one algorithm that its alg names",
    },
    "crv": {
        "P-256": "NIST P-256, for ECDSA and ECDH",
        "P-384": "NIST P-384, for ECDSA and ECDH",
        "P-521": "NIST P-521, for ECDSA and ECDH",
        "secp256k1": "secp256k1, for ES256K",
        "Ed25519": "Ed25519, for signatures",
        "Ed448": "Ed448, for signatures",
        "X25519": "X25519, for key agreement",
        "X448": "X448, for key agreement",
    },
    "use": {"sig": "for signatures", "enc": "for encryption"},
    "key_ops": {
        "sign": "making signatures",
        "verify": "verifying signatures",
        "encrypt": "encrypting content",
        "decrypt": "decrypting content",
        "wrapKey": "encrypting keys",
        "unwrapKey": "decrypting keys",
        "deriveKey": "deriving keys",
        "deriveBits": "deriving bits that are no key",
    },
}

UNENCODED: Final = "the payload is signed as it stands, without base64url"

# In lower case and without "application/", which typ and cty may leave out.
MEDIA_TYPES: Final = {
    "jwt": "a JWT, of no particular kind",
    "jose": "a token in compact form",
    "jose+json": "a token in JSON form",
    "at+jwt": "an access token (RFC 9068)",
    "client-authentication+jwt": "a client assertion (draft-ietf-oauth-rfc7523bis)",
    "dpop+jwt": "a DPoP proof (RFC 9449)",
    "oauth-authz-req+jwt": "an authorization request (RFC 9101)",
    "token-introspection+jwt": "an answer about a token (RFC 9701)",
    "logout+jwt": "a logout token (OpenID Connect Back-Channel Logout)",
    "secevent+jwt": "a security event (RFC 8417)",
    "provided-claims+jwt": "assured claims (OpenID Connect for Identity Assurance)",
    "oauth-client-attestation+jwt": "a client attestation (draft-ietf-oauth-attestation-based-client-auth)",
    "oauth-client-attestation-pop+jwt": "proof for it (draft-ietf-oauth-attestation-based-client-auth)",
    "statuslist+jwt": "a list of tokens' states (draft-ietf-oauth-status-list)",
    "sd-jwt": "an SD-JWT: claims that the holder may disclose or not (RFC 9901)",
    "kb+jwt": "the holder's proof of its key, at the end of an SD-JWT (RFC 9901)",
    "dc+sd-jwt": "a credential as an SD-JWT (draft-ietf-oauth-sd-jwt-vc)",
    "vc+sd-jwt": "a credential as an SD-JWT, by the older name (W3C, early drafts of SD-JWT VC)",
    "vp+sd-jwt": "a presentation of credentials as an SD-JWT (W3C)",
    "vc+jwt": "a verifiable credential (W3C)",
    "vp+jwt": "a presentation of credentials (W3C)",
    "openid4vci-proof+jwt": "a wallet's proof of its key (OpenID for Verifiable Credential Issuance)",
    "key-attestation+jwt": "an attestation of keys (OpenID for Verifiable Credential Issuance)",
    "verifier-attestation+jwt": "an attestation of who asks (OpenID for Verifiable Presentations)",
    "entity-statement+jwt": "an entity statement (OpenID Federation)",
    "trust-mark+jwt": "a trust mark (OpenID Federation)",
    "trust-mark-delegation+jwt": "the right to issue a trust mark (OpenID Federation)",
    "trust-mark-status-response+jwt": "a trust mark's state (OpenID Federation)",
    "resolve-response+jwt": "a resolved trust chain (OpenID Federation)",
    "explicit-registration-response+jwt": "the answer to a registration (OpenID Federation)",
    "jwk-set+jwt": "a signed key set (OpenID Federation)",
    "eat+jwt": "an attestation of a device (RFC 9782)",
    "passport": "a PASSporT: signed caller identity (RFC 8225)",
    # Keycloak's claim typ, which goes by the same name.
    "bearer": "an access token (Keycloak)",
    "dpop": "an access token bound to a DPoP key (Keycloak)",
    "id": "an ID token (Keycloak)",
    "refresh": "a refresh token (Keycloak)",
    "offline": "a refresh token that outlives the session (Keycloak)",
    "logout": "a logout token (Keycloak)",
}

CONTENT_TYPES: Final = {
    "jwt": "a nested token",
    "json": "JSON",
    "jwk+json": "a key (RFC 7517)",
    "jwk-set+json": "a key set (RFC 7517)",
}
