"""``jwttool token``: inspect, decrypt and verify any token that the systems hand out."""

from __future__ import annotations

from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from typing import TYPE_CHECKING

import click

from jwttool.cli.exits import Exit
from jwttool.cli.options import (
    JSON,
    FileName,
    ProviderName,
    at_option,
    format_option,
    judged_at,
    passphrase_options,
)
from jwttool.cli.token_decrypt import decrypt
from jwttool.cli.token_request import request
from jwttool.cli.token_verify import verify
from jwttool.cli.tokens import read_pasted
from jwttool.edge.process import without_collector
from jwttool.edge.reading import STDIN
from jwttool.edge.terminal import print_document, print_json, print_json_line
from jwttool.encoding import Limit
from jwttool.errors import JwtToolError, NotATokenError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from jwttool.edge.passphrases import PassphraseSource
    from jwttool.inspection import Inspector
    from jwttool.keys import PrivateKey
    from jwttool.render.answers import ErrorDetail
    from jwttool.render.answers_inspection import LineErrorAnswer, TokenInspectAnswer


@click.group()
def token() -> None:
    """Request tokens; inspect, decrypt and verify tokens, answers and requests."""


token.add_command(decrypt)
token.add_command(verify)
token.add_command(request)


@token.command()
@click.argument("token")
@click.option(
    "--provider", type=ProviderName(), metavar="P", help="The system it comes from.  [default: recognised]"
)
@click.option(
    "--key",
    "keys",
    type=FileName(),
    multiple=True,
    metavar="FILE",
    help="A private key: would it open the token? Nothing is decrypted. May be given again.",
)
@click.option(
    "--cert",
    type=FileName(),
    metavar="FILE",
    help="A certificate: is the token bound to it, is kid its fingerprint?",
)
@click.option(
    "--lines", is_flag=True, help="One token a line in, one JSON object a line out, for bad lines too."
)
@click.option("--show-secrets", is_flag=True, help="Show signatures, ciphertexts and tokens whole.")
@at_option
@passphrase_options
@format_option
@click.pass_context
def inspect(
    ctx: click.Context,
    token: str,
    provider: str | None,
    keys: tuple[str, ...],
    cert: str | None,
    lines: bool,
    show_secrets: bool,
    at: datetime,
    passphrase: PassphraseSource,
    output_format: str,
) -> None:
    """Say what a token, an answer or a request is, and all that is wrong with it. Nothing is trusted.

    TOKEN is '-' for standard input, @FILE, or the text itself: a token in any
    form, with Bearer before it or not, a whole HTTP answer or request (curl -i,
    curl -v), its JSON, a form with a client_assertion, a text with a token in it.
    The exit code is 0 for whatever could be taken apart; what is wrong with it
    stands among the findings.

    \b
      curl -si ... | jwttool token inspect -
      jwttool token inspect @answer.json --provider worldline
      jwttool token inspect @tokens.txt --lines | jq -r .kind
    """
    if lines and token != STDIN and not token.startswith("@"):
        raise UsageError("--lines reads a stream", hint="give '-' for standard input, or @FILE")
    inspector = _inspector(provider, keys, cert, passphrase)
    if lines:
        with without_collector():  # what a line makes is gone with it, without a cycle in it
            for answer in _answers(inspector, token, at, show_secrets=show_secrets):
                print_json_line(answer)
        return
    found = inspector.inspect(read_pasted(token), at=judged_at(ctx, at))
    if output_format == JSON:
        from jwttool.render.inspection_json import inspection_json

        print_json({"version": 1, **inspection_json(found, show_secrets=show_secrets)})
    else:
        from jwttool.edge.terminal import look
        from jwttool.render.inspection import inspection_document

        print_document(inspection_document(found, look(show_secrets=show_secrets)))
    ctx.exit(Exit.YES if found.taken_apart else Exit.NO)


def _inspector(
    provider: str | None, keys: tuple[str, ...], cert: str | None, passphrase: PassphraseSource
) -> Inspector:
    from jwttool.inspection import Inspector

    certificate = None
    if cert is not None:
        from jwttool.edge.material import read_certificate

        certificate = read_certificate(cert, passphrase)
    return Inspector(provider=provider, certificate=certificate, keys=_private_keys(keys, passphrase))


def _private_keys(names: tuple[str, ...], passphrase: PassphraseSource) -> dict[str, PrivateKey]:
    if not names:
        return {}
    from jwttool.edge.material import read_decryption_key

    return {name: read_decryption_key(name, passphrase).private_key for name in names}


def _answers(
    inspector: Inspector, name: str, at: datetime, *, show_secrets: bool
) -> Iterator[TokenInspectAnswer | LineErrorAnswer]:
    """One answer for each line that is not empty: an error for a line that is nothing known."""
    from jwttool.render.inspection_json import inspection_json

    for number, line in enumerate(_lines(name.removeprefix("@")), start=1):
        if not line.strip():
            continue
        try:
            found = inspector.inspect(line.decode("utf-8", "replace"), at=at)
        except JwtToolError as error:
            detail: ErrorDetail = {"code": error.code, "message": error.message, "hint": error.hint}
            yield {"version": 1, "line": number, "error": detail}
        else:
            yield {
                "version": 1,
                "line": number,
                **inspection_json(found, show_secrets=show_secrets, brief=True),
            }


def _lines(name: str) -> Iterator[bytes]:
    from jwttool.edge.lines import read_lines

    lines = read_lines(name, Limit.TOKEN, "list of tokens")
    first = next(lines, b"")
    if first.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        raise NotATokenError(
            "UTF-16 text, of which a stream of lines cannot be made", hint="save it as UTF-8"
        )
    yield first
    yield from lines
