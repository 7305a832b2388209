"""Certificate signing requests as text and JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jwttool.eidas.showing import escaped
from jwttool.eidas.statements import QcStatements
from jwttool.eidas.structures import QC_STATEMENTS
from jwttool.render.document import Document
from jwttool.render.eidas import (
    SUBJECT_SHOWN,
    add_anomalies,
    add_psd2,
    add_statements,
    anomaly_details,
    identifier_detail,
    psd2_detail,
    statement_details,
)
from jwttool.render.keys import add_faults, key_detail, subject_text, use_detail, use_fields
from jwttool.render.report import checks_json, report_document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jwttool.certificates import KeyDescription
    from jwttool.csr import CsrDescription
    from jwttool.eidas.asked import EidasRequest
    from jwttool.render.answers import CsrCreateAnswer, CsrShowAnswer
    from jwttool.report import Report


def created_answer(
    path: str | None, subject: str, key: KeyDescription, request: bytes, notes: Iterable[str] = ()
) -> CsrCreateAnswer:
    """The JSON answer of ``csr create``."""
    return {
        "version": 1,
        "path": path,
        "subject": subject,
        "key": key_detail(key),
        "request": request.decode("ascii"),
        "notes": list(notes),
    }


def csr_document(described: CsrDescription, eidas: EidasRequest | None, report: Report) -> Document:
    """What ``csr show`` shows."""
    document = Document()
    document.heading("Certificate signing request")
    document.fields(
        {
            "subject": subject_text(_subject(described, eidas)),
            "key": None if described.key is None else str(described.key),
            "signature": described.signature_algorithm,
            **use_fields(described.use),
            "other extensions": ", ".join(_other_extensions(described, eidas)) or None,
            "other attributes": ", ".join(described.other_attributes) or None,
        }
    )
    add_faults(document, described.faults)
    if eidas is not None:
        if eidas.qc is not None:
            if eidas.qc.psd2 is not None:
                add_psd2(document, eidas.qc.psd2)
            add_statements(document, eidas.qc)
        add_anomalies(document, eidas.anomalies)
    document.heading("Checks")
    document.extend(report_document(report))
    return document


def _subject(described: CsrDescription, eidas: EidasRequest | None) -> str | None:
    """The subject; with an identifier in it, so that a look-alike shows."""
    if eidas is None or described.subject is None:
        return described.subject
    return escaped(described.subject, SUBJECT_SHOWN)


def csr_answer(described: CsrDescription, eidas: EidasRequest | None, report: Report) -> CsrShowAnswer:
    """The JSON answer of ``csr show``."""
    qc = QcStatements() if eidas is None or eidas.qc is None else eidas.qc
    return {
        "version": 1,
        "verdict": "pass" if report.passed else "fail",
        "checks": checks_json(report),
        "subject": described.subject,
        "key": None if described.key is None else key_detail(described.key),
        "signature_algorithm": described.signature_algorithm,
        "requested": use_detail(described.use),
        "organization_identifier": None
        if eidas is None
        else identifier_detail(eidas.organization_identifier),
        "psd2": psd2_detail(qc.psd2),
        "qc_types": list(qc.types),
        "qc_statements": statement_details(qc),
        "anomalies": [] if eidas is None else anomaly_details(eidas.anomalies),
        "other_extensions": _other_extensions(described, eidas),
        "other_attributes": list(described.other_attributes),
    }


def _other_extensions(described: CsrDescription, eidas: EidasRequest | None) -> list[str]:
    """Those that are not taken apart elsewhere."""
    shown = set() if eidas is None or eidas.qc is None else {QC_STATEMENTS.dotted_string}
    return [oid for oid in described.other_extensions if oid not in shown]
