"""Who signed an assertion: algorithm, kid, key, certificate and signature."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jwttool.checks.assertion.view import HEADER
from jwttool.checks.rule import Finding, Outcome, Unjudged, rule
from jwttool.checks.signed import signer as signed
from jwttool.encoding import shown
from jwttool.report import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography import x509

    from jwttool.checks.assertion.view import AssertionView
    from jwttool.checks.signed.view import ExpectedKey

ERROR: Final = Severity.ERROR
WARNING: Final = Severity.WARNING


alg = rule(
    "assertion-alg",
    ERROR,
    "alg is one of those allowed",
    "RFC 8725 sections 3.1 and 3.2; RFC 7515 section 4.1.1",
    needs=(HEADER,),
)(signed.alg)


@rule(
    "assertion-kid-present",
    WARNING,
    "kid is there, a string",
    "RFC 7515 section 4.1.4",
    needs=(HEADER,),
)
def kid_present(view: AssertionView) -> Outcome:
    """The header names the key by its kid; Worldline's document demands it.

    Keycloak looks the key up by it ("Requested kid: 'null'. Available kids: ...").
    """
    if "kid" not in view.header:
        return Finding("kid is missing", _wanted(view), "header.kid")
    fault = signed.kid_fault(view.header["kid"])
    return None if fault is None else Finding(fault, _wanted(view), "header.kid")


def _wanted(view: AssertionView) -> str | None:
    return (
        f"kid has to be {view.key.kid}"
        if view.key.kid
        else "mint with the kid that the server knows the key by"
    )


@rule(
    "assertion-kid",
    ERROR,
    "kid names the key",
    "RFC 7515 section 4.1.4 (a case-sensitive string)",
    needs=("assertion-kid-present",),
)
def kid(view: AssertionView) -> Outcome:
    """The kid is the signing certificate's fingerprint, in the form that the server stored.

    Compared character by character. There are ten forms of fingerprint in use,
    and a wrong kid is usually another form of the right certificate, or the
    right form of another certificate of the chain: both are told by name.
    """
    value = view.header["kid"]
    expected = view.key
    if expected.named_by_kid:
        return signed.kid_in_set(value, expected)
    if expected.kid is None:
        return Unjudged(expected.no_kid_reason)
    if value == expected.kid:
        return None
    return Finding(
        f"kid is {shown(value)}: {_what_kid_is(value, expected)}",
        f"kid has to be {expected.kid}{_form_words(expected)}",
        "header.kid",
    )


def _form_words(expected: ExpectedKey) -> str:
    return f" ({expected.kid_form})" if expected.kid_form else ""


def _what_kid_is(value: str, expected: ExpectedKey) -> str:
    if expected.kid is not None and value.casefold() == expected.kid.casefold():
        return f"right, but in {'lower' if value.islower() else 'another'} case, which counts"
    # Imported when a kid is wrong, which is the rare case.
    from jwttool.certificates import describe_match, identify_kid

    match = identify_kid(value, expected.certificates)
    if match is None:
        return "no fingerprint of this certificate in any form"
    return describe_match(match, _whose(match.certificate_index, expected.certificates))


def _whose(index: int, certificates: Sequence[x509.Certificate]) -> str:
    from jwttool.certificates import issuer, subject

    if index == 0:
        return "the right certificate"
    if subject(certificates[index]) == issuer(certificates[0]):
        return "the issuing CA"
    return "another certificate of the chain"


@rule(
    "assertion-kid-form",
    WARNING,
    "kid has the form that the system's document shows",
    "the system's rules for kid (inferred)",
    needs=("assertion-kid",),
)
def kid_form(view: AssertionView) -> Outcome:
    """A kid that was chosen otherwise than the system's document shows it may be right.

    It is, if the system stored this very kid for you: a literal that it handed
    out, or another form of the fingerprint. Servers look a key up by nothing else.
    """
    system_kid = view.key.system_kid
    if system_kid is None:
        return Unjudged("no certificate was given, so the system's kid is not known")
    if view.header["kid"] == system_kid:
        return None
    return Finding(
        f"kid is not the system's, which is {system_kid}",
        "right only if the system stored this very kid for you",
        "header.kid",
    )


key_type = rule(
    "assertion-key-type",
    ERROR,
    "the key is of the algorithm's type",
    "RFC 7518 sections 3.3 to 3.5; RFC 8725 section 3.1",
    needs=("assertion-alg",),
)(signed.key_type)


key_strength = rule(
    "assertion-key-strength",
    ERROR,
    "the key is strong enough",
    "RFC 7518 section 3.3 (2048 bits); RFC 8725 section 3.5",
    needs=("assertion-key-type",),
)(signed.key_strength)


certificate = rule(
    "assertion-certificate",
    ERROR,
    "the certificate is valid at that time",
    "RFC 5280 section 4.1.2.5",
)(signed.certificate)


signature = rule(
    "assertion-signature",
    ERROR,
    "the signature is right",
    "RFC 7515 section 5.2; RFC 7523 section 3, item 9",
    needs=("assertion-alg", "assertion-key-type"),
)(signed.signature)
