from __future__ import annotations

import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from jwttool.errors import AmbiguousError, MalformedError, UnsupportedError
from jwttool.keys import same_public_key
from jwttool.keys.boundary import library


class PanicException(BaseException):
    """As PyO3 raises it when Rust code panics."""


@pytest.mark.parametrize(
    "fault",
    [ValueError("hunter2"), TypeError(), OverflowError(), RecursionError(), MemoryError(), PanicException()],
)
def test_whatever_the_library_raises_is_ours_afterwards(fault: BaseException) -> None:
    ours = MalformedError("the key is damaged")
    with pytest.raises(MalformedError) as raised, library(ours):
        raise fault
    assert raised.value is ours
    assert ours.__cause__ is None
    assert ours.__suppress_context__


def test_what_the_library_does_not_offer_is_unsupported() -> None:
    with (
        pytest.raises(UnsupportedError) as raised,
        library(MalformedError("x"), unsupported_hint="convert it"),
    ):
        raise UnsupportedAlgorithm("hunter2")
    assert raised.value.hint == "convert it"
    assert "hunter2" not in raised.value.message


def test_our_own_errors_pass_as_they_are() -> None:
    with pytest.raises(AmbiguousError), library(MalformedError("x")):
        raise AmbiguousError("two of them")


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_what_ends_the_program_still_does(stop: type[BaseException]) -> None:
    with pytest.raises(stop), library(MalformedError("x")):
        raise stop


def test_nothing_happens_where_nothing_is_raised() -> None:
    with library(MalformedError("x")):
        pass


def test_public_keys_are_the_same_or_not(
    rsa_key: rsa.RSAPrivateKey, other_rsa_key: rsa.RSAPrivateKey, ec_key: ec.EllipticCurvePrivateKey
) -> None:
    other_ec_key = ec.generate_private_key(ec.SECP256R1())
    other_kind = ed25519.Ed25519PrivateKey.generate()
    keys = [key.public_key() for key in (rsa_key, other_rsa_key, ec_key, other_ec_key, other_kind)]
    for first in keys:
        assert [same_public_key(first, second) for second in keys] == [first is second for second in keys]
    again = rsa_key.public_key().public_numbers().public_key()
    assert again is not rsa_key.public_key()
    assert same_public_key(again, rsa_key.public_key())
