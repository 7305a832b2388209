"""What was seen of a server, as values; what the rules about TLS look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final

from jwttool.certificates.access import extensions, issuer_name, not_after, not_before, subject_name
from jwttool.certificates.names import name_key
from jwttool.checks.tls.alerts import FOR_WANT_OF_A_CERTIFICATE, alert, fault

if TYPE_CHECKING:
    from datetime import datetime

    from cryptography import x509

    from jwttool.checks.tls.target import Target


class Ending(StrEnum):
    """How a handshake ended: it stands, the server said no, it hung up, our side gave up, the network did."""

    OPEN = "open"
    ALERT = "alert"
    CLOSED = "closed"
    FAULT = "fault"
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handshake:
    """One handshake, as far as it came.

    ``finished`` tells whether our side was through; in TLS 1.3 that is before the
    server has judged our certificate. ``answered`` tells whether something came
    after that which a server sends only when it is content. ``alert`` is the
    server's, ``fault`` OpenSSL's reason why our side gave up, or the network's. ``asked``
    tells whether a client certificate was asked for, ``authorities`` for whose.
    """

    ending: Ending
    finished: bool = False
    answered: bool = False
    alert: int | None = None
    fault: str | None = None
    protocol: str | None = None
    cipher: str | None = None
    group: str | None = None
    alpn: str | None = None
    chain: tuple[x509.Certificate, ...] = field(default=(), repr=False)
    unreadable: int = 0
    asked: bool = False
    authorities: tuple[x509.Name, ...] = field(default=(), repr=False)
    unreadable_authorities: int = 0

    @property
    def stands(self) -> bool:
        """Whether it came to an end, and the server did not object."""
        return self.ending is Ending.OPEN

    @property
    def wants_certificate(self) -> bool:
        """Whether it failed, as it looks, because no client certificate was sent."""
        if not self.asked or self.stands:
            return False
        return self.ending is Ending.CLOSED or self.alert in FOR_WANT_OF_A_CERTIFICATE

    def why(self) -> tuple[str, str | None]:
        """Why it failed, in plain words, and what to try."""
        if self.alert is not None:
            found = alert(self.alert)
            return f"{found.words} ({found.name})", found.hint
        if self.ending is Ending.LOST:
            return self.fault or "the connection was lost", None
        if self.fault is not None:
            return fault(self.fault)
        return (
            "the server closed the connection and gave no reason",
            "some servers say so that they refuse a certificate or a name; ask the operator",
        )


class Demand(StrEnum):
    """Whether a client certificate is asked for, as far as the handshake tells."""

    NO = "no"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a probe saw: the handshake without a certificate, and the one with ours where it was asked for."""

    address: str
    bare: Handshake
    own: Handshake | None = None

    @property
    def demand(self) -> Demand | None:
        """None: the handshake failed before that could be known, or for another reason."""
        if self.bare.wants_certificate:
            return Demand.REQUIRED
        if self.bare.stands:
            return Demand.OPTIONAL if self.bare.asked else Demand.NO
        return None

    @property
    def best(self) -> Handshake:
        """The handshake that tells most: with ours, if it came about."""
        if self.own is not None and self.own.stands:
            return self.own
        return self.bare


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """Our certificate and those sent along; ``key_matches`` is None where no key was given.

    :raises MalformedError: names, dates or extensions of the certificate, or another's names, are damaged.
    """

    certificate: x509.Certificate
    others: tuple[x509.Certificate, ...] = ()
    key_matches: bool | None = None

    def __post_init__(self) -> None:
        # Here, once, so that no rule has to reckon with it.
        for read in (not_before, not_after, extensions):
            read(self.certificate)
        for each in (self.certificate, *self.others):
            subject_name(each), issuer_name(each)


@dataclass(frozen=True)
class TlsView:
    """All that is judged."""

    target: Target
    seen: Seen
    ours: Ours | None
    at: datetime

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """The certificates that the server sent."""
        return self.seen.best.chain

    @cached_property
    def issued_by(self) -> x509.Name | None:
        """The CA that the server names and that issued ours, or one of those above it; the nearest one."""
        if self.ours is None:
            return None
        named = {name_key(name): name for name in self.seen.bare.authorities}
        for certificate in climb(self.ours):
            found = named.get(name_key(issuer_name(certificate)))
            if found is not None:
                return found
        return None


_HIGHEST: Final = 10


def climb(ours: Ours) -> tuple[x509.Certificate, ...]:
    """Our certificate and, of those sent along, the ones above it, from issuer to issuer."""
    found = [ours.certificate]
    by_name = {name_key(subject_name(each)): each for each in reversed(ours.others)}
    while len(found) < _HIGHEST:
        above = by_name.pop(name_key(issuer_name(found[-1])), None)
        if above is None:
            break
        if above != ours.certificate:
            found.append(above)
    return tuple(found)
