"""The rules for signed tokens of any kind: for a verification, for RFC 9068, for an inspection.

A verification has a key and says what it expects; an inspection has neither and
trusts nothing. Where both ask the same, it is the same rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jwttool.checks.rule import RuleSet
from jwttool.checks.token import access, form, lengths, names, signer, times
from jwttool.checks.token.view import CertificateFacts, TokenExpected, TokenView, media_type

if TYPE_CHECKING:
    from jwttool.checks.rule import Rule
    from jwttool.report import Check

__all__ = [
    "ACCESS_TOKEN_PROFILE",
    "ACCESS_TOKEN_RULES",
    "CERTIFICATE_RULES",
    "INSPECTION_RULES",
    "TOKEN_RULES",
    "VERIFICATION_RULES",
    "VITAL",
    "CertificateFacts",
    "TokenExpected",
    "TokenView",
    "inspection_findings",
    "media_type",
]

Rules = tuple["Rule[TokenView]", ...]

_FORM: Final[Rules] = (form.form, form.header, form.claims, form.crit, form.key_header)
_SIGNER: Final[Rules] = (
    signer.alg,
    signer.kid,
    signer.key_type,
    signer.key_strength,
    signer.certificate,
    signer.signature,
)

VERIFICATION_RULES: Final[Rules] = (
    *_FORM,
    form.typ,
    *_SIGNER,
    names.strings,
    names.iss,
    names.aud_type,
    names.aud,
    times.times,
    times.exp_present,
    times.exp,
    times.nbf,
    times.iat,
)
"""In the order in which a careful server checks."""

ACCESS_TOKEN_RULES: Final[Rules] = (
    access.typ,
    access.expected,
    access.iss,
    access.exp,
    access.aud,
    access.sub,
    access.client_id,
    access.iat,
    access.jti,
    access.scope,
)
"""What RFC 9068 adds."""

ACCESS_TOKEN_PROFILE: Final[Rules] = (
    *_FORM,
    access.typ,
    *_SIGNER,
    names.strings,
    access.expected,
    access.iss,
    names.iss,
    names.aud_type,
    access.aud,
    names.aud,
    access.sub,
    access.client_id,
    access.jti,
    access.scope,
    times.times,
    access.exp,
    times.exp,
    times.nbf,
    access.iat,
    times.iat,
)
"""A verification by RFC 9068, whose rules for typ and exp stand in the place of the general ones."""

INSPECTION_RULES: Final[Rules] = (
    form.form,
    form.header,
    form.b64,
    form.jwt,
    form.claims,
    form.crit,
    form.key_header,
    form.private_key,
    form.zip_header,
    signer.alg_secure,
    lengths.signature_length,
    signer.kid_suspicious,
    form.dpop,
    names.strings,
    names.aud_type,
    names.aud_list,
    times.times,
    times.exp_present,
    times.exp,
    times.nbf,
    times.iat,
    times.lifetime,
    times.long_lived_unbound,
)
"""What can be told without a key and without an expectation."""

CERTIFICATE_RULES: Final[Rules] = (signer.kid_certificate, signer.cnf)
"""What an inspection can tell beside a certificate (``TokenView.certificate``)."""

TOKEN_RULES: Final[Rules] = tuple(
    dict.fromkeys((*ACCESS_TOKEN_PROFILE, *VERIFICATION_RULES, *INSPECTION_RULES, *CERTIFICATE_RULES))
)
"""All of them, each once, for the catalogue."""

VITAL: Final = frozenset(
    {
        "token-form",
        "token-header",
        "token-claims",
        "token-crit",
        "token-alg",
        "token-key-type",
        "token-signature",
        "token-times",
    }
)
"""The rules without whose passing nothing is verified."""

_INSPECTION: Final = RuleSet(INSPECTION_RULES)


def inspection_findings(view: TokenView) -> tuple[Check, ...]:
    """What an inspection finds; neither what is in order nor what could not be judged."""
    return _INSPECTION.findings(view)
