"""Whose certificate it is: the client_id against the authorization number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jwttool.checks.rule import Finding, Outcome, Unjudged, rule
from jwttool.eidas.matching import Verdict
from jwttool.encoding import printable
from jwttool.report import Severity

if TYPE_CHECKING:
    from jwttool.checks.qwac.view import QwacView
    from jwttool.eidas.matching import Match

_MAPPING: Final = "declare it: --mapping FILE names the certificate that a client_id belongs to"
_SHOWN: Final = 120


@rule(
    "qwac-client-id",
    Severity.ERROR,
    "the client_id belongs to the certificate",
    'STET PSD2 V1.4.0.47, the bank\'s page "Get your token": direct or indirect matching',
)
def client_id(view: QwacView) -> Outcome:
    """The client_id matches the authorization number in the certificate, directly or indirectly.

    Directly: it is the whole organizationIdentifier, or the number in it. By a mapping: somebody declared
    that it belongs to this certificate. Looser ways are accepted by some banks and prove nothing: the
    identifier stands somewhere in the client_id, or the client_id is an agent's. They fail unless
    --allow-indirect makes them warnings.
    """
    match = view.match
    match match.verdict:
        case Verdict.EXACT | Verdict.DECLARED:
            return None
        case Verdict.NORMALIZED:
            hint = f"write it as it stands in the certificate: {_wanted(match)}"
            return Finding(match.message, hint, "client_id", severity=Severity.WARNING)
        case Verdict.EMBEDDED | Verdict.AGENT:
            message = f"{match.message}; that is indirect, and proves nothing"
            if view.allow_indirect:
                return Finding(message, _MAPPING, "client_id", severity=Severity.WARNING)
            return Finding(message, f"{_MAPPING}; --allow-indirect accepts it", "client_id")
        case Verdict.NONE:
            return Finding(match.message, _what_to_do(match), "client_id")


def _what_to_do(match: Match) -> str:
    wanted = f"what would match: {_wanted(match)}" if match.would_match else ""
    if match.contradicted:
        disagrees = "the mapping disagrees: correct its entry, or use the certificate that it names"
        return f"{disagrees}; {wanted}" if wanted else disagrees
    if not match.declarable:
        return wanted or "use the client_id that the bank gave, which is of printable ASCII characters"
    return f"{wanted}; else {_MAPPING}" if wanted else _MAPPING


def _wanted(match: Match) -> str:
    return " or ".join(printable(each, _SHOWN) for each in match.would_match)


@rule(
    "qwac-client-id-length",
    Severity.WARNING,
    "the client_id is not longer than the system takes",
    "the system's own document, or what is known of its banks",
)
def client_id_length(view: QwacView) -> Outcome:
    """Some systems cut or refuse a long client_id; whole organizationIdentifiers come near the limit.

    A bank on STET takes 34 characters (inferred: one bank's practice). Have a shorter one registered.
    """
    system = view.provider
    if system is None:
        return Unjudged("no system was named whose limit could be known")
    if system.client_id_limit is None:
        return Unjudged(f"not documented by {system.title}: a rule about the client_id and the QWAC")
    limit = system.client_id_limit
    if len(view.client_id) <= limit.most:
        return None
    return Finding(
        f"the client_id has {len(view.client_id):,} characters, more than {limit.most}: {limit.source}",
        "have a shorter client_id registered",
        "client_id",
    )
