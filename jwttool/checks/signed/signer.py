"""Who signed a token: algorithm, kid, key, certificate and signature."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jwttool.checks.rule import Finding, Outcome, Unjudged
from jwttool.checks.signed.form import not_a_text
from jwttool.encoding import shown
from jwttool.times import duration, rfc3339_from_unix

if TYPE_CHECKING:
    from jwttool.checks.signed.view import ExpectedKey, Signed

MAX_KID_LENGTH: Final = 1024
_NO_CERTIFICATE: Final = Unjudged("no certificate was given, so there is no validity to look at")


def alg(view: Signed) -> Outcome:
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


def kid_fault(value: Any) -> str | None:
    """What is wrong with a kid, whichever key it names."""
    fault = not_a_text("kid", value)
    if fault is None and len(value) > MAX_KID_LENGTH:
        return f"kid has {len(value):,} characters"
    return fault


def kid_in_set(value: str, expected: ExpectedKey) -> Outcome:
    """Whether a kid names one of the keys of a set; it is what chooses among them."""
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


def key_type(view: Signed) -> Outcome:
    """RSA algorithms need an RSA key, ES256 one on P-256, and so on; a JWK's own alg binds too.

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


def key_strength(view: Signed) -> Outcome:
    """A signature is worth what its key is: 2048 bits or more, a sound exponent, no ROCA.

    Make a new key with ``jwttool key generate`` and have it certified; where the
    key is another's, it is theirs to replace.
    """
    trusted = view.key.choose(view.header.get("kid"))
    if trusted is None or not trusted.weaknesses:
        return None
    worst = trusted.weaknesses[0]
    return Finding(worst.message, worst.hint, None, severity=worst.severity)


def certificate(view: Signed) -> Outcome:
    """A token is signed with a certificate that is within its validity.

    Renew before it ends, and mind that a new certificate has a new kid, which
    the other side has to be told.
    """
    start, end = view.key.valid_from, view.key.valid_until
    if start is None or end is None:
        return _NO_CERTIFICATE
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


def signature(view: Signed) -> Outcome:
    """Header and claims are signed by the key that was given.

    A wrong signature means another key, or a token changed after signing: one
    character is enough. `jwttool cert match` says whether key and certificate
    belong together.
    """
    trusted = view.key.choose(view.header.get("kid"))
    if trusted is None:
        return Unjudged("kid names none of the keys, so there is none to verify with")
    if "signature" in view.token.undecoded:
        return Unjudged(f"not judged, because {view.noun}-form did not pass")
    if trusted.key.verify(view.header["alg"], view.token.signing_input, view.token.signature):
        return None
    return Finding(
        "the signature does not verify with this key",
        "signed with another key, or changed since: `jwttool cert match KEY CERT` tells the first",
    )
