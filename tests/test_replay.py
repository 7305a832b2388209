"""An assertion passes once: the same tests on every store, and what a verifier makes of the answer."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, cast

import pytest

from jwttool.assertion import ANY, verify
from jwttool.checks.assertion import ASSERTION_RULES
from jwttool.edge.stores import open_replay_store
from jwttool.errors import ReplayStoreError, UsageError
from jwttool.providers import Basis, Source, get_provider
from jwttool.replay import LONGEST, MemoryReplayStore, ReplayStore, use_key
from jwttool.report import Status
from tests import issue, redis_server
from tests.assertions import AUDIENCE, CERTIFICATE, CLIENT_ID, NOW, OMIT, judge, not_passed, token, verifier

FAIL, PASS, SKIPPED, WARNING = Status.FAIL, Status.PASS, Status.SKIPPED, Status.WARNING
REPLAY = "assertion-replay"
VERIFIERS = 32
ROUNDS = 20

Open = Callable[[], ReplayStore]


def url_of(kind: str, request: pytest.FixtureRequest, folder: Path) -> str:
    """An empty store that other processes can open too."""
    if kind == "sqlite":
        return f"sqlite:{folder / 'replay.db'}"
    port: int = request.getfixturevalue("redis_port")
    with redis_server.client(port) as client:
        client.flushall()
    return f"redis://127.0.0.1:{port}/0"


@pytest.fixture(params=["sqlite", "redis"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return url_of(request.param, request, tmp_path)


@pytest.fixture(params=["memory", "sqlite", "redis"])
def open_another(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Opens the same store each time, as another verifier would: of each kind there is."""
    with ExitStack() as opened:
        if request.param == "memory":
            memory = open_replay_store("memory:")
            yield lambda: memory
        else:
            where = url_of(request.param, request, tmp_path)
            yield lambda: opened.enter_context(open_replay_store(where))


@pytest.fixture
def store(open_another: Open) -> ReplayStore:
    return open_another()


# --- every store ----------------------------------------------------------------


def test_a_first_use_is_one_and_a_second_is_not(open_another: Open) -> None:
    one, other = open_another(), open_another()
    a, b = use_key("client", "a"), use_key("client", "b")
    assert one.remember(a, until=NOW + 60, now=NOW)
    assert not one.remember(a, until=NOW + 60, now=NOW)
    assert not other.remember(a, until=NOW + 60, now=NOW + 59)
    assert other.remember(b, until=NOW + 60, now=NOW)
    assert not one.remember(b, until=NOW + 60, now=NOW)


def test_an_assertion_passes_once(open_another: Open) -> None:
    text = token()
    first = judge(text, replay_store=open_another())
    assert first.passed
    assert first.assertion is not None
    assert (first[REPLAY].status, first[REPLAY].message) == (PASS, "it was not used before")

    second = judge(text, replay_store=open_another())
    assert not_passed(second) == {REPLAY: FAIL}
    assert second.assertion is None
    assert second[REPLAY].message == "it was used before"


def test_the_jti_counts_and_not_the_token(store: ReplayStore) -> None:
    assert judge(token(), replay_store=store).passed
    assert not judge(token({}, {"iat": NOW - 1}), replay_store=store).passed
    assert judge(token({}, {"jti": "another"}), replay_store=store).passed


def test_a_client_cannot_use_up_another_ones_jti(store: ReplayStore) -> None:
    arguments: dict[str, Any] = {"replay_store": store, "client_id": ANY}
    assert judge(token({}, {"iss": "mallory", "sub": "mallory"}), **arguments).passed
    assert judge(token(), **arguments).passed
    assert not judge(token(), **arguments).passed


@pytest.mark.parametrize(
    ("forged", "check_id"),
    [
        (lambda: token(key=issue.rsa_key(1)), "assertion-signature"),
        (lambda: token({}, {"aud": "https://other.example"}), "assertion-aud"),
        (lambda: token({}, {"exp": NOW}), "assertion-exp"),
        (lambda: token({}, {"sub": OMIT}), "assertion-sub"),
        (lambda: token()[:-5], "assertion-form"),
    ],
    ids=["signature", "aud", "exp", "sub", "form"],
)
def test_what_is_refused_for_another_reason_uses_up_nothing(
    store: ReplayStore, forged: Callable[[], str], check_id: str
) -> None:
    refused = judge(forged(), replay_store=store)
    assert check_id in not_passed(refused)
    assert refused[REPLAY].status is SKIPPED
    assert "not asked" in refused[REPLAY].message
    assert judge(token(), replay_store=store).passed


def test_of_many_threads_with_one_assertion_one_wins(open_another: Open) -> None:
    tokens = [token({}, {"jti": f"round {number}"}) for number in range(ROUNDS)]
    start = threading.Barrier(VERIFIERS)
    won: list[list[bool]] = []

    def compete(store: ReplayStore) -> None:
        one = verifier(replay_store=store)
        mine = []
        for text in tokens:
            start.wait(120)
            mine.append(one.verify(text, at=issue.WITHIN).passed)
        won.append(mine)

    # Half of them share a store, the others have each their own.
    shared = open_another()
    stores = [shared if number % 2 else open_another() for number in range(VERIFIERS)]
    threads = [threading.Thread(target=compete, args=(each,)) for each in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == VERIFIERS
    assert [sum(winners) for winners in zip(*won, strict=True)] == [1] * ROUNDS


def test_of_many_processes_with_one_assertion_one_wins(url: str) -> None:
    command = [sys.executable, "-m", "tests.replaying", "race", url, str(ROUNDS), str(VERIFIERS)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=170, check=True)
    won = json.loads(done.stdout)
    assert len(won) == VERIFIERS
    assert [sum(winners) for winners in zip(*won, strict=True)] == [1] * ROUNDS


def test_asking_first_and_writing_afterwards_lets_several_win() -> None:
    """Shows that the two tests above would see it."""
    between = threading.Barrier(2)

    class Naive(ReplayStore):
        known: ClassVar[set[bytes]] = set()

        def remember(self, key: bytes, *, until: int, now: int) -> bool:  # noqa: ARG002
            first = key not in self.known
            between.wait(60)
            self.known.add(key)
            return first

    text = token()
    won: list[bool] = []
    one = verifier(replay_store=Naive())
    threads = [
        threading.Thread(target=lambda: won.append(one.verify(text, at=issue.WITHIN).passed))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert won == [True, True]


# --- what a use is, and how long it is remembered ----------------------------------


class Recorder(ReplayStore):
    """Notes what it is asked, and answers as it was told; else that each use is the first."""

    def __init__(self, *answer: object) -> None:
        self.answer = answer[0] if answer else True
        self.asked: list[tuple[bytes, int, int]] = []

    def remember(self, key: bytes, *, until: int, now: int) -> bool:
        self.asked.append((key, until, now))
        return cast("bool", self.answer)


@pytest.mark.parametrize(
    ("claims", "leeway", "until"),
    [
        ({}, 0, NOW + 60),
        ({}, 30, NOW + 90),
        ({"exp": NOW + 59.5}, 0, NOW + 60),
        ({"exp": NOW - 10, "iat": NOW - 70}, 30, NOW + 20),
        ({"exp": NOW + 86400}, 300, NOW + 86700),
    ],
)
def test_a_use_is_remembered_until_the_assertion_would_be_refused_anyway(
    claims: dict[str, Any], leeway: int, until: int
) -> None:
    store = Recorder()
    assert judge(token({}, claims), replay_store=store, leeway=leeway).passed
    assert store.asked == [(use_key(CLIENT_ID, "a-random-identifier"), until, NOW)]


@pytest.mark.parametrize(("client_id", "jti"), [("a", "b"), ("ä", "\x00" * 2000), ("", "")], ids=range(3))
def test_a_key_is_32_bytes(client_id: str, jti: str) -> None:
    assert len(use_key(client_id, jti)) == 32


def test_no_two_uses_have_one_key() -> None:
    pairs = [("a", "bc"), ("ab", "c"), ("abc", ""), ("", "abc"), ("a ", "bc"), ("1 a", "bc"), ("bc", "a")]
    assert len({use_key(*pair) for pair in pairs}) == len(pairs)


def test_what_lives_longer_than_it_is_remembered_is_refused() -> None:
    text = token({}, {"exp": NOW + 86400})
    store = Recorder()
    assert judge(text, replay_store=store, leeway=LONGEST - 86400).passed
    report = judge(text, replay_store=store, leeway=LONGEST - 86400 + 1)
    assert not_passed(report) == {"assertion-lifetime": WARNING, REPLAY: FAIL}
    assert "longer than a use is remembered" in report[REPLAY].message
    assert len(store.asked) == 1


def test_without_a_jti_nothing_can_be_held_to_one_use() -> None:
    store = Recorder()
    report = judge(token({}, {"jti": OMIT}), replay_store=store)
    assert not_passed(report) == {"assertion-jti-present": WARNING, REPLAY: FAIL}
    assert "no jti" in report[REPLAY].message
    assert store.asked == []
    assert judge(token({}, {"jti": OMIT})).passed  # nobody asked for one use


def test_a_provider_that_softens_jti_does_not_let_a_wrong_one_through() -> None:
    provider = get_provider("worldline")
    assert provider.assertion is not None
    milder = {"assertion-jti": Source(Basis.DOCUMENTED, "a document")}
    provider = replace(provider, assertion=replace(provider.assertion, softened=milder))
    report = judge(token({}, {"jti": ["a"]}), replay_store=Recorder(), provider=provider)
    assert not_passed(report) == {"assertion-jti": WARNING, REPLAY: FAIL}


# --- what a verifier makes of the answer --------------------------------------------


def test_a_report_has_every_rule_in_its_order() -> None:
    order = [rule.id for rule in ASSERTION_RULES]
    assert [check.id for check in judge(token(), replay_store=Recorder())] == order
    assert [check.id for check in judge(token()[:-5], replay_store=Recorder())] == order
    assert order[-1] == REPLAY


def test_without_a_store_it_says_that_nothing_was_looked_up() -> None:
    check = judge(token())[REPLAY]
    assert (check.status, "keeps no memory" in check.message) == (SKIPPED, True)


@pytest.mark.parametrize("answer", [False, None, 1, "yes", ()], ids=repr)
def test_anything_but_true_is_no_first_use(answer: Any) -> None:
    report = judge(token(), replay_store=Recorder(answer))
    assert not_passed(report) == {REPLAY: FAIL}
    assert report.assertion is None


def test_a_store_that_cannot_say_is_an_error() -> None:
    class Gone(Recorder):
        def remember(self, key: bytes, *, until: int, now: int) -> bool:  # noqa: ARG002
            raise ReplayStoreError("it is gone")

    with pytest.raises(ReplayStoreError, match="it is gone"):
        judge(token(), replay_store=Gone())
    # What is refused anyway needs no store.
    assert not judge(token({}, {"exp": NOW}), replay_store=Gone()).passed


def test_a_store_is_opened_before_it_is_given() -> None:
    with pytest.raises(UsageError, match="replay store"):
        verifier(replay_store="sqlite:replay.db")


def test_one_call_takes_a_store_too() -> None:
    text = token()
    with MemoryReplayStore() as store:
        results = [
            verify(
                text,
                certificate=CERTIFICATE,
                audience=AUDIENCE,
                client_id=CLIENT_ID,
                replay_store=store,
                at=issue.WITHIN,
            ).passed
            for _ in range(2)
        ]
    assert results == [True, False]


# --- in the process -----------------------------------------------------------------


def test_memory_is_free_again_when_the_time_has_come() -> None:
    store = MemoryReplayStore()
    key = use_key("client", "a")
    assert store.remember(key, until=60, now=0)
    assert not store.remember(key, until=120, now=59)
    assert store.remember(key, until=120, now=60)
    assert not store.remember(key, until=120, now=61)
    assert not store.remember(key, until=120, now=119)


def test_memory_is_swept_a_few_at_a_time() -> None:
    store = MemoryReplayStore()
    for number in range(100):
        store.remember(use_key("client", str(number)), until=60, now=0)
    assert len(store) == 100
    before = 100
    while len(store) > 20:
        store.remember(use_key("late", str(before)), until=LONGEST + 200, now=LONGEST + 100)
        assert 0 < before - len(store) <= 7  # eight go, one comes
        before = len(store)
    assert repr(store) == f"MemoryReplayStore({len(store)} kept)"


def test_a_clock_that_is_ahead_for_a_moment_forgets_nothing() -> None:
    store = MemoryReplayStore()
    key = use_key("client", "a")
    assert store.remember(key, until=60, now=0)
    assert store.remember(use_key("client", "b"), until=3660, now=3600)
    assert not store.remember(key, until=60, now=1)


def test_what_was_remembered_anew_is_not_swept_with_the_old() -> None:
    store = MemoryReplayStore()
    key = use_key("client", "a")
    for number in range(20):
        store.remember(use_key("client", str(number)), until=50, now=0)
    store.remember(key, until=60, now=0)
    assert store.remember(key, until=2 * LONGEST, now=60)  # while its old end still waits to be swept
    for number in range(10):
        store.remember(use_key("late", str(number)), until=2 * LONGEST, now=LONGEST + 100)
    assert not store.remember(key, until=2 * LONGEST, now=LONGEST + 100)
