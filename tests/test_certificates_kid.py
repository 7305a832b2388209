"""Which certificate a kid names, in which form, and what is wrong with how it is written."""

from __future__ import annotations

import base64
import hashlib
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwttool.certificates import FORMS, KidMatch, describe_match, fingerprint, identify_kid, parse_kids
from jwttool.certificates.kid import _SPELT, MAX_KID, MAX_KIDS, MAX_TEXT, KidsInText, parse_server_message
from jwttool.errors import JwtToolError, MalformedError, TooLargeError
from tests import issue
from tests.hostile import no_hanging

ROOT = issue.authority()
# The first of a series whose forms all have the characters that the tests turn on.
ISSUED = (ROOT.issue(issue.rsa_key(), f"client-{number}.example") for number in range(10_000))


def _telling(forms: dict[str, str]) -> bool:
    letters = any(map(str.isalpha, forms["sha1"]))
    return letters and all(set("-_") & set(forms[name]) for name in ("x5t", "x5t-s256"))


SIGNING = next(
    certificate
    for certificate in ISSUED
    if _telling({name: fingerprint(certificate, name) for name in ("sha1", "x5t", "x5t-s256")})
)
OTHER = ROOT.issue(issue.rsa_key(1), "other.example")
CERTIFICATES = (SIGNING, OTHER, ROOT.certificate)

SHA1 = fingerprint(SIGNING, "sha1")
SHA256 = fingerprint(SIGNING, "sha256")
X5T = fingerprint(SIGNING, "x5t")
SKI = fingerprint(SIGNING, "ski")
PIN = fingerprint(SIGNING, "spki-sha256")
JKT = fingerprint(SIGNING, "jkt")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("index", range(len(CERTIFICATES)))
def test_every_form_of_every_certificate_is_found_exactly(form: str, index: int) -> None:
    kid = fingerprint(CERTIFICATES[index], form)

    assert identify_kid(kid, CERTIFICATES) == KidMatch(index, form)


def _to_base64(value: str) -> str:
    return base64.b64encode(base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))).decode()


@pytest.mark.parametrize(
    ("kid", "form", "deviation"),
    [
        (SHA1.lower(), "sha1-lower", None),
        (SHA1[:20] + SHA1[20:].lower() + "", "sha1", "in mixed case"),
        (SHA256.lower(), "sha256", "in lower case"),
        (bytes.fromhex(SHA256).hex(":").upper(), "sha256", "with colons"),
        (bytes.fromhex(SHA256).hex(":"), "sha256", "in lower case and with colons"),
        (bytes.fromhex(SHA1).hex(":"), "sha1-lower", "with colons"),
        (bytes.fromhex(SHA1).hex("-").upper(), "sha1", "with hyphens"),
        (bytes.fromhex(SHA1).hex(" ").upper(), "sha1", "with white space or invisible characters in it"),
        (f" {SHA1}", "sha1", "with white space or invisible characters in it"),
        (f"{SHA1}\n", "sha1", "with white space or invisible characters in it"),
        # What the certificate dialogue of Windows puts before a thumbprint.
        (f"\u200e{SHA1.lower()}", "sha1-lower", "with white space or invisible characters in it"),
        (f"SHA1 Fingerprint={bytes.fromhex(SHA1).hex(':').upper()}", "sha1-colon", "with a label before it"),
        (f"sha1 fingerprint={SHA1}", "sha1", "with a label before it"),
        (f"sha256//{PIN}", "spki-sha256", "with a label before it"),
        (f'pin-sha256="{PIN}"', "spki-sha256", "with a label before it"),
        (X5T + "=", "x5t", "with padding"),
        (_to_base64(X5T).rstrip("="), "x5t", "in base64 instead of base64url"),
        (_to_base64(X5T), "x5t", "with padding and in base64 instead of base64url"),
        (SKI.upper(), "ski", "in upper case"),
        (bytes.fromhex(SKI).hex(":").upper(), "ski", "in upper case and with colons"),
        (base64.b64encode(bytes.fromhex(SKI)).decode(), "ski", "in base64 instead of hex"),
        (base64.b64encode(SHA1.encode()).decode(), "sha1", "as base64 of the hex digits"),
        (
            base64.urlsafe_b64decode(JKT + "=").hex(),
            "jkt",
            "in hex instead of base64url",
        ),
    ],
    ids=itertools.count(),  # the kids differ from run to run
)
def test_a_deviation_is_told(kid: str, form: str, deviation: str | None) -> None:
    assert identify_kid(kid, CERTIFICATES) == KidMatch(0, form, deviation)


@pytest.mark.parametrize(
    "kid",
    [
        "",
        "x",
        SHA1[:-1],
        SHA1[:-2],
        SHA1 + "00",
        hashlib.sha1(b"another").hexdigest(),
        X5T[:-1],
        "../../etc/passwd",
        "' or 1=1 --",
        SHA1 + " " * MAX_KID,
        "ä",
        "\ud800",
    ],
    ids=itertools.count(),
)
def test_anything_else_is_nothing(kid: str) -> None:
    assert identify_kid(kid, CERTIFICATES) is None


def test_no_certificates_match_nothing() -> None:
    assert identify_kid(SHA1, ()) is None


def test_an_exact_match_beats_a_deviation_of_an_earlier_certificate() -> None:
    # The pin of one key stands in two certificates: as base64url and as base64.
    twin = ROOT.issue(issue.rsa_key(), "twin.example")
    kid = fingerprint(twin, "sha1-colon")

    assert identify_kid(kid, [twin, twin]) == KidMatch(0, "sha1-colon")
    assert identify_kid(fingerprint(twin, "keycloak"), [SIGNING, twin]) == KidMatch(0, "keycloak")


@given(st.text(max_size=80))
def test_any_text_is_looked_at_without_an_error(kid: str) -> None:
    match = identify_kid(kid, [SIGNING])
    if match is not None:
        assert match.form in FORMS


# --- in words -----------------------------------------------------------------


def test_every_form_has_words() -> None:
    assert set(_SPELT) == set(FORMS)


@pytest.mark.parametrize(
    ("match", "words"),
    [
        (KidMatch(0, "sha256"), "the SHA-256 fingerprint, in hex"),
        (KidMatch(0, "sha1", "in lower case"), "the SHA-1 fingerprint, in upper-case hex, but in lower case"),
        (KidMatch(0, "jkt"), "the RFC 7638 thumbprint of the public key"),
    ],
)
def test_a_match_in_words(match: KidMatch, words: str) -> None:
    assert describe_match(match) == words


def test_a_match_in_words_with_its_certificate() -> None:
    words = describe_match(KidMatch(0, "sha256", "in lower case"), "the right certificate")

    assert words == "the SHA-256 fingerprint of the right certificate, in hex, but in lower case"


# --- what people paste --------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kids", "requested"),
    [
        ("abc", ("abc",), None),
        (" abc\n", ("abc",), None),
        ("'abc'", ("abc",), None),
        ("“abc”", ("abc",), None),
        ("„abc“", ("abc",), None),
        ("«abc»", ("abc",), None),
        ("' abc'", (" abc",), None),
        ("a, b; c\nd", ("a", "b", "c", "d"), None),
        ("a, a", ("a",), None),
        ('["a", "b"]', ("a", "b"), None),
        ('"kid": "abc"', ("abc",), None),
        ('{"kid":"abc"}', ("abc",), None),
        ("kid=abc", ("abc",), None),
        ("B4 E1 1A", ("B4 E1 1A",), None),
        ("Requested kid: 'x'. Available kids: [a, b]", ("a", "b"), "x"),
        ("Requested kid: 'x'. Available kids: '[a, b]'", ("a", "b"), "x"),
        ("… Requested kid: “x”. Available kids: [“a”, “b”] …", ("a", "b"), "x"),
        ("requested kid: x.y. available kids: [a", ("a",), "x.y"),
        ("Requested kid: 'x'. Available kids: []", (), "x"),
        ("Available kids: []", (), None),
        ("Requested kid: 'x'.", ("x",), "x"),
        ("Available kids: a, b", ("a", "b"), None),
        ("Requested kid: x. Available kids: ", (), "x"),
        ("Requested kid 'x'. Known key ids [a, b]", ("a", "b"), "x"),
        ("requested kid = \n x; valid kids = \n 'a', b", ("a", "b"), "x"),
        ('{"error_description": "Requested kid: \'x\'. Available kids: [a, b]"}', ("a", "b"), "x"),
    ],
)
def test_kids_are_found_in_what_is_pasted(text: str, kids: tuple[str, ...], requested: str | None) -> None:
    assert parse_server_message(text) == KidsInText(kids, requested)
    assert parse_kids(text) == list(kids)


@pytest.mark.parametrize("text", ["", " ", "''", "[]", ",,;"])
def test_no_kid_is_an_error(text: str) -> None:
    with pytest.raises(MalformedError, match="no kid"):
        parse_kids(text)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("requested kid", ";"),
        ("requested kid:", ";"),
        ("requested", ";"),
        ("available kids", ""),
        ("available kids:", ""),
        ("available key", ";"),
        ("kid", ";"),
        ("'kid'", ";"),
    ],
)
def test_blanks_cost_no_more_than_other_characters(before: str, after: str) -> None:
    with no_hanging(5):  # a few milliseconds are needed; two ways to read a blank made it a minute
        parse_server_message(before + " " * (MAX_TEXT - len(before + after)) + after)


def test_the_bounds() -> None:
    assert parse_kids("k" * MAX_KID) == ["k" * MAX_KID]
    with pytest.raises(MalformedError, match="longer than the limit"):
        parse_kids("k" * (MAX_KID + 1))
    with pytest.raises(MalformedError, match="longer than the limit"):
        parse_kids(f"Requested kid: '{'k' * (MAX_KID + 1)}'. Available kids: [a]")
    assert len(parse_kids(",".join(map(str, range(MAX_KIDS))))) == MAX_KIDS
    with pytest.raises(TooLargeError):
        parse_kids(",".join(map(str, range(MAX_KIDS + 1))))
    with pytest.raises(TooLargeError):
        parse_kids("," * (MAX_TEXT + 1))


@given(st.text(max_size=300) | st.text(alphabet="Requestd kid:'[]available, \n", max_size=300))
def test_any_text_gives_kids_or_our_error(text: str) -> None:
    try:
        kids = parse_server_message(text)
    except JwtToolError:
        return
    assert all(kids.kids)
