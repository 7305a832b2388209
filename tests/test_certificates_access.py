"""The fields of a certificate: what is there, and what a hostile one gets us to raise."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from jwttool.certificates import access, days_left, group_by_key, refuse_outside_validity
from jwttool.errors import (
    CertificateExpiredError,
    CertificateNotYetValidError,
    MalformedError,
    UnsupportedError,
)
from tests import issue

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = issue.authority()
LEAF = ROOT.issue(issue.rsa_key())


def patched(certificate: x509.Certificate, old: bytes, new: bytes) -> x509.Certificate:
    """The certificate with bytes of its DER exchanged; its signature is then wrong."""
    der = issue.der(certificate)
    assert len(old) == len(new)
    assert old in der
    return x509.load_der_x509_certificate(der.replace(old, new))


def test_the_fields() -> None:
    assert access.subject(LEAF) == "CN=client.example,O=Example Oy,C=FI"
    assert access.issuer(LEAF) == "CN=Example Root CA,O=Example Oy,C=FI"
    assert access.not_before(LEAF) == issue.NOT_BEFORE
    assert access.not_after(LEAF) == issue.NOT_AFTER
    assert access.serial_number(LEAF) == "123456789abcdef"
    assert access.public_key(LEAF) == issue.rsa_key().public_key()
    assert access.is_authority(ROOT.certificate)
    assert not access.is_authority(LEAF)


def test_the_organization_identifier_is_named() -> None:
    name = x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATION_IDENTIFIER, "PSDFI-FINFSA-1")])

    assert access.subject(ROOT.issue(issue.rsa_key(), name)) == "organizationIdentifier=PSDFI-FINFSA-1"


@pytest.mark.parametrize("key", [issue.ed25519_key(), ec.generate_private_key(ec.SECP384R1())])
def test_a_key_of_another_kind_is_shown_but_not_taken(key: Any) -> None:
    certificate = ROOT.issue(key)

    assert access.any_public_key(certificate) == key.public_key()
    with pytest.raises(UnsupportedError):
        access.public_key(certificate)


def _bad_key() -> x509.Certificate:
    numbers = issue.ec_key().public_key().public_numbers()
    point = b"\x04" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
    return patched(ROOT.issue(issue.ec_key()), point, point[:-1] + bytes([point[-1] ^ 1]))


def _bad_subject() -> x509.Certificate:
    return patched(LEAF, b"client.example", b"client.ex\xff\xff\xff\xff\xff")


def _with_extension(oid: x509.ObjectIdentifier, value: bytes) -> x509.Certificate:
    return ROOT.issue(issue.rsa_key(), extensions=[x509.UnrecognizedExtension(oid, value)])


def _twice() -> x509.Certificate:
    """The same extension two times: an unknown one is renamed to the other."""
    one, other = x509.ObjectIdentifier("1.2.3.4.5"), x509.ObjectIdentifier("1.2.3.4.6")
    certificate = ROOT.issue(
        issue.rsa_key(), extensions=[x509.UnrecognizedExtension(oid, b"\x05\x00") for oid in (one, other)]
    )
    return patched(certificate, bytes.fromhex("2a030406"), bytes.fromhex("2a030405"))


@pytest.mark.parametrize(
    ("make", "read", "message"),
    [
        (_bad_key, access.public_key, "the public key of the certificate"),
        (_bad_subject, access.subject, "the subject of the certificate"),
        (_twice, access.extensions, "an extension of the certificate"),
        (
            lambda: _with_extension(x509.BasicConstraints.oid, b"\xff"),
            access.is_authority,
            "an extension of the certificate",
        ),
    ],
)
def test_a_damaged_part_is_our_error_when_it_is_touched(
    make: Callable[[], x509.Certificate], read: Callable[[x509.Certificate], object], message: str
) -> None:
    # A certificate is loaded whatever its parts hold; the other parts are fine.
    certificate = make()
    assert access.serial_number(certificate)

    with pytest.raises(MalformedError) as error:
        read(certificate)
    assert error.value.message == f"{message} cannot be read: it is damaged"
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__


def test_what_cryptography_warns_of_is_no_warning_here() -> None:
    # A name that is longer than X.520 allows.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        long_name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "x" * 70, _validate=False)])
        certificate = x509.load_der_x509_certificate(issue.der(ROOT.issue(issue.rsa_key(), long_name)))

    assert access.subject(certificate) == f"CN={'x' * 70}"  # here, warnings are errors


# --- validity -----------------------------------------------------------------

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    "at",
    [
        issue.NOT_BEFORE,
        issue.WITHIN,
        issue.NOT_AFTER,
        issue.NOT_AFTER + timedelta(microseconds=999_999),  # still the last second
    ],
)
def test_both_ends_belong_to_the_validity(at: datetime) -> None:
    refuse_outside_validity(LEAF, at)


def test_before_and_after_are_refused_with_their_dates() -> None:
    with pytest.raises(CertificateNotYetValidError) as early:
        refuse_outside_validity(LEAF, issue.NOT_BEFORE - SECOND)
    with pytest.raises(CertificateExpiredError) as late:
        refuse_outside_validity(LEAF, issue.NOT_AFTER + 90 * SECOND)

    assert early.value.message == (
        "the certificate is not valid before 2026-01-01T00:00:00Z, which is 1 s after 2025-12-31T23:59:59Z"
    )
    assert late.value.message == (
        "the certificate expired at 2027-12-31T23:59:59Z, which is 1 min 30 s before 2028-01-01T00:01:29Z"
    )
    assert early.value.hint
    assert late.value.hint


@pytest.mark.parametrize(
    ("at", "days"),
    [
        (issue.NOT_AFTER - timedelta(days=30), 30),
        (issue.NOT_AFTER - timedelta(days=30) + SECOND, 29),
        (issue.NOT_AFTER, 0),
        (issue.NOT_AFTER + SECOND, -1),
        (datetime(2028, 1, 31, tzinfo=UTC), -31),
    ],
)
def test_days_left(at: datetime, days: int) -> None:
    assert days_left(LEAF, at) == days


# --- one key ------------------------------------------------------------------


def test_files_are_grouped_by_their_key() -> None:
    mine, other = issue.rsa_key().public_key(), issue.rsa_key(1).public_key()
    labelled = [
        ("a.key", mine),
        ("b.crt", other),
        ("a.crt", access.any_public_key(LEAF)),
        ("c.key", issue.ed25519_key().public_key()),
        ("b.csr", other),
    ]

    assert group_by_key(labelled) == (("a.key", "a.crt"), ("b.crt", "b.csr"), ("c.key",))
    assert group_by_key([]) == ()
