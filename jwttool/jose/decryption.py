"""Decrypt an encrypted token with a private key: joserfc's algorithms, our reading and our rules.

The steps, and where each is taken:

1. take the token apart, strictly                       ``jose.encrypted.read_encrypted``
2. refuse what its header shows to everybody            ``_refuse``
3. the content key, or a random one in its place        ``_content_key``
4. the content, which the tag has to agree with         ``_plaintext``
5. inflate it, where the caller allows that             ``_inflate``

From the third step on there is one error, whatever went wrong (RFC 7516
section 11.5): who can tell two of them apart can decrypt tokens without the key.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from joserfc.jwe import CompactEncryption, JWERegistry, Recipient
from joserfc.jwk import ECKey, RSAKey

from jwttool.encoding import b64url_decode, printable, shown
from jwttool.errors import DecryptionError, DecryptionRefusedError, JwtToolError, UsageError, raise_alone
from jwttool.jose.encrypted import read_encrypted
from jwttool.jose.jwe_algorithms import (
    DECRYPTION_ALGORITHMS,
    KEY_ALGORITHMS,
    Family,
    content_algorithm,
    key_algorithm,
)
from jwttool.keys import TOKEN_CURVES, is_rsa, public_jwk
from jwttool.keys.boundary import library
from jwttool.keys.jwk import public_key_from_jwk

if TYPE_CHECKING:
    from collections.abc import Collection

    from joserfc.jwa import JWEEncModel

    from jwttool.encoding import JsonObject
    from jwttool.jose.encrypted import EncryptedToken
    from jwttool.jose.jwe_algorithms import ContentAlgorithm
    from jwttool.keys import PrivateKey

MAX_INFLATED: Final = 250 * 1024
"""Octets that a compressed content may have (draft-ietf-oauth-rfc8725bis): a bomb has more."""


@dataclass(frozen=True, slots=True)
class DecryptedToken:
    """What was inside an encrypted token, from nobody knows whom.

    Anybody who has the public key can have made the token: it was addressed to
    this key, and that is all. A signed token inside is believed when its own
    signature was verified, and not before.
    """

    header: JsonObject
    plaintext: bytes = field(repr=False)


def decrypt(
    token: str,
    key: PrivateKey,
    *,
    allow_zip: bool = False,
    algorithms: Collection[str] | None = None,
) -> DecryptedToken:
    """Decrypt a compact JWE.

    :param key: RSA, or EC on a curve of JOSE; one that stays in its token (HSM) will do.
    :param allow_zip: inflate a compressed content (``zip``), up to :data:`MAX_INFLATED` octets.
    :param algorithms: the ``alg`` allowed, where the key is bound to one (RFC 7517
        section 4.4); all that jwttool decrypts by default. Never empty.
    :raises TooLargeError: over the limit for tokens.
    :raises NotATokenError: not even shaped like a token.
    :raises DecryptionRefusedError: for what everybody can see, saying what.
    :raises DecryptionError: for everything else: a wrong key, a changed token.
    :raises UsageError: an empty list of algorithms.
    """
    allowed = _allow_list(algorithms)
    unopened = read_encrypted(token)
    content = _refuse(unopened, allowed, allow_zip=allow_zip)
    plaintext = _open(unopened, content, key)
    return DecryptedToken(unopened.header, plaintext)


def _allow_list(algorithms: Collection[str] | None) -> Collection[str]:
    if algorithms is None:
        return DECRYPTION_ALGORITHMS
    # Empty means no. Other names do no harm, and allow nothing: a JWK may be bound to a signature.
    if not algorithms or isinstance(algorithms, str):
        raise UsageError(f"the list of algorithms has to name some of {', '.join(DECRYPTION_ALGORITHMS)}")
    return algorithms


# --- what everybody can see ---------------------------------------------------


def _refuse(token: EncryptedToken, allowed: Collection[str], *, allow_zip: bool) -> ContentAlgorithm:
    """Refuse what no key is needed to refuse; what is left has a content algorithm.

    :raises DecryptionRefusedError: for the first reason.
    """
    _refuse_damage(token)
    header = token.header
    _refuse_algorithm(header, allowed)
    content = content_algorithm(header.get("enc"))
    if content is None:
        raise _unknown(header, "enc", "no encryption of JOSE")
    if "crit" in header:
        # RFC 7516 section 4.1.13: what is not understood must be refused, and no extension is.
        raise DecryptionRefusedError("the header has crit, and jwttool knows no extensions")
    _refuse_compression(header, allow_zip=allow_zip)
    return content


def _refuse_damage(token: EncryptedToken) -> None:
    if not token.aad:  # it has another number of parts
        raise DecryptionRefusedError(
            token.faults["form"], hint="`jwttool token inspect` says what it is; a signed token is no secret"
        )
    for part in ("form", "header"):
        if part in token.faults:
            raise DecryptionRefusedError(
                f"the token is damaged: {token.faults[part]}", hint="get the token again, in one piece"
            )


def _unknown(header: JsonObject, name: str, what: str) -> DecryptionRefusedError:
    said = f"{shown(header[name])}, which is {what}" if name in header else "missing"
    return DecryptionRefusedError(f"{name} is {said}")


def _refuse_algorithm(header: JsonObject, allowed: Collection[str]) -> None:
    algorithm = key_algorithm(header.get("alg"))
    if algorithm is None:
        raise _unknown(header, "alg", "no algorithm of encrypted tokens")
    if algorithm.refused is not None:
        raise DecryptionRefusedError(
            f"jwttool does not decrypt {algorithm.name}: {algorithm.refused}",
            hint=f"ask the sender for one of {', '.join(DECRYPTION_ALGORITHMS)}",
        )
    if algorithm.name not in allowed:
        names = ", ".join(printable(name, 40) for name in allowed)
        raise DecryptionRefusedError(
            f"alg is {algorithm.name}, and the key is for {names}",
            hint="one key, one algorithm: use the key that was made for this one",
        )


def _refuse_compression(header: JsonObject, *, allow_zip: bool) -> None:
    if "zip" not in header:
        return
    if header["zip"] != "DEF":
        raise _unknown(header, "zip", "no compression of JOSE")
    if not allow_zip:
        raise DecryptionRefusedError(
            "the content is compressed (zip), which can give its secrets away and hide a bomb",
            hint=f"ask the sender to leave zip out, or inflate up to {MAX_INFLATED:,} bytes with --allow-zip",
        )


# --- what needs the key -------------------------------------------------------


def _failed() -> DecryptionError:
    return DecryptionError(
        "the token does not decrypt with this key",
        hint="it was made for another key, or changed or cut since: `jwttool token inspect` says for which",
    )


def _open(token: EncryptedToken, content: ContentAlgorithm, key: PrivateKey) -> bytes:
    """The content; :raises DecryptionError: alone, whatever is wrong."""
    try:
        with library(_failed()):
            model = JWERegistry(algorithms=[content.name]).get_enc(content.name)
            plaintext = _plaintext(token, content, model, _content_key(token, content, model, key))
            return _inflate(plaintext) if "zip" in token.header else plaintext
    except JwtToolError:
        raise_alone(_failed())


def _content_key(
    token: EncryptedToken, content: ContentAlgorithm, model: JWEEncModel, key: PrivateKey
) -> bytes:
    """The content key; a random one where there is none, or one of the wrong length.

    RFC 7516 section 11.5: so that a bad encrypted key and a bad content take the
    same way, and about the same time.
    """
    try:
        with library(_failed()):
            found = _unwrapped(token, model, key)
    except JwtToolError:
        found = b""
    return found if len(found) == content.key_octets else model.generate_cek()


def _unwrapped(token: EncryptedToken, model: JWEEncModel, key: PrivateKey) -> bytes:
    header = token.header
    name = header["alg"]
    # An algorithm of joserfc's differs from another by what it can do; ours is one of two kinds.
    algorithm: Any = JWERegistry(algorithms=[name]).get_alg(name)
    if KEY_ALGORITHMS[name].family is Family.RSA:
        return bytes(algorithm.decrypt_cek(_recipient(token, header, RSAKey, key)))
    agreement = _agreement(header, key)
    agreed = algorithm.decrypt_agreed_upon_key(model, _recipient(token, agreement, ECKey, key))
    if KEY_ALGORITHMS[name].wrapping:
        return bytes(algorithm.unwrap_cek_with_auk(token.encrypted_key, agreed))
    if token.encrypted_key:
        # RFC 7516 section 5.2 step 10: with direct agreement there is none.
        raise _failed()
    return bytes(agreed)


def _recipient(token: EncryptedToken, header: JsonObject, kind: Any, key: PrivateKey) -> Recipient[Any]:
    if is_rsa(key) is not (kind is RSAKey):
        raise _failed()
    # As for signatures: the public JWK stands in, so that nothing asks the key to export itself.
    recipient: Recipient[Any] = Recipient(
        CompactEncryption(header), None, kind(key, public_jwk(key.public_key()))
    )
    recipient.encrypted_key = token.encrypted_key
    return recipient


def _agreement(header: JsonObject, key: PrivateKey) -> JsonObject:
    """The members that key agreement works with, read strictly (RFC 7518 section 4.6.1).

    The point has to be on the curve of the key, or the results would betray the
    key bit by bit (RFC 8725 section 3.4).
    """
    epk = header.get("epk")
    if not isinstance(epk, dict) or "d" in epk:
        raise _failed()
    ephemeral = public_jwk(public_key_from_jwk(epk, curves=TOKEN_CURVES))
    if ephemeral.get("crv") != public_jwk(key.public_key()).get("crv"):
        raise _failed()
    agreement: JsonObject = {"alg": header["alg"], "enc": header["enc"], "epk": ephemeral}
    for name in ("apu", "apv"):
        if name in header:
            if not isinstance(header[name], str):
                raise _failed()
            b64url_decode(header[name])
            agreement[name] = header[name]
    return agreement


def _plaintext(token: EncryptedToken, content: ContentAlgorithm, model: JWEEncModel, key: bytes) -> bytes:
    # The lengths are fixed: a tag that may be shorter is one that can be guessed
    # (RFC 7518 sections 5.2.2.2 and 5.3).
    if (len(token.iv), len(token.tag)) != (content.iv_octets, content.tag_octets):
        raise _failed()
    if not content.ciphertext_fits(len(token.ciphertext)):
        raise _failed()
    return model.decrypt(token.ciphertext, token.tag, key, token.iv, token.aad)


def _inflate(data: bytes) -> bytes:
    """A raw DEFLATE stream (RFC 7516 section 4.1.3, RFC 1951): whole, nothing behind it, not too large."""
    engine = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
    inflated = engine.decompress(data, MAX_INFLATED + 1)
    if len(inflated) > MAX_INFLATED or not engine.eof or engine.unused_data:
        raise _failed()
    return inflated
