"""Keys, certificates and configuration, from files to values."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, TypeVar

from jwttool.edge.reading import STDIN, read_input, read_secret
from jwttool.edge.terminal import notice, warn
from jwttool.encoding import Limit
from jwttool.errors import FileMissingError, JwtToolError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from pathlib import Path

    from cryptography import x509

    from jwttool.certificates import CertificateFile
    from jwttool.config import Config
    from jwttool.edge.passphrases import PassphraseSource
    from jwttool.keys import LoadedKey, LoadedPublicKey

T = TypeVar("T")


@contextlib.contextmanager
def naming(name: str | Path) -> Iterator[None]:
    """Around what makes something of a file's content: its errors say which file they are about."""
    try:
        yield
    except JwtToolError as error:
        file = "standard input" if str(name) == STDIN else name
        raise type(error)(f"{file}: {error.message}", hint=error.hint) from None


def read_private_key(name: str | Path, passphrase: PassphraseSource) -> LoadedKey:
    """The private key in a file; the passphrase is asked for only where it is needed."""
    from jwttool.keys import CURVES

    return _read_private_key(name, passphrase, CURVES)


def read_decryption_key(name: str | Path, passphrase: PassphraseSource) -> LoadedKey:
    """The same for decrypting, where an EC key may be on any curve of JOSE."""
    from jwttool.keys import TOKEN_CURVES

    return _read_private_key(name, passphrase, TOKEN_CURVES)


def _read_private_key(name: str | Path, passphrase: PassphraseSource, curves: Collection[str]) -> LoadedKey:
    from jwttool.keys import is_encrypted, load_private_key

    warnings: list[str] = []
    data = read_secret(name, Limit.CERTIFICATE, "private key", warnings.append)
    secret = passphrase.existing(str(name)) if is_encrypted(data) else None
    with naming(name):
        loaded = load_private_key(data, secret, curves=curves)
    for warning in warnings:  # of a file that turned out to hold no key, nothing is to be said
        warn(warning)
    return loaded


def read_certificate_file(name: str | Path, passphrase: PassphraseSource | None = None) -> CertificateFile:
    """All certificates of a file; a PKCS#12 file needs its passphrase."""
    from jwttool.certificates import load_certificates, needs_passphrase

    data = read_input(name, Limit.CERTIFICATE, "certificate")
    secret = passphrase.existing(str(name)) if passphrase and needs_passphrase(data) else None
    with naming(name):
        return load_certificates(data, secret)


def read_certificate(name: str | Path, passphrase: PassphraseSource | None = None) -> x509.Certificate:
    """The end-entity certificate of a file; of several, the one that was taken is said."""
    loaded = read_certificate_file(name, passphrase)
    with naming(name):
        certificate = loaded.end_entity
        if len(loaded.certificates) > 1:
            from jwttool.certificates import subject

            say_which(name, len(loaded.certificates), subject(certificate))
    return certificate


def read_all(names: Iterable[str | Path], what: str, load: Callable[[bytes], tuple[T, ...]]) -> list[T]:
    """What is in some files, such as bundles of certificates, in their order."""
    found: list[T] = []
    for name in names:
        data = read_input(name, Limit.BUNDLE, what)
        with naming(name):
            found += load(data)
    return found


def say_which(name: str | Path, count: int, subject: str | None) -> None:
    """Say which certificate of a file with several was taken."""
    notice(f"{name} holds {count} certificates; the end-entity one is meant: {subject}")


def read_public_key(name: str | Path) -> LoadedPublicKey:
    """The public key in a file."""
    from jwttool.keys import load_public_key

    data = read_input(name, Limit.KEY, "public key")
    with naming(name):
        return load_public_key(data)


def read_verification_key(name: str | Path) -> dict[str, Any]:
    """What a token is to be verified with, told by its content: a JWK Set, a certificate, a public key.

    :returns: the one argument of :class:`jwttool.verification.TokenVerifier` that it is.
    """
    from jwttool.certificates import load_certificates
    from jwttool.errors import WrongKindError

    data = read_input(name, Limit.CERTIFICATE, "certificate, public key or JWK Set")
    with naming(name):
        if data.lstrip().startswith(b"{"):
            from jwttool.jose.jwks import load_token_jwks

            return {"jwks": load_token_jwks(data)}
        try:
            return {"certificate": load_certificates(data).end_entity}
        except WrongKindError:
            from jwttool.keys import load_token_public_key

            return {"public_key": load_token_public_key(data)}


def read_request(name: str | Path) -> x509.CertificateSigningRequest:
    """The certificate signing request in a file."""
    from jwttool.csr import load_csr

    data = read_input(name, Limit.CSR, "certificate signing request")
    with naming(name):
        return load_csr(data)


def read_config(name: str | Path | None) -> Config:
    """The configuration that was named, or jwttool.toml in the working folder."""
    from pathlib import Path

    from jwttool.config import CONFIG_NAME, parse_config

    path = Path(name or CONFIG_NAME)
    try:
        data = read_input(path, Limit.CONFIG, "configuration")
    except FileMissingError as error:
        if name is not None:
            raise
        raise FileMissingError(
            error.message,
            hint="`jwttool init PROVIDER` makes one; --config FILE or JWTTOOL_CONFIG names another",
        ) from None
    return parse_config(data, path)
