"""A rule: one small function with an id, a severity, a reference and a reason.

The function returns None when it is content, a :class:`Finding` when it is not,
and :class:`Unjudged` when it cannot tell. The catalogue in the docs, the
explanations on the command line and the tests' completeness check all come
from these objects.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Generic, TypeVar

from jwttool.report import Check, Severity, Status

S_contra = TypeVar("S_contra", contravariant=True)
"""What is judged; a rule over less than a subject has is a rule over that subject."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, what to do, and where; ``severity`` only where it differs from the rule's."""

    message: str
    hint: str | None = None
    where: str | None = None
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Unjudged:
    """Why the rule could not be judged. Never silence."""

    reason: str


Outcome = Finding | Unjudged | None

_STATUS: Final = {
    Severity.ERROR: Status.FAIL,
    Severity.WARNING: Status.WARNING,
    Severity.NOTE: Status.WARNING,
}
_FOUND: Final = frozenset(_STATUS.values())


@dataclass(frozen=True, slots=True)
class Rule(Generic[S_contra]):
    """One rule over subjects of one type.

    ``title`` says in a few words what holds when the rule passes; ``needs``
    names the rules without whose passing this one has nothing to look at;
    ``hint`` replaces what the judge says to do, where several rules share it.
    """

    id: str
    title: str
    severity: Severity
    reference: str
    judge: Callable[[S_contra], Outcome]
    needs: frozenset[str] = frozenset()
    hint: str | None = None
    passed: Check = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # Built once: most checks pass, and a verifier judges thousands a second.
        passed = Check(self.id, Status.PASS, self.severity, self.title, reference=self.reference)
        object.__setattr__(self, "passed", passed)

    @property
    def explanation(self) -> str:
        """Why the rule is there and how to mend what breaks it."""
        return inspect.getdoc(self.judge) or ""

    def failed(self, finding: Finding) -> Check:
        """The check for a finding."""
        severity = finding.severity or self.severity
        hint = self.hint or finding.hint
        return Check(
            self.id, _STATUS[severity], severity, finding.message, hint, self.reference, finding.where
        )

    def skipped(self, reason: str) -> Check:
        """The check for what could not be judged."""
        return _skipped(self.id, self.severity, reason, self.reference)


@lru_cache(maxsize=1024)
def _skipped(rule_id: str, severity: Severity, reason: str, reference: str) -> Check:
    # The reasons are few and the same ones come again with every token.
    return Check(rule_id, Status.SKIPPED, severity, reason, reference=reference)


def rule(
    rule_id: str,
    severity: Severity,
    title: str,
    reference: str,
    needs: Iterable[str] = (),
    hint: str | None = None,
) -> Callable[[Callable[[S_contra], Outcome]], Rule[S_contra]]:
    """Make a rule of a function; its docstring is the explanation."""

    def decorate(judge: Callable[[S_contra], Outcome]) -> Rule[S_contra]:
        return Rule(rule_id, title, severity, reference, judge, frozenset(needs), hint)

    return decorate


class RuleSet(Generic[S_contra]):
    """Rules in the order in which a server would check; compiled, to be run often."""

    __slots__ = ("_judges", "_needed", "_passed", "rules")

    def __init__(self, rules: Iterable[Rule[S_contra]]) -> None:
        self.rules: Final = tuple(rules)
        self._judges: Final = tuple(rule.judge for rule in self.rules)
        self._passed: Final = tuple(rule.passed for rule in self.rules)
        self._needed: Final = frozenset[str]().union(*(rule.needs for rule in self.rules))

    def run(self, subject: S_contra) -> tuple[Check, ...]:
        """Judge a subject by every rule, in order; none stops the others.

        A rule whose needs did not pass is skipped, naming the one that is missing.
        """
        content, rest = self.judge(subject)
        return self.passed(content) + rest

    def judge(self, subject: S_contra) -> tuple[int, tuple[Check, ...]]:
        """The same in two parts: how many rules were content from the start, and the checks after them."""
        # As long as every rule is content there is nothing to keep account of,
        # and the results are those that were made beforehand.
        for index, judge in enumerate(self._judges):
            outcome = judge(subject)
            if outcome is not None:
                return index, self._run_from(index, outcome, subject)
        return len(self._judges), ()

    def findings(self, subject: S_contra) -> tuple[Check, ...]:
        """Only what is not content, in order: neither what passed nor what could not be judged."""
        _, rest = self.judge(subject)
        return tuple(check for check in rest if check.status in _FOUND) if rest else ()

    def passed(self, count: int) -> tuple[Check, ...]:
        """The checks of the first rules, all content."""
        return self._passed[:count]

    def _run_from(self, index: int, outcome: Finding | Unjudged, subject: S_contra) -> tuple[Check, ...]:
        """The checks from the first rule that was not content, whose outcome is known already."""
        unmet: dict[str, str] = {}
        checks = [self._settle(self.rules[index], outcome, unmet)]
        for rule in self.rules[index + 1 :]:
            # The first in the order of the rules: a set has another order in every process.
            cause = (
                next((cause for name, cause in unmet.items() if name in rule.needs), None) if unmet else None
            )
            if cause is not None:
                unmet[rule.id] = cause
                checks.append(rule.skipped(f"not judged, because {cause} did not pass"))
            elif (found := rule.judge(subject)) is None:
                checks.append(rule.passed)
            else:
                checks.append(self._settle(rule, found, unmet))
        return tuple(checks)

    def _settle(self, rule: Rule[S_contra], outcome: Finding | Unjudged, unmet: dict[str, str]) -> Check:
        """The check for an outcome; ``unmet`` learns of a rule that others cannot build on."""
        if isinstance(outcome, Unjudged):
            if rule.id in self._needed:
                unmet[rule.id] = rule.id
            return rule.skipped(outcome.reason)
        check = rule.failed(outcome)
        # A finding that is milder than its rule (a list of one audience) still
        # leaves something for the rules that build on it.
        if rule.id in self._needed and (check.status is Status.FAIL or outcome.severity is None):
            unmet[rule.id] = rule.id
        return check
