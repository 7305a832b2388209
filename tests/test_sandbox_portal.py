"""The sandbox's portal: CSRs signed, clients registered, and the folder that keeps them."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from jwttool.certificates import fingerprint
from jwttool.checks.chain import verify_chain
from jwttool.checks.qwac.judge import check_qwac
from jwttool.config import parse_config
from jwttool.csr import create_csr
from jwttool.eidas.request import create_psd2_csr, psd2_request
from jwttool.errors import ConfigError, FileInTheWayError, InputError, JsonError, MalformedError
from jwttool.replay import MemoryReplayStore
from jwttool.sandbox import portal
from jwttool.sandbox.clients import NAME, ClientEntry, Clients, SandboxClient, read_clients, write_clients
from jwttool.sandbox.codes import Codes, CodeState
from jwttool.sandbox.server.folder import open_folder
from jwttool.sandbox.server.inbox import Inbox
from jwttool.sandbox.tokens import uuid
from tests.hostile import refusal
from tests.issue import ec_key, rsa_key
from tests.sandbox import AT, BASE, ISSUER, Town, content, new_folder

if TYPE_CHECKING:
    from pathlib import Path

    from jwttool.sandbox.exchange import Answer
    from jwttool.sandbox.server.folder import Folder

ORGANIZATION = "PSDFR-ACPR-12345"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    return new_folder(tmp_path_factory.mktemp("sandbox"))


@pytest.fixture
def town(shared: Folder) -> Town:
    return Town.of(shared)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """One of its own, whose keys are quick to make all the same."""
    return new_folder(tmp_path / "sandbox")


def post_csr(town: Town, csr: bytes, accept: str | None = None, **query: str) -> Answer:
    from jwttool.sandbox.exchange import Request

    headers = () if accept is None else (("Accept", accept),)
    request = Request(
        method="POST",
        path=portal.CSR,
        query=urlencode(query),
        at=AT,
        base=BASE,
        body=csr,
        headers=headers,
    )
    return town.ask(request)


def psd2_csr(**changes: object) -> bytes:
    asked = psd2_request(
        "qwac", organization_identifier=ORGANIZATION, roles=("PSP_AI",), subject="CN=a,O=b,C=FR"
    )
    return create_psd2_csr(ec_key(), replace(asked, **changes) if changes else asked)  # type: ignore[arg-type]


def issued(answer: Answer) -> x509.Certificate:
    assert answer.status == 201, answer.reason
    return x509.load_pem_x509_certificate(answer.body)


# --- signing --------------------------------------------------------------------


def test_a_csr_for_a_client_that_there_is(town: Town) -> None:
    before = town.client("op-sandbox")
    certificate = issued(post_csr(town, create_csr(rsa_key(), subject="CN=mine"), client="op-sandbox"))
    assert certificate.subject.rfc4514_string() == "CN=mine"
    usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert verify_chain(certificate, trust=[town.bank.authority], at=AT).passed
    after = town.client("op-sandbox")
    assert after.certificates == (*before.certificates, certificate)
    # The new one is good for a token at once, and so is the old one.
    for each in after.certificates:
        assert town.ask(replace(town.op(), certificate=each)).status == 200


def test_the_new_key_signs_assertions_under_its_own_kid(town: Town) -> None:
    answer = post_csr(town, create_csr(rsa_key()), client="worldline-test", accept="application/json")
    body = content(answer)
    certificate = x509.load_pem_x509_certificate(body["certificate"].encode())
    assert body["kid"] == fingerprint(certificate)
    token = town.assertion(key=rsa_key(), certificate=certificate, audience=ISSUER)
    assert town.ask(town.worldline(token)).status == 200
    assert town.ask(town.worldline()).status == 200


def test_a_new_client_is_made_with_a_secret(town: Town) -> None:
    answer = post_csr(town, create_csr(rsa_key()), client="op-mine", accept="application/json")
    body = content(answer)
    assert set(body) == {"client", "client_id", "kid", "scopes", "redirect_uris", "certificate"}
    client = town.client("op-mine")
    assert client.secret is not None
    assert len(client.secret.reveal()) == 64
    assert client.secret.reveal().decode() not in answer.body.decode() + answer.reason
    certificate = x509.load_pem_x509_certificate(body["certificate"].encode())
    fields = {"client_id": body["client_id"], "client_secret": client.secret.reveal().decode()}
    assert town.ask(replace(town.op(**fields), certificate=certificate)).status == 200


def test_what_a_new_client_may_say_of_itself(town: Town) -> None:
    answer = post_csr(
        town,
        create_csr(rsa_key()),
        client="mine",
        system="worldline",
        client_id="Worldline-1",
        scope="VOP IDEAL",
    )
    assert ("Jwttool-Sandbox-Client-Id", "Worldline-1") in answer.headers
    client = town.client("mine")
    assert (client.client_id, client.scopes, client.secret) == ("Worldline-1", ("VOP", "IDEAL"), None)


def test_a_psd2_csr_gets_a_qwac_that_the_bank_takes(town: Town) -> None:
    certificate = issued(post_csr(town, psd2_csr()))
    assert check_qwac(certificate, client_id=ORGANIZATION, roles=("PSP_AI",), provider="stet", at=AT).passed
    assert verify_chain(certificate, trust=[town.bank.authority], at=AT).passed
    (client,) = [each for each in town.bank.clients if each.client_id == ORGANIZATION]
    assert client.system == "stet"
    from tests.sandbox import redirected

    code = redirected(town.ask(town.authorize(client_id=ORGANIZATION)))["code"]
    request = replace(town.stet(client_id=ORGANIZATION, code=code), certificate=certificate)
    assert town.ask(request).status == 200


def test_two_qwacs_have_two_serial_numbers(town: Town) -> None:
    first = issued(post_csr(town, psd2_csr(), client="stet"))
    second = issued(post_csr(town, psd2_csr(), client="stet"))
    assert first.serial_number != second.serial_number


def test_what_a_subject_lacks_is_filled_in(town: Town) -> None:
    asked = psd2_request("qwac", organization_identifier=ORGANIZATION, roles=("PSP_AI",))
    certificate = issued(post_csr(town, create_psd2_csr(ec_key(), asked)))
    assert check_qwac(certificate, client_id=ORGANIZATION, provider="stet", at=AT).passed


def weak_csr() -> bytes:
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.hashes import SHA256

    key = rsa.generate_private_key(65537, 1024)
    builder = x509.CertificateSigningRequestBuilder(x509.Name([]))
    return builder.sign(key, SHA256()).public_bytes(Encoding.PEM)


def tampered_csr() -> bytes:
    der = x509.load_pem_x509_csr(create_csr(rsa_key(), subject="CN=original")).public_bytes(Encoding.DER)
    return der.replace(b"original", b"0riginal")


def qseal_csr() -> bytes:
    asked = psd2_request("qseal", organization_identifier=ORGANIZATION, roles=("PSP_AI",), subject="C=FR")
    return create_psd2_csr(ec_key(), asked)


REFUSED: dict[str, tuple[bytes, dict[str, str], str]] = {
    "empty": (b"", {"client": "op-sandbox"}, "empty"),
    "garbage": (b"hello", {"client": "op-sandbox"}, "no certificate signing request"),
    "weak": (weak_csr(), {"client": "op-sandbox"}, "1024"),
    "tampered": (tampered_csr(), {"client": "op-sandbox"}, "not signed by its own key"),
    "no-qwac": (create_csr(rsa_key()), {"client": "stet"}, "asks for no QWAC"),
    "qseal": (qseal_csr(), {"client": "stet"}, "another certificate than a QWAC"),
    "nobody": (create_csr(rsa_key()), {}, "which system"),
    "system": (create_csr(rsa_key()), {"system": "x"}, "no system of that name"),
    "name": (create_csr(rsa_key()), {"client": "../x", "system": "op"}, "name is of letters"),
    "id": (create_csr(rsa_key()), {"system": "op", "client_id": "a b"}, "visible ASCII"),
    "uri": (psd2_csr(), {"redirect_uri": "javascript:x"}, "absolute"),
    "twice": (
        create_csr(rsa_key()),
        {"system": "op", "client_id": "op-sandbox-client"},
        "there is a client of that client_id",
    ),
    "field": (create_csr(rsa_key()), {"secret": "x"}, "none of"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_csr_that_is_refused(case: str, town: Town) -> None:
    csr, query, words = REFUSED[case]
    before = list(town.bank.clients)
    answer = post_csr(town, csr, **query)
    assert answer.status == 400
    assert answer.issued is None
    assert words in answer.reason
    assert words in answer.body.decode()
    assert list(town.bank.clients) == before


# --- the folder -------------------------------------------------------------------


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_secrets_are_their_owners_alone(folder: Folder) -> None:
    assert mode(folder.path) == 0o700
    for path in folder.path.rglob("*"):
        if path.is_dir():
            assert mode(path) == 0o700, path
        elif path.suffix in {".key", ".secret", ".ccg"}:
            assert mode(path) == 0o600, path
    assert folder.file("secrets/op-sandbox.secret").exists()
    assert folder.file("keys/authority.key").exists()


def test_no_secret_stands_in_the_public_files(folder: Folder) -> None:
    folder.write_config(BASE)
    text = folder.file("jwttool.toml").read_text() + folder.file("clients.json").read_text()
    for client in folder.bank.clients:
        for secret in (client.secret, client.ccg_token):
            assert secret is None or secret.reveal().decode() not in text


def test_the_configuration_names_files_that_are_there(folder: Folder) -> None:
    folder.write_config(BASE)
    path = folder.file("jwttool.toml")
    config = parse_config(path.read_bytes(), path)
    assert set(config.clients) == {client.name for client in folder.bank.clients}
    for client in config.clients.values():
        for file in (
            client.key,
            client.certificate,
            client.tls_key,
            client.tls_certificate,
            client.server_ca,
        ):
            assert file is None or file.is_file()
        for source in (client.client_secret, client.ccg_token):
            assert source is None or (source.file is not None and source.file.is_file())


def test_a_configuration_of_somebody_elses_is_not_replaced(folder: Folder) -> None:
    path = folder.file("jwttool.toml")
    path.write_text("[clients.mine]\n")
    with pytest.raises(FileInTheWayError):
        folder.write_config(BASE)
    assert path.read_text() == "[clients.mine]\n"


def test_a_folder_is_the_same_the_next_time(folder: Folder) -> None:
    town = Town(folder, folder.bank)
    answer = post_csr(town, create_csr(rsa_key()), client="op-mine")
    assert answer.issued is not None
    assert folder.keep(answer.issued) == "issued/op-mine.crt"
    again = post_csr(town, create_csr(rsa_key()), client="op-mine")
    assert again.issued is not None
    assert folder.keep(again.issued) == "issued/op-mine-2.crt"
    assert mode(folder.file("secrets/op-mine.secret")) == 0o600

    opened = open_folder(folder.path, AT, MemoryReplayStore())
    assert opened.bank.authority == folder.bank.authority
    assert {client.name: client for client in opened.bank.clients} == {
        client.name: client for client in folder.bank.clients
    }
    # A token of before is still good after.
    token = content(town.ask(town.stet()))["refresh_token"]
    assert opened.bank.stet.opened(token, "rt+jwt") is not None


@pytest.mark.parametrize("name", ["keys/authority.key", "ca.pem", "clients.json", "issued/op-sandbox.crt"])
def test_a_damaged_file_is_named(name: str, folder: Folder) -> None:
    folder.file(name).write_bytes(b"damaged")
    with pytest.raises(InputError) as caught:
        open_folder(folder.path, AT, MemoryReplayStore())
    assert name in caught.value.message


def test_the_ready_clients_are_certified_anew_when_their_time_is_over(folder: Folder) -> None:
    old = Town(folder, folder.bank).certificate("op-sandbox")
    open_folder(folder.path, AT + timedelta(days=88), MemoryReplayStore())
    assert Town(folder, folder.bank).certificate("op-sandbox") == old
    at = AT + timedelta(days=90)
    opened = Town(folder, open_folder(folder.path, at, MemoryReplayStore()).bank)
    assert opened.certificate("op-sandbox") != old
    for request in (opened.op(), opened.worldline(opened.assertion(at=at))):
        assert opened.ask(replace(request, at=at)).status == 200


def test_an_authority_that_is_not_the_keys(folder: Folder, shared: Folder) -> None:
    folder.file("ca.pem").write_bytes(shared.file("ca.pem").read_bytes())
    with pytest.raises(MalformedError, match="does not belong"):
        open_folder(folder.path, AT, MemoryReplayStore())


# --- the inbox --------------------------------------------------------------------


def test_a_csr_in_the_inbox_is_signed_when_it_rests(folder: Folder) -> None:
    inbox = Inbox(folder)
    path = folder.file("inbox/op-mine.csr")
    path.write_bytes(create_csr(rsa_key())[:100])
    assert inbox.look(AT) == []
    path.write_bytes(create_csr(rsa_key()))  # it was not whole yet
    assert inbox.look(AT) == []
    (line,) = inbox.look(AT)
    assert line == "inbox: op-mine.csr signed for op-mine: issued/op-mine.crt"
    assert sorted(each.name for each in folder.file("inbox").iterdir()) == ["op-mine.csr.signed"]
    assert folder.bank.clients.named("op-mine") is not None
    assert inbox.look(AT) == inbox.look(AT) == []


def test_a_csr_in_the_inbox_that_is_refused(folder: Folder) -> None:
    inbox = Inbox(folder)
    folder.file("inbox/op-mine.csr").write_bytes(b"hello\x1b[31m")
    inbox.look(AT)
    (line,) = inbox.look(AT)
    assert "is refused" in line
    assert sorted(each.name for each in folder.file("inbox").iterdir()) == ["op-mine.csr.refused"]
    assert "sandbox-csr" in folder.file("inbox/op-mine.csr.refused").read_text()


def test_what_the_inbox_leaves_alone(folder: Folder) -> None:
    inbox = Inbox(folder)
    outside = folder.file("outside.csr")
    outside.write_bytes(create_csr(rsa_key()))
    folder.file("inbox/op-link.csr").symlink_to(outside)
    folder.file("inbox/notes.txt").write_text("x")
    folder.file("inbox/.csr").write_text("x")
    folder.file("inbox/op-folder.csr").mkdir()
    assert inbox.look(AT) == inbox.look(AT) == []


# --- the list of clients ------------------------------------------------------------


def test_the_list_is_read_as_it_was_written() -> None:
    entries = {
        "a": ClientEntry(name="a", system="op", client_id="x", secret="s", certificates=("c",)),
        "b": ClientEntry(
            name="b", system="stet", client_id="y", scopes=("aisp",), redirect_uris=("https://x",)
        ),
    }
    assert read_clients(write_clients(entries), "clients.json") == entries


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"version": 2, "clients": {}}', "version"),
        ('{"version": 1, "clients": []}', "clients"),
        ('{"version": 1, "clients": {"../x": {"system": "op", "client_id": "x"}}}', "name"),
        ('{"version": 1, "clients": {"x": []}}', "no object"),
        ('{"version": 1, "clients": {"x": {"system": "op"}}}', "client_id"),
        ('{"version": 1, "clients": {"x": {"system": "no", "client_id": "x"}}}', "system"),
        ('{"version": 1, "clients": {"x": {"system": "op", "client_id": "x", "scope": ""}}}', "unknown"),
        ('{"version": 1, "clients": {"x": {"system": "op", "client_id": "x", "scopes": "a"}}}', "scopes"),
        ('{"version": 1, "clients": {"x": {"system": "op", "client_id": "x", "secret": 5}}}', "secret"),
    ],
    ids=range(9),
)
def test_a_list_that_is_none(text: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        read_clients(text.encode(), "clients.json")


def test_a_list_that_is_no_json() -> None:
    canary = '{"x": c4n4ry-hunter2'
    refusal(JsonError, lambda: read_clients(canary.encode(), "clients.json"))


def test_a_client_that_is_replaced_is_found_by_its_new_id_alone() -> None:
    first = SandboxClient(name="a", system="op", client_id="1")
    clients = Clients((first,))
    clients.put(replace(first, client_id="2"))
    assert clients.find("op", "1") is None
    assert clients.find("op", "2") is not None
    assert clients.find("worldline", "2") is None
    assert clients.find("op", 5) is None


@pytest.mark.parametrize("name", ["", ".", "a/b", "-a", "a" * 65, "a\n", "é"])
def test_names_that_could_be_other_files(name: str) -> None:
    assert NAME.fullmatch(name) is None


# --- codes and identifiers -----------------------------------------------------------


def test_codes_are_good_once_and_for_sixty_seconds() -> None:
    numbers = iter(range(100))
    codes = Codes(lambda count: next(numbers).to_bytes(count, "big"))
    first = codes.hand_out("a", 1000)
    assert codes.take(first, 1059) == ("a", None)
    assert codes.take(first, 1059) == (None, CodeState.USED)
    second = codes.hand_out("b", 1000)
    assert codes.take(second, 1060)[1] == f"{CodeState.EXPIRED}: it lived 60 s"
    assert codes.take(second, 1000) == (None, CodeState.USED)
    assert codes.take("x", 1000) == (None, CodeState.UNKNOWN)


def test_codes_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Codes, "MOST", 10)
    numbers = iter(range(100))
    codes = Codes(lambda count: next(numbers).to_bytes(count, "big"))
    handed = [codes.hand_out(number, 0) for number in range(20)]
    assert [codes.take(code, 0)[0] for code in handed] == [None] * 10 + list(range(10, 20))


def test_a_uuid_is_of_version_4() -> None:
    assert uuid(bytes(16)) == "00000000-0000-4000-8000-000000000000"
    assert uuid(b"\xff" * 16) == "ffffffff-ffff-4fff-bfff-ffffffffffff"
    assert json.loads(json.dumps(uuid(bytes(16)))) == uuid(bytes(16))
