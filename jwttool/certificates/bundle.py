"""Large files: bundles of trusted certificates, and lists of revoked ones (CRLs)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cryptography import x509

from jwttool.certificates.load import load_certificates
from jwttool.encoding import Limit, check_size
from jwttool.errors import InputError, MalformedError, TooLargeError, WrongKindError
from jwttool.keys.boundary import library
from jwttool.pem import looks_like_pem, pem_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jwttool.pem import PemBlock

MAX_BUNDLE: Final = 10_000
"""Certificates of a bundle: a system's has 150, the EU's trusted lists have some thousands."""

MAX_LISTS: Final = 1000
"""CRLs of a file."""

_CERTIFICATE: Final = frozenset({"CERTIFICATE", "X509 CERTIFICATE"})
_CRL: Final = "X509 CRL"
_BEGIN: Final = b"-----BEGIN "
_END: Final = b"-----END "


def load_bundle(data: bytes) -> tuple[x509.Certificate, ...]:
    """The certificates of a bundle, each once: PEM of up to 32 MB; DER and PKCS#7 up to 1 MB.

    :raises TooLargeError: over those limits, more than 10,000 certificates, or one over 1 MB.
    :raises WrongKindError: something else than certificates; says what.
    :raises MalformedError: damaged, truncated or empty.
    """
    check_size(data, Limit.BUNDLE, "the bundle")
    if not looks_like_pem(data):
        return _not_plain_pem(data)
    if data.count(_END) > MAX_BUNDLE:
        raise TooLargeError(f"the bundle holds more than the limit of {MAX_BUNDLE:,} certificates")
    found: dict[x509.Certificate, None] = {}
    for block in _blocks(data, Limit.CERTIFICATE, "a certificate of the bundle"):
        if block.label in _CERTIFICATE:
            damaged = f"certificate {len(found) + 1} of the bundle cannot be read: it is damaged"
            with library(MalformedError(damaged, hint="fetch the file again")):
                found[x509.load_der_x509_certificate(block.der)] = None
    # What holds no plain certificate is PKCS#7, or is refused by its name.
    return tuple(found) or _not_plain_pem(data)


def _not_plain_pem(data: bytes) -> tuple[x509.Certificate, ...]:
    if len(data) > Limit.CERTIFICATE:
        raise TooLargeError(
            f"larger than the limit of {Limit.CERTIFICATE:,} bytes for anything but certificates in PEM",
            hint="openssl pkcs7 -print_certs -in FILE -out NEW writes a PKCS#7 bundle as PEM",
        )
    return load_certificates(data).certificates


def load_revocation_lists(data: bytes) -> tuple[x509.CertificateRevocationList, ...]:
    """The CRLs of a file of up to 32 MB: one in DER, or any number in PEM.

    Nothing is judged: neither who signed them nor whether they are still current.

    :raises TooLargeError: over the limit, or more than 1,000 CRLs.
    :raises WrongKindError: something else than a CRL; says what.
    :raises MalformedError: damaged, truncated or empty.
    """
    check_size(data, Limit.BUNDLE, "the CRL file")
    if not looks_like_pem(data):
        if not data or data.isspace():
            raise MalformedError("the file is empty", hint="fetch the CRL again")
        return (_parse(data, "the CRL"),)
    if data.count(_END) > MAX_LISTS:
        raise TooLargeError(f"the file holds more than the limit of {MAX_LISTS:,} PEM blocks")
    found: list[x509.CertificateRevocationList] = []
    first: PemBlock | None = None
    for block in _blocks(data, Limit.BUNDLE, "a CRL of the file"):
        first = first or block
        if block.label == _CRL:
            found.append(_parse(block.der, f"CRL {len(found) + 1} of the file"))
    if not found:
        raise _no_list(first)
    return tuple(found)


def _parse(der: bytes, what: str) -> x509.CertificateRevocationList:
    try:
        with library(MalformedError(f"{what} cannot be read: it is damaged")):
            return x509.load_der_x509_crl(der)
    except InputError:
        kind = _other_kind(der)
    if kind is not None:
        raise WrongKindError(f"{kind}, where a CRL belongs", hint=_CRL_HINT)
    raise MalformedError(f"{what} cannot be read: it is damaged, or no CRL", hint="fetch the file again")


_CRL_HINT: Final = "a CRL is what the certificate's distribution point has: PEM (X509 CRL) or DER"


def _other_kind(der: bytes) -> str | None:
    """What some DER is instead; None where it is nothing that we know."""
    from jwttool.keys.sources import Kind, recognise_der

    if len(der) > Limit.CERTIFICATE:
        return None  # nothing else is as large, and looking takes a copy for each kind
    try:
        kind = recognise_der(der)
    except MalformedError:
        return None
    return None if kind in {Kind.UNKNOWN, Kind.REVOCATIONS} else kind.value


def _no_list(block: PemBlock | None) -> WrongKindError:
    kind = None if block is None or block.legacy_encryption else _other_kind(block.der)
    if kind is None:
        # A label has only capitals, digits and spaces: it is safe to repeat.
        kind = "no PEM block at all" if block is None else f'a PEM block "{block.label}"'
    return WrongKindError(f"{kind}, where a CRL belongs", hint=_CRL_HINT)


def _blocks(data: bytes, limit: Limit, what: str) -> Iterator[PemBlock]:
    """The PEM blocks, one after the other, so that no more than one is held decoded.

    :raises TooLargeError: one block is over the limit.
    """
    start = 0
    while start < len(data):
        marker = data.find(_END, start)
        newline = data.find(b"\n", marker) if marker >= 0 else -1
        end = newline + 1 if newline >= 0 else len(data)
        begin = data.find(_BEGIN, start, end)
        if begin >= 0 and end - begin > limit:
            raise TooLargeError(f"{what} is larger than the limit of {limit:,} bytes")
        yield from _numbered(data, start, end)
        start = end


def _numbered(data: bytes, start: int, end: int) -> list[PemBlock]:
    """The blocks of one part; an error names the line in the whole file."""
    part = data[start:end]
    try:
        return pem_blocks(part)
    except MalformedError:
        pass  # read once more, behind as many empty lines as there are before it
    return pem_blocks(b"\n" * data.count(b"\n", 0, start) + part)
