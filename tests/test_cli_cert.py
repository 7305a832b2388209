"""``jwttool cert``: what is printed, what is found, what a bundle holds, what is refused."""

from __future__ import annotations

import base64
import hashlib
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs7, pkcs12

from jwttool.certificates import FORM_NAMES, fingerprint, fingerprints
from jwttool.keys import load_pkcs12
from jwttool.secret import Secret
from tests import issue
from tests.answers import parsed_answer, parsed_error
from tests.tools import run_tool

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Cli

ROOT = issue.authority()
ISSUING = ROOT.sub_authority()
LEAF = ISSUING.issue(issue.rsa_key())
CHAIN = issue.pem(LEAF, ISSUING.certificate, ROOT.certificate)
SECRET = "correct horse"
AT = "2026-06-16T13:10:13Z"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one of everything, which is also the working folder."""
    monkeypatch.chdir(tmp_path)
    files = {
        "a.key": issue.key_pem(issue.rsa_key()),
        "a.locked": issue.key_pem(issue.rsa_key(), SECRET.encode()),
        "a.pub": issue.public_pem(issue.rsa_key()),
        "a.csr": issue.request(issue.rsa_key()).public_bytes(Encoding.PEM),
        "a.crt": issue.pem(LEAF),
        "a.der": issue.der(LEAF),
        "a.p12": pkcs12.serialize_key_and_certificates(
            b"a", issue.rsa_key(), LEAF, [ISSUING.certificate], BestAvailableEncryption(SECRET.encode())
        ),
        "chain.pem": CHAIN,
        "chain.p7b": pkcs7.serialize_certificates([ROOT.certificate, LEAF], Encoding.DER),
        "both.pem": issue.key_pem(issue.rsa_key()) + issue.pem(LEAF),
        "b.key": issue.key_pem(issue.rsa_key(1)),
        "b.crt": issue.pem(ISSUING.issue(issue.rsa_key(1), "other.example")),
        "ca.pem": issue.pem(ISSUING.certificate, ROOT.certificate),
        "secret": f"{SECRET}\n".encode(),
        "other": b"battery staple\n",
        "there": b"mine",
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
        (tmp_path / name).chmod(0o600)
    return tmp_path


PASSPHRASE = ("--passphrase-file", "secret")


# --- fingerprint --------------------------------------------------------------


@pytest.mark.usefixtures("folder")
def test_the_default_is_worldlines_kid_alone_on_a_line(cli: Cli) -> None:
    done = cli("cert", "fingerprint", "a.crt")

    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == hashlib.sha1(issue.der(LEAF)).hexdigest().upper() + "\n"


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("form", FORM_NAMES)
def test_every_form_by_name(cli: Cli, form: str) -> None:
    assert cli("cert", "fingerprint", "a.der", "--as", form).stdout == fingerprint(LEAF, form) + "\n"


@pytest.mark.usefixtures("folder")
def test_all_forms_a_line_each_and_as_json(cli: Cli) -> None:
    text = cli("cert", "fingerprint", "a.crt", "--as", "all")
    answer = cli("cert", "fingerprint", "a.crt", "--as", "all", "--format", "json")

    assert text.stdout == "".join(f"{form} {value}\n" for form, value in fingerprints(LEAF).items())
    assert parsed_answer("cert-fingerprint", answer.stdout)["fingerprints"] == fingerprints(LEAF)


@pytest.mark.usefixtures("folder")
def test_one_form_as_json_and_from_standard_input(cli: Cli) -> None:
    done = cli("cert", "fingerprint", "-", "--as", "x5t", "--format", "json", stdin=CHAIN)

    answer = parsed_answer("cert-fingerprint", done.stdout)
    assert answer == {
        "version": 1,
        "subject": "CN=client.example,O=Example Oy,C=FI",
        "fingerprints": {"x5t": fingerprint(LEAF, "x5t")},
    }


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("file", "count", "passphrase"), [("chain.pem", 3, ()), ("chain.p7b", 2, ()), ("a.p12", 2, PASSPHRASE)]
)
def test_of_several_the_one_that_is_taken_is_said(
    cli: Cli, file: str, count: int, passphrase: tuple[str, ...]
) -> None:
    done = cli("cert", "fingerprint", file, *passphrase)

    assert done.stdout == fingerprint(LEAF) + "\n"
    assert done.stderr.startswith(f"jwttool: note: {file} holds {count} certificates")
    assert "CN=client.example" in done.stderr


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "exit_code", "code"),
    [
        (("missing",), 4, "file-missing"),
        (("a.key",), 3, "wrong-kind"),
        (("ca.pem",), 3, "ambiguous"),
        (("a.p12",), 2, "no-passphrase"),
        (("a.p12", "--passphrase-file", "other"), 3, "wrong-passphrase"),
        (("a.crt", "--as", "md5"), 2, "usage"),
        ((".",), 4, "file-access"),
        ((), 2, "usage"),
    ],
)
def test_fingerprints_of_what_has_none(
    cli: Cli, arguments: tuple[str, ...], exit_code: int, code: str
) -> None:
    done = cli("cert", "fingerprint", *arguments, "--format", "json")

    assert (done.exit_code, done.stderr) == (exit_code, "")
    assert parsed_error(done.stdout)["code"] == code


def test_openssl_agrees(cli: Cli, folder: Path) -> None:
    said = run_tool("openssl", "x509", "-in", folder / "a.crt", "-noout", "-fingerprint", "-sha1").stdout

    assert cli("cert", "fingerprint", "a.crt", "--as", "sha1-colon").stdout == said.decode().partition("=")[2]


# --- show ---------------------------------------------------------------------


@pytest.mark.usefixtures("folder")
def test_a_certificate_in_words(cli: Cli) -> None:
    done = cli("cert", "show", "chain.pem", "--at", AT)

    forms = "".join(f"  {form.ljust(11)}  {value}\n" for form, value in fingerprints(LEAF).items())
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == (
        "Certificate\n"
        "  subject      CN=client.example,O=Example Oy,C=FI\n"
        "  issuer       CN=Example Issuing CA,O=Example Oy,C=FI\n"
        "  serial       123456789abcdef\n"
        "  valid from   2026-01-01T00:00:00Z\n"
        "  valid until  2027-12-31T23:59:59Z, in 563 d 10 h\n"
        "  key          RSA, 2,048 bits\n"
        "  signature    sha256WithRSAEncryption\n"
        "\n"
        "Fingerprints\n"
        f"{forms}"
        "\n"
        "Also in the file\n"
        "  CN=Example Issuing CA,O=Example Oy,C=FI\n"
        "  CN=Example Root CA,O=Example Oy,C=FI\n"
    )


@pytest.mark.usefixtures("folder")
def test_a_certificate_as_json(cli: Cli) -> None:
    answer = parsed_answer("cert-show", cli("cert", "show", "a.crt", "--at", AT, "--format", "json").stdout)

    assert answer["subject"] == "CN=client.example,O=Example Oy,C=FI"
    assert answer["serial_number"] == "123456789abcdef"
    assert (answer["not_before"], answer["not_after"]) == ("2026-01-01T00:00:00Z", "2027-12-31T23:59:59Z")
    assert answer["days_left"] == 563
    assert answer["key"] == {"type": "RSA", "size": 2048, "exponent": 65537, "curve": None}
    assert answer["fingerprints"] == fingerprints(LEAF)
    assert answer["format"] == "PEM"
    assert base64.b64decode(answer["x5c"]) == issue.der(LEAF)
    assert (answer["chain"], answer["faults"]) == ([], [])


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2028-01-01T00:00:00Z", "valid until  2027-12-31T23:59:59Z, expired 1 s ago"),
        ("2025-12-31T23:00:00Z", "valid from   2026-01-01T00:00:00Z, in 1 h"),
    ],
)
def test_a_certificate_that_is_not_valid_says_so(cli: Cli, at: str, words: str) -> None:
    done = cli("cert", "show", "a.crt", "--at", at)

    assert done.exit_code == 0  # it is shown, not judged
    assert f"  {words}\n" in done.stdout


HOSTILE_SUBJECT = "evil\x1b]0;title\x07\n\u202egnp.exe\x9b31m"


def test_hostile_text_is_escaped(cli: Cli, folder: Path) -> None:
    name = x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, HOSTILE_SUBJECT)])
    (folder / "evil.crt").write_bytes(issue.pem(issue.certificate(issue.rsa_key(), name), ROOT.certificate))
    kid = fingerprint(LEAF)

    for arguments in (
        ("show", "evil.crt"),
        ("fingerprint", "evil.crt"),
        ("match", "evil.crt", "a.key"),
        ("find-kid", HOSTILE_SUBJECT, "evil.crt"),
        ("find-kid", f"Requested kid: '{HOSTILE_SUBJECT}'. Available kids: [{kid}]", "evil.crt", "a.crt"),
    ):
        for extra in ((), ("--format", "json")):
            done = cli("cert", *arguments, *extra)
            assert done.exit_code in {0, 1}
            for line in (done.stdout + done.stderr).splitlines():
                assert line.isprintable(), arguments
    assert "O=evil\\x1b]0\\\\;title\\x07\\x0a\\u202egnp.exe\\x9b31m" in cli("cert", "show", "evil.crt").stdout


def test_a_damaged_certificate_shows_what_can_be_read(cli: Cli, folder: Path) -> None:
    damaged = x509.UnrecognizedExtension(x509.SubjectAlternativeName.oid, b"\xff")
    (folder / "bad.crt").write_bytes(issue.pem(ROOT.issue(issue.ed25519_key(), extensions=[damaged])))

    text = cli("cert", "show", "bad.crt")
    answer = parsed_answer("cert-show", cli("cert", "show", "bad.crt", "--format", "json").stdout)

    assert text.exit_code == 0
    assert "  an extension of the certificate cannot be read: it is damaged\n" in text.stdout
    assert "  key          Ed25519\n" in text.stdout
    assert "  jkt          not available for this certificate\n" in text.stdout
    assert answer["faults"] == ["an extension of the certificate cannot be read: it is damaged"]
    assert answer["use"] is None
    assert set(answer["fingerprints"]) == set(FORM_NAMES) - {"jkt", "ski"}


class HugeExponent:
    """The public half of a key that nobody has: 16,384 bits, and an exponent of 16,000."""

    def public_key(self) -> rsa.RSAPublicKey:
        return rsa.RSAPublicNumbers(2**16_000 + 1, 2**16_383 + 1).public_key()


def test_a_huge_exponent_is_not_written_out(cli: Cli, folder: Path) -> None:
    (folder / "huge.crt").write_bytes(issue.pem(ROOT.issue(HugeExponent())))
    (folder / "huge.pub").write_bytes(issue.public_pem(HugeExponent()))

    text, answer = cli("cert", "show", "huge.crt"), cli("cert", "show", "huge.crt", "--format", "json")
    key = cli("key", "show", "huge.pub")

    assert text.exit_code == 0
    assert parsed_answer("cert-show", answer.stdout)["key"] == {
        "type": "RSA",
        "size": 16_384,
        "exponent": None,
        "curve": None,
    }
    assert "  exponent   a number of 16,001 bits\n" in key.stdout


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "malformed"),
        (b"hello", "malformed"),
        (CHAIN[:-50], "malformed"),
        (issue.der(LEAF)[:-1], "malformed"),
        (issue.der(LEAF) * 2, "malformed"),
        (CHAIN[:100] + b"\x00" + CHAIN[101:], "malformed"),
        (issue.pem(LEAF) + issue.pem(ISSUING.issue(issue.rsa_key(1))), "ambiguous"),
        (issue.request(issue.rsa_key()).public_bytes(Encoding.PEM), "wrong-kind"),
        (issue.revocation_list(ROOT), "wrong-kind"),
        (issue.key_pem(issue.rsa_key(), b"secret"), "wrong-kind"),
        (b'{"kty":"RSA"}', "wrong-kind"),
        (b"x" * (1024 * 1024 + 1), "too-large"),
        (b"x" * (32 * 1024 * 1024 + 1), "too-large"),
        (CHAIN + b"\n" * (1024 * 1024), "too-large"),
    ],
)
def test_hostile_files_get_one_line(cli: Cli, tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "a.crt"
    path.write_bytes(content)

    text, answer = cli("cert", "show", path), cli("cert", "show", path, "--format", "json")

    assert (text.exit_code, text.stdout) == (3, "")
    assert text.stderr.startswith("jwttool: error: ")
    assert len(text.stderr.splitlines()) <= 2
    assert "Traceback" not in text.stderr
    assert (answer.exit_code, answer.stderr) == (3, "")
    assert parsed_error(answer.stdout)["code"] == code


# --- find-kid -----------------------------------------------------------------


@pytest.mark.usefixtures("folder")
def test_a_kid_is_found_among_all_certificates_of_all_files(cli: Cli) -> None:
    kid = fingerprint(ISSUING.certificate, "x5t-s256")

    text = cli("cert", "find-kid", kid, "b.crt", "chain.pem")
    answer = parsed_answer(
        "cert-find-kid", cli("cert", "find-kid", kid, "b.crt", "chain.pem", "--format", "json").stdout
    )

    assert (text.exit_code, text.stderr) == (0, "")
    assert text.stdout == (
        f"{kid}\n"
        "  the SHA-256 fingerprint of chain.pem, certificate 2, in base64url (x5t#S256) (--as x5t-s256)\n"
        "\n"
        "PASS  found\n"
    )
    assert answer["verdict"] == "pass"
    assert answer["kids"] == [
        {
            "kid": kid,
            "requested": False,
            "match": {
                "file": "chain.pem",
                "position": 2,
                "subject": "CN=Example Issuing CA,O=Example Oy,C=FI",
                "form": "x5t-s256",
                "deviation": None,
            },
        }
    ]


@pytest.mark.usefixtures("folder")
def test_a_deviation_is_found_with_a_warning(cli: Cli) -> None:
    kid = fingerprint(LEAF, "sha256").lower()

    text = cli("cert", "find-kid", kid, "a.crt")
    answer = parsed_answer("cert-find-kid", cli("cert", "find-kid", kid, "a.crt", "--format", "json").stdout)

    assert text.exit_code == 0
    assert "  the SHA-256 fingerprint of a.crt, in hex, but in lower case (--as sha256)\n" in text.stdout
    assert text.stdout.endswith("PASS  found, but not spelt as the server has it\n")
    assert [check["status"] for check in answer["checks"]] == ["warning"]
    assert answer["kids"][0]["match"]["deviation"] == "in lower case"


@pytest.mark.usefixtures("folder")
def test_no_certificate_is_a_no(cli: Cli) -> None:
    done = cli("cert", "find-kid", "deadbeef", "a.crt", "b.crt")

    assert done.exit_code == 1
    assert done.stdout == (
        "deadbeef\n"
        "  no fingerprint of these 2 certificates, in any form\n"
        "\n"
        "FAIL  it belongs to another certificate, or the system handed it out as a literal\n"
    )


@pytest.mark.usefixtures("folder")
def test_a_servers_message(cli: Cli) -> None:
    sent, known = fingerprint(LEAF, "sha256"), fingerprint(LEAF)
    message = f"Requested kid: '{sent}'. Available kids: [other, {known}]"

    text = cli("cert", "find-kid", message, "a.crt")
    piped = cli("cert", "find-kid", "-", "a.crt", "--format", "json", stdin=message)

    assert text.exit_code == 0
    assert text.stdout == (
        f"asked for  {sent}\n"
        "  the SHA-256 fingerprint of a.crt, in hex (--as sha256)\n"
        "other\n"
        "  no fingerprint of this certificate, in any form\n"
        f"{known}\n"
        "  the SHA-1 fingerprint of a.crt, in upper-case hex (--as sha1)\n"
        "\n"
        "PASS  found\n"
    )
    answer = parsed_answer("cert-find-kid", piped.stdout)
    assert [(each["kid"], each["requested"]) for each in answer["kids"]] == [
        (sent, True),
        ("other", False),
        (known, False),
    ]
    assert [check["status"] for check in answer["checks"]] == ["skipped", "pass"]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("message", "ending"),
    [
        ("Available kids: []", "FAIL  the server knows no kid at all; upload the certificate in"),
        ("Requested kid: 'KID'. Available kids: []", "FAIL  the server knows no kid at all; upload"),
        ("Requested kid: 'KID'. Available kids: [a, b]", "FAIL  not found: none of the 2 kids\n"),
    ],
)
def test_what_the_server_does_not_know_is_a_no(cli: Cli, message: str, ending: str) -> None:
    done = cli("cert", "find-kid", message.replace("KID", fingerprint(LEAF)), "a.crt")

    assert done.exit_code == 1
    assert ending in done.stdout


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "exit_code", "code", "words"),
    [
        (("x", "a.crt", "b.key"), 3, "wrong-kind", "b.key: a PKCS#8 private key"),
        (("x", "a.p12"), 2, "no-passphrase", "a.p12"),
        (("", "a.crt"), 3, "malformed", "no kid"),
        (("x" * 2000, "a.crt"), 3, "malformed", "longer than the limit"),
        (("x" * 100_000, "a.crt"), 3, "too-large", "larger than the limit"),
        (("-", "-"), 2, "usage", "standard input can be read once"),
        (("x",), 2, "usage", "Missing argument"),
    ],
)
def test_kids_that_cannot_be_looked_for(
    cli: Cli, arguments: tuple[str, ...], exit_code: int, code: str, words: str
) -> None:
    done = cli("cert", "find-kid", *arguments, "--format", "json", stdin=b"a-kid")

    assert done.exit_code == exit_code
    error = parsed_error(done.stdout)
    assert error["code"] == code
    assert words in error["message"]


# --- match --------------------------------------------------------------------

ALL_OF_A = (
    "a.key",
    "a.locked",
    "a.pub",
    "a.csr",
    "a.crt",
    "a.der",
    "a.p12",
    "chain.pem",
    "chain.p7b",
    "both.pem",
)


@pytest.mark.usefixtures("folder")
def test_everything_that_holds_one_key(cli: Cli) -> None:
    done = cli("cert", "match", *ALL_OF_A, *PASSPHRASE)

    assert done.exit_code == 0
    taken = "the end-entity one is meant: CN=client.example,O=Example Oy,C=FI"
    assert done.stderr.splitlines() == [
        f"jwttool: note: {file} holds {count} certificates; {taken}"
        for file, count in (("a.p12", 2), ("chain.pem", 3), ("chain.p7b", 2))
    ]
    assert done.stdout.splitlines()[0] == "Key 1: RSA, 2,048 bits"
    assert done.stdout.endswith("\nPASS  all 12 hold one and the same key\n")
    assert "  a.csr      request      CN=client.example,O=Example Oy,C=FI\n" in done.stdout


@pytest.mark.usefixtures("folder")
def test_what_does_not_belong_is_told_apart(cli: Cli) -> None:
    text = cli("cert", "match", "a.key", "b.crt", "a.crt", "b.key")
    answer = parsed_answer(
        "cert-match", cli("cert", "match", "a.key", "b.crt", "a.crt", "b.key", "--format", "json").stdout
    )

    assert text.exit_code == 1
    assert text.stdout.endswith("\nFAIL  2 different keys\n")
    assert answer["verdict"] == "fail"
    assert [[each["file"] for each in group["holders"]] for group in answer["groups"]] == [
        ["a.key", "a.crt"],
        ["b.crt", "b.key"],
    ]
    assert answer["groups"][1]["holders"][0] == {
        "file": "b.crt",
        "kind": "certificate",
        "subject": "CN=other.example,O=Example Oy,C=FI",
    }


def test_a_jwk_and_one_file_with_two_things(cli: Cli, folder: Path) -> None:
    jwk = folder / "a.jwk"
    from jwttool.keys import public_jwk

    jwk.write_text(str(public_jwk(issue.rsa_key().public_key())).replace("'", '"'))

    assert cli("cert", "match", "a.jwk", "a.crt").exit_code == 0
    assert cli("cert", "match", "a.jwk", "b.crt").exit_code == 1
    assert cli("cert", "match", "both.pem").exit_code == 0


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "exit_code", "code", "words"),
    [
        (("a.key",), 2, "usage", "nothing to match"),
        (("a.key", "missing"), 4, "file-missing", "missing"),
        (("a.key", "there"), 3, "malformed", "there: "),
        (("a.key", "secret"), 3, "malformed", "secret: "),
        (("a.key", "ca.pem"), 3, "ambiguous", "ca.pem: "),
        (("a.crt", "a.locked"), 2, "no-passphrase", "a.locked"),
        (("a.crt", "a.locked", "--passphrase-file", "other"), 3, "wrong-passphrase", "a.locked: "),
    ],
)
def test_what_cannot_be_matched(
    cli: Cli, arguments: tuple[str, ...], exit_code: int, code: str, words: str
) -> None:
    done = cli("cert", "match", *arguments, "--format", "json")

    assert (done.exit_code, done.stderr) == (exit_code, "")
    error = parsed_error(done.stdout)
    assert error["code"] == code
    assert words in error["message"]


def test_a_revocation_list_holds_no_key(cli: Cli, folder: Path) -> None:
    (folder / "a.crl").write_bytes(issue.revocation_list(ROOT))

    done = cli("cert", "match", "a.key", "a.crl")

    assert done.exit_code == 3
    assert "nothing that holds a key" in done.stderr


# --- bundle -------------------------------------------------------------------


def test_a_bundle_that_openssl_and_keytool_read(cli: Cli, folder: Path) -> None:
    done = cli(
        *("cert", "bundle", "--key", "a.locked", "--cert", "a.crt", "--chain", "ca.pem"),
        *("-o", "signing.p12", *PASSPHRASE),
    )

    assert (done.exit_code, done.stdout) == (0, "")
    assert (
        done.stderr == "jwttool: note: wrote signing.p12 (the key and 3 certificates, encrypted, mode 0600)\n"
    )
    bundle = folder / "signing.p12"
    assert f"{bundle.stat().st_mode & 0o777:04o}" == "0600"
    contents = load_pkcs12(bundle.read_bytes(), Secret(SECRET.encode()))
    assert contents.certificate == LEAF
    assert contents.others == (ISSUING.certificate, ROOT.certificate)
    openssl = run_tool("openssl", "pkcs12", "-in", bundle, "-passin", "file:secret", "-info", "-noenc")
    assert b"AES-256-CBC" in openssl.stderr
    assert openssl.stdout.count(b"BEGIN CERTIFICATE") == 3
    keytool = run_tool("keytool", "-list", "-keystore", bundle, "-storepass:file", "secret").stdout.decode()
    assert "signing, " in keytool
    assert "PrivateKeyEntry" in keytool
    assert fingerprint(LEAF, "sha256") in keytool.replace(":", "")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("key", "options", "secret"),
    [
        ("a.locked", PASSPHRASE, SECRET),
        ("a.key", PASSPHRASE, SECRET),
        ("a.locked", (*PASSPHRASE, "--bundle-passphrase-file", "other"), "battery staple"),
        ("a.key", ("--bundle-passphrase-file", "other"), "battery staple"),
        ("a.p12", PASSPHRASE, SECRET),
    ],
)
def test_which_passphrase_guards_the_bundle(
    cli: Cli, folder: Path, key: str, options: tuple[str, ...], secret: str
) -> None:
    done = cli(
        "cert", "bundle", "--key", key, "--cert", "chain.pem", "-o", "new.p12", "--name", "alias", *options
    )

    assert done.exit_code == 0
    assert "chain.pem holds 3 certificates; the key's is CN=client.example" in done.stderr
    contents = load_pkcs12((folder / "new.p12").read_bytes(), Secret(secret.encode()))
    assert contents.private_key is not None
    assert len(contents.others) == 2


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "exit_code", "words"),
    [
        (("--key", "b.key", "--cert", "a.crt", "-o", "new", *PASSPHRASE), 1, "does not hold this key"),
        (("--key", "a.key", "--cert", "a.crt", "-o", "-", *PASSPHRASE), 2, "not written to standard output"),
        (("--key", "a.key", "--cert", "a.crt", "-o", "there", *PASSPHRASE), 4, "exists already"),
        (("--key", "a.key", "--cert", "a.crt", "-o", "no/new", *PASSPHRASE), 4, "folder no does not exist"),
        (("--key", "a.key", "--cert", "a.crt", "-o", "new"), 2, "no passphrase for new"),
        (("--key", "a.locked", "--cert", "a.crt", "-o", "new"), 2, "no passphrase for a.locked"),
        (("--key", "a.crt", "--cert", "a.crt", "-o", "new", *PASSPHRASE), 3, "where a private key belongs"),
        (("--key", "a.key", "--cert", "a.key", "-o", "new", *PASSPHRASE), 3, "where a certificate belongs"),
        (
            ("--key", "a.key", "--cert", "ca.pem", "-o", "new", *PASSPHRASE),
            3,
            "ca.pem: the file holds 2 cert",
        ),
        (
            ("--key", "a.key", "--cert", "a.crt", "--chain", "b.crt", "-o", "new", *PASSPHRASE),
            1,
            "not in the chain of CN=client.example,O=Example Oy,C=FI: CN=other.example,O=Example Oy,C=FI\n",
        ),
        (("--key", "-", "--cert", "-", "-o", "new", *PASSPHRASE), 2, "standard input can be read once"),
        (("--key", "", "--cert", "a.crt", "-o", "new", *PASSPHRASE), 2, "the name of the file is empty"),
        (("--key", "a.key", "--cert", "a.crt", "-o", "", *PASSPHRASE), 2, "the name of the file is empty"),
    ],
)
def test_a_bundle_that_cannot_be_leaves_nothing_behind(
    cli: Cli, folder: Path, arguments: tuple[str, ...], exit_code: int, words: str
) -> None:
    before = sorted(path.name for path in folder.iterdir())

    done = cli("cert", "bundle", *arguments, stdin=CHAIN)

    assert (done.exit_code, done.stdout) == (exit_code, "")
    assert words in done.stderr
    assert SECRET not in done.stderr
    assert sorted(path.name for path in folder.iterdir()) == before
    assert (folder / "there").read_bytes() == b"mine"


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("target", ["a.locked", "a.crt", "ca.pem", "secret", "other", "./a.locked", "hard"])
def test_a_bundle_never_replaces_what_it_is_made_of(cli: Cli, folder: Path, target: str) -> None:
    (folder / "hard").hardlink_to(folder / "a.locked")
    before = (folder / target).read_bytes()

    done = cli(
        *("cert", "bundle", "--key", "a.locked", "--cert", "a.crt", "--chain", "ca.pem", *PASSPHRASE),
        *("--bundle-passphrase-file", "other", "-o", target, "--force"),
    )

    assert (done.exit_code, done.stdout) == (2, "")
    assert "is read by this command, and would be overwritten by it" in done.stderr
    assert (folder / target).read_bytes() == before
    other = cli("cert", "bundle", "--key", "a.key", "--cert", "a.crt", *PASSPHRASE, "-o", "there", "--force")
    assert other.exit_code == 0


@pytest.mark.usefixtures("folder")
def test_a_bundle_as_json(cli: Cli) -> None:
    done = cli(
        *("cert", "bundle", "--key", "a.locked", "--cert", "a.crt", "--chain", "ca.pem", *PASSPHRASE),
        *("-o", "signing.p12", "--format", "json"),
    )

    assert (done.exit_code, done.stderr) == (0, "")
    assert parsed_answer("cert-bundle", done.stdout) == {
        "version": 1,
        "path": "signing.p12",
        "mode": "0600",
        "name": "signing",
        "subject": "CN=client.example,O=Example Oy,C=FI",
        "key": {"type": "RSA", "size": 2048, "exponent": 65537, "curve": None},
        "chain": ["CN=Example Issuing CA,O=Example Oy,C=FI", "CN=Example Root CA,O=Example Oy,C=FI"],
        "encryption": {
            "scheme": "PKCS#12, PBES2 with PBKDF2-HMAC-SHA256, AES-256-CBC; MAC: HMAC with SHA-256",
            "rounds": 2048,
        },
    }


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("show", "a.key"), "a.key: a PKCS#8 private key, where a certificate belongs"),
        (("show", "ca.pem"), "ca.pem: the file holds 2 certificates, and all of them are authorities'"),
        (("fingerprint", "there"), "there: neither PEM nor DER: this is no certificate file"),
        (("fingerprint", "-"), "standard input: the file is empty"),
        (("match", "a.crt", "there"), "there: "),
    ],
)
def test_an_error_says_which_file_it_is_about(cli: Cli, arguments: tuple[str, ...], message: str) -> None:
    done = cli("cert", *arguments)

    assert done.exit_code == 3
    assert done.stderr.startswith(f"jwttool: error: {message}")


@pytest.mark.usefixtures("folder")
def test_standard_input_is_no_two_files(cli: Cli) -> None:
    done = cli("cert", "match", "-", "-", stdin=CHAIN)

    assert (done.exit_code, done.stdout) == (2, "")
    assert "standard input can be read once" in done.stderr
    assert cli("cert", "match", "-", "a.key", stdin=CHAIN).exit_code == 0


# --- as a process -------------------------------------------------------------


def test_fingerprint_in_a_process_of_its_own(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "jwttool", "cert", "fingerprint", folder / "a.crt"],
        capture_output=True,
        check=True,
    )

    assert done.stdout.decode() == fingerprint(LEAF) + "\n"
    modules = {line.rpartition("|")[2].strip() for line in done.stderr.decode().splitlines()}
    assert "cryptography.x509" in modules
    unwanted = {"joserfc", "jwttool.keys.load", "jwttool.keys.sources", "jwttool.render.certificates"}
    assert not modules & unwanted
