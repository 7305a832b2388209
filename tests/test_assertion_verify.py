"""Every rule for assertions: the right one passes, and each single fault is named by its rule alone."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwttool.assertion import ANY, AssertionReport, VerifiedAssertion, Verifier, verify
from jwttool.certificates import fingerprint
from jwttool.checks import catalogue
from jwttool.checks.assertion import ASSERTION_RULES, VITAL
from jwttool.errors import JwtToolError, NotATokenError, TooLargeError, UsageError
from jwttool.jose import read_compact
from jwttool.jose.jwks import JwkEntry
from jwttool.providers import Basis, Provider, Source, get_provider
from jwttool.report import Severity, Status
from tests import issue
from tests.assertions import (
    AUDIENCE,
    CERTIFICATE,
    CLIENT_ID,
    KEY,
    KID,
    NOW,
    OMIT,
    b64,
    dumps,
    judge,
    kid_of,
    not_passed,
    raw_token,
    right_claims,
    right_header,
    sign,
    token,
)

FAIL, WARNING, SKIPPED = Status.FAIL, Status.WARNING, Status.SKIPPED
TOKEN_PATH: Final = "/protocol/openid-connect/token"
DOCUMENT_EXAMPLE = Path(__file__).parent.parent / "fixtures" / "worldline" / "client_assertion.jwt"


def test_the_right_assertion_passes_every_rule() -> None:
    report = judge(token())
    assert report.passed
    assert not_passed(report) == {}
    assert [check.id for check in report.with_status(SKIPPED)] == ["assertion-replay"]
    assert report.assertion == VerifiedAssertion(CLIENT_ID, right_header(), right_claims())


def test_a_report_has_every_rule_in_its_order() -> None:
    assert [check.id for check in judge(token())] == [rule.id for rule in ASSERTION_RULES]
    assert set(ASSERTION_RULES) <= set(catalogue())


def test_every_rule_has_an_id_of_its_own_and_says_why_it_is_there() -> None:
    rules = catalogue()
    assert len({rule.id for rule in rules}) == len(rules)
    assert all(rule.explanation and rule.reference and rule.title for rule in rules)


def test_every_rule_has_a_case_that_breaks_it() -> None:
    """By the single faults here; those of the form, the signer and sub have tests of their own below."""
    elsewhere = {
        "assertion-form",
        "assertion-header",
        "assertion-claims",
        "assertion-sub",
        "assertion-alg",
        "assertion-key-type",
        "assertion-key-strength",
        "assertion-certificate",
        "assertion-signature",
        "assertion-age",
        "assertion-aud-issuer",
        "assertion-kid-form",
        "assertion-replay",
    }
    assert {check_id for check_id, *_ in FAULTS} | elsewhere == {rule.id for rule in ASSERTION_RULES}


# --- one fault, one finding -----------------------------------------------------

Fault = tuple[str, dict[str, Any], dict[str, Any], Status]

FAULTS: Final[list[Fault]] = [
    # the header
    ("assertion-crit", {"crit": ["exp"]}, {}, FAIL),
    ("assertion-crit", {"crit": []}, {}, FAIL),
    ("assertion-crit", {"b64": False}, {}, FAIL),
    ("assertion-crit", {"zip": "DEF"}, {}, FAIL),
    ("assertion-key-header", {"jwk": {"kty": "RSA"}}, {}, WARNING),
    ("assertion-key-header", {"jku": "https://evil.example/jwks"}, {}, WARNING),
    ("assertion-key-header", {"x5u": "https://evil.example/x5u"}, {}, WARNING),
    ("assertion-key-header", {"x5c": ["MIIB"]}, {}, WARNING),
    ("assertion-typ", {"typ": "at+jwt"}, {}, FAIL),
    ("assertion-typ", {"typ": "dpop+jwt"}, {}, FAIL),
    ("assertion-typ", {"typ": ["JWT"]}, {}, FAIL),
    ("assertion-typ", {"typ": None}, {}, FAIL),
    # who
    ("assertion-client", {}, {"sub": "5734698", "iss": "5734698"}, FAIL),
    ("assertion-client", {}, {"sub": " 5734699", "iss": " 5734699"}, FAIL),
    ("assertion-iss-present", {}, {"iss": OMIT}, WARNING),
    ("assertion-iss", {}, {"iss": "another"}, FAIL),
    ("assertion-iss", {}, {"iss": [CLIENT_ID]}, FAIL),
    ("assertion-iss", {}, {"iss": ""}, FAIL),
    ("assertion-iss", {}, {"iss": 5734699}, FAIL),
    # signed by whom
    ("assertion-kid-present", {"kid": OMIT}, {}, FAIL),
    ("assertion-kid-present", {"kid": 7}, {}, FAIL),
    ("assertion-kid-present", {"kid": ""}, {}, FAIL),
    ("assertion-kid-present", {"kid": None}, {}, FAIL),
    ("assertion-kid-present", {"kid": "A" * 1025}, {}, FAIL),
    ("assertion-kid", {"kid": "nonsense"}, {}, FAIL),
    ("assertion-kid", {"kid": "../../etc/passwd"}, {}, FAIL),
    ("assertion-kid", {"kid": KID.lower()}, {}, FAIL),
    # for whom
    ("assertion-aud-present", {}, {"aud": OMIT}, FAIL),
    ("assertion-aud-single", {}, {"aud": [AUDIENCE, "https://evil.example"]}, FAIL),
    ("assertion-aud-single", {}, {"aud": []}, FAIL),
    ("assertion-aud-single", {}, {"aud": [7]}, FAIL),
    ("assertion-aud-single", {}, {"aud": ""}, FAIL),
    ("assertion-aud-single", {}, {"aud": {"a": 1}}, FAIL),
    ("assertion-aud-single", {}, {"aud": [AUDIENCE]}, WARNING),
    ("assertion-aud", {}, {"aud": AUDIENCE + "/"}, FAIL),
    ("assertion-aud", {}, {"aud": AUDIENCE + "/protocol/openid-connect/token"}, FAIL),
    ("assertion-aud", {}, {"aud": AUDIENCE.replace("/auth", "")}, FAIL),
    ("assertion-aud", {}, {"aud": "https://other.example"}, FAIL),
    # when
    ("assertion-times", {}, {"exp": str(NOW + 60)}, FAIL),
    ("assertion-times", {}, {"exp": True}, FAIL),
    ("assertion-times", {}, {"exp": None}, FAIL),
    ("assertion-times", {}, {"iat": str(NOW)}, FAIL),
    ("assertion-times", {}, {"nbf": "now"}, FAIL),
    ("assertion-times", {}, {"exp": (NOW + 60) * 1000}, FAIL),
    ("assertion-times", {}, {"iat": -1}, FAIL),
    ("assertion-times", {}, {"exp": NOW + 59.5}, WARNING),
    ("assertion-times", {}, {"exp": NOW + 59.5, "nbf": "x"}, FAIL),
    ("assertion-times", {}, {"exp": NOW + 59.5, "nbf": True}, FAIL),
    ("assertion-times", {}, {"exp": NOW + 59.5, "iat": []}, FAIL),
    ("assertion-times", {}, {"nbf": NOW - 0.5, "iat": None}, FAIL),
    ("assertion-exp-present", {}, {"exp": OMIT}, FAIL),
    ("assertion-exp", {}, {"iat": NOW - 60, "exp": NOW}, FAIL),
    ("assertion-exp", {}, {"iat": NOW - 90, "exp": NOW - 30}, FAIL),
    ("assertion-nbf", {}, {"nbf": NOW + 1}, FAIL),
    ("assertion-iat-present", {}, {"iat": OMIT}, WARNING),
    ("assertion-iat", {}, {"iat": NOW + 16, "exp": NOW + 76}, FAIL),
    ("assertion-iat", {}, {"iat": NOW + 15, "exp": NOW + 75}, WARNING),
    ("assertion-lifetime", {}, {"exp": NOW + 61}, WARNING),
    ("assertion-lifetime", {}, {"exp": NOW + 86401}, FAIL),
    ("assertion-lifetime", {}, {"exp": NOW + 1, "iat": NOW + 1}, FAIL),
    ("assertion-lifetime", {}, {"exp": NOW + 61, "iat": OMIT}, WARNING),
    # once
    ("assertion-jti-present", {}, {"jti": OMIT}, WARNING),
    ("assertion-jti", {}, {"jti": ["a"]}, FAIL),
    ("assertion-jti", {}, {"jti": ""}, FAIL),
    ("assertion-jti", {}, {"jti": 7}, FAIL),
]


@pytest.mark.parametrize(
    ("check_id", "header", "claims", "status"),
    FAULTS,
    ids=[f"{check_id}-{number}" for number, (check_id, *_) in enumerate(FAULTS)],
)
def test_one_fault_is_named_by_its_rule_alone(
    check_id: str, header: dict[str, Any], claims: dict[str, Any], status: Status
) -> None:
    report = judge(token(header, claims))
    found = not_passed(report)
    found.pop("assertion-iat" if check_id == "assertion-lifetime" else "", None)  # iat = NOW + 1 warns too
    found.pop(
        "assertion-iat-present" if claims.get("iat") is OMIT and check_id == "assertion-lifetime" else "",
        None,
    )
    assert found == {check_id: status}
    check = report[check_id]
    assert check.message
    assert check.reference
    assert report.passed == (status is WARNING)
    assert (report.assertion is None) == (status is FAIL)


@pytest.mark.parametrize("value", [OMIT, "", 5734699, [CLIENT_ID], None, {"a": 1}])
def test_sub_has_to_be_one_string(value: Any) -> None:
    report = judge(token({}, {"sub": value}))
    assert not_passed(report) == {"assertion-sub": FAIL}
    assert report["assertion-client"].status is SKIPPED
    assert report["assertion-iss"].status is SKIPPED


@pytest.mark.parametrize(
    "value", ["none", "nOnE", "NONE", "HS256", "rs256", "RS384", "RS512", "EdDSA", "", None, 7, ["RS256"]]
)
def test_alg_is_one_of_the_list(value: Any) -> None:
    report = judge(token({"alg": value}))
    assert not_passed(report) == {"assertion-alg": FAIL}
    assert report["assertion-signature"].status is SKIPPED
    assert "RS256" in (report["assertion-alg"].hint or "")


def test_alg_missing() -> None:
    assert judge(token({"alg": OMIT}))["assertion-alg"].message == "alg is missing"


def test_a_public_key_as_hmac_secret_is_refused() -> None:
    message = f"{b64(dumps(right_header(alg='HS256')))}.{b64(dumps(right_claims()))}"
    mac = hmac.new(issue.public_pem(KEY), message.encode(), hashlib.sha256).digest()
    assert not_passed(judge(f"{message}.{b64(mac)}")) == {"assertion-alg": FAIL}


def test_an_unsigned_token_is_refused() -> None:
    message = f"{b64(dumps(right_header(alg='none')))}.{b64(dumps(right_claims()))}."
    assert not_passed(judge(message)) == {"assertion-alg": FAIL}


def test_two_faults_are_both_named() -> None:
    report = judge(token({"kid": "nonsense"}, {"aud": "https://other.example", "exp": OMIT, "jti": 5}))
    assert set(not_passed(report)) == {
        "assertion-kid",
        "assertion-aud",
        "assertion-exp-present",
        "assertion-jti",
    }


# --- the form -----------------------------------------------------------------


def _signature(text: str) -> str:
    return text.rsplit(".", 1)[1]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param(lambda text: text + "=", "padding", id="padded"),
        pytest.param(lambda text: text + "\n", "alphabet", id="line break"),
        pytest.param(lambda text: text[:-1] + "é", "alphabet", id="not ASCII"),
        pytest.param(lambda text: text[:-2] + "+/", "alphabet", id="base64"),
        pytest.param(lambda text: text + ".e30", "no compact token", id="four parts"),
        pytest.param(lambda text: text + ".e30.e30", "encrypted token (JWE)", id="five parts"),
        pytest.param(lambda text: "e." + text.split(".", 1)[1], "one is left over", id="length"),
    ],
)
def test_a_broken_form_is_one_failure(change: Any, words: str) -> None:
    report = judge(change(token()))
    assert not_passed(report) == {"assertion-form": FAIL}
    assert words in report["assertion-form"].message


def test_a_signature_cut_short_leaves_the_rest_to_be_judged() -> None:
    """The classic mistake of copying; five characters, so that what is left cannot be base64url."""
    report = judge(token({"kid": "nonsense"}, {"aud": "https://other.example"})[:-5])
    assert set(not_passed(report)) == {"assertion-form", "assertion-kid", "assertion-aud"}
    assert report["assertion-signature"].status is SKIPPED


def test_a_claims_part_that_cannot_be_decoded_leaves_the_header_to_be_judged() -> None:
    head, claims, signature = token({"kid": "nonsense"}).split(".")
    assert set(not_passed(judge(f"{head}.{claims}=.{signature}"))) == {
        "assertion-form",
        "assertion-kid",
        "assertion-signature",
    }


def test_spare_bits_in_the_signature_are_a_second_spelling() -> None:
    text = token()
    last = text[-1]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    assert len(_signature(text)) % 4 == 2
    respelt = text[:-1] + alphabet[alphabet.index(last) + 1]
    report = judge(respelt)
    assert "spare bits" in report["assertion-form"].message


@pytest.mark.parametrize("text", ["", "abc", "a.b", ".b.c", "..", "a.b.c.d.e.f", "hello world"])
def test_what_is_not_shaped_like_a_token_is_an_error(text: str) -> None:
    with pytest.raises(NotATokenError) as raised:
        judge(text)
    assert raised.value.code == "not-a-token"


def test_oversize_is_refused_before_anything_is_decoded() -> None:
    with pytest.raises(TooLargeError) as raised:
        judge("a.b." + "c" * (1024 * 1024))
    assert "ccc" not in str(raised.value)


@pytest.mark.parametrize(
    ("header", "claims", "check_id", "words"),
    [
        (b'{"alg":"RS256","alg":"none"}', dumps(right_claims()), "assertion-header", "twice"),
        (b"[]", dumps(right_claims()), "assertion-header", "array"),
        (b'"RS256"', dumps(right_claims()), "assertion-header", "string"),
        (b"\xff", dumps(right_claims()), "assertion-header", "UTF-8"),
        (dumps(right_header()), b'{"sub":"a","sub":"b"}', "assertion-claims", "twice"),
        (dumps(right_header()), b"\xef\xbb\xbf{}", "assertion-claims", "byte order mark"),
        (dumps(right_header()), json.dumps(right_claims()).encode("utf-16"), "assertion-claims", "UTF-8"),
        (dumps(right_header()), b'{"exp":NaN}', "assertion-claims", "NaN"),
        (dumps(right_header()), b'{"exp":1e999}', "assertion-claims", "too large"),
        (dumps(right_header()), b'{"exp":' + b"9" * 5000 + b"}", "assertion-claims", "2^53"),
        (dumps(right_header()), b'{"a":' + b"[" * 40 + b"]" * 40 + b"}", "assertion-claims", "deeper"),
        (dumps(right_header()), b'{"sub":"\\ud800"}', "assertion-claims", "surrogate"),
        (dumps(right_header()), b"{}{}", "assertion-claims", "not JSON"),
        (dumps(right_header()), b"", "assertion-claims", "not JSON"),
    ],
    ids=itertools.count(),  # the kid differs from run to run
)
def test_hostile_json_is_a_failure_not_an_error(
    header: bytes, claims: bytes, check_id: str, words: str
) -> None:
    report = judge(raw_token(header, claims))
    assert not_passed(report) == {check_id: FAIL}
    assert words in report[check_id].message


def test_a_broken_claims_part_does_not_hide_a_wrong_signature() -> None:
    text = raw_token(dumps(right_header()), b"{", issue.rsa_key(1))
    assert set(not_passed(judge(text))) == {"assertion-claims", "assertion-signature"}


# --- the signature ------------------------------------------------------------


def test_another_key_fails_the_signature_alone() -> None:
    assert not_passed(judge(token(key=issue.rsa_key(1)))) == {"assertion-signature": FAIL}


def test_one_changed_character_fails_the_signature() -> None:
    head, _, signature = token().split(".")
    claims = b64(dumps(right_claims(jti="b-random-identifier")))
    assert not_passed(judge(f"{head}.{claims}.{signature}")) == {"assertion-signature": FAIL}


@pytest.mark.parametrize("algorithm", ["RS256", "PS256"])
def test_the_rsa_algorithms(algorithm: str) -> None:
    text = token({"alg": algorithm})
    assert judge(text).passed
    other = ({"RS256", "PS256"} - {algorithm}).pop()
    assert not_passed(judge(text, algorithms=[other])) == {"assertion-alg": FAIL}


def test_es256() -> None:
    key = issue.ec_key()
    certificate = issue.certificate(key)
    kid = kid_of(certificate)
    assert judge(token({"alg": "ES256", "kid": kid}, key=key), certificate=certificate).passed
    # The key's type is the verifier's: an RS256 header over an EC key is no match.
    wrong = raw_token(dumps(right_header(kid=kid)), dumps(right_claims()), KEY)
    assert not_passed(judge(wrong, certificate=certificate)) == {"assertion-key-type": FAIL}


@pytest.mark.parametrize("signature", [b"", b"\0" * 64, b"\xff" * 64, b"\1" * 63, b"\1" * 65, b"0" * 200])
def test_an_odd_ecdsa_signature_is_a_no(signature: bytes) -> None:
    key = issue.ec_key()
    certificate = issue.certificate(key)
    kid = kid_of(certificate)
    message = f"{b64(dumps(right_header(alg='ES256', kid=kid)))}.{b64(dumps(right_claims()))}"
    report = judge(f"{message}.{b64(signature)}", certificate=certificate)
    assert not_passed(report) == {"assertion-signature": FAIL}


def test_a_weak_key_is_named() -> None:
    key = issue.rsa_key(9, bits=1024)
    certificate = issue.certificate(key)
    kid = kid_of(certificate)
    report = judge(token({"kid": kid}, key=key), certificate=certificate)
    assert not_passed(report) == {"assertion-key-strength": FAIL}
    assert "1024 bits" in report["assertion-key-strength"].message


# --- the certificate and the kid ------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (issue.NOT_BEFORE, issue.WITHIN - timedelta(seconds=1), "expired"),
        (issue.WITHIN + timedelta(seconds=1), issue.NOT_AFTER, "not valid before"),
    ],
)
def test_a_certificate_outside_its_validity(first: Any, last: Any, words: str) -> None:
    certificate = issue.certificate(KEY, not_before=first, not_after=last)
    kid = kid_of(certificate)
    report = judge(token({"kid": kid}), certificate=certificate)
    assert not_passed(report) == {"assertion-certificate": FAIL}
    assert words in report["assertion-certificate"].message


def test_the_last_second_of_a_certificate_counts() -> None:
    certificate = issue.certificate(KEY, not_before=issue.WITHIN, not_after=issue.WITHIN)
    kid = kid_of(certificate)
    assert judge(token({"kid": kid}), certificate=certificate).passed


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ("sha1-lower", "right, but in lower case"),
        ("sha1-colon", "SHA-1 fingerprint of the right certificate, in hex with colons"),
        ("sha256", "SHA-256 fingerprint of the right certificate, in hex"),
        ("x5t", "x5t"),
        ("x5t-s256", "x5t#S256"),
        ("jkt", "RFC 7638"),
        ("spki-sha256", "pin"),
        ("keycloak", "Keycloak's default kid"),
        ("ski", "subject key identifier"),
    ],
)
def test_a_wrong_kid_is_told_as_what_it_is(form: str, words: str) -> None:
    check = judge(token({"kid": fingerprint(CERTIFICATE, form)}))["assertion-kid"]
    assert check.status is FAIL
    assert words in check.message
    assert KID in (check.hint or "")


def test_the_kid_of_the_issuing_ca_is_told() -> None:
    authority = issue.authority()
    certificate = authority.issue(KEY)
    text = token({"kid": fingerprint(authority.certificate)})
    named = judge(text, certificate=certificate, chain=[authority.certificate])["assertion-kid"]
    assert "the SHA-1 fingerprint of the issuing CA" in named.message
    unnamed = judge(text, certificate=certificate)["assertion-kid"]
    assert "no fingerprint of this certificate" in unnamed.message


def test_a_literal_kid() -> None:
    text = token({"kid": "handed-out-by-the-bank"})
    report = judge(text, kid="handed-out-by-the-bank")
    assert report.passed
    assert not_passed(report) == {"assertion-kid-form": WARNING}
    assert "inferred" in (report["assertion-kid-form"].reference or "")
    assert not_passed(judge(text, kid="another")) == {"assertion-kid": FAIL}


def test_another_form_can_be_expected() -> None:
    text = token({"kid": fingerprint(CERTIFICATE, "keycloak")})
    report = judge(text, kid_form="keycloak")
    assert report.passed
    assert not_passed(report) == {"assertion-kid-form": WARNING}
    assert not_passed(judge(token(), kid_form="keycloak")) == {"assertion-kid": FAIL}


def test_a_public_key_alone_leaves_kid_and_validity_unjudged() -> None:
    report = judge(token(), certificate=None, public_key=KEY.public_key())
    assert report.passed
    skipped = {check.id for check in report.with_status(SKIPPED)}
    assert skipped == {"assertion-kid", "assertion-kid-form", "assertion-certificate", "assertion-replay"}


# --- a JWK Set ------------------------------------------------------------------


def entries(*named: tuple[str | None, Any], algorithm: str | None = None) -> list[JwkEntry]:
    return [JwkEntry(kid, algorithm, key.public_key()) for kid, key in named]


def test_the_kid_chooses_the_key_of_a_set() -> None:
    jwks = entries(("one", issue.rsa_key(1)), (KID, KEY))
    assert judge(token(), certificate=None, jwks=jwks).passed
    report = judge(token({"kid": "one"}), certificate=None, jwks=jwks)
    assert not_passed(report) == {"assertion-signature": FAIL}


def test_a_kid_that_is_not_in_the_set() -> None:
    jwks = entries(("one", issue.rsa_key(1)), (KID, KEY))
    report = judge(token({"kid": KID.lower()}), certificate=None, jwks=jwks)
    assert not_passed(report) == {"assertion-kid": FAIL}
    assert "upper and lower case" in report["assertion-kid"].message
    assert report["assertion-signature"].status is SKIPPED


def test_a_set_of_one_does_not_make_up_for_a_wrong_kid() -> None:
    report = judge(token({"kid": "other"}), certificate=None, jwks=entries((KID, KEY)))
    assert not_passed(report) == {"assertion-kid": FAIL}


def test_the_one_key_of_a_set_that_has_no_kid_is_the_one_that_is_meant() -> None:
    report = judge(token(), certificate=None, jwks=entries((None, KEY)))
    assert report.passed
    assert report["assertion-kid"].status is SKIPPED
    several = judge(token(), certificate=None, jwks=entries((None, KEY), (None, issue.rsa_key(1))))
    assert not several.passed
    assert "no key of the JWK Set has a kid" in several["assertion-kid"].message


def test_the_alg_of_a_jwk_binds() -> None:
    report = judge(token(), certificate=None, jwks=entries((KID, KEY), algorithm="PS256"))
    assert not_passed(report) == {"assertion-key-type": FAIL}
    assert judge(token(), certificate=None, jwks=entries((KID, KEY), algorithm="RS256")).passed


# --- what was expected ----------------------------------------------------------


def test_any_audience_and_any_client_are_said_to_be_unjudged() -> None:
    report = judge(token(), audience=ANY, client_id=ANY)
    assert report.passed
    assert report["assertion-aud"].status is SKIPPED
    assert report["assertion-client"].status is SKIPPED


def test_a_token_endpoint_as_audience_warns_even_with_any_audience() -> None:
    text = token({}, {"aud": AUDIENCE + "/protocol/openid-connect/token"})
    assert not_passed(judge(text, audience=ANY)) == {"assertion-aud-issuer": WARNING}
    assert not_passed(judge(text, audience=AUDIENCE + TOKEN_PATH)) == {"assertion-aud-issuer": WARNING}


@pytest.mark.parametrize(
    "odd",
    [
        AUDIENCE + "/",
        " " + AUDIENCE,
        AUDIENCE + "?x=1",
        AUDIENCE.replace("https", "http"),
        AUDIENCE + TOKEN_PATH,
        AUDIENCE + "/.well-known/openid-configuration",
        "example-realm",
    ],
)
def test_an_audience_that_is_no_issuer_warns_also_where_it_is_expected(odd: str) -> None:
    assert not_passed(judge(token({}, {"aud": odd}), audience=odd)) == {"assertion-aud-issuer": WARNING}


@pytest.mark.parametrize("softened", sorted(VITAL))
def test_no_provider_softens_what_verification_is_made_of(softened: str) -> None:
    with pytest.raises(UsageError, match="without which nothing is verified"):
        judge(token(), provider=softer(softened))


def softer(*ids: str) -> Provider:
    worldline = get_provider("worldline")
    assert worldline.assertion is not None
    source = Source(Basis.INFERRED, "a provider of somebody else's")
    rules = replace(worldline.assertion, demanded={}, softened=dict.fromkeys(ids, source))
    return replace(worldline, assertion=rules)


@pytest.mark.parametrize("kid", [OMIT, 7, "unknown"])
def test_what_was_not_verified_never_passes_however_soft_the_provider(kid: Any) -> None:
    """An unsigned token, a set of keys, and no kid that names one of them."""
    soft = softer(*({rule.id for rule in ASSERTION_RULES} - VITAL))
    message = f"{b64(dumps(right_header(kid=kid)))}.{b64(dumps(right_claims()))}."
    jwks = entries(("one", issue.rsa_key(1)), ("two", KEY))
    report = judge(message, certificate=None, jwks=jwks, provider=soft)
    assert not report.passed
    assert report.assertion is None
    assert report["assertion-signature"].status is FAIL


def test_a_missing_kid_chooses_no_key_that_has_none() -> None:
    jwks = entries((None, KEY), ("two", issue.rsa_key(1)))
    report = judge(token({"kid": OMIT}), certificate=None, jwks=jwks, provider=softer())
    assert not report.passed


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        (AUDIENCE + "/", "slash"),
        (AUDIENCE + "/protocol/openid-connect/token", "token endpoint"),
        (AUDIENCE.replace("/auth/", "/"), "/auth"),
        (AUDIENCE.upper(), "upper and lower case"),
        (AUDIENCE + " ", "white space"),
        ("https://other.example", "the system that the assertion is for"),
    ],
)
def test_a_wrong_audience_is_told_by_its_difference(claim: str, words: str) -> None:
    assert words in (judge(token({}, {"aud": claim}))["assertion-aud"].hint or "")


def test_leeway_forgives_iat_and_says_the_whole_of_it() -> None:
    early = token({}, {"iat": NOW + 40, "exp": NOW + 100})
    assert not_passed(judge(early, leeway=40)) == {}
    assert "40 s in the future" in judge(early, leeway=39)["assertion-iat"].message


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(UsageError, match="without a zone"):
        judge(token(), at=datetime(2026, 6, 16))  # noqa: DTZ001


def test_leeway_forgives_exp_and_nbf() -> None:
    late = token({}, {"iat": NOW - 60, "exp": NOW})
    assert judge(late, leeway=1).passed
    assert not_passed(judge(late, leeway=0)) == {"assertion-exp": FAIL}
    early = token({}, {"nbf": NOW + 5})
    assert judge(early, leeway=5).passed
    assert not_passed(judge(early, leeway=4)) == {"assertion-nbf": FAIL}


def test_an_old_assertion_that_has_not_expired_warns() -> None:
    text = token({}, {"iat": NOW - 61, "exp": NOW + 10})
    assert not_passed(judge(text)) == {"assertion-age": WARNING, "assertion-lifetime": WARNING}
    assert "assertion-age" not in not_passed(judge(token({}, {"iat": NOW - 59, "exp": NOW + 1})))


@pytest.mark.parametrize(
    "changes",
    [
        {"algorithms": []},
        {"algorithms": ["HS256"]},
        {"algorithms": ["RS256", "none"]},
        {"algorithms": "RS256"},
        {"audience": ""},
        {"client_id": ""},
        {"certificate": None},
        {"public_key": KEY.public_key()},
        {"certificate": None, "jwks": []},
        {"provider": "op"},
        {"provider": "nobody"},
        {"leeway": -1},
        {"leeway": float("nan")},
        {"kid": "a", "kid_form": "sha1"},
        {"certificate": None, "public_key": KEY.public_key(), "kid_form": "sha1"},
        {"certificate": None, "jwks": [JwkEntry("a", None, KEY.public_key())], "kid": "a"},
    ],
)
def test_empty_or_contradictory_choices_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        judge(token(), **changes)


def test_the_function_is_the_class() -> None:
    report = verify(token(), certificate=CERTIFICATE, audience=AUDIENCE, client_id=CLIENT_ID, at=issue.WITHIN)
    assert report == judge(token())


def test_only_a_verifier_makes_a_verified_assertion() -> None:
    assert judge(token({}, {"aud": "x"})).assertion is None
    assert "a-random-identifier" not in repr(judge(token()).assertion)


# --- the document's own example ---------------------------------------------------


def test_the_documents_example_is_read_exactly() -> None:
    read = read_compact(DOCUMENT_EXAMPLE.read_text().strip())
    assert read.faults == {}
    assert read.header == {"alg": "RS256", "kid": "B4E11A49EE0D1239E7F784919B91DF577E839385", "typ": "JWT"}
    assert read.claims == {
        "sub": "5734699",
        "aud": "https://example-domain/auth/realms/example-realm",
        "iat": 1781615413,
        "exp": 1781619013,
    }


def test_what_the_document_shows_passes_with_warnings() -> None:
    """Its shape, signed with a key that we have: no iss, no jti, an hour long."""
    text = token({}, {"iss": OMIT, "jti": OMIT, "exp": NOW + 3600})
    report = judge(text)
    assert report.passed
    assert not_passed(report) == {
        "assertion-iss-present": WARNING,
        "assertion-jti-present": WARNING,
        "assertion-lifetime": WARNING,
    }
    assert all("inferred" in (check.reference or "") for check in report.warnings)


def test_what_the_systems_document_demands_fails_and_names_it() -> None:
    report = judge(token({"kid": OMIT}))
    assert report["assertion-kid-present"].severity is Severity.ERROR
    assert "Worldline" in (report["assertion-kid-present"].reference or "")


def test_the_documents_example_fails_for_another_key_alone() -> None:
    report = judge(
        DOCUMENT_EXAMPLE.read_text().strip(),
        kid="B4E11A49EE0D1239E7F784919B91DF577E839385",
        at=datetime.fromtimestamp(1781615413, UTC),
    )
    assert [check.id for check in report.failures] == ["assertion-signature"]


# --- whatever comes ---------------------------------------------------------------

VERIFIER: Final = Verifier(certificate=CERTIFICATE, audience=AUDIENCE, client_id=CLIENT_ID)


def _judged(text: str) -> AssertionReport | None:
    try:
        return VERIFIER.verify(text, at=issue.WITHIN)
    except JwtToolError:
        return None


@given(st.text())
def test_any_text_gets_an_error_of_ours_or_a_failing_report(text: str) -> None:
    report = _judged(text)
    assert report is None or not report.passed


@given(st.data())
def test_any_change_of_a_right_token_is_refused(data: st.DataObject) -> None:
    text = token()
    position = data.draw(st.integers(0, len(text) - 1))
    character = data.draw(st.characters().filter(lambda new: new != text[position]))
    changed = text[:position] + character + text[position + 1 :]
    report = _judged(changed)
    assert report is None or not report.passed


JSON_VALUES: Final = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(), children, max_size=3),
    max_leaves=5,
)
MEMBERS: Final = st.sampled_from(
    ["alg", "kid", "typ", "crit", "b64", "iss", "sub", "aud", "iat", "nbf", "exp", "jti"]
)


@given(st.dictionaries(MEMBERS, JSON_VALUES), st.dictionaries(MEMBERS, JSON_VALUES))
def test_any_signed_header_and_claims_get_a_report(header: dict[str, Any], claims: dict[str, Any]) -> None:
    head, body = right_header(**header), right_claims(**claims)
    message = f"{b64(dumps(head))}.{b64(dumps(body))}"
    report = _judged(f"{message}.{b64(sign(message.encode()))}")
    assert report is not None
    assert all(check.severity in Severity and check.message for check in report)
