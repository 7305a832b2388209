"""A TOKEN argument: the token itself, ``-``, or ``@FILE``."""

from __future__ import annotations

from jwttool.edge.reading import STDIN, read_input
from jwttool.encoding import Limit
from jwttool.errors import NotATokenError


def read_token(argument: str) -> str:
    """The token that an argument means, without the white space around it.

    :raises NotATokenError: it is empty or no ASCII text at all.
    """
    if argument == STDIN:
        text = _ascii(read_input(STDIN, Limit.TOKEN, "token"))
    elif argument.startswith("@"):
        text = _ascii(read_input(argument[1:], Limit.TOKEN, "token"))
    else:
        text = argument
    token = text.strip(" \t\r\n")
    if not token:
        raise NotATokenError("there is no token: the input is empty")
    return token


def _ascii(data: bytes) -> str:
    try:
        return data.decode("ascii")
    except UnicodeDecodeError as error:
        raise NotATokenError(f"not a token: byte {error.start} is not ASCII") from None
