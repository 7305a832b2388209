"""Answers, right and with one thing changed: exactly that is found."""

from __future__ import annotations

import base64
import json
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwttool.checks.answer import ANSWER_RULES, REQUEST_RULES, AnswerView, judge_message
from jwttool.checks.answer.message import Message, MessageKind
from jwttool.providers import get_provider
from jwttool.report import Check, Severity
from tests.assertions import OMIT, changed
from tests.hostile import CANARY
from tests.token_messages import (
    FIXTURES,
    KONSENTUS,
    KONSENTUS_BODY,
    NOW,
    OP,
    OP_FORM,
    PLAIN,
    STET,
    WORLDLINE,
    WORLDLINE_FORM,
    Case,
    answer,
    assert_found_alone,
    case_ids,
    ids,
    judge,
    jwe,
)


def sent(path: str, text: str) -> str:
    """An answer as curl -v has it, below the request."""
    head, _, body = text.partition("\n\n")
    above = [f"> GET {path} HTTP/1.1", "> Host: server.example", ">"]
    return "\n".join([*above, *(f"< {line}" for line in head.split("\n")), "<", body])


# --- what is right --------------------------------------------------------------

RIGHT: Final[dict[str, tuple[str | None, str]]] = {
    "OP": ("op", answer(OP)),
    "OP JSON": ("op", json.dumps(OP)),
    "OP, another token": ("op", answer(OP | {"access_token": jwe()})),
    "Worldline": ("worldline", answer(WORLDLINE)),
    "a scope": (None, answer(PLAIN | {"scope": "a b"})),
    "RFC 6749": (None, answer(PLAIN)),
    "RFC 6749 DPoP": (None, answer(PLAIN | {"token_type": "DPoP", "further": 1})),
    "a long life with a proof of possession": (
        None,
        answer(PLAIN | {"token_type": "DPoP", "expires_in": 10**6}),
    ),
    "content type with charset": ("op", answer(OP, Content_Type="application/json;charset=UTF-8")),
    "cache control with more": ("op", answer(OP, Cache_Control="private, No-Store")),
    "headers alone": (None, "Server: x\nDate: y"),
    "an API's answer": ("op", sent("/accounts", answer({"accounts": []}, 206))),
}


@pytest.mark.parametrize("name", RIGHT)
def test_nothing_is_said_of_what_is_right(name: str) -> None:
    provider, text = RIGHT[name]
    assert judge(text, provider) == ()


DOCUMENTED: Final = {
    "op/token_answer.json": ("op", []),
    "worldline/token_answer.json": ("worldline", []),
    "konsentus/token_answer.json": ("konsentus", ["answer-json", "answer-long-lived"]),
    "konsentus/token_request.json": ("konsentus", []),
    # The documents' examples of errors are what they are: refusals.
    "worldline/invalid_scope.json": ("worldline", ["answer-error"]),
    "stet/invalid_token.http": ("stet", ["answer-error"]),
}


@pytest.mark.parametrize("name", DOCUMENTED)
def test_the_documents_own_examples(name: str) -> None:
    provider, found = DOCUMENTED[name]
    checks = judge((FIXTURES / name).read_text(), provider)
    assert ids(checks) == found
    assert all(check.severity is not Severity.ERROR or check.id == "answer-error" for check in checks)


# --- one thing changed ------------------------------------------------------------

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE


def konsentus(**changes: Any) -> str:
    return answer({"data": changed(KONSENTUS, changes)}, 201)


CHANGED: Final[list[Case]] = [
    # the answer as a whole
    (
        "answer-json",
        None,
        '{"access_token": "a", "token_type": "Bearer", "expires_in": 1,}',
        ERROR,
        "the body is not JSON: a comma behind the last member (not JSON at character 62: ",
    ),
    ("answer-json", "op", json.dumps(OP)[:-1] + ",}", ERROR, "the body is not JSON: a comma behind"),
    (
        "answer-json",
        "op",
        '{"access_token": "a", "access_token": "b"}',
        ERROR,
        "the body is not strict JSON: a member name occurs twice",
    ),
    ("answer-json", "op", answer("<html>"), ERROR, "the body is HTML, where JSON belongs"),
    ("answer-json", "op", answer(""), ERROR, "there is no body"),
    ("answer-json", "op", answer("ok"), ERROR, "the body is not strict JSON: not JSON at character 0"),
    (
        "answer-json",
        "op",
        answer("access_token=a&token_type=Bearer", Content_Type="text/plain"),
        ERROR,
        "the body is no JSON",
    ),
    (
        "answer-content-type",
        "op",
        answer(OP, Content_Type="text/html"),
        ERROR,
        'Content-Type is "text/html", not application/json',
    ),
    ("answer-content-type", "op", answer(OP, Content_Type=OMIT), ERROR, "Content-Type is missing"),
    (
        "answer-headers",
        "op",
        "HTTP/1.1 200 OK\nContent-Type: application/json\nCache-Control: no-store\nno header\n\n"
        + json.dumps(OP),
        WARNING,
        "a line among the headers is none",
    ),
    (
        "answer-status",
        "op",
        answer(OP, 201),
        WARNING,
        "OP Corporate Banking documents 200 for success, not 201",
    ),
    (
        "answer-status",
        "konsentus",
        answer({"data": KONSENTUS}, 200),
        WARNING,
        "Konsentus documents 201 for success, not 200",
    ),
    ("answer-status", None, answer(PLAIN, 302), ERROR, "status 302: a redirect"),
    # members
    ("answer-members", "op", answer(changed(OP, {"expires_in": OMIT})), ERROR, "expires_in is missing"),
    ("answer-members", "worldline", answer(changed(WORLDLINE, {"scope": OMIT})), ERROR, "scope is missing"),
    (
        "answer-members",
        "worldline",
        answer(changed(WORLDLINE, {"scope": OMIT, "token_type": OMIT, "not-before-policy": OMIT})),
        ERROR,
        "token_type, not-before-policy and scope are missing",
    ),
    ("answer-members", None, answer(changed(PLAIN, {"token_type": OMIT})), ERROR, "token_type is missing"),
    (
        "answer-members",
        "op",
        answer({"data": OP}),
        ERROR,
        "the members stand inside data, where OP Corporate Banking has them at the top",
    ),
    (
        "answer-members",
        "konsentus",
        answer(KONSENTUS, 201),
        ERROR,
        "data is missing: Konsentus puts the members inside it",
    ),
    (
        "answer-extra",
        "worldline",
        answer(WORLDLINE | {"session_state": "x"}),
        ERROR,
        "session_state is not in the document, which allows nothing beside",
    ),
    (
        "answer-extra",
        "worldline",
        answer(WORLDLINE | {"a": 1, "b\x1b": 2}),
        ERROR,
        "a and b\\x1b are not in the document",
    ),
    (
        "answer-types",
        "op",
        answer(OP | {"expires_in": "900"}),
        ERROR,
        "expires_in is a string, not an integer",
    ),
    (
        "answer-types",
        "op",
        answer(OP | {"expires_in": 900.5}),
        ERROR,
        "expires_in is a number with a fraction, not an integer",
    ),
    (
        "answer-types",
        "op",
        answer(OP | {"expires_in": True}),
        ERROR,
        "expires_in is a boolean, not an integer",
    ),
    (
        "answer-types",
        "worldline",
        answer(WORLDLINE | {"scope": ["VOP"]}),
        ERROR,
        "scope is an array, not a string",
    ),
    ("answer-types", None, answer(PLAIN | {"access_token": ""}), ERROR, "access_token is empty"),
    ("answer-types", None, answer(PLAIN | {"token_type": None}), ERROR, "token_type is null, not a string"),
    # the token
    (
        "answer-token-type",
        "op",
        answer(OP | {"token_type": "bearer"}),
        WARNING,
        'token_type is "bearer", where the document writes "Bearer"',
    ),
    (
        "answer-token-type",
        "worldline",
        answer(WORLDLINE | {"token_type": "JWT"}),
        ERROR,
        'token_type is "JWT", not "Bearer"',
    ),
    (
        "answer-token-type",
        None,
        answer(PLAIN | {"token_type": "JWT"}),
        WARNING,
        'token_type is "JWT", which is not known',
    ),
    (
        "answer-token-form",
        "op",
        answer(OP | {"access_token": "a.b.c"}),
        WARNING,
        "access_token is no encrypted token (five parts)",
    ),
    (
        "answer-token-form",
        "op",
        answer(OP | {"access_token": jwe(alg="RSA-OAEP-256")}),
        WARNING,
        'alg in the header of access_token is "RSA-OAEP-256", unlike',
    ),
    (
        "answer-token-form",
        "op",
        answer(OP | {"access_token": jwe(kid="A" * 32)}),
        WARNING,
        f'kid in the header of access_token is "{"A" * 32}", unlike',
    ),
    (
        "answer-token-form",
        "op",
        answer(OP | {"access_token": jwe(cty=OMIT)}),
        WARNING,
        "cty in the header of access_token is missing, unlike",
    ),
    (
        "answer-token-form",
        "op",
        answer(OP | {"access_token": "!.a.b.c.d"}),
        WARNING,
        "alg in the header of access_token is missing",
    ),
    (
        "answer-expires",
        "op",
        answer(OP | {"expires_in": 901}),
        NOTE,
        "expires_in is 901 (15 min 1 s); in the example 900 (15 min)",
    ),
    (
        "answer-expires",
        "worldline",
        answer(WORLDLINE | {"expires_in": 0}),
        ERROR,
        "expires_in is 0: the token is good for no time",
    ),
    (
        "answer-expires",
        None,
        answer(PLAIN | {"expires_in": -5}),
        ERROR,
        "expires_in is -5: the token is good for no time",
    ),
    ("answer-expires", None, answer(changed(PLAIN, {"expires_in": OMIT})), NOTE, "expires_in is missing"),
    (
        "answer-expires",
        "konsentus",
        konsentus(expires_in=900),
        NOTE,
        "expires_in is 900 (15 min); in the example 31,104,000 (360 d)",
    ),
    (
        "answer-refresh",
        "worldline",
        answer(WORLDLINE | {"refresh_expires_in": 1800}),
        ERROR,
        "refresh_expires_in is 1800, not 0, where Worldline Open Banking documents no refresh",
    ),
    (
        "answer-refresh",
        "worldline",
        answer(WORLDLINE | {"refresh_token": CANARY}),
        ERROR,
        "there is a refresh_token, where Worldline",
    ),
    (
        "answer-refresh",
        "op",
        answer(OP | {"refresh_token": CANARY}),
        WARNING,
        "there is a refresh_token, which client credentials have no need of",
    ),
    (
        "answer-refresh-lifetime",
        "stet",
        answer(STET),
        NOTE,
        "the refresh token lives 90 d: until 2026-09-14T13:10:13Z, if it was issued just now",
    ),
    (
        "answer-refresh-lifetime",
        "stet",
        answer(STET | {"refresh_expires_in": 1800}),
        NOTE,
        "the refresh token lives 30 min, as refresh_expires_in says: until 2026-06-16T13:40:13Z, if it was",
    ),
    (
        "answer-refresh-lifetime",
        None,
        answer(STET | {"refresh_expires_in": 60}),
        NOTE,
        "the refresh token lives 1 min, as refresh_expires_in says: until 2026-06-16T13:11:13Z",
    ),
    (
        "answer-refresh",
        "stet",
        answer(changed(STET, {"refresh_token": OMIT})),
        WARNING,
        "refresh_token is missing, which the document promises beside the access token",
    ),
    (
        "answer-scope",
        "worldline",
        answer(WORLDLINE | {"scope": ""}),
        WARNING,
        "scope is empty: no service is named that the token is good for",
    ),
    ("answer-scope", None, answer(PLAIN | {"scope": ""}), WARNING, "scope is empty"),
    (
        "answer-not-before",
        "worldline",
        answer(WORLDLINE | {"not-before-policy": NOW}),
        ERROR,
        f"not-before-policy is {NOW}, not 0",
    ),
    (
        "answer-long-lived",
        None,
        answer(PLAIN | {"expires_in": 86401}),
        WARNING,
        "a bearer token for 1 d 1 s that nothing is seen to bind",
    ),
    ("answer-long-lived", "konsentus", konsentus(), WARNING, "a bearer token for 360 d that nothing"),
    ("answer-cache", "op", answer(OP, Cache_Control=OMIT), NOTE, "Cache-Control does not say no-store"),
    (
        "answer-cache",
        "op",
        answer(OP, Cache_Control="no-store-please"),
        NOTE,
        "Cache-Control does not say no-store",
    ),
]


@pytest.mark.parametrize("case", CHANGED, ids=case_ids(CHANGED))
def test_one_thing_changed_is_found_and_nothing_else(case: Case) -> None:
    assert_found_alone(case)


def test_a_placeholder_is_no_token() -> None:
    checks = judge(konsentus(access_token="good-access-token"), "konsentus")
    assert ids(checks) == ["answer-placeholder", "answer-long-lived"]
    assert checks[0].severity is ERROR
    assert checks[0].message == (
        "access_token is a placeholder, never a real token: the literal that is answered where the request "
        "had grant_type=client_credentials"
    )


def test_another_form_than_a_uuid() -> None:
    assert ids(judge(konsentus(access_token="abc"), "konsentus")) == [
        "answer-token-form",
        "answer-long-lived",
    ]


def test_konsentus_spells_bearer_in_lower_case() -> None:
    checks = judge(konsentus(token_type="Bearer"), "konsentus")
    assert ids(checks) == ["answer-token-type", "answer-long-lived"]
    assert checks[0].severity is WARNING


def test_a_token_that_is_bound_may_live_long() -> None:
    claims = base64.urlsafe_b64encode(b'{"cnf":{}}').rstrip(b"=").decode()
    bound = PLAIN | {"expires_in": 10**6, "access_token": f"e30.{claims}.x"}
    assert judge(answer(bound), None) == ()
    assert ids(judge(answer(bound | {"access_token": "e30.e30.x"}), None)) == ["answer-long-lived"]


def test_the_documents_comma_is_a_warning_with_its_source() -> None:
    (comma, _) = judge((FIXTURES / "konsentus/token_answer.json").read_text(), "konsentus")
    assert comma.severity is WARNING
    assert comma.reference is not None
    assert comma.reference.startswith(
        "Konsentus, POST /v1/obie/tokens, 2019-08-09: the example answer has a comma"
    )


def test_what_hangs_on_something_else_is_not_told_twice() -> None:
    assert ids(judge(answer(changed(OP, {"access_token": OMIT})), "op")) == ["answer-members"]
    assert ids(judge(answer("{", 200), "worldline")) == ["answer-json"]


# --- answers that say no ------------------------------------------------------------


def refusal(text: str, provider: str | None) -> Check:
    (check,) = judge(text, provider)
    assert (check.id, check.severity) == ("answer-error", ERROR)
    assert check.hint
    return check


def error(code: str, description: str | None = None) -> dict[str, str]:
    return {"error": code} if description is None else {"error": code, "error_description": description}


WORDS: Final = {
    "Invalid client or Invalid client credentials": "the client is unknown or disabled in this realm",
    "Requested kid: 'AB'. Available kids: [CD]": "the server has no key under the kid",
    "Unable to load public key": "the server has no public key for this client",
    "Signature on JWT token failed validation": "the signature does not fit",
    "Token reuse detected": "this jti was used already",
    "Token was issued too far in the past to be used now": "iat lies further back",
    "Token was issued in the future": "iat or nbf lies ahead",
    "Token is not active": "the assertion has expired",
    "Token expiration is too far in the future and iat claim not present": "the assertion lives longer",
    "Multiple audiences not allowed": "aud is a list",
    "Invalid token audience": "aud is not the realm's URL",
    "Token jti claim is required": "the assertion has no exp, jti or sub",
    "Client authentication with signed JWT failed: TOKEN REUSE detected": "this jti was used already",
}


@pytest.mark.parametrize("words", WORDS)
def test_what_keycloak_means_is_told_as_inferred(words: str) -> None:
    check = refusal(answer(error("invalid_client", words), 400), "worldline")
    assert check.message.startswith(f'Worldline Open Banking says invalid_client ("{words}"): {WORDS[words]}')
    assert check.reference is not None
    assert check.reference.endswith("(inferred)")


@pytest.mark.parametrize(
    ("provider", "text", "message", "source"),
    [
        (
            "worldline",
            answer(error("invalid_client"), 400),
            "Worldline Open Banking says invalid_client: the client could not be authenticated, and why",
            "(inferred)",
        ),
        (
            "worldline",
            answer(error("invalid_client", "x"), 400),
            'Worldline Open Banking says invalid_client ("x"): the client could not be',
            "Access Token 2.1.1",
        ),
        (
            "worldline",
            answer(error("invalid_scope", "Invalid scopes: IDEAL"), 400),
            'Worldline Open Banking says invalid_scope ("Invalid scopes: IDEAL"): a service was asked for',
            "Access Token 2.1.1",
        ),
        (
            "worldline",
            answer(error("invalid_grant"), 400),
            "Worldline Open Banking says invalid_grant: the code or the refresh",
            "RFC 6749 section 5.2",
        ),
        (
            "worldline",
            answer(error("odd\x1b", "\u202e"), 400),
            'Worldline Open Banking says odd\\x1b ("\\u202e"); with status 400: the request is invalid',
            "Access Token 2.1.1",
        ),
        (
            "op",
            answer("", 403),
            "OP Corporate Banking answers 403: the client may not have a token",
            "(inferred)",
        ),
        (
            "op",
            answer("", 503),
            "OP Corporate Banking answers 503: the service is not available",
            "(inferred)",
        ),
        (
            "op",
            answer('{"message": "no"}', 400),
            "OP Corporate Banking answers 400: the request is not",
            "(inferred)",
        ),
        (
            "konsentus",
            answer(
                {"errors": [{"id": "1", "code": "C1", "title": "No code", "link": "l"}, {"code": "C2"}]}, 400
            ),
            'Konsentus says C1 ("No code"); C2; with status 400: the request lacks parameters',
            "Konsentus, POST /v1/obie/tokens",
        ),
        (
            "konsentus",
            json.dumps({"errors": [{"code": "C1", "title": "No code"}]}),
            'Konsentus says C1 ("No code"); its document explains errors by their status alone',
            "Konsentus, POST /v1/obie/tokens",
        ),
        (
            "konsentus",
            answer({"errors": [{"id": 17, "code": "C1"}]}, 403),
            "Konsentus says C1; with status 403: forbidden",
            "Konsentus, POST /v1/obie/tokens",
        ),
        (
            "stet",
            'HTTP/1.1 401 x\nWWW-Authenticate: Bearer error="invalid_token"\n\n',
            "STET PSD2 bank says invalid_token: the access token is expired, revoked or malformed (RFC 6750",
            '"Get your token", step 8',
        ),
        (
            "stet",
            answer(error("invalid_token"), 401),
            "STET PSD2 bank says invalid_token: the access token is expired, revoked or malformed (RFC 6750",
            '"Get your token", step 8',
        ),
        (
            None,
            'Bearer error="invalid_token"',
            "the server says invalid_token: the access token is expired",
            "RFC 6750",
        ),
        (
            None,
            'HTTP/1.1 401 x\nWWW-Authenticate: Bearer realm="x"\n\n',
            "the server asks for a token and names no error",
            "RFC 6750",
        ),
        (
            None,
            '{"error": "odd"}',
            "the server says odd, which is not known here",
            "RFC 6749",
        ),
        (None, "HTTP/1.1 500 x\n\n", "the server answers 500 and does not say why", "RFC 6749"),
        (None, '{"errors": []}', "the server answers an error and does not say why", "RFC 6749"),
    ],
)
def test_what_an_error_means(provider: str | None, text: str, message: str, source: str) -> None:
    checks = judge(text, provider)
    assert checks[0].id == "answer-error"
    assert checks[0].message.startswith(message)
    assert checks[0].reference is not None
    assert source in checks[0].reference


def test_an_invalid_client_without_a_word_is_guessed_at_and_no_more() -> None:
    check = refusal(answer(error("invalid_client"), 400), "worldline")
    assert check.message == (
        "Worldline Open Banking says invalid_client: the client could not be authenticated, and why is not "
        "said; often iss is missing, or is not the same as sub"
    )


CHALLENGE: Final = 'HTTP/1.1 401 x\nWWW-Authenticate: Bearer realm="x", error="invalid_token"\n\n'


@pytest.mark.parametrize(
    ("provider", "hint"),
    [
        ("op", "ask for a new token: OP documents no refresh"),
        ("worldline", "ask for a new token: there is no refresh"),
        ("konsentus", "get a new one, and replay the request"),
        ("stet", "refresh it (grant_type=refresh_token) and replay the request"),
        (None, "get a new one, and replay the request"),
    ],
)
def test_a_refused_token_means_the_same_everywhere_and_is_mended_in_different_ways(
    provider: str | None, hint: str
) -> None:
    check = refusal(CHALLENGE, provider)
    assert check.message.endswith(
        " says invalid_token: the access token is expired, revoked or malformed (RFC 6750 section 3.1)"
    )
    assert check.hint is not None
    assert check.hint.startswith(hint)
    assert (provider == "stet") == ("90 days" in check.hint)


def test_the_servers_own_words_are_told_wherever_they_stand() -> None:
    header = 'Bearer error="invalid_token", error_description="The token was revoked"'
    text = answer(error("invalid_token"), 401, WWW_Authenticate=header)
    assert 'invalid_token ("The token was revoked"): ' in refusal(text, "stet").message
    other = header.replace("invalid_token", "invalid_request")
    assert "revoked" not in refusal(text.replace(header, other), "stet").message.partition(":")[0]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # The token endpoint: RFC 6749 section 5.2 has 400 and 401 for its errors.
        (answer(error("invalid_grant"), 400), {"op": 0, "worldline": 0, "konsentus": 0, "stet": 0}),
        (answer(error("invalid_client"), 401), {"op": 0, "worldline": 0, "stet": 0}),
        (answer("", 401), {"op": 1, "worldline": 0, "konsentus": 0, "stet": 0}),
        (answer(error("odd"), 422), {"op": 1, "worldline": 1, "konsentus": 1, "stet": 0}),
        # An API: no token endpoint's list is its own.
        (CHALLENGE, {"op": 0, "worldline": 0, "konsentus": 0, "stet": 0}),
        (sent("/accounts", answer("", 401)), {"op": 0, "worldline": 0, "konsentus": 0, "stet": 0}),
        (sent("/token", answer("", 401)), {"op": 1, "stet": 0}),
        (sent("/accounts", answer("", 404)), {"op": 0, "worldline": 0, "konsentus": 0, "stet": 0}),
        (sent("/v1/obie/tokens", answer("", 404)), {"konsentus": 1}),
    ],
    ids=["400", "401", "401 bare", "422", "challenge", "API 401", "endpoint 401", "API 404", "endpoint 404"],
)
def test_the_documented_statuses_are_those_of_the_token_endpoint(text: str, found: dict[str, int]) -> None:
    for provider, count in found.items():
        checks = [check for check in judge(text, provider) if check.id == "answer-status"]
        assert len(checks) == count, provider
        assert all("documents" in check.message for check in checks)


@pytest.mark.parametrize(
    ("text", "provider", "message"),
    [
        (answer("", 403), "op", "OP Corporate Banking answers 403: the client may not have a token"),
        (
            sent("/accounts", answer("", 403)),
            "op",
            "OP Corporate Banking answers 403: the token, or who it is",
        ),
        (
            sent("/accounts", answer("", 401)),
            "stet",
            "STET PSD2 bank answers 401: the access token is refused",
        ),
        (sent("/token", answer("", 401)), "stet", "the server answers 401 and does not say why"),
        (
            sent("/accounts", answer("", 401)),
            None,
            "the server answers 401: the API got no token, or none that",
        ),
    ],
    ids=["endpoint", "API", "STET's API", "STET's endpoint", "API of nobody"],
)
def test_a_status_of_an_api_is_not_explained_as_the_token_endpoints(
    text: str, provider: str | None, message: str
) -> None:
    assert judge(text, provider)[0].message.startswith(message)


def test_a_basic_challenge_asks_for_no_token() -> None:
    text = 'HTTP/1.1 401 x\nWWW-Authenticate: Basic realm="x"\n\n'
    assert judge(text, None)[0].message == "the server answers 401 and does not say why"
    asked = judge(text.replace("Basic", "Bearer"), None)[0]
    assert asked.message.startswith("the server asks for a token and names no error")


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ("120", "wait 120 s (Retry-After); try again later"),
        (
            "Fri, 31 Dec 2027 23:59:59 GMT",
            "wait until Fri, 31 Dec 2027 23:59:59 GMT (Retry-After); try again later",
        ),
        ("\u0661", "wait until \u0661 (Retry-After); try again later"),
    ],
    ids=["seconds", "date", "foreign digits"],
)
def test_how_long_to_wait_is_told(value: str, hint: str) -> None:
    assert refusal(answer("", 503, Retry_After=value), "op").hint == hint
    assert refusal(answer("", 503), "op").hint == "try again later"


def test_what_is_of_the_wrong_type_hides_nothing_else() -> None:
    wrong = {
        "scope": ["VOP"],
        "token_type": "MAC",
        "refresh_expires_in": 1800,
        "not-before-policy": 5,
        "expires_in": 0,
    }
    found = {check.id: check.message for check in judge(answer(WORLDLINE | wrong), "worldline")}
    assert found == {
        "answer-types": "scope is an array, not a string",
        "answer-token-type": 'token_type is "MAC", not "Bearer"',
        "answer-expires": "expires_in is 0: the token is good for no time",
        "answer-refresh": "refresh_expires_in is 1800, not 0, where Worldline Open Banking documents no "
        "refresh",
        "answer-not-before": "not-before-policy is 5, not 0",
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"expires_in": True, "refresh_expires_in": True, "not-before-policy": True},
        {"expires_in": "0", "refresh_expires_in": "1800", "not-before-policy": "5"},
        {"token_type": "", "access_token": ""},
    ],
    ids=["booleans", "strings", "empty"],
)
def test_what_is_of_the_wrong_type_is_told_once(changes: dict[str, Any]) -> None:
    (check,) = judge(answer(WORLDLINE | changes), "worldline")
    assert check.id == "answer-types"
    assert check.message.count(";") == len(changes) - 1


def test_a_member_too_many_does_not_spoil_the_token() -> None:
    (check,) = judge(answer(WORLDLINE | {"session_state": "x"}), "worldline")
    assert check.hint is not None
    assert check.hint.startswith("a token that was issued stays usable")


def test_each_finding_about_a_refresh_token_names_its_own_source() -> None:
    (op,) = judge(answer(OP | {"refresh_token": CANARY}), "op")
    assert op.reference == "RFC 6749 section 4.4.3"
    (stet,) = judge(answer(STET), "stet")
    assert stet.reference == 'STET PSD2 V1.4.0.47, the bank\'s page "Get your token", step 8'
    (missing,) = judge(answer(changed(STET, {"refresh_token": OMIT})), "stet")
    assert missing.reference == stet.reference
    (own,) = judge(answer(STET | {"refresh_expires_in": 1800}), "stet")
    assert own.reference is not None
    assert own.reference.startswith("refresh_expires_in of the answer")


@pytest.mark.parametrize("seconds", [0, -1, True, "60", 10**14])
def test_an_end_that_is_none_leaves_the_documents(seconds: Any) -> None:
    (check,) = judge(answer(STET | {"refresh_expires_in": seconds}), "stet")
    assert check.message.startswith("the refresh token lives 90 d")
    assert judge(answer(STET | {"refresh_expires_in": seconds}), None) == ()


def test_a_token_that_the_server_repeats_is_not_repeated() -> None:
    token = f"eyJhbGciOiJSUzI1NiJ9.{CANARY}.x"
    check = refusal(answer(error("invalid_token", f"Token {token} expired"), 401), "stet")
    assert check.message == (
        'STET PSD2 bank says invalid_token ("Token (a token) expired"): the access token is expired, revoked '
        "or malformed (RFC 6750 section 3.1)"
    )


def test_an_expired_token_with_stet_says_what_to_do() -> None:
    check = refusal((FIXTURES / "stet/invalid_token.http").read_text(), "stet")
    assert check.hint == (
        "refresh it (grant_type=refresh_token) and replay the request; when the refresh token (90 days) "
        "is about to expire, the customer has to go through the redirect and strong customer authentication "
        "again"
    )


@pytest.mark.parametrize(
    ("provider", "text", "more", "message"),
    [
        ("worldline", answer(error("invalid_scope"), 200), "answer-status", "status 200 beside an error"),
        (
            "worldline",
            answer(WORLDLINE | error("invalid_scope"), 400),
            "answer-status",
            "status 400 beside an access_token",
        ),
        (
            "op",
            answer("", 418),
            "answer-status",
            "OP Corporate Banking documents 400, 403, 500, 503 for errors, not 418",
        ),
        ("op", answer("<html>", 503), "answer-json", "the body is HTML, where JSON belongs"),
        (None, answer("{}", 400), "answer-members", "error is missing"),
        ("konsentus", answer(error("x"), 400), "answer-members", "errors is missing, or no list of objects"),
        (
            "konsentus",
            answer('{"errors": []}', 400),
            "answer-members",
            "errors is missing, or no list of objects",
        ),
        ("worldline", answer('{"error": 3}', 400), "answer-types", "error is a number, not a string"),
    ],
)
def test_an_error_with_one_thing_more(provider: str | None, text: str, more: str, message: str) -> None:
    checks = judge(text, provider)
    assert ids(checks) == ["answer-error", more]
    assert checks[1].message.startswith(message)


# --- the catalogue ----------------------------------------------------------------


def test_every_rule_fails_somewhere_here() -> None:
    elsewhere = {
        "answer-error",
        "answer-placeholder",
        "answer-callback",
        "answer-token-in-url",
        "answer-token-kind",
    }
    found = {case[0] for case in CHANGED} | elsewhere
    assert found == {rule.id for rule in ANSWER_RULES}


def test_rules_explain_themselves_and_need_what_comes_before() -> None:
    for rules in (ANSWER_RULES, REQUEST_RULES):
        before: set[str] = set()
        for rule in rules:
            assert rule.explanation
            assert rule.needs <= before
            before.add(rule.id)


@pytest.mark.parametrize("rule", [*ANSWER_RULES, *REQUEST_RULES], ids=lambda rule: str(rule.id))
def test_a_rule_has_nothing_to_say_of_an_empty_message_of_the_other_kind(rule: Any) -> None:
    other = MessageKind.REQUEST if rule in ANSWER_RULES else MessageKind.RESPONSE
    for provider in (None, "op", "worldline", "konsentus", "stet"):
        view = AnswerView(
            Message(kind=other, form="form"), None if provider is None else get_provider(provider), NOW
        )
        assert rule.judge(view) is None


VALUES: Final = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text())
NAMES: Final = st.sampled_from(
    sorted({*OP, *WORLDLINE, *STET, *WORLDLINE_FORM, *OP_FORM, *KONSENTUS_BODY, "data", "error", "errors"})
)


@given(
    st.dictionaries(
        NAMES, VALUES | st.dictionaries(NAMES, VALUES) | st.lists(st.dictionaries(NAMES, VALUES))
    ),
    st.sampled_from([None, "op", "worldline", "konsentus", "stet"]),
    st.sampled_from(list(MessageKind)),
    st.none() | st.integers(100, 599),
)
def test_any_members_are_judged(
    members: dict[str, Any], provider: str | None, kind: MessageKind, status: int | None
) -> None:
    message = Message(kind=kind, form="JSON", status=status, members=members, headers=())
    checks = judge_message(message, None if provider is None else get_provider(provider), NOW)
    assert len(set(ids(checks))) == len(checks)
    assert all(check.message.isprintable() and (check.hint or "").isprintable() for check in checks)
