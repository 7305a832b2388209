"""Keys that stay in their token (PKCS#11): cryptography's interface, and no export."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from jwttool.errors import UnsupportedError
from jwttool.keys import (
    check_consistency,
    encrypt_pkcs8,
    is_rsa,
    plain_pkcs8,
    refuse_weak,
    write_pkcs12,
)
from jwttool.secret import Secret
from tests import issue

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    from jwttool.keys import PrivateKey


def stays_here(*_: object, **__: object) -> NoReturn:
    raise NotImplementedError("the key does not leave the token")


class RsaInToken(RSAPrivateKey):
    """Signs, and shows its public half."""

    def __init__(self, key: rsa.RSAPrivateKey, public_key: rsa.RSAPublicKey | None = None) -> None:
        self._key = key
        self._public_key = public_key or key.public_key()

    @property
    def key_size(self) -> int:
        return self._key.key_size

    def public_key(self) -> rsa.RSAPublicKey:
        return self._public_key

    def sign(self, data: Any, padding: Any, algorithm: Any) -> bytes:
        return self._key.sign(data, padding, algorithm)

    decrypt = private_numbers = private_bytes = __copy__ = __deepcopy__ = stays_here


class EcInToken(EllipticCurvePrivateKey):
    """The same on a curve."""

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key

    @property
    def curve(self) -> ec.EllipticCurve:
        return self._key.curve

    @property
    def key_size(self) -> int:
        return self._key.key_size

    def public_key(self) -> ec.EllipticCurvePublicKey:
        return self._key.public_key()

    def sign(self, data: Any, signature_algorithm: Any) -> bytes:
        return self._key.sign(data, signature_algorithm)

    exchange = private_numbers = private_bytes = __copy__ = __deepcopy__ = stays_here


@pytest.fixture(params=["rsa", "ec"])
def token_key(
    request: pytest.FixtureRequest, rsa_key: rsa.RSAPrivateKey, ec_key: ec.EllipticCurvePrivateKey
) -> PrivateKey:
    return RsaInToken(rsa_key) if request.param == "rsa" else EcInToken(ec_key)


def test_it_is_judged_like_any_other(token_key: PrivateKey) -> None:
    refuse_weak(token_key.public_key())
    assert is_rsa(token_key) is isinstance(token_key, RSAPrivateKey)


def test_its_consistency_is_that_of_its_signature(
    token_key: PrivateKey, rsa_key: rsa.RSAPrivateKey, other_rsa_key: rsa.RSAPrivateKey
) -> None:
    assert check_consistency(token_key)
    assert not check_consistency(RsaInToken(rsa_key, other_rsa_key.public_key()))


def test_it_is_not_exported(token_key: PrivateKey) -> None:
    with pytest.raises(UnsupportedError, match="cannot be exported"):
        plain_pkcs8(token_key)
    with pytest.raises(UnsupportedError, match="cannot be exported"):
        encrypt_pkcs8(token_key, Secret(b"secret"))
    held: Any = token_key
    with pytest.raises(UnsupportedError, match="cannot be exported"):
        write_pkcs12(token_key, issue.certificate(held._key), [], Secret(b"secret"), None)
