"""The head of an HTTP message as people paste it: from ``curl -i``, ``curl -v`` or a browser.

The first line is told by a small pattern, the headers are read by the standard
library, and what opens something is taken out of both before anybody sees them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import parse_qsl

from jwttool.checks.answer.message import SECRETS, Fault, FaultKind, FoundToken, MessageKind

Pairs = tuple[tuple[str, str], ...]

TOKENS: Final = SECRETS - {"auth_code", "client_secret", "code", "code_verifier", "device_code", "password"}
"""The names under which a token is sent, of those that are never shown."""
HIDDEN: Final = "(not shown)"

_STATUS_LINE: Final = re.compile(r"HTTP/\d(?:\.\d)? (\d{3})(?: ([^\n]*))?(?:\n|\Z)")
_REQUEST_LINE: Final = re.compile(
    r"(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) ([^\s?#]\S*)(?: HTTP/\d(?:\.\d)?)?[ ]*(?:\n|\Z)"
)
_HEADER_LINE: Final = re.compile(r"([A-Za-z][A-Za-z0-9_-]{0,63}):(?!//)")
# Where a head ends: at the empty line, or at a body that lost the line in copying.
_END_OF_HEAD: Final = re.compile(r"\n(?:[ \t]*\n|(?=[{\[<]))")
_VERBOSE: Final = re.compile(r"(?:\*|[<>] ?(?:HTTP/|[A-Z]{3,7} ))")
# Up to a line end behind which it does not go on: shells have a backslash there, cmd a caret,
# PowerShell a backtick; and quotes may have line ends in them.
_CURL_COMMAND: Final = re.compile(
    r"""[$%#>]? ?curl(?:\.exe)? (?:"(?:[^"\\]|\\.)*+"|'[^']*+'|[\\^`].|[^\n\\^`])*+(?:\n|\Z)""", re.DOTALL
)
_USER_INFO: Final = re.compile(r"((?:[a-z][a-z0-9+.-]{0,20}+://)?)[^/@]*@", re.IGNORECASE)

_MAX_HEAD: Final = 64 * 1024
"""Characters: what http.client takes for one line is far more than any honest head has."""
_MAX_HEADS: Final = 10
_MAX_QUERY: Final = 16 * 1024
_OF_ANSWERS: Final = frozenset(
    {
        "age",
        "alt-svc",
        "cache-control",
        "date",
        "etag",
        "expires",
        "location",
        "pragma",
        "server",
        "set-cookie",
        "strict-transport-security",
        "transfer-encoding",
        "vary",
        "www-authenticate",
    }
)
_OF_REQUESTS: Final = frozenset(
    {
        "accept",
        "authorization",
        "ccg_token",
        "dpop",
        "fi_reference_id",
        "host",
        "proxy-authorization",
        "user-agent",
        "version",
    }
)
_OF_BOTH: Final = frozenset({"connection", "content-length", "content-type"})
_TELLING: Final = ("assertion", "cookie", "key", "password", "secret", "signature", "token")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A head with its secrets still in it, and the text behind it; for this package alone."""

    kind: MessageKind | None
    form: str
    body: str
    status: int | None = None
    reason: str = ""
    method: str | None = None
    target: str | None = None
    headers: Pairs = ()
    sent: Pairs = ()
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Url:
    """A URL without its query, the names of the query's fields, and the tokens in it."""

    shown: str | None = None
    query: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    tokens: tuple[FoundToken, ...] = ()


# --- finding the head ---------------------------------------------------------


def read_head(text: str) -> Head | None:
    """The head at the beginning of a text with LF line ends; None where there is none.

    Of several, one behind the other (100 Continue, a proxy's, redirects), the
    last one counts.
    """
    text = without_command(text)
    if _VERBOSE.match(text):
        return _read_verbose(text)
    if _STATUS_LINE.match(text):
        return _read_answer(text)
    return _read_request(text) or _read_headers_alone(text)


def without_command(text: str) -> str:
    """What stands below a curl command; the same text where there is no command at its beginning."""
    command = _CURL_COMMAND.match(text)
    return text if command is None else text[command.end() :].lstrip()


def _read_request(text: str) -> Head | None:
    line = _REQUEST_LINE.match(text)
    if line is None:
        return None
    block, body = _cut(text, line.end())
    headers, faults = _headers(block)
    return Head(
        kind=MessageKind.REQUEST,
        form="HTTP request",
        method=line[1],
        target=line[2],
        headers=headers,
        body=body,
        faults=faults,
    )


def _read_answer(text: str) -> Head | None:
    start, found = 0, None
    for _ in range(_MAX_HEADS):
        line = _STATUS_LINE.match(text, start)
        if line is None:
            break
        found = line
        end = _END_OF_HEAD.search(text, line.end() - 1)
        start = len(text) if end is None else end.end()
    if found is None:
        return None
    block, body = _cut(text, found.end())
    headers, faults = _headers(block)
    return Head(
        kind=MessageKind.RESPONSE,
        form="HTTP answer",
        status=int(found[1]),
        reason=(found[2] or "").strip(),
        headers=headers,
        body=body,
        faults=faults,
    )


def _read_headers_alone(text: str) -> Head | None:
    line = _HEADER_LINE.match(text)
    if line is None or line[1].lower() not in _OF_ANSWERS | _OF_REQUESTS | _OF_BOTH:
        return None
    block, body = _cut(text, 0)
    headers, faults = _headers(block)
    names = {name.lower() for name, _ in headers}
    kind: MessageKind | None = None
    if not names.isdisjoint(_OF_ANSWERS):
        kind = MessageKind.RESPONSE
    elif not names.isdisjoint(_OF_REQUESTS):
        kind = MessageKind.REQUEST
    one = f"{headers[0][0]} header" if len(headers) == 1 and not body.strip() else "HTTP headers"
    return Head(kind=kind, form=one, headers=headers, body=body, faults=faults)


def _read_verbose(text: str) -> Head | None:
    """``curl -v``: what was sent, what came back, and curl's own remarks between the lines."""
    sent: list[str] = []
    received: list[str] = []
    body: list[str] = []
    for line in text.split("\n"):
        if line.startswith((">", "< ")) or line == "<":
            into = sent if line[0] == ">" else received
            content = line[1:].removeprefix(" ")
            if _REQUEST_LINE.match(content) and into is sent:
                sent, received, body = [], [], []
                into = sent
            elif _STATUS_LINE.match(content) and into is received:
                received, body = [], []
                into = received
            into.append(content)
        elif not _is_remark(line):
            body.append(line)
    asked = _read_request("\n".join(sent))
    answer = _read_answer("\n".join(received))
    rest = _without_last_remark("\n".join(body))
    # curl -iv: the head is written once more, among the remarks.
    again = _read_answer(rest.lstrip())
    rest = rest if again is None else again.body
    if answer is None or asked is None:
        alone = answer or asked
        return None if alone is None else replace(alone, body=rest)
    target = _full(asked.target, asked.headers)
    return replace(answer, body=rest, method=asked.method, target=target, sent=asked.headers)


def _is_remark(line: str) -> bool:
    return line.startswith(("* ", "{ [", "} [", "  % Total")) or "--:--:--" in line or "Dload  Upload" in line


def _without_last_remark(body: str) -> str:
    # curl writes its remarks to another stream: the last one follows a body
    # that ends without a line end.
    last = body.rstrip().rpartition("\n")[2]
    for remark in ("* Connection #", "* Closing connection"):
        if remark in last:
            return body[: body.rindex(remark)]
    return body


def _cut(text: str, start: int) -> tuple[str, str]:
    """The lines of the headers, from where they begin, and the body behind them."""
    if start and text[start : start + 1] in {"\n", "{", "[", "<"}:
        return "", text[start:]  # no header at all
    end = _END_OF_HEAD.search(text, start)
    return (text[start:], "") if end is None else (text[start : end.start()], text[end.end() :])


def _headers(block: str) -> tuple[Pairs, tuple[Fault, ...]]:
    if len(block) > _MAX_HEAD:
        return (), (Fault(FaultKind.HEADERS, f"the headers have more than {_MAX_HEAD:,} characters"),)
    # Late: whoever pastes a token alone does not wait for it. http.client reads
    # headers by the same parser, from a socket.
    from email.parser import HeaderParser

    parsed = HeaderParser().parsestr(block)
    pairs = tuple((name, " ".join(str(value).split())) for name, value in parsed.raw_items())
    if parsed.defects:
        return pairs, (Fault(FaultKind.HEADERS, "a line among the headers is none"),)
    return pairs, ()


# --- taking the secrets out -----------------------------------------------------


def without_secrets(headers: Pairs) -> Pairs:
    """The headers with everything that opens something replaced."""
    return tuple((name, _harmless(name.lower(), value)) for name, value in headers)


def _harmless(name: str, value: str) -> str:
    if name in {"authorization", "proxy-authorization"}:
        scheme, blank, _ = value.partition(" ")
        # Without a scheme the first word is the secret.
        return f"{scheme} {HIDDEN}" if blank and scheme.isalnum() and len(scheme) <= 20 else HIDDEN
    if name == "dpop" or any(word in name for word in _TELLING):
        return HIDDEN
    if name in {"location", "referer"}:
        address, mark, _ = value.partition("?")
        return f"{address.partition('#')[0]}?{HIDDEN}" if mark else address.partition("#")[0]
    return value


def tokens_of(headers: Pairs) -> tuple[FoundToken, ...]:
    """The tokens that headers carry."""
    found: list[FoundToken] = []
    for name, value in headers:
        lower = name.lower()
        if lower in {"authorization", "proxy-authorization"}:
            scheme, _, token = value.partition(" ")
            if scheme.lower() in {"bearer", "dpop"} and token.strip():
                found.append(FoundToken(f"header {name}", token.strip()))
        elif (lower in TOKENS or lower == "dpop") and value:
            found.append(FoundToken(f"header {name}", value))
    return tuple(found)


def read_url(target: str | None, headers: Pairs) -> Url:
    """A request's target beside its host, without the query, which may hold anything."""
    if target is None:
        return Url()
    full = _full(target, headers) or ""
    address, _, query = full.partition("#")[0].partition("?")
    named = _USER_INFO.match(address)
    if named:
        address = named[1] + address[named.end() :]
    try:
        # The length of a URL that servers take at most; the rest would only cost.
        fields = parse_qsl(query[:_MAX_QUERY], keep_blank_values=True, max_num_fields=100)
    except ValueError:
        fields = []
    names = tuple(dict.fromkeys(name for name, _ in fields))
    secrets = tuple(name for name in names if name in SECRETS)
    return Url(
        address,
        names,
        (*secrets, "user name and password") if named else secrets,
        tuple(FoundToken(f"query {name}", value) for name, value in fields if name in TOKENS and value),
    )


def _full(target: str | None, headers: Pairs) -> str | None:
    if target is None or not target.startswith("/"):
        return target
    return next((value for name, value in headers if name.lower() == "host"), "") + target
