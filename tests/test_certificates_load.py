"""Certificates out of files: every format, every wrong kind, every kind of damage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption as Best
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7, pkcs12
from hypothesis import given, settings
from hypothesis import strategies as st

from jwttool.certificates import CertificateFile, end_entity, load_certificates, needs_passphrase
from jwttool.encoding import Limit
from jwttool.errors import (
    AmbiguousError,
    JwtToolError,
    MalformedError,
    NoPassphraseError,
    TooLargeError,
    UnsupportedError,
    WrongKindError,
    WrongPassphraseError,
)
from jwttool.secret import Secret
from tests import issue
from tests.tools import run_tool

if TYPE_CHECKING:
    from pathlib import Path

ROOT = issue.authority()
ISSUING = ROOT.sub_authority()
LEAF = ISSUING.issue(issue.rsa_key())
OTHER_LEAF = ISSUING.issue(issue.rsa_key(1), "another.example")
LEAF_PEM = issue.pem(LEAF)
LEAF_DER = issue.der(LEAF)
PASSPHRASE = Secret(b"correct horse")


def bundle(*others: x509.Certificate) -> bytes:
    return pkcs12.serialize_key_and_certificates(
        b"signing", issue.rsa_key(), LEAF, others, Best(PASSPHRASE.reveal())
    )


# --- the formats --------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "form"),
    [
        (LEAF_PEM, "PEM"),
        (b"some words before\r\n" + LEAF_PEM.replace(b"\n", b"\r\n") + b"and after", "PEM"),
        (LEAF_PEM.replace(b" CERTIFICATE", b" X509 CERTIFICATE"), "PEM"),
        (LEAF_DER, "DER"),
        (pkcs7.serialize_certificates([LEAF], Encoding.PEM), "PKCS#7"),
        (pkcs7.serialize_certificates([LEAF], Encoding.DER), "PKCS#7"),
        (bundle(), "PKCS#12"),
    ],
)
def test_one_certificate_in_every_format(data: bytes, form: str) -> None:
    loaded = load_certificates(data, PASSPHRASE)

    assert loaded == CertificateFile((LEAF,), form, LEAF if form == "PKCS#12" else None)
    assert loaded.end_entity == LEAF
    assert loaded.chain == ()


def test_text_before_the_first_block_may_begin_like_a_sequence() -> None:
    # "0" is 0x30, the tag of a SEQUENCE.
    assert load_certificates(b"0 s:CN=client\n" + LEAF_PEM).certificates == (LEAF,)


@pytest.mark.parametrize(
    "data",
    [
        issue.pem(LEAF, ISSUING.certificate, ROOT.certificate),
        issue.pem(ROOT.certificate, ISSUING.certificate, LEAF),
        pkcs7.serialize_certificates([ROOT.certificate, LEAF, ISSUING.certificate], Encoding.DER),
        bundle(ROOT.certificate, ISSUING.certificate),
    ],
)
def test_the_end_entity_of_a_chain_in_any_order(data: bytes) -> None:
    loaded = load_certificates(data, PASSPHRASE)

    assert len(loaded.certificates) == 3
    assert loaded.end_entity == LEAF
    assert set(loaded.chain) == {ROOT.certificate, ISSUING.certificate}


def test_the_same_certificate_twice_is_one() -> None:
    assert load_certificates(LEAF_PEM + LEAF_PEM).certificates == (LEAF,)


def test_a_key_beside_the_certificate_is_passed_over() -> None:
    assert load_certificates(issue.key_pem(issue.rsa_key()) + LEAF_PEM).end_entity == LEAF


def test_a_lone_authority_is_the_one_that_is_meant() -> None:
    assert load_certificates(issue.pem(ROOT.certificate)).end_entity == ROOT.certificate


def test_a_self_signed_certificate_does_not_rule_itself_out() -> None:
    own = issue.certificate(issue.rsa_key(), "self.example")

    assert end_entity([own, ROOT.certificate]) == own


def test_an_issuer_without_basic_constraints_is_no_end_entity() -> None:
    # Version 1 roots, and hand-made CAs, have no basic constraints.
    key = issue.rsa_key(1)
    bare = issue.certificate(key, "Bare CA")
    leaf = issue.certificate(issue.rsa_key(), issuer=bare.subject, issuer_key=key)

    assert end_entity([bare, leaf]) == leaf


# --- not clear ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("certificates", "message"),
    [
        ((LEAF, OTHER_LEAF), "the file holds 2 certificates; 2 of them could be meant, of 2 subjects"),
        (
            (LEAF, ISSUING.issue(issue.rsa_key(1)), ROOT.certificate),
            "the file holds 3 certificates; 2 of them could be meant, all of one subject",
        ),
        (
            (ROOT.certificate, ISSUING.certificate),
            "the file holds 2 certificates, and all of them are authorities'",
        ),
    ],
)
def test_several_candidates_are_not_guessed_among(
    certificates: tuple[x509.Certificate, ...], message: str
) -> None:
    loaded = load_certificates(issue.pem(*certificates))

    with pytest.raises(AmbiguousError) as error:
        _ = loaded.end_entity
    assert error.value.message == message
    assert error.value.hint is not None


# --- PKCS#12 ------------------------------------------------------------------


def test_pkcs12_needs_its_passphrase() -> None:
    assert needs_passphrase(bundle())
    with pytest.raises(NoPassphraseError):
        load_certificates(bundle())
    with pytest.raises(WrongPassphraseError):
        load_certificates(bundle(), Secret(b"wrong"))


@pytest.mark.parametrize("data", [LEAF_PEM, LEAF_DER, b"", b"0", b"\x30\x03\x02\x01\x03", bundle()[:100]])
def test_nothing_else_is_asked_a_passphrase_for(data: bytes) -> None:
    assert not needs_passphrase(data)


# --- the wrong kind -----------------------------------------------------------

# As openssl encrypted keys before PKCS#8; what is inside is ciphertext.
LEGACY_PEM = (
    b"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n"
    b"c2VjcmV0\n-----END RSA PRIVATE KEY-----\n"
)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (issue.key_pem(issue.rsa_key()), "private key"),
        (issue.key_pem(issue.rsa_key(), b"secret"), "encrypted PKCS#8 private key"),
        (LEGACY_PEM, "an encrypted private key"),
        (issue.public_pem(issue.rsa_key()), "a public key"),
        (issue.request(issue.rsa_key()).public_bytes(Encoding.PEM), "a certificate request (CSR)"),
        (issue.request(issue.rsa_key()).public_bytes(Encoding.DER), "a certificate request (CSR)"),
        (issue.revocation_list(ROOT), "a list of revoked certificates (CRL)"),
        (b'{"kty": "RSA", "n": "AQAB", "e": "AQAB"}', "JSON"),
        (b"-----BEGIN DH PARAMETERS-----\nMAA=\n-----END DH PARAMETERS-----\n", "DH PARAMETERS"),
    ],
)
def test_something_else_is_named(data: bytes, words: str) -> None:
    with pytest.raises(WrongKindError) as error:
        load_certificates(data)
    assert words in error.value.message
    assert error.value.message.endswith("where a certificate belongs")
    assert error.value.hint


def test_a_trusted_certificate_of_openssl_is_named(tmp_path: Path) -> None:
    source, trusted = tmp_path / "a.pem", tmp_path / "b.pem"
    source.write_bytes(LEAF_PEM)
    run_tool("openssl", "x509", "-in", source, "-trustout", "-setalias", "name", "-out", trusted)

    with pytest.raises(UnsupportedError, match="trusted certificate"):
        load_certificates(trusted.read_bytes())


# --- damage -------------------------------------------------------------------


def _flip(data: bytes, position: int) -> bytes:
    return data[:position] + bytes([data[position] ^ 0xFF]) + data[position + 1 :]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the file is empty"),
        (b" \r\n\t", "the file is empty"),
        (LEAF_DER[:-1], ""),
        (LEAF_DER[:100], ""),
        (LEAF_DER + b"\n", ""),
        (LEAF_DER + LEAF_DER, ""),
        (_flip(LEAF_DER, 4), "damaged"),
        (LEAF_DER.replace(b"260101000000Z", b"261301000000Z"), "damaged"),  # the 13th month
        (LEAF_PEM[:-40], "truncated"),
        (LEAF_PEM.replace(b"-----END", b"-----BEGIN"), "boundary"),
        (LEAF_PEM[:60] + "ä".encode() + LEAF_PEM[61:], "foreign character"),
        (b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n", "certificate 1 of the file"),
        (
            LEAF_PEM + b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n",
            "certificate 2 of the file",
        ),
        (b"hello", "neither PEM nor DER"),
        (b"".join(LEAF_PEM.splitlines()[1:-1]), "base64 without a line"),
        (b"\xff\xfe" + LEAF_PEM.decode().encode("utf-16-le"), "neither PEM nor DER"),
        (b"-----BEGIN PKCS7-----\nMAA=\n-----END PKCS7-----\n", "PKCS#7"),
    ],
)
def test_damage_is_malformed_and_never_quoted(data: bytes, message: str) -> None:
    with pytest.raises(MalformedError) as error:
        load_certificates(data)
    assert message in error.value.message
    assert "hello" not in f"{error.value.message} {error.value.hint}"
    assert error.value.__cause__ is None


@pytest.mark.parametrize(
    ("data", "limit"),
    [
        (LEAF_PEM + b"\n" * Limit.CERTIFICATE, Limit.CERTIFICATE),
        (b"x" * (Limit.CERTIFICATE + 1), Limit.CERTIFICATE),
        (b"\x30\x84" + (Limit.CERTIFICATE).to_bytes(4, "big") + bytes(Limit.CERTIFICATE), Limit.CERTIFICATE),
    ],
)
def test_too_large_is_refused_by_its_size(data: bytes, limit: Limit) -> None:
    with pytest.raises(TooLargeError, match=f"{limit:,}"):
        load_certificates(data)


def test_a_large_der_file_that_is_no_bundle_is_refused() -> None:
    size = Limit.CERTIFICATE
    octets = b"\x04\x83" + size.to_bytes(3, "big") + bytes(size)
    data = b"\x30\x83" + len(octets).to_bytes(3, "big") + octets

    with pytest.raises(TooLargeError):
        load_certificates(data)


def test_a_pkcs7_without_certificates_says_so(tmp_path: Path) -> None:
    crl = tmp_path / "crl.pem"
    crl.write_bytes(issue.revocation_list(ROOT))
    data = run_tool("openssl", "crl2pkcs7", "-in", crl).stdout

    with pytest.raises(MalformedError, match="holds no certificates"):
        load_certificates(data)


@settings(max_examples=200)
@given(st.binary(max_size=400))
def test_random_bytes_raise_only_our_errors(data: bytes) -> None:
    with pytest.raises(JwtToolError):
        load_certificates(data, PASSPHRASE)


@settings(max_examples=300)
@given(
    st.sampled_from([LEAF_DER, LEAF_PEM, pkcs7.serialize_certificates([LEAF], Encoding.DER)]),
    st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 255)), min_size=1, max_size=5),
)
def test_mutations_raise_only_our_errors(data: bytes, changes: list[tuple[int, int]]) -> None:
    mutable = bytearray(data)
    for position, value in changes:
        mutable[position % len(mutable)] = value
    try:
        loaded = load_certificates(bytes(mutable), PASSPHRASE)
        _ = loaded.end_entity
    except JwtToolError:
        return
    assert loaded.certificates


# --- what openssl writes ------------------------------------------------------


def test_openssls_own_chain_and_pkcs7_are_read(tmp_path: Path) -> None:
    chain, bag = tmp_path / "chain.pem", tmp_path / "chain.p7b"
    chain.write_bytes(issue.pem(LEAF, ISSUING.certificate, ROOT.certificate))
    run_tool("openssl", "crl2pkcs7", "-nocrl", "-certfile", chain, "-out", bag)
    described = run_tool("openssl", "x509", "-in", chain, "-text").stdout

    assert load_certificates(bag.read_bytes()).end_entity == LEAF
    assert load_certificates(described).end_entity == LEAF  # text before the block


def test_openssls_pkcs12_is_read(tmp_path: Path) -> None:
    key, chain, out = tmp_path / "k.pem", tmp_path / "c.pem", tmp_path / "b.p12"
    key.write_bytes(issue.key_pem(issue.rsa_key()))
    chain.write_bytes(issue.pem(LEAF, ISSUING.certificate))
    run_tool("openssl", "pkcs12", "-export", "-inkey", key, "-in", chain, "-out", out, "-passout", "pass:x")

    loaded = load_certificates(out.read_bytes(), Secret(b"x"))
    assert loaded.end_entity == LEAF
    assert loaded.chain == (ISSUING.certificate,)


# --- refused early ------------------------------------------------------------


EMPTY_PEM = b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        (EMPTY_PEM * 1001, TooLargeError, "more than the limit of 1,000 certificates"),
        (LEAF_PEM.replace(b"CERTIFICATE", b"PKCS7") * 2, AmbiguousError, "several PKCS#7 structures"),
    ],
)
def test_many_or_hostile_certificates_are_refused_before_they_are_read(
    data: bytes, error: type[JwtToolError], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[bytes] = []
    load = x509.load_der_x509_certificate

    def counting(der: bytes) -> x509.Certificate:
        parsed.append(der)
        return load(der)

    monkeypatch.setattr(x509, "load_der_x509_certificate", counting)

    with pytest.raises(error) as raised:
        load_certificates(data)
    assert message in raised.value.message
    assert len(parsed) <= 2  # once as a DER certificate, and once the first that is inside
