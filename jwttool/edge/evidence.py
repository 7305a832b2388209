"""What is on this machine for a client: the input of ``onboarding.judge_steps``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from jwttool.edge.passphrases import PassphraseSource
from jwttool.edge.reading import read_input, read_secret
from jwttool.edge.terminal import warn
from jwttool.encoding import Limit
from jwttool.errors import FileMissingError, JwtToolError
from jwttool.onboarding import Evidence, FileEvidence, configured_pair

if TYPE_CHECKING:
    from jwttool.config import Client, SecretSource
    from jwttool.providers import Provider
    from jwttool.secret import Secret

_SECRETS = ("client_secret", "ccg_token")


def gather_evidence(client: Client, provider: Provider) -> Evidence:
    """Read the files of a client's key pair; nothing is asked for, nothing fails."""
    secrets = {name: _secret_problem(getattr(client, name)) for name in _SECRETS}
    paired = configured_pair(client, provider)
    if paired is None:
        return Evidence(None, None, None, secrets=secrets)
    pair, key, certificate = paired
    return Evidence(
        key=_key_evidence(key),
        csr=_file_evidence(
            None if key is None else key.with_name(Path(pair.csr_file).name), Limit.CSR, "CSR"
        ),
        certificate=_file_evidence(certificate, Limit.CERTIFICATE, "certificate"),
        passphrase=_passphrase(getattr(client, pair.config_passphrase)),
        secrets=secrets,
    )


def _key_evidence(path: Path | None) -> FileEvidence | None:
    if path is None:
        return None
    try:
        return FileEvidence(path, read_secret(path, Limit.CERTIFICATE, "private key", warn))
    except JwtToolError as error:
        return _absent(path, error)


def _file_evidence(path: Path | None, limit: Limit, what: str) -> FileEvidence | None:
    if path is None:
        return None
    try:
        return FileEvidence(path, read_input(path, limit, what))
    except JwtToolError as error:
        return _absent(path, error)


def _absent(path: Path, error: JwtToolError) -> FileEvidence:
    return FileEvidence(path, problem=None if isinstance(error, FileMissingError) else error.message)


def _passphrase(source: SecretSource | None) -> Secret | None:
    if source is None:
        return None
    try:
        return PassphraseSource(file=source.file, variable=source.variable).existing("the key")
    except JwtToolError:
        return None  # the key then counts as one that cannot be opened without asking


def _secret_problem(source: SecretSource | None) -> str | None:
    """What is wrong with the source of a secret; the secret itself is not kept."""
    if source is None:
        return None
    if source.file is None:
        return None if os.environ.get(source.variable or "") else f"the variable {source.variable} is not set"
    try:
        there = read_secret(source.file, Limit.PASSPHRASE, "secret file", warn).strip()
    except JwtToolError as error:
        return error.message
    return None if there else f"{source.file} is empty"
