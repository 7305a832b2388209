"""What an eIDAS certificate says of its holder, and what is odd about it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from cryptography import x509

from jwttool.certificates import access
from jwttool.certificates.describe import (
    KeyDescription,
    describe_key,
    signature_algorithm,
    signature_algorithm_name,
)
from jwttool.certificates.usages import extended_key_usage_names, key_usage_names
from jwttool.eidas.anomalies import Anomaly
from jwttool.eidas.oids import POLICIES
from jwttool.eidas.organization_identifier import (
    PSD,
    OrganizationIdentifier,
    parse_organization_identifier,
)
from jwttool.eidas.showing import quoted
from jwttool.eidas.statements import QcStatements, read_statements
from jwttool.eidas.structures import QC_LEGISLATION, QC_PDS, QC_SSCD, QC_STATEMENTS
from jwttool.encoding import shown
from jwttool.errors import InputError, MalformedError, UnsupportedError
from jwttool.keys.boundary import library

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from jwttool.eidas.nca import NcaId
    from jwttool.eidas.psd2 import Psd2

Purpose = Literal["web", "seal", "signature"]

CLIENT_AUTH: Final = "clientAuth"
SERVER_AUTH: Final = "serverAuth"
PSS: Final = "RSASSA-PSS"
OBIE: Final = "GB-OB"
"""Open Banking in the United Kingdom gave identifiers of its own, in the place of an authority."""

_PURPOSES: Final[dict[str, Purpose]] = {"web": "web", "eseal": "seal", "esign": "signature"}
_ISO_COUNTRIES: Final = {"EL": "GR", "XI": "GB"}
"""Codes that VAT numbers have beside ISO 3166-1."""
_GLOBAL: Final = "XG"
"""The country of an LEI."""
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_IDENTIFIER: Final = x509.NameOID.ORGANIZATION_IDENTIFIER
_Names = dict[x509.ObjectIdentifier, list[str]]


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
    names = _names(raw.subject)
    found = _Extensions(raw.extensions)
    identifier = _first(names, _IDENTIFIER)
    parsed = None if identifier is None else parse_organization_identifier(identifier)
    return QwacDescription(
        certificate=certificate,
        organization_identifier=parsed,
        country=_first(names, x509.NameOID.COUNTRY_NAME),
        organization=_first(names, x509.NameOID.ORGANIZATION_NAME),
        common_name=_first(names, x509.NameOID.COMMON_NAME),
        qc=found.qc,
        policies=found.policies,
        key_usage=found.key_usage,
        extended_key_usage=found.extended_key_usage,
        is_authority=found.is_authority,
        key=raw.key,
        signature_algorithm=raw.signature_algorithm,
        not_before=raw.not_before,
        not_after=raw.not_after,
        anomalies=_anomalies(names, parsed, found, raw.signature_algorithm),
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


def _names(subject: x509.Name) -> _Names:
    """The subject's texts, by OID, in order."""
    names: _Names = {}
    for attribute in subject:
        if isinstance(attribute.value, str):
            names.setdefault(attribute.oid, []).append(attribute.value)
    return names


def _first(names: Mapping[x509.ObjectIdentifier, list[str]], oid: x509.ObjectIdentifier) -> str | None:
    found = names.get(oid)
    return found[0] if found else None


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

    __slots__ = ("anomalies", "extended_key_usage", "is_authority", "key_usage", "policies", "qc")

    def __init__(self, extensions: x509.Extensions) -> None:
        self.qc = QcStatements()
        self.policies: tuple[Policy, ...] = ()
        self.key_usage: tuple[str, ...] | None = None
        self.extended_key_usage: tuple[str, ...] | None = None
        self.is_authority = False
        self.anomalies: tuple[Anomaly, ...] = ()
        for extension in extensions:
            if (
                extension.oid in _READ
            ):  # isinstance() of an abstract class, for each of them, takes much longer
                self._read(extension)

    def _read(self, extension: x509.Extension[x509.ExtensionType]) -> None:
        match extension.value:
            case x509.UnrecognizedExtension() as unknown:
                self._read_statements(unknown.value, critical=extension.critical)
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

    def _read_statements(self, data: bytes, *, critical: bool) -> None:
        self.qc = read_statements(data)
        self.anomalies = self.qc.anomalies
        if critical:
            message = "the extension is marked as critical, so that others refuse the certificate"
            self.anomalies += (Anomaly("statements-critical", message),)


def _key(certificate: x509.Certificate) -> KeyDescription | None:
    try:
        return describe_key(access.any_public_key(certificate))
    except UnsupportedError:
        return None


# --- what is odd --------------------------------------------------------------


def _anomalies(
    names: _Names, identifier: OrganizationIdentifier | None, found: _Extensions, algorithm: str
) -> tuple[Anomaly, ...]:
    return (
        *_subject_anomalies(names, identifier),
        *found.anomalies,
        *_authority_anomalies(identifier, found.qc.psd2),
        *_other_anomalies(found, algorithm),
    )


def _subject_anomalies(names: _Names, identifier: OrganizationIdentifier | None) -> Iterator[Anomaly]:
    if identifier is None:
        yield Anomaly("identifier-missing", "the subject has no organizationIdentifier")
    else:
        yield from identifier.anomalies
        if len(names[_IDENTIFIER]) > 1:
            count = len(names[_IDENTIFIER])
            yield Anomaly(
                "identifier-repeated", f"the subject has {count} organizationIdentifiers; the first is read"
            )
        if identifier.value == _first(names, x509.NameOID.ORGANIZATION_NAME):
            yield Anomaly("identifier-is-name", "the organizationIdentifier is the organization's name")
        if identifier.nca_id == OBIE:
            message = f"{OBIE} is Open Banking in the United Kingdom, which is no authority"
            yield Anomaly("identifier-obie", message)
    country = _first(names, x509.NameOID.COUNTRY_NAME)
    if country is None:
        return
    if not _COUNTRY.fullmatch(country):
        yield Anomaly("country-code", f"the subject's country is {shown(country)}, not two capital letters")
    elif identifier is not None and identifier.country is not None:
        other = _ISO_COUNTRIES.get(identifier.country, identifier.country)
        if other not in {country, _GLOBAL}:
            message = f"the subject's country is {country}, the organizationIdentifier's {identifier.country}"
            yield Anomaly("country-differs", message)


def _authority_anomalies(identifier: OrganizationIdentifier | None, psd2: Psd2 | None) -> Iterator[Anomaly]:
    if identifier is None or identifier.scheme != PSD or psd2 is None or psd2.nca is None:
        return
    if not psd2.without_authority and same_authority(identifier, psd2.nca) is False:
        message = f"the organizationIdentifier is of {identifier.nca_id}, nCAId is {quoted(psd2.nca.value)}"
        yield Anomaly("nca-differs", message)


def same_authority(identifier: OrganizationIdentifier, nca: NcaId) -> bool | None:
    """Whether they name one authority, as far as their parts could be made out; None when they could not."""
    pairs = [(identifier.country, nca.country), (identifier.authority, nca.code)]
    known = [(ours, theirs) for ours, theirs in pairs if ours is not None and theirs is not None]
    return all(ours == theirs for ours, theirs in known) if known else None


def _other_anomalies(found: _Extensions, algorithm: str) -> Iterator[Anomaly]:
    usages = found.extended_key_usage
    for_web = "web" in found.qc.types or SERVER_AUTH in (usages or ())
    if usages is not None and CLIENT_AUTH not in usages and for_web:
        yield Anomaly("client-auth-missing", "the extended key usages lack clientAuth")
    if "web" in found.qc.types and found.qc.has(QC_SSCD.dotted_string):
        yield Anomaly("device-in-web", "QcSSCD stands in a certificate for the web")
    if found.qc.compliance and not found.qc.has(QC_PDS.dotted_string):
        yield Anomaly(
            "pds-missing", "there is no QcPDS statement, which a qualified certificate of the EU has"
        )
    if found.qc.has(QC_LEGISLATION.dotted_string):
        yield Anomaly("legislation", "QcCClegislation is there, which a certificate of the EU does not have")
    if algorithm == PSS:
        yield Anomaly("signature-pss", "the certificate is signed with RSASSA-PSS")
