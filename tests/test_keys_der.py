from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwttool.errors import MalformedError
from jwttool.keys.der import Tag, definite, elements, octets, oid, single, small_integer
from jwttool.keys.sources import Kind, recognise_der
from tests import keys_material as material


def contents(data: bytes) -> list[tuple[int, bytes]]:
    return [(element.tag, bytes(element.content)) for element in elements(data)]


def test_elements_follow_each_other() -> None:
    assert contents(b"") == []
    assert contents(b"\x02\x01\x05\x04\x00") == [(2, b"\x05"), (4, b"")]
    assert contents(material.octets(b"x" * 200)) == [(4, b"x" * 200)]
    assert contents(material.octets(b"x" * 70_000)) == [(4, b"x" * 70_000)]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x30", "truncated"),
        (b"\x30\x01", "1 bytes announced, 0 there"),
        (b"\x30\x82", "truncated"),
        (b"\x30\x82\x01", "truncated"),
        (b"\x30\x84\xff\xff\xff\xff", "4,294,967,295 bytes announced, 0 there"),
        (b"\x30\xff" + b"\xff" * 127, "announced"),
        (b"\x1f\x01\x00", "tag"),
        (b"\x04\x80\x00\x00", "indefinite length"),
        (b"\x30\x80", "truncated"),
        (b"\x30\x80\x02\x01\x00", "truncated"),
        (b"\x30\x80" * 17 + b"\0\0" * 17, "nested too deeply"),
        (b"\x30\x80" + b"\x05\x00" * 40_000 + b"\0\0", "too large"),
        (b"\x05\x00" * 65, "more than 64 elements"),
    ],
)
def test_what_is_not_ber(data: bytes, reason: str) -> None:
    with pytest.raises(MalformedError, match=reason):
        elements(data)


def test_the_number_of_elements_has_a_limit() -> None:
    assert len(elements(b"\x05\x00" * 64)) == 64
    assert len(elements(b"\x05\x00" * 65, most=65)) == 65


def test_indefinite_lengths() -> None:
    inner = b"\x30\x80\x02\x01\x05\x00\x00"
    assert contents(b"\x30\x80" + inner + b"\0\0" + b"\x05\x00") == [(0x30, inner), (5, b"")]
    assert len(contents(b"\x30\x80" * 16 + b"\0\0" * 16)) == 1


def test_a_single_element_fills_the_data() -> None:
    assert bytes(single(b"\x30\x02\x05\x00", Tag.SEQUENCE).content) == b"\x05\x00"
    with pytest.raises(MalformedError, match="2 bytes after the end"):
        single(b"\x30\x00\x05\x00", Tag.SEQUENCE)
    with pytest.raises(MalformedError, match="another type"):
        single(b"\x05\x00", Tag.SEQUENCE)


@given(st.integers(min_value=0, max_value=2**63 - 1))
def test_small_integers(number: int) -> None:
    assert small_integer(elements(material.integer(number))[0]) == number


@pytest.mark.parametrize(
    "data", [b"\x02\x00", b"\x02\x01\xff", b"\x04\x01\x05", b"\x02\x09\x00" + b"\xff" * 8]
)
def test_integers_that_count_nothing(data: bytes) -> None:
    with pytest.raises(MalformedError, match="INTEGER"):
        small_integer(elements(data)[0])


@pytest.mark.parametrize(
    ("hexadecimal", "dotted"),
    [
        (material.RSA_ENCRYPTION, "1.2.840.113549.1.1.1"),
        (material.AES_256_CBC, "2.16.840.1.101.3.4.1.42"),
        ("2a", "1.2"),
        ("00", "0.0"),
        ("4f", "1.39"),
        ("50", "2.0"),
        ("883703", "2.999.3"),
    ],
)
def test_object_identifiers(hexadecimal: str, dotted: str) -> None:
    assert oid(elements(material.name(hexadecimal))[0]) == dotted


@pytest.mark.parametrize(
    "data", [b"\x06\x00", b"\x06\x01\x80", b"\x06\x02\x2a\x86", b"\x05\x00", b"\x06\x21" + b"\x01" * 33]
)
def test_what_is_no_object_identifier(data: bytes) -> None:
    with pytest.raises(MalformedError, match="OBJECT IDENTIFIER"):
        oid(elements(data)[0])


def test_strings_in_pieces() -> None:
    for data in (b"\x04\x03abc", b"\x80\x03abc", b"\x24\x06\x04\x01a\x04\x01b\x04\x00"):
        assert bytes(octets(elements(data)[0])) in {b"abc", b"ab"}
    assert bytes(octets(elements(b"\xa0\x80\x04\x01a\x04\x02bc\x00\x00")[0])) == b"abc"
    for data in (b"\x24\x02\x05\x00", b"\x05\x00", b"\xa0\x03\x24\x01\x00"):
        with pytest.raises(MalformedError):
            octets(elements(data)[0])


def test_definite_lengths() -> None:
    assert definite(b"\x30\x80\x24\x80\x04\x01a\x04\x01b\0\0\x05\x00\0\0") == b"\x30\x06\x04\x02ab\x05\x00"
    assert definite(b"\x30\x84\x00\x00\x00\x02\x05\x00") == b"\x30\x02\x05\x00"
    long = material.sequence(material.octets(b"x" * 300))
    assert definite(long) == long
    nested = b""
    for _ in range(5_000):
        nested = material.tlv(0x30, nested)
    with pytest.raises(MalformedError, match="nested too deeply"):
        definite(nested)


@given(st.recursive(st.binary(max_size=20), lambda inner: st.lists(inner, max_size=4), max_leaves=10))
def test_der_is_its_own_definite_form(tree: object) -> None:
    def encode(node: object) -> bytes:
        if isinstance(node, list):
            return material.sequence(*map(encode, node))
        assert isinstance(node, bytes)
        return material.octets(node)

    assert definite(encode(tree)) == encode(tree)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for read in (elements, recognise_der, definite):
        with suppress(MalformedError):
            read(data)


def test_an_unknown_shape_is_unknown() -> None:
    assert recognise_der(material.sequence()) is Kind.UNKNOWN
    assert recognise_der(material.sequence(material.NULL)) is Kind.UNKNOWN
    for body in (material.sequence(), material.sequence(material.NULL)):
        signed = material.sequence(body, material.sequence(), material.tlv(0x03, b"\0"))
        assert recognise_der(signed) is Kind.UNKNOWN
