"""The rules about certificate signing requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jwttool.certificates import public_key
from jwttool.checks.key import EC_RULES, RSA_RULES, KeyView
from jwttool.checks.rule import Finding, Outcome, Rule, RuleSet, rule
from jwttool.csr.read import signature_valid
from jwttool.errors import InputError
from jwttool.keys import is_rsa
from jwttool.report import Report, Severity

if TYPE_CHECKING:
    from cryptography import x509


@rule(
    "csr-signature",
    Severity.ERROR,
    "the request is signed by the key that it holds",
    "RFC 2986 section 4.2",
)
def csr_signature(request: x509.CertificateSigningRequest) -> Outcome:
    """The signature shows that who asks has the private key; a CA refuses a request without it.

    The request was changed after it was made, or damaged on the way. Make it again.
    """
    if signature_valid(request):
        return None
    return Finding("the request is not signed by the key that it holds, or was changed", "make it again")


@rule(
    "csr-key-type",
    Severity.ERROR,
    "the key is RSA or EC on P-256",
    "RFC 7518 section 3.1",
)
def csr_key_type(request: x509.CertificateSigningRequest) -> Outcome:
    """Client assertions are signed with RS256, PS256 or ES256; another key is of no use here.

    Make a new key with `jwttool key generate`.
    """
    try:
        public_key(request)
    except InputError as error:
        return Finding(error.message, error.hint)
    return None


CSR_RULES: Final[tuple[Rule[x509.CertificateSigningRequest], ...]] = (csr_signature, csr_key_type)


def judge_csr(request: x509.CertificateSigningRequest) -> Report:
    """The request's signature, and all that can be said against its key."""
    checks = RuleSet(CSR_RULES).run(request)
    try:
        key = public_key(request)
    except InputError:
        return Report(checks)  # csr-key-type says why
    rules = RSA_RULES if is_rsa(key) else EC_RULES
    return Report((*checks, *RuleSet(rules).run(KeyView(key))))
