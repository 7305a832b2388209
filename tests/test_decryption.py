"""Decryption: what everybody can see is refused with its reason, and every other failure is one error."""

from __future__ import annotations

import json
import random
import zlib
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1
from hypothesis import given, settings
from hypothesis import strategies as st

from jwttool.encoding import Limit, b64url_decode, b64url_encode
from jwttool.errors import (
    DecryptionError,
    DecryptionRefusedError,
    JwtToolError,
    NotATokenError,
    RefusedError,
    TooLargeError,
    UsageError,
)
from jwttool.jose.decryption import MAX_INFLATED, DecryptedToken, decrypt
from jwttool.jose.encrypted import PARTS, read_encrypted
from jwttool.jose.jwe_algorithms import DECRYPTION_ALGORITHMS, KEY_ALGORITHMS
from jwttool.keys import public_jwk
from tests import issue
from tests.encrypted_tokens import CONTENT, PLAINTEXT, agreed, encrypted, forged, replaced, with_header
from tests.hostile import CANARY, little_memory, no_hanging, refusal
from tests.test_keys_token import EcInToken, RsaInToken
from tests.token_keys import CURVES, decryption_key, on

if TYPE_CHECKING:
    from jwttool.keys import PrivateKey

RSA_KEY = issue.rsa_key()
RSA, EC, EC_WRAPPED = encrypted(), encrypted("ECDH-ES"), encrypted("ECDH-ES+A128KW")

FAILED = "the token does not decrypt with this key"


def failure(token: str, key: PrivateKey = RSA_KEY, **options: Any) -> None:
    """Ask for the one error, the same to the letter, which leads to nothing."""
    error = refusal(DecryptionError, lambda: decrypt(token, key, **options))
    assert (error.code, error.message) == ("decryption-failed", FAILED)
    assert error.hint is not None
    assert error.hint.startswith("it was made for another key, or changed or cut since")
    assert error.__context__ is None


def refused(token: str, key: PrivateKey = RSA_KEY, **options: Any) -> str:
    error = refusal(DecryptionRefusedError, lambda: decrypt(token, key, **options))
    assert error.code == "decryption-refused"
    return error.message


# --- what decrypts ------------------------------------------------------------


@pytest.mark.parametrize("algorithm", DECRYPTION_ALGORITHMS)
@pytest.mark.parametrize("content", CONTENT)
def test_what_another_program_encrypted_is_decrypted_and_one_change_of_anything_is_not(
    algorithm: str, content: str
) -> None:
    text, key = encrypted(algorithm, content, cty="JWT"), decryption_key(algorithm)
    decrypted = decrypt(text, key)
    assert decrypted.plaintext == PLAINTEXT
    assert decrypted.header["cty"] == "JWT"
    token = read_encrypted(text)
    for part in PARTS[1:]:
        octets = getattr(token, part)
        for changed in (
            octets[:-1],
            octets + b"\0",
            octets[:-1] + bytes([octets[-1] ^ 1]) if octets else b"x",
        ):
            if changed != octets:
                failure(replaced(text, **{part: changed}), key)
    failure(with_header(text, cty="jwt"), key)
    failure(text, decryption_key(algorithm, 1))


@pytest.mark.parametrize("curve", CURVES)
@pytest.mark.parametrize("algorithm", ["ECDH-ES", "ECDH-ES+A256KW"])
def test_every_curve(curve: str, algorithm: str) -> None:
    text = encrypted(algorithm, key=on(curve), apu="QWxpY2U", apv="Qm9i")
    assert decrypt(text, on(curve)).plaintext == PLAINTEXT
    for other in CURVES:
        failure(text, on(other, 1))


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 65_536, 200_000])
def test_contents_of_every_size_and_a_long_header(size: int) -> None:
    # joserfc's own limits are 1,024 and 65,536 octets; the limit here is that of tokens.
    text = forged(b"p" * size, x5c=["A" * 20_000])
    assert decrypt(text, RSA_KEY).plaintext == b"p" * size


def test_the_content_is_not_shown() -> None:
    decrypted = decrypt(encrypted(plaintext=CANARY.encode()), RSA_KEY)
    assert type(decrypted) is DecryptedToken
    assert CANARY not in repr(decrypted)


class RsaDecryptsInToken(RsaInToken):
    """A key that decrypts, and never leaves its token."""

    def decrypt(self, ciphertext: bytes, padding: Any) -> bytes:  # type: ignore[override]
        return self._key.decrypt(ciphertext, padding)


class EcAgreesInToken(EcInToken):
    """The same on a curve."""

    def exchange(self, algorithm: Any, peer_public_key: Any) -> bytes:  # type: ignore[override]
        return self._key.exchange(algorithm, peer_public_key)


def test_a_key_in_a_token_decrypts_without_being_exported() -> None:
    for algorithm in DECRYPTION_ALGORITHMS:
        key: PrivateKey = EcAgreesInToken(on("P-256")) if algorithm[0] == "E" else RsaDecryptsInToken(RSA_KEY)
        assert decrypt(encrypted(algorithm), key).plaintext == PLAINTEXT


def test_a_key_that_only_signs_decrypts_nothing() -> None:
    failure(RSA, RsaInToken(RSA_KEY))
    failure(EC, EcInToken(on("P-256")))


class BrokenToken(RsaInToken):
    """Its session has ended."""

    def decrypt(self, *_: object) -> bytes:  # type: ignore[override]
        raise RuntimeError(CANARY)


class PanicException(BaseException):
    """As PyO3 raises it when Rust code panics."""


class PanickingToken(RsaInToken):
    """Its driver has a fault."""

    def decrypt(self, *_: object) -> bytes:  # type: ignore[override]
        raise PanicException(CANARY)


@pytest.mark.parametrize("kind", [BrokenToken, PanickingToken])
def test_a_key_that_raises_decrypts_nothing(kind: type[RsaInToken]) -> None:
    failure(RSA, kind(RSA_KEY))


# --- what everybody can see ---------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("e30..", "3 parts make a signed token (JWS); an encrypted token has five"),
        ("e30...", "4 parts make no compact token; an encrypted token has five"),
        (f"é{RSA}", "the token is damaged: the header part is not base64url"),
        ("A." + "!." * 3 + "!", "the token is damaged: the header part is not base64url"),
        (
            f"{RSA}=",
            "the token is damaged: the tag part is not base64url: padding ('='), which base64url in ",
        ),
        (
            replaced(RSA, header=b'{"alg":"RSA-OAEP","enc":"A256CBC-HS512","enc":"A128GCM"}'),
            "the token is damaged: a member name occurs twice in one object",
        ),
        (replaced(RSA, header=b"[]"), "the token is damaged: an array where an object belongs"),
        (with_header(RSA, alg=None), "alg is missing"),
        (with_header(RSA, alg="none"), 'alg is "none", which is no algorithm of encrypted tokens'),
        (with_header(RSA, alg="rsa-oaep"), 'alg is "rsa-oaep", which is no algorithm of encrypted tokens'),
        (with_header(RSA, alg=["RSA-OAEP"]), "alg is an array, which is no algorithm of encrypted tokens"),
        (with_header(RSA, enc=None), "enc is missing"),
        (with_header(RSA, enc="A256CBC"), 'enc is "A256CBC", which is no encryption of JOSE'),
        (with_header(RSA, enc={}), "enc is an object, which is no encryption of JOSE"),
        (with_header(RSA, crit=["exp"]), "the header has crit, and jwttool knows no extensions"),
        (with_header(RSA, crit=[]), "the header has crit, and jwttool knows no extensions"),
        (forged(crit=["b64"], b64=True), "the header has crit, and jwttool knows no extensions"),
        (with_header(RSA, zip="GZ"), 'zip is "GZ", which is no compression of JOSE'),
        (with_header(RSA, zip=["DEF"]), "zip is an array, which is no compression of JOSE"),
        (
            encrypted(zip="DEF"),
            "the content is compressed (zip), which can give its secrets away and hide a bomb",
        ),
    ],
)
def test_what_is_refused_for_a_reason_that_everybody_can_see(text: str, message: str) -> None:
    assert refused(text).startswith(message)


SHARED = "it needs a secret that both sides share, and jwttool decrypts with private keys alone"
REASONS = {
    "RSA1_5": "its padding tells who can send tokens enough to decrypt them (RFC 8725 section 3.2)",
    "RSA-OAEP-384": "jwttool offers RSA-OAEP and RSA-OAEP-256",
    "RSA-OAEP-512": "jwttool offers RSA-OAEP and RSA-OAEP-256",
}
PASSWORD = "it needs a password, and lets the sender choose how long deriving a key from it takes"


class Untouchable(RsaInToken):
    """Nobody asks it for anything."""

    def decrypt(self, *_: object) -> bytes:  # type: ignore[override]
        raise AssertionError

    def public_key(self) -> rsa.RSAPublicKey:
        raise AssertionError

    @property
    def key_size(self) -> int:
        raise AssertionError


@pytest.mark.parametrize("name", sorted(KEY_ALGORITHMS.keys() - set(DECRYPTION_ALGORITHMS)))
def test_an_algorithm_that_is_not_offered_is_refused_before_the_key_is_touched(name: str) -> None:
    reason = REASONS.get(name, PASSWORD if name.startswith("PBES2") else SHARED)
    token = with_header(RSA, alg=name, p2c=2**53, p2s="QQ", iv="QQ", tag="QQ")
    with no_hanging(5):
        assert refused(token, Untouchable(RSA_KEY)) == f"jwttool does not decrypt {name}: {reason}"


def test_rsa1_5_is_refused_even_where_the_padding_is_right() -> None:
    assert refused(encrypted("RSA1_5")).startswith("jwttool does not decrypt RSA1_5")


def test_the_list_of_the_caller_narrows_the_algorithms() -> None:
    assert decrypt(RSA, RSA_KEY, algorithms=["RSA-OAEP"]).plaintext == PLAINTEXT
    message = refused(RSA, Untouchable(RSA_KEY), algorithms=["RSA-OAEP-256"])
    assert message == "alg is RSA-OAEP, and the key is for RSA-OAEP-256"
    message = refused(RSA, Untouchable(RSA_KEY), algorithms=["RS256", "\x1b[31m" + "x" * 1000])
    assert message == "alg is RSA-OAEP, and the key is for RS256, \\x1b[31m" + "x" * 34 + "…"
    # Nor does it widen them.
    assert refused(with_header(RSA, alg="RSA1_5"), algorithms=["RSA1_5"]).startswith(
        "jwttool does not decrypt"
    )


@pytest.mark.parametrize("algorithms", [[], (), "RSA-OAEP", ""], ids=repr)
def test_an_empty_list_is_a_mistake(algorithms: Any) -> None:
    refusal(UsageError, lambda: decrypt(RSA, RSA_KEY, algorithms=algorithms))


def test_what_is_no_token_at_all() -> None:
    refusal(NotATokenError, lambda: decrypt("x", RSA_KEY))
    refusal(TooLargeError, lambda: decrypt("e30...." + "A" * Limit.TOKEN, RSA_KEY))


# --- one error for the rest ---------------------------------------------------


@pytest.mark.parametrize(("token", "key"), [(RSA, on("P-256")), (EC, RSA_KEY), (EC_WRAPPED, RSA_KEY)])
def test_a_key_of_another_type(token: str, key: PrivateKey) -> None:
    failure(token, key)


@pytest.mark.parametrize("key_size", [1, 15, 17, 24, 32, 64])
def test_a_content_key_of_the_wrong_length(key_size: int) -> None:
    assert decrypt(forged(), RSA_KEY).plaintext == PLAINTEXT
    failure(forged(content_key=b"k" * key_size))


def test_an_encrypted_key_that_was_padded_for_another_algorithm() -> None:
    public, key = RSA_KEY.public_key(), b"k" * 16
    right = padding.OAEP(padding.MGF1(SHA1()), SHA1(), None)
    assert (
        decrypt(replaced(forged(), encrypted_key=public.encrypt(key, right)), RSA_KEY).plaintext == PLAINTEXT
    )
    failure(replaced(forged(), encrypted_key=public.encrypt(key, padding.PKCS1v15())))
    labelled = padding.OAEP(padding.MGF1(SHA1()), SHA1(), b"label")
    failure(replaced(forged(), encrypted_key=public.encrypt(key, labelled)))
    for octets in (b"", b"\0" * 256, b"\xff" * 256, b"\0" * 10_000):
        failure(replaced(forged(), encrypted_key=octets))


def test_a_tag_that_was_cut_is_not_taken_for_a_short_one() -> None:
    for content in CONTENT:
        text = encrypted("RSA-OAEP", content)
        tag = read_encrypted(text).tag
        for length in range(len(tag)):
            failure(replaced(text, tag=tag[:length]))


def test_with_direct_agreement_there_is_no_encrypted_key() -> None:
    assert read_encrypted(EC).encrypted_key == b""
    failure(replaced(EC, encrypted_key=b"k"), on("P-256"))


# A point of small order on another curve, as an attack sends it: not on P-256.
OFF_THE_CURVE = {"kty": "EC", "crv": "P-256", "x": b64url_encode(b"\1" * 32), "y": b64url_encode(b"\2" * 32)}
RIGHT_EPK = public_jwk(on("P-256", 5).public_key())


AGREEMENTS: dict[str, dict[str, Any]] = {
    "no epk": {"epk": None},
    "a string": {"epk": "x"},
    "an array": {"epk": []},
    "empty": {"epk": {}},
    "off the curve": {"epk": OFF_THE_CURVE},
    "zero": {"epk": OFF_THE_CURVE | {"x": b64url_encode(bytes(32)), "y": b64url_encode(bytes(32))}},
    "private": {"epk": RIGHT_EPK | {"d": b64url_encode(b"\1" * 32)}},
    "padded": {"epk": RIGHT_EPK | {"x": RIGHT_EPK["x"] + "="}},
    "P-384 in name": {"epk": RIGHT_EPK | {"crv": "P-384"}},
    "secp256k1": {"epk": RIGHT_EPK | {"crv": "secp256k1"}},
    "OKP": {"epk": RIGHT_EPK | {"kty": "OKP"}},
    "P-384": {"epk": public_jwk(on("P-384").public_key())},
    "RSA": {"epk": public_jwk(RSA_KEY.public_key())},
    "symmetric": {"epk": {"kty": "oct", "k": "AA"}},
    "apu a number": {"apu": 5},
    "apu no base64url": {"apu": "a"},
    "apv not ASCII": {"apv": "é"},
    "apv an array": {"apv": ["QQ"]},
}


@pytest.mark.parametrize("members", AGREEMENTS.values(), ids=AGREEMENTS)
@pytest.mark.parametrize("token", [EC, EC_WRAPPED], ids=["direct", "wrapped"])
def test_an_agreement_that_is_not_as_it_should_be(members: dict[str, Any], token: str) -> None:
    failure(with_header(token, **members), on("P-256"))


@pytest.mark.parametrize(
    "members",
    [
        {"epk": RIGHT_EPK | {"d": b64url_encode(b"\1" * 32)}},
        {"epk": RIGHT_EPK | {"x": RIGHT_EPK["x"] + "="}},
        {"epk": RIGHT_EPK | {"x": b64url_encode(b"\0" + b64url_decode(RIGHT_EPK["x"]))}},
        {"apu": "QR", "party": b"A"},
        {"apu": "QQ==", "party": b"A"},
        {"apu": []},
        {"apv": 0},
    ],
    ids=["private", "padded", "zero octet", "apu spare bits", "apu padded", "apu an array", "apv a number"],
)
def test_an_agreement_that_others_would_take_is_refused_all_the_same(members: dict[str, Any]) -> None:
    # The content key is right, and lenient readers find it.
    assert decrypt(agreed(on("P-256", 5), apv=""), on("P-256")).plaintext == PLAINTEXT
    assert decrypt(agreed(on("P-256", 5), b"A", apu="QQ"), on("P-256")).plaintext == PLAINTEXT
    failure(agreed(on("P-256", 5), **members), on("P-256"))


def test_an_iv_of_another_length_is_refused_where_the_cipher_would_take_it() -> None:
    for length in (8, 11, 13, 16):
        failure(forged(iv=b"i" * length))


def test_the_names_of_the_parties_are_part_of_the_agreement() -> None:
    failure(with_header(encrypted("ECDH-ES", apu="QQ"), apu="Qg"), on("P-256"))


# --- zip ----------------------------------------------------------------------


def deflated(data: bytes) -> bytes:
    engine = zlib.compressobj(wbits=-15)
    return engine.compress(data) + engine.flush()


@pytest.mark.parametrize("size", [0, 17, 70_000, MAX_INFLATED])
def test_a_compressed_content_is_inflated_where_that_is_allowed(size: int) -> None:
    # Not all alike, so that the stream has more than one block.
    content = random.Random(size).randbytes(size // 2).hex().encode().ljust(size, b"p")
    token = forged(deflated(content), zip="DEF")
    assert decrypt(token, RSA_KEY, allow_zip=True).plaintext == content
    assert refused(token).startswith("the content is compressed (zip)")


def test_what_another_program_compressed_is_inflated() -> None:
    assert decrypt(encrypted(zip="DEF"), RSA_KEY, allow_zip=True).plaintext == PLAINTEXT


@pytest.mark.parametrize(
    "content",
    [
        b"",
        PLAINTEXT,
        deflated(PLAINTEXT)[:-1],
        deflated(PLAINTEXT) + b"\0",
        deflated(PLAINTEXT) + deflated(PLAINTEXT),
        zlib.compress(PLAINTEXT),
        deflated(b"p" * (MAX_INFLATED + 1)),
        deflated(b"p" * 100_000_000),
    ],
    ids=["empty", "not compressed", "cut", "trailing", "twice", "with zlib's header", "too large", "bomb"],
)
def test_a_compressed_content_that_is_damaged_or_a_bomb(content: bytes) -> None:
    token = forged(content, zip="DEF")
    with no_hanging(), little_memory():
        failure(token, allow_zip=True)


# --- hostile tokens -----------------------------------------------------------


@settings(max_examples=300)
@given(
    st.sampled_from([RSA, EC, EC_WRAPPED]),
    st.lists(st.tuples(st.integers(0, 2000), st.text("AQgwz09-_.=e{", max_size=3)), min_size=1, max_size=3),
)
def test_no_change_of_a_token_raises_anything_but_our_errors(
    token: str, changes: list[tuple[int, str]]
) -> None:
    changed = token
    for place, text in changes:
        at = place % len(changed)
        changed = changed[:at] + text + changed[at + 1 :]
    if changed == token:
        return
    key = RSA_KEY if token is RSA else on("P-256")
    with pytest.raises((RefusedError, NotATokenError)) as caught:
        decrypt(changed, key)
    assert isinstance(caught.value, JwtToolError)


MEMBERS: st.SearchStrategy[dict[str, Any]] = st.dictionaries(
    st.sampled_from(["alg", "enc", "epk", "apu", "apv", "zip", "kid", "crit", "p2c", "iv", "tag", "b64"]),
    st.sampled_from([*KEY_ALGORITHMS, *CONTENT, "DEF", None, 5, True, 1.5, [], {}, RIGHT_EPK, "", "QQ"])
    | st.text(max_size=5),
)


@given(MEMBERS, st.sampled_from([RSA, EC, EC_WRAPPED]), st.booleans())
def test_no_header_raises_anything_but_our_errors(
    members: dict[str, Any], token: str, allow_zip: bool
) -> None:
    octets = json.dumps(read_encrypted(token).header | members | {"x": 1}).encode()
    for key in (RSA_KEY, on("P-256")):
        with pytest.raises(RefusedError):
            decrypt(replaced(token, header=octets), key, allow_zip=allow_zip)


@pytest.mark.parametrize(
    "token",
    [
        "e30." * 4 + "A" * 10_000_000,
        "." * 10_000_000,
        "A" * 10_000_000,
        replaced(RSA, header=b"[" * 500_000),
        replaced(RSA, header=b'{"alg":' + b"9" * 5000 + b"}"),
        replaced(RSA, header=b'{"alg":"' + b"x" * 700_000 + b'"}'),
        replaced(RSA, encrypted_key=b"k" * 700_000),
        replaced(RSA, ciphertext=b"c" * 700_000),
        with_header(EC, epk={"kty": "RSA", "n": "_" * 700_000, "e": "AQAB"}),
        with_header(EC, epk={"kty": "RSA", "n": "_" * 2_000, "e": "_" * 2_000}),
        with_header(EC, apu="Q" * 700_000),
    ],
    ids=[
        "10 MB",
        "dots",
        "letters",
        "depth",
        "digits",
        "alg",
        "key",
        "content",
        "huge RSA key",
        "exponent",
        "apu",
    ],
)
def test_a_bomb_is_refused_at_once(token: str) -> None:
    for key in (RSA_KEY, on("P-256")):
        with no_hanging(), little_memory(), pytest.raises(JwtToolError) as caught:
            decrypt(token, key)
        assert len(f"{caught.value.message}{caught.value.hint}") < 500


def test_no_two_failures_can_be_told_apart() -> None:
    # RFC 7516 section 11.5: neither by class nor by words, whichever step failed.
    steps = [
        partial(decrypt, replaced(RSA, encrypted_key=b"\0" * 256), RSA_KEY),
        partial(decrypt, forged(content_key=b"k" * 17), RSA_KEY),
        partial(decrypt, replaced(RSA, iv=b""), RSA_KEY),
        partial(decrypt, replaced(RSA, tag=b"\0" * 32), RSA_KEY),
        partial(decrypt, with_header(RSA, kid="other"), RSA_KEY),
        partial(decrypt, forged(b"", zip="DEF"), RSA_KEY, allow_zip=True),
        partial(decrypt, with_header(EC, epk=OFF_THE_CURVE), on("P-256")),
        partial(decrypt, RSA, on("P-256")),
    ]
    errors = [refusal(DecryptionError, step) for step in steps]
    assert len({(error.code, error.message, error.hint, error.args) for error in errors}) == 1
