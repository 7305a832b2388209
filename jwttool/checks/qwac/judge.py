"""Check a QWAC as a bank would before it hands out a token.

The steps, and where each is taken:

1. take the certificate apart                       ``eidas.describe``
2. is it a good certificate, qualified for the web  ``checks.qwac.certificate``
3. whose is it, with which roles                    ``checks.qwac.psd2``
4. does the client_id belong to it                  ``eidas.matching``, ``checks.qwac.client``
5. is it revoked, where there are CRLs               ``checks.chain``, ``checks.qwac.beyond``
6. what only others know: said to be not checked    ``checks.qwac.beyond``
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from jwttool.ambient import utc_now
from jwttool.checks.qwac import QWAC_RULES, QwacView
from jwttool.checks.rule import RuleSet
from jwttool.eidas.describe import describe_qwac
from jwttool.eidas.matching import match_client_id
from jwttool.eidas.roles import role
from jwttool.errors import UsageError
from jwttool.providers import get_provider
from jwttool.report import Report

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from cryptography import x509

    from jwttool.eidas.describe import QwacDescription
    from jwttool.eidas.mapping import ClientMapping
    from jwttool.eidas.matching import Match
    from jwttool.providers import Provider


@dataclass(frozen=True, slots=True)
class QwacReport(Report):
    """The checks, how the client_id matches, and what the certificate says."""

    match: Match
    description: QwacDescription = field(repr=False)


_RULES: Final = RuleSet(QWAC_RULES)


def check_qwac(
    certificate: x509.Certificate,
    *,
    client_id: str,
    roles: Iterable[str] = (),
    mapping: ClientMapping | None = None,
    allow_indirect: bool = False,
    provider: Provider | str | None = None,
    chain: Report | None = None,
    at: datetime | None = None,
) -> QwacReport:
    """Judge a certificate and the client_id that is used with it.

    :param roles: names of roles that the certificate has to have ("PSP_AI").
    :param mapping: which certificate a client_id is declared to belong to.
    :param allow_indirect: a client_id that holds the identifier, or is an agent's, warns and does not fail.
    :param provider: the system whose limits hold; none by default.
    :param chain: what :func:`jwttool.checks.chain.verify_chain` said of this certificate with the CRLs of its
        CAs; it tells whether the certificate is revoked, which is not judged otherwise.
    :param at: the time to judge at, aware; the present by default.
    :raises UsageError: an unknown role or provider, or a time without a zone.
    :raises MalformedError: the certificate cannot be read at all.
    """
    now = utc_now() if at is None else at
    if now.tzinfo is None:
        raise UsageError("a time without a zone", hint="datetime.now(UTC), not datetime.utcnow()")
    description = describe_qwac(certificate)
    match = match_client_id(client_id, description, mapping)
    view = QwacView(
        description,
        match,
        client_id,
        tuple(map(role, roles)),
        allow_indirect,
        get_provider(provider) if isinstance(provider, str) else provider,
        now,
        chain,
    )
    return QwacReport(_RULES.run(view), match, description)
