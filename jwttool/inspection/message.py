"""Whatever people paste that is no bare token: an answer, a request, or a part of one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from jwttool.checks.answer.message import (
    BodyKind,
    Failure,
    Fault,
    FaultKind,
    FoundToken,
    Message,
    MessageKind,
)
from jwttool.encoding import Limit, check_size
from jwttool.inspection.message_body import Body, is_form, read_body, read_form, read_json
from jwttool.inspection.message_callback import callback_members, has_token, is_url
from jwttool.inspection.message_curl import read_curl
from jwttool.inspection.message_head import (
    TOKENS,
    Head,
    read_head,
    read_url,
    tokens_of,
    without_command,
    without_secrets,
)
from jwttool.inspection.message_unwrap import unwrap
from jwttool.inspection.message_within import tokens_within

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jwttool.encoding import JsonObject

__all__ = [
    "BodyKind",
    "Failure",
    "Fault",
    "FaultKind",
    "FoundToken",
    "Message",
    "MessageKind",
    "read_message",
    "read_response",
    "read_sent",
    "unwrap",
]

# What tells an answer or a request from any other JSON. Not client_id and not
# scope: the claims of an access token have them too (RFC 9068 section 2.2).
_OF_ANSWERS: Final = frozenset(
    {
        "access_token",
        "error",
        "errors",
        "expires_in",
        "id_token",
        "not-before-policy",
        "refresh_expires_in",
        "refresh_token",
        "token_type",
    }
)
_OF_REQUESTS: Final = frozenset(
    {
        "auth_code",
        "client_assertion",
        "client_assertion_type",
        "client_secret",
        "grant_type",
        "redirect_uri",
    }
)
_OF_JOSE: Final = frozenset({"ciphertext", "keys", "kty", "payload", "protected", "signature", "signatures"})
"""Members of tokens and keys in JSON: RFC 7515 section 7.2, RFC 7516 section 7.2, RFC 7517."""
_ORDER: Final = ("access_token", "client_assertion", "assertion", "subject_token", "actor_token", "token")
"""What is asked about, before what comes along with it."""
_ALONG: Final = ("refresh_token", "id_token", "ccg_token")

_CHALLENGE: Final = re.compile(
    r"(?:Bearer|DPoP)[ ]{1,8}(?:realm|error|error_description|error_uri|scope)[ ]?="
)
_BASIC: Final = re.compile(r"Basic[ ]{1,8}[A-Za-z0-9+/]++=*+", re.IGNORECASE)
_PARAMETER: Final = r'(?:^|[\s,]){}[ ]?=[ ]?(?:"((?:[^"\\]|\\.)*+)"|([^\s,"]++))'
_ERROR: Final = re.compile(_PARAMETER.format("error"))
_DESCRIPTION: Final = re.compile(_PARAMETER.format("error_description"))


def read_message(text: str) -> Message | None:
    """The answer or the request that a text is; None for a token, a key, or anything else.

    What is odd about it is kept in ``faults``; nothing is judged here.

    :raises TooLargeError: over the limit for tokens; nothing is looked at then.
    """
    check_size(text, Limit.TOKEN, "the input")
    text = text.strip().removeprefix("\ufeff")
    # A bare token, the most frequent by far, has none of these.
    if not ("{" in text or ":" in text or "=" in text or " " in text or "\n" in text):
        return None
    text = text.replace("\r\n", "\n")
    # Half of a surrogate pair, as of an argument that is no text, is nothing that a parser of headers takes.
    head = read_head(text.encode("utf-8", "replace").decode())
    if head is not None:
        return _from_head(head)
    # A command and, below it, what it printed: a body alone, or nothing yet.
    printed = without_command(text)
    if printed.startswith("{"):
        return _from_json(read_json(printed), printed)
    if printed is not text and printed:
        return None
    if (command := read_curl(text)) is not None:
        return _from_head(command)
    if is_url(text):
        return _from_url(text)
    if _CHALLENGE.match(text):
        return _from_head(
            Head(
                kind=MessageKind.RESPONSE,
                form="WWW-Authenticate header",
                headers=(("WWW-Authenticate", " ".join(text.split())),),
                body="",
            )
        )
    if _BASIC.fullmatch(text):
        headers = without_secrets((("Authorization", text),))
        return Message(kind=MessageKind.REQUEST, form="Authorization header", headers=headers)
    return _from_form(text) if is_form(text) else None


def read_response(status: int, reason: str, headers: tuple[tuple[str, str], ...], body: str) -> Message:
    """The answer that came over a connection: nothing in it has to be guessed, as in what is pasted."""
    form = f"HTTP answer {status}"
    head = Head(
        kind=MessageKind.RESPONSE, form=form, body=body, status=status, reason=reason, headers=headers
    )
    found = _from_head(head)
    return Message(kind=MessageKind.RESPONSE, form=form, status=status) if found is None else found


def read_sent(method: str, url: str, headers: tuple[tuple[str, str], ...], body: str) -> Message:
    """The request that is about to be sent."""
    form = "HTTP request"
    head = Head(kind=MessageKind.REQUEST, form=form, body=body, method=method, target=url, headers=headers)
    found = _from_head(head)
    return Message(kind=MessageKind.REQUEST, form=form, method=method) if found is None else found


def _from_head(head: Head) -> Message | None:
    body = read_body(head.body, _media_type(head))
    kind = head.kind or _kind_of(body.members)
    if kind is None or _is_one_token(head):
        return None
    # curl -v: the host stands in the request's own headers, already put before the target.
    url = read_url(head.target, head.headers if kind is MessageKind.REQUEST else ())
    tokens = (*tokens_of(head.headers), *tokens_of(head.sent), *url.tokens)
    callback = _callback(head, body) if kind is MessageKind.RESPONSE else None
    members = body.members if callback is None else callback
    if not members and body.kind in {BodyKind.JSON, BodyKind.TEXT}:  # application/jwt is text too
        tokens = (*tokens, *tokens_within(head.body))
    return Message(
        kind=kind,
        form=head.form,
        status=head.status,
        reason=head.reason,
        method=head.method,
        url=url.shown,
        query=url.query,
        url_secrets=url.secrets,
        headers=without_secrets(head.headers),
        sent=without_secrets(head.sent),
        body=body.kind,
        members=members,
        envelope=_envelope(body.members),
        challenge=_challenge(head.headers) if kind is MessageKind.RESPONSE else None,
        callback=callback is not None,
        faults=(*head.faults, *body.faults),
        tokens=tuple(_in_order(members, tokens)),
    )


def _from_url(text: str) -> Message | None:
    members = callback_members(text, whole=False)
    if members is not None:
        tokens = tuple(_in_order(members, ()))
        form = "call-back URL"
        return Message(kind=MessageKind.RESPONSE, form=form, members=members, tokens=tokens, callback=True)
    if has_token(text):
        return _from_head(Head(kind=MessageKind.REQUEST, form="URL", body="", target=text))
    return None


def _callback(head: Head, body: Body) -> JsonObject | None:
    """The parameters that a redirect brings to the call-back URL."""
    if body.members or not (head.status is None or 300 <= head.status < 400):
        return None
    location = next((value for name, value in head.headers if name.lower() == "location"), None)
    return None if location is None else callback_members(location, whole=True)


def _media_type(head: Head) -> str | None:
    value = next((value for name, value in head.headers if name.lower() == "content-type"), None)
    return None if value is None else value.partition(";")[0].strip().lower()


def _is_one_token(head: Head) -> bool:
    """Whether it is a header line with a token in it, and nothing else: then the token is what is meant."""
    alone = head.status is None and head.method is None and not head.body.strip()
    return alone and len(head.headers) == 1 and len(tokens_of(head.headers)) == 1


def _from_json(body: Body, text: str) -> Message | None:
    if body.members:
        names: Iterable[str] = body.members
        kind = _kind_of(body.members)
    else:
        # Not readable: what it was meant to be is told by the names in it.
        # Single quotes are what Python prints of a dict.
        known = _OF_ANSWERS | _OF_REQUESTS | _OF_JOSE
        names = [name for name in known if f'"{name}"' in text or f"'{name}'" in text]
        kind = _kind_by_name(names)
    if kind is None or not _OF_JOSE.isdisjoint(names):
        return None
    return Message(
        kind=kind,
        form="JSON answer" if kind is MessageKind.RESPONSE else "JSON request",
        body=body.kind,
        members=body.members,
        envelope=_envelope(body.members),
        faults=body.faults,
        # Of what cannot be read the tokens can be found still.
        tokens=tuple(_in_order(body.members, () if body.members else tokens_within(text))),
    )


def _from_form(text: str) -> Message | None:
    body = read_form(text)
    kind = _kind_of(body.members)
    # One field alone, TOKEN=..., is a variable with a token in it.
    if kind is None or (len(body.members) == 1 and _OF_REQUESTS.isdisjoint(body.members)):
        return None
    return Message(
        kind=kind,
        form="form",
        body=body.kind,
        members=body.members,
        faults=body.faults,
        tokens=tuple(_in_order(body.members, ())),
    )


def _kind_of(members: JsonObject) -> MessageKind | None:
    inside = members.get("data")
    kind = _kind_by_name(members)
    return _kind_by_name(inside) if kind is None and isinstance(inside, dict) else kind


def _kind_by_name(names: Iterable[str]) -> MessageKind | None:
    known = frozenset(names)
    # A request to refresh has a refresh_token, and an answer never has a grant_type.
    if not known.isdisjoint(_OF_REQUESTS) and "access_token" not in known:
        return MessageKind.REQUEST
    return None if known.isdisjoint(_OF_ANSWERS) else MessageKind.RESPONSE


def _envelope(members: JsonObject) -> str | None:
    inside: Any = members.get("data")
    if not isinstance(inside, dict) or _kind_by_name(members) is not None:
        return None
    return "data" if len(members) == 1 or _kind_by_name(inside) is not None else None


def _challenge(headers: tuple[tuple[str, str], ...]) -> Failure | None:
    value = next((value for name, value in headers if name.lower() == "www-authenticate"), None)
    if value is None:
        return None
    return Failure(_parameter(_ERROR, value), _parameter(_DESCRIPTION, value))


def _parameter(pattern: re.Pattern[str], value: str) -> str:
    found = pattern.search(value)
    return "" if found is None else (found[1] or found[2] or "")


def _in_order(members: JsonObject, others: Iterable[FoundToken]) -> Iterator[FoundToken]:
    """The tokens of a message: the one that is asked about first, wherever it stands."""
    inside: Any = members.get("data")
    places = [("", members)]
    if isinstance(inside, dict):
        places.append(("data.", inside))
    elsewhere = sorted(others, key=lambda found: found.where.rpartition(" ")[2].lower() in _ALONG)
    yield from _members(places, _ORDER)
    yield from (each for each in elsewhere)
    yield from _members(places, _ALONG)


def _members(places: list[tuple[str, JsonObject]], names: Iterable[str]) -> Iterator[FoundToken]:
    for name in names:
        for prefix, members in places:
            value = members.get(name)
            if name in TOKENS and isinstance(value, str) and value:
                yield FoundToken(f"{prefix}{name}", value)
