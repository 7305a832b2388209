"""The answer to GET /authorize, and tokens that stand where another kind belongs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest

from jwttool.encoding import b64url_encode, compact_json
from jwttool.inspection.message import BodyKind, Message, MessageKind, read_message
from jwttool.report import Check, Severity
from tests.hostile import CANARY
from tests.token_messages import ids, judge

if TYPE_CHECKING:
    from tests.conftest import Cli

ERROR, WARNING = Severity.ERROR, Severity.WARNING
URL: Final = "https://me.example/callback"


def read(text: str) -> Message:
    message = read_message(text)
    assert message is not None
    return message


def redirect(query: str, status: int = 302) -> str:
    return f"HTTP/1.1 {status} Found\nLocation: {URL}?{query}\nDate: today\n\n"


def made(claims: dict[str, Any], **header: Any) -> str:
    """A token that shows these claims, signed by nobody."""
    return ".".join([*(b64url_encode(compact_json(each)) for each in (header, claims)), "x"])


def alone(checks: tuple[Check, ...], rule: str, severity: Severity) -> Check:
    assert ids(checks) == [rule]
    assert checks[0].severity is severity
    assert checks[0].hint
    return checks[0]


# --- a code or an error -----------------------------------------------------------

BOTH: Final = [f"{URL}?{{}}", redirect("{}"), redirect("{}", 303)]


@pytest.mark.parametrize("form", BOTH, ids=["URL", "302", "303"])
@pytest.mark.parametrize("provider", [None, "stet"])
def test_a_code_and_a_state_are_all_right(form: str, provider: str | None) -> None:
    text = form.format(f"code={CANARY}&state=s&iss=https%3A%2F%2Fbank.example")
    message = read(text)
    assert (message.kind, message.callback, message.body) == (MessageKind.RESPONSE, True, BodyKind.NONE)
    assert message.members == {"code": CANARY, "state": "s", "iss": "https://bank.example"}
    assert message.tokens == ()
    assert CANARY not in repr(message)
    assert judge(text, provider) == ()


def test_a_call_back_url_says_what_it_is() -> None:
    assert read(f"{URL}?code=x&state=y").form == "call-back URL"
    assert read("com.example.app://callback?code=x&state=y").form == "call-back URL"
    assert read(redirect("code=x&state=y")).form == "HTTP answer"
    assert read(f"Location: {URL}?code=x&state=y").form == "Location header"


@pytest.mark.parametrize("form", BOTH, ids=["URL", "302", "303"])
def test_an_error_is_told_and_explained(form: str) -> None:
    text = form.format("error=access_denied&error_description=The+user+said+no&state=s")
    check = alone(judge(text, "stet"), "answer-error", ERROR)
    assert check.message == (
        'STET PSD2 bank says access_denied ("The user said no"): the customer or the bank said no, or the '
        "customer gave up"
    )
    assert (check.reference, check.where) == ("RFC 6749 section 4.1.2.1", "error")


@pytest.mark.parametrize(
    ("code", "meaning", "reference"),
    [
        ("invalid_request", "a parameter of the request to /authorize", "RFC 6749 section 4.1.2.1"),
        ("unsupported_response_type", "the server hands out nothing of this", "RFC 6749 section 4.1.2.1"),
        ("login_required", "the customer has to do something", "OpenID Connect Core section 3.1.2.6"),
        ("temporarily_unavailable", "the server is overloaded", "RFC 6749 section 4.1.2.1"),
        ("odd", "which is not known here", "RFC 6749"),
    ],
)
def test_what_an_error_of_the_authorization_endpoint_means(code: str, meaning: str, reference: str) -> None:
    check = alone(judge(f"{URL}?error={code}&state=s", None), "answer-error", ERROR)
    assert meaning in check.message
    assert reference in (check.reference or "")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("code=x", "state is missing in the call-back URL"),
        ("code=x&state=", "state is missing in the call-back URL"),
        ("code=&state=s", "code is missing in the call-back URL"),
        ("code=&state=", "code and state are missing in the call-back URL"),
    ],
)
def test_what_is_missing_beside_a_code(query: str, message: str) -> None:
    assert alone(judge(f"{URL}?{query}", None), "answer-callback", WARNING).message == message


@pytest.mark.parametrize(
    "text",
    [redirect("code=500"), redirect("a=b"), f"HTTP/1.1 302 Found\nLocation: {URL}\n\n", redirect("state=s")],
)
def test_another_redirect_is_one_still(text: str) -> None:
    check = alone(judge(text, "op"), "answer-status", ERROR)
    assert check.message == "status 302: a redirect, where a token endpoint answers itself"
    assert not read(text).callback


def test_a_redirect_that_sends_the_form_again_is_told() -> None:
    assert ids(judge(redirect("code=x&state=s", 307), None)) == ["answer-status"]
    assert not read("HTTP/1.1 201 x\nLocation: https://x/?code=1&state=2\n\n").callback


@pytest.mark.parametrize(
    "text", [URL, f"{URL}?a=b", f"{URL}?state=s", f"{URL}?access_token=", "mailto:a?code=b"]
)
def test_a_url_that_is_no_call_back(text: str) -> None:
    assert read_message(text) is None


# --- tokens in URLs ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "names"),
    [
        (f"#access_token={CANARY}&token_type=Bearer&expires_in=60", ["access_token"]),
        (f"?access_token={CANARY}&state=s", ["access_token"]),
        (f"#id_token={CANARY}&state=s", ["id_token"]),
        (f"#state=s&id_token={CANARY}&access_token={CANARY}", ["access_token", "id_token"]),
        (f"?code=x&state=s#id_token={CANARY}", ["id_token"]),
    ],
)
def test_a_token_in_a_call_back_is_found_and_told(query: str, names: list[str]) -> None:
    message = read(URL + query)
    assert (message.form, message.callback) == ("call-back URL", True)
    assert [(token.where, token.text) for token in message.tokens] == [(name, CANARY) for name in names]
    check = alone(judge(URL + query, None), "answer-token-in-url", WARNING)
    assert check.message == f"{' and '.join(names)} in a URL, which browsers and servers write down"
    assert check.reference == "RFC 9700 section 4.3.2; RFC 6750 section 5.3"


def test_a_token_in_the_url_of_a_request_is_found_and_told() -> None:
    text = f"https://api.example/accounts?access_token={CANARY}"
    message = read(text)
    assert (message.kind, message.form, message.url) == (
        MessageKind.REQUEST,
        "URL",
        "https://api.example/accounts",
    )
    assert [(token.where, token.text) for token in message.tokens] == [("query access_token", CANARY)]
    check = alone(judge(text, None), "request-secret-in-url", ERROR)
    assert check.message == "the URL holds access_token"


@pytest.mark.parametrize(
    "text", [f"{URL}?code={CANARY}&state=s", f"curl -u u:{CANARY} https://x/y?code={CANARY}"]
)
def test_what_opens_something_is_cut_on_the_screen(cli: Cli, text: str) -> None:
    for form in ("text", "json"):
        outcome = cli("token", "inspect", "-", "--format", form, stdin=text)
        assert outcome.exit_code == 0
        assert CANARY not in outcome.stdout + outcome.stderr


def test_an_error_in_a_redirect_on_the_screen(cli: Cli) -> None:
    outcome = cli(
        "token", "inspect", "-", stdin=redirect("error=access_denied&error_description=no&iss=i&state=s")
    )
    assert outcome.exit_code == 0
    lines = [line.split()[:2] for line in outcome.stdout.splitlines() if line.startswith("  ")]
    assert ["error", '"access_denied"'] in lines
    assert ["error_description", '"no"'] in lines
    assert ["iss", '"i"'] in lines
    assert ["state", '"s"'] in lines
    assert "there is no body" not in outcome.stdout
    assert "answers itself" not in outcome.stdout


# --- the wrong kind ---------------------------------------------------------------------

ACCESS: Final = made({"typ": "Bearer"})
IDENTITY: Final = made({"nonce": "n", "at_hash": "h"})
REFRESH: Final = made({"typ": "Refresh"})
ASSERTION: Final = made({"iss": "c", "sub": "c", "aud": "https://x"})


def granted(**members: Any) -> str:
    return json.dumps({"token_type": "Bearer", "expires_in": 60, **members})


@pytest.mark.parametrize(
    "members",
    [
        {"access_token": ACCESS},
        {"access_token": "opaque"},
        {"access_token": made({"iss": "https://x", "sub": "y"})},
        {"access_token": ACCESS, "refresh_token": REFRESH, "id_token": IDENTITY},
        {"access_token": ACCESS, "refresh_token": made({"scope": "a", "client_id": "b"})},
        {"access_token": "e30.a.b.c.d"},
    ],
)
def test_tokens_in_their_places(members: dict[str, str]) -> None:
    assert judge(granted(**members), None) == ()


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (
            {"access_token": IDENTITY},
            "access_token seems to be an ID token (nonce, at_hash), not an access token",
        ),
        (
            {"access_token": REFRESH},
            "access_token seems to be a refresh token (Keycloak: typ is Refresh), not an",
        ),
        (
            {"access_token": ASSERTION},
            "access_token seems to be a client assertion (iss and sub are the same), not",
        ),
        ({"access_token": ACCESS, "refresh_token": ACCESS}, "refresh_token seems to be an access token"),
        ({"access_token": ACCESS, "id_token": REFRESH}, "id_token seems to be a refresh token"),
        (
            {"access_token": IDENTITY, "refresh_token": ACCESS},
            "access_token seems to be an ID token (nonce, at_hash), not an access token; refresh_token seems",
        ),
    ],
)
def test_a_token_of_the_wrong_kind_in_an_answer(members: dict[str, str], message: str) -> None:
    check = alone(judge(granted(**members), None), "answer-token-kind", WARNING)
    assert check.message.startswith(message)
    assert check.where == message.partition(" ")[0]


@pytest.mark.parametrize(
    ("path", "token", "found"),
    [
        ("/accounts", ASSERTION, ["answer-error", "answer-token-kind"]),
        ("/accounts", ACCESS, ["answer-error"]),
        ("/token", ASSERTION, ["answer-error"]),
    ],
)
def test_the_token_that_was_sent_to_an_api_is_looked_at(path: str, token: str, found: list[str]) -> None:
    text = f"> GET {path} HTTP/1.1\n> Host: x\n> Authorization: Bearer {token}\n>\n< HTTP/1.1 401 x\n<\n"
    assert ids(judge(text, None)) == found
