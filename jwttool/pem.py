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

from jwttool.errors import MalformedError

_BOUNDARY: Final = re.compile(rb"-----(BEGIN|END) ([A-Z0-9 #]{1,64})-----")
# RFC 1421 headers, in the encrypted keys that openssl wrote before PKCS#8.
_LEGACY_HEADER: Final = re.compile(rb"(?:Proc-Type|DEK-Info): [A-Za-z0-9,-]+")


@dataclass(frozen=True, slots=True)
class PemBlock:
    """One block: its label, the DER inside, and the text to hand on as it was.

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
    blocks: list[PemBlock] = []
    label: bytes | None = None
    body: list[bytes] = []
    for number, raw in enumerate(data.split(b"\n"), start=1):
        line = raw.strip(b" \t\r")
        boundary = _BOUNDARY.fullmatch(line)
        if label is None:
            if boundary is not None and boundary[1] == b"BEGIN":
                label, body = boundary[2], []
            elif b"-----BEGIN" in line or b"-----END" in line:
                raise MalformedError(f"line {number}: a PEM boundary that is out of place or damaged")
        elif boundary is None:
            body.append(_body_line(line, number))
        elif boundary[1] == b"END" and boundary[2] == label:
            blocks.append(_block(label, body, number))
            label = None
        else:
            raise MalformedError(f"line {number}: a PEM boundary that does not end the open block")
    if label is not None:
        raise MalformedError("a PEM block has no END line: the file is truncated")
    return blocks


def _body_line(line: bytes, number: int) -> bytes:
    if _BASE64_LINE.fullmatch(line) or _LEGACY_HEADER.fullmatch(line):
        return line
    raise MalformedError(
        f"line {number}: a foreign character inside a PEM block",
        hint="fetch the file again; a mail program or an editor may have changed it",
    )


_BASE64_LINE: Final = re.compile(rb"[A-Za-z0-9+/]*={0,2}")


def _block(label: bytes, body: list[bytes], number: int) -> PemBlock:
    headers = [line for line in body if b":" in line]
    if headers and body[: len(headers)] != headers:
        raise MalformedError(f"a header in the middle of the PEM block that ends at line {number}")
    try:
        der = binascii.a2b_base64(b"".join(body[len(headers) :]), strict_mode=True)
    except binascii.Error:
        raise MalformedError(
            f"the PEM block that ends at line {number} is not base64",
            hint="the file is damaged or truncated; fetch it again",
        ) from None
    text = b"\n".join([b"-----BEGIN %b-----" % label, *body, b"-----END %b-----" % label, b""])
    return PemBlock(label.decode("ascii"), der, text, legacy_encryption=bool(headers))
