"""jwttool.toml: strict, helpful about misspellings, silent about values."""

from __future__ import annotations

from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwttool.config import Client, Config, SecretSource, parse_config
from jwttool.encoding import Limit
from jwttool.errors import ConfigError, TooLargeError, UnknownClientError
from jwttool.providers import get_provider
from tests.hostile import CANARY, little_memory, no_hanging, refusal

PATH = Path("/etc/bank/jwttool.toml")
FOLDER = Path("/etc/bank")

FULL = """
[clients.worldline-test]
provider = "worldline"
client_id = "5734699"
server = "https://example-domain"
realm = "example-realm"
scope = "VOP WERO"
audience = "https://example-domain/auth/realms/other"
token_endpoint = "https://example-domain/token"
authorization_endpoint = "https://example-domain/authorize"
redirect_uri = "https://client.example/back"
organization_identifier = "PSDFR-ACPR-12345"
fi_reference_id = "fi"
version = "1"
kid = "handed-out"
algorithm = "PS256"
lifetime = 60
key = "keys/signing.key"
certificate = "/absolute/signing.crt"
tls_key = "../tls.key"
tls_certificate = "tls.crt"
server_ca = "private-ca.pem"
passphrase = { file = "keys/signing.pass" }
tls_passphrase = { env = "TLS_PASS" }
client_secret = { env = "CLIENT_SECRET" }
ccg_token = { file = "ccg.token" }

[clients."another one"]
provider = "op"
"""


def parse(text: str) -> Config:
    return parse_config(text.encode(), PATH)


def client(lines: str) -> Client:
    return parse(f'[clients.c]\nprovider = "worldline"\n{lines}\n').client("c")


# --- what is accepted ---------------------------------------------------------


def test_every_setting_is_read_and_every_path_is_relative_to_the_file() -> None:
    config = parse(FULL)
    assert config.path == PATH
    assert list(config.clients) == ["worldline-test", "another one"]
    assert config.client("worldline-test") == Client(
        name="worldline-test",
        provider="worldline",
        client_id="5734699",
        server="https://example-domain",
        realm="example-realm",
        scope="VOP WERO",
        audience="https://example-domain/auth/realms/other",
        token_endpoint="https://example-domain/token",
        authorization_endpoint="https://example-domain/authorize",
        redirect_uri="https://client.example/back",
        organization_identifier="PSDFR-ACPR-12345",
        fi_reference_id="fi",
        version="1",
        kid="handed-out",
        algorithm="PS256",
        lifetime=60,
        key=FOLDER / "keys/signing.key",
        certificate=Path("/absolute/signing.crt"),
        tls_key=FOLDER / "../tls.key",
        tls_certificate=FOLDER / "tls.crt",
        server_ca=FOLDER / "private-ca.pem",
        passphrase=SecretSource(file=FOLDER / "keys/signing.pass"),
        tls_passphrase=SecretSource(variable="TLS_PASS"),
        client_secret=SecretSource(variable="CLIENT_SECRET"),
        ccg_token=SecretSource(file=FOLDER / "ccg.token"),
    )


def test_the_example_above_leaves_no_setting_out() -> None:
    full = parse(FULL).client("worldline-test")
    assert not [each.name for each in fields(Client) if getattr(full, each.name) is None]


def test_everything_but_the_provider_may_be_missing() -> None:
    bare = parse(FULL).client("another one")
    assert {getattr(bare, each.name) for each in fields(Client)} == {"another one", "op", None}


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "[clients]\n", "clients = {}\r\n"])
def test_no_clients_yet(text: str) -> None:
    assert parse(text).clients == {}


def test_audience_and_endpoint_as_set_or_from_server_and_realm() -> None:
    worldline = get_provider("worldline")
    server = 'server = "https://example-domain/"\nrealm = "a realm"\n'
    derived = client(server)
    assert derived.assertion_audience(worldline) == "https://example-domain/auth/realms/a%20realm"
    assert derived.endpoint(worldline) == (
        "https://example-domain/auth/realms/a%20realm/protocol/openid-connect/token"
    )
    own = client(server + 'audience = "https://a"\ntoken_endpoint = "https://t"')
    assert (own.assertion_audience(worldline), own.endpoint(worldline)) == ("https://a", "https://t")
    unknown = client('server = "https://example-domain"')
    assert (unknown.assertion_audience(worldline), unknown.endpoint(worldline)) == (None, None)


@pytest.mark.parametrize("seconds", [1, 60, 86400])
def test_a_lifetime(seconds: int) -> None:
    assert client(f"lifetime = {seconds}").lifetime == seconds


def test_dots_are_counted_a_line_and_not_in_comments() -> None:
    assert client(f"# {'.' * 100}\n  #{'.' * 100}\nscope = '{'.' * 64}'").scope == "." * 64


# --- what is refused ----------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("[client]", 'unknown key "client" in the top level', 'did you mean "clients"?'),
        ("zzz = 1", 'unknown key "zzz" in the top level', "known are clients, mapping"),
        ("clients = 1", '"clients" is not a table', "write [clients.NAME]"),
        ("clients = [1]", '"clients" is not a table', "write [clients.NAME]"),
        ("[[clients]]", '"clients" is not a table', "write [clients.NAME]"),
        ("[clients]\nc = 1", "[clients.c] is not a table", None),
        ("[[clients.c]]", "[clients.c] is not a table", None),
        (
            "[clients.c]",
            "[clients.c] names no provider",
            'provider = "worldline", "op", "konsentus" or "stet"',
        ),
        (
            "[clients.c]\nprovider = 1",
            "[clients.c] names no provider",
            'provider = "worldline", "op", "konsentus" or "stet"',
        ),
    ],
)
def test_a_form_that_is_refused(text: str, message: str, hint: str | None) -> None:
    error = refusal(ConfigError, lambda: parse(text))
    assert (error.message, error.hint) == (message, hint)


@pytest.mark.parametrize(
    ("good", "bad", "hint"),
    [
        ("certificate", "certificat", 'did you mean "certificate"?'),
        ("certificate", "certifcate", 'did you mean "certificate"?'),
        ("client_id", "clientid", 'did you mean "client_id"?'),
        ("client_id", "client-id", 'did you mean "client_id"?'),
        ("token_endpoint", "token_endpiont", 'did you mean "token_endpoint"?'),
        ("provider", "Provider", 'did you mean "provider"?'),
        ("kid", "x", "known are provider, client_id, "),
        ("kid", "name", "known are provider, client_id, "),  # a field of Client, but not a setting
    ],
)
def test_an_unknown_key_names_the_nearest_known_one(good: str, bad: str, hint: str) -> None:
    if good != "provider":
        client(f'{good} = "https://x"')
    error = refusal(ConfigError, lambda: client(f'{bad} = "x"'))
    assert error.message == f'unknown key "{bad}" in [clients.c]'
    assert error.hint is not None
    assert error.hint.startswith(hint)


EMPTY_HINT = "take the line out until you know the value"
SECRET_HINT = 'move it out: { file = "..." } or { env = "NAME" }'


@pytest.mark.parametrize(
    ("good", "bad", "message", "hint"),
    [
        ('kid = "1"', "kid = 1", "kid in [clients.c] is not a string in quotes", None),
        ('kid = "1"', 'kid = ["1"]', "kid in [clients.c] is not a string in quotes", None),
        ('kid = "1"', "kid = 1979-05-27", "kid in [clients.c] is not a string in quotes", None),
        (
            'kid = "1"',
            'kid = ""',
            "kid in [clients.c] is empty",
            EMPTY_HINT,
        ),
        ('key = "k"', "key = 1", "key in [clients.c] is not a string in quotes", None),
        (
            'key = "k"',
            'key = ""',
            "key in [clients.c] is empty",
            EMPTY_HINT,
        ),
        *(
            (
                "lifetime = 60",
                f"lifetime = {bad}",
                "lifetime in [clients.c] is not a number of seconds from 1 to 86400",
                None,
            )
            for bad in ("0", "-1", "86401", "1.0", "true", '"60"', "nan", "0xFFFFFFFFFFFFFFFFFFFF")
        ),
        (
            'passphrase = { env = "P" }',
            'passphrase = "c4n4ry-hunter2"',
            "passphrase in [clients.c] is a secret in the configuration itself",
            SECRET_HINT,
        ),
        *(
            (
                'client_secret = { file = "s" }',
                f"client_secret = {bad}",
                'client_secret in [clients.c] is not { file = "..." } or { env = "NAME" }',
                None,
            )
            for bad in ("1", "{}", '{ file = "s", env = "P" }', '{ value = "c4n4ry-hunter2" }', '["s"]')
        ),
        (
            'passphrase = { env = "P" }',
            "passphrase = { env = 1 }",
            "passphrase in [clients.c] is not a string in quotes",
            None,
        ),
        (
            'passphrase = { file = "p" }',
            'passphrase = { file = "" }',
            "passphrase in [clients.c] is empty",
            EMPTY_HINT,
        ),
    ],
)
def test_a_value_that_is_refused(good: str, bad: str, message: str, hint: str | None) -> None:
    client(good)
    error = refusal(ConfigError, lambda: client(bad))
    assert (error.message, error.hint) == (message, hint)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"[clients", "/etc/bank/jwttool.toml is not TOML: Expected ']' at the end of a table declaration"),
        (b"a = 1\na = 2", "/etc/bank/jwttool.toml is not TOML: Cannot overwrite a value"),
        (b"[clients.c]\n[clients.c]", "/etc/bank/jwttool.toml is not TOML: Cannot declare"),
        (b'a = "', "/etc/bank/jwttool.toml is not TOML: "),
        (b"a = '\xff'", "/etc/bank/jwttool.toml is not UTF-8 at byte 5"),
        (b"\xef\xbb\xbf[clients]", "/etc/bank/jwttool.toml is not TOML: Invalid statement"),
        ("[clients]".encode("utf-16"), "/etc/bank/jwttool.toml is not UTF-8 at byte 0"),
        (b"a = " + b"9" * 5000, "/etc/bank/jwttool.toml holds a number that is too long"),
        (b"a = " + b"[" * 5000, "/etc/bank/jwttool.toml is nested too deep"),
        (b"a = 1\n" + b"a." * 65 + b"a = 1", "/etc/bank/jwttool.toml: line 2 has more than 64 dots"),
    ],
)
def test_what_is_no_toml(data: bytes, message: str) -> None:
    assert refusal(ConfigError, lambda: parse_config(data, PATH)).message.startswith(message)


def test_the_position_of_a_fault_is_told_behind_a_long_key_too() -> None:
    key = "k" * 1000
    error = refusal(ConfigError, lambda: parse(f"[clients.{key}]\n[clients.{key}]"))
    assert error.message.endswith("… (at line 2, column 1010)")


def test_size_is_limited_before_anything_is_read() -> None:
    parse("#" * Limit.CONFIG)
    refusal(TooLargeError, lambda: parse("#" * (Limit.CONFIG + 1)))


@pytest.mark.parametrize(
    "text",
    [
        f'[clients.c]\nprovider = "op"\npassphrase = "{CANARY}"',
        f'[clients.c]\nprovider = "op"\nclient_secret = {{ secret = "{CANARY}" }}',
        f'[clients.c]\nprovider = "op"\nlifetime = "{CANARY}"',
        f'[clients.c]\nprovider = "op"\nunknown = "{CANARY}"',
        f'[clients.c]\nprovider = "op"\nkid = "{CANARY}',
        f'[clients.c]\nprovider = ["{CANARY}"]',
        f'a = """{CANARY}\nb = 1',
        f'a = "{CANARY}\\q"',
        f'a = "{CANARY}" "',
    ],
)
def test_no_value_is_repeated(text: str) -> None:
    refusal(ConfigError, lambda: parse(text))


def test_hostile_names_are_shown_escaped_and_shortened() -> None:
    name = "\\u001b]0;" + "n" * 1000
    for text in (
        f'[clients."{name}"]',
        f'"{name}" = 1',
        f'[clients.c]\nprovider = "op"\n"{name}" = 1',
        f'[clients.c]\nprovider = "op"\n"{name}" = 1\n"{name}" = 1',
    ):
        message = refusal(ConfigError, partial(parse, text)).message
        assert message.isprintable()
        assert len(message) < 200


def test_an_unknown_client_is_told_of_the_known_ones() -> None:
    error = refusal(UnknownClientError, lambda: parse(FULL).client("worldline"), "'worldline'")
    assert error.message == 'no client of that name ("worldline") in /etc/bank/jwttool.toml'
    assert error.hint == "clients there: worldline-test, another one"
    assert refusal(UnknownClientError, lambda: parse("").client("c")).hint == "clients there: none yet"


# --- whatever the bytes are ---------------------------------------------------

KEYS = st.sampled_from([*(each.name for each in fields(Client)), "file", "env", "x", '"\\u001b"', "a.b"])
TOML_VALUES: st.SearchStrategy[str] = st.recursive(
    st.sampled_from(
        ['"x"', '""', "'\\'", '"\\u0000"', "1", "0", "-1", "1.5", "nan", "true", "1979-05-27", "9" * 4301]
    )
    | st.integers().map(str),
    lambda inner: (
        st.lists(inner).map(lambda items: f"[{','.join(items)}]")
        | st.lists(st.tuples(KEYS, inner), max_size=3).map(
            lambda items: "{" + ",".join(f"{key}={value}" for key, value in items) + "}"
        )
    ),
    max_leaves=4,
)
LINES = st.lists(
    st.sampled_from(["[clients.c]", "[clients.d]", "[[clients.c]]", "[clients]", 'provider = "op"', "#"])
    | st.tuples(KEYS, TOML_VALUES).map(" = ".join)
    | st.text(max_size=4),
    max_size=8,
).map("\n".join)


@given(LINES.map(lambda text: text.encode("utf-8", "surrogatepass")) | st.binary())
def test_whatever_the_bytes_are_they_are_refused_or_read(data: bytes) -> None:
    try:
        config = parse_config(data, PATH)
    except ConfigError:
        return
    assert all(each.name == name and each.provider for name, each in config.clients.items())


@pytest.mark.parametrize(
    "text",
    [
        "a." * (Limit.CONFIG // 2 - 2) + "a=1",
        "[" + "a." * (Limit.CONFIG // 2 - 2) + "a]",
        ("a." * 63 + "a=1\n") * 500,
        ("a." * 60 + "b.b=1\n") * 500,
        "a=" + "[" * (Limit.CONFIG - 2),
        "a=" + "{a=" * (Limit.CONFIG // 3 - 1),
        "a=" + "[\n" * (Limit.CONFIG // 2 - 1),
        "a" * (Limit.CONFIG - 2) + "=1",
        "a=[" + "1," * (Limit.CONFIG // 2 - 2) + "]",
        "\n" * Limit.CONFIG + "",
        'a="' + "\\n" * (Limit.CONFIG // 2 - 2),
        "'" * Limit.CONFIG,
        '"' * Limit.CONFIG,
        "[[a]]\n" * (Limit.CONFIG // 6),
        "[a." * 100,
    ],
    ids=lambda text: repr(text[:6] + text[-6:]),
)
def test_a_bomb_is_refused_at_once(text: str) -> None:
    outcome: Any = None
    with no_hanging(), little_memory():
        try:
            outcome = parse(text)
        except ConfigError as error:
            outcome = error
    assert isinstance(outcome, ConfigError) or outcome.clients == {}
