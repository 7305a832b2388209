"""The shapes of the JSON answers about eIDAS certificates, one TypedDict each."""

from __future__ import annotations

from typing import Literal, TypedDict

from jwttool.render.answers import (
    AnomalyDetail,
    JudgementAnswer,
    KeyDetail,
    OrganizationIdentifierDetail,
    Psd2Detail,
    StatementDetail,
)


class PolicyDetail(TypedDict):
    """A certificate policy; name is null for a stranger."""

    oid: str
    name: str | None


class QwacShowAnswer(TypedDict):
    """``jwttool qwac show``: qualified_for is null, with the reason, for what is qualified for nothing.

    A usage of null means that the extension is not there.
    """

    version: Literal[1]
    subject: str
    issuer: str
    serial_number: str
    not_before: str
    not_after: str
    key: KeyDetail | None
    signature_algorithm: str
    key_usage: list[str] | None
    extended_key_usage: list[str] | None
    is_authority: bool
    qualified_for: Literal["web", "seal", "signature"] | None
    not_qualified_because: str | None
    organization_identifier: OrganizationIdentifierDetail | None
    psd2: Psd2Detail | None
    qc_types: list[str]
    qc_statements: list[StatementDetail]
    policies: list[PolicyDetail]
    anomalies: list[AnomalyDetail]


class QwacCheckAnswer(JudgementAnswer):
    """``jwttool qwac check``: how the client_id matches, why, and which client_ids would match exactly."""

    match: Literal["exact", "normalized", "embedded", "declared", "agent", "none"]
    match_message: str
    would_match: list[str]
    client_id: str
    organization_identifier: OrganizationIdentifierDetail | None
