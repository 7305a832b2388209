"""What the rules about QWACs look at: what the certificate says, what is asked of it, the time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jwttool.checks.rule import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from jwttool.eidas.describe import QwacDescription
    from jwttool.eidas.matching import Match
    from jwttool.eidas.roles import Role
    from jwttool.providers import Provider
    from jwttool.report import Report, Severity

PSD2: Final = "qwac-psd2"
"""The rule that others build on."""


@dataclass(frozen=True, slots=True)
class QwacView:
    """A certificate and all that it is judged by.

    ``roles`` are those that are asked for; ``chain`` is what was found out of the
    certificate's chain, None where nobody looked.
    """

    description: QwacDescription
    match: Match
    client_id: str
    roles: tuple[Role, ...]
    allow_indirect: bool
    provider: Provider | None
    at: datetime
    chain: Report | None = None


_NAMED: Final = 3


def oddities(
    view: QwacView,
    ids: Iterable[str],
    hint: str | None = None,
    where: str | None = None,
    severity: Severity | None = None,
) -> Finding | None:
    """The finding for the anomalies of these ids; None when there is none."""
    if not view.description.anomalies:
        return None
    wanted = frozenset(ids)
    found = [anomaly.message for anomaly in view.description.anomalies if anomaly.id in wanted]
    if not found:
        return None
    more = f"; and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    return Finding("; ".join(found[:_NAMED]) + more, hint, where, severity)
