"""What was decrypted, as text and as JSON, and whether anything vouches for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jwttool.encoding import b64url_encode, printable
from jwttool.render.document import Document, Role, Span
from jwttool.render.inspection import inspection_document
from jwttool.render.inspection_json import inspection_json
from jwttool.render.masking import masked, masked_payload
from jwttool.render.report import checks_json, report_document

if TYPE_CHECKING:
    from jwttool.inspection.opened import Opened
    from jwttool.render.answers_inspection import TokenDecryptAnswer
    from jwttool.render.members import Look
    from jwttool.report import Report

_UNAUTHENTICATED = (
    "Not authenticated: anybody who has the public key can have made it, until the signature of the token",
    "inside is verified (--verify-with, or `jwttool token verify`).",
)


def decryption_json(opened: Opened, report: Report | None, *, show_secrets: bool) -> TokenDecryptAnswer:
    """The answer in JSON; with a report, whether the token inside was verified."""
    answer: TokenDecryptAnswer = {
        "version": 1,
        "header": opened.decrypted.header if show_secrets else masked(opened.decrypted.header),
        "authenticated": report is not None and report.passed,
        "inner": None if opened.inner is None else inspection_json(opened.inner, show_secrets=show_secrets),
    }
    if opened.inner is None:
        try:
            text = opened.decrypted.plaintext.decode()
            answer["plaintext"] = text if show_secrets else masked_payload(text)
        except UnicodeDecodeError:
            answer["plaintext_base64url"] = b64url_encode(opened.decrypted.plaintext)
    if report is not None:
        answer["verdict"] = "pass" if report.passed else "fail"
        answer["checks"] = checks_json(report)
    return answer


def decryption_document(opened: Opened, report: Report | None, look: Look) -> Document:
    """The decrypted token for people: how it was encrypted, whether it can be believed, what was inside."""
    document = Document()
    header = opened.decrypted.header
    how = printable(f"{header.get('alg')}, {header.get('enc')}", 80)
    document.line(Span("Decrypted", Role.HEADING), Span(f"  {how}", Role.LABEL))
    if report is not None and report.passed:
        document.line(Span("Authenticated: the token inside was verified.", Role.GOOD))
    else:
        for line in _UNAUTHENTICATED:
            document.line(Span(line, Role.WARN))
    document.line()
    if opened.inner is not None:
        document.extend(inspection_document(opened.inner, replace(look, verified=report is not None)))
    else:
        document.line(Span("What was inside is no token:", Role.HEADING))
        text = opened.decrypted.plaintext.decode("utf-8", "replace")
        shown = text if look.show_secrets else masked_payload(text)
        document.line("  ", Span(shown, whole=look.show_secrets))
    if report is not None:
        document.heading("Verification")
        document.extend(report_document(report))
    return document
