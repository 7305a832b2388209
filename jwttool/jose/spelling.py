"""A token that was given in another spelling than the compact one: what it is, said by name.

Only the compact form is verified, because it can be read in one way alone. What
comes instead is mostly a sound token with something around it, and a report of a
character that is outside the alphabet would send its reader looking for a cut one.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from jwttool.encoding import parse_json_object
from jwttool.errors import JsonError, NotATokenError
from jwttool.jose.compact import read_compact

if TYPE_CHECKING:
    from jwttool.jose.compact import UnverifiedToken

_SIGNED_DOTS: Final = 2
_QUOTES: Final = "'\"`´‘’“”„«»"  # noqa: RUF001  # the look-alikes are meant
_WHITE: Final = re.compile(r"\s")
_BEARER: Final = re.compile(r"(?:Authorization:\s*+)?+Bearer\s", re.IGNORECASE)


def read_as_given(text: str) -> UnverifiedToken:
    """Take a compact JWS apart, as :func:`jwttool.jose.read_compact` does; say of others what they are.

    An SD-JWT, a quoted or a folded token has that as its fault of form.

    :raises TooLargeError: over the limit for tokens.
    :raises NotATokenError: not even shaped like a token, or one in JSON form.
    """
    try:
        token = read_compact(text)
    except NotATokenError:
        refuse_json_form(text)
        raise
    if "form" not in token.faults:
        return token
    refuse_json_form(text)
    fault = _fault(text)
    return token if fault is None else replace(token, faults={**token.faults, "form": fault})


def refuse_json_form(text: str) -> None:
    """Refuse a token in one of the JSON forms, by name; anything else is let pass.

    :raises NotATokenError: it is one (RFC 7515 section 7.2, RFC 7516 section 7.2).
    """
    stripped = text.strip()
    if not stripped.startswith("{"):
        return
    try:
        document = parse_json_object(stripped.encode("utf-8", "replace"))
    except JsonError:
        return
    # Imported for the rare case: it brings along what reads encrypted tokens.
    from jwttool.jose.serialisations import is_encrypted, is_serialisation

    if not is_serialisation(document):
        return
    form = (
        "an encrypted token in JSON form (RFC 7516 section 7.2)"
        if is_encrypted(document)
        else "a signed token in JSON form (RFC 7515 section 7.2)"
    )
    raise NotATokenError(
        form,
        hint="only the compact form is taken here, which can be read in one way alone: ask for that;"
        " `jwttool token inspect` shows this one",
    )


def _fault(text: str) -> str | None:
    """What is around a token, or beside it, that makes it no compact one; None for anything else."""
    stripped = text.strip()
    issued, tilde, _ = stripped.partition("~")
    if tilde and issued.count(".") == _SIGNED_DOTS:
        return "a signed token with disclosures after it (SD-JWT)"
    if stripped[0] in _QUOTES or stripped[-1] in _QUOTES:
        return "there are quotes around the token"
    if _BEARER.match(stripped):
        return "Bearer stands before the token"
    if _WHITE.search(stripped) and _WHITE.sub("", stripped).count(".") == _SIGNED_DOTS:
        return (
            "the token is folded: there is white space in it, which a terminal or a mail puts into long lines"
        )
    return None
