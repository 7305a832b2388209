"""What the rules for chains look at: a path, one certificate of it, the time, the CRLs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from jwttool.certificates.access import subject
from jwttool.certificates.paths import End
from jwttool.checks.rule import Finding
from jwttool.encoding import printable
from jwttool.errors import InputError

if TYPE_CHECKING:
    from datetime import datetime

    from cryptography import x509

    from jwttool.certificates.paths import Path
    from jwttool.certificates.revocation import Revocation
    from jwttool.report import Severity

READABLE: Final = "chain-readable"
"""The rule that all others about one certificate need."""

_SHOWN: Final = 120


def named(certificate: x509.Certificate) -> str:
    """The subject of a certificate, for a message."""
    try:
        return printable(subject(certificate), _SHOWN) or "(no subject)"
    except InputError:
        return "(a subject that cannot be read)"


def place(position: int) -> str:
    """Where in the chain: 0 is the certificate itself, as in the JSON answer's ``chain``."""
    return f"chain[{position}]"


@dataclass(frozen=True, slots=True)
class Link:
    """One certificate of a path.

    ``revocation`` is None at the top: there is no issuer whose CRL it would be.
    """

    path: Path
    position: int
    at: datetime
    lists_given: bool = False
    revocation: Revocation | None = None

    @property
    def certificate(self) -> x509.Certificate:
        """The certificate itself."""
        return self.path.certificates[self.position]

    @property
    def is_top(self) -> bool:
        """Whether the path ends with it."""
        return self.position == len(self.path.certificates) - 1

    @property
    def issuer(self) -> x509.Certificate | None:
        """The next one; None at the top."""
        return None if self.is_top else self.path.certificates[self.position + 1]

    @property
    def is_anchor(self) -> bool:
        """Whether it is what is trusted."""
        return self.is_top and self.path.end is End.TRUSTED

    @property
    def is_closed(self) -> bool:
        """Whether it is where a path can end: trusted, or a root."""
        return self.is_top and self.path.end in {End.TRUSTED, End.SELF_SIGNED}

    def finding(self, message: str, hint: str | None = None, severity: Severity | None = None) -> Finding:
        """What is wrong with this certificate, by its name and place."""
        return Finding(f"{named(self.certificate)}: {message}", hint, place(self.position), severity)


@dataclass(frozen=True, slots=True)
class ChainView:
    """A path, and the ids of the rules that failed before the whole of it is judged.

    ``lists`` are the CRLs that OpenSSL is to look each certificate up in. What
    bounds the search for paths met, and which CRLs counted for nothing (None
    where none were given), is known only at the end.
    """

    path: Path
    at: datetime
    lists: tuple[tuple[x509.CertificateRevocationList, ...], ...] = field(default=(), repr=False)
    failed: frozenset[str] = frozenset()
    given_up: tuple[str, ...] = ()
    unused: tuple[str, ...] | None = None
