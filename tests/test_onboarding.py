"""``init`` and ``status``: every step done and left, for each of the four systems."""

from __future__ import annotations

import json
import shlex
import stat
import tomllib
from datetime import timedelta
from pathlib import Path
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
from tests.answers import parsed_answer
from tests.assertions import CERTIFICATE, CLIENT_ID, KEY, KID
from tests.tools import run_tool

if TYPE_CHECKING:
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


def test_a_certificate_that_is_missing(cli: Cli, complete: Path) -> None:
    (complete / "signing.crt").unlink()
    code, checks = status(cli, complete)
    assert (code, failing(checks)) == (1, ["certificate"])
    assert "signing.crt is not there yet" in checks["certificate"]["message"]
    assert checks["certificate"]["hint"].startswith("Have the CSR signed")


def test_a_csr_is_not_needed_any_more_once_the_certificate_holds_the_key(cli: Cli, complete: Path) -> None:
    (complete / "signing.csr").unlink()
    code, checks = status(cli, complete)
    assert (code, failing(checks)) == (0, [])
    assert "signing.csr is not needed any more" in checks["csr"]["message"]


@pytest.mark.parametrize("certificate", [None, b"garbage", "another key", "expired"])
def test_a_csr_is_needed_until_then(cli: Cli, complete: Path, certificate: bytes | str | None) -> None:
    (complete / "signing.csr").unlink()
    path, at = complete / "signing.crt", AT
    if certificate is None:
        path.unlink()
    elif certificate == "expired":
        at = rfc3339(issue.NOT_AFTER + timedelta(seconds=1))
    elif isinstance(certificate, bytes):
        path.write_bytes(certificate)
    else:
        path.write_bytes(issue.pem(issue.certificate(issue.rsa_key(1))))
    code, checks = status(cli, complete, at=at)
    assert (code, failing(checks)) == (1, ["csr", "certificate"])
    assert "signing.csr is not there yet" in checks["csr"]["message"]


def test_without_the_key_the_csr_tells_whose_the_certificate_is(cli: Cli, complete: Path) -> None:
    (complete / "signing.key").unlink()
    _, checks = status(cli, complete)
    assert failing(checks) == ["key"]
    (complete / "signing.csr").unlink()
    _, checks = status(cli, complete)
    assert failing(checks) == ["key", "csr", "certificate"]
    assert "no key to compare it with" in checks["certificate"]["message"]
    assert checks["certificate"]["hint"] == "the step of the key tells what is wrong with it"
    (complete / "signing.key").write_bytes(issue.key_pem(KEY, b"open"))
    (complete / "signing.key").chmod(0o600)
    _, checks = status(cli, complete)
    assert failing(checks) == ["csr", "certificate"]
    assert 'passphrase = { file = "..." }' in checks["certificate"]["hint"]


def test_what_is_absent_is_told_with_the_command_that_makes_it(cli: Cli, complete: Path) -> None:
    for name in ("signing.crt", "signing.csr"):
        (complete / name).unlink()
    folder = shlex.quote(str(complete))
    _, checks = status(cli, complete)
    assert checks["csr"]["hint"] == (
        "Make the certificate signing request. "
        f"jwttool csr create --key {folder}/signing.key -o {folder}/signing.csr --usage signing"
    )
    (complete / "signing.key").unlink()
    _, checks = status(cli, complete)
    made = f"jwttool key generate -o {folder}/signing.key"  # init would make keys/signing.key
    assert checks["key"]["hint"] == f"Make the signing key. {made}"
    assert checks["csr"]["hint"] == f"Make the certificate signing request. {made}"


@pytest.mark.parametrize(
    ("name", "folder", "command"),
    [
        ("worldline-test", ".", "jwttool init worldline"),
        ("worldline-test", "a b", "jwttool init worldline 'a b'"),
        ("w", ".", "jwttool init worldline --name w"),
    ],
)
def test_a_key_is_made_by_init_where_init_would_make_it(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, folder: str, command: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(folder).mkdir(exist_ok=True)
    Path(folder, "jwttool.toml").write_text(
        f'[clients.{name}]\nprovider = "worldline"\nkey = "keys/signing.key"\n'
    )
    _, checks = status(cli, Path(folder))
    assert checks["key"]["hint"] == f"Make the signing key. {command}"
    assert checks["csr"]["hint"] == f"Make the certificate signing request. {command}"


def test_a_file_that_the_configuration_does_not_name(cli: Cli, complete: Path) -> None:
    lines = [text for text in COMPLETE.splitlines() if not text.startswith(("key", "certificate"))]
    (complete / "jwttool.toml").write_text("\n".join(lines))
    _, checks = status(cli, complete)
    assert failing(checks) == ["key", "csr", "certificate"]
    assert checks["key"]["hint"].endswith('Then write key = "keys/signing.key".')
    assert checks["certificate"]["hint"].endswith('Then write certificate = "keys/signing.crt".')


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
    for step, name in (("key", "signing.key"), ("csr", "signing.csr"), ("certificate", "signing.crt")):
        assert str(complete / name) in checks[step]["message"]
    assert checks["certificate"]["hint"] == "a PEM file has a line -----BEGIN CERTIFICATE-----"


@pytest.mark.parametrize("name", ["signing.key", "signing.pass"])
def test_a_file_that_others_can_write_is_told_with_what_to_do(cli: Cli, complete: Path, name: str) -> None:
    encrypt(complete, "open")
    assert failing(status(cli, complete)[1]) == []
    (complete / name).chmod(0o666)
    code, checks = status(cli, complete)
    assert (code, failing(checks)) == (1, ["key"])
    assert str(complete / name) in checks["key"]["message"]
    assert checks["key"]["hint"].startswith(f"chmod 600 {complete / name}")


@pytest.mark.parametrize(
    ("passphrase", "words", "hint"),
    [
        (None, "signing.pass does not exist", "the configuration names it as passphrase"),
        ("wrong\n", "does not open", "the passphrase is the one that the configuration names as passphrase"),
        ("\n", "signing.pass: the passphrase is empty", "the configuration names it as passphrase"),
    ],
)
def test_a_configured_passphrase_that_does_not_open_the_key(
    cli: Cli, complete: Path, passphrase: str | None, words: str, hint: str
) -> None:
    encrypt(complete, "open")
    (complete / "signing.pass").unlink()
    if passphrase is not None:
        (complete / "signing.pass").write_text(passphrase)
        (complete / "signing.pass").chmod(0o600)
    code, checks = status(cli, complete)
    assert (code, failing(checks)) == (1, ["key"])
    assert str(complete / "signing.key") in checks["key"]["message"]
    assert words in checks["key"]["message"]
    assert checks["key"]["hint"] == hint


def test_a_configured_passphrase_is_not_missed_where_no_key_is_encrypted(cli: Cli, complete: Path) -> None:
    encrypt(complete, "open")
    (complete / "signing.key").write_bytes(issue.key_pem(KEY))
    (complete / "signing.pass").unlink()
    assert status(cli, complete)[0] == 0


def encrypt(folder: Path, passphrase: str) -> None:
    """Encrypt the client's key, and name the passphrase's file in the configuration."""
    (folder / "signing.key").write_bytes(issue.key_pem(KEY, passphrase.encode()))
    (folder / "signing.pass").write_text(f"{passphrase}\n")
    (folder / "signing.pass").chmod(0o600)
    with (folder / "jwttool.toml").open("a") as config:
        config.write('passphrase = { file = "signing.pass" }\n')


def test_an_encrypted_key_is_opened_only_with_a_configured_passphrase(cli: Cli, complete: Path) -> None:
    (complete / "signing.key").write_bytes(issue.key_pem(KEY, b"open"))
    (complete / "signing.csr").write_bytes(issue.der(issue.request(issue.rsa_key(1))))
    _, checks = status(cli, complete)
    assert failing(checks) == ["certificate"]  # all that is known is that it is not the CSR's
    encrypt(complete, "open")
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


def test_status_takes_the_configuration_in_three_ways(cli: Cli, complete: Path, tmp_path: Path) -> None:
    config = complete / "jwttool.toml"
    other = complete / "other.conf"
    other.write_bytes(config.read_bytes())
    shown = cli("status", complete, "--at", AT)
    assert shown.exit_code == 0
    for arguments in ((config,), (other,), ("--config", config), ("--config", other)):
        assert cli("status", *arguments, "--at", AT) == shown
    assert cli("--config", tmp_path / "none.toml", "status", "--config", config, "--at", AT) == shown


def test_status_of_a_configuration_named_twice_or_not_there(cli: Cli, complete: Path) -> None:
    twice = cli("status", complete, "--config", complete / "jwttool.toml")
    assert twice.exit_code == 2
    assert "DIR and --config" in twice.stderr
    (complete / "jwttool.toml").unlink()
    missing = cli("status", complete / "jwttool.toml")
    assert missing.exit_code == 4
    assert f"{complete / 'jwttool.toml'} does not exist" in missing.stderr


KONSENTUS = """
[clients.k]
provider = "konsentus"
client_id = "me"
client_secret = { env = "K_SECRET" }
ccg_token = { env = "K_SECRET" }
fi_reference_id = "fi"
version = "1.0"
redirect_uri = "https://www.example.com"
"""
KONSENTUS_KEY = 'tls_key = "tls.key"\n'
KONSENTUS_CERTIFICATE = 'tls_certificate = "tls.crt"\n'


@pytest.mark.parametrize(
    ("lines", "files", "left"),
    [
        ("", (), []),
        (KONSENTUS_KEY, (), ["key", "csr"]),
        (KONSENTUS_KEY, ("tls.key",), ["csr"]),
        (KONSENTUS_KEY + KONSENTUS_CERTIFICATE, ("tls.key", "tls.csr"), []),
        (KONSENTUS_KEY + KONSENTUS_CERTIFICATE, ("tls.key", "tls.crt"), []),
        (KONSENTUS_CERTIFICATE, ("tls.crt",), ["certificate"]),
    ],
)
def test_what_is_not_documented_is_judged_only_where_it_is_configured(
    cli: Cli,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    lines: str,
    files: tuple[str, ...],
    left: list[str],
) -> None:
    monkeypatch.setenv("K_SECRET", "canary")
    contents = {
        "tls.key": issue.key_pem(KEY),
        "tls.csr": issue.der(issue.request(KEY)),
        "tls.crt": issue.pem(CERTIFICATE),
    }
    (tmp_path / "jwttool.toml").write_text(KONSENTUS + lines)
    for name in files:
        (tmp_path / name).write_bytes(contents[name])
        (tmp_path / name).chmod(0o600)
    code, checks = status(cli, tmp_path)
    assert (code, failing(checks)) == (1 if left else 0, left)
    if left == ["certificate"]:
        assert checks["certificate"]["hint"] == "name its key in the configuration (tls_key)"


def test_a_certificate_that_is_not_documented_is_judged_where_there_is_one(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("K_SECRET", "canary")
    (tmp_path / "jwttool.toml").write_text(KONSENTUS + KONSENTUS_KEY + KONSENTUS_CERTIFICATE)
    (tmp_path / "tls.key").write_bytes(issue.key_pem(KEY))
    (tmp_path / "tls.key").chmod(0o600)
    (tmp_path / "tls.csr").write_bytes(issue.der(issue.request(KEY)))
    (tmp_path / "tls.crt").write_bytes(issue.pem(issue.certificate(issue.rsa_key(1))))
    _, checks = status(cli, tmp_path)
    assert failing(checks) == ["certificate"]
    assert "does not hold this key" in checks["certificate"]["message"]


# --- init -------------------------------------------------------------------------


@pytest.fixture
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys of 4096 bits take seconds; where the size is not the point, smaller ones do."""
    # In the package, where the name is kept once it was fetched: patched in its module,
    # the fetched stand-in would outlive the test.
    monkeypatch.setattr("jwttool.keys.generate_private_key", lambda _kind, _bits: issue.rsa_key(7))


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
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("quick_keys")
@pytest.mark.parametrize("passphrase", [None, b"", b"a\0b\n", b"x" * 1024 + b"\n"])
def test_a_passphrase_that_is_no_use_leaves_nothing_behind(
    cli: Cli, tmp_path: Path, passphrase: bytes | None
) -> None:
    file, folder = tmp_path / "new.pass", tmp_path / "folder"
    if passphrase is not None:
        file.write_bytes(passphrase)
        file.chmod(0o600)
    outcome = init(cli, "worldline", folder, "--passphrase-file", file)
    assert outcome.exit_code in {2, 3, 4}
    assert not folder.exists()


@pytest.mark.usefixtures("quick_keys")
def test_a_kept_key_has_to_open_with_the_passphrase_that_is_configured(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    for name in ("right", "wrong"):
        (tmp_path / name).write_text(f"{name}\n")
        (tmp_path / name).chmod(0o600)
    assert init(cli, "worldline", folder, "--passphrase-file", tmp_path / "right").exit_code == 0
    before = (folder / "jwttool.toml").read_bytes()
    second = ("worldline", folder, "--name", "second", "--passphrase-file")
    refused = init(cli, *second, tmp_path / "wrong")
    assert (refused.exit_code, refused.stdout) == (3, "")
    assert "keys/signing.key, which is there already" in refused.stderr
    assert (folder / "jwttool.toml").read_bytes() == before
    shared = init(cli, *second, tmp_path / "right")
    assert shared.exit_code == 0
    assert f"[clients.second] shares {folder / 'keys/signing.key'} with worldline-test" in shared.stderr
    _, checks = status(cli, folder)
    assert checks["key"]["status"] == "pass"


@pytest.mark.usefixtures("quick_keys")
def test_a_key_of_ones_own_is_not_said_to_be_shared(cli: Cli, tmp_path: Path) -> None:
    for outcome in (
        init(cli, "worldline", tmp_path, "--no-passphrase"),
        init(cli, "worldline", tmp_path, "--no-passphrase"),
        init(cli, "op", tmp_path, "--no-passphrase"),
    ):
        assert outcome.exit_code == 0
        assert "shares" not in outcome.stderr


@pytest.mark.usefixtures("quick_keys")
@pytest.mark.parametrize("by_variable", [False, True])
def test_init_refuses_a_configuration_that_it_does_not_write(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_variable: bool
) -> None:
    def run(config: Path) -> Outcome:
        arguments = ("init", "op", tmp_path / "op", "--no-passphrase")
        if not by_variable:
            return cli("--config", config, *arguments)
        monkeypatch.setenv("JWTTOOL_CONFIG", str(config))
        return cli(*arguments)

    refused = run(tmp_path / "other.toml")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert f"{tmp_path / 'other.toml'}, and init writes {tmp_path / 'op' / 'jwttool.toml'}" in refused.stderr
    assert list(tmp_path.iterdir()) == []
    assert run(tmp_path / "x" / ".." / "op" / "jwttool.toml").exit_code == 0


@pytest.mark.usefixtures("quick_keys")
def test_init_as_json_tells_what_it_wrote(cli: Cli, tmp_path: Path) -> None:
    arguments = ("worldline", tmp_path, "--no-passphrase", "--format", "json")
    first = init(cli, *arguments)
    assert first.exit_code == 0
    answer = parsed_answer("init", first.stdout)
    assert answer.pop("written") == [
        str(tmp_path / name) for name in ("keys/signing.key", "keys/signing.csr", "jwttool.toml")
    ]
    assert answer["verdict"] == "fail"  # steps are left, and init did what it should
    assert answer == parsed_answer("status", cli("status", tmp_path, "--at", AT, "--format", "json").stdout)
    assert parsed_answer("init", init(cli, *arguments).stdout)["written"] == []


def test_init_suggests_the_system_that_was_meant(cli: Cli, tmp_path: Path) -> None:
    outcome = init(cli, "wordline", tmp_path, "--no-passphrase")
    assert outcome.exit_code == 2
    assert "did you mean worldline?" in outcome.stderr


@pytest.mark.parametrize("source", [SecretSource(variable="NAME"), None])
@pytest.mark.parametrize("name", BUILT_IN)
def test_a_new_clients_lines_are_a_configuration(
    name: str, source: SecretSource | None, tmp_path: Path
) -> None:
    text = client_block(get_provider(name), "new", source)
    client = parse_config(text.encode(), tmp_path / "jwttool.toml").client("new")
    assert client.provider == name
    # And so they are with every comment turned into a setting.
    filled = "\n".join(line.removeprefix("# ").replace('""', '"https://value"') for line in text.splitlines())
    assert parse_config(filled.encode(), tmp_path / "jwttool.toml").client("new").client_id


@pytest.mark.usefixtures("quick_keys")
def test_a_configuration_that_cannot_take_another_client_is_left_alone(cli: Cli, tmp_path: Path) -> None:
    text = 'clients = { a = { provider = "op" } }\n'
    (tmp_path / "jwttool.toml").write_text(text)
    outcome = init(cli, "op", tmp_path, "--no-passphrase")
    assert outcome.exit_code == 3
    assert "cannot take [clients.op-sandbox]" in outcome.stderr
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("jwttool.toml", text)]


@pytest.mark.usefixtures("quick_keys")
def test_a_passphrase_from_standard_input_is_not_named_in_the_configuration(cli: Cli, tmp_path: Path) -> None:
    outcome = cli("init", "op", tmp_path, "--passphrase-file", "-", stdin="correct horse\n")
    assert outcome.exit_code == 0
    assert "tls_passphrase" not in (tmp_path / "jwttool.toml").read_text()
