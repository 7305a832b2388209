"""A client of the configuration with everything that its settings lead to, read once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jwttool.edge.material import naming, read_certificate_file, read_decryption_key, read_private_key
from jwttool.edge.passphrases import PassphraseSource
from jwttool.edge.reading import is_file, read_input
from jwttool.edge.secrets import read_secret_setting
from jwttool.encoding import Limit
from jwttool.grant.material import Identity, Material
from jwttool.providers import StepCheck

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cryptography import x509

    from jwttool.config import Client, SecretSource
    from jwttool.eidas.mapping import ClientMapping
    from jwttool.providers import Provider, TokenRequest


def read_material(
    client: Client,
    provider: Provider,
    shape: TokenRequest,
    *,
    mapping: ClientMapping | None = None,
    server_ca: Path | None = None,
) -> Material:
    """Read the files and secrets that a request of this shape needs, and no others.

    :param server_ca: in the place of the client's own setting.
    :raises JwtToolError: a file that is missing or cannot be read, a wrong passphrase.
    """
    authorities = server_ca or client.server_ca
    signing = None
    if "client_assertion" in shape.names:
        signing = _identity(client.key, client.certificate, client.passphrase, read_private_key)
    return Material(
        client=client,
        provider=provider,
        mapping=mapping,
        signing=signing,
        tls=_connection(client, provider),
        secrets={
            name: read_secret_setting(source, name)
            for name in _secret_settings(shape)
            if (source := getattr(client, name)) is not None
        },
        server_ca=None if authorities is None else _authorities(authorities),
    )


def _connection(client: Client, provider: Provider) -> Identity | None:
    """What makes the connection; nothing where the system asks for none and none has come yet."""
    certificate = client.tls_certificate
    optional = any(step.optional and step.check is StepCheck.CERTIFICATE for step in provider.steps)
    if optional and certificate is not None and not is_file(str(certificate)):
        return None
    # TLS takes curves that assertions do not.
    return _identity(client.tls_key, certificate, client.tls_passphrase, read_decryption_key)


def _secret_settings(shape: TokenRequest) -> list[str]:
    named = [
        member.setting
        for member in (*shape.members, *shape.headers)
        if member.secret and member.setting is not None
    ]
    return [*named, "client_secret"] if shape.basic and "client_secret" not in named else named


def _identity(
    key: Path | None,
    certificate: Path | None,
    source: SecretSource | None,
    read_key: Callable[[Path, PassphraseSource], Any],
) -> Identity | None:
    if key is None and certificate is None:
        return None
    passphrase = passphrase_of(source)
    private = None if key is None else read_key(key, passphrase).private_key
    if certificate is None:
        return Identity(private)
    loaded = read_certificate_file(certificate, passphrase)
    with naming(certificate):
        return Identity(private, loaded.end_entity, loaded.chain)


def passphrase_of(source: SecretSource | None) -> PassphraseSource:
    """The passphrase that a setting names; with none, it is asked for where it is needed."""
    if source is None:
        return PassphraseSource()
    return PassphraseSource(file=source.file, variable=source.variable)


def _authorities(path: Path) -> tuple[x509.Certificate, ...]:
    from jwttool.certificates.bundle import load_bundle

    data = read_input(path, Limit.BUNDLE, "certificate bundle")
    with naming(path):
        return load_bundle(data)
