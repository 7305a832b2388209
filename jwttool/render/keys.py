"""Keys and signing requests as text and JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from jwttool.certificates import describe_key
from jwttool.encoding import MAX_JSON_INTEGER
from jwttool.render.document import Document, Role, Span
from jwttool.render.report import checks_json, report_document

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jwttool.certificates import KeyDescription
    from jwttool.certificates.describe import RequestedUse
    from jwttool.checks.key import KeyView
    from jwttool.keys import KeyEncryption
    from jwttool.render.answers import (
        EncryptionDetail,
        KeyDetail,
        KeyGenerateAnswer,
        KeyShowAnswer,
        UseDetail,
    )
    from jwttool.report import Report


# --- parts --------------------------------------------------------------------


def key_detail(key: KeyDescription) -> KeyDetail:
    """A public key in the shape that every answer uses.

    An exponent that JSON has no exact number for is left out; only a hostile key has one.
    """
    exponent = key.exponent if key.exponent is not None and key.exponent <= MAX_JSON_INTEGER else None
    return {"type": key.type, "size": key.size, "exponent": exponent, "curve": key.curve}


def _exponent_text(exponent: int | None) -> str | None:
    # Python refuses to write out a number of thousands of digits.
    if exponent is None or exponent <= MAX_JSON_INTEGER:
        return None if exponent is None else str(exponent)
    return f"a number of {exponent.bit_length():,} bits"


def encryption_detail(encryption: KeyEncryption | None) -> EncryptionDetail | None:
    """The encryption of a file; None for none."""
    if encryption is None:
        return None
    return {"scheme": encryption.scheme, "rounds": encryption.rounds}


def encryption_text(encryption: KeyEncryption | None) -> str:
    """The encryption of a file in words."""
    if encryption is None:
        return "none"
    return encryption.scheme if encryption.cost is None else f"{encryption.scheme}, {encryption.cost}"


def use_detail(use: RequestedUse | None) -> UseDetail | None:
    """Usages and alternative names; None where they could not be read."""
    if use is None:
        return None
    return {
        "key_usage": None if use.key_usage is None else list(use.key_usage),
        "extended_key_usage": None if use.extended_key_usage is None else list(use.extended_key_usage),
        "subject_alternative_names": list(use.alternative_names),
    }


def use_fields(use: RequestedUse | None) -> dict[str, str | Span | None]:
    """Usages and alternative names as fields of a document; what is not there is left out."""
    if use is None:
        return {}
    return {
        "key usage": None if use.key_usage is None else ", ".join(use.key_usage) or "none",
        "extended usage": (
            None if use.extended_key_usage is None else ", ".join(use.extended_key_usage) or "none"
        ),
        "names": ", ".join(use.alternative_names) or None,
    }


def octal(mode: int | None) -> str | None:
    """The permission bits of a file as chmod takes them."""
    return None if mode is None else f"{mode:04o}"


# --- key generate, key show ---------------------------------------------------


def generated_answer(
    path: str, mode: int, key: KeyDescription, encryption: KeyEncryption | None
) -> KeyGenerateAnswer:
    """The JSON answer of ``key generate``."""
    return {
        "version": 1,
        "path": path,
        "mode": f"{mode:04o}",
        "key": key_detail(key),
        "encryption": encryption_detail(encryption),
    }


def key_document(
    view: KeyView, file_format: str, encoding: str, thumbprints: Mapping[str, str], report: Report
) -> Document:
    """What ``key show`` shows."""
    key = describe_key(view.public_key)
    private = view.private_key is not None
    document = Document()
    document.heading("Private key" if private else "Public key")
    document.fields(
        {
            "key": str(key),
            "exponent": _exponent_text(key.exponent),
            "format": f"{file_format}, {encoding}",
            "encryption": encryption_text(view.encryption) if private else None,
            "file mode": octal(view.mode),
        }
    )
    document.heading("Thumbprints of the public key")
    document.fields(dict(thumbprints))
    document.heading("Checks")
    document.extend(report_document(report))
    return document


def key_answer(
    view: KeyView, file_format: str, encoding: str, thumbprints: Mapping[str, str], report: Report
) -> KeyShowAnswer:
    """The JSON answer of ``key show``."""
    kind: Literal["private", "public"] = "public" if view.private_key is None else "private"
    return {
        "version": 1,
        "verdict": "pass" if report.passed else "fail",
        "checks": checks_json(report),
        "kind": kind,
        "format": file_format,
        "encoding": encoding,
        "mode": octal(view.mode),
        "key": key_detail(describe_key(view.public_key)),
        "encryption": encryption_detail(view.encryption),
        "thumbprints": dict(thumbprints),
    }


# --- parts of requests and certificates ---------------------------------------


def subject_text(subject: str | None) -> str | Span:
    """A subject, with a word for one that is empty or could not be read."""
    if subject is None:
        return Span("cannot be read", Role.BAD)
    return subject or Span("(empty)", Role.LABEL)


def add_faults(document: Document, faults: tuple[str, ...]) -> None:
    """A line for every part that could not be read."""
    for fault in faults:
        document.line("  ", Span(fault, Role.BAD))
