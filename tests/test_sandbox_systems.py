"""The four systems of the sandbox: what each hands out, and what each refuses and says about it."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

import jwttool.sandbox
from jwttool.certificates import fingerprint
from jwttool.encoding import b64url_encode
from jwttool.inspection import inspect
from jwttool.jose.decryption import decrypt
from jwttool.keys import public_key_from_jwk
from jwttool.providers import get_provider
from jwttool.providers.worldline import PROVIDER as WORLDLINE
from jwttool.sandbox import endpoints, stet, worldline
from jwttool.verification import verify_token
from tests.sandbox import (
    AT,
    BASE,
    FORM,
    ISSUER,
    Town,
    basic,
    content,
    get,
    later,
    new_folder,
    post,
    redirected,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from jwttool.sandbox.exchange import Answer, Request
    from jwttool.sandbox.server.folder import Folder

NOW = int(AT.timestamp())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    return new_folder(tmp_path_factory.mktemp("sandbox"))


@pytest.fixture
def town(folder: Folder) -> Town:
    return Town.of(folder)


def as_text(answer: Answer) -> str:
    """An answer as it would be pasted into `token inspect`."""
    head = [f"HTTP/1.1 {answer.status} X", f"Content-Type: {answer.content_type}"]
    head += [f"{name}: {value}" for name, value in answer.headers]
    return "\n".join(head) + "\n\n" + answer.body.decode()


def findings(answer: Answer, system: str) -> list[str]:
    """What our own rules for answers have to say about one."""
    inspection = inspect(as_text(answer), provider=get_provider(system), at=AT)
    return [check.id for check in inspection.findings]


def refused(answer: Answer, status: int, check: str) -> None:
    assert answer.status == status, answer.reason
    assert any(reason.startswith(f"{check}: ") for reason in answer.reasons), answer.reason
    assert answer.reason.isascii()


# --- OP -------------------------------------------------------------------------


def test_op_hands_out_a_nested_token(town: Town) -> None:
    answer = town.ask(town.op())
    assert answer.status == 200
    assert answer.client == "op-sandbox"
    assert answer.reason == "accepted"
    body = content(answer)
    assert (body["token_type"], body["expires_in"], set(body)) == (
        "Bearer",
        900,
        {"access_token", "token_type", "expires_in"},
    )
    assert findings(answer, "op") == []
    opened = decrypt(body["access_token"], town.bank.keys.op_encryption)
    assert list(opened.header) == ["alg", "enc", "kid", "typ", "cty"]
    claims = town.bank.op_signing.opened(opened.plaintext.decode(), "at+jwt")
    assert claims is not None
    assert claims["exp"] - claims["iat"] == 900
    assert claims["cnf"] == {"x5t#S256": fingerprint(town.certificate("op-sandbox"), "x5t-s256")}


def test_op_encrypted_key_is_as_long_as_the_documents(town: Town) -> None:
    parts = content(town.ask(town.op()))["access_token"].split(".")
    assert len(parts[1]) == 512  # 384 octets
    assert isinstance(town.bank.keys.op_encryption, RSAPrivateKey)


def no_certificate(request: Request) -> Request:
    return replace(request, certificate=None)


OP_REFUSALS: dict[str, tuple[Callable[[Town], Request], int, str]] = {
    "no-certificate": (lambda town: no_certificate(town.op()), 403, "sandbox-certificate"),
    "another-clients-certificate": (
        lambda town: replace(town.op(), certificate=town.certificate("stet")),
        403,
        "sandbox-certificate",
    ),
    "a-self-made-certificate": (
        lambda town: replace(town.op(), certificate=town.bank.authority),
        403,
        "sandbox-certificate",
    ),
    "expired-certificate": (lambda town: later(town.op(), 91 * 86400), 403, "chain-validity"),
    "secret": (lambda town: town.op(client_secret="wrong"), 403, "sandbox-secret"),
    "client": (lambda town: town.op(client_id="wrong"), 403, "sandbox-client"),
    "grant": (lambda town: town.op(grant_type="password"), 400, "request-grant"),
    "no-grant": (lambda town: town.op(grant_type=None), 400, "request-grant"),
    "no-client-id": (lambda town: town.op(client_id=None), 400, "request-members"),
    "no-secret": (lambda town: town.op(client_secret=None), 403, "request-client-auth"),
    "empty": (lambda town: replace(town.op(), body=b""), 400, "request-members"),
    "json": (lambda town: replace(town.op(), body=b'{"grant_type":"x"}'), 400, "request-content-type"),
    "get": (lambda town: replace(town.op(), method="GET"), 405, "request-method"),
}


@pytest.mark.parametrize("case", OP_REFUSALS)
def test_op_refuses(case: str, town: Town) -> None:
    make, status, check = OP_REFUSALS[case]
    answer = town.ask(make(town))
    refused(answer, status, check)
    assert "access_token" not in content(answer)
    if status == 405:
        assert ("Allow", "POST") in answer.headers


def test_op_tells_all_that_is_wrong_with_a_client_at_once(town: Town) -> None:
    answer = town.ask(no_certificate(town.op(client_secret="wrong")))
    assert [reason.partition(":")[0] for reason in answer.reasons] == [
        "sandbox-secret",
        "sandbox-certificate",
    ]
    assert content(answer) == {"error": "invalid_client"}


# --- Worldline --------------------------------------------------------------------


def test_worldline_hands_out_keycloaks_token_for_an_assertion(town: Town) -> None:
    answer = town.ask(town.worldline())
    assert answer.status == 200, answer.reason
    body = content(answer)
    assert findings(answer, "worldline") == []
    assert {name: body[name] for name in body if name != "access_token"} == {
        "expires_in": 300,
        "refresh_expires_in": 0,
        "token_type": "Bearer",
        "not-before-policy": 0,
        "scope": "VOP WERO",
    }
    keys = content(town.ask(get(worldline.KEYS)))["keys"]
    public = public_key_from_jwk({name: keys[0][name] for name in ("kty", "n", "e")})
    assert verify_token(body["access_token"], public_key=public, issuer=ISSUER, at=AT).passed
    claims = town.bank.worldline.opened(body["access_token"], "JWT")
    assert claims is not None
    assert (claims["azp"], claims["typ"], claims["scope"]) == ("Worldline-000021", "Bearer", "VOP WERO")
    assert claims["exp"] - claims["iat"] == 300


def test_worldline_hands_out_a_token_for_a_secret(town: Town) -> None:
    fields: dict[str, str | None] = {
        "grant_type": "client_credentials",
        "scope": "VOP",
        "client_id": "Worldline-000022",
        "client_secret": town.secret("worldline-secret"),
    }
    answer = town.ask(post(worldline.PATH, fields))
    assert (answer.status, content(answer)["scope"]) == (200, "VOP")
    wrong = town.ask(post(worldline.PATH, fields | {"client_secret": "wrong"}))
    refused(wrong, 400, "sandbox-secret")
    assert content(wrong) == {
        "error": "invalid_client",
        "error_description": "Invalid client or Invalid client credentials",
    }


def forged(town: Town, **claims: Any) -> Request:
    """An assertion that our own minting would not make, so that it is signed here."""
    from jwttool.jose.signatures import SigningKey

    certificate = town.certificate("worldline-test")
    header = {"alg": "RS256", "kid": fingerprint(certificate), "typ": "JWT"}
    header |= claims.pop("header", {})
    body = {
        "iss": "Worldline-000021",
        "sub": "Worldline-000021",
        "aud": ISSUER,
        "iat": NOW,
        "exp": NOW + 60,
        "jti": "forged",
    } | claims
    body = {name: value for name, value in body.items() if value is not None}
    text = ".".join(b64url_encode(json.dumps(part).encode()) for part in (header, body))
    signature = SigningKey(town.key("worldline-test"), "RS256").sign(text.encode())
    return town.worldline(f"{text}.{b64url_encode(signature)}")


def test_what_is_signed_here_would_be_accepted(town: Town) -> None:
    assert town.ask(forged(town)).status == 200


WORLDLINE_REFUSALS: dict[str, tuple[Callable[[Town], Request], str, str | None]] = {
    "iss": (lambda town: forged(town, iss="other"), "assertion-iss", None),
    "kid": (
        lambda town: forged(town, header={"kid": "AB" * 20}),
        "assertion-kid",
        f"Requested kid: '{'AB' * 20}'. Available kids: '[",
    ),
    "no-kid": (
        lambda town: forged(town, header={"kid": None}),
        "assertion-kid-present",
        "Requested kid: 'null'",
    ),
    "alg": (
        lambda town: forged(town, header={"alg": "none"}),
        "assertion-alg",
        "Invalid signature algorithm",
    ),
    "signature": (
        lambda town: town.worldline(town.assertion()[:-8] + "AAAAAAAA"),
        "assertion-signature",
        "Signature on JWT token failed",
    ),
    "aud": (
        lambda town: forged(town, aud=BASE + worldline.PATH),
        "assertion-aud",
        "Invalid token audience",
    ),
    "auds": (
        lambda town: forged(town, aud=[ISSUER, "https://other"]),
        "assertion-aud-single",
        "Multiple audiences not allowed",
    ),
    "no-aud": (lambda town: forged(town, aud=None), "assertion-aud-present", "Invalid token audience"),
    "expired": (lambda town: later(town.worldline(), 61), "assertion-exp", "Token is not active"),
    "future": (lambda town: later(town.worldline(), -60), "assertion-iat", "issued in the future"),
    "no-exp": (lambda town: forged(town, exp=None), "assertion-exp-present", "claim is required"),
    "long": (lambda town: forged(town, exp=NOW + 90000), "assertion-lifetime", "too far in the future"),
    "no-sub": (lambda town: forged(town, sub=None), "assertion-sub", "Invalid client credentials"),
    "stranger": (lambda town: forged(town, sub="x", iss="x"), "assertion-sub", "Invalid client credentials"),
    "no-jti": (lambda town: forged(town, jti=None), "assertion-replay", "Missing ID on the token"),
    "jti": (lambda town: forged(town, jti=5), "assertion-jti", "Missing ID on the token"),
    "client-id": (
        lambda town: town.worldline(client_id="Worldline-000022"),
        "request-client-id",
        None,
    ),
    "not-a-token": (lambda town: town.worldline("x"), "assertion-form", "signed JWT failed"),
    "type": (
        lambda town: town.worldline(client_assertion_type="jwt"),
        "request-assertion-type",
        None,
    ),
    "both": (lambda town: town.worldline(client_secret="x"), "request-client-auth", None),
}


@pytest.mark.parametrize("case", WORLDLINE_REFUSALS)
def test_worldline_refuses_in_keycloaks_words(case: str, town: Town) -> None:
    make, check, words = WORLDLINE_REFUSALS[case]
    answer = town.ask(make(town))
    refused(answer, 400, check)
    body = content(answer)
    assert body["error"] == "invalid_client"
    if words is None:
        assert set(body) == {"error"}
    else:
        assert words in body["error_description"]


@pytest.mark.parametrize("case", [case for case, (_, _, words) in WORLDLINE_REFUSALS.items() if words])
def test_the_words_are_those_that_the_provider_explains(case: str, town: Town) -> None:
    body = content(town.ask(WORLDLINE_REFUSALS[case][0](town)))
    assert WORLDLINE.errors is not None
    cause = WORLDLINE.errors.cause(body["error"], body["error_description"])
    assert cause is not None
    # Only what Keycloak's words do not name is explained by the code alone.
    assert cause.words or case in {"alg", "not-a-token"}


def test_an_assertion_is_good_once(town: Town) -> None:
    token = town.assertion()
    assert town.ask(town.worldline(token)).status == 200
    again = town.ask(town.worldline(token))
    refused(again, 400, "assertion-replay")
    assert content(again)["error_description"] == "Token reuse detected"
    assert town.ask(town.worldline()).status == 200


def test_a_forged_assertion_does_not_use_up_a_jti(town: Town) -> None:
    token = town.assertion()
    assert town.ask(town.worldline(token[:-8] + "AAAAAAAA")).status == 400
    assert town.ask(town.worldline(token)).status == 200


def test_what_only_warns_is_accepted_and_told(town: Town) -> None:
    answer = town.ask(forged(town, iss=None))
    assert answer.status == 200
    assert "assertion-iss-present: iss is missing" in answer.reason


def test_a_service_that_the_client_does_not_have(town: Town) -> None:
    answer = town.ask(town.worldline(scope="VOP IDEAL"))
    refused(answer, 400, "sandbox-scope")
    assert content(answer) == {"error": "invalid_scope", "error_description": "Invalid scopes: IDEAL"}


def test_a_wrong_content_type_is_415(town: Town) -> None:
    request = replace(town.worldline(), headers=(("Content-Type", "application/json"),))
    refused(town.ask(request), 415, "request-content-type")


@pytest.mark.parametrize(
    ("field", "error"), [("scope", "invalid_request"), ("grant_type", "unsupported_grant_type")]
)
def test_a_missing_field_of_worldline(field: str, error: str, town: Town) -> None:
    answer = town.ask(town.worldline(**{field: None}))
    assert (answer.status, content(answer)["error"]) == (400, error)


def test_another_realm(town: Town) -> None:
    request = replace(town.worldline(), path=worldline.PATH.replace(worldline.REALM, "other"))
    answer = town.ask(request)
    refused(answer, 404, "sandbox-address")
    assert content(answer)["error_description"] == "Realm does not exist"


def test_the_issuer_is_the_server_as_the_client_reaches_it(town: Town) -> None:
    base = "https://localhost:8443"
    token = town.assertion(audience=base + worldline.ROOT)
    assert town.ask(replace(town.worldline(token), base=base)).status == 200
    assert content(town.ask(replace(get(worldline.METADATA), base=base)))["issuer"] == base + worldline.ROOT


# --- Konsentus ----------------------------------------------------------------------


def test_konsentus_hands_out_a_uuid(town: Town) -> None:
    answer = town.ask(town.konsentus())
    assert answer.status == 201, answer.reason
    data = content(answer)["data"]
    assert findings(answer, "konsentus") == ["answer-long-lived"]
    assert (data["expires_in"], data["token_type"]) == (31104000, "bearer")
    assert data["access_token"][14] == "4"
    assert set(data) == {"access_token", "expires_in", "token_type", "state"}


def test_the_state_comes_back(town: Town) -> None:
    code = town.konsentus_code(state="example-state")
    body = {"auth_code": code, "redirect_uri": "https://tpp.example.com/callback"}
    assert content(town.ask(town.konsentus(body)))["data"]["state"] == "example-state"


def test_client_credentials_get_the_placeholder(town: Town) -> None:
    body = {
        "auth_code": town.konsentus_code(),
        "redirect_uri": "https://tpp.example.com/callback",
        "grant_type": "client_credentials",
    }
    answer = town.ask(town.konsentus(body))
    assert content(answer)["data"]["access_token"] == "good-access-token"
    assert "sandbox-placeholder" in answer.reason


CALLBACK = "https://tpp.example.com/callback"
KONSENTUS_REFUSALS: dict[str, tuple[Callable[[Town], Request], int, str]] = {
    "password": (
        lambda town: town.konsentus(Authorization=basic("konsentus-fi", "wrong")),
        401,
        "sandbox-secret",
    ),
    "user": (lambda town: town.konsentus(Authorization=basic("x", "y")), 401, "sandbox-secret"),
    "bearer": (lambda town: town.konsentus(Authorization="Bearer x"), 400, "request-members"),
    "not-basic": (lambda town: town.konsentus(Authorization="Basic !"), 401, "sandbox-secret"),
    "ccg": (lambda town: town.konsentus(ccg_token="wrong"), 401, "sandbox-ccg-token"),
    "fi": (lambda town: town.konsentus(fi_reference_id="wrong"), 403, "sandbox-fi-reference-id"),
    "version": (lambda town: town.konsentus(version="9"), 400, "sandbox-version"),
    "no-header": (lambda town: town.konsentus(version=None), 400, "request-members"),
    "no-code": (lambda town: town.konsentus({"redirect_uri": CALLBACK}), 400, "request-members"),
    "unknown-code": (
        lambda town: town.konsentus({"auth_code": "x", "redirect_uri": CALLBACK}),
        400,
        "sandbox-code",
    ),
    "other-uri": (
        lambda town: town.konsentus({"auth_code": town.konsentus_code(), "redirect_uri": "https://x"}),
        403,
        "sandbox-redirect-uri",
    ),
    "late": (lambda town: later(town.konsentus(), 60), 400, "sandbox-code"),
    "no-text": (
        lambda town: town.konsentus({"auth_code": 5, "redirect_uri": CALLBACK}),
        400,
        "request-members",
    ),
    "trailing-comma": (
        lambda town: town.konsentus(b'{"auth_code":"x","redirect_uri":"https://x",}'),
        400,
        "request-content-type",
    ),
    "form": (lambda town: town.konsentus(b"auth_code=x&redirect_uri=y"), 400, "request-content-type"),
}


@pytest.mark.parametrize("case", KONSENTUS_REFUSALS)
def test_konsentus_refuses(case: str, town: Town) -> None:
    make, status, check = KONSENTUS_REFUSALS[case]
    answer = town.ask(make(town))
    refused(answer, status, check)
    (error,) = content(answer)["errors"]
    assert set(error) == {"id", "code", "title", "link"}


def test_a_code_of_konsentus_is_good_for_59_seconds_and_once(town: Town) -> None:
    request = later(town.konsentus(), 59)
    assert town.ask(request).status == 201
    again = town.ask(request)
    refused(again, 400, "sandbox-code")
    assert "used before" in again.reason


# --- STET ---------------------------------------------------------------------------


def test_stet_from_the_redirect_to_the_accounts(town: Town) -> None:
    back = redirected(town.ask(town.authorize()))
    assert back["state"] == "xyz"
    answer = town.ask(town.stet(code=back["code"]))
    assert answer.status == 200, answer.reason
    assert findings(answer, "stet") == ["answer-refresh-lifetime"]  # the 90 days, as a date
    body = content(answer)
    assert (body["token_type"], body["expires_in"], body["scope"]) == ("Bearer", 3600, "aisp")
    bound = town.bank.stet.opened(body["refresh_token"], stet.REFRESH)
    assert bound is not None
    assert bound["exp"] - bound["iat"] == 90 * 86400
    assert bound["cnf"]["x5t#S256"] == fingerprint(town.certificate("stet"), "x5t-s256")
    assert town.ask(accounts(town, body["access_token"])).status == 200


def accounts(town: Town, token: str | None) -> Request:
    headers = () if token is None else (("Authorization", f"Bearer {token}"),)
    return replace(get(stet.ACCOUNTS), headers=headers, certificate=town.certificate("stet"))


def test_an_expired_access_token_is_refreshed(town: Town) -> None:
    body = content(town.ask(town.stet()))
    late = town.ask(later(accounts(town, body["access_token"]), 3600))
    refused(late, 401, "sandbox-token")
    assert content(late)["error"] == "invalid_token"
    assert ("WWW-Authenticate", 'Bearer error="invalid_token"') in late.headers
    again = town.ask(later(refresh(town, body["refresh_token"]), 3600))
    assert again.status == 200, again.reason
    new = content(again)["access_token"]
    assert town.ask(later(accounts(town, new), 3600)).status == 200


def refresh(town: Town, token: str) -> Request:
    request = post(stet.PATH, {"grant_type": "refresh_token", "refresh_token": token})
    return replace(request, certificate=town.certificate("stet"))


def test_a_refresh_token_lives_90_days_and_is_bound_to_its_certificate(town: Town) -> None:
    token = content(town.ask(town.stet()))["refresh_token"]
    # The certificate would have expired a little earlier: the token's own end is looked at first.
    other = replace(refresh(town, token), certificate=town.certificate("op-sandbox"))
    refused(town.ask(other), 400, "sandbox-token")
    assert "bound to another certificate" in town.ask(other).reason
    claims = town.bank.stet.opened(token, stet.REFRESH)
    assert claims is not None
    old = town.bank.stet.signed(claims | {"exp": NOW}, stet.REFRESH)
    refused(town.ask(refresh(town, old)), 400, "sandbox-token")
    assert "90 days" in town.ask(refresh(town, old)).reason


def test_an_access_token_is_no_refresh_token(town: Town) -> None:
    body = content(town.ask(town.stet()))
    refused(town.ask(refresh(town, body["access_token"])), 400, "sandbox-token")
    refused(town.ask(accounts(town, body["refresh_token"])), 401, "sandbox-token")


@pytest.mark.parametrize("token", ["x", "a.b.c", None], ids=["word", "dots", "none"])
def test_what_is_no_access_token(token: str | None, town: Town) -> None:
    refused(town.ask(accounts(town, token)), 401, "sandbox-token")


def test_a_stolen_access_token_is_worth_nothing(town: Town) -> None:
    token = content(town.ask(town.stet()))["access_token"]
    for certificate in (None, town.certificate("op-sandbox")):
        stolen = replace(accounts(town, token), certificate=certificate)
        refused(town.ask(stolen), 401, "sandbox-token")


def test_accounts_need_their_scope(town: Town) -> None:
    code = redirected(town.ask(town.authorize(scope="pisp")))["code"]
    token = content(town.ask(town.stet(code=code)))["access_token"]
    refused(town.ask(accounts(town, token)), 403, "sandbox-scope")


VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
"""RFC 7636 appendix B."""


def test_pkce(town: Town) -> None:
    assert b64url_encode(hashlib.sha256(VERIFIER.encode()).digest()) == CHALLENGE

    def code() -> str:
        asked = town.authorize(code_challenge=CHALLENGE, code_challenge_method="S256")
        return redirected(town.ask(asked))["code"]

    assert town.ask(town.stet(code=code(), code_verifier=VERIFIER)).status == 200
    for verifier in (None, VERIFIER[:-1] + "x", "short"):
        refused(town.ask(town.stet(code=code(), code_verifier=verifier)), 400, "sandbox-pkce")
    refused(town.ask(town.stet(code_verifier=VERIFIER)), 400, "sandbox-pkce")


STET_REFUSALS: dict[str, tuple[Callable[[Town], Request], int, str]] = {
    "no-certificate": (lambda town: no_certificate(town.stet()), 401, "sandbox-certificate"),
    "no-qwac": (
        lambda town: replace(town.stet(), certificate=town.certificate("op-sandbox")),
        401,
        "qwac-statements",
    ),
    "client": (lambda town: town.stet(client_id="x"), 401, "sandbox-client"),
    "no-client": (lambda town: town.stet(client_id=None), 400, "request-members"),
    "uri": (lambda town: town.stet(redirect_uri="https://x"), 400, "sandbox-redirect-uri"),
    "code": (lambda town: town.stet(code="x"), 400, "sandbox-code"),
    "late": (lambda town: later(town.stet(), 60), 400, "sandbox-code"),
    "expired-qwac": (lambda town: later(town.stet(), 91 * 86400), 401, "chain-validity"),
    "grant": (lambda town: town.stet(grant_type="client_credentials"), 400, "request-grant"),
}


@pytest.mark.parametrize("case", STET_REFUSALS)
def test_stet_refuses(case: str, town: Town) -> None:
    make, status, check = STET_REFUSALS[case]
    refused(town.ask(make(town)), status, check)


def test_a_client_id_that_does_not_match_the_qwac(town: Town) -> None:
    town.bank.clients.put(replace(town.client("stet"), name="other", client_id="PSDFI-FINFSA-7654321-0"))
    code = redirected(town.ask(town.authorize(client_id="PSDFI-FINFSA-7654321-0")))["code"]
    answer = town.ask(town.stet(client_id="PSDFI-FINFSA-7654321-0", code=code))
    refused(answer, 401, "qwac-client-id")
    assert content(answer)["error"] == "invalid_client"


def test_a_role_that_the_qwac_does_not_have(town: Town) -> None:
    client = replace(town.client("stet"), scopes=("aisp", "cbpii"))
    town.bank.clients.put(client)
    code = redirected(town.ask(town.authorize(scope="cbpii")))["code"]
    refused(town.ask(town.stet(code=code)), 401, "qwac-roles")


def test_a_code_of_stet_is_good_once(town: Town) -> None:
    request = town.stet()
    assert town.ask(request).status == 200
    refused(town.ask(request), 400, "sandbox-code")


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"client_id": "x"}, "sandbox-client"),
        ({"redirect_uri": "https://evil.example"}, "sandbox-redirect-uri"),
        ({"redirect_uri": None}, "sandbox-redirect-uri"),
    ],
    ids=["client", "uri", "no-uri"],
)
def test_nobody_is_redirected_to_a_stranger(changes: dict[str, str | None], check: str, town: Town) -> None:
    answer = town.ask(town.authorize(**changes))
    refused(answer, 400, check)
    assert "Location" not in dict(answer.headers)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "cbpii"}, "invalid_scope"),
        ({"code_challenge": "x" * 43, "code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "x", "code_challenge_method": "S256"}, "invalid_request"),
    ],
    ids=["response-type", "scope", "plain", "challenge"],
)
def test_a_fault_goes_back_with_the_state(changes: dict[str, str], error: str, town: Town) -> None:
    assert redirected(town.ask(town.authorize(**changes))) == {"error": error, "state": "xyz"}


def test_a_query_with_a_field_twice(town: Town) -> None:
    request = town.authorize()
    refused(town.ask(replace(request, query=request.query + "&state=2")), 400, "request-repeated")


# --- all of them --------------------------------------------------------------------


GOOD: dict[str, Callable[[Town], Request]] = {
    "op": Town.op,
    "worldline": Town.worldline,
    "konsentus": Town.konsentus,
    "stet": Town.stet,
}


@pytest.mark.parametrize("system", GOOD)
def test_a_good_request_is_answered_with_no_store(system: str, town: Town) -> None:
    answer = town.ask(GOOD[system](town))
    assert answer.status in {200, 201}
    assert ("Cache-Control", "no-store") in answer.headers


@pytest.mark.parametrize("system", GOOD)
def test_a_method_that_is_none(system: str, town: Town) -> None:
    refused(town.ask(replace(GOOD[system](town), method="PUT")), 405, "request-method")


@pytest.mark.parametrize("system", GOOD)
def test_a_huge_body(system: str, town: Town) -> None:
    refused(town.ask(replace(GOOD[system](town), body=b"a=" + b"x" * 70000)), 413, "sandbox-size")


@pytest.mark.parametrize("system", ["op", "worldline", "stet"])
def test_a_field_twice(system: str, town: Town) -> None:
    request = GOOD[system](town)
    twice = replace(request, body=request.body + b"&grant_type=client_credentials")
    refused(town.ask(twice), 400, "request-repeated")


@pytest.mark.parametrize("name", ["Authorization", "Content-Type", "ccg_token"])
def test_a_header_twice(name: str, town: Town) -> None:
    request = town.konsentus()
    twice = replace(request, headers=(*request.headers, (name.upper(), "x")))
    refused(town.ask(twice), 400, "request-repeated")


BODIES = [
    b"\xff\xfe",
    b"grant_type",
    b"grant_type=client_credentials&x=%zz",
    b"grant_type=client_credentials&x=%ff",
    b"a=b c",
    b"=&=&=",
    b"&" * 1000,
    b"a=1&" * 5000,
    b"{" * 5000,
    b'{"a":1,"a":2}',
    b"<html>",
    b"\0",
    b"null",
    b"[]",
    b'"x"',
    b"grant_type=client_credentials\n&scope=VOP",
]


@pytest.mark.parametrize("system", GOOD)
@pytest.mark.parametrize("number", range(len(BODIES)))
def test_malformed_bodies_are_refused(system: str, number: int, town: Town) -> None:
    request = GOOD[system](town)
    answer = town.ask(replace(request, body=BODIES[number]))
    assert 400 <= answer.status < 500
    assert answer.reasons


@pytest.mark.parametrize("system", GOOD)
def test_what_comes_from_outside_is_escaped_and_no_secret_is_told(system: str, town: Town) -> None:
    canary = "c4n4ry-hunter2"
    evil = "\x1b[31m\r\nSet-Cookie: x"
    forms: dict[str, Request] = {
        "op": town.op(client_id=evil, client_secret=canary),
        "worldline": town.worldline(scope=evil, client_assertion=canary),
        "konsentus": town.konsentus({"auth_code": canary, "redirect_uri": evil}),
        "stet": town.stet(code=canary, client_id=evil),
    }
    answer = town.ask(forms[system])
    assert answer.status >= 400
    assert canary not in answer.reason
    assert canary not in answer.body.decode()
    assert answer.reason.isprintable()
    for text in (repr(forms[system]), repr(answer)):
        assert canary not in text


def test_secrets_do_not_show_in_a_client(town: Town) -> None:
    for client in town.bank.clients:
        for secret in (client.secret, client.ccg_token):
            assert secret is None or secret.reveal().decode() not in repr(client)


def test_no_secret_is_in_the_index(town: Town) -> None:
    text = town.ask(get(endpoints.INDEX)).body.decode()
    assert "op-sandbox" in text
    for client in town.bank.clients:
        assert client.secret is None or client.secret.reveal().decode() not in text


def test_an_address_that_is_none(town: Town) -> None:
    refused(town.ask(get("/x\x1b")), 404, "sandbox-address")


# --- faults -------------------------------------------------------------------------


def with_fault(request: Request, fault: str) -> Request:
    return replace(request, headers=(*request.headers, ("jwttool-sandbox-fault", fault)))


@pytest.mark.parametrize("system", GOOD)
@pytest.mark.parametrize("status", [500, 503])
def test_a_server_that_fails(system: str, status: int, town: Town) -> None:
    request = GOOD[system](town)
    answer = town.ask(with_fault(request, str(status)))
    assert answer.status == status
    assert answer.reason == f"sandbox-fault: {status}, which was asked for"
    assert ("Retry-After" in dict(answer.headers)) is (status == 503)
    # Nothing was used up by it.
    assert town.ask(request).status in {200, 201}


def test_a_slow_server(town: Town) -> None:
    assert town.ask(with_fault(town.op(), "slow")).delay == 10
    assert town.ask(with_fault(town.op(), "slow=2")).delay == 2
    assert town.ask(town.op()).delay == 0


def test_a_clock_that_is_off(town: Town) -> None:
    behind = town.ask(with_fault(town.worldline(), "clock-skew"))
    refused(behind, 400, "assertion-iat")
    assert behind.clock == -120
    ahead = town.ask(with_fault(town.worldline(), "clock-skew=3600"))
    refused(ahead, 400, "assertion-exp")
    assert ahead.clock == 3600


def test_a_stale_key(town: Town) -> None:
    answer = town.ask(with_fault(town.worldline(), "stale-key"))
    refused(answer, 400, "assertion-kid")
    assert "Available kids" in content(answer)["error_description"]
    refused(town.ask(with_fault(town.op(), "stale-key")), 403, "sandbox-certificate")
    assert town.ask(town.worldline()).status == 200


def test_a_wrong_content_type(town: Town) -> None:
    answer = town.ask(with_fault(town.op(), "wrong-content-type"))
    assert (answer.status, answer.content_type) == (200, "text/html")
    assert "access_token" in content(answer)


def test_faults_of_the_server_and_of_a_request_add_up(town: Town) -> None:
    answer = town.ask(with_fault(town.op(), "wrong-content-type, slow=1"), "slow=2")
    assert (answer.delay, answer.content_type) == (3, "text/html")


@pytest.mark.parametrize(
    "fault", ["x", "500=1", "slow=", "slow=-1", "slow=301", "slow=1e3", "clock-skew=--1", "slow=\u0661", "=1"]
)
def test_a_fault_that_is_none(fault: str, town: Town) -> None:
    answer = town.ask(with_fault(town.op(), fault))
    assert answer.status == 400
    assert answer.reason.startswith("sandbox-fault: ")


def test_the_form_is_what_the_document_shows(town: Town) -> None:
    # The fields of OP's own sample, in its order, in curl's encoding.
    secret = town.secret("op-sandbox")
    body = f"grant_type=client_credentials&client_id=op-sandbox-client&client_secret={secret}".encode()
    request = replace(town.op(), body=body, headers=(FORM,))
    assert town.ask(request).status == 200
    assert town.ask(replace(request, at=AT + timedelta(days=1))).status == 200


def test_every_reason_is_in_the_documents() -> None:
    package = Path(jwttool.sandbox.__file__).parent
    ids = {
        found
        for path in package.rglob("*.py")
        for found in re.findall(r'"(sandbox-[a-z-]+): ', path.read_text(encoding="utf-8"))
    }
    page = (package.parents[1] / "docs" / "sandbox.md").read_text(encoding="utf-8")
    assert len(ids) > 15
    assert [each for each in sorted(ids) if f"`{each}`" not in page] == []
