"""``jwttool cert verify``: what it shows, what it answers in JSON, and how it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from docs.generate import json_schema
from jwttool.checks.chain import verify_chain
from jwttool.encoding import Limit
from jwttool.render.answers_chains import CertVerifyAnswer
from jwttool.render.chains import chain_document
from jwttool.render.document import to_text
from tests import pki
from tests.pki import AT, ISSUING, LEAF, ROOT, Node, crl, issue, leaf

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Cli

WHEN = "2026-06-16T12:00:00Z"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a chain in pieces and its CRLs, which is also the working folder."""
    monkeypatch.chdir(tmp_path)
    files = {
        "leaf.crt": pki.pem(LEAF),
        "chain.pem": pki.pem(LEAF, ISSUING),
        "ca.pem": pki.pem(ISSUING),
        "root.pem": pki.pem(ROOT),
        "ca.crl": crl(ISSUING).public_bytes(Encoding.DER),
        "root.crl": pki.pem(crl(ROOT)),
        "revoked.crl": pki.pem(crl(ISSUING, 0xABCD), crl(ROOT)),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    return tmp_path


def answer(stdout: str) -> dict[str, Any]:
    """The JSON answer, valid by its schema."""
    found: dict[str, Any] = json.loads(stdout)
    jsonschema.Draft202012Validator(json_schema(CertVerifyAnswer, title="cert-verify")).validate(found)
    return found


@pytest.mark.usefixtures("folder")
def test_a_chain_that_verifies(cli: Cli) -> None:
    done = cli("cert", "verify", "leaf.crt", "--trust", "root.pem", "--intermediates", "ca.pem", "--at", WHEN)
    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith(
        "Chain\n"
        "  CN=Test Root CA,C=FI  trusted\n"
        "  valid 2026-01-01T00:00:00Z to 2027-12-31T23:59:59Z\n"
        "     `- CN=Test Issuing CA,C=FI  ok\n"
        "        valid 2026-01-01T00:00:00Z to 2027-12-31T23:59:59Z\n"
        "        `- CN=client.example,C=FI  ok\n"
        "           valid 2026-01-01T00:00:00Z to 2027-12-31T23:59:59Z\n"
        "\n"
        "ok    chain-complete "
    )
    assert "skip  7 checks                   no CRL was given" in done.stdout
    assert done.stdout.endswith("PASS  17 passed, 7 skipped\n")


@pytest.mark.usefixtures("folder")
def test_the_file_of_the_certificate_may_hold_its_chain(cli: Cli) -> None:
    done = cli("cert", "verify", "chain.pem", "--trust", "root.pem", "--at", WHEN)
    assert done.exit_code == 0
    assert (
        "chain.pem holds 2 certificates; the end-entity one is meant: CN=client.example,C=FI" in done.stderr
    )


@pytest.mark.usefixtures("folder")
def test_standard_input_is_read(cli: Cli) -> None:
    done = cli("cert", "verify", "-", "--trust", "root.pem", "--at", WHEN, stdin=pki.pem(LEAF, ISSUING))
    assert done.exit_code == 0


@pytest.mark.usefixtures("folder")
def test_json_of_a_chain_that_verifies(cli: Cli) -> None:
    options = ["--intermediates", "ca.pem", "--crl", "ca.crl", "--crl", "root.crl", "--at", WHEN]
    done = cli("cert", "verify", "leaf.crt", "--trust", "root.pem", *options, "--format", "json")
    assert done.exit_code == 0
    found = answer(done.stdout)
    assert found["verdict"] == "pass"
    assert {check["status"] for check in found["checks"]} == {"pass"}
    assert found["chain"][0] == {
        "subject": "CN=client.example,C=FI",
        "issuer": "CN=Test Issuing CA,C=FI",
        "serial_number": "abcd",
        "not_before": "2026-01-01T00:00:00Z",
        "not_after": "2027-12-31T23:59:59Z",
        "trusted": False,
    }
    assert [each["trusted"] for each in found["chain"]] == [False, False, True]


@pytest.mark.usefixtures("folder")
def test_json_of_a_revoked_certificate(cli: Cli) -> None:
    options = ["--intermediates", "ca.pem", "--crl", "revoked.crl", "--at", WHEN]
    done = cli("cert", "verify", "leaf.crt", "--trust", "root.pem", *options, "--format", "json")
    assert done.exit_code == 1
    found = answer(done.stdout)
    assert found["verdict"] == "fail"
    assert [(check["id"], check["where"]) for check in found["checks"] if check["status"] == "fail"] == [
        ("chain-revoked", "chain[0]")
    ]


@pytest.mark.usefixtures("folder")
def test_each_certificate_is_marked_with_what_it_fails(cli: Cli) -> None:
    done = cli(
        "cert", "verify", "leaf.crt", "--trust", "ca.pem", "--crl", "root.crl", "--at", "2030-01-01T00:00:00Z"
    )
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    assert lines[1] == "  CN=Test Issuing CA,C=FI  trusted FAIL chain-validity"
    assert lines[3] == "     `- CN=client.example,C=FI  FAIL chain-validity, chain-crl-present"
    assert "try: have a new one issued" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        pytest.param(["leaf.crt"], 2, "Missing option '--trust'", id="nothing trusted"),
        pytest.param(["none.crt", "--trust", "root.pem"], 4, "none.crt does not exist", id="no certificate"),
        pytest.param(
            ["leaf.crt", "--trust", "none.pem"], 4, "trust bundle none.pem does not exist", id="no bundle"
        ),
        pytest.param(
            ["leaf.crt", "--trust", "ca.crl"], 3, "ca.crl: a list of revoked", id="a CRL as a bundle"
        ),
        pytest.param(
            ["leaf.crt", "--trust", "root.pem", "--crl", "ca.pem"],
            3,
            "ca.pem: a certificate, where a CRL belongs",
            id="a certificate as a CRL",
        ),
        pytest.param(
            ["leaf.crt", "--trust", "root.pem", "--intermediates", "large.pem"],
            3,
            "larger than the limit of 33,554,432 bytes",
            id="33 MB",
        ),
        pytest.param(["-", "--trust", "-"], 2, "standard input can be read once", id="standard input twice"),
    ],
)
def test_what_cannot_be_read(folder: Path, cli: Cli, arguments: list[str], code: int, words: str) -> None:
    with (folder / "large.pem").open("wb") as large:
        large.truncate(Limit.BUNDLE + 1)
    done = cli("cert", "verify", *arguments, stdin=pki.pem(LEAF))
    assert done.exit_code == code
    assert words in done.stderr
    assert done.stdout == ""


def test_hostile_names_do_no_harm() -> None:
    evil = "\x1b[31mred\u202e"
    root = issue(evil, number=1)
    report = verify_chain(
        leaf(root, f"leaf {evil}").certificate,
        trust=[ROOT.certificate],
        intermediates=[root.certificate],
        at=AT,
    )
    text = to_text(chain_document(report), colour=False)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\\x1b[31mred" in text


def test_a_chain_with_a_damaged_certificate_is_shown() -> None:
    damaged = x509.UnrecognizedExtension(x509.KeyUsage.oid, b"\x03")
    root = Node(
        ROOT.key, issue("Test Root CA", number=1, usages=None, extensions=[(damaged, False)]).certificate
    )
    report = verify_chain(leaf(root).certificate, trust=[root.certificate], at=AT)
    assert [check.id for check in report.failures] == ["chain-readable"]
    assert "FAIL chain-readable" in to_text(chain_document(report), colour=False)


def test_pyopenssl_is_loaded_when_there_is_a_path_to_judge(folder: Path) -> None:
    command = [sys.executable, "-X", "importtime", "-m", "jwttool", "cert"]
    for arguments, loaded in (
        (["fingerprint", "leaf.crt"], False),
        (["verify", "leaf.crt", "--trust", "root.pem", "--intermediates", "ca.pem", "--at", WHEN], True),
    ):
        done = subprocess.run(
            [*command, *arguments], cwd=folder, capture_output=True, text=True, timeout=60, check=True
        )
        assert ("OpenSSL.crypto" in done.stderr) is loaded
