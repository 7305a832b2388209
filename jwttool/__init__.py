"""Keys, certificates and client assertions for European open-banking token endpoints.

Everything that the command line does is here with one call each. The names are
fetched when they are first used, so that ``import jwttool`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jwttool.assertion import (
        ANY,
        AssertionReport,
        MintedAssertion,
        Signer,
        VerifiedAssertion,
        Verifier,
        mint,
        mint_many,
        verify,
    )
    from jwttool.certificates import (
        describe_certificate,
        describe_match,
        fingerprint,
        fingerprints,
        group_by_key,
        identify_kid,
        load_certificates,
        parse_kids,
    )
    from jwttool.checks.key import KeyView, judge_key
    from jwttool.config import parse_config
    from jwttool.csr import create_csr, describe_csr, load_csr
    from jwttool.edge.writing import write_public, write_secret
    from jwttool.errors import JwtToolError
    from jwttool.jose import UnverifiedToken, read_compact
    from jwttool.jose.jwks import load_jwks
    from jwttool.keys import (
        KeyKind,
        encrypt_pkcs8,
        generate_private_key,
        load_private_key,
        load_public_key,
        plain_pkcs8,
        weaknesses,
        write_pkcs12,
    )
    from jwttool.onboarding import Evidence, FileEvidence, judge_steps
    from jwttool.providers import Provider, get_provider
    from jwttool.report import Check, Report, Severity, Status
    from jwttool.secret import Secret

__version__ = "0.1.0"

_HOMES = {
    "assertion": (
        "ANY",
        "AssertionReport",
        "MintedAssertion",
        "Signer",
        "VerifiedAssertion",
        "Verifier",
        "mint",
        "mint_many",
        "verify",
    ),
    "certificates": (
        "describe_certificate",
        "describe_match",
        "fingerprint",
        "fingerprints",
        "group_by_key",
        "identify_kid",
        "load_certificates",
        "parse_kids",
    ),
    "checks.key": ("KeyView", "judge_key"),
    "config": ("parse_config",),
    "csr": ("create_csr", "describe_csr", "load_csr"),
    "edge.writing": ("write_public", "write_secret"),
    "errors": ("JwtToolError",),
    "jose": ("UnverifiedToken", "read_compact"),
    "jose.jwks": ("load_jwks",),
    "keys": (
        "KeyKind",
        "encrypt_pkcs8",
        "generate_private_key",
        "load_private_key",
        "load_public_key",
        "plain_pkcs8",
        "weaknesses",
        "write_pkcs12",
    ),
    "onboarding": ("Evidence", "FileEvidence", "judge_steps"),
    "providers": ("Provider", "get_provider"),
    "report": ("Check", "Report", "Severity", "Status"),
    "secret": ("Secret",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "ANY",
    "AssertionReport",
    "Check",
    "Evidence",
    "FileEvidence",
    "JwtToolError",
    "KeyKind",
    "KeyView",
    "MintedAssertion",
    "Provider",
    "Report",
    "Secret",
    "Severity",
    "Signer",
    "Status",
    "UnverifiedToken",
    "VerifiedAssertion",
    "Verifier",
    "create_csr",
    "describe_certificate",
    "describe_csr",
    "describe_match",
    "encrypt_pkcs8",
    "fingerprint",
    "fingerprints",
    "generate_private_key",
    "get_provider",
    "group_by_key",
    "identify_kid",
    "judge_key",
    "judge_steps",
    "load_certificates",
    "load_csr",
    "load_jwks",
    "load_private_key",
    "load_public_key",
    "mint",
    "mint_many",
    "parse_config",
    "parse_kids",
    "plain_pkcs8",
    "read_compact",
    "verify",
    "weaknesses",
    "write_pkcs12",
    "write_public",
    "write_secret",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'jwttool' has no attribute {name!r}")
    return getattr(import_module(f"jwttool.{_HOME_OF[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
