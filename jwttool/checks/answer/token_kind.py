"""Rules for a token that stands where one of another kind belongs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from jwttool.checks.answer.message import MessageKind
from jwttool.checks.answer.view import AnswerView, token_claims, token_header
from jwttool.checks.rule import Finding, Outcome, rule
from jwttool.checks.token.kinds import TokenKind, TokenKindGuess, kind_of
from jwttool.report import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

WARNING: Final = Severity.WARNING

_WANTED: Final = {
    "access_token": TokenKind.ACCESS_TOKEN,
    "authorization": TokenKind.ACCESS_TOKEN,
    "client_assertion": TokenKind.CLIENT_ASSERTION,
    "id_token": TokenKind.ID_TOKEN,
    "refresh_token": TokenKind.REFRESH_TOKEN,
}
"""What belongs where, by the last word of the place."""
_PLACES: Final = {
    TokenKind.ACCESS_TOKEN: "put the access_token of the token endpoint's answer there",
    TokenKind.CLIENT_ASSERTION: "mint an assertion for the request: jwttool assertion mint CLIENT",
    TokenKind.ID_TOKEN: "put the id_token of the token endpoint's answer there",
    TokenKind.REFRESH_TOKEN: "put the refresh_token of the token endpoint's answer there",
}
_USES: Final = {
    TokenKind.ACCESS_TOKEN: "an access token is for the API alone",
    TokenKind.CLIENT_ASSERTION: "an assertion is for the token endpoint alone, as client_assertion",
    TokenKind.ID_TOKEN: "an ID token is for the client alone",
    TokenKind.REFRESH_TOKEN: "a refresh token is for the token endpoint alone, with grant_type=refresh_token",
}


class _Misplaced(NamedTuple):
    where: str
    guess: TokenKindGuess
    wanted: TokenKind


@rule(
    "answer-token-kind",
    WARNING,
    "each token is of the kind that belongs where it stands",
    "RFC 8725 sections 2.8, 3.11 and 3.12",
)
def answer_token_kind(view: AnswerView) -> Outcome:
    """An ID token, a refresh token or a client assertion is no access token, and the other way round.

    What kind a token is of is told by ``typ`` in its header, by Keycloak's ``typ`` among the claims, or
    by claims that one kind alone has (``nonce`` and ``at_hash``; ``iss`` equal to ``sub``). That is a guess,
    so a warning. Of the request before an answer the token is looked at too: an API refuses another kind
    with a bare 401.
    """
    return _told(view) if view.message.kind is MessageKind.RESPONSE else None


@rule(
    "request-token-kind",
    WARNING,
    "each token is of the kind that belongs where it stands",
    "RFC 8725 sections 2.8, 3.11 and 3.12",
)
def request_token_kind(view: AnswerView) -> Outcome:
    """An API is sent an access token, a token endpoint an assertion or a refresh token, nothing else.

    What kind a token is of is told as in ``answer-token-kind``.
    """
    return _told(view) if view.message.kind is MessageKind.REQUEST else None


def _told(view: AnswerView) -> Outcome:
    found = list(_misplaced(view))
    if not found:
        return None
    said = "; ".join(f"{each.where} seems to be {each.guess}, not {each.wanted}" for each in found[:5])
    first = found[0]
    use = _USES.get(first.guess.kind)
    hint = _PLACES[first.wanted]
    return Finding(said, f"{use}; {hint}" if use else hint, first.where)


def _misplaced(view: AnswerView) -> Iterator[_Misplaced]:
    for token in view.message.tokens:
        place = token.where.rpartition(" ")[2].rpartition(".")[2].lower()
        wanted = _WANTED.get(place)
        if wanted is None or (place == "authorization" and not _is_for_api(view)):
            continue
        claims = token_claims(token.text)
        guess = kind_of(token_header(token.text), claims)
        if guess is None or guess.kind is wanted:
            continue
        # A scope and a client are in an access token, and may be in any other token too.
        is_vague = guess.kind is TokenKind.ACCESS_TOKEN and "," in guess.evidence
        if is_vague and (wanted is not TokenKind.CLIENT_ASSERTION or claims.get("iss") == claims.get("sub")):
            continue
        yield _Misplaced(token.where, guess, wanted)


def _is_for_api(view: AnswerView) -> bool:
    """Whether what stands in the Authorization header is for an API."""
    return view.message.url is None or (view.is_of_api and not view.is_token_request)
