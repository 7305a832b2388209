"""The command line: the only code that knows click.

Nothing is imported here, so that ``jwttool --version`` and completion stay
fast; each command imports what it needs when it runs.
"""

from __future__ import annotations


def main() -> None:
    """The console script; ends the process with one of the documented exit codes."""
    from jwttool.cli.root import root

    root.main(prog_name="jwttool")
