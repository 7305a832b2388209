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

PARTS: Final = ("header", "claims", "signature")
_JWE_PARTS: Final = 5
_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]")


@dataclass(frozen=True, slots=True)
class UnverifiedToken:
    """What a token says of itself. Nothing here may be believed.

    Only a verification makes something else of it; there is no conversion.
    ``faults`` says what is wrong, by "form", "header" and "claims";
    ``undecoded`` names the parts of which not even the bytes could be had.
    What could not be read is empty.
    """

    signing_input: bytes = field(repr=False)
    header: JsonObject = field(repr=False)
    claims: JsonObject = field(repr=False)
    signature: bytes = field(repr=False)
    faults: dict[str, str]
    undecoded: frozenset[str] = frozenset()


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
    if len(segments) != len(PARTS):
        return _wrong_number_of_parts(len(segments))
    try:
        header, claims, signature = map(b64url_decode, segments)
    except Base64urlError:
        return _take_what_there_is(text, segments)
    faults: dict[str, str] = {}
    return UnverifiedToken(
        text[: -len(segments[2]) - 1].encode("ascii"),
        read_object(header, "header", faults),
        read_object(claims, "claims", faults),
        signature,
        faults,
    )


def _take_what_there_is(text: str, segments: list[str]) -> UnverifiedToken:
    """A part that is no base64url, the cut end of a copied token, does not hide the others."""
    raw: dict[str, bytes] = {}
    faults: dict[str, str] = {}
    for part, segment in zip(PARTS, segments, strict=True):
        try:
            raw[part] = b64url_decode(segment)
        except Base64urlError as error:
            faults.setdefault("form", f"the {part} part is not base64url: {error.message}")
    return UnverifiedToken(
        text[: -len(segments[2]) - 1].encode("ascii", "replace"),
        read_object(raw["header"], "header", faults) if "header" in raw else {},
        read_object(raw["claims"], "claims", faults) if "claims" in raw else {},
        raw.get("signature", b""),
        faults,
        frozenset(PARTS).difference(raw),
    )


def read_object(data: bytes, part: str, faults: dict[str, str]) -> JsonObject:
    """The strict JSON object of a part; an empty one where something is wrong, which goes into the faults."""
    try:
        return parse_json_object(data)
    except JsonError as error:
        faults[part] = error.message
        return {}


def _wrong_number_of_parts(parts: int) -> UnverifiedToken:
    kind = "an encrypted token (JWE)" if parts == _JWE_PARTS else "no compact token"
    fault = f"{parts} parts make {kind}; a signed token has three"
    return UnverifiedToken(b"", {}, {}, b"", {"form": fault}, frozenset(PARTS))


def _not_a_token(text: str) -> NotATokenError:
    dots = text.count(".")
    found = "no base64url before the first dot" if 2 <= dots <= 4 else f"{dots} dots"
    return NotATokenError(
        f"not shaped like a compact token: {found}, where a signed token has two dots between base64url",
        hint="give the token itself, '-' to read it from standard input, or @FILE",
    )
