"""Cut secrets and the line from issued to expired."""

from __future__ import annotations

from typing import Any

import pytest

from jwttool.render.document import Document, to_text
from jwttool.render.masking import cut, masked, masked_member, masked_payload
from jwttool.render.timeline import WIDTH, timeline
from tests.test_inspection import TOKEN


@pytest.mark.parametrize(
    ("secret", "seen"),
    [("", ""), ("abc", "…"), ("abcd", "a…"), ("a" * 40, "a" * 10 + "…"), ("a" * 1000, "a" * 12 + "…")],
    ids=len,
)
def test_a_quarter_of_a_secret_is_seen_and_twelve_characters_at_most(secret: str, seen: str) -> None:
    assert cut(secret) == seen


LONG = "0123456789" * 4
KEY = {"kty": "RSA", "n": "AQ", "d": "AQ", "p": "AQ"}


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        ("text", "text"),
        ("a.b.c", "a.b.c"),
        (TOKEN, cut(TOKEN)),
        (f"Bearer {TOKEN}, or so", f"Bearer {cut(TOKEN)}, or so"),
        (f" {TOKEN}", f" {cut(TOKEN)}"),
        ("x -----BEGIN RSA PRIVATE KEY-----\nabc", "x …"),
        ("-----BEGIN CERTIFICATE-----\nabc", "-----BEGIN CERTIFICATE-----\nabc"),
        ([TOKEN, 1, None, True], [cut(TOKEN), 1, None, True]),
        ({"a": {"b": TOKEN}}, {"a": {"b": cut(TOKEN)}}),
        ({TOKEN: 1}, {cut(TOKEN): 1}),
        (KEY, {"kty": "RSA", "n": "AQ", "d": "…", "p": "…"}),
        ({"cnf": {"jwk": KEY}}, {"cnf": {"jwk": {"kty": "RSA", "n": "AQ", "d": "…", "p": "…"}}}),
        ({"crv": "P-256", "d": "AQ"}, {"crv": "P-256", "d": "…"}),
        ({"kty": "oct", "k": "AQ"}, {"kty": "oct", "k": "…"}),
        ({"d": "AQ"}, {"d": "AQ"}),
        ({"client_secret": "abc", "clientSecret": "abc"}, {"client_secret": "…", "clientSecret": "…"}),
        (
            {"Access_Token": LONG, "access-token": LONG},
            {"Access_Token": cut(LONG), "access-token": cut(LONG)},
        ),
        ({"tokens": [LONG], "api_key": 5}, {"tokens": [cut(LONG)], "api_key": "…"}),
        ({"password": {"a": ["b", True, None]}}, {"password": {"a": ["…", True, None]}}),
        (
            {"token_type": "Bearer", "nonce": "n", "jti": "j"},
            {"token_type": "Bearer", "nonce": "n", "jti": "j"},
        ),
    ],
    ids=range(20),
)
def test_tokens_passwords_and_private_keys_in_values(value: Any, seen: Any) -> None:
    assert masked(value) == seen


def test_further_names_of_secrets() -> None:
    assert masked_member("colour", "red") == "red"
    assert masked_member("colour", "red", frozenset({"colour"})) == "…"


@pytest.mark.parametrize(
    ("payload", "seen"),
    [
        ("text", "text"),
        (TOKEN, cut(TOKEN)),
        ('[{"kty":"oct","k":"AQ"}]', '[{"kty": "oct", "k": "…"}]'),
        ('{"a":1,"a":2}', '{"a": 1, "a (again)": 2}'),
        ("[" * 2000, "[" * 2000),
        ("5", "5"),
    ],
    ids=range(6),
)
def test_a_payload_that_is_no_object_of_strict_json(payload: str, seen: str) -> None:
    assert masked_payload(payload) == seen


def drawn(start: float, end: float, now: float, **how: Any) -> str:
    document = Document()
    document.line(*timeline(start, end, now, **how))
    return to_text(document, colour=False).rstrip("\n")


def test_now_stands_between_issued_and_expires() -> None:
    assert drawn(0, 100, 0) == f"issued ├●{'─' * (WIDTH - 1)}┤ expires  1 min 40 s left"
    assert drawn(0, 100, 50) == f"issued ├{'─' * 18}●{'─' * 17}┤ expires  50 s left"
    assert drawn(0, 100, 99.9) == f"issued ├{'─' * (WIDTH - 1)}●┤ expires  0 s left"


def test_now_stands_behind_and_before() -> None:
    assert drawn(0, 100, 100) == f"issued ├{'─' * WIDTH}┤ expired  ● now, 0 s after"
    assert drawn(0, 100, 160) == f"issued ├{'─' * WIDTH}┤ expired  ● now, 1 min after"
    assert drawn(100, 200, 90) == f"● now, 10 s before  issued ├{'─' * WIDTH}┤ expires"


def test_in_ascii() -> None:
    assert drawn(0, 100, 50, ascii_only=True) == f"issued |{'-' * 18}o{'-' * 17}| expires  50 s left"
