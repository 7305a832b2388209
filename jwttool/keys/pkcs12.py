"""PKCS#12 files: a private key with its certificates (RFC 7292)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import PrivateFormat, pkcs12

from jwttool.encoding import check_size
from jwttool.errors import (
    JwtToolError,
    KeyMismatchError,
    MalformedError,
    NoPassphraseError,
    UnsupportedError,
    UsageError,
    WrongPassphraseError,
    raise_alone,
)
from jwttool.keys.boundary import library
from jwttool.keys.encryption import NAME_A_SOURCE, usable_passphrase
from jwttool.keys.kinds import CURVES, is_rsa, same_public_key, supported_private
from jwttool.keys.pbe import PBKDF2_ROUNDS
from jwttool.keys.pfx import read_outline
from jwttool.keys.sources import PKCS12_LIMIT

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from cryptography.x509 import Certificate

    from jwttool.keys.kinds import PrivateKey
    from jwttool.keys.pfx import PfxOutline
    from jwttool.secret import Secret


@dataclass(frozen=True, slots=True)
class Pkcs12Contents:
    """What was in the file: a private key, the certificate that holds it, and other certificates."""

    private_key: PrivateKey | None
    certificate: Certificate | None
    others: tuple[Certificate, ...]


def load_pkcs12(
    data: bytes, passphrase: Secret | None, *, curves: Collection[str] = CURVES
) -> Pkcs12Contents:
    """Open a PKCS#12 file.

    The empty passphrase, with which some programs make files that have no
    secret, has to be given like any other: none is ever tried that was not.
    What opening costs is judged beforehand by what the file shows. Rounds inside
    an encrypted part are seen, and run, only with that part's passphrase.

    :raises NoPassphraseError: when anything in it is protected and there is none.
    :raises WrongPassphraseError: when the passphrase does not open it.
    :raises UnsupportedError: when opening it would cost too much, or it holds a
        key of another type.
    :raises AmbiguousError: when it holds several private keys.
    :raises MalformedError: when it is damaged, or BER, which the library is about to refuse.
    """
    check_size(data, PKCS12_LIMIT, "the PKCS#12 file")
    outline = read_outline(data)
    outline.refuse_excess()
    outline.refuse_several_keys()
    secret, fault = _secret(outline, passphrase)
    with library(fault):
        opened = pkcs12.load_pkcs12(data, secret)
    return Pkcs12Contents(
        None if opened.key is None else supported_private(opened.key, curves),
        None if opened.cert is None else opened.cert.certificate,
        tuple(entry.certificate for entry in opened.additional_certs),
    )


def _secret(outline: PfxOutline, passphrase: Secret | None) -> tuple[bytes | None, JwtToolError]:
    """What to open the file with, and what it means when the library cannot."""
    if not outline.needs_passphrase:
        return None, MalformedError("the PKCS#12 file is damaged")
    if passphrase is None:
        raise NoPassphraseError("the PKCS#12 file needs a passphrase", hint=NAME_A_SOURCE)
    fault = WrongPassphraseError("the passphrase does not open the PKCS#12 file, or the file is damaged")
    return _usable(passphrase, fault), fault


def _usable(passphrase: Secret, fault: JwtToolError) -> bytes:
    secret = passphrase.reveal()
    # RFC 7292 appendix B.1 makes UTF-16 of it, with a NUL at its end: what is
    # no UTF-8, or holds a NUL, opens nothing. cryptography panics on the one,
    # printing the passphrase, and loses its way on the other.
    try:
        secret.decode("utf-8")
    except UnicodeDecodeError:
        raise_alone(fault)
    if b"\0" in secret:
        raise fault
    return secret


def _holds(certificate: Certificate, key: PrivateKey) -> bool:
    """Whether a certificate holds the public half of a key. A broken one holds none."""
    try:
        with library(MalformedError("no key")):
            public = certificate.public_key()
    except JwtToolError:
        return False
    return same_public_key(public, key.public_key())


def write_pkcs12(
    key: PrivateKey,
    certificate: Certificate,
    chain: Sequence[Certificate],
    passphrase: Secret,
    friendly_name: str | None,
) -> bytes:
    """A PKCS#12 file (DER) that openssl 3 and Java's keytool read.

    AES-256-CBC under PBES2 with PBKDF2-HMAC-SHA256 and :data:`PBKDF2_ROUNDS`
    rounds. The MAC is HMAC-SHA256 with 2,048 rounds: cryptography offers no
    choice. A guess of the passphrase can be tried against the MAC, so those
    rounds are all that slows it down: take a long random passphrase.

    :raises UsageError: for a passphrase that is empty, too long or not ASCII
        (Java takes no other).
    :raises KeyMismatchError: when the certificate does not hold the key.
    :raises UnsupportedError: for a key that cannot be exported.
    """
    secret = usable_passphrase(passphrase)
    if not secret.isascii():
        raise UsageError(
            "the passphrase of a PKCS#12 file may hold ASCII characters alone",
            hint="Java reads no PKCS#12 file of this kind with another",
        )
    if not _holds(certificate, key):
        raise KeyMismatchError(
            "the certificate does not hold this key",
            hint="`jwttool cert match` says which files belong together",
        )
    encryption = (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(PBKDF2_ROUNDS)
        .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
        .hmac_hash(hashes.SHA256())
        .build(secret)
    )
    name = None if friendly_name is None else friendly_name.encode("utf-8", "replace")
    kind = "RSA" if is_rsa(key) else "EC"
    with library(
        UnsupportedError(f"this {kind} private key cannot be exported", hint="a key in a token stays there")
    ):
        return pkcs12.serialize_key_and_certificates(name, key, certificate, chain, encryption)
