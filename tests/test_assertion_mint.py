"""Minting: the defaults, every choice, what is refused, and that what leaves was verified."""

from __future__ import annotations

import copy
import json
import warnings
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from freezegun import freeze_time

from jwttool.assertion import MintedAssertion, Signer, mint, mint_many
from jwttool.assertion.mint import ASSERTION_TYPE
from jwttool.certificates import FORMS, fingerprint
from jwttool.errors import (
    AssertionRefusedError,
    CertificateExpiredError,
    CertificateNotYetValidError,
    KeyMismatchError,
    SignatureFaultError,
    UsageError,
    WeakKeyError,
)
from jwttool.jose import read_compact
from jwttool.keys import KeyKind, generate_private_key
from tests import issue
from tests.assertions import AUDIENCE, CERTIFICATE, CLIENT_ID, KEY, KID, NOW, judge
from tests.test_assertion_verify import DOCUMENT_EXAMPLE

if TYPE_CHECKING:
    from cryptography import x509


def minted(**changes: Any) -> MintedAssertion:
    """An assertion with everything fixed but what is changed."""
    arguments: dict[str, Any] = {
        "client_id": CLIENT_ID,
        "audience": AUDIENCE,
        "certificate": CERTIFICATE,
        "at": issue.WITHIN,
        "jti": "fixed",
    } | changes
    return mint(arguments.pop("key", KEY), **arguments)


def signer(**changes: Any) -> Signer:
    arguments: dict[str, Any] = {
        "client_id": CLIENT_ID,
        "audience": AUDIENCE,
        "certificate": CERTIFICATE,
    } | changes
    return Signer(arguments.pop("key", KEY), **arguments)


def warned(assertion: MintedAssertion) -> list[str]:
    return [check.id for check in assertion.warnings]


# --- the defaults -------------------------------------------------------------


def test_the_defaults_are_worldlines() -> None:
    assertion = minted()
    assert assertion.header == {"alg": "RS256", "kid": KID, "typ": "JWT"}
    assert assertion.claims == {
        "iss": CLIENT_ID,
        "sub": CLIENT_ID,
        "aud": AUDIENCE,
        "iat": NOW,
        "exp": NOW + 60,
        "jti": "fixed",
    }
    assert assertion.warnings == ()
    report = judge(assertion.token)
    assert report.passed
    assert report.warnings == ()


def test_what_it_says_of_itself_is_what_the_token_says() -> None:
    assertion = minted()
    read = read_compact(assertion.token)
    assert (read.header, read.claims) == (assertion.header, assertion.claims)


def test_the_documents_example_again_but_for_the_signature() -> None:
    """Its header segment byte for byte, and its claims."""
    example = DOCUMENT_EXAMPLE.read_text().strip()
    read = read_compact(example)
    from datetime import UTC, datetime

    assertion = minted(
        certificate=None,
        kid=read.header["kid"],
        omit=["iss", "jti"],
        lifetime=3600,
        at=datetime.fromtimestamp(1781615413, UTC),
    )
    assert assertion.token.split(".")[0] == example.split(".")[0]
    assert assertion.claims == read.claims
    assert warned(assertion) == ["assertion-iss-present", "assertion-lifetime", "assertion-jti-present"]
    assert all("inferred" in (check.reference or "") for check in assertion.warnings)


@freeze_time("2026-06-16T13:10:13Z")
def test_the_present_is_the_default_time() -> None:
    assert minted(at=None).claims["iat"] == NOW


def test_identifiers_do_not_repeat() -> None:
    identifiers = {minted(jti=None).claims["jti"] for _ in range(50)}
    assert len(identifiers) == 50
    assert all(len(identifier) == 22 for identifier in identifiers)


def test_one_assertion_cannot_change_the_next() -> None:
    maker = signer(claims={"custom": {"a": [1]}})
    first = maker.mint(at=issue.WITHIN)
    first.header["kid"] = "changed"
    first.claims["custom"]["a"].append(2)
    second = maker.mint(at=issue.WITHIN)
    assert second.header["kid"] == KID
    assert second.claims["custom"] == {"a": [1]}


@pytest.mark.parametrize("audience", [AUDIENCE + "/protocol/openid-connect/token", AUDIENCE + "/", "realm"])
def test_an_audience_that_is_no_issuer_warns(audience: str) -> None:
    assert warned(minted(audience=audience)) == ["assertion-aud-issuer"]


def test_the_token_is_not_in_repr() -> None:
    assertion = minted()
    assert assertion.token not in repr(assertion)
    assert assertion.token not in str(assertion)


def test_the_fields_of_the_request() -> None:
    assertion = minted()
    assert assertion.form("VOP WERO") == {
        "grant_type": "client_credentials",
        "scope": "VOP WERO",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion.token,
    }
    assert "scope" not in assertion.form()


# --- the choices --------------------------------------------------------------


@pytest.mark.parametrize("form", list(FORMS))
def test_every_form_of_kid(form: str) -> None:
    assertion = minted(kid_form=form)
    assert assertion.header["kid"] == fingerprint(CERTIFICATE, form)
    assert warned(assertion) == ([] if form == "sha1" else ["assertion-kid-form"])


def test_another_form_of_kid_is_said_to_be_inferred() -> None:
    (warning,) = minted(kid_form="sha256").warnings
    assert "inferred" in (warning.reference or "")


def test_a_literal_kid_needs_no_certificate() -> None:
    assertion = minted(certificate=None, kid="handed-out")
    assert assertion.header["kid"] == "handed-out"
    assert warned(assertion) == []


@pytest.mark.parametrize(
    ("typ", "header"),
    [
        ("JWT", {"typ": "JWT"}),
        ("client-authentication+jwt", {"typ": "client-authentication+jwt"}),
        ("none", {}),
    ],
)
def test_typ(typ: str, header: dict[str, str]) -> None:
    assertion = minted(typ=typ)
    assert assertion.header == {"alg": "RS256", "kid": KID} | header
    assert assertion.warnings == ()


@pytest.mark.parametrize("algorithm", ["RS256", "PS256"])
def test_the_algorithms_of_an_rsa_key(algorithm: str) -> None:
    assertion = minted(algorithm=algorithm)
    assert assertion.header["alg"] == algorithm
    assert judge(assertion.token).passed


def test_an_ec_key_signs_es256() -> None:
    key = issue.ec_key()
    certificate = issue.certificate(key)
    assertion = minted(key=key, certificate=certificate)
    assert assertion.header["alg"] == "ES256"
    assert judge(assertion.token, certificate=certificate).passed


def test_more_claims_and_other_values() -> None:
    assertion = minted(claims={"nbf": NOW, "custom": {"a": [1]}, "jti": "mine"})
    assert assertion.claims["nbf"] == NOW
    assert assertion.claims["custom"] == {"a": [1]}
    assert assertion.claims["jti"] == "mine"


def test_the_callers_claims_are_neither_kept_nor_changed() -> None:
    claims: dict[str, Any] = {"custom": {"a": [1]}}
    before = copy.deepcopy(claims)
    maker = signer(claims=claims)
    claims["custom"]["a"].append(2)
    assertion = maker.mint(at=issue.WITHIN)
    assert assertion.claims["custom"] == before["custom"]


@pytest.mark.parametrize(("lifetime", "expected"), [(60, []), (61, ["assertion-lifetime"])])
def test_a_longer_lifetime_warns(lifetime: int, expected: list[str]) -> None:
    assertion = minted(lifetime=lifetime)
    assert assertion.claims["exp"] - assertion.claims["iat"] == lifetime
    assert warned(assertion) == expected


# --- what is refused ------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"omit": ["exp"]}, "exp is missing"),
        ({"omit": ["sub"]}, "sub is missing"),
        ({"omit": ["aud"]}, "aud is missing"),
        ({"lifetime": 0}, "exp is not after iat"),
        ({"lifetime": 86401}, "it lives 1 d"),
        ({"claims": {"iss": "another"}}, 'iss is "another"'),
        ({"claims": {"sub": 5734699}}, "sub is a number"),
        ({"claims": {"aud": [AUDIENCE, "https://other.example"]}}, "aud is a list of 2 values"),
        ({"claims": {"exp": "soon"}}, "exp is a string"),
        ({"claims": {"nbf": NOW + 60}}, "not valid for another 1 min"),
        ({"claims": {"exp": NOW}}, "exp is not after iat"),
        ({"typ": "at+jwt"}, 'typ is "at+jwt"'),
    ],
)
def test_what_could_never_be_accepted_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(AssertionRefusedError, match="could never be accepted") as raised:
        minted(**changes)
    assert words in raised.value.message
    assert raised.value.code == "assertion-refused"


def test_every_reason_is_in_the_refusal() -> None:
    with pytest.raises(AssertionRefusedError) as raised:
        minted(omit=["exp", "aud"], typ="at+jwt")
    assert all(words in raised.value.message for words in ("typ is", "aud is missing", "exp is missing"))


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"certificate": issue.certificate(issue.rsa_key(1))}, KeyMismatchError),
        ({"certificate": None}, UsageError),
        ({"kid": "a", "kid_form": "sha1"}, UsageError),
        ({"kid_form": "md5"}, UsageError),
        ({"algorithm": "ES256"}, UsageError),
        ({"algorithm": "HS256"}, UsageError),
        ({"algorithm": "none"}, UsageError),
        ({"omit": ["nbf"]}, UsageError),
        ({"omit": ["iss"], "claims": {"iss": CLIENT_ID}}, UsageError),
        ({"claims": {"a": {1, 2}}}, UsageError),
        ({"claims": {"a": float("nan")}}, UsageError),
        ({"claims": {"a": 2**60}}, UsageError),
        ({"provider": "op"}, UsageError),
        ({"client_id": ""}, UsageError),
        ({"audience": ""}, UsageError),
        ({"certificate": None, "kid": ""}, UsageError),
        ({"client_id": "\ud800"}, UsageError),
        ({"audience": "\udcff"}, UsageError),
        ({"certificate": None, "kid": "\udcff"}, UsageError),
        ({"jti": ""}, UsageError),
        ({"jti": "\udcff"}, UsageError),
        ({"at": issue.WITHIN.replace(tzinfo=None)}, UsageError),
        ({"key": issue.rsa_key(9, bits=1024), "certificate": None, "kid": "a"}, WeakKeyError),
    ],
)
def test_wrong_choices(changes: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        minted(**changes)


def short_lived() -> x509.Certificate:
    return issue.certificate(
        KEY, not_before=issue.WITHIN - timedelta(seconds=60), not_after=issue.WITHIN + timedelta(seconds=60)
    )


@pytest.mark.parametrize(
    ("seconds", "error"), [(61, CertificateExpiredError), (-61, CertificateNotYetValidError)]
)
def test_a_certificate_outside_its_validity(seconds: int, error: type[Exception]) -> None:
    with pytest.raises(error):
        minted(certificate=short_lived(), at=issue.WITHIN + timedelta(seconds=seconds))
    inside = seconds - (1 if seconds > 0 else -1)
    assert minted(certificate=short_lived(), at=issue.WITHIN + timedelta(seconds=inside)).token


def test_a_signer_notices_that_its_certificate_has_expired() -> None:
    maker = signer(certificate=short_lived())
    assert maker.mint(at=issue.WITHIN).token
    with pytest.raises(CertificateExpiredError):
        maker.mint(at=issue.WITHIN + timedelta(seconds=61))


# --- the key ----------------------------------------------------------------------


class TokenKey(RSAPrivateKey):
    """A key as a PKCS#11 library hands it out: it signs, and exports nothing."""

    def __init__(self, key: RSAPrivateKey, *, faulty: bool = False) -> None:
        self._key = key
        self.faulty = faulty
        self.signed = 0

    def sign(self, data: Any, padding: Any, algorithm: Any) -> bytes:
        self.signed += 1
        signature = self._key.sign(data, padding, algorithm)
        return bytes([signature[0] ^ 1]) + signature[1:] if self.faulty else signature

    def public_key(self) -> Any:
        return self._key.public_key()

    @property
    def key_size(self) -> int:
        return self._key.key_size

    def decrypt(self, ciphertext: bytes, padding: Any) -> bytes:
        raise NotImplementedError

    def private_numbers(self) -> Any:
        raise NotImplementedError

    def private_bytes(self, *_arguments: Any) -> bytes:
        raise NotImplementedError

    def __copy__(self) -> TokenKey:
        raise NotImplementedError

    def __deepcopy__(self, memo: Any) -> TokenKey:
        raise NotImplementedError


def test_a_key_that_does_not_export_signs_like_any_other() -> None:
    assert minted(key=TokenKey(KEY)).token == minted().token


def test_a_faulty_signature_does_not_leave() -> None:
    with pytest.raises(SignatureFaultError) as raised:
        minted(key=TokenKey(KEY, faulty=True))
    assert raised.value.code == "signature-fault"
    assert "." not in raised.value.message.replace("; ", "")


def test_a_signer_verifies_its_first_token_and_not_the_others() -> None:
    key = TokenKey(KEY)
    maker = signer(key=key)
    maker.mint(at=issue.WITHIN)
    key.faulty = True
    assert maker.mint(at=issue.WITHIN).token  # what is not promised is not paid for


def test_a_signer_that_failed_verifies_again() -> None:
    key = TokenKey(KEY, faulty=True)
    maker = signer(key=key)
    for _ in range(2):
        with pytest.raises(SignatureFaultError):
            maker.mint(at=issue.WITHIN)


# --- many ---------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "threads"), [(0, 2), (1, 2), (2, 2), (7, 3), (20, 1)])
def test_many_at_once(count: int, threads: int) -> None:
    made = mint_many(signer(), count, threads=threads, at=lambda: issue.WITHIN)
    assert len(made) == count
    assert len({assertion.claims["jti"] for assertion in made}) == count
    assert all(judge(assertion.token).passed for assertion in made)


@pytest.mark.parametrize(("count", "threads"), [(1, 0), (-1, 1)])
def test_many_with_no_threads_or_less_than_none(count: int, threads: int) -> None:
    with pytest.raises(UsageError):
        mint_many(signer(), count, threads=threads)


def test_many_are_refused_before_any_is_made() -> None:
    key = TokenKey(KEY)
    with pytest.raises(AssertionRefusedError):
        mint_many(signer(key=key, omit=["exp"]), 100, at=lambda: issue.WITHIN)
    assert key.signed == 1


# --- other people's libraries ---------------------------------------------------------

EC_KEY: Final = generate_private_key(KeyKind.EC)
KEYS: Final = [("RS256", KEY), ("PS256", KEY), ("ES256", EC_KEY)]


@pytest.mark.parametrize(("algorithm", "key"), KEYS)
def test_pyjwt_reads_ours_and_ours_reads_pyjwts(algorithm: str, key: Any) -> None:
    import jwt

    ours = minted(key=key, certificate=None, kid=KID, algorithm=algorithm)
    options: Any = {"verify_exp": False, "verify_iat": False}
    read = jwt.decode(ours.token, key.public_key(), [algorithm], audience=AUDIENCE, options=options)
    assert read == ours.claims
    theirs = jwt.encode(ours.claims, key, algorithm, headers={"kid": KID})
    assert judge(theirs, certificate=None, public_key=key.public_key()).passed


@pytest.mark.parametrize(("algorithm", "key"), KEYS)
def test_jwcrypto_reads_ours_and_ours_reads_jwcryptos(algorithm: str, key: Any) -> None:
    from jwcrypto import jwk, jws

    ours = minted(key=key, certificate=None, kid=KID, algorithm=algorithm)
    their_key = jwk.JWK.from_pyca(key)
    their_token = jws.JWS()
    their_token.deserialize(ours.token, their_key, alg=algorithm)
    assert json.loads(their_token.payload) == ours.claims
    theirs = jws.JWS(json.dumps(ours.claims))
    theirs.add_signature(their_key, None, json.dumps({"alg": algorithm, "kid": KID}))
    text = theirs.serialize(compact=True)
    assert judge(text, certificate=None, public_key=key.public_key()).passed


@pytest.mark.parametrize(("algorithm", "key"), KEYS)
def test_authlib_reads_ours_and_ours_reads_authlibs(algorithm: str, key: Any) -> None:
    with warnings.catch_warnings(record=True):  # authlib turns on its own deprecation warning
        from authlib.jose import JsonWebToken

    theirs = JsonWebToken([algorithm])
    ours = minted(key=key, certificate=None, kid=KID, algorithm=algorithm)
    assert dict(theirs.decode(ours.token, issue.public_pem(key))) == ours.claims
    text = theirs.encode({"alg": algorithm, "kid": KID}, ours.claims, issue.key_pem(key)).decode()
    assert judge(text, certificate=None, public_key=key.public_key()).passed
