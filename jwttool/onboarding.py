"""The way to a working client: a new configuration, and which steps are left.

The steps are the system's own, as its provider lists them. What is there was
read beforehand (:class:`Evidence`); here it is only judged.
"""

from __future__ import annotations

import json
import shlex
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
from jwttool.csr import USAGES, KeyUsageChoice, load_csr
from jwttool.errors import JwtToolError, NoPassphraseError, WrongPassphraseError
from jwttool.keys import is_encrypted, load_private_key, same_public_key
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
class Problem:
    """What is wrong with something that should be there, and what to try."""

    message: str
    hint: str | None = None

    @classmethod
    def of(cls, error: JwtToolError, name: object) -> Problem:
        """An error as a problem that names its file; many an error does not."""
        named = str(name) in error.message
        return cls(error.message if named else f"{name}: {error.message}", error.hint)


@dataclass(frozen=True, slots=True)
class FileEvidence:
    """What was found of one file: its bytes, or why there are none.

    Without data and without a problem the file is not there.
    """

    path: Path
    data: bytes | None = field(default=None, repr=False)
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found on this machine for one client."""

    folder: Path
    """Where the configuration stands."""
    key: FileEvidence | None = None
    csr: FileEvidence | None = None
    certificate: FileEvidence | None = None
    passphrase: Secret | None = None
    """From a file or variable that the configuration names; never from a prompt."""
    passphrase_problem: Problem | None = None
    """Why the source that the configuration names gives no passphrase."""
    secrets: Mapping[str, Problem | None] = field(default_factory=dict)
    """For every secret that the configuration names: what is wrong with its source, or None."""


@dataclass(frozen=True, slots=True)
class _Scene:
    client: Client
    provider: Provider
    evidence: Evidence
    at: datetime

    @property
    def pair(self) -> KeyPair:
        return self.provider.key_pairs[0]

    def file(self, check: StepCheck) -> FileEvidence | None:
        """The file that a kind of step is about."""
        found = self.evidence
        files = {StepCheck.KEY: found.key, StepCheck.CSR: found.csr, StepCheck.CERTIFICATE: found.certificate}
        return files.get(check)


@dataclass(frozen=True, slots=True)
class _Found:
    """A step's state: done or not, in words, and what to do where it is not."""

    done: bool
    message: str
    hint: str | None = None
    warning: bool = False


class _LeftError(Exception):
    """A step's file gives nothing to judge, and this is the step's state."""

    def __init__(self, found: _Found) -> None:
        super().__init__(found.message)
        self.found = found


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
    except _LeftError as left:
        found = left.found
    except JwtToolError as error:
        found = _faulty(error, step, scene)
    if not found.done:
        return Check(step.id, Status.FAIL, Severity.ERROR, found.message, found.hint, reference, where)
    status = Status.WARNING if found.warning else Status.PASS
    return Check(step.id, status, Severity.WARNING, found.message, None, reference, where)


def _faulty(error: JwtToolError, step: Step, scene: _Scene) -> _Found:
    """A step whose file is there and cannot be used: the error's words, and the error's own hint."""
    file = scene.file(step.check)
    name: object = file.path if file is not None else step.id
    if not isinstance(error, (NoPassphraseError, WrongPassphraseError)):
        problem = Problem.of(error, name)
        return _Found(False, problem.message, problem.hint)
    setting = scene.pair.config_passphrase
    lost = scene.evidence.passphrase_problem
    if isinstance(error, NoPassphraseError) and lost is not None:
        hint = lost.hint or f"the configuration names it as {setting}"
        return _Found(False, f"{name} cannot be opened: {lost.message}", hint)
    if isinstance(error, NoPassphraseError):
        # Its own hint is a flag of other commands.
        hint = f'name the source of its passphrase in the configuration: {setting} = {{ file = "..." }}'
    else:
        hint = error.hint or f"the passphrase is the one that the configuration names as {setting}"
    return _Found(False, Problem.of(error, name).message, hint)


# --- one finder a kind of step ------------------------------------------------


def _client_id(step: Step, scene: _Scene) -> _Found:
    value = scene.client.client_id
    if value is None:
        return _Found(False, "client_id is not set", step.text)
    return _Found(True, f"client_id is {value}")


def _client_secret(step: Step, scene: _Scene) -> _Found:
    return _setting("client_secret", step, scene)


def _settings(step: Step, scene: _Scene) -> _Found:
    found = [_setting(name, step, scene) for name in step.settings]
    left = [item for item in found if not item.done]
    hints = dict.fromkeys(item.hint for item in left if item.hint)
    return _Found(not left, "; ".join(item.message for item in left or found), "; ".join(hints) or None)


def _setting(name: str, step: Step, scene: _Scene) -> _Found:
    if getattr(scene.client, name) is None:
        return _Found(False, f"{name} is not set", step.text)
    if problem := scene.evidence.secrets.get(name):
        return _Found(False, f"{name}: {problem.message}", problem.hint)
    return _Found(True, f"{name} is set")


def _endpoint(step: Step, scene: _Scene) -> _Found:
    endpoint = scene.client.endpoint(scene.provider)
    if endpoint is None:
        message = f"the token endpoint is not known: it is {scene.provider.token_endpoint}"
        return _Found(False, message, step.text)
    return _Found(True, f"token endpoint {endpoint}")


def _key(step: Step, scene: _Scene) -> _Found:
    data, path = _read(step, scene)
    try:
        loaded = load_private_key(data, scene.evidence.passphrase)
    except NoPassphraseError:
        if scene.evidence.passphrase_problem is not None:
            raise
        return _Found(True, f"{path} is there, encrypted")
    how = "not encrypted" if loaded.encryption is None else "encrypted"
    return _Found(True, f"{path} is there: {describe_key(loaded.private_key.public_key())}, {how}")


def _csr(step: Step, scene: _Scene) -> _Found:
    if moot := _moot_csr(scene):
        return moot
    data, path = _read(step, scene)
    request = load_csr(data)
    key = _key_in_private_key(scene)
    if key is not None and not same_public_key(public_key(request), key):
        return _Found(False, f"{path} was made for another key", f"{_csr_command(scene)} --force")
    return _Found(True, f"{path} is there")


def _moot_csr(scene: _Scene) -> _Found | None:
    """What a request was for is there: the certificate, and it has not expired."""
    request, file = scene.evidence.csr, scene.evidence.certificate
    if request is None or request.data is not None or request.problem is not None:
        return None
    if file is None or file.data is None:
        return None
    try:
        certificate = load_certificates(file.data, scene.evidence.passphrase).end_entity
        key = _key_in_private_key(scene)
        holds = key is not None and same_public_key(public_key(certificate), key)
        if not holds or scene.at > not_after(certificate):
            return None
    except JwtToolError:  # the certificate's own step says it
        return None
    return _Found(True, f"{request.path} is not needed any more: {file.path} holds this key")


def _certificate(step: Step, scene: _Scene) -> _Found:
    data, path = _read(step, scene)
    certificate = load_certificates(data, scene.evidence.passphrase).end_entity
    key = _key_in_private_key(scene) or _key_in_csr(scene)
    if key is None:
        return _Found(False, f"{path} is there, and no key to compare it with", _why_no_key(scene))
    if not same_public_key(public_key(certificate), key):
        hint = "`jwttool cert match FILE FILE...` tells which keys, requests and certificates belong together"
        return _Found(False, f"{path} does not hold this key", hint)
    start, end = not_before(certificate), not_after(certificate)
    if scene.at > end:
        return _Found(False, f"{path} expired on {rfc3339(end)}", step.text)
    if scene.at < start:
        hint = "wait until then; if that is past, this machine's clock is wrong"
        return _Found(False, f"{path} is not valid before {rfc3339(start)}", hint)
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


# --- the files of a key pair --------------------------------------------------


def _read(step: Step, scene: _Scene) -> tuple[bytes, Path]:
    """The bytes of a step's file and its path; without them the step's state is known."""
    file = scene.file(step.check)
    if file is None:
        raise _LeftError(_not_configured(step, scene))
    if file.problem is not None:
        raise _LeftError(_Found(False, file.problem.message, file.problem.hint))
    if file.data is None:
        raise _LeftError(_not_there(file, step, scene))
    return file.data, file.path


def _not_configured(step: Step, scene: _Scene) -> _Found:
    certificate = step.check is StepCheck.CERTIFICATE
    setting = scene.pair.config_certificate if certificate else scene.pair.config_key
    if step.optional:
        return _Found(True, f"not needed: the configuration names no {setting}")
    line = f'{setting} = "{scene.pair.certificate_file if certificate else scene.pair.key_file}"'
    return _Found(False, f"{setting} is not set in the configuration", f"{step.text} Then write {line}.")


def _not_there(file: FileEvidence, step: Step, scene: _Scene) -> _Found:
    # What a document does not ask for cannot be left; a key that is configured has to be there.
    if step.optional and step.check is StepCheck.CERTIFICATE:
        return _Found(True, f"not needed: {file.path} is not there, and the document asks for none")
    commands = {StepCheck.KEY: _key_command, StepCheck.CSR: _csr_command}
    command = commands.get(step.check)
    hint = step.text if command is None else f"{step.text} {command(scene)}"
    return _Found(False, f"{file.path} is not there yet", hint)


def _key_command(scene: _Scene) -> str:
    """The command that makes a client's missing key where the configuration expects it."""
    pair, folder, key = scene.pair, scene.evidence.folder, scene.evidence.key
    if key is not None and key.path != folder / pair.key_file:
        return f"jwttool key generate -o {_shell(key.path)}"
    words = ["jwttool", "init", scene.provider.name]
    if folder.parts:  # not the working folder
        words.append(_shell(folder))
    if scene.client.name != scene.provider.client_name:
        words += ["--name", _shell(scene.client.name)]
    return " ".join(words)


def _csr_command(scene: _Scene) -> str:
    """The command that makes the request for a key; without the key, first the one for that."""
    key, request = scene.evidence.key, scene.evidence.csr
    if key is None or request is None or (key.data is None and key.problem is None):
        return _key_command(scene)
    usages = [name for name, choice in USAGES.items() if choice == KeyUsageChoice(scene.pair.key_usage)]
    usage = f" --usage {usages[0]}" if usages else ""
    return f"jwttool csr create --key {_shell(key.path)} -o {_shell(request.path)}{usage}"


def _shell(word: object) -> str:
    return shlex.quote(str(word))


def _key_in_private_key(scene: _Scene) -> PublicKey | None:
    """The client's public key, where the private key opens without asking; its step says why not."""
    file = scene.evidence.key
    if file is None or file.data is None:
        return None
    try:
        return load_private_key(file.data, scene.evidence.passphrase).private_key.public_key()
    except JwtToolError:
        return None


def _why_no_key(scene: _Scene) -> str:
    """What to try where a certificate has no key beside it."""
    file, pair, evidence = scene.evidence.key, scene.pair, scene.evidence
    if file is None:
        return f"name its key in the configuration ({pair.config_key})"
    named = evidence.passphrase is not None or evidence.passphrase_problem is not None
    if file.data is not None and not named and is_encrypted(file.data):
        return (
            f'no passphrase is asked for here; name its source: {pair.config_passphrase} = {{ file = "..." }}'
        )
    return "the step of the key tells what is wrong with it"


def _key_in_csr(scene: _Scene) -> PublicKey | None:
    file = scene.evidence.csr
    if file is None or file.data is None:
        return None
    try:
        return public_key(load_csr(file.data))
    except JwtToolError:
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
