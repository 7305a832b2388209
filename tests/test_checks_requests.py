"""Requests for a token, right and with one thing changed: exactly that is found."""

from __future__ import annotations

import json
from typing import Any, Final
from urllib.parse import urlencode

import pytest

from jwttool.checks.answer import REQUEST_RULES
from jwttool.encoding import b64url_encode, compact_json
from jwttool.inspection import inspect
from jwttool.inspection.explain import explain
from jwttool.providers.shapes import ASSERTION_TYPE
from jwttool.report import Severity
from tests.assertions import OMIT, changed
from tests.hostile import CANARY
from tests.issue import WITHIN
from tests.token_messages import (
    CODE_FORM,
    FIXTURES,
    FORM_HEADERS,
    KONSENTUS_BODY,
    KONSENTUS_HEADERS,
    OP_FORM,
    REFRESH_FORM,
    SECRET_FORM,
    WORLDLINE_FORM,
    Case,
    assert_found_alone,
    case_ids,
    ids,
    judge,
    request,
)

ERROR, WARNING = Severity.ERROR, Severity.WARNING

ASSERTION: Final = (FIXTURES / "worldline/client_assertion.jwt").read_text().strip()


def made(claims: dict[str, Any], **header: Any) -> str:
    """A token that shows these claims, signed by nobody."""
    return ".".join([*(b64url_encode(compact_json(each)) for each in (header, claims)), "x"])


RIGHT: Final[dict[str, tuple[str | None, str]]] = {
    "OP request": ("op", request(OP_FORM)),
    "OP form": ("op", urlencode(OP_FORM)),
    "Worldline request": ("worldline", request(WORLDLINE_FORM)),
    "Worldline request with a secret": ("worldline", request(SECRET_FORM)),
    "Konsentus request": ("konsentus", request(json.dumps(KONSENTUS_BODY), KONSENTUS_HEADERS)),
    "Konsentus body": ("konsentus", json.dumps(KONSENTUS_BODY)),
    "STET request": ("stet", request(CODE_FORM)),
    "STET refresh": ("stet", request(REFRESH_FORM)),
    "request": (None, request(SECRET_FORM)),
    "request with a Basic header": (
        None,
        request("grant_type=client_credentials", {**FORM_HEADERS, "Authorization": "Basic dTpw"}),
    ),
    "extension grant": (None, request("grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion=a")),
    "use of a token": (None, request("", {"Authorization": "Bearer x"}, "GET /accounts HTTP/1.1")),
    "Basic header": ("op", "Authorization: Basic dTpw"),
    "the assertion's client": (
        "worldline",
        request(WORLDLINE_FORM | {"client_assertion": ASSERTION, "client_id": "5734699"}),
    ),
    "an assertion with a scope": (
        "worldline",
        request(
            WORLDLINE_FORM
            | {"client_assertion": made({"iss": "c", "sub": "c", "scope": "VOP", "client_id": "c"})}
        ),
    ),
    "a refresh token with a scope": (
        "stet",
        request(REFRESH_FORM | {"refresh_token": made({"scope": "a", "client_id": "c"})}),
    ),
    "an access token in use": (
        None,
        request("", {"Authorization": f"Bearer {made({'typ': 'Bearer'})}"}, "GET /accounts HTTP/1.1"),
    ),
    "a call-back": (None, request("", {"Host": "me"}, "GET /callback?code=x&state=y HTTP/1.1")),
    "head of a request": ("worldline", "POST /auth/realms/r/protocol/openid-connect/token HTTP/1.1"),
}


@pytest.mark.parametrize("name", RIGHT)
def test_nothing_is_said_of_what_is_right(name: str) -> None:
    provider, text = RIGHT[name]
    assert judge(text, provider) == ()


CHANGED: Final[list[Case]] = [
    (
        "request-method",
        "op",
        request(OP_FORM, line="PUT /token HTTP/1.1"),
        ERROR,
        "the method is PUT, not POST",
    ),
    (
        "request-content-type",
        "op",
        request(OP_FORM, {**FORM_HEADERS, "Content-Type": "text/plain"}),
        ERROR,
        'Content-Type is "text/plain", not application/x-www-form-urlencoded',
    ),
    (
        "request-content-type",
        "worldline",
        request(WORLDLINE_FORM, {"Host": "x"}),
        ERROR,
        "Content-Type is missing, not application/x-www-form-urlencoded",
    ),
    (
        "request-content-type",
        "op",
        json.dumps(OP_FORM),
        ERROR,
        "the body is JSON, where OP Corporate Banking reads a form",
    ),
    (
        "request-content-type",
        None,
        json.dumps(SECRET_FORM),
        ERROR,
        "the body is JSON, where a token endpoint reads a form",
    ),
    (
        "request-content-type",
        "konsentus",
        request(KONSENTUS_BODY, KONSENTUS_HEADERS),
        ERROR,
        "the body is a form, where Konsentus reads JSON",
    ),
    (
        "request-content-type",
        "konsentus",
        request(json.dumps(KONSENTUS_BODY), {**KONSENTUS_HEADERS, "Content-Type": "text/json"}),
        ERROR,
        'Content-Type is "text/json", not application/json',
    ),
    (
        "request-content-type",
        "konsentus",
        json.dumps(KONSENTUS_BODY)[:-1] + ",}",
        ERROR,
        "the body is not as it should be: a comma behind the last member",
    ),
    (
        "request-content-type",
        "op",
        urlencode(OP_FORM) + "&x=%ff",
        ERROR,
        "the body is not as it should be: a field that is not name=value",
    ),
    (
        "request-secret-in-url",
        "op",
        request(OP_FORM, line=f"POST /token?client_secret={CANARY}&a=b HTTP/1.1"),
        ERROR,
        "the URL holds client_secret",
    ),
    (
        "request-secret-in-url",
        None,
        request("", line=f"GET /accounts?access_token={CANARY} HTTP/1.1"),
        ERROR,
        "the URL holds access_token",
    ),
    ("request-repeated", "op", urlencode(OP_FORM) + "&client_id=d", ERROR, "given more than once: client_id"),
    (
        "request-grant",
        "op",
        request(OP_FORM | {"grant_type": "password"}),
        ERROR,
        'grant_type is "password", where OP Corporate Banking takes client_credentials',
    ),
    ("request-grant", "op", request(changed(OP_FORM, {"grant_type": OMIT})), ERROR, "grant_type is missing"),
    (
        "request-grant",
        "stet",
        request(CODE_FORM | {"grant_type": "code"}),
        ERROR,
        'grant_type is "code", where STET PSD2 bank takes authorization_code and refresh_token',
    ),
    (
        "request-grant",
        None,
        request(SECRET_FORM | {"grant_type": "client-credentials"}),
        WARNING,
        'grant_type is "client-credentials", which is not known',
    ),
    (
        "request-grant",
        None,
        request(changed(SECRET_FORM, {"grant_type": OMIT})),
        ERROR,
        "grant_type is missing",
    ),
    (
        "request-grant",
        "konsentus",
        json.dumps({**KONSENTUS_BODY, "grant_type": "client_credentials"}),
        WARNING,
        "grant_type is there, which the document's request does not have: with client_credentials",
    ),
    (
        "request-client-auth",
        "worldline",
        request(WORLDLINE_FORM | {"client_secret": CANARY}),
        ERROR,
        "client_secret and client_assertion: the client authenticates itself in more than one way",
    ),
    (
        "request-client-auth",
        "op",
        request(OP_FORM, {**FORM_HEADERS, "Authorization": f"Basic {CANARY}"}),
        ERROR,
        "client_secret and a Basic header: the client",
    ),
    (
        "request-client-auth",
        "op",
        request(changed(OP_FORM, {"client_secret": OMIT})),
        ERROR,
        "nothing in the request authenticates the client",
    ),
    (
        "request-client-auth",
        None,
        request(changed(SECRET_FORM, {"client_secret": OMIT})),
        WARNING,
        "nothing in the request authenticates the client, unless the connection does (mutual TLS)",
    ),
    (
        "request-client-auth",
        "op",
        request(
            changed(
                OP_FORM,
                {"client_secret": OMIT, "client_assertion": "a.b.c", "client_assertion_type": ASSERTION_TYPE},
            )
        ),
        ERROR,
        "client_assertion authenticates the client, where OP Corporate Banking documents client_secret",
    ),
    (
        "request-client-auth",
        "op",
        request(changed(OP_FORM, {"client_secret": OMIT}), {**FORM_HEADERS, "Authorization": "Basic dTpw"}),
        WARNING,
        "a Basic header authenticates the client, where OP",
    ),
    (
        "request-client-auth",
        "stet",
        request(CODE_FORM | {"client_secret": CANARY}),
        WARNING,
        "client_secret authenticates the client, where STET PSD2 bank documents none in the request",
    ),
    (
        "request-assertion-type",
        "worldline",
        request(WORLDLINE_FORM | {"client_assertion_type": ASSERTION_TYPE + " "}),
        ERROR,
        f'client_assertion_type is "{ASSERTION_TYPE} "',
    ),
    (
        "request-assertion-type",
        "worldline",
        request(changed(WORLDLINE_FORM, {"client_assertion_type": OMIT})),
        ERROR,
        "client_assertion_type is missing beside client_assertion",
    ),
    (
        "request-assertion-type",
        "worldline",
        request(SECRET_FORM | {"client_assertion_type": ASSERTION_TYPE}),
        ERROR,
        "client_assertion is missing beside client_assertion_type",
    ),
    (
        "request-scope",
        "worldline",
        request(WORLDLINE_FORM | {"scope": "VOP  WERO"}),
        ERROR,
        'scope is "VOP  WERO": no names with single spaces',
    ),
    (
        "request-scope",
        "worldline",
        request(WORLDLINE_FORM | {"scope": 'a"b'}),
        ERROR,
        'scope is "a"b": no names',
    ),
    (
        "request-scope",
        "worldline",
        request(WORLDLINE_FORM | {"scope": "VOP,WERO"}),
        WARNING,
        'scope is "VOP,WERO": one name with , in it',
    ),
    (
        "request-scope",
        "worldline",
        request(WORLDLINE_FORM | {"scope": "VOP%20WERO"}),
        WARNING,
        'scope is "VOP%20WERO": one name with %20 in it',
    ),
    (
        "request-members",
        "worldline",
        request(changed(WORLDLINE_FORM, {"scope": OMIT})),
        ERROR,
        "scope is missing",
    ),
    ("request-members", "op", request(changed(OP_FORM, {"client_id": OMIT})), ERROR, "client_id is missing"),
    (
        "request-members",
        "op",
        request(OP_FORM | {"client_secret": ""}),
        ERROR,
        "client_secret is empty, which counts as left out",
    ),
    (
        "request-members",
        "worldline",
        request(WORLDLINE_FORM | {"scope": ""}),
        ERROR,
        "scope is empty, which counts as left out",
    ),
    (
        "request-members",
        "worldline",
        request(changed(SECRET_FORM, {"scope": "", "client_id": OMIT})),
        ERROR,
        "client_id is missing; scope is empty, which counts as left out",
    ),
    ("request-members", None, request(SECRET_FORM | {"scope": ""}), ERROR, "scope is empty, which counts"),
    (
        "request-client-id",
        "worldline",
        request(WORLDLINE_FORM | {"client_assertion": ASSERTION, "client_id": "5734698"}),
        ERROR,
        'client_id is "5734698", and in client_assertion sub is "5734699"',
    ),
    (
        "request-client-id",
        None,
        request(WORLDLINE_FORM | {"client_assertion": made({"sub": "c", "iss": "d"}), "client_id": "c"}),
        ERROR,
        'client_id is "c", and in client_assertion iss is "d"',
    ),
    (
        "request-client-id",
        None,
        request(WORLDLINE_FORM | {"client_assertion": made({"sub": "c", "iss": 3}), "client_id": "d"}),
        ERROR,
        'client_id is "d", and in client_assertion sub is "c" and iss is 3',
    ),
    (
        "request-token-kind",
        "worldline",
        request(WORLDLINE_FORM | {"client_assertion": made({"typ": "Bearer"})}),
        WARNING,
        "client_assertion seems to be an access token (Keycloak: typ is Bearer), not a client assertion",
    ),
    (
        "request-token-kind",
        None,
        request("", {"Authorization": f"Bearer {made({'typ': 'Refresh'})}"}, "GET /accounts HTTP/1.1"),
        WARNING,
        "header Authorization seems to be a refresh token (Keycloak: typ is Refresh), not an access token",
    ),
    (
        "request-token-kind",
        "stet",
        request(REFRESH_FORM | {"refresh_token": made({}, typ="at+jwt")}),
        WARNING,
        "refresh_token seems to be an access token (typ at+jwt), not a refresh token",
    ),
    ("request-members", "stet", request(changed(CODE_FORM, {"code": OMIT})), ERROR, "code is missing"),
    (
        "request-members",
        "stet",
        request(changed(REFRESH_FORM, {"refresh_token": OMIT})),
        ERROR,
        "refresh_token is missing",
    ),
    ("request-members", None, request(changed(CODE_FORM, {"code": OMIT})), ERROR, "code is missing"),
    (
        "request-members",
        "konsentus",
        json.dumps(changed(KONSENTUS_BODY, {"redirect_uri": OMIT})),
        ERROR,
        "redirect_uri is missing",
    ),
    (
        "request-members",
        "konsentus",
        request(json.dumps(KONSENTUS_BODY), changed(KONSENTUS_HEADERS, {"ccg_token": OMIT, "version": OMIT})),
        ERROR,
        "header version and header ccg_token are missing",
    ),
    (
        "request-members",
        "konsentus",
        request(json.dumps(KONSENTUS_BODY), {**KONSENTUS_HEADERS, "Authorization": "Bearer x"}),
        ERROR,
        "header Authorization: Basic is missing",
    ),
    (
        "request-unfilled",
        "op",
        request(OP_FORM | {"client_secret": "TODO and here client secret"}),
        WARNING,
        "client_secret still to be filled in",
    ),
    (
        "request-unfilled",
        "op",
        request(OP_FORM | {"client_id": "${clientId}", "client_secret": "$clientSecret"}),
        WARNING,
        "client_id and client_secret still to be filled in",
    ),
]


@pytest.mark.parametrize("case", CHANGED, ids=case_ids(CHANGED))
def test_one_thing_changed_is_found_and_nothing_else(case: Case) -> None:
    assert_found_alone(case)


def test_a_get_with_everything_in_the_url() -> None:
    checks = judge(f"GET /token?{urlencode(OP_FORM)} HTTP/1.1\nHost: x\n\n", "op")
    assert ids(checks) == ["request-method", "request-secret-in-url"]


def test_what_a_system_takes_is_told_once() -> None:
    (check,) = judge(request(WORLDLINE_FORM | {"grant_type": "password"}), "worldline")
    assert check.message == 'grant_type is "password", where Worldline Open Banking takes client_credentials'


@pytest.mark.parametrize(
    ("form", "meaning"),
    [(CODE_FORM, "authorization_code"), (REFRESH_FORM, "refresh_token")],
    ids=["code", "refresh"],
)
def test_a_member_is_explained_as_in_the_way_to_ask_that_is_meant(form: dict[str, str], meaning: str) -> None:
    found = {
        each.where: each.meaning for each in explain(inspect(urlencode(form), provider="stet", at=WITHIN))
    }
    assert found["grant_type"] == meaning


def test_every_rule_fails_somewhere_here() -> None:
    assert {case[0] for case in CHANGED} == {rule.id for rule in REQUEST_RULES}
