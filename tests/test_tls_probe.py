"""``jwttool tls probe`` against real servers: Python's, pyOpenSSL's, openssl's, and some that misbehave."""

from __future__ import annotations

import ipaddress
import json
import ssl
import subprocess
import sys
import threading
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from OpenSSL import SSL, crypto

from docs.generate import json_schema
from jwttool.checks.tls.seen import Ending
from jwttool.checks.tls.target import parse_target
from jwttool.edge import tls_probe
from jwttool.edge.roots import system_roots
from jwttool.errors import FileMissingError, InputError, NetworkError, TlsError
from jwttool.render.answers_tls import TlsProbeAnswer
from tests import issue
from tests.answers import parsed_error
from tests.tls_servers import listening, openssl_server, s_server, saying, tls_context, tls_server

if TYPE_CHECKING:
    import socket
    from pathlib import Path

    from tests.conftest import Cli
    from tests.tls_servers import Server

AT = ("--at", issue.WITHIN.isoformat())
PASSPHRASE = b"canary-passphrase-7f3a"
NAMES = x509.SubjectAlternativeName(
    [
        x509.DNSName("localhost"),
        x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
        x509.IPAddress(ipaddress.ip_address("::1")),
    ]
)


@cache
def root() -> issue.Authority:
    return issue.authority()


@cache
def middle() -> issue.Authority:
    return root().sub_authority()


@cache
def server_certificate() -> x509.Certificate:
    return middle().issue(issue.rsa_key(1), "localhost", extensions=[NAMES])


@cache
def files() -> dict[str, bytes]:
    """The files of both sides; the client's CA is the root as well."""
    stranger = issue.authority("Stranger CA")
    return {
        "root.pem": issue.pem(root().certificate),
        "server.pem": issue.pem(server_certificate(), middle().certificate),
        "server.key": issue.key_pem(issue.rsa_key(1)),
        "client.pem": issue.pem(middle().issue(issue.rsa_key(2)), middle().certificate),
        "client.key": issue.key_pem(issue.rsa_key(2)),
        "locked.key": issue.key_pem(issue.rsa_key(2), PASSPHRASE),
        "stranger.pem": issue.pem(stranger.issue(issue.rsa_key(2))),
        "expired.pem": issue.pem(
            middle().issue(issue.rsa_key(2), not_after=issue.NOT_BEFORE + timedelta(days=1)),
            middle().certificate,
        ),
        "pass": PASSPHRASE + b"\n",
    }


def named_ca(common_name: str) -> x509.Certificate:
    """A CA that a server names."""
    return issue.certificate(issue.ec_key(1), common_name, authority=True)


def with_damaged_name(key: Any) -> crypto.X509:
    """A certificate with a PrintableString that is none: OpenSSL takes it, and cryptography does not."""
    sound = issue.der(issue.certificate(key, "DAMAGED", extensions=[NAMES]))
    damaged = sound.replace(b"\x0c\x07DAMAGED", b"\x13\x07DAM\xff\xffED")
    return crypto.load_certificate(crypto.FILETYPE_ASN1, damaged)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """All of them, in the working folder."""
    monkeypatch.chdir(tmp_path)
    for name, data in files().items():
        (tmp_path / name).write_bytes(data)
        (tmp_path / name).chmod(0o600)
    return tmp_path


def context(folder: Path, *, required: bool = False, highest: ssl.TLSVersion | None = None) -> ssl.SSLContext:
    made = tls_context(
        folder / "server.pem", folder / "server.key", client_ca=folder / "root.pem" if required else None
    )
    if highest is not None:
        made.maximum_version = highest
    return made


def probe(cli: Cli, port: int, *arguments: str, host: str = "127.0.0.1") -> tuple[int, dict[str, Any]]:
    done = cli(
        "tls", "probe", f"{host}:{port}", "--server-ca", "root.pem", *AT, "--format", "json", *arguments
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    jsonschema.Draft202012Validator(json_schema(TlsProbeAnswer, title="answer")).validate(answer)
    return done.exit_code, answer


def check(answer: dict[str, Any], check_id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in answer["checks"] if each["id"] == check_id)
    return found


OURS = ("--cert", "client.pem", "--key", "client.key")


# --- what the server is -------------------------------------------------------


def test_a_server_that_asks_for_nothing(cli: Cli, folder: Path) -> None:
    secured = context(folder)
    secured.set_alpn_protocols(["http/1.1"])
    with tls_server(secured) as server:
        code, answer = probe(cli, server.port, host="localhost")
    assert (code, answer["verdict"]) == (0, "pass")
    assert (answer["protocol"], answer["alpn"], answer["sent"]) == ("TLSv1.3", "http/1.1", 2)
    assert answer["cipher"].startswith("TLS_")
    assert answer["group"]
    assert [each["trusted"] for each in answer["chain"]] == [False, False, True]
    assert answer["client_certificate"]["asked"] == "no"
    # The name was asked for, and nothing was sent but the handshake.
    assert (server.names, server.received) == (["localhost"], [])


def test_what_is_shown(cli: Cli, folder: Path) -> None:
    with tls_server(context(folder, required=True)) as server:
        done = cli("tls", "probe", f"127.0.0.1:{server.port}", "--server-ca", "root.pem", *AT, *OURS)
    assert done.exit_code == 0
    for line in (
        f"  server        127.0.0.1:{server.port}\n",
        "  protocol      TLSv1.3\n",
        "     `- CN=Example Issuing CA,O=Example Oy,C=FI  ok\n",
        "  asked for   yes, it is required\n",
        "  CAs named   none: any may do\n",
        "  our issuer  CN=Example Issuing CA,O=Example Oy,C=FI\n",
        "  ours is     taken in the handshake\n",
    ):
        assert line in done.stdout


@pytest.mark.parametrize("highest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
def test_a_certificate_is_required(cli: Cli, folder: Path, highest: ssl.TLSVersion) -> None:
    with tls_server(context(folder, required=True, highest=highest)) as server:
        without = probe(cli, server.port)
        with_ours = probe(cli, server.port, *OURS)
        stranger = probe(cli, server.port, "--cert", "stranger.pem", "--key", "client.key")
    for code, answer in (without, with_ours):
        assert code == 0
        assert answer["client_certificate"]["asked"] == "required"
        assert answer["handshake"]["ending"] == "alert"
    assert check(without[1], "tls-client-certificate")["status"] == "warning"
    assert with_ours[1]["client_certificate"]["handshake"]["ending"] == "open"
    # One thing differs, and the alert is told in plain words.
    code, answer = stranger
    assert code == 1
    refused = check(answer, "tls-client-accepted")
    assert (refused["status"], refused["message"]) == (
        "fail",
        "the server does not know our certificate's issuer (unknown_ca)",
    )
    assert answer["client_certificate"]["handshake"]["alert"]["number"] == 48
    assert server.received == []


def test_an_expired_certificate_is_refused_by_us_and_by_the_server(cli: Cli, folder: Path) -> None:
    secured = tls_context(
        folder / "server.pem", folder / "server.key", client_ca=folder / "root.pem", timely=True
    )
    with tls_server(secured) as server:
        code, answer = probe(cli, server.port, "--cert", "expired.pem", "--key", "client.key")
    assert code == 1
    assert check(answer, "tls-client-validity")["status"] == "fail"
    assert "has expired" in check(answer, "tls-client-accepted")["message"]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("highest", [SSL.TLS1_2_VERSION, SSL.TLS1_3_VERSION], ids=["1.2", "1.3"])
def test_the_cas_that_the_server_names(cli: Cli, highest: int) -> None:
    chain = [server_certificate(), middle().certificate]
    named = [named_ca("Other \x1b[2J CA"), root().certificate]
    with openssl_server(issue.rsa_key(1), chain, authorities=named, ask=True, highest=highest) as server:
        _, without = probe(cli, server.port)
        ours, answer = probe(cli, server.port, *OURS)
        text = cli("tls", "probe", f"127.0.0.1:{server.port}", "--server-ca", "root.pem", *AT)
        wrong, stranger = probe(cli, server.port, "--cert", "stranger.pem", "--key", "client.key")
        no_key, alone = probe(cli, server.port, "--cert", "client.pem")
    assert without["client_certificate"]["asked"] == "optional"
    assert len(without["client_certificate"]["authorities"]) == 2
    assert (ours, answer["client_certificate"]["issued_by"]) == (0, "CN=Example Root CA,O=Example Oy,C=FI")
    # Taken in the handshake, as by nginx, and yet of the wrong CA.
    assert (wrong, stranger["client_certificate"]["issued_by"]) == (1, None)
    assert check(stranger, "tls-client-issuer")["status"] == "fail"
    assert check(stranger, "tls-client-accepted")["status"] == "pass"
    assert (no_key, check(alone, "tls-client-issuer")["status"]) == (0, "pass")
    assert check(alone, "tls-client-accepted")["status"] == "skipped"
    assert r"Other \x1b[2J CA" in text.stdout
    assert "\x1b" not in text.stdout


@pytest.mark.usefixtures("folder")
def test_a_ca_whose_name_cannot_be_read_is_counted(cli: Cli) -> None:
    named = (with_damaged_name(issue.ec_key(1)), named_ca("Other CA"))
    chain = [server_certificate(), middle().certificate]
    with openssl_server(issue.rsa_key(1), chain, authorities=named, ask=True) as server:
        code, answer = probe(cli, server.port, *OURS)
        text = cli("tls", "probe", f"127.0.0.1:{server.port}", "--server-ca", "root.pem", *AT).stdout
    client = answer["client_certificate"]
    assert (client["unreadable_authorities"], client["authorities"]) == (
        1,
        ["CN=Other CA,O=Example Oy,C=FI"],
    )
    assert (code, check(answer, "tls-client-issuer")["status"]) == (0, "skipped")
    assert "  CAs named  1, and 1 that cannot be read\n" in text


@pytest.mark.usefixtures("folder")
def test_a_damaged_certificate_of_the_servers(cli: Cli) -> None:
    with openssl_server(issue.rsa_key(1), [with_damaged_name(issue.rsa_key(1))]) as server:
        code, answer = probe(cli, server.port)
        text = cli("tls", "probe", f"127.0.0.1:{server.port}", "--server-ca", "root.pem", *AT)
    assert (code, text.exit_code, answer["chain"], answer["sent"]) == (1, 1, [], 1)
    assert check(answer, "tls-server-certificate")["status"] == "fail"
    assert check(answer, "chain-verified")["status"] == "skipped"


@pytest.mark.usefixtures("folder")
def test_a_request_without_names_is_a_request(cli: Cli) -> None:
    with openssl_server(issue.rsa_key(1), [server_certificate(), middle().certificate], ask=True) as server:
        _, answer = probe(cli, server.port)
    assert answer["client_certificate"]["asked"] == "optional"
    assert answer["client_certificate"]["authorities"] == []


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
@pytest.mark.parametrize(
    ("demand", "asked", "own"),
    [("-verify", "optional", "open"), ("-Verify", "required", "open")],
    ids=["optional", "required"],
)
def test_openssls_server(cli: Cli, version: str, demand: str, asked: str, own: str) -> None:
    files = ("-cert", "server.pem", "-key", "server.key", "-cert_chain", "server.pem", "-CAfile", "root.pem")
    # Its own clock is not ours: what it thinks of the dates does not matter here.
    with s_server(version, demand, "3", "-no_check_time", *files) as port:
        code, answer = probe(cli, port, *OURS)
    assert answer["client_certificate"]["asked"] == asked
    assert answer["client_certificate"]["authorities"] == ["CN=Example Root CA,O=Example Oy,C=FI"]
    assert answer["client_certificate"]["handshake"]["ending"] == own
    assert answer["protocol"] == ("TLSv1.2" if version == "-tls1_2" else "TLSv1.3")
    assert code == 0


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("-tls1_1", "-cipher", "ALL@SECLEVEL=0"), "protocol_version"),
        (("-tls1_2", "-cipher", "PSK"), "handshake_failure"),
        (("-alpn", "imap"), "no_application_protocol"),
    ],
    ids=["old", "no cipher", "alpn"],
)
def test_a_handshake_that_fails_is_a_finding(cli: Cli, options: tuple[str, ...], words: str) -> None:
    with s_server("-cert", "server.pem", "-key", "server.key", *options) as port:
        code, answer = probe(cli, port)
    assert code == 1
    assert words in check(answer, "tls-handshake")["message"]


@pytest.mark.usefixtures("folder")
def test_a_weak_cipher_is_warned_of(cli: Cli) -> None:
    with s_server(
        "-cert", "server.pem", "-key", "server.key", "-tls1_2", "-cipher", "ECDHE-RSA-AES256-SHA384"
    ) as port:
        _, answer = probe(cli, port)
    assert check(answer, "tls-cipher")["status"] == "warning"


def test_another_name_and_another_time_fail(cli: Cli, folder: Path) -> None:
    with tls_server(context(folder)) as server:
        name = probe(cli, server.port, "--server-name", "bank.example")
        late = probe(cli, server.port, "--at", "2030-01-01T00:00:00Z")
        good = probe(cli, server.port, "--server-name", "LOCALHOST")
    assert (name[0], check(name[1], "tls-server-name")["status"]) == (1, "fail")
    assert (late[0], check(late[1], "chain-validity")["status"]) == (1, "fail")
    assert good[0] == 0
    assert server.names == ["bank.example", None, "localhost"]


def test_a_private_ca_is_not_trusted_unless_it_is_given(
    cli: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tls_server(context(folder)) as server:
        plain = ("tls", "probe", f"localhost:{server.port}", *AT, "--format", "json")
        monkeypatch.setenv("SSL_CERT_FILE", str(folder / "stranger.pem"))
        refused = cli(*plain)
        monkeypatch.setenv("SSL_CERT_FILE", str(folder / "root.pem"))
        taken = cli(*plain)
    assert (refused.exit_code, taken.exit_code) == (1, 0)
    failed = check(json.loads(refused.stdout), "chain-complete")
    assert "--server-ca" in failed["hint"]


def test_ipv6(cli: Cli, folder: Path) -> None:
    try:
        serving = tls_server(context(folder), "::1")
        with serving as server:
            code, answer = probe(cli, server.port, host="[::1]")
    except OSError as error:
        pytest.skip(f"no IPv6 here: {error.strerror}")
    assert (code, answer["host"], answer["address"]) == (0, "::1", "::1")


# --- keys ---------------------------------------------------------------------


def test_an_encrypted_key_is_opened_and_nothing_secret_is_told_or_written(cli: Cli, folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.iterdir()}
    with tls_server(context(folder, required=True)) as server:
        arguments = ("--cert", "client.pem", "--key", "locked.key", "--passphrase-file", "pass")
        code, answer = probe(cli, server.port, *arguments)
        (folder / "pass").write_bytes(b"wrong" + PASSPHRASE)
        wrong = cli("tls", "probe", f"127.0.0.1:{server.port}", "--server-ca", "root.pem", *arguments)
        (folder / "pass").write_bytes(PASSPHRASE + b"\n")
    assert (code, check(answer, "tls-client-accepted")["status"]) == (0, "pass")
    assert wrong.exit_code == 3
    for text in (json.dumps(answer), wrong.stdout, wrong.stderr):
        assert PASSPHRASE.decode() not in text
        assert "PRIVATE KEY" not in text
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    credentials = tls_probe.Credentials(server_certificate(), (), issue.rsa_key(1))
    assert "key" not in repr(credentials).replace("certificate", "")


def test_a_key_of_another_certificate_is_not_used(cli: Cli, folder: Path) -> None:
    with tls_server(context(folder, required=True)) as server:
        code, answer = probe(cli, server.port, "--cert", "client.pem", "--key", "server.key")
    assert (code, check(answer, "tls-client-key")["status"]) == (1, "fail")
    assert answer["client_certificate"]["handshake"] is None
    assert check(answer, "tls-client-accepted")["status"] == "skipped"


def test_a_pkcs12_file_holds_both(cli: Cli, folder: Path) -> None:
    bundle = pkcs12.serialize_key_and_certificates(
        b"client",
        issue.rsa_key(2),
        middle().issue(issue.rsa_key(2)),
        [middle().certificate],
        BestAvailableEncryption(PASSPHRASE),
    )
    (folder / "client.p12").write_bytes(bundle)
    (folder / "client.p12").chmod(0o600)
    with tls_server(context(folder, required=True)) as server:
        code, answer = probe(
            cli, server.port, "--cert", "client.p12", "--key", "client.p12", "--passphrase-file", "pass"
        )
    assert (code, check(answer, "tls-client-accepted")["status"]) == (0, "pass")


# --- after the handshake ------------------------------------------------------


@pytest.mark.parametrize("speaks", [False, True], ids=["silent", "speaks"])
def test_a_server_that_sends_no_ticket(folder: Path, monkeypatch: pytest.MonkeyPatch, speaks: bool) -> None:
    monkeypatch.setattr(tls_probe, "_LEAST_WAIT", 0.1)
    monkeypatch.setattr(tls_probe, "_ROUND_TRIPS", 0 if not speaks else 1000)
    secured = context(folder)
    secured.num_tickets = 0

    def handle(connection: socket.socket, _: Server) -> None:
        with secured.wrap_socket(connection, server_side=True) as wrapped:
            if speaks:
                wrapped.sendall(b"hello")
            wrapped.recv(1)

    with listening(handle) as server:
        seen = tls_probe.probe(parse_target(f"127.0.0.1:{server.port}"))
    assert (seen.bare.ending, seen.bare.finished, seen.bare.answered) == (Ending.OPEN, True, speaks)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("politely", [True, False], ids=["close_notify", "end of the stream"])
def test_a_server_that_closes_after_a_handshake_without_a_certificate(
    cli: Cli, folder: Path, politely: bool
) -> None:
    secured = tls_context(
        folder / "server.pem", folder / "server.key", client_ca=folder / "root.pem", required=False
    )
    secured.num_tickets = 0

    def handle(connection: socket.socket, _: Server) -> None:
        with secured.wrap_socket(connection, server_side=True) as wrapped:
            if wrapped.getpeercert(binary_form=True) is not None:
                wrapped.sendall(b"x")
                wrapped.recv(1)
            elif politely:
                wrapped.unwrap().close()

    with listening(handle) as server:
        code, answer = probe(cli, server.port, *OURS)
    assert (answer["handshake"]["ending"], answer["client_certificate"]["asked"]) == ("closed", "required")
    assert (code, answer["client_certificate"]["handshake"]["ending"]) == (0, "open")


# --- what goes wrong on the way -----------------------------------------------


def refused(cli: Cli, target: str, *arguments: str) -> tuple[int, str, str]:
    done = cli("tls", "probe", target, "--server-ca", "root.pem", "--format", "json", *arguments)
    error = parsed_error(done.stdout)
    return done.exit_code, error["code"], error["message"]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "HTTP, without TLS"),
        (b"SSH-2.0-x\r\n", "SSH"),
        (b"220 mail.example ESMTP\r\n", "what a mail or FTP server says"),
        (b"\x00\x01\x02\x1b[2J", "something else"),
        (b"\x16\x02\x00", "something else"),
    ],
    ids=["http", "ssh", "smtp", "bytes", "version"],
)
def test_what_is_no_tls(cli: Cli, answer: bytes, what: str) -> None:
    with saying(answer) as server:
        target = f"127.0.0.1:{server.port}"
        assert refused(cli, target) == (4, "tls", f"{target} does not speak TLS: it answers with {what}")


@pytest.mark.usefixtures("folder")
def test_a_server_that_hangs_up_without_a_word(cli: Cli) -> None:
    with saying(b"") as server:
        code, name, message = refused(cli, f"127.0.0.1:{server.port}")
    assert (code, name, "closes the connection without a word" in message) == (4, "network", True)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("greeting", [b"", b"\x16\x03\x03\x40\x00\x02"], ids=["silent", "stuck"])
def test_a_server_that_never_answers(cli: Cli, greeting: bytes) -> None:
    ended = threading.Event()

    def stay(connection: socket.socket, _: Server) -> None:
        connection.sendall(greeting)
        ended.wait(30)

    with listening(stay) as server:
        target = f"127.0.0.1:{server.port}"
        outcome = refused(cli, target, "--timeout", "0.3")
        ended.set()
    assert outcome == (4, "network", f"{target} does not answer within 0.3 s")


@pytest.mark.usefixtures("folder")
def test_a_server_that_sends_without_end(cli: Cli) -> None:
    def flood(connection: socket.socket, _: Server) -> None:
        while True:  # each says that the keys change (RFC 8446 section 5)
            connection.sendall(b"\x14\x03\x03\x00\x01\x01" * 1000)

    with listening(flood) as server:
        done = cli("tls", "probe", f"127.0.0.1:{server.port}", "--server-ca", "root.pem", "--timeout", "20")
    assert done.exit_code in {1, 4}


@pytest.mark.usefixtures("folder")
def test_a_port_where_nobody_listens_and_a_name_that_is_none(cli: Cli) -> None:
    with saying(b"") as server:
        target = f"127.0.0.1:{server.port}"
    assert refused(cli, target) == (4, "network", f"{target} cannot be reached: connection refused")


@pytest.mark.usefixtures("folder")
def test_a_name_that_is_not_found(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def not_found(*_: Any, **__: Any) -> None:
        raise OSError(-2, "Name or service not known")

    monkeypatch.setattr("socket.getaddrinfo", not_found)
    assert refused(cli, "bank.example") == (4, "network", "the address of bank.example is not found")


def test_a_resolver_that_is_late(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: ended.wait(30))
    with pytest.raises(NetworkError, match="does not answer within"):
        tls_probe.probe(parse_target("bank.example"), timeout=0.2)
    ended.set()


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "code", "name"),
    [
        (("https://bank.example/",), 2, "usage"),
        (("bank.example:0",), 2, "usage"),
        (("bank.example", "--server-name", "a b"), 2, "usage"),
        (("bank.example", "--key", "client.key"), 2, "usage"),
        (("bank.example", "--timeout", "0"), 2, "usage"),
        (("bank.example", "--server-ca", "nowhere.pem"), 4, "file-missing"),
        (("bank.example", "--server-ca", "client.key"), 3, "wrong-kind"),
        (("bank.example", "--cert", "client.key"), 3, "wrong-kind"),
        (("bank.example", "--cert", "client.pem", "--key", "client.pem"), 3, "wrong-kind"),
    ],
    ids=range(9),
)
def test_what_is_refused_before_anything_is_sent(
    cli: Cli, arguments: tuple[str, ...], code: int, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tls_probe, "probe", lambda *_, **__: pytest.fail("a connection was made"))
    done = cli("tls", "probe", *arguments, "--format", "json")
    assert (done.exit_code, parsed_error(done.stdout)["code"]) == (code, name)


# --- much of it ---------------------------------------------------------------


@pytest.mark.usefixtures("folder")
def test_a_chain_of_a_hundred_certificates(cli: Cli) -> None:
    key, subject = issue.ec_key(1), issue.name("localhost")
    chain = [issue.certificate(key, subject, extensions=[NAMES], issuer=issue.name("CA 1"), issuer_key=key)]
    for number in range(1, 100):
        upper = issue.name(f"CA {number + 1}")
        chain.append(issue.certificate(key, f"CA {number}", issuer=upper, issuer_key=key, authority=True))
    with openssl_server(key, chain) as server:
        code, answer = probe(cli, server.port)
    assert (code, answer["sent"]) == (1, 100)
    assert check(answer, "chain-complete")["status"] == "fail"


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("highest", [SSL.TLS1_2_VERSION, SSL.TLS1_3_VERSION], ids=["1.2", "1.3"])
def test_ca_names_without_measure(cli: Cli, highest: int) -> None:
    # A message has a length of three bytes, and the list in it one of two (RFC 8446 sections 4 and 4.2.4):
    # 64 KB of names is all that a server can say; as many certificates as it likes.
    named = [named_ca(f"{number:04} {'x' * 40}") for number in range(600)]
    chain = [server_certificate(), middle().certificate]
    with openssl_server(issue.rsa_key(1), chain, authorities=named, ask=True, highest=highest) as server:
        code, answer = probe(cli, server.port)
        text = cli("tls", "probe", f"127.0.0.1:{server.port}", "--server-ca", "root.pem", *AT).stdout
    assert (code, len(answer["client_certificate"]["authorities"])) == (0, 600)
    assert "and 580 more" in text


@pytest.mark.usefixtures("folder")
def test_a_chain_that_is_too_large_for_anybody(cli: Cli) -> None:
    large = issue.certificate(
        issue.rsa_key(1),
        "localhost",
        extensions=[x509.SubjectAlternativeName([x509.DNSName(f"{n:05}.example") for n in range(9000)])],
    )
    with openssl_server(issue.rsa_key(1), [large]) as server:
        code, answer = probe(cli, server.port)
    assert code == 1
    assert "more than 100 KB" in check(answer, "tls-handshake")["message"]


# --- the parts ----------------------------------------------------------------


def test_a_certificate_that_openssl_does_not_take_is_told_without_a_connection(folder: Path) -> None:
    weak = issue.rsa_key(9, 1024)
    credentials = tls_probe.Credentials(issue.certificate(weak), (), weak)
    with tls_server(context(folder, required=True)) as server:
        seen = tls_probe.probe(parse_target(f"127.0.0.1:{server.port}"), credentials=credentials)
    assert seen.own is not None
    assert (seen.own.ending, seen.own.fault) == (Ending.FAULT, "ee key too small")


def test_a_network_that_fails_the_second_time_keeps_what_was_seen_the_first_time(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    credentials = tls_probe.Credentials(server_certificate(), (), issue.rsa_key(1))
    original = tls_probe._handshake

    def once(target: Any, given: Any, timeout: float) -> Any:
        if given is not None:
            raise TlsError("lost")
        return original(target, given, timeout)

    monkeypatch.setattr(tls_probe, "_handshake", once)
    with tls_server(context(folder, required=True)) as server:
        seen = tls_probe.probe(parse_target(f"127.0.0.1:{server.port}"), credentials=credentials)
    assert seen.own is not None
    assert (seen.bare.asked, seen.own.ending, seen.own.fault) == (True, Ending.LOST, "lost")


def test_the_systems_roots(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    chosen = tmp_path / "chosen.pem"
    monkeypatch.setenv("SSL_CERT_FILE", str(chosen))
    with pytest.raises(FileMissingError, match="chosen"):
        system_roots()
    chosen.write_bytes(issue.pem(root().certificate))
    assert system_roots() == (root().certificate,)
    chosen.write_bytes(b"nothing")
    with pytest.raises(InputError, match="chosen"):
        system_roots()
    monkeypatch.delenv("SSL_CERT_FILE")
    monkeypatch.setattr("jwttool.edge.roots.os.path.isfile", lambda _: False)
    with pytest.raises(FileMissingError, match="the certificates that this system trusts are not found"):
        system_roots()


def test_it_comes_with_the_command_alone() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "jwttool", "tls", "probe", "--help"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "OpenSSL" not in done.stderr
    assert "service_identity" not in done.stderr
