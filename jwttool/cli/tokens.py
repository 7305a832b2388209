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


def read_pasted(argument: str) -> str:
    """The text that a TOKEN argument means, whatever it is.

    :raises NotATokenError: it is UTF-16.
    """
    if argument == STDIN:
        return _text(read_input(STDIN, Limit.TOKEN, "token"))
    if argument.startswith("@"):
        return _text(read_input(argument[1:], Limit.TOKEN, "token"))
    return argument


def read_token(argument: str) -> str:
    """The token that an argument means, without the white space around it.

    :raises NotATokenError: it is empty, UTF-16 text, or more than the token.
    """
    token = read_pasted(argument).strip(" \t\r\n")
    if not token:
        raise NotATokenError("there is no token: the input is empty")
    if _AROUND.match(token):
        raise NotATokenError(
            "not the token itself, but something around it",
            hint="give the token alone; `jwttool token inspect` reads what is around it too",
        )
    return token


def _text(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise NotATokenError("UTF-16 text where a token belongs", hint="save it as ASCII or UTF-8")
    # What is not UTF-8 is no base64url either, and is judged as that, not refused here.
    return data.decode("utf-8", "replace")
