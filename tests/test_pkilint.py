"""The throwaway certificates, as pkilint's linter of ETSI certificates judges them.

Sound ones pass, and faults are found; where the two of us disagree, the reason
stands here. A finding that comes or goes with another version fails a test.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from jwttool.sandbox.certificates import SPECIMENS
from tests.specimens import specimen

SOUND = [name for name, each in SPECIMENS.items() if each.sound]
ODD = [name for name, each in SPECIMENS.items() if not each.sound]

PSD2_POLICY = "etsi.ts_119_495.ovr-6.1-3.prohibited_psd2_policy_oid_present"
ROLE_OID = "etsi.ts_119_495.gen-5.2-2.invalid_psp_oid"
NCA_ID = "etsi.ts_119_495.gen-5.2.3-2.invalid_structure"
NON_LATIN = "etsi.ts_119_495.gen-5.2.3-1.nca_name_non_latin"
PSD_FORMAT = "etsi.ts_119_495.gen-5.2.1-3.invalid_psd_organization_id_format"
CABF_FORMAT = "cabf.invalid_subject_organization_identifier_format"
CABF_SCHEME = "cabf.invalid_organization_identifier_registration_scheme"
CABF_MISMATCH = "cabf.serverauth.organization_identifier_mismatched_value"
SYNTAX = "itu.invalid_asn1_syntax"
ABSENT = "etsi.en_319_412_3.leg-4.2.1-2.{}_attribute_absent"
QC = "etsi.en_319_412_5.qcs-5.01.{}_qualified_statement_{}"

# What it says against certificates that are sound, and why it is behind.
_NOT_ONLY_EV = (
    "ETSI TS 119 495 section 6.1 has QCP-w-psd2 augment QNCP-w-gen as well; pkilint knows it with EV alone"
)
_BEFORE_2026 = "pkilint knows the roles up to V1.7.1, .0 to .4"
BEHIND: dict[str, dict[str, str]] = {
    "qwac-general": {PSD2_POLICY: _NOT_ONLY_EV},
    "identifier-ntr": {PSD2_POLICY: _NOT_ONLY_EV},
    "identifier-lei": {PSD2_POLICY: _NOT_ONLY_EV},
    "roles-2026": {ROLE_OID: _BEFORE_2026},
    "role-psp-pa": {ROLE_OID: _BEFORE_2026, NCA_ID: "beside PSP_PA the identifier is NA since V1.8.1"},
    "nca-name-with-accents": {NON_LATIN: "its test of Latin letters is one of ASCII letters"},
}

# What it finds in each odd one.
TWICE = "cabf.serverauth.prohibited_duplicate_attribute_type"
NAME = "etsi.en_319_412_4.web-4.1.{}.common_name_unknown_source"
FOUND: dict[str, set[str]] = {
    "roles-psp-pa-and-others": {ROLE_OID},
    "roles-psp-pa-and-others-na": {ROLE_OID, NCA_ID},
    "qc-compliance-content": {SYNTAX},
    "country-repeated": {TWICE},
    "organization-repeated": {TWICE},
    "common-name-repeated": {
        *(TWICE, "cabf.serverauth.subscriber_common_name_unknown_source", NAME.format("4-2"))
    },
    "identifier-repeated": {TWICE, CABF_MISMATCH},
    "identifier-among-names": {TWICE},
    "common-name-blank": {NAME.format("3-4"), PSD2_POLICY},
    "key-cert-sign": {
        "pkix.ee_certificate_keycertsign_keyusage_set",
        "cabf.serverauth.subscriber_prohibited_ku_present",
    },
    "roles-flattened": {SYNTAX},
    "roles-empty": {"etsi.ts_119_495.gen-5.2.2-1.roles_of_psp_empty"},
    "role-name-in-words": {"etsi.ts_119_495.gen-5.2-2.invalid_psp_role"},
    "role-name-mismatch": {"etsi.ts_119_495.gen-5.2.2-5.psp_role_mismatch"},
    "role-unknown": {ROLE_OID},
    "role-name-printable-string": {SYNTAX},
    "nca-printable-strings": {SYNTAX},
    "nca-id-country-alone": {NCA_ID},
    "nca-id-without-hyphen": {NCA_ID},
    "nca-id-in-words": {NCA_ID},
    "nca-name-cyrillic": {NON_LATIN},
    "statement-bare": {PSD2_POLICY, SYNTAX},
    "qc-statements-missing": {PSD2_POLICY},
    "qc-compliance-missing": {QC.format("qc_compliance", "absent")},
    "qc-type-missing": {QC.format("qc_type", "absent")},
    "qc-types-several": {SYNTAX},
    "qc-type-seal": {"etsi.en_319_412_5.gen-4.2.3.qc_type_mismatch"},
    "qc-pds-http": {"etsi.en_319_412_5.gen-4.3.4.url_scheme_not_https"},
    "qc-sscd": {QC.format("qc_sscd", "present")},
    "qc-legislation": {QC.format("qc_cc_legislation", "present")},
    "psd2-missing": {PSD2_POLICY},
    "identifier-missing": {ABSENT.format("organization_identifier"), PSD2_POLICY},
    "identifier-underscores": {CABF_FORMAT, PSD_FORMAT},
    "identifier-scheme-misspelt": {CABF_SCHEME, CABF_MISMATCH, PSD_FORMAT},
    "identifier-lower-case": {CABF_FORMAT, PSD_FORMAT},
    "identifier-without-country": {CABF_FORMAT, PSD_FORMAT},
    "identifier-number-alone": {CABF_FORMAT, PSD_FORMAT},
    "identifier-homoglyph": {CABF_MISMATCH, PSD_FORMAT},
    "identifier-full-width": {CABF_MISMATCH},
    "identifier-control-characters": {CABF_MISMATCH},
    "identifier-is-name": {
        "etsi.en_319_412_3.leg-4.2.1-6.organization_id_and_organization_name_attribute_values_equal"
    },
    "identifier-lei-checksum": {"iso.lei.invalid_lei_checksum", PSD2_POLICY},
    "country-in-words": {SYNTAX},
    "country-missing": {ABSENT.format("country"), PSD2_POLICY},
    "organization-missing": {ABSENT.format("organization_name"), PSD2_POLICY},
    "common-name-missing": {ABSENT.format("common_name"), PSD2_POLICY},
    "server-auth-missing": {"cabf.serverauth.subscriber.serverauth_eku_absent"},
    "policies-missing": {"etsi.en_319_412_2.certificate_policies_extension_absent"},
    "rsa-1024": {"cabf.rsa_modulus_invalid_length"},
    "statements-truncated": {PSD2_POLICY, SYNTAX},
    "statements-trailing": {PSD2_POLICY, SYNTAX},
    "statements-overlong": {PSD2_POLICY, SYNTAX},
    "statements-empty": {PSD2_POLICY},
    "statements-no-asn1": {PSD2_POLICY, SYNTAX},
    "psd2-wrong-type": {SYNTAX},
}

# And the odd ones in which it finds nothing.
_NO_LIST = "pkilint has no list of authorities, and does not compare two places of a certificate"
_NO_TIME = "pkilint judges no time"
_NO_PATH = "pkilint judges a certificate alone, without CRLs"
MISSED: dict[str, str] = {
    "nca-name-other": _NO_LIST,
    "nca-name-spaces": "pkilint takes a space for Latin text, wherever it stands",
    "roles-unspecified-and-others": "pkilint does not look whether Unspecified stands alone",
    "critical-unknown": "pkilint lints what it knows; a verifier has to refuse the rest",
    "nca-id-misspelt": _NO_LIST,
    "nca-mismatch": _NO_LIST,
    "nca-unknown": _NO_LIST,
    "country-mismatch": _NO_LIST,
    "nca-name-control-characters": "pkilint takes every ASCII character for Latin text",
    "qc-pds-missing": "pkilint's check of that name looks for the PSD2 statement",
    "qc-unknown": "other statements are allowed; this one is odd because nobody can say what it means",
    "client-auth-missing": "nothing in ETSI's profile demands it: banks do, for mutual TLS",
    "digital-signature-missing": "keyEncipherment alone is allowed; TLS 1.3 cannot use such a key",
    "rsassa-pss": "the signature is a good one; some banks cannot verify it",
    "expired": _NO_TIME,
    "not-yet-valid": _NO_TIME,
    "revoked": _NO_PATH,
    "crl-missing": _NO_PATH,
    "roles-10000": "the standard has no limit",
}


@cache
def errors(name: str) -> dict[str, list[str]]:
    """The codes of what pkilint calls an error or worse, with its messages."""
    from pkilint import etsi, finding_filter, loader, validation
    from pkilint.pkix import certificate

    document = loader.load_der_certificate(specimen(name).public_bytes(Encoding.DER), name)
    kind = etsi.determine_certificate_type(document)
    validators = certificate.create_pkix_certificate_validator_container(
        etsi.create_decoding_validators(kind), etsi.create_validators(kind)
    )
    filters = etsi.create_etsi_finding_filters(kind)
    results, _ = finding_filter.filter_results(filters, validators.validate(document.root))
    found: dict[str, list[str]] = {}
    for description in (each for result in results for each in result.finding_descriptions):
        finding: Any = description.finding
        if finding.severity <= validation.ValidationFindingSeverity.ERROR:  # the worst is the smallest
            found.setdefault(finding.code, []).append(str(description.message))
    return found


@pytest.mark.parametrize("name", SOUND)
def test_what_is_sound_passes_but_for_what_is_listed_with_its_reason(name: str) -> None:
    found = errors(name)
    assert set(found) == set(BEHIND.get(name, {})), found


@pytest.mark.parametrize("name", ODD)
def test_what_is_odd_is_found_or_listed_with_the_reason(name: str) -> None:
    found = errors(name)
    assert set(found) == FOUND.get(name, set()), found


def test_every_odd_one_is_in_one_of_the_tables() -> None:
    assert sorted(ODD) == sorted([*FOUND, *MISSED])
    assert set(BEHIND) <= set(SOUND)
    assert all(FOUND.values())
