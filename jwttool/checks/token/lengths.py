"""Whether a signature is as long as its algorithm makes it: what shows a cut one without a key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jwttool.checks.rule import Finding, Outcome, Unjudged, rule
from jwttool.checks.token.view import HEADER
from jwttool.encoding import shown
from jwttool.report import Severity

if TYPE_CHECKING:
    from jwttool.checks.token.view import TokenView

_ECDSA: Final = {"ES256": 64, "ES384": 96, "ES512": 132, "ES256K": 64}
"""Bytes: twice the length of the curve's order (RFC 7518 section 3.4, RFC 8812 section 3.2)."""
_FIXED: Final = {
    **_ECDSA,
    "HS256": 32,  # RFC 7518 section 3.2: the whole hash
    "HS384": 48,
    "HS512": 64,
    "Ed25519": 64,  # RFC 8032 sections 5.1.6 and 5.2.6
    "Ed448": 114,
}
_RSA: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
_LEAST_RSA: Final = 128
_RSA_STEP: Final = 32

# A signature of RSA is as long as the modulus; keys are made of whole multiples of 256 bits.
_RSA_LENGTHS: Final = frozenset(range(_LEAST_RSA, 2048 + 1, _RSA_STEP))
_FITTING: Final[dict[str, frozenset[int]]] = {
    **{name: frozenset({length}) for name, length in _FIXED.items()},
    # RFC 8037 section 3.1: the curve is the key's, Ed25519 or Ed448.
    "EdDSA": frozenset({64, 114}),
    "none": frozenset({0}),
    **dict.fromkeys(_RSA, _RSA_LENGTHS),
}


@rule(
    "token-signature-length",
    Severity.ERROR,
    "the signature is as long as its algorithm makes it",
    "RFC 7518 sections 3.1 to 3.6; RFC 8032 sections 5.1.6 and 5.2.6; RFC 7515 section 5.2",
    needs=(HEADER,),
)
def signature_length(view: TokenView) -> Outcome:
    """The length of a signature follows from its algorithm; another one cannot be right with any key.

    ES256 makes 64 bytes, ES384 96, ES512 132, EdDSA 64, HS256 32; RSA as many as
    the key has. Too short is cut, in copying or by a column of a database. An
    ECDSA signature in DER comes from a library that was not made for JOSE: r and
    s have to stand one after the other, each of full length (RFC 7518 section
    3.4; IEEE P1363).
    """
    alg = view.header.get("alg")
    signature = view.token.signature
    if isinstance(alg, str) and alg in _FITTING and len(signature) in _FITTING[alg]:
        return None
    if "signature" in view.token.undecoded:
        return Unjudged("not judged, because token-form did not pass")
    return misfit(alg, signature)


def misfit(alg: object, signature: bytes) -> Finding | None:
    """What a signature's length says against it; None where it fits, or nothing is known of the algorithm."""
    length = len(signature)
    if isinstance(alg, str) and alg.lower() == "none":
        return _signed_by_nobody(alg, length)
    if not length:
        return _finding("the signature is empty", "the token was cut, or nobody signed it: never accept it")
    if not isinstance(alg, str) or alg not in _FITTING or length in _FITTING[alg]:
        return None
    if alg in _RSA:
        return _odd_rsa(length)
    if alg in _ECDSA and _is_der(signature, _ECDSA[alg]):
        return _finding(
            f"the signature is in DER, in which {alg} is not written in a token",
            f"the issuer has to write r and s one after the other (IEEE P1363), {_ECDSA[alg]} bytes for {alg}"
            " (RFC 7518 section 3.4)",
        )
    wanted = " or ".join(map(str, sorted(_FITTING[alg])))
    return _finding(
        f"the signature has {length:,} bytes, and {alg} makes {wanted}",
        "the token was cut, or alg is not what it was signed with",
    )


def _signed_by_nobody(alg: str, length: int) -> Finding | None:
    if not length:
        return None  # token-alg-secure tells the rest
    return _finding(
        f"alg is {shown(alg)}, and there is a signature of {length:,} bytes",
        "somebody put another alg into a signed token: never accept it",
    )


def _odd_rsa(length: int) -> Finding:
    what = f"shorter than {_LEAST_RSA}" if length < _LEAST_RSA else "which few RSA keys make"
    return _finding(
        f"the signature has {length:,} bytes, {what}: it was cut, or the key is an unusual one",
        "a key of 2048 bits makes 256 bytes, one of 4096 bits 512: is the token whole?",
        Severity.WARNING,
    )


def _finding(message: str, hint: str, severity: Severity | None = None) -> Finding:
    return Finding(message, hint, "signature", severity)


# What DER adds to two integers of full length at most: a byte for each sign, the
# tags and lengths of the three, one byte more for a length from 128 on.
_DER_OVERHEAD: Final = 9


def _is_der(signature: bytes, plain: int) -> bool:
    """Whether it begins as a SEQUENCE that ends with it (X.690 section 8.1.3); nothing inside is read."""
    if len(signature) < 3 or signature[0] != 0x30 or len(signature) > plain + _DER_OVERHEAD:
        return False
    if signature[1] == 0x81:
        return len(signature) == signature[2] + 3
    return len(signature) == signature[1] + 2
