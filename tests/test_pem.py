"""PEM, read strictly: every block as it is, or no block at all."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from hypothesis import given
from hypothesis import strategies as st

from jwttool.errors import MalformedError
from jwttool.pem import PemBlock, looks_like_pem, pem_blocks
from tests import issue
from tests.hostile import CANARY, little_memory, no_hanging, refusal
from tests.tools import run_tool

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

BODY = b"MAoGCCqGSM49BAMCAwcAMEQCIAAA"
BLOCK = b"-----BEGIN X-----\n" + BODY + b"\n-----END X-----\n"
DER = base64.b64decode(BODY)


def only(data: bytes) -> PemBlock:
    (block,) = pem_blocks(data)
    return block


# --- what is accepted ---------------------------------------------------------


def test_a_block() -> None:
    block = only(BLOCK)
    assert (block.label, block.der, block.text, block.legacy_encryption) == ("X", DER, BLOCK, False)


@pytest.mark.parametrize(
    "data",
    [
        BLOCK[:-1],
        BLOCK.replace(b"\n", b"\r\n"),
        BLOCK.replace(b"\n", b" \t\r\n"),
        BLOCK.replace(b"\n", b"\n  "),
        BLOCK.replace(b"\nM", b"\n\nM"),
        b"\n" + BLOCK,
        b"\n\n" + BLOCK + b"\n\n",
        b"subject=CN = Example\nissuer=-----\n" + BLOCK + b"trailing \xff\x00 bytes",
        b"-----BEGIN X-----\n"
        + b"".join(BODY[i : i + 1] + b"\n" for i in range(len(BODY)))
        + b"-----END X-----",
    ],
    ids=[
        "no newline",
        "CRLF",
        "spaces",
        "indented",
        "empty line",
        "line before",
        "empty lines",
        "text",
        "short lines",
    ],
)
def test_white_space_and_text_outside_do_not_matter(data: bytes) -> None:
    assert only(data) == PemBlock("X", DER, BLOCK)


def test_several_blocks_in_their_order() -> None:
    other = BLOCK.replace(b" X-", b" PRIVATE KEY-")
    assert [block.label for block in pem_blocks(BLOCK + other + BLOCK)] == ["X", "PRIVATE KEY", "X"]


def test_what_looks_like_pem() -> None:
    assert looks_like_pem(b"text\n" + BLOCK)
    assert not looks_like_pem(BLOCK.replace(b"BEGIN", b"BEGUN"))
    assert not looks_like_pem(b"")


def test_no_blocks() -> None:
    assert pem_blocks(b"") == []
    assert pem_blocks(b"---- BEGIN X ----\nnothing\n") == []


def test_a_block_with_nothing_inside() -> None:
    assert only(b"-----BEGIN X-----\n-----END X-----\n").der == b""


LEGACY = (
    b"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,0123456789ABCDEF\n\n"
    + BODY
    + b"\n-----END RSA PRIVATE KEY-----\n"
)


def test_the_headers_of_an_old_encrypted_key_are_told_and_kept() -> None:
    assert only(LEGACY) == PemBlock("RSA PRIVATE KEY", DER, LEGACY, legacy_encryption=True)
    assert only(LEGACY.replace(b"\n", b"\r\n")).text == LEGACY


@given(st.binary(min_size=1), st.sampled_from(["CERTIFICATE", "PRIVATE KEY", "X509 CRL", "PKCS7", "X #9"]))
def test_every_der_there_and_back(der: bytes, label: str) -> None:
    text = (
        f"-----BEGIN {label}-----\n".encode() + base64.encodebytes(der) + f"-----END {label}-----\n".encode()
    )
    block = only(text)
    assert (block.label, block.der) == (label, der)
    assert only(block.text) == block
    assert max(map(len, block.text.splitlines()[1:-1])) <= 64


def test_cryptography_reads_what_it_says_and_says_what_it_reads(rsa_key: RSAPrivateKey) -> None:
    private = only(rsa_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    assert private.der == rsa_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    loaded = load_pem_private_key(private.text, None)
    assert loaded.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()) == private.der
    public = only(rsa_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    assert load_pem_public_key(public.text) == rsa_key.public_key()
    certificate = issue.certificate(rsa_key)
    block = only(certificate.public_bytes(Encoding.PEM))
    assert block.der == certificate.public_bytes(Encoding.DER)
    assert x509.load_pem_x509_certificate(block.text) == certificate


@pytest.mark.parametrize("arguments", [["-traditional", "-aes-128-cbc"], ["-aes-256-cbc"], []], ids=" ".join)
def test_openssl_reads_what_was_handed_on(
    arguments: list[str], rsa_key: RSAPrivateKey, tmp_path: Path
) -> None:
    plain = rsa_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    secret = ["-passout", "pass:open"] if arguments else []
    written = run_tool("openssl", "pkey", *arguments, *secret, stdin=plain).stdout
    block = only(written.replace(b"\n", b" \r\n"))
    assert block.legacy_encryption is ("-traditional" in arguments)
    (tmp_path / "key").write_bytes(block.text)
    read = run_tool("openssl", "pkey", "-in", tmp_path / "key", "-passin", "pass:open").stdout
    assert load_pem_private_key(read, None).public_key() == rsa_key.public_key()


# --- what is refused ----------------------------------------------------------

OUT_OF_PLACE = "a PEM boundary that is out of place or damaged"
FOREIGN = "a foreign character inside a PEM block"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        # The boundaries.
        (b"-----BEGIN X-----\n", b"", f"line 2: {OUT_OF_PLACE}"),
        (b"-----END X-----\n", b"", "a PEM block has no END line: the file is truncated"),
        (
            b"-----END X-----\n",
            b"-----END Y-----\n",
            "line 3: a PEM boundary that does not end the open block",
        ),
        (b"-----END X-----\n", b"-----BEGIN X-----\n", f"line 3: {OUT_OF_PLACE}"),
        (b"-----BEGIN X-----\n", b"-----BEGIN X----\n", f"line 1: {OUT_OF_PLACE}"),
        (b"-----BEGIN X-----\n", b"-----BEGIN X-----AA\n", f"line 1: {OUT_OF_PLACE}"),
        (b"-----BEGIN X-----\n", b"- -----BEGIN X-----\n", f"line 1: {OUT_OF_PLACE}"),
        (b"-----BEGIN X-----\n", b"-----BEGIN x-----\n", f"line 1: {OUT_OF_PLACE}"),
        (b"-----BEGIN X-----\n", b"-----BEGIN X\x1b[31m-----\n", f"line 1: {OUT_OF_PLACE}"),
        (b"-----BEGIN X-----\n", b"-----BEGIN " + b"X" * 65 + b"-----\n", f"line 1: {OUT_OF_PLACE}"),
        (b"-----BEGIN X-----\n", b"-----BEGIN X-----\r", f"line 1: {OUT_OF_PLACE}"),
        (b"-----END X-----\n", b"-----END X----\n", f"line 3: {OUT_OF_PLACE}"),
        (b"\n-----END", b"-----END", f"line 2: {OUT_OF_PLACE}"),
        # What is inside.
        (b"MAoG", b"MA!oG", f"line 2: {FOREIGN}"),
        (b"MAoG", b"MA oG", f"line 2: {FOREIGN}"),
        (b"MAoG", b"MA-_G", f"line 2: {FOREIGN}"),
        (b"MAoG", b"MA\0oG", f"line 2: {FOREIGN}"),
        (b"MAoG", b"MA\xc3\xa9G", f"line 2: {FOREIGN}"),
        (b"MAoG", b"MA\x0boG", f"line 2: {FOREIGN}"),
        (b"MAoG", b"MA\n#comment\noG", f"line 3: {FOREIGN}"),
        (b"IAAA", b"IA==A", f"line 2: {FOREIGN}"),
        (b"IAAA", b"IA===", f"line 2: {FOREIGN}"),
        (b"IAAA", b"IA==\nAAAA", "the PEM block that ends at line 4 is not base64"),
        (b"IAAA", b"IAA", "the PEM block that ends at line 3 is not base64"),
        (b"IAAA", b"IA=", "the PEM block that ends at line 3 is not base64"),
        (BODY, b"=", "the PEM block that ends at line 3 is not base64"),
        # Headers, which only old keys have, at their start.
        (b"MAoG", b"Comment: none\nMAoG", f"line 2: {FOREIGN}"),
        (b"IAAA", b"\nDEK-Info: AES-256-CBC,00\nIAAA", f"line 3: {FOREIGN}"),
        (b"MAoG", b"DEK-Info: AES\x1b\nMAoG", f"line 2: {FOREIGN}"),
        (b"MAoG", b"\nDEK-Info: AES\nMAoG", f"line 3: {FOREIGN}"),
    ],
)
def test_one_thing_that_is_wrong(old: bytes, new: bytes, message: str) -> None:
    assert BLOCK.count(old) == 1
    assert refusal(MalformedError, lambda: pem_blocks(BLOCK.replace(old, new))).message == message


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_is_named(encoding: str) -> None:
    error = refusal(MalformedError, lambda: pem_blocks(("\ufeff" + BLOCK.decode()).encode(encoding)))
    assert error.message == "UTF-16 text where PEM belongs"
    assert error.hint == "save the file as ASCII or UTF-8"


def test_a_fault_in_any_block_refuses_the_file() -> None:
    pem_blocks(BLOCK + BLOCK)
    bad = b"\n" + BLOCK + b"text\n" + BLOCK.replace(b"MAoG", b"MA!G")
    assert refusal(MalformedError, lambda: pem_blocks(bad)).message == f"line 7: {FOREIGN}"


@pytest.mark.parametrize(
    "data",
    [
        BLOCK.replace(b"MAoG", b"hunter2!"),
        BLOCK.replace(b"IAAA", b"hunter2"),
        BLOCK.replace(b"END X", b"END HUNTER2"),
        BLOCK.replace(b"END X", b"END hunter2"),
    ],
)
def test_what_is_refused_is_not_repeated(data: bytes) -> None:
    error = refusal(MalformedError, lambda: pem_blocks(data), "hunter2")
    assert "HUNTER2" not in error.message
    assert CANARY not in repr(pem_blocks(BLOCK.replace(b" X-", b" PRIVATE KEY-")))


def test_a_block_does_not_show_its_bytes() -> None:
    assert repr(only(BLOCK)) == "PemBlock(label='X', legacy_encryption=False)"


PIECES = st.sampled_from(
    [
        *(b"-----BEGIN X-----", b"-----END X-----", b"-----BEGIN Y-----", b"-----END Y-----", b"-----BEGIN "),
        *(
            b"\n",
            b"\n",
            b"\n",
            b"\r\n",
            b" ",
            b"QUJD",
            b"QUI=",
            b"=",
            b"DEK-Info: A",
            b"!",
            b"\xff",
            b"-----",
        ),
    ]
)


@given(st.lists(PIECES | st.binary(max_size=3)).map(b"".join) | st.binary())
def test_whatever_the_bytes_are_they_are_refused_or_read_as_simply_as_possible(data: bytes) -> None:
    try:
        blocks = pem_blocks(data)
    except MalformedError:
        return
    # A reader of the simplest kind finds the same in what was accepted.
    simple = re.findall(rb"-----BEGIN ([^-]+)-----\s(.*?)-----END \1-----", data, re.DOTALL)
    assert [(block.label.encode(), block.der) for block in blocks if not block.legacy_encryption] == [
        (label, base64.b64decode(re.sub(rb"\s", b"", body), validate=True))
        for label, body in simple
        if b":" not in body
    ]
    assert looks_like_pem(data) or not blocks


MEGABYTE = 1024 * 1024
BEGIN, END = b"-----BEGIN X-----\n", b"-----END X-----\n"


@pytest.mark.parametrize(
    "data",
    [
        BEGIN + b"\n" * MEGABYTE,
        BEGIN + b"\n" * MEGABYTE + b"!\n" + END,
        BEGIN + b" " * MEGABYTE + b"!\n" + END,
        BEGIN + b" \t" * MEGABYTE + b"\n!\n" + END,
        BEGIN + b"=" * MEGABYTE + b"\n" + END,
        BEGIN + b"A" * MEGABYTE + b"A\n" + END,
        BEGIN + b"DEK-Info: A\n" * 80_000 + b"!\n" + END,
        BEGIN + b"DEK-Info: " + b"A" * MEGABYTE + b"!\n" + END,
        b"-----BEGIN " * 90_000,
        b"-----BEGIN " + b"X" * MEGABYTE + b"-----\n",
        b"\n" * MEGABYTE + b"-----END X-----",
        b" " * MEGABYTE + b"-----END X-----",
        b"-" * MEGABYTE + b"BEGIN ",
        (BEGIN + END) * 20_000 + BEGIN,
    ],
    ids=lambda data: f"{data[18:30]!r}..{data[-20:-10]!r}",
)
def test_a_bomb_is_refused_at_once(data: bytes) -> None:
    with no_hanging(), little_memory():
        refusal(MalformedError, lambda: pem_blocks(data))


def test_an_editors_byte_order_mark_before_the_first_block_is_passed_over() -> None:
    text = b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"
    assert pem_blocks(b"\xef\xbb\xbf" + text) == pem_blocks(text)
    with pytest.raises(MalformedError):
        pem_blocks(b"\xef\xbb\xbf\xef\xbb\xbf" + text)
