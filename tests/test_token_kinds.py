"""What a token seems to be: each mark tells its kind; with one thing changed it is another, or none."""

from __future__ import annotations

import itertools
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwttool.checks.token.kinds import TokenKind, is_dpop_proof, kind_of
from tests.assertions import AUDIENCE, CLIENT_ID, OMIT, changed

HEADER: Final = {"alg": "RS256", "kid": "a", "typ": "JWT"}
CLAIMS: Final = {"iss": "https://issuer.example", "sub": "a-user", "aud": "https://api.example", "exp": 1}
ASSERTION: Final = {"iss": CLIENT_ID, "sub": CLIENT_ID, "aud": AUDIENCE, "exp": 1, "jti": "a"}
LOGOUT: Final = "http://schemas.openid.net/event/backchannel-logout"


def told(typ: Any = "JWT", base: dict[str, Any] = CLAIMS, **changes: Any) -> str | None:
    """The guess in words for a token with something changed."""
    guess = kind_of(changed(HEADER, {"typ": typ}), changed(base, changes))
    return None if guess is None else str(guess)


def test_nothing_tells_and_nothing_is_guessed() -> None:
    assert told() is None
    assert kind_of({}, {}) is None


BY_TYPE: Final = {
    "at+jwt": "an access token (typ at+jwt)",
    "application/at+jwt": "an access token (typ at+jwt)",
    "AT+JWT": "an access token (typ at+jwt)",
    "client-authentication+jwt": "a client assertion (typ client-authentication+jwt)",
    "authorization-grant+jwt": "an assertion that is an authorization grant (typ authorization-grant+jwt)",
    "dpop+jwt": "a DPoP proof (typ dpop+jwt)",
    "logout+jwt": "a logout token (typ logout+jwt)",
    "secevent+jwt": "a security event token (typ secevent+jwt)",
    "token-introspection+jwt": "a token introspection answer (typ token-introspection+jwt)",
    "oauth-authz-req+jwt": "an authorization request object (typ oauth-authz-req+jwt)",
    "dc+sd-jwt": "an SD-JWT credential (typ dc+sd-jwt)",
    "vc+sd-jwt": "an SD-JWT credential (typ vc+sd-jwt)",
    "example+sd-jwt": "an SD-JWT (typ ends in +sd-jwt)",
    "kb+jwt": "the key binding of an SD-JWT (typ kb+jwt)",
    "openid4vci-proof+jwt": (
        "a proof of the key that a credential is to be issued for (typ openid4vci-proof+jwt)"
    ),
    "statuslist+jwt": "a status list (typ statuslist+jwt)",
    "entity-statement+jwt": "an entity statement of a federation (typ entity-statement+jwt)",
}


@pytest.mark.parametrize(("typ", "words"), BY_TYPE.items(), ids=BY_TYPE)
def test_a_type_in_the_header_tells_it(typ: str, words: str) -> None:
    assert told(typ) == words
    assert told(typ, nonce="a", at_hash="b") == words  # it comes before every claim
    assert told(typ + "x") is None


@pytest.mark.parametrize("typ", [OMIT, "JWT", "jwt", "", "text/at+jwt", ["at+jwt"], None, 7, {}])
def test_a_type_that_tells_nothing(typ: Any) -> None:
    assert told(typ) is None


@pytest.mark.parametrize(
    ("typ", "kind"),
    [
        ("Bearer", "an access token"),
        ("DPoP", "an access token"),
        ("ID", "an ID token"),
        ("Refresh", "a refresh token"),
        ("Offline", "a refresh token"),
        ("Logout", "a logout token"),
    ],
)
def test_keycloaks_own_type_tells_it(typ: str, kind: str) -> None:
    words = f"{kind} (Keycloak: typ is {typ})"
    assert told(base={**CLAIMS, "typ": typ}) == words
    # A realm as audience and a nonce are in more than one kind of Keycloak's tokens.
    assert told(base={**CLAIMS, "typ": typ}, aud=AUDIENCE, nonce="a", azp="b", scope="openid") == words
    assert told(base={**CLAIMS, "typ": typ.lower()}) is None
    assert told(base={**CLAIMS, "typ": [typ]}) is None


BY_CLAIMS: Final[list[tuple[dict[str, Any], str]]] = [
    ({"htm": "POST", "htu": "https://api.example"}, "a DPoP proof (htm, htu)"),
    ({"token_introspection": {"active": True}}, "a token introspection answer (token_introspection)"),
    ({"vct": "https://credentials.example/identity"}, "an SD-JWT credential (vct)"),
    ({"sd_hash": "a"}, "the key binding of an SD-JWT (sd_hash)"),
    ({"_sd_alg": "sha-256"}, "an SD-JWT (_sd_alg)"),
    ({"_sd": ["a"]}, "an SD-JWT (_sd)"),
    ({"software_id": "a", "redirect_uris": []}, "a software statement (software_id, redirect_uris)"),
    (
        {"response_type": "code", "client_id": "a"},
        "an authorization request object (response_type, client_id)",
    ),
    ({"code": "a", "state": "b"}, "an authorization response (code, state)"),
    ({"nonce": "a", "at_hash": "b"}, "an ID token (nonce, at_hash)"),
    ({"at_hash": "b"}, "an ID token (at_hash)"),
    ({"c_hash": "b"}, "an ID token (c_hash)"),
    ({"nonce": "a"}, "an ID token (nonce)"),
    ({"events": {LOGOUT: {}}}, "a logout token (events has backchannel-logout)"),
    ({"events": {"https://events.example/a": {}}}, "a security event token (events)"),
    ({"scope": "VOP", "client_id": "a"}, "an access token (scope, client_id)"),
    ({"scp": ["VOP"], "cid": "a"}, "an access token (scp, cid)"),
    ({"scope": "VOP", "azp": "a"}, "an access token (scope, azp)"),
    ({"scope": "VOP", "azp": "a", "nonce": "b"}, "an access token (scope, azp)"),
]


@pytest.mark.parametrize(
    ("claims", "words"), BY_CLAIMS, ids=[words for _, words in BY_CLAIMS[:-1]] + ["nonce"]
)
def test_claims_tell_it(claims: dict[str, Any], words: str) -> None:
    assert told(base={**CLAIMS, **claims}) == words


@pytest.mark.parametrize(
    "claims",
    [
        {"htm": "POST"},
        {"redirect_uris": []},
        {"response_type": "code"},
        {"code": "a"},
        {"state": "a"},
        {"events": "a"},
        {"scope": "VOP"},
        {"client_id": "a"},
        {"scope": "VOP", "nonce": "a"},
    ],
    ids=str,
)
def test_half_of_what_would_tell_it_does_not(claims: dict[str, Any]) -> None:
    assert told(base={**CLAIMS, **claims}) is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "iss and sub are the same, aud is a realm's URL"),
        ({"aud": [AUDIENCE]}, "iss and sub are the same, aud is a realm's URL"),
        (
            {"aud": "https://server.example/oidc/v1/token"},
            "iss and sub are the same, aud is a token endpoint",
        ),
        ({"aud": "https://server.example"}, "iss and sub are the same"),
        ({"aud": [AUDIENCE, AUDIENCE]}, "iss and sub are the same"),
        ({"aud": 7}, "iss and sub are the same"),
        ({"aud": f"https://example.com/{'a' * 4000}/token"}, "iss and sub are the same"),
        ({"iss": OMIT}, "aud is a realm's URL"),  # the example of Worldline's document
        ({"iss": "another-client"}, "aud is a realm's URL"),
        ({"iss": OMIT, "aud": "https://server.example"}, None),
        ({"iss": OMIT, "sub": OMIT}, None),
        ({"iss": "https://issuer.example"}, None),
        ({"iss": ["a"], "sub": ["a"], "aud": "b"}, None),
        ({"scope": "VOP"}, None),
        ({"scp": "VOP"}, None),
        ({"azp": "a-client"}, None),
    ],
    ids=itertools.count(),
)
def test_a_client_assertion(changes: dict[str, Any], words: str | None) -> None:
    assert told(base=ASSERTION, **changes) == (None if words is None else f"a client assertion ({words})")


@pytest.mark.parametrize(
    "aud", [f"{AUDIENCE}/protocol", f"{AUDIENCE}?a", "ftp://a/realms/b", "/realms/a", "token"]
)
def test_an_audience_that_is_neither_a_realm_nor_a_token_endpoint(aud: str) -> None:
    assert told(base=ASSERTION, iss=OMIT, aud=aud) is None


def test_a_dpop_proof_is_known_by_its_type_alone() -> None:
    assert is_dpop_proof({"typ": "dpop+jwt"})
    assert is_dpop_proof({"typ": "application/DPoP+jwt"})
    for header in ({}, {"typ": "JWT"}, {"typ": ["dpop+jwt"]}):
        assert not is_dpop_proof(header)


def test_every_kind_has_a_case() -> None:
    words = [*BY_TYPE.values(), *(words for _, words in BY_CLAIMS), "a refresh token ("]
    assert {kind for kind in TokenKind if any(each.startswith(f"{kind} (") for each in words)} | {
        TokenKind.REFRESH_TOKEN
    } == set(TokenKind)


VALUES: Final = (
    st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text()) | st.just({"a": 1})
)
NAMES: Final = st.sampled_from(
    [
        "typ",
        "iss",
        "sub",
        "aud",
        "scope",
        "scp",
        "azp",
        "nonce",
        "at_hash",
        "events",
        "htm",
        "htu",
        "client_id",
    ]
)


@given(st.dictionaries(NAMES, VALUES), st.dictionaries(NAMES, VALUES))
def test_whatever_comes_there_is_a_guess_or_none(header: dict[str, Any], claims: dict[str, Any]) -> None:
    guess = kind_of(header, claims)
    assert guess is None or str(guess) == f"{guess.kind} ({guess.evidence})"
