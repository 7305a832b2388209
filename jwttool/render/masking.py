"""What may be seen of a secret: of a token enough to tell two apart, of a password nothing.

One function looks at every value that is shown, wherever it stands: whoever puts
a token or a private key into a claim, a header or an error's description makes a
copy of it wherever that is shown.
"""

from __future__ import annotations

import json
import re
from enum import Enum
from functools import lru_cache
from typing import Any, Final

from jwttool.keys.private_members import PRIVATE_MEMBERS

MASK: Final = "…"
_SEEN: Final = 12
"""Characters of a long token that are shown."""
_KEY_MEMBERS: Final = frozenset({"kty", "crv", "n", "x", "alg"})
_NOTHING: Final[frozenset[str]] = frozenset()

# "{" with what may follow it, in base64url: how every header begins.
_TOKEN: Final = re.compile(r"(?:eyJ|eyA|ewo|ew0|ewk)[A-Za-z0-9_-]{4,}+(?:\.[A-Za-z0-9_-]*+){2,4}+")
_PRIVATE_KEY: Final = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----.*+", re.DOTALL)

# Names, without regard to case and to how words are joined, whose values open something.
_TOKEN_NAME: Final = re.compile(
    r"(?:.*(?:access|refresh|id|subject|actor|registration|bearer))?tokens?|.*assertion"
)
_SECRET_NAME: Final = re.compile(
    r".*(?:secret|password|passwd|passphrase|apikey|privatekey|credentials?)|otp|pin|ccgtoken|authcode|devicecode"
    r"|code|codeverifier|authorization|cookie|setcookie"
)
_LONGEST_NAME: Final = 80
_PLAIN: Final = frozenset({int, float, bool, type(None)})
_JOINTS: Final = re.compile(r"[\s_.-]+")


def cut(secret: str) -> str:
    """The beginning of a token: a quarter of it at most, and twelve characters at most."""
    return secret[: min(_SEEN, len(secret) // 4)] + MASK if secret else ""


def masked(value: Any) -> Any:
    """A JSON value with its tokens cut, and with neither passwords nor the private members of keys."""
    # By the types that strict JSON gives, without anything that costs more: streams have many.
    kind = type(value)
    if kind is str:
        return value if _is_harmless(value) else masked_text(value)
    if kind is dict:
        return _masked_object(value)
    return list(map(masked, value)) if kind is list else value


def _masked_object(members: dict[str, Any]) -> dict[str, Any]:
    private = PRIVATE_MEMBERS if not _KEY_MEMBERS.isdisjoint(members) else _NOTHING
    shown: dict[str, Any] = {}
    for name, value in members.items():
        kind = type(value)
        harmless = kind in _PLAIN or (kind is str and _is_harmless(value))
        if (
            harmless
            and name not in private
            and _kind_of(name[:_LONGEST_NAME]) is _OTHER
            and name.count(".") < 2
        ):
            shown[name] = value  # as most are
            continue
        label = name if _is_harmless(name) else masked_text(name)
        shown[label] = MASK if name in private else masked_member(name, value)
    return shown


def _is_harmless(text: str) -> bool:
    """Whether neither a token nor a private key in PEM can stand in a text."""
    return text.count(".") < 2 and "PRIVATE" not in text


def masked_text(text: str) -> str:
    """A text in which tokens are cut, wherever they stand, and private keys in PEM are not shown."""
    return _PRIVATE_KEY.sub(MASK, _TOKEN.sub(lambda found: cut(found[0]), text))


def masked_payload(text: str) -> str:
    """A payload that is no object of strict JSON: masked as what it is, if it is JSON all the same."""
    try:
        value = json.loads(text, object_pairs_hook=_every_member)
    except (ValueError, RecursionError):  # not even lenient JSON
        return masked_text(text)
    return (
        json.dumps(masked(value), ensure_ascii=False) if isinstance(value, list | dict) else masked_text(text)
    )


def _every_member(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object with all its members; one whose name is there already stands beside it."""
    members: dict[str, Any] = {}
    for name, value in pairs:
        members[name if name not in members else f"{name} (again)"] = value
    return members


def masked_member(name: str, value: Any, secrets: frozenset[str] = _NOTHING) -> Any:
    """The value of a member: by its name, else by what it is. ``secrets`` are further names of secrets."""
    kind = _Kind.SECRET if name in secrets else _kind_of(name[:_LONGEST_NAME])
    if kind is _OTHER:
        return masked(value)
    if kind is _Kind.SECRET:
        return _all_masked(value)
    if isinstance(value, list):
        return [cut(each) if isinstance(each, str) else masked(each) for each in value]
    return cut(value) if isinstance(value, str) else masked(value)


class _Kind(Enum):
    """What the name of a member says of its value."""

    OTHER = 0
    TOKEN = 1
    SECRET = 2


_OTHER: Final = _Kind.OTHER


@lru_cache(maxsize=4096)
def _kind_of(name: str) -> _Kind:
    plain = _JOINTS.sub("", name).casefold()
    if _SECRET_NAME.fullmatch(plain):
        return _Kind.SECRET
    return _Kind.TOKEN if _TOKEN_NAME.fullmatch(plain) else _Kind.OTHER


def _all_masked(value: Any) -> Any:
    """The same shape, with every value in it hidden but those that say nothing."""
    if isinstance(value, dict):
        return {masked_text(name): _all_masked(member) for name, member in value.items()}
    if isinstance(value, list):
        return list(map(_all_masked, value))
    return value if value is None or isinstance(value, bool) else MASK
