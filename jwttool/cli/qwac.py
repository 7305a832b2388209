"""``jwttool qwac``: what an eIDAS certificate says, and whether a client_id belongs to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from jwttool.cli.exits import Exit
from jwttool.cli.options import (
    JSON,
    FileName,
    ProviderName,
    at_option,
    config_option_for,
    format_option,
    passphrase_options,
)
from jwttool.edge.reading import read_input
from jwttool.edge.terminal import print_document, print_json
from jwttool.encoding import Limit
from jwttool.errors import FileMissingError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from typing import TypeVar

    from cryptography import x509

    from jwttool.edge.passphrases import PassphraseSource
    from jwttool.eidas.mapping import ClientMapping
    from jwttool.report import Report

    T = TypeVar("T")


@click.group()
def qwac() -> None:
    """Read eIDAS and PSD2 certificates, and match them to a client_id."""


@qwac.command()
@click.argument("file", metavar="CERT", type=FileName())
@passphrase_options
@at_option
@format_option
def show(file: str, passphrase: PassphraseSource, at: datetime, output_format: str) -> None:
    """Show what an eIDAS certificate says: whose it is, its roles, its QC statements.

    Whatever is odd is read all the same, and listed under the anomalies. What
    the certificate says of itself is not proof: a trusted list shows whether its
    issuer may say so, and the authority's register whether its holder is still
    authorised.

    \b
      jwttool qwac show qwac.crt
      jwttool qwac show chain.pem --format json
    """
    from jwttool.edge.material import naming, read_certificate
    from jwttool.eidas.describe import describe_qwac
    from jwttool.render.eidas import qwac_answer, qwac_document

    certificate = read_certificate(file, passphrase)
    with naming(file):
        described = describe_qwac(certificate)
        if output_format == JSON:
            print_json(qwac_answer(described))
        else:
            print_document(qwac_document(described, at))


@qwac.command()
@click.argument("file", metavar="CERT", type=FileName())
@click.option(
    "--client-id", metavar="ID", required=True, help="The client_id that goes with the certificate."
)
@click.option(
    "--mapping",
    type=FileName(),
    metavar="FILE",
    help="Which certificate a client_id belongs to, TOML.  [default: [mapping] of jwttool.toml]",
)
@click.option(
    "--allow-indirect",
    is_flag=True,
    help="A client_id that holds the identifier, or is an agent's, is a warning.",
)
@click.option(
    "--role", "roles", metavar="ROLE", multiple=True, help="A role that it has to have (PSP_AI); repeatable."
)
@click.option(
    "--trust",
    type=FileName(),
    metavar="BUNDLE",
    multiple=True,
    help="Verify its chain up to these certificates.",
)
@click.option(
    "--intermediates",
    type=FileName(),
    metavar="FILE",
    multiple=True,
    help="CAs between CERT and the trusted ones.",
)
@click.option(
    "--crl",
    "lists",
    type=FileName(),
    metavar="FILE",
    multiple=True,
    help="With --trust: CRLs that tell whether it is revoked; repeatable.",
)
@click.option("--provider", type=ProviderName(), metavar="P", help="The system whose limits hold.")
@passphrase_options
@at_option
@config_option_for("[mapping] stands")
@format_option
@click.pass_context
def check(
    ctx: click.Context,
    file: str,
    client_id: str,
    mapping: str | None,
    allow_indirect: bool,
    roles: tuple[str, ...],
    trust: tuple[str, ...],
    intermediates: tuple[str, ...],
    lists: tuple[str, ...],
    provider: str | None,
    passphrase: PassphraseSource,
    at: datetime,
    config: str | None,
    output_format: str,
) -> None:
    """Check a QWAC and its client_id as a bank does before it hands out a token.

    The client_id has to be the whole organizationIdentifier of the certificate,
    or the authorization number in it; or a mapping has to tie it to the
    certificate. That it merely holds the identifier, or is an agent's, fails
    unless you allow it. The exit code is 0 when nothing fails.

    \b
      jwttool qwac check qwac.crt --client-id PSDFR-ACPR-12345 --role PSP_AI
      jwttool qwac check qwac.crt --client-id 8f14e45f --mapping clients.toml
      jwttool qwac check chain.pem --client-id 12345 --trust qtsp-root.pem --crl qtsp.crl
    """
    from jwttool.certificates import subject
    from jwttool.checks.qwac.judge import check_qwac
    from jwttool.edge.material import naming, read_certificate_file, say_which
    from jwttool.eidas.roles import role
    from jwttool.eidas.showing import escaped
    from jwttool.providers import get_provider
    from jwttool.render.eidas import check_answer, check_document
    from jwttool.report import merge

    if intermediates and not trust:
        raise UsageError("--intermediates without --trust", hint=_TRUST)
    if lists and not trust:
        raise UsageError("--crl without --trust", hint=_TRUST)
    system = None if provider is None else get_provider(provider)
    asked = [role(name).name for name in roles]
    declared = _mapping(mapping, config or ctx.find_root().obj)
    loaded = read_certificate_file(file, passphrase)
    with naming(file):
        certificate = loaded.end_entity
        if loaded.chain:
            say_which(file, len(loaded.certificates), escaped(subject(certificate)))
    chain = _chain(certificate, trust, loaded.chain, intermediates, lists, at)
    with naming(file):
        result = check_qwac(
            certificate,
            client_id=client_id,
            roles=asked,
            mapping=declared,
            allow_indirect=allow_indirect,
            provider=system,
            chain=chain,
            at=at,
        )
    report: Report = result if chain is None else merge([chain, result])
    if output_format == JSON:
        print_json(check_answer(client_id, result, report))
    else:
        print_document(check_document(result, report))
    ctx.exit(Exit.YES if report.passed else Exit.NO)


def _mapping(file: str | None, config: str | None) -> ClientMapping | None:
    """The mapping of its own file, else of the configuration that was named or is in the working folder."""
    if file is None:
        from jwttool.edge.material import read_config

        try:
            return read_config(config).mapping
        except FileMissingError:
            if config is not None:
                raise
            return None
    from pathlib import Path

    from jwttool.config import parse_mapping_file

    return parse_mapping_file(read_input(file, Limit.CONFIG, "mapping"), Path(file))


_TRUST: Final = "--trust names what the chain has to end in"


def _chain(
    certificate: x509.Certificate,
    trust: Sequence[str],
    beside: Sequence[x509.Certificate],
    intermediates: Sequence[str],
    lists: Sequence[str],
    at: datetime,
) -> Report | None:
    """What there is to say of its chain; None where nothing is trusted."""
    if not trust:
        return None
    from jwttool.certificates.bundle import load_bundle, load_revocation_lists
    from jwttool.checks.chain import verify_chain
    from jwttool.edge.material import read_all

    return verify_chain(
        certificate,
        trust=read_all(trust, "certificate bundle", load_bundle),
        intermediates=(*beside, *read_all(intermediates, "certificate bundle", load_bundle)),
        crls=read_all(lists, "CRL", load_revocation_lists),
        at=at,
    )
