"""``jwttool init`` and ``jwttool status``: from an empty folder to a working client."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from jwttool.cli.exits import Exit
from jwttool.cli.options import (
    JSON,
    ProviderName,
    at_option,
    config_option,
    format_option,
    passphrase_options,
)
from jwttool.cli.spinner import spinner
from jwttool.edge.reading import STDIN
from jwttool.edge.terminal import notice, print_document, print_json
from jwttool.errors import FileInTheWayError, UsageError, WrongPassphraseError

if TYPE_CHECKING:
    from datetime import datetime

    from jwttool.config import Client, Config, SecretSource
    from jwttool.edge.passphrases import PassphraseSource
    from jwttool.keys import PrivateKey
    from jwttool.providers import KeyPair
    from jwttool.report import Report
    from jwttool.secret import Secret

_CLIENT_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What TOML takes as a bare key (TOML 1.0, "Keys")."""


@click.command()
@click.argument("provider", type=ProviderName())
@click.argument("directory", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
@click.option(
    "--name",
    metavar="NAME",
    help="The client's name in jwttool.toml.  [default: the system's, e.g. op-sandbox]",
)
@click.option(
    "--subject",
    metavar="RFC4514",
    default="",
    help='The subject of the CSR, e.g. "CN=Example Oy,C=FI".  [default: empty]',
)
@click.option(
    "--no-passphrase", is_flag=True, help="Leave the private key unencrypted: whoever reads the file is you."
)
@passphrase_options
@at_option
@format_option
@click.pass_context
def init(
    ctx: click.Context,
    provider: str,
    directory: Path,
    name: str | None,
    subject: str,
    no_passphrase: bool,
    passphrase: PassphraseSource,
    at: datetime,
    output_format: str,
) -> None:
    """Make key, CSR and configuration for a system, and list its steps.

    PROVIDER is op, worldline, konsentus or stet. What is there already is kept,
    never overwritten, so that it can be run again. The configuration is
    DIR/jwttool.toml; a --config that names another file is refused.

    \b
      jwttool init op --passphrase-file op.pass
      jwttool init worldline worldline/ --subject "CN=Example Oy,O=Example Oy,C=FI"
    """
    if no_passphrase and passphrase.named:
        raise UsageError("--no-passphrase contradicts a passphrase")
    from jwttool.config import CONFIG_NAME
    from jwttool.csr import parse_subject
    from jwttool.edge.material import read_config
    from jwttool.onboarding import client_block
    from jwttool.providers import get_provider
    from jwttool.render.onboarding import init_answer, steps_document

    system = get_provider(provider)
    client_name = name or system.client_name
    config_path = directory / CONFIG_NAME
    # All that can be refused is refused, and every passphrase taken, before the first folder is made.
    _refuse_other_config(ctx.find_root().obj, config_path)
    if not _CLIENT_NAME.fullmatch(client_name):
        raise UsageError("the client's name has other characters than letters, digits, '-' and '_'")
    parse_subject(subject)
    before = _read_config_text(config_path)
    plans = [_plan(pair, directory, passphrase, encrypted=not no_passphrase) for pair in system.key_pairs]
    block = client_block(system, client_name, _configured_source(passphrase, directory))
    after = _with_client(config_path, before, block, client_name)
    made = [file for plan in plans for file in _made_files(plan, subject)]
    written = [*_write_files(made, directory), *_write_config(config_path, before, after, client_name)]
    config = read_config(config_path)
    client = config.client(client_name)
    for plan in plans:
        _tell_shared(plan, client, config)
    judged = {client: _judge(client, config, at)}
    if output_format == JSON:
        print_json(init_answer(judged, written))
    else:
        print_document(steps_document(judged))


def _refuse_other_config(named: str | None, config: Path) -> None:
    """Refuse to pass over a file that --config or JWTTOOL_CONFIG names: status would look into that one."""
    if named is not None and Path(named).resolve() != config.resolve():
        raise UsageError(
            f"--config or JWTTOOL_CONFIG names {named}, and init writes {config}",
            hint="leave it out, or name the jwttool.toml in DIR",
        )


def _configured_source(passphrase: PassphraseSource, directory: Path) -> SecretSource | None:
    """The passphrase's source as the configuration can name it: relative to itself."""
    from jwttool.config import SecretSource

    if passphrase.file is not None and str(passphrase.file) != STDIN:
        return SecretSource(file=Path(os.path.relpath(passphrase.file, directory)))
    if passphrase.variable is not None:
        return SecretSource(variable=passphrase.variable)
    return None


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be made of one key pair."""

    pair: KeyPair
    key_path: Path
    csr_path: Path
    key_kept: bool
    csr_kept: bool
    key: PrivateKey | None = None
    """The key that was kept, where a request is to be made for it."""
    secret: Secret | None = None
    """What a new key is encrypted with."""


@dataclass(frozen=True, slots=True)
class _MadeFile:
    """A file to be written: without data it is there already and kept."""

    path: Path
    data: bytes | None = field(default=None, repr=False)
    secret: bool = False
    remark: str = ""


def _plan(pair: KeyPair, directory: Path, passphrase: PassphraseSource, *, encrypted: bool) -> _Plan:
    from jwttool.keys.encryption import usable_passphrase

    key_path, csr_path = directory / pair.key_file, directory / pair.csr_file
    _refuse_orphan(key_path, csr_path)
    csr_kept = os.path.lexists(csr_path)
    if os.path.lexists(key_path):
        # A passphrase that was named goes into the configuration: it has to open the key.
        needed = passphrase.named or not csr_kept
        key = _kept_key(key_path, passphrase) if needed else None
        return _Plan(pair, key_path, csr_path, True, csr_kept, key=key)
    secret = passphrase.new(str(key_path)) if encrypted else None
    if secret is not None:
        usable_passphrase(secret)
    return _Plan(pair, key_path, csr_path, False, csr_kept, secret=secret)


def _kept_key(path: Path, passphrase: PassphraseSource) -> PrivateKey:
    from jwttool.edge.material import read_private_key

    try:
        return read_private_key(path, passphrase).private_key
    except WrongPassphraseError:
        raise WrongPassphraseError(
            f"the passphrase does not open {path}, which is there already, or the file is damaged",
            hint="name the passphrase that the key was made with, or move the key away to start anew",
        ) from None


def _made_files(plan: _Plan, subject: str) -> list[_MadeFile]:
    """Key and request, the key first: a request without its key would be of no use."""
    from jwttool.csr import KeyUsageChoice, create_csr
    from jwttool.keys import KeyKind, encrypt_pkcs8, generate_private_key, plain_pkcs8

    key, files = plan.key, [_MadeFile(plan.key_path)]
    if not plan.key_kept:
        with spinner(f"making an RSA key of {plan.pair.bits} bits"):
            key = generate_private_key(KeyKind.RSA, plan.pair.bits)
        data = plain_pkcs8(key) if plan.secret is None else encrypt_pkcs8(key, plan.secret)
        how = "not encrypted" if plan.secret is None else "encrypted"
        files = [_MadeFile(plan.key_path, data, secret=True, remark=f" (mode 0600, {how})")]
    if plan.csr_kept or key is None:
        return [*files, _MadeFile(plan.csr_path)]
    usage = KeyUsageChoice(plan.pair.key_usage) if plan.pair.key_usage else None
    return [*files, _MadeFile(plan.csr_path, create_csr(key, subject=subject, key_usage=usage))]


def _write_files(files: list[_MadeFile], directory: Path) -> list[Path]:
    """Write what is new; the paths of it."""
    from jwttool.edge.writing import make_folder, write_public, write_secret

    make_folder(directory)
    for file in files:
        if file.data is None:
            notice(f"kept {file.path}")
            continue
        make_folder(file.path.parent)
        write = write_secret if file.secret else write_public
        write(file.path, file.data)
        notice(f"wrote {file.path}{file.remark}")
    return [file.path for file in files if file.data is not None]


def _tell_shared(plan: _Plan, client: Client, config: Config) -> None:
    """Two clients with one key can be meant, and can be an accident."""
    if not plan.key_kept:
        return
    kept = plan.key_path.resolve()
    others = [
        other.name
        for other in config.clients.values()
        if other.name != client.name
        and kept in {path.resolve() for path in (other.key, other.tls_key) if path}
    ]
    if others:
        notice(f"[clients.{client.name}] shares {plan.key_path} with {', '.join(others)}")


def _refuse_orphan(key: Path, request: Path) -> None:
    if os.path.lexists(request) and not os.path.lexists(key):
        raise FileInTheWayError(
            f"{request} is there, and the key that it was made for is not",
            hint=f"bring back {key}, or move {request} away to start anew",
        )


def _read_config_text(path: Path) -> bytes:
    """A configuration that is there already, known to be one."""
    from jwttool.config import parse_config
    from jwttool.edge.reading import read_input
    from jwttool.encoding import Limit

    text = read_input(path, Limit.CONFIG, "configuration") if os.path.lexists(path) else b""
    parse_config(text, path)
    return text


def _with_client(path: Path, before: bytes, block: str, name: str) -> bytes:
    """The configuration with a client that is not there yet.

    :raises ConfigError: it could not be read any more.
    """
    from jwttool.config import parse_config
    from jwttool.errors import ConfigError, raise_alone

    if name in parse_config(before, path).clients:
        return before
    after = before + (b"\n" if before else b"") + block.encode()
    try:
        parse_config(after, path)
    except ConfigError:
        raise_alone(
            ConfigError(
                f"{path} cannot take [clients.{name}] at its end",
                hint="write its clients as [clients.NAME] tables instead of clients = {...}",
            )
        )
    return after


def _write_config(path: Path, before: bytes, after: bytes, name: str) -> list[Path]:
    """Write the configuration if there is something new in it; the path then."""
    from jwttool.edge.writing import write_public

    if after == before:
        notice(f"kept [clients.{name}] in {path}")
        return []
    write_public(path, after, force=bool(before))
    notice(f"wrote [clients.{name}] into {path}")
    return [path]


@click.command()
@click.argument("directory", metavar="[DIR]", default=None, required=False, type=click.Path(path_type=Path))
@config_option
@at_option
@format_option
@click.pass_context
def status(
    ctx: click.Context, directory: Path | None, config: str | None, at: datetime, output_format: str
) -> None:
    """Check the onboarding steps against what is there now.

    DIR holds jwttool.toml, or is that file; without it, --config or the working
    folder. The exit code is 0 when no step is left that can be seen from this
    machine.
    """
    from jwttool.edge.material import read_config
    from jwttool.render.onboarding import status_answer, steps_document

    if directory is not None and config is not None:
        raise UsageError("DIR and --config both say where the configuration is", hint="name one of them")
    named = config if directory is None else _config_in(directory)
    read = read_config(named or ctx.find_root().obj)
    judged = {client: _judge(client, read, at) for client in _clients(read)}
    if output_format == JSON:
        print_json(status_answer(judged))
    else:
        print_document(steps_document(judged))
    ctx.exit(Exit.YES if all(report.passed for report in judged.values()) else Exit.NO)


def _config_in(place: Path) -> Path:
    """The configuration in a folder; a file is one itself."""
    from jwttool.config import CONFIG_NAME

    itself = not place.is_dir() and (place.name == CONFIG_NAME or place.exists())
    return place if itself else place / CONFIG_NAME


def _clients(config: Config) -> list[Client]:
    if not config.clients:
        raise UsageError(f"{config.path} has no client", hint="`jwttool init PROVIDER` adds one")
    return list(config.clients.values())


def _judge(client: Client, config: Config, at: datetime) -> Report:
    from jwttool.edge.evidence import gather_evidence
    from jwttool.onboarding import judge_steps
    from jwttool.providers import get_provider

    system = get_provider(client.provider)
    return judge_steps(client, system, gather_evidence(client, system, config.path.parent), at)
