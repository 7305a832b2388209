"""The URL for the customer, the file that waits for the code, and the call-back."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from jwttool.config import Client
from jwttool.errors import MalformedError, RefusedError, TokenRefusedError
from jwttool.grant.authorize import Authorization, read_authorization, read_callback
from jwttool.grant.places import authorization_file, refresh_token_file
from jwttool.secret import Secret
from tests.hostile import CANARY, refusal

AT = datetime(2026, 6, 16, 13, 10, 13, tzinfo=UTC)
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"  # RFC 7636 appendix B
BEGUN = Authorization(
    client="bank",
    redirect_uri="https://tpp.example/cb?x=1",
    state=Secret(b"my-state"),
    verifier=Secret.from_text(VERIFIER),
    created=AT,
)


def test_the_url_for_the_customer() -> None:
    url = BEGUN.url("https://bank.example/authorize", "PSDFR-ACPR-12345", "aisp cbpii")
    parts = urlsplit(url)
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "bank.example", "/authorize")
    assert parse_qs(parts.query) == {
        "response_type": ["code"],
        "client_id": ["PSDFR-ACPR-12345"],
        "redirect_uri": ["https://tpp.example/cb?x=1"],
        "scope": ["aisp cbpii"],
        "state": ["my-state"],
        "code_challenge": ["E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"],  # as in the appendix
        "code_challenge_method": ["S256"],
    }
    assert VERIFIER not in url


def test_without_pkce_and_scope_and_with_a_query_of_the_banks_own() -> None:
    url = replace(BEGUN, verifier=None).url("https://bank.example/authorize?psu=1", "id", None)
    assert url.startswith("https://bank.example/authorize?psu=1&response_type=code&")
    assert "code_challenge" not in url
    assert "scope" not in url


def test_the_challenge_is_the_hash_of_the_verifier() -> None:
    digest = hashlib.sha256(VERIFIER.encode()).digest()
    wanted = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert f"code_challenge={wanted}&" in BEGUN.url("https://x", "id", None)


def test_what_is_kept_comes_back() -> None:
    assert read_authorization(BEGUN.to_bytes()) == BEGUN
    assert read_authorization(replace(BEGUN, verifier=None).to_bytes()).verifier is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b'{"client":"b","state":1,"redirect_uri":"r","created":1}',
        b'{"client":"b","state":"s","redirect_uri":"r","created":true}',
        b'{"client":"b","state":"s","redirect_uri":"r","created":1,"code_verifier":2}',
    ],
)
def test_another_file_is_refused(data: bytes) -> None:
    refusal(MalformedError, lambda: read_authorization(data))


def test_nothing_secret_shows() -> None:
    assert "my-state" not in repr(BEGUN)
    assert VERIFIER not in repr(BEGUN)


# --- the call-back ------------------------------------------------------------------


def test_a_code_with_its_state() -> None:
    found = read_callback(" https://tpp.example/cb?x=1&code=the-code&state=my-state#frag\n", BEGUN)
    assert found.code.reveal() == b"the-code"
    assert found.compared
    assert "the-code" not in repr(found)


def test_a_bare_code_is_taken_and_said_to_be_not_compared() -> None:
    found = read_callback("the-code", BEGUN)
    assert (found.code.reveal(), found.compared) == (b"the-code", False)


@pytest.mark.parametrize("state", ["&state=another", "", "&state=my-state&state=my-state"])
def test_another_state_is_refused(state: str) -> None:
    error = refusal(
        RefusedError, lambda: read_callback(f"https://tpp.example/cb?code={CANARY}{state}", BEGUN)
    )
    assert error.message.startswith("the state in the call-back URL is not the one that was sent")


def test_a_refusal_of_the_customer_is_told() -> None:
    url = "https://tpp.example/cb?error=access_denied&error_description=User%1b%5B31m+said+no&state=my-state"
    error = refusal(TokenRefusedError, lambda: read_callback(url, BEGUN))
    assert error.message == ('the bank sent the customer back with "access_denied" ("User\\x1b[31m said no")')


@pytest.mark.parametrize(
    "text",
    ["", "  \n", "two words", "https://tpp.example/cb?state=my-state", "https://[x?code=1", "x" * 20_000],
)
def test_what_holds_no_code_is_refused(text: str) -> None:
    refusal(MalformedError, lambda: read_callback(text, BEGUN))


def test_files_stay_beside_the_configuration_whatever_the_client_is_called() -> None:
    from pathlib import Path

    client = Client(name="../../etc/passwd", provider="stet")
    for place in (authorization_file, refresh_token_file):
        assert place(client, Path("/folder")).parent == Path("/folder")
