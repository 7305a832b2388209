"""Whatever holds a public key: private keys, public keys, requests, certificates, bundles.

For the question which files belong together, where any mix of them may come.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from jwttool.certificates import any_public_key, end_entity, load_certificates, subject
from jwttool.csr.read import load_csr
from jwttool.encoding import Limit, check_size
from jwttool.errors import JwtToolError, MalformedError, WrongKindError
from jwttool.keys import is_encrypted, load_pkcs12, load_private_key, load_public_key
from jwttool.keys.sources import Kind, recognise_der
from jwttool.pem import looks_like_pem, pem_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

    from jwttool.secret import Secret

HolderKind = Literal["private key", "public key", "request", "certificate"]
PRIVATE_KEY: Final = "private key"
PUBLIC_KEY: Final = "public key"
REQUEST: Final = "request"
CERTIFICATE: Final = "certificate"


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """One thing that holds a public key: its kind, the key, and the subject that goes with it.

    ``among`` is the number of certificates that the file holds, where this is the one that was taken.
    """

    kind: HolderKind
    public_key: PublicKeyTypes
    subject: str | None = None
    among: int = 1


def holders_need_passphrase(data: bytes) -> bool:
    """Whether :func:`load_key_holders` needs a passphrase; False for what cannot be read anyway."""
    try:
        return bool(_kinds(data) & {PRIVATE_KEY, _BUNDLE}) and is_encrypted(data)
    except JwtToolError:
        return False


def load_key_holders(data: bytes, passphrase: Secret | None = None) -> tuple[KeyHolder, ...]:
    """What a file holds: a private key, a public key, a request, a certificate, or some of them together.

    Of a chain it is the end-entity certificate; of a PKCS#12 file, the key and
    its certificate.

    :param passphrase: for a private key or bundle that is encrypted.
    :raises AmbiguousError: several of one kind, and it is not clear which is meant.
    :raises WrongKindError: nothing in it holds a key.
    :raises JwtToolError: whatever else is wrong with the file.
    """
    check_size(data, Limit.CERTIFICATE, "the file")
    if not data or data.isspace():
        raise MalformedError("the file is empty")
    return tuple(_holders(data, _kinds(data), passphrase))


def _kinds(data: bytes) -> frozenset[str]:
    if data[:1] != b"\x30" and looks_like_pem(data):
        return _pem_kinds(data)
    if data.lstrip()[:1] == b"{":
        return _jwk_kinds(data)
    kind = recognise_der(data)
    if kind not in _DER_KINDS:
        raise WrongKindError(f"{kind.value}, which holds no key", hint=_HINT)
    return frozenset({_DER_KINDS[kind]})


def _jwk_kinds(data: bytes) -> frozenset[str]:
    try:
        load_public_key(data)  # refuses what has a private part
    except WrongKindError:
        return frozenset({PRIVATE_KEY})
    return frozenset({PUBLIC_KEY})


_HINT: Final = "give private keys, public keys, certificate signing requests, certificates or PKCS#12 files"
_BUNDLE: Final = "PKCS#12 file"
_DER_KINDS: Final = {
    Kind.PKCS8: PRIVATE_KEY,
    Kind.ENCRYPTED_PKCS8: PRIVATE_KEY,
    Kind.PKCS1: PRIVATE_KEY,
    Kind.SEC1: PRIVATE_KEY,
    Kind.PKCS12: _BUNDLE,
    Kind.PUBLIC: PUBLIC_KEY,
    Kind.PKCS1_PUBLIC: PUBLIC_KEY,
    Kind.REQUEST: REQUEST,
    Kind.CERTIFICATE: CERTIFICATE,
    Kind.PKCS7: CERTIFICATE,
}


def _pem_kinds(data: bytes) -> frozenset[str]:
    check_size(data, Limit.CERTIFICATE, "the PEM file")
    kinds = {kind for block in pem_blocks(data) if (kind := _label_kind(block.label)) is not None}
    if not kinds:
        raise WrongKindError("a PEM file with nothing that holds a key", hint=_HINT)
    return frozenset(kinds)


def _label_kind(label: str) -> str | None:
    if label.endswith("PRIVATE KEY"):
        return PRIVATE_KEY
    if label.endswith("PUBLIC KEY"):
        return PUBLIC_KEY
    if label.endswith("CERTIFICATE REQUEST"):
        return REQUEST
    if label.endswith("CERTIFICATE") or label in {"PKCS7", "CMS"}:
        return CERTIFICATE
    return None


def _holders(data: bytes, kinds: frozenset[str], secret: Secret | None) -> Iterator[KeyHolder]:
    if _BUNDLE in kinds:
        yield from _bundle(data, secret)
    if PRIVATE_KEY in kinds:
        yield KeyHolder(PRIVATE_KEY, load_private_key(data, secret).private_key.public_key())
    if PUBLIC_KEY in kinds:
        yield KeyHolder(PUBLIC_KEY, load_public_key(_public_part(data)).public_key)
    if REQUEST in kinds:
        request = load_csr(data)
        yield KeyHolder(REQUEST, any_public_key(request), subject(request))
    if CERTIFICATE in kinds:
        loaded = load_certificates(data)
        yield _certificate(loaded.end_entity, len(loaded.certificates))


def _public_part(data: bytes) -> bytes:
    """The public key alone: its reader refuses a file with a private key beside it."""
    if not looks_like_pem(data):
        return data
    return b"".join(block.text for block in pem_blocks(data) if _label_kind(block.label) == PUBLIC_KEY)


def _bundle(data: bytes, secret: Secret | None) -> Iterator[KeyHolder]:
    contents = load_pkcs12(data, secret)
    if contents.private_key is not None:
        yield KeyHolder(PRIVATE_KEY, contents.private_key.public_key())
    if contents.certificate is not None:
        yield _certificate(contents.certificate, 1 + len(contents.others))
    elif contents.others:
        yield _certificate(end_entity(contents.others), len(contents.others))


def _certificate(certificate: x509.Certificate, among: int) -> KeyHolder:
    return KeyHolder(CERTIFICATE, any_public_key(certificate), subject(certificate), among)
