"""How many assertions the sandbox verifies a second over kept-alive TLS connections, on one core."""

from __future__ import annotations

import http.client
import os
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

import jwttool
from jwttool.config import parse_config
from jwttool.edge.material import read_private_key
from jwttool.edge.passphrases import PassphraseSource
from jwttool.sandbox import worldline
from tests.bench.measure import Section, Target
from tests.sandbox import jwttool_certificate

if TYPE_CHECKING:
    from collections.abc import Iterator

ASSERTIONS: Final = 1200
CONNECTIONS: Final = 4
ROUNDS: Final = 3
WANTED: Final = 300
_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}


def measure() -> list[Section]:
    """Tokens for fresh assertions, each verified in full and remembered in SQLite."""
    with tempfile.TemporaryDirectory() as folder, _server(Path(folder)) as base:
        best = min(_round(Path(folder), base) for _ in range(ROUNDS))
    seconds = {"one assertion, its token signed": best}
    return [
        Section(
            title="Sandbox",
            note="Worldline's endpoint of `jwttool sandbox --dir DIR`, a process on one core: "
            f"{ASSERTIONS:,} assertions (RS256, 2048 bits) over {CONNECTIONS} kept-alive TLS connections, "
            "each verified with all checks, remembered in SQLite, and answered with a signed token.",
            seconds=seconds,
            targets=(
                Target(
                    f"at least {WANTED} assertions a second, in hundreds",
                    1 / best / 100,
                    WANTED / 100,
                    at_least=True,
                ),
            ),
        )
    ]


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "jwttool", "sandbox", "--quiet", "--dir", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        base = process.stdout.readline().strip()
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(process.pid, {cores[0]})
        yield base
    finally:
        process.terminate()
        process.communicate(timeout=60)


def _round(folder: Path, base: str) -> float:
    """Seconds an assertion."""
    bodies = _bodies(folder, base)
    context = ssl.create_default_context(cafile=str(folder / "ca.pem"))
    host = base.removeprefix("https://")
    connections = [http.client.HTTPSConnection(host, context=context) for _ in range(CONNECTIONS)]
    for connection in connections:
        connection.connect()
    failed: list[int] = []

    def send(number: int) -> None:
        connection = connections[number]
        for body in bodies[number::CONNECTIONS]:
            connection.request("POST", worldline.PATH, body, _FORM)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                failed.append(answer.status)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(CONNECTIONS)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = time.perf_counter() - begun
    for connection in connections:
        connection.close()
    assert not failed, failed[:5]
    return taken / len(bodies)


def _bodies(folder: Path, base: str) -> list[bytes]:
    """The forms, whose assertions are made before anything is measured."""
    path = folder / "jwttool.toml"
    client = parse_config(path.read_bytes(), path).client("worldline-test")
    assert client.key is not None
    assert client.certificate is not None
    assert client.client_id is not None
    signer = jwttool.Signer(
        read_private_key(client.key, PassphraseSource()).private_key,
        client_id=client.client_id,
        audience=base + worldline.ROOT,
        certificate=jwttool_certificate(client.certificate),
    )
    minted = jwttool.mint_many(signer, ASSERTIONS)
    return [urlencode(each.form("VOP")).encode() for each in minted]
