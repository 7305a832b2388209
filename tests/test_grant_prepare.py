"""Which request a client sends, and what is found before it is sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from jwttool.assertion import Verifier
from jwttool.certificates import fingerprint
from jwttool.config import Client, SecretSource
from jwttool.eidas.mapping import parse_mapping
from jwttool.errors import UsageError
from jwttool.grant.material import Identity, Material, OneTime
from jwttool.grant.prepare import Prepared, choose_shape, findings, prepare
from jwttool.providers import get_provider
from jwttool.report import Status
from jwttool.secret import Secret
from tests import issue
from tests.asking import IDENTIFIER
from tests.hostile import CANARY, refusal
from tests.specimens import AT, keys, specimen

KEY = issue.rsa_key(8)
NOW = issue.WITHIN
SECRET = SecretSource(file=Path("secret"))
WORLDLINE = Client(
    name="bank",
    provider="worldline",
    client_id="5734699",
    server="https://worldline.example",
    realm="r",
    scope="VOP WERO",
    key=Path("signing.key"),
    client_secret=SECRET,
)
STET = Client(
    name="bank",
    provider="stet",
    client_id=IDENTIFIER,
    server="https://bank.example",
    redirect_uri="https://tpp.example/cb",
)
KONSENTUS = Client(
    name="bank",
    provider="konsentus",
    client_id="user",
    server="https://sandbox.konsentus.com",
    fi_reference_id="fi",
    version="1",
    redirect_uri="https://tpp.example/cb",
)


def material(client: Client, **more: Any) -> Material:
    return Material(client=client, provider=get_provider(client.provider), **more)


def signing(**more: Any) -> Material:
    identity = Identity(KEY, issue.certificate(KEY))
    return material(WORLDLINE, **{"signing": identity} | more)


def prepared(given: Material, name: str, once: OneTime | None = None, **more: Any) -> Prepared:
    shape = next(shape for shape in given.provider.requests if shape.name == name)
    return prepare(given, shape, once, **{"at": NOW} | more)


def failed(found: Prepared) -> list[str]:
    return [check.id for check in found.report.failures]


# --- which request ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("client", "way", "refresh", "name"),
    [
        (WORLDLINE, None, False, "assertion"),
        (WORLDLINE, "secret", False, "secret"),
        (replace(WORLDLINE, key=None), None, False, "secret"),
        (replace(WORLDLINE, key=None, client_secret=None), None, False, "assertion"),
        (STET, None, False, "code"),
        (STET, None, True, "refresh"),
        (KONSENTUS, None, False, "code"),
        (Client(name="b", provider="op"), None, False, "secret"),
    ],
)
def test_the_request_that_is_meant(client: Client, way: str | None, name: str, *, refresh: bool) -> None:
    assert choose_shape(get_provider(client.provider), client, way=way, refresh=refresh).name == name


@pytest.mark.parametrize(
    ("client", "way", "refresh"),
    [(WORLDLINE, "basic", False), (WORLDLINE, None, True), (STET, "refresh", False)],
)
def test_a_request_that_there_is_not(client: Client, way: str | None, *, refresh: bool) -> None:
    provider = get_provider(client.provider)
    refusal(UsageError, lambda: choose_shape(provider, client, way=way, refresh=refresh))


# --- Worldline ------------------------------------------------------------------------


def test_an_assertion_is_minted_that_the_verifier_takes() -> None:
    found = prepared(signing(), "assertion", jti="my-jti")
    assert found.is_hopeful
    assert findings(found.report).checks == ()
    assert found.request is not None
    fields = found.request.fields
    assert list(fields) == ["grant_type", "scope", "client_assertion_type", "client_assertion"]
    assert found.request.url == "https://worldline.example/auth/realms/r/protocol/openid-connect/token"
    report = Verifier(
        audience="https://worldline.example/auth/realms/r",
        client_id="5734699",
        certificate=issue.certificate(KEY),
        provider="worldline",
    ).verify(fields["client_assertion"], at=NOW)
    assert report.passed
    assert fields["client_assertion"] not in repr(found)


def test_everything_that_is_missing_is_told_at_once() -> None:
    client = Client(name="bank", provider="worldline")
    found = prepared(material(client), "assertion")
    assert found.request is None
    assert not found.is_hopeful
    assert found.report["send-settings"].message.startswith(
        "scope, server, realm, client_id, key, certificate and audience are missing"
    )
    assert found.report["send-assertion"].status is Status.SKIPPED


def test_a_secret_that_is_missing() -> None:
    found = prepared(material(WORLDLINE), "secret")
    assert found.report["send-settings"].message.startswith("client_secret is missing")
    assert prepared(material(WORLDLINE, secrets={"client_secret": Secret(b"s")}), "secret").is_hopeful


def test_an_assertion_that_could_not_be_accepted_is_not_sent() -> None:
    given = Material(
        client=WORLDLINE,
        provider=get_provider("worldline"),
        signing=Identity(issue.rsa_key(9, 1024), issue.certificate(issue.rsa_key(9, 1024))),
    )
    weak = prepared(given, "assertion")
    assert weak.request is None
    assert failed(weak) == ["send-assertion"]
    assert "1024" in weak.report["send-assertion"].message


def test_an_expired_certificate_stops_it_and_who_insists_may_send() -> None:
    late = issue.NOT_AFTER + timedelta(days=1)
    found = prepared(signing(), "assertion", at=late)
    assert failed(found) == ["send-certificate"]
    assert found.request is None
    anyway = prepared(signing(), "assertion", at=late, anyway=True)
    assert failed(anyway) == ["send-certificate"]
    assert anyway.request is not None


def test_a_certificate_of_another_key_stops_it_and_who_insists_may_send() -> None:
    other = issue.certificate(issue.rsa_key(9))
    given = signing(signing=Identity(KEY, other))
    assert failed(prepared(given, "assertion")) == ["send-key-pair"]
    anyway = prepared(given, "assertion", anyway=True)
    assert anyway.request is not None
    from jwttool.jose import read_compact

    token = anyway.request.fields["client_assertion"]
    assert read_compact(token).header["kid"] == fingerprint(other, "sha1")


def test_a_literal_kid_needs_no_certificate() -> None:
    given = Material(
        client=replace(WORLDLINE, kid="handed-out"),
        provider=get_provider("worldline"),
        signing=Identity(KEY),
    )
    assert prepared(given, "assertion").request is not None


def test_the_request_is_held_to_the_document() -> None:
    given = Material(
        client=replace(WORLDLINE, scope="VOP,WERO"),
        provider=get_provider("worldline"),
        signing=Identity(KEY, issue.certificate(KEY)),
    )
    found = prepared(given, "assertion")
    assert found.is_hopeful
    assert [check.id for check in found.report.warnings] == ["request-scope"]


# --- Konsentus ------------------------------------------------------------------------

_KONSENTUS_SECRETS = {"client_secret": Secret(b"word"), "ccg_token": Secret(b"ccg")}


def test_konsentus_with_everything() -> None:
    code = OneTime(code=Secret(CANARY.encode()), code_issued_at=NOW - timedelta(seconds=59))
    found = prepared(material(KONSENTUS, secrets=_KONSENTUS_SECRETS), "code", code)
    assert found.is_hopeful
    assert findings(found.report).checks == ()
    assert CANARY not in repr(found)


def test_konsentus_with_an_old_code_warns_and_is_sent() -> None:
    code = OneTime(code=Secret(b"c"), code_issued_at=NOW - timedelta(seconds=61))
    found = prepared(material(KONSENTUS, secrets=_KONSENTUS_SECRETS), "code", code)
    assert found.is_hopeful
    assert [check.id for check in findings(found.report)] == ["send-code-age"]


def test_konsentus_without_anything() -> None:
    client = Client(name="bank", provider="konsentus")
    message = prepared(material(client), "code").report["send-settings"].message
    assert message.startswith(
        "auth_code, redirect_uri, fi_reference_id, version, ccg_token, server, client_id and client_secret"
    )


# --- STET -------------------------------------------------------------------------------


def stet(name: str = "qwac", client: Client = STET, **more: Any) -> Material:
    return material(client, tls=Identity(keys().rsa, specimen(name)), **more)


CODE = OneTime(code=Secret(b"c"), verifier=Secret(b"v" * 43))


def test_a_code_over_mutual_tls_with_a_qwac() -> None:
    found = prepared(stet(), "code", CODE, at=AT)
    assert failed(found) == []
    assert found.request is not None
    assert found.request.fields == {
        "grant_type": "authorization_code",
        "code": "c",
        "redirect_uri": "https://tpp.example/cb",
        "client_id": IDENTIFIER,
        "code_verifier": "v" * 43,
    }
    assert found.report["qwac-client-id"].status is Status.PASS


def test_a_refresh_names_the_client_too() -> None:
    found = prepared(stet(), "refresh", OneTime(refresh_token=Secret(b"r")), at=AT)
    assert failed(found) == []
    assert found.request is not None
    assert found.request.fields == {
        "grant_type": "refresh_token",
        "refresh_token": "r",
        "client_id": IDENTIFIER,
    }


def test_a_qwac_of_somebody_else_is_not_sent() -> None:
    found = prepared(stet(client=replace(STET, client_id="PSDFR-ACPR-12345")), "code", CODE, at=AT)
    assert failed(found) == ["qwac-client-id"]
    assert found.request is not None
    assert not found.is_hopeful


def test_a_mapping_ties_them() -> None:
    mapping = parse_mapping({"uuid": IDENTIFIER}, "[mapping]")
    found = prepared(stet(client=replace(STET, client_id="uuid"), mapping=mapping), "code", CODE, at=AT)
    assert failed(found) == []


def test_a_certificate_that_is_no_qwac_is_not_sent() -> None:
    plain = material(STET, tls=Identity(KEY, issue.certificate(KEY)))
    assert "qwac-statements" in failed(prepared(plain, "code", CODE))


def test_mutual_tls_without_a_certificate() -> None:
    found = prepared(material(STET), "code", CODE)
    assert found.report["send-settings"].message.startswith("tls_key and tls_certificate are missing")


def test_the_age_of_a_refresh_token() -> None:
    once = OneTime(refresh_token=Secret(b"r"), refresh_issued_at=AT - timedelta(days=91))
    found = prepared(stet(), "refresh", once, at=AT)
    assert found.report["send-refresh-age"].status is Status.WARNING
    assert found.is_hopeful


def test_the_redirect_uri_is_that_of_the_authorization() -> None:
    once = replace(CODE, redirect_uri="https://tpp.example/then")
    found = prepared(stet(), "code", once, at=datetime(2026, 6, 16, tzinfo=UTC))
    assert found.request is not None
    assert found.request.fields["redirect_uri"] == "https://tpp.example/then"
