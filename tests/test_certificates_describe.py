"""What a certificate says of itself, as values."""

from __future__ import annotations

import base64
import ipaddress

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from jwttool.certificates import KeyDescription, describe_certificate, describe_key, fingerprints
from jwttool.certificates.describe import RequestedUse
from jwttool.certificates.usages import EXTENDED_KEY_USAGES, KEY_USAGES, key_usage_names
from tests import issue

ROOT = issue.authority()
USAGE = x509.KeyUsage(
    digital_signature=True,
    content_commitment=True,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=False,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)
NAMES = x509.SubjectAlternativeName(
    [
        x509.DNSName("a.example"),
        x509.RFC822Name("ops@a.example"),
        x509.UniformResourceIdentifier("https://a.example/"),
        x509.IPAddress(ipaddress.ip_address("192.0.2.1")),
        x509.DirectoryName(issue.name("directory")),
        x509.RegisteredID(x509.ObjectIdentifier("1.2.3")),
        x509.OtherName(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00"),
    ]
)
EXTENDED = x509.ExtendedKeyUsage(
    [
        x509.ObjectIdentifier("1.3.6.1.5.5.7.3.2"),
        x509.ObjectIdentifier("1.2.3.4"),
    ]
)


def test_everything_that_a_certificate_says() -> None:
    certificate = ROOT.issue(issue.rsa_key(), extensions=[USAGE, EXTENDED, NAMES])

    described = describe_certificate(certificate)

    assert described.subject == "CN=client.example,O=Example Oy,C=FI"
    assert described.issuer == "CN=Example Root CA,O=Example Oy,C=FI"
    assert described.self_issued is False
    assert described.serial_number == "123456789abcdef"
    assert (described.not_before, described.not_after) == (issue.NOT_BEFORE, issue.NOT_AFTER)
    assert described.key == KeyDescription("RSA", 2048, exponent=65537)
    assert described.signature_algorithm == "sha256WithRSAEncryption"
    assert described.use == RequestedUse(
        key_usage=("digitalSignature", "nonRepudiation"),
        extended_key_usage=("clientAuth", "1.2.3.4"),
        alternative_names=(
            "DNS:a.example",
            "email:ops@a.example",
            "URI:https://a.example/",
            "IP:192.0.2.1",
            "dirName:CN=directory,O=Example Oy,C=FI",
            "RID:1.2.3",
            "otherName:1.2.3.4",
        ),
    )
    assert described.is_authority is None
    assert described.fingerprints == fingerprints(certificate)
    assert base64.b64decode(described.header_value, validate=True) == issue.der(certificate)
    assert described.faults == ()


def test_an_authority_that_is_self_issued() -> None:
    described = describe_certificate(ROOT.certificate)

    assert described.self_issued is True
    assert described.is_authority is True
    assert described.path_length is None
    assert described.use == RequestedUse(key_usage=None, extended_key_usage=None, alternative_names=())


def test_a_damaged_extension_does_not_hide_the_rest() -> None:
    damaged = x509.UnrecognizedExtension(x509.KeyUsage.oid, b"\xff")

    described = describe_certificate(ROOT.issue(issue.rsa_key(), extensions=[damaged]))

    assert described.faults == ("an extension of the certificate cannot be read: it is damaged",)
    assert described.use is None
    assert described.subject == "CN=client.example,O=Example Oy,C=FI"
    assert described.fingerprints["sha1"]


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (issue.rsa_key(), "RSA, 2,048 bits"),
        (issue.ec_key(), "EC, P-256"),
        (ec.generate_private_key(ec.SECP384R1()), "EC, P-384"),
        (ec.generate_private_key(ec.SECP256K1()), "EC, secp256k1"),
        (issue.ed25519_key(), "Ed25519"),
    ],
)
def test_keys_in_words(
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey, words: str
) -> None:
    assert str(describe_key(key.public_key())) == words


def test_what_only_has_a_meaning_with_key_agreement() -> None:
    bits = dict.fromkeys(KEY_USAGES, False) | {"key_agreement": True, "decipher_only": True}

    assert key_usage_names(x509.KeyUsage(**bits)) == ("keyAgreement", "decipherOnly")


def test_the_identifiers_of_extended_usages() -> None:
    named = {name: oid for name, (oid, _) in EXTENDED_KEY_USAGES.items() if name != "any"}

    assert named == {name: getattr(ExtendedKeyUsageOID, name.upper()).dotted_string for name in named}
    assert EXTENDED_KEY_USAGES["any"][0] == ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE.dotted_string
