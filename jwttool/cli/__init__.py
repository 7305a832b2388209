"""The command line: the only code that knows click.

Nothing is imported here, so that ``jwttool --version`` and completion stay
fast; each command imports what it needs when it runs.
"""

from __future__ import annotations

INTERRUPTED = 130
"""What shells make of an end by SIGINT (128 + 2)."""


def main() -> None:
    """The console script; ends the process with one of the documented exit codes."""
    try:
        from jwttool.cli.root import root
    except KeyboardInterrupt:  # in the middle of an import, before anything was done
        raise SystemExit(INTERRUPTED) from None
    root.main(prog_name="jwttool")
