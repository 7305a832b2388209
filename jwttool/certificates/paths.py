"""The ways from a certificate up to what is trusted.

There may be several: CAs are cross-certified, renewed under the same name and
key, and copied into bundles. The ways are made best first and are bounded, so
that neither a loop of cross-certificates nor ten thousand certificates of one
name cost more than a moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final, TypeVar

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

from jwttool.certificates.access import extension, issuer_name, not_after, not_before, subject_name
from jwttool.certificates.names import NameKey, name_key
from jwttool.certificates.signed_by import public_key_bytes, why_not_signed
from jwttool.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

E = TypeVar("E", bound=x509.ExtensionType)

MAX_LENGTH: Final = 16
"""Certificates of one path; a chain in use has three or four."""

MAX_PATHS: Final = 32
"""Paths that are looked at."""

MAX_SIGNATURES: Final = 200
"""Signatures that are verified in search of an issuer: the costly part."""


MAX_NAMESAKES: Final = 1000
"""Certificates of one name that are looked at; a CA has a handful."""


class End(Enum):
    """Why a path ends where it does."""

    TRUSTED = "its top is trusted"
    SELF_SIGNED = "its top names itself as issuer, and is not trusted"
    NO_ISSUER = "the issuer of its top is missing"
    CIRCLE = "the issuers of its top are in it already"
    TOO_LONG = "it is too long"
    GAVE_UP = "the search for the issuer of its top was given up"


@dataclass(frozen=True, slots=True)
class Path:
    """Certificates from the one in question upwards, each issued by the next by name."""

    certificates: tuple[x509.Certificate, ...]
    end: End

    @property
    def top(self) -> x509.Certificate:
        """The last one: the trust anchor, where the path ends in one."""
        return self.certificates[-1]


def is_self_issued(certificate: x509.Certificate) -> bool:
    """Whether subject and issuer are one name (RFC 5280 section 3.2)."""
    return name_key(subject_name(certificate)) == name_key(issuer_name(certificate))


def is_self_signed(certificate: x509.Certificate) -> bool:
    """Whether it is self-issued and its own key made its signature (RFC 5280 section 3.2)."""
    return is_self_issued(certificate) and why_not_signed(certificate, certificate) is None


class PathSearch:
    """The paths from a certificate upwards, best first, at most 32; to be gone through once.

    A path ends at a self-signed certificate that is trusted. It also ends at any
    other that is trusted, but one that leads on comes before it. Where several
    certificates have the issuer's name, those whose key made the signature are
    followed; if none did, the likeliest is, so that it can be told.
    """

    def __init__(
        self,
        leaf: x509.Certificate,
        trust: Iterable[x509.Certificate],
        intermediates: Iterable[x509.Certificate],
        at: datetime,
    ) -> None:
        """Fix where to search.

        :raises InputError: the subject or issuer of the leaf cannot be read.
        """
        is_self_issued(leaf)  # raises here, and not in the middle of the search
        self._leaf = leaf
        self._at = at
        self._trusted = dict.fromkeys(trust)
        self._by_name: dict[NameKey, list[x509.Certificate]] = {}
        for each in dict.fromkeys((*self._trusted, *intermediates)):
            try:
                self._by_name.setdefault(name_key(subject_name(each)), []).append(each)
            except InputError:
                continue  # whose name cannot be read is nobody's issuer
        self._issuers_of: dict[x509.Certificate, tuple[list[x509.Certificate], bool]] = {}
        self._self_signed: dict[x509.Certificate, bool] = {}
        self._signatures_left = MAX_SIGNATURES
        self._given_up: dict[str, None] = {}

    @property
    def given_up(self) -> tuple[str, ...]:
        """Which bounds the search has met so far: beyond them, there may be other paths."""
        return tuple(self._given_up)

    def __iter__(self) -> Iterator[Path]:
        """The paths."""
        for number, path in enumerate(self._grow((self._leaf,))):
            if number == MAX_PATHS:
                self._given_up[f"more than {MAX_PATHS} chains are possible"] = None
                return
            yield path

    def _grow(self, path: tuple[x509.Certificate, ...]) -> Iterator[Path]:
        """All paths that begin so."""
        top = path[-1]
        try:
            self_signed = self._is_self_signed(top)
        except InputError:  # whose issuer cannot be read
            yield Path(path, End.TRUSTED if top in self._trusted else End.NO_ISSUER)
            return
        if top in self._trusted and self_signed:
            yield Path(path, End.TRUSTED)
            return
        found, gave_up = self._issuers(top)
        seen = {_identity(each) for each in path}
        above = [each for each in found if _identity(each) not in seen]
        if len(path) < MAX_LENGTH:
            for each in above:
                yield from self._grow((*path, each))
        if top in self._trusted:
            yield Path(path, End.TRUSTED)
        elif gave_up:
            yield Path(path, End.GAVE_UP)
        elif not above:
            yield Path(path, End.SELF_SIGNED if self_signed else End.CIRCLE if found else End.NO_ISSUER)
        elif len(path) == MAX_LENGTH:
            yield Path(path, End.TOO_LONG)

    def _issuers(self, certificate: x509.Certificate) -> tuple[list[x509.Certificate], bool]:
        """Who may have issued a certificate, likeliest first; and whether the search was given up."""
        if certificate not in self._issuers_of:
            self._issuers_of[certificate] = self._look_up(certificate)
        return self._issuers_of[certificate]

    def _is_self_signed(self, certificate: x509.Certificate) -> bool:
        if certificate not in self._self_signed:
            self._self_signed[certificate] = is_self_signed(certificate)
        return self._self_signed[certificate]

    def _look_up(self, top: x509.Certificate) -> tuple[list[x509.Certificate], bool]:
        named = self._by_name.get(name_key(issuer_name(top)), [])
        candidates = [each for each in named if each != top]
        crowded = len(candidates) > MAX_NAMESAKES
        if crowded:
            self._given_up[f"more than {MAX_NAMESAKES:,} certificates have the name of one CA"] = None
            del candidates[MAX_NAMESAKES:]
        if len(candidates) > 1:
            wanted = _authority_key_identifier(top)
            candidates.sort(key=lambda each: self._unlikeliness(each, wanted))
        signers: list[x509.Certificate] = []
        for each in candidates:
            if self._signatures_left == 0:
                self._given_up[f"{MAX_SIGNATURES} signatures were verified, and more are left"] = None
                return signers, not signers
            self._signatures_left -= 1
            if why_not_signed(top, each) is None:
                signers.append(each)
        if signers or self._is_self_signed(top):
            # A self-signed certificate that nobody else signed is a root: it ends here.
            return signers, False
        return ([], True) if crowded else (candidates[:1], False)

    def _unlikeliness(self, issuer: x509.Certificate, wanted: bytes | None) -> tuple[bool, bool, bool]:
        """What sorts the likeliest issuer first (RFC 4158 section 3.5)."""
        try:
            valid = not_before(issuer) <= self._at <= not_after(issuer)
        except InputError:
            valid = False
        identifier = _subject_key_identifier(issuer)
        differs = wanted is not None and identifier is not None and wanted != identifier
        return differs, not valid, issuer not in self._trusted


def _identity(certificate: x509.Certificate) -> tuple[NameKey, bytes]:
    """Who a certificate is about: no path visits one twice, or cross-certificates would have it circle."""
    return name_key(subject_name(certificate)), public_key_bytes(certificate)


def _read(certificate: x509.Certificate, kind: type[E]) -> E | None:
    try:
        return extension(certificate, kind)
    except InputError:
        return None  # a damaged one is told of where the path is judged


def _authority_key_identifier(certificate: x509.Certificate) -> bytes | None:
    found = _read(certificate, x509.AuthorityKeyIdentifier)
    return None if found is None else found.key_identifier


def _subject_key_identifier(certificate: x509.Certificate) -> bytes | None:
    found = _read(certificate, x509.SubjectKeyIdentifier)
    return None if found is None else found.digest


def issuer_hints(certificate: x509.Certificate) -> Sequence[str]:
    """The addresses where the certificate says that its issuer's can be had (RFC 5280 section 4.2.2.1)."""
    found = _read(certificate, x509.AuthorityInformationAccess)
    return [
        each.access_location.value
        for each in found or ()
        if each.access_method == AuthorityInformationAccessOID.CA_ISSUERS
        and isinstance(each.access_location, x509.UniformResourceIdentifier)
    ]
