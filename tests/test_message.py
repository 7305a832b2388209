"""Whatever people paste: read for what it is, its secrets kept out of sight."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwttool.encoding import Limit
from jwttool.errors import JwtToolError, TooLargeError
from jwttool.inspection.message import (
    BodyKind,
    Failure,
    FaultKind,
    Message,
    MessageKind,
    read_message,
    unwrap,
)
from tests.hostile import CANARY, little_memory, no_hanging

ANSWER = '{"access_token": "a-token", "token_type": "Bearer"}'
HEAD = "HTTP/1.1 200 OK\nContent-Type: application/json\nCache-Control: no-store\n"
FORM = "grant_type=client_credentials&client_assertion=a.b.c&refresh_token=r"


def read(text: str) -> Message:
    message = read_message(text)
    assert message is not None
    return message


def found(message: Message) -> list[tuple[str, str]]:
    return [(token.where, token.text) for token in message.tokens]


# --- what it is ---------------------------------------------------------------

VERBOSE = f"""\
$ curl -v https://bank.example/token \\
    -d client_secret={CANARY}
* Host bank.example:443 was resolved.
  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current
                                 Dload  Upload   Total   Spent    Left  Speed
  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0
> POST /token HTTP/2
> Host: bank.example
> Authorization: Bearer {CANARY}
>{" "}
}} [5 bytes data]
* upload completely sent off
< HTTP/2 200{" "}
< content-type: application/json
<{" "}
{{ [5 bytes data]
{ANSWER}* Connection #0 to host bank.example left intact
"""

WHAT: list[tuple[str, str, MessageKind, str, BodyKind]] = [
    ("answer", HEAD + "\n" + ANSWER, MessageKind.RESPONSE, "HTTP answer", BodyKind.JSON),
    (
        "answer with CRLF",
        (HEAD + "\n" + ANSWER).replace("\n", "\r\n"),
        MessageKind.RESPONSE,
        "HTTP answer",
        BodyKind.JSON,
    ),
    (
        "answer over HTTP/2",
        "HTTP/2 200 \ncontent-type: application/json\n\n" + ANSWER,
        MessageKind.RESPONSE,
        "HTTP answer",
        BodyKind.JSON,
    ),
    ("answer without an empty line", HEAD + ANSWER, MessageKind.RESPONSE, "HTTP answer", BodyKind.JSON),
    (
        "answer without headers",
        "HTTP/1.1 200 OK\n\n" + ANSWER,
        MessageKind.RESPONSE,
        "HTTP answer",
        BodyKind.JSON,
    ),
    (
        "answer with a byte order mark",
        "\ufeff" + HEAD + "\n" + ANSWER,
        MessageKind.RESPONSE,
        "HTTP answer",
        BodyKind.JSON,
    ),
    (
        "answer after others",
        "HTTP/1.1 100 Continue\n\nHTTP/1.1 302 Found\nA: b\n\n" + HEAD + "\n" + ANSWER,
        MessageKind.RESPONSE,
        "HTTP answer",
        BodyKind.JSON,
    ),
    ("curl -v", VERBOSE, MessageKind.RESPONSE, "HTTP answer", BodyKind.JSON),
    (
        "curl -iv",
        "* Trying\n< HTTP/1.1 200 OK\nHTTP/1.1 200 OK\n< A: b\nA: b\n< \n\n" + ANSWER,
        MessageKind.RESPONSE,
        "HTTP answer",
        BodyKind.JSON,
    ),
    (
        "curl command and answer",
        f"$ curl -i https://x\n{HEAD}\n{ANSWER}",
        MessageKind.RESPONSE,
        "HTTP answer",
        BodyKind.JSON,
    ),
    (
        "headers of an answer",
        "Date: today\nServer: x\n\n" + ANSWER,
        MessageKind.RESPONSE,
        "HTTP headers",
        BodyKind.JSON,
    ),
    (
        "type and body",
        "Content-Type: application/json\n\n" + ANSWER,
        MessageKind.RESPONSE,
        "HTTP headers",
        BodyKind.JSON,
    ),
    (
        "challenge header",
        'WWW-Authenticate: Bearer error="invalid_token"',
        MessageKind.RESPONSE,
        "WWW-Authenticate header",
        BodyKind.NONE,
    ),
    (
        "challenge",
        'Bearer error="invalid_token"',
        MessageKind.RESPONSE,
        "WWW-Authenticate header",
        BodyKind.NONE,
    ),
    ("JSON answer", ANSWER, MessageKind.RESPONSE, "JSON answer", BodyKind.JSON),
    ("JSON error", '{"error": "invalid_client"}', MessageKind.RESPONSE, "JSON answer", BodyKind.JSON),
    (
        "JSON in an envelope",
        '{"data": {"access_token": "x"}}',
        MessageKind.RESPONSE,
        "JSON answer",
        BodyKind.JSON,
    ),
    ("JSON with zsh's mark", ANSWER + "%\n", MessageKind.RESPONSE, "JSON answer", BodyKind.JSON),
    (
        "JSON request",
        '{"auth_code": "x", "redirect_uri": "y"}',
        MessageKind.REQUEST,
        "JSON request",
        BodyKind.JSON,
    ),
    ("form", FORM, MessageKind.REQUEST, "form", BodyKind.FORM),
    ("form in lines", FORM.replace("&", "\n  &"), MessageKind.REQUEST, "form", BodyKind.FORM),
    ("one assertion", "client_assertion=a.b.c", MessageKind.REQUEST, "form", BodyKind.FORM),
    ("answer in a fragment", "access_token=a&token_type=Bearer", MessageKind.RESPONSE, "form", BodyKind.FORM),
    (
        "HTTP request",
        f"POST /token HTTP/1.1\nHost: x\n\n{FORM}",
        MessageKind.REQUEST,
        "HTTP request",
        BodyKind.FORM,
    ),
    ("request line", "POST https://bank.example/token", MessageKind.REQUEST, "HTTP request", BodyKind.NONE),
    (
        "request of curl -v",
        "> POST /token HTTP/1.1\n> Host: x\n> \n",
        MessageKind.REQUEST,
        "HTTP request",
        BodyKind.NONE,
    ),
    ("Basic header", "Authorization: Basic dTpw", MessageKind.REQUEST, "Authorization header", BodyKind.NONE),
    ("Basic", "Basic dTpw", MessageKind.REQUEST, "Authorization header", BodyKind.NONE),
    (
        "page",
        "HTTP/1.1 502 Bad Gateway\nContent-Type: text/html\n\n<html></html>",
        MessageKind.RESPONSE,
        "HTTP answer",
        BodyKind.HTML,
    ),
    ("text", "HTTP/1.1 503 x\n\ntry again", MessageKind.RESPONSE, "HTTP answer", BodyKind.TEXT),
]


@pytest.mark.parametrize(
    ("text", "kind", "form", "body"), [each[1:] for each in WHAT], ids=[each[0] for each in WHAT]
)
def test_what_a_message_is(text: str, kind: MessageKind, form: str, body: BodyKind) -> None:
    message = read(text)
    assert (message.kind, message.form, message.body) == (kind, form, body)


@pytest.mark.parametrize("text", [each[1] for each in WHAT[:9]], ids=[each[0] for each in WHAT[:9]])
def test_the_answer_is_read_whatever_stands_around_it(text: str) -> None:
    message = read(text)
    assert message.status == 200
    assert message.members == json.loads(ANSWER)
    assert found(message)[0] == ("access_token", "a-token")
    assert message.faults == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "eyJhbGciOiJub25lIn0.e30.",
        "8c9378f8-e27f-4e0a-a643-d73585d1249f",
        "a b c",
        "abc==",
        "a=b",
        "TOKEN=a.b.c",
        "access_token=a.b.c",
        "Authorization: Bearer a.b.c",
        "Authorization: DPoP a.b.c",
        "Bearer a.b.c",
        "ccg_token: x",
        "{}",
        "[]",
        "{",
        "* ",
        "Subject: hello\n\nworld",
        "https://bank.example/token",
        '{"sub": "1", "client_id": "1", "scope": "a"}',
        '{"payload": "", "signature": "", "access_token": ""}',
        '{"protected": "", "ciphertext": "", "error": ""}',
        '{"ciphertext": "", "error": "",',
        '{"kty": "RSA", "token_type": "x"}',
        '{"keys": [], "error": "x"}',
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
    ],
)
def test_what_is_no_message(text: str) -> None:
    assert read_message(text) is None


def test_an_answer_of_curl_knows_its_request() -> None:
    message = read(VERBOSE)
    assert (message.method, message.url) == ("POST", "bank.example/token")
    assert found(message) == [("access_token", "a-token"), ("header Authorization", CANARY)]
    assert message.header("Content-Type") == "application/json"


def test_headers_are_unfolded_and_counted_in_any_case() -> None:
    message = read("HTTP/1.1 200 OK\nCONTENT-TYPE: application/json;\n  charset=UTF-8\n\n" + ANSWER)
    assert message.headers == (("CONTENT-TYPE", "application/json; charset=UTF-8"),)
    assert message.content_type == "application/json"
    assert message.header("x") is None
    assert read(ANSWER).content_type is None


def test_a_line_among_the_headers_that_is_none_is_a_fault() -> None:
    fault = read("HTTP/1.1 200 OK\nA: b\nno header at all\n\n" + ANSWER).fault(FaultKind.HEADERS)
    assert fault is not None
    assert fault.text == "a line among the headers is none"


# --- what says no ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "failures"),
    [
        ('{"error": "a", "error_description": "b"}', (Failure("a", "b"),)),
        ('{"error": "a", "error_description": 1}', (Failure("a", "1"),)),
        ('{"errors": [{"code": "c", "title": "t"}, 3, {"code": 4}]}', (Failure("c", "t"), Failure("4", ""))),
        (
            '{"errors": [{"id": 17, "link": "l"}, {"id": 18, "title": "t"}]}',
            (Failure("17", ""), Failure("", "t")),
        ),
        ('{"errors": {}}', ()),
        ('Bearer realm="x", error="a, b=c", error_description="d \\" e"', (Failure("a, b=c", 'd \\" e'),)),
        ("Bearer error=invalid_token", (Failure("invalid_token", ""),)),
        ('Bearer realm="x"', (Failure("", ""),)),
        (ANSWER, ()),
    ],
)
def test_what_went_wrong(text: str, failures: tuple[Failure, ...]) -> None:
    message = read(text)
    assert message.failures() == failures
    assert message.is_refusal is (text is not ANSWER)


def test_a_status_alone_says_no() -> None:
    assert read("HTTP/1.1 400 x\n\n").is_refusal
    assert not read("HTTP/1.1 399 x\n\n").is_refusal


# --- faults -----------------------------------------------------------------------


def faults(text: str) -> dict[str, str]:
    return {fault.kind: fault.text for fault in read(text).faults}


def test_a_trailing_comma_is_told_and_the_rest_is_read() -> None:
    message = read('{"data": {"access_token": "a,}", "state": "s", \n } , }')
    assert message.content == {"access_token": "a,}", "state": "s"}
    assert message.envelope == "data"
    fault = message.fault(FaultKind.TRAILING_COMMA)
    assert fault is not None
    assert fault.text.startswith("a comma behind the last member (not JSON at character ")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            '{"access_token": 1,, }',
            "not JSON at character 19: Expecting property name enclosed in double quotes",
        ),
        ('{"access_token": 1, "access_token": 2}', "a member name occurs twice in one object"),
        (
            '{"access_token": 1, "access_token": 2,}',
            "not JSON at character 38: Expecting property name enclosed in double quotes",
        ),
        ("{'error': 'x'}", "not JSON at character 1: Expecting property name enclosed in double quotes"),
        ('{"expires_in": NaN}', "NaN, which JSON does not have"),
        ('{"error": "\\ud800"}', "half of a surrogate pair, which is no character"),
        ('{"error": "\ud800"}', "not UTF-8 at byte 11"),
        ('HTTP/1.1 200 OK\n\n["access_token"]', "an array where an object belongs"),
        ('HTTP/1.1 200 OK\n\n["access_token",]', "an array where an object belongs"),
        ('HTTP/1.1 200 OK\nContent-Type: application/json\n\n"x"', "a string where an object belongs"),
        ('{"error": ' + "[" * 40, "nested deeper than 32"),
    ],
)
def test_json_that_is_none(text: str, fault: str) -> None:
    assert faults(text)[FaultKind.JSON] == fault
    assert read(text).members == {}
    assert read(text).tokens == ()


JWS = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
JWE = "eyJhbGciOiJSU0EtT0FFUCJ9.a.b.c.d"


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        (f'{{"access_token": "{JWS}", "expires_in": 60', [("access_token", JWS)]),
        (f'{{"token_type": "Bearer", "access_token": "{JWS[:-4]}', [("access_token", JWS[:-4])]),
        (f"{{'access_token': '{JWS}', 'expires_in': 60, 'scope': None}}", [("access_token", JWS)]),
        (
            f'{{- "access_token": "{JWE}",\n- "token_type": "Bearer",\n- "expires_in": 900\n}}',
            [("access_token", JWE)],
        ),
        (f'{{"id_token": "{JWE}", "access_token": "{JWS}",,}}', [("access_token", JWS), ("id_token", JWE)]),
        (f'{{"access_token": "x", "a": "{JWS}", "a": 1}}', [("the text", JWS)]),
        (f'{{"access_token": "{JWS}.more", "a"', []),
        (f'{{"access_token": "{JWS}.one.two.three", "a"', []),
        (f'{{"access_token": "x{JWS}", "a"', []),
        ('{"access_token": "eyJhbGciOiJSUzI1NiJ9", "a"', []),
    ],
    ids=[
        "cut",
        "cut token",
        "Python",
        "page",
        "two",
        "no name",
        "four parts",
        "six parts",
        "within",
        "one part",
    ],
)
def test_a_token_in_json_that_is_none_is_found_still(text: str, tokens: list[tuple[str, str]]) -> None:
    for whole in (text, f"HTTP/1.1 200 OK\nContent-Type: application/json\n\n{text}", f"$ curl x\n{text}"):
        message = read(whole)
        assert message.kind is MessageKind.RESPONSE
        assert message.members == {}
        assert message.fault(FaultKind.JSON) is not None
        assert found(message) == tokens


def test_fields_that_are_there_twice_are_named_and_the_first_counts() -> None:
    message = read("grant_type=a&scope=b&scope=c&grant_type=d&x%1b=1&x%1b=2")
    assert message.members == {"grant_type": "a", "scope": "b", "x\x1b": "1"}
    assert faults("grant_type=a&scope=b&scope=c&grant_type=d&x%1b=1&x%1b=2") == {
        FaultKind.REPEATED: "scope and grant_type and x\\x1b"
    }


@pytest.mark.parametrize("text", ["grant_type=a&&scope", "grant_type=%ff&scope=b"])
def test_a_form_that_is_none(text: str) -> None:
    assert faults(text) == {FaultKind.FORM: "a field that is not name=value in percent-encoded UTF-8"}
    assert "grant_type" in read(text).members


@pytest.mark.parametrize("text", ["grant_type=" + "&a=b" * 200, "grant_type=" + "a" * 130 * 1024])
def test_a_form_that_is_too_much(text: str) -> None:
    message = read_message(text)
    assert message is None or message.members == {}
    (fault,) = read("POST /token HTTP/1.1\n\n" + text).faults
    assert fault.kind is FaultKind.FORM


# --- tokens and secrets -------------------------------------------------------


def test_the_token_that_is_asked_about_comes_first() -> None:
    answer = {"refresh_token": "r", "id_token": "i", "data": {"access_token": "d"}, "access_token": "a"}
    assert found(read(json.dumps(answer))) == [
        ("access_token", "a"),
        ("data.access_token", "d"),
        ("refresh_token", "r"),
        ("id_token", "i"),
    ]
    assert found(read(FORM)) == [("client_assertion", "a.b.c"), ("refresh_token", "r")]


def test_a_token_that_is_no_text_is_none() -> None:
    assert read('{"access_token": 1, "id_token": "", "refresh_token": null}').tokens == ()


KONSENTUS = f"""\
POST /v1/obie/tokens?access_token={CANARY}&x=1#y HTTP/1.1
Host: sandbox.konsentus.com
Authorization: Basic {CANARY}
ccg_token: {CANARY}
Cookie: a={CANARY}
X-Api-Key: {CANARY}
Referer: https://x/?code={CANARY}
version: 1.0

{{"auth_code": "{CANARY}", "client_secret": "{CANARY}", "redirect_uri": "https://x"}}"""


@pytest.mark.parametrize(
    "text",
    [
        KONSENTUS,
        VERBOSE,
        f"Authorization: Basic {CANARY.replace('-', '')}",
        f"GET https://{CANARY}:{CANARY}@x/y?client_secret={CANARY} HTTP/1.1\nAuthorization: {CANARY}\n\n",
        f"HTTP/1.1 302 x\nLocation: https://x/?code={CANARY}\nSet-Cookie: {CANARY}\n\n",
    ],
)
def test_what_opens_something_is_nowhere_to_be_seen(text: str) -> None:
    assert CANARY in text or CANARY.replace("-", "") in text
    message = read(text)
    assert CANARY not in repr(message)
    assert CANARY.replace("-", "") not in repr(message)


def test_headers_without_their_secrets() -> None:
    message = read(KONSENTUS)
    assert message.headers == (
        ("Host", "sandbox.konsentus.com"),
        ("Authorization", "Basic (not shown)"),
        ("ccg_token", "(not shown)"),
        ("Cookie", "(not shown)"),
        ("X-Api-Key", "(not shown)"),
        ("Referer", "https://x/?(not shown)"),
        ("version", "1.0"),
    )
    assert (message.url, message.query) == ("sandbox.konsentus.com/v1/obie/tokens", ("access_token", "x"))
    assert message.url_secrets == ("access_token",)
    assert [token.where for token in message.tokens] == ["query access_token", "header ccg_token"]


def test_a_user_in_the_url_is_a_secret() -> None:
    message = read("POST https://user:pass@bank.example/token HTTP/1.1\n\n")
    assert (message.url, message.url_secrets) == ("https://bank.example/token", ("user name and password",))


# --- what stands around a token -------------------------------------------------


@pytest.mark.parametrize(
    ("text", "token", "around"),
    [
        ("a.b.c", "a.b.c", None),
        ("  a.b.c\n", "a.b.c", None),
        ("abc==", "abc==", None),
        ("Bearer a.b.c", "a.b.c", "a Bearer prefix"),
        ("bearer  a.b.c", "a.b.c", "a Bearer prefix"),
        ("Bearer: a.b.c", "a.b.c", "a Bearer prefix"),
        ("DPoP a.b.c", "a.b.c", "a DPoP prefix"),
        ("Authorization: Bearer a.b.c", "a.b.c", "an Authorization header, a Bearer prefix"),
        (
            "> authorization: bearer a.b.c",
            "a.b.c",
            "curl's mark for a line, an Authorization header, a Bearer prefix",
        ),
        (
            "-H 'Authorization: DPoP a.b.c'",
            "a.b.c",
            "curl's -H, quotes, an Authorization header, a DPoP prefix",
        ),
        ("'a.b.c'", "a.b.c", "quotes"),
        ('"a.b.c"', "a.b.c", "quotes"),
        ("\u201ca.b.c\u201d", "a.b.c", "quotes"),
        ("<a.b.c>", "a.b.c", "quotes"),
        ("'a.b.c\"", "'a.b.c\"", None),
        ("export TOKEN='a.b.c';", "a.b.c", "an assignment, a semicolon, quotes"),
        ("access_token=a.b.c", "a.b.c", "an assignment"),
        ("$env:JWT=a.b.c", "$env:JWT=a.b.c", None),
        ("X=a.b.c", "X=a.b.c", None),
        ("token=", "token=", None),
        ('"access_token": "a.b.c",', "a.b.c", "the name of a member or header, a comma, quotes"),
        ("ccg_token: x", "x", "the name of a member or header"),
        ("Bearer", "Bearer", None),
        ("", "", None),
        ('"', '"', None),
    ],
)
def test_what_stands_around_a_token(text: str, token: str, around: str | None) -> None:
    assert unwrap(text) == (token, around)


# --- hostile input --------------------------------------------------------------


def test_too_much_is_not_looked_at() -> None:
    with pytest.raises(TooLargeError):
        read_message("{" * (Limit.TOKEN + 1))


HOSTILE = {
    "nested": '{"error":' + "[" * 900_000,
    "commas": '{"error":' + ", " * 450_000,
    "commas before nothing": '{"error":1' + "," + " " * 900_000,
    "open string": '{"error":"' + '\\"' * 450_000,
    "heads": "HTTP/1.1 100 C\n\n" * 60_000,
    "headers": "HTTP/1.1 200 OK\n" + "a: b\n" * 200_000,
    "folds": "HTTP/1.1 200 OK\nA: b\n" + " \t\n" * 300_000,
    "long header": "HTTP/1.1 200 OK\nA:" + " " * 900_000,
    "spaces": "POST " + " " * 900_000,
    "curl lines": "curl " + "\\\n" * 450_000,
    "curl -v lines": "* x\n" + "> POST / HTTP/1.1\n" * 50_000,
    "curl -v in curl -v": "\n".join("> " * depth + "curl x" for depth in range(1, 1000)),
    "fields": "grant_type=" + "&a=b" * 200_000,
    "percents": "grant_type=" + "%" * 900_000,
    "challenge": "Bearer error=" + '"\\' * 450_000,
    "challenge of blanks": "Bearer error" + " " * 900_000,
    "scheme": "Basic " + "A" * 900_000 + "!",
    "at signs": "POST https://" + "@" * 900_000 + " HTTP/1.1\n\n",
    "query": "POST /?" + "a=b&" * 200_000 + " HTTP/1.1\n\n",
    "quotes": '"' * 900_000,
    "assignments": "token=" * 150_000,
    "curl words": "curl " + "a " * 16_000,
    "curl options": "curl " + " ".join(f"--a{number}" for number in range(4_000)),
    "curl in curl": "curl 'x" + "$(curl " * 4_500,
    "curl quotes": "curl " + "\"'" * 450_000,
    "curl carets": "curl " + '^"' * 450_000,
    "curl lines of curl": "curl x/y\n" * 100_000,
    "tokens in JSON": '{"access_token": ' + "eyJ.a.b " * 110_000,
    "dots in JSON": '{"access_token": "eyJ' + "a." * 450_000,
    "beginnings in JSON": '{"access_token": "' + "eyJ" * 300_000,
    "names in JSON": '{"access_token": ' + "access_token" * 70_000 + "=eyJ.a.b",
    "call-back": "https://x/?code=1&" + "a=b&" * 200_000,
    "call-back of percents": "https://x/?code=" + "%41" * 300_000,
    "scheme of a URL": "a" * 900_000 + "://x?code=1",
    "brackets": "POST https://[/token HTTP/1.1\n\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_costs_little(name: str) -> None:
    with no_hanging(), little_memory():
        read_message(HOSTILE[name])
        unwrap(HOSTILE[name])


PIECES = st.sampled_from(
    [
        "HTTP/1.1 200 OK",
        "> ",
        "< ",
        "* ",
        "POST ",
        "/t?a=b#c",
        "\n",
        "\r\n",
        "\n\n",
        "{",
        "}",
        "[",
        ",",
        '"',
        "\\",
        "error",
        ":",
        "=",
        "&",
        "%zz",
        "Bearer ",
        "Basic ",
        "data",
        "access_token",
        "Content-Type: ",
        "\ud800",
        "\x00",
        "curl ",
        "curl https://x -d ",
        "https://x?code=",
        "eyJ.a.b",
        "'",
        "^",
        "WWW-Authenticate: ",
        "Authorization: ",
        "@",
        "[::",
        "1e999",
        "null",
    ]
)


@given(st.one_of(st.text(), st.lists(PIECES).map("".join)))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        message = read_message(text)
    except JwtToolError:
        return
    if message is not None:
        assert message.failures() is not None
        assert all(token.text for token in message.tokens)


JSON_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(["access_token", "data", "error", "errors", "expires_in", "grant_type", "token_type"])


@given(st.dictionaries(NAMES, JSON_VALUES))
def test_a_trailing_comma_changes_nothing_else(members: dict[str, Any]) -> None:
    try:
        text = json.dumps(members)
        text.encode()
    except UnicodeEncodeError:
        return
    plain = read_message(text)
    comma = read_message(text[:-1] + " ,\n}")
    if members and plain is not None and plain.members:
        assert comma is not None
        assert (comma.members, comma.tokens, comma.kind) == (plain.members, plain.tokens, plain.kind)


@given(st.text())
def test_what_is_taken_from_around_a_token_is_nothing_of_it(text: str) -> None:
    token, around = unwrap(text)
    assert token in text
    assert (around is None) == (token == text.strip().removeprefix("\ufeff"))


@pytest.mark.parametrize("line", ["HTTP/1.1 200 OK", "POST /token HTTP/1.1"])
def test_half_of_a_surrogate_pair_is_read_as_an_unknown_character(line: str) -> None:
    message = read_message(f"{line}\nContent-Type: \ud800/x\n\n")
    assert message is not None
    assert message.content_type == "?/x"


def test_an_answer_that_is_a_token() -> None:
    token = "eyJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl"
    message = read_message(f"HTTP/1.1 200 OK\nContent-Type: application/jwt\n\n{token}\n")
    assert message is not None
    assert [found.text for found in message.tokens] == [token]
