"""What the rules for encrypted tokens look at, and what they share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jwttool.checks.rule import Unjudged

if TYPE_CHECKING:
    from jwttool.encoding import JsonObject
    from jwttool.jose.encrypted import EncryptedToken

HEADER: Final = "jwe-header"
"""The rule that nearly all others need."""

IN_ONE_PIECE: Final = "get the token again, in one piece"


@dataclass(frozen=True, slots=True)
class EncryptedView:
    """An encrypted token, and its header: in a JSON form, all that is said to one recipient."""

    token: EncryptedToken
    header: JsonObject


def undecoded(view: EncryptedView, part: str) -> Unjudged | None:
    """The outcome for a part whose very bytes could not be had; None for another."""
    return Unjudged("not judged, because jwe-form did not pass") if part in view.token.undecoded else None
