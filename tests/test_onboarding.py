"""``init`` and ``status``: every step done and left, for each of the four systems."""

from __future__ import annotations

import json
import stat
import tomllib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from jwttool.config import SecretSource, parse_config
from jwttool.csr import load_csr
from jwttool.keys import load_private_key
from jwttool.onboarding import client_block
from jwttool.providers import BUILT_IN, get_provider
from jwttool.secret import Secret
from jwttool.times import rfc3339
from tests import issue
from tests.assertions import CERTIFICATE, CLIENT_ID, KEY, KID
from tests.tools import run_tool

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Cli, Outcome

AT = rfc3339(issue.WITHIN)
COMPLETE = f"""
[clients.w]
provider = "worldline"
client_id = "{CLIENT_ID}"
server = "https://example-domain"
realm = "example-realm"
scope = "VOP"
key = "signing.key"
certificate = "signing.crt"
"""


@pytest.fixture
def complete(tmp_path: Path) -> Path:
    """A folder in which no step is left."""
    (tmp_path / "jwttool.toml").write_text(COMPLETE)
    (tmp_path / "signing.key").write_bytes(issue.key_pem(KEY))
    (tmp_path / "signing.key").chmod(0o600)
    (tmp_path / "signing.csr").write_bytes(issue.der(issue.request(KEY)))
    (tmp_path / "signing.crt").write_bytes(issue.pem(CERTIFICATE))
    return tmp_path


def status(cli: Cli, folder: Path, *arguments: str, at: str = AT) -> tuple[int, dict[str, dict[str, Any]]]:
    outcome = cli("status", folder, "--format", "json", "--at", at, *arguments)
    answer = json.loads(outcome.stdout)
    assert (outcome.exit_code == 0) == (answer["verdict"] == "pass")
    return outcome.exit_code, {check["id"]: check for check in answer["checks"]}


def failing(checks: dict[str, dict[str, Any]]) -> list[str]:
    return [name for name, check in checks.items() if check["status"] == "fail"]


# --- status ---------------------------------------------------------------------


def test_nothing_left(cli: Cli, complete: Path) -> None:
    code, checks = status(cli, complete)
    assert code == 0
    assert {name: check["status"] for name, check in checks.items()} == {
        "onboarding": "skipped",
        "client-id": "pass",
        "endpoint": "pass",
        "scope": "pass",
        "key": "pass",
        "csr": "pass",
        "certificate": "pass",
        "upload": "skipped",
    }
    assert KID in checks["certificate"]["message"]
    assert "2027-12-31" in checks["certificate"]["message"]


@pytest.mark.parametrize(
    ("line", "step"),
    [("client_id", "client-id"), ("server", "endpoint"), ("realm", "endpoint"), ("scope", "scope")],
)
def test_a_setting_that_is_missing(cli: Cli, complete: Path, line: str, step: str) -> None:
    lines = [text for text in COMPLETE.splitlines() if not text.startswith(f"{line} ")]
    (complete / "jwttool.toml").write_text("\n".join(lines))
    code, checks = status(cli, complete)
    assert (code, failing(checks)) == (1, [step])


@pytest.mark.parametrize(
    ("name", "step", "words"),
    [
        ("signing.crt", "certificate", "not there yet"),
        ("signing.csr", "csr", "not there yet"),
    ],
)
def test_a_file_that_is_missing(cli: Cli, complete: Path, name: str, step: str, words: str) -> None:
    (complete / name).unlink()
    code, checks = status(cli, complete)
    assert (code, failing(checks)) == (1, [step])
    assert words in checks[step]["message"]


def test_without_the_key_the_csr_tells_whose_the_certificate_is(cli: Cli, complete: Path) -> None:
    (complete / "signing.key").unlink()
    _, checks = status(cli, complete)
    assert failing(checks) == ["key"]
    (complete / "signing.csr").unlink()
    _, checks = status(cli, complete)
    assert failing(checks) == ["key", "csr", "certificate"]
    assert "no key to compare it with" in checks["certificate"]["message"]


def test_a_certificate_of_another_key(cli: Cli, complete: Path) -> None:
    (complete / "signing.crt").write_bytes(issue.pem(issue.certificate(issue.rsa_key(1))))
    _, checks = status(cli, complete)
    assert failing(checks) == ["certificate"]
    assert "does not hold this key" in checks["certificate"]["message"]


def test_a_csr_of_another_key(cli: Cli, complete: Path) -> None:
    (complete / "signing.csr").write_bytes(issue.der(issue.request(issue.rsa_key(1))))
    _, checks = status(cli, complete)
    assert failing(checks) == ["csr"]


@pytest.mark.parametrize(
    ("moment", "result", "words"),
    [
        (issue.NOT_AFTER + timedelta(seconds=1), "fail", "expired"),
        (issue.NOT_AFTER, "warning", "another 0 s"),
        (issue.NOT_AFTER - timedelta(days=30), "pass", "another 30 d"),
        (issue.NOT_BEFORE - timedelta(seconds=1), "fail", "not valid before"),
    ],
)
def test_the_certificates_validity(cli: Cli, complete: Path, moment: Any, result: str, words: str) -> None:
    _, checks = status(cli, complete, at=rfc3339(moment))
    assert checks["certificate"]["status"] == result
    assert words in checks["certificate"]["message"]


def test_a_damaged_file_is_a_step_left_and_not_a_crash(cli: Cli, complete: Path) -> None:
    for name in ("signing.key", "signing.csr", "signing.crt"):
        (complete / name).write_bytes(b"garbage")
    code, checks = status(cli, complete)
    assert (code, failing(checks)) == (1, ["key", "csr", "certificate"])


def test_an_encrypted_key_is_opened_only_with_a_configured_passphrase(cli: Cli, complete: Path) -> None:
    (complete / "signing.key").write_bytes(issue.key_pem(KEY, b"open"))
    (complete / "signing.csr").write_bytes(issue.der(issue.request(issue.rsa_key(1))))
    _, checks = status(cli, complete)
    assert failing(checks) == ["certificate"]  # all that is known is that it is not the CSR's
    (complete / "signing.pass").write_text("open\n")
    (complete / "signing.pass").chmod(0o600)
    with (complete / "jwttool.toml").open("a") as config:
        config.write('passphrase = { file = "signing.pass" }\n')
    _, checks = status(cli, complete)
    assert failing(checks) == ["csr"]


@pytest.mark.parametrize(
    ("secret", "problem"),
    [("canary\n", None), ("\n", "is empty"), (None, "does not exist")],
)
def test_a_secret_is_looked_for_and_never_shown(
    cli: Cli, tmp_path: Path, secret: str | None, problem: str | None
) -> None:
    (tmp_path / "jwttool.toml").write_text(
        '[clients.o]\nprovider = "op"\nclient_secret = { file = "client.secret" }\n'
    )
    if secret is not None:
        (tmp_path / "client.secret").write_text(secret)
        (tmp_path / "client.secret").chmod(0o600)
    outcome = cli("status", tmp_path, "--format", "json")
    check = {item["id"]: item for item in json.loads(outcome.stdout)["checks"]}["client-secret"]
    assert check["status"] == ("pass" if problem is None else "fail")
    assert (problem or "") in check["message"]
    assert "canary" not in outcome.stdout + outcome.stderr


def test_a_secret_from_the_environment(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "jwttool.toml").write_text(
        '[clients.o]\nprovider = "op"\nclient_secret = { env = "OP_SECRET" }\n'
    )
    assert "client-secret" in failing(status(cli, tmp_path)[1])
    monkeypatch.setenv("OP_SECRET", "canary")
    assert "client-secret" not in failing(status(cli, tmp_path)[1])


def test_in_text_what_is_left_is_said_with_what_to_do(cli: Cli, complete: Path) -> None:
    (complete / "signing.crt").unlink()
    outcome = cli("status", complete, "--at", AT)
    assert outcome.exit_code == 1
    assert "  7  left  " in outcome.stdout
    assert "Have the CSR signed" in outcome.stdout
    assert outcome.stdout.splitlines()[-1] == "  1 step left"


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (None, 4, "does not exist"),
        ("", 2, "has no client"),
        ('[clients.a]\nprovider = "nobody"\n', 2, "no provider of that name"),
        ('[clients.a]\nprovider = "op"\nclientid = "a"\n', 3, "clientid"),
    ],
)
def test_a_configuration_that_is_no_use(
    cli: Cli, tmp_path: Path, content: str | None, code: int, words: str
) -> None:
    if content is not None:
        (tmp_path / "jwttool.toml").write_text(content)
    outcome = cli("status", tmp_path)
    assert (outcome.exit_code, outcome.stdout) == (code, "")
    assert words in outcome.stderr


# --- init -------------------------------------------------------------------------


@pytest.fixture
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys of 4096 bits take seconds; where the size is not the point, smaller ones do."""
    monkeypatch.setattr("jwttool.keys.generate.generate_private_key", lambda _kind, _bits: issue.rsa_key(7))


def init(cli: Cli, *arguments: Any) -> Outcome:
    return cli("init", *arguments, "--at", AT)


def test_init_op_makes_the_documents_files_for_real(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "op.pass").write_text("correct horse\n")
    (tmp_path / "op.pass").chmod(0o600)
    folder = tmp_path / "new" / "op"
    outcome = init(cli, "op", folder, "--passphrase-file", tmp_path / "op.pass")
    assert outcome.exit_code == 0
    key = load_private_key((folder / "sandbox-mtls.key").read_bytes(), Secret(b"correct horse"))
    assert isinstance(key.private_key, RSAPrivateKey)
    assert key.private_key.key_size == 4096
    assert key.encryption is not None
    assert stat.S_IMODE((folder / "sandbox-mtls.key").stat().st_mode) == 0o600
    run_tool("openssl", "req", "-verify", "-noout", "-in", folder / "sandbox-mtls.csr")
    run_tool("openssl", "pkey", "-noout", "-in", folder / "sandbox-mtls.key", "-passin", "pass:correct horse")
    assert tomllib.loads((folder / "jwttool.toml").read_text())["clients"]["op-sandbox"] == {
        "provider": "op",
        "server": "https://api.corp-api-sandbox.test.aws.op-palvelut.net",
        "tls_key": "sandbox-mtls.key",
        "tls_certificate": "sandbox-mtls.crt",
        "tls_passphrase": {"file": "../../op.pass"},
    }
    assert "6  left" in outcome.stdout
    assert "sandbox-mtls.crt is not there yet" in outcome.stdout
    assert cli("status", folder, "--at", AT).stdout == outcome.stdout


@pytest.mark.usefixtures("quick_keys")
@pytest.mark.parametrize("name", BUILT_IN)
def test_init_makes_key_csr_and_configuration_for_each_system(cli: Cli, tmp_path: Path, name: str) -> None:
    outcome = init(cli, name, tmp_path, "--no-passphrase", "--subject", "CN=Example Oy,C=FI")
    assert outcome.exit_code == 0
    (pair,) = get_provider(name).key_pairs
    assert load_private_key((tmp_path / pair.key_file).read_bytes()).encryption is None
    assert load_csr((tmp_path / pair.csr_file).read_bytes()).subject.rfc4514_string() == "CN=Example Oy,C=FI"
    _, checks = status(cli, tmp_path)
    assert "key" not in failing(checks)
    assert "csr" not in failing(checks)
    assert [step.id for step in get_provider(name).steps] == list(checks)


@pytest.mark.usefixtures("quick_keys")
def test_init_again_keeps_everything(cli: Cli, tmp_path: Path) -> None:
    first = init(cli, "worldline", tmp_path, "--no-passphrase")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    again = init(cli, "worldline", tmp_path, "--no-passphrase")
    assert again.stdout == first.stdout
    assert again.stderr.count("kept ") == 3
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


@pytest.mark.usefixtures("quick_keys")
def test_init_makes_what_is_missing(cli: Cli, tmp_path: Path) -> None:
    init(cli, "worldline", tmp_path, "--no-passphrase")
    (tmp_path / "keys" / "signing.csr").unlink()
    outcome = init(cli, "worldline", tmp_path, "--no-passphrase")
    assert outcome.exit_code == 0
    _, checks = status(cli, tmp_path)
    assert checks["csr"]["status"] == "pass"


@pytest.mark.usefixtures("quick_keys")
def test_init_does_not_put_a_new_key_beside_the_csr_of_another(cli: Cli, tmp_path: Path) -> None:
    init(cli, "worldline", tmp_path, "--no-passphrase")
    (tmp_path / "keys" / "signing.key").unlink()
    outcome = init(cli, "worldline", tmp_path, "--no-passphrase")
    assert outcome.exit_code == 4
    assert "signing.csr" in outcome.stderr
    assert not (tmp_path / "keys" / "signing.key").exists()


@pytest.mark.usefixtures("quick_keys")
def test_a_second_system_joins_the_configuration(cli: Cli, tmp_path: Path) -> None:
    init(cli, "worldline", tmp_path, "--no-passphrase")
    init(cli, "op", tmp_path, "--no-passphrase")
    config = parse_config((tmp_path / "jwttool.toml").read_bytes(), tmp_path / "jwttool.toml")
    assert list(config.clients) == ["worldline-test", "op-sandbox"]


@pytest.mark.usefixtures("quick_keys")
@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("nobody",), 2, "no provider of that name"),
        (("op",), 2, "no passphrase"),
        (("op", "--no-passphrase", "--passphrase-env", "X"), 2, "contradicts"),
        (("op", "--passphrase-env", "JWTTOOL_NOT_SET"), 2, "not set"),
        (("op", "--no-passphrase", "--subject", "nonsense"), 3, "subject"),
        (("op", "--no-passphrase", "--name", "a b"), 2, "name"),
        (("op", "--no-passphrase", "--name", "x]\n[evil"), 2, "name"),
    ],
)
def test_init_refuses_before_it_writes(
    cli: Cli, tmp_path: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    outcome = cli("init", arguments[0], tmp_path, *arguments[1:])
    assert (outcome.exit_code, outcome.stdout) == (code, "")
    assert words in outcome.stderr
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("source", [SecretSource(variable="NAME"), None])
@pytest.mark.parametrize("name", BUILT_IN)
def test_a_new_clients_lines_are_a_configuration(
    name: str, source: SecretSource | None, tmp_path: Path
) -> None:
    text = client_block(get_provider(name), "new", source)
    client = parse_config(text.encode(), tmp_path / "jwttool.toml").client("new")
    assert client.provider == name
    # And so they are with every comment turned into a setting.
    filled = "\n".join(line.removeprefix("# ").replace('""', '"value"') for line in text.splitlines())
    assert parse_config(filled.encode(), tmp_path / "jwttool.toml").client("new").client_id
