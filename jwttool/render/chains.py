"""A judged chain as text, drawn as a tree, and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jwttool.certificates import issuer, not_after, not_before, serial_number, subject
from jwttool.certificates.describe import Collector
from jwttool.render.document import Document, Role, Span
from jwttool.render.keys import subject_text
from jwttool.render.report import checks_json, report_document
from jwttool.report import Status
from jwttool.times import rfc3339

if TYPE_CHECKING:
    from datetime import datetime

    from cryptography import x509

    from jwttool.checks.chain import ChainReport
    from jwttool.render.answers_chains import CertVerifyAnswer, ChainCertificate

_INDENT: Final = 3


def chain_document(report: ChainReport) -> Document:
    """What ``cert verify`` shows: the chain with its root at the top, then the checks."""
    document = chain_tree(report)
    document.line()
    document.extend(report_document(report))
    return document


def chain_tree(report: ChainReport, heading: str = "Chain") -> Document:
    """The chain alone, with its root at the top, and what is to be said of each certificate."""
    document = Document()
    document.heading(heading)
    last = len(report.chain) - 1
    for depth, position in enumerate(range(last, -1, -1)):
        certificate = report.chain[position]
        first, end = _dates(certificate)
        indent = "  " + " " * _INDENT * depth
        branch = "" if depth == 0 else "`- "
        name = subject_text(Collector().read(subject, certificate))
        document.line(indent, branch, name, "  ", *_mark(report, position))
        beside = indent + " " * len(branch)
        document.line(beside, Span(f"valid {_shown(first)} to {_shown(end)}", Role.LABEL))
    return document


def _mark(report: ChainReport, position: int) -> list[Span]:
    """What is to be said of one certificate: trusted or not, and the checks that it fails."""
    found = [check for check in report if check.where == f"chain[{position}]"]
    failed = list(dict.fromkeys(check.id for check in found if check.status is Status.FAIL))
    warned = list(dict.fromkeys(check.id for check in found if check.status is Status.WARNING))
    marks = [Span("trusted ", Role.GOOD)] if _is_trusted(report, position) else []
    if failed:
        marks.append(Span(f"FAIL {', '.join(failed)}", Role.BAD))
    elif warned:
        marks.append(Span(f"warn {', '.join(warned)}", Role.WARN))
    elif not marks:
        marks.append(Span("ok", Role.GOOD))
    return marks


def _is_trusted(report: ChainReport, position: int) -> bool:
    return report.trusted and position == len(report.chain) - 1


def _dates(certificate: x509.Certificate) -> tuple[datetime | None, datetime | None]:
    read = Collector().read
    return read(not_before, certificate), read(not_after, certificate)


def _shown(moment: datetime | None) -> str:
    return "?" if moment is None else rfc3339(moment)


def chain_answer(report: ChainReport) -> CertVerifyAnswer:
    """The JSON answer of ``cert verify``."""
    return {
        "version": 1,
        "verdict": "pass" if report.passed else "fail",
        "checks": checks_json(report),
        "chain": chain_json(report),
    }


def chain_json(report: ChainReport) -> list[ChainCertificate]:
    """The certificates of the chain, the one that was verified first."""
    return [
        _certificate(certificate, trusted=_is_trusted(report, position))
        for position, certificate in enumerate(report.chain)
    ]


def _certificate(certificate: x509.Certificate, *, trusted: bool) -> ChainCertificate:
    read = Collector().read
    first, last = _dates(certificate)
    return {
        "subject": read(subject, certificate),
        "issuer": read(issuer, certificate),
        "serial_number": read(serial_number, certificate),
        "not_before": None if first is None else rfc3339(first),
        "not_after": None if last is None else rfc3339(last),
        "trusted": trusted,
    }
