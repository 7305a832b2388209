"""A secret shows itself to nobody who doesn't ask for it."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import traceback
from dataclasses import asdict, dataclass

import pytest

from jwttool.errors import InputError
from jwttool.secret import Secret
from tests.hostile import CANARY, refusal

SECRET = Secret(CANARY.encode())


def test_the_one_way_to_it() -> None:
    assert SECRET.reveal() == CANARY.encode()
    assert Secret.from_text("pässword").reveal() == "pässword".encode()


def test_it_is_hidden_wherever_it_is_printed(caplog: pytest.LogCaptureFixture) -> None:
    shown = [
        repr(SECRET),
        str(SECRET),
        f"{SECRET}",
        f"{SECRET!r:>40}",
        repr([SECRET]),
    ]
    logging.getLogger("test").warning("the passphrase is %s", SECRET)
    shown.append(caplog.text)
    shown += traceback.format_exception(ValueError(SECRET))
    assert all("Secret(hidden)" in text for text in shown)
    assert not any(CANARY in text for text in shown)


@dataclass
class Holder:
    secret: Secret


@pytest.mark.parametrize(
    "leak",
    [
        lambda: pickle.dumps(SECRET),
        lambda: pickle.dumps(SECRET, protocol=0),
        SECRET.__reduce__,
        SECRET.__getstate__,
        lambda: copy.copy(SECRET),
        lambda: copy.deepcopy([SECRET]),
        lambda: asdict(Holder(SECRET)),
    ],
    ids=["pickle", "pickle 0", "reduce", "getstate", "copy", "deepcopy", "asdict"],
)
def test_it_is_not_pickled_or_copied(leak: object) -> None:
    assert callable(leak)
    with pytest.raises(TypeError, match=r"^a Secret is not pickled or copied$"):
        leak()


def test_it_is_not_json_and_has_no_attributes_to_walk() -> None:
    with pytest.raises(TypeError) as refused:
        json.dumps(SECRET)
    assert CANARY not in str(refused.value)
    assert not hasattr(SECRET, "__dict__")


def test_it_is_compared_but_not_hashed() -> None:
    assert Secret(b"a") == Secret(b"a")
    assert Secret(b"a") != Secret(b"b")
    assert Secret(b"a") != Secret(b"aa")
    assert Secret(b"a") != b"a"
    assert not Secret(b"a") == "a"  # noqa: SIM201  # __eq__ itself, not its opposite
    with pytest.raises(TypeError, match="unhashable"):
        hash(Secret(b"a"))


def test_an_empty_one_is_false() -> None:
    assert Secret(b"\0")
    assert not Secret(b"")


def test_text_that_utf8_does_not_have_is_refused_without_showing_it() -> None:
    # UnicodeEncodeError, which Python raises here, holds the whole text.
    error = refusal(InputError, lambda: Secret.from_text(CANARY + "\ud800"))
    assert error.message == "a secret with half of a surrogate pair, which is no character"
