"""Rules: each is judged, none stops the others, and what cannot be judged says why."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace

import pytest

from jwttool.checks.rule import Finding, Outcome, Rule, RuleSet, Unjudged, rule
from jwttool.report import Check, Severity, Status


@dataclass
class Subject:
    """By the id of a rule, what it comes to; and which rules looked."""

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    judged: list[str] = field(default_factory=list)


def made(rule_id: str, *needs: str, severity: Severity = Severity.ERROR) -> Rule[Subject]:
    @rule(rule_id, severity, f"{rule_id} holds", "RFC 0", needs)
    def judge(subject: Subject) -> Outcome:
        subject.judged.append(rule_id)
        return subject.outcomes.get(rule_id)

    return judge


def run(rules: list[Rule[Subject]], **outcomes: Outcome) -> dict[str, Check]:
    subject = Subject(outcomes)
    checks = {check.id: check for check in RuleSet(rules).run(subject)}
    assert list(checks) == [each.id for each in rules]
    assert all(checks[each].status is Status.SKIPPED for each in checks.keys() - subject.judged)
    assert len(subject.judged) == len(set(subject.judged))
    return checks


WRONG = Finding("it is wrong", "mend it", "header.alg")


# --- one rule -----------------------------------------------------------------


def test_a_rule_that_is_content_says_what_holds() -> None:
    checks = run([made("a")])
    assert checks["a"] == Check("a", Status.PASS, Severity.ERROR, "a holds", None, "RFC 0", None)


def test_a_finding_becomes_a_check_with_all_its_parts() -> None:
    assert run([made("a")], a=WRONG)["a"] == Check(
        "a", Status.FAIL, Severity.ERROR, "it is wrong", "mend it", "RFC 0", "header.alg"
    )


@pytest.mark.parametrize(
    ("severity", "status"),
    [(Severity.ERROR, Status.FAIL), (Severity.WARNING, Status.WARNING), (Severity.NOTE, Status.WARNING)],
)
def test_only_an_error_fails(severity: Severity, status: Status) -> None:
    for check in (
        run([made("a", severity=severity)], a=WRONG)["a"],
        run([made("a")], a=Finding("it is wrong", severity=severity))["a"],
    ):
        assert (check.status, check.severity) == (status, severity)


def test_what_cannot_be_judged_is_skipped_with_the_reason() -> None:
    check = run([made("a")], a=Unjudged("there is no clock"))["a"]
    assert check == Check("a", Status.SKIPPED, Severity.ERROR, "there is no clock", None, "RFC 0", None)


def test_a_rule_with_another_severity_and_source_has_them_also_where_it_passes() -> None:
    hard = made("a")
    soft = replace(hard, severity=Severity.WARNING, reference="their own example")
    assert run([soft], a=WRONG)["a"].status is Status.WARNING
    assert run([soft], a=WRONG)["a"].reference == "their own example"
    assert run([soft])["a"].severity is Severity.WARNING
    assert run([soft])["a"].reference == "their own example"
    assert run([hard], a=WRONG)["a"].status is Status.FAIL  # the original is as it was


def test_the_docstring_is_the_explanation() -> None:
    @rule("a", Severity.ERROR, "a holds", "RFC 0")
    def judge(_subject: Subject) -> Outcome:
        """Why it is there.

        How to mend it.
        """

    assert judge.explanation == "Why it is there.\n\nHow to mend it."
    assert made("b").explanation == ""


# --- several ------------------------------------------------------------------


def test_no_rules_give_no_checks() -> None:
    assert RuleSet[Subject]([]).run(Subject()) == ()


@pytest.mark.parametrize(
    "failing", [set(each) for size in range(5) for each in itertools.combinations("abcd", size)]
)
def test_a_failure_stops_no_other_rule(failing: set[str]) -> None:
    checks = run([made(each) for each in "abcd"], **dict.fromkeys(failing, WRONG))
    assert {each for each, check in checks.items() if check.status is Status.FAIL} == failing
    assert {each for each, check in checks.items() if check.status is Status.PASS} == set("abcd") - failing


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (None, Status.PASS),
        (WRONG, Status.SKIPPED),
        (Unjudged("no clock"), Status.SKIPPED),
        # Milder than its rule: something is there to build on.
        (Finding("a list of one", severity=Severity.WARNING), Status.PASS),
    ],
    ids=["content", "finding", "unjudged", "milder finding"],
)
def test_what_needs_a_rule_that_did_not_pass_is_skipped(outcome: Outcome, status: Status) -> None:
    check = run([made("a"), made("b", "a")], a=outcome)["b"]
    assert check.status is status
    if status is Status.SKIPPED:
        assert check.message == "not judged, because a did not pass"


def test_a_warning_of_a_rule_that_only_warns_leaves_nothing_to_build_on() -> None:
    rules = [made("a", severity=Severity.WARNING), made("b", "a")]
    assert run(rules, a=WRONG)["b"].status is Status.SKIPPED


def test_a_finding_that_is_worse_than_its_rule_fails_and_leaves_nothing() -> None:
    rules = [made("a", severity=Severity.WARNING), made("b", "a")]
    checks = run(rules, a=Finding("worse", severity=Severity.ERROR))
    assert [check.status for check in checks.values()] == [Status.FAIL, Status.SKIPPED]


def test_a_chain_names_the_first_cause() -> None:
    checks = run([made("a"), made("b", "a"), made("c", "b"), made("d")], a=WRONG)
    assert checks["c"].message == "not judged, because a did not pass"
    assert checks["d"].status is Status.PASS


def test_of_several_causes_the_first_in_the_order_of_the_rules_is_named() -> None:
    # Sets of strings have another order in every process: with ten causes a
    # message that follows it would be right by chance once in ten runs.
    names = [f"rule-{number}" for number in range(10)]
    rules = [*map(made, names), made("last", *reversed(names))]
    subject = Subject(dict.fromkeys(names[1:], WRONG))
    assert RuleSet(rules).run(subject)[-1].message == "not judged, because rule-1 did not pass"


def test_a_rule_whose_need_is_not_among_the_rules_is_judged() -> None:
    # A provider may leave a rule out; what builds on it then stands alone.
    assert run([made("b", "a")], b=WRONG)["b"].status is Status.FAIL


def test_findings_leave_out_what_passed_and_what_could_not_be_judged() -> None:
    rules = RuleSet([made("a"), made("b"), made("c"), made("d", "b"), made("e")])
    outcomes: dict[str, Outcome] = {"b": WRONG, "c": Unjudged("there is no clock"), "e": Finding("so is it")}
    assert [check.id for check in rules.findings(Subject(outcomes))] == ["b", "e"]
    assert rules.findings(Subject()) == ()


def test_the_hint_of_a_rule_stands_before_that_of_a_shared_judge() -> None:
    plain = made("a")
    advised = replace(plain, hint="ask the issuer")
    assert run([plain], a=WRONG)["a"].hint == "mend it"
    assert run([advised], a=WRONG)["a"].hint == "ask the issuer"
    assert run([advised])["a"].hint is None
