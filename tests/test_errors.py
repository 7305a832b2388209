"""The tree of errors: stable codes, families, exit codes."""

from __future__ import annotations

import pickle

import pytest

from jwttool import errors
from jwttool.cli.exits import MEANINGS, Exit, exit_code
from jwttool.errors import JwtToolError

# What programs rely on: code to exit code. A line here is changed only together with the changelog.
STABLE = {
    "refused": 1,
    "weak-key": 1,
    "key-mismatch": 1,
    "certificate-expired": 1,
    "certificate-not-yet-valid": 1,
    "assertion-refused": 1,
    "signature-fault": 1,
    "request-refused": 1,
    "token-refused": 1,
    "decryption-refused": 1,
    "decryption-failed": 1,
    "usage": 2,
    "no-passphrase": 2,
    "unknown-provider": 2,
    "unknown-client": 2,
    "input": 3,
    "too-large": 3,
    "malformed": 3,
    "wrong-kind": 3,
    "ambiguous": 3,
    "wrong-passphrase": 3,
    "unsupported": 3,
    "not-a-token": 3,
    "json": 3,
    "base64url": 3,
    "config": 3,
    "surroundings": 4,
    "file-missing": 4,
    "file-exists": 4,
    "file-access": 4,
    "unsafe-permissions": 4,
    "network": 4,
    "tls": 4,
    "replay-store": 4,
}
FAMILIES = {
    errors.RefusedError: Exit.NO,
    errors.UsageError: Exit.USAGE,
    errors.InputError: Exit.INPUT,
    errors.SurroundingsError: Exit.SURROUNDINGS,
}


CLASSES: list[type[JwtToolError]] = [
    each
    for each in vars(errors).values()
    if isinstance(each, type) and issubclass(each, JwtToolError) and each is not JwtToolError
]


def test_codes_and_exit_codes_are_the_documented_ones() -> None:
    assert {each.code: int(exit_code(each)) for each in CLASSES} == STABLE
    assert len(CLASSES) == len(STABLE)


@pytest.mark.parametrize("each", CLASSES, ids=lambda each: each.__name__)
def test_every_error_has_a_code_of_its_own_and_exactly_one_family(each: type[JwtToolError]) -> None:
    assert "code" in vars(each)
    assert sum(family in each.__mro__ for family in FAMILIES) == 1


@pytest.mark.parametrize(("family", "code"), FAMILIES.items(), ids=str)
def test_a_class_that_is_added_later_has_the_exit_code_of_its_family(
    family: type[JwtToolError], code: Exit
) -> None:
    assert exit_code(type("LaterError", (family,), {"code": "later"})) is code


def test_an_error_of_no_family_is_a_fault() -> None:
    assert exit_code(JwtToolError) is Exit.FAULT


def test_every_exit_code_has_a_meaning() -> None:
    assert set(MEANINGS) == set(Exit)
    assert [int(code) for code in Exit] == [0, 1, 2, 3, 4, 70]


def test_message_and_hint() -> None:
    plain = errors.MalformedError("what is wrong")
    assert (plain.message, plain.hint, str(plain)) == ("what is wrong", None, "what is wrong")
    hinted = errors.MalformedError("what is wrong", hint="what to try")
    assert (hinted.message, hinted.hint, str(hinted)) == ("what is wrong", "what to try", "what is wrong")
    with pytest.raises(TypeError):
        errors.MalformedError("what is wrong", "what to try")  # type: ignore[call-arg]


def test_an_error_crosses_to_another_process_whole() -> None:
    error = pickle.loads(pickle.dumps(errors.JsonError("what is wrong", hint="what to try")))
    assert type(error) is errors.JsonError
    assert (error.code, error.message, error.hint) == ("json", "what is wrong", "what to try")
