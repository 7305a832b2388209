"""QC statements: the standard's form, the odd ones, and hostile bytes."""

from __future__ import annotations

import pytest
from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier
from hypothesis import given
from hypothesis import strategies as st

from jwttool.eidas import encode, structures
from jwttool.eidas.anomalies import ANOMALIES
from jwttool.eidas.psd2 import Psd2
from jwttool.eidas.roles import BY_NAME, ROLES, Role
from jwttool.eidas.statements import Limit, PdsLocation, QcStatements, Statement, read_statements
from tests.hostile import little_memory, no_hanging

AI, PI = BY_NAME["PSP_AI"], BY_NAME["PSP_PI"]
STRANGER = ObjectIdentifier("1.3.6.1.4.1.32473.1")


def extension(*items: structures.QcStatement) -> bytes:
    return encode.qc_statements(items).value


PSD2 = encode.psd2([AI, PI], "Autorité", "FR-ACPR")
GOOD = extension(
    encode.qc_compliance(), encode.qc_type(structures.WEB), encode.qc_pds(("https://x.example/a", "en")), PSD2
)


def ids(read: QcStatements) -> list[str]:
    return [anomaly.id for anomaly in read.anomalies]


def value_of(item: structures.QcStatement) -> object:
    [statement] = read_statements(extension(item)).statements
    return statement.value


def named(read: QcStatements) -> dict[str | None, object]:
    return {each.name: each.value for each in read.statements}


# --- the standard's form ------------------------------------------------------


def test_the_usual_statements() -> None:
    read = read_statements(GOOD)
    assert [each.name for each in read.statements] == ["QcCompliance", "QcType", "QcPDS", "PSD2"]
    assert (read.compliance, read.types, read.anomalies) == (True, ("web",), ())
    assert isinstance(read.psd2, Psd2)
    assert read.psd2.role_names == ("PSP_AI", "PSP_PI")
    assert (read.psd2.nca_name, read.psd2.nca_id) == ("Autorité", "FR-ACPR")
    assert not read.psd2.without_authority


@pytest.mark.parametrize(
    ("item", "name", "value"),
    [
        (encode.qc_compliance(), "QcCompliance", None),
        (encode.qc_sscd(), "QcSSCD", None),
        (encode.qc_type(structures.ESEAL), "QcType", ("eseal",)),
        (encode.qc_retention(7), "QcRetentionPeriod", 7),
        (encode.qc_limit("EUR", 5, 3), "QcLimitValue", Limit("EUR", 5, 3)),
        (encode.qc_legislation("GB", "CH"), "QcCClegislation", ("GB", "CH")),
        (encode.qc_pds(("https://x.example", "fr")), "QcPDS", (PdsLocation("https://x.example", "fr"),)),
        (encode.semantics(ObjectIdentifier("0.4.0.194121.1.2")), "pkixQCSyntax-v2", "legal person"),
        (encode.semantics(STRANGER), "pkixQCSyntax-v2", STRANGER.dotted_string),
    ],
    ids=range(9),
)
def test_every_statement_by_name(item: structures.QcStatement, name: str, value: object) -> None:
    read = read_statements(extension(item))
    assert (named(read), ids(read)) == ({name: value}, [])


def test_a_registered_statement_without_a_reader_is_shown_in_hex() -> None:
    item = structures.statement(structures.QC_IDENT_METHOD, asn1.encode_der(5))
    assert value_of(item) == "020105"


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_every_role_by_name(role: Role) -> None:
    read = read_statements(extension(encode.psd2([role], "Name", "FR-ACPR"))).psd2
    assert read is not None
    assert read.role_names == (role.name,)
    assert read.without_authority is (read.role_names == ("PSP_PA",))


def test_the_same_bytes_give_the_same_value() -> None:
    assert read_statements(GOOD) == read_statements(GOOD)


# --- odd lists ----------------------------------------------------------------


def test_a_bare_statement() -> None:
    read = read_statements(asn1.encode_der(PSD2))
    assert ids(read) == ["statements-bare"]
    assert read.psd2 is not None
    assert read.psd2.role_names == ("PSP_AI", "PSP_PI")


def test_a_statement_twice() -> None:
    read = read_statements(extension(encode.qc_type(structures.WEB), encode.qc_type(structures.ESEAL)))
    assert (read.types, ids(read)) == (("web",), ["statement-repeated"])


def test_a_statement_three_times_is_told_once() -> None:
    read = read_statements(extension(*[encode.qc_compliance()] * 3, encode.qc_sscd(), encode.qc_sscd()))
    assert [each.message for each in read.anomalies] == [
        "QcCompliance stands there more than once; the first is read",
        "QcSSCD stands there more than once; the first is read",
    ]


def test_a_stranger_is_shown_as_such() -> None:
    item = structures.statement(STRANGER, asn1.encode_der("x" * 100))
    read = read_statements(extension(item))
    assert ids(read) == ["statement-unknown"]
    [statement] = read.statements
    assert statement == Statement(STRANGER.dotted_string, None, (b"\x0c\x64" + b"x" * 62).hex() + "…")


@asn1.sequence
class Mixed:
    first: structures.QcStatement
    second: int


@asn1.sequence
class Empty:
    pass


def test_a_list_with_something_else_in_it() -> None:
    read = read_statements(asn1.encode_der(Mixed(first=encode.qc_compliance(), second=1)))
    assert (read.compliance, ids(read)) == (True, ["statement-damaged"])


def test_an_empty_list() -> None:
    assert ids(read_statements(asn1.encode_der(Empty()))) == ["statements-empty"]


@pytest.mark.parametrize(
    ("count", "wanted", "kept"),
    [(64, [], 64), (65, ["statements-many"], 64), (2000, ["statements-damaged"], 0)],
)
def test_many_statements(count: int, wanted: list[str], kept: int) -> None:
    @asn1.sequence
    class Many:
        items: list[structures.QcStatement]

    items = [structures.statement(ObjectIdentifier(f"1.2.3.{number}")) for number in range(count)]
    read = read_statements(structures.encode_list(Many(items=items)))
    assert [each for each in ids(read) if each != "statement-unknown"] == wanted
    assert len(read.statements) == kept


@pytest.mark.parametrize(
    ("item", "anomaly"),
    [
        (encode.qc_type(structures.WEB, structures.ESEAL), "qc-type-several"),
        (encode.qc_type(STRANGER), "qc-type-unknown"),
        (encode.qc_pds(("http://x.example", "en")), "pds-form"),
        (encode.qc_pds(("https://x.example", "EN")), "pds-form"),
        (structures.statement(structures.QC_TYPE, asn1.encode_der(structures.WEB)), "statement-damaged"),
        (structures.statement(structures.QC_TYPE), "statement-damaged"),
        (structures.statement(structures.QC_PDS, asn1.encode_der(1)), "statement-damaged"),
        (structures.statement(structures.QC_RETENTION, asn1.encode_der(2**60)), "statement-damaged"),
        (encode.qc_limit("EUR", 2**80), "statement-damaged"),
        (structures.statement(structures.QC_LEGISLATION, asn1.encode_der("GB")), "statement-damaged"),
        (structures.statement(structures.PKIX_SYNTAX_2, asn1.encode_der(1)), "statement-damaged"),
        (structures.statement(structures.QC_COMPLIANCE, asn1.encode_der(True)), "statement-content"),
        (structures.statement(structures.QC_COMPLIANCE, b"\x05\x00"), "statement-content"),
        (structures.statement(structures.QC_SSCD, asn1.encode_der("x")), "statement-content"),
    ],
    ids=range(14),
)
def test_an_odd_statement(item: structures.QcStatement, anomaly: str) -> None:
    assert ids(read_statements(extension(item))) == [anomaly]


# --- odd PSD2 statements ------------------------------------------------------


@asn1.sequence
class AnyPsd2:
    """The statement with anything in its places."""

    roles: list[asn1.TLV]
    nca_name: asn1.Null | asn1.TLV | None
    nca_id: asn1.Null | asn1.TLV | None


@asn1.sequence
class Pair:
    oid: ObjectIdentifier
    name: asn1.TLV


@asn1.sequence
class Lone:
    item: asn1.TLV


def tlv(value: object) -> asn1.TLV:
    return asn1.decode_der(asn1.TLV, asn1.encode_der(value))


def string(tag: int, data: bytes) -> asn1.TLV:
    """A string of a type that the library does not write."""
    return asn1.decode_der(asn1.TLV, bytes([tag, len(data)]) + data)


def role_of(oid: str, name: object) -> asn1.TLV:
    return tlv(Pair(oid=ObjectIdentifier(oid), name=name if isinstance(name, asn1.TLV) else tlv(name)))


def psd2(*roles: asn1.TLV, nca_name: object = "Authority", nca_id: object = "FR-ACPR") -> QcStatements:
    def item(value: object) -> asn1.TLV | None:
        return value if value is None or isinstance(value, asn1.TLV) else tlv(value)

    info = AnyPsd2(roles=list(roles), nca_name=item(nca_name), nca_id=item(nca_id))
    return read_statements(extension(structures.statement(structures.PSD2, asn1.encode_der(info))))


GOOD_ROLE = role_of(AI.oid, "PSP_AI")


def test_the_statement_of_these_tests_is_sound_where_nothing_is_changed() -> None:
    read = psd2(GOOD_ROLE)
    assert ids(read) == []
    assert read.psd2 is not None
    assert (read.psd2.role_names, read.psd2.nca_name) == (("PSP_AI",), "Authority")


ODD_PSD2: dict[str, tuple[QcStatements, tuple[str, ...], list[str]]] = {
    "no roles": (psd2(), (), ["roles-empty"]),
    "name in words": (psd2(role_of(AI.oid, "Account Information")), ("PSP_AI",), ["role-name"]),
    "name as people say it": (psd2(role_of(AI.oid, "AISP")), ("PSP_AI",), ["role-name"]),
    "any name": (psd2(role_of(AI.oid, "anything")), ("PSP_AI",), ["role-name"]),
    "name of another role": (psd2(role_of(AI.oid, "PSP_PI")), ("PSP_AI",), ["role-mismatch"]),
    "words of another role": (psd2(role_of(AI.oid, "Payment Initiation")), ("PSP_AI",), ["role-mismatch"]),
    "stranger": (
        psd2(role_of(STRANGER.dotted_string, "PSP_AI")),
        (STRANGER.dotted_string,),
        ["role-unknown"],
    ),
    "IA5String": (psd2(role_of(AI.oid, asn1.IA5String("PSP_AI"))), ("PSP_AI",), ["psd2-string-type"]),
    "PrintableString with an underscore": (
        psd2(role_of(AI.oid, string(0x13, b"PSP_AI"))),
        ("PSP_AI",),
        ["psd2-string-type"],
    ),
    "BMPString": (
        psd2(role_of(AI.oid, string(0x1E, "PSP_AI".encode("utf-16-be")))),
        ("PSP_AI",),
        ["psd2-string-type"],
    ),
    "TeletexString": (psd2(role_of(AI.oid, string(0x14, b"PSP_AI"))), ("PSP_AI",), ["psd2-string-type"]),
    "number for a name": (psd2(role_of(AI.oid, 1)), ("PSP_AI",), ["psd2-string-type", "role-damaged"]),
    "broken BMPString": (
        psd2(role_of(AI.oid, string(0x1E, b"odd"))),
        ("PSP_AI",),
        ["psd2-string-type", "role-damaged"],
    ),
    "empty name": (psd2(role_of(AI.oid, "")), ("PSP_AI",), ["psd2-text-length", "role-name"]),
    "long name": (psd2(role_of(AI.oid, "x" * 257)), ("PSP_AI",), ["psd2-text-length", "role-name"]),
    "OID alone": (psd2(tlv(Lone(item=tlv(ObjectIdentifier(AI.oid))))), ("PSP_AI",), ["role-damaged"]),
    "name alone": (psd2(tlv(Lone(item=tlv("PSP_AI")))), (), ["role-damaged"]),
    "empty role": (psd2(tlv(Empty())), (), ["role-damaged"]),
    "no RoleOfPSP": (psd2(tlv(ObjectIdentifier(AI.oid)), tlv("PSP_AI")), ("PSP_AI",), ["roles-flattened"]),
    "no hyphen": (psd2(GOOD_ROLE, nca_id="NLDNB"), ("PSP_AI",), ["nca-id-separator"]),
    "no nCAId": (psd2(GOOD_ROLE, nca_id=None), ("PSP_AI",), ["psd2-damaged"]),
    "no authority": (psd2(GOOD_ROLE, nca_name=None, nca_id=None), ("PSP_AI",), ["psd2-damaged"]),
    "PrintableString for nCAId": (
        psd2(GOOD_ROLE, nca_id=asn1.PrintableString("FR-ACPR")),
        ("PSP_AI",),
        ["psd2-string-type"],
    ),
    "Cyrillic name": (psd2(GOOD_ROLE, nca_name="Банк"), ("PSP_AI",), ["nca-name"]),
    "NA without PSP_PA": (psd2(GOOD_ROLE, nca_name="NA", nca_id="NA"), ("PSP_AI",), ["nca-id-form"]),
    "NA with PSP_PA": (
        psd2(role_of(BY_NAME["PSP_PA"].oid, "PSP_PA"), nca_name="NA", nca_id="NA"),
        ("PSP_PA",),
        [],
    ),
    "PSP_PA twice": (
        psd2(*[role_of(BY_NAME["PSP_PA"].oid, "PSP_PA")] * 2, nca_name="NA", nca_id="NA"),
        ("PSP_PA", "PSP_PA"),
        [],
    ),
    "NA with PSP_PA and another": (
        psd2(role_of(BY_NAME["PSP_PA"].oid, "PSP_PA"), GOOD_ROLE, nca_name="NA", nca_id="NA"),
        ("PSP_PA", "PSP_AI"),
        ["roles-without-authority", "nca-id-form"],
    ),
    "PSP_PA and another": (
        psd2(role_of(BY_NAME["PSP_PA"].oid, "PSP_PA"), GOOD_ROLE),
        ("PSP_PA", "PSP_AI"),
        ["roles-without-authority"],
    ),
    "PSP_PA and a stranger": (
        psd2(role_of(BY_NAME["PSP_PA"].oid, "PSP_PA"), role_of(STRANGER.dotted_string, "x")),
        ("PSP_PA", STRANGER.dotted_string),
        ["role-unknown", "roles-without-authority"],
    ),
    "Unspecified alone": (psd2(role_of(BY_NAME["Unspecified"].oid, "Unspecified")), ("Unspecified",), []),
    "Unspecified and another": (
        psd2(role_of(BY_NAME["Unspecified"].oid, "Unspecified"), GOOD_ROLE),
        ("Unspecified", "PSP_AI"),
        ["roles-unspecified"],
    ),
    "Unspecified twice": (
        psd2(*[role_of(BY_NAME["Unspecified"].oid, "Unspecified")] * 2),
        ("Unspecified", "Unspecified"),
        ["roles-unspecified"],
    ),
    "own name": (psd2(GOOD_ROLE, nca_name="Bank of Spain", nca_id="ES-BE"), ("PSP_AI",), []),
    "name in another case": (psd2(GOOD_ROLE, nca_name="BANK OF SPAIN", nca_id="ES-BE"), ("PSP_AI",), []),
    "name of two authorities": (
        psd2(GOOD_ROLE, nca_name="Croatian National Bank", nca_id="HR-HNB"),
        ("PSP_AI",),
        [],
    ),
    "name of another authority": (psd2(GOOD_ROLE, nca_name="Bank of Spain"), ("PSP_AI",), ["nca-name-other"]),
    "spaces around the name": (psd2(GOOD_ROLE, nca_name=" Authority"), ("PSP_AI",), ["nca-name-spaces"]),
    "spaces for a name": (psd2(GOOD_ROLE, nca_name="  "), ("PSP_AI",), ["nca-name"]),
    "look-alike": (psd2(role_of(AI.oid, "PSP_\u0410I")), ("PSP_AI",), ["role-name"]),
}


def test_a_look_alike_is_shown_escaped() -> None:
    read = psd2(role_of(AI.oid, "PSP_\u0410I"), nca_name="B\u0430nk", nca_id="FR-\u0410CPR")
    assert all(each.message.isascii() for each in read.anomalies)
    assert [each.id for each in read.anomalies] == ["role-name", "nca-name", "nca-id-form"]


@pytest.mark.parametrize("name", ODD_PSD2)
def test_an_odd_psd2_statement(name: str) -> None:
    read, roles, anomalies = ODD_PSD2[name]
    assert read.psd2 is not None
    assert (read.psd2.role_names, ids(read)) == (roles, anomalies)


def test_flattened_roles() -> None:
    @asn1.sequence
    class Flat:
        first_oid: ObjectIdentifier
        first: str
        second_oid: ObjectIdentifier
        second: str

    flat = Flat(
        first_oid=ObjectIdentifier(AI.oid),
        first="PSP_AI",
        second_oid=ObjectIdentifier(PI.oid),
        second="PSP_PI",
    )
    read = psd2(tlv(flat))
    assert read.psd2 is not None
    assert (read.psd2.role_names, ids(read)) == (("PSP_AI", "PSP_PI"), ["roles-flattened"])


@pytest.mark.parametrize(("count", "wanted"), [(64, []), (65, ["roles-many"]), (10_000, ["roles-many"])])
def test_many_roles(count: int, wanted: list[str]) -> None:
    with no_hanging(10):
        read = psd2(*[GOOD_ROLE] * count)
    assert read.psd2 is not None
    assert (len(read.psd2.roles), ids(read)) == (64, wanted)


@pytest.mark.parametrize(
    "info", [None, asn1.encode_der(1), asn1.encode_der("x"), asn1.encode_der(Empty())], ids=range(4)
)
def test_a_psd2_statement_that_is_none(info: bytes | None) -> None:
    read = read_statements(extension(structures.statement(structures.PSD2, info)))
    assert (read.psd2, ids(read)) == (None, ["psd2-damaged"])
    assert [each.name for each in read.statements] == ["PSD2"]


# --- hostile bytes ------------------------------------------------------------


@pytest.mark.parametrize("length", range(len(GOOD)))
def test_a_truncated_extension(length: int) -> None:
    read = read_statements(GOOD[:length])
    assert (ids(read), read.statements) == (["statements-damaged"], ())


@pytest.mark.parametrize(
    "data",
    [b"", b"no ASN.1", GOOD + b"\x05\x00", b"\x30\x80" * 1000, b"\x30\x84\xff\xff\xff\xff", b"\x30\x00" * 9],
    ids=range(6),
)
def test_bytes_that_are_no_list(data: bytes) -> None:
    assert ids(read_statements(data)) == ["statements-damaged"]


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255))
def test_any_changed_byte_is_read(position: int, value: int) -> None:
    changed = bytearray(GOOD)
    changed[position] = value
    read = read_statements(bytes(changed))
    assert {anomaly.id for anomaly in read.anomalies} <= ANOMALIES.keys()
    assert all(anomaly.message.isprintable() for anomaly in read.anomalies)


@given(st.binary(max_size=400))
def test_any_bytes_are_read(data: bytes) -> None:
    read = read_statements(data)
    assert read.anomalies or read.statements


def test_hostile_lists_take_little_memory_and_no_time() -> None:
    @asn1.sequence
    class Many:
        items: list[asn1.TLV]

    nothing = asn1.decode_der(asn1.TLV, b"\x30\x00")
    long = structures.encode_list(Many(items=[nothing] * 400_000))
    nested = structures.encode_list(Many(items=[asn1.decode_der(asn1.TLV, long)]))
    with no_hanging(20), little_memory():
        assert ids(read_statements(long)) == ["statements-damaged"]
        assert ids(read_statements(nested)) == ["statement-damaged"]
        assert ids(psd2(asn1.decode_der(asn1.TLV, long))) == ["role-damaged"]
        assert ids(psd2(*[nothing] * 20_001)) == ["psd2-damaged"]
