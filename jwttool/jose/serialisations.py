"""The JSON serialisations of signed and encrypted tokens, read for showing alone.

RFC 7515 section 7.2 and RFC 7516 section 7.2. Each signature, and each
recipient, is put into the compact form that it stands for and read as strictly
as any compact token: there is one reading of a token, not two. Nothing is ever
verified or decrypted in these forms, because they offer a verifier too many
ways to look at another part than the one it checked.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from jwttool.encoding import b64url_encode, compact_json
from jwttool.errors import MalformedError
from jwttool.jose.compact import UnverifiedToken, read_compact
from jwttool.jose.encrypted import EncryptedToken, read_encrypted

if TYPE_CHECKING:
    from jwttool.encoding import JsonObject

_MAX_PARTS: Final = 20
"""Signatures or recipients that are looked at."""
_EMPTY: Final = b64url_encode(compact_json({}))


@dataclass(frozen=True, slots=True)
class SignedPart:
    """One signature: the token that it makes in compact form, and the header that it does not cover."""

    token: UnverifiedToken
    unprotected: JsonObject = field(repr=False)
    compact: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class EncryptedPart:
    """One recipient: the token as it is for them, and the headers that nothing protects."""

    token: EncryptedToken
    unprotected: JsonObject = field(repr=False)


def is_serialisation(document: JsonObject) -> bool:
    """Whether a JSON object is a signed or an encrypted token (RFC 7516 section 9)."""
    return (
        "ciphertext" in document
        or "signatures" in document
        or ("signature" in document and ("protected" in document or "header" in document))
    )


def is_encrypted(document: JsonObject) -> bool:
    """Whether it is an encrypted one."""
    return "ciphertext" in document


def read_signed(document: JsonObject) -> tuple[SignedPart, ...]:
    """The signatures of a signed token in JSON form; the payload may be elsewhere (detached).

    :raises MalformedError: a member of another type than the standard gives it.
    """
    payload = _text(document, "payload")
    parts: list[SignedPart] = []
    for member in _members(document, "signatures"):
        unprotected = _object(member, "header")
        # All sign one payload: the first brings it along, so that it is read once.
        compact = f"{_protected(member)}.{_EMPTY if parts else payload}.{_text(member, 'signature')}"
        parts.append(SignedPart(read_compact(compact), unprotected, compact))
    return tuple(parts)


def read_recipients(document: JsonObject) -> tuple[EncryptedPart, ...]:
    """The recipients of an encrypted token in JSON form.

    :raises MalformedError: a member of another type than the standard gives it.
    """
    shared = _object(document, "unprotected")
    first, *others = _members(document, "recipients")
    rest = ".".join(_text(document, name) for name in ("iv", "ciphertext", "tag"))
    token = read_encrypted(f"{_protected(document)}.{_text(first, 'encrypted_key')}.{rest}")
    parts = [EncryptedPart(token, shared | _object(first, "header"))]
    for member in others:
        # All but the encrypted key and its header is the same for every recipient.
        key = read_encrypted(f"{_EMPTY}.{_text(member, 'encrypted_key')}...").encrypted_key
        parts.append(EncryptedPart(replace(token, encrypted_key=key), shared | _object(member, "header")))
    return tuple(parts)


def _members(document: JsonObject, name: str) -> list[JsonObject]:
    """The list of the general form; the flattened form is its own one member."""
    if name not in document:
        return [document]
    members = document[name]
    if not isinstance(members, list) or not members or not all(isinstance(each, dict) for each in members):
        raise MalformedError(f"{name} of a token in JSON form is no list of objects")
    if len(members) > _MAX_PARTS:
        raise MalformedError(f"{name} of a token in JSON form has more than {_MAX_PARTS} members")
    return members


def _protected(member: JsonObject) -> str:
    # A header may be unprotected as a whole (RFC 7515 section 7.2.1); the compact
    # form has no way to say so, but for an empty object.
    return _text(member, "protected") or _EMPTY


def _text(member: JsonObject, name: str) -> str:
    value: Any = member.get(name, "")
    if not isinstance(value, str):
        raise MalformedError(f"{name} of a token in JSON form is not a string")
    # A dot would make another number of parts of the compact form.
    return value.replace(".", "!")


def _object(member: JsonObject, name: str) -> JsonObject:
    value: Any = member.get(name, {})
    if not isinstance(value, dict):
        raise MalformedError(f"{name} of a token in JSON form is not an object")
    return value
