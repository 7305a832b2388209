"""Access tokens for tests: one that is right, by RFC 9068 too, and a way to change one thing in it."""

from __future__ import annotations

from typing import Any, Final

from jwttool.report import Check, Status
from jwttool.verification import TokenReport, TokenVerifier
from tests import issue
from tests.assertions import KEY, NOW, changed, dumps, raw_token

ISSUER: Final = "https://issuer.example/auth/realms/example"
AUDIENCE: Final = "https://api.example"
KID: Final = "issuer-key-1"


def right_header(**changes: Any) -> dict[str, Any]:
    return changed({"alg": "RS256", "kid": KID, "typ": "at+jwt"}, changes)


def right_claims(**changes: Any) -> dict[str, Any]:
    claims = {
        "iss": ISSUER,
        "sub": "a-user",
        "aud": AUDIENCE,
        "client_id": "a-client",
        "iat": NOW - 10,
        "exp": NOW + 290,
        "jti": "a-random-identifier",
        "scope": "VOP WERO",
    }
    return changed(claims, changes)


def token(header: dict[str, Any] | None = None, claims: dict[str, Any] | None = None, key: Any = KEY) -> str:
    """The right access token with members of header and claims changed."""
    head = right_header(**(header or {}))
    return raw_token(dumps(head), dumps(right_claims(**(claims or {}))), key, str(head.get("alg")))


def judge(text: str, **changes: Any) -> TokenReport:
    """The report on a token, at the time at which the right one is right."""
    at = changes.pop("at", issue.WITHIN)
    arguments: dict[str, Any] = {"public_key": KEY.public_key(), "issuer": ISSUER, "audience": AUDIENCE}
    return TokenVerifier(**arguments | changes).verify(text, at=at)


def not_content(checks: TokenReport | tuple[Check, ...]) -> dict[str, Status]:
    """What failed or warned, by id."""
    return {check.id: check.status for check in checks if check.status in {Status.FAIL, Status.WARNING}}
