"""``jwttool key``: what is written, what is said, what is refused and leaves nothing behind."""

from __future__ import annotations

import io
import math
import os
import pty
import select
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    load_pem_private_key,
)

from jwttool.certificates import fingerprint
from jwttool.keys import KeyKind, encrypt_pkcs8, jwk_thumbprint
from jwttool.secret import Secret
from tests import issue
from tests.answers import parsed_answer, parsed_error
from tests.tools import run_tool

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Cli


@pytest.fixture
def passphrase(tmp_path: Path) -> Path:
    path = tmp_path / "key.pass"
    path.write_text("correct horse\n")
    path.chmod(0o600)
    return path


def mode(path: Path) -> str:
    return f"{path.stat().st_mode & 0o777:04o}"


# --- generate -----------------------------------------------------------------


def test_an_encrypted_key_that_openssl_opens(cli: Cli, tmp_path: Path, passphrase: Path) -> None:
    path = tmp_path / "signing.key"

    done = cli("key", "generate", "-o", path, "--bits", "2048", "--passphrase-file", passphrase)

    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == f"jwttool: note: wrote {path} (RSA, 2,048 bits, encrypted, mode 0600)\n"
    assert mode(path) == "0600"
    assert path.read_bytes().startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n")
    said = run_tool("openssl", "pkey", "-in", path, "-passin", f"file:{passphrase}", "-noout", "-text").stdout
    assert b"2048 bit" in said


def test_the_default_is_4096_bits(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rsa_key: rsa.RSAPrivateKey
) -> None:
    asked: list[tuple[KeyKind, int]] = []

    def generate(kind: KeyKind, bits: int) -> rsa.RSAPrivateKey:
        asked.append((kind, bits))
        return rsa_key

    monkeypatch.setattr("jwttool.keys.generate_private_key", generate)
    cli("key", "generate", "-o", tmp_path / "a.key", "--no-passphrase")

    assert asked == [(KeyKind.RSA, 4096)]


def test_an_ec_key_without_a_passphrase_as_json(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "ec.key"

    done = cli("key", "generate", "-o", path, "--type", "ec", "--no-passphrase", "--format", "json")

    assert (done.exit_code, done.stderr) == (0, "")
    assert parsed_answer("key-generate", done.stdout) == {
        "version": 1,
        "path": str(path),
        "mode": "0600",
        "key": {"type": "EC", "size": 256, "exponent": None, "curve": "P-256"},
        "encryption": None,
    }
    assert load_pem_private_key(path.read_bytes(), None).key_size == 256  # type: ignore[union-attr]


def test_the_encryption_as_json(cli: Cli, tmp_path: Path, passphrase: Path) -> None:
    arguments = ("--type", "ec", "--passphrase-file", passphrase, "--format", "json")
    done = cli("key", "generate", "-o", tmp_path / "ec.key", *arguments)

    assert parsed_answer("key-generate", done.stdout)["encryption"] == {
        "scheme": "PBES2 with PBKDF2-HMAC-SHA256, AES-256-CBC",
        "rounds": 600_000,
    }


@pytest.mark.parametrize(
    ("arguments", "exit_code", "words"),
    [
        (("-o", "NEW", "--type", "ec"), 2, "no passphrase for"),
        (("-o", "NEW", "--no-passphrase", "--passphrase-env", "X"), 2, "contradicts"),
        (("-o", "NEW", "--type", "ec", "--bits", "2048", "--no-passphrase"), 2, "always on P-256"),
        (("-o", "NEW", "--bits", "1024", "--no-passphrase"), 2, "'1024' is not one of"),
        (("-o", "NEW", "--type", "dsa", "--no-passphrase"), 2, "'dsa' is not one of"),
        (("-o", "-", "--type", "ec", "--no-passphrase"), 2, "not written to standard output"),
        (("--type", "ec", "--no-passphrase"), 2, "Missing option '-o'"),
        (("-o", "missing/NEW", "--type", "ec", "--no-passphrase"), 4, "the folder missing does not exist"),
        (("-o", "THERE", "--type", "ec", "--no-passphrase"), 4, "exists already"),
        (("-o", "LINK", "--type", "ec", "--no-passphrase", "--force"), 4, "never replaced"),
        (("-o", "NEW", "--type", "ec", "--passphrase-env", "JWTTOOL_TEST_UNSET"), 2, "is not set"),
        (("-o", "NEW", "--type", "ec", "--passphrase-file", "EMPTY"), 3, "passphrase is empty"),
        (("-o", "NEW", "--type", "ec", "--passphrase-file", "OPEN"), 4, "can be written by other users"),
    ],
)
def test_what_is_refused_leaves_nothing_behind(
    cli: Cli,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    exit_code: int,
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    # Before the slow work: no key is ever made.
    monkeypatch.setattr("jwttool.keys.generate_private_key", lambda *_: pytest.fail("a key was made"))
    (tmp_path / "THERE").write_text("mine")
    (tmp_path / "LINK").symlink_to("THERE")
    (tmp_path / "EMPTY").touch(0o600)
    (tmp_path / "OPEN").write_text("secret")
    (tmp_path / "OPEN").chmod(0o666)
    before = sorted(path.name for path in tmp_path.iterdir())

    done = cli("key", "generate", *arguments)

    assert (done.exit_code, done.stdout) == (exit_code, "")
    assert words in done.stderr
    assert done.stderr.startswith("jwttool: error: ")
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert (tmp_path / "THERE").read_text() == "mine"


def test_force_replaces_a_file(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "a.key"
    path.write_text("old")
    path.chmod(0o644)

    done = cli("key", "generate", "-o", path, "--type", "ec", "--no-passphrase", "--force")

    assert done.exit_code == 0
    assert path.read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----")
    assert mode(path) == "0600"
    assert [each.name for each in tmp_path.iterdir()] == ["a.key"]


def test_a_passphrase_from_a_descriptor_in_a_process_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "a.key"
    read, write = os.pipe()
    os.write(write, b"from a pipe\n")
    os.close(write)

    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "jwttool",
            "key",
            "generate",
            "-o",
            path,
            "--type",
            "ec",
            "--passphrase-fd",
            str(read),
        ],
        pass_fds=[read],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    os.close(read)

    assert (done.returncode, done.stdout) == (0, b"")
    load_pem_private_key(path.read_bytes(), b"from a pipe")


def _on_a_terminal(answers: list[bytes], *arguments: str) -> tuple[int, str]:
    """Run jwttool with a pseudo-terminal in the place of a person, who answers each prompt as it comes."""
    pid, terminal = pty.fork()
    if pid == 0:  # pragma: no cover  # the child
        os.execv(sys.executable, [sys.executable, "-m", "jwttool", *arguments])
    said = b""
    waiting = list(answers)
    try:
        while True:
            if not select.select([terminal], [], [], 60)[0]:
                os.kill(pid, signal.SIGKILL)  # it waits for something that never comes
            if not (chunk := os.read(terminal, 1024)):
                break
            said += chunk
            # What is typed before the prompt is thrown away, so wait for it.
            if waiting and said.endswith(b": "):
                os.write(terminal, waiting.pop(0) + b"\n")
    except OSError:  # Linux: the other end is closed
        pass
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status), said.decode()


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_passphrase_typed_twice_on_a_terminal(tmp_path: Path) -> None:
    path = tmp_path / "a.key"
    command = ("key", "generate", "-o", str(path), "--type", "ec")

    code, said = _on_a_terminal([b"typed", b"typed"], *command)
    assert code == 0, said
    assert "The same again" in said
    load_pem_private_key(path.read_bytes(), b"typed")

    other = tmp_path / "b.key"
    code, said = _on_a_terminal([b"typed", b"typo"] * 3, *command[:3], str(other), *command[4:])
    assert code == 3
    assert "the two passphrases differ" in said
    assert not other.exists()


# --- show ---------------------------------------------------------------------


def write_key(path: Path, key: rsa.RSAPrivateKey, permissions: int = 0o600) -> Path:
    path.write_bytes(encrypt_pkcs8(key, Secret(b"correct horse")))
    path.chmod(permissions)
    return path


def test_a_sound_key(cli: Cli, tmp_path: Path, passphrase: Path, rsa_key: rsa.RSAPrivateKey) -> None:
    path = write_key(tmp_path / "a.key", rsa_key)

    done = cli("key", "show", path, "--passphrase-file", passphrase)

    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith(
        "Private key\n"
        "  key         RSA, 2,048 bits\n"
        "  exponent    65537\n"
        "  format      PKCS#8, PEM\n"
        "  encryption  PBES2 with PBKDF2-HMAC-SHA256, AES-256-CBC, 600,000 rounds\n"
        "  file mode   0600\n"
        "\n"
        "Thumbprints of the public key\n"
        f"  jkt          {jwk_thumbprint(rsa_key.public_key())}\n"
    )
    assert done.stdout.endswith("\nPASS  7 passed\n")


def test_a_sound_key_as_json(cli: Cli, tmp_path: Path, passphrase: Path, rsa_key: rsa.RSAPrivateKey) -> None:
    path = write_key(tmp_path / "a.key", rsa_key)

    done = cli("key", "show", path, "--passphrase-file", passphrase, "--format", "json")
    answer = parsed_answer("key-show", done.stdout)

    certificate = issue.certificate(rsa_key)
    assert answer["thumbprints"] == {
        form: fingerprint(certificate, form) for form in ("jkt", "spki-sha256", "keycloak", "ski")
    }
    assert answer["key"] == {"type": "RSA", "size": 2048, "exponent": 65537, "curve": None}
    assert (answer["kind"], answer["format"], answer["encoding"]) == ("private", "PKCS#8", "PEM")
    assert answer["encryption"]["rounds"] == 600_000
    assert answer["mode"] == "0600"
    assert answer["verdict"] == "pass"
    assert [(check["id"], check["status"]) for check in answer["checks"]] == [
        ("key-size", "pass"),
        ("key-exponent", "pass"),
        ("key-modulus-even", "pass"),
        ("key-roca", "pass"),
        ("key-consistency", "pass"),
        ("key-encryption", "pass"),
        ("key-file-mode", "pass"),
    ]


def _statuses(stdout: str) -> dict[str, str]:
    return {check["id"]: check["status"] for check in parsed_answer("key-show", stdout)["checks"]}


def test_an_unencrypted_key_that_others_can_read_warns(
    cli: Cli, tmp_path: Path, rsa_key: rsa.RSAPrivateKey
) -> None:
    path = tmp_path / "a.key"
    path.write_bytes(issue.key_pem(rsa_key))
    path.chmod(0o644)

    done = cli("key", "show", path, "--format", "json")

    statuses = _statuses(done.stdout)
    assert done.exit_code == 0
    assert {name for name, status in statuses.items() if status == "warning"} == {
        "key-encryption",
        "key-file-mode",
    }


def test_too_few_rounds_warn(cli: Cli, tmp_path: Path, passphrase: Path, rsa_key: rsa.RSAPrivateKey) -> None:
    path = tmp_path / "a.key"
    path.write_bytes(issue.key_pem(rsa_key, b"correct horse"))  # cryptography's 2,048 rounds
    path.chmod(0o600)

    done = cli("key", "show", path, "--passphrase-file", passphrase, "--format", "json")

    assert done.exit_code == 0
    assert _statuses(done.stdout)["key-encryption"] == "warning"


def test_a_weak_key_is_a_no(cli: Cli, tmp_path: Path, weak_rsa_key: rsa.RSAPrivateKey) -> None:
    path = tmp_path / "weak.key"
    path.write_bytes(issue.key_pem(weak_rsa_key))
    path.chmod(0o600)

    done = cli("key", "show", path, "--format", "json")

    assert done.exit_code == 1
    assert _statuses(done.stdout)["key-size"] == "fail"
    assert parsed_answer("key-show", done.stdout)["verdict"] == "fail"


def composite_key() -> rsa.RSAPrivateKey:
    """A key whose numbers fit each other, but whose factors are products themselves."""
    while True:
        one, two = (rsa.generate_private_key(65537, 1024).private_numbers() for _ in range(2))
        p, q = one.p * one.q, two.p * two.q
        if math.gcd(65537, (p - 1) * (q - 1)) == 1 and (p * q).bit_length() == 2048:
            break
    d = pow(65537, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(65537, p * q)
    numbers = rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), public)
    return numbers.private_key(unsafe_skip_rsa_key_validation=True)


def test_a_key_whose_factors_are_not_prime_is_a_no(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "a.key"
    path.write_bytes(issue.key_pem(composite_key()))
    path.chmod(0o600)

    done = cli("key", "show", path, "--format", "json")

    assert done.exit_code == 1
    statuses = _statuses(done.stdout)
    assert statuses.pop("key-consistency") == "fail"
    assert "fail" not in statuses.values()


def test_a_public_key(cli: Cli, tmp_path: Path, rsa_key: rsa.RSAPrivateKey) -> None:
    path = tmp_path / "a.pub"
    path.write_bytes(issue.public_pem(rsa_key))
    path.chmod(0o664)  # nobody minds: it is public

    text = cli("key", "show", path)
    answer = parsed_answer("key-show", cli("key", "show", path, "--format", "json").stdout)

    assert (text.exit_code, text.stderr) == (0, "")
    assert text.stdout.startswith("Public key\n  key        RSA, 2,048 bits\n")
    assert "encryption" not in text.stdout
    assert answer["kind"] == "public"
    assert [check["id"] for check in answer["checks"]] == [
        "key-size",
        "key-exponent",
        "key-modulus-even",
        "key-roca",
    ]


def test_an_ec_key_from_standard_input_has_no_mode(cli: Cli) -> None:
    done = cli("key", "show", "-", "--format", "json", stdin=issue.key_pem(issue.ec_key()))
    answer = parsed_answer("key-show", done.stdout)

    assert done.exit_code == 0
    assert answer["mode"] is None
    assert answer["key"] == {"type": "EC", "size": 256, "exponent": None, "curve": "P-256"}
    assert {check["id"]: check["status"] for check in answer["checks"]} == {
        "key-curve": "pass",
        "key-consistency": "pass",
        "key-encryption": "warning",
        "key-file-mode": "skipped",
    }


@pytest.mark.parametrize(
    ("content", "exit_code", "code"),
    [
        (b"", 3, "malformed"),
        (b"hello", 3, "malformed"),
        (issue.key_pem(issue.rsa_key())[:-200], 3, "malformed"),
        (issue.key_pem(issue.rsa_key()) + issue.key_pem(issue.rsa_key(1)), 3, "ambiguous"),
        (issue.key_pem(issue.ed25519_key()), 3, "unsupported"),
        (issue.pem(issue.certificate(issue.rsa_key())), 3, "wrong-kind"),
        (issue.key_pem(issue.rsa_key(), b"secret"), 2, "no-passphrase"),
        (b"x" * (33 * 1024 * 1024), 3, "too-large"),
        (b"x" * (200 * 1024), 3, "too-large"),
    ],
)
def test_hostile_files_get_one_line(
    cli: Cli, tmp_path: Path, content: bytes, exit_code: int, code: str
) -> None:
    path = tmp_path / "a.key"
    path.write_bytes(content)
    path.chmod(0o600)

    text, answer = cli("key", "show", path), cli("key", "show", path, "--format", "json")

    assert (text.exit_code, text.stdout) == (exit_code, "")
    assert text.stderr.startswith("jwttool: error: ")
    assert len(text.stderr.splitlines()) <= 2
    assert "Traceback" not in text.stderr
    assert parsed_error(answer.stdout)["code"] == code
    assert answer.stderr == ""


def test_a_wrong_passphrase_and_a_private_key_that_others_can_write(
    cli: Cli, tmp_path: Path, rsa_key: rsa.RSAPrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_key(tmp_path / "a.key", rsa_key)
    monkeypatch.setenv("JWTTOOL_TEST_WRONG", "battery staple")
    wrong = cli("key", "show", path, "--passphrase-env", "JWTTOOL_TEST_WRONG")
    path.chmod(0o620)
    writable = cli("key", "show", path)

    assert wrong.exit_code == 3
    assert "battery" not in wrong.stderr
    assert writable.exit_code == 4
    assert "can be written by other users" in writable.stderr


def test_a_spinner_turns_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    from jwttool.cli.spinner import spinner

    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    with spinner("making"):
        pass
    assert stream.getvalue() == ""

    monkeypatch.setattr("jwttool.cli.spinner.is_terminal", lambda _: True)
    with spinner("making"):
        pass
    assert "making" in stream.getvalue()
    assert stream.getvalue().endswith("\r\x1b[K")


def test_a_new_key_never_replaces_the_file_of_its_passphrase(cli: Cli, passphrase: Path) -> None:
    before = passphrase.read_bytes()

    done = cli(
        *("key", "generate", "-o", passphrase, "--type", "ec", "--force", "--passphrase-file", passphrase)
    )

    assert done.exit_code == 2
    assert passphrase.read_bytes() == before


def test_an_error_says_which_file_it_is_about(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "a.key"
    path.write_bytes(b"hello")
    path.chmod(0o600)

    done = cli("key", "show", path)

    assert done.exit_code == 3
    assert done.stderr.startswith(f"jwttool: error: {path}: ")


def test_key_and_passphrase_cannot_both_come_from_standard_input(
    cli: Cli, rsa_key: rsa.RSAPrivateKey
) -> None:
    encrypted = issue.key_pem(rsa_key, b"correct horse")

    for source in (("--passphrase-file", "-"), ("--passphrase-fd", "0")):
        done = cli("key", "show", "-", *source, stdin=encrypted)
        assert done.exit_code == 2
        assert "standard input can be read once" in done.stderr


def test_an_old_encryption_is_named(cli: Cli, tmp_path: Path, passphrase: Path) -> None:
    path = tmp_path / "old.key"
    new = run_tool("openssl", "genrsa", "2048").stdout
    path.write_bytes(
        run_tool(
            "openssl", "rsa", "-aes256", "-traditional", "-passout", "pass:correct horse", stdin=new
        ).stdout
    )
    path.chmod(0o600)

    done = cli("key", "show", path, "--passphrase-file", passphrase)

    assert done.exit_code == 0
    assert "legacy PEM with MD5, AES-256-CBC, 1 round\n" in done.stdout
    assert "the encryption is of a kind that nobody should use any more: legacy PEM with MD5" in done.stdout
