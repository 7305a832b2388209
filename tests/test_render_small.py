"""Cut secrets and the line from issued to expired."""

from __future__ import annotations

from typing import Any

import pytest

from jwttool.render.document import Document, to_text
from jwttool.render.masking import cut, masked, masked_members
from jwttool.render.timeline import WIDTH, timeline
from tests.test_inspection import TOKEN


@pytest.mark.parametrize(
    ("secret", "seen"),
    [("", ""), ("abc", "…"), ("abcd", "a…"), ("a" * 40, "a" * 10 + "…"), ("a" * 1000, "a" * 12 + "…")],
    ids=len,
)
def test_a_quarter_of_a_secret_is_seen_and_twelve_characters_at_most(secret: str, seen: str) -> None:
    assert cut(secret) == seen


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        ("text", "text"),
        ("a.b.c", "a.b.c"),
        (TOKEN, cut(TOKEN)),
        ([TOKEN, 1, None, True], [cut(TOKEN), 1, None, True]),
        ({"a": {"b": TOKEN}}, {"a": {"b": cut(TOKEN)}}),
        ({"kty": "RSA", "n": "AQ", "d": "AQ", "p": "AQ"}, {"kty": "RSA", "n": "AQ", "d": "…", "p": "…"}),
        ({"kty": "oct", "k": "AQ"}, {"kty": "oct", "k": "…"}),
        ({"d": "AQ"}, {"d": "AQ"}),
    ],
    ids=range(8),
)
def test_tokens_and_private_keys_in_values(value: Any, seen: Any) -> None:
    assert masked(value) == seen


def test_secret_members_at_any_depth() -> None:
    secrets = frozenset({"code"})
    members = {"code": "0123456789", "data": {"code": 5, "x": [{"code": "a" * 8}]}, "y": "z"}
    assert masked_members(members, secrets) == {
        "code": "01…",
        "data": {"code": "…", "x": [{"code": "aa…"}]},
        "y": "z",
    }


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
