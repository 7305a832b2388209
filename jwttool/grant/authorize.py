"""The first half of the authorization code flow: the URL to open, and what comes back to the call-back URL.

RFC 6749 section 4.1, with ``state`` against forged call-backs (section 10.12)
and PKCE by S256 against stolen codes (RFC 7636). A server that does not know
PKCE has to pass the parameters over (RFC 6749 section 3.1).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

from jwttool.encoding import b64url_encode, compact_json, parse_json_object, shown
from jwttool.errors import JsonError, MalformedError, RefusedError, TokenRefusedError
from jwttool.secret import Secret
from jwttool.times import unix_seconds

_LONGEST_CALLBACK: Final = 16 * 1024
_FIELDS: Final = {"client": str, "state": str, "redirect_uri": str, "created": int}


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """An authorization that has begun: what has to be known again when the code comes back."""

    client: str
    redirect_uri: str
    state: Secret
    verifier: Secret | None
    created: datetime

    def url(self, endpoint: str, client_id: str, scope: str | None) -> str:
        """The URL that the customer's browser opens."""
        fields = {"response_type": "code", "client_id": client_id, "redirect_uri": self.redirect_uri}
        if scope is not None:
            fields["scope"] = scope
        fields["state"] = self.state.reveal().decode("ascii")
        if self.verifier is not None:
            fields["code_challenge"] = challenge(self.verifier)
            fields["code_challenge_method"] = "S256"
        joint = "&" if urlsplit(endpoint).query else "?"
        return f"{endpoint}{joint}{urlencode(fields)}"

    def to_bytes(self) -> bytes:
        """The content of the file that keeps it."""
        verifier = None if self.verifier is None else self.verifier.reveal().decode("ascii")
        return compact_json(
            {
                "client": self.client,
                "redirect_uri": self.redirect_uri,
                "state": self.state.reveal().decode("ascii"),
                "code_verifier": verifier,
                "created": unix_seconds(self.created),
            }
        )


def read_authorization(data: bytes) -> Authorization:
    """What :meth:`Authorization.to_bytes` wrote.

    :raises MalformedError: it is something else.
    """
    again = "begin again with --authorize"
    try:
        members = parse_json_object(data)
    except JsonError:
        raise MalformedError("the file of the authorization cannot be read", hint=again) from None
    verifier = members.get("code_verifier")
    right = all(type(members.get(name)) is kind for name, kind in _FIELDS.items())
    if not right or not isinstance(verifier, str | None):
        raise MalformedError("the file of the authorization is none", hint=again)
    return Authorization(
        client=members["client"],
        redirect_uri=members["redirect_uri"],
        state=Secret.from_text(members["state"]),
        verifier=None if verifier is None else Secret.from_text(verifier),
        created=datetime.fromtimestamp(min(max(members["created"], 0), 2**40), UTC),
    )


def challenge(verifier: Secret) -> str:
    """The code_challenge of a verifier (RFC 7636 section 4.2)."""
    return b64url_encode(hashlib.sha256(verifier.reveal()).digest())


@dataclass(frozen=True, slots=True)
class Callback:
    """A one-time code; ``compared`` tells whether it came with the state that was sent."""

    code: Secret = field(repr=False)
    compared: bool


def read_callback(text: str, authorization: Authorization | None) -> Callback:
    """The code in a call-back URL, or a bare code.

    :raises TokenRefusedError: the URL says that the customer or the bank refused.
    :raises RefusedError: the state is not the one that was sent.
    :raises MalformedError: a URL without a code, or nothing at all.
    """
    text = text.strip()
    if not text or len(text) > _LONGEST_CALLBACK or any(character.isspace() for character in text):
        raise MalformedError("there is no code: one word, or the whole call-back URL, is what is needed")
    if "://" not in text and not text.startswith("?"):
        return Callback(Secret.from_text(text), compared=False)
    try:
        query = parse_qs(urlsplit(text).query, keep_blank_values=True, max_num_fields=50)
    except ValueError:
        raise MalformedError("the call-back URL cannot be read") from None
    if "error" in query:
        described = query.get("error_description", [""])[0]
        words = f" ({shown(described)})" if described else ""
        raise TokenRefusedError(
            f"the bank sent the customer back with {shown(query['error'][0])}{words}",
            hint="access_denied: the customer said no, or gave up; begin again with --authorize",
        )
    if len(query.get("code", [])) != 1 or not query["code"][0]:
        raise MalformedError("the call-back URL has no code in it", hint="copy all of it, from https:// on")
    if authorization is not None:
        given = query.get("state", [])
        if len(given) != 1 or Secret.from_text(given[0]) != authorization.state:
            raise RefusedError(
                "the state in the call-back URL is not the one that was sent: this code may be another's",
                hint="use the URL of the latest --authorize; if it is, somebody else made this call-back",
            )
    return Callback(Secret.from_text(query["code"][0]), compared=authorization is not None)
