"""What every registered member of a token means: complete, in one voice, never a guess."""

from __future__ import annotations

import ast
import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwttool.inspection import members
from jwttool.inspection.members import (
    Meaning,
    claim_meaning,
    confirmation_meaning,
    header_meaning,
    jwk_meaning,
    value_meaning,
)
from jwttool.inspection.members.claims import CLAIMS
from jwttool.inspection.members.header import ENCRYPTED, SIGNED
from jwttool.inspection.members.jwk import CONFIRMATION, JWK
from jwttool.inspection.members.values import CONTENT_TYPES, MEDIA_TYPES, UNENCODED, VALUES
from jwttool.jose import algorithms
from tests import assertions

TABLES = {
    "signed": SIGNED,
    "encrypted": ENCRYPTED,
    "claims": CLAIMS,
    "jwk": JWK,
    "confirmation": CONFIRMATION,
}
ENTRIES = [(table, name) for table, entries in TABLES.items() for name in entries]
VALUE_TABLES = VALUES | {"typ": MEDIA_TYPES, "cty": CONTENT_TYPES}
VALUE_ENTRIES = [(table, value) for table, entries in VALUE_TABLES.items() for value in entries]

# --- complete -----------------------------------------------------------------


def words(text: str) -> list[str]:
    return text.split()


# IANA's registries as of the middle of 2026.
REGISTERED_SIGNED = words("""
    alg jku jwk kid x5u x5c x5t x5t#S256 typ cty crit b64 ppt url nonce svt iheSSId jwt client_id trust_chain
    peer_trust_chain
""")
REGISTERED_ENCRYPTED = words("""
    alg enc zip jku jwk kid x5u x5c x5t x5t#S256 typ cty crit epk apu apv iv tag p2s p2c iss sub aud url nonce
""")
REGISTERED_CLAIMS = words("""
    iss sub aud exp nbf iat jti name given_name family_name middle_name nickname preferred_username profile
    picture website email email_verified gender birthdate zoneinfo locale phone_number phone_number_verified
    address updated_at azp nonce auth_time at_hash c_hash acr amr sub_jwk cnf sip_from_tag sip_date sip_callid
    sip_cseq_num sip_via_branch orig dest mky events toe txn rph sid vot vtm attest origid act scope client_id
    may_act jcard at_use_nbr div opt vc vp sph ace_profile cnonce exi roles groups entitlements
    token_introspection eat_nonce ueid sueids oemid hwmodel hwversion oemboot dbgstat location eat_profile
    submods uptime bootcount bootseed dloas swname swversion manifests measurements measres intuse cdniv
    cdnicrit cdniip cdniuc cdniets cdnistt cdnistd sig_val_claims authorization_details verified_claims
    place_of_birth nationalities birth_family_name birth_given_name birth_middle_name salutation title msisdn
    also_known_as htm htu ath atc sub_id rcd rcdi crn msgi _claim_names _claim_sources rdap_allowed_purposes
    rdap_dnt_allowed geohash _sd ... _sd_alg sd_hash consumerPlmnId consumerSnpnId producerPlmnId
    producerSnpnId producerSnssaiList producerNsiList producerNfSetId producerNfServiceSetId
    sourceNfInstanceId analyticsIdList resOwnerId cmw jwks metadata constraints crit ref delegation logo_uri
    authority_hints trust_anchor_hints trust_marks trust_mark_issuers trust_mark_owners metadata_policy
    metadata_policy_crit source_endpoint keys trust_mark_type trust_chain trust_anchor status status_list ttl
    stpl
""")
KEYCLOAK = words("""
    typ session_state realm_access resource_access allowed-origins trusted-certs authorization clientId
    clientHost clientAddress
""")
REGISTERED_JWK = words("""
    kty use key_ops alg kid x5u x5c x5t x5t#S256 crv x y d n e p q dp dq qi oth k ext iat nbf exp revoked pub
    priv
""")
REGISTERED_VALUES = {
    "alg": words("""
        HS256 HS384 HS512 RS256 RS384 RS512 ES256 ES384 ES512 PS256 PS384 PS512 none RSA1_5 RSA-OAEP
        RSA-OAEP-256 A128KW A192KW A256KW dir ECDH-ES ECDH-ES+A128KW ECDH-ES+A192KW ECDH-ES+A256KW A128GCMKW
        A192GCMKW A256GCMKW PBES2-HS256+A128KW PBES2-HS384+A192KW PBES2-HS512+A256KW EdDSA RS1 RSA-OAEP-384
        RSA-OAEP-512 A128CBC A192CBC A256CBC A128CTR A192CTR A256CTR HS1 ES256K ML-DSA-44 ML-DSA-65 ML-DSA-87
        Ed25519 Ed448
    """),
    "enc": words("A128CBC-HS256 A192CBC-HS384 A256CBC-HS512 A128GCM A192GCM A256GCM"),
    "zip": ["DEF"],
    "kty": words("EC RSA oct OKP AKP"),
    "crv": words("P-256 P-384 P-521 Ed25519 Ed448 X25519 X448 secp256k1"),
    "use": words("sig enc"),
    "key_ops": words("sign verify encrypt decrypt wrapKey unwrapKey deriveKey deriveBits"),
}


def test_the_lists_are_whole() -> None:
    assert len(REGISTERED_CLAIMS) == len(set(REGISTERED_CLAIMS)) == 163
    assert len(REGISTERED_SIGNED) == 21
    assert len(REGISTERED_ENCRYPTED) == 25
    assert len(REGISTERED_JWK) == len(set(REGISTERED_JWK)) == 29
    assert len(REGISTERED_VALUES["alg"]) == len(set(REGISTERED_VALUES["alg"])) == 47


def test_every_registered_member_has_a_meaning() -> None:
    assert set(REGISTERED_SIGNED) - SIGNED.keys() == set()
    assert set(REGISTERED_ENCRYPTED) - ENCRYPTED.keys() == set()
    assert set(REGISTERED_CLAIMS) - CLAIMS.keys() == set()
    assert set(REGISTERED_JWK) == JWK.keys()
    assert {"jwk", "jwe", "kid", "jku", "x5t#S256", "osc", "jkt"} == CONFIRMATION.keys()


def test_what_is_not_registered_says_so_or_names_its_draft() -> None:
    beyond = {name: reference for name, (_, reference) in CLAIMS.items() if name not in REGISTERED_CLAIMS}
    assert beyond.keys() == {*KEYCLOAK, "s_hash", "vct", "vct#integrity"}
    assert all(reference.endswith("; not registered") for reference in beyond.values())
    assert SIGNED.keys() - set(REGISTERED_SIGNED) == {"disclosures", "kb_jwt"}
    assert ENCRYPTED.keys() - set(REGISTERED_ENCRYPTED) == {"ek", "psk_id"}


@pytest.mark.parametrize("name", KEYCLOAK)
def test_what_keycloak_alone_writes_is_marked(name: str) -> None:
    meaning = claim_meaning(name)
    assert meaning is not None
    assert meaning.text.startswith("Keycloak: ")
    assert "Keycloak" in meaning.reference


@pytest.mark.parametrize("member", REGISTERED_VALUES)
def test_every_registered_value_has_a_word(member: str) -> None:
    assert [value for value in REGISTERED_VALUES[member] if value_meaning(member, value) is None] == []


def test_every_algorithm_of_ours_has_a_word() -> None:
    names = {name for value in vars(algorithms).values() if isinstance(value, tuple) for name in value}
    assert {"RS256", "PS256", "ES256"} <= names
    assert [name for name in names if value_meaning("alg", name) is None] == []


# --- the tokens of tests and fixtures -------------------------------------------

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
COMPACT = re.compile(rb"(eyJ[A-Za-z0-9_-]++)\.([A-Za-z0-9_-]*+)\.")


def decoded(segment: bytes) -> dict[str, Any]:
    value = json.loads(base64.urlsafe_b64decode(segment + b"=" * (-len(segment) % 4)))
    assert isinstance(value, dict)
    return value


def fixture_tokens() -> Iterator[Any]:
    """Header and second part of everything in the fixtures that looks like a token in compact form."""
    for path in sorted(FIXTURES.rglob("*")):
        if path.is_file():
            for number, found in enumerate(COMPACT.finditer(path.read_bytes())):
                yield pytest.param(*found.groups(), id=f"{path.relative_to(FIXTURES)}-{number}")


@pytest.mark.parametrize(("first", "second"), list(fixture_tokens()))
def test_every_member_of_a_fixtures_token_has_a_meaning(first: bytes, second: bytes) -> None:
    header = decoded(first)
    encrypted = "enc" in header
    assert [name for name in header if header_meaning(name, encrypted=encrypted) is None] == []
    assert value_meaning("alg", header["alg"]) is not None
    if not encrypted:
        assert [name for name in decoded(second) if claim_meaning(name) is None] == []


def test_there_is_a_token_among_the_fixtures() -> None:
    assert list(fixture_tokens())


def test_every_member_of_the_tests_assertions_has_a_meaning() -> None:
    header, claims = assertions.right_header(), assertions.right_claims()
    assert [name for name in header if header_meaning(name, encrypted=False) is None] == []
    assert [name for name in claims if claim_meaning(name) is None] == []


# --- one voice ------------------------------------------------------------------

# What is written with a capital wherever it stands.
CAPITALS = re.compile(
    r"(?:Keycloak|URL|HMAC|RSA|ECDSA|EdDSA|ML|HPKE|AES|DEFLATE|NIST|JSON|SHA|Ed25519|Ed448|X25519|X448)\b"
)
DOCUMENT = (
    r"RFC \d{4}|OpenID [A-Za-z -]+ 1\.0|W3C [A-Z][A-Za-z ]+ 1\.0|draft-ietf-[a-z0-9-]+|3GPP TS [\d.]+"
    r"|ETSI GS NFV-SEC 022|FAPI 1\.0 Advanced|IHE ITI DSGj|CTA-5009|Web Cryptography API"
    r"|Keycloak's access tokens"
)
SECTION = r"sections? \d[\d.]*(?: and \d[\d.]*)?"
REFERENCE = re.compile(f"(?:{DOCUMENT})(?: {SECTION})?(?:; (?:{DOCUMENT}) {SECTION})?(?:; not registered)?")


def check_text(text: str) -> None:
    assert text == text.strip()
    assert text.isascii()
    assert text.isprintable()
    assert 0 < len(text) <= 90
    assert not text.endswith((".", ";", ","))
    assert text[0].islower() or CAPITALS.match(text)


@pytest.mark.parametrize(("table", "name"), ENTRIES)
def test_a_meaning_is_one_short_line_with_its_source(table: str, name: str) -> None:
    text, reference = TABLES[table][name]
    check_text(text)
    assert REFERENCE.fullmatch(reference), reference


@pytest.mark.parametrize(("table", "value"), VALUE_ENTRIES)
def test_a_value_is_told_in_one_short_line(table: str, value: str) -> None:
    check_text(VALUE_TABLES[table][value])


@pytest.mark.parametrize("text", ["Who issued it", "who issued it.", "who\nissued it", "x" * 91, "", " a"])
def test_another_voice_is_heard(text: str) -> None:
    with pytest.raises(AssertionError):
        check_text(text)


@pytest.mark.parametrize("reference", ["RFC 7519, 4.1.1", "rfc7519", "somewhere", "RFC 7519 section"])
def test_another_form_of_source_is_seen(reference: str) -> None:
    assert not REFERENCE.fullmatch(reference)


def repeated_keys(source: str) -> list[str]:
    """Keys that stand twice in one dict of a module: Python keeps the last and says nothing."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Dict):
            keys = [key.value for key in node.keys if isinstance(key, ast.Constant)]
            found += [str(key) for key in keys if keys.count(key) > 1]
    return found


@pytest.mark.parametrize("name", ["claims", "header", "jwk", "values"])
def test_no_member_stands_twice(name: str) -> None:
    folder = Path(members.__file__).parent
    assert repeated_keys((folder / f"{name}.py").read_text(encoding="utf-8")) == []


def test_a_member_that_stands_twice_is_seen() -> None:
    assert repeated_keys('{"a": 1, "b": 2, "a": 3}') == ["a", "a"]


# --- looking up -----------------------------------------------------------------


def test_what_is_found() -> None:
    assert claim_meaning("exp") == Meaning("refused from this time on", "RFC 7519 section 4.1.4")
    assert jwk_meaning("crv") == Meaning("its curve", "RFC 7518 section 6.2.1.1; RFC 8037 section 2")
    assert confirmation_meaning("x5t#S256") == Meaning(
        "bound to the TLS certificate with this SHA-256, base64url", "RFC 8705 section 3.1"
    )


def test_a_header_differs_between_signed_and_encrypted() -> None:
    assert header_meaning("alg", encrypted=False) == Meaning(
        "the algorithm of the signature", "RFC 7515 section 4.1.1"
    )
    assert header_meaning("alg", encrypted=True) == Meaning(
        "how the recipient gets at the content key", "RFC 7516 section 4.1.1"
    )


@pytest.mark.parametrize("name", ["enc", "zip", "epk", "p2c", "iss"])
def test_what_is_for_encrypted_tokens_alone(name: str) -> None:
    assert header_meaning(name, encrypted=True) is not None
    assert header_meaning(name, encrypted=False) is None


@pytest.mark.parametrize("name", ["b64", "svt", "trust_chain"])
def test_what_is_for_signed_tokens_alone(name: str) -> None:
    assert header_meaning(name, encrypted=False) is not None
    assert header_meaning(name, encrypted=True) is None


@pytest.mark.parametrize("name", ["", "EXP", "exp ", "exp\x00", "https://example.com/claim", "__class__"])
def test_a_name_that_is_not_known_gets_no_guess(name: str) -> None:
    assert claim_meaning(name) is None
    assert header_meaning(name, encrypted=False) is None
    assert header_meaning(name, encrypted=True) is None
    assert jwk_meaning(name) is None
    assert confirmation_meaning(name) is None


def test_a_claim_is_no_header_and_a_header_no_claim() -> None:
    assert claim_meaning("alg") is None
    assert header_meaning("exp", encrypted=False) is None


# --- values ---------------------------------------------------------------------


@pytest.mark.parametrize("typ", ["at+jwt", "AT+JWT", "application/at+jwt", "Application/AT+jwt"])
def test_a_type_has_no_case_and_needs_no_application(typ: str) -> None:
    assert value_meaning("typ", typ) == "an access token (RFC 9068)"


@pytest.mark.parametrize(
    "typ",
    ["text/at+jwt", "at+jwt ", "at_jwt", "application/application/at+jwt", "\u212ab+jwt"],
)
def test_a_type_that_only_looks_like_one(typ: str) -> None:
    assert value_meaning("typ", typ) is None


def test_a_content_type_has_its_own_words() -> None:
    assert value_meaning("cty", "JWT") == "a nested token"
    assert value_meaning("typ", "JWT") == "a JWT, of no particular kind"
    assert value_meaning("cty", "at+jwt") == value_meaning("typ", "at+jwt")
    assert value_meaning("typ", "jwk+json") is None


@pytest.mark.parametrize(
    ("member", "value"), [("alg", "rs256"), ("alg", "None"), ("enc", "a256gcm"), ("kty", "rsa")]
)
def test_other_values_have_case(member: str, value: str) -> None:
    assert value_meaning(member, value) is None


@pytest.mark.parametrize(
    "alg", ["HS256", "HS384", "HS512", "dir", "A128KW", "A256GCMKW", "PBES2-HS256+A128KW"]
)
def test_what_is_symmetric_says_so(alg: str) -> None:
    assert "symmetric" in (value_meaning("alg", alg) or "")


@pytest.mark.parametrize("alg", ["RS256", "ES256", "PS256", "RSA-OAEP", "ECDH-ES", "ECDH-ES+A128KW"])
def test_what_is_not_symmetric_does_not_say_so(alg: str) -> None:
    assert "symmetric" not in (value_meaning("alg", alg) or "symmetric")


@pytest.mark.parametrize(
    ("alg", "word"),
    [("EdDSA", "deprecated"), ("RS1", "prohibited"), ("HS1", "prohibited"), ("RSA1_5", "not to be used")],
)
def test_what_should_not_be_used_says_so(alg: str, word: str) -> None:
    assert word in (value_meaning("alg", alg) or "")


def test_an_unencoded_payload() -> None:
    assert value_meaning("b64", value=False) == UNENCODED
    assert value_meaning("b64", value=True) is None
    assert value_meaning("b64", value=0) is None


@pytest.mark.parametrize("value", [None, True, 1, 1.5, [], ["RS256"], {}, {"alg": "RS256"}])
@pytest.mark.parametrize("member", ["alg", "typ", "cty", "kty", "unknown"])
def test_a_value_of_another_type_gets_no_word(member: str, value: object) -> None:
    assert value_meaning(member, value) is None


@given(st.text(), st.one_of(st.text(), st.integers(), st.lists(st.text()), st.none()))
def test_anything_can_be_asked(name: str, value: object) -> None:
    for member in (name, "alg", "typ", "cty", "b64"):
        word = value_meaning(member, value)
        assert word is None or isinstance(value, (str, bool))
    assert (claim_meaning(name) is None) == (name not in CLAIMS)
