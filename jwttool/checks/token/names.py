"""From whom, about whom and for whom a token is: iss, sub, aud, jti."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jwttool.checks.rule import Finding, Outcome, Unjudged, rule
from jwttool.checks.signed.form import not_a_text
from jwttool.checks.signed.view import trifle
from jwttool.checks.token.view import CLAIMS
from jwttool.encoding import json_type, shown
from jwttool.report import Severity

if TYPE_CHECKING:
    from jwttool.checks.token.view import TokenView

ERROR: Final = Severity.ERROR
WARNING: Final = Severity.WARNING

_STRINGS: Final = ("iss", "sub", "jti", "client_id")


@rule(
    "token-strings",
    ERROR,
    "iss, sub, jti and client_id are strings where they are there",
    "RFC 7519 sections 4.1.1, 4.1.2 and 4.1.7; RFC 8693 section 4.3",
    needs=(CLAIMS,),
)
def strings(view: TokenView) -> Outcome:
    """These claims are one string each, compared exactly.

    A list of issuers or subjects is read by one server as its first member and
    by another as any of them: forged tokens have got in that way.
    """
    claims = view.claims
    for name in _STRINGS:
        # The fault is put into words only where there is one.
        if name not in claims or (claims[name] and isinstance(claims[name], str)):
            continue
        fault = not_a_text(name, claims[name])
        if fault is not None:
            return Finding(fault, "the issuer has to make it one string", f"claims.{name}")
    return None


@rule(
    "token-iss",
    ERROR,
    "iss is the issuer that was expected",
    "RFC 7519 section 4.1.1; RFC 8725 section 3.8",
    needs=(CLAIMS, "access-token-iss"),
)
def iss(view: TokenView) -> Outcome:
    """The issuer is the one whose key is trusted, character by character.

    A key may be trusted for one issuer and not for another. Take the issuer from
    its metadata (``--issuer-metadata``), where it stands as it is in tokens.
    """
    wanted = view.expected.issuer
    if wanted is None:
        return Unjudged("no issuer was expected, so iss was compared with nothing")
    if "iss" not in view.claims:
        return Finding("iss is missing", f"expected is {shown(wanted)}", "claims.iss")
    value = view.claims["iss"]
    if value == wanted:
        return None
    if not isinstance(value, str) or not value:
        return Unjudged("not judged, because token-strings did not pass")
    return Finding(
        f"iss is {shown(value)}, not {shown(wanted)}",
        _difference(value, wanted) or "is it a token of another issuer, or of another realm?",
        "claims.iss",
    )


def _difference(value: str, wanted: str) -> str | None:
    if value.rstrip("/") == wanted.rstrip("/"):
        return "they differ by a slash at the end, and are compared character by character"
    if value.replace("/auth/realms/", "/realms/") == wanted.replace("/auth/realms/", "/realms/"):
        return "they differ by /auth, which the issuer has in its path or not"
    return trifle(value, wanted)


@rule(
    "token-aud-type",
    ERROR,
    "aud, if there is one, is a string or a list of strings",
    "RFC 7519 section 4.1.3",
    needs=(CLAIMS,),
)
def aud_type(view: TokenView) -> Outcome:
    """The audience is one string, or a list of strings with something in it."""
    value = view.claims.get("aud")
    if isinstance(value, str):
        if value:
            return None
    elif isinstance(value, list):
        if value and all(isinstance(each, str) and each for each in value):
            return None
    elif "aud" not in view.claims:
        return None
    what = _what_aud_is(value)
    return Finding(f"aud is {what}", "the issuer has to make it a string or a list of strings", "claims.aud")


def _what_aud_is(value: object) -> str:
    match value:
        case "":
            return "an empty string"
        case []:
            return "an empty list"
        case list():
            return "a list with something in it that is no string"
        case _:
            return f"{json_type(value)}, not a string or a list of strings"


@rule(
    "token-aud",
    ERROR,
    "aud has the audience that was expected",
    "RFC 7519 section 4.1.3; RFC 8725 section 3.9",
    needs=("token-aud-type", "access-token-aud"),
)
def aud(view: TokenView) -> Outcome:
    """The token is for who verifies it: its own name is the audience, or in the list of them.

    A token for another server must be refused, or any server could use at the
    next one what it was given. Compared character by character.
    """
    wanted = view.expected.audience
    if wanted is None:
        return Unjudged("no audience was expected, so aud was compared with nothing")
    if "aud" not in view.claims:
        return Finding("aud is missing", f"expected is {shown(wanted)}", "claims.aud")
    value = view.claims["aud"]
    audiences = [value] if isinstance(value, str) else value
    if wanted in audiences:
        return None
    found = ", ".join(map(shown, audiences[:5]))
    # Of a list without end only the beginning is looked at for what comes near.
    hints = (_difference(each, wanted) for each in audiences[:5])
    return Finding(
        f"aud is {found}, not {shown(wanted)}",
        next(filter(None, hints), "is it a token for another server?"),
        "claims.aud",
    )


@rule(
    "token-aud-list",
    WARNING,
    "aud is one audience",
    "RFC 8725 section 3.9; RFC 7519 section 4.1.3",
    needs=("token-aud-type",),
)
def aud_list(view: TokenView) -> Outcome:
    """With several audiences each of the servers can use the token at the others.

    Ask for a token for each server, where the issuer offers that (RFC 8707).
    """
    value = view.claims.get("aud")
    if not isinstance(value, list) or len(value) < 2:
        return None
    return Finding(
        f"aud is a list of {len(value)} audiences: each can use the token at the others",
        "ask for a token for each server",
        "claims.aud",
    )
