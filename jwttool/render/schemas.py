"""Which command answers in which shape."""

from __future__ import annotations

from typing import Final

from jwttool.render import (
    answers,
    answers_chains,
    answers_eidas,
    answers_inspection,
    answers_request,
    answers_tls,
)

ANSWERS: Final[dict[str, type]] = {
    "error": answers.ErrorAnswer,
    "key-generate": answers.KeyGenerateAnswer,
    "key-show": answers.KeyShowAnswer,
    "csr-create": answers.CsrCreateAnswer,
    "csr-show": answers.CsrShowAnswer,
    "cert-show": answers.CertShowAnswer,
    "cert-fingerprint": answers.CertFingerprintAnswer,
    "cert-find-kid": answers.CertFindKidAnswer,
    "cert-match": answers.CertMatchAnswer,
    "cert-verify": answers_chains.CertVerifyAnswer,
    "cert-bundle": answers.CertBundleAnswer,
    "assertion-verify": answers.JudgementAnswer,
    "token-inspect": answers_inspection.TokenInspectAnswer,
    "token-inspect-line-error": answers_inspection.LineErrorAnswer,
    "token-decrypt": answers_inspection.TokenDecryptAnswer,
    "token-verify": answers_inspection.TokenVerifyAnswer,
    "token-request": answers_request.TokenRequestAnswer,
    "token-request-authorize": answers_request.TokenAuthorizeAnswer,
    "token-request-dry-run": answers_request.TokenDryRunAnswer,
    "qwac-show": answers_eidas.QwacShowAnswer,
    "qwac-check": answers_eidas.QwacCheckAnswer,
    "tls-probe": answers_tls.TlsProbeAnswer,
    "init": answers.InitAnswer,
    "status": answers.StatusAnswer,
}
"""Command to answer; the names of the schema files."""
