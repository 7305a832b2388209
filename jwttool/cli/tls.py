"""``jwttool tls``: what a TLS server offers and asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jwttool.cli.exits import Exit
from jwttool.cli.options import JSON, FileName, at_option, format_option, passphrase_options
from jwttool.edge.terminal import print_document, print_json
from jwttool.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from cryptography import x509

    from jwttool.checks.tls.seen import Ours
    from jwttool.edge.passphrases import PassphraseSource
    from jwttool.edge.tls_probe import Credentials


@click.group()
def tls() -> None:
    """See what a TLS server offers, which client CAs it names, and whether ours would do."""


@tls.command()
@click.argument("server", metavar="HOST[:PORT]")
@click.option("--cert", type=FileName(), metavar="FILE", help="Our client certificate, and the CAs above it.")
@click.option("--key", type=FileName(), metavar="FILE", help="Its private key.")
@click.option(
    "--server-ca",
    type=FileName(),
    metavar="FILE",
    help="The CAs that the server's chain may end in.  [default: the system's]",
)
@click.option(
    "--server-name",
    metavar="NAME",
    help="The name to ask for, and to find in the certificate.  [default: HOST]",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0.1, 600),
    metavar="S",
    default=10.0,
    show_default=True,
    help="Seconds for each of the one or two connections.",
)
@passphrase_options
@at_option
@format_option
@click.pass_context
def probe(
    ctx: click.Context,
    server: str,
    cert: str | None,
    key: str | None,
    server_ca: str | None,
    server_name: str | None,
    timeout: float,
    passphrase: PassphraseSource,
    at: datetime,
    output_format: str,
) -> None:
    """Shake hands with a TLS server, and tell what it offers and what it wants.

    Protocol and cipher, the server's chain and whether it is to be trusted,
    whether a client certificate is asked for and of which CAs, and whether ours
    is taken: without one first, then with ours if it is asked for. Nothing but
    the handshake is sent, and proxies are not used. The exit code is 0 when no
    check fails, and 4 when no TLS server is reached.

    \b
      jwttool tls probe api.bank.example
      jwttool tls probe api.bank.example:8443 --cert qwac.pem --key qwac.key
      jwttool tls probe 192.0.2.1 --server-name api.bank.example --server-ca ca.pem
    """
    from jwttool.checks.tls.judge import judge_tls
    from jwttool.checks.tls.target import parse_target
    from jwttool.render.tls import probe_answer, probe_document

    if key is not None and cert is None:
        raise UsageError("--key without --cert", hint="--cert names the certificate of the key")
    target = parse_target(server, server_name)
    trust = _trust(server_ca)
    ours, credentials = _ours(cert, key, passphrase)

    from jwttool.edge import tls_probe  # which takes longer to load than what was wrong to be told

    seen = tls_probe.probe(target, credentials=credentials, timeout=timeout)
    report = judge_tls(target, seen, trust=trust, ours=ours, at=at)
    if output_format == JSON:
        print_json(probe_answer(report))
    else:
        print_document(probe_document(report))
    ctx.exit(Exit.YES if report.passed else Exit.NO)


def _trust(file: str | None) -> tuple[x509.Certificate, ...]:
    """The certificates that the server's chain may end in."""
    if file is None:
        from jwttool.edge.roots import system_roots

        return system_roots()
    from jwttool.certificates.bundle import load_bundle
    from jwttool.edge.material import naming
    from jwttool.edge.reading import read_input
    from jwttool.encoding import Limit

    data = read_input(file, Limit.BUNDLE, "certificate bundle")
    with naming(file):
        return load_bundle(data)


def _ours(
    cert: str | None, key: str | None, passphrase: PassphraseSource
) -> tuple[Ours | None, Credentials | None]:
    """Our certificate to judge, and what to shake hands with; None where there is not enough for it."""
    if cert is None:
        return None, None
    from jwttool.certificates import any_public_key
    from jwttool.checks.tls.seen import Ours, climb
    from jwttool.edge.material import naming, read_certificate_file, read_decryption_key
    from jwttool.edge.tls_probe import Credentials
    from jwttool.keys import same_public_key

    loaded = read_certificate_file(cert, passphrase)
    # As for decrypting, an EC key may be on any curve.
    private_key = None if key is None else read_decryption_key(key, passphrase).private_key
    with naming(cert):
        leaf = loaded.end_entity
        matches = None
        if private_key is not None:
            matches = same_public_key(any_public_key(leaf), private_key.public_key())
        ours = Ours(certificate=leaf, others=loaded.chain, key_matches=matches)
        others = climb(ours)[1:]
    return ours, Credentials(leaf, others, private_key) if matches else None
