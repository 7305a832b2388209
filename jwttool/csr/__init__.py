"""Certificate signing requests: made, read, described."""

from __future__ import annotations

from jwttool.csr.create import USAGES, KeyUsageChoice, create_csr
from jwttool.csr.holders import KeyHolder, holders_need_passphrase, load_key_holders
from jwttool.csr.read import CsrDescription, describe_csr, load_csr
from jwttool.csr.subject import parse_subject

__all__ = [
    "USAGES",
    "CsrDescription",
    "KeyHolder",
    "KeyUsageChoice",
    "create_csr",
    "describe_csr",
    "holders_need_passphrase",
    "load_csr",
    "load_key_holders",
    "parse_subject",
]
