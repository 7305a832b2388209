"""Rules for a request for a token, before it is sent or after it was refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from jwttool.checks.answer.message import BodyKind, FaultKind
from jwttool.checks.answer.view import AUTHENTICATION, AnswerView, by_document, listed, token_claims
from jwttool.checks.rule import Finding, Outcome, rule
from jwttool.encoding import printable, shown
from jwttool.providers.shapes import ASSERTION_TYPE, FORM, JSON
from jwttool.report import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

ERROR: Final = Severity.ERROR
WARNING: Final = Severity.WARNING

_GRANTS: Final = frozenset({"authorization_code", "refresh_token", "client_credentials"})
# RFC 6749 section 3.3: names of visible ASCII without quote and backslash, one space between them.
_SCOPE: Final = re.compile(r"[!#-\[\]-~]++(?: [!#-\[\]-~]++)*+")
_SCOPE_SEPARATORS: Final = re.compile(r"[,;|+]|%20")
# What samples leave for the reader to fill in: TODO, ${variable}, <name>, YOUR_SECRET.
_UNFILLED: Final = re.compile(
    r"TODO\b.*|\$\{?\w+\}?|<[^<>]*>|\{\{?[^{}]*\}\}?|your[_ -].*|x{4,}", re.IGNORECASE
)


@rule(
    "request-method",
    ERROR,
    "the request is a POST",
    "RFC 6749 section 3.2",
)
def method(view: AnswerView) -> Outcome:
    """A token is asked for by POST: what is sent by GET ends up in URLs, and these in logs."""
    used = view.message.method
    if used in {None, "POST"} or not view.is_token_request:
        return None
    return Finding(f"the method is {used}, not POST", "send the fields in the body of a POST", "method")


@rule(
    "request-secret-in-url",
    ERROR,
    "no secret stands in the URL",
    "RFC 6749 section 2.3.1; RFC 6750 section 2.3; RFC 9700 section 4.3.2",
)
def secret_in_url(view: AnswerView) -> Outcome:
    """Secrets and tokens never stand in a URL: servers, proxies and browsers write URLs down.

    Move them into the body, or into the Authorization header; and have what was
    sent in a URL replaced.
    """
    # A call-back URL is where a code belongs (RFC 6749 section 4.1.2).
    found = [name for name in view.message.url_secrets if not (name == "code" and view.is_callback)]
    if not found:
        return None
    return Finding(
        f"the URL holds {listed(found)}",
        "send it in the body or in the Authorization header, and have what was sent replaced",
        "url",
    )


@rule(
    "request-content-type",
    ERROR,
    "the body is of the kind that the system reads, and Content-Type says so",
    "RFC 6749 section 3.2 and appendix B",
)
def content_type(view: AnswerView) -> Outcome:
    """A token request is a form (application/x-www-form-urlencoded); Konsentus reads JSON.

    With Worldline a wrong Content-Type is answered 415. Libraries set it by how
    the body is given: ``data=`` or ``json=``, ``-d`` or ``--json``.
    """
    message = view.message
    if not view.is_token_request or message.body is BodyKind.NONE:
        return None
    wanted = FORM if view.request is None else view.request.content_type
    kind = BodyKind.JSON if wanted == JSON else BodyKind.FORM
    if message.body is not kind:
        reader = "a token endpoint" if view.provider is None else view.title
        said = f"the body is {_kind(message.body)}, where {reader} reads {_kind(kind)}"
        return by_document(view, said, f"send {_kind(kind)}, with Content-Type: {wanted}", "body")
    fault = message.fault(FaultKind.TRAILING_COMMA, FaultKind.JSON, FaultKind.FORM)
    if fault is not None:
        return Finding(f"the body is not as it should be: {fault.text}", "let a library write it", "body")
    if message.method is None or message.content_type == wanted:
        return None
    found = "missing" if message.content_type is None else shown(message.content_type)
    return by_document(
        view, f"Content-Type is {found}, not {wanted}", f"send Content-Type: {wanted}", "header Content-Type"
    )


def _kind(kind: BodyKind) -> str:
    return {BodyKind.JSON: "JSON", BodyKind.FORM: "a form", BodyKind.HTML: "HTML"}.get(kind, "text")


@rule(
    "request-repeated",
    ERROR,
    "no field is there twice",
    "RFC 6749 section 3.2",
)
def repeated(view: AnswerView) -> Outcome:
    """A parameter must not be sent more than once: one server takes the first, another the last."""
    fault = view.message.fault(FaultKind.REPEATED)
    if fault is None:
        return None
    return Finding(f"given more than once: {fault.text}", "send each field once", "body")


@rule(
    "request-grant",
    ERROR,
    "grant_type is one that the system takes",
    "RFC 6749 sections 4.1.3, 4.4.2, 4.5 and 6",
)
def grant(view: AnswerView) -> Outcome:
    """``grant_type`` says what the token is asked for with, spelled exactly as documented.

    OP and Worldline take client_credentials alone. Konsentus' request has no
    grant_type: with client_credentials it answers a placeholder.
    """
    message = view.message
    if not view.is_token_request or not message.members:
        return None
    value = message.members.get("grant_type")
    requests = () if view.provider is None else view.provider.requests
    grants = list(dict.fromkeys(each for request in requests for each in request.grants))
    if requests and not grants:
        return None if value is None else _unwanted(view)
    if value is None:
        hint = (
            f"add grant_type={grants[0]}" if grants else "add grant_type=client_credentials, or what you have"
        )
        return by_document(view, "grant_type is missing", hint, "grant_type")
    if value in grants:
        return None
    if grants:
        said = f"grant_type is {shown(value)}, where {view.title} takes {listed(grants)}"
        return by_document(view, said, f"send grant_type={grants[0]}", "grant_type")
    # RFC 6749 section 4.5: other grants are named by a URI.
    if isinstance(value, str) and (value in _GRANTS or ":" in value):
        return None
    hint = "spelled exactly: client_credentials, authorization_code, refresh_token, or a URI"
    return Finding(f"grant_type is {shown(value)}, which is not known", hint, "grant_type", WARNING)


def _unwanted(view: AnswerView) -> Finding:
    placeholders = () if view.answer is None else tuple(view.answer.placeholders)
    what = (
        f": with client_credentials the answer is the placeholder {placeholders[0]}" if placeholders else ""
    )
    said = f"grant_type is there, which the document's request does not have{what}"
    return by_document(view, said, "leave grant_type out", "grant_type", WARNING)


@rule(
    "request-client-auth",
    ERROR,
    "the client shows who it is in one way, and in one that the system takes",
    "RFC 6749 sections 2.3 and 3.2.1; RFC 7521 section 4.2",
)
def client_auth(view: AnswerView) -> Outcome:
    """A client authenticates itself once a request: by a secret in the form, a Basic header, or an assertion.

    Several at once must be refused. Worldline takes an assertion or a secret, OP
    a secret over mutual TLS, Konsentus a Basic header; a bank on STET sees the QWAC.
    """
    if not view.is_token_request or not view.message.members:
        return None
    members = view.message.members
    ways: list[str] = [name for name in ("client_secret", "client_assertion") if name in members]
    if (view.message.header("authorization") or "").lower().startswith("basic "):
        ways.append("a Basic header")
    if len(ways) > 1:
        said = f"{listed(ways)}: the client authenticates itself in more than one way"
        return Finding(said, "send one of them; an assertion is the better", ways[1])
    if ways:
        return _taken(view, ways[0])
    return _no_way(view)


def _taken(view: AnswerView, way: str) -> Outcome:
    requests = () if view.provider is None else view.provider.requests
    if not requests or any(
        request.basic if way == "a Basic header" else way in request.names for request in requests
    ):
        return None
    others = {name for request in requests for name in request.names & AUTHENTICATION} - {
        "client_assertion_type"
    }
    said = f"{way} authenticates the client, where {view.title} documents "
    said += listed(sorted(others)) if others else "none in the request"
    # A Basic header holds the same secret: OAuth servers have to take it (RFC 6749 section 2.3.1).
    severity = ERROR if others and way != "a Basic header" else WARNING
    return by_document(view, said, "authenticate as the document says", way, severity)


def _no_way(view: AnswerView) -> Outcome:
    requests = () if view.provider is None else view.provider.requests
    hint = "send client_id and client_secret, or client_assertion_type and client_assertion"
    if requests:
        if any(not request.names & AUTHENTICATION for request in requests):
            return None  # the connection shows it, or a header, which request-members asks for
        ways = sorted({name for request in requests for name in request.names & AUTHENTICATION})
        hint = f"send one of {', '.join(name for name in ways if name != 'client_assertion_type')}"
        return by_document(view, "nothing in the request authenticates the client", hint, "body")
    if view.message.members.get("grant_type") != "client_credentials":
        return None
    return Finding(
        "nothing in the request authenticates the client, unless the connection does (mutual TLS)",
        hint,
        "body",
        WARNING,
    )


@rule(
    "request-assertion-type",
    ERROR,
    "client_assertion_type announces a JWT, character by character",
    "RFC 7523 section 2.2; RFC 7521 section 4.2",
)
def assertion_type(view: AnswerView) -> Outcome:
    """Beside an assertion stands its type, a URN that ends in ``client-assertion-type:jwt-bearer``, exactly.

    Keycloak looks at it before it looks at the assertion (inferred).
    """
    members = view.message.members
    there = [name for name in ("client_assertion", "client_assertion_type") if name in members]
    if not view.is_token_request or not there:
        return None
    if len(there) == 1:
        missing = "client_assertion_type" if there[0] == "client_assertion" else "client_assertion"
        return Finding(f"{missing} is missing beside {there[0]}", _type_hint(missing), missing)
    value = members["client_assertion_type"]
    if value == ASSERTION_TYPE:
        return None
    return Finding(
        f"client_assertion_type is {shown(value)}", f"send exactly {ASSERTION_TYPE}", "client_assertion_type"
    )


def _type_hint(missing: str) -> str:
    if missing == "client_assertion":
        return "mint one: jwttool assertion mint CLIENT --as form"
    return f"send client_assertion_type={ASSERTION_TYPE}"


@rule(
    "request-client-id",
    ERROR,
    "client_id, where there is one beside an assertion, is the client that the assertion is of",
    "RFC 7521 section 4.2",
)
def client_id(view: AnswerView) -> Outcome:
    """Beside an assertion client_id is not needed; where it is sent it must name the same client as ``sub``.

    ``iss`` and ``sub`` of a client assertion are both the client id (RFC 7523 section 3). Leave client_id
    out, or mint the assertion for this client.
    """
    members = view.message.members
    given = members.get("client_id")
    if not view.is_token_request or not isinstance(given, str) or not given:
        return None
    claims = token_claims(members.get("client_assertion"))
    others = {name: claims[name] for name in ("sub", "iss") if claims.get(name, given) != given}
    if not others:
        return None
    said = listed([f"{name} is {shown(value)}" for name, value in others.items()])
    return Finding(
        f"client_id is {shown(given)}, and in client_assertion {said}",
        "leave client_id out, or mint the assertion with --client-id set to it",
        "client_id",
    )


@rule(
    "request-scope",
    ERROR,
    "scope is a list of names with single spaces between them",
    "RFC 6749 section 3.3",
)
def scope(view: AnswerView) -> Outcome:
    """A scope is one string: names of visible ASCII, one space between two of them, none at the ends.

    In a form the space is ``+`` or ``%20``; encoding it twice leaves one of these
    in the name. Commas make one name of two.
    """
    value = view.message.members.get("scope")
    if not view.is_token_request or value is None or value == "":  # empty: request-members says so
        return None
    if not isinstance(value, str) or _SCOPE.fullmatch(value) is None:
        return Finding(
            f"scope is {shown(value)}: no names with single spaces between them",
            'separate the names by one space ("VOP WERO"), with none at the ends',
            "scope",
        )
    found = _SCOPE_SEPARATORS.search(value)
    if found is None:
        return None
    return Finding(
        f"scope is {shown(value)}: one name with {found[0]} in it, where two seem to be meant",
        'separate the names by one space ("VOP WERO"), encoded once',
        "scope",
        WARNING,
    )


@rule(
    "request-members",
    ERROR,
    "everything that the request has to have is there",
    "RFC 6749 sections 4.1.3 and 6",
)
def members(view: AnswerView) -> Outcome:
    """A request has the fields, and the headers, that the system's document requires, with something in them.

    A field without a value counts as left out (RFC 6749 section 3.2). What
    authenticates the client, and grant_type, have rules of their own.
    """
    message = view.message
    if not view.is_token_request or not message.members:
        return None
    missing = [*_missing_fields(view), *_missing_headers(view)]
    empty = [printable(name, 40) for name, value in message.members.items() if value in ("", None)]
    said = []
    if missing:
        said.append(f"{listed(missing)} {'is' if len(missing) == 1 else 'are'} missing")
    if empty:
        said.append(f"{listed(empty)} {'is' if len(empty) == 1 else 'are'} empty, which counts as left out")
    if missing:
        return by_document(view, "; ".join(said), "add what the document asks for", missing[0])
    return Finding(said[0], "a variable that was not set?", empty[0]) if empty else None


def _missing_fields(view: AnswerView) -> Iterable[str]:
    there = view.message.members
    if view.request is not None:
        names = [member.name for member in view.request.members if member.required]
    else:
        of_grant = {"authorization_code": ["code"], "refresh_token": ["refresh_token"]}
        value = there.get("grant_type")
        names = of_grant.get(value, []) if isinstance(value, str) else []
    return (name for name in names if name not in there and name not in AUTHENTICATION | {"grant_type"})


def _missing_headers(view: AnswerView) -> Iterable[str]:
    # A body alone says nothing about the headers that it is sent with.
    if view.request is None or view.message.method is None:
        return
    for member in view.request.headers:
        value = view.message.header(member.name)
        if not value:
            yield f"header {member.name}"
        elif member.name == "Authorization" and view.request.basic and not value.lower().startswith("basic "):
            yield "header Authorization: Basic"


@rule(
    "request-unfilled",
    WARNING,
    "no field holds what a sample leaves to be filled in",
    "OP Corporate Banking APIs, Token management 1.0, CLI sample: TODO put here oauth client id",
)
def unfilled(view: AnswerView) -> Outcome:
    """``TODO``, ``${variable}``, ``<name>`` are what samples have in the place of a value.

    A shell puts variables in between double quotes, not between single ones.
    """
    found = [
        name
        for name, value in view.message.members.items()
        if isinstance(value, str) and _UNFILLED.fullmatch(value[:200])
    ]
    if not view.is_token_request or not found:
        return None
    said = f"{listed([printable(name, 40) for name in found])} still to be filled in"
    return Finding(
        said, "put the real value there; a shell fills in variables between double quotes", found[0]
    )
