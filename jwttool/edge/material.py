"""Keys, certificates and configuration, from files to values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jwttool.edge.reading import read_input, read_secret
from jwttool.edge.terminal import notice, warn
from jwttool.encoding import Limit
from jwttool.errors import FileMissingError

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography import x509

    from jwttool.certificates import CertificateFile
    from jwttool.config import Config
    from jwttool.edge.passphrases import PassphraseSource
    from jwttool.keys import LoadedKey


def read_private_key(name: str | Path, passphrase: PassphraseSource) -> LoadedKey:
    """The private key in a file; the passphrase is asked for only where it is needed."""
    from jwttool.keys import is_encrypted, load_private_key

    warnings: list[str] = []
    data = read_secret(name, Limit.CERTIFICATE, "private key", warnings.append)
    secret = passphrase.existing(str(name)) if is_encrypted(data) else None
    loaded = load_private_key(data, secret)
    for warning in warnings:  # of a file that turned out to hold no key, nothing is to be said
        warn(warning)
    return loaded


def read_certificate_file(name: str | Path, passphrase: PassphraseSource | None = None) -> CertificateFile:
    """All certificates of a file; a PKCS#12 file needs its passphrase."""
    from jwttool.certificates import load_certificates, needs_passphrase

    data = read_input(name, Limit.CERTIFICATE, "certificate")
    secret = passphrase.existing(str(name)) if passphrase and needs_passphrase(data) else None
    return load_certificates(data, secret)


def read_certificate(name: str | Path, passphrase: PassphraseSource | None = None) -> x509.Certificate:
    """The end-entity certificate of a file; of several, the one that was taken is said."""
    loaded = read_certificate_file(name, passphrase)
    certificate = loaded.end_entity
    if len(loaded.certificates) > 1:
        from jwttool.certificates import subject

        count = len(loaded.certificates)
        notice(f"{name} holds {count} certificates; the end-entity one is meant: {subject(certificate)}")
    return certificate


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
