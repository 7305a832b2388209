"""What a request says for an eIDAS certificate: its identifier, its QC statements, and what is odd there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cryptography import x509

from jwttool.certificates import access
from jwttool.eidas.anomalies import Anomaly
from jwttool.eidas.describe import same_authority
from jwttool.eidas.organization_identifier import PSD, OrganizationIdentifier, parse_organization_identifier
from jwttool.eidas.statements import QcStatements, read_statements
from jwttool.eidas.structures import QC_STATEMENTS
from jwttool.encoding import shown
from jwttool.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

_IDENTIFIER: Final = x509.NameOID.ORGANIZATION_IDENTIFIER


@dataclass(frozen=True, slots=True, kw_only=True)
class EidasRequest:
    """Of a request, what belongs to eIDAS. All texts are from outside; None is what is not there."""

    organization_identifier: OrganizationIdentifier | None
    qc: QcStatements | None
    anomalies: tuple[Anomaly, ...]


def describe_eidas_request(request: x509.CertificateSigningRequest) -> EidasRequest | None:
    """What a request says for an eIDAS certificate; None when it says nothing of the kind.

    Raises nothing: a subject or an extension that is damaged is a fault of the
    request, which :func:`jwttool.csr.describe_csr` tells.
    """
    value = _identifier(request)
    identifier = None if value is None else parse_organization_identifier(value)
    qc = _statements(request)
    if identifier is None and qc is None:
        return None
    return EidasRequest(
        organization_identifier=identifier, qc=qc, anomalies=tuple(_anomalies(identifier, qc))
    )


def _identifier(request: x509.CertificateSigningRequest) -> str | None:
    try:
        values = [each.value for each in access.subject_name(request).get_attributes_for_oid(_IDENTIFIER)]
    except InputError:
        return None
    return next((value for value in values if isinstance(value, str)), None)


def _statements(request: x509.CertificateSigningRequest) -> QcStatements | None:
    try:
        extensions = access.extensions(request)
    except InputError:
        return None
    for extension in extensions:
        if extension.oid == QC_STATEMENTS and isinstance(extension.value, x509.UnrecognizedExtension):
            return read_statements(extension.value.value)
    return None


def _anomalies(identifier: OrganizationIdentifier | None, qc: QcStatements | None) -> Iterator[Anomaly]:
    if identifier is not None:
        yield from identifier.anomalies
    if qc is None:
        return
    yield from qc.anomalies
    psd2 = qc.psd2
    if identifier is None or identifier.scheme != PSD or psd2 is None or psd2.nca is None:
        return
    if not psd2.without_authority and same_authority(identifier, psd2.nca) is False:
        message = f"the organizationIdentifier is of {identifier.nca_id}, nCAId is {shown(psd2.nca.value)}"
        yield Anomaly("nca-differs", message)
