"""An assertion is used once: what a verifier with a memory adds to its checks.

Only what passed everything else is remembered. Were a forged one remembered
too, whoever has seen a ``jti`` could use it up before its owner does.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from jwttool.checks.rule import Finding, RuleSet
from jwttool.replay import LONGEST, use_key

if TYPE_CHECKING:
    from jwttool.checks.assertion import AssertionView
    from jwttool.checks.rule import Rule
    from jwttool.replay import ReplayStore
    from jwttool.report import Check

RULE_ID: Final = "assertion-replay"


class Once:
    """The rule ``assertion-replay``, judged by what a store remembers."""

    __slots__ = ("_rule", "_store", "not_asked")

    def __init__(self, rule: Rule[AssertionView], store: ReplayStore) -> None:
        self._rule: Final = rule
        self._store: Final = store
        self.not_asked: Final = rule.skipped(
            "not asked: only what passes every other check is looked up and remembered"
        )

    def judge(self, view: AssertionView) -> Check:
        """Remember the use of an assertion that passed all else, and say whether it was the first.

        :raises ReplayStoreError: the store cannot say.
        """
        outcome = self._outcome(view)
        return self._rule.passed if outcome is None else self._rule.failed(outcome)

    def _outcome(self, view: AssertionView) -> Finding | None:
        jti = view.claims.get("jti")
        if not isinstance(jti, str) or not jti:
            return Finding(
                "it has no jti, so nothing can hold it to one use", "mint with a random jti", "claims.jti"
            )
        until = view.claims["exp"] + view.expected.leeway
        if not until - view.now <= LONGEST:
            return Finding(
                "it lives longer than a use is remembered, which is a day",
                "mint with a shorter lifetime",
                "claims.exp",
            )
        key = use_key(view.claims["sub"], jti)
        # Anything but True counts as used: a store that says nothing clear lets nothing in.
        view.used = self._store.remember(key, until=math.ceil(until), now=view.now) is not True
        outcome = self._rule.judge(view)
        return outcome if isinstance(outcome, Finding) else None


def split(rules: RuleSet[AssertionView], store: ReplayStore) -> tuple[RuleSet[AssertionView], Once]:
    """The rules that look at the assertion alone, and the one that asks the store after them."""
    alone = RuleSet(rule for rule in rules.rules if rule.id != RULE_ID)
    (replay,) = (rule for rule in rules.rules if rule.id == RULE_ID)
    return alone, Once(replay, store)
