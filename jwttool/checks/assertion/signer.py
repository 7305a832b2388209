"""Who signed an assertion: algorithm, kid, key, certificate and signature."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jwttool.checks.assertion.view import HEADER, ExpectedKey
from jwttool.checks.rule import Finding, Outcome, Unjudged, rule
from jwttool.encoding import json_type, shown
from jwttool.report import Severity
from jwttool.times import duration, rfc3339_from_unix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography import x509

    from jwttool.checks.assertion.view import AssertionView

ERROR: Final = Severity.ERROR
WARNING: Final = Severity.WARNING

MAX_KID_LENGTH: Final = 1024


@rule(
    "assertion-alg",
    ERROR,
    "alg is one of those allowed",
    "RFC 8725 sections 3.1 and 3.2; RFC 7515 section 4.1.1",
    needs=(HEADER,),
)
def alg(view: AssertionView) -> Outcome:
    """The algorithm is one of a list that the verifier fixed, compared exactly.

    Never what the token asks for: "none", in any spelling, and HS256 with a
    public key as its secret are how forged tokens got accepted. Sign with RS256
    unless the system says otherwise.
    """
    value = view.header.get("alg")
    allowed = view.expected.algorithms
    if isinstance(value, str) and value in allowed:
        return None
    return Finding(
        f"alg is {shown(value)}" if "alg" in view.header else "alg is missing",
        f"allowed: {', '.join(allowed)}",
        "header.alg",
    )


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
    value = view.header["kid"]
    if not isinstance(value, str) or not value:
        what = "an empty string" if value == "" else json_type(value)
        return Finding(f"kid is {what}, not a string with something in it", _wanted(view), "header.kid")
    if len(value) > MAX_KID_LENGTH:
        return Finding(f"kid has {len(value):,} characters", _wanted(view), "header.kid")
    return None


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
        return _kid_in_set(value, expected)
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


def _kid_in_set(value: str, expected: ExpectedKey) -> Outcome:
    kids = [trusted.kid for trusted in expected.keys if trusted.kid is not None]
    if value in kids:
        return None
    if not kids and len(expected.keys) == 1:
        return Unjudged("the one key of the JWK Set has no kid to compare with")
    if not kids:
        return Finding(
            f"kid is {shown(value)}, and no key of the JWK Set has a kid",
            "give each key its kid",
            "header.kid",
        )
    if any(value.casefold() == name.casefold() for name in kids):
        said = "in the JWK Set but for upper and lower case, which counts"
    else:
        said = f"none of the {len(kids)} in the JWK Set"
    return Finding(
        f"kid is {shown(value)}: {said}", f"the set has {', '.join(map(shown, kids[:5]))}", "header.kid"
    )


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


@rule(
    "assertion-key-type",
    ERROR,
    "the key is of the algorithm's type",
    "RFC 7518 sections 3.3 to 3.5; RFC 8725 section 3.1",
    needs=("assertion-alg",),
)
def key_type(view: AssertionView) -> Outcome:
    """RS256 and PS256 need an RSA key, ES256 one on P-256; a JWK's own alg binds too.

    One key, one algorithm: a key that is used in two ways can be attacked in two ways.
    """
    trusted = view.key.choose(view.header.get("kid"))
    algorithm = view.header["alg"]
    if trusted is None:
        return Unjudged("kid names none of the keys, so there is none to look at")
    if not trusted.key.fits(algorithm):
        return Finding(f"alg {algorithm} does not fit the key's type", "is this the right key?", "header.alg")
    if trusted.algorithm not in {None, algorithm}:
        return Finding(f"the JWK is for {shown(trusted.algorithm)}, not {algorithm}", None, "header.alg")
    return None


@rule(
    "assertion-key-strength",
    ERROR,
    "the key is strong enough",
    "RFC 7518 section 3.3 (2048 bits); RFC 8725 section 3.5",
    needs=("assertion-key-type",),
)
def key_strength(view: AssertionView) -> Outcome:
    """A signature is worth what its key is: 2048 bits or more, a sound exponent, no ROCA.

    Make a new key with ``jwttool key generate`` and have it certified.
    """
    trusted = view.key.choose(view.header.get("kid"))
    if trusted is None or not trusted.weaknesses:
        return None
    worst = trusted.weaknesses[0]
    return Finding(worst.message, worst.hint, None, severity=worst.severity)


@rule(
    "assertion-certificate",
    ERROR,
    "the certificate is valid at that time",
    "RFC 5280 section 4.1.2.5",
)
def certificate(view: AssertionView) -> Outcome:
    """An assertion is signed with a certificate that is within its validity.

    Renew before it ends, and mind that a new certificate has a new kid, which
    the system has to be told.
    """
    start, end = view.key.valid_from, view.key.valid_until
    if start is None or end is None:
        return Unjudged("no certificate was given, so there is no validity to look at")
    if view.now > end:
        return Finding(
            f"the certificate expired {duration(view.now - end)} ago, at {rfc3339_from_unix(end)}",
            "have a new one issued; its kid is another, which the system has to be told",
        )
    if view.now < start:
        return Finding(
            f"the certificate is not valid before {rfc3339_from_unix(start)}",
            "wait, or set the clock of this machine",
        )
    return None


@rule(
    "assertion-signature",
    ERROR,
    "the signature is right",
    "RFC 7515 section 5.2; RFC 7523 section 3, item 9",
    needs=("assertion-alg", "assertion-key-type"),
)
def signature(view: AssertionView) -> Outcome:
    """Header and claims are signed by the key that was given.

    A wrong signature means another key, or a token changed after signing: one
    character is enough. `jwttool cert match` says whether key and certificate
    belong together.
    """
    trusted = view.key.choose(view.header.get("kid"))
    if trusted is None:
        return Unjudged("kid names none of the keys, so there is none to verify with")
    if "signature" in view.token.undecoded:
        return Unjudged("not judged, because assertion-form did not pass")
    if trusted.key.verify(view.header["alg"], view.token.signing_input, view.token.signature):
        return None
    return Finding(
        "the signature does not verify with this key",
        "signed with another key, or changed since: `jwttool cert match KEY CERT` tells the first",
    )
