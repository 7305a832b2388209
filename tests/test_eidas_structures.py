"""The declared ASN.1 of QC statements: what is written is read again, and nothing else is read."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier, UnrecognizedExtension
from hypothesis import given
from hypothesis import strategies as st

from jwttool.eidas import encode, structures
from jwttool.eidas.roles import BY_NAME, BY_OID, ROLES, near_roles, role
from jwttool.errors import MalformedError, UsageError
from jwttool.sandbox.certificates import SPECIMENS
from tests.tools import run_tool

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AI = role("PSP_AI")
PSD2 = encode.psd2([AI], "Finnish Financial Supervisory Authority", "FI-FINFSA")

# DER by hand: https and "en", one role PSP_AI. ETSI EN 319 412-5 section 4.3.4, ETSI TS 119 495 annex A.
KNOWN = {
    "compliance": (encode.qc_compliance(), "30 08 0606 04008e460101"),
    "type": (encode.qc_type(structures.WEB), "30 13 0606 04008e460106 3009 0607 04008e46010603"),
    "pds": (
        encode.qc_pds(("https://a", "en")),
        "30 1b 0606 04008e460105 3011 300f 1609 68747470733a2f2f61 1302 656e",
    ),
    "retention": (encode.qc_retention(10), "30 0b 0606 04008e460103 0201 0a"),
    "limit": (encode.qc_limit("EUR", 5, 3), "30 15 0606 04008e460102 300b 1303 455552 0201 05 0201 03"),
    "legislation": (encode.qc_legislation("GB"), "30 0e 0606 04008e460107 3004 1302 4742"),
    "semantics": (
        encode.semantics(ObjectIdentifier("0.4.0.194121.1.2")),
        "3015 0608 2b06010505070b02 3009 0607 04008bec490102",
    ),
    "psd2": (
        encode.psd2([AI], "A", "FI-A"),
        "3028 0606 040081982702 301e 3013 3011 0607 04008198270103 0c06 5053505f4149 0c01 41 0c04 46492d41",
    ),
}


@pytest.mark.parametrize("name", KNOWN)
def test_a_statement_is_written_as_the_standard_has_it(name: str) -> None:
    made, expected = KNOWN[name]
    assert asn1.encode_der(made).hex() == expected.replace(" ", "")


def test_the_extension_is_a_list() -> None:
    extension = encode.qc_statements([encode.qc_compliance(), encode.qc_type(structures.WEB)])

    assert isinstance(extension, UnrecognizedExtension)
    assert extension.oid.dotted_string == "1.3.6.1.5.5.7.1.3"
    parts = "".join(KNOWN[name][1] for name in ("compliance", "type")).replace(" ", "")
    assert extension.value.hex() == f"30{len(parts) // 2:02x}{parts}"


def test_openssl_takes_it_apart(tmp_path: Path) -> None:
    path = tmp_path / "statements.der"
    path.write_bytes(encode.qc_statements([encode.qc_pds(("https://a.example", "en")), PSD2]).value)

    said = run_tool("openssl", "asn1parse", "-inform", "DER", "-in", path).stdout.decode()

    for text in ("IA5STRING         :https://a.example", "PRINTABLESTRING   :en", "0.4.0.19495.2\n"):
        assert text in said
    assert "UTF8STRING        :PSP_AI" in said
    assert "UTF8STRING        :FI-FINFSA" in said


texts = st.text(min_size=1, max_size=256).filter(lambda text: text.isprintable())


@given(st.lists(st.sampled_from(ROLES), min_size=1, max_size=structures.MAX_ROLES), texts, texts)
def test_what_is_written_is_read_again(roles: list[Any], nca_name: str, nca_id: str) -> None:
    value = encode.qc_statements([encode.qc_compliance(), encode.psd2(roles, nca_name, nca_id)]).value

    [compliance, psd2] = structures.decode_statements(value)
    read = structures.decode_psd2(psd2.info)

    assert (compliance.oid, compliance.info) == (structures.QC_COMPLIANCE, None)
    assert psd2.oid == structures.PSD2
    assert [(each.oid.dotted_string, each.name) for each in read.roles] == [
        (each.oid, each.name) for each in roles
    ]
    assert (read.nca_name, read.nca_id) == (nca_name, nca_id)


@pytest.mark.parametrize(
    "make",
    [
        lambda: encode.qc_statements([]),
        lambda: encode.qc_statements([encode.qc_compliance()] * (structures.MAX_STATEMENTS + 1)),
        lambda: encode.psd2([], "A", "FI-A"),
        lambda: encode.psd2([AI] * (structures.MAX_ROLES + 1), "A", "FI-A"),
        lambda: encode.psd2([AI], "", "FI-A"),
        lambda: encode.psd2([AI], "A", ""),
        lambda: encode.psd2([AI], "A" * 257, "FI-A"),
        lambda: encode.psd2([AI], "\ud800", "FI-A"),
        encode.qc_type,
        encode.qc_pds,
        lambda: encode.qc_pds(("https://ä", "en")),
        lambda: encode.qc_pds(("https://a", "eng")),
        encode.qc_legislation,
        lambda: encode.qc_legislation("GBR"),
        lambda: encode.qc_limit("€", 1),
    ],
    ids=[
        *("no-statement", "many-statements", "no-role", "many-roles", "no-name", "no-id", "long-name"),
        *("surrogate", "no-type", "no-pds", "pds-url", "pds-language", "no-country", "country", "currency"),
    ],
)
def test_what_does_not_fit_its_field_is_refused(make: Callable[[], object]) -> None:
    with pytest.raises(MalformedError) as error:
        make()
    assert error.value.message == "a QC statement cannot be encoded: a value does not fit its field"
    assert error.value.__context__ is None


# --- strict reading -----------------------------------------------------------


def psd2_statement(value: bytes) -> Any:
    """The information of the PSD2 statement; None where there is none."""
    found = [each for each in structures.decode_statements(value) if each.oid == structures.PSD2]
    return found[0].info if found else None


NOT_A_LIST = [
    *("statement-bare", "statements-truncated", "statements-trailing", "statements-overlong"),
    *("statements-empty", "statements-no-asn1"),
]
NOT_PSD2 = [
    *("roles-flattened", "roles-empty", "role-name-printable-string", "nca-printable-strings"),
    *("psd2-wrong-type", "roles-10000", "psd2-missing"),
]
WITH_STATEMENTS = [name for name, each in SPECIMENS.items() if each.recipe.statements is not None]


@pytest.mark.parametrize("name", WITH_STATEMENTS)
def test_the_standards_form_is_read_and_no_other(name: str) -> None:
    value = SPECIMENS[name].recipe.statements
    assert value is not None
    if name in NOT_A_LIST:
        with pytest.raises(MalformedError, match="not what RFC 3739 defines"):
            structures.decode_statements(value)
        return
    information = psd2_statement(value)
    if name in NOT_PSD2:
        with pytest.raises(MalformedError, match="not what ETSI TS 119 495 defines"):
            structures.decode_psd2(information)
        return
    assert structures.decode_psd2(information).roles


@given(st.binary(max_size=200))
def test_any_bytes_are_statements_or_our_error(data: bytes) -> None:
    try:
        found = structures.decode_statements(data)
    except MalformedError:
        return
    assert found


SOUND = encode.qc_statements([encode.qc_compliance(), PSD2]).value


@given(st.lists(st.tuples(st.integers(0, len(SOUND) - 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_damage_is_our_error_or_something_else_that_can_be_read(changes: list[tuple[int, int]]) -> None:
    mutable = bytearray(SOUND)
    for position, value in changes:
        mutable[position] = value
    with suppress(MalformedError):
        assert structures.decode_psd2(psd2_statement(bytes(mutable))).roles


# --- roles --------------------------------------------------------------------


def test_the_table_of_roles() -> None:
    assert [(each.oid.removeprefix("0.4.0.19495.1."), each.name) for each in ROLES] == [
        ("0", "Unspecified"),
        ("1", "PSP_AS"),
        ("2", "PSP_PI"),
        ("3", "PSP_AI"),
        ("4", "PSP_IC"),
        ("5", "PSP_CB"),
        ("6", "PSP_PA"),
        ("51", "VOP_RS"),
        ("52", "VOP_VS"),
    ]
    assert len(BY_OID) == len(BY_NAME) == len(ROLES)
    assert all(ObjectIdentifier(each.oid) for each in ROLES)


@pytest.mark.parametrize("known", ROLES, ids=lambda each: each.name)
def test_a_role_by_its_name(known: Any) -> None:
    assert role(known.name) is known


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("AISP", ["PSP_AI"]),
        ("aisp", ["PSP_AI"]),
        ("PSP-AI", ["PSP_AI"]),
        ("psp_ai", ["PSP_AI"]),
        (" PSP_AI", ["PSP_AI"]),
        ("PSPAI", ["PSP_AI"]),
        ("Account Information", ["PSP_AI"]),
        ("PISP", ["PSP_PI"]),
        ("Payment Initiation", ["PSP_PI"]),
        ("ASPSP", ["PSP_AS"]),
        ("CBPII", ["PSP_IC"]),
        ("unspecified", ["Unspecified"]),
        ("vop-rs", ["VOP_RS"]),
        ("PSP_A", ["PSP_PA", "PSP_AS", "PSP_AI"]),
        ("", []),
        ("bank", []),
        ("PSP_\u0410I", ["PSP_AI", "PSP_PI", "PSP_IC"]),
        ("PSP_AI" * 20, []),
    ],
)
def test_another_spelling_is_refused_and_the_hint_says_what_may_be_meant(name: str, meant: list[str]) -> None:
    with pytest.raises(UsageError) as error:
        role(name)

    assert error.value.message == "there is no role of that name"
    assert error.value.hint is not None
    guess, _, known = error.value.hint.rpartition("the roles are ")
    assert known == ", ".join(BY_NAME)
    assert sorted(each.name for each in near_roles(name)) == sorted(meant)
    assert all(each in guess for each in meant)
    assert bool(guess) is bool(meant)
    assert error.value.hint.isascii()
