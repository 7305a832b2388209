"""What a certificate says, as plain values for showing it.

A damaged part does not hide the others: what cannot be read is None and stands
among the faults.
"""

from __future__ import annotations

import binascii
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from jwttool.certificates import access
from jwttool.certificates.forms import fingerprints
from jwttool.certificates.usages import extended_key_usage_names, key_usage_names
from jwttool.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class KeyDescription:
    """A public key: ``size`` in bits; ``exponent`` of RSA, ``curve`` of EC."""

    type: str
    size: int | None = None
    exponent: int | None = None
    curve: str | None = None

    def __str__(self) -> str:
        """Shown as "RSA, 4,096 bits" or "EC, P-256"."""
        if self.curve is not None:
            return f"{self.type}, {self.curve}"
        return f"{self.type}, {self.size:,} bits" if self.size is not None else self.type


# The curves of RFC 7518 section 6.2.1.1 by the names that JOSE gives them.
_CURVES: Final = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}


def describe_key(key: object) -> KeyDescription:
    """A public key of any of cryptography's types."""
    match key:
        case RSAPublicKey():
            return KeyDescription("RSA", key.key_size, exponent=key.public_numbers().e)
        case EllipticCurvePublicKey():
            return KeyDescription("EC", key.key_size, curve=_CURVES.get(key.curve.name, key.curve.name))
        case _:
            size = getattr(key, "key_size", None)
            # The interfaces are called Ed25519PublicKey and so on, whatever implements them.
            names = [base.__name__ for base in type(key).__mro__ if base.__name__.endswith("PublicKey")]
            name = names[-1].removesuffix("PublicKey") if names else "unknown"
            return KeyDescription(name, size if isinstance(size, int) else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedUse:
    """What a certificate is for, or what a request asks it to be for.

    None means that the extension is not there, and is no restriction.
    """

    key_usage: tuple[str, ...] | None
    extended_key_usage: tuple[str, ...] | None
    alternative_names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateDescription:
    """What a certificate says of itself. All texts are from outside.

    ``is_authority`` is None where there are no basic constraints, which means
    no (RFC 5280 section 4.2.1.9). ``faults`` has a sentence for every part that
    could not be read.
    """

    subject: str | None
    issuer: str | None
    self_issued: bool | None
    serial_number: str | None
    not_before: datetime | None
    not_after: datetime | None
    key: KeyDescription | None
    signature_algorithm: str | None
    use: RequestedUse | None
    is_authority: bool | None
    path_length: int | None
    fingerprints: dict[str, str]
    faults: tuple[str, ...]
    header_value: str = field(repr=False)


class Collector:
    """Reads parts, and keeps the complaints about those that cannot be read."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def read(self, part: Callable[..., T], *arguments: Any) -> T | None:
        """``part(*arguments)``, or None and one more fault."""
        try:
            return part(*arguments)
        except InputError as error:
            if error.message not in self.faults:
                self.faults.append(error.message)
            return None


def describe_certificate(certificate: x509.Certificate) -> CertificateDescription:
    """Everything that ``cert show`` shows. Raises nothing for a damaged part."""
    collect = Collector()
    constraints = collect.read(access.extension, certificate, x509.BasicConstraints)
    subject, issuer = (
        collect.read(access.subject_name, certificate),
        collect.read(access.issuer_name, certificate),
    )
    return CertificateDescription(
        subject=collect.read(access.subject, certificate),
        issuer=collect.read(access.issuer, certificate),
        self_issued=None if subject is None or issuer is None else subject == issuer,
        serial_number=collect.read(access.serial_number, certificate),
        not_before=collect.read(access.not_before, certificate),
        not_after=collect.read(access.not_after, certificate),
        key=collect.read(lambda: describe_key(access.any_public_key(certificate))),
        signature_algorithm=collect.read(signature_algorithm, certificate),
        use=collect.read(requested_use, certificate),
        is_authority=constraints.ca if constraints is not None else None,
        path_length=constraints.path_length if constraints is not None else None,
        fingerprints=fingerprints(certificate),
        faults=tuple(collect.faults),
        header_value=header_value(certificate),
    )


def header_value(certificate: x509.Certificate) -> str:
    """The DER in base64 on one line, as in ``x5c`` (RFC 7515 section 4.1.6) and in HTTP headers."""
    return binascii.b2a_base64(access.der(certificate), newline=False).decode("ascii")


# --- parts that requests have too ---------------------------------------------

_SIGNATURE_ALGORITHMS: Final = {
    "1.2.840.113549.1.1.4": "md5WithRSAEncryption",
    "1.2.840.113549.1.1.5": "sha1WithRSAEncryption",
    "1.2.840.113549.1.1.10": "RSASSA-PSS",
    "1.2.840.113549.1.1.11": "sha256WithRSAEncryption",
    "1.2.840.113549.1.1.12": "sha384WithRSAEncryption",
    "1.2.840.113549.1.1.13": "sha512WithRSAEncryption",
    "1.2.840.10045.4.1": "ecdsa-with-SHA1",
    "1.2.840.10045.4.3.2": "ecdsa-with-SHA256",
    "1.2.840.10045.4.3.3": "ecdsa-with-SHA384",
    "1.2.840.10045.4.3.4": "ecdsa-with-SHA512",
    "1.3.101.112": "Ed25519",
    "1.3.101.113": "Ed448",
}


def signature_algorithm(signed: access.Signed) -> str:
    """The name of the signature algorithm, or its dotted number."""
    oid = access.guarded(lambda: signed.signature_algorithm_oid, "the signature algorithm")
    return signature_algorithm_name(oid)


def signature_algorithm_name(oid: x509.ObjectIdentifier) -> str:
    """The name of a signature algorithm, or its dotted number."""
    return _SIGNATURE_ALGORITHMS.get(oid.dotted_string, oid.dotted_string)


def requested_use(signed: access.Signed) -> RequestedUse:
    """The usages and alternative names.

    :raises MalformedError: an extension is damaged.
    """
    usage = access.extension(signed, x509.KeyUsage)
    extended = access.extension(signed, x509.ExtendedKeyUsage)
    names = access.extension(signed, x509.SubjectAlternativeName)
    return RequestedUse(
        key_usage=None if usage is None else key_usage_names(usage),
        extended_key_usage=None if extended is None else extended_key_usage_names(extended),
        alternative_names=tuple(_general_names(names or ())),
    )


def _general_names(names: Iterable[x509.GeneralName]) -> Iterable[str]:
    for name in names:
        match name:
            case x509.DNSName():
                yield f"DNS:{name.value}"
            case x509.RFC822Name():
                yield f"email:{name.value}"
            case x509.UniformResourceIdentifier():
                yield f"URI:{name.value}"
            case x509.IPAddress():
                yield f"IP:{name.value}"
            case x509.DirectoryName():
                yield f"dirName:{access.rfc4514(name.value)}"
            case x509.RegisteredID():
                yield f"RID:{name.value.dotted_string}"
            case x509.OtherName():
                yield f"otherName:{name.type_id.dotted_string}"
            case _:
                yield "another kind of name"
