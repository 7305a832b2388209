"""Whatever is pasted, both renderings stand: no crash, no control character, no secret, strict JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import jwttool
from jwttool.errors import JwtToolError
from jwttool.render.document import to_text
from jwttool.render.inspection import inspection_document
from jwttool.render.inspection_json import inspection_json
from jwttool.render.members import Look
from tests import issue
from tests.assertions import b64, raw_token
from tests.test_inspection import CLAIMS, HEADER, JWE, TOKEN, token

CANARY = "cAnArYcAnArYcAnArYcAnArYcAnArYcAnArYcAnArYcAnArY"
SPACED = b64(b'{ "alg":"none"}')
LIVE = TOKEN.rpartition(".")[0] + "." + CANARY * 5
PRIVATE = {"kty": "EC", "crv": "P-256", "x": "AQ", "y": "AQ", "d": CANARY}


def shown(text: str) -> tuple[str, str]:
    """An inspection as text, as on a terminal, and as JSON."""
    found = jwttool.inspect(text, at=issue.WITHIN)
    look = Look(local=lambda moment: moment, pictures=True)
    as_text = to_text(inspection_document(found, look), colour=False)
    brief = json.dumps(inspection_json(found, brief=True), allow_nan=False)
    return as_text, json.dumps(inspection_json(found), allow_nan=False) + brief


def answer(**members: Any) -> str:
    return json.dumps({"access_token": "a" * 30, "token_type": "Bearer", "expires_in": 60} | members)


def head(line: str, body: str = "") -> str:
    return f"HTTP/1.1 200 OK\nContent-Type: application/json\n{line}\n\n{body or answer()}"


SECRETS = {
    "signature": LIVE,
    "bearer": f"Authorization: Bearer {LIVE}",
    "opaque": CANARY,
    "answer": answer(access_token=CANARY),
    "refresh": answer(refresh_token=CANARY),
    "id token": answer(id_token=LIVE),
    "names": answer(clientSecret=CANARY, Access_Token=CANARY, api_key=CANARY, otp=CANARY, passphrase=CANARY),
    "registration": answer(registration_access_token=CANARY),
    "list": answer(tokens=[CANARY]),
    "nested": answer(data={"client_secret": CANARY}),
    "key in an answer": answer(cnf={"jwk": PRIVATE}),
    "keys in a list": answer(keys_of_mine=[PRIVATE]),
    "echo": json.dumps({"access_token": CANARY, "error": "x", "error_description": f"not {CANARY}"}),
    "echo in a header": head(f'WWW-Authenticate: Bearer error="x", error_description="{LIVE}"'),
    "form secret": f"grant_type=client_credentials&client_id=a&client_secret={CANARY}",
    "form code": f"grant_type=authorization_code&code={CANARY}&redirect_uri=https://x",
    "form assertion": f"grant_type=client_credentials&client_assertion={LIVE}",
    "konsentus": json.dumps({"auth_code": CANARY, "redirect_uri": "https://x"}),
    "ccg": f"POST /v1/obie/tokens HTTP/1.1\nccg_token: {CANARY}\n\n{{}}",
    "basic": f"Authorization: Basic {CANARY}",
    "cookie": head(f"Set-Cookie: session={CANARY}"),
    "own header": head(f"X-Auth: {CANARY}"),
    "session": head(f"X-Session-Id: {CANARY}"),
    "jwk in a header": token(header={**HEADER, "jwk": PRIVATE}),
    "jwk without kty": token(header={**HEADER, "jwk": {"crv": "P-256", "d": CANARY}}),
    "symmetric key": token(header={**HEADER, "jwk": {"kty": "oct", "k": CANARY}}),
    "claim": token(claims={**CLAIMS, "act": f"Bearer {LIVE}"}),
    "claim's name": token(claims={**CLAIMS, LIVE: 1}),
    "claims of secrets": token(claims={**CLAIMS, "client_secret": CANARY, "access_token": CANARY}),
    "unusual header": token(claims={**CLAIMS, "x": f"{SPACED}.e30.{CANARY}"}),
    "payload of keys": raw_token(b'{"alg":"RS256"}', json.dumps([PRIVATE]).encode()),
    "payload of PEM": raw_token(b'{"alg":"RS256"}', f"-----BEGIN PRIVATE KEY-----\n{CANARY}".encode()),
    "payload with duplicates": raw_token(
        b'{"alg":"RS256"}', f'{{"jwk":{json.dumps(PRIVATE)},"a":1,"a":2}}'.encode()
    ),
    "ciphertext": ".".join([*JWE.split(".")[:3], CANARY * 2, JWE.split(".")[4]]),
    "disclosure": f"{TOKEN}~{b64(json.dumps(['s', 'client_secret', CANARY]).encode())}~",
    "json form": json.dumps({"payload": "e30", "signature": CANARY, "header": {"jwk": PRIVATE}}),
    "log": f"2026-06-16 INFO {LIVE}",
}


@pytest.mark.parametrize("place", SECRETS)
def test_a_secret_is_shown_nowhere(place: str) -> None:
    text, as_json = shown(SECRETS[place])
    assert CANARY[:13] not in text.replace("\n", "")
    assert CANARY[:13] not in as_json
    assert CANARY not in repr(jwttool.inspect(SECRETS[place], at=issue.WITHIN))


def test_the_canary_would_be_seen() -> None:
    text, as_json = shown(token(claims={**CLAIMS, "colour": CANARY}))
    assert CANARY in text
    assert CANARY in as_json


@pytest.mark.parametrize(
    "claims",
    [
        {"iat": -1e308, "exp": 1e308},
        {"iat": 0, "exp": 253402300799},
        {"iat": -1, "exp": -5},
        {"iat": 1.5, "exp": 2.5},
        {"exp": True, "iat": False},
        {"exp": 2**53, "nbf": "x"},
        {"": "", "\ud7ff": None},
    ],
    ids=range(7),
)
def test_odd_times_and_names(claims: dict[str, Any]) -> None:
    text, as_json = shown(token(claims=claims))
    assert "Claims" in text
    assert "Infinity" not in as_json


SEEDS = sorted({*SECRETS.values(), TOKEN, JWE, answer(), head("Date: Tue, 16 Jun 2026 13:10:13 GMT")})
CHARACTERS = st.sampled_from('.{}[]",:=&%~\n\r\t \x1b\u202e\u2028\ud800\x00eyJ0aA-_;') | st.characters()


@given(st.sampled_from(SEEDS), st.data())
def test_mutants_are_shown_or_refused(seed: str, data: st.DataObject) -> None:
    text = seed
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(text)))
        removed = data.draw(st.integers(0, 4))
        text = text[:place] + "".join(data.draw(st.lists(CHARACTERS, max_size=3))) + text[place + removed :]
    try:
        as_text, as_json = shown(text)
    except JwtToolError:
        return
    assert as_text.replace("\n", "").isprintable()
    json.loads(as_json.partition("}{")[0] + "}" if "}{" in as_json else as_json)
