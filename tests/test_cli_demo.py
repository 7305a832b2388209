"""``jwttool demo``: it does what it shows, fails when a step does, and shows no secret."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jwttool.certificates import fingerprint, load_certificates
from jwttool.cli import demo as command
from jwttool.cli import demo_systems
from jwttool.cli.demo_stage import DemoFaultError, Stage
from jwttool.inspection import inspect
from jwttool.jose import read_compact
from jwttool.sandbox.faults import parse_faults
from tests.tools import run_tool

if TYPE_CHECKING:
    from collections.abc import Callable

    from jwttool.sandbox.server.running import Options
    from tests.conftest import Cli

DEMO = [sys.executable, "-m", "jwttool", "demo"]
TOKENS = ("op.token", "worldline.token", "konsentus.token", "stet.token")


def environment(**more: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "JWTTOOL_CONFIG"} | more


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of a whole run, and what was shown; with a proxy that there isn't."""
    folder = tmp_path_factory.mktemp("demo") / "stage"
    done = subprocess.run(
        [*DEMO, "--dir", folder],
        cwd=folder.parent,
        env=environment(HTTPS_PROXY="http://127.0.0.1:9", ALL_PROXY="http://127.0.0.1:9"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return folder, done.stdout


def test_four_tokens(played: tuple[Path, str]) -> None:
    folder, _ = played
    texts = {name: (folder / name).read_text().strip() for name in TOKENS}
    kinds = {name: inspect(text).kind.value for name, text in texts.items()}
    assert kinds == {
        "op.token": "jwe",
        "worldline.token": "jws",
        "konsentus.token": "opaque",
        "stet.token": "jws",
    }
    assert len(set(texts.values())) == 4
    certificate = load_certificates((folder / "qwac.crt").read_bytes()).end_entity
    bound = read_compact(texts["stet.token"]).claims["cnf"]
    assert bound == {"x5t#S256": fingerprint(certificate, "x5t-s256")}
    assert read_compact(texts["worldline.token"]).claims["scope"] == "VOP WERO"


@pytest.mark.parametrize(
    "reason",
    [
        "the sandbox's log:  sandbox-certificate: ",
        "the sandbox's log:  assertion-kid: ",
        "the sandbox's log:  sandbox-code: ",
        "the sandbox's log:  qwac-client-id: ",
    ],
    ids=["op", "worldline", "konsentus", "stet"],
)
def test_four_refusals(played: tuple[Path, str], reason: str) -> None:
    folder, shown = played
    assert shown.count(reason) == 1
    assert shown.count("No token: ") == 4
    assert not (folder / "refused.token").exists()


def test_the_commands_are_shown_and_their_essential_lines(played: tuple[Path, str]) -> None:
    _, shown = played
    for line in (
        "$ jwttool sandbox --dir sandbox",
        "$ cp keys/signing.csr sandbox/inbox/worldline-mine.csr",
        "$ jwttool assertion mint worldline-mine > assertion.jwt",
        "PASS  32 passed, 1 skipped",
        "$ jwttool token request op-mine -o op.token",
        "the token is in op.token",
        "Encrypted token (JWE), compact",
        "Opaque token: a UUID",
        "Not sent, for one reason:",
        "# 4 tokens, 4 refusals, ",
    ):
        assert line in shown
    assert "\x1b" not in shown
    assert "\r" not in shown


def test_no_secret_is_shown(played: tuple[Path, str]) -> None:
    folder, shown = played
    files = [
        *(
            folder / name
            for name in (*TOKENS, "demo.pass", "assertion.jwt", "code.txt", ".stet-mine.refresh-token")
        ),
        *(folder / "sandbox" / "secrets").iterdir(),
    ]
    assert len(files) >= 13
    for path in files:
        secret = path.read_text().strip()
        assert path.stat().st_mode & 0o777 == 0o600, path
        assert secret not in shown, path
        assert not [part for part in secret.split(".")[1:] if part in shown], path
    for path in (folder / "callback.txt", folder / "wrong-callback.txt"):
        assert path.stat().st_mode & 0o777 == 0o600
        code = path.read_text().split("code=")[1].split("&")[0].strip()
        assert code not in shown
    assert "PRIVATE KEY" not in shown


# --- when a step goes otherwise ---------------------------------------------------


def with_faults(faults: str) -> Callable[[Path, Any], Options]:
    made = command.sandbox_options

    def options(folder: Path, log: Any) -> Options:
        return replace(made(folder, log), faults=parse_faults(faults))

    return options


def test_a_token_that_does_not_come(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "sandbox_options", with_faults("503"))
    outcome = cli("demo", "--dir", tmp_path / "stage")
    assert outcome.exit_code == 70
    assert "`jwttool token request op-mine -o op.token` ended with 1 instead of 0" in outcome.stderr
    assert "4 tokens" not in outcome.stdout


def test_a_refusal_that_does_not_come(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_systems, "OP_MISTAKE", {})
    outcome = cli("demo", "--dir", tmp_path / "stage")
    assert outcome.exit_code == 70
    assert "--config wrong.toml -o refused.token` ended with 0 instead of 1" in outcome.stderr
    assert (tmp_path / "stage" / "op.token").exists()


def test_a_refusal_for_another_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jwttool.cli.demo_stage._PATIENCE", 0)
    stage = Stage(tmp_path)
    stage.log.append(
        "12:00:00 POST /token 403 op-mine sandbox-secret: the client_secret is not this client's"
    )
    with pytest.raises(DemoFaultError, match="sandbox-certificate"):
        stage.explain(0, "sandbox-certificate")
    stage.explain(0, "sandbox-secret")
    with pytest.raises(DemoFaultError, match="sandbox-secret"):
        stage.explain(1, "sandbox-secret")


def test_an_answer_that_lacks_what_is_essential(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.run("jwttool --version", shown=["^jwttool"])
    with pytest.raises(DemoFaultError, match="lacks what it should say: no such line"):
        stage.run("jwttool --version", shown=["no such line"])


def test_a_csr_that_the_portal_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(tmp_path)
    (tmp_path / "sandbox" / "inbox").mkdir(parents=True)
    (tmp_path / "a.csr").write_text("no CSR")
    monkeypatch.setattr(stage, "copy", lambda *_: stage.log.append("inbox: a.csr is refused: it is no CSR"))
    with pytest.raises(DemoFaultError, match="the portal refused"):
        stage.upload("a.csr", "a", "a.crt")


# --- around it --------------------------------------------------------------------


def test_a_folder_with_something_in_it_is_not_touched(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "sandbox-mtls.key").write_text("mine")
    outcome = cli("demo", "--dir", tmp_path)
    assert outcome.exit_code == 4
    assert "is not empty" in outcome.stderr
    assert [path.read_text() for path in tmp_path.iterdir()] == ["mine"]


def test_without_the_extra(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "aiohttp", None)
    outcome = cli("demo", "--dir", tmp_path / "stage")
    assert outcome.exit_code == 4
    assert outcome.stdout == ""
    assert "pip install 'jwttool[sandbox]'" in outcome.stderr
    assert "aiohttp" in outcome.stderr
    assert not (tmp_path / "stage").exists()


def living(group: int) -> list[str]:
    """The processes of a group; what only waits to be collected lives no more."""
    listed = run_tool("ps", "-eo", "pgid=,stat=,args=").stdout.decode().splitlines()
    found = [line.split(None, 2) for line in listed]
    return [words[2] for words in found if int(words[0]) == group and not words[1].startswith("Z")]


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, -signal.SIGINT), (signal.SIGTERM, 128 + signal.SIGTERM)]
)
def test_an_end_in_the_middle_leaves_nothing(tmp_path: Path, number: signal.Signals, code: int) -> None:
    process = subprocess.Popen(
        DEMO,
        env=environment(TMPDIR=str(tmp_path)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        # The sandbox runs, and a key is being made.
        line = next(line for line in process.stdout if line.startswith("$ jwttool init op"))
        assert line
        assert [path.name for path in tmp_path.iterdir()] != []
        os.killpg(process.pid, number)
        _, errors = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == code
    assert "Traceback" not in errors
    assert list(tmp_path.iterdir()) == []
    assert living(process.pid) == []


# --- settings ---------------------------------------------------------------------


TWO = '[clients.a]\nprovider = "op"\n# client_id = ""   # yours\nserver = "x"\n\n[clients.b]\nserver = "y"\n'


def test_settings_are_filled_in_where_they_belong() -> None:
    text = demo_systems.with_settings(TWO, "a", {"client_id": '"1"', "server": None})
    assert text == '[clients.a]\nprovider = "op"\nclient_id = "1"\n\n[clients.b]\nserver = "y"\n'
    text = demo_systems.with_settings(TWO, "b", {"server": '"z"'})
    assert text == TWO.replace('"y"', '"z"')
    text = demo_systems.with_settings(TWO, "c", {"provider": '"stet"'})
    assert text == TWO + '\n[clients.c]\nprovider = "stet"\n'
