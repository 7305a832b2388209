"""The benchmarks: ``make bench``, or ``python -m tests.bench.run [--write] [SECTION]...``.

Prints a table a section; with --write, keeps them in docs/performance.md. Ends
with 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Final

from tests.bench.measure import Section

SECTIONS: Final = (
    "mint",
    "verify",
    "access_token",
    "inspection",
    "qwac",
    "cold_start",
    "request",
    "replay",
    "sandbox",
    "refusals",
)
PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "performance.md"
BEGIN: Final = "<!-- Measured by `make bench ARGS=--write`; a change here would be lost. -->\n"
END: Final = "<!-- End of what was measured. -->\n"


def main(arguments: list[str]) -> int:
    """Run the sections that are named, or all; the exit code."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument(
        "sections", nargs="*", metavar="SECTION", help=f"{', '.join(SECTIONS)} (default: all)"
    )
    parser.add_argument("--write", action="store_true", help="keep the tables in docs/performance.md")
    chosen = parser.parse_args(arguments)
    names = chosen.sections or SECTIONS
    if unknown := set(names) - set(SECTIONS):
        parser.error(f"no section {', '.join(sorted(unknown))}")
    if chosen.write and set(names) != set(SECTIONS):
        parser.error("--write keeps all sections, so none can be left out")

    print(conditions())
    sections: list[Section] = []
    for name in names:
        found: list[Section] = importlib.import_module(f"tests.bench.{name}").measure()
        for section in found:
            print(table(section), flush=True)
        sections += found
    if chosen.write:
        text = "\n".join([conditions(), *map(table, sections)])
        PAGE.write_text(replaced(PAGE.read_text(encoding="utf-8"), text), encoding="utf-8")
    return 0 if all(target.met for section in sections for target in section.targets) else 1


def conditions() -> str:
    """What was measured on what."""
    packages = ("cryptography", "joserfc", "click", "PyJWT", "jwcrypto", "Authlib")
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    return f"Python {platform.python_version()}, {os.cpu_count()} cores, {versions}.\n"


def table(section: Section) -> str:
    """A section as Markdown, which is readable on a terminal too."""
    candidates = [
        (name, duration(seconds), f"{1 / seconds:,.0f}") for name, seconds in section.seconds.items()
    ]
    targets = [
        (target.name, f"{target.ratio:.2f}", "met" if target.met else "missed") for target in section.targets
    ]
    return "\n".join(
        [
            f"### {section.title}\n\n{section.note}\n",
            grid(("candidate", "time", "a second"), candidates),
            grid(("target", "measured", "result"), targets),
        ]
    )


def grid(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A Markdown table whose columns line up."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    rule = tuple("-" * width for width in widths)
    lines = (
        " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in (head, rule, *rows)
    )
    return "".join(f"| {line} |\n" for line in lines)


def duration(seconds: float) -> str:
    """A short time in the unit that suits it."""
    return f"{seconds * 1e3:.1f} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.1f} us"


def replaced(page: str, text: str) -> str:
    """The page with another text between its two markers.

    :raises ValueError: when the page lacks a marker.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{PAGE.name} lacks the markers between which the tables belong")
    return f"{before}{BEGIN}\n{text}\n{END}{after}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
