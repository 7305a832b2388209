"""The organizationIdentifier (2.5.4.97), taken apart.

ETSI EN 319 412-1 section 5.1.4 has four schemes and a national form, ETSI TS
119 495 section 5.2.1 adds PSD. What is seen in the wild is read as well; how it
differs stands among the anomalies, and nothing is folded or mended: ``value``
is what stands in the certificate.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from jwttool.eidas.anomalies import Anomaly
from jwttool.eidas.authorities import AUTHORITIES
from jwttool.eidas.showing import quoted
from jwttool.errors import MalformedError

MAX_IDENTIFIER: Final = 256
"""Characters. No scheme comes near; what is longer is not taken apart."""

PSD: Final = "PSD"
LEI: Final = "LEI"
_SCHEMES: Final = frozenset({PSD, LEI, "NTR", "VAT"})
_SHAPES: Final = (
    "PSDFR-ACPR-12345, NTRFI-1234567-8, VATFR-12345678901, LEIXG-<20 characters> or XX:FR-<number>"
)

# The right form of nearly all that are met. The third part is free (TS 119 495 section 5.2.1).
_PSD_FORM: Final = re.compile(r"PSD([A-Z]{2})-([A-Z]{2,8})-(\S(?:.*\S)?)")

_SCHEME: Final = re.compile(r"([A-Za-z]{2}):|([A-Za-z]{3})")
_PSD_PARTS: Final = re.compile(r"([-_./ ]?)([A-Za-z]{2})([-_./ ])([A-Za-z]{2,8})([-_./ ])(.*)", re.DOTALL)
_PSD_ONE_PART: Final = re.compile(r"([-_./ ]?)([A-Za-z]{2,10})([-_./ ])(.*)", re.DOTALL)
_PSD_ODD_AUTHORITY: Final = re.compile(r"([A-Za-z]{2})([-_])([^-_]*[A-Za-z][^-_]*)([-_])(.*)", re.DOTALL)
_OTHER_PARTS: Final = re.compile(r"([-_./ ]?)([A-Za-z]{2})([-_./ ]?)(.*)", re.DOTALL)
_LEI_FORM: Final = re.compile(r"[A-Z0-9]{18}[0-9]{2}")

_CODES: Final = frozenset(authority.code for authority in AUTHORITIES.values())

# Codes beside ISO 3166-1, each with the one scheme that has it.
_ONLY_IN: Final = {"EL": "VAT", "XI": "VAT", "XG": LEI}


@dataclass(frozen=True, slots=True)
class OrganizationIdentifier:
    """An organizationIdentifier and its parts; None where a part could not be made out.

    ``scheme`` is PSD, NTR, VAT, LEI or a national one ("XX:"); ``authority``
    is there with PSD alone. Parts are in capitals where case does not matter;
    ``value`` and ``number`` are as they stand.
    """

    value: str
    scheme: str | None = None
    country: str | None = None
    authority: str | None = None
    number: str | None = None
    anomalies: tuple[Anomaly, ...] = ()

    @property
    def nca_id(self) -> str | None:
        """The authority as nCAId has it, ``FR-ACPR``; None where a part is missing."""
        if self.country is None or self.authority is None:
            return None
        return f"{self.country}-{self.authority}"

    def has(self, *anomaly_ids: str) -> bool:
        """Whether it has one of these anomalies."""
        return any(anomaly.id in anomaly_ids for anomaly in self.anomalies)


def parse_organization_identifier(text: str, *, strict: bool = False) -> OrganizationIdentifier:
    """Take an organizationIdentifier apart.

    :param strict: refuse what breaks the grammar, as for a request; otherwise
        it is read as far as it goes, with its anomalies.
    :raises MalformedError: strict, and something is odd; says what.
    """
    # ASCII and printable are asked first: \S and str.isalpha() know far more letters.
    if (
        text.isascii()
        and text.isprintable()
        and (parts := _PSD_FORM.fullmatch(text)) is not None
        and parts[1] not in _ONLY_IN
        and len(text) <= MAX_IDENTIFIER
    ):
        return OrganizationIdentifier(text, PSD, parts[1], parts[2], parts[3])
    read = _Reading(text).result()
    if strict and read.anomalies:
        raise MalformedError(
            f"the organizationIdentifier breaks its grammar: {read.anomalies[0].message}",
            hint=f"it looks like {_SHAPES}",
        )
    return read


class _Reading:
    """One tolerant reading: the parts as far as they are found, and what was odd on the way."""

    def __init__(self, value: str) -> None:
        self._value = value
        self._anomalies: list[Anomaly] = []
        self._scheme: str | None = None
        self._country: str | None = None
        self._authority: str | None = None
        self._number: str | None = None

    def result(self) -> OrganizationIdentifier:
        self._read()
        return OrganizationIdentifier(
            self._value,
            self._scheme,
            self._country,
            self._authority,
            self._number,
            tuple(self._anomalies),
        )

    def _odd(self, anomaly_id: str, message: str) -> None:
        if all(anomaly.id != anomaly_id for anomaly in self._anomalies):
            self._anomalies.append(Anomaly(anomaly_id, message))

    def _read(self) -> None:
        text = self._value
        if len(text) > MAX_IDENTIFIER:
            self._odd("identifier-length", f"it has {len(text):,} characters; {MAX_IDENTIFIER} is the limit")
            return
        foreign = next((each for each in text if not (" " <= each <= "~")), None)
        if foreign is not None:
            self._odd(
                "identifier-characters",
                f"a character that is not printable ASCII: {quoted(foreign)} (U+{ord(foreign):04X})",
            )
        stripped = text.strip()
        if stripped != text:
            self._odd("identifier-spaces", "there is white space before or after it")
        scheme = _SCHEME.match(stripped)
        before = len(self._anomalies)
        if scheme is None or not self._read_parts(scheme, stripped[scheme.end() :]):
            self._scheme = self._country = self._authority = self._number = None
            del self._anomalies[before:]  # of parts that are none
            self._odd("identifier-grammar", f"it has none of the known forms, such as {_SHAPES}")

    def _read_parts(self, match: re.Match[str], rest: str) -> bool:
        """Fill the parts in; False when it is none of the forms."""
        if match[1] is not None:
            self._scheme = f"{self._capitals(match[1])}:"
            return self._read_other(rest)
        scheme = self._capitals(match[2])
        if scheme in _SCHEMES:
            self._scheme = scheme
            return self._read_psd(rest) if scheme == PSD else self._read_other(rest)
        if not (_is_near_psd(scheme) and self._read_psd(rest)):
            return False
        self._scheme = PSD
        self._odd("identifier-scheme", f'the scheme is "{scheme}", which is read as PSD')
        return True

    def _read_psd(self, rest: str) -> bool:
        if parts := _PSD_PARTS.fullmatch(rest):
            self._nothing_before_country(parts[1])
            self._separators(parts[3], parts[5])
            self._country, self._authority = self._capitals(parts[2]), self._capitals(parts[4])
            self._check_country()
            self._set_number(parts[6])
            return True
        if parts := _PSD_ODD_AUTHORITY.fullmatch(rest):
            self._separators(parts[2], parts[4])
            self._country = self._capitals(parts[1])
            self._odd("identifier-authority", "the authority is not two to eight letters")
            self._set_number(parts[5])
            return True
        if parts := _PSD_ONE_PART.fullmatch(rest):
            self._separators(parts[3])
            self._read_one_part(self._capitals(parts[2]), apart=bool(parts[1]))
            self._set_number(parts[4])
            return True
        return False

    def _read_one_part(self, letters: str, *, apart: bool) -> None:
        """Letters that should have been country, hyphen and authority."""
        country, authority = letters[:2], letters[2:]
        if not authority:
            self._country = country
            self._odd("identifier-authority", "the authority is missing")
        elif f"{country}-{authority}" in AUTHORITIES or not (apart or letters in _CODES):
            self._country, self._authority = country, authority
            self._odd("identifier-separator", "no hyphen stands between country and authority")
        else:
            self._authority = letters
            self._odd("identifier-country", "the country is missing")

    def _read_other(self, rest: str) -> bool:
        parts = _OTHER_PARTS.fullmatch(rest)
        if parts is None:
            return False
        self._nothing_before_country(parts[1])
        if not parts[3]:
            self._odd("identifier-separator", "no hyphen stands after the country")
        self._separators(parts[3] or "-")
        self._country = self._capitals(parts[2])
        self._check_country()
        self._set_number(parts[4])
        if self._scheme == LEI and self._number is not None and not is_lei(self._number):
            self._odd("identifier-checksum", "the LEI is not twenty characters with a right checksum")
        return True

    def _nothing_before_country(self, found: str) -> None:
        if found:
            self._odd("identifier-separator", f"{quoted(found)} stands between scheme and country")

    def _capitals(self, letters: str) -> str:
        if not letters.isupper():
            self._odd("identifier-case", "scheme, country or authority stand in lower case")
        return letters.upper()

    def _separators(self, *found: str) -> None:
        for each in found:
            if each not in {"", "-"}:
                self._odd("identifier-separator", f"{quoted(each)} stands where a hyphen belongs")

    def _check_country(self) -> None:
        country = self._country or ""
        if _ONLY_IN.get(country, self._scheme) != self._scheme:
            self._odd("identifier-country", f"the country {country} belongs to {_ONLY_IN[country]} alone")
        elif self._scheme == LEI and country != "XG":
            self._odd("identifier-country", "an LEI has the country XG")

    def _set_number(self, number: str) -> None:
        if number != number.strip():
            self._odd("identifier-spaces", "there is white space before or after the number")
        self._number = number.strip() or None
        if self._number is None:
            self._odd("identifier-number", "the number is missing")


def _is_near_psd(scheme: str) -> bool:
    """Whether one letter makes it PSD, or two that changed places."""
    differing = [number for number in range(3) if scheme[number] != PSD[number]]
    return len(differing) == 1 or (len(differing) == 2 and sorted(scheme) == sorted(PSD))


def is_lei(number: str) -> bool:
    """Whether it is a Legal Entity Identifier: ISO 17442, with the checksum of ISO 7064 MOD 97-10."""
    if _LEI_FORM.fullmatch(number) is None:
        return False
    return int("".join(str(int(character, 36)) for character in number)) % 97 == 1
