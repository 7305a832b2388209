"""What the CRLs that were given say of one certificate (RFC 5280 section 6.3).

A CRL counts when it has the issuer's name, covers the certificate, is signed by
the issuer's key, and is current; what falls out at which step is kept, so that
it can be told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cryptography import x509

from jwttool.certificates.access import extension, guarded, issuer_name, serial_number
from jwttool.certificates.names import name_key
from jwttool.certificates.signed_by import public_key_bytes, why_list_not_signed
from jwttool.errors import InputError
from jwttool.times import duration, rfc3339

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    RevocationList = x509.CertificateRevocationList


@dataclass(frozen=True, slots=True)
class Revocation:
    """The CRLs for one certificate, as far as each came, and why the first of the others did not.

    ``named`` have the issuer's name, ``covering`` also cover the certificate,
    ``signed`` are signed by the issuer as well, ``current`` are within their
    time. ``entry`` is the certificate's own in one that is signed, current or
    not: what was revoked stays revoked.
    """

    named: tuple[RevocationList, ...] = ()
    covering: tuple[RevocationList, ...] = ()
    signed: tuple[RevocationList, ...] = ()
    current: tuple[RevocationList, ...] = ()
    why_not_covering: str = ""
    why_not_signed: str = ""
    why_not_current: str = ""
    entry: RevokedEntry | None = None


@dataclass(frozen=True, slots=True)
class RevokedEntry:
    """Since when a certificate is revoked, and why, as RFC 5280 names the reason."""

    since: datetime
    reason: str | None


class RevocationLists:
    """CRLs to look certificates up in, at one time; what is costly to find out is found out once."""

    def __init__(self, lists: Iterable[RevocationList], at: datetime) -> None:
        self._at = at
        self._lists = tuple(lists)
        self._names = [_issuer(each) for each in self._lists]
        self._signed: dict[tuple[int, bytes], str | None] = {}
        self._entries: dict[tuple[int, int], RevokedEntry | None] = {}
        self._found: dict[tuple[x509.Certificate, x509.Certificate], Revocation] = {}

    def __bool__(self) -> bool:
        return bool(self._lists)

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
        covering, why_not_covering = _sift(
            named, lambda index: _why_not_covering(self._lists[index], certificate)
        )
        signed, why_not_signed = _sift(covering, lambda index: self._why_not_signed(index, issuer, number))
        current, why_not_current = _sift(signed, lambda index: _why_not_current(self._lists[index], self._at))
        return Revocation(
            self._chosen(named),
            self._chosen(covering),
            self._chosen(signed),
            self._chosen(current),
            why_not_covering,
            why_not_signed,
            why_not_current,
            next(filter(None, (self._entry(index, number) for index in signed)), None),
        )

    def _chosen(self, indices: Iterable[int]) -> tuple[RevocationList, ...]:
        return tuple(self._lists[index] for index in indices)

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


def _sift(lists: Iterable[int], why_not: Callable[[int], str | None]) -> tuple[list[int], str]:
    """Those with no fault, and the first fault."""
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
            reason = reason or fault
    return kept, reason


def _issuer(revocations: RevocationList) -> object:
    try:
        return name_key(guarded(lambda: revocations.issuer, "the issuer of the CRL"))
    except InputError:
        return None


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
    return None if scope is None else _why_out_of_scope(scope, certificate)


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
    return any(name in names for point in points or () for name in point.full_name or ())


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
    return RevokedEntry(guarded(lambda: found.revocation_date_utc, what), _reason(found))


def _reason(entry: x509.RevokedCertificate) -> str | None:
    try:
        found = guarded(lambda: entry.extensions.get_extension_for_class(x509.CRLReason).value, "a reason")
    except InputError:  # none, or one that cannot be read: revoked is revoked
        return None
    return found.reason.value
