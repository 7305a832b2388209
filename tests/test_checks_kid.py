"""A kid is a plain name of a key; what is made for a file system, a database or a network is told."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwttool.checks.kid import suspicious_kid
from jwttool.report import Severity
from tests.hostile import no_hanging


@pytest.mark.parametrize(
    "kid",
    [
        "18b1cf758c1d4ec6bda6589357abdd85",
        "B4:E1:1A:49",
        "a/b+c=",
        "/a+b=",
        "key-2026.1",
        "clé",
        "did:example:1#key-1",
        "bilbo.baggins@hobbiton.example",
        "urn:ietf:params:oauth:jwk-thumbprint:sha-256:NzbLsXh8uDCcd",
        "a" * 1024,
    ],
)
def test_a_plain_name(kid: str) -> None:
    assert suspicious_kid(kid) is None


TYPE = ", not a string with something in it"
UNSEEN = "kid has characters that are not to be seen"
META = "it has characters of a query or a command"


@pytest.mark.parametrize(
    ("kid", "message"),
    [
        ("../key", 'kid is "../key": a path'),
        ("keys/../../key", 'kid is "keys/../../key": a path'),
        ("..\\key", 'kid is "..\\key": a path'),
        ("%2E%2e/key", 'kid is "%2E%2e/key": a path'),
        ("C:\\key", 'kid is "C:\\key": a path'),
        ("/etc/passwd", 'kid is "/etc/passwd": a path'),
        ("/dev/null", 'kid is "/dev/null": a path'),
        ("~/key", 'kid is "~/key": a path'),
        ("file:///dev/null", 'kid is "file:///dev/null": a path'),
        ("' OR 1=1 --", f'kid is "\' OR 1=1 --": {META}'),
        ("$(id)", f'kid is "$(id)": {META}'),
        ("a|b", f'kid is "a|b": {META}'),
        ("a\nb", UNSEEN),
        ("\x1b[31m", UNSEEN),
        ("a\u202eb", UNSEEN),
        ("a\0", UNSEEN),
        ("a" * 1025, "kid has 1,025 characters"),
        ("", f"kid is an empty string{TYPE}"),
        (5, f"kid is a number{TYPE}"),
        (None, f"kid is null{TYPE}"),
        (["a"], f"kid is an array{TYPE}"),
        ({}, f"kid is an object{TYPE}"),
    ],
)
def test_what_is_none(kid: Any, message: str) -> None:
    finding = suspicious_kid(kid)
    assert finding is not None
    assert finding.message == message
    assert (finding.severity, finding.where) == (None, "header.kid")


def test_a_url_only_warns() -> None:
    finding = suspicious_kid("https://keys.example/1")
    assert finding is not None
    assert (finding.message, finding.severity) == ('kid is "https://keys.example/1": a URL', Severity.WARNING)


@pytest.mark.parametrize("kid", ['a"b', "CN=O'Brien & Sons, O=X", "CN=a,O=b\\,c", "what?"])
def test_signs_that_names_have_too_warn(kid: str) -> None:
    finding = suspicious_kid(kid)
    assert finding is not None
    assert finding.severity is Severity.WARNING
    assert "mean something to a query or a shell" in finding.message


def test_base64_that_looks_like_a_path_is_none() -> None:
    assert suspicious_kid("Zm9v/etc/YmFy+w==") is None


@pytest.mark.parametrize("kid", ["." * 1_000_000, "/" * 1_000_000, "a" * 1_000_000, "\\" * 1_000_000])
def test_a_bomb_is_judged_at_once(kid: str) -> None:
    with no_hanging():
        finding = suspicious_kid(kid)
    assert finding is not None
    assert len(finding.message) < 200


@given(st.text(max_size=40))
def test_whatever_the_kid_is_the_message_shows_safely(kid: str) -> None:
    finding = suspicious_kid(kid)
    assert finding is None or finding.message.isprintable()
