"""What is made of an answer: the token out of it, what is said of it, and what is not."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from jwttool.certificates import fingerprint
from jwttool.grant.answer import Granted, judge_answer
from jwttool.grant.message import HttpAnswer, HttpRequest, build_request
from jwttool.providers import get_provider
from jwttool.report import Status
from jwttool.secret import Secret
from tests import issue
from tests.asking import ANSWERS, TOKEN
from tests.hostile import CANARY, no_hanging

AT = datetime(2026, 6, 16, 13, 10, 13, tzinfo=UTC)
SECRET = f"{CANARY}-secret"
KEY = issue.rsa_key(8)
CERTIFICATE = issue.certificate(KEY)


def request(provider: str = "worldline") -> HttpRequest:
    shape = next(each for each in get_provider(provider).requests)
    values: dict[str, str | Secret] = {
        member.name: Secret.from_text(SECRET) for member in shape.members if member.secret
    }
    return build_request(shape, "https://bank.example/token", values)


def answered(
    body: Any,
    status: int = 200,
    provider: str = "worldline",
    *,
    certificate: x509.Certificate | None = None,
    **headers: str,
) -> Granted:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {
        "Content-Type": "application/json",
        "Cache-Control": "no-store",
        "Date": format_datetime(AT, usegmt=True),
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    answer = HttpAnswer(
        status=status, reason="Whatever", headers=tuple(named.items()), body=data, received_at=AT
    )
    return judge_answer(answer, request(provider), get_provider(provider), certificate)


def ids(granted: Granted) -> list[str]:
    return [check.id for check in granted.report]


# --- a token ---------------------------------------------------------------------------


@pytest.mark.parametrize("provider", ANSWERS)
def test_the_documented_answer(provider: str) -> None:
    status, body = ANSWERS[provider]
    granted = answered(body, status, provider)
    assert granted.is_success
    assert granted.token == Secret.from_text(TOKEN)
    assert granted.token_type is not None
    assert granted.token_type.lower() == "bearer"
    assert granted.expires_at == AT + timedelta(seconds=granted.expires_in or 0)
    assert granted.clock_offset == 0
    assert granted.report.failures == ()
    assert TOKEN not in repr(granted)


def test_the_refresh_token_of_stet_lives_ninety_days() -> None:
    granted = answered(ANSWERS["stet"][1], 200, "stet")
    assert granted.refresh_token is not None
    assert granted.refresh_expires_at == AT + timedelta(days=90)
    assert CANARY not in repr(granted)


def test_a_member_too_many_or_too_few_warns_or_fails_and_the_token_is_there() -> None:
    body = ANSWERS["worldline"][1]
    assert ids(answered(body | {"more": 1})) == ["answer-extra"]
    less = {name: value for name, value in body.items() if name != "scope"}
    for granted in (answered(body | {"more": 1}), answered(less)):
        assert granted.token is not None
        assert granted.is_success


@pytest.mark.parametrize(
    "body",
    [
        b'{"access_token": "%s", "scope": "a", "scope": "b"}' % TOKEN.encode(),
        b'\xef\xbb\xbf{"access_token": "%s"}' % TOKEN.encode(),
        b'{"access_token": "%s", "n": NaN}' % TOKEN.encode(),
        b'{"access_token": "%s", "expires_in": 1e400}' % TOKEN.encode(),
        b'{"access_token": "%s", "note": "\xff"}' % TOKEN.encode(),
        b'{"access_token": "%s",}' % TOKEN.encode(),
        b'{"access_token": "%s", "token_type": 7, "expires_in": "soon"}' % TOKEN.encode(),
    ],
    ids=["twice", "bom", "nan", "infinite", "no-utf-8", "comma", "types"],
)
def test_a_token_that_was_issued_is_never_thrown_away(body: bytes) -> None:
    granted = answered(body)
    assert granted.token == Secret.from_text(TOKEN)
    assert granted.is_success
    assert ids(granted)


def test_a_token_in_the_envelope_of_json_that_is_not_strict() -> None:
    body = b'{"data": {"access_token": "%s", "access_token": "%s"}}' % (b"old", TOKEN.encode())
    assert answered(body, 201, "konsentus").token == Secret.from_text(TOKEN)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [(300, 300), ("300", 300), (300.9, 300), (-1, None), (True, None), (None, None), (10**18, None)],
    ids=repr,
)
def test_how_long_it_is_good_for(value: object, seconds: int | None) -> None:
    granted = answered({"access_token": TOKEN, "expires_in": value})
    assert granted.expires_in == seconds


@pytest.mark.parametrize("token", [None, "", 7, ["x"], {"a": 1}])
def test_what_is_no_token_is_none(token: object) -> None:
    granted = answered(ANSWERS["worldline"][1] | {"access_token": token})
    assert granted.token is None
    assert not granted.is_success
    assert granted.report.failures


# --- no token -----------------------------------------------------------------------------


def only(granted: Granted, rule: str = "answer-error") -> tuple[str, str]:
    check = granted.report[rule]
    assert check.status is Status.FAIL
    return check.message, check.hint or ""


def refused(description: str | None, code: str = "invalid_client", **more: Any) -> Granted:
    body = {"error": code} | ({} if description is None else {"error_description": description})
    return answered(body, 401, **more)


@pytest.mark.parametrize(
    ("description", "cause"),
    [
        ("Token reuse detected", "this jti was used already"),
        ("Token was issued too far in the past to be used now", "iat lies further back"),
        (None, "not the same as sub"),
        ("Invalid token audience", "aud is not the realm's URL"),
        ("Unable to load public key", "no public key for this client"),
    ],
)
def test_keycloaks_words_are_turned_into_the_cause(description: str | None, cause: str) -> None:
    granted = refused(description)
    assert granted.token is None
    assert cause in only(granted)[0]


def test_a_kid_that_the_server_knows_in_another_form() -> None:
    known = fingerprint(CERTIFICATE, "sha256")
    asked = fingerprint(CERTIFICATE, "sha1")
    words = f"Requested kid: '{asked}'. Available kids: '[other, {known}]'"
    _, hint = only(refused(words, certificate=CERTIFICATE))
    assert hint.startswith(f"the server knows your certificate as {known} (its sha256): set kid to that")


def test_a_kid_that_the_server_does_not_have() -> None:
    words = f"Requested kid: '{fingerprint(CERTIFICATE, 'sha1')}'. Available kids: '[other]'"
    _, hint = only(refused(words, certificate=CERTIFICATE))
    assert hint.startswith("none of the kids that the server has is your certificate: upload it")


def test_a_server_without_any_kid() -> None:
    words = f"Requested kid: '{fingerprint(CERTIFICATE, 'sha1')}'. Available kids: '[]'"
    _, hint = only(refused(words, certificate=CERTIFICATE))
    assert hint.startswith("the server has no key of yours")


def test_html_in_the_place_of_json() -> None:
    granted = answered(b"<!DOCTYPE html><h1>Log in</h1>", 200, Content_Type="text/html")
    assert "answer-json" in ids(granted)
    assert not granted.is_success


def test_a_redirect_is_a_refusal() -> None:
    granted = answered(b"", 302, Location="https://elsewhere.example/?secret=1")
    assert not granted.is_success
    assert granted.report.failures


def test_a_token_beside_a_status_that_says_no_is_handed_out_and_no_success() -> None:
    granted = answered({"access_token": TOKEN}, 500)
    assert granted.token is not None
    assert not granted.is_success


@pytest.mark.parametrize(
    "body",
    [
        {"error": "invalid_client", "error_description": f"no client with secret {SECRET}"},
        {"error": "invalid_client", "error_description": f"secret {SECRET[:14]} too short"},
        {"error": SECRET},
        {"errors": [{"id": "1", "code": SECRET, "title": SECRET, "link": SECRET}]},
        {SECRET: SECRET, "error": "x"},
        {SECRET: 1, "access_token": TOKEN},
    ],
)
def test_secrets_that_a_server_repeats_are_hidden(body: dict[str, Any]) -> None:
    for status in (200, 400):
        granted = answered(body, status, "op", WWW_Authenticate=f'Bearer error="{SECRET}"')
        assert CANARY not in repr(granted)
        assert all(CANARY not in repr(check) for check in granted.report)


def test_a_secret_in_the_reason_of_a_bare_body_is_hidden() -> None:
    granted = answered(f"secret {SECRET} is wrong".encode(), 400, "op", Content_Type="text/plain")
    assert CANARY not in repr(granted)


# --- the clock ------------------------------------------------------------------------------


def test_a_clock_that_is_off_is_told_beside_a_token_too() -> None:
    date = format_datetime(AT + timedelta(seconds=43), usegmt=True)
    granted = answered(ANSWERS["worldline"][1], Date=date)
    assert ids(granted) == ["answer-clock"]
    assert granted.clock_offset == 43
    assert granted.report["answer-clock"].message == "the server's clock is 43 s ahead of this machine's"


@pytest.mark.parametrize("date", ["", "yesterday", "x" * 10_000, "Tue, 99 Jun 2026 13:10:13 GMT", "\x00"])
def test_a_date_that_is_none_is_not_judged(date: str) -> None:
    granted = answered(ANSWERS["worldline"][1], Date=date)
    assert granted.clock_offset is None
    assert granted.report["answer-clock"].status is Status.SKIPPED


# --- whatever comes ---------------------------------------------------------------------------


@given(st.binary(max_size=300), st.integers(100, 999))
def test_any_bytes_are_an_answer(body: bytes, status: int) -> None:
    for provider in ANSWERS:
        granted = answered(body, status, provider)
        assert granted.status == status


_NAMES = st.sampled_from(
    ["access_token", "expires_in", "token_type", "data", "errors", "error", "scope", "refresh_token"]
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=5),
    max_leaves=12,
)


@given(st.dictionaries(_NAMES, _JSON, max_size=6))
def test_any_types_are_an_answer(body: dict[str, Any]) -> None:
    for provider in ANSWERS:
        answered(body, 200, provider)
        answered(body, 400, provider)


@pytest.mark.parametrize(
    "body",
    [b"[" * 500_000, b'{"a":' * 100_000, b'{"error": "' + b"x" * 1_000_000 + b'"}', b'{"a' * 300_000],
    ids=["brackets", "objects", "long", "open"],
)
def test_hostile_bodies_are_soon_done_with(body: bytes) -> None:
    with no_hanging(20):
        for provider in ANSWERS:
            answered(body, 400, provider)
