"""The throwaway certificates, as jwttool judges them: the sound ones pass, and every oddity is found.

What others find of the same is in test_pkilint.py.
"""

from __future__ import annotations

import pytest

from jwttool.checks.qwac.judge import check_qwac
from jwttool.eidas.anomalies import ANOMALIES
from jwttool.eidas.describe import describe_qwac
from jwttool.report import Status
from jwttool.sandbox.certificates import SPECIMENS
from tests.specimens import AT, specimen

# Reading C="Germany" warns; describing it must not.
pytestmark = pytest.mark.filterwarnings("error")

SOUND = [name for name, each in SPECIMENS.items() if each.sound]
ODD = [name for name, each in SPECIMENS.items() if not each.sound]

# The first thing to know about each.
FOUND: dict[str, tuple[str, Status]] = {
    "roles-flattened": ("qwac-psd2-form", Status.FAIL),
    "roles-psp-pa-and-others": ("qwac-psd2-form", Status.FAIL),
    "roles-psp-pa-and-others-na": ("qwac-nca-id", Status.FAIL),
    "roles-unspecified-and-others": ("qwac-psd2-form", Status.FAIL),
    "roles-empty": ("qwac-roles", Status.FAIL),
    "role-name-in-words": ("qwac-psd2-form", Status.FAIL),
    "role-name-mismatch": ("qwac-psd2-form", Status.FAIL),
    "role-unknown": ("qwac-remarks", Status.WARNING),
    "role-name-printable-string": ("qwac-psd2-form", Status.FAIL),
    "nca-printable-strings": ("qwac-psd2-form", Status.FAIL),
    "nca-id-country-alone": ("qwac-nca-id", Status.FAIL),
    "nca-id-without-hyphen": ("qwac-nca-id", Status.FAIL),
    "nca-id-in-words": ("qwac-nca-id", Status.FAIL),
    "nca-id-misspelt": ("qwac-nca-id", Status.FAIL),
    "nca-mismatch": ("qwac-nca", Status.FAIL),
    "nca-unknown": ("qwac-authority", Status.WARNING),
    "nca-name-cyrillic": ("qwac-nca-name", Status.FAIL),
    "nca-name-other": ("qwac-nca-name", Status.WARNING),
    "nca-name-spaces": ("qwac-nca-name", Status.WARNING),
    "statement-bare": ("qwac-statements", Status.FAIL),
    "qc-statements-missing": ("qwac-statements", Status.FAIL),
    "qc-compliance-missing": ("qwac-compliance", Status.FAIL),
    "qc-type-missing": ("qwac-type", Status.FAIL),
    "qc-types-several": ("qwac-type", Status.FAIL),
    "qc-type-seal": ("qwac-type", Status.FAIL),
    "qc-pds-missing": ("qwac-remarks", Status.WARNING),
    "qc-pds-http": ("qwac-remarks", Status.WARNING),
    "qc-sscd": ("qwac-remarks", Status.WARNING),
    "qc-legislation": ("qwac-remarks", Status.WARNING),
    "qc-unknown": ("qwac-remarks", Status.WARNING),
    "qc-compliance-content": ("qwac-statements", Status.FAIL),
    "psd2-missing": ("qwac-psd2", Status.FAIL),
    "identifier-missing": ("qwac-identifier", Status.FAIL),
    "identifier-underscores": ("qwac-identifier", Status.FAIL),
    "identifier-scheme-misspelt": ("qwac-identifier", Status.FAIL),
    "identifier-lower-case": ("qwac-identifier", Status.FAIL),
    "identifier-without-country": ("qwac-identifier", Status.FAIL),
    "identifier-number-alone": ("qwac-identifier", Status.FAIL),
    "identifier-homoglyph": ("qwac-identifier", Status.FAIL),
    "identifier-full-width": ("qwac-identifier", Status.FAIL),
    "identifier-control-characters": ("qwac-identifier", Status.FAIL),
    "identifier-is-name": ("qwac-subject", Status.FAIL),
    "identifier-lei-checksum": ("qwac-identifier", Status.FAIL),
    "country-in-words": ("qwac-subject", Status.FAIL),
    "country-mismatch": ("qwac-remarks", Status.WARNING),
    "country-repeated": ("qwac-subject", Status.FAIL),
    "organization-repeated": ("qwac-subject", Status.FAIL),
    "common-name-repeated": ("qwac-subject", Status.FAIL),
    "identifier-repeated": ("qwac-subject", Status.FAIL),
    "identifier-among-names": ("qwac-subject", Status.FAIL),
    "common-name-blank": ("qwac-subject", Status.FAIL),
    "country-missing": ("qwac-subject", Status.FAIL),
    "organization-missing": ("qwac-subject", Status.FAIL),
    "common-name-missing": ("qwac-subject", Status.FAIL),
    "client-auth-missing": ("qwac-client-auth", Status.FAIL),
    "server-auth-missing": ("qwac-server-auth", Status.FAIL),
    "digital-signature-missing": ("qwac-key-usage", Status.FAIL),
    "key-cert-sign": ("qwac-ca-usage", Status.FAIL),
    "critical-unknown": ("qwac-critical", Status.FAIL),
    "policies-missing": ("qwac-policies", Status.WARNING),
    "rsassa-pss": ("qwac-signature-algorithm", Status.WARNING),
    "rsa-1024": ("qwac-key", Status.FAIL),
    "expired": ("qwac-validity", Status.FAIL),
    "not-yet-valid": ("qwac-validity", Status.FAIL),
    "statements-truncated": ("qwac-statements", Status.FAIL),
    "statements-trailing": ("qwac-statements", Status.FAIL),
    "statements-overlong": ("qwac-statements", Status.FAIL),
    "statements-empty": ("qwac-statements", Status.FAIL),
    "statements-no-asn1": ("qwac-statements", Status.FAIL),
    "psd2-wrong-type": ("qwac-psd2-form", Status.FAIL),
    "nca-name-control-characters": ("qwac-nca-name", Status.FAIL),
    "roles-10000": ("qwac-psd2-form", Status.FAIL),
}

# And the odd ones in which nothing is found.
NOT_FOUND = {
    "revoked": "whether it is revoked stands among what was not checked: `cert verify` reads CRLs",
    "crl-missing": "as above",
}

# What a seal cannot have, and is no less sound for.
OF_A_SEAL = {"qwac-type", "qwac-policies", "qwac-client-auth", "qwac-server-auth"}
EXPECTED = {
    "qseal": OF_A_SEAL,
    "qseal-ec": OF_A_SEAL,
    "role-unspecified": {"qwac-roles"},  # a warning: it opens nothing
    "identifier-ntr": {"qwac-identifier"},  # a warning: SHOULD be PSD since V1.5.1
    "identifier-lei": {"qwac-identifier"},
}


def findings(name: str) -> dict[str, Status]:
    """The checks that fail or warn, with the identifier itself for a client_id where there is one."""
    certificate = specimen(name)
    found = describe_qwac(certificate).organization_identifier
    client_id = "none" if found is None else found.value
    report = check_qwac(certificate, client_id=client_id, at=AT)
    wrong = {Status.FAIL, Status.WARNING}
    return {check.id: check.status for check in report.checks if check.status in wrong}


@pytest.mark.parametrize("name", SOUND)
def test_what_is_sound_passes(name: str) -> None:
    assert set(findings(name)) == EXPECTED.get(name, set())
    assert describe_qwac(specimen(name)).anomalies == ()


@pytest.mark.parametrize("name", FOUND)
def test_what_is_odd_is_found(name: str) -> None:
    check, status = FOUND[name]
    assert findings(name).get(check) is status


@pytest.mark.parametrize("name", NOT_FOUND)
def test_what_is_not_found_is_listed_with_the_reason(name: str) -> None:
    assert findings(name) == {}


def test_every_odd_one_is_in_one_of_the_tables() -> None:
    assert sorted(ODD) == sorted([*FOUND, *NOT_FOUND])


def test_anomalies_are_those_of_the_table() -> None:
    found = {each.id for name in SPECIMENS for each in describe_qwac(specimen(name)).anomalies}
    assert found <= set(ANOMALIES)
    assert len(found) > 25


def test_a_country_in_words_is_described_as_it_stands() -> None:
    assert describe_qwac(specimen("country-in-words")).country == "Germany"
