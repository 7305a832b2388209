"""The way to a working client: a new configuration, and which steps are left.

The steps are the system's own, as its provider lists them. What is there was
read beforehand (:class:`Evidence`); here it is only judged.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from jwttool.certificates import (
    describe_key,
    fingerprint,
    load_certificates,
    not_after,
    not_before,
    public_key,
)
from jwttool.csr import load_csr
from jwttool.errors import JwtToolError
from jwttool.keys import load_private_key, read_encryption, same_public_key
from jwttool.providers import StepCheck
from jwttool.report import Check, Report, Severity, Status
from jwttool.times import duration, rfc3339

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from jwttool.config import Client, SecretSource
    from jwttool.keys import PublicKey
    from jwttool.providers import KeyPair, Provider, Step
    from jwttool.secret import Secret

EXPIRES_SOON: Final = 30 * 86400
"""Seconds: a certificate that ends within them is worth a warning."""


@dataclass(frozen=True, slots=True)
class FileEvidence:
    """What was found of one file: its bytes, or why there are none."""

    path: Path
    data: bytes | None = field(default=None, repr=False)
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found on this machine for one client."""

    key: FileEvidence | None
    csr: FileEvidence | None
    certificate: FileEvidence | None
    passphrase: Secret | None = None
    """From a file or variable that the configuration names; never from a prompt."""
    secrets: Mapping[str, str | None] = field(default_factory=dict)
    """For every secret that the configuration names: what is wrong with its source, or None."""


@dataclass(frozen=True, slots=True)
class _Scene:
    client: Client
    provider: Provider
    evidence: Evidence
    at: datetime


@dataclass(frozen=True, slots=True)
class _Found:
    """A step's state: done or not, and in words."""

    done: bool
    message: str
    warning: bool = False


def judge_steps(client: Client, provider: Provider, evidence: Evidence, at: datetime) -> Report:
    """Every step of the system's onboarding: done, left, or not to be seen from here."""
    scene = _Scene(client, provider, evidence, at)
    return Report(tuple(_judge(step, scene) for step in provider.steps))


def _judge(step: Step, scene: _Scene) -> Check:
    reference, where = str(step.source), scene.client.name
    if step.check is StepCheck.BY_HAND:
        message = f"{step.text} (cannot be seen from here)"
        return Check(step.id, Status.SKIPPED, Severity.NOTE, message, None, reference, where)
    try:
        found = _FINDERS[step.check](step, scene)
    except JwtToolError as error:
        found = _Found(False, error.message)
    if not found.done:
        return Check(step.id, Status.FAIL, Severity.ERROR, found.message, step.text, reference, where)
    status = Status.WARNING if found.warning else Status.PASS
    return Check(step.id, status, Severity.WARNING, found.message, None, reference, where)


# --- one finder a kind of step ------------------------------------------------


def _client_id(_step: Step, scene: _Scene) -> _Found:
    value = scene.client.client_id
    return _Found(value is not None, f"client_id is {value}" if value else "client_id is not set")


def _client_secret(_step: Step, scene: _Scene) -> _Found:
    return _setting("client_secret", scene)


def _settings(step: Step, scene: _Scene) -> _Found:
    found = [_setting(name, scene) for name in step.settings]
    left = [item.message for item in found if not item.done]
    return _Found(not left, "; ".join(left or [item.message for item in found]))


def _setting(name: str, scene: _Scene) -> _Found:
    if getattr(scene.client, name) is None:
        return _Found(False, f"{name} is not set")
    if problem := scene.evidence.secrets.get(name):
        return _Found(False, f"{name}: {problem}")
    return _Found(True, f"{name} is set")


def _endpoint(_step: Step, scene: _Scene) -> _Found:
    endpoint = scene.client.endpoint(scene.provider)
    if endpoint is None:
        return _Found(False, f"the token endpoint is not known: it is {scene.provider.token_endpoint}")
    return _Found(True, f"token endpoint {endpoint}")


def _key(_step: Step, scene: _Scene) -> _Found:
    data, path = _read(scene.evidence.key, "the private key")
    encryption = read_encryption(data)
    how = "not encrypted" if encryption is None else "encrypted"
    if encryption is not None and scene.evidence.passphrase is None:
        return _Found(True, f"{path} is there, encrypted")
    key = load_private_key(data, scene.evidence.passphrase).private_key
    return _Found(True, f"{path} is there: {describe_key(key.public_key())}, {how}")


def _csr(_step: Step, scene: _Scene) -> _Found:
    data, path = _read(scene.evidence.csr, "the certificate signing request")
    request = load_csr(data)
    key = _own_key(scene, with_csr=False)
    if key is not None and not same_public_key(public_key(request), key):
        return _Found(False, f"{path} was made for another key")
    return _Found(True, f"{path} is there")


def _certificate(_step: Step, scene: _Scene) -> _Found:
    data, path = _read(scene.evidence.certificate, "the certificate")
    certificate = load_certificates(data, scene.evidence.passphrase).end_entity
    key = _own_key(scene, with_csr=True)
    if key is None:
        return _Found(False, f"{path} is there, and no key to compare it with")
    if not same_public_key(public_key(certificate), key):
        return _Found(False, f"{path} does not hold this key")
    start, end = not_before(certificate), not_after(certificate)
    if scene.at > end:
        return _Found(False, f"{path} expired on {rfc3339(end)}")
    if scene.at < start:
        return _Found(False, f"{path} is not valid before {rfc3339(start)}")
    left = (end - scene.at).total_seconds()
    message = f"{path} holds this key, valid until {rfc3339(end)} (another {duration(left)})"
    if scene.provider.assertion is not None:
        kid = scene.client.kid or fingerprint(certificate, scene.provider.assertion.kid_form)
        message += f", kid {kid}"
    return _Found(True, message, warning=left < EXPIRES_SOON)


_FINDERS: Final[Mapping[StepCheck, Callable[[Step, _Scene], _Found]]] = {
    StepCheck.CLIENT_ID: _client_id,
    StepCheck.CLIENT_SECRET: _client_secret,
    StepCheck.SETTINGS: _settings,
    StepCheck.ENDPOINT: _endpoint,
    StepCheck.KEY: _key,
    StepCheck.CSR: _csr,
    StepCheck.CERTIFICATE: _certificate,
}


class _NotThereError(JwtToolError):
    """A step's file is missing: the step is left to do."""


def _read(file: FileEvidence | None, what: str) -> tuple[bytes, Path]:
    if file is None:
        raise _NotThereError(f"{what} is not set in the configuration")
    if file.data is None:
        raise _NotThereError(file.problem or f"{file.path} is not there yet")
    return file.data, file.path


def _own_key(scene: _Scene, *, with_csr: bool) -> PublicKey | None:
    """The client's public key: from the private key where it opens without asking, else from the CSR."""
    evidence = scene.evidence
    if evidence.key is not None and evidence.key.data is not None:
        encrypted = read_encryption(evidence.key.data) is not None
        if not encrypted or evidence.passphrase is not None:
            return load_private_key(evidence.key.data, evidence.passphrase).private_key.public_key()
    if with_csr and evidence.csr is not None and evidence.csr.data is not None:
        return public_key(load_csr(evidence.csr.data))
    return None


# --- a new configuration ------------------------------------------------------


def client_block(provider: Provider, name: str, passphrase: SecretSource | None) -> str:
    """The lines of a new client: what is known is set, what is to come is a comment."""
    lines = [f"[clients.{name}]", f'provider = "{provider.name}"', *provider.settings]
    for pair in provider.key_pairs:
        lines += [
            f'{pair.config_key} = "{pair.key_file}"',
            f'{pair.config_certificate} = "{pair.certificate_file}"  # save the certificate there',
        ]
        if passphrase is not None:
            lines.append(f"{pair.config_passphrase} = {_inline_source(passphrase)}")
    return "\n".join(lines) + "\n"


def _inline_source(source: SecretSource) -> str:
    kind, value = ("env", source.variable) if source.file is None else ("file", str(source.file))
    # A TOML basic string escapes as JSON does, and DEL besides.
    quoted = json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return f"{{ {kind} = {quoted} }}"


def configured_pair(client: Client, provider: Provider) -> tuple[KeyPair, Path | None, Path | None] | None:
    """The key pair that a system wants, with the paths of key and certificate as configured."""
    if not provider.key_pairs:
        return None
    pair = provider.key_pairs[0]
    return pair, getattr(client, pair.config_key), getattr(client, pair.config_certificate)
