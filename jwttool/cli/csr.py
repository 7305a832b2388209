"""``jwttool csr``: make and examine certificate signing requests."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jwttool.cli.exits import Exit
from jwttool.cli.options import JSON, FileName, force_option, format_option, passphrase_options
from jwttool.edge.reading import STDIN
from jwttool.edge.terminal import notice, print_document, print_json, print_product
from jwttool.errors import UsageError

if TYPE_CHECKING:
    from jwttool.edge.passphrases import PassphraseSource
    from jwttool.eidas.request import Psd2Certificate, Psd2Request


def _complete_role(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    from jwttool.eidas.roles import BY_NAME

    return [name for name in BY_NAME if name.startswith(incomplete)]


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
@click.option(
    "--psd2",
    type=click.Choice(["qwac", "qseal"]),
    help="Ask for a PSD2 certificate: a QWAC to connect, or a QSealC to sign.",
)
@click.option(
    "--organization-identifier",
    metavar="ID",
    help="With --psd2: the identifier that the authority gave, PSDFI-FINFSA-12345678.",
)
@click.option(
    "--role",
    "roles",
    metavar="ROLE",
    multiple=True,
    shell_complete=_complete_role,
    help="With --psd2: PSP_AI, PSP_PI, PSP_AS, PSP_IC or another; may be repeated.",
)
@click.option(
    "--nca-name",
    metavar="NAME",
    help="With --psd2: the authority's name.  [default: from the EBA's list]",
)
@click.option(
    "--nca-id",
    metavar="ID",
    help="With --psd2: the authority, such as FI-FINFSA.  [default: as the identifier says]",
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
    psd2: Psd2Certificate | None,
    organization_identifier: str | None,
    roles: tuple[str, ...],
    nca_name: str | None,
    nca_id: str | None,
    force: bool,
    passphrase: PassphraseSource,
    output_format: str,
) -> None:
    """Make a certificate signing request for a key.

    The request holds the public key and what is asked for it, signed with
    SHA-256 by the private key, which stays where it is. A weak key is refused.

    With --psd2 it asks for a qualified certificate of a payment service provider:
    the identifier goes into the subject, with the country where that has none,
    and roles, authority, type and usages (instead of --usage) into extensions.

    \b
      jwttool csr create --key sandbox-mtls.key -o sandbox-mtls.csr
      jwttool csr create --key signing.key -o signing.csr --usage signing \\
          --subject "CN=Example Oy,O=Example Oy,organizationIdentifier=PSDFI-FINFSA-12345678,C=FI"
      jwttool csr create --key tls.key -o qwac.csr --psd2 qwac --role PSP_AI --role PSP_PI \\
          --organization-identifier PSDFI-FINFSA-12345678 \\
          --subject "CN=tpp.example.com,O=Example Oy,C=FI" --dns tpp.example.com
    """
    from jwttool.csr import USAGES, create_csr, parse_subject
    from jwttool.csr.dns import check_dns_names
    from jwttool.edge.material import read_private_key
    from jwttool.edge.writing import check_target, refuse_own_input, write_public

    # All that can be wrong without the key, before a passphrase is asked for.
    wish = _psd2_request(
        psd2,
        usage,
        organization_identifier=organization_identifier,
        roles=roles,
        subject=subject,
        nca_name=nca_name,
        nca_id=nca_id,
    )
    name = parse_subject(subject) if wish is None else wish.subject
    names = check_dns_names(dns_names)
    if output != STDIN:
        refuse_own_input(Path(output), key_file, passphrase.file)
        check_target(Path(output), force=force)
    key = read_private_key(key_file, passphrase).private_key
    if wish is None:
        choice = None if usage is None else USAGES[usage]
        request = create_csr(key, subject=name, dns_names=names, key_usage=choice)
    else:
        from jwttool.eidas.request import create_psd2_csr

        request = create_psd2_csr(key, wish, dns_names=names)
    if output != STDIN:
        write_public(Path(output), request, force=force)
    notes = () if wish is None else (*wish.notes, *wish.dns_notes(names))
    if output_format == JSON:
        from jwttool.certificates import describe_key
        from jwttool.certificates.access import rfc4514
        from jwttool.render.csr import created_answer

        path = None if output == STDIN else output
        print_json(created_answer(path, rfc4514(name), describe_key(key.public_key()), request, notes))
        return
    for note in notes:
        notice(note)
    if output == STDIN:
        print_product(request.decode("ascii"))
    else:
        notice(f"wrote {output}")


def _psd2_request(psd2: Psd2Certificate | None, usage: str | None, **given: Any) -> Psd2Request | None:
    """What --psd2 and the options that go with it ask for; None without them.

    :raises UsageError: the ones without the other, or with --usage.
    """
    if psd2 is None:
        if any(value not in {None, ()} for option, value in given.items() if option != "subject"):
            raise UsageError(
                "an identifier, role or authority is asked for, and no PSD2 certificate",
                hint="--psd2 qwac to connect, --psd2 qseal to sign",
            )
        return None
    if usage is not None:
        raise UsageError("the usages of a PSD2 certificate are fixed", hint="leave --usage out")
    if given["organization_identifier"] is None:
        raise UsageError(
            "a PSD2 certificate has an organizationIdentifier",
            hint="--organization-identifier PSDFI-FINFSA-12345678, as the authority gave it",
        )
    from jwttool.eidas.request import psd2_request

    return psd2_request(psd2, **given)


@csr.command()
@click.argument("file", metavar="CSR", type=FileName())
@format_option
@click.pass_context
def show(ctx: click.Context, file: str, output_format: str) -> None:
    """Show what a request asks for, and whether its signature and key are sound.

    CSR is PEM or DER; '-' is standard input. The exit code is 1 when a CA would
    have to refuse it. What it asks for a PSD2 certificate is taken apart, in odd
    forms too.

    \b
      jwttool csr show sandbox-mtls.csr
      jwttool csr create --key signing.key | jwttool csr show -
    """
    from jwttool.checks.csr import judge_csr
    from jwttool.csr import describe_csr
    from jwttool.edge.material import read_request
    from jwttool.eidas.asked import describe_eidas_request
    from jwttool.render.csr import csr_answer, csr_document

    request = read_request(file)
    described, eidas, report = describe_csr(request), describe_eidas_request(request), judge_csr(request)
    if output_format == JSON:
        print_json(csr_answer(described, eidas, report))
    else:
        print_document(csr_document(described, eidas, report))
    ctx.exit(Exit.YES if report.passed else Exit.NO)
