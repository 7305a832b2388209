"""The request as it is sent, as curl sends it, and what is hidden of it."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwttool.config import Client
from jwttool.errors import UsageError
from jwttool.grant.curl import curl_command, curl_config
from jwttool.grant.masking import HIDDEN, Masker
from jwttool.grant.message import HttpRequest, build_request
from jwttool.providers import TokenRequest, get_provider
from jwttool.secret import Secret
from tests.hostile import CANARY, refusal

URL = "https://bank.example/token"
KONSENTUS = get_provider("konsentus").requests[0]
OP = get_provider("op").requests[0]
CLIENT = Client(name="bank", provider="op")


def konsentus() -> HttpRequest:
    return build_request(
        KONSENTUS,
        URL,
        {
            "fi_reference_id": "fi",
            "version": "1",
            "ccg_token": Secret(b"ccg"),
            "auth_code": Secret(b"code"),
            "redirect_uri": "https://tpp.example/ä",
        },
        user="me",
        password=Secret(CANARY.encode()),
    )


def op(secret: str = CANARY) -> HttpRequest:
    return build_request(OP, URL, {"client_id": "me & co", "client_secret": Secret.from_text(secret)})


def test_a_form_as_the_document_has_it() -> None:
    request = op("ä&=+ \n")
    assert request.method == "POST"
    assert dict(request.headers)["Content-Type"] == "application/x-www-form-urlencoded"
    assert parse_qsl(request.body.decode("ascii")) == [
        ("grant_type", "client_credentials"),
        ("client_id", "me & co"),
        ("client_secret", "ä&=+ \n"),
    ]


def test_json_with_headers_as_the_document_has_it() -> None:
    request = konsentus()
    assert json.loads(request.body) == {"auth_code": "code", "redirect_uri": "https://tpp.example/ä"}
    headers = dict(request.headers)
    assert headers["Content-Type"] == "application/json"
    assert base64.b64decode(headers["Authorization"].removeprefix("Basic ")) == f"me:{CANARY}".encode()
    assert (headers["fi_reference_id"], headers["version"], headers["ccg_token"]) == ("fi", "1", "ccg")
    assert request.secret_headers == {"Authorization", "ccg_token"}


def test_no_secret_shows_in_a_repr() -> None:
    for request in (op(), konsentus()):
        assert CANARY not in repr(request)
        assert base64.b64encode(f"me:{CANARY}".encode()).decode() not in repr(request)


def test_a_secret_that_is_no_text_is_refused() -> None:
    error = refusal(
        UsageError,
        lambda: build_request(OP, URL, {"client_secret": Secret(CANARY.encode() + b"\xff")}),
    )
    assert error.message == "a secret is no text in UTF-8"


def test_a_value_without_bytes_is_refused() -> None:
    refusal(UsageError, lambda: build_request(OP, URL, {"client_id": f"{CANARY}\ud800"}))


# --- curl -------------------------------------------------------------------------


def test_the_configuration_of_curl() -> None:
    client = Client(name="b", provider="op", tls_key=Path("/k/a.key"), tls_certificate=Path("/k/a.crt"))
    config = curl_config(
        op('"\\\t'), client, tls_passphrase=Secret(b'p"'), server_ca=Path("/k/ca.pem"), seconds=5
    )
    assert config == (
        'url = "https://bank.example/token"\n'
        'request = "POST"\n'
        'header = "Content-Type: application/x-www-form-urlencoded"\n'
        'header = "Accept: application/json"\n'
        'data-raw = "grant_type=client_credentials&client_id=me+%26+co&client_secret=%22%5C%09"\n'
        'cert = "/k/a.crt"\n'
        'key = "/k/a.key"\n'
        'pass = "p\\""\n'
        'cacert = "/k/ca.pem"\n'
        'proto = "=https"\n'
        "tlsv1.2\n"
        'max-redirs = "0"\n'
        'connect-timeout = "10"\n'
        'max-time = "5"\n'
        "include\n"
        "silent\n"
        "show-error\n"
    )


def test_a_configuration_to_look_at_holds_no_secret() -> None:
    client = Client(name="b", provider="op", tls_key=Path("/k/a.key"), tls_certificate=Path("/k/a.crt"))
    for request in (op(), konsentus()):
        text = curl_config(request, client, tls_passphrase=Secret(CANARY.encode()), show_secrets=False)
        assert CANARY not in text
        assert base64.b64encode(f"me:{CANARY}".encode()).decode() not in text
        assert "bank.example" in text


@pytest.mark.parametrize(
    ("name", "option", "kind"),
    [("a.p12", "cert", "P12"), ("a.der", "key", "DER")],
)
def test_other_files_than_pem_are_named_to_curl(name: str, option: str, kind: str) -> None:
    client = Client(name="b", provider="op", tls_key=Path("/k") / name, tls_certificate=Path("/k") / name)
    assert f'{option}-type = "{kind}"\n' in curl_config(op(), client)


def test_the_command_holds_nothing_but_the_file() -> None:
    assert curl_command(Path("my curl.conf")) == "curl --disable --config 'my curl.conf'"


def test_the_configuration_cannot_end_the_document_it_stands_in() -> None:
    command = curl_command(None, 'data-raw = "\nJWTTOOL\n"\n')
    assert command.startswith("curl --disable --config - <<'JWTTOOL_'\n")
    assert command.endswith("\nJWTTOOL_")


def test_a_value_that_a_configuration_cannot_hold_is_refused() -> None:
    client = Client(name="b", provider="op", tls_key=Path("/k\ud800"), tls_certificate=Path("/c"))
    refusal(UsageError, lambda: curl_config(op(), client))


# --- masking ----------------------------------------------------------------------

SECRET = "s3cr3t/of+mine=="
ASSERTION = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtZSJ9.c2lnbmF0dXJlc2lnbmF0dXJl"


@pytest.mark.parametrize(
    "text",
    [
        f"wrong secret {SECRET}!",
        f"wrong secret {SECRET.upper()}!",
        f"wrong secret {quote(SECRET, safe='')}!",
        f"wrong secret {base64.b64encode(SECRET.encode()).decode()}!",
        f"wrong secret {SECRET[:10]}!",
        f"wrong secret {SECRET[4:14]}!",
        f"wrong assertion {ASSERTION[:30]}…",
        f"wrong assertion {ASSERTION[-20:]}",
    ],
)
def test_a_secret_is_hidden_whole_in_pieces_and_encoded(text: str) -> None:
    masked = Masker([Secret.from_text(SECRET), Secret.from_text(ASSERTION)]).text(text)
    assert HIDDEN in masked
    assert masked.startswith("wrong ")
    for secret in (SECRET, ASSERTION):
        for form in (secret, quote(secret, safe=""), base64.b64encode(secret.encode()).decode()):
            for start in range(len(form) - 7):
                assert form[start : start + 8].lower() not in masked.lower()


def test_other_words_stay() -> None:
    masker = Masker([Secret.from_text(SECRET)])
    words = "Invalid client or Invalid client credentials"
    assert masker.text(words) == words
    assert Masker([]).text(words) == words
    assert masker.value({"a": [1, None, "b", {"c": True}]}) == {"a": [1, None, "b", {"c": True}]}


def test_names_of_members_are_hidden_too_and_named_members_are_not() -> None:
    masker = Masker([Secret.from_text(SECRET)])
    value = masker.value({SECRET: SECRET, "token": SECRET, "list": [SECRET]}, but=frozenset({"token"}))
    assert value == {HIDDEN: HIDDEN, "token": SECRET, "list": [HIDDEN]}


def test_nesting_without_end_is_cut_off() -> None:
    value: Any = SECRET
    for _ in range(500):
        value = [value]
    assert SECRET not in repr(Masker([Secret.from_text(SECRET)]).value(value))


@given(st.text(max_size=60), st.text(min_size=3, max_size=30), st.text(max_size=60))
def test_whatever_stands_around_it(before: str, secret: str, after: str) -> None:
    if any("\ud800" <= character <= "\udfff" for character in secret):
        return
    masked = Masker([Secret.from_text(secret)]).text(before + secret + after)
    assert secret not in masked.replace(HIDDEN, "\0") or secret in HIDDEN


def test_shapes_of_a_request_without_grant_type_have_none() -> None:
    assert isinstance(KONSENTUS, TokenRequest)
    assert "grant_type" not in konsentus().fields
