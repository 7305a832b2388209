"""``jwttool token decrypt``: open an encrypted token with a private key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jwttool.cli.exits import Exit
from jwttool.cli.options import JSON, FileName, at_option, format_option, passphrase_options
from jwttool.cli.tokens import read_token
from jwttool.edge.terminal import look, print_bytes, print_document, print_json
from jwttool.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from jwttool.edge.passphrases import PassphraseSource
    from jwttool.verification import TokenReport


@click.command()
@click.argument("token")
@click.option(
    "--key",
    required=True,
    type=FileName(),
    metavar="FILE",
    help="The private key that the token was made for.",
)
@click.option(
    "--verify-with",
    type=FileName(),
    metavar="FILE",
    help="A certificate, public key or JWK Set: verify the token inside with it.",
)
@click.option("--issuer", metavar="URL", help="With --verify-with: what iss has to be.")
@click.option("--audience", metavar="AUD", help="With --verify-with: what aud has to hold.")
@click.option("--allow-zip", is_flag=True, help="Inflate a compressed content, of at most 250 KB.")
@click.option(
    "--raw", is_flag=True, help="Print what was inside, alone: for `jwttool token verify -`, or a file."
)
@click.option("--show-secrets", is_flag=True, help="Show signatures and tokens whole.")
@at_option
@passphrase_options
@format_option
@click.pass_context
def decrypt(
    ctx: click.Context,
    token: str,
    key: str,
    verify_with: str | None,
    issuer: str | None,
    audience: str | None,
    allow_zip: bool,
    raw: bool,
    show_secrets: bool,
    at: datetime,
    passphrase: PassphraseSource,
    output_format: str,
) -> None:
    """Decrypt a token (JWE) and show what is inside.

    TOKEN is '-' for standard input, @FILE, or the token itself. What is inside
    is not authenticated: anybody who has the public key can have made it, until
    the signature of the token inside was verified (--verify-with, or
    `jwttool token verify`). The exit code is 0 when it was decrypted and, with
    --verify-with, everything about the token inside is in order; 1 otherwise.

    \b
      jwttool token decrypt @token.jwe --key server.key --verify-with issuer.jwks
      jwttool token decrypt - --key server.key --raw | jwttool token verify - --cert issuer.crt
    """
    if verify_with is None and (issuer or audience):
        raise UsageError("--issuer and --audience need --verify-with", hint="name what to verify with")
    if raw and (verify_with is not None or output_format == JSON):
        raise UsageError(
            "--raw prints what was inside and nothing else",
            hint="leave out --verify-with and --format json, or pipe it into `jwttool token verify -`",
        )
    text = read_token(token)
    from jwttool.edge.material import read_decryption_key
    from jwttool.jose.decryption import decrypt as decrypt_token

    loaded = read_decryption_key(key, passphrase)
    decrypted = decrypt_token(
        text,
        loaded.private_key,
        allow_zip=allow_zip,
        algorithms=None if loaded.algorithm is None else [loaded.algorithm],
    )
    if raw:
        print_bytes(decrypted.plaintext)
        return
    report = (
        None if verify_with is None else _verified(decrypted.plaintext, verify_with, issuer, audience, at)
    )
    from jwttool.inspection.opened import inspect_opened

    opened = inspect_opened(decrypted, at=at)
    if output_format == JSON:
        from jwttool.render.decryption import decryption_json

        print_json(decryption_json(opened, report, show_secrets=show_secrets))
    else:
        from jwttool.render.decryption import decryption_document

        print_document(decryption_document(opened, report, look(show_secrets=show_secrets)))
    ctx.exit(Exit.YES if report is None or report.passed else Exit.NO)


def _verified(
    plaintext: bytes, source: str, issuer: str | None, audience: str | None, at: datetime
) -> TokenReport:
    from jwttool.edge.material import read_verification_key
    from jwttool.verification import TokenVerifier

    verifier = TokenVerifier(issuer=issuer, audience=audience, **read_verification_key(source))
    return verifier.verify(plaintext.decode("utf-8", "replace").strip(), at=at)
