"""The rules, and the catalogue of all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jwttool.checks.rule import Rule


def catalogue() -> tuple[Rule[Any], ...]:
    """Every rule there is; within a subject, in the order in which a server would check."""
    from jwttool.checks.answer import ANSWER_RULES, REQUEST_RULES
    from jwttool.checks.assertion import ASSERTION_RULES
    from jwttool.checks.chain import CHAIN_RULES
    from jwttool.checks.csr import CSR_RULES
    from jwttool.checks.encrypted import ENCRYPTED_RULES
    from jwttool.checks.key import KEY_RULES
    from jwttool.checks.opaque import OPAQUE_RULES
    from jwttool.checks.qwac import QWAC_RULES
    from jwttool.checks.sending import CLOCK_RULES, SENDING_RULES
    from jwttool.checks.tls import TLS_RULES
    from jwttool.checks.token import TOKEN_RULES

    return (
        *ASSERTION_RULES,
        *TOKEN_RULES,
        *ENCRYPTED_RULES,
        *OPAQUE_RULES,
        *ANSWER_RULES,
        *CLOCK_RULES,
        *REQUEST_RULES,
        *SENDING_RULES,
        *KEY_RULES,
        *CSR_RULES,
        *CHAIN_RULES,
        *QWAC_RULES,
        *TLS_RULES,
    )
