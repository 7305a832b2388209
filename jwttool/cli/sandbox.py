"""``jwttool sandbox``: the four token endpoints on this machine."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from jwttool.edge.terminal import notice, print_product, warn
from jwttool.encoding import printable
from jwttool.errors import SurroundingsError

if TYPE_CHECKING:
    from types import ModuleType

    from jwttool.sandbox.server.running import Sandbox

_MOST_PORT: Final = 65535


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, _MOST_PORT),
    default=0,
    show_default="a free one",
    metavar="N",
    help="The port to listen on; 0 takes a free one.",
)
@click.option(
    "--dir",
    "directory",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Keep keys, certificates and clients in this folder.  [default: a temporary one]",
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    metavar="ADDRESS",
    help="The address to listen on; another than this machine's own lets others in.",
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="FAULT",
    help="Go wrong at every request: 500, 503, slow[=S], clock-skew[=S], stale-key, wrong-content-type.",
)
@click.option("--quiet", is_flag=True, help="No line for each request.")
def sandbox(port: int, directory: Path | None, host: str, faults: tuple[str, ...], quiet: bool) -> None:
    """Run the four token endpoints on this machine, to try things out.

    OP, Worldline, Konsentus and a bank on STET: strict, and they explain. Why a
    request is refused stands in the log, and in the header Jwttool-Sandbox-Reason
    of the answer. DIR/jwttool.toml has a client of each system, ready for
    `jwttool token request`. The certificates and tokens are worth nothing. The
    URL is printed; Ctrl-C ends it.

    \b
      jwttool sandbox --dir play --port 8443
      jwttool token request op-sandbox --config play/jwttool.toml
      curl --cacert play/ca.pem --data-binary @my.csr "https://127.0.0.1:8443/sandbox/csr?client=op-sandbox"
      jwttool sandbox --fault clock-skew=-300
    """
    from jwttool.sandbox.faults import parse_fault

    asked = tuple(map(parse_fault, faults))
    running = _server()

    def ready(started: Sandbox) -> None:
        for line in _told(started):
            notice(line)
        # Alone on standard output, and at once: a script waits for it.
        print_product(started.base)
        with contextlib.suppress(OSError, ValueError, AttributeError):
            sys.stdout.flush()

    from jwttool.checks.sending.settings import is_loopback

    if not is_loopback(host):
        warn(
            f"listening on {host}: everybody who reaches this machine can get certificates and tokens here, "
            "and play any client whose files they can read; --host 127.0.0.1 keeps it to this machine"
        )
    running.serve(
        running.Options(
            folder=directory, host=host, port=port, faults=asked, log=running.no_log if quiet else _log
        ),
        ready,
    )


def _server() -> ModuleType:
    """The server's module, which is imported late.

    :raises SurroundingsError: aiohttp is not installed.
    """
    try:
        import aiohttp  # noqa: F401  # said here, and not when the first request comes
    except ModuleNotFoundError:
        raise SurroundingsError(
            "the sandbox needs the package aiohttp, which is not installed",
            hint="pip install 'jwttool[sandbox]'",
        ) from None
    from jwttool.sandbox.server import running

    return running


def _told(started: Sandbox) -> list[str]:
    names = ", ".join(started.clients)
    return [
        f"the sandbox listens on {started.base}; GET {started.base}/sandbox says what there is",
        f"its CA is {started.authority}, its clients are in {started.config}: {names}",
        f"POST a CSR to /sandbox/csr?client=NAME, or put it into {started.file('inbox')} as NAME.csr",
    ]


def _log(line: str) -> None:
    # A closed or full standard error must not end the server.
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(f"{printable(line, 2000)}\n")
        sys.stderr.flush()
