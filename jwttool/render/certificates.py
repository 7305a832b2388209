"""Certificates, kids and matches as text and JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jwttool.certificates import FORMS, any_public_key, describe_key, describe_match, subject
from jwttool.render.document import Document, Role, Span
from jwttool.render.keys import (
    add_faults,
    encryption_detail,
    key_detail,
    subject_text,
    use_detail,
    use_fields,
)
from jwttool.render.report import checks_json, summary
from jwttool.report import Check, Report, Severity, Status
from jwttool.times import duration, rfc3339

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cryptography import x509

    from jwttool.certificates import CertificateDescription, KidMatch
    from jwttool.csr import KeyHolder
    from jwttool.keys import KeyEncryption
    from jwttool.render.answers import (
        CertBundleAnswer,
        CertFindKidAnswer,
        CertMatchAnswer,
        CertShowAnswer,
        KidDetail,
        KidMatchDetail,
    )

# --- cert show ----------------------------------------------------------------


def certificate_document(
    described: CertificateDescription, at: datetime, chain: Sequence[x509.Certificate]
) -> Document:
    """What ``cert show`` shows."""
    document = Document()
    document.heading("Certificate")
    document.fields(
        {
            "subject": subject_text(described.subject),
            "issuer": "itself" if described.self_issued else subject_text(described.issuer),
            "serial": described.serial_number,
            "valid from": _not_before(described.not_before, at),
            "valid until": _not_after(described.not_after, at),
            "key": None if described.key is None else str(described.key),
            "signature": described.signature_algorithm,
            **use_fields(described.use),
            "authority": _authority(described),
        }
    )
    add_faults(document, described.faults)
    document.heading("Fingerprints")
    document.fields({form: described.fingerprints.get(form, _NOT_AVAILABLE) for form in FORMS})
    if chain:
        document.heading("Also in the file")
        for certificate in chain:
            document.line("  ", subject(certificate))
    return document


_NOT_AVAILABLE = Span("not available for this certificate", Role.LABEL)


def _not_before(moment: datetime | None, at: datetime) -> str | Span | None:
    if moment is None:
        return None
    if at < moment:
        return Span(f"{rfc3339(moment)}, in {duration((moment - at).total_seconds())}", Role.BAD)
    return rfc3339(moment)


def _not_after(moment: datetime | None, at: datetime) -> str | Span | None:
    if moment is None:
        return None
    if at > moment:
        return Span(f"{rfc3339(moment)}, expired {duration((at - moment).total_seconds())} ago", Role.BAD)
    return f"{rfc3339(moment)}, in {duration((moment - at).total_seconds())}"


def _authority(described: CertificateDescription) -> str | None:
    if not described.is_authority:
        return None
    return "yes" if described.path_length is None else f"yes, with at most {described.path_length} below it"


def certificate_answer(
    described: CertificateDescription,
    file_format: str,
    days: int | None,
    chain: Sequence[x509.Certificate],
) -> CertShowAnswer:
    """The JSON answer of ``cert show``."""
    return {
        "version": 1,
        "format": file_format,
        "subject": described.subject,
        "issuer": described.issuer,
        "self_issued": described.self_issued,
        "serial_number": described.serial_number,
        "not_before": None if described.not_before is None else rfc3339(described.not_before),
        "not_after": None if described.not_after is None else rfc3339(described.not_after),
        "days_left": days,
        "key": None if described.key is None else key_detail(described.key),
        "signature_algorithm": described.signature_algorithm,
        "use": use_detail(described.use),
        "is_authority": described.is_authority,
        "path_length": described.path_length,
        "fingerprints": described.fingerprints,
        "x5c": described.header_value,
        "chain": [subject(certificate) for certificate in chain],
        "faults": list(described.faults),
    }


# --- cert find-kid ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Candidate:
    """A certificate that a kid may name: its file, and its place in it, from 1."""

    file: str
    position: int
    certificate: x509.Certificate


@dataclass(frozen=True, slots=True)
class IdentifiedKid:
    """A kid with what it names; ``requested`` tells what a server says that it was asked for."""

    kid: str
    match: KidMatch | None
    requested: bool = False


_KID_SOURCE = "RFC 7515 section 4.1.4: a kid is compared character by character"


def kid_report(kids: Sequence[IdentifiedKid], candidates: Sequence[Candidate]) -> Report:
    """One check for every kid that a server knows: whether it names one of the certificates.

    It is enough if one of them is: a server keeps the kids of former
    certificates, and of other clients. Those that are none are notes then.
    """
    known = [each for each in kids if not each.requested]
    found = any(each.match for each in known)
    checks = tuple(_kid_check(each, candidates, found=found) for each in known)
    if checks:
        return Report(checks)
    message = "the server knows no kid at all"
    hint = "upload the certificate in the system's portal; then it has a kid"
    return Report((Check("kid-known", Status.FAIL, Severity.ERROR, message, hint, _KID_SOURCE),))


def _kid_check(each: IdentifiedKid, candidates: Sequence[Candidate], *, found: bool) -> Check:
    shown = each.kid if len(each.kid) <= 80 else f"{each.kid[:80]}…"
    if each.match is not None:
        message = f"{shown}: {_words(each.match, candidates)}"
        if each.match.deviation is None:
            return Check("kid-known", Status.PASS, Severity.ERROR, message, reference=_KID_SOURCE)
        hint = "a server compares character by character: write it exactly as the server has it"
        return Check("kid-known", Status.WARNING, Severity.WARNING, message, hint, _KID_SOURCE)
    message = f"{shown}: no fingerprint of {_number(candidates)}, in any form"
    if found:
        return Check("kid-known", Status.SKIPPED, Severity.NOTE, message, reference=_KID_SOURCE)
    hint = "it belongs to another certificate, or the system handed it out as a literal"
    return Check("kid-known", Status.FAIL, Severity.ERROR, message, hint, _KID_SOURCE)


def _place(candidate: Candidate, candidates: Sequence[Candidate]) -> str:
    if any(other.file == candidate.file and other is not candidate for other in candidates):
        return f", certificate {candidate.position}"
    return ""


def find_kid_document(
    kids: Sequence[IdentifiedKid], candidates: Sequence[Candidate], report: Report
) -> Document:
    """What ``cert find-kid`` shows: every kid, and below it what it is."""
    document = Document()
    for each in kids:
        document.line(
            *([Span("asked for  ", Role.LABEL)] if each.requested else []), Span(each.kid, Role.ACCENT)
        )
        if each.match is None:
            document.line("  ", f"no fingerprint of {_number(candidates)}, in any form")
            continue
        document.line("  ", Span(_words(each.match, candidates), Role.GOOD))
        if each.match.deviation is not None:
            document.line("  ", Span("not exactly: a server compares character by character", Role.WARN))
    document.line()
    if not report.passed:
        document.line(Span("FAIL", Role.BAD), f"  {_why_not(kids, report)}")
    elif report.warnings:
        document.line(Span("PASS", Role.WARN), "  found, but not spelt as the server has it")
    else:
        document.line(Span("PASS", Role.GOOD), "  found")
    return document


def _number(candidates: Sequence[Candidate]) -> str:
    return "this certificate" if len(candidates) == 1 else f"these {len(candidates)} certificates"


def _why_not(kids: Sequence[IdentifiedKid], report: Report) -> str:
    known = [each for each in kids if not each.requested]
    if len(known) == 1:
        return report.checks[0].hint or "not found"
    if known:
        return f"not found: none of the {len(known)} kids"
    return f"{report.checks[0].message}; {report.checks[0].hint}"


def _words(match: KidMatch, candidates: Sequence[Candidate]) -> str:
    candidate = candidates[match.certificate_index]
    words = describe_match(match, f"{candidate.file}{_place(candidate, candidates)}")
    return f"{words} (--as {match.form})"


def find_kid_answer(
    kids: Sequence[IdentifiedKid], candidates: Sequence[Candidate], report: Report
) -> CertFindKidAnswer:
    """The JSON answer of ``cert find-kid``."""
    return {
        "version": 1,
        "verdict": "pass" if report.passed else "fail",
        "checks": checks_json(report),
        "kids": [_kid_detail(each, candidates) for each in kids],
    }


def _kid_detail(each: IdentifiedKid, candidates: Sequence[Candidate]) -> KidDetail:
    match: KidMatchDetail | None = None
    if each.match is not None:
        candidate = candidates[each.match.certificate_index]
        match = {
            "file": candidate.file,
            "position": candidate.position,
            "subject": subject(candidate.certificate),
            "form": each.match.form,
            "deviation": each.match.deviation,
        }
    return {"kid": each.kid, "requested": each.requested, "match": match}


# --- cert match ---------------------------------------------------------------

Group = tuple[tuple[str, "KeyHolder"], ...]
"""Things that hold one key, each with its file."""


def match_report(groups: Sequence[Group]) -> Report:
    """One check: whether all hold one key."""
    reference = "RFC 7517 section 4; RFC 5280 section 4.1.2.7: the same public key"
    if len(groups) == 1:
        message = f"all {len(groups[0])} hold one and the same key"
        return Report((Check("match-one-key", Status.PASS, Severity.ERROR, message, reference=reference),))
    message = f"{len(groups)} different keys"
    hint = "a certificate belongs to the private key that its request was made with; look for that one"
    return Report((Check("match-one-key", Status.FAIL, Severity.ERROR, message, hint, reference),))


def match_document(groups: Sequence[Group], report: Report) -> Document:
    """What ``cert match`` shows: the groups, then the verdict."""
    document = Document()
    for number, group in enumerate(groups, start=1):
        document.heading(f"Key {number}: {describe_key(group[0][1].public_key)}")
        width = max(len(file) for file, _ in group)
        for file, holder in group:
            document.line(
                "  ",
                Span(file.ljust(width), Role.ACCENT),
                "  ",
                holder.kind.ljust(len("private key")),
                *([] if holder.subject is None else ["  ", subject_text(holder.subject)]),
            )
    document.line()
    document.line(*summary(report)[:1], f"  {report.checks[0].message}")
    return document


def match_answer(groups: Sequence[Group], report: Report) -> CertMatchAnswer:
    """The JSON answer of ``cert match``."""
    return {
        "version": 1,
        "verdict": "pass" if report.passed else "fail",
        "checks": checks_json(report),
        "groups": [
            {
                "key": key_detail(describe_key(group[0][1].public_key)),
                "holders": [
                    {"file": file, "kind": holder.kind, "subject": holder.subject} for file, holder in group
                ],
            }
            for group in groups
        ],
    }


# --- cert bundle --------------------------------------------------------------


def bundle_answer(
    path: str,
    mode: int,
    name: str,
    certificate: x509.Certificate,
    chain: Sequence[x509.Certificate],
    encryption: KeyEncryption | None,
) -> CertBundleAnswer:
    """The JSON answer of ``cert bundle``."""
    return {
        "version": 1,
        "path": path,
        "mode": f"{mode:04o}",
        "name": name,
        "subject": subject(certificate),
        "key": key_detail(describe_key(any_public_key(certificate))),
        "chain": [subject(each) for each in chain],
        "encryption": encryption_detail(encryption),
    }
