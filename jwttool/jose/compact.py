"""A compact token taken apart, strictly, and without trusting a word of it.

RFC 7515 section 7.1: BASE64URL(header) '.' BASE64URL(payload) '.'
BASE64URL(signature). What is wrong with a part is kept beside it instead of
being raised, so that a report can name all of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from jwttool.encoding import Limit, b64url_decode, check_size, parse_json_object
from jwttool.errors import Base64urlError, JsonError, NotATokenError

if TYPE_CHECKING:
    from jwttool.encoding import JsonObject

_JWS_PARTS: Final = 3
_JWE_PARTS: Final = 5
_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]")


@dataclass(frozen=True, slots=True)
class UnverifiedToken:
    """What a token says of itself. Nothing here may be believed.

    Only a verification makes something else of it; there is no conversion.
    ``faults`` says, by part ("form", "header", "claims"), what could not be
    read; that part is then empty.
    """

    signing_input: bytes = field(repr=False)
    header: JsonObject
    claims: JsonObject = field(repr=False)
    signature: bytes = field(repr=False)
    faults: dict[str, str]


def looks_like_token(text: str) -> bool:
    """Whether text has the shape of a compact token: two to four dots, some base64url before the first."""
    # Not one pattern for all of it: it would try every way to split a long text.
    return 2 <= text.count(".") <= 4 and _BASE64URL.search(text, 0, text.index(".")) is not None


def read_compact(text: str) -> UnverifiedToken:
    """Take a compact JWS apart.

    :raises TooLargeError: over the limit for tokens; nothing is decoded then.
    :raises NotATokenError: the text is not even shaped like a token.
    """
    check_size(text, Limit.TOKEN, "the token")
    if not looks_like_token(text):
        raise _not_a_token(text)
    segments = text.split(".")
    if len(segments) != _JWS_PARTS:
        return _wrong_number_of_parts(len(segments))
    raw: list[bytes] = []
    try:
        for segment in segments:
            raw.append(b64url_decode(segment))  # noqa: PERF401  # how far it came names the part
    except Base64urlError as error:
        part = ("header", "claims", "signature")[len(raw)]
        return _unreadable(f"the {part} part is not base64url: {error.message}")
    faults: dict[str, str] = {}
    header = _read_object(raw[0], "header", faults)
    claims = _read_object(raw[1], "claims", faults)
    signing_input = text[: -len(segments[2]) - 1].encode("ascii")
    return UnverifiedToken(signing_input, header, claims, raw[2], faults)


def _unreadable(fault: str) -> UnverifiedToken:
    return UnverifiedToken(b"", {}, {}, b"", {"form": fault})


def _read_object(data: bytes, part: str, faults: dict[str, str]) -> JsonObject:
    try:
        return parse_json_object(data)
    except JsonError as error:
        faults[part] = error.message
        return {}


def _wrong_number_of_parts(parts: int) -> UnverifiedToken:
    kind = "an encrypted token (JWE)" if parts == _JWE_PARTS else "no compact token"
    return _unreadable(f"{parts} parts make {kind}; a signed token has three")


def _not_a_token(text: str) -> NotATokenError:
    dots = text.count(".")
    found = "no base64url before the first dot" if 2 <= dots <= 4 else f"{dots} dots"
    return NotATokenError(
        f"not shaped like a compact token: {found}, where a signed token has two dots between base64url",
        hint="give the token itself, '-' to read it from standard input, or @FILE",
    )
