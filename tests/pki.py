"""Test CAs: chains and CRLs in every shape, sound ones and odd ones.

A :class:`Node` is a certificate with its key. Every parameter of :func:`issue`
has the value that a sound chain has, so that a case names the one thing that is
different. EC keys, because they are quick to make and to sign with.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from tests import issue as keys
from tests.tools import run_tool

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.padding import PSS

AT: Final = datetime(2026, 6, 16, 12, 0, 0, tzinfo=UTC)
BEGIN: Final = datetime(2026, 1, 1, tzinfo=UTC)
END: Final = datetime(2027, 12, 31, 23, 59, 59, tzinfo=UTC)
CERT_SIGN: Final = frozenset({"key_cert_sign", "crl_sign"})
USAGES: Final = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


@dataclass(frozen=True)
class Node:
    """A certificate and its key."""

    key: Any
    certificate: x509.Certificate


def name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "FI"),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name),
        ]
    )


def key_usage(usages: Iterable[str]) -> x509.KeyUsage:
    return x509.KeyUsage(**{each: each in set(usages) for each in USAGES})


def issue(  # noqa: PLR0913
    subject: str | x509.Name,
    issuer: Node | None = None,
    *,
    number: int = 0,
    key: Any = None,
    ca: bool | None = True,
    path_length: int | None = None,
    usages: Iterable[str] | None = CERT_SIGN,
    not_before: datetime = BEGIN,
    not_after: datetime = END,
    serial: int = 0,
    extensions: Sequence[tuple[x509.ExtensionType, bool]] = (),
    authority_key: x509.Certificate | None = None,
    signed_by: Any = None,
    padding: PSS | None = None,
) -> Node:
    """A certificate below ``issuer``; self-signed without one.

    ``number`` chooses the key; ``ca`` None leaves the basic constraints out;
    ``authority_key`` is whose key identifier is named, ``signed_by`` another key
    than the issuer's.
    """
    key = key or keys.ec_key(number)
    subject = name(subject) if isinstance(subject, str) else subject
    above = issuer.certificate if issuer else None
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(above.subject if above else subject)
        .public_key(key.public_key())
        .serial_number(serial or 0x1000 + number)
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if ca is not None:
        builder = builder.add_extension(x509.BasicConstraints(ca=ca, path_length=path_length), critical=True)
    if usages is not None:
        builder = builder.add_extension(key_usage(usages), critical=True)
    named = authority_key or above
    if named is not None:
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(named.public_key())  # type: ignore[arg-type]
        builder = builder.add_extension(identifier, critical=False)
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    signer = signed_by or (issuer.key if issuer else key)
    digest = None if isinstance(signer, ed25519.Ed25519PrivateKey) else SHA256()
    return Node(key, builder.sign(signer, digest, rsa_padding=padding))


def leaf(issuer: Node, subject: str | x509.Name = "client.example", **more: Any) -> Node:
    """An end-entity certificate."""
    settings: dict[str, Any] = {"number": 9, "ca": False, "usages": {"digital_signature"}, "serial": 0xABCD}
    return issue(subject, issuer, **settings | more)


ROOT: Final = issue("Test Root CA", number=1)
ISSUING: Final = issue("Test Issuing CA", ROOT, number=2)
LEAF: Final = leaf(ISSUING)


def crl(  # noqa: PLR0913  # as above
    issuer: Node,
    *revoked: int,
    this_update: datetime = AT - timedelta(days=1),
    next_update: datetime = AT + timedelta(days=6),
    extensions: Sequence[tuple[x509.ExtensionType, bool]] = (),
    reason: x509.ReasonFlags | None = None,
    since: datetime = BEGIN,
    invalid_since: datetime | None = None,
    signed_by: Any = None,
    issuer_name: x509.Name | None = None,
) -> x509.CertificateRevocationList:
    """A CRL with the serial numbers that it revokes."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer_name or issuer.certificate.subject)
        .last_update(this_update)
        .next_update(next_update)
    )
    for serial in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(since)
        if reason is not None:
            entry = entry.add_extension(x509.CRLReason(reason), critical=False)
        if invalid_since is not None:
            entry = entry.add_extension(x509.InvalidityDate(invalid_since), critical=False)
        builder = builder.add_revoked_certificate(entry.build())
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(signed_by or issuer.key, SHA256())


def tlv(tag: int, *contents: bytes) -> bytes:
    """A value in DER."""
    body = b"".join(contents)
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([tag]) + (size if len(body) < 128 else bytes([0x80 + len(size)]) + size) + body


_ALGORITHMS: Final = {
    "ec": {
        "sha256": bytes.fromhex("300a06082a8648ce3d040302"),
        "sha1": bytes.fromhex("300906072a8648ce3d0401"),
    },
    "rsa": {
        "sha256": bytes.fromhex("300d06092a864886f70d01010b0500"),
        "sha1": bytes.fromhex("300d06092a864886f70d0101050500"),
        "md5": bytes.fromhex("300d06092a864886f70d0101040500"),
    },
}


def signed_again(
    content: bytes, key: Any, folder: Path, digest: str = "sha256", *, old: bytes = b"", new: bytes = b""
) -> bytes:
    """The DER of a certificate or CRL of that content (signed with SHA-256), changed and signed again.

    By the openssl command line: cryptography signs with no weak hash, and makes
    no certificate for a key that it does not know.
    """
    algorithms = _ALGORITHMS["rsa" if isinstance(key, rsa.RSAPrivateKey) else "ec"]
    header = 2 + (content[1] & 0x7F if content[1] & 0x80 else 0)
    body = content[header:].replace(algorithms["sha256"], algorithms[digest])
    assert old in body
    signed = tlv(0x30, body.replace(old, new) if old else body)
    (folder / "signer.key").write_bytes(keys.key_pem(key))
    (folder / "signed").write_bytes(signed)
    done = run_tool("openssl", "dgst", f"-{digest}", "-sign", folder / "signer.key", folder / "signed")
    return tlv(0x30, signed, algorithms[digest], tlv(0x03, b"\0", done.stdout))


def pem(*things: x509.Certificate | x509.CertificateRevocationList | Node) -> bytes:
    return b"".join(
        (each.certificate if isinstance(each, Node) else each).public_bytes(Encoding.PEM) for each in things
    )
