"""The root command: names of the groups, and nothing of what is behind them."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any, Final, NoReturn, cast

import click

from jwttool import __version__
from jwttool.cli.boundary import run_to_exit

if TYPE_CHECKING:
    from collections.abc import Sequence

# name: (module, what it is for). The text stands here, and not only at the
# command, so that `jwttool --help` imports none of them; a test compares.
COMMANDS: Final = {
    "init": ("onboarding", "Make key, CSR and configuration for a system, and list its steps."),
    "status": ("onboarding", "Check the onboarding steps against what is there now."),
    "key": ("key", "Make and examine private keys."),
    "csr": ("csr", "Make and examine certificate signing requests."),
    "cert": ("cert", "Examine certificates: fingerprints, kid, which key, bundles."),
    "assertion": ("assertion", "Mint and verify client assertions (RFC 7523)."),
    "token": ("token", "Request tokens; inspect, decrypt and verify tokens, answers and requests."),
    "qwac": ("qwac", "Read eIDAS and PSD2 certificates, and match them to a client_id."),
    "tls": ("tls", "See what a TLS server offers, which client CAs it names, and whether ours would do."),
    "sandbox": ("sandbox", "Run the four token endpoints on this machine, to try things out."),
    "demo": ("demo", "Watch the whole story: four tokens, and four refusals with their reasons."),
}

CONTEXT_SETTINGS: Final = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The names, in the order in which a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the module that holds the command."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"jwttool.cli.{COMMANDS[cmd_name][0]}")
        return cast("click.Command", getattr(module, cmd_name))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with the nearest name for one that is not there."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            if near:
                ctx.fail(f"No such command '{args[0]}'. Did you mean '{near[0]}'?")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands from the table alone."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def main(  # type: ignore[override]  # narrower on purpose: it never returns
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any
    ) -> NoReturn:
        """Run, and end the process with one of the documented exit codes."""
        arguments = list(sys.argv[1:] if args is None else args)
        extra["standalone_mode"] = False

        def command() -> object:
            return super(LazyGroup, self).main(arguments, prog_name or "jwttool", **extra)

        run_to_exit(command, arguments)


@click.group(cls=LazyGroup, context_settings=CONTEXT_SETTINGS)
@click.version_option(__version__, message="%(prog)s %(version)s")
@click.option(
    "--config",
    metavar="FILE",
    envvar="JWTTOOL_CONFIG",
    show_envvar=True,
    help="The configuration with named clients.  [default: jwttool.toml in the working folder]",
)
@click.pass_context
def root(ctx: click.Context, config: str | None) -> None:
    """Keys, certificates and client assertions for European open-banking token endpoints.

    Everything happens on this machine; only `token request` and `tls probe` reach a server, the one you name.

    \b
      jwttool init worldline            key, CSR, configuration, and the steps to take
      jwttool status                    what is left to do
      jwttool assertion mint NAME       a client assertion, alone on standard output
      jwttool assertion verify - NAME   every reason why the bank would refuse it
      jwttool token inspect -           what a token, an answer or a request is, and what is wrong
    """
    from jwttool.edge.process import harden

    harden()
    ctx.obj = config
