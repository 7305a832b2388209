"""Keys out of files, of whatever form, with an exact word for whatever is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    load_der_private_key,
    load_der_public_key,
    load_pem_private_key,
    load_pem_public_key,
)

from jwttool.errors import (
    JwtToolError,
    MalformedError,
    NoPassphraseError,
    UnsupportedError,
    WrongKindError,
    WrongPassphraseError,
)
from jwttool.keys.boundary import library
from jwttool.keys.consistency import refuse_contradiction
from jwttool.keys.encryption import NAME_A_SOURCE, encryption_of_source
from jwttool.keys.kinds import CURVES, supported_private, supported_public, token_public
from jwttool.keys.pbe import RE_ENCRYPT, refuse_excess
from jwttool.keys.sources import Kind, Source, private_source, public_source, refuse_wrong_label, the_jwk
from jwttool.keys.weakness import refuse_useless_exponent

if TYPE_CHECKING:
    from collections.abc import Collection

    from cryptography.x509 import Certificate

    from jwttool.keys.kinds import PrivateKey, PublicKey, TokenPublicKey
    from jwttool.keys.pbe import KeyEncryption
    from jwttool.keys.sources import Encoding
    from jwttool.secret import Secret

PrivateFormat = Literal["PKCS#8", "PKCS#1", "SEC1", "JWK", "PKCS#12"]
PublicFormat = Literal["SPKI", "PKCS#1", "JWK"]

_PRIVATE_FORMATS: Final[dict[Kind, PrivateFormat]] = {
    Kind.PKCS8: "PKCS#8",
    Kind.ENCRYPTED_PKCS8: "PKCS#8",
    Kind.PKCS1: "PKCS#1",
    Kind.SEC1: "SEC1",
    Kind.JWK: "JWK",
    Kind.PKCS12: "PKCS#12",
}


@dataclass(frozen=True, slots=True)
class LoadedKey:
    """A private key, and how it stood in its file.

    ``encryption`` is None for a key in the clear. ``certificates`` came along
    in a PKCS#12 file, the one that holds the key first. ``algorithm`` is the
    only one that the key is for, where its JWK says so (RFC 7517 section 4.4).
    """

    private_key: PrivateKey
    format: PrivateFormat
    encoding: Encoding
    encryption: KeyEncryption | None = None
    certificates: tuple[Certificate, ...] = ()
    algorithm: str | None = None


@dataclass(frozen=True, slots=True)
class LoadedPublicKey:
    """A public key, and how it stood in its file."""

    public_key: PublicKey
    format: PublicFormat
    encoding: Encoding


def load_private_key(
    data: bytes, passphrase: Secret | None = None, *, curves: Collection[str] = CURVES
) -> LoadedKey:
    """The one private key in a file: PEM or DER, PKCS#1, PKCS#8, SEC1, JWK or PKCS#12.

    A passphrase for a key that needs none is passed over: it may be meant for
    another file. RSA primes are not tested, which would take longer than all
    else together; :func:`check_consistency` does it.

    :param curves: those that an EC key may be on; ``TOKEN_CURVES`` to decrypt
        what others encrypted.
    :raises NoPassphraseError: when the key is encrypted and there is none.
    :raises WrongPassphraseError: when the passphrase does not open it.
    :raises WrongKindError: when the file is something else, saying what.
    :raises AmbiguousError: when it holds several private keys.
    :raises UnsupportedError: for another type of key, or one too costly to open.
    :raises JwtToolError: for everything else that is wrong with it.
    """
    source = private_source(data)
    if source.kind is Kind.PKCS12:
        return _from_pkcs12(source, passphrase, curves)
    if source.kind is Kind.JWK:
        from jwttool.keys.jwk import private_key_from_jwk

        members = the_jwk(source, private=True)
        bound = members.get("alg")
        return LoadedKey(
            private_key_from_jwk(members, curves=curves),
            "JWK",
            "JSON",
            algorithm=bound if isinstance(bound, str) else None,
        )
    try:
        encryption = encryption_of_source(source)
        found = _plain(source) if encryption is None else _decrypted(source, encryption, passphrase)
        key = supported_private(found, curves)
    except MalformedError:
        refuse_wrong_label(source)
        raise
    if isinstance(key, RSAPrivateKey):
        refuse_contradiction(key.private_numbers())
    return LoadedKey(key, _PRIVATE_FORMATS[source.kind], source.encoding, encryption)


_RSASSA_PSS: Final = "1.2.840.113549.1.1.10"
_RSASSA_PSS_DER: Final = b"\x06\x09*\x86H\x86\xf7\r\x01\x01\n"


def _refuse_restriction(source: Source) -> None:
    """Refuse a key that may make RSASSA-PSS signatures alone (RFC 4055 section 1.2).

    The library drops the restriction, and RS256 would sign with it all the same.
    """
    # Declaring the structures takes longer than loading a key: few keys are worth a closer look.
    if source.kind is not Kind.PKCS8 or _RSASSA_PSS_DER not in source.der:
        return
    from jwttool.keys import structures

    fault = MalformedError("no PKCS#8 private key")
    info = structures.parse(structures.PrivateKeyInfo, structures.whole(source.der), fault)
    if info.algorithm.oid.dotted_string == _RSASSA_PSS:
        raise UnsupportedError(
            "an RSA key that is restricted to RSASSA-PSS, which jwttool does not offer",
            hint="make one without the restriction, `jwttool key generate`: PS256 works with that as well",
        )


def _plain(source: Source) -> object:
    _refuse_restriction(source)
    fault = MalformedError(f"{source.kind.value} that is damaged", hint="restore it from where it was made")
    with library(fault):
        return _library_private_key(source, None)


def _decrypted(source: Source, encryption: KeyEncryption, passphrase: Secret | None) -> object:
    refuse_excess(encryption.excess)
    if not passphrase:
        raise NoPassphraseError("the private key is encrypted and needs its passphrase", hint=NAME_A_SOURCE)
    secret = passphrase.reveal()
    fault = WrongPassphraseError("the passphrase does not open the private key, or the file is damaged")
    with library(fault, unsupported_hint=RE_ENCRYPT):
        return _library_private_key(source, secret)


def _library_private_key(source: Source, secret: bytes | None) -> object:
    if source.pem is not None:  # whose label has to be right, and whose headers may tell of an encryption
        return load_pem_private_key(source.pem.text, secret, unsafe_skip_rsa_key_validation=True)
    return load_der_private_key(source.der, secret, unsafe_skip_rsa_key_validation=True)


def _from_pkcs12(source: Source, passphrase: Secret | None, curves: Collection[str]) -> LoadedKey:
    from jwttool.keys.pkcs12 import load_pkcs12

    contents = load_pkcs12(source.der, passphrase, curves=curves)
    if contents.private_key is None:
        raise WrongKindError("a PKCS#12 file without a private key, where a private key belongs")
    leaf = () if contents.certificate is None else (contents.certificate,)
    encryption = encryption_of_source(source)
    return LoadedKey(contents.private_key, "PKCS#12", source.encoding, encryption, (*leaf, *contents.others))


def is_encrypted(data: bytes) -> bool:
    """Whether a passphrase is needed to open the private key in a file.

    False for what cannot be opened anyway: nobody should be asked for a
    passphrase in vain, and :func:`load_private_key` says what is wrong.
    """
    try:
        source = private_source(data)
        if source.kind is Kind.PKCS12:
            from jwttool.keys.pkcs12 import load_pkcs12

            load_pkcs12(source.der, None)
            return False
        encryption = encryption_of_source(source)
    except NoPassphraseError:
        return True
    except JwtToolError:
        return False
    return encryption is not None and encryption.excess is None


def load_public_key(data: bytes) -> LoadedPublicKey:
    """The one public key in a file: PEM or DER, SPKI or PKCS#1, or a JWK.

    :raises WrongKindError: for a private key, which has no business here, a
        certificate, or whatever else it is.
    :raises AmbiguousError: when it holds several.
    :raises UnsupportedError: for another type of key.
    :raises WeakKeyError: for an exponent that no RSA key can have.
    :raises JwtToolError: for everything else that is wrong with it.
    """
    source = public_source(data)
    if source.kind is Kind.JWK:
        from jwttool.keys.jwk import public_key_from_jwk

        return LoadedPublicKey(public_key_from_jwk(the_jwk(source, private=False)), "JWK", "JSON")
    form: PublicFormat = "SPKI" if source.kind is Kind.PUBLIC else "PKCS#1"
    return LoadedPublicKey(supported_public(_any_public_key(source)), form, source.encoding)


def load_token_public_key(data: bytes) -> TokenPublicKey:
    """The same for tokens that others made: P-384, P-521 and Ed25519 as well."""
    source = public_source(data)
    if source.kind is Kind.JWK:
        from jwttool.keys.jwk import token_public_key_from_jwk

        return token_public_key_from_jwk(the_jwk(source, private=False))
    return token_public(_any_public_key(source))


def _any_public_key(source: Source) -> object:
    try:
        with library(MalformedError(f"{source.kind.value} that is damaged")):
            return _library_public_key(source)
    except MalformedError:
        refuse_wrong_label(source)
        _refuse_useless_exponent(source)
        raise


def _library_public_key(source: Source) -> object:
    return load_der_public_key(source.der) if source.pem is None else load_pem_public_key(source.pem.text)


def _refuse_useless_exponent(source: Source) -> None:
    """Say what the library calls malformed: an RSA key whose exponent cannot be one."""
    from jwttool.keys import structures

    der, fault = source.der, MalformedError("no RSA key")
    try:
        if source.kind is Kind.PUBLIC:
            spki = structures.parse(structures.SubjectPublicKeyInfo, structures.whole(der), fault)
            der = spki.key.as_bytes()
        numbers = structures.parse(structures.RsaPublicKey, structures.whole(der), fault)
    except MalformedError:
        return
    refuse_useless_exponent(numbers.exponent)
