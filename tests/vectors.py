"""Test vectors that others publish: found in the folder that JWTTOOL_VECTORS names, and never copied."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jwttool.encoding import b64url_decode
from jwttool.errors import RefusedError
from jwttool.jose.jwks import load_token_jwks
from jwttool.report import Status
from jwttool.verification import verify_token
from tests import issue

if TYPE_CHECKING:
    from collections.abc import Iterable

VARIABLE = "JWTTOOL_VECTORS"
WYCHEPROOF = "github.com/C2SP/wycheproof, testvectors_v1/, in a folder wycheproof"
COOKBOOK = "github.com/ietf-jose/cookbook, in a folder cookbook"

Jwk = dict[str, Any]


def folder() -> Path | None:
    """Where the vectors are; None where nobody says."""
    path = os.environ.get(VARIABLE)
    return Path(path) if path else None


@cache
def document(name: str) -> Any:
    """A file of vectors; one that is missing from a folder that was named is a failure, not a skip."""
    path = folder()
    assert path is not None
    return json.loads((path / name).read_bytes())


def where_they_are(upstream: str) -> str:
    """Why a test is skipped, and what to do about it."""
    return f"{VARIABLE} names no folder of vectors; upstream has them: {upstream}"


def skipped(upstream: str) -> Any:
    """The one case that stands for all of them where there are no vectors."""
    return pytest.param(None, marks=pytest.mark.skip(reason=where_they_are(upstream)), id="no vectors")


class Case:
    """One case of Wycheproof's."""

    def __init__(self, group: dict[str, Any], test: dict[str, Any], member: str) -> None:
        self.id: int = test["tcId"]
        self.comment: str = test["comment"]
        self.valid: bool = test["result"] == "valid"
        given: Any = test[member]
        # A few hold a token in JSON form, where the compact one belongs.
        self.token: str = given if isinstance(given, str) else json.dumps(given)
        self.plaintext: str | None = test.get("pt")
        self.private: Jwk | None = group.get("private")
        self.public: Jwk | None = group.get("public")

    @property
    def jwk(self) -> Jwk:
        """The key of the group: the public one, or the one that both sides share."""
        return self.public or self.private or {}

    @property
    def symmetric(self) -> bool:
        """Whether it is a secret that both sides share."""
        return self.jwk.get("kty") == "oct"

    def __repr__(self) -> str:
        return f"{self.id} {self.comment}"


def all_cases(name: str, member: str) -> list[Case]:
    """Every case of a file of Wycheproof's; none where there are no vectors."""
    if folder() is None:
        return []
    groups = document(f"wycheproof/{name}")["testGroups"]
    return [Case(group, test, member) for group in groups for test in group["tests"]]


def parameters(cases: Iterable[Case]) -> list[Any]:
    """The cases, each a test with a name of its own."""
    return [pytest.param(case, id=repr(case)) for case in cases] or [skipped(WYCHEPROOF)]


def public_half(jwk: Jwk) -> Jwk:
    """A JWK without what is private in it."""
    return {name: value for name, value in jwk.items() if name not in {"d", "p", "q", "dp", "dq", "qi"}}


# What verifies a signature; the other rules are about claims, and the vectors' payloads are none.
SIGNATURE_RULES = {
    "token-form",
    "token-header",
    "token-crit",
    "token-alg",
    "token-kid",
    "token-key-type",
    "token-key-strength",
    "token-signature",
}


def verified_payload(token: str, jwk: Jwk) -> bytes:
    """The payload of a compact JWS, with one JWK as the only key that is trusted.

    :raises JwtToolError: where it is no token, the JWK is not one to verify with,
        or a rule is not content, whose id and message the error has.
    """
    entries = load_token_jwks(json.dumps(jwk).encode())
    report = verify_token(token, jwks=entries, at=issue.WITHIN)
    for check in report.failures:
        if check.id in SIGNATURE_RULES:
            raise RefusedError(f"{check.id}: {check.message}")
    assert report["token-key-type"].status is Status.PASS
    assert report["token-signature"].status is Status.PASS
    return b64url_decode(token.split(".")[1])
