"""A TOKEN argument: the token itself, ``-``, or ``@FILE``."""

from __future__ import annotations

import re
from typing import Final

from jwttool.edge.reading import STDIN, read_input
from jwttool.encoding import Limit
from jwttool.errors import NotATokenError

_AROUND: Final = re.compile(
    r"\{|\[|Bearer\s|Authorization:|HTTP/|(?:\w++=[^&]*+&)*+client_assertion=", re.IGNORECASE
)
"""A JSON answer or request, a header, an HTTP answer, a form."""


def read_token(argument: str) -> str:
    """The token that an argument means, without the white space around it.

    :raises NotATokenError: it is empty, or UTF-16 text.
    """
    if argument == STDIN:
        text = _text(read_input(STDIN, Limit.TOKEN, "token"))
    elif argument.startswith("@"):
        text = _text(read_input(argument[1:], Limit.TOKEN, "token"))
    else:
        text = argument
    token = text.strip(" \t\r\n")
    if not token:
        raise NotATokenError("there is no token: the input is empty")
    if _AROUND.match(token):
        raise NotATokenError(
            "not the token itself, but something around it",
            hint="give the token alone: the value of client_assertion, or what follows Bearer",
        )
    return token


def _text(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise NotATokenError("UTF-16 text where a token belongs", hint="save it as ASCII or UTF-8")
    # What is not ASCII is no base64url either, and is judged as that, not refused here.
    return data.decode("ascii", "replace")
