"""``jwttool init`` and ``jwttool status``: from an empty folder to a working client."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from jwttool.cli.exits import Exit
from jwttool.cli.options import JSON, at_option, format_option, passphrase_options
from jwttool.cli.spinner import spinner
from jwttool.edge.terminal import notice, print_document, print_json
from jwttool.errors import FileInTheWayError, UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from jwttool.config import Client, Config
    from jwttool.edge.passphrases import PassphraseSource
    from jwttool.providers import KeyPair
    from jwttool.report import Report

_CLIENT_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What TOML takes as a bare key (TOML 1.0, "Keys")."""


@click.command()
@click.argument("provider")
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
def init(
    provider: str,
    directory: Path,
    name: str | None,
    subject: str,
    no_passphrase: bool,
    passphrase: PassphraseSource,
    at: datetime,
) -> None:
    """Make key, CSR and configuration for a system, and list its steps.

    PROVIDER is op, worldline, konsentus or stet. What is there already is kept,
    never overwritten, so that it can be run again.

    \b
      jwttool init op --passphrase-file op.pass
      jwttool init worldline worldline/ --subject "CN=Example Oy,O=Example Oy,C=FI"
    """
    if no_passphrase and passphrase.named:
        raise UsageError("--no-passphrase contradicts a passphrase")
    from jwttool.config import CONFIG_NAME, SecretSource
    from jwttool.csr import parse_subject
    from jwttool.edge.material import read_config
    from jwttool.edge.writing import make_folder
    from jwttool.onboarding import client_block
    from jwttool.providers import get_provider
    from jwttool.render.onboarding import steps_document

    system = get_provider(provider)
    client_name = name or system.client_name
    config_path = directory / CONFIG_NAME
    # All that can be refused is refused before the first file is written.
    if not _CLIENT_NAME.fullmatch(client_name):
        raise UsageError("the client's name has other characters than letters, digits, '-' and '_'")
    parse_subject(subject)
    written_before = _read_config_text(config_path)
    for pair in system.key_pairs:
        _refuse_orphan(directory / pair.key_file, directory / pair.csr_file)
    make_folder(directory)
    for pair in system.key_pairs:
        _make_pair(pair, directory, subject, passphrase, encrypted=not no_passphrase)
    source = None
    if passphrase.file is not None:
        source = SecretSource(file=Path(os.path.relpath(passphrase.file, directory)))
    elif passphrase.variable is not None:
        source = SecretSource(variable=passphrase.variable)
    _add_client(config_path, written_before, client_block(system, client_name, source), client_name)
    client = read_config(config_path).client(client_name)
    print_document(steps_document({client: _judge(client, at)}))


def _make_pair(
    pair: KeyPair, directory: Path, subject: str, passphrase: PassphraseSource, *, encrypted: bool
) -> None:
    from jwttool.csr import KeyUsageChoice, create_csr
    from jwttool.edge.material import read_private_key
    from jwttool.edge.writing import make_folder, write_public, write_secret
    from jwttool.keys import KeyKind, encrypt_pkcs8, generate_private_key, plain_pkcs8

    key_path, csr_path = directory / pair.key_file, directory / pair.csr_file
    make_folder(key_path.parent)
    if os.path.lexists(key_path):
        notice(f"kept {key_path}")
        if os.path.lexists(csr_path):
            notice(f"kept {csr_path}")
            return
        key = read_private_key(key_path, passphrase).private_key
    else:
        secret = passphrase.new(str(key_path)) if encrypted else None
        with spinner(f"making an RSA key of {pair.bits} bits"):
            key = generate_private_key(KeyKind.RSA, pair.bits)
        write_secret(key_path, plain_pkcs8(key) if secret is None else encrypt_pkcs8(key, secret))
        notice(f"wrote {key_path} (mode 0600, {'encrypted' if encrypted else 'not encrypted'})")
    usage = KeyUsageChoice(pair.key_usage) if pair.key_usage else None
    write_public(csr_path, create_csr(key, subject=subject, key_usage=usage))
    notice(f"wrote {csr_path}")


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


def _add_client(path: Path, before: bytes, block: str, name: str) -> None:
    from jwttool.config import parse_config
    from jwttool.edge.writing import write_public

    if name in parse_config(before, path).clients:
        notice(f"kept [clients.{name}] in {path}")
        return
    separator = b"\n" if before else b""
    write_public(path, before + separator + block.encode(), force=bool(before))
    notice(f"wrote [clients.{name}] into {path}")


@click.command()
@click.argument("directory", metavar="[DIR]", default=None, required=False, type=click.Path(path_type=Path))
@at_option
@format_option
@click.pass_context
def status(ctx: click.Context, directory: Path | None, at: datetime, output_format: str) -> None:
    """Check the onboarding steps against what is there now.

    DIR holds jwttool.toml; without it, --config or the working folder. The exit
    code is 0 when no step is left that can be seen from this machine.
    """
    from jwttool.config import CONFIG_NAME
    from jwttool.edge.material import read_config
    from jwttool.render.onboarding import status_answer, steps_document

    named = None if directory is None else directory / CONFIG_NAME
    config = read_config(named or ctx.find_root().obj)
    judged = {client: _judge(client, at) for client in _clients(config)}
    if output_format == JSON:
        print_json(status_answer(judged))
    else:
        print_document(steps_document(judged))
    ctx.exit(Exit.YES if all(report.passed for report in judged.values()) else Exit.NO)


def _clients(config: Config) -> list[Client]:
    if not config.clients:
        raise UsageError(f"{config.path} has no client", hint="`jwttool init PROVIDER` adds one")
    return list(config.clients.values())


def _judge(client: Client, at: datetime) -> Report:
    from jwttool.edge.evidence import gather_evidence
    from jwttool.onboarding import judge_steps
    from jwttool.providers import get_provider

    system = get_provider(client.provider)
    return judge_steps(client, system, gather_evidence(client, system), at)
