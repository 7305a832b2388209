"""Answers and requests for tests: right ones of each system, and ways to change one thing in them."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from jwttool.checks.answer import judge_message
from jwttool.inspection.message import read_message
from jwttool.providers import get_provider
from jwttool.providers.shapes import ASSERTION_TYPE
from jwttool.report import Check, Severity
from tests.assertions import changed
from tests.hostile import CANARY

FIXTURES: Final = Path(__file__).parent.parent / "fixtures"
NOW: Final = 1_781_615_413  # 2026-06-16T13:10:13Z
UUID: Final = "8c9378f8-e27f-4e0a-a643-d73585d1249f"

OP: Final = json.loads((FIXTURES / "op/token_answer.json").read_text())
WORLDLINE: Final = json.loads((FIXTURES / "worldline/token_answer.json").read_text())
KONSENTUS: Final = {"access_token": UUID, "expires_in": 31104000, "token_type": "bearer", "state": "s"}
STET: Final = {"access_token": "a", "token_type": "Bearer", "expires_in": 3600, "refresh_token": "r"}
PLAIN: Final = {"access_token": "a", "token_type": "Bearer", "expires_in": 3600}

HEADERS: Final = {"Content-Type": "application/json", "Cache-Control": "no-store"}
FORM_HEADERS: Final = {"Host": "server.example", "Content-Type": "application/x-www-form-urlencoded"}

OP_FORM: Final = {"grant_type": "client_credentials", "client_id": "c", "client_secret": CANARY}
WORLDLINE_FORM: Final = {
    "grant_type": "client_credentials",
    "scope": "VOP WERO",
    "client_assertion_type": ASSERTION_TYPE,
    "client_assertion": f"{CANARY}.b.c",
}
SECRET_FORM: Final = {"scope": "VOP", **OP_FORM}
CODE_FORM: Final = {
    "grant_type": "authorization_code",
    "code": CANARY,
    "redirect_uri": "https://x",
    "client_id": "PSDFR-ACPR-12345",
}
REFRESH_FORM: Final = {"grant_type": "refresh_token", "refresh_token": CANARY}
KONSENTUS_BODY: Final = {"auth_code": CANARY, "redirect_uri": "https://x"}
KONSENTUS_HEADERS: Final = {
    "Host": "sandbox.konsentus.com",
    "Content-Type": "application/json",
    "Authorization": "Basic dTpw",
    "fi_reference_id": "fi",
    "version": "1",
    "ccg_token": CANARY,
}


def judge(text: str, provider: str | None) -> tuple[Check, ...]:
    message = read_message(text)
    assert message is not None
    checks = judge_message(message, None if provider is None else get_provider(provider), NOW)
    assert all(CANARY not in repr(check) for check in checks)
    return checks


def ids(checks: tuple[Check, ...]) -> list[str]:
    return [check.id for check in checks]


def head(first: str, headers: Mapping[str, Any]) -> str:
    return "\n".join([first, *(f"{name}: {value}" for name, value in headers.items()), "", ""])


def answer(body: Mapping[str, Any] | str, status: int = 200, **headers: Any) -> str:
    text = body if isinstance(body, str) else json.dumps(body)
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return head(f"HTTP/1.1 {status} Whatever", changed(dict(HEADERS), names)) + text


def request(
    body: Mapping[str, Any] | str,
    headers: Mapping[str, Any] = FORM_HEADERS,
    line: str = "POST /token HTTP/1.1",
) -> str:
    return head(line, changed({}, dict(headers))) + (body if isinstance(body, str) else urlencode(body))


def jwe(**changes: Any) -> str:
    """A token in the shape of OP's, with members of its header changed."""
    right = {"alg": "RSA-OAEP", "enc": "A256CBC-HS512", "kid": "0" * 32, "typ": "JWT", "cty": "JWT"}
    text = json.dumps(changed(right, changes)).encode()
    return f"{base64.urlsafe_b64encode(text).rstrip(b'=').decode()}.a.b.c.d"


Case = tuple[str, str | None, str, Severity, str]
"""The id of a rule, a system, a text with one thing wrong, and what has to be said of it."""


def assert_found_alone(case: Case) -> None:
    """One thing changed is found, and nothing else; Konsentus' 360 days are told of each of its answers."""
    rule, provider, text, severity, message = case
    checks = {check.id: check for check in judge(text, provider)}
    assert checks.keys() <= ({rule, "answer-long-lived"} if provider == "konsentus" else {rule})
    check = checks[rule]
    assert check.severity is severity
    assert check.message.startswith(message)
    assert check.hint
    assert check.reference
    assert check.where


def case_ids(cases: list[Case]) -> list[str]:
    """An id for each of several cases: its number and its rule."""
    return [f"{number}-{case[0]}" for number, case in enumerate(cases)]
