"""What a bank checks of a QWAC and of the client_id that comes with it, in the order in which it would."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jwttool.checks.qwac import beyond, certificate, client, psd2
from jwttool.checks.qwac.view import QwacView

if TYPE_CHECKING:
    from jwttool.checks.rule import Rule

__all__ = ["QWAC_RULES", "QwacView"]

QWAC_RULES: Final[tuple[Rule[QwacView], ...]] = (
    certificate.validity,
    certificate.end_entity,
    certificate.statements,
    certificate.compliance,
    certificate.qc_type,
    certificate.policies,
    certificate.key_usage,
    certificate.ca_usage,
    certificate.critical,
    certificate.client_auth,
    certificate.server_auth,
    certificate.key,
    certificate.signature_algorithm,
    certificate.subject,
    psd2.statement,
    psd2.form,
    psd2.roles,
    psd2.identifier,
    psd2.nca_name,
    psd2.nca_id,
    psd2.nca,
    psd2.authority,
    certificate.remarks,
    client.client_id,
    client.client_id_length,
    beyond.trusted_list,
    beyond.revocation,
    beyond.register,
)
