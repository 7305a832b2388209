"""The rules about a request that is about to be sent: each with what passes, and one thing changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jwttool.certificates import fingerprint
from jwttool.checks import catalogue
from jwttool.checks.rule import Finding, RuleSet
from jwttool.checks.sending import CLOCK_RULES, SENDING_RULES, ClockView, PairView, SendingView
from jwttool.providers import get_provider
from jwttool.report import Check, Status
from tests import issue

AT = issue.WITHIN
OP = get_provider("op")
KONSENTUS = get_provider("konsentus")
STET = get_provider("stet")
SANDBOX = OP.servers["sandbox"]
PRODUCTION = OP.servers["production"]
KEY = issue.rsa_key(8)
CERTIFICATE = issue.certificate(KEY)
SHA1 = fingerprint(CERTIFICATE, "sha1")
SOUND = SendingView(
    provider=OP,
    shape=OP.requests[0],
    at=AT,
    url=f"{SANDBOX}/corporate-oidc/v1/token",
    server=SANDBOX,
    names=("op-sandbox", "sandbox-mtls.key"),
    pairs=(PairView("mutual TLS", "tls_certificate", KEY.public_key(), CERTIFICATE),),
)


def judged(**changes: Any) -> dict[str, Check]:
    return {check.id: check for check in RuleSet(SENDING_RULES).run(replace(SOUND, **changes))}


def pair(**changes: Any) -> tuple[PairView, ...]:
    return (replace(SOUND.pairs[0], **changes),)


def test_a_sound_request_passes_every_rule() -> None:
    assert {check.status for check in judged().values()} == {Status.PASS}


def test_the_rules_are_in_the_catalogue_and_say_why() -> None:
    rules = (*SENDING_RULES, *CLOCK_RULES)
    assert set(rules) <= set(catalogue())
    assert all(rule.explanation for rule in SENDING_RULES)
    assert all(rule.explanation for rule in CLOCK_RULES)


MISSING = (
    "client_id, client_secret and server are missing for OP Corporate Banking "
    "(client id and secret, over mutual TLS)"
)
FAILURES: list[tuple[str, dict[str, Any], str]] = [
    (
        "send-settings",
        {"missing": ("client_id", "client_secret", "server")},
        MISSING,
    ),
    (
        "send-url",
        {"url": "http://bank.example/token"},
        "the token endpoint is plain http: whoever listens gets the credentials and the token",
    ),
    ("send-url", {"url": "https://user:word@bank.example/"}, "the token endpoint has a user name in it"),
    ("send-url", {"url": "https://bank.example/token#x"}, "the token endpoint has a fragment"),
    ("send-url", {"url": "https:///token"}, "the token endpoint names no host"),
    ("send-url", {"url": "https://bank.example:99999/"}, "the token endpoint is no URL"),
    (
        "send-environment",
        {"url": f"{PRODUCTION}/corporate-oidc/v1/token"},
        "the token endpoint is that of the production, and server that of the sandbox",
    ),
    (
        "send-headers",
        {"headers": {"ccg_token": "a\nb"}},
        "ccg_token is empty or holds a character that no header can carry",
    ),
    (
        "send-headers",
        {"headers": {"version": "“1”"}},
        "version is empty or holds a character that no header can carry",
    ),
    (
        "send-headers",
        {"user": "a:b"},
        "client_id has a colon in it, which ends the user name of a Basic header",
    ),
    (
        "send-key-pair",
        {"pairs": pair(key=issue.rsa_key(9).public_key())},
        "the certificate for mutual TLS is not that of its key",
    ),
    (
        "send-key-pair",
        {"pairs": pair(key=issue.ec_key().public_key())},
        "the certificate for mutual TLS is not that of its key",
    ),
    (
        "send-certificate",
        {"at": issue.NOT_AFTER + timedelta(days=2)},
        "the certificate for mutual TLS expired 2 d ago, at 2027-12-31T23:59:59Z",
    ),
    (
        "send-certificate",
        {"at": issue.NOT_BEFORE - timedelta(seconds=1)},
        "the certificate for mutual TLS is not valid before 2026-01-01T00:00:00Z",
    ),
    ("send-assertion", {"assertion": Finding("it is wrong", "mend it")}, "it is wrong"),
]
WARNINGS: list[tuple[str, dict[str, Any], str]] = [
    (
        "send-url",
        {"url": "http://127.0.0.1:8080/token"},
        "the token endpoint is plain http, on this machine",
    ),
    (
        "send-environment",
        {"names": ("op-production",)},
        "the request goes to the sandbox, and op-production speaks of another environment",
    ),
    (
        "send-environment",
        {"url": PRODUCTION, "server": PRODUCTION},
        "the request goes to the production, and op-sandbox speaks of another environment",
    ),
    (
        "send-environment",
        {"url": "https://test.bank.example/", "server": None, "names": ("live.key",)},
        "the request goes to the sandbox, and live.key speaks of another environment",
    ),
    (
        "send-audience",
        {"audience": "https://other.example/auth/realms/r"},
        'the audience is "https://other.example/auth/realms/r", which is not at "api.corp-api-sandbox',
    ),
    (
        "send-certificate",
        {"at": issue.NOT_AFTER - timedelta(days=3)},
        "the certificate for mutual TLS expires in 3 d, at 2027-12-31T23:59:59Z",
    ),
    (
        "send-kid",
        {"pairs": pair(kid="handed-out-by-the-bank")},
        'kid is set to "handed-out-by-the-bank", which is no fingerprint of the certificate',
    ),
    (
        "send-kid",
        {"pairs": pair(kid=SHA1[:20] + ":" + SHA1[20:])},
        "which is not quite its sha1",
    ),
    (
        "send-code-age",
        {"provider": KONSENTUS, "shape": KONSENTUS.requests[0], "code_age": 61},
        "the one-time code is 1 min 1 s old, and lives 60 s",
    ),
    (
        "send-refresh-age",
        {"provider": STET, "shape": STET.requests[1], "refresh_age": 91 * 86400},
        "the refresh token is 91 d old, and lives 90 days",
    ),
    (
        "send-refresh-age",
        {"provider": STET, "shape": STET.requests[1], "refresh_age": 85 * 86400},
        "the refresh token ends in 5 d",
    ),
]
CONTENT: list[tuple[str, dict[str, Any]]] = [
    ("send-kid", {"pairs": pair(kid=SHA1)}),
    ("send-code-age", {"provider": KONSENTUS, "shape": KONSENTUS.requests[0], "code_age": 60}),
    ("send-code-age", {"provider": STET, "shape": STET.requests[0], "code_age": 600}),
    ("send-refresh-age", {"provider": STET, "shape": STET.requests[1], "refresh_age": 79 * 86400}),
    ("send-url", {"url": "HTTPS://bank.example"}),
    ("send-environment", {"url": "https://contest.example/", "server": None, "names": ("alive.key",)}),
    ("send-certificate", {"pairs": pair(certificate=None)}),
]


def numbered(cases: list[Any]) -> list[str]:
    return [f"{number}-{case[0]}" for number, case in enumerate(cases)]


@pytest.mark.parametrize(("rule", "changes", "message"), FAILURES, ids=numbered(FAILURES))
def test_what_cannot_succeed_fails(rule: str, changes: dict[str, Any], message: str) -> None:
    check = judged(**changes)[rule]
    assert (check.status, check.message) == (Status.FAIL, message)
    assert check.hint
    assert check.reference


@pytest.mark.parametrize(("rule", "changes", "message"), WARNINGS, ids=numbered(WARNINGS))
def test_what_is_odd_warns(rule: str, changes: dict[str, Any], message: str) -> None:
    check = judged(**changes)[rule]
    assert check.status is Status.WARNING
    assert message in check.message
    assert check.hint


@pytest.mark.parametrize(("rule", "changes"), CONTENT, ids=numbered(CONTENT))
def test_what_is_sound_passes(rule: str, changes: dict[str, Any]) -> None:
    assert judged(**changes)[rule].status is Status.PASS


def test_without_a_url_nothing_is_said_about_it() -> None:
    checks = judged(url=None)
    assert checks["send-url"].status is Status.SKIPPED
    assert checks["send-environment"].status is Status.SKIPPED


def test_the_assertion_is_not_judged_where_its_certificate_is_not_sound() -> None:
    check = judged(assertion=Finding("it is wrong"), at=issue.NOT_AFTER + timedelta(days=2))["send-assertion"]
    assert check.status is Status.SKIPPED


# --- the clocks -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "status", "words"),
    [
        (0, Status.PASS, ""),
        (15, Status.PASS, ""),
        (-15, Status.PASS, ""),
        (16, Status.WARNING, "the server's clock is 16 s ahead of this machine's"),
        (-75, Status.WARNING, "the server's clock is 1 min 15 s behind this machine's"),
    ],
)
def test_clocks(seconds: int, status: Status, words: str) -> None:
    ours = datetime(2026, 6, 16, tzinfo=UTC)
    (check,) = RuleSet(CLOCK_RULES).run(ClockView(ours + timedelta(seconds=seconds), ours))
    assert check.status is status
    assert words in check.message


def test_a_server_without_a_date_is_not_judged() -> None:
    (check,) = RuleSet(CLOCK_RULES).run(ClockView(None, AT))
    assert check.status is Status.SKIPPED
