"""The shapes of the JSON answers, one TypedDict each.

The JSON Schemas in docs/schemas are made from these (see
``jwttool.render.schemas``), and a test validates what the commands really print
against them. Nothing here exists at run time beyond the types.
"""

from __future__ import annotations

from typing import Any, Literal, TypedDict


class CheckAnswer(TypedDict):
    """One check of a judgement."""

    id: str
    status: Literal["pass", "fail", "warning", "skipped"]
    severity: Literal["error", "warning", "note"]
    message: str
    hint: str | None
    reference: str | None
    where: str | None


class JudgementAnswer(TypedDict):
    """What every judgement has."""

    version: Literal[1]
    verdict: Literal["pass", "fail"]
    checks: list[CheckAnswer]


class ErrorDetail(TypedDict):
    """What is wrong and what to try."""

    code: str
    message: str
    hint: str | None


class ErrorAnswer(TypedDict):
    """The answer of a command that could not answer."""

    version: Literal[1]
    error: ErrorDetail


# --- keys, requests and certificates ------------------------------------------


class KeyDetail(TypedDict):
    """A public key: its type, its size in bits, the exponent of RSA, the curve of EC."""

    type: str
    size: int | None
    exponent: int | None
    curve: str | None


class EncryptionDetail(TypedDict):
    """How a private key's file is encrypted; rounds are null where the scheme does not count them."""

    scheme: str
    rounds: int | None


class KeyGenerateAnswer(TypedDict):
    """``jwttool key generate``: what was written where; the mode is octal."""

    version: Literal[1]
    path: str
    mode: str
    key: KeyDetail
    encryption: EncryptionDetail | None


class KeyShowAnswer(JudgementAnswer):
    """``jwttool key show``: mode, encryption and format are the file's, thumbprints by form."""

    kind: Literal["private", "public"]
    format: str
    encoding: str
    mode: str | None
    key: KeyDetail
    encryption: EncryptionDetail | None
    thumbprints: dict[str, str]


class UseDetail(TypedDict):
    """What a certificate is for, or a request asks to be for; null where it says nothing."""

    key_usage: list[str] | None
    extended_key_usage: list[str] | None
    subject_alternative_names: list[str]


class OrganizationIdentifierDetail(TypedDict):
    """An organizationIdentifier as it stands, and its parts; null where a part could not be made out."""

    value: str
    scheme: str | None
    country: str | None
    authority: str | None
    number: str | None


class RoleDetail(TypedDict):
    """A role as it stands in the certificate."""

    oid: str
    name: str | None


class Psd2Detail(TypedDict):
    """The PSD2 statement: roles by their registered names (strangers by OID), and as they stand."""

    roles: list[str]
    role_details: list[RoleDetail]
    nca_name: str | None
    nca_id: str | None


class StatementDetail(TypedDict):
    """A QC statement; name is null for a stranger. What is not understood is DER in hex, cut."""

    oid: str
    name: str | None
    value: Any


class AnomalyDetail(TypedDict):
    """Something odd that was read all the same."""

    id: str
    message: str


class CsrCreateAnswer(TypedDict):
    """``jwttool csr create``: the request in PEM; path is null where it went nowhere but into the answer.

    Notes are sentences about what is allowed and may still not be what is wanted.
    """

    version: Literal[1]
    path: str | None
    subject: str
    key: KeyDetail
    request: str
    notes: list[str]


class CsrShowAnswer(JudgementAnswer):
    """``jwttool csr show``: other extensions and attributes are dotted numbers; null could not be read.

    What is asked for an eIDAS certificate is taken apart: null, or an empty list, is not there.
    """

    subject: str | None
    key: KeyDetail | None
    signature_algorithm: str | None
    requested: UseDetail | None
    organization_identifier: OrganizationIdentifierDetail | None
    psd2: Psd2Detail | None
    qc_types: list[str]
    qc_statements: list[StatementDetail]
    anomalies: list[AnomalyDetail]
    other_extensions: list[str]
    other_attributes: list[str]


class CertShowAnswer(TypedDict):
    """``jwttool cert show``: null where a part could not be read; then ``faults`` has a sentence.

    Fingerprints stand by form; x5c is the DER in base64, on one line.
    """

    version: Literal[1]
    format: str
    subject: str | None
    issuer: str | None
    self_issued: bool | None
    serial_number: str | None
    not_before: str | None
    not_after: str | None
    days_left: int | None
    key: KeyDetail | None
    signature_algorithm: str | None
    use: UseDetail | None
    is_authority: bool | None
    path_length: int | None
    fingerprints: dict[str, str]
    x5c: str
    chain: list[str]
    faults: list[str]


class CertFingerprintAnswer(TypedDict):
    """``jwttool cert fingerprint``: the one that was asked for, or all, by form; whose they are."""

    version: Literal[1]
    subject: str | None
    fingerprints: dict[str, str]


class KidMatchDetail(TypedDict):
    """The certificate that a kid names: its file, its place in it (from 1), and how the kid is made of it."""

    file: str
    position: int
    subject: str
    form: str
    deviation: str | None


class KidDetail(TypedDict):
    """One kid; ``requested`` tells the one that a server's message says it was asked for."""

    kid: str
    requested: bool
    match: KidMatchDetail | None


class CertFindKidAnswer(JudgementAnswer):
    """``jwttool cert find-kid``: every kid with what it names."""

    kids: list[KidDetail]


class KeyHolderDetail(TypedDict):
    """One thing that holds a key, and the file that it stands in."""

    file: str
    kind: Literal["private key", "public key", "request", "certificate"]
    subject: str | None


class KeyGroup(TypedDict):
    """All that hold one and the same key."""

    key: KeyDetail
    holders: list[KeyHolderDetail]


class CertMatchAnswer(JudgementAnswer):
    """``jwttool cert match``: it passes when there is one group."""

    groups: list[KeyGroup]


class CertBundleAnswer(TypedDict):
    """``jwttool cert bundle``: what was written where; chain has the subjects above the certificate's."""

    version: Literal[1]
    path: str
    mode: str
    name: str
    subject: str
    key: KeyDetail
    chain: list[str]
    encryption: EncryptionDetail | None


# --- onboarding ---------------------------------------------------------------


class ClientStatus(TypedDict):
    """One client of ``status``."""

    name: str
    provider: str
    verdict: Literal["pass", "fail"]
    steps_left: int


class StatusAnswer(JudgementAnswer):
    """``jwttool status``: all steps in ``checks``, each with its client in ``where``."""

    clients: list[ClientStatus]


class InitAnswer(StatusAnswer):
    """``jwttool init``: the client's steps, and the files that this run wrote, without those it kept."""

    written: list[str]
