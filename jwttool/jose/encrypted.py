"""An encrypted token in compact form, taken apart; and what can be told without its key.

RFC 7516 section 7.1: BASE64URL(header) '.' BASE64URL(encrypted key) '.'
BASE64URL(iv) '.' BASE64URL(ciphertext) '.' BASE64URL(tag). As with signed
tokens, what is wrong with a part is kept beside it instead of being raised.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from jwttool.encoding import Limit, b64url_decode, check_size, printable
from jwttool.errors import Base64urlError, NotATokenError
from jwttool.jose.compact import looks_like_token, read_object
from jwttool.jose.jwe_algorithms import Family, content_algorithm, key_algorithm

if TYPE_CHECKING:
    from jwttool.encoding import JsonObject
    from jwttool.jose.jwe_algorithms import KeyAlgorithm
    from jwttool.keys import PrivateKey

PARTS: Final = ("header", "encrypted_key", "iv", "ciphertext", "tag")
_JWS_PARTS: Final = 3


@dataclass(frozen=True, slots=True)
class EncryptedToken:
    """What an encrypted token says of itself, which anybody with the public key can have written.

    ``aad`` is the header as it stands in the token, which the tag covers.
    ``faults`` says what is wrong, by "form" and "header"; ``undecoded`` names
    the parts of which not even the bytes could be had. What could not be read is
    empty.
    """

    aad: bytes = field(repr=False)
    header: JsonObject = field(repr=False)
    encrypted_key: bytes = field(repr=False)
    iv: bytes = field(repr=False)
    ciphertext: bytes = field(repr=False)
    tag: bytes = field(repr=False)
    faults: dict[str, str]
    undecoded: frozenset[str] = frozenset()


def read_encrypted(text: str) -> EncryptedToken:
    """Take a compact JWE apart.

    :raises TooLargeError: over the limit for tokens; nothing is decoded then.
    :raises NotATokenError: the text is not even shaped like a token.
    """
    check_size(text, Limit.TOKEN, "the token")
    if not looks_like_token(text):
        raise _not_a_token(text)
    segments = text.split(".")
    if len(segments) != len(PARTS):
        return _wrong_number_of_parts(len(segments))
    raw: dict[str, bytes] = {}
    faults: dict[str, str] = {}
    for part, segment in zip(PARTS, segments, strict=True):
        try:
            raw[part] = b64url_decode(segment)
        except Base64urlError as error:
            faults.setdefault("form", f"the {part.replace('_', ' ')} part is not base64url: {error.message}")
    return EncryptedToken(
        segments[0].encode("ascii", "replace"),
        read_object(raw["header"], "header", faults) if "header" in raw else {},
        raw.get("encrypted_key", b""),
        raw.get("iv", b""),
        raw.get("ciphertext", b""),
        raw.get("tag", b""),
        faults,
        frozenset(PARTS).difference(raw),
    )


def _wrong_number_of_parts(parts: int) -> EncryptedToken:
    kind = "a signed token (JWS)" if parts == _JWS_PARTS else "no compact token"
    fault = f"{parts} parts make {kind}; an encrypted token has five"
    return EncryptedToken(b"", {}, b"", b"", b"", b"", {"form": fault}, frozenset(PARTS))


def _not_a_token(text: str) -> NotATokenError:
    dots = text.count(".")
    found = "no base64url before the first dot" if 2 <= dots <= 4 else f"{dots} dots"
    return NotATokenError(
        f"not shaped like a compact token: {found}, where an encrypted token has four dots between base64url",
        hint="give the token itself, '-' to read it from standard input, or @FILE",
    )


# --- what can be told without the key -----------------------------------------


@dataclass(frozen=True, slots=True)
class Fit:
    """Whether a key could open a token, as far as public facts go, and why."""

    fits: bool
    reason: str


def made_for(token: EncryptedToken, header: JsonObject | None = None) -> str | None:
    """What opens a token, in words: "a 3072-bit RSA key"; None where the token does not tell.

    :param header: the whole header of a recipient, where a JSON form spreads it
        over several places; the token's own by default.
    """
    members = token.header if header is None else header
    algorithm = key_algorithm(members.get("alg"))
    if algorithm is None:
        return None
    match algorithm.family:
        case Family.RSA:
            # RSA encrypts to as many octets as the modulus has (RFC 8017 sections 7.1.1 and 7.2.1).
            bits = 8 * len(token.encrypted_key)
            return f"a {bits}-bit RSA key" if bits else "an RSA key"
        case Family.EC:
            return _curve_words(members.get("epk"))
        case Family.SYMMETRIC:
            return f"a shared {algorithm.wrapping}-bit key"
        case Family.DIRECT:
            content = content_algorithm(members.get("enc"))
            return f"a shared {8 * content.key_octets}-bit key" if content else "a shared key"
        case Family.PASSWORD:
            return "a password"


def fits(token: EncryptedToken, private_key: PrivateKey, header: JsonObject | None = None) -> Fit:
    """Whether a key could open a token, told from its type, its size and its curve; nothing is decrypted.

    :param header: as for :func:`made_for`.
    """
    members = token.header if header is None else header
    algorithm = key_algorithm(members.get("alg"))
    if algorithm is None:
        return Fit(False, "alg does not say which kind of key opens the token")
    wanted, given = made_for(token, members), _key_words(private_key)
    if not _is_match(token, members, algorithm, private_key):
        return Fit(False, f"the token was made for {wanted}, and this is {given}")
    if algorithm.refused is not None:
        return Fit(True, f"the token was made for {wanted}; but jwttool does not decrypt {algorithm.name}")
    return Fit(True, f"the token was made for {wanted}; whether for this one, decrypting it tells")


def _is_match(
    token: EncryptedToken, members: JsonObject, algorithm: KeyAlgorithm, private_key: PrivateKey
) -> bool:
    key_curve = _key_curve(private_key)
    if algorithm.family is Family.RSA:
        length = len(token.encrypted_key)
        return key_curve is None and ((private_key.key_size + 7) // 8 == length or not length)
    if algorithm.family is Family.EC:
        return key_curve is not None and _curve(members.get("epk")) in {None, key_curve}
    return False


def _curve(epk: Any) -> str | None:
    curve = epk.get("crv") if isinstance(epk, dict) else None
    return curve if isinstance(curve, str) else None


def _curve_words(epk: Any) -> str:
    curve = _curve(epk)
    if curve is None:
        return "an EC key"
    # X25519 and X448 (RFC 8037 section 3.2) are used in the same way.
    kind = "an EC key" if curve.startswith("P-") else "a key"
    return f"{kind} on {printable(curve, 20)}"


def _key_words(private_key: PrivateKey) -> str:
    curve = _key_curve(private_key)
    return f"a {private_key.key_size}-bit RSA key" if curve is None else f"an EC key on {curve}"


def _key_curve(private_key: PrivateKey) -> str | None:
    """The name of a key's curve in JOSE, or its own where it has none there; None for RSA."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    from jwttool.keys.thumbprints import JWK_CURVES

    if isinstance(private_key, RSAPrivateKey):
        return None
    return JWK_CURVES.get(private_key.curve.name, private_key.curve.name)
