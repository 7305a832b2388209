"""What may be seen of a secret: enough to tell two of them apart, too little to use one."""

from __future__ import annotations

from typing import Any, Final

from jwttool.jose.compact import looks_like_token

MASK: Final = "…"
_SEEN: Final = 12
"""Characters of a long secret that are shown."""
_PRIVATE_MEMBERS: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"})
"""The private members of a JWK (RFC 7518 sections 6.2.2, 6.3.2 and 6.4)."""
_NOTHING: Final[frozenset[str]] = frozenset()


def cut(secret: str) -> str:
    """The beginning of a secret: a quarter of it at most, and twelve characters at most."""
    return secret[: min(_SEEN, len(secret) // 4)] + MASK if secret else ""


def masked(value: Any) -> Any:
    """A JSON value in which tokens are cut and the private members of keys are not shown.

    Whoever puts a token or a private key into a claim makes a copy of it
    wherever the claims are shown.
    """
    # By the types that strict JSON gives, without anything that costs more: streams have many.
    kind = type(value)
    if kind is str:
        return cut(value) if value[:3] == "eyJ" and looks_like_token(value) else value
    if kind is dict:
        private = _PRIVATE_MEMBERS if "kty" in value else _NOTHING
        return {name: MASK if name in private else masked(member) for name, member in value.items()}
    return list(map(masked, value)) if kind is list else value


def masked_members(members: dict[str, Any], secrets: frozenset[str]) -> dict[str, Any]:
    """The members of a message: those of these names are cut, at any depth; the others are :func:`masked`."""
    return {name: _masked_member(name, value, secrets) for name, value in members.items()}


def _masked_member(name: str, value: Any, secrets: frozenset[str]) -> Any:
    if name in secrets:
        return cut(value) if isinstance(value, str) else MASK
    if isinstance(value, dict):
        return masked_members(value, secrets)
    if isinstance(value, list):
        return [_masked_member("", each, secrets) for each in value]
    return masked(value)
