"""Every rule for encrypted tokens: the right one passes, and each single fault is named by its rule alone."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwttool.checks.encrypted import ENCRYPTED_RULES, EncryptedView
from jwttool.checks.rule import RuleSet
from jwttool.encoding import b64url_encode
from jwttool.jose.encrypted import PARTS, read_encrypted
from jwttool.jose.jwe_algorithms import CONTENT_ALGORITHMS, DECRYPTION_ALGORITHMS, KEY_ALGORITHMS
from jwttool.keys import public_jwk
from jwttool.report import Check, Severity, Status
from tests.encrypted_tokens import CONTENT, encrypted, replaced, with_header
from tests.hostile import little_memory, no_hanging
from tests.token_keys import on

FAIL, WARNING, SKIPPED = Status.FAIL, Status.WARNING, Status.SKIPPED
RULES: Final = RuleSet(ENCRYPTED_RULES)
RSA: Final = encrypted()
EPK: Final = public_jwk(on("P-384", 1).public_key())
EC: Final = encrypted("ECDH-ES+A128KW", "A192GCM", key=on("P-384"))


def judge(text: str) -> dict[str, Check]:
    token = read_encrypted(text)
    return {check.id: check for check in RULES.run(EncryptedView(token, token.header))}


def not_passed(text: str) -> dict[str, Status]:
    return {each.id: each.status for each in judge(text).values() if each.status is not Status.PASS}


@pytest.mark.parametrize("algorithm", DECRYPTION_ALGORITHMS)
@pytest.mark.parametrize("content", CONTENT)
def test_the_right_token_passes_every_rule(algorithm: str, content: str) -> None:
    assert not_passed(encrypted(algorithm, content, kid="18b1cf758c1d4ec6bda6589357abdd85")) == {}


def test_every_rule_has_an_id_of_its_own_and_says_why_it_is_there() -> None:
    assert len({rule.id for rule in ENCRYPTED_RULES}) == len(ENCRYPTED_RULES)
    assert all(rule.id.startswith("jwe-") for rule in ENCRYPTED_RULES)
    assert all(len(rule.explanation) > 80 and rule.reference and rule.title for rule in ENCRYPTED_RULES)


def test_every_rule_has_a_case_that_breaks_it() -> None:
    assert {rule_id for rule_id, *_ in FAULTS} == {rule.id for rule in ENCRYPTED_RULES}


# --- one fault, one finding ---------------------------------------------------

Fault = tuple[str, str, Status, str]


def header(members: dict[str, Any], token: str = RSA) -> str:
    return with_header(token, **members)


def epk(**members: Any) -> str:
    changed = {name: value for name, value in (EPK | members).items() if value is not None}
    return with_header(EC, epk=changed)


FAULTS: Final[list[Fault]] = [
    ("jwe-form", f"{RSA}=", FAIL, "the tag part is not base64url: padding ('='), which base64url in JOSE "),
    ("jwe-form", "e30..", FAIL, "3 parts make a signed token (JWS); an encrypted token has five"),
    (
        "jwe-header",
        replaced(RSA, header=b'{"alg":"RSA-OAEP","alg":"dir"}'),
        FAIL,
        "the header part is not the strict JSON of a token: a member name occurs twice in one object",
    ),
    (
        "jwe-header",
        replaced(RSA, header=b"[]"),
        FAIL,
        "the header part is not the strict JSON of a token: an ",
    ),
    ("jwe-alg", header({"alg": None}), FAIL, "alg is missing"),
    ("jwe-alg", header({"alg": "rsa-oaep"}), FAIL, 'alg is "rsa-oaep", which is no algorithm of encrypted '),
    ("jwe-alg", header({"alg": "RS256"}), FAIL, 'alg is "RS256", which is no algorithm of encrypted tokens'),
    ("jwe-alg", header({"alg": ["dir"]}), FAIL, "alg is an array, which is no algorithm of encrypted tokens"),
    ("jwe-alg", header({"alg": "RSA1_5"}), FAIL, "alg is RSA1_5: its padding tells who can send tokens "),
    ("jwe-alg", header({"alg": "RSA-OAEP-512"}), WARNING, "alg is RSA-OAEP-512: jwttool offers RSA-OAEP and"),
    ("jwe-enc", header({"enc": None}), FAIL, "enc is missing"),
    ("jwe-enc", header({"enc": "A256CBC"}), FAIL, 'enc is "A256CBC"'),
    ("jwe-enc", header({"enc": {}}), FAIL, "enc is an object"),
    ("jwe-zip", header({"zip": "DEF"}), WARNING, "the content is compressed (zip)"),
    ("jwe-zip", header({"zip": "GZ"}), FAIL, 'zip is "GZ", which is no compression of JOSE'),
    ("jwe-zip", header({"zip": ["DEF"]}), FAIL, "zip is an array, which is no compression of JOSE"),
    ("jwe-crit", header({"crit": ["x\x1b"]}), FAIL, "crit names x\\x1b, which jwttool does not know"),
    ("jwe-crit", header({"crit": []}), FAIL, "crit is an empty list, not a list of names"),
    ("jwe-crit", header({"crit": [5]}), FAIL, "crit is an array, not a list of names"),
    ("jwe-crit", header({"crit": "exp"}), FAIL, "crit is a string, not a list of names"),
    (
        "jwe-key-header",
        header({"jku": "https://a.example"}),
        WARNING,
        "the header has jku, which nothing here ",
    ),
    (
        "jwe-key-header",
        header({"x5u": "u", "x5c": []}),
        WARNING,
        "the header has x5u and x5c, which nothing ",
    ),
    ("jwe-key-header", header({"jwk": EPK}), WARNING, "the header has jwk, which nothing here uses"),
    (
        "jwe-key-header",
        header({"jwk": EPK | {"d": "A"}}),
        FAIL,
        "the header has a private or secret key (jwk)",
    ),
    ("jwe-key-header", header({"jwk": {"k": "AA"}}), FAIL, "the header has a private or secret key (jwk)"),
    ("jwe-kid", header({"kid": "../../etc/passwd"}), FAIL, 'kid is "../../etc/passwd": a path'),
    ("jwe-kid", header({"kid": "https://a.example"}), WARNING, 'kid is "https://a.example": a URL'),
    ("jwe-kid", header({"kid": 5}), FAIL, "kid is a number, not a string with something in it"),
    ("jwe-key-length", replaced(RSA, encrypted_key=b""), FAIL, "the encrypted key is empty"),
    (
        "jwe-key-length",
        replaced(RSA, encrypted_key=b"k" * 128),
        FAIL,
        "the encrypted key has 128 octets: cut, or made for an RSA key of 1024 bits, and 2048 is the least",
    ),
    (
        "jwe-key-length",
        replaced(RSA, encrypted_key=b"k" * 2112),
        FAIL,
        "the encrypted key has 2,112 octets, more",
    ),
    (
        "jwe-key-length",
        replaced(RSA, encrypted_key=b"k" * 383),
        WARNING,
        "the encrypted key has 383 octets: an RSA key of 3064 bits is unusual",
    ),
    (
        "jwe-key-length",
        replaced(EC, encrypted_key=b"k" * 31),
        FAIL,
        "the encrypted key has 31 octets, and ECDH-ES+A128KW has 32 octets",
    ),
    (
        "jwe-key-length",
        with_header(EC, alg="ECDH-ES"),
        FAIL,
        "the encrypted key has 32 octets, and ECDH-ES has none",
    ),
    ("jwe-epk", with_header(EC, epk=None), FAIL, "epk is missing"),
    ("jwe-epk", with_header(EC, epk="x"), FAIL, "epk is a string, not a JWK"),
    (
        "jwe-epk",
        epk(d="AA"),
        FAIL,
        "epk has its private part (d): everybody who sees the token can decrypt it",
    ),
    (
        "jwe-epk",
        epk(kty="RSA"),
        FAIL,
        'epk is a key of the type "RSA" on the curve "P-384", which nobody agr',
    ),
    (
        "jwe-epk",
        epk(crv="Ed25519"),
        FAIL,
        'epk is a key of the type "EC" on the curve "Ed25519", which nobody',
    ),
    (
        "jwe-epk",
        epk(crv=["P-384"]),
        FAIL,
        'epk is a key of the type "EC" on the curve an array, which nobody ',
    ),
    ("jwe-epk", epk(kty=None), FAIL, 'epk is a key of the type null on the curve "P-384", which nobody'),
    ("jwe-epk", epk(x="AA"), FAIL, "epk has no x of 48 octets"),
    ("jwe-epk", epk(y=None), FAIL, "epk has no y of 48 octets"),
    ("jwe-epk", epk(y="!"), FAIL, "epk has no y of 48 octets"),
    ("jwe-epk", with_header(EC, apu="a"), FAIL, "apu is not base64url"),
    ("jwe-epk", with_header(EC, apv=5), FAIL, "apv is not base64url"),
    (
        "jwe-iv-length",
        replaced(RSA, iv=b"i" * 12),
        FAIL,
        "the initialisation vector has 12 octets, and A256CBC-HS512 has 16 octets",
    ),
    (
        "jwe-iv-length",
        replaced(EC, iv=b""),
        FAIL,
        "the initialisation vector is empty, and A192GCM has 12 octets",
    ),
    (
        "jwe-tag-length",
        replaced(RSA, tag=b"t" * 31),
        FAIL,
        "the tag has 31 octets, and A256CBC-HS512 has 32 octe",
    ),
    ("jwe-tag-length", replaced(EC, tag=b"t"), FAIL, "the tag has 1 octet, and A192GCM has 16 octets"),
    (
        "jwe-ciphertext-length",
        replaced(RSA, ciphertext=b"c" * 17),
        FAIL,
        "the ciphertext has 17 octets, and A256CBC-HS512 has whole blocks of 16",
    ),
    (
        "jwe-ciphertext-length",
        replaced(RSA, ciphertext=b""),
        FAIL,
        "the ciphertext has 0 octets, and A256CBC-H",
    ),
]


@pytest.mark.parametrize(("rule_id", "text", "status", "message"), FAULTS)
def test_one_fault_is_named_by_its_rule_alone(rule_id: str, text: str, status: Status, message: str) -> None:
    checks = judge(text)
    assert [check.id for check in checks.values() if check.status in {FAIL, WARNING}] == [rule_id]
    assert checks[rule_id].status is status
    assert checks[rule_id].message.startswith(message)
    assert checks[rule_id].hint != ""


@pytest.mark.parametrize("name", KEY_ALGORITHMS)
def test_every_algorithm_that_is_registered_has_its_verdict(name: str) -> None:
    check = judge(with_header(RSA, alg=name, p2c=310_000))["jwe-alg"]
    if name in DECRYPTION_ALGORITHMS:
        assert check.status is Status.PASS
        return
    severity = Severity.ERROR if name == "RSA1_5" else Severity.NOTE
    assert check.severity is (Severity.WARNING if name.startswith("PBES2") else severity)
    assert ("(here 310,000 rounds)" in check.message) is True


def test_the_rounds_are_said_only_where_there_are_some() -> None:
    assert "rounds" not in judge(with_header(RSA, alg="dir"))["jwe-alg"].message
    assert "rounds" not in judge(with_header(RSA, alg="dir", p2c=True))["jwe-alg"].message


@pytest.mark.parametrize(
    ("alg", "octets"), [("dir", 0), ("A128KW", 72), ("A256GCMKW", 64), ("PBES2-HS256+A128KW", 72)]
)
def test_the_encrypted_key_of_a_shared_key_has_its_length(alg: str, octets: int) -> None:
    right = replaced(with_header(RSA, alg=alg), encrypted_key=b"k" * octets)
    assert judge(right)["jwe-key-length"].status is Status.PASS
    wrong = replaced(right, encrypted_key=b"k" * (octets + 1))
    assert judge(wrong)["jwe-key-length"].status is FAIL


def test_gcm_encrypts_to_any_length() -> None:
    assert not_passed(replaced(EC, ciphertext=b"")) == {}
    assert not_passed(replaced(EC, ciphertext=b"c" * 7)) == {}


def test_agreement_on_a_montgomery_curve_has_one_coordinate() -> None:
    right = {"kty": "OKP", "crv": "X25519", "x": b64url_encode(b"x" * 32)}
    assert not_passed(with_header(EC, epk=right)) == {}
    assert not_passed(with_header(EC, epk=right | {"x": "AA"})) == {"jwe-epk": FAIL}


# --- what cannot be judged ----------------------------------------------------


def test_without_a_header_nothing_else_is_judged() -> None:
    found = not_passed(replaced(RSA, header=b"{"))
    assert found.pop("jwe-header") is FAIL
    assert set(found) == {rule.id for rule in ENCRYPTED_RULES} - {"jwe-form", "jwe-header"}
    assert set(found.values()) == {SKIPPED}


@pytest.mark.parametrize(
    ("part", "skipped"),
    [
        ("encrypted_key", {"jwe-key-length"}),
        ("iv", {"jwe-iv-length"}),
        ("ciphertext", {"jwe-ciphertext-length"}),
        ("tag", {"jwe-tag-length"}),
    ],
)
def test_a_part_that_is_no_base64url_is_not_measured(part: str, skipped: set[str]) -> None:
    segments = dict(zip(PARTS, RSA.split("."), strict=True))
    found = not_passed(".".join((segments | {part: "!"}).values()))
    assert found == {"jwe-form": FAIL} | dict.fromkeys(skipped, SKIPPED)


def test_without_enc_the_lengths_are_not_judged() -> None:
    lengths = {"jwe-iv-length", "jwe-tag-length", "jwe-ciphertext-length"}
    assert not_passed(with_header(RSA, enc="x")) == {"jwe-enc": FAIL} | dict.fromkeys(lengths, SKIPPED)
    assert not_passed(with_header(EC, enc="x")) == {"jwe-enc": FAIL} | dict.fromkeys(
        lengths | {"jwe-key-length"}, SKIPPED
    )
    assert not_passed(with_header(RSA, alg="x")) == {"jwe-alg": FAIL, "jwe-key-length": SKIPPED}


# --- hostile headers ----------------------------------------------------------

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False)
    | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
NAMES = ["alg", "enc", "zip", "crit", "kid", "epk", "apu", "apv", "jwk", "jku", "x5c", "p2c", "p2s"]
HEADERS = st.dictionaries(
    st.sampled_from(NAMES),
    VALUES | st.sampled_from([*KEY_ALGORITHMS, *CONTENT_ALGORITHMS, "DEF"]) | st.just(EPK),
    max_size=7,
)


@given(HEADERS, st.binary(max_size=40))
def test_whatever_the_header_is_every_rule_has_its_verdict(members: dict[str, Any], part: bytes) -> None:
    octets = json.dumps(members).encode("utf-8", "replace")
    checks = judge(replaced(RSA, header=octets, tag=part, encrypted_key=part))
    assert list(checks) == [rule.id for rule in ENCRYPTED_RULES]
    assert all(len(check.message) < 400 for check in checks.values())
    assert all(check.message.isprintable() for check in checks.values())


@pytest.mark.parametrize(
    "members",
    [
        {"kid": "/" * 700_000},
        {"kid": "a" * 700_000},
        {"crit": ["x" * 100_000] * 6},
        {"alg": "x" * 700_000},
        {"alg": "ECDH-ES", "epk": {"kty": "EC", "crv": "x" * 700_000}},
        {"alg": "ECDH-ES", "epk": {"kty": "EC", "crv": "P-256", "x": "A" * 700_000}},
    ],
    ids=["slashes", "long kid", "crit", "alg", "crv", "coordinate"],
)
def test_a_bomb_is_judged_at_once_and_not_repeated(members: dict[str, Any]) -> None:
    with no_hanging(), little_memory():
        checks = judge(replaced(RSA, header=json.dumps(members).encode()))
    assert all(len(check.message) < 500 for check in checks.values())
