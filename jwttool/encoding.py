"""Strict readings of what came from outside, and a safe way to show it.

Four things, each stricter than the standard library: base64url without
padding or spare bits (RFC 7515 section 2, RFC 4648 sections 3.5 and 5), JSON
as JOSE needs it (RFC 7515 section 10.12, RFC 8725 section 2.6), the size
limits of every kind of input, and the escaping that keeps control characters
away from a terminal (CWE-150).
"""

from __future__ import annotations

import binascii
import json
import math
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from enum import IntEnum
from typing import Any, Final, NoReturn

from jwttool.errors import Base64urlError, JsonError, TooLargeError, raise_alone

JsonObject = dict[str, Any]


class Limit(IntEnum):
    """The most bytes that each kind of input may have."""

    TOKEN = 1024 * 1024
    CERTIFICATE = 1024 * 1024
    BUNDLE = 32 * 1024 * 1024
    CSR = 1024 * 1024
    KEY = 128 * 1024
    JWKS = 1024 * 1024
    CONFIG = 64 * 1024
    PASSPHRASE = 4 * 1024


MAX_JSON_DEPTH: Final = 32
MAX_JSON_NODES: Final = 50_000
"""Objects and arrays: each takes more memory than its two characters."""
MAX_JSON_INTEGER: Final = 2**53
"""RFC 8259 section 6: beyond 2**53 implementations no longer agree on a number."""


def check_size(data: bytes | str, limit: Limit, what: str) -> None:
    """Refuse input over its limit, before anything looks inside it.

    Text is counted in characters: one over the limit in bytes alone is refused
    by what comes next, since all that is read from text here is ASCII.

    :raises TooLargeError: naming ``what`` and the limit.
    """
    if len(data) > limit:
        raise TooLargeError(f"{what} is larger than the limit of {limit:,} bytes")


# --- base64url ----------------------------------------------------------------

# '+', '/' and '=' become '!' so that binascii's strict mode refuses them: the
# first two are base64, not base64url (RFC 4648 section 5), and JOSE has no padding.
_TO_BASE64: Final = bytes.maketrans(b"-_+/=", b"+/!!!")
_TO_BASE64URL: Final = bytes.maketrans(b"+/", b"-_")
_FOREIGN: Final = re.compile(rb"[^A-Za-z0-9_-]")
_PADDING: Final = (b"", None, b"==", b"=")
# RFC 4648 section 3.5: the unused low bits of the last character must be zero.
_LAST_CHARACTERS: Final = (None, None, frozenset(b"AQgw"), frozenset(b"AEIMQUYcgkosw048"))


def b64url_encode(data: bytes) -> str:
    """Base64url without padding (RFC 7515 section 2)."""
    encoded = binascii.b2a_base64(data, newline=False).rstrip(b"=")
    return encoded.translate(_TO_BASE64URL).decode("ascii")


def b64url_decode(text: str | bytes) -> bytes:
    """The bytes behind canonical base64url; each byte string has one spelling.

    :raises Base64urlError: for padding, white space, foreign characters, an
        impossible length or set spare bits. The text is not in the message.
    """
    try:
        data = text.encode("ascii") if isinstance(text, str) else text
    except UnicodeEncodeError:
        raise_alone(Base64urlError("a character outside the base64url alphabet"))
    rest = len(data) % 4
    padding = _PADDING[rest]
    if padding is None:
        raise _not_base64url(data)
    try:
        decoded = binascii.a2b_base64(data.translate(_TO_BASE64) + padding, strict_mode=True)
    except binascii.Error:
        raise_alone(_not_base64url(data))
    last = _LAST_CHARACTERS[rest]
    if last is not None and data[-1] not in last:
        raise Base64urlError("the last character has spare bits set: not the canonical spelling")
    return decoded


def _not_base64url(data: bytes) -> Base64urlError:
    if b"=" in data:
        return Base64urlError("padding ('='), which base64url in JOSE does not have")
    if _FOREIGN.search(data):
        return Base64urlError("a character outside the base64url alphabet")
    return Base64urlError(f"a length of {len(data)}, which base64url cannot have: one is left over")


# --- JSON ---------------------------------------------------------------------

# Strings first, so that brackets inside them do not count. One that is never
# closed takes the rest: searching on inside it would cost quadratic time.
_STRINGS_AND_BRACKETS: Final = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)


def _object(pairs: list[tuple[str, Any]]) -> JsonObject:
    members = dict(pairs)
    if len(members) != len(pairs):
        # RFC 7515 section 4 and RFC 7519 section 4: names must be unique. The
        # name is not echoed: it comes from outside and may be anything.
        raise JsonError("a member name occurs twice in one object")
    return members


def _integer(text: str) -> int:
    # The length first: int() of thousands of digits is slow, and then refused.
    if len(text) > 17 or abs(number := int(text)) > MAX_JSON_INTEGER:
        raise JsonError("an integer beyond 2^53, on which implementations disagree")
    return number


def _float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise JsonError("a number too large for a double")
    return number


def _constant(text: str) -> NoReturn:
    raise JsonError(f"{text}, which JSON does not have")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_integer,
    parse_float=_float,
    parse_constant=_constant,
)


def _refuse_nesting(text: str, brackets: int) -> None:
    if brackets > MAX_JSON_NODES:  # some may stand in strings: an honest text has not so many there either
        raise JsonError(f"more than {MAX_JSON_NODES:,} objects and arrays")
    if _too_deep(text):
        raise JsonError(f"nested deeper than {MAX_JSON_DEPTH}")


def _too_deep(text: str) -> bool:
    """Whether brackets outside strings nest deeper than the limit."""
    depth = 0
    for found in _STRINGS_AND_BRACKETS.finditer(text):
        if found[0] in "[{":
            depth += 1
            if depth > MAX_JSON_DEPTH:
                return True
        elif found[0] in "]}":
            depth -= 1
    return False


def parse_json(data: bytes) -> Any:
    """The value of a strict JSON text.

    UTF-8 without byte order mark, no duplicate members, no NaN or infinity,
    integers up to 2**53, nesting up to 32, no lone surrogates: what RFC 8259
    leaves open is where two parsers can disagree about one signed text.

    :raises JsonError: saying which rule is broken and, for a syntax error, at
        which character; never quoting the text.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise_alone(JsonError(f"not UTF-8 at byte {error.start}"))
    if text.startswith("\ufeff"):
        raise JsonError("a byte order mark (RFC 8259 section 8.1)")
    # Counting brackets first is cheap; only a text with many is looked at twice.
    brackets = text.count("{") + text.count("[")
    if brackets > MAX_JSON_DEPTH:
        _refuse_nesting(text, brackets)
    try:
        # Most texts are one object and nothing around it; decode() takes the
        # white space that others have, and complains of anything else.
        value, end = _DECODER.raw_decode(text) if text[:1] == "{" else (None, -1)
        if end != len(text):
            value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        # error.doc holds the whole input, so the original must not travel on.
        raise_alone(JsonError(f"not JSON at character {error.pos}: {error.msg}"))
    if "\\u" in text:
        _refuse_lone_surrogates(value)
    return value


def parse_json_object(data: bytes) -> JsonObject:
    """Like :func:`parse_json`, for the object that JOSE headers and claims are."""
    value = parse_json(data)
    if not isinstance(value, dict):
        raise JsonError(f"{json_type(value)} where an object belongs")
    return value


def _refuse_lone_surrogates(value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise_alone(JsonError("half of a surrogate pair, which is no character"))


def json_type(value: object) -> str:
    """The JSON name of a value's type, for messages: "a string", "an array"."""
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case str():
            return "a string"
        case int() | float():
            return "a number"
        case list():
            return "an array"
        case _:
            return "an object"


def compact_json(value: Any) -> bytes:
    """JSON as it goes into a token: no white space, UTF-8, order kept."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


# --- text that somebody saved ---------------------------------------------------


def decode_pasted(data: bytes) -> str:
    """The text in what somebody saved; what is no text is no base64url either, and is judged as that."""
    # Windows' PowerShell writes UTF-16 into a file with ">".
    encoding = "utf-16" if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8"
    return data.decode(encoding, "replace")


# --- showing text from outside ------------------------------------------------

# Printable by the letter of str.isprintable(), and yet nothing to see: the
# fillers of Hangul, the empty Braille pattern, and what Unicode calls default
# ignorable (DerivedCoreProperties.txt) without making it a format character.
_BLANK: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


def is_visible(text: str) -> bool:
    """Whether every character of a text shows: none controls, formats or looks like nothing at all."""
    return text.isprintable() and (text.isascii() or _BLANK.search(text) is None)


def _escape(character: str) -> str:
    if character == "\\":
        return "\\\\"
    if is_visible(character):
        return character
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def printable(text: str, limit: int | None = None) -> str:
    """Text from outside, safe on a terminal and honest about what it holds.

    Control characters, C1 included, format characters (right-to-left
    overrides, zero width), line separators, surrogates, unassigned code points
    and blanks that are no space (U+3164, variation selectors) are shown as
    escapes; a backslash beside them is doubled. Text without any of them stays
    as it is, so that escaping twice (in a message, and again where it is shown)
    is escaping once. ``limit`` shortens to that many characters, before they are
    escaped.
    """
    if limit is not None and len(text) > limit:
        text = text[: limit - 1] + "…"
    if is_visible(text):
        return text
    return "".join(map(_escape, text))


_SHOWN: Final = 120


def shown(value: object) -> str:
    """A JSON value from outside, for a message: escaped, shortened, strings in quotes."""
    match value:
        case str():
            return f'"{printable(value, _SHOWN)}"'
        case bool() | None | list() | dict():
            return json_type(value)
        case _:
            return printable(str(value), _SHOWN)
