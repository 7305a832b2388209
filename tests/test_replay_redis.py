"""The replay store in Redis: what it asks of a real server, and every way not to reach one."""

from __future__ import annotations

import socket
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from jwttool.edge.stores import open_replay_store
from jwttool.edge.stores.redis import CLOCK_MARGIN, PREFIX, RedisReplayStore
from jwttool.edge.stores.url import parse_redis_url
from jwttool.errors import ReplayStoreError
from jwttool.replay import ReplayStore
from tests import issue, pki, redis_server
from tests.hostile import CANARY, assert_discreet
from tests.tools import require_tool

KEY = bytes(range(32))
USER = "verifier"


@pytest.fixture
def store(redis_port: int) -> Iterator[ReplayStore]:
    with redis_server.client(redis_port) as client:
        client.flushall()
    with open_replay_store(f"redis://127.0.0.1:{redis_port}/3") as opened:
        yield opened


def unreachable(url: str, words: str) -> ReplayStoreError:
    """The one error with which opening the store ends; it holds no password, whoever looks into it."""
    with pytest.raises(ReplayStoreError) as raised:
        open_replay_store(url)
    assert raised.value.code == "replay-store"
    assert words in raised.value.message
    assert_discreet(raised.value, CANARY)
    assert CANARY not in "".join(traceback.format_exception(raised.value))
    return raised.value


# --- what the server is asked -----------------------------------------------------------


@pytest.mark.parametrize(
    ("until", "now", "seconds"),
    [
        (1_000_060, 1_000_000, 60),  # a time long past to the server: remembered all the same
        (4_102_444_800, 4_102_444_740, 60),
        (86_400, 0, 86_400),
        (5, 5, 0),
    ],
)
def test_the_server_forgets_by_itself(
    redis_port: int, store: ReplayStore, until: int, now: int, seconds: int
) -> None:
    assert store.remember(KEY, until=until, now=now)
    assert not store.remember(KEY, until=until, now=now)
    with redis_server.client(redis_port) as client:
        client.select(3)
        assert client.keys() == [PREFIX.encode() + KEY.hex().encode()]
        left = client.pttl(PREFIX + KEY.hex())
    # How much of it is gone is the server's clock's, and no matter here.
    assert 0 < left <= (seconds + CLOCK_MARGIN) * 1000
    assert left > seconds * 1000


def test_one_command_is_the_whole_check(redis_port: int, store: ReplayStore) -> None:
    """Two could let another verifier in between them."""
    with redis_server.client(redis_port) as client:
        client.config_resetstat()
        store.remember(KEY, until=60, now=0)
        store.remember(KEY, until=60, now=0)
        asked = {name: each["calls"] for name, each in client.info("commandstats").items()}
    asked.pop("cmdstat_config|resetstat", None)
    asked.pop("cmdstat_info", None)
    assert asked == {"cmdstat_set": 2}


def test_a_store_does_not_show_its_password(redis_port: int) -> None:
    with redis_server.client(redis_port) as client:
        client.acl_setuser(
            USER, enabled=True, passwords=[f"+{CANARY}"], commands=["+set", "+ping"], keys=[f"{PREFIX}*"]
        )
    url = f"redis://{USER}:{CANARY}@127.0.0.1:{redis_port}"
    with open_replay_store(url) as store:
        assert store.remember(b"x" * 32, until=60, now=0)
        assert repr(store) == str(store) == f"RedisReplayStore(redis://127.0.0.1:{redis_port}/0)"
        assert isinstance(store, RedisReplayStore)
        assert CANARY not in f"{store._client!r} {store._address!r}"
    error = unreachable(url.replace(CANARY, f"{CANARY}x"), "does not take the user or the password")
    assert "USER:PASSWORD@HOST" in (error.hint or "")


def test_a_server_that_wants_a_password(redis_port: int) -> None:
    with redis_server.running(require_tool("redis-server"), "--requirepass", f"{CANARY}/@:%") as port:
        unreachable(f"redis://127.0.0.1:{port}", "does not take the user or the password")
        unreachable(f"redis://:{CANARY}@127.0.0.1:{port}", "does not take the user or the password")
        with open_replay_store(f"redis://:{CANARY}%2F%40%3A%25@127.0.0.1:{port}") as store:
            assert store.remember(KEY, until=60, now=0)
    # A password that nobody wants is no reason to go on without it.
    unreachable(f"redis://:{CANARY}@127.0.0.1:{redis_port}", "password")


# --- what can be wrong -------------------------------------------------------------------


def test_a_server_that_is_not_there() -> None:
    port = redis_server.free_port()
    error = unreachable(f"redis://:{CANARY}@127.0.0.1:{port}", "cannot be reached")
    assert error.message == f"the replay store redis://127.0.0.1:{port}/0 cannot be reached"


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 64 + ".example", "256.256.256.256", "[::1]"])
def test_a_host_that_is_not_there(host: str) -> None:
    unreachable(f"redis://:{CANARY}@{host}:{redis_server.free_port()}", "cannot be reached")


def test_a_server_that_goes_away_is_an_error_and_never_a_first_use() -> None:
    with redis_server.running(require_tool("redis-server")) as port:
        store = open_replay_store(f"redis://127.0.0.1:{port}")
        assert store.remember(KEY, until=60, now=0)
    for _ in range(2):
        with pytest.raises(ReplayStoreError, match="cannot be reached"):
            store.remember(KEY, until=60, now=0)
    store.close()


def test_connections_that_the_server_closed_are_opened_again(redis_port: int, store: ReplayStore) -> None:
    assert store.remember(KEY, until=60, now=0)
    with redis_server.client(redis_port) as client:
        client.client_kill_filter(_type="normal", skipme=True)
    assert not store.remember(KEY, until=60, now=0)


def test_a_server_that_does_not_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(ReplayStoreError, match="does not answer"):
            RedisReplayStore(parse_redis_url(f"redis://127.0.0.1:{port}"), wait=0.05)


def test_a_database_that_the_server_does_not_have(redis_port: int) -> None:
    unreachable(f"redis://127.0.0.1:{redis_port}/99", "refuses the command")


def test_a_user_without_the_right(redis_port: int) -> None:
    with redis_server.client(redis_port) as client:
        client.acl_setuser("reader", enabled=True, nopass=True, commands=["+ping"], keys=["*"])
    with (
        open_replay_store(f"redis://reader:any@127.0.0.1:{redis_port}") as store,
        pytest.raises(ReplayStoreError, match="does not let this user do it"),
    ):
        store.remember(KEY, until=60, now=0)


def test_a_server_without_memory_is_an_error_and_never_a_first_use() -> None:
    options = ("--maxmemory", "1", "--maxmemory-policy", "noeviction")
    with (
        redis_server.running(require_tool("redis-server"), *options) as port,
        open_replay_store(f"redis://127.0.0.1:{port}") as store,
        pytest.raises(ReplayStoreError, match="has no memory left"),
    ):
        store.remember(KEY, until=60, now=0)


def test_a_replica_is_an_error(redis_port: int) -> None:
    with redis_server.running(require_tool("redis-server")) as port:
        with redis_server.client(port) as client:
            client.replicaof("127.0.0.1", redis_port)
        with (
            open_replay_store(f"redis://127.0.0.1:{port}") as store,
            pytest.raises(ReplayStoreError, match="is a replica"),
        ):
            store.remember(KEY, until=60, now=0)


def test_without_the_client_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)
    monkeypatch.delitem(sys.modules, "jwttool.edge.stores.redis", raising=False)
    error = unreachable(f"redis://:{CANARY}@127.0.0.1", "needs the package redis")
    assert error.hint == "pip install 'jwttool[redis]'"


# --- TLS -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A server's certificate for 127.0.0.1 from a CA of its own, good for the life of these tests."""
    folder = tmp_path_factory.mktemp("tls")
    ages: dict[str, Any] = {
        "not_before": datetime(2020, 1, 1, tzinfo=UTC),
        "not_after": datetime(2099, 1, 1, tzinfo=UTC),
    }
    authority = pki.issue("Test Redis CA", number=31, **ages)
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    server = pki.leaf(authority, "redis.example", number=32, extensions=[(names, False)], **ages)
    files = {
        "ca": issue.pem(authority.certificate),
        "cert": issue.pem(server.certificate),
        "key": issue.key_pem(server.key),
    }
    paths = {name: folder / f"{name}.pem" for name in files}
    for name, data in files.items():
        paths[name].write_bytes(data)
    return paths


def test_tls_with_a_ca_that_is_trusted(tls: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    with redis_server.running(require_tool("redis-server"), tls=tls) as port:
        unreachable(f"rediss://:{CANARY}@127.0.0.1:{port}", "shows a certificate that does not verify")
        unreachable(f"redis://:{CANARY}@127.0.0.1:{port}", "cannot be reached")
        monkeypatch.setenv("SSL_CERT_FILE", str(tls["ca"]))
        with open_replay_store(f"rediss://127.0.0.1:{port}") as store:
            assert store.remember(KEY, until=60, now=0)
            assert not store.remember(KEY, until=60, now=0)
        unreachable(f"rediss://:{CANARY}@localhost:{port}", "shows a certificate that does not verify")


def test_tls_where_there_is_none(redis_port: int) -> None:
    """The server waits for the rest of a command that it takes the greeting of TLS for."""
    with pytest.raises(ReplayStoreError, match="does not answer") as raised:
        RedisReplayStore(parse_redis_url(f"rediss://:{CANARY}@127.0.0.1:{redis_port}"), wait=0.05)
    assert "with redis:// it must not" in (raised.value.hint or "")
    assert_discreet(raised.value, CANARY)
