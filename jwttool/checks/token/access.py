"""What RFC 9068 asks of a JWT that is an OAuth access token, beyond what every token has to keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jwttool.checks.rule import Finding, Outcome, rule
from jwttool.checks.token.view import CLAIMS, HEADER, media_type
from jwttool.encoding import json_type, shown
from jwttool.report import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jwttool.checks.token.view import TokenView

ERROR: Final = Severity.ERROR
WARNING: Final = Severity.WARNING
TYPE: Final = "at+jwt"

_TYPE_HINT: Final = "if the issuer writes another typ, verify without the profile, and expect that one"
_HINT: Final = "if the issuer does not follow RFC 9068, verify without the profile"


@rule(
    "access-token-typ",
    ERROR,
    "typ is that of an access token",
    "RFC 9068 sections 2.1 and 4",
    needs=(HEADER,),
)
def typ(view: TokenView) -> Outcome:
    """``typ`` is at+jwt, or application/at+jwt, and a server refuses every other.

    It keeps an ID token of the same issuer, signed with the same key, from
    passing as an access token. Keycloak writes it only where a switch is set.
    """
    if "typ" not in view.header:
        return Finding("typ is missing, and has to be at+jwt", _TYPE_HINT, "header.typ")
    value = view.header["typ"]
    if isinstance(value, str) and media_type(value) == TYPE:
        return None
    return Finding(f"typ is {shown(value)}, not at+jwt", _TYPE_HINT, "header.typ")


@rule(
    "access-token-expected",
    WARNING,
    "an issuer and an audience were expected",
    "RFC 9068 section 4",
)
def expected(view: TokenView) -> Outcome:
    """A server that takes access tokens compares ``iss`` with its issuer, and ``aud`` with its own name.

    Otherwise it takes one that was issued for another server, or by anybody else
    whose key is trusted too. Say what is expected (``--issuer``, ``--audience``).
    """
    missing = [
        option
        for option, wanted in (("issuer", view.expected.issuer), ("audience", view.expected.audience))
        if wanted is None
    ]
    if not missing:
        return None
    names = {"issuer": "iss", "audience": "aud"}
    return Finding(
        f"no {' and no '.join(missing)} was expected, so {_and(names[each] for each in missing)} "
        f"{'was' if len(missing) == 1 else 'were'} compared with nothing",
        f"give {_and(f'--{each}' for each in missing)}: a server has to compare both",
    )


def _and(words: Iterable[str]) -> str:
    return " and ".join(words)


def _present(name: str, view: TokenView) -> Outcome:
    if name in view.claims:
        return None
    return Finding(f"{name} is missing", _HINT, f"claims.{name}")


@rule("access-token-iss", ERROR, "iss is there", "RFC 9068 section 2.2", needs=(CLAIMS,))
def iss(view: TokenView) -> Outcome:
    """The issuer is named, by the identifier that stands in its metadata."""
    return _present("iss", view)


@rule("access-token-exp", ERROR, "exp is there", "RFC 9068 section 2.2", needs=("token-times",))
def exp(view: TokenView) -> Outcome:
    """An access token says when it ends."""
    return _present("exp", view)


@rule("access-token-aud", ERROR, "aud is there", "RFC 9068 sections 2.2 and 3", needs=(CLAIMS,))
def aud(view: TokenView) -> Outcome:
    """The server that the token is for is named: by the ``resource`` that was asked for, or by default."""
    return _present("aud", view)


@rule("access-token-sub", ERROR, "sub is there", "RFC 9068 section 2.2", needs=(CLAIMS,))
def sub(view: TokenView) -> Outcome:
    """The subject is the user; with client credentials, where there is none, it names the client."""
    return _present("sub", view)


@rule(
    "access-token-client-id",
    ERROR,
    "client_id is there",
    "RFC 9068 section 2.2; RFC 8693 section 4.3",
    needs=(CLAIMS,),
)
def client_id(view: TokenView) -> Outcome:
    """The client that asked for the token is named. Keycloak's ``azp`` does not count."""
    return _present("client_id", view)


@rule("access-token-iat", ERROR, "iat is there", "RFC 9068 section 2.2", needs=("token-times",))
def iat(view: TokenView) -> Outcome:
    """An access token says when it was issued, so that its age can be told."""
    return _present("iat", view)


@rule("access-token-jti", ERROR, "jti is there", "RFC 9068 section 2.2", needs=(CLAIMS,))
def jti(view: TokenView) -> Outcome:
    """An identifier of its own lets one token be named in a log, and be revoked."""
    return _present("jti", view)


@rule(
    "access-token-scope",
    ERROR,
    "scope, if there is one, is a string",
    "RFC 9068 section 2.2.3; RFC 8693 section 4.2",
    needs=(CLAIMS,),
)
def scope(view: TokenView) -> Outcome:
    """The scope is one string of words with a space between; it may be left out where none was asked for.

    Some issuers make a list of it, or call it scp. A server that follows the
    standard does not find the words then.
    """
    if "scope" not in view.claims:
        return None
    value = view.claims["scope"]
    if isinstance(value, str):
        return None
    return Finding(
        f"scope is {json_type(value)}, not a string", "one string, with spaces between", "claims.scope"
    )
