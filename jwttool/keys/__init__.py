"""Private and public keys: made, read, encrypted, judged, named.

The names are fetched when they are first used: ``cert fingerprint`` must not
pay for the reading of private keys, nor ``assertion mint`` for PKCS#12.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from jwttool.keys.consistency import check_consistency
    from jwttool.keys.encryption import encrypt_pkcs8, plain_pkcs8, read_encryption
    from jwttool.keys.generate import generate_private_key
    from jwttool.keys.jwk import private_key_from_jwk, public_key_from_jwk, token_public_key_from_jwk
    from jwttool.keys.kinds import (
        CURVES,
        TOKEN_CURVES,
        KeyKind,
        PrivateKey,
        PublicKey,
        TokenPublicKey,
        is_rsa,
        same_public_key,
        token_public,
    )
    from jwttool.keys.load import (
        LoadedKey,
        LoadedPublicKey,
        is_encrypted,
        load_private_key,
        load_public_key,
        load_token_public_key,
    )
    from jwttool.keys.pbe import MAX_PBKDF2_ROUNDS, PBKDF2_ROUNDS, KeyEncryption
    from jwttool.keys.pkcs12 import Pkcs12Contents, load_pkcs12, write_pkcs12
    from jwttool.keys.thumbprints import (
        jwk_thumbprint,
        keycloak_kid,
        public_jwk,
        spki_der,
        spki_sha256,
        subject_key_identifier,
    )
    from jwttool.keys.weakness import Weakness, refuse_weak, weaknesses

__all__ = [
    "CURVES",
    "MAX_PBKDF2_ROUNDS",
    "PBKDF2_ROUNDS",
    "TOKEN_CURVES",
    "KeyEncryption",
    "KeyKind",
    "LoadedKey",
    "LoadedPublicKey",
    "Pkcs12Contents",
    "PrivateKey",
    "PublicKey",
    "TokenPublicKey",
    "Weakness",
    "check_consistency",
    "encrypt_pkcs8",
    "generate_private_key",
    "is_encrypted",
    "is_rsa",
    "jwk_thumbprint",
    "keycloak_kid",
    "load_pkcs12",
    "load_private_key",
    "load_public_key",
    "load_token_public_key",
    "plain_pkcs8",
    "private_key_from_jwk",
    "public_jwk",
    "public_key_from_jwk",
    "read_encryption",
    "refuse_weak",
    "same_public_key",
    "spki_der",
    "spki_sha256",
    "subject_key_identifier",
    "token_public",
    "token_public_key_from_jwk",
    "weaknesses",
    "write_pkcs12",
]

_HOMES: Final = {
    "consistency": ("check_consistency",),
    "encryption": ("encrypt_pkcs8", "plain_pkcs8", "read_encryption"),
    "generate": ("generate_private_key",),
    "jwk": ("private_key_from_jwk", "public_key_from_jwk", "token_public_key_from_jwk"),
    "kinds": (
        "CURVES",
        "TOKEN_CURVES",
        "KeyKind",
        "PrivateKey",
        "PublicKey",
        "TokenPublicKey",
        "is_rsa",
        "same_public_key",
        "token_public",
    ),
    "load": (
        "LoadedKey",
        "LoadedPublicKey",
        "is_encrypted",
        "load_private_key",
        "load_public_key",
        "load_token_public_key",
    ),
    "pbe": ("MAX_PBKDF2_ROUNDS", "PBKDF2_ROUNDS", "KeyEncryption"),
    "pkcs12": ("Pkcs12Contents", "load_pkcs12", "write_pkcs12"),
    "thumbprints": (
        "jwk_thumbprint",
        "keycloak_kid",
        "public_jwk",
        "spki_der",
        "spki_sha256",
        "subject_key_identifier",
    ),
    "weakness": ("Weakness", "refuse_weak", "weaknesses"),
}
_HOME: Final = {name: home for home, names in _HOMES.items() for name in names}

if not TYPE_CHECKING:  # a type checker sees the imports above instead

    def __getattr__(name: str) -> Any:
        home = _HOME.get(name)
        if home is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return globals().setdefault(name, getattr(import_module(f"{__name__}.{home}"), name))
