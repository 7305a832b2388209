"""Throwaway certificates for tests: sound QWACs and QSealCs, and every oddity that is met in the wild.

::

    keys = new_keys()
    world = new_world(keys, at=datetime.now(UTC))
    certificate = issue("nca-mismatch", world)

They are worth nothing: nobody trusts the root, and the companies do not exist.
"""

from __future__ import annotations

from jwttool.sandbox.certificates.issue import (
    CRL_DAYS,
    FOREIGN_CHARACTERS,
    Keys,
    World,
    files,
    issue,
    new_keys,
    new_world,
    revocation_list,
)
from jwttool.sandbox.certificates.oddities import SPECIMENS
from jwttool.sandbox.certificates.recipe import Recipe, Signer, serial_number
from jwttool.sandbox.certificates.specimen import Specimen

__all__ = [
    "CRL_DAYS",
    "FOREIGN_CHARACTERS",
    "SPECIMENS",
    "Keys",
    "Recipe",
    "Signer",
    "Specimen",
    "World",
    "files",
    "issue",
    "new_keys",
    "new_world",
    "revocation_list",
    "serial_number",
]
