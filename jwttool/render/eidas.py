"""What an eIDAS certificate says, and how a client_id matches it, as text and JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jwttool.eidas.authorities import AUTHORITIES
from jwttool.eidas.matching import Verdict
from jwttool.eidas.psd2 import Psd2
from jwttool.eidas.roles import BY_OID
from jwttool.eidas.showing import escaped, quoted
from jwttool.eidas.statements import Limit, PdsLocation
from jwttool.render.document import Document, Role, Span
from jwttool.render.keys import key_detail, subject_text
from jwttool.render.report import checks_json, report_document
from jwttool.times import duration, rfc3339

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from jwttool.checks.qwac.judge import QwacReport
    from jwttool.eidas.anomalies import Anomaly
    from jwttool.eidas.describe import QwacDescription
    from jwttool.eidas.matching import Match
    from jwttool.eidas.organization_identifier import OrganizationIdentifier
    from jwttool.eidas.statements import QcStatements, Value
    from jwttool.render.answers import (
        AnomalyDetail,
        OrganizationIdentifierDetail,
        Psd2Detail,
        StatementDetail,
    )
    from jwttool.render.answers_eidas import QwacCheckAnswer, QwacShowAnswer
    from jwttool.report import Report

SUBJECT_SHOWN: Final = 4096
"""Characters of a subject; none that a CA issues comes near."""

# --- qwac show: JSON ----------------------------------------------------------


def qwac_answer(described: QwacDescription) -> QwacShowAnswer:
    """The JSON answer of ``qwac show``."""
    return {
        "version": 1,
        "subject": described.subject,
        "issuer": described.issuer,
        "serial_number": described.serial_number,
        "not_before": rfc3339(described.not_before),
        "not_after": rfc3339(described.not_after),
        "key": None if described.key is None else key_detail(described.key),
        "signature_algorithm": described.signature_algorithm,
        "key_usage": _listed(described.key_usage),
        "extended_key_usage": _listed(described.extended_key_usage),
        "is_authority": described.is_authority,
        "qualified_for": described.qualified_for,
        "not_qualified_because": described.not_qualified_because,
        "organization_identifier": identifier_detail(described.organization_identifier),
        "psd2": psd2_detail(described.psd2),
        "qc_types": list(described.qc.types),
        "qc_statements": statement_details(described.qc),
        "policies": [{"oid": each.oid, "name": each.name} for each in described.policies],
        "anomalies": anomaly_details(described.anomalies),
    }


def _listed(names: tuple[str, ...] | None) -> list[str] | None:
    return None if names is None else list(names)


def identifier_detail(identifier: OrganizationIdentifier | None) -> OrganizationIdentifierDetail | None:
    """An organizationIdentifier in the shape that every answer uses."""
    if identifier is None:
        return None
    return {
        "value": identifier.value,
        "scheme": identifier.scheme,
        "country": identifier.country,
        "authority": identifier.authority,
        "number": identifier.number,
    }


def statement_details(qc: QcStatements) -> list[StatementDetail]:
    """QC statements in the shape that every answer uses."""
    return [{"oid": each.oid, "name": each.name, "value": _json_value(each.value)} for each in qc.statements]


def anomaly_details(anomalies: Iterable[Anomaly]) -> list[AnomalyDetail]:
    """Anomalies in the shape that every answer uses."""
    return [{"id": each.id, "message": each.message} for each in anomalies]


def psd2_detail(psd2: Psd2 | None) -> Psd2Detail | None:
    """The PSD2 statement in the shape that every answer uses."""
    if psd2 is None:
        return None
    return {
        "roles": list(psd2.role_names),
        "role_details": [{"oid": role.oid, "name": role.name} for role in psd2.roles],
        "nca_name": psd2.nca_name,
        "nca_id": psd2.nca_id,
    }


def _json_value(value: Value) -> Any:
    match value:
        case Psd2():
            return psd2_detail(value)
        case Limit():
            return {"currency": value.currency, "amount": value.amount, "exponent": value.exponent}
        case tuple():
            return [
                {"url": each.url, "language": each.language} if isinstance(each, PdsLocation) else each
                for each in value
            ]
        case _:
            return value


# --- qwac show: text ----------------------------------------------------------

_KINDS: Final = {
    "web": Span("a QWAC: qualified for the web", Role.GOOD),
    "seal": Span("a QSealC: qualified for electronic seals", Role.GOOD),
    "signature": Span("qualified for electronic signatures, neither QWAC nor QSealC", Role.WARN),
}


def qwac_document(described: QwacDescription, at: datetime) -> Document:
    """What ``qwac show`` shows."""
    document = Document()
    document.heading("Certificate")
    document.fields(
        {
            "it says it is": _kind(described),
            "subject": subject_text(escaped(described.subject, SUBJECT_SHOWN)),
            "issuer": subject_text(escaped(described.issuer, SUBJECT_SHOWN)),
            "serial": described.serial_number,
            "valid from": _moment(described.not_before, at, good=described.not_before <= at),
            "valid until": _moment(described.not_after, at, good=at <= described.not_after),
            "key": None if described.key is None else str(described.key),
            "signature": described.signature_algorithm,
            "key usage": _usage(described.key_usage),
            "extended usage": _usage(described.extended_key_usage),
        }
    )
    _add_holder(document, described)
    add_psd2(document, described.psd2)
    _add_statements(document, described)
    add_anomalies(document, described.anomalies)
    return document


def add_anomalies(document: Document, anomalies: Sequence[Anomaly]) -> None:
    """A heading and a line for each anomaly; nothing for none."""
    if not anomalies:
        return
    document.heading("Anomalies")
    width = max(len(each.id) for each in anomalies)
    for each in anomalies:
        document.line("  ", Span(each.id.ljust(width), Role.WARN), "  ", each.message)


def _kind(described: QwacDescription) -> Span:
    if described.qualified_for is not None:
        return _KINDS[described.qualified_for]
    return Span(f"qualified for nothing: {described.not_qualified_because}", Role.BAD)


def _moment(moment: datetime, at: datetime, *, good: bool) -> Span:
    seconds = (moment - at).total_seconds()
    distance = f"in {duration(seconds)}" if seconds >= 0 else f"{duration(seconds)} ago"
    return Span(f"{rfc3339(moment)}, {distance}", Role.PLAIN if good else Role.BAD)


def _usage(names: tuple[str, ...] | None) -> str | None:
    return None if names is None else ", ".join(names) or "none"


def _add_holder(document: Document, described: QwacDescription) -> None:
    identifier = described.organization_identifier
    document.heading("Holder")
    document.fields(
        {
            "identifier": Span("none", Role.BAD)
            if identifier is None
            else Span(escaped(identifier.value), Role.ACCENT),
            "scheme": None if identifier is None else identifier.scheme,
            "country": None if identifier is None else identifier.country,
            "authority": None if identifier is None else _authority(identifier),
            "number": None if identifier is None else _escaped(identifier.number),
            "organization": _escaped(described.organization),
        }
    )


def _escaped(text: str | None) -> str | None:
    # A look-alike prints just like what it looks like, and printing is all that Document makes safe.
    return None if text is None else escaped(text)


def _authority(identifier: OrganizationIdentifier) -> str | None:
    known = AUTHORITIES.get(identifier.nca_id or "")
    return identifier.authority if known is None else f"{identifier.authority}, {known.name}"


def add_psd2(document: Document, psd2: Psd2 | None) -> None:
    """Authority and roles."""
    document.heading("PSD2")
    if psd2 is None:
        document.line("  ", Span("no PSD2 statement", Role.BAD))
        return
    document.fields({"authority": _escaped(psd2.nca_name), "nCAId": _escaped(psd2.nca_id)})
    for role in psd2.roles:
        known = BY_OID.get(role.oid)
        meaning = f"  {known.meaning}" if known is not None else "  not registered here"
        beside = "" if role.name in {role.registered, None} else f", written {quoted(role.name or '')}"
        document.line("  ", Span("role       ", Role.LABEL), Span(str(role), Role.ACCENT), meaning, beside)


def _add_statements(document: Document, described: QwacDescription) -> None:
    add_statements(document, described.qc)
    if described.policies:
        document.heading("Policies")
        document.fields({each.oid: each.name or "not registered here" for each in described.policies})


def add_statements(document: Document, qc: QcStatements) -> None:
    """A heading, and each QC statement with its value."""
    document.heading("QC statements")
    if not qc.statements:
        document.line("  ", Span("none", Role.BAD))
    document.fields({each.name or each.oid: _text_value(each.value) for each in qc.statements})


def _text_value(value: Value) -> str:
    match value:
        case Psd2():
            return "see above"
        case Limit():
            return f"{value.amount} x 10^{value.exponent} {value.currency}"
        case tuple():
            return ", ".join(
                f"{each.url} ({each.language})" if isinstance(each, PdsLocation) else each for each in value
            )
        case None:
            return "yes"
        case _:
            return str(value)


# --- qwac check ---------------------------------------------------------------

_ROLES: Final = {
    Verdict.EXACT: Role.GOOD,
    Verdict.DECLARED: Role.GOOD,
    Verdict.NORMALIZED: Role.WARN,
    Verdict.EMBEDDED: Role.WARN,
    Verdict.AGENT: Role.WARN,
    Verdict.NONE: Role.BAD,
}


def check_document(result: QwacReport, report: Report) -> Document:
    """What ``qwac check`` shows; ``report`` has all checks, those of the chain too."""
    match = result.match
    document = Document()
    document.heading("client_id and certificate")
    document.fields(
        {
            "match": Span(match.verdict.value, _ROLES[match.verdict]),
            "because": match.message,
            "would match": _would_match(match),
        }
    )
    document.heading("Checks")
    document.extend(report_document(report))
    return document


def _would_match(match: Match) -> str | None:
    if match.verdict is Verdict.EXACT:
        return None
    return ", ".join(match.would_match) or "nothing: only a mapping can tie a client_id to it"


def check_answer(client_id: str, result: QwacReport, report: Report) -> QwacCheckAnswer:
    """The JSON answer of ``qwac check``."""
    return {
        "version": 1,
        "verdict": "pass" if report.passed else "fail",
        "checks": checks_json(report),
        "match": result.match.verdict.value,
        "match_message": result.match.message,
        "would_match": list(result.match.would_match),
        "client_id": client_id,
        "organization_identifier": identifier_detail(result.description.organization_identifier),
    }
