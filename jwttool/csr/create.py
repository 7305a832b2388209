"""New certificate signing requests (PKCS#10, RFC 2986)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from jwttool.certificates.usages import EXTENDED_KEY_USAGES, KEY_USAGES
from jwttool.csr.dns import check_dns_names
from jwttool.csr.subject import parse_subject
from jwttool.errors import MalformedError, SignatureFaultError, UsageError
from jwttool.keys import refuse_weak
from jwttool.keys.boundary import library

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jwttool.keys import PrivateKey


@dataclass(frozen=True, slots=True)
class KeyUsageChoice:
    """The usages that a request asks for, by the names of :mod:`jwttool.certificates.usages`.

    ``KeyUsageChoice(("digital_signature",), ("client_auth",))``. The CA has the
    last word.
    """

    key_usage: tuple[str, ...] = ()
    extended: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """:raises UsageError: for a name that is none."""
        for names, known in ((self.key_usage, KEY_USAGES), (self.extended, EXTENDED_KEY_USAGES)):
            if not set(names) <= set(known):
                raise UsageError("there is no key usage of that name", hint=f"known are {', '.join(known)}")


USAGES: Final = {
    "tls": KeyUsageChoice(("digital_signature",), ("client_auth",)),
    "signing": KeyUsageChoice(("digital_signature",)),
}
"""The two purposes of open banking: to make the connection, and to sign (RFC 5280 section 4.2.1.3)."""


def create_csr(
    key: PrivateKey,
    *,
    subject: str | x509.Name = "",
    dns_names: Iterable[str] = (),
    key_usage: KeyUsageChoice | None = None,
    extensions: Iterable[x509.ExtensionType] = (),
) -> bytes:
    """A request for a certificate for this key, signed with SHA-256, in PEM.

    :param subject: an RFC 4514 string ("CN=example,O=My Company,C=FI"); may be
        empty, because a CA such as OP's takes nothing from it.
    :param dns_names: for the subject alternative name.
    :param key_usage: the usages to ask for; None asks for none in particular.
    :param extensions: what else to ask for, as not critical; QC statements, say.
    :raises MalformedError: a subject or name that is none; the key is untouched then.
    :raises WeakKeyError: a key that nobody should certify.
    :raises SignatureFaultError: the signature just made is wrong.
    """
    name = parse_subject(subject) if isinstance(subject, str) else subject
    names = check_dns_names(dns_names)
    refuse_weak(key.public_key())
    builder = x509.CertificateSigningRequestBuilder(name)
    if names:
        alternative = x509.SubjectAlternativeName([x509.DNSName(value) for value in names])
        builder = builder.add_extension(alternative, critical=False)
    if key_usage is not None:
        builder = _with_usage(builder, key_usage)
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return _sign(builder, key).public_bytes(Encoding.PEM)


def _with_usage(
    builder: x509.CertificateSigningRequestBuilder, choice: KeyUsageChoice
) -> x509.CertificateSigningRequestBuilder:
    if choice.key_usage:
        bits = {name: name in choice.key_usage for name in KEY_USAGES}
        # RFC 5280 section 4.2.1.3: where it appears, it should be critical.
        builder = builder.add_extension(x509.KeyUsage(**bits), critical=True)
    if choice.extended:
        oids = [x509.ObjectIdentifier(EXTENDED_KEY_USAGES[name][0]) for name in choice.extended]
        builder = builder.add_extension(x509.ExtendedKeyUsage(oids), critical=False)
    return builder


def _sign(builder: x509.CertificateSigningRequestBuilder, key: PrivateKey) -> x509.CertificateSigningRequest:
    with library(MalformedError("the request cannot be encoded: a value does not fit its attribute")):
        request = builder.sign(key, SHA256())
    # A faulty signature can give an RSA key away, and a request that does not
    # verify is refused by every CA: it does not leave.
    fault = SignatureFaultError(
        "the signature of the request does not verify: the key is damaged",
        hint="make a new key, and do not use this one any more",
    )
    with library(fault):
        sound = request.is_signature_valid
    if not sound:
        raise fault
    return request
