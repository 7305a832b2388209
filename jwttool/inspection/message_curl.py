"""A curl command line, pasted from a document, a script or a browser: the request that it sends.

It is split by the standard library as a shell does it, and its options are
told apart by the standard library too; nothing is run and no file is opened.
"""

from __future__ import annotations

import getopt
import re
import shlex
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from jwttool.checks.answer.message import MessageKind
from jwttool.inspection.message_head import Head
from jwttool.providers.shapes import FORM, JSON

if TYPE_CHECKING:
    from collections.abc import Iterator

# At the start of a line, behind a prompt, or in a shell's $(...) or `...`.
_COMMAND: Final = re.compile(
    r"(?:^|\$\(|`)[ \t]{0,8}(?:[$%#>][ \t]{1,4})?curl(?:\.exe)?(?=[ \t])", re.MULTILINE
)
_CMD: Final = re.compile(r"\^(?:[\r\n]|\")")
_CARET: Final = re.compile(r"\^(.)", re.DOTALL)
# A line that goes on; documents that were flattened leave the backslash and a blank.
_CONTINUED: Final = re.compile(r"[\\`^][ \t]*+\n|\\[ \t]++(?=-)")
# Up to the line end, or the shell's operator, behind which something else begins.
_END: Final = re.compile(
    r"""(?:"(?:[^"\\]|\\.)*+"|'[^']*+'|\\.|[^\\"';|&()<>`\n])*+""",
    re.DOTALL,
)
_METHOD: Final = re.compile(r"[A-Z]{3,10}")
_LONGEST: Final = 32 * 1024
"""Characters: splitting goes one by one, and no command line that a shell takes is longer."""
_MOST_COMMANDS: Final = 3
_MOST_WORDS: Final = 200
_MOST_UNKNOWN: Final = 20

_WITH_VALUE: Final = "A:b:C:c:D:d:E:e:F:H:h:K:m:o:P:Q:r:T:t:u:U:w:X:x:y:Y:z:"
_FLAGS: Final = "0123469:#afGgIiJjkLlMNnOpqRSsvVZ"
# fmt: off
_LONG_WITH_VALUE: Final = (
    "aws-sigv4", "cacert", "capath", "cert", "cert-type", "ciphers", "config", "connect-timeout",
    "connect-to", "cookie", "cookie-jar", "crlfile", "data", "data-ascii", "data-binary", "data-raw",
    "data-urlencode", "dump-header", "form", "form-string", "header", "interface", "json", "key",
    "key-type", "limit-rate", "max-redirs", "max-time", "noproxy", "oauth2-bearer", "output",
    "output-dir", "pass", "pinnedpubkey", "proxy", "proxy-user", "referer", "request", "request-target",
    "resolve", "retry", "retry-delay", "retry-max-time", "stderr", "tls-max", "tls13-ciphers", "trace",
    "trace-ascii", "unix-socket", "upload-file", "url", "url-query", "user", "user-agent", "write-out",
)
# fmt: on
# Of the options without a value only those which a longer one begins with, or which matter here.
_LONG_FLAGS: Final = ("get", "head")
_DATA: Final = frozenset({"-d", "--data", "--data-ascii", "--data-binary", "--data-raw"})


def read_curl(text: str) -> Head | None:
    """The request that a curl command would send; None where there is none in the text.

    Files (``@file``) are not read: what they hold is left out of the body.
    """
    if "curl" not in text or len(text) > _LONGEST:
        return None
    for count, found in enumerate(_COMMAND.finditer(text)):
        if count == _MOST_COMMANDS:
            break
        head = _request(text[found.end() :])
        if head is not None:
            return head
    return None


def _request(command: str) -> Head | None:
    try:
        options, rest = _options(_words(command))
    except (ValueError, getopt.GetoptError):
        return None
    urls = [value for name, value in options if name == "--url"] + rest
    # Beside the value of an option that is not known here the URL is still what looks like one.
    url = next((each for mark in ("://", "/") for each in urls if mark in each), None)
    if url is None:
        return None
    given = dict(options)
    headers = tuple(_headers(options))
    body = "&".join(_data(options)) or "".join(value for name, value in options if name == "--json")
    if "-G" in given or "--get" in given:
        url, body = f"{url}{'&' if '?' in url else '?'}{body}" if body else url, ""
    elif body and not any(name.lower() == "content-type" for name, _ in headers):
        # What curl sends by itself.
        headers = (*headers, ("Content-Type", JSON if "--json" in given else FORM))
    method = given.get("-X") or given.get("--request") or _method(given)
    return Head(
        kind=MessageKind.REQUEST,
        form="curl command",
        method=method if _METHOD.fullmatch(method) else None,
        target=url,
        headers=headers,
        body=body,
    )


def _words(command: str) -> list[str]:
    """The arguments, up to where the command ends.

    :raises ValueError: a quote that is never closed, or too many words.
    """
    if _CMD.search(command):  # Windows' cmd: a caret takes the next character as it is
        command = _CARET.sub(lambda found: " " if found[1] in "\r\n" else found[1], command)
    command = _CONTINUED.sub(" ", command)
    end = _END.match(command)
    if end is None or command[end.end() : end.end() + 1] in {'"', "'"}:
        raise ValueError("a quote that is never closed")
    words = shlex.split(end[0])
    if len(words) > _MOST_WORDS:
        raise ValueError("more words than anybody types")
    return words


def _options(words: list[str]) -> tuple[list[tuple[str, str]], list[str]]:
    """The options and what is left; an option that is not known is taken as one without a value."""
    flags, short = list(_LONG_FLAGS), _WITH_VALUE + _FLAGS.replace(":", "")
    for _ in range(_MOST_UNKNOWN):
        try:
            return getopt.gnu_getopt(words, short, [*(f"{name}=" for name in _LONG_WITH_VALUE), *flags])
        except getopt.GetoptError as error:
            if len(error.opt) < 2 or error.opt in flags or error.opt in _LONG_WITH_VALUE:
                raise
            flags.append(error.opt)
    raise ValueError("too many options that are not known")


def _headers(options: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for name, value in options:
        if name in {"-H", "--header"} and ":" in value and not value.startswith("@"):
            header, _, content = value.partition(":")
            yield header.strip(), " ".join(content.split())
        elif name == "--oauth2-bearer":
            yield "Authorization", f"Bearer {value}"
        elif name in {"-u", "--user"}:
            yield "Authorization", f"Basic {value}"
        elif name in {"-b", "--cookie"}:
            yield "Cookie", value


def _data(options: list[tuple[str, str]]) -> Iterator[str]:
    for name, value in options:
        if name in _DATA and (name == "--data-raw" or not value.startswith("@")):
            yield value
        elif name == "--data-urlencode":
            field, mark, content = value.partition("=")
            if mark:
                yield f"{field}={quote(content, safe='')}" if field else quote(content, safe="")


def _method(given: dict[str, str]) -> str:
    if not given.keys().isdisjoint({"-I", "--head"}):
        return "HEAD"
    if not given.keys().isdisjoint({"-G", "--get"}):
        return "GET"
    sends = _DATA | {"--data-urlencode", "--json", "-F", "--form"}
    return "GET" if given.keys().isdisjoint(sends) else "POST"
