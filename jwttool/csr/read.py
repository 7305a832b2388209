"""Certificate signing requests: read and described."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cryptography import x509

from jwttool.certificates import access
from jwttool.certificates.describe import (
    Collector,
    KeyDescription,
    RequestedUse,
    describe_key,
    requested_use,
    signature_algorithm,
)
from jwttool.encoding import Limit, check_size
from jwttool.errors import AmbiguousError, InputError, MalformedError, WrongKindError
from jwttool.keys.boundary import library
from jwttool.keys.sources import Kind, recognise_der
from jwttool.pem import looks_like_pem, pem_blocks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jwttool.pem import PemBlock

_LABELS: Final = frozenset({"CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"})
_DAMAGED: Final = "the certificate signing request cannot be read: it is damaged"


def load_csr(data: bytes) -> x509.CertificateSigningRequest:
    """The certificate signing request of a file, PEM or DER.

    Its signature is not checked: :func:`describe_csr` says whether it holds.

    :raises TooLargeError: over the limit.
    :raises WrongKindError: something else; says what.
    :raises AmbiguousError: more than one.
    :raises MalformedError: damaged, truncated or empty.
    """
    check_size(data, Limit.CSR, "the certificate signing request")
    if not data or data.isspace():
        raise MalformedError("the file is empty")
    der = _from_pem(pem_blocks(data)) if looks_like_pem(data) else data
    with library(MalformedError(_DAMAGED, hint="make it again")):
        return x509.load_der_x509_csr(_checked(der))


def _from_pem(blocks: Sequence[PemBlock]) -> bytes:
    requests = [block.der for block in blocks if block.label in _LABELS]
    if len(requests) > 1:
        raise AmbiguousError(
            f"the file holds {len(requests)} certificate signing requests", hint="keep one in a file"
        )
    return requests[0] if requests else blocks[0].der


def _checked(der: bytes) -> bytes:
    """The data, if it is at least shaped like a request."""
    try:
        kind = recognise_der(der)
    except MalformedError:
        if der[:1] == b"\x30":
            raise
        raise MalformedError(
            "neither PEM nor DER: this is no certificate signing request",
            hint="a PEM file has a line -----BEGIN CERTIFICATE REQUEST-----",
        ) from None
    if kind is Kind.UNKNOWN:
        raise MalformedError(_DAMAGED, hint="make it again")
    if kind is not Kind.REQUEST:
        raise WrongKindError(f"{kind.value}, where a certificate signing request belongs")
    return der


@dataclass(frozen=True, slots=True, kw_only=True)
class CsrDescription:
    """What a request says and asks for. All texts are from outside.

    ``other_extensions`` and ``other_attributes`` are dotted numbers: a
    challenge password is an attribute, and its value is nobody's business.
    ``faults`` has a sentence for every part that could not be read.
    """

    subject: str | None
    key: KeyDescription | None
    signature_algorithm: str | None
    signature_valid: bool
    use: RequestedUse | None
    other_extensions: tuple[str, ...]
    other_attributes: tuple[str, ...]
    faults: tuple[str, ...]


def describe_csr(request: x509.CertificateSigningRequest) -> CsrDescription:
    """Everything that ``csr show`` shows. Raises nothing for a damaged part."""
    collect = Collector()
    return CsrDescription(
        subject=collect.read(access.subject, request),
        key=collect.read(lambda: describe_key(access.any_public_key(request))),
        signature_algorithm=collect.read(signature_algorithm, request),
        signature_valid=signature_valid(request),
        use=collect.read(requested_use, request),
        other_extensions=collect.read(_other_extensions, request) or (),
        other_attributes=collect.read(_other_attributes, request) or (),
        faults=tuple(collect.faults),
    )


def signature_valid(request: x509.CertificateSigningRequest) -> bool:
    """Whether the request is signed by the key in it (RFC 2986 section 4.2). Anything odd is a no."""
    try:
        return access.guarded(lambda: request.is_signature_valid, "the signature of the request")
    except InputError:
        return False


_SHOWN_EXTENSIONS: Final = (x509.KeyUsage, x509.ExtendedKeyUsage, x509.SubjectAlternativeName)
_EXTENSION_REQUEST: Final = "1.2.840.113549.1.9.14"


def _other_extensions(request: x509.CertificateSigningRequest) -> tuple[str, ...]:
    shown = {kind.oid for kind in _SHOWN_EXTENSIONS}
    return tuple(each.oid.dotted_string for each in access.extensions(request) if each.oid not in shown)


def _other_attributes(request: x509.CertificateSigningRequest) -> tuple[str, ...]:
    attributes = access.guarded(lambda: list(request.attributes), "the attributes of the request")
    oids = dict.fromkeys(attribute.oid.dotted_string for attribute in attributes)
    return tuple(oid for oid in oids if oid != _EXTENSION_REQUEST)
