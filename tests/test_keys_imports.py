"""What a cold start pays for: each import stands where it is needed."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import jwttool.keys
from tests import issue

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cryptography.hazmat.primitives.asymmetric import rsa

SERIALIZATION = "cryptography.hazmat.primitives.serialization"
ASN1 = "cryptography.hazmat.asn1"
HEAVY = ("joserfc", "cryptography.x509", ASN1, SERIALIZATION)


def imported(program: str, *arguments: str | Path) -> set[str]:
    """Which of the heavy modules a program imports."""
    program += f"\nimport sys; print(*[name for name in {HEAVY!r} if name in sys.modules], sep='\\n')"
    command = [sys.executable, "-c", program, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, check=True, text=True, timeout=60)
    return set(done.stdout.split())


LOAD = """
import sys
from pathlib import Path
from jwttool.keys import load_private_key
from jwttool.secret import Secret
load_private_key(Path(sys.argv[1]).read_bytes(), Secret(b"secret"))
"""
NAME = """
import sys
from pathlib import Path
from jwttool.keys import jwk_thumbprint, public_key_from_jwk, weaknesses
key = public_key_from_jwk({"kty": "RSA", "e": "AQAB", "n": "_" * 341 + "w"})
jwk_thumbprint(key), weaknesses(key)
"""


def test_the_package_itself_costs_nothing() -> None:
    assert imported("import jwttool.keys") == set()


def test_naming_a_public_key_does_not_load_the_reading_of_files() -> None:
    assert imported(NAME) == set()


def test_reading_a_key_in_the_clear_needs_serialization_alone(
    rsa_key: rsa.RSAPrivateKey, tmp_path: Path
) -> None:
    (tmp_path / "key.pem").write_bytes(issue.key_pem(rsa_key))
    assert imported(LOAD, tmp_path / "key.pem") == {SERIALIZATION}


def test_reading_an_encrypted_key_needs_asn1(rsa_key: rsa.RSAPrivateKey, tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_bytes(issue.key_pem(rsa_key, b"secret"))
    assert imported(LOAD, tmp_path / "key.pem") == {SERIALIZATION, "cryptography.x509", ASN1}


# --- the lazy names -----------------------------------------------------------


def lazy_names() -> Iterable[tuple[str, str]]:
    """Name and module, as a type checker sees them."""
    tree = ast.parse(Path(jwttool.keys.__file__).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("jwttool.keys."):
            for alias in node.names:
                yield alias.name, str(node.module)


def test_what_a_type_checker_sees_is_what_is_there() -> None:
    names = dict(lazy_names())
    assert sorted(names) == sorted(jwttool.keys.__all__)
    for name, module in names.items():
        assert getattr(jwttool.keys, name) is getattr(importlib.import_module(module), name)


def test_another_name_is_an_ordinary_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'another'"):
        jwttool.keys.another  # type: ignore[attr-defined]  # noqa: B018
