"""``python -m jwttool``."""

from jwttool.cli import main

main()
