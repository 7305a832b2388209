"""The shape of the JSON answer of ``cert verify``."""

from __future__ import annotations

from typing import TypedDict

from jwttool.render.answers import JudgementAnswer


class ChainCertificate(TypedDict):
    """One certificate of a chain; null where a part could not be read.

    ``trusted`` tells whether it is the one of the trust bundle that the chain ends in.
    """

    subject: str | None
    issuer: str | None
    serial_number: str | None
    not_before: str | None
    not_after: str | None
    trusted: bool


class CertVerifyAnswer(JudgementAnswer):
    """``jwttool cert verify``: the chain that the checks are about, the certificate itself first.

    A check's ``where`` is ``chain[N]``, with the place in it.
    """

    chain: list[ChainCertificate]
