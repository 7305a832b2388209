"""Judge what a probe saw of a server."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from jwttool.checks.chain import CHAIN_RULES, verify_chain
from jwttool.checks.rule import RuleSet
from jwttool.checks.tls import CONNECTION_RULES, PEER_RULES
from jwttool.checks.tls.seen import TlsView
from jwttool.checks.tls.server import CERTIFICATE
from jwttool.report import Report, Status

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from cryptography import x509

    from jwttool.checks.chain import ChainReport
    from jwttool.checks.tls.seen import Ours, Seen
    from jwttool.checks.tls.target import Target
    from jwttool.report import Check


@dataclass(frozen=True, slots=True)
class TlsReport(Report):
    """The checks, what they are about, and the server's chain as it was judged; None where none was seen."""

    view: TlsView = field(repr=False)
    chain: ChainReport | None = None


_RULES: Final = RuleSet((*CONNECTION_RULES, *PEER_RULES))
_FIRST: Final = len(CONNECTION_RULES)

# The chain's rules speak of files that one gives; here it is the server that sends them.
_HINTS: Final = {
    "chain-complete": "the server has to send the CAs between its certificate and the root; or is it a "
    "private CA, to be given with --server-ca?",
    "chain-trusted": "if the CA is to be trusted, get its root from whoever runs it, for --server-ca",
}


def judge_tls(
    target: Target, seen: Seen, *, trust: Iterable[x509.Certificate], ours: Ours | None = None, at: datetime
) -> TlsReport:
    """Judge a server by what was seen of it.

    :param trust: the certificates that the server's chain may end in; never empty.
    :param ours: the client certificate that was used, or would be.
    :param at: the time to judge at, aware.
    :raises UsageError: nothing is trusted, or a time without a zone.
    """
    view = TlsView(target, seen, ours, at)
    checks = _RULES.run(view)
    readable = next(check for check in checks if check.id == CERTIFICATE)
    if readable.status is not Status.PASS:
        reason = f"not judged, because {CERTIFICATE} did not pass"
        chain, between = None, tuple(rule.skipped(reason) for rule in CHAIN_RULES)
    else:
        chain = verify_chain(view.chain[0], trust=trust, intermediates=view.chain[1:], at=at)
        between = tuple(map(_with_hint, chain.checks))
    return TlsReport((*checks[:_FIRST], *between, *checks[_FIRST:]), view, chain)


def _with_hint(check: Check) -> Check:
    hint = _HINTS.get(check.id)
    return replace(check, hint=hint) if hint and check.status is Status.FAIL else check
