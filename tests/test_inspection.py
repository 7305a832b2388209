"""What is recognised, in which form, and what is said of it: one thing changed, another answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import jwttool
from jwttool.errors import JwtToolError, MalformedError, NotATokenError, TooLargeError
from jwttool.inspection import (
    InspectedJwe,
    InspectedJws,
    InspectedMessage,
    InspectedOpaque,
    Inspection,
    Kind,
)
from jwttool.inspection.model import Disclosure, Form
from tests import issue
from tests.assertions import CERTIFICATE, KEY, b64, raw_token
from tests.hostile import refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

NOW = int(issue.WITHIN.timestamp())
HEADER: Mapping[str, Any] = {"alg": "RS256", "typ": "JWT"}
CLAIMS: Mapping[str, Any] = {"iss": "https://issuer.example", "iat": NOW - 60, "exp": NOW + 600}


def token(header: Mapping[str, Any] = HEADER, claims: Mapping[str, Any] = CLAIMS) -> str:
    return raw_token(json.dumps(header).encode(), json.dumps(claims).encode())


def inspected(text: str | bytes, **how: Any) -> Inspection:
    return jwttool.inspect(text, at=issue.WITHIN, **how)


def signed(text: str, **how: Any) -> InspectedJws:
    found = inspected(text, **how)
    assert isinstance(found, InspectedJws)
    return found


def ids(found: Inspection) -> list[str]:
    return [check.id for check in found.findings]


TOKEN = token()
HEAD, BODY, SIGNATURE = TOKEN.split(".")
JWE = ".".join(
    [
        b64(b'{"alg":"RSA-OAEP","enc":"A256CBC-HS512"}'),
        b64(b"k" * 256),
        b64(b"i" * 16),
        b64(b"c" * 32),
        b64(b"t" * 32),
    ]
)


# --- signed -------------------------------------------------------------------


def test_a_signed_token() -> None:
    found = signed(TOKEN)
    assert (found.kind, found.form, found.around) == (Kind.JWS, Form.COMPACT, None)
    assert (found.header, found.claims) == (HEADER, CLAIMS)
    assert found.findings == ()
    assert found.lifetime() == 660
    assert [(time.name, time.value) for time in found.times()] == [("iat", NOW - 60), ("exp", NOW + 600)]
    assert found.taken_apart


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"exp": NOW}, ["token-exp"]),
        ({"exp": NOW - 1}, ["token-exp"]),
        ({"nbf": NOW + 1}, ["token-nbf"]),
        ({"iat": NOW + 60}, ["token-iat"]),
        ({"exp": None}, ["token-exp-present"]),
        ({"exp": NOW + 100 * 86400}, ["token-lifetime", "token-long-lived-unbound"]),
        ({"exp": NOW + 100 * 86400, "cnf": {"x5t#S256": "a" * 43}}, ["token-lifetime"]),
        ({"aud": ["a", "b"]}, ["token-aud-list"]),
        ({"aud": ["a"]}, []),
        ({"sub": ["a"]}, ["token-strings"]),
    ],
    ids=str,
)
def test_claims_that_a_finding_is_about(change: dict[str, Any], expected: list[str]) -> None:
    claims = {name: value for name, value in {**CLAIMS, **change}.items() if value is not None}
    assert ids(inspected(token(claims=claims))) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"alg": "none"}, ["token-alg-secure", "token-signature-length"]),
        ({"alg": "NoNe"}, ["token-alg-secure", "token-signature-length"]),
        ({"alg": "HS256"}, ["token-alg-secure", "token-signature-length"]),
        ({"alg": "PS256"}, []),
        ({"jku": "https://evil.example/keys"}, ["token-key-header"]),
        ({"jwk": {"kty": "RSA", "n": "AQ", "e": "AQAB"}}, ["token-key-header"]),
        (
            {"jwk": {"kty": "RSA", "n": "AQ", "e": "AQAB", "d": "AQ"}},
            ["token-key-header", "token-private-key"],
        ),
        ({"kid": "../../etc/passwd"}, ["token-kid-suspicious"]),
        ({"kid": "1' OR '1'='1"}, ["token-kid-suspicious"]),
        ({"kid": "B4E11A49EE0D1239E7F784919B91DF577E839385"}, []),
        ({"zip": "DEF"}, ["token-zip-header"]),
        ({"crit": ["exp"]}, ["token-crit"]),
    ],
    ids=str,
)
def test_headers_that_a_finding_is_about(change: dict[str, Any], expected: list[str]) -> None:
    assert ids(inspected(token(header={**HEADER, **change}))) == expected


def test_duplicate_members() -> None:
    found = signed(raw_token(b'{"alg":"RS256"}', b'{"iss":"a","iss":"b"}'))
    assert ids(found) == ["token-claims"]
    assert found.claims is None
    assert found.payload == b'{"iss":"a","iss":"b"}'


def test_base64url_that_is_not_canonical() -> None:
    found = signed(f"{HEAD}.{BODY}.{SIGNATURE[:-1]}-")
    assert ids(found) == ["token-form"]
    assert found.claims == CLAIMS  # one part that is spoilt does not hide the others


def test_a_detached_payload() -> None:
    found = signed(f"{HEAD}..{SIGNATURE}")
    assert (found.form, found.claims, ids(found)) == (Form.DETACHED, None, ["token-jwt"])


@pytest.mark.parametrize("payload", ["hello-world$", "hello world, how are you?"])
def test_an_unencoded_payload(payload: str) -> None:
    header = b64(b'{"alg":"RS256","b64":false,"crit":["b64"]}')
    found = signed(f"{header}.{payload}.{SIGNATURE}")
    assert (found.form, found.payload) == (Form.UNENCODED, payload.encode())
    assert "token-b64" in ids(found)


def test_a_payload_that_is_text() -> None:
    found = signed(raw_token(b'{"alg":"RS256"}', b"It is. A text. With dots."))
    assert (found.claims, found.payload, found.inner) == (None, b"It is. A text. With dots.", None)
    assert ids(found) == ["token-jwt"]


def test_a_nested_token() -> None:
    inner = inspected(raw_token(b'{"alg":"RS256","cty":"JWT"}', TOKEN.encode())).inner
    assert isinstance(inner, InspectedJws)
    assert inner.claims == CLAIMS


def test_tokens_are_looked_into_so_deep_and_no_deeper() -> None:
    text = TOKEN
    for _ in range(8):
        text = raw_token(b'{"alg":"RS256","cty":"JWT"}', text.encode())
    found: Inspection | None = inspected(text)
    depth = 0
    while found is not None:
        found, depth = found.inner, depth + 1
    assert depth == 5


def test_what_is_shaped_like_a_token_and_cannot_be_read_at_all() -> None:
    found = signed("a.b.c")
    assert (ids(found), found.taken_apart) == (["token-form"], False)
    assert ids(inspected(f"{TOKEN}.x")) == ["token-form"]  # four parts


# --- what stands around a token -----------------------------------------------


@pytest.mark.parametrize(
    ("text", "around"),
    [
        (f"Bearer {TOKEN}", "a Bearer prefix"),
        (f"Authorization: Bearer {TOKEN}\n", "an Authorization header"),
        (f'"{TOKEN}"', "quotes"),
        (f"{TOKEN[:80]}\n  {TOKEN[80:]}", "white space"),
        (f"  {TOKEN}\n", None),
    ],
    ids=["bearer", "header", "quotes", "broken", "blank"],
)
def test_what_stands_around_a_token(text: str, around: str | None) -> None:
    found = signed(text)
    assert found.claims == CLAIMS
    assert (found.around is None) if around is None else around in (found.around or "")


# --- the JSON forms -----------------------------------------------------------


def test_flattened_json() -> None:
    found = signed(
        json.dumps({"protected": HEAD, "payload": BODY, "signature": SIGNATURE, "header": {"kid": "1"}})
    )
    assert (found.form, found.claims, found.unprotected) == (Form.FLATTENED, CLAIMS, {"kid": "1"})


def test_general_json_with_two_signatures() -> None:
    signatures = [
        {"protected": HEAD, "signature": SIGNATURE},
        {"protected": b64(b'{"alg":"ES256"}'), "signature": b64(b"s" * 64)},
    ]
    found = signed(json.dumps({"payload": BODY, "signatures": signatures}))
    assert (found.form, found.header) == (Form.GENERAL, HEADER)
    assert [other.token.header for other in found.others] == [{"alg": "ES256"}]


def test_findings_count_the_header_that_nothing_protects() -> None:
    found = signed(json.dumps({"payload": BODY, "signature": SIGNATURE, "header": {"alg": "none"}}))
    assert ids(found) == ["token-alg-secure", "token-signature-length"]
    assert found.taken_apart


def test_an_encrypted_token_in_json() -> None:
    header, key, iv, content, tag = JWE.split(".")
    flattened = {"protected": header, "encrypted_key": key, "iv": iv, "ciphertext": content, "tag": tag}
    found = inspected(json.dumps(flattened))
    assert isinstance(found, InspectedJwe)
    assert (found.form, found.made_for) == (Form.FLATTENED, "a 2048-bit RSA key")


def test_json_of_two_recipients() -> None:
    header, key, iv, content, tag = JWE.split(".")
    recipients = [{"encrypted_key": key}, {"encrypted_key": b64(b"k" * 384), "header": {"kid": "2"}}]
    document = {"protected": header, "recipients": recipients, "iv": iv, "ciphertext": content, "tag": tag}
    found = inspected(json.dumps(document))
    assert isinstance(found, InspectedJwe)
    assert [(len(other.token.encrypted_key), other.unprotected) for other in found.others] == [
        (384, {"kid": "2"})
    ]
    assert [other.made_for for other in found.others] == ["a 3072-bit RSA key"]


def test_a_key_that_fits_another_recipient_fits(ec_key: Any) -> None:
    header, key, iv, content, tag = JWE.split(".")
    epk = {"kty": "EC", "crv": "P-256", "x": b64(b"x" * 32), "y": b64(b"y" * 32)}
    recipients = [
        {"encrypted_key": key, "header": {"alg": "RSA-OAEP"}},
        {"encrypted_key": b64(b"k" * 40), "header": {"alg": "ECDH-ES+A256KW", "epk": epk}},
    ]
    header = b64(b'{"enc":"A256CBC-HS512"}')
    document = {"protected": header, "recipients": recipients, "iv": iv, "ciphertext": content, "tag": tag}
    for keys in ({"ec": ec_key}, {"rsa": KEY}):
        found = inspected(json.dumps(document), keys=keys)
        assert isinstance(found, InspectedJwe)
        assert [each.fit.fits for each in found.fits] == [True]


def test_the_headers_of_further_signatures_and_recipients_are_judged_too() -> None:
    signatures = [
        {"protected": HEAD, "signature": SIGNATURE},
        {"protected": b64(b'{"alg":"none"}'), "signature": ""},
    ]
    found = inspected(json.dumps({"payload": BODY, "signatures": signatures}))
    assert [(check.id, check.where) for check in found.findings if check.id == "token-alg-secure"] == [
        ("token-alg-secure", "signatures[1].header.alg")
    ]
    header, key, iv, content, tag = JWE.split(".")
    recipients = [{"encrypted_key": key}, {"encrypted_key": b64(b"k" * 200)}]
    document = {"protected": header, "recipients": recipients, "iv": iv, "ciphertext": content, "tag": tag}
    assert [(check.id, check.where) for check in inspected(json.dumps(document)).findings] == [
        ("jwe-key-length", "recipients[1].encrypted_key")
    ]


@pytest.mark.parametrize(
    "document",
    [
        {"signatures": []},
        {"signatures": "x"},
        {"signatures": [1]},
        {"payload": 1, "signature": "x", "protected": "y"},
        {"ciphertext": ["x"]},
        {"ciphertext": "x", "recipients": {}},
        {"ciphertext": "x", "unprotected": "y"},
        {"signatures": [{"signature": "x"}] * 21},
    ],
    ids=lambda document: json.dumps(document)[:40],
)
def test_json_forms_with_members_of_another_type(document: dict[str, Any]) -> None:
    refusal(MalformedError, lambda: inspected(json.dumps(document)))


# --- SD-JWT -------------------------------------------------------------------

ANNA = b64(b'["salt","name","Anna"]')
FIVE = b64(b'["salt",5]')


def test_an_sd_jwt() -> None:
    found = signed(f"{TOKEN}~{ANNA}~{FIVE}~!!~")
    assert found.form is Form.SD_JWT
    assert found.disclosures == (
        Disclosure("name", "Anna"),
        Disclosure(None, 5),
        Disclosure(None, None, readable=False),
    )
    assert found.inner is None


def test_an_sd_jwt_with_a_key_binding() -> None:
    found = signed(f"{TOKEN}~{ANNA}~{TOKEN}")
    assert isinstance(found.inner, InspectedJws)


# --- encrypted ----------------------------------------------------------------


def test_an_encrypted_token() -> None:
    found = inspected(JWE)
    assert isinstance(found, InspectedJwe)
    assert (found.kind, found.made_for, ids(found), found.claims) == (
        Kind.JWE,
        "a 2048-bit RSA key",
        [],
        None,
    )


@pytest.mark.parametrize(
    ("part", "value", "expected"),
    [
        (0, b'{"alg":"RSA1_5","enc":"A256CBC-HS512"}', "jwe-alg"),
        (0, b'{"alg":"RSA-OAEP","enc":"A256CBC-HS512","zip":"DEF"}', "jwe-zip"),
        (1, b"k" * 200, "jwe-key-length"),
        (2, b"i" * 12, "jwe-iv-length"),
        (3, b"c" * 33, "jwe-ciphertext-length"),
        (4, b"t" * 16, "jwe-tag-length"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_parts_that_do_not_fit(part: int, value: bytes, expected: str) -> None:
    parts = JWE.split(".")
    parts[part] = b64(value)
    assert ids(inspected(".".join(parts))) == [expected]


def test_which_of_the_keys_would_fit(ec_key: Any) -> None:
    found = inspected(JWE, keys={"right.key": KEY, "ec.key": ec_key})
    assert isinstance(found, InspectedJwe)
    assert [(each.name, each.fit.fits) for each in found.fits] == [("right.key", True), ("ec.key", False)]


# --- beside a certificate -----------------------------------------------------


def test_kid_and_cnf_beside_a_certificate() -> None:
    forms = jwttool.fingerprints(CERTIFICATE)
    claims = {**CLAIMS, "cnf": {"x5t#S256": forms["x5t-s256"]}}
    found = inspected(token({**HEADER, "kid": forms["sha1"]}, claims), certificate=CERTIFICATE)
    by_id = {check.id: check for check in found.findings}
    assert by_id["token-cnf"].status == "pass"
    other = {**CLAIMS, "cnf": {"x5t#S256": "A" * 43}}
    found = inspected(token({**HEADER, "kid": "other"}, other), certificate=CERTIFICATE)
    assert {check.id: check.status for check in found.findings}["token-cnf"] == "fail"


# --- opaque -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "what", "expected"),
    [
        ("8c9378f8-e27f-4e0a-a643-d73585d1249f", "a UUID (version 4, random)", []),
        ("8c9378f8-e27f-4e0a-0643-d73585d1249f", "a UUID", []),
        ("ab" * 20, "40 hex digits (20 bytes)", []),
        ("mF_9.B5f-4.1JqM" * 2, "a string of 30 characters", []),
        ("abc", "a string of 3 characters", ["opaque-length"]),
        (HEAD, f"a string of {len(HEAD)} characters", ["opaque-cut"]),
        (f"{HEAD}.{BODY}", f"a string of {len(HEAD) + len(BODY) + 1} characters", ["opaque-cut"]),
        ("good-access-token", "a string of 17 characters", ["opaque-placeholder"]),
        ("good-access-tokem", "a string of 17 characters", ["opaque-length"]),
    ],
    ids=str,
)
def test_opaque_tokens(text: str, what: str, expected: list[str]) -> None:
    if text.count(".") > 1:
        text = text.replace(".", "")
        what = f"a string of {len(text)} characters"
    found = inspected(text)
    assert isinstance(found, InspectedOpaque)
    assert (found.what, ids(found)) == (what, expected)


def test_the_placeholder_gives_its_system_away() -> None:
    assert inspected("good-access-token").system == "konsentus"
    assert inspected("good-access-tokem").system is None


# --- answers and requests -----------------------------------------------------


def test_an_answer_and_the_token_in_it() -> None:
    answer = {"access_token": TOKEN, "token_type": "Bearer", "expires_in": 660}
    found = inspected(f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{json.dumps(answer)}")
    assert isinstance(found, InspectedMessage)
    assert (found.kind, found.message.status) == (Kind.RESPONSE, 200)
    assert isinstance(found.inner, InspectedJws)
    assert found.inner.claims == CLAIMS


def test_a_request_and_the_assertion_in_it() -> None:
    found = inspected(f"grant_type=client_credentials&scope=VOP&client_assertion={TOKEN}")
    assert (found.kind, found.inner and found.inner.claims) == (Kind.REQUEST, CLAIMS)


def test_several_tokens_stand_by_their_places() -> None:
    answer = {"access_token": "a" * 40, "refresh_token": "b" * 40, "token_type": "Bearer", "expires_in": 60}
    found = inspected(json.dumps(answer))
    assert isinstance(found, InspectedMessage)
    assert [where for where, _ in found.tokens] == ["access_token", "refresh_token"]


@pytest.mark.parametrize(
    "text",
    [
        f"2026-06-16 13:10:13 INFO got {TOKEN} from cache",
        f"$ curl -s https://x.example\n{TOKEN}\n$ ",
        f"{{'access_token': '{TOKEN}'",
        f"access_token : {TOKEN}",
    ],
    ids=["log", "terminal", "python", "powershell"],
)
def test_a_token_somewhere_in_a_text_is_found(text: str) -> None:
    found = inspected(text)
    token = found if isinstance(found, InspectedJws) else found.inner
    assert token is not None
    assert token.claims == CLAIMS


def test_bytes_are_text() -> None:
    assert inspected(TOKEN.encode()).claims == CLAIMS
    assert inspected(TOKEN.encode("utf-16")).claims == CLAIMS


def test_the_system_that_the_caller_names() -> None:
    answer = json.dumps({"access_token": "a" * 40, "token_type": "Bearer", "expires_in": 900})
    assert inspected(answer).system is None
    named = inspected(answer, provider="worldline")
    assert (named.system, named.recognised_by) == ("worldline", None)
    assert "answer-members" in ids(named)


# --- nothing of it ------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("null", "null, and no token: the answer had none"),
        ("undefined", "undefined, and no token: the answer had none"),
        ("", "there is nothing to inspect: the input is empty"),
        (" \n", "there is nothing to inspect: the input is empty"),
        ("hello world", "nothing in it is a token, an answer or a request"),
        ("..", "nothing in it is a token, an answer or a request"),
        ("%%%.%%%.%%%", "nothing in it is a token, an answer or a request"),
        ("[1]", "nothing in it is a token, an answer or a request"),
        ('{"a": 1}', "a JSON object that is neither a token nor an answer or request of a token endpoint"),
        ('{"kty": "RSA"}', "a JWK or a JWK Set: keys, and no token"),
        ("-----BEGIN CERTIFICATE-----", "PEM: a key or a certificate, and no token"),
        ("<html><body>502</body></html>", "HTML or XML: a page, and no token"),
    ],
    ids=[
        "null",
        "undefined",
        "empty",
        "blank",
        "words",
        "dots",
        "signs",
        "array",
        "object",
        "jwk",
        "pem",
        "html",
    ],
)
def test_what_is_no_token(text: str, message: str) -> None:
    assert refusal(NotATokenError, lambda: inspected(text)).message == message


def test_too_large() -> None:
    refusal(TooLargeError, lambda: inspected("a" * (1024 * 1024 + 1)))


@given(st.text())
def test_any_text_is_inspected_or_refused(text: str) -> None:
    try:
        inspected(text)
    except JwtToolError:
        return


@given(st.integers(0, len(TOKEN)), st.text(max_size=3), st.integers(0, 3))
def test_a_token_with_something_changed(place: int, inserted: str, removed: int) -> None:
    try:
        inspected(TOKEN[:place] + inserted + TOKEN[place + removed :])
    except JwtToolError:
        return
