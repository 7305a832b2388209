"""Rules for the token in an answer: its kind, its form, how long it lives, and what comes along with it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeGuard

from jwttool.checks.answer.view import AnswerView, SourcedFinding, by_document, token_claims, token_header
from jwttool.checks.rule import Finding, Outcome, rule
from jwttool.encoding import shown
from jwttool.providers.shapes import TokenKind
from jwttool.report import Severity
from jwttool.times import duration, rfc3339_from_unix

if TYPE_CHECKING:
    from jwttool.providers.shapes import TokenForm

ERROR: Final = Severity.ERROR
WARNING: Final = Severity.WARNING
NOTE: Final = Severity.NOTE

_KNOWN_TOKEN_TYPES: Final = frozenset({"bearer", "dpop", "mac", "n_a", "pop"})
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_MOST_SECONDS: Final = 100 * 366 * 24 * 3600
"""A century: what is beyond it is no lifetime, and may be none that a calendar holds."""
LONG: Final = 24 * 3600
"""Seconds beyond which a token that is bound to nothing lives long."""


@rule(
    "answer-placeholder",
    ERROR,
    "the token is a token, and no placeholder",
    "Konsentus, POST /v1/obie/tokens: hardcoded to good-access-token for client_credentials",
    needs=("answer-json",),
)
def placeholder(view: AnswerView) -> Outcome:
    """A literal that a sandbox answers in the place of a token opens nothing.

    Konsentus answers ``good-access-token`` when the request had
    grant_type=client_credentials: leave grant_type out and send the one-time
    code (auth_code) and the redirect_uri.
    """
    placeholders = {} if view.answer is None else view.answer.placeholders
    token = view.content.get("access_token")
    if not view.is_grant or not isinstance(token, str) or token not in placeholders:
        return None
    return by_document(
        view,
        f"access_token is a placeholder, never a real token: {placeholders[token]}",
        "leave grant_type out of the request; send auth_code and redirect_uri",
        view.where("access_token"),
    )


@rule(
    "answer-token-form",
    WARNING,
    "the token looks like the one in the document",
    "the example in the system's document (inferred)",
    needs=("answer-json", "answer-placeholder"),
)
def token_form(view: AnswerView) -> Outcome:
    """OP's example is an encrypted token (RSA-OAEP, A256CBC-HS512), Konsentus' a UUID.

    To the client a token is opaque, so another form is no fault in itself; it
    may mean another environment, another version, or not the token at all.
    """
    form = None if view.answer is None else view.answer.token_form
    token = view.content.get("access_token")
    if form is None or not view.is_grant or not isinstance(token, str) or not token:
        return None
    said = _differs(token, form)
    if said is None:
        return None
    return SourcedFinding(
        said, "was the token of this system copied, whole?", view.where("access_token"), source=form.source
    )


def _differs(token: str, form: TokenForm) -> str | None:
    if form.kind is TokenKind.UUID:
        return None if _UUID.fullmatch(token) else "access_token is no UUID, as the example is"
    if token.count(".") != 4:
        return "access_token is no encrypted token (five parts), as the example is"
    header = token_header(token)
    for name, pattern in form.header.items():
        value = header.get(name)
        if not isinstance(value, str) or re.fullmatch(pattern, value) is None:
            found = shown(value) if name in header else "missing"
            return f"{name} in the header of access_token is {found}, unlike in the example"
    return None


@rule(
    "answer-token-type",
    ERROR,
    "token_type is the one that is documented",
    "RFC 6749 sections 5.1 and 7.1; RFC 6750 section 4",
    needs=("answer-json",),
)
def token_type(view: AnswerView) -> Outcome:
    """The type says how the token is sent; a client must not use one of a type that it doesn't know.

    It is compared without regard to case (RFC 6749 section 5.1), but a client
    that compares exactly, and the documents spell it differently: "Bearer" with
    OP and Worldline, "bearer" with Konsentus. Another spelling is a warning.
    """
    value = view.content.get("token_type")
    if not view.is_grant or not isinstance(value, str) or not value:
        return None
    wanted = None if view.answer is None else view.answer.token_type
    where = view.where("token_type")
    if wanted is None:
        if value.lower() in _KNOWN_TOKEN_TYPES:
            return None
        return Finding(
            f"token_type is {shown(value)}, which is not known",
            "a token of unknown type must not be used (RFC 6749 section 7.1)",
            where,
            WARNING,
        )
    if value == wanted:
        return None
    if value.lower() == wanted.lower():
        return by_document(
            view,
            f"token_type is {shown(value)}, where the document writes {shown(wanted)}",
            "compare it without regard to case (RFC 6749 section 5.1)",
            where,
            WARNING,
        )
    return by_document(
        view, f"token_type is {shown(value)}, not {shown(wanted)}", "don't use the token", where
    )


@rule(
    "answer-expires",
    ERROR,
    "expires_in is there, positive, and as documented",
    "RFC 6749 section 5.1",
    needs=("answer-json",),
)
def expires(view: AnswerView) -> Outcome:
    """How many seconds the token lives, counted from the answer.

    Without it a client has to know from elsewhere. 0 or less is no lifetime.
    Another number than in the document's example is worth a note: the
    configuration of the other side has changed, or the document.
    """
    value = view.content.get("expires_in")
    if not view.is_grant or not isinstance(value, int | None) or isinstance(value, bool):
        return None
    where = view.where("expires_in")
    if value is None:
        member = view.member("expires_in")
        if member is not None and member.required:
            return None  # answer-members has said so
        said = "expires_in is missing: how long the token lives is not said"
        return Finding(said, "ask the system, and get a new token when this one is refused", where, NOTE)
    if value <= 0:
        return Finding(f"expires_in is {value}: the token is good for no time", "ask for a new token", where)
    usual = None if view.answer is None else view.answer.lifetime
    if usual is None or value == usual:
        return None
    return by_document(
        view,
        f"expires_in is {value:,} ({duration(value)}); in the example {usual:,} ({duration(usual)})",
        "go by the answer, not by the document",
        where,
        NOTE,
    )


@rule(
    "answer-refresh",
    ERROR,
    "there is a refresh token where the document promises one, and none where it says that there is none",
    "Worldline Open Banking, Access Token 2.1.1, TokenResponse; RFC 6749 section 4.4.3",
    needs=("answer-json",),
)
def refresh(view: AnswerView) -> Outcome:
    """Worldline documents refresh_expires_in as 0: there is no refresh; ask for a new token instead.

    With client credentials a server should not hand out a refresh token at all:
    whoever can ask with the credentials has no need of one. A bank on STET promises one with
    the first token; the answer to a refresh may leave it out, and then the old one stays good.
    """
    if not view.is_grant or view.answer is None or view.provider is None:
        return None
    has_token = "refresh_token" in view.content
    if view.answer.refreshable is False:
        lifetime = view.content.get("refresh_expires_in", 0)
        if has_token or (_is_number(lifetime) and lifetime != 0):
            name = "refresh_token" if has_token else "refresh_expires_in"
            said = (
                "there is a refresh_token" if has_token else f"refresh_expires_in is {shown(lifetime)}, not 0"
            )
            return by_document(
                view,
                f"{said}, where {view.title} documents no refresh",
                "don't build on it: ask for a new token when this one ends",
                view.where(name),
            )
    promised = view.answer.refresh_source
    if promised is not None and not has_token:
        return SourcedFinding(
            "refresh_token is missing, which the document promises beside the access token",
            "after a refresh the old one stays good (RFC 6749 section 6); else ask the system, or the "
            "customer has to come again when the access token ends",
            view.where("refresh_token"),
            WARNING,
            promised,
        )
    grants = {grant for request in view.provider.requests for grant in request.grants}
    if has_token and grants == {"client_credentials"}:
        return SourcedFinding(
            "there is a refresh_token, which client credentials have no need of",
            "ask for a new token instead, and don't keep the refresh token",
            view.where("refresh_token"),
            WARNING,
            "RFC 6749 section 4.4.3",
        )
    return None


@rule(
    "answer-refresh-lifetime",
    NOTE,
    "nothing has to be kept in mind about the refresh token",
    'STET PSD2 V1.4.0.47, the bank\'s page "Get your token", step 8',
    needs=("answer-json",),
)
def refresh_lifetime(view: AnswerView) -> Outcome:
    """A refresh token has an end, and then the customer has to authenticate again.

    With STET it lives 90 days; where the answer says how long it lives (refresh_expires_in,
    a member of Keycloak's), that counts. Plan the renewal before the end: afterwards the
    account information stops until the customer has been through the redirect
    and strong customer authentication again.
    """
    if not view.is_grant or "refresh_token" not in view.content:
        return None
    if view.answer is not None and view.answer.refreshable is False:
        return None  # answer-refresh has said that there should be none
    hint = (view.answer and view.answer.refresh_hint) or "get a new one before it ends"
    said = view.content.get("refresh_expires_in")
    if _is_number(said) and 0 < said <= _MOST_SECONDS:
        return SourcedFinding(
            f"the refresh token lives {duration(said)}, as refresh_expires_in says: {_end(view, said)}",
            hint,
            view.where("refresh_expires_in"),
            source="refresh_expires_in of the answer, which no standard has (Keycloak writes it; inferred)",
        )
    lifetime = None if view.answer is None else view.answer.refresh_lifetime
    if view.answer is None or lifetime is None:
        return None
    return SourcedFinding(
        f"the refresh token lives {duration(lifetime)}: {_end(view, lifetime)}",
        hint,
        view.where("refresh_token"),
        source=view.answer.refresh_source or view.answer.source,
    )


def _end(view: AnswerView, seconds: int) -> str:
    return f"until {rfc3339_from_unix(view.now + seconds)}, if it was issued just now"


def _is_number(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


@rule(
    "answer-not-before",
    ERROR,
    "the token is valid at once",
    "Worldline Open Banking, Access Token 2.1.1, TokenResponse: not-before-policy",
    needs=("answer-json",),
)
def not_before(view: AnswerView) -> Outcome:
    """Worldline documents not-before-policy as 0: the token is valid at once.

    Another number is a time in Unix seconds before which everything that was
    issued is void (inferred from Keycloak): tokens were revoked. Get a new one.
    """
    member = view.member("not-before-policy")
    value = view.content.get("not-before-policy")
    if member is None or not view.is_grant or not _is_number(value) or value in member.values:
        return None
    return by_document(
        view,
        f"not-before-policy is {value}, not 0",
        "tokens from before that time were revoked (inferred); ask for a new one",
        view.where("not-before-policy"),
    )


@rule(
    "answer-long-lived",
    WARNING,
    "a token that lives long is bound to something",
    "RFC 6750 section 5.3; RFC 9700 section 2.2.1",
    needs=("answer-json",),
)
def long_lived(view: AnswerView) -> Outcome:
    """Whoever holds a bearer token can use it; one that lives for months is a password.

    RFC 6750 advises an hour or less, RFC 9700 to bind it to the client's
    certificate or key (``cnf``). Keep such a token as you keep a private key, and
    know how to have it revoked.
    """
    lifetime, kind = view.content.get("expires_in"), view.content.get("token_type")
    if not view.is_grant or not isinstance(lifetime, int) or lifetime <= LONG:  # a boolean is 1 at most
        return None
    if not isinstance(kind, str) or kind.lower() != "bearer":
        return None
    if "cnf" in token_claims(view.content.get("access_token")):
        return None
    return Finding(
        f"a bearer token for {duration(lifetime)} that nothing is seen to bind to its holder",
        "keep it as you keep a private key, and know how to have it revoked",
        view.where("expires_in"),
    )


@rule(
    "answer-cache",
    NOTE,
    "no cache keeps the answer",
    "RFC 6749 section 5.1",
    needs=("answer-json",),
)
def cache(view: AnswerView) -> Outcome:
    """An answer with a token must carry ``Cache-Control: no-store``.

    Without it a proxy on the way may keep the token. The server's to mend; use
    no cache in front of a token endpoint.
    """
    message = view.message
    if not view.is_grant or message.status is None:
        return None
    control = (message.header("cache-control") or "").lower()
    if "no-store" in {directive.strip() for directive in control.split(",")}:
        return None
    return Finding(
        "Cache-Control does not say no-store",
        "the server's to mend; use no cache in front of it",
        "header Cache-Control",
    )
