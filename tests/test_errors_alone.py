"""No error leads to the input that it complains about, or to a secret, by way of another exception."""

from __future__ import annotations

import getpass
import io
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from cryptography.exceptions import UnsupportedAlgorithm

from jwttool.csr import parse_subject
from jwttool.edge.passphrases import PassphraseSource
from jwttool.encoding import b64url_decode, parse_json
from jwttool.errors import InputError, JwtToolError, MalformedError, raise_alone
from jwttool.keys import load_pkcs12, load_private_key
from jwttool.keys.boundary import library
from jwttool.pem import pem_blocks
from jwttool.secret import Secret
from jwttool.times import parse_time
from tests import keys_material
from tests.hostile import CANARY

BYTES = CANARY.encode()
GUARDED = keys_material.pfx(mac=keys_material.mac(1))


class PanicException(BaseException):
    """As PyO3 raises it when Rust code panics."""


def through_library(error: BaseException) -> None:
    with library(MalformedError("damaged")):
        raise error


PATHS: dict[str, Callable[[], object]] = {
    "secret": lambda: Secret.from_text(CANARY + "\ud800"),
    "base64url of text": lambda: b64url_decode(CANARY + "é"),
    "base64url": lambda: b64url_decode(BYTES + b"="),
    "JSON in no UTF-8": lambda: parse_json(b'"%b\xff"' % BYTES),
    "JSON": lambda: parse_json(b'{"a": "%b"' % BYTES),
    "JSON with half a character": lambda: parse_json(b'"%b\\ud800"' % BYTES),
    "time": lambda: parse_time(CANARY, datetime(2026, 1, 1, tzinfo=UTC)),
    "PEM": lambda: pem_blocks(b"-----BEGIN X-----\nc4n4ry=\n-----END X-----\n"),
    "subject": lambda: parse_subject(f"CN={CANARY}\\zz"),
    "passphrase of PKCS#12": lambda: load_pkcs12(GUARDED, Secret(BYTES + b"\xff")),
    "PKCS#12": lambda: load_pkcs12(GUARDED, Secret(BYTES)),
    "key": lambda: load_private_key(keys_material.pem("PRIVATE KEY", b"\x30\x00")),
    "JWK": lambda: load_private_key(b'{"kty": "RSA", "n": "%b=", "e": "AQAB", "d": "AQ"}' % BYTES),
    "library": lambda: through_library(ValueError(CANARY)),
    "library, unsupported": lambda: through_library(UnsupportedAlgorithm(CANARY)),
    "library, panic": lambda: through_library(PanicException(CANARY)),
}


@pytest.mark.parametrize("path", PATHS)
def test_an_error_has_no_context(path: str) -> None:
    with pytest.raises(JwtToolError) as caught:
        PATHS[path]()
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


def test_what_was_typed_does_not_travel_with_the_error(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    def type_what_is_no_text(*_: object, **__: object) -> str:
        return (BYTES + b"\xff").decode("utf-8")

    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("sys.stderr", Terminal())
    monkeypatch.setattr(getpass, "getpass", type_what_is_no_text)
    with pytest.raises(InputError, match="not text") as caught:
        PassphraseSource().existing("a key")
    assert caught.value.__context__ is None


def test_alone_it_is_the_very_error_with_its_traceback() -> None:
    error = MalformedError("damaged", hint="mend it")

    def read() -> None:
        try:
            int(CANARY)
        except ValueError:
            raise_alone(error)

    with pytest.raises(MalformedError) as caught:
        read()
    assert caught.value is error
    assert error.__context__ is None
    assert error.__suppress_context__
    assert error.__traceback__ is not None
