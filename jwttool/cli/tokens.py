"""A TOKEN argument: the token itself, ``-``, or ``@FILE``."""

from __future__ import annotations

from jwttool.edge.reading import STDIN, read_input
from jwttool.encoding import Limit
from jwttool.errors import NotATokenError


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
    return token


def _text(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise NotATokenError("UTF-16 text where a token belongs", hint="save it as ASCII or UTF-8")
    # What is not ASCII is no base64url either, and is judged as that, not refused here.
    return data.decode("ascii", "replace")
