"""``jwttool cert verify``: a certificate's chain, its CRLs, and every fault of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jwttool.cli.exits import Exit
from jwttool.cli.options import JSON, FileName, at_option, format_option, passphrase_options
from jwttool.edge.terminal import print_document, print_json

if TYPE_CHECKING:
    from datetime import datetime

    from jwttool.edge.passphrases import PassphraseSource


@click.command()
@click.argument("file", metavar="CERT", type=FileName())
@click.option(
    "--trust",
    metavar="BUNDLE",
    type=FileName(),
    multiple=True,
    required=True,
    help="The certificates that are trusted, roots or others; may be repeated.",
)
@click.option(
    "--intermediates",
    metavar="FILE",
    type=FileName(),
    multiple=True,
    help="CAs between CERT and the trusted ones; may be repeated.",
)
@click.option(
    "--crl",
    "lists",
    metavar="FILE",
    type=FileName(),
    multiple=True,
    help="Lists of revoked certificates, PEM or DER; may be repeated.",
)
@passphrase_options
@at_option
@format_option
@click.pass_context
def verify(
    ctx: click.Context,
    file: str,
    trust: tuple[str, ...],
    intermediates: tuple[str, ...],
    lists: tuple[str, ...],
    passphrase: PassphraseSource,
    at: datetime,
    output_format: str,
) -> None:
    """Verify a certificate's chain up to what you trust, and name every fault.

    Nothing is fetched: the CAs in between come from CERT's own file and from
    --intermediates, the CRLs from --crl. Without a CRL, revocation is not
    checked, and the answer says so. The exit code is 0 when the chain verifies.

    \b
      jwttool cert verify qwac.crt --trust qtsp-root.pem --intermediates qtsp-ca.pem
      jwttool cert verify chain.pem --trust /etc/ssl/certs/ca-certificates.crt
      jwttool cert verify qwac.crt --trust root.pem --intermediates ca.pem \\
          --crl ca.crl --at 2026-06-16T12:00:00Z
    """
    from jwttool.certificates import subject
    from jwttool.certificates.bundle import load_bundle, load_revocation_lists
    from jwttool.checks.chain import verify_chain
    from jwttool.edge.material import naming, read_all, read_certificate_file, say_which
    from jwttool.render.chains import chain_answer, chain_document

    loaded = read_certificate_file(file, passphrase)
    with naming(file):
        certificate = loaded.end_entity
        if loaded.chain:
            say_which(file, len(loaded.certificates), subject(certificate))
    report = verify_chain(
        certificate,
        trust=read_all(trust, "trust bundle", load_bundle),
        intermediates=(*loaded.chain, *read_all(intermediates, "file of intermediates", load_bundle)),
        crls=read_all(lists, "CRL", load_revocation_lists),
        at=at,
    )
    if output_format == JSON:
        print_json(chain_answer(report))
    else:
        print_document(chain_document(report))
    ctx.exit(Exit.YES if report.passed else Exit.NO)
