"""What the CRLs that were given say of one certificate (RFC 5280 section 6.3).

A CRL counts when it has the issuer's name, covers the certificate, is signed by
the issuer's key and not with a broken algorithm, and is current; what falls out
at which step is kept, so that it can be told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from cryptography import x509

from jwttool.certificates.access import extension, guarded, issuer_name, rfc4514, serial_number
from jwttool.certificates.names import name_key
from jwttool.certificates.signed_by import algorithm_fault, public_key_bytes, why_list_not_signed
from jwttool.encoding import printable
from jwttool.errors import InputError
from jwttool.times import duration, rfc3339

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    RevocationList = x509.CertificateRevocationList

E = TypeVar("E", bound=x509.ExtensionType)


@dataclass(frozen=True, slots=True)
class Revocation:
    """The CRLs for one certificate, as far as each came, and why the first of the others did not.

    ``named`` have the issuer's name, ``covering`` also cover the certificate,
    ``sound`` have no broken algorithm, ``signed`` are signed by the issuer as
    well, ``current`` are within their time. ``entry`` is the certificate's own in
    one that the issuer signed, whatever the algorithm and current or not: what was
    revoked stays revoked. Of several it is the one that counts from the earliest.
    """

    named: tuple[RevocationList, ...] = ()
    covering: tuple[RevocationList, ...] = ()
    sound: tuple[RevocationList, ...] = ()
    signed: tuple[RevocationList, ...] = ()
    current: tuple[RevocationList, ...] = ()
    why_not_covering: str = ""
    why_not_sound: str = ""
    why_not_signed: str = ""
    why_not_current: str = ""
    entry: RevokedEntry | None = None


@dataclass(frozen=True, slots=True)
class RevokedEntry:
    """Since when a certificate is revoked, and why, as RFC 5280 names the reason.

    ``invalid_since`` is the invalidity date (section 5.3.2): when the key was
    lost, or the certificate became wrong, which is before it was revoked.
    ``damaged`` tells that reason and invalidity date could not be read.
    """

    since: datetime
    reason: str | None
    invalid_since: datetime | None = None
    damaged: bool = False

    @property
    def counts_from(self) -> datetime:
        """From when on the certificate is not to be relied on."""
        return self.since if self.invalid_since is None else min(self.since, self.invalid_since)


class RevocationLists:
    """CRLs to look certificates up in, at one time; what is costly to find out is found out once."""

    def __init__(self, lists: Iterable[RevocationList], at: datetime) -> None:
        self._at = at
        self._lists = tuple(lists)
        self._names = [_issuer(each) for each in self._lists]
        self._signed: dict[tuple[int, bytes], str | None] = {}
        self._entries: dict[tuple[int, int], RevokedEntry | None] = {}
        self._found: dict[tuple[x509.Certificate, x509.Certificate], Revocation] = {}
        self._used: set[int] = set()
        self._why_unused: dict[int, str] = {}

    def __bool__(self) -> bool:
        return bool(self._lists)

    @property
    def unused(self) -> Iterator[str]:
        """The CRLs that have counted for no certificate so far: of whom each is, and why not."""
        for index, each in enumerate(self._lists):
            if index not in self._used:
                why = self._why_unused.get(index, "nothing in the chain is of that issuer")
                yield f"{_issuer_text(each)}: {why}"

    def look_up(self, certificate: x509.Certificate, issuer: x509.Certificate) -> Revocation:
        """What they say of a certificate; nothing, where it cannot itself be read."""
        pair = (certificate, issuer)
        if pair not in self._found:
            try:
                self._found[pair] = self._look_up(certificate, issuer)
            except InputError:
                self._found[pair] = Revocation()
        return self._found[pair]

    def _look_up(self, certificate: x509.Certificate, issuer: x509.Certificate) -> Revocation:
        wanted, number = name_key(issuer_name(certificate)), int(serial_number(certificate), 16)
        named = [index for index, name in enumerate(self._names) if name == wanted]
        covering, why_not_covering = self._sift(
            named, lambda index: _why_not_covering(self._lists[index], certificate)
        )
        sound, why_not_sound = self._sift(covering, lambda index: algorithm_fault(self._lists[index]))
        signed, why_not_signed = self._sift(sound, lambda index: self._why_not_signed(index, issuer, number))
        weak = [index for index in covering if index not in sound]
        by_issuer = signed + self._sift(weak, lambda index: self._why_not_signed(index, issuer, number))[0]
        current, why_not_current = self._sift(
            signed, lambda index: _why_not_current(self._lists[index], self._at)
        )
        entries = [found for index in by_issuer if (found := self._entry(index, number)) is not None]
        # One that is merely stale is of use: what it revokes is revoked.
        self._used.update(signed)
        return Revocation(
            self._chosen(named),
            self._chosen(covering),
            self._chosen(sound),
            self._chosen(signed),
            self._chosen(current),
            why_not_covering,
            why_not_sound,
            why_not_signed,
            why_not_current,
            min(entries, key=lambda entry: entry.counts_from, default=None),
        )

    def _chosen(self, indices: Iterable[int]) -> tuple[RevocationList, ...]:
        return tuple(self._lists[index] for index in indices)

    def _sift(self, lists: Iterable[int], why_not: Callable[[int], str | None]) -> tuple[list[int], str]:
        """Those with no fault, and the first fault; the first of each is kept."""
        kept: list[int] = []
        reason = ""
        for each in lists:
            try:
                fault = why_not(each)
            except InputError as error:
                fault = error.message
            if fault is None:
                kept.append(each)
            else:
                self._why_unused.setdefault(each, fault)
                reason = reason or fault
        return kept, reason

    def _why_not_signed(self, index: int, issuer: x509.Certificate, number: int) -> str | None:
        key = (index, public_key_bytes(issuer))
        if key not in self._signed:
            self._signed[key] = why_list_not_signed(self._lists[index], issuer)
        if (fault := self._signed[key]) is not None:
            return fault
        usage = extension(issuer, x509.KeyUsage)
        if usage is not None and not usage.crl_sign:
            return "the issuer's key usage lacks cRLSign"
        self._entry(index, number)  # raises where the entries cannot be read: such a list says nothing
        return None

    def _entry(self, index: int, number: int) -> RevokedEntry | None:
        key = (index, number)
        if key not in self._entries:
            self._entries[key] = _entry(self._lists[index], number)
        return self._entries[key]


def _issuer(revocations: RevocationList) -> object:
    try:
        return name_key(guarded(lambda: revocations.issuer, "the issuer of the CRL"))
    except InputError:
        return None


def _issuer_text(revocations: RevocationList) -> str:
    try:
        name = guarded(lambda: revocations.issuer, "the issuer of the CRL")
        return printable(rfc4514(name), 120) or "(no issuer)"
    except InputError:
        return "(an issuer that cannot be read)"


# --- does it cover the certificate? -------------------------------------------

# The extensions that are understood below; another critical one means that the
# CRL must not be used (RFC 5280 section 5.2).
_UNDERSTOOD: Final = frozenset({x509.IssuingDistributionPoint.oid, x509.AuthorityKeyIdentifier.oid})
_WITHOUT_MEANING: Final = frozenset({x509.CRLNumber.oid})


def _why_not_covering(revocations: RevocationList, certificate: x509.Certificate) -> str | None:
    found = guarded(lambda: revocations.extensions, "an extension of the CRL")
    scope: x509.IssuingDistributionPoint | None = None
    for each in found:
        if each.oid == x509.DeltaCRLIndicator.oid:
            return "it is a delta CRL, which holds only changes; jwttool reads complete ones"
        if isinstance(each.value, x509.IssuingDistributionPoint):
            scope = each.value
        elif each.critical and each.oid not in _UNDERSTOOD | _WITHOUT_MEANING:
            return f"it has a critical extension that is not known here ({each.oid.dotted_string})"
    fault = None if scope is None else _why_out_of_scope(scope, certificate)
    return fault or _why_only_for_some_reasons(scope, certificate)


def _why_out_of_scope(scope: x509.IssuingDistributionPoint, certificate: x509.Certificate) -> str | None:
    """RFC 5280 section 5.2.5: what a CRL says of itself that it covers."""
    if scope.indirect_crl:
        return "it is an indirect CRL, with the certificates of other issuers; jwttool reads direct ones"
    if scope.only_some_reasons:
        return "it covers only some reasons of revocation; jwttool reads complete CRLs"
    if scope.only_contains_attribute_certs:
        return "it covers attribute certificates alone"
    constraints = extension(certificate, x509.BasicConstraints)
    authority = constraints is not None and constraints.ca
    if scope.only_contains_user_certs and authority:
        return "it covers no certificates of CAs"
    if scope.only_contains_ca_certs and not authority:
        return "it covers certificates of CAs alone"
    if scope.relative_name is not None:
        return "it is named relative to its issuer; jwttool reads CRLs with a full name"
    if scope.full_name is not None and not _shares_a_point(scope.full_name, certificate):
        return "it is of another distribution point than the certificate names"
    return None


def _shares_a_point(names: Sequence[x509.GeneralName], certificate: x509.Certificate) -> bool:
    points = extension(certificate, x509.CRLDistributionPoints)
    return any(_is_at(point, names) for point in points or ())


def _is_at(point: x509.DistributionPoint, names: Sequence[x509.GeneralName]) -> bool:
    return any(name in names for name in point.full_name or ())


def _why_only_for_some_reasons(
    scope: x509.IssuingDistributionPoint | None, certificate: x509.Certificate
) -> str | None:
    """RFC 5280 sections 4.2.1.13 and 6.3.3 (d): what the certificate says that the CRL covers."""
    points = list(extension(certificate, x509.CRLDistributionPoints) or ())
    if scope is not None and scope.full_name is not None:
        names = scope.full_name
        points = [point for point in points if _is_at(point, names)]
    # A point without reasons is for all of them. A CRL that names no point may be that of each.
    if not points or any(point.reasons is None for point in points):
        return None
    return "the certificate's distribution point has it for some reasons alone; jwttool reads complete CRLs"


# --- is it current? ------------------------------------------------------------


def _why_not_current(revocations: RevocationList, at: datetime) -> str | None:
    """RFC 5280 sections 5.1.2.4 and 5.1.2.5; both dates are to the second, and belong to it."""
    begins = guarded(lambda: revocations.last_update_utc, "the date of the CRL")
    ends = guarded(lambda: revocations.next_update_utc, "the date of the CRL")
    now = at.replace(microsecond=0)
    if now < begins:
        return f"is not yet valid: it was made {rfc3339(begins)}, {_between(now, begins)} later"
    if ends is None:
        return "has no nextUpdate: nobody knows how long it counts"
    if now > ends:
        return f"is stale: the next one was due {rfc3339(ends)}, {_between(ends, now)} earlier"
    return None


def _between(earlier: datetime, later: datetime) -> str:
    return duration((later - earlier).total_seconds())


# --- the entry ----------------------------------------------------------------


def _entry(revocations: RevocationList, number: int) -> RevokedEntry | None:
    what = "an entry of the CRL"
    found = guarded(lambda: revocations.get_revoked_certificate_by_serial_number(number), what)
    if found is None:
        return None
    since = guarded(lambda: found.revocation_date_utc, what)
    try:
        reason, invalid = _of_entry(found, x509.CRLReason), _of_entry(found, x509.InvalidityDate)
    except InputError:  # revoked is revoked
        return RevokedEntry(since, None, damaged=True)
    return RevokedEntry(
        since,
        None if reason is None else reason.reason.value,
        None if invalid is None else invalid.invalidity_date_utc,
    )


def _of_entry(entry: x509.RevokedCertificate, kind: type[E]) -> E | None:
    found = guarded(lambda: entry.extensions, "an entry of the CRL")
    try:
        return found.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None
