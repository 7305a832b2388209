"""Keys, certificates, client assertions and tokens for European open-banking token endpoints.

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
    from jwttool.certificates.bundle import load_bundle, load_revocation_lists
    from jwttool.checks.chain import ChainReport, verify_chain
    from jwttool.checks.key import KeyView, judge_key
    from jwttool.checks.qwac.judge import QwacReport, check_qwac
    from jwttool.config import parse_config, parse_mapping_file
    from jwttool.csr import create_csr, describe_csr, load_csr
    from jwttool.edge.stores import open_replay_store
    from jwttool.edge.writing import write_public, write_secret
    from jwttool.eidas.describe import QwacDescription, describe_qwac
    from jwttool.eidas.mapping import ClientMapping
    from jwttool.eidas.matching import Match, match_client_id
    from jwttool.eidas.organization_identifier import OrganizationIdentifier, parse_organization_identifier
    from jwttool.eidas.request import create_psd2_csr, psd2_request
    from jwttool.errors import JwtToolError
    from jwttool.inspection import Inspection, Inspector, inspect
    from jwttool.jose import UnverifiedToken, read_compact
    from jwttool.jose.decryption import DecryptedToken, decrypt
    from jwttool.jose.jwks import load_jwks, load_token_jwks
    from jwttool.keys import (
        KeyKind,
        encrypt_pkcs8,
        generate_private_key,
        load_private_key,
        load_public_key,
        load_token_public_key,
        plain_pkcs8,
        weaknesses,
        write_pkcs12,
    )
    from jwttool.onboarding import Evidence, FileEvidence, judge_steps
    from jwttool.providers import Provider, get_provider
    from jwttool.replay import MemoryReplayStore, ReplayStore
    from jwttool.report import Check, Report, Severity, Status
    from jwttool.secret import Secret
    from jwttool.verification import (
        TokenReport,
        TokenVerifier,
        VerifiedToken,
        load_issuer_metadata,
        verify_token,
    )

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
    "certificates.bundle": ("load_bundle", "load_revocation_lists"),
    "checks.chain": ("ChainReport", "verify_chain"),
    "checks.key": ("KeyView", "judge_key"),
    "checks.qwac.judge": ("QwacReport", "check_qwac"),
    "config": ("parse_config", "parse_mapping_file"),
    "csr": ("create_csr", "describe_csr", "load_csr"),
    "edge.stores": ("open_replay_store",),
    "edge.writing": ("write_public", "write_secret"),
    "eidas.describe": ("QwacDescription", "describe_qwac"),
    "eidas.mapping": ("ClientMapping",),
    "eidas.matching": ("Match", "match_client_id"),
    "eidas.organization_identifier": ("OrganizationIdentifier", "parse_organization_identifier"),
    "eidas.request": ("create_psd2_csr", "psd2_request"),
    "errors": ("JwtToolError",),
    "inspection": ("Inspection", "Inspector", "inspect"),
    "jose": ("UnverifiedToken", "read_compact"),
    "jose.decryption": ("DecryptedToken", "decrypt"),
    "jose.jwks": ("load_jwks", "load_token_jwks"),
    "keys": (
        "KeyKind",
        "encrypt_pkcs8",
        "generate_private_key",
        "load_private_key",
        "load_public_key",
        "load_token_public_key",
        "plain_pkcs8",
        "weaknesses",
        "write_pkcs12",
    ),
    "onboarding": ("Evidence", "FileEvidence", "judge_steps"),
    "providers": ("Provider", "get_provider"),
    "replay": ("MemoryReplayStore", "ReplayStore"),
    "report": ("Check", "Report", "Severity", "Status"),
    "secret": ("Secret",),
    "verification": ("TokenReport", "TokenVerifier", "VerifiedToken", "load_issuer_metadata", "verify_token"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "ANY",
    "AssertionReport",
    "ChainReport",
    "Check",
    "ClientMapping",
    "DecryptedToken",
    "Evidence",
    "FileEvidence",
    "Inspection",
    "Inspector",
    "JwtToolError",
    "KeyKind",
    "KeyView",
    "Match",
    "MemoryReplayStore",
    "MintedAssertion",
    "OrganizationIdentifier",
    "Provider",
    "QwacDescription",
    "QwacReport",
    "ReplayStore",
    "Report",
    "Secret",
    "Severity",
    "Signer",
    "Status",
    "TokenReport",
    "TokenVerifier",
    "UnverifiedToken",
    "VerifiedAssertion",
    "VerifiedToken",
    "Verifier",
    "check_qwac",
    "create_csr",
    "create_psd2_csr",
    "decrypt",
    "describe_certificate",
    "describe_csr",
    "describe_match",
    "describe_qwac",
    "encrypt_pkcs8",
    "fingerprint",
    "fingerprints",
    "generate_private_key",
    "get_provider",
    "group_by_key",
    "identify_kid",
    "inspect",
    "judge_key",
    "judge_steps",
    "load_bundle",
    "load_certificates",
    "load_csr",
    "load_issuer_metadata",
    "load_jwks",
    "load_private_key",
    "load_public_key",
    "load_revocation_lists",
    "load_token_jwks",
    "load_token_public_key",
    "match_client_id",
    "mint",
    "mint_many",
    "open_replay_store",
    "parse_config",
    "parse_kids",
    "parse_mapping_file",
    "parse_organization_identifier",
    "plain_pkcs8",
    "psd2_request",
    "read_compact",
    "verify",
    "verify_chain",
    "verify_token",
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
