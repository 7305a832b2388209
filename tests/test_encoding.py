"""Strict base64url, strict JSON, limits, and text that is safe to show."""

from __future__ import annotations

import base64
import binascii
import json
import re
import string
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jwttool.encoding import (
    MAX_JSON_DEPTH,
    MAX_JSON_INTEGER,
    Limit,
    b64url_decode,
    b64url_encode,
    check_size,
    compact_json,
    is_visible,
    json_type,
    parse_json,
    parse_json_object,
    printable,
    shown,
)
from jwttool.errors import Base64urlError, JsonError, TooLargeError
from tests.hostile import CANARY, little_memory, no_hanging, refusal

# --- limits -------------------------------------------------------------------


def test_the_limits_are_those_that_the_documentation_names() -> None:
    assert {name: int(limit) for name, limit in Limit.__members__.items()} == {
        "TOKEN": 1_048_576,
        "CERTIFICATE": 1_048_576,
        "BUNDLE": 33_554_432,
        "CSR": 1_048_576,
        "KEY": 131_072,
        "JWKS": 1_048_576,
        "CONFIG": 65_536,
        "PASSPHRASE": 4_096,
    }


@pytest.mark.parametrize("limit", Limit)
def test_a_limit_is_what_is_still_allowed(limit: Limit) -> None:
    check_size(bytes(limit), limit, "the file")
    error = refusal(TooLargeError, lambda: check_size(bytes(limit + 1), limit, "the file"))
    assert error.message == f"the file is larger than the limit of {int(limit):,} bytes"


def test_text_is_measured_too() -> None:
    check_size("a" * Limit.TOKEN, Limit.TOKEN, "the token")
    refusal(TooLargeError, lambda: check_size("a" * (Limit.TOKEN + 1), Limit.TOKEN, "the token"))


# --- base64url ----------------------------------------------------------------


@given(st.binary())
def test_base64url_there_and_back(data: bytes) -> None:
    text = b64url_encode(data)
    assert b64url_decode(text) == data
    assert b64url_decode(text.encode()) == data
    assert text == base64.urlsafe_b64encode(data).decode().rstrip("=")


# Few characters, so that much is accepted; all kinds of them, so that much is not.
NEARLY_BASE64URL = st.text(st.sampled_from("AQgwBEIz019-_" + "=+/ \n.\0é\ud800"), max_size=9)
TEXTS = NEARLY_BASE64URL | st.text(st.sampled_from("AQgwBEIz019-_")) | st.text()


@given(TEXTS)
@example("")
def test_what_is_accepted_is_the_one_spelling_of_its_bytes(text: str) -> None:
    try:
        decoded = b64url_decode(text)
    except Base64urlError:
        return
    assert b64url_encode(decoded) == text
    assert base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)) == decoded


@given(st.binary())
def test_bytes_are_read_as_text_is(data: bytes) -> None:
    try:
        decoded = b64url_decode(data)
    except Base64urlError:
        return
    assert b64url_encode(decoded).encode() == data


@given(st.text(st.sampled_from(string.ascii_letters + string.digits + "-_")))
def test_of_the_spellings_with_the_alphabet_alone_only_the_canonical_ones_pass(text: str) -> None:
    lenient = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)) if len(text) % 4 != 1 else None
    canonical = lenient is not None and b64url_encode(lenient) == text
    try:
        b64url_decode(text)
    except Base64urlError:
        assert not canonical
    else:
        assert canonical


FOREIGN = "a character outside the base64url alphabet"
SPARE = "the last character has spare bits set: not the canonical spelling"
LEFT_OVER = "a length of {}, which base64url cannot have: one is left over"
PADDED = "padding ('='), which base64url in JOSE does not have"


@pytest.mark.parametrize(
    ("good", "bad", "message"),
    [
        ("-_-_", "+/+/", FOREIGN),
        ("-_-_", "-_-/", FOREIGN),
        ("QUJD", "QU D", FOREIGN),
        ("QUJD", "QUJ\n", FOREIGN),
        ("QUJD", "QUJ\0", FOREIGN),
        ("QUJD", "QUJ!", FOREIGN),
        ("QUJD", "QUJé", FOREIGN),
        ("QUJD", "QUJ\ud800", FOREIGN),
        ("QUI", "QUI=", PADDED),
        ("QUI", "QU=I", PADDED),
        ("QQ", "QQ=", PADDED),
        ("QQ", "QQ==", PADDED),
        ("", "=", PADDED),
        ("", "====", PADDED),
        ("QUJD", "QUJD\n", FOREIGN),
        ("QUJD", "QUJDQ", LEFT_OVER.format(5)),
        ("", "Q", LEFT_OVER.format(1)),
        ("QQ", "QR", SPARE),
        ("QQ", "QZ", SPARE),
        ("QUI", "QUJ", SPARE),
    ],
)
def test_base64url_that_is_refused(good: str, bad: str, message: str) -> None:
    b64url_decode(good)
    assert refusal(Base64urlError, lambda: b64url_decode(bad)).message == message


@pytest.mark.parametrize("bad", ["é", "!", "=", "AA", "AAR"])
def test_what_base64url_refuses_is_not_repeated(bad: str) -> None:
    refusal(Base64urlError, lambda: b64url_decode("c4n4ry4" + bad), "c4n4ry")


# --- JSON: what is accepted ---------------------------------------------------

CHARACTERS = st.characters(exclude_categories=["Cs"])
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-MAX_JSON_INTEGER, MAX_JSON_INTEGER)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(CHARACTERS)
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(CHARACTERS), inner), max_leaves=30
)


@given(VALUES, st.booleans(), st.none() | st.integers(0, 3))
def test_strict_json_is_read_as_the_standard_library_reads_it(
    value: Any, ascii_only: bool, indent: int | None
) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode()
    assert parse_json(text) == json.loads(text)
    assert repr(parse_json(text)) == repr(value)  # types too: 1 is not 1.0, nor true


@st.composite
def nearly_json(draw: st.DrawFn) -> bytes:
    """A JSON text in which something was changed."""
    text = bytearray(json.dumps(draw(VALUES), ensure_ascii=draw(st.booleans())).encode())
    pieces = st.sampled_from(
        [b"{", b"}", b"[", b"]", b'"', b",", b":", b"\\u", b"d800", b"e", b"-", b"\xff", b"9" * 17]
    )
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(text)))
        text[start : start + draw(st.integers(0, 3))] = draw(pieces | st.binary(max_size=2))
    return bytes(text)


@settings(max_examples=500)
@given(nearly_json() | st.binary() | st.text().map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_whatever_the_bytes_are_they_are_refused_or_read_as_by_the_standard_library(data: bytes) -> None:
    try:
        value = parse_json(data)
    except JsonError:
        return
    assert repr(value) == repr(json.loads(data))
    json.dumps(value, allow_nan=False, ensure_ascii=False).encode()  # no NaN, no surrogates


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (" \t\r\n[1] \n", [1]),
        ("0", 0),
        ("-0", 0),
        ("1.5", 1.5),
        ("1e308", 1e308),
        ("1e-999999999", 0.0),
        ("9007199254740992", 2**53),
        ("-9007199254740992", -(2**53)),
        ('"\\ud83d\\ude00"', "😀"),
        ('"\\u0000"', "\0"),
        ('"\\u00e9\\\\\\""', 'é\\"'),
        ('{"a":{"a":1},"A":2}', {"a": {"a": 1}, "A": 2}),
    ],
)
def test_json_that_is_accepted(text: str, value: Any) -> None:
    assert parse_json(text.encode()) == value


# --- JSON: what is refused, each beside what differs in one thing and is not ---

BIG = "an integer beyond 2^53, on which implementations disagree"
TWICE = "a member name occurs twice in one object"
SURROGATE = "half of a surrogate pair, which is no character"
DEEP = f"nested deeper than {MAX_JSON_DEPTH}"
BOM = "a byte order mark (RFC 8259 section 8.1)"


@pytest.mark.parametrize(
    ("good", "bad", "message"),
    [
        (b'{"a":1,"b":1}', b'{"a":1,"a":1}', TWICE),
        (b'{"a":1,"b":1}', b'{"a":1,"\\u0061":1}', TWICE),
        (b'[{"a":[{"a":1,"b":2}]}]', b'[{"a":[{"b":1,"b":2}]}]', TWICE),
        (b"[null]", b"[NaN]", "NaN, which JSON does not have"),
        (b"[1e9]", b"[Infinity]", "Infinity, which JSON does not have"),
        (b"[-1e9]", b"[-Infinity]", "-Infinity, which JSON does not have"),
        (b"1e308", b"1e309", "a number too large for a double"),
        (b"-1e308", b"-1e309", "a number too large for a double"),
        (b"9007199254740992", b"9007199254740993", BIG),
        (b"-9007199254740992", b"-9007199254740993", BIG),
        (b"1", b"1" * 5000, BIG),
        (b"-1", b"-" + b"1" * 5000, BIG),
        (b'"\\ud83d\\ude00"', b'"\\ud83d"', SURROGATE),
        (b'"\\ud83d\\ude00"', b'"\\ude00\\ud83d"', SURROGATE),
        (b'"\\ud83d\\ude00"', b'"\\ud83dx\\ude00"', SURROGATE),
        (b'{"\\ud83d\\ude00":1}', b'{"\\ud83d":1}', SURROGATE),
        (b'[{"a":["\\u0041"]}]', b'[{"a":["\\udfff"]}]', SURROGATE),
        (b'"\xc3\xa9"', b'"\xe9"', "not UTF-8 at byte 1"),
        (b'"a"', b'"\xed\xa0\x80"', "not UTF-8 at byte 1"),
        (b'"/"', b'"\xc0\xaf"', "not UTF-8 at byte 1"),
        (b"{}", b"\xef\xbb\xbf{}", BOM),
        (b"{}", "{}".encode("utf-16"), "not UTF-8 at byte 0"),
        (
            b"{}",
            "{}".encode("utf-16-le"),
            "not JSON at character 1: Expecting property name enclosed in double quotes",
        ),
        (b"{}", "{}".encode("utf-32-be"), "not JSON at character 0: Expecting value"),
        (b"[" * 32 + b"]" * 32, b"[" * 33 + b"]" * 33, DEEP),
        (b'{"a":' * 32 + b"1" + b"}" * 32, b'{"a":' * 33 + b"1" + b"}" * 33, DEEP),
        (b'[{"a":' * 16 + b"1" + b"}]" * 16, b'[{"a":' * 17 + b"1" + b"}]" * 17, DEEP),
        (b"[1]", b"", "not JSON at character 0: Expecting value"),
        (b"[1]", b"[1", "not JSON at character 2: Expecting ',' delimiter"),
        (b"[1]", b"[1] 2", "not JSON at character 4: Extra data"),
        (b"[1]", b"['1']", "not JSON at character 1: Expecting value"),
        (b"[1]", b"[01]", "not JSON at character 2: Expecting ',' delimiter"),
        (b"[1]", b"[+1]", "not JSON at character 1: Expecting value"),
        (b"[1]", b"[.5]", "not JSON at character 1: Expecting value"),
        (b'"\\n"', b'"\n"', "not JSON at character 1: Invalid control character at"),
        (b'"\\n"', b'"\\x41"', "not JSON at character 1: Invalid \\escape"),
        (b'"n"', b'"n', "not JSON at character 0: Unterminated string starting at"),
        (b" 1", b"\xc2\xa01", "not JSON at character 0: Expecting value"),
        (b" 1", b"\x0b1", "not JSON at character 0: Expecting value"),
    ],
)
def test_json_that_is_refused(good: bytes, bad: bytes, message: str) -> None:
    parse_json(good)
    # The rest of some of the library's messages differs between versions of Python.
    assert refusal(JsonError, lambda: parse_json(bad)).message.startswith(message)


@pytest.mark.parametrize("depth", [0, 1, 31, 32, 33, 34, 100])
@pytest.mark.parametrize("shape", [("[", "]"), ('{"a":', "}")], ids=["arrays", "objects"])
def test_depth_is_that_of_the_deepest_value(depth: int, shape: tuple[str, str]) -> None:
    nested = shape[0] * depth + '"[[{{\\"[["' + shape[1] * depth
    text = f'{{"shallow":["[[[[[[[[[[[[[[[[","{"[" * 99}"],"b":{nested}}}'.encode()
    if depth < MAX_JSON_DEPTH:
        assert parse_json(text) == json.loads(text)
    else:
        assert refusal(JsonError, lambda: parse_json(text)).message == DEEP


def test_many_brackets_side_by_side_are_not_deep() -> None:
    assert parse_json(b"[" + b"[{}]," * 1000 + b"1]") == [[{}]] * 1000 + [1]


@pytest.mark.parametrize(
    "bad",
    [
        '{"a":"%s","a":1}',
        '{"%s":1,"%s":2}',
        '["%s",NaN]',
        '["%s",99999999999999999]',
        '["%s",1e999]',
        '["%s\\ud800"]',
        '"%s',
        '["%s"]]',
        '"%s\\x"',
        '["%s",' + "[" * 40,
    ],
)
def test_what_json_refuses_is_not_repeated(bad: str) -> None:
    refusal(JsonError, lambda: parse_json(bad.replace("%s", CANARY).encode()))
    refusal(JsonError, lambda: parse_json(bad.replace("%s", CANARY).encode() + b"\xff"))


def bomb(text: bytes) -> Any:
    return pytest.param(text, id=f"{text[:6]!r}..{text[-6:]!r}")


MEGABYTE = 1024 * 1024


@pytest.mark.parametrize(
    "text",
    [
        bomb(b"[" * MEGABYTE),
        bomb(b'{"a":' * (MEGABYTE // 5)),
        bomb(b"]" * MEGABYTE),
        bomb(b'"' * MEGABYTE),
        # Strings that never end, after enough brackets that they are counted:
        # a search that begins anew inside them would take hours.
        bomb(b"[" * 33 + b'"' + b'\\"' * (MEGABYTE // 2)),
        bomb(b'["' + b"[" * 40 + b'","' + b'\\"' * (MEGABYTE // 2)),
        bomb(b'["' + b"[" * 40 + b'","' + b"\\" * (MEGABYTE + 1)),
        bomb(b'["' + b"[" * 40 + b'",' + b'""' * (MEGABYTE // 2)),
        bomb(b"[" + b"[]," * (MEGABYTE // 3) + b"!"),
        bomb(b"1" * MEGABYTE),
        bomb(b"-" * MEGABYTE),
        bomb(b"[1e" + b"9" * MEGABYTE),
        bomb(b"[0." + b"9" * MEGABYTE),
        bomb(b"{" + b'"a":1,' * (MEGABYTE // 6)),
        bomb(b" " * MEGABYTE),
        bomb(b"\xff" * MEGABYTE),
        bomb(b'"' + b"\\ud800" * (MEGABYTE // 6) + b'"'),
    ],
)
def test_a_bomb_is_refused_at_once(text: bytes) -> None:
    with no_hanging(), little_memory():
        refusal(JsonError, lambda: parse_json(text))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[]", "an array"),
        ('"{}"', "a string"),
        ("1", "a number"),
        ("1.5", "a number"),
        ("null", "null"),
        ("true", "a boolean"),
        ("false", "a boolean"),
    ],
)
def test_an_object_where_one_belongs(text: str, found: str) -> None:
    assert parse_json_object(b'{"a":1}') == {"a": 1}
    error = refusal(JsonError, lambda: parse_json_object(text.encode()))
    assert error.message == f"{found} where an object belongs"
    assert json_type(json.loads(text)) == found


def test_the_type_of_an_object() -> None:
    assert json_type({}) == "an object"


@given(VALUES)
def test_compact_json_is_read_back_and_has_no_white_space(value: Any) -> None:
    written = compact_json(value)
    assert parse_json(written) == value
    assert not re.search(
        rb'\s(?=(?:[^"\\]|\\.|"(?:[^"\\]|\\.)*")*\Z)', re.sub(rb'"(?:[^"\\]|\\.)*"', b'""', written)
    )


def test_compact_json_keeps_the_order_and_utf8() -> None:
    assert compact_json({"b": "é", "a": [1, None]}) == '{"b":"é","a":[1,null]}'.encode()


# --- showing ------------------------------------------------------------------

ESCAPE = re.compile(r"\\(?:\\|x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8}))")
UNSAFE = st.characters(categories=("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"))
ANY_TEXT = st.text(st.characters() | UNSAFE | st.sampled_from("\\xuU01b\x1b")) | st.text()


def unescaped(text: str) -> str:
    def character(found: re.Match[str]) -> str:
        digits = found[1] or found[2] or found[3]
        return chr(int(digits, 16)) if digits else "\\"

    return ESCAPE.sub(character, text)


@given(ANY_TEXT)
def test_what_is_shown_is_printable_and_tells_what_was_there(text: str) -> None:
    safe = printable(text)
    assert is_visible(safe)
    # Where something is escaped it can be read back, so no two such texts look the same.
    assert safe == text if is_visible(text) else unescaped(safe) == text
    assert printable(safe) == safe


@given(ANY_TEXT, st.integers(1, 40))
def test_a_limit_counts_characters_before_they_are_escaped(text: str, limit: int) -> None:
    cut = printable(text, limit)
    if len(text) <= limit:
        assert cut == printable(text)
    else:
        assert cut == printable(text[: limit - 1] + "…")


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("plain é 漢 😀", "plain é 漢 😀"),
        ("a\\b", "a\\b"),
        ("a\\b\n", "a\\\\b\\x0a"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("\x07\x08\x7f\0", "\\x07\\x08\\x7f\\x00"),
        ("\x9b31m", "\\x9b31m"),
        ("user\u202etxt.exe", "user\\u202etxt.exe"),
        ("a\u200bb\ufeffc", "a\\u200bb\\ufeffc"),
        ("a\u2028b\u2029c", "a\\u2028b\\u2029c"),
        ("a\u00a0b\u3000c", "a\\xa0b\\u3000c"),
        ("\ud800", "\\ud800"),
        ("\xad\uffff", "\\xad\\uffff"),
        ("\U000e0001", "\\U000e0001"),
        # printable to Python, and yet nothing to see
        ("a\u3164b\u2800c", "a\\u3164b\\u2800c"),
        ("\u115f\u1160\uffa0", "\\u115f\\u1160\\uffa0"),
        ("\u034f\u17b4\u17b5", "\\u034f\\u17b4\\u17b5"),
        ("\u180b\u180d\u180f", "\\u180b\\u180d\\u180f"),
        ("a\ufe00\ufe0f", "a\\ufe00\\ufe0f"),
        ("a\U000e0100\U000e01ef", "a\\U000e0100\\U000e01ef"),
        ("a\\b\u3164", "a\\\\b\\u3164"),
        ("\u034e\u0350\ufe10\uffa1", "\u034e\u0350\ufe10\uffa1"),  # their neighbours show
        ("\U0010ffff", "\\U0010ffff"),
    ],
)
def test_how_characters_are_shown(text: str, safe: str) -> None:
    assert printable(text) == safe


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("worldline", '"worldline"'),
        ("\x1b[2J", '"\\x1b[2J"'),
        ("a" * 120, f'"{"a" * 120}"'),
        ("a" * 121, f'"{"a" * 119}…"'),
        (5, "5"),
        (1.5, "1.5"),
        (True, "a boolean"),
        (None, "null"),
        (["a" * 1000], "an array"),
        ({"a": 1}, "an object"),
    ],
)
def test_a_value_in_a_message(value: object, text: str) -> None:
    assert shown(value) == text


def test_the_alphabets_of_the_standard_library_are_the_ones_meant() -> None:
    # Should binascii's strict mode ever become lenient, everything above stands on sand.
    with pytest.raises(binascii.Error):
        binascii.a2b_base64(b"QU!D", strict_mode=True)
