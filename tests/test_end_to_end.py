"""The whole way through the sandbox, as a user goes it: `jwttool` and curl in processes of their own.

After each way, nothing secret has been seen where other users of the machine could look.
"""

from __future__ import annotations

import functools
import json
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA1

from jwttool.sandbox.server.running import Options
from jwttool.sandbox.server.running import running as sandbox_running
from tests import issue
from tests.shell import Done, User
from tests.tools import require_tool

if TYPE_CHECKING:
    from jwttool.sandbox.server.running import Sandbox

NAMES = {
    "op": "op-sandbox",
    "worldline": "worldline-test",
    "konsentus": "konsentus-sandbox",
    "stet": "stet",
}


def test_the_watch_sees_what_is_shown(tmp_path: Path) -> None:
    user = User(tmp_path, secrets={"a secret of the tests"})
    user.nothing_leaked()
    loose = tmp_path / "loose"
    loose.write_text("here: a secret of the tests")
    loose.chmod(0o640)
    with pytest.raises(AssertionError, match="a secret was seen"):
        user.nothing_leaked()
    loose.unlink()
    user.forget()
    user.nothing_leaked()
    user.said.append("here: a secret of the tests")
    with pytest.raises(AssertionError, match="a secret was seen"):
        user.nothing_leaked()
    user.forget()
    command = [sys.executable, "-c", "input()", "a secret of the tests"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, text=True) as process:
        with pytest.raises(AssertionError, match="a secret was seen"):
            user.nothing_leaked()
        process.communicate("\n")
    assert user.has_seen("input()", "a secret of the tests")


@dataclass
class Town:
    """The sandbox, and a user whose configuration is the sandbox's with other places for what changes."""

    sandbox: Sandbox
    user: User

    def settle(self) -> None:
        """Copy what the clients need, so that each test has its own; OP's key under a passphrase."""
        for name in ("clients", "issued", "secrets"):
            shutil.copytree(self.sandbox.file(name), self.user.folder / name)
        for name in ("ca.pem", "jwttool.toml"):
            shutil.copy(self.sandbox.file(name), self.user.folder)
        for path in (self.user.folder / "secrets").iterdir():
            self.user.secrets.add(path.read_text().strip())
        for path in (self.user.folder / "clients").iterdir():
            self.user.secrets.add(path.read_text().splitlines()[3])
        self.user.secret("op.pass", "c4n4ry passphrase of OP's key\n")
        key = self.user.folder / "clients" / "op-sandbox.key"
        locking = ("-topk8", "-in", key, "-out", "locked.key", "-passout", "file:op.pass")
        done = self.user.run(require_tool("openssl"), "pkcs8", *locking)
        assert done.code == 0, done.err
        (self.user.folder / "locked.key").replace(key)
        key.chmod(0o600)
        line = 'tls_key = "clients/op-sandbox.key"'
        self.change(line, f'{line}\ntls_passphrase = {{ file = "op.pass" }}')

    def change(self, old: str, new: str) -> None:
        """Another line in the configuration."""
        file = self.user.folder / "jwttool.toml"
        text = file.read_text()
        assert text.count(old) == 1
        file.write_text(text.replace(old, new))

    def code(self, system: str) -> list[str]:
        """The arguments for a fresh code, where the system wants one."""
        if system == "konsentus":
            self.user.secret("code.txt", self.sandbox.konsentus_code() + "\n")
        elif system == "stet":
            url = self.user.good("token", "request", "stet", "--authorize").out.strip()
            assert stat.S_IMODE((self.user.folder / ".stet.authorization").stat().st_mode) == 0o600
            call = ("-sS", "-o", "/dev/null", "-w", "%{redirect_url}", "--cacert", "ca.pem", url)
            back = self.user.run(require_tool("curl"), *call).out
            self.user.secret("code.txt", back + "\n")
            self.user.secrets.add(parse_qs(urlsplit(back).query)["code"][0])
        else:
            return []
        return ["--code-file", "code.txt"]

    def ask(self, system: str, *more: str) -> Done:
        return self.user.jwttool("token", "request", NAMES[system], *more)

    def refused(self, system: str, *more: str) -> str:
        done = self.ask(system, *more)
        assert (done.code, done.out) == (1, "")
        assert f"No token: 127.0.0.1:{self.sandbox.port} answered " in done.err
        assert "FAIL  answer-error" in done.err
        assert "try: " in done.err
        self.user.nothing_leaked()
        return done.err


@pytest.fixture(scope="module")
def looking() -> list[User]:
    """Who looks around while the sandbox has a request in hand."""
    return []


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory, looking: list[User]) -> Iterator[Sandbox]:
    def clock() -> datetime:
        # The sandbox asks for the time when a request has come and before it answers: its client is alive.
        for user in looking:
            user.look()
        return datetime.now(UTC)

    with sandbox_running(Options(folder=tmp_path_factory.mktemp("sandbox"), clock=clock)) as running:
        yield running


@pytest.fixture
def town(sandbox: Sandbox, looking: list[User], tmp_path: Path) -> Iterator[Town]:
    made = Town(sandbox, User(tmp_path))
    made.settle()
    looking.append(made.user)
    yield made
    looking.remove(made.user)


KINDS = {"op": "jwe", "worldline": "jws", "konsentus": "opaque", "stet": "jws"}


@pytest.mark.parametrize("system", NAMES)
def test_the_sandbox_hands_over_a_token_and_curl_gets_its_like(town: Town, system: str) -> None:
    done = town.ask(system, *town.code(system), "-o", "token.txt")
    assert (done.code, done.out) == (0, ""), done.err
    token = town.user.token("token.txt")
    kept = town.user.folder / ".stet.refresh-token"
    assert kept.exists() is (system == "stet")
    if kept.exists():
        town.user.token(kept.name)
    own = town.user.inspect(token)
    assert own["kind"] == KINDS[system]

    way = ["--refresh"] if system == "stet" else town.code(system)
    printed = town.ask(system, *way, "--dry-run", "-o", "curl.conf")
    assert (printed.code, printed.out) == (0, "curl --disable --config curl.conf\n"), printed.err
    answer = town.user.curl()
    assert answer.code == 0, answer.err
    body = json.loads(answer.out.partition("\n\n")[2])
    place = "data.access_token" if system == "konsentus" else "access_token"
    theirs = functools.reduce(lambda value, name: value[name], place.split("."), body)
    town.user.secrets.add(theirs)
    assert theirs != token

    inspected = town.user.inspect(answer.out)
    assert inspected["status"] == (201 if system == "konsentus" else 200)
    assert inspected["system"] == system
    assert not [finding for finding in inspected["findings"] if finding["status"] == "fail"]
    like = inspected["tokens"][place]
    assert (like["kind"], like["form"], like["system"]) == (own["kind"], own["form"], own["system"])
    assert (like["header"] or {}).keys() == (own["header"] or {}).keys()
    assert (like["claims"] or {}).keys() == (own["claims"] or {}).keys()
    town.user.nothing_leaked()
    # Not in vain: both were seen at work, while the sandbox had their requests.
    assert town.user.has_seen("jwttool token request", NAMES[system], "-o token.txt")
    assert town.user.has_seen("curl --disable --config curl.conf")


@pytest.mark.parametrize("system", NAMES)
def test_the_token_alone_comes_out_and_a_shell_can_take_it(town: Town, system: str) -> None:
    done = town.ask(system, *town.code(system))
    assert done.code == 0, done.err
    (token,) = done.out.splitlines()
    town.user.secrets.add(token)
    assert town.user.inspect(token)["kind"] == KINDS[system]
    town.user.nothing_leaked()


def test_op_refuses_another_secret(town: Town) -> None:
    (town.user.folder / "secrets" / "op-sandbox.secret").write_text("c4n4ry-another-secret\n")
    town.user.secrets.add("c4n4ry-another-secret")
    said = town.refused("op")
    assert "answered 403" in said


def test_op_is_not_asked_with_a_passphrase_that_is_wrong(town: Town) -> None:
    town.user.secret("op.pass", "c4n4ry of another passphrase\n")
    done = town.ask("op")
    assert (done.out, done.code) == ("", 3)
    assert "passphrase" in done.err
    town.user.nothing_leaked()


def test_worldline_refuses_another_key(town: Town) -> None:
    (town.user.folder / "clients" / "worldline-test.key").write_bytes(issue.key_pem(issue.rsa_key(314)))
    done = town.ask("worldline")
    assert (done.code, done.out) == (1, "")
    assert "Not sent" in done.err
    assert "does not fit the key" in town.refused("worldline", "--send-anyway")


def test_worldline_says_which_kids_it_has(town: Town) -> None:
    certificate = (town.user.folder / "issued" / "worldline-test.crt").read_bytes()
    kid = x509.load_pem_x509_certificate(certificate).fingerprint(SHA1()).hex()  # in lower case
    line = 'key = "clients/worldline-test.key"'
    town.change(line, f'{line}\nkid = "{kid}"')
    assert "Requested kid" in town.refused("worldline", "--send-anyway")


def test_konsentus_takes_a_code_once(town: Town) -> None:
    way = town.code("konsentus")
    assert town.ask("konsentus", *way, "-o", "token.txt").code == 0
    town.user.token("token.txt")
    assert "a code is good" in town.refused("konsentus", *way)


def test_stet_refuses_a_refresh_token_of_nobody(town: Town) -> None:
    town.user.secret("refresh", "c4n4ry-refresh-token-of-nobody\n")
    assert "invalid_grant" in town.refused("stet", "--refresh-file", "refresh")


def test_stet_takes_a_call_back_of_this_state_alone(town: Town) -> None:
    way = town.code("stet")
    code = town.user.folder / "code.txt"
    code.write_text(code.read_text().replace("state=", "state=x"))
    done = town.ask("stet", *way)
    assert (done.code, done.out) == (1, "")
    assert "state" in done.err
    town.user.nothing_leaked()
