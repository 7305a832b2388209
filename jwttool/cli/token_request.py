"""``jwttool token request``: ask a system for a token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from jwttool.cli.exits import Exit
from jwttool.cli.options import (
    JSON,
    ClientName,
    FileName,
    TimeType,
    at_option,
    config_option,
    force_option,
    format_option,
)
from jwttool.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

_TIMEOUT: Final = 30


@click.command()
@click.argument("client", type=ClientName())
@click.option(
    "-o",
    "--output",
    type=FileName(),
    metavar="FILE",
    help="Write the token (with --dry-run: curl's configuration) into FILE, mode 0600, and nowhere else.",
)
@force_option
@click.option(
    "--with",
    "way",
    metavar="WAY",
    help="How to authenticate where the system has several ways: secret or assertion.  [default: assertion, "
    "if the client has a key]",
)
@click.option("--scope", metavar="SCOPE", help="The scope to ask for: services, separated by spaces.")
@click.option(
    "--server-ca",
    type=FileName(),
    metavar="FILE",
    help="Trust these authorities for the server, and no others.  [default: CLIENT's, or the machine's]",
)
@click.option(
    "--authorize",
    is_flag=True,
    help="Print the URL that the customer opens at the bank (STET); the code comes back to redirect_uri.",
)
@click.option("--no-pkce", is_flag=True, help="Leave PKCE out of --authorize, for a bank that refuses it.")
@click.option(
    "--code-file",
    type=FileName(),
    metavar="FILE",
    help="The one-time code, or the whole call-back URL, is the first line of FILE ('-' for standard input).",
)
@click.option(
    "--code-fd",
    type=click.IntRange(min=0),
    metavar="N",
    help="It is read from file descriptor N.  [default: it is asked for]",
)
@click.option(
    "--code-issued-at",
    type=TimeType(),
    metavar="TIME",
    help="When the code was made (RFC 3339, Unix seconds, -30s).  [default: the time of --code-file]",
)
@click.option("--refresh", is_flag=True, help="Ask with the refresh token that an earlier request was given.")
@click.option(
    "--refresh-file",
    type=FileName(),
    metavar="FILE",
    help="Where the refresh token is kept; without a code, it means --refresh.  [default: "
    ".CLIENT.refresh-token beside the configuration]",
)
@click.option("--dry-run", is_flag=True, help="Send nothing: print the same request as a curl command.")
@click.option(
    "--send-anyway", is_flag=True, help="Send a request of which jwttool is sure that it will be refused."
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=1, max=600),
    default=_TIMEOUT,
    show_default=True,
    metavar="SECONDS",
    help="For all of it together.",
)
@at_option
@config_option
@format_option
@click.pass_context
def request(
    ctx: click.Context,
    client: str,
    output: str | None,
    force: bool,
    way: str | None,
    scope: str | None,
    server_ca: str | None,
    authorize: bool,
    no_pkce: bool,
    code_file: str | None,
    code_fd: int | None,
    code_issued_at: datetime | None,
    refresh: bool,
    refresh_file: str | None,
    dry_run: bool,
    send_anyway: bool,
    timeout: float,
    at: datetime,
    config: str | None,
    output_format: str,
) -> None:
    """Ask the system of CLIENT for a token, as its document says, and print the token alone.

    Before anything is sent, all that this machine can see is judged: settings,
    keys and certificates, the assertion, the QWAC. What cannot succeed is not
    sent, and every reason is told. The token goes to standard output, or with
    -o into a 0600 file; everything else is on standard error. With --format
    json the one object on standard output holds the token too (access_token),
    unless -o takes it; a refresh token is only ever written into its file.

    \b
      jwttool token request worldline-test
      TOKEN=$(jwttool token request op-sandbox)
      jwttool token request konsentus-sandbox --code-file code.txt -o token.txt
      jwttool token request bank --authorize            # then, with what came back:
      jwttool token request bank --code-file callback.txt
      jwttool token request bank --refresh
      jwttool token request op-sandbox --dry-run -o curl.conf
    """
    from jwttool.edge.process import without_collector

    ctx.with_resource(without_collector())
    from jwttool.cli.token_code import CodeSource
    from jwttool.cli.token_run import Run

    run = Run.begin(client, config, scope, output, force=force, as_json=output_format == JSON)
    source = CodeSource(code_file, code_fd, code_issued_at)
    if authorize:
        if source.named or refresh or refresh_file or dry_run:
            raise UsageError("--authorize is a step of its own", hint="ask with the code when it is there")
        run.authorize(at, pkce=not no_pkce)
        return
    if no_pkce:
        raise UsageError("--no-pkce is for --authorize")
    refreshing = refresh or (refresh_file is not None and not source.named)
    run = run.choose(way, refresh=refreshing, refresh_file=refresh_file)
    prepared, material = run.prepare(source, at, server_ca, anyway=send_anyway)
    told = prepared.report
    if prepared.request is None or not (told.passed or send_anyway):
        run.not_sent(told, anyway=send_anyway)
        ctx.exit(Exit.NO)
    run.remark(told)
    if dry_run:
        run.dry_run(prepared.request, told, server_ca, timeout)
        ctx.exit(Exit.YES if told.passed else Exit.NO)
    granted = run.ask(prepared.request, material, timeout)
    run.deliver(granted, told)
    ctx.exit(Exit.YES if granted.is_success else Exit.NO)
