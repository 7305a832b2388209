"""A real Redis server for tests and benchmarks: on loopback, in a temporary folder, remembering nothing."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import redis

_ATTEMPTS = 5


@contextlib.contextmanager
def running(program: str, *options: str, tls: dict[str, Path] | None = None) -> Iterator[int]:
    """A server of its own, by its port; it is killed at the end.

    ``tls`` has the files ``cert``, ``key`` and ``ca``; then it speaks TLS alone.
    """
    with tempfile.TemporaryDirectory(prefix="jwttool-redis-") as folder:
        for _ in range(_ATTEMPTS):  # another program may take the port before it does
            port = free_port()
            listen = ["--port", str(port)]
            if tls is not None:
                listen = ["--port", "0", "--tls-port", str(port), "--tls-auth-clients", "no"]
                listen += ["--tls-cert-file", str(tls["cert"]), "--tls-key-file", str(tls["key"])]
                listen += ["--tls-ca-cert-file", str(tls["ca"])]
            command = [program, *listen, "--bind", "127.0.0.1", "--dir", folder, *options]
            command += ["--save", "", "--appendonly", "no", "--daemonize", "no"]
            server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            try:
                if _is_ready(server):
                    yield port
                    return
            finally:
                server.kill()
                server.communicate()
        raise RuntimeError(f"{program} does not start")


def _is_ready(server: subprocess.Popen[bytes]) -> bool:
    """Whether it says that it takes connections; it ends by itself where it cannot."""
    assert server.stdout is not None
    return any(b"Ready to accept connections" in line for line in server.stdout)


def free_port() -> int:
    """A port on loopback where nothing listens at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def client(port: int) -> redis.Redis:
    """The client library's own, without anything of ours."""
    import redis  # few tests wait for it

    return redis.Redis(host="127.0.0.1", port=port, protocol=2)
