"""What an inspection finds in a token: nothing in a good one, and in another just what is wrong with it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwttool.certificates import fingerprint
from jwttool.certificates.form_names import FORM_NAMES
from jwttool.checks.rule import RuleSet
from jwttool.checks.token import (
    ACCESS_TOKEN_RULES,
    CERTIFICATE_RULES,
    INSPECTION_RULES,
    TOKEN_RULES,
    VERIFICATION_RULES,
    CertificateFacts,
    TokenView,
    inspection_findings,
    media_type,
)
from jwttool.encoding import json_type
from jwttool.errors import JwtToolError
from jwttool.jose import read_compact
from jwttool.providers import get_provider
from jwttool.report import Check, Severity, Status
from tests import issue
from tests.access_tokens import AUDIENCE, ISSUER, not_content, right_claims, right_header, token
from tests.assertions import CERTIFICATE, NOW, OMIT, b64, dumps, raw_token

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE
HOUR: Final = 3600


def view(text: str, now: int = NOW) -> TokenView:
    read = read_compact(text)
    return TokenView(read, read.header, read.claims, now)


def found(text: str) -> dict[str, Severity]:
    """The findings of an inspection, by id."""
    return {check.id: check.severity for check in inspection_findings(view(text))}


LENGTHS: Final = {
    **dict.fromkeys(("none", "nOnE"), 0),
    **dict.fromkeys(("HS512", "ES256", "ES256K", "EdDSA", "Ed25519"), 64),
    "HS256": 32,
    "HS384": 48,
    "ES384": 96,
    "ES512": 132,
    "Ed448": 114,
}
"""Bytes of a signature that are not those of a 2048-bit RSA key."""


def unsigned(header: bytes, claims: bytes, alg: object = "RS256") -> str:
    """An inspection looks at no signature but for its length."""
    return with_signature(header, claims, b"s" * LENGTHS.get(str(alg), 256))


def with_signature(header: bytes, claims: bytes, signature: bytes) -> str:
    return f"{b64(header)}.{b64(claims)}.{b64(signature)}"


# --- the catalogue --------------------------------------------------------------


def test_every_rule_stands_once_in_the_catalogue_and_says_why_it_is_there() -> None:
    sets = (*VERIFICATION_RULES, *ACCESS_TOKEN_RULES, *INSPECTION_RULES, *CERTIFICATE_RULES)
    assert set(TOKEN_RULES) == set(sets)
    assert len({rule.id for rule in TOKEN_RULES}) == len(TOKEN_RULES)
    assert all(rule.explanation and rule.reference and rule.title for rule in TOKEN_RULES)
    assert all(rule.id.startswith(("token-", "access-token-")) for rule in TOKEN_RULES)


def test_a_rule_needs_only_rules_that_there_are_and_that_come_before_it() -> None:
    ids = {rule.id for rule in TOKEN_RULES}
    assert all(rule.needs <= ids for rule in TOKEN_RULES)
    for rules in (VERIFICATION_RULES, INSPECTION_RULES):
        order = [rule.id for rule in rules]
        for position, rule in enumerate(rules):
            assert rule.needs & set(order) <= set(order[:position])


def test_every_rule_of_an_inspection_has_a_case_that_breaks_it() -> None:
    elsewhere = {"token-form", "token-header", "token-jwt", "token-claims", "token-signature-length"}
    assert {check_id for check_id, *_ in FINDINGS} | elsewhere == {rule.id for rule in INSPECTION_RULES}


# --- one fault, one finding -----------------------------------------------------


def test_in_a_good_token_nothing_is_found() -> None:
    assert inspection_findings(view(token())) == ()


Case = tuple[str, dict[str, Any], dict[str, Any], Severity, str]
PRIVATE: Final = {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "d": "AA"}
PUBLIC: Final = {name: value for name, value in PRIVATE.items() if name != "d"}
DPOP: Final = {"typ": "dpop+jwt", "jwk": PUBLIC}
PROOF: Final[dict[str, Any]] = {"exp": OMIT, "htm": "POST", "htu": "https://api.example"}
BOUND: Final = {"x5t#S256": "AA"}

FINDINGS: Final[list[Case]] = [
    ("token-crit", {"crit": ["exp"]}, {}, ERROR, "crit"),
    ("token-key-header", {"jku": "https://evil.example"}, {}, WARNING, "jku"),
    ("token-private-key", {}, {"cnf": {"jwk": PRIVATE}}, ERROR, "private"),
    ("token-private-key", {}, {"cnf": {"jwk": {"kty": "oct", "k": "AA"}}}, ERROR, "symmetric"),
    ("token-zip-header", {"zip": "DEF"}, {}, WARNING, "zip"),
    ("token-alg-secure", {"alg": "none"}, {}, ERROR, "anybody"),
    ("token-alg-secure", {"alg": "nOnE"}, {}, ERROR, "anybody"),
    ("token-alg-secure", {"alg": "HS256"}, {}, WARNING, "symmetric"),
    ("token-alg-secure", {"alg": "HS512"}, {}, WARNING, "symmetric"),
    ("token-alg-secure", {"alg": "RS1"}, {}, ERROR, "SHA-1"),
    ("token-alg-secure", {"alg": "ES256K"}, {}, NOTE, "secp256k1"),
    ("token-alg-secure", {"alg": "EdDSA"}, {}, NOTE, "deprecated"),
    ("token-alg-secure", {"alg": "RSA-OAEP"}, {}, ERROR, "encryption"),
    ("token-alg-secure", {"alg": "dir"}, {}, ERROR, "encryption"),
    ("token-alg-secure", {"alg": "rs256"}, {}, WARNING, "not known"),
    ("token-alg-secure", {"alg": OMIT}, {}, ERROR, "missing"),
    ("token-alg-secure", {"alg": ["RS256"]}, {}, ERROR, "an array"),
    ("token-kid-suspicious", {"kid": "../../etc/passwd"}, {}, ERROR, "a path"),
    ("token-kid-suspicious", {"kid": "..\\keys"}, {}, ERROR, "a path"),
    ("token-kid-suspicious", {"kid": "/dev/null"}, {}, ERROR, "a path"),
    ("token-kid-suspicious", {"kid": "%2E%2E%2Fkeys"}, {}, ERROR, "a path"),
    ("token-kid-suspicious", {"kid": "C:\\keys"}, {}, ERROR, "a path"),
    ("token-kid-suspicious", {"kid": "https://evil.example/key"}, {}, WARNING, "a URL"),
    ("token-kid-suspicious", {"kid": "x' UNION SELECT 'key"}, {}, ERROR, "a query"),
    ("token-kid-suspicious", {"kid": 'a"b'}, {}, WARNING, "a query"),
    ("token-kid-suspicious", {"kid": "a|sh"}, {}, ERROR, "a command"),
    ("token-kid-suspicious", {"kid": "$(sh)"}, {}, ERROR, "a command"),
    ("token-kid-suspicious", {"kid": "a\x1b[31m"}, {}, ERROR, "not to be seen"),
    ("token-kid-suspicious", {"kid": "a\u202eb"}, {}, ERROR, "not to be seen"),
    ("token-kid-suspicious", {"kid": "A" * 1025}, {}, ERROR, "1,025 characters"),
    ("token-kid-suspicious", {"kid": 7}, {}, ERROR, "a number"),
    ("token-kid-suspicious", {"kid": None}, {}, ERROR, "null"),
    ("token-kid-suspicious", {"kid": ""}, {}, ERROR, "an empty string"),
    ("token-strings", {}, {"iss": [ISSUER]}, ERROR, "iss is an array"),
    ("token-strings", {}, {"sub": {"a": 1}}, ERROR, "sub is an object"),
    ("token-strings", {}, {"jti": 7}, ERROR, "jti is a number"),
    ("token-aud-type", {}, {"aud": 7}, ERROR, "a number"),
    ("token-aud-type", {}, {"aud": [AUDIENCE, None]}, ERROR, "no string"),
    ("token-aud-list", {}, {"aud": [AUDIENCE, "https://other.example"]}, WARNING, "2 audiences"),
    ("token-times", {}, {"exp": str(NOW)}, ERROR, "a string"),
    ("token-times", {}, {"exp": NOW + 60.5}, WARNING, "a fraction"),
    ("token-exp-present", {}, {"exp": OMIT}, WARNING, "never expires"),
    ("token-exp", {}, {"exp": NOW - 5}, ERROR, "expired 5 s ago"),
    ("token-nbf", {}, {"nbf": NOW + 60}, ERROR, "another 1 min"),
    ("token-iat", {}, {"iat": NOW + 60}, ERROR, "1 min in the future"),
    ("token-iat", {}, {"iat": NOW + 10}, WARNING, "10 s in the future"),
    ("token-lifetime", {}, {"iat": NOW, "exp": NOW + 24 * HOUR + 1, "cnf": BOUND}, WARNING, "1 d"),
    ("token-lifetime", {}, {"iat": OMIT, "exp": NOW + 25 * HOUR, "cnf": BOUND}, WARNING, "1 d 1 h"),
    ("token-lifetime", {}, {"iat": NOW + 5, "exp": NOW + 5}, WARNING, "not after iat"),
    ("token-long-lived-unbound", {}, {"iat": NOW, "exp": NOW + HOUR + 1}, WARNING, "bound to no key"),
    ("token-b64", {"b64": False, "crit": ["b64"]}, {}, NOTE, "in the token unencoded"),
    ("token-b64", {"b64": "false", "crit": ["b64"]}, {}, ERROR, "b64 is a string"),
    ("token-b64", {"b64": None, "crit": ["b64"]}, {}, ERROR, "b64 is null"),
    ("token-crit", {"b64": True}, {}, ERROR, "no crit that names it"),
    ("token-crit", {"b64": True, "crit": ["b64", "exp"]}, {}, ERROR, "has crit"),
    ("token-crit", {"b64": True, "crit": "b64"}, {}, ERROR, "has crit"),
    ("token-crit", {"crit": ["b64"]}, {}, ERROR, "has crit"),
    ("token-dpop", {"typ": "dpop+jwt"}, PROOF, ERROR, "jwk is missing"),
    ("token-dpop", {"typ": "application/DPoP+jwt"}, PROOF, ERROR, "jwk is missing"),
    ("token-dpop", {"typ": "dpop+jwt", "jwk": OMIT}, {**PROOF, "htu": OMIT}, ERROR, "jwk is missing"),
    ("token-dpop", {"typ": "dpop+jwt", "jwk": PUBLIC}, {**PROOF, "htu": OMIT}, ERROR, "htu missing"),
    ("token-dpop", DPOP, {**PROOF, "jti": OMIT, "htm": OMIT}, ERROR, "jti and htm missing"),
    ("token-private-key", {**DPOP, "jwk": PRIVATE}, PROOF, ERROR, "private"),
    ("token-key-header", {**DPOP, "jku": "https://a.example"}, PROOF, WARNING, "jku"),
    ("token-exp", DPOP, {**PROOF, "exp": NOW}, ERROR, "expired"),  # an end that is there counts
]


@pytest.mark.parametrize(
    ("check_id", "header", "claims", "severity", "words"),
    FINDINGS,
    ids=[f"{check_id}-{number}" for number, (check_id, *_) in enumerate(FINDINGS)],
)
def test_one_fault_is_found_by_its_rule_alone(
    check_id: str, header: dict[str, Any], claims: dict[str, Any], severity: Severity, words: str
) -> None:
    text = unsigned(dumps(right_header(**header)), dumps(right_claims(**claims)), header.get("alg"))
    findings = found(text)
    if "iat" in claims and claims["iat"] == NOW + 5:
        assert findings.pop("token-iat") is WARNING
    assert findings == {check_id: severity}
    (check,) = (each for each in inspection_findings(view(text)) if each.id == check_id)
    assert words in check.message
    assert check.reference


@pytest.mark.parametrize(
    "kid",
    [
        *(fingerprint(CERTIFICATE, form) for form in FORM_NAMES),
        "b3d29386-3f4b-4c4e-b3c4-09e0f6d5a1b2",
        "did:example:123#key-1",
        "--not-a-comment--_",
        "the key of 2026",
        "/" + "aB3/" * 10,  # base64, which may begin with a slash
        OMIT,
    ],
    ids=[*FORM_NAMES, "uuid", "did", "base64url", "words", "base64", "none"],
)
def test_a_kid_that_honest_issuers_use_is_not_suspicious(kid: Any) -> None:
    assert found(token({"kid": kid})) == {}


@pytest.mark.parametrize(
    "alg", ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519"]
)
def test_a_sound_algorithm(alg: str) -> None:
    assert found(unsigned(dumps(right_header(alg=alg)), dumps(right_claims()), alg)) == {}


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": OMIT},
        {"aud": [AUDIENCE]},
        {"iat": NOW, "exp": NOW + 1},
        {"iat": NOW, "exp": NOW + HOUR},
        {"iat": NOW, "exp": NOW + 24 * HOUR, "cnf": BOUND},
        {"cnf": {"jwk": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}}},
        {"cnf": 7},
        {"nbf": NOW},
    ],
)
def test_what_is_in_order(claims: dict[str, Any]) -> None:
    assert found(token({}, claims)) == {}


def test_a_private_key_in_the_header_is_found_beside_the_key() -> None:
    assert found(token({"jwk": PRIVATE})) == {"token-key-header": WARNING, "token-private-key": ERROR}
    assert found(token({"jwk": PUBLIC})) == {"token-key-header": WARNING}


def test_a_dpop_proof_has_its_key_and_no_end() -> None:
    assert found(token(DPOP, PROOF)) == {}
    # The same of a token of another type.
    assert found(token({**DPOP, "typ": "JWT"}, PROOF)) == {
        "token-key-header": WARNING,
        "token-exp-present": WARNING,
    }
    assert found(token({**DPOP, "jwk": "AA"}, PROOF)) == {"token-dpop": ERROR}
    statuses = {check.id: check.status for check in RuleSet(INSPECTION_RULES).run(view(token(DPOP, PROOF)))}
    assert statuses["token-exp-present"] is statuses["token-exp"] is Status.SKIPPED


# --- the length of a signature ------------------------------------------------------

DER: Final = b"\x30\x45" + b"d" * 0x45
FIXED: Final = [(alg, length) for alg, length in LENGTHS.items() if length]
LENGTH_CASES: Final[list[tuple[Any, bytes, Severity | None, str]]] = [
    *((alg, b"s" * length, None, "") for alg, length in FIXED),
    *((alg, b"s" * (length - 1), ERROR, f"{length - 1} bytes") for alg, length in FIXED),
    *((alg, b"s" * (length + 1), ERROR, f"{length + 1} bytes") for alg, length in FIXED),
    *((alg, b"", None, "") for alg in ("none", "NONE")),
    *((alg, b"s", ERROR, "a signature of 1 bytes") for alg in ("none", "NONE")),
    *((alg, b"", ERROR, "is empty") for alg in ("RS256", "ES256", "HS256", "Ed25519", "X", 7, None)),
    *((alg, b"s", None, "") for alg in ("X", 7, None, ["RS256"])),
    *((alg, b"s" * 128, None, "") for alg in ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")),
    ("RS256", b"s" * 384, None, ""),
    ("RS256", b"s" * 2048, None, ""),
    ("RS256", b"s" * 96, WARNING, "shorter than 128"),
    ("RS256", b"s" * 127, WARNING, "shorter than 128"),
    ("PS512", b"s" * 255, WARNING, "few RSA keys"),
    ("RS512", b"s" * 2080, WARNING, "2,080 bytes"),
    ("EdDSA", b"s" * 114, None, ""),
    ("Ed25519", b"s" * 114, ERROR, "114 bytes"),
    ("ES256", DER, ERROR, "in DER"),
    ("ES384", b"\x30\x65" + b"d" * 0x65, ERROR, "in DER"),
    ("ES512", b"\x30\x81\x88" + b"d" * 0x88, ERROR, "in DER"),
    ("ES256", DER[:-1], ERROR, "70 bytes"),
    ("ES256", DER + b"d", ERROR, "72 bytes"),
    ("ES256", b"\x31" + DER[1:], ERROR, "71 bytes"),
    ("ES256", b"\x30\x65" + b"d" * 0x65, ERROR, "103 bytes"),  # too long for this curve
    ("ES256", b"\x30", ERROR, "1 bytes"),
    ("ES256", b"\x30\x81", ERROR, "2 bytes"),
    ("HS256", DER, ERROR, "71 bytes"),
]


@pytest.mark.parametrize(
    ("alg", "signature", "severity", "words"),
    LENGTH_CASES,
    ids=[f"{alg}-{number}" for number, (alg, *_) in enumerate(LENGTH_CASES)],
)
def test_the_length_of_a_signature(alg: Any, signature: bytes, severity: Severity | None, words: str) -> None:
    text = with_signature(dumps(right_header(alg=alg)), dumps(right_claims()), signature)
    checks = [check for check in inspection_findings(view(text)) if check.id == "token-signature-length"]
    assert [check.severity for check in checks] == ([] if severity is None else [severity])
    for check in checks:
        assert words in check.message
        assert check.hint
        assert ("P1363" in check.hint) == ("DER" in check.message)


def test_the_length_of_a_signature_that_is_no_base64url_is_not_judged() -> None:
    run = RuleSet(INSPECTION_RULES).run(view(token()[:-1] + "!"))
    (check,) = (each for each in run if each.id == "token-signature-length")
    assert check.status is Status.SKIPPED


# --- times --------------------------------------------------------------------------


def test_all_times_that_are_wrong_are_named() -> None:
    text = token({}, {"exp": (NOW + 60) * 1000, "nbf": True, "iat": NOW - 0.5})
    (check,) = inspection_findings(view(text))
    assert (check.id, check.severity, check.where) == ("token-times", ERROR, "claims.exp")
    assert check.message == (
        f"exp is {(NOW + 60) * 1000}: milliseconds, it seems; nbf is {json_type(True)}, not a number; "
        "iat has a fraction"
    )
    assert check.hint == (
        "divide it by 1000; seconds since 1970, without quotes; some servers read whole seconds alone"
    )


def test_a_hint_for_two_times_stands_once_and_the_worst_says_where() -> None:
    (check,) = inspection_findings(view(token({}, {"exp": NOW + 60.5, "nbf": "x", "iat": False})))
    assert (check.severity, check.where) == (ERROR, "claims.nbf")
    assert check.hint == "some servers read whole seconds alone; seconds since 1970, without quotes"
    (mild,) = inspection_findings(view(token({}, {"exp": NOW + 60.5, "iat": NOW - 0.5})))
    assert (mild.severity, mild.where) == (WARNING, "claims.exp")


def test_no_rule_of_an_inspection_is_only_about_access_tokens() -> None:
    assert not [rule.id for rule in INSPECTION_RULES if "9068" in rule.reference]


def test_a_token_for_360_days_is_too_long_and_unbound() -> None:
    assert found(token({}, {"exp": NOW + 31_104_000})) == {
        "token-lifetime": WARNING,
        "token-long-lived-unbound": WARNING,
    }


# --- what cannot be read ----------------------------------------------------------


def test_a_cut_token_is_one_finding() -> None:
    assert found(token()[:-5]) == {"token-form": ERROR}


@pytest.mark.parametrize(
    "header",
    [b"[]", b'{"alg":"RS256","alg":"none"}', b"\xff"],
    ids=["array", "twice", "binary"],
)
def test_a_broken_header_does_not_hide_the_claims(header: bytes) -> None:
    assert found(unsigned(header, dumps(right_claims(exp=NOW)))) == {
        "token-header": ERROR,
        "token-exp": ERROR,
    }


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        (b'{"sub":"a","sub":"b"}', "twice"),
        (b'{"sub":', "not JSON"),
        (b' {"exp":NaN}', "NaN"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        (json.dumps(right_claims()).encode("utf-16"), "UTF-8"),
        (json.dumps(right_claims()).encode("utf-16-be"), "not JSON"),
    ],
    ids=["twice", "cut", "NaN", "BOM", "UTF-16", "UTF-16-BE"],
)
def test_claims_that_two_parsers_can_read_differently_are_a_fault(claims: bytes, words: str) -> None:
    text = unsigned(dumps(right_header()), claims)
    assert found(text) == {"token-claims": ERROR}
    assert words in inspection_findings(view(text))[0].message


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        (b"a text that is signed", "no JSON object"),
        (b"[1,2]", "no JSON object"),
        (b"\xff\x00", "no JSON object"),
        (b"", "detached"),
        (token().encode(), "no JSON object"),
    ],
    ids=["text", "array", "binary", "detached", "nested"],
)
def test_a_payload_of_another_kind_makes_a_jws_and_no_jwt(payload: bytes, words: str) -> None:
    text = unsigned(dumps(right_header()), payload)
    assert found(text) == {"token-jwt": NOTE}
    assert words in inspection_findings(view(text))[0].message


@pytest.mark.parametrize(
    "payload", [b"a text that is signed", dumps(right_claims(exp=NOW))], ids=["text", "claims"]
)
def test_of_an_unencoded_payload_nothing_more_is_asked(payload: bytes) -> None:
    text = unsigned(dumps(right_header(b64=False, crit=["b64"])), payload)
    assert found(text) == {"token-b64": NOTE}
    assert "crit" not in str(inspection_findings(view(text)))
    # crit has to name it.
    text = unsigned(dumps(right_header(b64=False)), payload)
    assert found(text) == {"token-b64": NOTE, "token-crit": ERROR}
    (crit,) = (check for check in inspection_findings(view(text)) if check.id == "token-crit")
    assert "RFC 7797 section 6" in (crit.hint or "")


def test_an_unencoded_payload_that_is_empty_is_detached() -> None:
    text = unsigned(dumps(right_header(b64=False, crit=["b64"])), b"")
    (check,) = inspection_findings(view(text))
    assert (check.id, "detached" in check.message) == ("token-b64", True)


# --- beside a certificate -----------------------------------------------------------

FACTS: Final = CertificateFacts.of(CERTIFICATE)
BESIDE: Final = RuleSet(CERTIFICATE_RULES)


def beside(
    header: dict[str, Any], claims: dict[str, Any], facts: CertificateFacts | None = FACTS
) -> tuple[Check, ...]:
    subject = view(token(header, claims))
    subject.certificate = facts
    return BESIDE.run(subject)


def test_a_token_that_is_bound_to_the_certificate() -> None:
    thumbprint = fingerprint(CERTIFICATE, "x5t-s256")
    checks = beside({"kid": fingerprint(CERTIFICATE)}, {"cnf": {"x5t#S256": thumbprint}})
    assert [(check.id, check.status) for check in checks] == [
        ("token-kid-certificate", Status.PASS),
        ("token-cnf", Status.PASS),
    ]


def test_a_token_that_is_bound_to_another_certificate() -> None:
    other = fingerprint(issue.certificate(issue.rsa_key(1)), "x5t-s256")
    checks = beside({}, {"cnf": {"x5t#S256": other}})
    assert not_content(checks)["token-cnf"] is Status.FAIL
    assert "another certificate's" in checks[1].message
    assert fingerprint(CERTIFICATE, "x5t-s256") in checks[1].message


@pytest.mark.parametrize("form", ["sha256", "x5t"])
def test_another_spelling_of_the_thumbprint_does_not_bind(form: str) -> None:
    checks = beside({}, {"cnf": {"x5t#S256": fingerprint(CERTIFICATE, form)}})
    assert checks[1].status is Status.FAIL
    assert "another spelling of this certificate's" in checks[1].message


@pytest.mark.parametrize("value", [7, None, "x", [FACTS.thumbprint]])
def test_a_cnf_of_another_type(value: Any) -> None:
    assert beside({}, {"cnf": value})[1].status is Status.FAIL
    assert beside({}, {"cnf": {"x5t#S256": value}})[1].status is Status.FAIL


@pytest.mark.parametrize(
    ("claims", "words"),
    [({}, "there is no cnf"), ({"cnf": {"jkt": "AA"}}, "not to a certificate")],
    ids=["none", "another key"],
)
def test_what_cannot_be_compared_is_skipped(claims: dict[str, Any], words: str) -> None:
    check = beside({}, claims)[1]
    assert check.status is Status.SKIPPED
    assert words in check.message


@pytest.mark.parametrize("form", FORM_NAMES)
def test_a_kid_of_another_form_is_a_warning(form: str) -> None:
    check = beside({"kid": fingerprint(CERTIFICATE, form)}, {})[0]
    status = Status.PASS if form == "sha1" else Status.WARNING
    assert (check.status, check.severity) == (status, WARNING)
    assert form == "sha1" or "jwttool cert fingerprint" in (check.hint or "")


def test_a_warning_names_the_form_of_a_kid() -> None:
    check = beside({"kid": fingerprint(CERTIFICATE, "sha1-lower")}, {})[0]
    assert check.message == "kid is the SHA-1 fingerprint of the certificate, in lower-case hex"
    assert "but in lower case" in beside({"kid": fingerprint(CERTIFICATE, "sha256").lower()}, {})[0].message
    for kid in (OMIT, 7, ""):
        assert beside({"kid": kid}, {})[0].status is Status.SKIPPED


def test_the_form_of_a_kid_is_the_systems() -> None:
    rules = get_provider("worldline").assertion
    assert rules is not None
    assert rules.kid_form == FACTS.kid_form
    other = CertificateFacts.of(CERTIFICATE, "x5t-s256")
    assert beside({"kid": fingerprint(CERTIFICATE, "x5t-s256")}, {}, other)[0].status is Status.PASS
    check = beside({"kid": fingerprint(CERTIFICATE)}, {}, other)[0]
    assert check.status is Status.WARNING
    assert "--as x5t-s256" in (check.hint or "")


def test_a_kid_that_is_no_fingerprint_is_told_of_a_client_assertion_alone() -> None:
    """The kid of an access token names a key of its issuer."""
    access = beside({"kid": "issuer-key-1"}, {})[0]
    assert access.status is Status.SKIPPED
    assert "whoever issued" in access.message
    assertion = {"iss": "5734699", "sub": "5734699", "scope": OMIT}
    check = beside({"kid": "issuer-key-1", "typ": "JWT"}, assertion)[0]
    assert (check.status, check.severity) == (Status.WARNING, WARNING)
    assert "no fingerprint of the certificate" in check.message
    assert "a client assertion (iss and sub are the same)" in check.message
    assert "jwttool cert fingerprint" in (check.hint or "")
    for header, claims in (({"typ": "at+jwt"}, {}), ({"typ": "JWT"}, {"scope": "VOP"})):
        other = beside({"kid": "issuer-key-1", **header}, {**assertion, **claims})[0]
        assert other.status is Status.SKIPPED


def test_without_a_certificate_nothing_is_compared() -> None:
    assert {check.status for check in beside({}, {"cnf": BOUND}, None)} == {Status.SKIPPED}


# --- whatever comes -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "same"),
    [
        ("at+jwt", "at+jwt"),
        ("AT+JWT", "at+jwt"),
        ("application/at+jwt", "at+jwt"),
        ("application/a/b", "application/a/b"),
        ("text/at+jwt", "text/at+jwt"),
    ],
)
def test_media_types(value: str, same: str) -> None:
    assert media_type(value) == same


def _inspected(text: str) -> tuple[Check, ...]:
    try:
        subject = view(text)
    except JwtToolError:
        return ()
    subject.certificate = FACTS
    return inspection_findings(subject) + BESIDE.run(subject)


@given(st.text())
def test_any_text_is_judged_without_an_error(text: str) -> None:
    assert all(check.message for check in _inspected(text))


JSON_VALUES: Final = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(), children, max_size=3),
    max_leaves=5,
)
HEADERS: Final = st.sampled_from(["alg", "kid", "typ", "crit", "b64", "zip", "jwk", "x5c"])
CLAIMS: Final = st.sampled_from(["iss", "sub", "aud", "client_id", "iat", "nbf", "exp", "jti", "cnf"])


@given(st.dictionaries(HEADERS, JSON_VALUES), st.dictionaries(CLAIMS, JSON_VALUES))
def test_any_header_and_claims_are_judged_without_an_error(
    header: dict[str, Any], claims: dict[str, Any]
) -> None:
    checks = _inspected(unsigned(dumps(right_header(**header)), dumps(right_claims(**claims))))
    assert all(check.severity in Severity and check.message for check in checks)


@given(st.binary())
def test_any_payload_is_either_claims_or_no_jwt(payload: bytes) -> None:
    found_ids = {check.id for check in _inspected(unsigned(dumps(right_header()), payload))}
    assert not {"token-claims", "token-jwt"} <= found_ids


def test_findings_are_what_a_run_finds() -> None:
    """The short way gives what the long one does, without what passed or could not be judged."""
    rules = RuleSet(INSPECTION_RULES)
    for text in (
        token(),
        token()[:-5],
        token({"alg": "none"}, {"exp": OMIT, "aud": 7}),
        "e30.e30.",
        "a.b.c.d.e",
    ):
        subject = view(text)
        kept = {Status.FAIL, Status.WARNING}
        assert rules.findings(subject) == tuple(check for check in rules.run(subject) if check.status in kept)


def test_a_hint_of_a_rule_stands_before_that_of_its_judge() -> None:
    rule = next(rule for rule in INSPECTION_RULES if rule.id == "token-exp")
    checks = inspection_findings(view(token({}, {"exp": NOW})))
    assert [check.hint for check in checks] == [rule.hint]
    (plain,) = RuleSet([replace(rule, hint=None, needs=frozenset())]).run(view(token({}, {"exp": NOW})))
    assert plain.hint
    assert plain.hint != rule.hint


def test_an_inspection_needs_no_signature() -> None:
    assert (
        inspection_findings(view(raw_token(dumps(right_header()), dumps(right_claims()), issue.rsa_key(1))))
        == ()
    )
