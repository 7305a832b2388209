"""Every rule about QWACs: the sound certificate passes, and one that differs in one thing does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from jwttool.certificates import KeyDescription, describe_key, load_certificates
from jwttool.checks.chain import ChainReport, verify_chain
from jwttool.checks.qwac import QWAC_RULES
from jwttool.checks.qwac.judge import QwacReport, check_qwac
from jwttool.checks.qwac.view import QwacView
from jwttool.checks.rule import RuleSet
from jwttool.csr import create_csr
from jwttool.eidas.describe import QwacDescription, describe_qwac
from jwttool.eidas.mapping import ClientMapping, Declaration, Declares
from jwttool.eidas.matching import Verdict, match_client_id
from jwttool.eidas.organization_identifier import parse_organization_identifier
from jwttool.eidas.roles import role
from jwttool.errors import InputError, MalformedError, UnknownProviderError, UsageError
from jwttool.providers import get_provider
from jwttool.report import Check, Status
from jwttool.sandbox.certificates import SPECIMENS, revocation_list
from tests import issue
from tests.hostile import refusal
from tests.specimens import AT, specimen, world
from tests.tools import run_tool

IDENTIFIER = "PSDFI-FINFSA-1234567-8"
SOUND = describe_qwac(specimen("qwac"))
NOT_CHECKED = ["qwac-trusted-list", "qwac-revocation", "qwac-register"]


def judged(name: str, **more: Any) -> QwacReport:
    settings: dict[str, Any] = {"client_id": IDENTIFIER, "at": AT, **more}
    return check_qwac(specimen(name), **settings)


def changed(**changes: Any) -> dict[str, Check]:
    """The checks of the sound certificate, with something else in its description."""
    return checks_of(SOUND._replace(**changes))


def checks_of(description: QwacDescription) -> dict[str, Check]:
    match = match_client_id(IDENTIFIER, description)
    view = QwacView(description, match, IDENTIFIER, (), False, get_provider("stet"), AT)
    return {check.id: check for check in RuleSet(QWAC_RULES).run(view)}


# --- the catalogue ------------------------------------------------------------


def test_every_rule_is_described() -> None:
    assert len({rule.id for rule in QWAC_RULES}) == len(QWAC_RULES)
    assert all(rule.id.startswith("qwac-") for rule in QWAC_RULES)
    assert all(rule.title and rule.reference and len(rule.explanation) > 80 for rule in QWAC_RULES)


@pytest.mark.parametrize("name", ["qwac", "qwac-ec", "qwac-general", "nca-name-with-accents"])
def test_a_sound_qwac_passes_every_rule_in_order(name: str) -> None:
    identifier = describe_qwac(specimen(name)).organization_identifier
    assert identifier is not None
    report = judged(name, client_id=identifier.value, provider="stet")
    assert report.passed
    assert [check.id for check in report] == [rule.id for rule in QWAC_RULES]
    assert {check.id: check.status for check in report} == {
        rule.id: Status.SKIPPED if rule.id in NOT_CHECKED else Status.PASS for rule in QWAC_RULES
    }


def test_what_is_not_checked_says_so() -> None:
    report = judged("qwac")
    for each, word in zip(NOT_CHECKED, ("trusted list", "revoked", "register"), strict=True):
        assert report[each].status is Status.SKIPPED
        assert report[each].message.startswith("not checked here")
        assert word in report[each].message


# --- one thing that is different ----------------------------------------------

FAIL, WARN, SKIP = Status.FAIL, Status.WARNING, Status.SKIPPED

# The rule, a specimen that differs in one thing, what comes of it, and a word of what is said.
DIFFERENT = [
    ("qwac-validity", "expired", FAIL, "expired at"),
    ("qwac-validity", "not-yet-valid", FAIL, "not valid before"),
    ("qwac-statements", "qc-statements-missing", FAIL, "no eIDAS certificate"),
    ("qwac-statements", "statement-bare", FAIL, "one QC statement"),
    ("qwac-statements", "statements-truncated", FAIL, "truncated"),
    ("qwac-statements", "statements-empty", FAIL, "empty"),
    ("qwac-compliance", "qc-compliance-missing", FAIL, "no QcCompliance"),
    ("qwac-type", "qc-type-missing", FAIL, "no QcType"),
    ("qwac-type", "qc-types-several", FAIL, "2 types: web, eseal"),
    ("qwac-type", "qc-type-seal", FAIL, "QcType is eseal"),
    ("qwac-type", "qseal", FAIL, "QcType is eseal"),
    ("qwac-policies", "policies-missing", WARN, "QEVCP-w, QNCP-w or QNCP-w-gen and QCP-w-psd2"),
    ("qwac-key-usage", "digital-signature-missing", FAIL, "lack digitalSignature"),
    ("qwac-client-auth", "client-auth-missing", FAIL, "lack clientAuth"),
    ("qwac-client-auth", "qseal", WARN, "no list of extended key usages"),
    ("qwac-server-auth", "server-auth-missing", FAIL, "lack serverAuth"),
    ("qwac-server-auth", "qseal", WARN, "no list of extended key usages"),
    ("qwac-key", "rsa-1024", FAIL, "1,024 bits"),
    ("qwac-signature-algorithm", "rsassa-pss", WARN, "RSASSA-PSS"),
    ("qwac-subject", "country-missing", FAIL, "lacks C"),
    ("qwac-subject", "organization-missing", FAIL, "lacks O"),
    ("qwac-subject", "common-name-missing", FAIL, "lacks CN"),
    ("qwac-subject", "identifier-missing", FAIL, "lacks organizationIdentifier"),
    ("qwac-subject", "country-in-words", FAIL, '"Germany"'),
    ("qwac-subject", "identifier-is-name", FAIL, "the organization's name"),
    ("qwac-psd2", "psd2-missing", FAIL, "no PSD2 statement"),
    ("qwac-psd2-form", "roles-flattened", FAIL, "one RoleOfPSP"),
    ("qwac-psd2-form", "roles-10000", FAIL, "10,000 roles"),
    ("qwac-psd2-form", "role-name-in-words", FAIL, "Account Information"),
    ("qwac-psd2-form", "role-name-mismatch", FAIL, "has the name"),
    ("qwac-psd2-form", "nca-printable-strings", FAIL, "not a UTF8String"),
    ("qwac-psd2-form", "psd2-missing", SKIP, "qwac-psd2 did not pass"),
    ("qwac-statements", "qc-compliance-content", FAIL, "QcCompliance holds something"),
    ("qwac-ca-usage", "key-cert-sign", FAIL, "keyCertSign"),
    ("qwac-critical", "critical-unknown", FAIL, "1.3.6.1.4.1.32473.1"),
    ("qwac-subject", "country-repeated", FAIL, "2 C"),
    ("qwac-subject", "organization-repeated", FAIL, "2 O"),
    ("qwac-subject", "common-name-repeated", FAIL, "2 CN"),
    ("qwac-subject", "identifier-repeated", FAIL, "2 organizationIdentifiers"),
    ("qwac-subject", "identifier-among-names", FAIL, "the organization's name"),
    ("qwac-subject", "common-name-blank", FAIL, "lacks CN"),
    ("qwac-psd2-form", "roles-psp-pa-and-others", FAIL, "PSP_PA, which has no authority"),
    ("qwac-psd2-form", "roles-unspecified-and-others", FAIL, "Unspecified stands beside other roles"),
    ("qwac-nca-name", "roles-psp-pa-and-others-na", FAIL, "goes with PSP_PA alone"),
    ("qwac-nca-id", "roles-psp-pa-and-others-na", FAIL, '"NA"'),
    ("qwac-nca-name", "nca-name-other", WARN, "which is that of ES-BE, beside FI-FINFSA"),
    ("qwac-nca-name", "nca-name-spaces", WARN, "white space"),
    ("qwac-roles", "role-unspecified", WARN, "no role of PSD2: there is Unspecified"),
    ("qwac-roles", "role-unknown", WARN, "no role of PSD2: there is 1.3.6.1.4.1.32473.1"),
    ("qwac-roles", "roles-empty", FAIL, "no role"),
    ("qwac-roles", "psd2-missing", SKIP, "qwac-psd2 did not pass"),
    ("qwac-identifier", "identifier-missing", FAIL, "no organizationIdentifier"),
    ("qwac-identifier", "identifier-underscores", FAIL, "where a hyphen belongs"),
    ("qwac-identifier", "identifier-full-width", FAIL, "U+FF11"),
    ("qwac-identifier", "identifier-ntr", WARN, "scheme NTR"),
    ("qwac-nca-name", "nca-name-cyrillic", FAIL, "authority's name"),
    ("qwac-nca-id", "nca-id-without-hyphen", FAIL, "without the hyphen"),
    ("qwac-nca-id", "nca-id-country-alone", FAIL, "no authority"),
    ("qwac-nca-id", "nca-id-in-words", FAIL, '"Finland"'),
    ("qwac-nca-id", "nca-id-misspelt", FAIL, "ES-BDE for ES-BE"),
    ("qwac-nca", "nca-mismatch", FAIL, "GB-OB"),
    ("qwac-nca", "identifier-ntr", SKIP, "names no authority"),
    ("qwac-nca", "role-psp-pa", SKIP, "PSP_PA"),
    ("qwac-nca", "nca-id-in-words", SKIP, "cannot be made out"),
    ("qwac-authority", "nca-unknown", WARN, "FI-NOBODY is not on the list"),
    ("qwac-authority", "nca-mismatch", WARN, "historic"),
    ("qwac-remarks", "qc-unknown", WARN, "is not registered here"),
    ("qwac-remarks", "qc-sscd", WARN, "QcSSCD"),
    ("qwac-remarks", "country-mismatch", WARN, "country is SE"),
    ("qwac-remarks", "qc-pds-missing", WARN, "QcPDS"),
]


@pytest.mark.parametrize(
    ("rule_id", "name", "status", "message"), DIFFERENT, ids=[f"{each[0]} {each[1]}" for each in DIFFERENT]
)
def test_a_rule_is_broken_by_one_thing(rule_id: str, name: str, status: Status, message: str) -> None:
    assert judged("qwac")[rule_id].status is Status.PASS
    check = judged(name)[rule_id]
    assert check.status is status
    assert message in check.message
    if status is not SKIP:
        assert check.hint


CHANGES: list[tuple[str, dict[str, Any], Status, str]] = [
    ("qwac-end-entity", {"is_authority": True}, FAIL, "a CA's certificate"),
    ("qwac-signature-algorithm", {"signature_algorithm": "sha1WithRSAEncryption"}, FAIL, "can be forged"),
    ("qwac-signature-algorithm", {"signature_algorithm": "md5WithRSAEncryption"}, FAIL, "can be forged"),
    ("qwac-signature-algorithm", {"signature_algorithm": "ecdsa-with-SHA1"}, FAIL, "can be forged"),
    ("qwac-key-usage", {"key_usage": ()}, FAIL, "there is nothing"),
    ("qwac-key", {"key": None}, FAIL, "not known here"),
    ("qwac-key", {"key": describe_key(issue.ed25519_key().public_key())}, FAIL, "Ed25519"),
    ("qwac-client-auth", {"extended_key_usage": ()}, FAIL, "lack clientAuth"),
    ("qwac-policies", {"policies": SOUND.policies[1:]}, WARN, "the policies lack QEVCP-w"),
    ("qwac-policies", {"policies": SOUND.policies[:1]}, WARN, "the policies lack QCP-w-psd2"),
    ("qwac-subject", {"common_name": ""}, FAIL, "lacks CN"),
    ("qwac-subject", {"organization": " \u00a0"}, FAIL, "lacks O"),
]


@pytest.mark.parametrize(("rule_id", "change", "status", "message"), CHANGES, ids=range(len(CHANGES)))
def test_a_rule_is_broken_by_one_change(
    rule_id: str, change: dict[str, Any], status: Status, message: str
) -> None:
    assert changed()[rule_id].status is Status.PASS
    check = changed(**change)[rule_id]
    assert (check.status, message in check.message) == (status, True)


@pytest.mark.parametrize(
    ("curve", "size", "status"),
    [
        ("P-256", 256, Status.PASS),
        ("P-384", 384, Status.PASS),
        ("P-521", 521, Status.PASS),
        ("brainpoolP256r1", 256, WARN),
        ("secp224r1", 224, FAIL),
    ],
)
def test_the_curve_of_the_key(curve: str, size: int, status: Status) -> None:
    key = KeyDescription("EC", size, curve=curve)
    assert changed(key=key)["qwac-key"].status is status


def test_a_key_usage_that_is_not_there_restricts_nothing() -> None:
    assert changed(key_usage=None)["qwac-key-usage"].status is Status.PASS


def test_a_certificate_that_openssl_signed_with_sha1(tmp_path: Path) -> None:
    """cryptography makes none any more; the sound certificate, signed anew in two ways."""
    authority, request, extensions = (tmp_path / name for name in ("ca.key", "qwac.csr", "extensions"))
    authority.write_bytes(issue.key_pem(world().issuing.key))
    request.write_bytes(create_csr(world().keys.rsa, subject=specimen("qwac").subject))
    issuer = tmp_path / "ca.crt"
    issuer.write_bytes(world().issuing.certificate.public_bytes(Encoding.PEM))
    statements = SPECIMENS["qwac"].recipe.statements or b""
    extensions.write_text(f"1.3.6.1.5.5.7.1.3=DER:{statements.hex()}\n")

    def signed(digest: str) -> Check:
        done = run_tool(
            *("openssl", "x509", "-req", f"-{digest}", "-days", "30", "-set_serial", "1", "-in", request),
            *("-CA", issuer, "-CAkey", authority, "-extfile", extensions),
        )
        certificate = load_certificates(done.stdout).end_entity
        report = check_qwac(certificate, client_id=IDENTIFIER, at=AT)
        assert report["qwac-statements"].status is Status.PASS
        return report["qwac-signature-algorithm"]

    assert signed("sha256").status is Status.PASS
    found = signed("sha1")
    assert (found.status, found.message) == (
        FAIL,
        "it is signed with sha1WithRSAEncryption, which can be forged",
    )


def test_pss_over_a_broken_hash_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jwttool.checks.qwac.certificate._WEAK_HASHES", ("sha256",))
    assert judged("rsassa-pss")["qwac-signature-algorithm"].status is FAIL


def test_an_authority_of_its_own_is_missing_with_psp_pa_alone() -> None:
    psp_pa = describe_qwac(specimen("role-psp-pa"))
    assert psp_pa.psd2 is not None
    sound = checks_of(psp_pa)
    assert (sound["qwac-nca-name"].status, sound["qwac-nca-id"].status) == (Status.PASS, Status.PASS)
    # The same role with an authority's name and identifier.
    assert SOUND.psd2 is not None
    found = changed(qc=replace(SOUND.qc, psd2=replace(SOUND.psd2, roles=psp_pa.psd2.roles)))
    assert (found["qwac-nca-name"].status, found["qwac-nca-id"].status) == (FAIL, FAIL)
    assert "where NA belongs" in found["qwac-nca-name"].message


def test_many_oddities_are_summed_up() -> None:
    identifier = parse_organization_identifier(" pad_fr_acpr_1")
    found = changed(organization_identifier=identifier, anomalies=identifier.anomalies)["qwac-identifier"]
    assert found.message.endswith("; and 1 more")


# --- time ---------------------------------------------------------------------


def test_both_ends_of_the_validity_belong_to_it() -> None:
    first, last = SOUND.not_before, SOUND.not_after
    second = timedelta(seconds=1)
    for at, status in (
        (first, Status.PASS),
        (first - second, FAIL),
        (last, Status.PASS),
        (last + timedelta(milliseconds=999), Status.PASS),
        (last + second, FAIL),
    ):
        assert judged("qwac", at=at)["qwac-validity"].status is status


def test_a_time_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 6, 16)  # noqa: DTZ001  # that is the point
    refusal(UsageError, lambda: judged("qwac", at=naive))


def test_the_present_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for at, status in ((AT, Status.PASS), (datetime(2100, 1, 1, tzinfo=UTC), FAIL)):
        monkeypatch.setattr("jwttool.checks.qwac.judge.utc_now", lambda at=at: at)
        report = check_qwac(specimen("qwac"), client_id=IDENTIFIER)
        assert report["qwac-validity"].status is status


# --- roles --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "roles", "passed"),
    [
        ("qwac", [], True),
        ("qwac", ["PSP_AI"], True),
        ("qwac", ["PSP_PI", "PSP_AI"], True),
        ("qwac", ["PSP_IC"], False),
        ("qwac", ["PSP_AI", "PSP_AS"], False),
        ("roles-all-psd2", ["PSP_IC"], True),
        ("role-unspecified", ["PSP_AI"], False),
        ("role-unspecified", ["Unspecified"], True),
        # The OID counts, not the name beside it.
        ("role-name-mismatch", ["PSP_AI"], True),
        ("role-name-mismatch", ["PSP_PI"], False),
        ("role-unknown", ["PSP_AI"], False),
        ("roles-flattened", ["PSP_PI", "PSP_AI"], True),
    ],
)
def test_the_roles_cover_what_is_asked_for(name: str, roles: list[str], passed: bool) -> None:
    check = judged(name, roles=roles)["qwac-roles"]
    assert (check.status is Status.PASS) is passed
    if not passed:
        held = {each.oid for each in (describe_qwac(specimen(name)).psd2 or pytest.fail("no PSD2")).roles}
        assert all(each in check.message for each in roles if role(each).oid not in held)


def test_an_unknown_role_is_no_role() -> None:
    assert "AISP" not in refusal(UsageError, lambda: judged("qwac", roles=["AISP"])).message


# --- the client_id ------------------------------------------------------------


def declared(identifier: str) -> ClientMapping:
    return ClientMapping({"other": Declaration(Declares.ORGANIZATION_IDENTIFIER, identifier)})


@pytest.mark.parametrize(
    ("more", "verdict", "status"),
    [
        ({"client_id": IDENTIFIER}, Verdict.EXACT, Status.PASS),
        ({"client_id": "1234567-8"}, Verdict.EXACT, Status.PASS),
        ({"client_id": "1234567-9"}, Verdict.NONE, FAIL),
        ({"client_id": IDENTIFIER.lower()}, Verdict.NORMALIZED, WARN),
        ({"client_id": f"1{IDENTIFIER}_1"}, Verdict.EMBEDDED, FAIL),
        ({"client_id": f"1{IDENTIFIER}_1", "allow_indirect": True}, Verdict.EMBEDDED, WARN),
        ({"client_id": "AGTFI-FINFSA-1234567-8001"}, Verdict.AGENT, FAIL),
        ({"client_id": "AGTFI-FINFSA-1234567-8001", "allow_indirect": True}, Verdict.AGENT, WARN),
        ({"client_id": "other", "mapping": declared(IDENTIFIER)}, Verdict.DECLARED, Status.PASS),
        ({"client_id": "other", "mapping": declared("PSDFI-FINFSA-9")}, Verdict.NONE, FAIL),
        ({"client_id": "other", "allow_indirect": True}, Verdict.NONE, FAIL),
        ({"client_id": ""}, Verdict.NONE, FAIL),
    ],
    ids=range(12),
)
def test_the_verdict_decides(more: dict[str, Any], verdict: Verdict, status: Status) -> None:
    report = judged("qwac", **more)
    check = report["qwac-client-id"]
    assert (report.match.verdict, check.status) == (verdict, status)
    assert report.passed is (status is not FAIL)
    if status is not Status.PASS:
        assert report.match.message in check.message
        assert check.hint


def test_a_mismatch_says_what_would_match() -> None:
    check = judged("qwac", client_id="x")["qwac-client-id"]
    assert check.hint is not None
    assert f"{IDENTIFIER} or 1234567-8" in check.hint
    without = judged("identifier-missing", client_id="x")["qwac-client-id"]
    assert "would match" not in (without.hint or "")


def test_a_mapping_that_disagrees_is_what_is_to_be_mended() -> None:
    mapping = ClientMapping({IDENTIFIER: Declaration(Declares.ORGANIZATION_IDENTIFIER, "PSDFI-FINFSA-9")})
    hint = judged("qwac", client_id=IDENTIFIER, mapping=mapping)["qwac-client-id"].hint or ""
    assert hint.startswith("the mapping disagrees: correct its entry")
    assert hint.endswith("what would match: 1234567-8")
    assert "declare it" not in hint
    assert "declare it" in (judged("qwac", client_id="x", mapping=mapping)["qwac-client-id"].hint or "")


@pytest.mark.parametrize("client_id", ["PSDFI-FINFS\u0410-1234567-8", "1234567-8\n", ""], ids=ascii)
def test_what_no_mapping_can_hold_is_not_to_be_declared(client_id: str) -> None:
    for name in ("qwac", "identifier-missing"):
        hint = judged(name, client_id=client_id)["qwac-client-id"].hint
        assert hint
        assert "declare it" not in hint


@pytest.mark.parametrize(
    ("provider", "length", "status"),
    [
        (None, 50, SKIP),
        ("worldline", 50, SKIP),
        ("stet", 34, Status.PASS),
        ("stet", 35, WARN),
    ],
)
def test_the_length_of_the_client_id(provider: str | None, length: int, status: Status) -> None:
    check = judged("qwac", client_id="x" * length, provider=provider)["qwac-client-id-length"]
    assert check.status is status
    if status is WARN:
        assert "inferred" in check.message


@pytest.mark.parametrize("provider", ["worldline", "op", "konsentus"])
def test_a_system_whose_document_says_nothing_of_it_is_named(provider: str) -> None:
    check = judged("qwac", provider=provider)["qwac-client-id-length"]
    title = get_provider(provider).title
    assert check.message == f"not documented by {title}: a rule about the client_id and the QWAC"


# --- revocation ---------------------------------------------------------------


def chain_of(name: str, *lists: str) -> ChainReport:
    return verify_chain(
        specimen(name),
        trust=[world().root.certificate],
        intermediates=[world().issuing.certificate, world().silent.certificate],
        crls=[revocation_list(each, world()) for each in lists],
        at=AT,
    )


@pytest.mark.parametrize(
    ("name", "lists", "status", "message"),
    [
        ("qwac", ["root.crl", "issuing.crl"], Status.PASS, "not been revoked"),
        ("qwac", ["issuing.crl"], Status.PASS, "not been revoked"),
        ("revoked", ["root.crl", "issuing.crl"], FAIL, "revoked"),
        ("crl-missing", ["root.crl", "issuing.crl"], FAIL, "no CRL of its issuer"),
        ("qwac", ["root.crl"], FAIL, "no CRL of its issuer"),
        ("qwac", ["root.crl", "issuing-stale.crl"], FAIL, "CRL"),
        ("qwac", ["root.crl", "issuing-future.crl"], FAIL, "CRL"),
        ("qwac", [], SKIP, "not checked here"),
    ],
    ids=range(8),
)
def test_revocation_is_judged_where_there_are_crls(
    name: str, lists: list[str], status: Status, message: str
) -> None:
    check = judged(name, chain=chain_of(name, *lists))["qwac-revocation"]
    assert (check.status, message in check.message) == (status, True), check


def test_a_provider_by_value_and_an_unknown_one() -> None:
    report = judged("qwac", client_id="x" * 35, provider=get_provider("stet"))
    assert report["qwac-client-id-length"].status is WARN
    refusal(UnknownProviderError, lambda: judged("qwac", provider="nobody"))


# --- anything at all ----------------------------------------------------------


@pytest.mark.parametrize("name", SPECIMENS)
def test_every_specimen_gets_a_whole_report(name: str) -> None:
    report = judged(name)
    assert [check.id for check in report] == [rule.id for rule in QWAC_RULES]
    assert all(check.message.isprintable() for check in report)


def test_a_plain_certificate_and_an_authority_are_judged() -> None:
    def failed(certificate: x509.Certificate) -> set[str]:
        return {check.id for check in check_qwac(certificate, client_id="x", at=AT).failures}

    plain = failed(issue.certificate(issue.ec_key()))
    assert {"qwac-statements", "qwac-type", "qwac-psd2", "qwac-identifier", "qwac-client-id"} <= plain
    assert "qwac-end-entity" in failed(world().issuing.certificate)


def test_a_damaged_certificate_is_one_clear_error() -> None:
    twice = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.37"), b"\x30")
    damaged = issue.certificate(issue.ec_key(), extensions=[twice])
    refusal(MalformedError, lambda: check_qwac(damaged, client_id="x", at=AT))


DER = [
    specimen(name).public_bytes(Encoding.DER)
    for name in ("qwac", "qwac-ec", "roles-flattened", "statement-bare")
]


@settings(max_examples=300)
@given(
    st.sampled_from(range(len(DER))),
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=3),
)
def test_a_certificate_with_any_changed_bytes_is_judged_or_refused(
    number: int, changes: list[tuple[int, int]]
) -> None:
    der = bytearray(DER[number])
    for place, value in changes:
        der[place % len(der)] = value
    try:
        certificate = load_certificates(bytes(der)).end_entity
        report = check_qwac(certificate, client_id="1234567-8", at=AT)
    except InputError:
        return  # one clear error, and no other exception
    assert [check.id for check in report] == [rule.id for rule in QWAC_RULES]
    assert all(check.message.isprintable() for check in report)
