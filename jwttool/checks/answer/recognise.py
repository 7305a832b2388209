"""Which system a message or a token comes from, and what gives it away."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from jwttool.checks.answer.message import MessageKind
from jwttool.checks.answer.view import token_claims, token_header
from jwttool.providers import BUILT_IN, Provider, get_provider

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from jwttool.checks.answer.message import Message

Recognised = tuple[Provider | None, str]

UNKNOWN: Final = "nothing in it names one of the systems"
_LONGEST: Final = 2048
"""Characters of a value that a pattern sees."""

_Patterns = tuple[tuple[str, "re.Pattern[str] | None"], ...]
# A system, the reason in words, what has to match, and what must not: by name, or
# by whether it stands in the token's header and its name there.
_Mark = tuple[Provider, str, _Patterns, _Patterns]
_TokenMark = tuple[Provider, str, tuple[tuple[bool, str, "re.Pattern[str] | None"], ...]]


def recognise(
    message: Message | None,
    header: Mapping[str, Any] | None = None,
    claims: Mapping[str, Any] | None = None,
    providers: tuple[Provider, ...] | None = None,
) -> Recognised:
    """The system that a message or its token comes from, and the reason in words.

    :param message: what was read; None for a bare token.
    :param header: the token's header; by default that of the message's principal token.
    :param claims: the token's claims, likewise.
    :param providers: the systems to choose from; the built-in ones by default.
    :returns: the system and "recognised by ..."; None and the reason where no
        mark fits. Nothing here is proof: a mark is what the documents show.
    """
    if message is None:
        return recognise_token(header or {}, claims or {}, providers)
    if header is None and claims is None and message.tokens:
        principal = message.tokens[0].text
        header, claims = token_header(principal), token_claims(principal)
    seen = _seen(message) | _prefixed("token.", header or {}) | _prefixed("claim.", claims or {})
    marks = _built_in_marks() if providers is None else _marks(providers)
    for provider, reason, patterns, absent in marks:
        if _matches(patterns, seen) and not any(_matches((each,), seen) for each in absent):
            return provider, reason
    return None, UNKNOWN


def recognise_token(
    header: Mapping[str, Any], claims: Mapping[str, Any], providers: tuple[Provider, ...] | None = None
) -> Recognised:
    """The same for a bare token: cheap, for streams of many."""
    marks = _built_in_token_marks() if providers is None else _token_marks(providers)
    for provider, reason, patterns in marks:
        for in_header, name, pattern in patterns:
            value = (header if in_header else claims).get(name)
            if pattern is None:
                if value is None:
                    break
            elif not isinstance(value, str) or pattern.fullmatch(value, 0, _LONGEST) is None:
                break
        else:
            return provider, reason
    return None, UNKNOWN


def _matches(patterns: Iterable[tuple[str, re.Pattern[str] | None]], seen: Mapping[str, Any]) -> bool:
    for name, pattern in patterns:
        if name not in seen:
            return False
        value = seen[name]
        # Cut, not refused: the mark may stand at the beginning of a long text.
        if pattern is not None and (
            not isinstance(value, str) or pattern.fullmatch(value, 0, _LONGEST) is None
        ):
            return False
    return True


# --- the marks, compiled ------------------------------------------------------


def _marks(providers: Iterable[Provider]) -> tuple[_Mark, ...]:
    found = [(provider, mark) for provider in providers for mark in provider.marks]
    # Whatever stronger mark there is of any system goes before every weak one.
    found.sort(key=lambda each: each[1].weak)
    return tuple(
        (
            provider,
            f"recognised by {mark.reason}",
            tuple(_compiled(mark.patterns)),
            tuple(_compiled(mark.absent)),
        )
        for provider, mark in found
    )


def _token_marks(providers: Iterable[Provider]) -> tuple[_TokenMark, ...]:
    """The marks that a token alone can show; their names taken apart, since there are many tokens."""
    return tuple(
        (
            provider,
            f"recognised by {mark.reason}",
            tuple(
                (name.startswith("token."), name[6:], pattern) for name, pattern in _compiled(mark.patterns)
            ),
        )
        for provider in providers
        for mark in provider.marks
        if mark.is_in_token
    )


@lru_cache(maxsize=1)
def _built_in_marks() -> tuple[_Mark, ...]:
    return _marks(map(get_provider, BUILT_IN))


@lru_cache(maxsize=1)
def _built_in_token_marks() -> tuple[_TokenMark, ...]:
    return _token_marks(map(get_provider, BUILT_IN))


def _compiled(patterns: Mapping[str, str | None]) -> Iterator[tuple[str, re.Pattern[str] | None]]:
    for name, pattern in patterns.items():
        yield name, None if pattern is None else re.compile(pattern)


# --- what there is to see -----------------------------------------------------


def _seen(message: Message) -> dict[str, Any]:
    side = "answer." if message.kind is MessageKind.RESPONSE else "request."
    seen = _prefixed(side, message.members)
    for name in ("data", "errors"):
        inside = message.members.get(name)
        first = inside[0] if isinstance(inside, list) and inside else inside
        if isinstance(first, dict):
            seen |= _prefixed(f"{side}{name}.", first)
    if message.challenge is not None and "answer.error" not in seen:
        seen["answer.error"] = message.challenge.code
        seen.setdefault("answer.error_description", message.challenge.description)
    if message.callback:
        seen["callback"] = ""
    if message.status is not None:
        seen["status"] = str(message.status)
    if message.url is not None:
        seen["url"] = message.url
    for name, value in (*(message.headers or ()), *message.sent):
        seen.setdefault(f"header.{name.lower()}", value)
    return seen


def _prefixed(prefix: str, members: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{prefix}{name}": value for name, value in members.items()}
