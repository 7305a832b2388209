"""PEM armour (RFC 7468), read strictly: what is inside a block is all base64.

Lenient readers skip characters that do not belong, so that two programs can
see two different certificates in one file. Text *outside* the blocks is
allowed and ignored (RFC 7468 section 2), as openssl writes some there. The
DER inside is cryptography's to read.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass, field
from typing import Final

from jwttool.errors import MalformedError, raise_alone

_MARKER: Final = re.compile(rb"-----(?:BEGIN|END) ")
# All quantifiers are possessive: no run of characters is ever tried in two ways.
_BOUNDARY: Final = re.compile(rb"[ \t\r]*+-----(BEGIN|END) ([A-Z0-9 #]{1,64})-----[ \t\r]*+(?:\n|\Z)")
_BASE64_LINES: Final = re.compile(rb"(?:[ \t\r]*+[A-Za-z0-9+/]*+={0,2}+[ \t\r]*+\n)++")
# RFC 1421 headers, in the encrypted keys that openssl wrote before PKCS#8.
_LEGACY_HEADERS: Final = re.compile(rb"(?:[ \t]*+(?:Proc-Type|DEK-Info): [A-Za-z0-9,-]++[ \t\r]*+\n)++")
_UTF8_MARK: Final = b"\xef\xbb\xbf"
_WHITE_SPACE: Final = b" \t\r\n"
_LINE_LENGTH: Final = 64
"""Of base64, in what is handed on (RFC 7468 section 2)."""


@dataclass(frozen=True, slots=True)
class PemBlock:
    """One block: its label, the DER inside, and the same as text, in lines of 64 characters.

    ``legacy_encryption`` tells the RFC 1421 headers of a key encrypted the old
    way; its ``der`` is then ciphertext.
    """

    label: str
    der: bytes = field(repr=False)
    text: bytes = field(repr=False)
    legacy_encryption: bool = False


def looks_like_pem(data: bytes) -> bool:
    """Whether there is a PEM boundary in the data at all."""
    return b"-----BEGIN " in data


def pem_blocks(data: bytes) -> list[PemBlock]:
    """All blocks of a PEM file, in order.

    :raises MalformedError: for a foreign character inside a block, a boundary
        without its partner, or base64 that does not decode; naming the line.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise MalformedError("UTF-16 text where PEM belongs", hint="save the file as ASCII or UTF-8")
    data = data.removeprefix(_UTF8_MARK)  # as some editors put it before the first line
    blocks: list[PemBlock] = []
    begun: re.Match[bytes] | None = None
    for marker in _MARKER.finditer(data):
        boundary = _BOUNDARY.match(data, data.rfind(b"\n", 0, marker.start()) + 1)
        if boundary is None or (boundary[1] == b"BEGIN") is not (begun is None):
            raise MalformedError(
                f"line {_line(data, marker.start())}: a PEM boundary that is out of place or damaged"
            )
        if begun is None:
            begun = boundary
        elif boundary[2] == begun[2]:
            blocks.append(_block(begun, boundary))
            begun = None
        else:
            raise MalformedError(
                f"line {_line(data, marker.start())}: a PEM boundary that does not end the open block"
            )
    if begun is not None:
        raise MalformedError("a PEM block has no END line: the file is truncated")
    return blocks


def _line(data: bytes, position: int) -> int:
    return data.count(b"\n", 0, position) + 1


def _skip(pattern: re.Pattern[bytes], data: bytes, start: int, end: int) -> int:
    """Where the pattern ends that may begin at ``start``."""
    match = pattern.match(data, start, end)
    return start if match is None else match.end()


def _block(begin: re.Match[bytes], end: re.Match[bytes]) -> PemBlock:
    data, label = begin.string, begin[2]
    after_headers = _skip(_LEGACY_HEADERS, data, begin.end(), end.start())
    after_base64 = _skip(_BASE64_LINES, data, after_headers, end.start())
    if after_base64 != end.start():
        raise MalformedError(
            f"line {_line(data, after_base64)}: a foreign character inside a PEM block",
            hint="fetch the file again; a mail program or an editor may have changed it",
        )
    headers = data[begin.end() : after_headers]
    encoded = data[after_headers:after_base64].translate(None, _WHITE_SPACE)
    try:
        der = binascii.a2b_base64(encoded, strict_mode=True)
    except binascii.Error:
        raise_alone(
            MalformedError(
                f"the PEM block that ends at line {_line(data, end.end() - 1)} is not base64",
                hint="the file is damaged or truncated; fetch it again",
            )
        )
    lines = [line.strip(_WHITE_SPACE) for line in headers.splitlines()]
    if lines:
        lines.append(b"")  # RFC 1421 section 4.4: an empty line ends the headers
    lines += (encoded[start : start + _LINE_LENGTH] for start in range(0, len(encoded), _LINE_LENGTH))
    text = b"\n".join([b"-----BEGIN %b-----" % label, *lines, b"-----END %b-----" % label, b""])
    return PemBlock(label.decode("ascii"), der, text, legacy_encryption=bool(headers))
