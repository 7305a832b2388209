"""The shapes of the JSON answers, one TypedDict each.

The JSON Schemas in docs/schemas are made from these, and a test validates what
the commands really print against them. Nothing here exists at run time beyond
the types.
"""

from __future__ import annotations

from typing import Final, Literal, TypedDict


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


# --- assertions ---------------------------------------------------------------


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


ANSWERS: Final[dict[str, type]] = {
    "error": ErrorAnswer,
    "assertion-verify": JudgementAnswer,
    "status": StatusAnswer,
}
"""Command to answer; the names of the schema files."""
