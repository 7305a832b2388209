"""An encrypted token, taken apart without a key: what is wrong stays beside it, and what opens it is told."""

from __future__ import annotations

import json
import pickle
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import example, given
from hypothesis import strategies as st

from jwttool.encoding import Limit, b64url_decode, b64url_encode
from jwttool.errors import NotATokenError, TooLargeError
from jwttool.jose.encrypted import PARTS, EncryptedToken, Fit, fits, made_for, read_encrypted
from jwttool.jose.jwe_algorithms import CONTENT_ALGORITHMS, DECRYPTION_ALGORITHMS, KEY_ALGORITHMS
from tests import issue
from tests.encrypted_tokens import CONTENT, encrypted, replaced, with_header
from tests.hostile import CANARY, little_memory, no_hanging, refusal
from tests.test_keys_token import RsaInToken
from tests.token_keys import CURVES, on

if TYPE_CHECKING:
    from jwttool.keys import PrivateKey

HEADER: dict[str, Any] = {"alg": "RSA-OAEP", "enc": "A128GCM"}
RAW = {"encrypted_key": b"wrapped", "iv": b"once", "ciphertext": b"content", "tag": b"tagged"}


def segment(value: object) -> str:
    return b64url_encode(value if isinstance(value, bytes) else json.dumps(value).encode())


def compact(header: object = HEADER, **parts: bytes) -> str:
    return ".".join([segment(header), *map(segment, (RAW | parts).values())])


def test_a_token_is_taken_apart() -> None:
    text = compact()
    token = read_encrypted(text)
    assert token.header == HEADER
    assert {name: getattr(token, name) for name in RAW} == RAW
    assert token.aad == text.partition(".")[0].encode()
    assert (token.faults, token.undecoded) == ({}, frozenset())


def test_every_part_but_the_header_may_be_empty_and_that_is_for_others_to_judge() -> None:
    token = read_encrypted(compact(encrypted_key=b"", iv=b"", ciphertext=b"", tag=b""))
    assert (token.encrypted_key, token.iv, token.ciphertext, token.tag, token.faults) == (
        b"",
        b"",
        b"",
        b"",
        {},
    )


def test_nothing_of_it_is_shown() -> None:
    token = read_encrypted(compact(ciphertext=CANARY.encode(), encrypted_key=CANARY.encode()))
    assert CANARY not in repr(token)
    assert "RSA-OAEP" not in repr(token)  # a header may hold a key too
    assert pickle.loads(pickle.dumps(token)) == token


# --- faults that are kept -----------------------------------------------------


@pytest.mark.parametrize(
    ("header", "fault"),
    [
        (b'{"alg":"RSA-OAEP","alg":"dir"}', "a member name occurs twice in one object"),
        ([1], "an array where an object belongs"),
        (b"", "not JSON at character 0: Expecting value"),
        (b"\xff", "not UTF-8 at byte 0"),
        (b"\xef\xbb\xbf{}", "a byte order mark (RFC 8259 section 8.1)"),
        (b'{"p2c":1e999}', "a number too large for a double"),
        (b'{"p2c":' + b"9" * 5000 + b"}", "an integer beyond 2^53, on which implementations disagree"),
        (b"[" * 10_000, "nested deeper than 32"),
    ],
)
def test_what_is_wrong_with_the_header_leaves_the_other_parts(header: object, fault: str) -> None:
    if header == b"":
        text = f"e30{compact()}".replace(f"e30{segment(HEADER)}", segment(b" "))
        fault = "not JSON at character 1: Expecting value"
    else:
        text = compact(header)
    token = read_encrypted(text)
    assert token.faults == {"header": fault}
    assert token.header == {}
    assert token.ciphertext == b"content"


FOREIGN = "a character outside the base64url alphabet"
SPARE = "the last character has spare bits set: not the canonical spelling"


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_is_no_base64url_does_not_hide_the_others(part: str) -> None:
    segments = dict(zip(PARTS, compact().split("."), strict=True))
    token = read_encrypted(".".join((segments | {part: segments[part] + "!"}).values()))
    assert token.faults == {"form": f"the {part.replace('_', ' ')} part is not base64url: {FOREIGN}"}
    assert token.undecoded == {part}
    assert isinstance(token.undecoded, frozenset)
    assert token.header == ({} if part == "header" else HEADER)
    for name, value in RAW.items():
        assert getattr(token, name) == (b"" if name == part else value)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            f"{compact()}=",
            "the tag part is not base64url: padding ('='), which base64url in JOSE does not have",
        ),
        (f"{compact()}\n", f"the tag part is not base64url: {FOREIGN}"),
        (f"é{compact()}", f"the header part is not base64url: {FOREIGN}"),
        (
            ".".join([segment(HEADER), "QR", "", "", ""]),
            f"the encrypted key part is not base64url: {SPARE}",
        ),
        ("e30..", "3 parts make a signed token (JWS); an encrypted token has five"),
        ("e30...", "4 parts make no compact token; an encrypted token has five"),
    ],
)
def test_a_broken_form_is_a_fault(text: str, fault: str) -> None:
    token = read_encrypted(text)
    assert token.faults == {"form": fault}
    if "parts make" in fault:
        assert token == EncryptedToken(b"", {}, b"", b"", b"", b"", {"form": fault}, frozenset(PARTS))


@pytest.mark.parametrize("text", ["", "x", "a.b", "....", "!.a.b.c.d", "a.b.c.d.e.f"])
def test_what_is_not_even_shaped_like_a_token(text: str) -> None:
    error = refusal(NotATokenError, lambda: read_encrypted(text))
    assert error.message.startswith("not shaped like a compact token: ")
    assert "four dots" in error.message


def test_the_limit() -> None:
    head = compact(tag=b"") + "A" * 2
    read_encrypted(head[:-2] + "A" * ((Limit.TOKEN - len(head)) // 4 * 4))
    refusal(TooLargeError, lambda: read_encrypted(head + "A" * Limit.TOKEN))


@pytest.mark.parametrize(
    "text",
    [
        "." * 10_000_000,
        "A" * 10_000_000,
        compact() + "A" * 10_000_000,
        segment(b"[" * 500_000) + "....",
        "e30." * 5,
    ],
    ids=["dots", "letters", "tag", "depth", "six"],
)
def test_a_bomb_is_refused_at_once(text: str) -> None:
    with no_hanging(), little_memory():
        try:
            found = list(read_encrypted(text).faults.values())
        except (NotATokenError, TooLargeError) as error:
            found = [error.message]
    assert 0 < len("".join(found)) < 200


@given(st.text(alphabet="eyJ0.-_=é\n", max_size=60) | st.text(max_size=40))
@example("e30.é...")
def test_whatever_the_text_is_it_is_read_or_refused(text: str) -> None:
    try:
        token = read_encrypted(text)
    except NotATokenError:
        return
    assert token.undecoded <= set(PARTS)
    assert bool(token.faults) or ".".join(map(b64url_encode, parts_of(token))) == text


def parts_of(token: EncryptedToken) -> list[bytes]:
    return [b64url_decode(token.aad), token.encrypted_key, token.iv, token.ciphertext, token.tag]


# --- the tables ---------------------------------------------------------------


def test_what_is_decrypted() -> None:
    wrapping = tuple(f"ECDH-ES+A{bits}KW" for bits in (128, 192, 256))
    assert list(DECRYPTION_ALGORITHMS) == ["RSA-OAEP", "RSA-OAEP-256", "ECDH-ES", *wrapping]
    assert tuple(CONTENT_ALGORITHMS) == CONTENT
    assert all(name == each.name for name, each in (KEY_ALGORITHMS | CONTENT_ALGORITHMS).items())


@pytest.mark.parametrize(
    ("name", "lengths"),
    [
        # RFC 7518 sections 5.2.3 to 5.2.5 and 5.3: octets of the key, the iv and the tag.
        ("A128CBC-HS256", (32, 16, 16, 16)),
        ("A192CBC-HS384", (48, 16, 24, 16)),
        ("A256CBC-HS512", (64, 16, 32, 16)),
        ("A128GCM", (16, 12, 16, 1)),
        ("A192GCM", (24, 12, 16, 1)),
        ("A256GCM", (32, 12, 16, 1)),
    ],
)
def test_the_lengths_of_a_content_algorithm(name: str, lengths: tuple[int, ...]) -> None:
    content = CONTENT_ALGORITHMS[name]
    assert (content.key_octets, content.iv_octets, content.tag_octets, content.block) == lengths


@pytest.mark.parametrize("algorithm", DECRYPTION_ALGORITHMS)
@pytest.mark.parametrize("content", CONTENT)
def test_the_lengths_are_those_of_another_program(algorithm: str, content: str) -> None:
    token, lengths = read_encrypted(encrypted(algorithm, content)), CONTENT_ALGORITHMS[content]
    assert (len(token.iv), len(token.tag)) == (lengths.iv_octets, lengths.tag_octets)
    assert lengths.ciphertext_fits(len(token.ciphertext))
    wanted = KEY_ALGORITHMS[algorithm].encrypted_key_octets(lengths)
    assert len(token.encrypted_key) == (256 if wanted is None else wanted)


# --- what opens it ------------------------------------------------------------


def made(octets: int = 384, **header: Any) -> EncryptedToken:
    return read_encrypted(compact(header, encrypted_key=b"k" * octets))


@pytest.mark.parametrize(
    ("token", "words"),
    [
        (made(alg="RSA-OAEP"), "a 3072-bit RSA key"),
        (made(alg="RSA-OAEP-256", octets=256), "a 2048-bit RSA key"),
        (made(alg="RSA1_5", octets=512), "a 4096-bit RSA key"),
        (made(alg="RSA-OAEP", octets=0), "an RSA key"),
        (made(alg="ECDH-ES", epk={"kty": "EC", "crv": "P-256"}), "an EC key on P-256"),
        (made(alg="ECDH-ES+A128KW", epk={"kty": "OKP", "crv": "X25519"}), "a key on X25519"),
        (made(alg="ECDH-ES", epk={"crv": "\x1b[31m"}), "a key on \\x1b[31m"),
        (made(alg="ECDH-ES", epk={"crv": 5}), "an EC key"),
        (made(alg="ECDH-ES", epk=None), "an EC key"),
        (made(alg="ECDH-ES"), "an EC key"),
        (made(alg="A192KW"), "a shared 192-bit key"),
        (made(alg="A256GCMKW"), "a shared 256-bit key"),
        (made(alg="dir", enc="A256CBC-HS512"), "a shared 512-bit key"),
        (made(alg="dir", enc="x"), "a shared key"),
        (made(alg="PBES2-HS256+A128KW"), "a password"),
        (made(alg="RSA-OAEP "), None),
        (made(alg=["RSA-OAEP"]), None),
        (made(), None),
        (read_encrypted("e30.."), None),
    ],
)
def test_what_opens_a_token_in_words(token: EncryptedToken, words: str | None) -> None:
    assert made_for(token) == words


def test_the_header_of_a_recipient_may_be_elsewhere() -> None:
    token = made()
    assert made_for(token, {"alg": "RSA-OAEP"}) == "a 3072-bit RSA key"
    assert not fits(token, issue.rsa_key(bits=2048), {"alg": "RSA-OAEP"}).fits


SAYS_NOTHING = "alg does not say which kind of key opens the token"


@pytest.mark.parametrize(
    ("token", "key", "fit"),
    [
        (
            made(256, alg="RSA-OAEP"),
            issue.rsa_key(),
            Fit(True, "the token was made for a 2048-bit RSA key; whether for this one, decrypting it tells"),
        ),
        (
            made(384, alg="RSA-OAEP"),
            issue.rsa_key(),
            Fit(False, "the token was made for a 3072-bit RSA key, and this is a 2048-bit RSA key"),
        ),
        (
            made(256, alg="RSA-OAEP"),
            on("P-256"),
            Fit(False, "the token was made for a 2048-bit RSA key, and this is an EC key on P-256"),
        ),
        (
            made(256, alg="RSA1_5"),
            RsaInToken(issue.rsa_key()),
            Fit(True, "the token was made for a 2048-bit RSA key; but jwttool does not decrypt RSA1_5"),
        ),
        (
            made(0, alg="RSA-OAEP"),
            issue.rsa_key(),
            Fit(True, "the token was made for an RSA key; whether for this one, decrypting it tells"),
        ),
        (
            made(0, alg="ECDH-ES", epk={"crv": "P-384"}),
            on("P-384"),
            Fit(True, "the token was made for an EC key on P-384; whether for this one, decrypting it tells"),
        ),
        (
            made(0, alg="ECDH-ES", epk={"crv": "P-384"}),
            on("P-256"),
            Fit(False, "the token was made for an EC key on P-384, and this is an EC key on P-256"),
        ),
        (
            made(0, alg="ECDH-ES", epk={"crv": "P-256"}),
            issue.rsa_key(),
            Fit(False, "the token was made for an EC key on P-256, and this is a 2048-bit RSA key"),
        ),
        (
            made(0, alg="ECDH-ES", epk={"crv": "P-256"}),
            ec.derive_private_key(7, ec.SECP256K1()),
            Fit(False, "the token was made for an EC key on P-256, and this is an EC key on secp256k1"),
        ),
        (
            made(40, alg="A256KW"),
            issue.rsa_key(),
            Fit(False, "the token was made for a shared 256-bit key, and this is a 2048-bit RSA key"),
        ),
        (made(40, alg="x"), issue.rsa_key(), Fit(False, SAYS_NOTHING)),
        (made(40), on("P-256"), Fit(False, SAYS_NOTHING)),
    ],
)
def test_whether_a_key_would_open_it(token: EncryptedToken, key: PrivateKey, fit: Fit) -> None:
    assert fits(token, key) == fit


@pytest.mark.parametrize("curve", CURVES)
def test_the_key_that_a_token_was_made_for_fits_and_no_other(curve: str) -> None:
    token = read_encrypted(encrypted("ECDH-ES", key=on(curve)))
    assert [other for other in CURVES if fits(token, on(other)).fits] == [curve]
    assert not fits(token, issue.rsa_key()).fits


def test_a_changed_header_is_another_token() -> None:
    text = encrypted()
    assert read_encrypted(with_header(text, kid="a")).header["kid"] == "a"
    assert "enc" not in read_encrypted(with_header(text, enc=None)).header
    assert read_encrypted(replaced(text, tag=b"x")).tag == b"x"
