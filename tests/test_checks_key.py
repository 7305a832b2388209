"""Every rule about keys and requests: one case that passes, and one that differs in one thing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from jwttool.checks import key as key_rules
from jwttool.checks.csr import CSR_RULES, judge_csr
from jwttool.checks.key import EC_RULES, KEY_RULES, PRIVATE_RULES, RSA_RULES, KeyView, judge_key
from jwttool.keys import KeyEncryption, Weakness
from jwttool.keys.weakness import rsa_weaknesses
from jwttool.report import Severity, Status
from tests import issue

if TYPE_CHECKING:
    from jwttool.checks.rule import Rule

KEY = issue.rsa_key()
SOUND = KeyView(KEY.public_key(), KEY, KeyEncryption("PBES2", 600_000), 0o600)


def test_every_rule_is_described() -> None:
    rules: list[Rule[Any]] = [*KEY_RULES, *CSR_RULES]

    assert len({rule.id for rule in rules}) == len(rules)
    assert all(rule.title and rule.reference and len(rule.explanation) > 80 for rule in rules)


def test_a_sound_key_passes_every_rule() -> None:
    report = judge_key(SOUND)

    assert [check.id for check in report] == [rule.id for rule in (*RSA_RULES, *PRIVATE_RULES)]
    assert {check.status for check in report} == {Status.PASS}


@pytest.mark.parametrize("rule", [*RSA_RULES, *EC_RULES], ids=lambda rule: rule.id)
def test_a_weakness_is_the_finding_of_its_own_rule(
    rule: Rule[KeyView], monkeypatch: pytest.MonkeyPatch
) -> None:
    def found(*_: object) -> tuple[Weakness, ...]:
        return (Weakness(rule.id, Severity.ERROR, "weak", "hint", "reference"),)

    monkeypatch.setattr(key_rules, "weaknesses", found)
    key = issue.ec_key() if rule in EC_RULES else KEY

    report = judge_key(KeyView(key.public_key()))

    assert [check.id for check in report.failures] == [rule.id]
    assert not report.passed


def test_a_milder_weakness_only_warns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        key_rules, "weaknesses", lambda _: rsa_weaknesses(KEY.public_key().public_numbers().n, 3)
    )

    report = judge_key(KeyView(KEY.public_key()))

    assert report["key-exponent"].status is Status.WARNING
    assert report.passed


def test_every_weakness_has_a_rule() -> None:
    found = {weakness.id for weakness in rsa_weaknesses(2**1023, 2)}

    assert found == {"key-size", "key-modulus-even", "key-exponent"}
    assert found <= {rule.id for rule in RSA_RULES}
    wrong_curve = judge_key(KeyView(ec.generate_private_key(ec.SECP384R1()).public_key()))
    assert [check.id for check in wrong_curve.failures] == ["key-curve"]


@pytest.mark.parametrize(
    ("encryption", "status"),
    [
        (KeyEncryption("PBES2", 600_000), Status.PASS),
        (KeyEncryption("PBES2", 599_999), Status.WARNING),
        (KeyEncryption("scrypt", None), Status.PASS),
        (KeyEncryption("PBES2 with 3DES-CBC", 600_000, outdated=True), Status.WARNING),
        (None, Status.WARNING),
    ],
)
def test_the_encryption_of_the_file(encryption: KeyEncryption | None, status: Status) -> None:
    report = judge_key(KeyView(KEY.public_key(), KEY, encryption, 0o600))

    assert report["key-encryption"].status is status
    assert report.passed  # a warning refuses nothing


@pytest.mark.parametrize(
    ("mode", "status"),
    [
        (0o600, Status.PASS),
        (0o400, Status.PASS),
        (0o640, Status.WARNING),
        (0o604, Status.WARNING),
        (0o444, Status.WARNING),
        (None, Status.SKIPPED),
    ],
)
def test_the_mode_of_the_file(mode: int | None, status: Status) -> None:
    report = judge_key(KeyView(KEY.public_key(), KEY, SOUND.encryption, mode))

    assert report["key-file-mode"].status is status
    assert report.passed


def test_an_inconsistent_private_key_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_rules, "check_consistency", lambda _: False)

    assert [check.id for check in judge_key(SOUND).failures] == ["key-consistency"]


def test_the_private_rules_are_for_private_keys() -> None:
    assert not {check.id for check in judge_key(KeyView(KEY.public_key()))} & {
        rule.id for rule in PRIVATE_RULES
    }


def test_a_sound_request_passes_every_rule() -> None:
    report = judge_csr(issue.request(KEY))

    rules: list[Rule[Any]] = [*CSR_RULES, *RSA_RULES]
    assert [check.id for check in report] == [rule.id for rule in rules]
    assert {check.status for check in report} == {Status.PASS}
