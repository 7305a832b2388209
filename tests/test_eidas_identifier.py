"""organizationIdentifier and nCAId: the right forms, the odd ones, and hostile text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwttool.eidas.anomalies import ANOMALIES
from jwttool.eidas.authorities import AUTHORITIES, MISSPELT, authorities_of
from jwttool.eidas.nca import is_latin, read_nca_id
from jwttool.eidas.organization_identifier import (
    MAX_IDENTIFIER,
    OrganizationIdentifier,
    is_lei,
    parse_organization_identifier,
)
from jwttool.eidas.showing import escaped, quoted
from jwttool.errors import MalformedError
from tests.hostile import CANARY, no_hanging, refusal


def parts(read: OrganizationIdentifier) -> tuple[str | None, ...]:
    return (read.scheme, read.country, read.authority, read.number)


def ids(text: str) -> list[str]:
    return [anomaly.id for anomaly in parse_organization_identifier(text).anomalies]


# --- the right forms ----------------------------------------------------------

# What authorities give out; the third part is free.
RIGHT = {
    "PSDFR-ACPR-12345": ("PSD", "FR", "ACPR", "12345"),
    "PSDFI-FINFSA-2858394-9": ("PSD", "FI", "FINFSA", "2858394-9"),
    "PSDMT-MFSA-C 102960": ("PSD", "MT", "MFSA", "C 102960"),
    "PSDBE-NBB-1234.567.890": ("PSD", "BE", "NBB", "1234.567.890"),
    "PSDNL-DNB-R161162": ("PSD", "NL", "DNB", "R161162"),
    "PSDNL-DNB-33031431": ("PSD", "NL", "DNB", "33031431"),
    "PSDHR-HNB-12345678901": ("PSD", "HR", "HNB", "12345678901"),
    "PSDLT-BL-LB000458": ("PSD", "LT", "BL", "LB000458"),
    "PSDGB-OB-Unknown0015800001041REAAY": ("PSD", "GB", "OB", "Unknown0015800001041REAAY"),
    "PSDXX-ABCDEFGH-1": ("PSD", "XX", "ABCDEFGH", "1"),
    "NTRFI-2858394-9": ("NTR", "FI", None, "2858394-9"),
    "VATDE-123456789": ("VAT", "DE", None, "123456789"),
    "VATEL-123456789": ("VAT", "EL", None, "123456789"),
    "VATXI-123456789": ("VAT", "XI", None, "123456789"),
    "LEIXG-529900T8BM49AURSDO55": ("LEI", "XG", None, "529900T8BM49AURSDO55"),
    "EI:SE-5567971433": ("EI:", "SE", None, "5567971433"),
}


@pytest.mark.parametrize(("text", "wanted"), RIGHT.items())
def test_a_right_one_is_taken_apart(text: str, wanted: tuple[str | None, ...]) -> None:
    for read in (parse_organization_identifier(text), parse_organization_identifier(text, strict=True)):
        assert parts(read) == wanted
        assert read.value == text
        assert read.anomalies == ()


def test_the_authority_is_put_together_as_in_nca_id() -> None:
    assert parse_organization_identifier("PSDFR-ACPR-12345").nca_id == "FR-ACPR"
    assert parse_organization_identifier("NTRFR-12345").nca_id is None
    assert parse_organization_identifier("PSD-ACPR-12345").nca_id is None


# --- the odd ones -------------------------------------------------------------

ODD = {
    "PSDFR_ACPR_12345": (("PSD", "FR", "ACPR", "12345"), "identifier-separator"),
    "PSDFR-ACPR_12345": (("PSD", "FR", "ACPR", "12345"), "identifier-separator"),
    "PSDNLDNB-33031431": (("PSD", "NL", "DNB", "33031431"), "identifier-separator"),
    "PSD-FR-ACPR-12345": (("PSD", "FR", "ACPR", "12345"), "identifier-separator"),
    "VATDE123456789": (("VAT", "DE", None, "123456789"), "identifier-separator"),
    "PADFR-ACPR-12345": (("PSD", "FR", "ACPR", "12345"), "identifier-scheme"),
    "PDSFR-ACPR-12345": (("PSD", "FR", "ACPR", "12345"), "identifier-scheme"),
    "psdfr-acpr-12345": (("PSD", "FR", "ACPR", "12345"), "identifier-case"),
    "PSDfr-ACPR-12345": (("PSD", "FR", "ACPR", "12345"), "identifier-case"),
    "PSD-ACPR-12345": (("PSD", None, "ACPR", "12345"), "identifier-country"),
    "PSDACPR-12345": (("PSD", None, "ACPR", "12345"), "identifier-country"),
    "PSDEL-BOG-12345": (("PSD", "EL", "BOG", "12345"), "identifier-country"),
    "NTRXG-12345": (("NTR", "XG", None, "12345"), "identifier-country"),
    "LEIFR-529900T8BM49AURSDO55": (("LEI", "FR", None, "529900T8BM49AURSDO55"), "identifier-country"),
    "PSDFR-12345": (("PSD", "FR", None, "12345"), "identifier-authority"),
    "PSDDE-BAFIN1-12345": (("PSD", "DE", None, "12345"), "identifier-authority"),
    "PSDDE-BUNDESANSTALT-12345": (("PSD", "DE", None, "12345"), "identifier-authority"),
    "PSDFR-ACPR-": (("PSD", "FR", "ACPR", None), "identifier-number"),
    "NTRFR-": (("NTR", "FR", None, None), "identifier-number"),
    " PSDFR-ACPR-12345": (("PSD", "FR", "ACPR", "12345"), "identifier-spaces"),
    "PSDFR-ACPR-12345 ": (("PSD", "FR", "ACPR", "12345"), "identifier-spaces"),
    "PSDFR-ACPR- 12345": (("PSD", "FR", "ACPR", "12345"), "identifier-spaces"),
    "LEIXG-529900T8BM49AURSDO54": (("LEI", "XG", None, "529900T8BM49AURSDO54"), "identifier-checksum"),
    "LEIXG-1": (("LEI", "XG", None, "1"), "identifier-checksum"),
    "PSDFR-ACPR-\uff11\uff12": (("PSD", "FR", "ACPR", "\uff11\uff12"), "identifier-characters"),
    "PSDFR-ACPR-12345\x1b[2J": (("PSD", "FR", "ACPR", "12345\x1b[2J"), "identifier-characters"),
    "PSDFR-ACPR-\u202e12345": (("PSD", "FR", "ACPR", "\u202e12345"), "identifier-characters"),
    "12345": ((None,) * 4, "identifier-grammar"),
    "": ((None,) * 4, "identifier-grammar"),
    "XYZFR-ACPR-12345": ((None,) * 4, "identifier-grammar"),
    "Example SAS": ((None,) * 4, "identifier-grammar"),
    "PSD": ((None,) * 4, "identifier-grammar"),
    "PSDFR-ACPR-" + "1" * MAX_IDENTIFIER: ((None,) * 4, "identifier-length"),
}


@pytest.mark.parametrize(("text", "wanted"), ODD.items(), ids=[repr(text[:30]) for text in ODD])
def test_an_odd_one_is_read_and_says_what_is_odd(
    text: str, wanted: tuple[tuple[str | None, ...], str]
) -> None:
    read = parse_organization_identifier(text)
    assert (parts(read), [anomaly.id for anomaly in read.anomalies]) == (wanted[0], [wanted[1]])
    assert read.value == text  # nothing is mended
    assert read.has(wanted[1])
    assert not read.has("identifier-missing")


@pytest.mark.parametrize("text", ODD, ids=[repr(text[:30]) for text in ODD])
def test_strict_refuses_what_is_odd(text: str) -> None:
    with pytest.raises(MalformedError, match="breaks its grammar") as caught:
        parse_organization_identifier(text, strict=True)
    assert caught.value.hint is not None
    assert "PSDFR-ACPR-12345" in caught.value.hint


def test_a_refusal_does_not_repeat_the_identifier() -> None:
    refusal(MalformedError, lambda: parse_organization_identifier(f"PSDFR_ACPR_{CANARY}", strict=True))


def test_a_look_alike_of_a_letter_is_named_by_its_code_point() -> None:
    [characters, grammar] = parse_organization_identifier("\u0420SDFR-ACPR-12345").anomalies
    assert (characters.id, grammar.id) == ("identifier-characters", "identifier-grammar")
    assert characters.message == r'a character that is not printable ASCII: "\u0420" (U+0420)'


def test_several_oddities_are_all_told() -> None:
    assert ids(" pad_fr_acpr-1") == [
        "identifier-spaces",
        "identifier-case",
        "identifier-separator",
        "identifier-scheme",
    ]


@pytest.mark.parametrize(
    ("number", "right"),
    [
        ("529900T8BM49AURSDO55", True),
        ("5493001KJTIIGC8Y1R12", True),
        ("5493001KJTIIGC8Y1R21", False),
        ("5493001kjtiigc8y1r12", False),
        ("5493001KJTIIGC8Y1R1", False),
        ("", False),
    ],
)
def test_the_checksum_of_an_lei(number: str, right: bool) -> None:
    assert is_lei(number) is right


# --- any text at all ----------------------------------------------------------


@given(st.text() | st.from_regex(r"(?i)(PSD|NTR|VAT|LEI|PAD|XX:)[-_ A-Z0-9]{0,40}", fullmatch=True))
def test_any_text_is_read(text: str) -> None:
    read = parse_organization_identifier(text)
    assert read.value == text
    assert {anomaly.id for anomaly in read.anomalies} <= ANOMALIES.keys()
    for anomaly in read.anomalies:
        assert anomaly.message.isprintable()
    if read.scheme is None:
        assert read.anomalies
        assert read.number is None
    if not text.isascii() or not text.isprintable():
        assert read.anomalies


@given(
    st.from_regex(r"[A-Z]{2}", fullmatch=True).filter(lambda country: country not in {"EL", "XI", "XG"}),
    st.from_regex(r"[A-Z]{2,8}", fullmatch=True),
    st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=40),
)
def test_what_is_put_together_comes_apart_again(country: str, code: str, number: str) -> None:
    read = parse_organization_identifier(f"PSD{country}-{code}-{number}", strict=True)
    assert parts(read) == ("PSD", country, code, number)


@pytest.mark.parametrize(
    "text",
    [
        "PSD" + "A" * 250,
        "PSD" + "-" * 250,
        "PSD_AA_" * 35,
        "PSDFR-" + " " * 249,
        "VAT" + "_A" * 120,
        "A" * 10**6,
    ],
    ids=lambda text: f"{text[:9]} x {len(text)}",
)
def test_hostile_text_is_read_at_once(text: str) -> None:
    with no_hanging(10):
        assert parse_organization_identifier(text).anomalies


# --- nCAId, names of authorities, the list ------------------------------------


@pytest.mark.parametrize("text", ["FR-ACPR", "FI-FINFSA", "ES-BE", "XX-ABCDEFGH"])
def test_an_nca_id_in_the_right_form(text: str) -> None:
    read = read_nca_id(text)
    assert (read.id, read.value, read.anomaly) == (text, text, None)


@pytest.mark.parametrize(
    ("text", "wanted", "anomaly"),
    [
        ("BE", (None, "BE", None), "nca-id-country"),
        ("DNB", (None, None, "DNB"), "nca-id-country"),
        ("NLDNB", ("NL-DNB", "NL", "DNB"), "nca-id-separator"),
        ("NL_DNB", ("NL-DNB", "NL", "DNB"), "nca-id-separator"),
        ("NL DNB", ("NL-DNB", "NL", "DNB"), "nca-id-separator"),
        ("France", (None, None, None), "nca-id-form"),
        ("fr-acpr", (None, None, None), "nca-id-form"),
        ("FR-ACPR ", (None, None, None), "nca-id-form"),
        ("FR-A", (None, None, None), "nca-id-form"),
        ("FR-ABCDEFGHI", (None, None, None), "nca-id-form"),
        ("FR-\uff21\uff23\uff30\uff32", (None, None, None), "nca-id-form"),
        ("", (None, None, None), "nca-id-form"),
        ("NA", (None, None, None), "nca-id-form"),
        ("ES-BDE", ("ES-BE", "ES", "BE"), "nca-id-misspelt"),
    ],
)
def test_an_odd_nca_id_is_named(text: str, wanted: tuple[str | None, ...], anomaly: str) -> None:
    read = read_nca_id(text)
    assert (read.id, read.country, read.code) == wanted
    assert read.anomaly is not None
    assert read.anomaly.id == anomaly
    assert read.anomaly.id in ANOMALIES


@pytest.mark.parametrize(
    "text", ["Bank of Spain", "Autorité de contrôle prudentiel et de résolution", "Ħ. & Söhne (3ª)", "ß-1"]
)
def test_latin_names(text: str) -> None:
    assert is_latin(text)


@pytest.mark.parametrize(
    "text", ["", " ", "Надзор", "B\u0430nk", "Bank\x1b[2J", "Bank\u200b", "\uff22ank", "\uff11", "日本"]
)
def test_names_that_are_not_latin(text: str) -> None:
    assert not is_latin(text)


def test_the_list_of_authorities() -> None:
    assert all(re.fullmatch(r"[A-Z]{2}-[A-Z]{2,8}", each) for each in AUTHORITIES)
    assert all(each.id == nca_id and each.name for nca_id, each in AUTHORITIES.items())
    current = {each for each, authority in AUTHORITIES.items() if authority.historic is None}
    # Every country of the European Economic Area has one: 27 of the Union and three more.
    assert len({each[:2] for each in current}) == len(current) == 30
    assert {each for each in AUTHORITIES if each not in current} == {"HR-CNB", "IS-FME", "LV-FCMC", "GB-FCA"}
    assert set(MISSPELT.values()) <= current
    assert not set(MISSPELT) & AUTHORITIES.keys()
    assert [each.id for each in authorities_of("HR")] == ["HR-HNB"]
    assert authorities_of("XX") == ()


# --- how they are shown -------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("PSDFR-ACPR-12345", "PSDFR-ACPR-12345"),
        ("PSDFR-\u0410CPR", r"PSDFR-\u0410CPR"),
        ("\uff11", r"\uff11"),
        ("a\x1b[2J", r"a\x1b[2J"),
        ("\u0410\x1b", r"\u0410\x1b"),
        ("a\\b", r"a\b"),
        ("a\\\u0410", r"a\\\u0410"),
        ("x" * 121, "x" * 117 + "..."),
    ],
    ids=range(8),
)
def test_what_is_not_ascii_is_shown_as_an_escape(text: str, shown: str) -> None:
    assert escaped(text) == shown
    assert quoted(text) == f'"{shown}"'


@given(st.text(max_size=200))
def test_whatever_is_shown_is_printable_ascii(text: str) -> None:
    assert escaped(text).isascii()
    assert escaped(text) == "" or escaped(text).isprintable()
