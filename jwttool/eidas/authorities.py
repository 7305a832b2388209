"""The competent authorities of PSD2, as a dated list.

From the European Banking Authority's list of authority identifiers, version 4,
with the identifiers that it dropped and that older certificates still have. It
is a snapshot: an authority that is not here may exist all the same, so that a
stranger is a warning and never an error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

AS_OF: Final = "2023-02"
"""The month of the list."""
SOURCE: Final = f"EBA, list of national competent authority identifiers, version 4 ({AS_OF})"


@dataclass(frozen=True, slots=True)
class Authority:
    """An authority: its country (ISO 3166-1), its code there, and its name in English.

    ``historic`` says why the identifier is no longer given to anybody.
    """

    country: str
    code: str
    name: str
    historic: str | None = None

    @property
    def id(self) -> str:
        """The identifier as nCAId has it (ETSI TS 119 495 section 5.2.3): ``FR-ACPR``."""
        return f"{self.country}-{self.code}"


_LIST: Final = (
    Authority("AT", "FMA", "Austrian Financial Market Authority"),
    Authority("BE", "NBB", "National Bank of Belgium"),
    Authority("BG", "BNB", "Bulgarian National Bank"),
    Authority("CY", "CBC", "Central Bank of Cyprus"),
    Authority("CZ", "CNB", "Czech National Bank"),
    Authority("DE", "BAFIN", "Federal Financial Supervisory Authority"),
    Authority("DK", "DFSA", "Danish Financial Supervisory Authority"),
    Authority("EE", "FI", "Estonian Financial Supervision Authority"),
    Authority("ES", "BE", "Bank of Spain"),
    Authority("FI", "FINFSA", "Finnish Financial Supervisory Authority"),
    Authority("FR", "ACPR", "Prudential Supervisory and Resolution Authority"),
    Authority("GB", "FCA", "Financial Conduct Authority", "the United Kingdom has left the European Union"),
    Authority("GR", "BOG", "Bank of Greece"),
    Authority("HR", "CNB", "Croatian National Bank", "now HR-HNB"),
    Authority("HR", "HNB", "Croatian National Bank"),
    Authority("HU", "CBH", "Central Bank of Hungary"),
    Authority("IE", "CBI", "Central Bank of Ireland"),
    Authority("IS", "CBI", "Central Bank of Iceland"),
    Authority("IS", "FME", "Icelandic Financial Supervisory Authority", "now IS-CBI"),
    Authority("IT", "BI", "Bank of Italy"),
    Authority("LI", "FMA", "Financial Market Authority Liechtenstein"),
    Authority("LT", "BL", "Bank of Lithuania"),
    Authority("LU", "CSSF", "Commission for the Supervision of the Financial Sector"),
    Authority("LV", "BL", "Bank of Latvia"),
    Authority("LV", "FCMC", "Financial and Capital Market Commission", "now LV-BL"),
    Authority("MT", "MFSA", "Malta Financial Services Authority"),
    Authority("NL", "DNB", "De Nederlandsche Bank"),
    Authority("NO", "FSA", "Financial Supervisory Authority of Norway"),
    Authority("PL", "PFSA", "Polish Financial Supervision Authority"),
    Authority("PT", "BP", "Bank of Portugal"),
    Authority("RO", "NBR", "National Bank of Romania"),
    Authority("SE", "FINA", "Swedish Financial Supervisory Authority"),
    Authority("SI", "BS", "Bank of Slovenia"),
    Authority("SK", "NBS", "National Bank of Slovakia"),
)

AUTHORITIES: Final = {authority.id: authority for authority in _LIST}
"""By identifier."""

# What certificates have been seen to carry in the place of the registered identifier.
MISSPELT: Final = {"ES-BDE": "ES-BE"}


_BY_NAME: Final[dict[str, list[Authority]]] = {}
for _each in _LIST:
    _BY_NAME.setdefault(_each.name.casefold(), []).append(_each)


def named(name: str) -> tuple[Authority, ...]:
    """The authorities of that English name, in any case; often none."""
    return tuple(_BY_NAME.get(name.casefold(), ()))


def authorities_of(country: str) -> tuple[Authority, ...]:
    """The authorities of a country that still give out identifiers."""
    return tuple(each for each in _LIST if each.country == country and each.historic is None)
