"""A JWK (RFC 7517), read strictly (RFC 7518 section 6, RFC 8037 section 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from jwttool.encoding import b64url_decode, json_type, printable
from jwttool.errors import Base64urlError, MalformedError, UnsupportedError, WrongKindError, raise_alone
from jwttool.keys.boundary import library
from jwttool.keys.consistency import refuse_contradiction
from jwttool.keys.kinds import CURVES, MAX_RSA_BITS, TOKEN_CURVES, supported_public
from jwttool.keys.weakness import refuse_useless_exponent

if TYPE_CHECKING:
    from collections.abc import Collection

    from jwttool.encoding import JsonObject
    from jwttool.keys.kinds import PrivateKey, PublicKey, TokenPublicKey

# RFC 7518 section 6.2.1.1, and the octets of a coordinate (section 6.2.1.2).
_CURVES: Final[dict[str, tuple[ec.EllipticCurve, int]]] = {
    "P-256": (ec.SECP256R1(), 32),
    "P-384": (ec.SECP384R1(), 48),
    "P-521": (ec.SECP521R1(), 66),
}
_ED25519_OCTETS: Final = 32


def public_key_from_jwk(members: JsonObject, *, curves: Collection[str] = CURVES) -> PublicKey:
    """The public key of a JWK; private members are not looked at.

    :raises MalformedError: for a member that is missing or damaged.
    :raises UnsupportedError: for another type or curve.
    :raises WrongKindError: for a symmetric key.
    :raises WeakKeyError: for an exponent that no RSA key can have.
    """
    if _key_type(members, curves) == "RSA":
        numbers = _rsa_public_numbers(members)
        with library(MalformedError("the numbers of the JWK are no RSA key")):
            return supported_public(numbers.public_key())
    point = _point(members)
    with library(MalformedError(f"the JWK's point is not on the curve {members['crv']}")):
        return point.public_key()


def token_public_key_from_jwk(members: JsonObject) -> TokenPublicKey:
    """The same for tokens that others made: P-384, P-521 and Ed25519 as well."""
    if members.get("kty") == "OKP" and members.get("crv") == "Ed25519":
        octets = _octets(members, "x", _ED25519_OCTETS)
        with library(MalformedError("x of the JWK is no Ed25519 key")):
            return ed25519.Ed25519PublicKey.from_public_bytes(octets)
    return public_key_from_jwk(members, curves=TOKEN_CURVES)


def private_key_from_jwk(members: JsonObject, *, curves: Collection[str] = CURVES) -> PrivateKey:
    """The private key of a JWK.

    An RSA key needs its primes and CRT values, which producers should include
    (RFC 7518 section 6.3.2): recovering them can be made to take minutes.

    :raises MalformedError: for a member that is missing or damaged.
    :raises UnsupportedError: for another type or curve, or more than two primes.
    :raises WrongKindError: for a symmetric key.
    :raises WeakKeyError: for an exponent that no RSA key can have.
    """
    if _key_type(members, curves) == "RSA":
        numbers = _rsa_private_numbers(members)
        refuse_contradiction(numbers)
        with library(MalformedError("the numbers of the JWK are no RSA key")):
            return numbers.private_key(unsafe_skip_rsa_key_validation=True)
    point = _point(members)
    # RFC 7518 section 6.2.2.1: as long as the order of the curve, which is the length of a coordinate.
    secret = int.from_bytes(_octets(members, "d", _CURVES[members["crv"]][1]), "big")
    with library(MalformedError("the private and the public part of the JWK do not belong together")):
        return ec.EllipticCurvePrivateNumbers(secret, point).private_key()


def _key_type(members: JsonObject, curves: Collection[str]) -> str:
    """RSA, or EC on one of the curves; nothing else leaves this function."""
    kind = members.get("kty")
    if not isinstance(kind, str):
        raise MalformedError("a JSON object that is no JWK: no kty, or one that is not a string")
    if kind == "EC" and not _is_on(members.get("crv"), curves):
        raise UnsupportedError(
            f"a JWK on {_shown(members.get('crv'))}", hint=f"of the curves, use {_names(curves)}"
        )
    if kind in {"RSA", "EC"}:
        return kind
    if kind == "oct":
        raise WrongKindError("a symmetric JWK, where a key pair belongs")
    raise UnsupportedError(
        f"a JWK of the type {_shown(kind)}", hint=f"use an RSA key, or an EC key on {_names(curves)}"
    )


def _is_on(name: object, curves: Collection[str]) -> bool:
    return isinstance(name, str) and name in _CURVES and _CURVES[name][0].name in curves


def _names(curves: Collection[str]) -> str:
    return " or ".join(name for name, (curve, _) in _CURVES.items() if curve.name in curves)


def _shown(value: object) -> str:
    return printable(value, 20) if isinstance(value, str) else json_type(value)


def _point(members: JsonObject) -> ec.EllipticCurvePublicNumbers:
    curve, octets = _CURVES[members["crv"]]
    x, y = (int.from_bytes(_octets(members, name, octets), "big") for name in ("x", "y"))
    return ec.EllipticCurvePublicNumbers(x, y, curve)


def _rsa_public_numbers(members: JsonObject) -> rsa.RSAPublicNumbers:
    exponent = _uint(members, "e")
    refuse_useless_exponent(exponent)
    return rsa.RSAPublicNumbers(exponent, _uint(members, "n"))


def _rsa_private_numbers(members: JsonObject) -> rsa.RSAPrivateNumbers:
    if "oth" in members:
        raise UnsupportedError("a JWK with more than two primes")
    if not {"p", "q", "dp", "dq", "qi"} <= members.keys():
        raise UnsupportedError(
            "a private JWK without its primes and CRT values (p, q, dp, dq, qi)",
            hint="export it anew with all members",
        )
    return rsa.RSAPrivateNumbers(
        p=_uint(members, "p"),
        q=_uint(members, "q"),
        d=_uint(members, "d"),
        dmp1=_uint(members, "dp"),
        dmq1=_uint(members, "dq"),
        iqmp=_uint(members, "qi"),
        public_numbers=_rsa_public_numbers(members),
    )


def _uint(members: JsonObject, name: str) -> int:
    """Base64urlUInt: big-endian, in as few octets as possible (RFC 7518 section 2)."""
    octets = _octets(members, name)
    if len(octets) > 1 and octets[0] == 0:
        raise MalformedError(
            f"{name} of the JWK begins with a zero octet (RFC 7518 section 2)",
            hint="export it anew; a thumbprint over this spelling would differ from the key's",
        )
    if len(octets) * 8 > MAX_RSA_BITS:
        raise UnsupportedError(f"{name} of the JWK is larger than {MAX_RSA_BITS:,} bits")
    return int.from_bytes(octets, "big")


def _octets(members: JsonObject, name: str, length: int | None = None) -> bytes:
    value = members.get(name)
    if not isinstance(value, str):
        found = json_type(value) if name in members else "missing"
        raise MalformedError(f"{name} of the JWK is {found}, and should be a string")
    try:
        octets = b64url_decode(value)
    except Base64urlError as error:
        raise_alone(MalformedError(f"{name} of the JWK: {error.message}"))
    if not octets or length not in {None, len(octets)}:
        expected = f"{length} octets" if length else "at least one octet"
        raise MalformedError(f"{name} of the JWK has {len(octets)} octets, and should have {expected}")
    return octets
