"""A request and its answer as HTTP has them; what is secret stays out of every repr."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from jwttool.errors import UsageError, raise_alone
from jwttool.providers.shapes import FORM
from jwttool.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from jwttool.providers.shapes import Member, TokenRequest

MAX_BODY: Final = 1024 * 1024
"""The most bytes of an answer that are read: what `token inspect` takes."""

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """One request for a token, whole.

    ``fields`` are the members of the body in order; ``secrets`` everything in
    it that must not be seen; ``secret_headers`` the names of headers that hold one.
    """

    method: str
    url: str
    shape: TokenRequest
    headers: Pairs = field(repr=False)
    fields: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    secrets: tuple[Secret, ...] = field(repr=False)
    secret_headers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswer:
    """What a server answered: at most :data:`MAX_BODY` bytes of body, and when it was there."""

    status: int
    reason: str
    headers: Pairs = field(repr=False)
    body: bytes = field(repr=False)
    received_at: datetime

    def header(self, name: str) -> str | None:
        """The first header of that name, in any case."""
        return next((value for key, value in self.headers if key.lower() == name), None)


def build_request(
    shape: TokenRequest,
    url: str,
    values: Mapping[str, str | Secret],
    *,
    user: str | None = None,
    password: Secret | None = None,
    extra: Mapping[str, str | Secret] | None = None,
) -> HttpRequest:
    """The request of a shape, with the values of its members and headers by name.

    What the document fixes is filled in; a value that is missing is left out.

    :param user: of the Basic header, with ``password``, where the shape has one.
    :param extra: members beside those of the document (RFC 7636's code_verifier).
    :raises UsageError: a value that UTF-8 has no bytes for.
    """
    fields = {member.name: text for member in shape.members if (text := _value(member, values)) is not None}
    fields |= {name: revealed(value) for name, value in (extra or {}).items()}
    headers = {member.name: text for member in shape.headers if (text := _value(member, values)) is not None}
    secrets = [value for value in {**values, **(extra or {})}.values() if isinstance(value, Secret)]
    if shape.basic and user is not None and password is not None:
        encoded = base64.b64encode(_bytes(f"{user}:{revealed(password)}")).decode("ascii")
        headers["Authorization"] = f"Basic {encoded}"
        secrets += [password, Secret.from_text(encoded)]
    named = {member.name for member in shape.headers if member.secret}
    head = {"Content-Type": shape.content_type, "Accept": "application/json", **headers}
    return HttpRequest(
        method=shape.method,
        url=url,
        shape=shape,
        headers=tuple(head.items()),
        fields=fields,
        body=_encoded(shape, fields),
        secrets=tuple(secret for secret in secrets if secret),
        secret_headers=frozenset(named.intersection(headers)),
    )


def revealed(value: str | Secret) -> str:
    """A value as the text that it is sent as.

    :raises UsageError: for a secret that is no UTF-8.
    """
    if isinstance(value, str):
        return value
    try:
        return value.reveal().decode("utf-8")
    except UnicodeDecodeError:  # which holds the secret
        raise_alone(UsageError("a secret is no text in UTF-8", hint="was the right file named?"))


def _value(member: Member, values: Mapping[str, str | Secret]) -> str | None:
    if len(member.values) == 1:
        return str(member.values[0])
    value = values.get(member.name)
    return None if value is None else revealed(value)


def _encoded(shape: TokenRequest, fields: Mapping[str, str]) -> bytes:
    for text in fields.values():
        _bytes(text)
    if shape.content_type == FORM:
        return urlencode(fields).encode("ascii")
    return json.dumps(fields, ensure_ascii=False).encode("utf-8")


def _bytes(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:  # which holds the text
        raise_alone(UsageError("a value of the request has half of a surrogate pair, which is no character"))
