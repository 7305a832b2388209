"""``jwttool csr``: requests that openssl takes, and what is refused before a key is touched."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from jwttool.csr import load_csr
from tests import issue
from tests.answers import parsed_answer, parsed_error
from tests.tools import run_tool

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    from tests.conftest import Cli


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "signing.key"
    path.write_bytes(issue.key_pem(issue.rsa_key()))
    path.chmod(0o600)
    return path


# --- create -------------------------------------------------------------------


def test_ops_step_4(cli: Cli, tmp_path: Path, key_file: Path) -> None:
    path = tmp_path / "sandbox-mtls.csr"

    done = cli("csr", "create", "--key", key_file, "-o", path)

    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == f"jwttool: note: wrote {path}\n"
    verified = run_tool("openssl", "req", "-verify", "-noout", "-in", path)
    assert b"verify OK" in verified.stdout + verified.stderr


def test_everything_that_can_be_asked_for_alone_on_standard_output(cli: Cli, key_file: Path) -> None:
    subject = "CN=Example Oy,organizationIdentifier=PSDFI-FINFSA-12345678,C=FI"

    done = cli(
        *("csr", "create", "--key", key_file, "--subject", subject),
        *("--dns", "a.example", "--dns", "b.example", "--usage", "tls"),
    )

    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith("-----BEGIN CERTIFICATE REQUEST-----\n")
    assert done.stdout.endswith("-----END CERTIFICATE REQUEST-----\n")
    answer = parsed_answer("csr-show", cli("csr", "show", "-", "--format", "json", stdin=done.stdout).stdout)
    assert answer["subject"] == subject
    assert answer["requested"] == {
        "key_usage": ["digitalSignature"],
        "extended_key_usage": ["clientAuth"],
        "subject_alternative_names": ["DNS:a.example", "DNS:b.example"],
    }
    assert answer["verdict"] == "pass"


def test_a_key_that_openssl_made_and_encrypted(cli: Cli, tmp_path: Path) -> None:
    path, secret = tmp_path / "a.key", tmp_path / "a.pass"
    secret.write_text("correct horse\n")
    secret.chmod(0o600)
    run_tool("openssl", "genrsa", "-aes256", "-passout", f"file:{secret}", "-out", path, "2048")

    done = cli("csr", "create", "--key", path, "--passphrase-file", secret)

    assert done.exit_code == 0
    assert load_csr(done.stdout.encode()).is_signature_valid


@pytest.mark.parametrize(
    ("arguments", "exit_code", "code"),
    [
        (("--key", "KEY", "-o", "NEW", "--subject", "example"), 3, "malformed"),
        (("--key", "KEY", "-o", "NEW", "--dns", "a b"), 3, "malformed"),
        (("--key", "missing", "-o", "NEW", "--dns", "a b"), 3, "malformed"),  # before the key is read
        (("--key", "missing", "-o", "THERE"), 4, "file-exists"),  # so is this
        (("--key", "missing", "-o", "NEW"), 4, "file-missing"),
        (("--key", "CERT", "-o", "NEW"), 3, "wrong-kind"),
        (("--key", "WEAK", "-o", "NEW"), 1, "weak-key"),
        (("--key", "LOCKED", "-o", "NEW"), 2, "no-passphrase"),
        (("--key", "KEY", "-o", "missing/NEW"), 4, "file-missing"),
        (("--key", "KEY", "-o", "NEW", "--usage", "sealing"), 2, "usage"),
        (("-o", "NEW"), 2, "usage"),
    ],
)
def test_what_is_refused_leaves_nothing_behind(
    cli: Cli,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    weak_rsa_key: RSAPrivateKey,
    arguments: tuple[str, ...],
    exit_code: int,
    code: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, data in {
        "KEY": issue.key_pem(issue.rsa_key()),
        "CERT": issue.pem(issue.certificate(issue.rsa_key())),
        "WEAK": issue.key_pem(weak_rsa_key),
        "LOCKED": issue.key_pem(issue.rsa_key(), b"secret"),
        "THERE": b"mine",
    }.items():
        (tmp_path / name).write_bytes(data)
        (tmp_path / name).chmod(0o600)
    before = sorted(path.name for path in tmp_path.iterdir())

    done = cli("csr", "create", *arguments)

    assert (done.exit_code, done.stdout) == (exit_code, "")
    assert done.stderr.startswith("jwttool: error: ")
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert (tmp_path / "THERE").read_bytes() == b"mine"
    # csr create has no JSON answer of its own, but the error has the code that programs see.
    from jwttool.errors import JwtToolError

    raised: list[JwtToolError] = []
    monkeypatch.setattr("jwttool.cli.boundary.say_error", raised.append)
    cli("csr", "create", *arguments)
    assert [error.code for error in raised] == [code]


# --- show ---------------------------------------------------------------------


def test_a_request_in_words(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "a.csr"
    path.write_bytes(issue.request(issue.ec_key()).public_bytes(Encoding.DER))

    done = cli("csr", "show", path)

    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == (
        "Certificate signing request\n"
        "  subject    CN=client.example,O=Example Oy,C=FI\n"
        "  key        EC, P-256\n"
        "  signature  ecdsa-with-SHA256\n"
        "\n"
        "Checks\n"
        "ok    csr-signature  the request is signed by the key that it holds\n"
        "ok    csr-key-type   the key is RSA or EC on P-256\n"
        "ok    key-curve      the curve is P-256\n"
        "\n"
        "PASS  3 passed\n"
    )


def test_an_empty_subject_has_a_word(cli: Cli, key_file: Path) -> None:
    made = cli("csr", "create", "--key", key_file).stdout

    assert "  subject    (empty)\n" in cli("csr", "show", "-", stdin=made).stdout


def _failing(cli: Cli, request: bytes) -> set[str]:
    done = cli("csr", "show", "-", "--format", "json", stdin=request)
    assert done.exit_code == 1
    answer = parsed_answer("csr-show", done.stdout)
    assert answer["verdict"] == "fail"
    return {check["id"] for check in answer["checks"] if check["status"] == "fail"}


def test_what_a_ca_would_refuse_is_a_no(cli: Cli, weak_rsa_key: RSAPrivateKey) -> None:
    sound = issue.request(issue.rsa_key()).public_bytes(Encoding.DER)
    ed25519 = x509.CertificateSigningRequestBuilder(issue.name("x")).sign(issue.ed25519_key(), None)

    assert _failing(cli, sound.replace(b"client", b"cliemt")) == {"csr-signature"}
    assert _failing(cli, issue.request(weak_rsa_key).public_bytes(Encoding.PEM)) == {"key-size"}
    assert _failing(cli, ed25519.public_bytes(Encoding.PEM)) == {"csr-key-type"}


HOSTILE_SUBJECT = "evil\x1b]0;title\x07\n\u202egnp.exe\x9b31m"


def test_hostile_text_is_escaped(cli: Cli) -> None:
    name = x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, HOSTILE_SUBJECT)])
    request = x509.CertificateSigningRequestBuilder(name).sign(issue.rsa_key(), SHA256())
    pem = request.public_bytes(Encoding.PEM)

    text = cli("csr", "show", "-", stdin=pem)
    answer = cli("csr", "show", "-", "--format", "json", stdin=pem)

    assert "  subject    O=evil\\x1b]0\\\\;title\\x07\\x0a\\u202egnp.exe\\x9b31m\n" in text.stdout
    assert all(line.isprintable() for line in text.stdout.splitlines())
    assert answer.stdout.isascii()
    assert all(line.isprintable() for line in answer.stdout.splitlines())
    assert parsed_answer("csr-show", answer.stdout)["subject"] == f"O={HOSTILE_SUBJECT}".replace(";", "\\;")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "malformed"),
        (b"hello", "malformed"),
        (issue.request(issue.rsa_key()).public_bytes(Encoding.PEM)[:-50], "malformed"),
        (issue.request(issue.rsa_key()).public_bytes(Encoding.PEM) * 2, "ambiguous"),
        (issue.key_pem(issue.rsa_key()), "wrong-kind"),
        (b"x" * (1024 * 1024 + 1), "too-large"),
    ],
)
def test_hostile_files_get_one_line(cli: Cli, tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "a.csr"
    path.write_bytes(content)

    text, answer = cli("csr", "show", path), cli("csr", "show", path, "--format", "json")

    assert (text.exit_code, text.stdout) == (3, "")
    assert text.stderr.startswith("jwttool: error: ")
    assert len(text.stderr.splitlines()) <= 2
    assert (answer.exit_code, answer.stderr) == (3, "")
    assert parsed_error(answer.stdout)["code"] == code


def test_the_pipe_of_the_help_in_processes_of_their_own(key_file: Path) -> None:
    jwttool = [sys.executable, "-m", "jwttool", "csr"]
    made = subprocess.run([*jwttool, "create", "--key", key_file], capture_output=True, check=True)
    shown = subprocess.run([*jwttool, "show", "-"], input=made.stdout, capture_output=True, check=True)

    assert shown.stdout.startswith(b"Certificate signing request\n")
    assert b"\nPASS" in shown.stdout


@pytest.mark.parametrize("force", [(), ("--force",)])
def test_a_request_never_replaces_its_key(cli: Cli, key_file: Path, force: tuple[str, ...]) -> None:
    before = key_file.read_bytes()

    done = cli("csr", "create", "--key", key_file, "-o", key_file, *force)

    assert (done.exit_code, done.stdout) == (2, "")
    assert "is read by this command, and would be overwritten by it" in done.stderr
    assert key_file.read_bytes() == before


def test_the_request_as_json(cli: Cli, key_file: Path, tmp_path: Path) -> None:
    command = ("csr", "create", "--key", key_file, "--subject", "CN=Example Oy,C=FI", "--format", "json")
    path = tmp_path / "a.csr"

    printed = parsed_answer("csr-create", cli(*command).stdout)
    written = cli(*command, "-o", path)

    assert load_csr(printed.pop("request").encode()).is_signature_valid
    assert printed == {
        "version": 1,
        "path": None,
        "subject": "CN=Example Oy,C=FI",
        "key": {"type": "RSA", "size": 2048, "exponent": 65537, "curve": None},
        "notes": [],
    }
    assert (written.exit_code, written.stderr) == (0, "")
    answer = parsed_answer("csr-create", written.stdout)
    assert answer["path"] == str(path)
    assert answer["request"] == path.read_text()


def test_an_error_says_which_file_it_is_about(cli: Cli, key_file: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.touch(0o600)

    assert cli("csr", "show", key_file).stderr.startswith(f"jwttool: error: {key_file}: a PKCS#8 private key")
    done = cli("csr", "create", "--key", empty)
    assert (done.exit_code, done.stderr) == (3, f"jwttool: error: {empty}: the key file is empty\n")
