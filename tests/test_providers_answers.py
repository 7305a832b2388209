"""What the systems' documents say of requests and answers, and how a system is recognised."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jwttool.checks.answer import judge_message, recognise, recognise_token
from jwttool.config import Client
from jwttool.inspection.message import Message, MessageKind, read_message
from jwttool.providers import BUILT_IN, Basis, Provider, get_provider
from jwttool.providers.shapes import (
    ASSERTION_TYPE,
    FORM,
    JSON,
    Cause,
    ErrorAnswer,
    JsonType,
    Mark,
    Member,
    TokenAnswer,
    TokenRequest,
)

FIXTURES = Path(__file__).parent.parent / "fixtures"
PROVIDERS = [get_provider(name) for name in BUILT_IN]
BARE = replace(get_provider("op"), name="bare", title="Bare", requests=(), answer=None, errors=None, marks=())


def named(provider: Provider) -> str:
    return provider.name


def answer_of(name: str) -> TokenAnswer:
    answer = get_provider(name).answer
    assert answer is not None
    return answer


def errors_of(name: str) -> ErrorAnswer:
    errors = get_provider(name).errors
    assert errors is not None
    return errors


def request_of(name: str, request: str) -> TokenRequest:
    (found,) = (each for each in get_provider(name).requests if each.name == request)
    return found


def names(members: tuple[Member, ...]) -> list[str]:
    return [member.name for member in members]


def required(members: tuple[Member, ...]) -> list[str]:
    return [member.name for member in members if member.required]


# --- what the documents say -------------------------------------------------------


def test_op() -> None:
    request = request_of("op", "secret")
    assert (request.method, request.content_type) == ("POST", FORM)
    assert required(request.members) == ["grant_type", "client_id", "client_secret"]
    assert request.grants == ("client_credentials",)
    answer = answer_of("op")
    assert (answer.statuses, answer.envelope, answer.token_type, answer.lifetime) == (
        (200,),
        None,
        "Bearer",
        900,
    )
    assert required(answer.members) == ["access_token", "token_type", "expires_in"]
    assert set(errors_of("op").statuses) == {400, 403, 500, 503}


def test_worldline() -> None:
    assertion, secret = request_of("worldline", "assertion"), request_of("worldline", "secret")
    assert required(assertion.members) == ["grant_type", "scope", "client_assertion_type", "client_assertion"]
    assert required(secret.members) == ["grant_type", "scope", "client_id", "client_secret"]
    assert assertion.members[2].values == (ASSERTION_TYPE,)
    answer = answer_of("worldline")
    assert answer.closed
    assert answer.refreshable is False
    members = required(answer.members)
    assert members == [
        "access_token",
        "expires_in",
        "refresh_expires_in",
        "token_type",
        "not-before-policy",
        "scope",
    ]
    assert set(members) == set(json.loads((FIXTURES / "worldline/token_answer.json").read_text()))
    assert {400, 415} <= set(errors_of("worldline").statuses)


def test_konsentus() -> None:
    request = request_of("konsentus", "code")
    assert (request.content_type, request.basic, request.grants) == (JSON, True, ())
    assert required(request.members) == ["auth_code", "redirect_uri"]
    assert required(request.headers) == ["Authorization", "fi_reference_id", "version", "ccg_token"]
    answer = answer_of("konsentus")
    assert (answer.statuses, answer.envelope, answer.token_type) == ((201,), "data", "bearer")
    assert answer.lifetime == 31_104_000
    assert names(answer.members) == ["access_token", "expires_in", "token_type", "state"]
    assert list(answer.placeholders) == ["good-access-token"]
    errors = errors_of("konsentus")
    assert (set(errors.statuses), errors.envelope) == ({400, 401, 403}, "errors")
    assert names(errors.members) == ["id", "code", "title", "link"]


def test_stet() -> None:
    assert request_of("stet", "code").grants == ("authorization_code",)
    assert request_of("stet", "refresh").grants == ("refresh_token",)
    answer = answer_of("stet")
    assert (answer.refresh_lifetime, answer.refreshable) == (90 * 24 * 3600, True)
    cause = errors_of("stet").cause("invalid_token", "")
    assert cause is not None
    assert cause.meaning == "the access token is expired, revoked or malformed (RFC 6750 section 3.1)"


# --- they hold together -------------------------------------------------------------


def members_of(provider: Provider) -> list[Member]:
    found = [member for request in provider.requests for member in (*request.members, *request.headers)]
    return found + list(() if provider.answer is None else provider.answer.members)


@pytest.mark.parametrize("provider", PROVIDERS, ids=named)
def test_every_statement_has_a_source_and_words(provider: Provider) -> None:
    assert provider.answer is not None
    assert provider.errors is not None
    sources = [request.source for request in provider.requests]
    sources += [provider.answer.source, provider.errors.source]
    sources += [meaning.source for meaning in provider.errors.statuses.values()]
    sources += [cause.source for cause in provider.errors.causes]
    assert all(source.text for source in sources)
    texts = [member.meaning for member in members_of(provider)]
    texts += [text for cause in provider.errors.causes for text in (cause.meaning, cause.hint)]
    texts += [text for each in provider.errors.statuses.values() for text in (each.meaning, each.hint)]
    texts += [mark.reason for mark in provider.marks]
    assert all(text and text.isprintable() and not text.endswith(".") for text in texts)


@pytest.mark.parametrize("provider", PROVIDERS, ids=named)
def test_a_secret_is_marked_and_a_setting_exists(provider: Provider) -> None:
    for member in members_of(provider):
        secret = "secret" in member.name or member.name in {
            "Authorization",
            "access_token",
            "auth_code",
            "ccg_token",
            "client_assertion",
            "code",
            "refresh_token",
        }
        assert member.secret is secret, member.name
        assert member.setting is None or member.setting in Client.__dataclass_fields__


@pytest.mark.parametrize("provider", PROVIDERS, ids=named)
def test_an_example_is_of_the_type_and_among_the_values(provider: Provider) -> None:
    for member in members_of(provider):
        values = [value for value in (*member.values, member.example) if value is not None]
        assert all(isinstance(value, int) is (member.type is JsonType.INTEGER) for value in values)
        assert not member.values or member.example is None
        assert member.example is None or not member.secret


@pytest.mark.parametrize("provider", PROVIDERS, ids=named)
def test_every_cause_can_be_reached(provider: Provider) -> None:
    assert provider.errors is not None
    for cause in provider.errors.causes:
        description = "" if cause.silent else f"So: {cause.words[0].upper() if cause.words else 'x'}."
        assert provider.errors.cause(cause.code, description) is cause


def test_a_cause_is_found_by_its_words_or_by_their_absence() -> None:
    source = get_provider("op").document
    cause = Cause(code="c", meaning="m", hint="h", source=source, words=("one", "two"))
    silent = Cause(code="c", meaning="m", hint="h", source=source, silent=True)
    assert cause.explains("c", "It is TWO.")
    assert not cause.explains("d", "two")
    assert not cause.explains("c", "three")
    assert silent.explains("c", "")
    assert not silent.explains("c", "two")


@pytest.mark.parametrize("provider", PROVIDERS, ids=named)
def test_what_keycloak_says_is_inferred(provider: Provider) -> None:
    assert provider.errors is not None
    for cause in provider.errors.causes:
        assert ("Keycloak" not in str(cause.source)) or cause.source.basis is Basis.INFERRED


@pytest.mark.parametrize("provider", PROVIDERS, ids=named)
def test_marks_are_patterns_over_what_there_is(provider: Provider) -> None:
    assert provider.marks
    for mark in provider.marks:
        assert mark.patterns
        for name, pattern in (*mark.patterns.items(), *mark.absent.items()):
            assert re.fullmatch(
                r"url|status|callback|(?:header|answer|request|token|claim)\.[A-Za-z_.-]+", name
            )
            assert pattern is None or re.compile(pattern).groups == 0


# --- recognised ---------------------------------------------------------------------


def token(header: dict[str, Any], claims: dict[str, Any] | None = None) -> str:
    parts = [
        base64.urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=").decode() for each in (header, claims)
    ]
    return f"{parts[0]}.a.b.c.d" if claims is None else f"{parts[0]}.{parts[1]}.x"


OP_HEADER = {
    "alg": "RSA-OAEP",
    "enc": "A256CBC-HS512",
    "kid": "18b1cf758c1d4ec6bda6589357abdd85",
    "typ": "JWT",
    "cty": "JWT",
}
REALM = "https://example-domain/auth/realms/example-realm"

SEEN = {
    "OP's answer": (
        (FIXTURES / "op/token_answer.json").read_text(),
        "op",
        "recognised by an encrypted token like",
    ),
    "OP's URL": (
        "POST https://s/corporate-oidc/v1/token HTTP/1.1\n\n",
        "op",
        "recognised by the path corporate-oidc in the URL",
    ),
    "Worldline's answer": (
        (FIXTURES / "worldline/token_answer.json").read_text(),
        "worldline",
        "recognised by not-before-policy",
    ),
    "refresh_expires_in": (
        '{"access_token": "a", "refresh_expires_in": 0}',
        "worldline",
        "recognised by refresh_expires_in",
    ),
    "a realm in the URL": (
        f"POST {REALM}/protocol/openid-connect/token HTTP/1.1\n\n",
        "worldline",
        "recognised by /auth/realms/ in the URL",
    ),
    "a realm in the path": (
        "POST /auth/realms/r/token HTTP/1.1\nHost: x\n\n",
        "worldline",
        "recognised by /auth/realms/ in the URL",
    ),
    "a realm in iss": (
        json.dumps({"access_token": token({"alg": "RS256"}, {"iss": REALM})}),
        "worldline",
        "recognised by /auth/realms/ in iss",
    ),
    "an assertion": (
        f"client_assertion={token({'alg': 'RS256'}, {'aud': REALM})}&scope=VOP",
        "worldline",
        "recognised by /auth/realms/ in aud",
    ),
    "Keycloak's words": (
        '{"error": "invalid_client", "error_description": "Token reuse detected"}',
        "worldline",
        "recognised by the words of error_description, which are Keycloak's",
    ),
    "Worldline's error": (
        (FIXTURES / "worldline/invalid_scope.json").read_text(),
        "worldline",
        "recognised by the words of error_description, which are Keycloak's",
    ),
    "Konsentus' answer": (
        (FIXTURES / "konsentus/token_answer.json").read_text(),
        "konsentus",
        "recognised by the envelope data around the token",
    ),
    "Konsentus' request": (
        (FIXTURES / "konsentus/token_request.json").read_text(),
        "konsentus",
        "recognised by auth_code and redirect_uri",
    ),
    "the placeholder": (
        '{"access_token": "good-access-token"}',
        "konsentus",
        "recognised by the literal good-access-token",
    ),
    "a list of errors": (
        '{"errors": [{"id": "1", "code": "c", "title": "t", "link": "l"}]}',
        "konsentus",
        "recognised by a list of errors with id, code, title and link",
    ),
    "fi_reference_id": (
        "Authorization: Basic dTpw\nfi_reference_id: 1",
        "konsentus",
        "recognised by the header fi_reference_id",
    ),
    "ccg_token": ("POST /x HTTP/1.1\nCCG_TOKEN: 1\n\n", "konsentus", "recognised by the header ccg_token"),
    "fi_reference_id as sent": (
        "> POST /x HTTP/1.1\n> fi_reference_id: 1\n> \n< HTTP/1.1 401 x\n< \n",
        "konsentus",
        "recognised by the header fi_reference_id",
    ),
    "Konsentus' URL": (
        "POST https://s/v1/obie/tokens HTTP/1.1\n\n",
        "konsentus",
        "recognised by /v1/obie/tokens in the URL",
    ),
    "a refresh token": (
        '{"access_token": "a", "refresh_token": "r"}',
        "stet",
        "recognised by a refresh token, which of the four systems only",
    ),
    "a refresh token of Keycloak's": (
        '{"access_token": "a", "refresh_token": "r", "refresh_expires_in": 1800}',
        "worldline",
        "recognised by refresh_expires_in",
    ),
    "a realm in the challenge": (
        f'HTTP/1.1 401 x\nWWW-Authenticate: Bearer realm="{REALM}", error="invalid_token"\n\n',
        "worldline",
        "recognised by /auth/realms/ in WWW-Authenticate",
    ),
    "OP's path in the challenge": (
        'HTTP/1.1 401 x\nWWW-Authenticate: Bearer realm="corporate-oidc", error="invalid_token"\n\n',
        "op",
        "recognised by corporate-oidc in WWW-Authenticate",
    ),
    "invalid_token of a realm": (
        (
            "> GET /auth/realms/r/protocol/openid-connect/userinfo HTTP/1.1\n> Host: x\n>\n"
            '< HTTP/1.1 401 x\n< WWW-Authenticate: Bearer error="invalid_token"\n<\n'
        ),
        "worldline",
        "recognised by /auth/realms/ in the URL",
    ),
    "invalid_token in Keycloak's words": (
        (
            'HTTP/1.1 401 x\nWWW-Authenticate: Bearer error="invalid_token", '
            'error_description="Token verification failed"\n\n'
        ),
        "worldline",
        "recognised by the words of error_description, which are Keycloak's",
    ),
    "invalid_token for a token of OP's": (
        (
            f"> GET /accounts HTTP/1.1\n> Host: x\n> Authorization: Bearer {token(OP_HEADER)}\n>\n"
            '< HTTP/1.1 401 x\n< WWW-Authenticate: Bearer error="invalid_token"\n<\n'
        ),
        "op",
        "recognised by an encrypted token like",
    ),
    "invalid_token for a token of a realm's": (
        (
            f"> GET /accounts HTTP/1.1\n> Host: x\n> Authorization: Bearer {token({}, {'iss': REALM})}\n>\n"
            '< HTTP/1.1 401 x\n< WWW-Authenticate: Bearer error="invalid_token"\n<\n'
        ),
        "worldline",
        "recognised by /auth/realms/ in iss",
    ),
    "a code for a realm": (
        f"grant_type=authorization_code&code=x&client_assertion={token({}, {'aud': REALM})}",
        "worldline",
        "recognised by /auth/realms/ in aud",
    ),
    "errors without a title": (
        '{"errors": [{"id": "1", "code": "c"}]}',
        "konsentus",
        "recognised by a list of errors with id and code",
    ),
    "errors with a number for an id": (
        '{"errors": [{"id": 17, "title": "t"}]}',
        "konsentus",
        "recognised by a list of errors with id and title",
    ),
    "STET's error": (
        (FIXTURES / "stet/invalid_token.http").read_text(),
        "stet",
        "recognised by 401 with invalid_token, which of the four documents only this one names",
    ),
    "STET's error in JSON": (
        'HTTP/1.1 401 x\n\n{"error": "invalid_token"}',
        "stet",
        "recognised by 401 with invalid_token",
    ),
    "openid as a part of a name": (
        '{"access_token": "a", "refresh_token": "r", "scope": "openidx a"}',
        "stet",
        "recognised by a refresh token",
    ),
    "a code": ("grant_type=authorization_code&code=x", "stet", "recognised by the grant type"),
    "a refresh": ("grant_type=refresh_token&refresh_token=x", "stet", "recognised by the grant type"),
}


@pytest.mark.parametrize("name", SEEN)
def test_a_system_is_recognised(name: str) -> None:
    text, system, reason = SEEN[name]
    provider, why = recognise(read_message(text))
    assert provider is get_provider(system)
    assert why.startswith(reason)


@pytest.mark.parametrize(
    "text",
    [
        '{"access_token": "a", "token_type": "Bearer", "expires_in": 900}',
        '{"access_token": "a.b.c.d.e"}',
        json.dumps({"access_token": token(OP_HEADER | {"kid": "18B1CF758C1D4EC6BDA6589357ABDD85"})}),
        json.dumps({"access_token": token({"alg": "RS256"}, {"iss": "https://x/realms/y", "aud": ["a"]})}),
        '{"error": "invalid_client", "error_description": "no"}',
        '{"error": "invalid_token"}',
        '{"access_token": "a", "refresh_token": "r", "id_token": "i"}',
        '{"access_token": "a", "refresh_token": "r", "scope": "openid profile"}',
        '{"access_token": "a", "refresh_token": "r", "scope": "profile openid"}',
        "https://me.example/callback#access_token=a&refresh_token=r",
        '{"errors": [3]}',
        '{"errors": [{"code": "x"}]}',
        '{"redirect_uri": "x"}',
        "grant_type=client_credentials&client_id=x",
        "POST https://x/token?a=/auth/realms/x HTTP/1.1\n\n",
        "HTTP/1.1 401 x\n\n",
    ],
)
def test_what_names_no_system(text: str) -> None:
    assert recognise(read_message(text)) == (None, "nothing in it names one of the systems")


def test_a_bare_token() -> None:
    op, worldline = get_provider("op"), get_provider("worldline")
    assert recognise_token(OP_HEADER, {})[0] is op
    assert recognise(None, OP_HEADER)[0] is op
    assert recognise(None, {"alg": "RS256"}, {"aud": REALM}) == (
        worldline,
        "recognised by /auth/realms/ in aud",
    )
    assert recognise_token({"alg": "RS256"}, {"aud": REALM.replace("/auth", "")})[0] is None
    assert recognise_token({"alg": 1, "enc": [], "kid": None}, {"iss": 3, "aud": [REALM]})[0] is None
    assert recognise(None)[0] is None


def test_what_the_caller_knows_of_the_token_goes_before_the_message() -> None:
    message = read_message('{"access_token": "opaque"}')
    assert recognise(message, OP_HEADER)[0] is get_provider("op")
    assert recognise(message, {}, {})[0] is None


# --- a provider that says less ------------------------------------------------------


@pytest.mark.parametrize("name", SEEN)
def test_a_provider_that_describes_nothing_is_judged_by_the_standards(name: str) -> None:
    message = read_message(SEEN[name][0])
    assert message is not None
    by_standards = [check.id for check in judge_message(message, None, 0)]
    assert [check.id for check in judge_message(message, BARE, 0)] == by_standards
    assert recognise(message, providers=(BARE,))[0] is None


def test_a_weak_mark_counts_where_no_other_fits_and_never_in_a_bare_token() -> None:
    weak = replace(BARE, marks=(Mark("a guess", {"claim.x": None}, weak=True),))
    strong = replace(BARE, name="strong", marks=(Mark("a sign", {"claim.y": None}),))
    message = Message(kind=MessageKind.RESPONSE, form="HTTP answer")
    assert recognise(message, {}, {"x": 1, "y": 1}, (weak, strong)) == (strong, "recognised by a sign")
    assert recognise(message, {}, {"x": 1}, (weak, strong)) == (weak, "recognised by a guess")
    assert recognise_token({}, {"x": 1}, (weak, strong))[0] is None


def test_a_mark_may_ask_for_something_not_to_be_there() -> None:
    marked = replace(BARE, marks=(Mark("a sign", {"claim.x": None}, absent={"claim.y": "1"}),))
    message = Message(kind=MessageKind.RESPONSE, form="HTTP answer")
    assert recognise(message, {}, {"x": 1}, (marked,))[0] is marked
    assert recognise(message, {}, {"x": 1, "y": "2"}, (marked,))[0] is marked
    assert recognise(message, {}, {"x": 1, "y": "1"}, (marked,))[0] is None


def test_a_provider_of_somebody_else_is_recognised_by_its_own_marks() -> None:
    marks = (
        Mark("its header", {"header.x-bare": "[a-z]+"}),
        Mark("its token", {"token.typ": None, "claim.x": None}),
    )
    marked = replace(BARE, marks=marks)
    message = Message(kind=MessageKind.RESPONSE, form="HTTP answer", headers=(("X-Bare", "yes"),))
    assert recognise(message, providers=(marked,)) == (marked, "recognised by its header")
    assert recognise(replace(message, headers=(("X-Bare", "1"),)), providers=(marked,))[0] is None
    assert recognise_token({"typ": "a"}, {"x": 0}, (marked,)) == (marked, "recognised by its token")
    assert recognise_token({"typ": "a"}, {}, (marked,))[0] is None
    assert recognise_token(OP_HEADER, {}, (marked,))[0] is None
