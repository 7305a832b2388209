"""Verify a certificate: find its chains, judge them, and take the best."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from jwttool.ambient import utc_now
from jwttool.certificates.paths import End, PathSearch
from jwttool.certificates.revocation import RevocationLists
from jwttool.checks.chain.links import LINK_RULES
from jwttool.checks.chain.revoked import CRL_IDS, REVOCATION_RULES, REVOKED
from jwttool.checks.chain.view import ChainView, Link, named, place
from jwttool.checks.chain.whole import BEGINNING_RULES, BOUNDS_RULE, END_RULES, UNUSED_RULE
from jwttool.checks.rule import Rule, RuleSet
from jwttool.errors import UsageError
from jwttool.report import Check, Report, Status
from jwttool.times import unix_seconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from cryptography import x509

    from jwttool.certificates.paths import Path
    from jwttool.certificates.revocation import Revocation


@dataclass(frozen=True, slots=True)
class ChainReport(Report):
    """The checks, and the chain that they are about: the certificate first.

    ``trusted`` tells whether the last one is a certificate that was trusted.
    """

    chain: tuple[x509.Certificate, ...] = ()
    trusted: bool = False


_BEGINNING: Final = RuleSet(BEGINNING_RULES)
_LINKS: Final = RuleSet((*LINK_RULES, *REVOCATION_RULES))
_LAST_RULES: Final = (BOUNDS_RULE, UNUSED_RULE, *END_RULES)

CHAIN_RULES: Final[tuple[Rule[Any], ...]] = (
    *BEGINNING_RULES,
    BOUNDS_RULE,
    *LINK_RULES,
    *END_RULES[:-1],
    *REVOCATION_RULES,
    UNUSED_RULE,
    END_RULES[-1],
)
"""All of them, in the order of the report."""

_FAULTS: Final = frozenset({Status.FAIL, Status.WARNING})


def verify_chain(
    certificate: x509.Certificate,
    *,
    trust: Iterable[x509.Certificate],
    intermediates: Iterable[x509.Certificate] = (),
    crls: Iterable[x509.CertificateRevocationList] = (),
    at: datetime | None = None,
) -> ChainReport:
    """Judge a certificate by the chains that lead from it up to what is trusted.

    :param trust: the certificates that are trusted, roots or not; never empty.
    :param intermediates: further ones, from which chains are made.
    :param crls: lists of revoked certificates; without any, revocation is skipped.
    :param at: the time to judge at, aware; the present by default.
    :raises UsageError: nothing is trusted, or a time without a zone.
    :raises InputError: the certificate's own names cannot be read.
    """
    moment = utc_now() if at is None else at
    unix_seconds(moment)  # refuses a time without a zone
    anchors = tuple(trust)
    if not anchors:  # empty means no, and is a mistake
        raise UsageError("no certificate is trusted", hint="name at least one root, or another CA")
    lists = RevocationLists(crls, moment)
    judge = _Judge(lists, moment)
    search = PathSearch(certificate, anchors, intermediates, moment)
    seen: list[_Weighed] = []
    for path in search:
        weighed = judge.weigh(path)
        if not weighed.view.failed:
            report = weighed.report(lists)  # what was not searched does not matter if this one is good
            if report.passed:
                return report
        seen.append(weighed)
    # Never empty: there is always the path of the certificate alone. Of equals the first is taken.
    return min(seen, key=lambda each: each.rank).report(lists, search.given_up)


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A path, judged as far as it can be without OpenSSL: asking that is left for the paths that matter."""

    view: ChainView
    checks: dict[str, list[Check]]

    @property
    def rank(self) -> tuple[bool, int]:
        """Smaller is better: one that ends in trust, then one with few faults."""
        faults = sum(check.status is Status.FAIL for found in self.checks.values() for check in found)
        return self.view.path.end is not End.TRUSTED, faults

    def report(self, lists: RevocationLists, given_up: tuple[str, ...] = ()) -> ChainReport:
        """The whole of it, OpenSSL's word included."""
        view = replace(self.view, given_up=given_up, unused=tuple(lists.unused) if lists else None)
        checks = self.checks | {check.id: [check] for check in _last_checks(view)}
        ordered = tuple(check for rule in CHAIN_RULES for check in checks[rule.id])
        path = self.view.path
        return ChainReport(ordered, path.certificates, path.end is End.TRUSTED)


def _last_checks(view: ChainView) -> Iterator[Check]:
    """The last rules, each only where what it needs did not fail."""
    failed = set(view.failed)
    for rule in _LAST_RULES:
        cause = next((each.id for each in CHAIN_RULES if each.id in rule.needs & failed), None)
        if cause is not None:
            yield rule.skipped(f"not judged, because {cause} did not pass")
            continue
        (check,) = RuleSet((rule,)).run(replace(view, failed=frozenset(failed)))
        if check.status is Status.FAIL:
            failed.add(rule.id)
        yield check


class _Judge:
    """Judges paths, and remembers what it found out about the certificates that they share."""

    def __init__(self, lists: RevocationLists, at: datetime) -> None:
        self._lists = lists
        self._at = at
        self._revoked: dict[x509.Certificate, Check] = {}

    def weigh(self, path: Path) -> _Weighed:
        """What is to be said of a path before OpenSSL is asked."""
        links = tuple(self._link(path, position) for position in range(len(path.certificates)))
        checks = {check.id: [check] for check in _BEGINNING.run(ChainView(path, self._at))}
        judged = [_LINKS.run(link) for link in links]
        for number, rule in enumerate(_LINKS.rules):
            of_rule = list(zip(links, (each[number] for each in judged), strict=True))
            # The top has no CRL; where there is another certificate, that goes without saying.
            alone = len(links) == 1 or not links[-1].is_closed or rule.id not in CRL_IDS
            checks[rule.id] = _merged(of_rule if alone else of_rule[:-1])
        self._hold_revoked(path, links, checks)
        failed = frozenset(
            name for name, found in checks.items() if any(each.status is Status.FAIL for each in found)
        )
        lists = tuple(_for_openssl(each.revocation) for each in links)
        return _Weighed(ChainView(path, self._at, lists, failed), checks)

    def _link(self, path: Path, position: int) -> Link:
        revocation: Revocation | None = None
        if self._lists and position + 1 < len(path.certificates):
            revocation = self._lists.look_up(*path.certificates[position : position + 2])
        return Link(path, position, self._at, bool(self._lists), revocation)

    def _hold_revoked(self, path: Path, links: Sequence[Link], checks: dict[str, list[Check]]) -> None:
        """What a path has shown to be revoked is no anchor of another path either.

        An anchor itself is not looked up. But if it leads on to another one,
        and a CRL of its issuer revokes it, ending the path below would hide that.
        """
        for check in checks[REVOKED]:
            if check.status is Status.FAIL:
                revoked = next(link for link in links if check.where == place(link.position))
                self._revoked[revoked.certificate] = check
        found = self._revoked.get(path.top)
        if found is not None:
            checks[REVOKED] = [replace(found, where=place(len(links) - 1))]


def _for_openssl(revocation: Revocation | None) -> tuple[x509.CertificateRevocationList, ...]:
    """The CRLs that OpenSSL looks one certificate up in.

    None where the certificate stands in one: that is told of, and OpenSSL does
    not look at when it was revoked.
    """
    return () if revocation is None or revocation.entry is not None else revocation.current


def _merged(of_rule: Sequence[tuple[Link, Check]]) -> list[Check]:
    """What one rule says of all certificates: every fault, or once that there is none.

    What could not be judged is said once where that is so of all of them, else
    by name.
    """
    faults = [check for _, check in of_rule if check.status in _FAULTS]
    passed = [check for _, check in of_rule if check.status is Status.PASS]
    skipped = [(link, check) for link, check in of_rule if check.status is Status.SKIPPED]
    if not faults and not passed:
        return list(dict.fromkeys(check for _, check in skipped))
    return (faults or passed[:1]) + [_named(link, check) for link, check in skipped]


def _named(link: Link, check: Check) -> Check:
    message = f"{named(link.certificate)}: {check.message}"
    return replace(check, message=message, where=place(link.position))
