"""Inspecting: one token against what reading it costs at the least, and a long stream of them."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import jwt as pyjwt

import jwttool
from tests.bench import material
from tests.bench.cold_start import ENVIRONMENT
from tests.bench.measure import Section, Target, faster, interleaved, no_longer

FEW, MANY = 10_000, 100_000
# The child tells its peak itself: what the system counts for a child begins with that of its parent.
_COMMAND = """\
import atexit, re, sys
from pathlib import Path
from jwttool.cli import main


def tell_peak():
    status = Path("/proc/self/status").read_text()
    print(re.search(r"VmHWM:\\s*(\\d+)", status)[1], file=sys.stderr)


atexit.register(tell_peak)
main()
"""


def measure() -> list[Section]:
    """One token in process, and many as a whole process."""
    return [_one(), _many()]


def _one() -> Section:
    key = material.private_key(2048)
    signer = jwttool.Signer(
        key,
        certificate=material.certificate(key),
        client_id=material.CLIENT_ID,
        audience=material.AUDIENCE,
    )
    token = signer.mint().token
    inspector = jwttool.Inspector()
    # What is measured finds nothing wrong: most tokens are right.
    assert not inspector.inspect(token).findings

    def floor() -> object:
        header, claims, _ = token.split(".")
        return json.loads(_decoded(header)), json.loads(_decoded(claims))

    def peer() -> object:
        pyjwt.get_unverified_header(token)
        return pyjwt.decode_complete(token, options={"verify_signature": False})

    seconds = interleaved(
        {
            "base64 and json.loads": floor,
            "jwttool": lambda: inspector.inspect(token),
            "PyJWT decode_complete and header": peer,
        },
        rounds=25,
        calls=1000,
    )
    return Section(
        title="Inspect",
        note="One signed token. The floor decodes base64 and JSON of header and claims, with neither "
        "strictness nor findings; PyJWT decodes without verifying, and reads the header.",
        seconds=seconds,
        targets=(
            no_longer(seconds, "jwttool", "base64 and json.loads", 3.0),
            faster(seconds, "jwttool", "PyJWT decode_complete and header", 1.0),
        ),
    )


def _decoded(segment: str) -> bytes:
    return base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))


# --- many ---------------------------------------------------------------------


def _many() -> Section:
    tokens = _tokens(MANY)
    with tempfile.TemporaryDirectory() as folder:
        few, many = (_file(Path(folder), tokens[:count]) for count in (FEW, MANY))
        _stream(few)  # warm: compiled files
        in_process = _in_process(tokens)
        _, few_memory = _stream(few)
        whole, many_memory = _stream(many)
    seconds = {"in process": in_process / MANY, "token inspect --lines": whole / MANY}
    return Section(
        title="Inspect, many",
        note=f"{MANY:,} tokens, one a line: the whole process, its start and its JSON included, and the bare "
        f"inspection in a loop. The peak of memory is compared with that of {FEW:,} lines "
        f"({few_memory / 1024:.0f} and {many_memory / 1024:.0f} MiB).",
        seconds=seconds,
        targets=(
            faster(seconds, "token inspect --lines", "in process", 0.5),
            Target(
                f"peak memory of {MANY:,} lines: at most 1.05 times that of {FEW:,}",
                many_memory / few_memory,
                1.05,
                at_least=False,
            ),
        ),
    )


def _tokens(count: int) -> Sequence[str]:
    """Tokens that differ; their signatures are random, since nobody looks at them."""
    now = int(time.time())
    header = _encoded(b'{"alg":"RS256","kid":"B4E11A49EE0D1239E7F784919B91DF577E839385","typ":"JWT"}')
    made = []
    for number in range(count):
        claims = {
            "iss": material.CLIENT_ID,
            "sub": material.CLIENT_ID,
            "aud": material.AUDIENCE,
            "iat": now,
            "exp": now + 3600,
            "jti": f"token-{number}",
        }
        made.append(f"{header}.{_encoded(json.dumps(claims).encode())}.{_encoded(os.urandom(256))}")
    return made


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _file(folder: Path, tokens: Sequence[str]) -> Path:
    path = folder / f"{len(tokens)}.txt"
    path.write_text("".join(f"{token}\n" for token in tokens))
    return path


def _in_process(tokens: Sequence[str]) -> float:
    inspector = jwttool.Inspector()
    begun = time.perf_counter()
    for token in tokens:
        inspector.inspect(token)
    return time.perf_counter() - begun


def _stream(path: Path) -> tuple[float, int]:
    """Seconds of a whole process, and its peak of memory in KiB."""
    command = [sys.executable, "-c", _COMMAND, "token", "inspect", f"@{path}", "--lines"]
    begun = time.perf_counter()
    done = subprocess.run(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=ENVIRONMENT, check=True, text=True
    )
    return time.perf_counter() - begun, int(done.stderr)
