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
from jwttool.onboarding import Evidence, FileEvidence, Problem, configured_pair

if TYPE_CHECKING:
    from jwttool.config import Client, SecretSource
    from jwttool.providers import Provider
    from jwttool.secret import Secret

_SECRETS = ("client_secret", "ccg_token")


def gather_evidence(client: Client, provider: Provider, folder: Path) -> Evidence:
    """Read the files of a client's key pair; nothing is asked for, nothing fails.

    ``folder`` is where the client's configuration stands.
    """
    secrets = {name: _secret_problem(getattr(client, name)) for name in _SECRETS}
    paired = configured_pair(client, provider)
    if paired is None:
        return Evidence(folder, secrets=secrets)
    pair, key, certificate = paired
    passphrase, problem = _passphrase(getattr(client, pair.config_passphrase))
    return Evidence(
        folder,
        key=_key_evidence(key),
        csr=_file_evidence(
            None if key is None else key.with_name(Path(pair.csr_file).name), Limit.CSR, "CSR"
        ),
        certificate=_file_evidence(certificate, Limit.CERTIFICATE, "certificate"),
        passphrase=passphrase,
        passphrase_problem=problem,
        secrets=secrets,
    )


def _key_evidence(path: Path | None) -> FileEvidence | None:
    if path is None:
        return None
    try:
        return FileEvidence(path, read_secret(path, Limit.CERTIFICATE, "private key", warn))
    except JwtToolError as error:
        return _unread(path, error)


def _file_evidence(path: Path | None, limit: Limit, what: str) -> FileEvidence | None:
    if path is None:
        return None
    try:
        return FileEvidence(path, read_input(path, limit, what))
    except JwtToolError as error:
        return _unread(path, error)


def _unread(path: Path, error: JwtToolError) -> FileEvidence:
    missing = isinstance(error, FileMissingError)
    return FileEvidence(path, problem=None if missing else Problem.of(error, path))


def _passphrase(source: SecretSource | None) -> tuple[Secret | None, Problem | None]:
    """The passphrase that the configuration names, or why there is none."""
    if source is None:
        return None, None
    named = PassphraseSource(file=source.file, variable=source.variable)
    try:
        return named.existing("the key"), None
    except JwtToolError as error:
        return None, Problem.of(error, source.file or source.variable)


def _secret_problem(source: SecretSource | None) -> Problem | None:
    """What is wrong with the source of a secret; the secret itself is not kept."""
    if source is None:
        return None
    if source.file is None:
        if os.environ.get(source.variable or ""):
            return None
        return Problem(
            f"the variable {source.variable} is not set", "set it in the environment that jwttool runs in"
        )
    try:
        there = read_secret(source.file, Limit.PASSPHRASE, "secret file", warn).strip()
    except JwtToolError as error:
        hint = error.hint or f"keep the secret in {source.file}, mode 0600"
        return Problem(Problem.of(error, source.file).message, hint)
    return None if there else Problem(f"{source.file} is empty", "write the secret into it, on one line")
