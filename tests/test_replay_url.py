"""The URL of a replay store, and ``assertion verify --replay-store``."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jwttool.edge.stores import chosen_store, open_replay_store
from jwttool.edge.stores.url import RedisAddress, parse_redis_url, read_store_url
from jwttool.errors import FileMissingError, InputError, TooLargeError, UnsafePermissionsError, UsageError
from jwttool.replay import MemoryReplayStore
from jwttool.secret import Secret
from tests import issue, redis_server
from tests.assertions import AUDIENCE, CERTIFICATE, CLIENT_ID, token
from tests.hostile import CANARY, refusal

if TYPE_CHECKING:
    from tests.conftest import Cli, Outcome

AT = "2026-06-16T13:10:13Z"


# --- URLs ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("redis://host", RedisAddress("host", 6379, 0, tls=False)),
        ("redis://host:1/", RedisAddress("host", 1, 0, tls=False)),
        ("rediss://host:6380/15", RedisAddress("host", 6380, 15, tls=True)),
        ("redis://[::1]:7/2", RedisAddress("::1", 7, 2, tls=False)),
        ("redis://:p@host", RedisAddress("host", 6379, 0, tls=False, password=Secret(b"p"))),
        (
            "redis://u:p%40%2F@host",
            RedisAddress("host", 6379, 0, tls=False, user="u", password=Secret(b"p@/")),
        ),
        ("redis://u@host", RedisAddress("host", 6379, 0, tls=False, user="u")),
    ],
)
def test_a_redis_url(url: str, address: RedisAddress) -> None:
    assert parse_redis_url(url) == address


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (RedisAddress("::1", 7, 2, tls=True, user=CANARY, password=Secret(b"p")), "rediss://[::1]:7/2"),
        (RedisAddress("host", 6379, 0, tls=False), "redis://host:6379/0"),
    ],
    ids=["all", "little"],
)
def test_what_is_shown_of_a_redis_url(address: RedisAddress, shown: str) -> None:
    assert str(address) == shown


@pytest.mark.parametrize(
    "url",
    [
        f"redis:{CANARY}",
        f"redis:///{CANARY}",
        f"redis://:{CANARY}@",
        f"redis://:{CANARY}@host:0",
        f"redis://:{CANARY}@host:65536",
        f"redis://:{CANARY}@host:port",
        f"redis://:{CANARY}@host/name",
        f"redis://:{CANARY}@host/1/2",
        f"redis://:{CANARY}@host/-1",
        f"redis://:{CANARY}@host/1?ssl_cert_reqs=none",
        f"redis://:{CANARY}@host/?",
        f"redis://:{CANARY}@host/1#",
        f"redis://:{CANARY}/x@host",
        f"redis://:{CANARY}%ff@host",
        f"redis://:{CANARY}@[::1",
        f"redis://:{CANARY}@ho st",
        f"redis://:{CANARY}@host\n",
        f"redis://:{CANARY}@h\tost",
        f"redis://:{CANARY}\u00e4@host",
        f"rediss://:{CANARY}@",
        f"memory:{CANARY}",
        f"memory://{CANARY}",
        f"sqlite://{CANARY}",
        f"sqlite:///{CANARY}",
        f"postgres://:{CANARY}@host",
        f"REDIS://:{CANARY}@host",
        f"unix://:{CANARY}@/run/redis.sock",
        f"/tmp/{CANARY}.db",
        CANARY,
        "memory",
        "sqlite",
        "sqlite:",
        "",
    ],
    ids=itertools.count(),
)
def test_another_url_is_refused_and_not_repeated(url: str) -> None:
    refusal(UsageError, lambda: open_replay_store(url))
    refusal(UsageError, lambda: chosen_store(url).__enter__())


def test_memory() -> None:
    assert isinstance(open_replay_store("memory:"), MemoryReplayStore)


# --- where a URL with a password comes from -----------------------------------------------


@pytest.mark.parametrize(
    "url", ["memory:", "sqlite:a.db", "sqlite:@odd:name@x", "redis://host", "redis://user@host:1/2"]
)
def test_a_url_without_a_password_is_taken_as_it_is(url: str) -> None:
    assert read_store_url(url) == url


@pytest.mark.parametrize("url", [f"redis://:{CANARY}@host", f"rediss://user:{CANARY}@host:1/2"])
def test_a_password_in_an_argument_is_refused(url: str) -> None:
    error = refusal(UsageError, lambda: read_store_url(url))
    assert "every user of this machine sees" in error.message
    assert "@FILE" in (error.hint or "")


def test_a_url_from_a_file_or_a_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"redis://:{CANARY}@host"
    file = tmp_path / "url"
    file.write_text(f"{url}\r\nmore\n")
    file.chmod(0o600)
    monkeypatch.setenv("REPLAY_STORE", f"{url}\n")
    assert read_store_url(f"@{file}") == read_store_url("env:REPLAY_STORE") == url


def test_a_file_that_others_may_write_is_refused(tmp_path: Path) -> None:
    """They could name a store of theirs, which forgets."""
    file = tmp_path / "url"
    file.write_text("memory:")
    file.chmod(0o622)
    refusal(UnsafePermissionsError, lambda: read_store_url(f"@{file}"))


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", InputError),
        (b"\n redis://host", InputError),
        (b"\xff" + CANARY.encode(), InputError),
        (b"a" * 9999, TooLargeError),
    ],
    ids=["empty", "empty line", "no text", "too large"],
)
def test_a_file_without_a_url_is_refused(tmp_path: Path, content: bytes, error: type[InputError]) -> None:
    file = tmp_path / "url"
    file.write_bytes(content)
    file.chmod(0o600)
    refusal(error, lambda: read_store_url(f"@{file}"))


def test_a_source_that_is_not_there() -> None:
    refusal(FileMissingError, lambda: read_store_url("@no-such-file"))
    refusal(UsageError, lambda: read_store_url(f"env:{CANARY}"))


# --- the command ---------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "signing.crt").write_bytes(issue.pem(CERTIFICATE))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def verify(cli: Cli, text: str, *arguments: Any) -> Outcome:
    expected = ("--cert", "signing.crt", "--client-id", CLIENT_ID, "--audience", AUDIENCE, "--at", AT)
    return cli("assertion", "verify", "-", *expected, *arguments, stdin=text)


@pytest.fixture(params=["sqlite", "redis"])
def where(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return "sqlite:replay.db"
    port = request.getfixturevalue("redis_port")
    with redis_server.client(port) as client:
        client.flushall()
    return f"redis://127.0.0.1:{port}"


@pytest.mark.usefixtures("folder")
def test_the_second_time_it_is_refused(cli: Cli, where: str) -> None:
    text = token()
    first = verify(cli, text, "--replay-store", where)
    assert (first.exit_code, first.stderr) == (0, "")
    assert "33 passed" in first.stdout
    assert "skipped" not in first.stdout

    second = verify(cli, text, "--replay-store", where)
    assert second.exit_code == 1
    assert "it was used before" in second.stdout
    assert "mint a new one" in second.stdout

    as_json = verify(cli, text, "--replay-store", where, "--format", "json")
    answer = json.loads(as_json.stdout)
    assert (as_json.exit_code, answer["verdict"]) == (1, "fail")
    assert [check["id"] for check in answer["checks"] if check["status"] == "fail"] == ["assertion-replay"]


@pytest.mark.usefixtures("folder")
def test_without_a_store_it_passes_every_time(cli: Cli) -> None:
    for _ in range(2):
        outcome = verify(cli, token())
        assert outcome.exit_code == 0
        assert "keeps no memory" in outcome.stdout


@pytest.mark.usefixtures("folder")
def test_a_store_that_cannot_be_reached_is_no_pass(cli: Cli) -> None:
    outcome = verify(cli, token(), "--replay-store", f"redis://127.0.0.1:{redis_server.free_port()}")
    assert (outcome.exit_code, outcome.stdout) == (4, "")
    assert "cannot be reached" in outcome.stderr
    Path("replay.db").write_text("no database at all")
    Path("replay.db").chmod(0o600)
    as_json = verify(cli, token(), "--replay-store", "sqlite:replay.db", "--format", "json")
    assert as_json.exit_code == 4
    assert json.loads(as_json.stdout)["error"]["code"] == "replay-store"


@pytest.mark.usefixtures("folder")
def test_a_password_never_shows(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"redis://:{CANARY}@127.0.0.1:{redis_server.free_port()}/1"
    monkeypatch.setenv("REPLAY_STORE", url)
    Path("url").write_text(url)
    Path("url").chmod(0o600)
    for argument, code in ((url, 2), ("env:REPLAY_STORE", 4), ("@url", 4)):
        for form in ("text", "json"):
            outcome = verify(cli, token(), "--replay-store", argument, "--format", form)
            assert outcome.exit_code == code
            assert CANARY not in outcome.stdout + outcome.stderr


@pytest.mark.usefixtures("folder")
def test_a_url_that_is_none(cli: Cli) -> None:
    outcome = verify(cli, token(), "--replay-store", "replay.db")
    assert outcome.exit_code == 2
    assert "sqlite:FILE" in outcome.stderr
