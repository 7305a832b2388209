"""A JWK Set (RFC 7517 section 5) as a list of public keys, read strictly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from jwttool.encoding import Limit, check_size, parse_json_object
from jwttool.errors import AmbiguousError, JsonError, MalformedError, UnsupportedError, WrongKindError
from jwttool.keys import public_key_from_jwk, token_public_key_from_jwk
from jwttool.keys.private_members import PRIVATE_MEMBERS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jwttool.encoding import JsonObject
    from jwttool.keys.private_members import PRIVATE_MEMBERS
from jwttool.keys import TokenPublicKey

_MAX_KEYS: Final = 100
MAX_KID_LENGTH: Final = 1024


@dataclass(frozen=True, slots=True)
class JwkEntry:
    """One key of a set that may verify signatures; never its private part."""

    kid: str | None
    algorithm: str | None
    public_key: TokenPublicKey


def load_jwks(data: bytes) -> tuple[JwkEntry, ...]:
    """The keys of a JWK Set, or of a single JWK, that may verify assertions.

    Keys for encryption (``use``, ``key_ops``) are left out, and so are keys of a
    type or curve that jwttool does not offer (RFC 7517 section 5 asks for it).
    A set in which two keys share a ``kid`` is refused, because the choice
    between them would be the attacker's; symmetric keys are refused, because
    nothing here verifies with a shared secret.

    :raises JwtToolError: for anything that is not such a set.
    """
    return _load(data, public_key_from_jwk)


def load_token_jwks(data: bytes) -> tuple[JwkEntry, ...]:
    """The same for tokens that others made: keys on P-384, P-521 and Ed25519 as well."""
    return _load(data, token_public_key_from_jwk)


_PEM_LABEL: Final = re.compile(rb"-----BEGIN ([A-Z0-9 #]{1,64})-----")


def refuse_pem(data: bytes, wanted: str) -> None:
    """Refuse PEM where JSON belongs, and say with which option it is given.

    :param wanted: what belongs there, in words.
    :raises WrongKindError: it is PEM.
    """
    begin = None if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") else _PEM_LABEL.search(data)
    if begin is None:
        return
    label = begin[1].decode("ascii")
    if label.endswith("CERTIFICATE"):
        what, hint = "a certificate", "give it with --cert"
    elif label.endswith("PUBLIC KEY"):
        what, hint = "a public key in PEM", "give it with --public-key"
    elif label.endswith("PRIVATE KEY"):
        what, hint = "a private key", "never hand out a private key: what verifies is the public one"
    else:
        what, hint = "PEM", f"give {wanted}, which is JSON"
    raise WrongKindError(f"{what}, where {wanted} belongs", hint=hint)


def _load(data: bytes, read: Callable[[JsonObject], TokenPublicKey]) -> tuple[JwkEntry, ...]:
    check_size(data, Limit.JWKS, "the JWK Set")
    refuse_pem(data, "a JWK Set")
    document = parse_json_object(data)
    members = document.get("keys", [document] if "kty" in document else None)
    if not isinstance(members, list) or not all(isinstance(member, dict) for member in members):
        raise MalformedError('not a JWK Set: no array "keys" of objects')
    if len(members) > _MAX_KEYS:
        raise UnsupportedError(f"a JWK Set with more than {_MAX_KEYS} keys")
    entries, unsupported = _entries(members, read)
    if not entries:
        raise unsupported or MalformedError("the JWK Set holds no key for signatures")
    kids = [entry.kid for entry in entries if entry.kid is not None]
    if len(set(kids)) != len(kids):
        raise AmbiguousError("two keys of the JWK Set have the same kid")
    return entries


def _entries(
    members: Sequence[JsonObject], read: Callable[[JsonObject], TokenPublicKey]
) -> tuple[tuple[JwkEntry, ...], UnsupportedError | None]:
    """The keys that may verify, and why the first of those left out was."""
    entries: list[JwkEntry] = []
    unsupported: UnsupportedError | None = None
    for member in filter(_may_verify, members):
        _refuse_symmetric(member)
        try:
            entries.append(_entry(member, read))
        except UnsupportedError as error:
            unsupported = unsupported or error
    return tuple(entries), unsupported


def _may_verify(member: JsonObject) -> bool:
    if _text(member, "use") not in {None, "sig"}:
        return False
    operations = member.get("key_ops")
    if operations is None:
        return True
    if not isinstance(operations, list):
        raise MalformedError("key_ops of a JWK is not an array")
    return "verify" in operations or "sign" in operations


def _refuse_symmetric(member: JsonObject) -> None:
    if member.get("kty") == "oct":
        raise WrongKindError(
            "the JWK Set holds a symmetric key",
            hint="signatures are verified with public keys alone; take the secret out of the file",
        )


def _entry(member: JsonObject, read: Callable[[JsonObject], TokenPublicKey]) -> JwkEntry:
    if not PRIVATE_MEMBERS.isdisjoint(member):
        raise WrongKindError(
            "the JWK Set holds a private key, where public ones belong",
            hint="never hand out the private key; leave d, p, q, dp, dq and qi out",
        )
    kid = _text(member, "kid")
    if kid is not None and len(kid) > MAX_KID_LENGTH:
        raise MalformedError("the kid of a JWK is too long")
    return JwkEntry(kid, _text(member, "alg"), read(member))


def _text(member: JsonObject, name: str) -> str | None:
    value: Any = member.get(name)
    if value is not None and not isinstance(value, str):
        raise JsonError(f"{name} of a JWK is not a string")
    return value
