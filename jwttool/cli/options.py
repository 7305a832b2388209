"""Options that several commands share, each defined once."""

from __future__ import annotations

import functools
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from jwttool.edge.passphrases import PassphraseSource
from jwttool.errors import InputError, JwtToolError
from jwttool.times import parse_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from click.shell_completion import CompletionItem

F = TypeVar("F", bound="Callable[..., Any]")

TEXT: Final = "text"
JSON: Final = "json"


class TimeType(click.ParamType[datetime]):
    """A point in time: RFC 3339, Unix seconds, or relative to now."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Turn the argument into an aware UTC time."""
        if isinstance(value, datetime):
            return value
        try:
            return parse_time(value, datetime.now(UTC))
        except InputError as error:
            self.fail(f"{error.message}: {error.hint}", param, ctx)


class FileName(click.ParamType[str]):
    """The name of a file or a folder, which a shell completes; ``-`` is standard input or output."""

    name = "file"

    def __init__(self, *, folder: bool = False) -> None:
        self._completion = "dir" if folder else "file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Refuse the empty name, which a shell makes of a variable that is not set."""
        if not value:
            self.fail("the name of the file is empty.", param, ctx)
        return str(value)

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002
        param: click.Parameter,  # noqa: ARG002
        incomplete: str,
    ) -> list[CompletionItem]:
        """Leave it to the shell, which knows the files."""
        from click.shell_completion import CompletionItem

        return [CompletionItem(incomplete, type=self._completion)]


class ProviderName(click.ParamType[str]):
    """The name of a system; whether there is one of that name is told when it is used."""

    name = "provider"

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002
        param: click.Parameter,  # noqa: ARG002
        incomplete: str,
    ) -> list[CompletionItem]:
        """The systems that are built in or installed."""
        from jwttool.providers import provider_names

        return _completions(provider_names(), incomplete)


class ClientName(click.ParamType[str]):
    """The name of a client of jwttool.toml; whether there is one is told when it is used."""

    name = "client"

    def shell_complete(
        self,
        ctx: click.Context,
        param: click.Parameter,  # noqa: ARG002
        incomplete: str,
    ) -> list[CompletionItem]:
        """The clients of the configuration; none where it cannot be read: nobody asked to hear of it now."""
        from jwttool.edge.material import read_config

        # The callback of the root command, which passes its --config on, has not run.
        config = ctx.params.get("config") or ctx.find_root().params.get("config")
        try:
            return _completions(read_config(config).clients, incomplete)
        except JwtToolError:
            return []


def _completions(names: Iterable[str], incomplete: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def format_option(command: F) -> F:
    """``--format text|json``, as ``output_format``."""
    return click.option(
        "--format",
        "output_format",
        type=click.Choice([TEXT, JSON]),
        default=TEXT,
        show_default=True,
        help="For people, or one JSON object for programs.",
    )(command)


def at_option(command: F) -> F:
    """``--at TIME``, as ``at``: an aware UTC time, the present by default."""
    return click.option(
        "--at",
        type=TimeType(),
        metavar="TIME",
        default=lambda: datetime.now(UTC),
        show_default="now",
        help="Judge as of this time: RFC 3339, Unix seconds, or relative (+30m, -2d).",
    )(command)


def judged_at(ctx: click.Context, at: datetime) -> datetime:
    """The time that was given; without one the present, after what had to be waited for: standard input."""
    given = ctx.get_parameter_source("at") is not click.core.ParameterSource.DEFAULT
    return at if given else datetime.now(UTC)


def config_option(command: F) -> F:
    """``--config FILE`` after the command too; the nearer one wins."""
    return config_option_for("CLIENT stands")(command)


def config_option_for(what: str) -> Callable[[F], F]:
    """The same for a command that looks for something else in it: what, and its verb."""
    return click.option(
        "--config",
        type=FileName(),
        metavar="FILE",
        help=f"The configuration that {what} in.  [default: jwttool.toml]",
    )


def passphrase_options(command: F) -> F:
    """The three sources of a passphrase, as one ``passphrase: PassphraseSource``."""
    return _passphrase_options("", "passphrase", "The passphrase")(command)


def prefixed_passphrase_options(prefix: str, what: str) -> Callable[[F], F]:
    """The same for a second passphrase: ``--PREFIX-passphrase-file`` and so on."""
    return _passphrase_options(f"{prefix}-", f"{prefix}_passphrase", what)


def _passphrase_options(prefix: str, name: str, what: str) -> Callable[[F], F]:
    flags = [f"--{prefix}passphrase-{kind}" for kind in ("file", "fd", "env")]
    hint = f"name one with {flags[0]}, {flags[1]} or {flags[2]}"

    def decorate(command: F) -> F:
        @functools.wraps(command)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            file, descriptor, variable = (kwargs.pop(f"{name}_{kind}") for kind in ("file", "fd", "env"))
            kwargs[name] = PassphraseSource(file, descriptor, variable, hint)
            return command(*args, **kwargs)

        options = (
            click.option(
                flags[0],
                f"{name}_file",
                type=FileName(),
                metavar="FILE",
                help=f"{what} is the first line of FILE.",
            ),
            click.option(
                flags[1],
                f"{name}_fd",
                type=click.IntRange(min=0),
                metavar="N",
                help=f"{what} is read from file descriptor N.",
            ),
            click.option(
                flags[2],
                f"{name}_env",
                metavar="NAME",
                help=f"{what} is in the environment variable NAME.",
            ),
        )
        result: Any = wrapped
        for option in reversed(options):
            result = option(result)
        return result  # type: ignore[no-any-return]

    return decorate


def force_option(command: F) -> F:
    """``--force``: replace an existing file."""
    return click.option("--force", is_flag=True, help="Replace a file that exists.")(command)
