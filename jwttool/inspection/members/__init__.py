"""What the members of a token mean, in a line each, and where that is written.

Known are the registered ones (IANA: "JSON Web Signature and Encryption Header
Parameters", "JSON Web Key Parameters", "JSON Web Token Claims", "JWT
Confirmation Methods") and those that Keycloak writes beside them. A name that
is not known gets None, never a guess: anybody may put anything into a token.
"""

from __future__ import annotations

from dataclasses import dataclass

from jwttool.inspection.members.claims import CLAIMS
from jwttool.inspection.members.header import ENCRYPTED, SIGNED
from jwttool.inspection.members.jwk import CONFIRMATION, JWK
from jwttool.inspection.members.oauth import MESSAGES
from jwttool.inspection.members.values import CONTENT_TYPES, MEDIA_TYPES, UNENCODED, VALUES

__all__ = [
    "Meaning",
    "claim_meaning",
    "confirmation_meaning",
    "header_meaning",
    "jwk_meaning",
    "message_meaning",
    "value_meaning",
]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a member says, in one line without a full stop, and the document that defines it."""

    text: str
    reference: str


def header_meaning(name: str, *, encrypted: bool) -> Meaning | None:
    """What a header parameter means; the same name can differ between a signed and an encrypted token.

    One that is registered for the other kind alone (``enc`` in a signed
    token's header) has no meaning here.
    """
    return _meaning((ENCRYPTED if encrypted else SIGNED).get(name))


def claim_meaning(name: str) -> Meaning | None:
    """What a claim at the top of a token's payload means."""
    return _meaning(CLAIMS.get(name))


def jwk_meaning(name: str) -> Meaning | None:
    """What a member of a key means (``jwk``, ``epk``, ``sub_jwk``, ``cnf.jwk``)."""
    return _meaning(JWK.get(name))


def confirmation_meaning(name: str) -> Meaning | None:
    """What a member of ``cnf`` means: how the token is bound to a key (RFC 7800 section 3.1)."""
    return _meaning(CONFIRMATION.get(name))


def message_meaning(name: str) -> Meaning | None:
    """What a member of an OAuth request or answer means, whatever the system."""
    return _meaning(MESSAGES.get(name))


def _meaning(entry: tuple[str, str] | None) -> Meaning | None:
    return None if entry is None else Meaning(*entry)


def value_meaning(member: str, value: object) -> str | None:
    """What a value says of itself, for those members whose values are registered.

    They are ``alg``, ``enc``, ``zip``, ``b64``, ``typ``, ``cty``, ``kty``,
    ``crv``, ``use`` and ``key_ops`` (one operation). The value comes from
    outside and may be anything; None where it is not a known one.
    """
    if member == "b64":
        return UNENCODED if value is False else None
    if not isinstance(value, str):
        return None
    if member == "typ":
        return MEDIA_TYPES.get(_media_type(value))
    if member == "cty":
        kind = _media_type(value)
        return CONTENT_TYPES.get(kind) or MEDIA_TYPES.get(kind)
    return VALUES.get(member, {}).get(value)


def _media_type(value: str) -> str:
    # RFC 7515 section 4.1.9: "application/" may be left out, and a media type
    # has no case. Outside of ASCII, lower() makes letters out of other signs.
    return value.lower().removeprefix("application/") if value.isascii() else ""
