"""client_id and certificate: every verdict, what is next to it, and text that must never match."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from hypothesis import assume, given
from hypothesis import strategies as st

from jwttool.certificates import subject
from jwttool.config import parse_config, parse_mapping_file
from jwttool.csr.subject import _ATTRIBUTES
from jwttool.eidas.describe import QwacDescription, describe_qwac
from jwttool.eidas.mapping import ClientMapping, Declaration, Declares, is_client_id, parse_mapping
from jwttool.eidas.matching import MAX_CLIENT_ID, Match, Verdict, match_client_id
from jwttool.eidas.organization_identifier import parse_organization_identifier
from jwttool.encoding import Limit
from jwttool.errors import ConfigError, TooLargeError
from tests.hostile import CANARY, no_hanging, refusal
from tests.specimens import specimen

CERTIFICATE = specimen("qwac")
BASE = describe_qwac(CERTIFICATE)
SHA256 = CERTIFICATE.fingerprint(hashes.SHA256()).hex()
SUBJECT = subject(CERTIFICATE)
UUID = "3f9c2d5e-8a41-4a53-9d5b-0c2f6f1f9a10"
FULL_WIDTH = {ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"}


def holder(identifier: str | None) -> QwacDescription:
    """A certificate of that organizationIdentifier."""
    return BASE._replace(
        organization_identifier=None if identifier is None else parse_organization_identifier(identifier)
    )


def match(client_id: str, identifier: str | None = "PSDFR-ACPR-12345") -> Match:
    return match_client_id(client_id, holder(identifier))


def verdict(client_id: str, identifier: str | None = "PSDFR-ACPR-12345") -> str:
    return match(client_id, identifier).verdict.value


# --- each verdict, and what differs in one thing ------------------------------


@pytest.mark.parametrize(
    ("client_id", "identifier", "wanted"),
    [
        # exact
        ("PSDFR-ACPR-12345", "PSDFR-ACPR-12345", "exact"),
        ("12345", "PSDFR-ACPR-12345", "exact"),
        ("2858394-9", "PSDFI-FINFSA-2858394-9", "exact"),
        ("C 102960", "PSDMT-MFSA-C 102960", "exact"),
        ("NTRFI-2858394-9", "NTRFI-2858394-9", "exact"),
        ("PSDFR_ACPR_12345", "PSDFR_ACPR_12345", "exact"),
        ("12345", "12345", "exact"),
        ("PSDFR-ACPR-12346", "PSDFR-ACPR-12345", "none"),
        ("12346", "PSDFR-ACPR-12345", "none"),
        ("1234", "PSDFR-ACPR-12345", "none"),
        ("PSDFR-ACPR-1234", "PSDFR-ACPR-12345", "none"),
        ("ACPR-12345", "PSDFR-ACPR-12345", "none"),
        ("PSDDE-BAFIN-12345", "PSDFR-ACPR-12345", "none"),
        # a number of another register is no authorization number
        ("2858394-9", "NTRFI-2858394-9", "none"),
        # normalized
        (" PSDFR-ACPR-12345", "PSDFR-ACPR-12345", "normalized"),
        ("PSDFR-ACPR-12345 ", "PSDFR-ACPR-12345", "normalized"),
        ("psdfr-acpr-12345", "PSDFR-ACPR-12345", "normalized"),
        ("PSDFR-ACPR-12345", "psdfr-acpr-12345", "normalized"),
        ("PSDFR-ACPR-12345", " PSDFR-ACPR-12345", "normalized"),
        ("b0163", "PSDNL-DNB-B0163", "normalized"),
        (" 12345", "PSDFR-ACPR-12345", "normalized"),
        ("12345", "psdfr-acpr-12345", "normalized"),
        ("12345", " PSDFR-ACPR-12345", "normalized"),
        # the number out of an odd identifier may be cut in the wrong place
        ("12345", "PSDFR_ACPR_12345", "none"),
        ("12345", "PADFR-ACPR-12345", "none"),
        ("12345", "PSD-ACPR-12345", "none"),
        ("12345", "psdfr_acpr_12345", "none"),
        ("PSDFR-ACPR-12345", "PSDFR_ACPR_12345", "none"),
        ("PSDFR ACPR 12345", "PSDFR-ACPR-12345", "none"),
        ("\tPSDFR-ACPR-12345", "PSDFR-ACPR-12345", "none"),
        ("PSDFR-ACPR-12345\n", "PSDFR-ACPR-12345", "none"),
        ("PSDFR-ACPR-12345\u00a0", "PSDFR-ACPR-12345", "none"),
        # embedded
        ("1PSDNL-DNB-33031431-0-XYZ", "PSDNL-DNB-33031431", "embedded"),
        ("PSDNL-DNB-B0163_1", "PSDNL-DNB-B0163", "embedded"),
        ("app.PSDNL-DNB-B0163", "PSDNL-DNB-B0163", "embedded"),
        ("app PSDNL-DNB-B0163 1", "PSDNL-DNB-B0163", "embedded"),
        ("9PSDNL-DNB-B0163", "PSDNL-DNB-B0163", "embedded"),
        ("XPSDNL-DNB-B0163,PSDNL-DNB-B0163", "PSDNL-DNB-B0163", "embedded"),
        ("app.NTRFI-2858394-9", "NTRFI-2858394-9", "embedded"),
        ("XPSDNL-DNB-B0163", "PSDNL-DNB-B0163", "none"),
        ("PSDNL-DNB-B01631", "PSDNL-DNB-B0163", "none"),
        ("PSDNL-DNB-B0163X", "PSDNL-DNB-B0163", "none"),
        ("1psdnl-dnb-b0163_1", "PSDNL-DNB-B0163", "none"),
        ("\u00e9.PSDNL-DNB-B0163", "PSDNL-DNB-B0163", "none"),
        # the number alone is never embedded
        ("app-12345", "PSDFR-ACPR-12345", "none"),
        ("12345_1", "PSDFR-ACPR-12345", "none"),
        ("ACPR-12345-1", "PSDFR-ACPR-12345", "none"),
        ("app-12345", "12345", "none"),
        ("app-PSDFR-ACPR-", "PSDFR-ACPR-", "none"),
        # agents
        ("AGTFR-ACPR-12345001", "PSDFR-ACPR-12345", "agent"),
        ("AGTFR-ACPR-12345", "PSDFR-ACPR-12345", "agent"),
        ("AGTFR-ACPR-12345-007", "PSDFR-ACPR-12345", "agent"),
        ("AGTFR-ACPR-12344001", "PSDFR-ACPR-12345", "none"),
        ("AGTDE-ACPR-12345001", "PSDFR-ACPR-12345", "none"),
        ("AGTFR-AMF-12345001", "PSDFR-ACPR-12345", "none"),
        ("AGTFR-ACPR-12345A01", "PSDFR-ACPR-12345", "none"),
        ("agtFR-ACPR-12345001", "PSDFR-ACPR-12345", "none"),
        ("XAGTFR-ACPR-12345001", "PSDFR-ACPR-12345", "none"),
        ("AGTFI-2858394-9001", "NTRFI-2858394-9", "none"),
        ("AGTFR_ACPR_12345001", "PSDFR_ACPR_12345", "none"),
        # nothing to compare
        ("", "PSDFR-ACPR-12345", "none"),
        ("PSDFR-ACPR-12345", None, "none"),
        ("", "", "none"),
        (" ", " ", "none"),
        (UUID, "PSDFR-ACPR-12345", "none"),
    ],
    ids=repr,
)
def test_the_verdict(client_id: str, identifier: str | None, wanted: str) -> None:
    assert verdict(client_id, identifier) == wanted


PAD = 'the scheme is "PAD", which is read as PSD'


@pytest.mark.parametrize(
    ("client_id", "identifier", "said"),
    [
        (" PSDFR-ACPR-12345", "PSDFR-ACPR-12345", ": alike but for spaces"),
        ("psdfr-acpr-12345", "PSDFR-ACPR-12345", ": alike but for upper and lower case"),
        ("psdfr-acpr-12345 ", "PSDFR-ACPR-12345", ": alike but for spaces and upper and lower case"),
        ("b0163", "PSDNL-DNB-B0163", ", whose number is alike but for upper and lower case"),
        (" 12345", "PSDFR-ACPR-12345", ", whose number is alike but for spaces"),
        ("12345", "psdfr-acpr-12345", ", whose number it is, but for upper and lower case of the identifier"),
        ("12345", " PSDFR-ACPR-12345", ", whose number it is, but for spaces of the identifier"),
        ("AGTFR-ACPR-12345", "PSDFR-ACPR-12345", ": it may be the id of an agent under that holder"),
        ("AGTFR-ACPR-12345-1", "PSDFR-ACPR-12345", ": it may be the id of an agent under that holder"),
        (
            "AGTFR-ACPR-123451",
            "PSDFR-ACPR-12345",
            ": it may be the id of an agent under that holder, or under one whose number only begins so",
        ),
        (
            "12345",
            "PADFR-ACPR-12345",
            f", and the number in an odd identifier is not certain ({PAD}): only the whole of it matches",
        ),
        (
            "12345",
            "NTRFR-12345",
            ", and a number of NTR is no authorization number: only the whole of it matches",
        ),
        ("12346", "PADFR-ACPR-12345", ""),
    ],
    ids=repr,
)
def test_the_message_names_the_cause_that_applied(client_id: str, identifier: str, said: str) -> None:
    both = f'the client_id is "{client_id}", the certificate holds "{identifier}"'
    assert match(client_id, identifier).message == both + said


# --- look-alikes and controls -------------------------------------------------


@pytest.mark.parametrize(
    "client_id",
    [
        "\u0420SDFR-ACPR-12345",
        "PSDFR-\u0410CPR-12345",
        "PSDFR-ACPR-12345".translate(FULL_WIDTH),
        "12345".translate(FULL_WIDTH),
        "PSDFR\u2010ACPR\u201012345",
        "P\u017fDFR-ACPR-12345",
        "PSDFR-ACPR-12345\u200b",
        "\u202ePSDFR-ACPR-12345",
        "PSDFR-ACPR-12345\x00",
        "PSDFR-ACPR-\x1b[2J12345",
        "AGTFR-ACPR-12345\u0661",
        "1.PSDFR-ACPR-12345.\u0430",
    ],
    ids=ascii,
)
def test_what_is_not_ascii_never_matches_and_is_named(client_id: str) -> None:
    found = match(client_id)
    assert found.verdict is Verdict.NONE
    assert found.message.isprintable()
    assert found.message.isascii()  # a look-alike is shown as an escape
    assert "U+" in found.message
    # The same text in the certificate makes it no better.
    assert verdict(client_id, client_id) == "none"
    assert verdict("PSDFR-ACPR-12345", client_id) == "none"


@given(st.text(min_size=1, max_size=40))
def test_a_compatibility_form_of_the_identifier_is_never_the_identifier(text: str) -> None:
    assume(not text.isascii())
    # NFKC folds full-width digits and many look-alikes: a comparison after it would let them pass.
    folded = unicodedata.normalize("NFKC", text)
    assert verdict(text, folded) == "none"
    assert verdict(folded, text) == "none"
    assert verdict(text, text) == "none"


_ASCII = st.characters(min_codepoint=0x20, max_codepoint=0x7E)
_NUMBERS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=20)


@given(_NUMBERS, st.text(_ASCII, max_size=12), st.text(_ASCII, max_size=12))
def test_embedded_keeps_its_boundaries(number: str, before: str, after: str) -> None:
    identifier = f"PSDFR-ACPR-{number}"
    found = verdict(f"{before}{identifier}{after}", identifier)
    bounded = not before[-1:].isalpha() and not after[:1].isalnum()
    if before.strip(" ") or after.strip(" "):
        # Another occurrence inside the number cannot be: it would need the identifier in itself.
        assert found == ("embedded" if bounded else "none")
    else:
        assert found == ("exact" if not before + after else "normalized")


@given(st.text(_ASCII, max_size=30), _NUMBERS)
def test_a_match_is_never_passed_off_as_a_surer_one(client_id: str, number: str) -> None:
    identifier = f"PSDFR-ACPR-{number}"
    found = match(client_id, identifier)
    assert (found.verdict is Verdict.EXACT) is (client_id in {identifier, number})
    assert found.would_match == (identifier, number)
    for each in found.would_match:
        assert verdict(each, identifier) == "exact"
    if found.verdict is Verdict.EMBEDDED:
        assert identifier in client_id


@pytest.mark.parametrize(
    ("client_id", "wanted"),
    [("x" * MAX_CLIENT_ID, "the certificate holds"), ("x" * (MAX_CLIENT_ID + 1), "1,024 is the limit")],
    ids=["longest", "too long"],
)
def test_a_long_client_id(client_id: str, wanted: str) -> None:
    found = match(client_id)
    assert found.verdict is Verdict.NONE
    assert wanted in found.message


def test_hostile_client_ids_take_no_time() -> None:
    with no_hanging(10):
        assert verdict("PSDFR-ACPR-1" * 85 + "X", "XPSDFR-ACPR-1") == "none"
        assert verdict("AGTFR-ACPR-1" + "1" * 1000 + "X", "PSDFR-ACPR-1") == "none"
        assert verdict("x" * 10**7) == "none"


# --- what a mismatch says -----------------------------------------------------


def test_a_mismatch_says_both_values_and_what_would_match() -> None:
    found = match("67890")
    assert '"67890"' in found.message
    assert '"PSDFR-ACPR-12345"' in found.message
    assert found.would_match == ("PSDFR-ACPR-12345", "12345")


@pytest.mark.parametrize(
    ("identifier", "would_match"),
    [
        ("PSDFR-ACPR-12345", ("PSDFR-ACPR-12345", "12345")),
        ("NTRFI-1", ("NTRFI-1",)),
        ("PSDFR_ACPR_12345", ("PSDFR_ACPR_12345",)),
        ("PSDFR-ACPR-\uff11", ()),
        (None, ()),
    ],
    ids=ascii,
)
def test_what_would_match(identifier: str | None, would_match: tuple[str, ...]) -> None:
    assert match("x", identifier).would_match == would_match


# --- declared -----------------------------------------------------------------


def declared(kind: Declares, value: str, client_id: str = UUID) -> Match:
    return match_client_id(client_id, BASE, ClientMapping({client_id: Declaration(kind, value)}))


IDENTIFIER = "PSDFI-FINFSA-1234567-8"
PRETTY_SUBJECT = SUBJECT.replace(",", ", ")


@pytest.mark.parametrize(
    ("kind", "value", "wanted"),
    [
        (Declares.ORGANIZATION_IDENTIFIER, IDENTIFIER, "declared"),
        (Declares.ORGANIZATION_IDENTIFIER, "PSDFI-FINFSA-1234567-9", "none"),
        (Declares.ORGANIZATION_IDENTIFIER, IDENTIFIER.lower(), "none"),
        (Declares.ORGANIZATION_IDENTIFIER, "1234567-8", "none"),
        (Declares.CERTIFICATE_SHA256, SHA256, "declared"),
        (Declares.CERTIFICATE_SHA256, SHA256[:-1] + ("0" if SHA256[-1] != "0" else "1"), "none"),
        (Declares.SUBJECT, SUBJECT, "declared"),
        (Declares.SUBJECT, PRETTY_SUBJECT, "declared"),
        (Declares.SUBJECT, SUBJECT.replace("Example", "Sample"), "none"),
        (Declares.SUBJECT, SUBJECT.partition(",")[2], "none"),
        (Declares.SUBJECT, "CN=", "none"),
    ],
    ids=range(11),  # the fingerprint is another in every process
)
def test_a_declaration(kind: Declares, value: str, wanted: str) -> None:
    found = declared(kind, value)
    assert found.verdict == wanted
    assert found.message.isprintable()
    if wanted == "none":
        assert value[:20] in found.message


def test_a_declaration_is_of_its_own_client_id_alone() -> None:
    entry = ClientMapping({UUID: Declaration(Declares.ORGANIZATION_IDENTIFIER, IDENTIFIER)})
    assert match_client_id(UUID, BASE, entry).verdict is Verdict.DECLARED
    assert match_client_id(UUID.upper(), BASE, entry).verdict is Verdict.NONE
    assert match_client_id(UUID, BASE, ClientMapping()).verdict is Verdict.NONE
    assert match_client_id(UUID, BASE).verdict is Verdict.NONE


@pytest.mark.parametrize(
    "client_id", [IDENTIFIER, "1234567-8", f"1{IDENTIFIER}", "AGTFI-FINFSA-1234567-8001"]
)
def test_a_declaration_that_contradicts_wins(client_id: str) -> None:
    assert match_client_id(client_id, BASE).verdict is not Verdict.NONE
    found = declared(Declares.ORGANIZATION_IDENTIFIER, "PSDFI-FINFSA-9", client_id)
    assert found.verdict is Verdict.NONE
    assert "the mapping declares" in found.message


OTHER = Declaration(Declares.ORGANIZATION_IDENTIFIER, "PSDFI-FINFSA-9")
OURS = Declaration(Declares.CERTIFICATE_SHA256, SHA256)


@pytest.mark.parametrize(
    ("entries", "would_match"),
    [
        ({IDENTIFIER: OTHER}, ("1234567-8",)),
        ({IDENTIFIER: OTHER, "1234567-8": OTHER}, ()),
        ({IDENTIFIER: OTHER, UUID: OURS}, ("1234567-8", UUID)),
        ({IDENTIFIER: OTHER, UUID: OTHER}, ("1234567-8",)),
        ({IDENTIFIER: OTHER, "1234567-8": OURS}, ("1234567-8",)),
    ],
    ids=range(5),
)
def test_what_would_match_is_what_the_mapping_says(
    entries: dict[str, Declaration], would_match: tuple[str, ...]
) -> None:
    mapping = ClientMapping(entries)
    found = match_client_id(IDENTIFIER, BASE, mapping)
    assert (found.verdict, found.contradicted, found.would_match) == (Verdict.NONE, True, would_match)
    for each in found.would_match:
        assert match_client_id(each, BASE, mapping).verdict in {Verdict.EXACT, Verdict.DECLARED}
    # A stranger is told the same, and that nothing contradicts it.
    other = match_client_id("stranger", BASE, mapping)
    assert (other.contradicted, other.would_match) == (False, would_match)


def test_what_no_mapping_can_hold_is_said() -> None:
    assert match("stranger").declarable
    assert not match("\u0410").declarable
    assert not match("a\n").declarable
    assert not match("").declarable
    assert not match("x" * (MAX_CLIENT_ID + 1)).declarable


def test_what_is_exact_stays_exact_and_what_is_looser_becomes_declared() -> None:
    assert declared(Declares.CERTIFICATE_SHA256, SHA256, IDENTIFIER).verdict is Verdict.EXACT
    assert declared(Declares.CERTIFICATE_SHA256, SHA256, f"1{IDENTIFIER}").verdict is Verdict.DECLARED
    assert declared(Declares.CERTIFICATE_SHA256, SHA256, IDENTIFIER.lower()).verdict is Verdict.DECLARED


def test_without_an_identifier_a_fingerprint_can_still_be_declared() -> None:
    entry = ClientMapping({UUID: Declaration(Declares.CERTIFICATE_SHA256, SHA256)})
    assert match_client_id(UUID, holder(None), entry).verdict is Verdict.DECLARED
    other = ClientMapping({UUID: Declaration(Declares.ORGANIZATION_IDENTIFIER, IDENTIFIER)})
    assert match_client_id(UUID, holder(None), other).verdict is Verdict.NONE


# --- the mapping's file -------------------------------------------------------

PATH = Path("/etc/bank/clients.toml")
ENTRIES = f"""
"{UUID}" = {{ organization_identifier = "{IDENTIFIER}" }}
"by-fingerprint" = {{ certificate_sha256 = "{SHA256.upper()}" }}
["by-subject"]
subject = "CN=a,O=b"
"""
WANTED = {
    UUID: Declaration(Declares.ORGANIZATION_IDENTIFIER, IDENTIFIER),
    "by-fingerprint": Declaration(Declares.CERTIFICATE_SHA256, SHA256),
    "by-subject": Declaration(Declares.SUBJECT, "CN=a,O=b"),
}
COLONS = ":".join(SHA256[place : place + 2] for place in range(0, 64, 2))


def parse(text: str) -> ClientMapping:
    return parse_mapping_file(text.encode(), PATH)


def test_a_file_of_entries() -> None:
    assert dict(parse(ENTRIES).entries) == WANTED


def test_a_file_with_the_table_of_the_configuration() -> None:
    table = "[mapping]" + ENTRIES.replace('["by-subject"]', '[mapping."by-subject"]')
    assert dict(parse(table).entries) == WANTED
    assert dict(parse_config(table.encode(), PATH).mapping.entries) == WANTED


def test_an_empty_mapping_declares_nothing() -> None:
    assert dict(parse("").entries) == dict(parse("[mapping]").entries) == {}
    assert dict(parse_config(b"", PATH).mapping.entries) == {}


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (IDENTIFIER, Declaration(Declares.ORGANIZATION_IDENTIFIER, IDENTIFIER)),
        (SHA256, Declaration(Declares.CERTIFICATE_SHA256, SHA256)),
        (COLONS.upper(), Declaration(Declares.CERTIFICATE_SHA256, SHA256)),
        ("CN=a,O=b", Declaration(Declares.SUBJECT, "CN=a,O=b")),
        ("PSDFR-ACPR-1=2", Declaration(Declares.ORGANIZATION_IDENTIFIER, "PSDFR-ACPR-1=2")),
        ("NTRFR-1=2", Declaration(Declares.ORGANIZATION_IDENTIFIER, "NTRFR-1=2")),
        ("PADFR-ACPR-1=2", Declaration(Declares.ORGANIZATION_IDENTIFIER, "PADFR-ACPR-1=2")),
        ("2.5.4.3=a", Declaration(Declares.SUBJECT, "2.5.4.3=a")),
    ],
    ids=["identifier", "fingerprint", "with colons", "subject", "equals sign", "register", "misspelt", "oid"],
)
def test_a_bare_string_is_what_its_form_says(value: str, wanted: Declaration) -> None:
    assert parse(f'"x" = "{value}"').get("x") == wanted


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1", "does not name one certificate in one way"),
        ("x = []", "does not name one certificate in one way"),
        ("x = {}", "does not name one certificate in one way"),
        ('x = { subject = "CN=a", organization_identifier = "b" }', "does not name one certificate"),
        ('x = { organisation_identifier = "PSDFR-ACPR-1" }', 'unknown key "organisation_identifier"'),
        ("x = { subject = 1 }", "is not a string in quotes"),
        ('x = { certificate_sha256 = "12" }', "is not 64 hex digits"),
        ('x = { organization_identifier = "" }', "is empty"),
        ('x = { organization_identifier = "PSDFR-ACPR-\\u0661" }', "is not printable ASCII"),
        ('x = { organization_identifier = "a\\u001b" }', "is not printable ASCII"),
        ('x = { subject = "nothing" }', "is no subject"),
        ('x = { subject = "CN=a\\u202e" }', "is no subject"),
        (f'x = {{ subject = "CN={"a" * 5000}" }}', "longer than 4,096 characters"),
        ('"\\u0430" = "PSDFR-ACPR-1"', "is no client_id"),
        ('"" = "PSDFR-ACPR-1"', "is no client_id"),
        ('"a\\n" = "PSDFR-ACPR-1"', "is no client_id"),
        ("mapping = 1", "does not name one certificate in one way"),
        ('x = "a"\nx = "b"', "is not TOML"),
        ("[", "is not TOML"),
    ],
)
def test_a_mapping_that_is_refused(text: str, message: str) -> None:
    assert message in refusal(ConfigError, lambda: parse(text)).message


@pytest.mark.parametrize(
    ("text", "key"),
    [('fo.o = "PSDFR-ACPR-1"', "o"), ('a.b.c = "x"', "b"), ('a.b = "x"\na.c = "y"', "b")],
    ids=range(3),
)
def test_a_dot_in_a_key_that_is_not_quoted(text: str, key: str) -> None:
    error = refusal(ConfigError, lambda: parse(text))
    assert f'unknown key "{key}"' in error.message
    assert "stands in quotes" in (error.hint or "")
    assert parse('"fo.o" = "PSDFR-ACPR-1"').get("fo.o") is not None


def test_no_attribute_of_a_subject_is_taken_for_a_scheme() -> None:
    for name in _ATTRIBUTES:
        assert parse(f'x = "{name}=1-1"').get("x") == Declaration(Declares.SUBJECT, f"{name}=1-1")


def test_a_refusal_does_not_repeat_a_value() -> None:
    refusal(ConfigError, lambda: parse(f'x = {{ certificate_sha256 = "{CANARY}" }}'))


def test_a_mapping_that_is_no_table() -> None:
    assert "is not a table" in refusal(ConfigError, lambda: parse_mapping(1, "[mapping]")).message
    assert "is not a table" in refusal(ConfigError, lambda: parse_config(b"mapping = 1", PATH)).message


def test_a_mapping_over_the_limit() -> None:
    refusal(TooLargeError, lambda: parse_mapping_file(b"#" * (Limit.CONFIG + 1), PATH))


@given(st.text())
def test_a_client_id_is_what_oauth_has(text: str) -> None:
    assert is_client_id(text) is (text != "" and text.isascii() and text.isprintable())
