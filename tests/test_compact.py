"""A compact token, taken apart: what is wrong stays beside it, what is no token is refused."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jwttool.encoding import Limit, b64url_encode
from jwttool.errors import NotATokenError, TooLargeError
from jwttool.jose import UnverifiedToken, looks_like_token, read_compact
from jwttool.jose.compact import PARTS
from tests.hostile import CANARY, little_memory, no_hanging, refusal

HEADER: dict[str, Any] = {"alg": "RS256", "typ": "JWT"}
CLAIMS: dict[str, Any] = {"sub": "5734699", "exp": 1781619013}


def segment(value: object) -> str:
    return b64url_encode(value if isinstance(value, bytes) else json.dumps(value).encode())


def compact(header: object = HEADER, claims: object = CLAIMS, signature: bytes = b"signed") -> str:
    return f"{segment(header)}.{segment(claims)}.{segment(signature)}"


def test_a_token_is_taken_apart() -> None:
    text = compact()
    token = read_compact(text)
    assert token.header == HEADER
    assert token.claims == CLAIMS
    assert token.signature == b"signed"
    assert token.signing_input == text.rpartition(".")[0].encode()
    assert token.faults == {}


def test_the_signature_may_be_empty_and_that_is_for_others_to_judge() -> None:
    token = read_compact(compact(signature=b""))
    assert (token.signature, token.faults) == (b"", {})
    assert token.signing_input == compact(signature=b"")[:-1].encode()


def test_claims_and_signature_are_not_shown_and_the_token_is_not_a_verified_one() -> None:
    token = read_compact(compact(claims={"sub": CANARY}, signature=CANARY.encode()))
    shown = repr(token)
    assert CANARY not in shown
    assert segment({"sub": CANARY}) not in shown
    assert "RS256" not in shown  # a header may hold a key too
    assert type(token) is UnverifiedToken
    assert pickle.loads(pickle.dumps(token)) == token


# --- faults that are kept -----------------------------------------------------

DUPLICATE = b'{"alg":"RS256","alg":"none"}'


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        (compact(header=DUPLICATE), {"header": "a member name occurs twice in one object"}),
        (compact(claims=DUPLICATE), {"claims": "a member name occurs twice in one object"}),
        (compact(header=[1]), {"header": "an array where an object belongs"}),
        (compact(claims="x"), {"claims": "a string where an object belongs"}),
        (compact(claims=b""), {"claims": "not JSON at character 0: Expecting value"}),
        (compact(claims=b"\xff"), {"claims": "not UTF-8 at byte 0"}),
        (compact(claims=b'{"exp":1e999}'), {"claims": "a number too large for a double"}),
        (
            compact(header=b"{", claims=b"[]"),
            {
                "header": "not JSON at character 1: Expecting property name enclosed in double quotes",
                "claims": "an array where an object belongs",
            },
        ),
    ],
)
def test_what_is_wrong_with_one_part_leaves_the_other(text: str, faults: dict[str, str]) -> None:
    token = read_compact(text)
    assert token.faults == faults
    assert token.header == ({} if "header" in faults else HEADER)
    assert token.claims == ({} if "claims" in faults else CLAIMS)
    assert token.signature == b"signed"


FOREIGN = "a character outside the base64url alphabet"
LEFT_OVER = "a length of 1, which base64url cannot have: one is left over"
PADDED = "padding ('='), which base64url in JOSE does not have"
SPARE = "the last character has spare bits set: not the canonical spelling"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (f"!{compact()}", f"the header part is not base64url: {FOREIGN}"),
        (
            f"A.{segment(CLAIMS)}.",
            f"the header part is not base64url: {LEFT_OVER}",
        ),
        (f"{segment(HEADER)}.é.", f"the claims part is not base64url: {FOREIGN}"),
        (f"{segment(HEADER)}.\ud800.", f"the claims part is not base64url: {FOREIGN}"),
        (
            f"{compact()}==",
            f"the signature part is not base64url: {PADDED}",
        ),
        (f"{compact()} ", f"the signature part is not base64url: {FOREIGN}"),
        (f"{compact()}\n", f"the signature part is not base64url: {FOREIGN}"),
        (
            f"{segment(HEADER)}.{segment(CLAIMS)}.QR",
            f"the signature part is not base64url: {SPARE}",
        ),
        (f"{compact()}.", "4 parts make no compact token; a signed token has three"),
        (f"{compact()}.e30.e30", "5 parts make an encrypted token (JWE); a signed token has three"),
        ("e30....", "5 parts make an encrypted token (JWE); a signed token has three"),
    ],
)
def test_a_broken_form_is_a_fault(text: str, fault: str) -> None:
    token = read_compact(text)
    assert token.faults == {"form": fault}
    undecoded = set(PARTS) if "parts make" in fault else {fault.split()[1]}
    assert token.undecoded == undecoded
    assert token.header == ({} if "header" in undecoded else HEADER)
    assert token.claims == ({} if "claims" in undecoded else CLAIMS)


# --- what is no token ---------------------------------------------------------

HINT = "give the token itself, '-' to read it from standard input, or @FILE"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "0 dots"),
        ("hello", "0 dots"),
        ("e30.e30", "1 dots"),
        ("e30.e30.e30.e30.e30.e30", "5 dots"),
        (".e30.e30", "no base64url before the first dot"),
        ("..", "no base64url before the first dot"),
        ("!.e30.e30", "no base64url before the first dot"),
        (" .e30.e30", "no base64url before the first dot"),
        ("....", "no base64url before the first dot"),
    ],
)
def test_what_is_not_shaped_like_a_token(text: str, found: str) -> None:
    assert not looks_like_token(text)
    error = refusal(NotATokenError, lambda: read_compact(text))
    assert error.message == (
        f"not shaped like a compact token: {found}, where a signed token has two dots between base64url"
    )
    assert error.hint == HINT


@pytest.mark.parametrize("text", ["a..", "a...", "a....", "!a.b.c", "é_.\n.", compact()])
def test_what_is_shaped_like_a_token_is_read(text: str) -> None:
    assert looks_like_token(text)
    assert read_compact(text).faults or text == compact()


def test_a_token_over_the_limit_is_refused_before_it_is_looked_at() -> None:
    text = compact()
    filled = text + "A" * (Limit.TOKEN - len(text) - (Limit.TOKEN - len(text)) % 4)
    assert read_compact(filled).faults == {}
    error = refusal(TooLargeError, lambda: read_compact(filled + "A" * 8), "AAAA")
    assert error.message == "the token is larger than the limit of 1,048,576 bytes"


@pytest.mark.parametrize("text", [f"{CANARY}!.e30.e30", f"e30.{CANARY}.", f"e30.e30.{CANARY}!"])
def test_a_fault_does_not_repeat_the_token(text: str) -> None:
    assert CANARY not in str(read_compact(text).faults)


@pytest.mark.parametrize("text", [CANARY, f"{CANARY}.", f".{CANARY}."])
def test_an_error_does_not_repeat_the_token(text: str) -> None:
    refusal(NotATokenError, lambda: read_compact(text))


# --- whatever the text is -----------------------------------------------------

SEGMENTS = (
    st.binary().map(b64url_encode)
    | st.dictionaries(st.text(), st.integers() | st.text() | st.floats()).map(
        lambda value: b64url_encode(json.dumps(value).encode("utf-8", "surrogatepass"))
    )
    | st.text(st.sampled_from("eyJ0-_=+/. \n"))
    | st.text()
)


@settings(max_examples=300)
@given(st.lists(SEGMENTS, max_size=6).map(".".join) | st.text())
@example("a..")
def test_whatever_the_text_is_it_is_taken_apart_or_refused(text: str) -> None:
    try:
        token = read_compact(text)
    except NotATokenError:
        assert not looks_like_token(text)
        return
    assert looks_like_token(text)
    assert all(fault.isprintable() for fault in token.faults.values())
    if "form" in token.faults:
        assert token.undecoded
        assert not ("header" in token.undecoded and token.header)
        assert not ("claims" in token.undecoded and token.claims)
    else:
        # No part was changed on the way: it is written the same again.
        assert token.signing_input + b"." + b64url_encode(token.signature).encode() == text.encode()


MEGABYTE = 1024 * 1024


@pytest.mark.parametrize(
    "text",
    [
        # A pattern for the whole shape would try all splits of these, for hours.
        "a" * (MEGABYTE - 9) + "." * 9,
        "a." * (MEGABYTE // 2),
        "." * MEGABYTE,
        "!" * (MEGABYTE - 2) + "..",
        "a" * MEGABYTE,
        "a" * (MEGABYTE - 2) + "..",
        "." * 2 + "a" * (MEGABYTE - 2),
        f"{b64url_encode(b'[' * (MEGABYTE // 2))}..",
        b64url_encode(b"[" * 33 + b'"' + b'\\"' * (MEGABYTE // 4)) + "..",
    ],
    ids=lambda text: f"{text[:4]}{text[-4:]}",
)
def test_a_bomb_is_refused_at_once(text: str) -> None:
    with no_hanging(), little_memory():
        try:
            assert read_compact(text).faults
        except NotATokenError:
            assert not looks_like_token(text)
