"""Fixtures that many tests share: keys made once, and the command line in process."""

from __future__ import annotations

import io
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import HealthCheck, settings

from tests import redis_server
from tests.tools import require_tool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

# Deadlines are clocks, and these machines are noisy.
settings.register_profile("jwttool", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("jwttool")


@pytest.fixture(scope="session")
def rsa_key() -> RSAPrivateKey:
    """An RSA key of 2048 bits."""
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="session")
def other_rsa_key() -> RSAPrivateKey:
    """Another one."""
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="session")
def weak_rsa_key() -> RSAPrivateKey:
    """One of 1024 bits."""
    return rsa.generate_private_key(65537, 1024)  # weak on purpose


@pytest.fixture(scope="session")
def ec_key() -> EllipticCurvePrivateKey:
    """A key on P-256."""
    return ec.generate_private_key(ec.SECP256R1())


@pytest.fixture(scope="session")
def redis_port() -> Iterator[int]:
    """The port of a real Redis server."""
    with redis_server.running(require_tool("redis-server")) as port:
        yield port


@dataclass(frozen=True)
class Outcome:
    """What a command said, and how it ended."""

    exit_code: int
    stdout: str
    stderr: str


class Cli(Protocol):
    """Runs the command line in this process."""

    def __call__(self, *arguments: Any, stdin: bytes | str = b"") -> Outcome: ...


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    """The real console entry, with captured streams and no terminal."""
    from jwttool.cli.root import root

    monkeypatch.delenv("JWTTOOL_CONFIG", raising=False)

    def run(*arguments: Any, stdin: bytes | str = b"") -> Outcome:
        data = stdin.encode() if isinstance(stdin, str) else stdin
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            root.main([os.fspath(item) if isinstance(item, os.PathLike) else str(item) for item in arguments])
        captured = capsys.readouterr()
        code = ended.value.code
        assert isinstance(code, int)
        return Outcome(int(code), captured.out, captured.err)

    return run
