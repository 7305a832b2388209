"""What an issuer says of itself: its name, and where its keys are (RFC 8414, OpenID Connect Discovery)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from jwttool.encoding import Limit, check_size, compact_json, json_type, parse_json_object, shown
from jwttool.errors import MalformedError, UsageError, WrongKindError
from jwttool.jose.jwks import load_token_jwks, refuse_pem

if TYPE_CHECKING:
    from jwttool.jose.jwks import JwkEntry

# RFC 8414 section 2: a URL without query and fragment. It asks for https; on
# one's own machine a server may do without, and nothing is fetched from it.
_ISSUER: Final = re.compile(r"https?://[^\s?#]+")


@dataclass(frozen=True, slots=True)
class IssuerMetadata:
    """An issuer's name, as it stands in its tokens, and its keys or the URL at which they are."""

    issuer: str
    jwks: tuple[JwkEntry, ...] | None = None
    jwks_uri: str | None = None

    def keys(self) -> tuple[JwkEntry, ...]:
        """The keys, where they stand in the metadata.

        :raises UsageError: they do not; nothing is fetched, so they have to be given.
        """
        if self.jwks is not None:
            return self.jwks
        if self.jwks_uri is None:
            raise UsageError(
                "the issuer's metadata has no keys and names no URL of them",
                hint="give its keys with --jwks, --public-key or --cert",
            )
        raise UsageError(
            "the issuer's metadata names its keys by a URL, and nothing is fetched from there",
            hint=f"save {shown(self.jwks_uri)} to a file, and give that with --jwks",
        )


def load_issuer_metadata(data: bytes) -> IssuerMetadata:
    """The metadata of an authorization server or OpenID provider, from its well-known JSON document.

    :raises JwtToolError: it is no such document: not strict JSON, no issuer, damaged keys.
    """
    check_size(data, Limit.JWKS, "the issuer's metadata")
    refuse_pem(data, "an issuer's metadata")
    document = parse_json_object(data)
    if "issuer" not in document and ("keys" in document or "kty" in document):
        raise WrongKindError("a JWK Set, where an issuer's metadata belongs", hint="give it with --jwks")
    issuer = _text(document.get("issuer"), "issuer")
    if issuer is None or not _ISSUER.fullmatch(issuer):
        raise MalformedError(
            "not an issuer's metadata: no issuer that is a URL",
            hint="save /.well-known/openid-configuration, or oauth-authorization-server, below the issuer",
        )
    jwks = document.get("jwks")
    return IssuerMetadata(
        issuer,
        None if jwks is None else _keys(jwks),
        _text(document.get("jwks_uri"), "jwks_uri"),
    )


def _keys(value: Any) -> tuple[JwkEntry, ...]:
    if not isinstance(value, dict):
        raise MalformedError(f"jwks of the issuer's metadata is {json_type(value)}, not a JWK Set")
    return load_token_jwks(compact_json(value))


def _text(value: Any, name: str) -> str | None:
    if value is not None and not isinstance(value, str):
        raise MalformedError(f"{name} of the issuer's metadata is {json_type(value)}, not a string")
    return value
