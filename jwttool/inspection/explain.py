"""What every member of a token or a message means, as far as anybody wrote it down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jwttool.checks.answer.view import most_like
from jwttool.inspection.members import (
    Meaning,
    claim_meaning,
    confirmation_meaning,
    header_meaning,
    jwk_meaning,
    message_meaning,
    value_meaning,
)
from jwttool.inspection.model import InspectedMessage, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jwttool.encoding import JsonObject
    from jwttool.inspection.model import Inspection
    from jwttool.providers.shapes import Member

_KEYS: Final = frozenset({"jwk", "epk", "sub_jwk"})
"""Members that are keys: RFC 7515 section 4.1.3, RFC 7518 section 4.6.1.1, OpenID Connect Core 7.4."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A member by its place (``header.alg``), what it means, what its value means, and the source."""

    where: str
    meaning: str
    value: str | None
    reference: str

    @property
    def text(self) -> str:
        """Both in one line."""
        return self.meaning if self.value is None else f"{self.meaning}: {self.value}"


def explain(inspection: Inspection) -> tuple[Explanation, ...]:
    """The members that have a meaning, in the order in which they stand; what is not registered has none."""
    if isinstance(inspection, InspectedMessage):
        return tuple(_message(inspection))
    encrypted = inspection.kind is Kind.JWE
    return (*_header(inspection.header or {}, encrypted), *_claims(inspection.claims or {}))


def _header(header: JsonObject, encrypted: bool) -> Iterator[Explanation]:  # noqa: FBT001
    for name, value in header.items():
        where = f"header.{name}"
        yield from _explained(where, header_meaning(name, encrypted=encrypted), value_meaning(name, value))
        if name in _KEYS and isinstance(value, dict):
            yield from _key(where, value)


def _claims(claims: JsonObject) -> Iterator[Explanation]:
    for name, value in claims.items():
        where = f"claims.{name}"
        yield from _explained(where, claim_meaning(name), None)
        if name in _KEYS and isinstance(value, dict):
            yield from _key(where, value)
        if name == "cnf" and isinstance(value, dict):
            for member in value:
                yield from _explained(f"{where}.{member}", confirmation_meaning(member), None)


def _key(where: str, key: JsonObject) -> Iterator[Explanation]:
    for name, value in key.items():
        yield from _explained(f"{where}.{name}", jwk_meaning(name), value_meaning(name, value))


def _explained(where: str, meaning: Meaning | None, value: str | None) -> Iterator[Explanation]:
    if meaning is not None:
        yield Explanation(where, meaning.text, value, meaning.reference)


# --- messages -----------------------------------------------------------------


def _message(inspection: InspectedMessage) -> Iterator[Explanation]:
    described = _described(inspection)
    message = inspection.message
    for name in message.members:
        yield from _member(name, name, described)
    if message.envelope is not None:
        for name in message.content:
            yield from _member(f"{message.envelope}.{name}", name, described)


def _member(where: str, name: str, described: dict[str, tuple[Member, str]]) -> Iterator[Explanation]:
    if name in described:
        member, source = described[name]
        yield Explanation(where, member.meaning, None, source)
    else:
        yield from _explained(where, message_meaning(name), None)


def _described(inspection: InspectedMessage) -> dict[str, tuple[Member, str]]:
    """The members that the system's own document describes, by name; the first that does counts."""
    provider = inspection.provider
    if provider is None:
        return {}
    shapes: Iterable[tuple[Iterable[Member], str]]
    if inspection.kind is Kind.REQUEST:
        # What a member means in the way to ask that this request goes counts before the others.
        near = most_like(inspection.message, provider)
        requests = sorted(provider.requests, key=lambda each: each is not near)
        shapes = [((*each.members, *each.headers), str(each.source)) for each in requests]
    else:
        shapes = [(each.members, str(each.source)) for each in (provider.answer, provider.errors) if each]
    found: dict[str, tuple[Member, str]] = {}
    for members, source in shapes:
        for member in members:
            found.setdefault(member.name, (member, source))
    return found
