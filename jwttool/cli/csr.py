"""``jwttool csr``: make and examine certificate signing requests."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from jwttool.cli.exits import Exit
from jwttool.cli.options import JSON, FileName, force_option, format_option, passphrase_options
from jwttool.edge.reading import STDIN
from jwttool.edge.terminal import notice, print_document, print_json, print_product

if TYPE_CHECKING:
    from jwttool.edge.passphrases import PassphraseSource


@click.group()
def csr() -> None:
    """Make and examine certificate signing requests."""


@csr.command()
@click.option(
    "--key",
    "key_file",
    type=FileName(),
    metavar="KEY",
    required=True,
    help="The private key that the certificate is for.",
)
@click.option(
    "-o",
    "--output",
    type=FileName(),
    metavar="FILE",
    default=STDIN,
    help="Where the request goes.  [default: standard output]",
)
@click.option(
    "--subject",
    metavar="RFC4514",
    default="",
    help='Who asks, e.g. "CN=client.example,O=Example Oy,C=FI".  [default: empty; OP takes nothing from it]',
)
@click.option(
    "--dns", "dns_names", metavar="NAME", multiple=True, help="A DNS name to ask for; may be repeated."
)
@click.option(
    "--usage",
    type=click.Choice(["tls", "signing"]),
    help="What the key will be used for: to connect (digitalSignature, clientAuth) or to sign "
    "(digitalSignature).  [default: leave it to the CA]",
)
@force_option
@passphrase_options
@format_option
def create(
    key_file: str,
    output: str,
    subject: str,
    dns_names: tuple[str, ...],
    usage: str | None,
    force: bool,
    passphrase: PassphraseSource,
    output_format: str,
) -> None:
    """Make a certificate signing request for a key.

    The request holds the public key and what is asked for it, signed with
    SHA-256 by the private key, which stays where it is. A weak key is refused.

    \b
      jwttool csr create --key sandbox-mtls.key -o sandbox-mtls.csr
      jwttool csr create --key signing.key -o signing.csr --usage signing \\
          --subject "CN=Example Oy,O=Example Oy,organizationIdentifier=PSDFI-FINFSA-12345678,C=FI"
    """
    from jwttool.csr import USAGES, create_csr, parse_subject
    from jwttool.csr.dns import check_dns_names
    from jwttool.edge.material import read_private_key
    from jwttool.edge.writing import check_target, refuse_own_input, write_public

    # All that can be wrong without the key, before a passphrase is asked for.
    name, names = parse_subject(subject), check_dns_names(dns_names)
    if output != STDIN:
        refuse_own_input(Path(output), key_file, passphrase.file)
        check_target(Path(output), force=force)
    key = read_private_key(key_file, passphrase).private_key
    choice = None if usage is None else USAGES[usage]
    request = create_csr(key, subject=name, dns_names=names, key_usage=choice)
    if output != STDIN:
        write_public(Path(output), request, force=force)
    if output_format == JSON:
        from jwttool.certificates import describe_key
        from jwttool.certificates.access import rfc4514
        from jwttool.render.keys import created_answer

        path = None if output == STDIN else output
        print_json(created_answer(path, rfc4514(name), describe_key(key.public_key()), request))
    elif output == STDIN:
        print_product(request.decode("ascii"))
    else:
        notice(f"wrote {output}")


@csr.command()
@click.argument("file", metavar="CSR", type=FileName())
@format_option
@click.pass_context
def show(ctx: click.Context, file: str, output_format: str) -> None:
    """Show what a request asks for, and whether its signature and key are sound.

    CSR is PEM or DER; '-' is standard input. The exit code is 1 when a CA would
    have to refuse it.

    \b
      jwttool csr show sandbox-mtls.csr
      jwttool csr create --key signing.key | jwttool csr show -
    """
    from jwttool.checks.csr import judge_csr
    from jwttool.csr import describe_csr
    from jwttool.edge.material import read_request
    from jwttool.render.keys import csr_answer, csr_document

    request = read_request(file)
    described, report = describe_csr(request), judge_csr(request)
    if output_format == JSON:
        print_json(csr_answer(described, report))
    else:
        print_document(csr_document(described, report))
    ctx.exit(Exit.YES if report.passed else Exit.NO)
