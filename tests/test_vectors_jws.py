"""Wycheproof's signed tokens: every verdict is the label, or an exception that says why it is not."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from jwttool.encoding import b64url_decode
from jwttool.errors import JwtToolError, WrongKindError
from jwttool.jose import read_compact
from tests.hostile import refusal
from tests.vectors import WYCHEPROOF, Case, all_cases, parameters, verified_payload, where_they_are

CASES = all_cases("json_web_signature_test.json", "jws")

# Upstream's faults: the label is not the verdict, by the case's number.
ANOTHER_ALGORITHM = "the token says PS384 and the JWK PS256: one key, one algorithm (RFC 7517 section 4.4)"
NO_ALGORITHM = 'the JWK says "ES521", which does not exist: the algorithm of the curve P-521 is ES512'
EXCEPTIONS = {346: ANOTHER_ALGORITHM, 350: ANOTHER_ALGORITHM, 347: NO_ALGORITHM, 351: NO_ALGORITHM}

TWICE = "byte for byte the token of case 357, which is labelled valid"
NO_BASE64URL = "the token holds a '?', which is no base64url (RFC 7515 section 2)"
READING_EXCEPTIONS = {367: TWICE, 370: TWICE, 372: NO_BASE64URL, 373: NO_BASE64URL}


def accepts(case: Case) -> bool:
    try:
        verified_payload(case.token, case.jwk)
    except JwtToolError:
        return False
    return True


@pytest.mark.parametrize("case", parameters(case for case in CASES if not case.symmetric))
def test_the_verdict_is_the_label(case: Case) -> None:
    assert accepts(case) is (case.valid and case.id not in EXCEPTIONS)


@pytest.mark.parametrize("case", parameters(case for case in CASES if case.id in EXCEPTIONS))
def test_an_exception_is_refused_for_its_reason_and_verifies_without_it(case: Case) -> None:
    assert case.valid
    with pytest.raises(JwtToolError) as caught:
        verified_payload(case.token, case.jwk)
    assert caught.value.message.startswith("token-key-type: the JWK is for ")
    verified_payload(case.token, {name: value for name, value in case.jwk.items() if name != "alg"})


# --- policy: nothing is verified with a shared secret --------------------------


@pytest.mark.parametrize("case", parameters(case for case in CASES if case.symmetric))
def test_a_shared_secret_verifies_nothing(case: Case) -> None:
    error = refusal(WrongKindError, lambda: verified_payload(case.token, case.jwk), case.jwk["k"])
    assert error.message == "the JWK Set holds a symmetric key"


def mac_is_right(case: Case) -> bool:
    """What the verdict would be if HS256 were taken: our reading, and the MAC made here."""
    try:
        token = read_compact(case.token)
    except JwtToolError:
        return False
    if token.faults.keys() & {"form", "header"} or token.header.get("alg") != case.jwk["alg"]:
        return False
    mac = hmac.new(b64url_decode(case.jwk["k"]), token.signing_input, hashlib.sha256).digest()
    return hmac.compare_digest(mac, token.signature)


@pytest.mark.parametrize("case", parameters(case for case in CASES if case.symmetric))
def test_the_reading_is_as_strict_as_the_label(case: Case) -> None:
    assert mac_is_right(case) is (case.valid is not (case.id in READING_EXCEPTIONS))


# --- the tables ---------------------------------------------------------------


@pytest.mark.skipif(not CASES, reason=where_they_are(WYCHEPROOF))
def test_no_case_is_lost_and_the_exceptions_are_few() -> None:
    assert len(CASES) == 401
    assert sum(case.valid for case in CASES) == 46
    by_id = {case.id: case for case in CASES}
    assert len(EXCEPTIONS | READING_EXCEPTIONS) == 8
    assert all(by_id[number].token == by_id[357].token for number in (367, 370))
    assert all("?" in by_id[number].token for number in (372, 373))
