"""HOST[:PORT]: what is read, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwttool.checks.tls.target import parse_host, parse_target
from jwttool.errors import UsageError


@pytest.mark.parametrize(
    ("text", "host", "port", "shown", "sent_name"),
    [
        ("bank.example", "bank.example", 443, "bank.example:443", "bank.example"),
        ("Bank.Example.:8443", "bank.example", 8443, "bank.example:8443", "bank.example"),
        ("a_b.example:1", "a_b.example", 1, "a_b.example:1", "a_b.example"),
        ("localhost:65535", "localhost", 65535, "localhost:65535", "localhost"),
        ("192.0.2.1", "192.0.2.1", 443, "192.0.2.1:443", None),
        ("192.0.2.1:8443", "192.0.2.1", 8443, "192.0.2.1:8443", None),
        ("2001:DB8::1", "2001:db8::1", 443, "[2001:db8::1]:443", None),
        ("[2001:db8::1]", "2001:db8::1", 443, "[2001:db8::1]:443", None),
        ("[::1]:8443", "::1", 8443, "[::1]:8443", None),
        (
            "bücher.example:444",
            "xn--bcher-kva.example",
            444,
            "xn--bcher-kva.example:444",
            "xn--bcher-kva.example",
        ),
        ("STRASSE.example", "strasse.example", 443, "strasse.example:443", "strasse.example"),
        (
            "straße.example",
            "xn--strae-oqa.example",
            443,
            "xn--strae-oqa.example:443",
            "xn--strae-oqa.example",
        ),
    ],
    ids=str,
)
def test_a_host_and_a_port(text: str, host: str, port: int, shown: str, sent_name: str | None) -> None:
    target = parse_target(text)
    assert (target.host, target.port, str(target), target.sent_name) == (host, port, shown, sent_name)
    assert target.server_name == host


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the host is empty"),
        (":443", "the host is empty"),
        ("bank.example:", 'no port: ""'),
        ("bank.example:0", 'no port: "0"'),
        ("bank.example:65536", 'no port: "65536"'),
        ("bank.example:443443", 'no port: "443443"'),
        ("bank.example:-1", 'no port: "-1"'),
        ("bank.example:https", 'no port: "https"'),
        ("bank.example:\u0664\u0664\u0663", 'no port: "\u0664\u0664\u0663"'),
        ("https://bank.example/token", "a URL, where a host belongs"),
        ("me@bank.example", "a URL, where a host belongs"),
        ("a:b:c", 'no host: "a:b:c"'),
        ("[::1", "no IPv6 address between the brackets"),
        ("[bank.example]:443", "no IPv6 address between the brackets"),
        ("[127.0.0.1]:443", "no IPv6 address between the brackets"),
        ("[::1]443", "something else than a port behind the brackets"),
        ("127.1", 'neither a whole IP address nor a name: "127.1"'),
        ("0x7f000001", 'neither a whole IP address nor a name: "0x7f000001"'),
        ("2130706433", 'neither a whole IP address nor a name: "2130706433"'),
        ("a..b", 'no host: "a..b"'),
        ("-a.example", 'no host: "-a.example"'),
        (f"{'a' * 64}.example", f'no host: "{"a" * 64}.example"'),
        ("a b", 'no host: "a b"'),
        ("a\x1b[2J", 'no host: "a\\x1b[2J"'),
        ("\u202ea.example", 'no host name: "\\u202ea.example"'),
        (f"{'a.' * 127}aa", "the host is longer than 253 characters"),
        ("ü" * 100_000, "the host is longer than 253 characters"),
    ],
    ids=range(27),
)
def test_what_is_no_host_or_no_port(text: str, message: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_target(text)
    assert refused.value.message == message


def test_the_name_to_ask_for_may_be_another() -> None:
    target = parse_target("192.0.2.1:8443", "Bücher.example")
    assert (target.host, target.server_name) == ("192.0.2.1", "xn--bcher-kva.example")
    assert target.sent_name == "xn--bcher-kva.example"
    with pytest.raises(UsageError, match="no host: "):
        parse_target("192.0.2.1", "https://bank.example")


@given(st.text(max_size=80))
def test_any_text_is_a_host_in_ascii_or_is_refused(text: str) -> None:
    try:
        host = parse_host(text)
    except UsageError:
        return
    assert host.isascii()
    assert parse_host(host) == host
