"""The four systems as values, held against what their documents say."""

from __future__ import annotations

import importlib.metadata
from dataclasses import FrozenInstanceError, fields, replace

import pytest

from jwttool.certificates import FORMS
from jwttool.checks import catalogue
from jwttool.config import Client
from jwttool.errors import UnknownProviderError
from jwttool.jose.algorithms import ALGORITHMS
from jwttool.providers import BUILT_IN, Basis, Provider, Source, StepCheck, get_provider, provider_names

PROVIDERS = [get_provider(name) for name in BUILT_IN]
SETTINGS = {field.name for field in fields(Client)}


def named(provider: Provider) -> str:
    return provider.name


@pytest.mark.parametrize("provider", PROVIDERS, ids=named)
def test_a_provider_is_a_value(provider: Provider) -> None:
    with pytest.raises(FrozenInstanceError):
        provider.name = "other"  # type: ignore[misc]
    assert get_provider(provider.name) is provider


@pytest.mark.parametrize("provider", PROVIDERS, ids=named)
def test_everything_it_says_has_a_source(provider: Provider) -> None:
    sources = [provider.document, *(step.source for step in provider.steps)]
    sources += [pair.source for pair in provider.key_pairs]
    assert all(source.text for source in sources)


@pytest.mark.parametrize("provider", PROVIDERS, ids=named)
def test_the_settings_that_it_names_exist(provider: Provider) -> None:
    pair_settings = {
        setting
        for pair in provider.key_pairs
        for setting in (pair.config_key, pair.config_certificate, pair.config_passphrase)
    }
    step_settings = {name for step in provider.steps for name in step.settings}
    written = {line.removeprefix("# ").split(" = ")[0] for line in provider.settings}
    assert pair_settings | step_settings | written <= SETTINGS


@pytest.mark.parametrize("provider", PROVIDERS, ids=named)
def test_steps_have_one_id_each_and_settings_where_they_check_some(provider: Provider) -> None:
    ids = [step.id for step in provider.steps]
    assert len(set(ids)) == len(ids)
    assert all(bool(step.settings) == (step.check is StepCheck.SETTINGS) for step in provider.steps)


def test_an_inferred_source_says_so() -> None:
    assert str(Source(Basis.INFERRED, "a guess")) == "a guess (inferred)"
    assert str(Source(Basis.DOCUMENTED, "a page")) == "a page"


def test_assertion_rules_name_what_exists() -> None:
    ids = {rule.id for rule in catalogue()}
    for provider in PROVIDERS:
        rules = provider.assertion
        if rules is not None:
            assert set(rules.softened) <= ids
            assert rules.kid_form in FORMS
            assert set(rules.algorithms) <= set(ALGORITHMS)
            assert all(source.basis is Basis.INFERRED for source in rules.softened.values())


# --- what the documents say ---------------------------------------------------


def test_op() -> None:
    op = get_provider("op")
    assert (
        op.endpoint(op.servers["sandbox"], None)
        == "https://api.corp-api-sandbox.test.aws.op-palvelut.net/corporate-oidc/v1/token"
    )
    (pair,) = op.key_pairs
    assert (pair.bits, pair.key_file, pair.csr_file, pair.certificate_file) == (
        4096,
        "sandbox-mtls.key",
        "sandbox-mtls.csr",
        "sandbox-mtls.crt",
    )
    assert op.assertion is None


@pytest.mark.parametrize("server", ["https://example-domain", "https://example-domain/"])
def test_worldline(server: str) -> None:
    worldline = get_provider("worldline")
    issuer = "https://example-domain/auth/realms/example-realm"
    assert worldline.issuer(server, "example-realm") == issuer
    assert worldline.endpoint(server, "example-realm") == f"{issuer}/protocol/openid-connect/token"
    assert worldline.assertion is not None
    assert (worldline.assertion.kid_form, worldline.assertion.lifetime) == ("sha1", 60)


@pytest.mark.parametrize(
    ("server", "realm"), [(None, "r"), ("https://s", None), ("", "r"), ("https://s", "")]
)
def test_a_url_with_a_part_missing_is_not_known(server: str | None, realm: str | None) -> None:
    worldline = get_provider("worldline")
    assert worldline.issuer(server, realm) is None
    assert worldline.endpoint(server, realm) is None


def test_a_realm_cannot_leave_its_place_in_the_path() -> None:
    endpoint = get_provider("worldline").endpoint("https://s", "../../evil?x=#y")
    assert endpoint == "https://s/auth/realms/..%2F..%2Fevil%3Fx%3D%23y/protocol/openid-connect/token"


def test_konsentus() -> None:
    konsentus = get_provider("konsentus")
    assert (
        konsentus.endpoint(konsentus.servers["sandbox"], None)
        == "https://sandbox.konsentus.com/v1/obie/tokens"
    )
    assert konsentus.issuer("https://s", "r") is None


def test_stet() -> None:
    stet = get_provider("stet")
    assert stet.endpoint("https://bank.example/stet", None) == "https://bank.example/stet/token"


# --- a fifth one ----------------------------------------------------------------

FIFTH = replace(get_provider("op"), name="fifth")


class _Odd:
    @property
    def value(self) -> Provider:
        raise RuntimeError("hunter2")


ODD = _Odd()


class EntryPoints:
    """What importlib.metadata finds when providers are installed, good and bad."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        found = [
            importlib.metadata.EntryPoint("fifth", "tests.test_providers:FIFTH", "jwttool.providers"),
            importlib.metadata.EntryPoint("broken", "tests.test_providers:SETTINGS", "jwttool.providers"),
            importlib.metadata.EntryPoint("gone", "tests.no_such_module:FIFTH", "jwttool.providers"),
            importlib.metadata.EntryPoint("odd", "tests.test_providers:ODD.value", "jwttool.providers"),
            importlib.metadata.EntryPoint("op", "tests.test_providers:FIFTH", "jwttool.providers"),
        ]
        monkeypatch.setattr(importlib.metadata, "entry_points", lambda *, group: found if group else [])


def test_an_installed_provider_is_found_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    EntryPoints(monkeypatch)
    assert get_provider("fifth") is FIFTH
    assert provider_names() == (*BUILT_IN, "broken", "fifth", "gone", "odd")


def test_a_built_in_provider_cannot_be_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    EntryPoints(monkeypatch)
    assert get_provider("op").name == "op"


@pytest.mark.parametrize("name", ["nobody", "broken", "", "base", "../op", "__init__"])
def test_no_such_provider(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    EntryPoints(monkeypatch)
    with pytest.raises(UnknownProviderError):
        get_provider(name)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("wordline", "did you mean worldline? there are "),
        ("Konsentus", "did you mean konsentus? there are "),
        ("fift", "did you mean fifth? there are "),
        ("nobody", "there are op, worldline, konsentus, stet, broken, fifth"),
    ],
)
def test_the_nearest_provider_is_suggested(monkeypatch: pytest.MonkeyPatch, name: str, hint: str) -> None:
    EntryPoints(monkeypatch)
    with pytest.raises(UnknownProviderError) as caught:
        get_provider(name)
    assert caught.value.hint is not None
    assert caught.value.hint.startswith(hint)


def test_only_what_is_not_documented_is_optional() -> None:
    optional = {
        (provider.name, step.id) for provider in PROVIDERS for step in provider.steps if step.optional
    }
    assert optional == {("konsentus", "key"), ("konsentus", "csr"), ("konsentus", "certificate")}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("gone", "the provider gone cannot be loaded from tests.no_such_module:FIFTH"),
        ("odd", "the provider odd cannot be loaded from tests.test_providers:ODD.value"),
    ],
)
def test_a_provider_that_cannot_be_loaded(monkeypatch: pytest.MonkeyPatch, name: str, message: str) -> None:
    EntryPoints(monkeypatch)
    with pytest.raises(UnknownProviderError) as caught:
        get_provider(name)
    assert caught.value.message == message
    assert caught.value.__context__ is None
