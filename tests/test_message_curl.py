"""A curl command line, as documents, scripts and browsers have it: read as the request that it sends."""

from __future__ import annotations

import shlex
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwttool.inspection import InspectedMessage, inspect
from jwttool.inspection.message import BodyKind, Message, MessageKind, read_message
from jwttool.inspection.message_curl import read_curl
from tests import issue
from tests.hostile import CANARY
from tests.token_messages import ids, judge

FORM: Final = "application/x-www-form-urlencoded"
HIDDEN: Final = "(not shown)"


def read(text: str) -> Message:
    message = read_message(text)
    assert message is not None
    assert (message.kind, message.form) == (MessageKind.REQUEST, "curl command")
    assert CANARY not in repr(message)
    return message


# --- OP's own sample ----------------------------------------------------------------

SAMPLE: Final = """\
curl -s ${API_SERVER}/corporate-oidc/v1/token \\
 --key ${mtlsKey} \\
 --cert ${mtlsCertificate} \\
 -H 'Content-Type:application/x-www-form-urlencoded' \\
 -d "grant_type=client_credentials&client_id=${clientId}&client_secret=${clientSecret}\""""
SCRIPT: Final = f"""\
#!/bin/bash
# To run this you need openssl and jq installed.
clientId="TODO put here oauth client id"
echo "Getting access token"
reply=$({SAMPLE})
token=$(echo $reply | jq -r .access_token)
"""


@pytest.mark.parametrize(
    "text",
    [SAMPLE, SCRIPT, SCRIPT.replace("\n", " "), f"$ {SAMPLE}", SAMPLE.replace("\n", "\r\n")],
    ids=["command", "script", "script in one line", "prompt", "CRLF"],
)
def test_the_sample_of_ops_document(text: str) -> None:
    message = read(text)
    assert (message.method, message.url) == ("POST", "${API_SERVER}/corporate-oidc/v1/token")
    assert message.headers == (("Content-Type", FORM),)
    assert message.members == {
        "grant_type": "client_credentials",
        "client_id": "${clientId}",
        "client_secret": "${clientSecret}",
    }
    found = inspect(text, at=issue.WITHIN)
    assert isinstance(found, InspectedMessage)
    assert (found.system, [check.id for check in found.findings]) == ("op", ["request-unfilled"])


def test_the_sample_filled_in_and_one_thing_changed() -> None:
    right = SAMPLE.replace("${clientId}", "c").replace("${clientSecret}", CANARY)
    assert judge(right, "op") == ()
    assert ids(judge(right.replace("x-www-form-urlencoded", "json"), "op")) == ["request-content-type"]
    assert ids(judge(right.replace("-d ", "-G -d "), "op")) == ["request-method", "request-secret-in-url"]
    assert ids(judge(right.replace("-d ", "-X PUT -d "), "op")) == ["request-method"]


# --- with a token --------------------------------------------------------------------

WITH_TOKEN: Final = {
    "one line": f"curl -H 'Authorization: Bearer {CANARY}' https://api.example/a",
    "double quotes": f'curl -H "Authorization: Bearer {CANARY}" https://api.example/a',
    "backslashes": f"curl https://api.example/a \\\n  -H 'Authorization: Bearer {CANARY}' \\\n  --compressed",
    "PowerShell": f"curl.exe https://api.example/a `\n  -H 'Authorization: Bearer {CANARY}'",
    "cmd": f'curl ^"https://api.example/a^" ^\r\n  -H ^"Authorization: Bearer {CANARY}^" ^\r\n  --compressed',
    "long options": f"curl -X GET --url https://api.example/a --header 'Authorization:Bearer {CANARY}'",
    "oauth2-bearer": f"curl --oauth2-bearer {CANARY} https://api.example/a",
    "cluster": f"curl -sSkXGET https://api.example/a -H'Authorization: Bearer {CANARY}'",
    "unknown flags": f"curl --weird --tlsv1.2 https://api.example/a -H 'Authorization: Bearer {CANARY}'",
    "options after": f"curl https://api.example/a -H 'Authorization: Bearer {CANARY}' -o out.json | jq .",
    "a file": f"curl https://api.example/a -H 'Authorization: Bearer {CANARY}' > out.json",
    "two": f"curl https://api.example/a -H 'Authorization: Bearer {CANARY}'; curl https://other.example/",
}


@pytest.mark.parametrize("name", WITH_TOKEN)
def test_the_token_in_a_command_is_found(name: str) -> None:
    message = read(WITH_TOKEN[name])
    assert (message.method, message.url) == ("GET", "https://api.example/a")
    assert [(token.where, token.text) for token in message.tokens] == [("header Authorization", CANARY)]
    assert message.headers == (("Authorization", f"Bearer {HIDDEN}"),)
    assert message.body is BodyKind.NONE


# --- what curl does by itself ----------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "method", "members", "headers"),
    [
        ("-d a=b -d error=c", "POST", {"a": "b", "error": "c"}, [("Content-Type", FORM)]),
        ("--data-urlencode 'a=b c&d' -d x=y", "POST", {"a": "b c&d", "x": "y"}, [("Content-Type", FORM)]),
        ("--data-raw @a=b", "POST", {}, [("Content-Type", FORM)]),
        ("-d @file", "POST", {}, []),
        ("--json '{\"a\": 1}'", "POST", {"a": 1}, [("Content-Type", "application/json")]),
        ("-d a=b -H 'content-type: text/x'", "POST", {"a": "b"}, [("content-type", "text/x")]),
        ("-H @file -H 'X;' -H 'A: b'", "GET", {}, [("A", "b")]),
        (f"-u u:{CANARY}", "GET", {}, [("Authorization", f"Basic {HIDDEN}")]),
        (f"-b a={CANARY}", "GET", {}, [("Cookie", HIDDEN)]),
        ("-I", "HEAD", {}, []),
        ("-X patch", None, {}, []),
        ("-F a=b", "POST", {}, []),
    ],
)
def test_what_curl_makes_of_its_options(
    options: str, method: str | None, members: dict[str, object], headers: list[tuple[str, str]]
) -> None:
    message = read(f"curl {options} https://x.example/token")
    assert (message.method, message.members) == (method, members)
    assert list(message.headers or ()) == headers


def test_data_goes_into_the_url_where_it_is_asked_for() -> None:
    message = read(f"curl -G -d access_token={CANARY} https://x.example/a?b=c")
    assert (message.method, message.query, message.url_secrets) == (
        "GET",
        ("b", "access_token"),
        ("access_token",),
    )
    assert message.body is BodyKind.NONE


def test_user_and_password_in_the_url_are_not_shown() -> None:
    message = read(f"curl https://u:{CANARY}@x.example/token")
    assert (message.url, message.url_secrets) == ("https://x.example/token", ("user name and password",))


def test_json_over_several_lines() -> None:
    body = '{\n "auth_code": "a",\n "b": 1}'
    text = f"curl https://x/v1/obie/tokens \\\n -H 'Content-Type: application/json' -d '{body}'"
    assert read(text).members == {"auth_code": "a", "b": 1}


# --- what is none --------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "curl ",
        "curl --help",
        "curl -H 'unclosed https://x/y",
        "curl -? https://x/y",
        "please curl https://x/y",
        "curly https://x/y",
        "curl https://x/y\nhello",
        "curl https://x/y " + "a " * 300,
        "curl https://x/y " + " ".join(f"--no{number}" for number in range(30)),
        "curl https://x/y " + "a" * 40_000,
    ],
    ids=[
        "nothing",
        "no URL",
        "open quote",
        "odd option",
        "prose",
        "another word",
        "text below",
        "words",
        "unknown options",
        "too long",
    ],
)
def test_what_is_no_command(text: str) -> None:
    assert read_message(text) is None


def test_an_answer_below_a_command_is_what_is_meant() -> None:
    message = read_message('$ curl -s https://x/token \\\n -d a=b\n{"access_token": "x"}')
    assert message is not None
    assert (message.form, message.members) == ("JSON answer", {"access_token": "x"})


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20), max_size=8))
def test_any_words_are_a_command_or_none(words: list[str]) -> None:
    head = read_curl(f"curl {shlex.join(words)} https://x.example/")
    assert head is None or head.target is not None
    read_curl("curl " + " ".join(words))


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\n\x00^`"), min_size=1, max_size=40))
def test_a_quoted_value_comes_out_as_it_went_in(value: str) -> None:
    head = read_curl(f"curl https://x.example/ --data-raw {shlex.quote(value)}")
    assert head is not None
    assert head.body == value
