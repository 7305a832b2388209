"""Who signed a token, and with what: algorithm, kid, key, certificate and signature."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from jwttool.checks.kid import suspicious_kid
from jwttool.checks.rule import Finding, Outcome, Unjudged, rule
from jwttool.checks.signed import signer as signed
from jwttool.checks.token.kinds import TokenKind, kind_of
from jwttool.checks.token.lengths import misfit
from jwttool.checks.token.view import HEADER
from jwttool.encoding import json_type, shown
from jwttool.report import Severity

if TYPE_CHECKING:
    from jwttool.checks.token.view import TokenView

ERROR: Final = Severity.ERROR
WARNING: Final = Severity.WARNING
NOTE: Final = Severity.NOTE

alg = rule(
    "token-alg",
    ERROR,
    "alg is one of those allowed",
    "RFC 8725 sections 3.1 and 3.2; RFC 7515 section 4.1.1",
    needs=(HEADER,),
)(signed.alg)


@rule(
    "token-kid",
    ERROR,
    "kid, if there is one, names the key",
    "RFC 7515 section 4.1.4 (a case-sensitive string)",
    needs=(HEADER,),
)
def kid(view: TokenView) -> Outcome:
    """In a JWK Set the kid chooses the key, compared character by character, and nothing else does.

    Issuers change their keys: fetch the set anew where a kid is not in it. With
    one certificate or key, which the caller has chosen, a kid can only confirm:
    issuers name their keys as they like.
    """
    if "kid" not in view.header:
        return _without_kid(view)
    value = view.header["kid"]
    fault = signed.kid_fault(value)
    if fault is not None:
        return Finding(fault, "the issuer has to make it a short string", "header.kid")
    if view.key.named_by_kid:
        return signed.kid_in_set(value, view.key)
    if view.certificate is None:
        return Unjudged(view.key.no_kid_reason)
    if value in view.certificate.fingerprints:
        return None
    return Unjudged("kid is no fingerprint of the certificate; issuers name their keys as they like")


def _without_kid(view: TokenView) -> Outcome:
    if not view.key.named_by_kid:
        return None
    count = len(view.key.keys)
    if count == 1:
        return Unjudged("there is no kid; the JWK Set has one key, which is the one that is meant")
    return Finding(
        f"kid is missing, and the JWK Set has {count} keys",
        "give the one key that is meant, as a set of one or with --public-key",
        "header.kid",
    )


key_type = rule(
    "token-key-type",
    ERROR,
    "the key is of the algorithm's type",
    "RFC 7518 sections 3.3 to 3.5; RFC 8037 section 3.1; RFC 8725 section 3.1",
    needs=("token-alg",),
)(signed.key_type)

key_strength = rule(
    "token-key-strength",
    ERROR,
    "the key is strong enough",
    "RFC 7518 section 3.3 (2048 bits); RFC 8725 section 3.5",
    needs=("token-key-type",),
    hint="whoever issues with this key has to replace it",
)(signed.key_strength)

certificate = rule(
    "token-certificate",
    ERROR,
    "the certificate is valid at that time",
    "RFC 5280 section 4.1.2.5",
    hint="ask the issuer for its present certificate; if this is it, the clock of this machine is off",
)(signed.certificate)


@rule(
    "token-signature",
    ERROR,
    "the signature is right",
    "RFC 7515 section 5.2",
    needs=("token-alg", "token-key-type"),
)
def signature(view: TokenView) -> Outcome:
    """Header and claims are signed by the key that was given.

    A wrong signature means another key, or a token changed after signing: one
    character is enough. Fetch the issuer's keys anew, and look at its kid. A
    signature of the wrong length was cut, or is written in another way.
    """
    outcome = signed.signature(view)
    if not isinstance(outcome, Finding):
        return outcome
    return Finding(outcome.message, _length_hint(view) or _OTHER_KEY)


_OTHER_KEY: Final = (
    "signed with another key, or changed since: fetch the issuer's keys anew, and look at its kid"
)


def _length_hint(view: TokenView) -> str | None:
    """Why no key of this type can have made the signature, where its length tells that."""
    found = misfit(view.header["alg"], view.token.signature)
    if found is not None:
        return f"{found.message}; {found.hint}"
    trusted = view.key.choose(view.header.get("kid"))
    bits = getattr(trusted and trusted.key.public_key, "key_size", 0)
    made_with = len(view.token.signature) * 8
    if not view.header["alg"].startswith(("RS", "PS")) or made_with == bits:
        return None
    return f"signed with a key of {made_with} bits, and this one has {bits}: is it the right key?"


# --- what an inspection can tell without a key ----------------------------------

_SOUND: Final = frozenset(
    {
        *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"),
        *("Ed25519", "Ed448", "ML-DSA-44", "ML-DSA-65", "ML-DSA-87"),
    }
)
_SYMMETRIC: Final = frozenset({"HS256", "HS384", "HS512", "HS1"})
_DEPRECATED: Final = {
    "RS1": (ERROR, "it hashes with SHA-1, which is broken"),
    "EdDSA": (NOTE, "deprecated in favour of Ed25519 and Ed448, which name the curve"),
    "ES256K": (NOTE, "the curve secp256k1, which few know"),
}
_ENCRYPTION: Final = re.compile(r"RSA|ECDH|A\d{3}|dir$|PBES2|HPKE")
"""How the algorithms of encrypted tokens begin (RFC 7518 section 4.1)."""


@rule(
    "token-alg-secure",
    ERROR,
    "alg is an asymmetric signature that is still sound",
    "RFC 8725 sections 3.1 and 3.2; RFC 7518 section 3.1; RFC 9864 section 2.2",
    needs=(HEADER,),
)
def alg_secure(view: TokenView) -> Outcome:
    """The algorithm is one with a public key to verify, and not outdated.

    With "none", in any case, anybody can have written the token. With a shared
    secret (HS256 and its like) whoever can verify can also sign. What is
    unknown here is unknown to most who verify.
    """
    value = view.header.get("alg")
    if isinstance(value, str) and value in _SOUND:
        return None
    message, hint, severity = _insecure(value, missing="alg" not in view.header)
    return Finding(message, hint, "header.alg", severity=severity)


def _insecure(value: object, *, missing: bool) -> tuple[str, str, Severity | None]:
    if missing:
        return "alg is missing", "every signed token names its algorithm", None
    if not isinstance(value, str):
        return f"alg is {json_type(value)}, not a string", "every signed token names its algorithm", None
    said = f"alg is {shown(value)}"
    if value.lower() == "none":
        return f"{said}: nobody signed it, so anybody can have written it", "never accept it", None
    if value in _SYMMETRIC:
        return f"{said}: symmetric, so who can verify can also sign", "ask for RS256, PS256 or ES256", WARNING
    if value in _DEPRECATED:
        severity, why = _DEPRECATED[value]
        return f"{said}: {why}", "ask for RS256, PS256 or ES256", severity
    if _ENCRYPTION.match(value):
        return f"{said}, which is for encryption, in a signed token", "is the token whole?", None
    return f"{said}, which is not known", "ask for RS256, PS256 or ES256", WARNING


@rule(
    "token-kid-suspicious",
    ERROR,
    "kid looks like a name of a key, and like nothing else",
    "RFC 8725 section 3.10",
    needs=(HEADER,),
)
def kid_suspicious(view: TokenView) -> Outcome:
    """A kid is for comparing. One that is a path, a query or a command is made for a server that does more.

    Some servers put it into a file name, a database query or a URL. Never do
    that, and don't forward such a token without asking where it comes from.
    """
    return suspicious_kid(view.header["kid"]) if "kid" in view.header else None


# --- beside a certificate -------------------------------------------------------


@rule(
    "token-kid-certificate",
    WARNING,
    "kid is the certificate's fingerprint, in the form that systems ask for",
    "RFC 7515 section 4.1.4; SHA-1 in upper-case hex is what Worldline's example has (inferred)",
    needs=(HEADER,),
)
def kid_certificate(view: TokenView) -> Outcome:
    """Whether kid is the certificate's fingerprint, and in which of the ten forms that are in use.

    A kid is compared character by character, so the right fingerprint in another
    form is a wrong kid. That it is none at all only says something of a client
    assertion, which the client's certificate signs: the kid of an access token
    names a key of its issuer. `jwttool assertion verify` judges all of it.
    """
    if view.certificate is None:
        return Unjudged("no certificate was given, so there is nothing to compare kid with")
    value = view.header.get("kid")
    if not isinstance(value, str) or not value:
        return Unjudged("there is no kid to compare")
    match = view.certificate.kids.identify(value)
    if match is None:
        guess = kind_of(view.header, view.claims)
        if guess is None or guess.kind is not TokenKind.CLIENT_ASSERTION:
            return _ISSUERS_KID
        message = f"kid is no fingerprint of the certificate in any form, and this is {guess}"
    elif match.form == view.certificate.kid_form and match.deviation is None:
        return None
    else:
        from jwttool.certificates import describe_match

        message = f"kid is {describe_match(match, 'the certificate')}"
    return Finding(
        message,
        f"`jwttool cert fingerprint CERT --as {view.certificate.kid_form}` prints the kid of an assertion;"
        " another is right only where the server stored that very one",
        "header.kid",
    )


_ISSUERS_KID: Final = Unjudged(
    "kid is no fingerprint of the certificate, and need not be: it names a key of whoever issued the token"
)


@rule(
    "token-cnf",
    ERROR,
    "cnf binds the token to the certificate",
    "RFC 8705 section 3.1; RFC 7800 section 3.1",
    needs=("token-claims",),
)
def cnf(view: TokenView) -> Outcome:
    """A token with ``cnf`` is good only for who has the key that it names: here, of a certificate.

    ``x5t#S256`` is the SHA-256 of the client's TLS certificate. A server refuses
    the token on a connection with another one: after renewing the certificate,
    ask for a new token.
    """
    if view.certificate is None:
        return Unjudged("no certificate was given, so there is nothing to compare cnf with")
    if "cnf" not in view.claims:
        return Unjudged("there is no cnf, so the token is bound to no certificate")
    value = view.claims["cnf"]
    if not isinstance(value, dict):
        return Finding(f"cnf is {json_type(value)}, not an object", None, "claims.cnf")
    if "x5t#S256" not in value:
        return Unjudged("cnf has no x5t#S256: the token is bound, but not to a certificate")
    named = value["x5t#S256"]
    if named == view.certificate.thumbprint:
        return None
    match = view.certificate.kids.identify(named) if isinstance(named, str) else None
    said = "another spelling of this certificate's" if match else "another certificate's"
    return Finding(
        f"cnf names {said} x5t#S256, not {view.certificate.thumbprint}",
        "use the token on a connection with the certificate that it was issued for, or ask for a new token",
        'claims.cnf["x5t#S256"]',
    )
