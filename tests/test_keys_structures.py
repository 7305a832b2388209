"""DER as cryptography reads it, and what a file is by the structures that are declared."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, pkcs7
from hypothesis import given
from hypothesis import strategies as st

from jwttool.errors import MalformedError
from jwttool.keys import structures
from jwttool.keys.sources import Kind, recognise_der
from tests import issue
from tests import keys_material as material
from tests.tools import run_tool

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the DER structure is truncated"),
        (b"\x30", "the DER structure is truncated"),
        (b"\x30\x01", "the DER structure is truncated"),
        (b"\x30\x82\x01", "the DER structure is truncated"),
        (b"\x30\x84\xff\xff\xff\xff", "the DER structure is truncated"),
        (b"\x30\x00\x05\x00", "there is something after the end of the DER structure"),
        (b"\x30\x02\x05\x00\n", "there is something after the end of the DER structure"),
        (b"\x30\x80\x05\x00\x00\x00", "a BER structure, where DER belongs"),
        (b"\x30\x81\x02\x05\x00", "a BER structure, where DER belongs"),
        (b"\x1f\x01\x00", "no DER structure"),
    ],
)
def test_what_is_not_one_der_element(data: bytes, reason: str) -> None:
    for read in (structures.whole, recognise_der):
        with pytest.raises(MalformedError) as refused:
            read(data)
        assert refused.value.message == reason
        assert refused.value.__context__ is None


@pytest.mark.parametrize(
    ("contents", "words"),
    [
        (b"\x02\x01\x03", "openssl pkcs12"),
        (b"\x06\x01\x00", "openssl pkcs7"),
        (b"\x30\x01\x00", "certificates and requests are always DER"),
        (b"\x02\x01\x00", "certificates and requests are always DER"),
    ],
)
@pytest.mark.parametrize("start", [b"\x30\x80", b"\x30\x81\x03"], ids=["indefinite", "long"])
def test_the_hint_about_ber_fits_the_file(start: bytes, contents: bytes, words: str) -> None:
    end = b"\0\0" if start == b"\x30\x80" else b""
    with pytest.raises(MalformedError) as refused:
        structures.whole(start + contents + end)
    assert refused.value.message == "a BER structure, where DER belongs"
    assert words in (refused.value.hint or "")


def test_the_library_gives_back_what_it_read() -> None:
    element = structures.whole(b"\x30\x02\x05\x00")
    assert (element.tag_bytes, bytes(element.data)) == (b"\x30", b"\x05\x00")


def test_every_private_form_is_recognised(
    rsa_key: rsa.RSAPrivateKey, ec_key: ec.EllipticCurvePrivateKey
) -> None:
    for key in (rsa_key, ec_key):
        traditional = Kind.PKCS1 if isinstance(key, rsa.RSAPrivateKey) else Kind.SEC1
        assert recognise_der(material.pkcs8_der(key)) is Kind.PKCS8
        assert recognise_der(material.traditional_der(key)) is traditional
        assert recognise_der(material.spki_der(key)) is Kind.PUBLIC
    assert recognise_der(material.pkcs8_der(issue.ed25519_key())) is Kind.PKCS8
    assert recognise_der(material.encrypted_key(material.scrypt(2))) is Kind.ENCRYPTED_PKCS8
    assert recognise_der(material.pfx()) is Kind.PKCS12
    assert recognise_der(material.pfx(mac=material.mac(1))) is Kind.PKCS12


@pytest.mark.parametrize("options", [(), ("-no_public",), ("-param_enc", "explicit")])
def test_an_ec_key_in_every_spelling_of_openssl(
    ec_key: ec.EllipticCurvePrivateKey, options: tuple[str, ...]
) -> None:
    command = ("openssl", "ec", "-outform", "DER", *options)
    assert recognise_der(run_tool(*command, stdin=issue.key_pem(ec_key)).stdout) is Kind.SEC1


def test_an_rsa_key_of_more_than_two_primes() -> None:
    made = run_tool("openssl", "genrsa", "-primes", "3", "2048").stdout
    der = run_tool("openssl", "rsa", "-traditional", "-outform", "DER", stdin=made).stdout
    assert recognise_der(der) is Kind.PKCS1


def test_every_public_form_is_recognised(rsa_key: rsa.RSAPrivateKey) -> None:
    certificate = issue.certificate(rsa_key)
    revocations = run_tool(
        "openssl", "crl", "-outform", "DER", stdin=issue.revocation_list(issue.authority())
    )
    for data, kind in (
        (rsa_key.public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1), Kind.PKCS1_PUBLIC),
        (issue.der(certificate), Kind.CERTIFICATE),
        (issue.der(issue.request(rsa_key)), Kind.REQUEST),
        (revocations.stdout, Kind.REVOCATIONS),
        (pkcs7.serialize_certificates([certificate], Encoding.DER), Kind.PKCS7),
    ):
        assert recognise_der(data) is kind


@pytest.mark.parametrize(
    "data",
    [
        material.sequence(),
        material.sequence(material.NULL),
        material.sequence(material.sequence(), material.sequence(), material.tlv(0x03, b"\0")),
        material.sequence(*[material.integer(1)] * 3),
        material.octets(b"x"),
        b"\x05\x00",
    ],
)
def test_an_unknown_shape_is_unknown(data: bytes) -> None:
    assert recognise_der(data) is Kind.UNKNOWN


def test_a_kind_is_not_told_by_half_of_its_structure(rsa_key: rsa.RSAPrivateKey) -> None:
    numbers = [material.integer(n) for n in range(9)]
    assert recognise_der(material.sequence(*numbers)) is Kind.PKCS1
    assert recognise_der(material.sequence(*numbers[:8])) is Kind.UNKNOWN
    assert recognise_der(material.sequence(*numbers, material.NULL, material.NULL)) is Kind.UNKNOWN
    certificate = issue.der(issue.certificate(rsa_key))
    damaged = certificate.replace(b"260101000000Z", b"261301000000Z")  # the 13th month
    assert recognise_der(certificate) is Kind.CERTIFICATE
    assert certificate != damaged
    assert recognise_der(damaged) is Kind.UNKNOWN


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for prefix in (b"", b"\x30"):
        with suppress(MalformedError):
            recognise_der(prefix + data)
    recognise_der(material.sequence(data))  # DER it is, so there is an answer


@pytest.mark.parametrize("depth", [10, 3_000])
def test_deep_nesting_is_not_followed(depth: int) -> None:
    nested = b""
    for _ in range(depth):
        nested = material.sequence(nested)
    assert recognise_der(nested) is Kind.UNKNOWN
