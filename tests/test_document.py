"""Documents and reports as text: literal, escaped, coloured only when asked."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwttool.render.document import MAX_SPAN, Document, Role, Span, span, to_text
from jwttool.render.report import check_document, check_json, checks_json, report_document, summary
from jwttool.report import Check, Report, Severity, Status


def plain(document: Document) -> str:
    return to_text(document, colour=False)


def test_lines_headings_and_fields() -> None:
    document = Document()
    document.heading("Key")
    document.fields({"type": "RSA", "bits": Span("4096", Role.GOOD), "missing": None, "empty": ""})
    document.heading("Next")
    document.line("a", Span("b", Role.BAD), "c")
    document.fields({"left out": None})
    document.fields({"near": "x"}, indent=0)
    other = Document()
    other.line("other")
    document.extend(other)
    assert plain(document) == ("Key\n  type   RSA\n  bits   4096\n  empty\n\nNext\nabc\nnear  x\nother\n")


def test_nothing_is_no_text() -> None:
    assert plain(Document()) == ""
    empty = Document()
    empty.line()
    assert plain(empty) == "\n"


def test_a_plain_span_is_made_of_text_only() -> None:
    assert span("a") == Span("a", Role.PLAIN)
    assert span(Span("a", Role.BAD)) == Span("a", Role.BAD)


def test_each_role_has_its_colour_and_plain_has_none() -> None:
    document = Document()
    for role in Role:
        document.line(Span("x", role))
    document.line(Span("", Role.BAD))
    assert to_text(document, colour=True) == (
        "x\n"
        "\x1b[1mx\x1b[0m\n"
        "\x1b[2mx\x1b[0m\n"
        "\x1b[32mx\x1b[0m\n"
        "\x1b[1;31mx\x1b[0m\n"
        "\x1b[33mx\x1b[0m\n"
        "\x1b[36mx\x1b[0m\n"
        "\x1b[31mx\x1b[0m\n"
        "\x1b[93mx\x1b[0m\n"
        "\x1b[92mx\x1b[0m\n"
        "\x1b[35mx\x1b[0m\n"
        "\x1b[94mx\x1b[0m\n"
        "\n"
    )


SPANS = st.builds(Span, st.text(), st.sampled_from(Role))
COLOUR = re.compile("\x1b\\[[0-9;]+m")


@given(st.lists(st.lists(SPANS | st.text())), st.booleans())
def test_whatever_the_spans_hold_one_line_stays_one_line_of_printable_text(
    lines: list[list[Span | str]], colour: bool
) -> None:
    document = Document()
    for pieces in lines:
        document.line(*pieces)
    text = to_text(document, colour=colour)
    assert text.count("\n") == len(lines)
    for line in text.split("\n"):
        without = COLOUR.sub("", line) if colour else line
        assert without.isprintable()
    if colour:
        assert COLOUR.sub("", text).replace(" \n", "\n").count("\x1b") == 0
    else:
        assert "\x1b" not in text


def test_an_escape_sequence_in_a_label_or_a_value_is_shown_not_sent() -> None:
    document = Document()
    document.fields({"\x1b]0;title\x07": "\x1b[31m\u202e\nforged"})
    assert plain(document) == "  \\x1b]0;title\\x07  \\x1b[31m\\u202e\\x0aforged\n"


def test_a_long_span_is_cut() -> None:
    document = Document()
    document.line("a" * MAX_SPAN)
    document.line("a" * (MAX_SPAN + 1))
    first, second = plain(document).splitlines()
    assert first == "a" * MAX_SPAN
    assert second == "a" * (MAX_SPAN - 1) + "…"


# --- reports ------------------------------------------------------------------

PASS = Check("alg", Status.PASS, Severity.ERROR, "alg is allowed", None, "RFC 8725 section 3.1")
FAIL = Check(
    "kid", Status.FAIL, Severity.ERROR, "kid is another", "take the right one", "Worldline", "header.kid"
)
WARNING = Check("jti", Status.WARNING, Severity.WARNING, "jti is missing", None, "Keycloak (inferred)")
SKIPPED = Check("sig", Status.SKIPPED, Severity.ERROR, "not judged, because kid did not pass", "nothing")


def test_a_report_as_text() -> None:
    assert plain(report_document(Report((PASS, FAIL, WARNING, SKIPPED)))) == (
        "ok    alg  alg is allowed\n"
        "FAIL  kid  kid is another\n"
        "           try: take the right one\n"
        "           see: Worldline\n"
        "warn  jti  jti is missing\n"
        "           see: Keycloak (inferred)\n"
        "skip  sig  not judged, because kid did not pass\n"
        "\n"
        "FAIL  1 failed, 1 warning, 1 passed, 1 skipped\n"
    )


@pytest.mark.parametrize(
    ("checks", "text"),
    [
        ((), "FAIL  nothing was checked"),
        ((SKIPPED,), "FAIL  1 skipped"),
        ((PASS,), "PASS  1 passed"),
        ((PASS, WARNING), "PASS  1 warning, 1 passed"),
        ((PASS, WARNING, WARNING), "PASS  2 warnings, 1 passed"),
        ((PASS, FAIL, FAIL), "FAIL  2 failed, 1 passed"),
    ],
)
def test_the_last_line(checks: tuple[Check, ...], text: str) -> None:
    document = Document()
    document.line(*summary(Report(checks)))
    assert plain(document) == f"{text}\n"


def test_checks_that_are_skipped_for_one_reason_become_one_line_from_three_on() -> None:
    assert plain(report_document(Report((PASS, SKIPPED, SKIPPED, FAIL, SKIPPED, SKIPPED, SKIPPED)))) == (
        "ok    alg  alg is allowed\n"
        "skip  sig  not judged, because kid did not pass\n"
        "skip  sig  not judged, because kid did not pass\n"
        "FAIL  kid  kid is another\n"
        "           try: take the right one\n"
        "           see: Worldline\n"
        "skip  3 checks  not judged, because kid did not pass\n"
        "\n"
        "FAIL  1 failed, 1 passed, 5 skipped\n"
    )


def test_checks_that_are_skipped_for_different_reasons_stay_apart() -> None:
    others = [Check(f"c{n}", Status.SKIPPED, Severity.ERROR, f"reason {n}") for n in range(5)]
    assert plain(report_document(Report(tuple(others)))).count("skip") == 6  # and in the last line


def test_a_long_hint_is_wrapped_under_itself() -> None:
    check = Check("a", Status.FAIL, Severity.ERROR, "wrong", "word " * 40)
    lines = plain(check_document(check)).splitlines()
    assert lines[1].startswith("        try: word word")
    assert lines[2].startswith("             word word")
    assert max(map(len, lines)) <= 105


def test_a_hostile_message_stays_in_its_line() -> None:
    check = Check("a", Status.FAIL, Severity.ERROR, "\x1b[2J\nok    a  forged", "\x07\x1b]8;;x", "\u2028")
    text = plain(check_document(check))
    assert text.startswith("FAIL  a  \\x1b[2J\\x0aok    a  forged\n        try: \\x07\\x1b]8;;x\n")
    assert not re.search("^ok", text, re.MULTILINE)


def test_a_check_in_json_has_every_member_always() -> None:
    assert check_json(FAIL) == {
        "id": "kid",
        "status": "fail",
        "severity": "error",
        "message": "kid is another",
        "hint": "take the right one",
        "reference": "Worldline",
        "where": "header.kid",
    }
    bare = check_json(Check("a", Status.PASS, Severity.NOTE, "m"))
    assert bare == {
        "id": "a",
        "status": "pass",
        "severity": "note",
        "message": "m",
        "hint": None,
        "reference": None,
        "where": None,
    }
    assert json.loads(json.dumps(bare)) == bare  # plain strings, not members of an enum


def test_checks_in_json_keep_their_order_and_all_of_them() -> None:
    assert [each["id"] for each in checks_json(Report((PASS, FAIL, SKIPPED, SKIPPED)))] == [
        "alg",
        "kid",
        "sig",
        "sig",
    ]
