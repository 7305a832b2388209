"""The rules, and the catalogue of all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jwttool.checks.rule import Rule


def catalogue() -> tuple[Rule[Any], ...]:
    """Every rule there is; within a subject, in the order in which a server would check."""
    from jwttool.checks.assertion import ASSERTION_RULES
    from jwttool.checks.csr import CSR_RULES
    from jwttool.checks.key import KEY_RULES

    return (*ASSERTION_RULES, *KEY_RULES, *CSR_RULES)
