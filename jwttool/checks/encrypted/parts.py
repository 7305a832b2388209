"""The parts of an encrypted token: the lengths that its algorithms give them, and the ephemeral key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jwttool.checks.encrypted.view import HEADER, IN_ONE_PIECE, undecoded
from jwttool.checks.rule import Finding, Outcome, Unjudged, rule
from jwttool.encoding import b64url_decode, json_type, shown
from jwttool.errors import Base64urlError
from jwttool.jose.jwe_algorithms import CONTENT_ALGORITHMS, Family, content_algorithm, key_algorithm
from jwttool.keys.private_members import PRIVATE_MEMBERS
from jwttool.report import Severity

if TYPE_CHECKING:
    from jwttool.checks.encrypted.view import EncryptedView

ERROR: Final = Severity.ERROR
WARNING: Final = Severity.WARNING

_LEAST_RSA_OCTETS: Final = 256
_MOST_RSA_OCTETS: Final = 2048
_USUAL_STEP: Final = 64
"""RSA moduli are made in steps of 512 bits; others are possible, and hardly ever meant."""


@rule(
    "jwe-key-length",
    ERROR,
    "the encrypted key has the length that alg and enc give it",
    "RFC 7518 sections 4.2 to 4.6; RFC 8017 section 7; RFC 3394 section 2.2",
    needs=(HEADER,),
)
def key_length(view: EncryptedView) -> Outcome:
    """RSA encrypts to as many octets as its modulus has, key wrap adds eight, and direct agreement has none.

    Another length means that the token was cut or changed; or, below 256 octets,
    that it was encrypted to an RSA key of less than 2048 bits, which has to be
    replaced.
    """
    algorithm = key_algorithm(view.header.get("alg"))
    if algorithm is None:
        return Unjudged("alg does not say how long the encrypted key has to be")
    octets = len(view.token.encrypted_key)
    if algorithm.family is Family.RSA:
        return undecoded(view, "encrypted_key") or _rsa_length(octets)
    content = content_algorithm(view.header.get("enc"))
    if content is None:
        return Unjudged("not judged, because jwe-enc did not pass")
    return undecoded(view, "encrypted_key") or _length(
        "the encrypted key", octets, algorithm.encrypted_key_octets(content), algorithm.name, "encrypted_key"
    )


def _rsa_length(octets: int) -> Outcome:
    has = f"the encrypted key has {_octets(octets)}"
    if octets == 0:
        return Finding("the encrypted key is empty", IN_ONE_PIECE, "encrypted_key")
    if octets < _LEAST_RSA_OCTETS:
        return Finding(
            f"{has}: cut, or made for an RSA key of {8 * octets} bits, and 2048 is the least",
            "have the recipient's key replaced by one of 2048 bits or more",
            "encrypted_key",
        )
    if octets > _MOST_RSA_OCTETS:
        return Finding(f"{has}, more than any RSA key has", IN_ONE_PIECE, "encrypted_key")
    if octets % _USUAL_STEP:
        return Finding(
            f"{has}: an RSA key of {8 * octets} bits is unusual", IN_ONE_PIECE, "encrypted_key", WARNING
        )
    return None


def _octets(number: int) -> str:
    return "1 octet" if number == 1 else f"{number:,} octets"


def _length(what: str, found: int, wanted: int | None, name: str, where: str) -> Outcome:
    if found == wanted:
        return None
    has = f"{what} has {_octets(found)}" if found else f"{what} is empty"
    wants = "none" if not wanted else _octets(wanted)
    return Finding(f"{has}, and {name} has {wants}", IN_ONE_PIECE, where)


_COORDINATES: Final = {"P-256": 32, "P-384": 48, "P-521": 66}
# RFC 8037 section 3.2: agreement on a Montgomery curve, with one coordinate.
_SINGLE_COORDINATES: Final = {"X25519": 32, "X448": 56}


@rule(
    "jwe-epk",
    ERROR,
    "with ECDH-ES there is an ephemeral public key, and no private one",
    "RFC 7518 section 4.6.1; RFC 8037 section 3.2; RFC 8725 section 3.4",
    needs=(HEADER,),
)
def epk(view: EncryptedView) -> Outcome:
    """ECDH-ES needs the sender's ephemeral public key, ``epk``, on the curve of the recipient's key.

    Whether its point is on the curve is tested when the token is decrypted: one
    that is not would betray the recipient's key bit by bit. A private part in it
    lets everybody decrypt the token.
    """
    algorithm = key_algorithm(view.header.get("alg"))
    if algorithm is None or algorithm.family is not Family.EC:
        return None
    fault = _epk_fault(view.header.get("epk")) if "epk" in view.header else "is missing"
    if fault is not None:
        return Finding(f"epk {fault}", "encrypt with a JOSE library", "header.epk")
    for name in ("apu", "apv"):
        if name in view.header and not _is_base64url(view.header[name]):
            return Finding(f"{name} is not base64url", "encrypt with a JOSE library", f"header.{name}")
    return None


def _epk_fault(value: Any) -> str | None:
    if not isinstance(value, dict):
        return f"is {json_type(value)}, not a JWK"
    if not PRIVATE_MEMBERS.isdisjoint(value):
        return "has its private part (d): everybody who sees the token can decrypt it"
    kind, curve = value.get("kty"), value.get("crv")
    octets = _COORDINATES if kind == "EC" else _SINGLE_COORDINATES if kind == "OKP" else {}
    length = octets.get(curve) if isinstance(curve, str) else None
    if length is None:
        return f"is a key of the type {shown(kind)} on the curve {shown(curve)}, which nobody agrees on"
    for name in ("x", "y") if kind == "EC" else ("x",):
        if not _is_base64url(value.get(name), length):
            return f"has no {name} of {length} octets"
    return None


def _is_base64url(value: Any, octets: int | None = None) -> bool:
    if not isinstance(value, str):
        return False
    try:
        return len(b64url_decode(value)) == octets or octets is None
    except Base64urlError:
        return False


_CONTENT: Final = (HEADER, "jwe-enc")


@rule(
    "jwe-iv-length",
    ERROR,
    "the initialisation vector has the length that enc gives it",
    "RFC 7518 sections 5.2.3 and 5.3",
    needs=_CONTENT,
)
def iv_length(view: EncryptedView) -> Outcome:
    """CBC has an initialisation vector of 16 octets, GCM one of 12.

    Another length means that the token was cut, changed, or put together by
    hand; it does not decrypt.
    """
    content = CONTENT_ALGORITHMS[view.header["enc"]]
    return undecoded(view, "iv") or _length(
        "the initialisation vector", len(view.token.iv), content.iv_octets, content.name, "iv"
    )


@rule(
    "jwe-tag-length",
    ERROR,
    "the tag has the length that enc gives it",
    "RFC 7518 sections 5.2.2.1 and 5.3",
    needs=_CONTENT,
)
def tag_length(view: EncryptedView) -> Outcome:
    """The tag has 16 octets; 24 and 32 with the larger keys of CBC.

    A shorter one is easier to guess, and a recipient that takes it can be made
    to accept a forgery. Usually the end of the token was lost in copying.
    """
    content = CONTENT_ALGORITHMS[view.header["enc"]]
    return undecoded(view, "tag") or _length(
        "the tag", len(view.token.tag), content.tag_octets, content.name, "tag"
    )


@rule(
    "jwe-ciphertext-length",
    ERROR,
    "the ciphertext has a length that enc can give it",
    "RFC 7518 section 5.2.2.1",
    needs=_CONTENT,
)
def ciphertext_length(view: EncryptedView) -> Outcome:
    """CBC pads the content to whole blocks of 16 octets, and there is always one.

    Another length means that the token was cut or changed. GCM allows any.
    """
    content = CONTENT_ALGORITHMS[view.header["enc"]]
    octets = len(view.token.ciphertext)
    if content.ciphertext_fits(octets):
        return undecoded(view, "ciphertext")
    return undecoded(view, "ciphertext") or Finding(
        f"the ciphertext has {_octets(octets)}, and {content.name} has whole blocks of {content.block}",
        IN_ONE_PIECE,
        "ciphertext",
    )
