"""nCAId and nCAName: the authority that a PSD2 statement names (ETSI TS 119 495 section 5.2.3)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from jwttool.eidas.anomalies import Anomaly
from jwttool.eidas.authorities import AUTHORITIES, MISSPELT
from jwttool.eidas.showing import quoted
from jwttool.encoding import is_visible

_FORM: Final = re.compile(r"([A-Z]{2})-([A-Z]{2,8})")
_OTHER_SEPARATOR: Final = re.compile(r"([A-Z]{2})[_./: ]([A-Z]{2,8})")
_LETTERS: Final = re.compile(r"[A-Z]{2,10}")
_CODES: Final = frozenset(authority.code for authority in AUTHORITIES.values())
_COUNTRIES: Final = frozenset(authority.country for authority in AUTHORITIES.values())


@dataclass(frozen=True, slots=True)
class NcaId:
    """An nCAId and its parts, None where they could not be made out; ``value`` as it stands."""

    value: str
    country: str | None = None
    code: str | None = None
    anomaly: Anomaly | None = None

    @property
    def id(self) -> str | None:
        """In the standard's form; None where a part is missing."""
        return None if self.country is None or self.code is None else f"{self.country}-{self.code}"


def read_nca_id(text: str) -> NcaId:
    """An nCAId, also in the odd forms that are met; the anomaly says which."""
    if parts := _FORM.fullmatch(text):
        if text not in MISSPELT:
            return NcaId(text, parts[1], parts[2])
        country, _, code = MISSPELT[text].partition("-")
        return NcaId(text, country, code, Anomaly("nca-id-misspelt", f"nCAId is {text} for {country}-{code}"))
    if parts := _OTHER_SEPARATOR.fullmatch(text):
        return NcaId(text, parts[1], parts[2], _separator(text))
    if _LETTERS.fullmatch(text):
        if f"{text[:2]}-{text[2:]}" in AUTHORITIES:
            return NcaId(text, text[:2], text[2:], _separator(text))
        # BE is Belgium, and the code of Spain's authority: alone it is more likely a country.
        if text in _COUNTRIES:
            return NcaId(text, country=text, anomaly=_half(text, "no authority"))
        if text in _CODES:
            return NcaId(text, code=text, anomaly=_half(text, "no country"))
    form = f"nCAId is {quoted(text)}, which is no authority's identifier"
    return NcaId(text, anomaly=Anomaly("nca-id-form", form))


def _separator(text: str) -> Anomaly:
    return Anomaly("nca-id-separator", f"nCAId is {quoted(text)}, without the hyphen after the country")


def _half(text: str, what: str) -> Anomaly:
    return Anomaly("nca-id-country", f"nCAId is {quoted(text)}: it has {what}")


def is_latin(text: str) -> bool:
    """Whether all letters are Latin, with or without accents, and every character shows."""
    if text.isascii():
        return text.isprintable() and not text.isspace() and text != ""
    return is_visible(text) and all(map(_is_latin, text))


def _is_latin(character: str) -> bool:
    return (
        character.isascii()
        or not character.isalnum()
        or character in _ORDINALS
        or unicodedata.name(character, "").startswith("LATIN ")
    )


_ORDINALS: Final = "ªº"  # of Spanish and Portuguese; no letters of Latin by their Unicode names
