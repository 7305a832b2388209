"""The rules about TLS, over values: for each one case that passes, and one that differs in one thing."""

from __future__ import annotations

import ipaddress
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from jwttool.checks.chain import CHAIN_RULES
from jwttool.checks.tls import CONNECTION_RULES, PEER_RULES, TLS_RULES
from jwttool.checks.tls.alerts import ALERTS, alert, fault
from jwttool.checks.tls.judge import judge_tls
from jwttool.checks.tls.seen import Demand, Ending, Handshake, Ours, Seen, climb
from jwttool.checks.tls.target import parse_target
from jwttool.errors import MalformedError
from jwttool.report import Severity, Status
from tests import issue

if TYPE_CHECKING:
    from jwttool.checks.tls.judge import TlsReport
    from jwttool.report import Check

AT = issue.WITHIN
SERVER_AUTH = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
CLIENT_AUTH = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])


@cache
def root() -> issue.Authority:
    return issue.authority()


@cache
def middle() -> issue.Authority:
    return root().sub_authority()


def names(*dns: str, ip: str | None = None) -> x509.SubjectAlternativeName:
    addresses = [] if ip is None else [x509.IPAddress(ipaddress.ip_address(ip))]
    return x509.SubjectAlternativeName([*map(x509.DNSName, dns), *addresses])


def server(*extensions: x509.ExtensionType, **more: Any) -> x509.Certificate:
    chosen = extensions or (names("bank.example"), SERVER_AUTH)
    return middle().issue(issue.rsa_key(1), "bank.example", extensions=chosen, **more)


def client(*extensions: x509.ExtensionType, **more: Any) -> x509.Certificate:
    return middle().issue(issue.rsa_key(2), "client.example", extensions=extensions or (CLIENT_AUTH,), **more)


def usage(*, digital_signature: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def open_handshake(**more: Any) -> Handshake:
    """A handshake that stands, with TLS 1.3."""
    given: dict[str, Any] = {
        "ending": Ending.OPEN,
        "finished": True,
        "answered": True,
        "protocol": "TLSv1.3",
        "cipher": "TLS_AES_256_GCM_SHA384",
        "group": "X25519",
        "chain": (server(), middle().certificate),
    }
    return Handshake(**(given | more))


def mutual(**more: Any) -> Seen:
    """A server that requires a certificate of the root's, and takes ours."""
    asked: dict[str, Any] = {"asked": True, "authorities": (root().certificate.subject,)}
    return Seen(
        address="192.0.2.1",
        bare=open_handshake(**(asked | {"ending": Ending.ALERT, "alert": 116, "answered": False} | more)),
        own=open_handshake(**(asked | more)),
    )


def ours(certificate: x509.Certificate | None = None, *, key_matches: bool | None = True) -> Ours:
    return Ours(certificate=certificate or client(), others=(middle().certificate,), key_matches=key_matches)


def judged(seen: Seen, ours: Ours | None = None, *, target: str = "bank.example") -> TlsReport:
    return judge_tls(parse_target(target), seen, trust=[root().certificate], ours=ours, at=AT)


def plain(**more: Any) -> Seen:
    """A server that asks for no certificate."""
    return Seen(address="192.0.2.1", bare=open_handshake(**more))


def found(check_id: str, seen: Seen, ours: Ours | None = None, **more: Any) -> Check:
    return judged(seen, ours, **more)[check_id]


# --- the whole ----------------------------------------------------------------


def test_every_rule_passes_with_a_sound_server_and_a_certificate_that_is_taken() -> None:
    report = judged(mutual(), ours())
    assert report.passed
    assert {report[rule.id].status for rule in TLS_RULES} == {Status.PASS}
    assert report.view.seen.demand is Demand.REQUIRED
    assert report.chain is not None
    assert report.chain.trusted


def test_the_order_of_the_report() -> None:
    ids = dict.fromkeys(check.id for check in judged(plain()))
    assert list(ids) == [rule.id for rule in (*CONNECTION_RULES, *CHAIN_RULES, *PEER_RULES)]


def test_a_server_that_asks_for_nothing_passes_without_a_certificate() -> None:
    report = judged(plain())
    assert report.passed
    assert not report.warnings
    assert report.view.seen.demand is Demand.NO


# --- the handshake ------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "name", "words"),
    [
        (40, "handshake_failure", "finds no way to go on"),
        (70, "protocol_version", "neither TLS 1.2 nor TLS 1.3"),
        (112, "unrecognized_name", "does not know the name"),
        (200, "alert 200", "an alert that has no name, 200"),
    ],
)
def test_a_handshake_that_the_server_refuses(number: int, name: str, words: str) -> None:
    nothing = Handshake(ending=Ending.ALERT, alert=number)
    report = judged(Seen(address="192.0.2.1", bare=nothing))
    check = report["tls-handshake"]
    assert check.status is Status.FAIL
    assert words in check.message
    assert f"({name})" in check.message
    assert check.hint
    assert {each.status for each in report if each.id != check.id} == {Status.SKIPPED}
    assert report.view.seen.demand is None


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("excessive message size", "more than 100 KB of certificates or names of CAs"),
        ("unsupported protocol", "a version of TLS before 1.2"),
        ("dh key too small", "too small to be safe"),
        ("\x1b[2J", r"\x1b[2J"),
    ],
)
def test_a_handshake_that_our_side_gives_up(reason: str, words: str) -> None:
    check = found("tls-handshake", plain(ending=Ending.FAULT, fault=reason))
    assert check.status is Status.FAIL
    assert words in check.message
    assert fault(reason)[0] == check.message


def test_a_connection_that_is_closed() -> None:
    check = found("tls-handshake", plain(ending=Ending.CLOSED))
    assert (check.status, "gave no reason" in check.message) == (Status.FAIL, True)


@pytest.mark.parametrize(
    ("more", "demand"),
    [
        ({"ending": Ending.ALERT, "alert": 116}, Demand.REQUIRED),
        ({"ending": Ending.ALERT, "alert": 40}, Demand.REQUIRED),
        ({"ending": Ending.ALERT, "alert": 42}, Demand.REQUIRED),
        ({"ending": Ending.CLOSED}, Demand.REQUIRED),
        ({"ending": Ending.ALERT, "alert": 80}, None),
        ({"ending": Ending.FAULT, "fault": "x"}, None),
        ({}, Demand.OPTIONAL),
    ],
    ids=["116", "40", "42", "closed", "80", "fault", "open"],
)
def test_whether_a_certificate_is_required(more: dict[str, Any], demand: Demand | None) -> None:
    seen = plain(asked=True, **more)
    assert seen.demand is demand
    # What fails only because there was no certificate is no fault of the handshake.
    assert (found("tls-handshake", seen).status is Status.PASS) is (demand is not None)


def test_an_alert_to_an_empty_certificate_does_not_count_where_ours_is_taken() -> None:
    seen = mutual()
    strange = replace(seen, bare=replace(seen.bare, alert=80))
    assert found("tls-handshake", strange, ours()).status is Status.PASS
    assert found("tls-handshake", replace(strange, own=None)).status is Status.FAIL


@pytest.mark.parametrize(
    ("cipher", "words"),
    [
        ("TLS_CHACHA20_POLY1305_SHA256", None),
        ("ECDHE-RSA-AES128-GCM-SHA256", None),
        ("DHE-RSA-AES256-CCM", None),
        ("AES256-GCM-SHA384", "is not forward secret"),
        ("ECDHE-RSA-AES256-SHA384", "encrypts in CBC mode"),
    ],
)
def test_the_cipher(cipher: str, words: str | None) -> None:
    check = found("tls-cipher", plain(cipher=cipher))
    assert check.status is (Status.PASS if words is None else Status.WARNING)
    assert words is None or words in check.message


# --- the server's certificate -------------------------------------------------


def test_a_certificate_of_the_servers_that_cannot_be_read() -> None:
    report = judged(plain(unreadable=1))
    assert report["tls-server-certificate"].status is Status.FAIL
    assert report["chain-verified"].status is Status.SKIPPED
    assert report["tls-server-name"].status is Status.SKIPPED


@pytest.mark.parametrize(
    ("held", "target", "fits"),
    [
        (names("bank.example"), "bank.example", True),
        (names("bank.example"), "Bank.Example.", True),
        (names("other.example", "*.bank.example"), "api.bank.example", True),
        (names("*.bank.example"), "bank.example", False),
        (names("*.bank.example"), "a.b.bank.example", False),
        (names("xn--bcher-kva.example"), "bücher.example", True),
        (names(ip="192.0.2.1"), "192.0.2.1", True),
        (names(ip="2001:db8::1"), "2001:db8:0::1", True),
        (names(ip="192.0.2.1"), "192.0.2.2", False),
        (names("192.0.2.1"), "192.0.2.1", False),
        (names("bank.example.evil.example"), "bank.example", False),
    ],
    ids=range(11),
)
def test_the_name(held: x509.SubjectAlternativeName, target: str, fits: bool) -> None:
    check = found("tls-server-name", plain(chain=(server(held),)), target=target)
    assert check.status is (Status.PASS if fits else Status.FAIL)


def test_a_common_name_is_no_name() -> None:
    check = found("tls-server-name", plain(chain=(server(SERVER_AUTH),)))
    assert check.status is Status.FAIL
    assert check.message == "the certificate has no subjectAltName at all: it is not for bank.example"


def test_names_from_outside_are_escaped_and_few() -> None:
    hostile = names("evil\x1b[2J.example", *(f"n{number}.example" for number in range(9)))
    check = found("tls-server-name", plain(chain=(server(hostile),)))
    assert check.status is Status.FAIL
    assert "\x1b" not in check.message


@pytest.mark.parametrize(("held", "status"), [(SERVER_AUTH, Status.PASS), (CLIENT_AUTH, Status.FAIL)])
def test_what_the_servers_certificate_is_for(held: x509.ExtendedKeyUsage, status: Status) -> None:
    assert found("tls-server-usage", plain(chain=(server(held),))).status is status


def test_the_order_of_the_servers_certificates() -> None:
    chain = (server(), middle().certificate, root().certificate)
    assert found("tls-server-order", plain(chain=chain)).status is Status.PASS
    check = found("tls-server-order", plain(chain=(chain[0], chain[2], chain[1])))
    assert (check.status, check.message) == (
        Status.WARNING,
        "certificate 2 of 3 did not issue the one before it",
    )


def test_a_chain_with_a_gap_is_the_servers_to_mend() -> None:
    check = found("chain-complete", plain(chain=(server(),)))
    assert check.status is Status.FAIL
    assert "the server has to send" in (check.hint or "")


def test_an_expired_certificate_of_the_servers() -> None:
    old = server(names("bank.example"), not_after=AT - timedelta(days=1))
    assert found("chain-validity", plain(chain=(old, middle().certificate))).status is Status.FAIL


# --- the client's certificate -------------------------------------------------


def test_a_certificate_is_required_and_none_is_given() -> None:
    report = judged(replace(mutual(), own=None))
    check = report["tls-client-certificate"]
    assert (check.status, check.hint) == (Status.WARNING, "give one with --cert and --key")
    assert report.passed
    assert report["tls-client-accepted"].message == "no client certificate was given"


def test_a_certificate_is_given_and_not_asked_for() -> None:
    report = judged(plain(), ours())
    assert report["tls-client-certificate"].status is Status.WARNING
    assert report["tls-client-accepted"].status is Status.SKIPPED
    assert report["tls-client-issuer"].status is Status.SKIPPED


def test_whether_one_is_needed_is_not_judged_where_the_handshake_fails_for_another_reason() -> None:
    for more, words in (({"asked": True}, "for another reason"), ({}, "before the server could ask")):
        check = found("tls-client-certificate", plain(ending=Ending.ALERT, alert=80, **more))
        assert (check.status, words in check.message) == (Status.SKIPPED, True)


def test_a_certificate_is_given_and_optional() -> None:
    seen = replace(mutual(), bare=open_handshake(asked=True))
    assert found("tls-client-certificate", seen, ours()).status is Status.PASS


@pytest.mark.parametrize(
    ("key_matches", "status"), [(True, Status.PASS), (False, Status.FAIL), (None, Status.SKIPPED)]
)
def test_key_and_certificate(key_matches: bool | None, status: Status) -> None:
    assert found("tls-client-key", mutual(), ours(key_matches=key_matches)).status is status


def test_our_certificate_has_expired() -> None:
    check = found("tls-client-validity", mutual(), ours(client(not_after=AT - timedelta(seconds=1))))
    assert (check.status, check.severity) == (Status.FAIL, Severity.ERROR)


@pytest.mark.parametrize(
    ("held", "missing"),
    [
        ((CLIENT_AUTH, usage(digital_signature=True)), None),
        ((x509.BasicConstraints(ca=False, path_length=None),), None),
        ((SERVER_AUTH,), "clientAuth"),
        ((CLIENT_AUTH, usage(digital_signature=False)), "digitalSignature"),
    ],
    ids=["both", "none", "server", "seal"],
)
def test_what_our_certificate_is_for(held: tuple[x509.ExtensionType, ...], missing: str | None) -> None:
    check = found("tls-client-usage", mutual(), ours(client(*held)))
    assert check.status is (Status.PASS if missing is None else Status.FAIL)
    assert missing is None or missing in check.message


def test_our_issuer_is_named_or_one_above_it() -> None:
    for authority in (middle(), root()):
        report = judged(mutual(authorities=(issue.name("Other CA"), authority.certificate.subject)), ours())
        assert report["tls-client-issuer"].status is Status.PASS
        assert report.view.issued_by == authority.certificate.subject


def test_our_issuer_is_not_named() -> None:
    report = judged(mutual(authorities=(issue.name("Other CA"), issue.name("Another CA"))), ours())
    check = report["tls-client-issuer"]
    assert check.status is Status.FAIL
    assert "2 CAs, and our issuer is not among them: CN=Example Issuing CA" in check.message
    assert report.view.issued_by is None


def test_the_root_is_named_and_what_leads_to_it_is_not_sent() -> None:
    alone = Ours(certificate=client(), key_matches=True)
    assert found("tls-client-issuer", mutual(), alone).status is Status.FAIL


@pytest.mark.parametrize(
    "more", [{"authorities": ()}, {"authorities": (issue.name("x"),), "unreadable_authorities": 1}]
)
def test_no_cas_are_named_or_cannot_be_read(more: dict[str, Any]) -> None:
    assert found("tls-client-issuer", mutual(**more), ours()).status is Status.SKIPPED


def test_our_certificate_is_refused() -> None:
    seen = mutual()
    for own, words in (
        (
            Handshake(ending=Ending.ALERT, alert=48),
            "the server does not know our certificate's issuer (unknown_ca)",
        ),
        (Handshake(ending=Ending.CLOSED), "the server closed the connection and gave no reason"),
        (Handshake(ending=Ending.FAULT, fault="ee key too small"), "our key is too short for OpenSSL"),
        (Handshake(ending=Ending.LOST, fault="no answer"), "no answer"),
    ):
        check = found("tls-client-accepted", replace(seen, own=own), ours())
        assert (check.status, check.message) == (Status.FAIL, words)


def test_our_certificate_was_not_tried() -> None:
    check = found("tls-client-accepted", replace(mutual(), own=None), ours(key_matches=None))
    assert (check.status, check.message) == (
        Status.SKIPPED,
        "the handshake was not tried with our certificate",
    )


# --- parts --------------------------------------------------------------------


def test_the_way_up_from_our_certificate() -> None:
    leaf, between, top = client(), middle().certificate, root().certificate
    stranger = issue.authority("Stranger").certificate
    assert climb(Ours(certificate=leaf, others=(stranger, top, between))) == (leaf, between, top)
    assert climb(Ours(certificate=leaf)) == (leaf,)


def test_certificates_that_issue_each_other_end_somewhere() -> None:
    one, other = issue.name("One"), issue.name("Other")
    key = issue.rsa_key(1)
    circle = tuple(
        issue.certificate(key, lower, issuer=upper, issuer_key=key)
        for lower, upper in ((one, other), (other, one))
    )
    leaf = issue.certificate(key, "client.example", issuer=one, issuer_key=key)
    assert climb(Ours(certificate=leaf, others=circle)) == (leaf, *circle)


def test_our_own_certificate_has_to_be_readable() -> None:
    # The list of usages becomes a set, which it cannot be.
    damaged = issue.der(client(CLIENT_AUTH)).replace(b"\x55\x1d\x25\x04\x0c\x30", b"\x55\x1d\x25\x04\x0c\x31")
    with pytest.raises(MalformedError):
        Ours(certificate=x509.load_der_x509_certificate(damaged))


def test_the_alerts_have_distinct_names_and_plain_words() -> None:
    assert len({each.name for each in ALERTS.values()}) == len(ALERTS)
    assert all(each.words and each.hint for each in ALERTS.values())
    assert alert(116).name == "certificate_required"
