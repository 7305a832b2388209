"""A TOKEN argument: the token itself, ``-``, or ``@FILE``."""

from __future__ import annotations

import re
import sys
from typing import Final

from jwttool.edge.reading import STDIN, is_file, read_input
from jwttool.edge.terminal import is_terminal, notice
from jwttool.encoding import Limit, decode_pasted
from jwttool.errors import NotATokenError, UsageError

_AROUND: Final = re.compile(
    r"\{|\[|Bearer\s|Authorization:|HTTP/|(?:\w++=[^&]*+&)*+client_assertion=", re.IGNORECASE
)
"""A JSON answer or request, a header, an HTTP answer, a form."""


def read_pasted(argument: str) -> str:
    """The text that a TOKEN argument means, whatever it is.

    :raises UsageError: it is the name of a file, without the @ before it.
    """
    if argument == STDIN:
        if is_terminal(sys.stdin):
            notice(
                "paste it, then Enter and Ctrl-D; a terminal cuts lines at 4,095 characters, @FILE does not"
            )
        return decode_pasted(read_input(STDIN, Limit.TOKEN, "token"))
    if argument.startswith("@"):
        return decode_pasted(read_input(argument[1:], Limit.TOKEN, "token"))
    if is_file(argument):
        raise UsageError("the name of a file, and no token", hint=f"@{argument} reads it")
    return argument


def read_token(argument: str) -> str:
    """The token that an argument means, without the white space around it.

    :raises NotATokenError: it is empty, a token in JSON form, or more than the token.
    :raises UsageError: it is the name of a file, without the @ before it.
    """
    token = read_pasted(argument).strip(" \t\r\n")
    if not token:
        raise NotATokenError("there is no token: the input is empty")
    if _AROUND.match(token):
        _refuse_json_form(token)
        raise NotATokenError(
            "not the token itself, but something around it",
            hint="give the token alone; `jwttool token inspect` reads what is around it too",
        )
    return token


def _refuse_json_form(text: str) -> None:
    # Imported for the rare case, so that a sound token does not wait for it.
    from jwttool.jose.spelling import refuse_json_form

    refuse_json_form(text)
