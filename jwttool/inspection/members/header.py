"""The header parameters of signed and of encrypted tokens: name, meaning, source."""

from __future__ import annotations

from typing import Final

_FEDERATION: Final = "OpenID Federation 1.0"
_HPKE: Final = "draft-ietf-jose-hpke-encrypt"

SIGNED: Final[dict[str, tuple[str, str]]] = {
    "alg": ("the algorithm of the signature", "RFC 7515 section 4.1.1"),
    "jku": ("URL of a key set; never to be fetched on the token's word", "RFC 7515 section 4.1.2"),
    "jwk": ("the public key that verifies it; no reason to trust that key", "RFC 7515 section 4.1.3"),
    "kid": ("which key signed it", "RFC 7515 section 4.1.4"),
    "x5u": ("URL of the signer's certificate; never to be fetched on its word", "RFC 7515 section 4.1.5"),
    "x5c": ("the signer's certificate chain; shown, not trusted", "RFC 7515 section 4.1.6"),
    "x5t": ("SHA-1 of the signer's certificate, base64url", "RFC 7515 section 4.1.7"),
    "x5t#S256": ("SHA-256 of the signer's certificate, base64url", "RFC 7515 section 4.1.8"),
    "typ": ("which kind of token this is", "RFC 7515 section 4.1.9"),
    "cty": ("what the payload is", "RFC 7515 section 4.1.10"),
    "crit": ("parameters that a verifier has to understand, or refuse the token", "RFC 7515 section 4.1.11"),
    "b64": ("whether the payload is base64url (true) or signed as it stands", "RFC 7797 section 3"),
    "ppt": ("which extension of PASSporT (signed caller identity) it uses", "RFC 8225 section 8.1"),
    "url": ("the URL that the request is sent to (ACME)", "RFC 8555 section 6.4.1"),
    "nonce": ("the server's one-time value against replay (ACME)", "RFC 8555 section 6.5.2"),
    "svt": ("evidence that a signature was valid when somebody checked it", "RFC 9321"),
    "iheSSId": ("which set of submitted documents it signs (health care)", "IHE ITI DSGj section 5.10"),
    "jwt": (
        "another JWT, which vouches for the signer",
        "OpenID for Verifiable Presentations 1.0 section 12",
    ),
    "client_id": ("the OAuth client that it is about", "RFC 6749 section 2.2"),
    "trust_chain": ("statements that lead from the signer to a trust anchor", f"{_FEDERATION} section 4.3"),
    "peer_trust_chain": ("the same chain for the other party", f"{_FEDERATION} section 4.4"),
    # Not registered: they stand in the unprotected header of an SD-JWT in JSON.
    "disclosures": ("the claims that the holder discloses (SD-JWT)", "RFC 9901 section 8.1"),
    "kb_jwt": ("the holder's proof of its key (SD-JWT)", "RFC 9901 section 8.1"),
}

ENCRYPTED: Final[dict[str, tuple[str, str]]] = {
    "alg": ("how the recipient gets at the content key", "RFC 7516 section 4.1.1"),
    "enc": ("how the content is encrypted", "RFC 7516 section 4.1.2"),
    "zip": ("how the content was compressed before it was encrypted", "RFC 7516 section 4.1.3"),
    "jku": ("URL of the key set with the recipient's key", "RFC 7516 section 4.1.4"),
    "jwk": ("the recipient's public key", "RFC 7516 section 4.1.5"),
    "kid": ("which key it is encrypted to", "RFC 7516 section 4.1.6"),
    "x5u": ("URL of the recipient's certificate", "RFC 7516 section 4.1.7"),
    "x5c": ("the recipient's certificate chain", "RFC 7516 section 4.1.8"),
    "x5t": ("SHA-1 of the recipient's certificate, base64url", "RFC 7516 section 4.1.9"),
    "x5t#S256": ("SHA-256 of the recipient's certificate, base64url", "RFC 7516 section 4.1.10"),
    "typ": ("which kind of token this is", "RFC 7516 section 4.1.11"),
    "cty": ("what the content is", "RFC 7516 section 4.1.12"),
    "crit": ("parameters that a recipient has to understand, or refuse the token", "RFC 7516 section 4.1.13"),
    "epk": ("the sender's public key, made for this token alone", "RFC 7518 section 4.6.1.1"),
    "apu": ("about the sender; goes into the derived key", "RFC 7518 section 4.6.1.2"),
    "apv": ("about the recipient; goes into the derived key", "RFC 7518 section 4.6.1.3"),
    "iv": ("initialization vector of the encrypted content key", "RFC 7518 section 4.7.1.1"),
    "tag": ("authentication tag of the encrypted content key", "RFC 7518 section 4.7.1.2"),
    "p2s": ("salt for deriving a key from the password", "RFC 7518 section 4.8.1.1"),
    "p2c": ("rounds for deriving a key from the password", "RFC 7518 section 4.8.1.2"),
    # Copies of claims, for those who route the token without being able to open it.
    "iss": ("who issued it, repeated where it can be read without the key", "RFC 7519 section 5.3"),
    "sub": ("whom it is about, repeated where it can be read without the key", "RFC 7519 section 5.3"),
    "aud": ("whom it is meant for, repeated where it can be read without the key", "RFC 7519 section 5.3"),
    "url": ("the URL that the request is sent to (ACME)", "RFC 8555 section 6.4.1"),
    "nonce": ("the server's one-time value against replay (ACME)", "RFC 8555 section 6.5.2"),
    "ek": ("the encapsulated key (HPKE)", _HPKE),
    "psk_id": ("which pre-shared key is used as well (HPKE)", _HPKE),
}
