"""What a request says for an eIDAS certificate: its identifier, its QC statements, and what is odd there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography import x509

from jwttool.certificates import access
from jwttool.certificates.critical import unknown_critical
from jwttool.certificates.usages import extended_key_usage_names, key_usage_names
from jwttool.eidas.odd import Names, Signs, anomalies, first, subject_names
from jwttool.eidas.organization_identifier import OrganizationIdentifier, parse_organization_identifier
from jwttool.eidas.statements import QcStatements, read_statements
from jwttool.eidas.structures import QC_STATEMENTS
from jwttool.errors import InputError

if TYPE_CHECKING:
    from jwttool.eidas.anomalies import Anomaly


@dataclass(frozen=True, slots=True, kw_only=True)
class EidasRequest:
    """Of a request, what belongs to eIDAS. All texts are from outside; None is what is not there."""

    organization_identifier: OrganizationIdentifier | None
    qc: QcStatements | None
    anomalies: tuple[Anomaly, ...]


def describe_eidas_request(request: x509.CertificateSigningRequest) -> EidasRequest | None:
    """What a request says for an eIDAS certificate; None when it says nothing of the kind.

    Its anomalies are those that a certificate of the same contents has, but for
    the signature's: the CA makes another one. Raises nothing: a subject or an
    extension that is damaged is a fault of the request, which
    :func:`jwttool.csr.describe_csr` tells.
    """
    names = _names(request)
    value = first(names, x509.NameOID.ORGANIZATION_IDENTIFIER)
    identifier = None if value is None else parse_organization_identifier(value)
    qc, signs = _extensions(request)
    if identifier is None and qc is None:
        return None
    return EidasRequest(
        organization_identifier=identifier,
        qc=qc,
        anomalies=anomalies(names, identifier, QcStatements() if qc is None else qc, signs),
    )


def _names(request: x509.CertificateSigningRequest) -> Names:
    try:
        return subject_names(access.subject_name(request))
    except InputError:
        return {}


def _extensions(request: x509.CertificateSigningRequest) -> tuple[QcStatements | None, Signs]:
    """The QC statements, if there are any, and what else is asked for."""
    try:
        extensions = access.extensions(request)
    except InputError:
        return None, Signs()
    qc: QcStatements | None = None
    usage: tuple[str, ...] | None = None
    extended: tuple[str, ...] | None = None
    is_authority = qc_critical = False
    for extension in extensions:
        match extension.value:
            case x509.UnrecognizedExtension() as unknown if extension.oid == QC_STATEMENTS:
                qc, qc_critical = read_statements(unknown.value), extension.critical
            case x509.KeyUsage() as found:
                usage = key_usage_names(found)
            case x509.ExtendedKeyUsage() as listed:
                extended = extended_key_usage_names(listed)
            case x509.BasicConstraints() as constraints:
                is_authority = constraints.ca
            case _:
                pass
    critical = unknown_critical(each for each in extensions if each.oid != QC_STATEMENTS)
    return qc, Signs(usage, extended, is_authority, qc_critical, critical)
