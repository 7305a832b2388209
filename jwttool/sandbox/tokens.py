"""The tokens that the sandbox hands out, made and opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from joserfc import jwe
from joserfc.jwk import RSAKey

from jwttool.encoding import b64url_encode, compact_json
from jwttool.errors import InputError
from jwttool.jose import read_compact
from jwttool.jose.signatures import SigningKey, VerificationKey
from jwttool.keys import jwk_thumbprint, public_jwk

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    from jwttool.encoding import JsonObject
    from jwttool.keys import PrivateKey


class TokenKey:
    """A key that signs tokens of the sandbox's own, and knows them again."""

    def __init__(self, private_key: PrivateKey, algorithm: str) -> None:
        public = private_key.public_key()
        self._signing: Final = SigningKey(private_key, algorithm)
        self._verification: Final = VerificationKey(public, [algorithm])
        self.algorithm: Final = algorithm
        self.kid: Final = jwk_thumbprint(public)
        self._jwk: Final = public_jwk(public)

    def jwk(self) -> JsonObject:
        """The public key as a server publishes it."""
        return {"kid": self.kid, "use": "sig", "alg": self.algorithm, **self._jwk}

    def signed(self, claims: JsonObject, typ: str) -> str:
        """A signed token in compact form."""
        header = {"alg": self.algorithm, "typ": typ, "kid": self.kid}
        text = f"{b64url_encode(compact_json(header))}.{b64url_encode(compact_json(claims))}"
        return f"{text}.{b64url_encode(self._signing.sign(text.encode('ascii')))}"

    def opened(self, token: str, typ: str) -> JsonObject | None:
        """The claims of a token of this key and type; None for any other. Times are not looked at."""
        try:
            read = read_compact(token)
        except InputError:
            return None
        header = read.header
        if read.faults or header.get("alg") != self.algorithm or header.get("typ") != typ:
            return None
        if header.get("kid") != self.kid:
            return None
        right = self._verification.verify(self.algorithm, read.signing_input, read.signature)
        return read.claims if right else None


class EncryptionKey:
    """OP's key: tokens are encrypted for it, so that OP alone reads them."""

    algorithm: Final = "RSA-OAEP"
    encryption: Final = "A256CBC-HS512"

    def __init__(self, private_key: RSAPrivateKey) -> None:
        public = private_key.public_key()
        self._key: Final = RSAKey(public, cast("Any", public_jwk(public)))
        # 32 lower-case hex digits, as in the document's example; how OP makes its own is not documented.
        self.kid: Final = hex_kid(public)

    def encrypted(self, token: str) -> str:
        """A nested token: the signed one inside, which cty says (RFC 7519 section 5.2)."""
        header = {
            "alg": self.algorithm,
            "enc": self.encryption,
            "kid": self.kid,
            "typ": "JWT",
            "cty": "JWT",
        }
        return jwe.encrypt_compact(header, token, self._key, algorithms=[self.algorithm, self.encryption])


def hex_kid(public_key: Any) -> str:
    """A kid of 32 lower-case hex digits that follows from the key."""
    from hashlib import sha256

    return sha256(jwk_thumbprint(public_key).encode("ascii")).hexdigest()[:32]


def uuid(octets: bytes) -> str:
    """A random UUID (RFC 9562 section 5.4) of 16 random octets."""
    changed = bytearray(octets)
    changed[6] = changed[6] & 0x0F | 0x40
    changed[8] = changed[8] & 0x3F | 0x80
    text = changed.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
