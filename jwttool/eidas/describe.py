"""What an eIDAS certificate says of its holder, and what is odd about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from cryptography import x509

from jwttool.certificates import access
from jwttool.certificates.critical import PROCESSED
from jwttool.certificates.describe import (
    KeyDescription,
    describe_key,
    signature_algorithm,
    signature_algorithm_name,
)
from jwttool.certificates.usages import extended_key_usage_names, key_usage_names
from jwttool.eidas.odd import Signs, anomalies, first, subject_names
from jwttool.eidas.oids import POLICIES
from jwttool.eidas.organization_identifier import OrganizationIdentifier, parse_organization_identifier
from jwttool.eidas.statements import QcStatements, read_statements
from jwttool.eidas.structures import QC_STATEMENTS
from jwttool.errors import InputError, MalformedError, UnsupportedError
from jwttool.keys.boundary import library

if TYPE_CHECKING:
    from datetime import datetime

    from jwttool.eidas.anomalies import Anomaly
    from jwttool.eidas.psd2 import Psd2

Purpose = Literal["web", "seal", "signature"]

_PURPOSES: Final[dict[str, Purpose]] = {"web": "web", "eseal": "seal", "esign": "signature"}

_IDENTIFIER: Final = x509.NameOID.ORGANIZATION_IDENTIFIER


class Policy(NamedTuple):
    """A certificate policy; ``name`` is None for a stranger."""

    oid: str
    name: str | None


class QwacDescription(NamedTuple):
    """What a certificate says that claims to be an eIDAS one. All texts are from outside.

    ``country``, ``organization`` and ``common_name`` are of the subject, None
    where it has none. A usage of None means that the extension is not there.
    ``key`` is None for a key of a kind that is not known here.
    """

    # No dataclass: making a frozen one of so many fields takes a tenth of the whole description.
    certificate: x509.Certificate
    organization_identifier: OrganizationIdentifier | None
    country: str | None
    organization: str | None
    common_name: str | None
    qc: QcStatements
    policies: tuple[Policy, ...]
    key_usage: tuple[str, ...] | None
    extended_key_usage: tuple[str, ...] | None
    is_authority: bool
    key: KeyDescription | None
    signature_algorithm: str
    not_before: datetime
    not_after: datetime
    anomalies: tuple[Anomaly, ...]

    @property
    def psd2(self) -> Psd2 | None:
        """The PSD2 statement, if there is one that can be read."""
        return self.qc.psd2

    @property
    def qualified_for(self) -> Purpose | None:
        """What the CA says that the certificate is qualified for; only a trusted list shows that it may."""
        return None if self.not_qualified_because else _PURPOSES[self.qc.types[0]]

    @property
    def not_qualified_because(self) -> str | None:
        """Why it is qualified for nothing; None when it is."""
        types = self.qc.types
        if self.is_authority:
            return "it is the certificate of an authority, which issues others"
        if not self.qc.compliance:
            return "no QcCompliance statement says that it is qualified"
        if not types:
            return "no QcType statement says what it is for"
        if len(types) > 1:
            return "QcType names several types, where one belongs"
        return None if types[0] in _PURPOSES else f"QcType is {types[0]}, which is not registered here"

    @property
    def subject(self) -> str:
        """The subject as an RFC 4514 string."""
        return access.subject(self.certificate)

    @property
    def issuer(self) -> str:
        """The issuer as an RFC 4514 string."""
        return access.issuer(self.certificate)

    @property
    def serial_number(self) -> str:
        """The serial number in lower-case hex."""
        return access.serial_number(self.certificate)


def describe_qwac(certificate: x509.Certificate) -> QwacDescription:
    """Take a certificate apart as an eIDAS one. What is odd in it stands among the anomalies.

    :raises MalformedError: its subject, its validity or an extension cannot be read at all.
    """
    raw = _touch(certificate)
    names = subject_names(raw.subject)
    found = _Extensions(raw.extensions)
    identifier = first(names, _IDENTIFIER)
    parsed = None if identifier is None else parse_organization_identifier(identifier)
    return QwacDescription(
        certificate=certificate,
        organization_identifier=parsed,
        country=first(names, x509.NameOID.COUNTRY_NAME),
        organization=first(names, x509.NameOID.ORGANIZATION_NAME),
        common_name=first(names, x509.NameOID.COMMON_NAME),
        qc=found.qc,
        policies=found.policies,
        key_usage=found.key_usage,
        extended_key_usage=found.extended_key_usage,
        is_authority=found.is_authority,
        key=raw.key,
        signature_algorithm=raw.signature_algorithm,
        not_before=raw.not_before,
        not_after=raw.not_after,
        anomalies=anomalies(names, parsed, found.qc, found.signs(raw.signature_algorithm)),
    )


# --- the parts ----------------------------------------------------------------


class _Raw(NamedTuple):
    """What cryptography parses when it is touched, and then raises whatever fits."""

    subject: x509.Name
    extensions: x509.Extensions
    not_before: datetime
    not_after: datetime
    signature_algorithm: str
    key: KeyDescription | None


def _touch(certificate: x509.Certificate) -> _Raw:
    """All of it behind one guard; where it raises, once more one by one, to say what is damaged."""
    try:
        with library(MalformedError("the certificate cannot be read: it is damaged")):
            return _Raw(
                certificate.subject,
                certificate.extensions,
                certificate.not_valid_before_utc,
                certificate.not_valid_after_utc,
                signature_algorithm_name(certificate.signature_algorithm_oid),
                describe_key(certificate.public_key()),
            )
    except InputError:
        return _Raw(
            access.subject_name(certificate),
            access.extensions(certificate),
            access.not_before(certificate),
            access.not_after(certificate),
            signature_algorithm(certificate),
            _key(certificate),
        )


_READ: Final = frozenset(
    {
        QC_STATEMENTS,
        x509.CertificatePolicies.oid,
        x509.ExtendedKeyUsage.oid,
        x509.KeyUsage.oid,
        x509.BasicConstraints.oid,
    }
)


class _Extensions:
    """The extensions that matter here, each where it is there."""

    __slots__ = (
        "critical",
        "extended_key_usage",
        "is_authority",
        "key_usage",
        "policies",
        "qc",
        "qc_critical",
    )

    def __init__(self, extensions: x509.Extensions) -> None:
        self.qc = QcStatements()
        self.policies: tuple[Policy, ...] = ()
        self.key_usage: tuple[str, ...] | None = None
        self.extended_key_usage: tuple[str, ...] | None = None
        self.is_authority = False
        self.qc_critical = False
        self.critical: tuple[str, ...] = ()
        for extension in extensions:
            oid = extension.oid
            if oid in _READ:  # isinstance() of an abstract class, for each of them, takes much longer
                self._read(extension)
            elif extension.critical and oid not in PROCESSED:
                self.critical += (oid.dotted_string,)

    def signs(self, algorithm: str) -> Signs:
        """What they say beside the QC statements, with the algorithm of the signature."""
        return Signs(
            self.key_usage,
            self.extended_key_usage,
            self.is_authority,
            self.qc_critical,
            self.critical,
            algorithm,
        )

    def _read(self, extension: x509.Extension[x509.ExtensionType]) -> None:
        match extension.value:
            case x509.UnrecognizedExtension() as unknown:
                self.qc = read_statements(unknown.value)
                self.qc_critical = extension.critical
            case x509.CertificatePolicies() as policies:
                oids = [each.policy_identifier.dotted_string for each in policies]
                self.policies = tuple(Policy(oid, POLICIES.get(oid)) for oid in oids)
            case x509.ExtendedKeyUsage() as usages:
                self.extended_key_usage = extended_key_usage_names(usages)
            case x509.KeyUsage() as usage:
                self.key_usage = key_usage_names(usage)
            case x509.BasicConstraints() as constraints:
                self.is_authority = constraints.ca
            case _:
                pass


def _key(certificate: x509.Certificate) -> KeyDescription | None:
    try:
        return describe_key(access.any_public_key(certificate))
    except UnsupportedError:
        return None
