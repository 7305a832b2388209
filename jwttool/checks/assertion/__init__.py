"""What a server checks of a client assertion, in the order in which it checks.

The order is Keycloak's, where a system's document gives none. What RFC 7515,
7519, 7523 or the system's own document demands is an error; what is only
inferred from how such servers behave is a warning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jwttool.checks.assertion import audience, client, form, replay, signer, times
from jwttool.checks.assertion.view import AssertionView, Expected

if TYPE_CHECKING:
    from jwttool.checks.rule import Rule

__all__ = ["ASSERTION_RULES", "VITAL", "AssertionView", "Expected"]

ASSERTION_RULES: Final[tuple[Rule[AssertionView], ...]] = (
    form.form,
    form.header,
    form.claims,
    form.crit,
    form.key_header,
    form.typ,
    client.sub,
    client.iss_present,
    client.iss,
    client.client,
    signer.alg,
    signer.kid_present,
    signer.kid,
    signer.kid_form,
    signer.key_type,
    signer.key_strength,
    signer.certificate,
    signer.signature,
    audience.aud_present,
    audience.aud_single,
    audience.aud_issuer,
    audience.aud,
    times.times,
    times.exp_present,
    times.exp,
    times.nbf,
    times.iat_present,
    times.iat,
    times.lifetime,
    times.age,
    replay.jti_present,
    replay.jti,
    replay.replay,
)

VITAL: Final = frozenset(
    {
        "assertion-form",
        "assertion-header",
        "assertion-claims",
        "assertion-sub",
        "assertion-alg",
        "assertion-key-type",
        "assertion-signature",
        "assertion-exp-present",
        "assertion-exp",
    }
)
"""The rules without whose passing nothing is verified, whatever a system makes of the others."""
