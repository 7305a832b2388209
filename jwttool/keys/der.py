"""BER and DER, as far as a key file has to be looked at before a library may have it.

What a file is, and what opening it would cost, must be known without trusting
it. So this takes apart the outer layers alone: tags, lengths, small integers
and object identifiers (X.690). It reads BER, because PKCS#12 files from
browsers and from Bouncy Castle are BER; DER is a part of it and reads the same,
so that a library which is strict about DER never sees another value than this.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from jwttool.errors import MalformedError


class Tag(IntEnum):
    """The tags that key files are made of."""

    INTEGER = 0x02
    BIT_STRING = 0x03
    OCTET_STRING = 0x04
    OBJECT_IDENTIFIER = 0x06
    SEQUENCE = 0x30
    CONTEXT_0 = 0xA0
    CONTEXT_0_PRIMITIVE = 0x80


_CONSTRUCTED: Final = 0x20
_LONG_TAG: Final = 0x1F
_LONG_LENGTH: Final = 0x80
_END_OF_CONTENTS: Final = b"\0\0"
_MAX_DEPTH: Final = 16
# An indefinite length is found by walking through all that is inside, on every
# level again: no PKCS#12 file that has them is large, and a hostile one may be.
_MAX_INDEFINITE: Final = 64 * 1024
_MAX_PIECES: Final = 1024
_MAX_SMALL_INTEGER: Final = 8


@dataclass(frozen=True, slots=True)
class Element:
    """One tag with its content. ``content`` is a view on the input, not a copy."""

    tag: int
    content: memoryview = field(repr=False)


def elements(data: bytes | memoryview, *, most: int = 64) -> list[Element]:
    """The elements that follow each other in the data, to its very end.

    :param most: more than that many are refused: nothing here needs them.
    :raises MalformedError: for anything that is not BER.
    """
    rest = memoryview(data)
    found: list[Element] = []
    while rest:
        if len(found) == most:
            raise MalformedError(f"more than {most} elements in one DER structure")
        element, rest = _take(rest, 0)
        found.append(element)
    return found


def single(data: bytes | memoryview, tag: int) -> Element:
    """The one element that fills the data.

    :raises MalformedError: when there is another, or it has another tag.
    """
    element, rest = _take(memoryview(data), 0)
    if rest:
        raise MalformedError(f"{len(rest):,} bytes after the end of the DER structure")
    if element.tag != tag:
        raise MalformedError("a DER structure of another type than expected")
    return element


def _take(view: memoryview, depth: int) -> tuple[Element, memoryview]:
    if len(view) < 2:
        raise MalformedError("the DER structure is truncated")
    tag, length = view[0], view[1]
    if tag & _LONG_TAG == _LONG_TAG:
        raise MalformedError("a DER tag that no key file has")
    start = 2
    if length == _LONG_LENGTH:
        return _take_indefinite(view, depth)
    if length > _LONG_LENGTH:
        start += length - _LONG_LENGTH
        if start > len(view):
            raise MalformedError("the DER structure is truncated")
        length = int.from_bytes(view[2:start], "big")
    content = view[start : start + length]
    if len(content) < length:
        raise MalformedError(
            f"the DER structure is truncated: {length:,} bytes announced, {len(content):,} there"
        )
    return Element(tag, content), view[start + length :]


def _take_indefinite(view: memoryview, depth: int) -> tuple[Element, memoryview]:
    """X.690 section 8.1.3.6: the elements inside go on until two zero octets."""
    if not view[0] & _CONSTRUCTED:
        raise MalformedError("an indefinite length where there can be none")
    if depth == _MAX_DEPTH or len(view) > _MAX_INDEFINITE:
        raise MalformedError("a BER structure that is nested too deeply or too large")
    rest = view[2:]
    while bytes(rest[:2]) != _END_OF_CONTENTS:
        _, rest = _take(rest, depth + 1)
    return Element(view[0], view[2 : len(view) - len(rest)]), rest[2:]


def small_integer(element: Element) -> int:
    """The value of an INTEGER that counts something; what is beyond 64 bits counts nothing.

    :raises MalformedError: for another tag, a negative value or an oversized one.
    """
    content = element.content
    if element.tag != Tag.INTEGER or not content:
        raise MalformedError("no INTEGER where one belongs")
    if len(content) > _MAX_SMALL_INTEGER or content[0] & 0x80:
        raise MalformedError("an INTEGER that is out of all reason")
    return int.from_bytes(content, "big")


def oid(element: Element) -> str:
    """An object identifier in its dotted form (X.690 section 8.19).

    :raises MalformedError: for another tag or a broken encoding.
    """
    content = bytes(element.content)
    if element.tag != Tag.OBJECT_IDENTIFIER or not content or len(content) > 32 or content[-1] & 0x80:
        raise MalformedError("no OBJECT IDENTIFIER where one belongs")
    arcs: list[int] = []
    value = 0
    for octet in content:
        value = value << 7 | octet & 0x7F
        if not octet & 0x80:
            arcs.append(value)
            value = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, [first, arcs[0] - 40 * first, *arcs[1:]]))


def octets(element: Element) -> memoryview:
    """The content of an OCTET STRING, put together if BER has it in pieces.

    A context tag [0] may stand for the OCTET STRING's own (RFC 5652 section 6.1).

    :raises MalformedError: for another tag.
    """
    if element.tag in {Tag.OCTET_STRING, Tag.CONTEXT_0_PRIMITIVE}:
        return element.content
    if element.tag in {Tag.OCTET_STRING | _CONSTRUCTED, Tag.CONTEXT_0}:
        pieces = elements(element.content, most=_MAX_PIECES)
        if all(piece.tag == Tag.OCTET_STRING for piece in pieces):
            return memoryview(b"".join(piece.content for piece in pieces))
    raise MalformedError("no OCTET STRING where one belongs")


def definite(data: bytes | memoryview, depth: int = 0) -> bytes:
    """The same structure with the lengths that DER has, and its strings in one piece.

    :raises MalformedError: for anything that is not BER, or nested too deeply.
    """
    if depth > _MAX_DEPTH:
        raise MalformedError("a BER structure that is nested too deeply or too large")
    written = bytearray()
    for element in elements(data):
        tag, content = element.tag, element.content
        if tag == Tag.OCTET_STRING | _CONSTRUCTED:
            tag, content = Tag.OCTET_STRING, octets(element)
        elif tag & _CONSTRUCTED:
            content = memoryview(definite(content, depth + 1))
        written += bytes([tag]) + _shortest_length(len(content)) + content
    return bytes(written)


def _shortest_length(length: int) -> bytes:
    """X.690 section 10.1: DER has one encoding of a length."""
    if length < _LONG_LENGTH:
        return bytes([length])
    digits = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([_LONG_LENGTH | len(digits)]) + digits
