"""Rules for an answer that says no: what it says, in the terms of the system that says it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from jwttool.checks.answer.causes import API_STATUSES, CALLBACK_CAUSES, RESOURCE, STANDARD_CAUSES
from jwttool.checks.answer.message import BodyKind, FaultKind
from jwttool.checks.answer.view import AnswerView, SourcedFinding
from jwttool.checks.rule import Finding, Outcome, rule
from jwttool.encoding import printable, shown
from jwttool.report import Severity

if TYPE_CHECKING:
    from jwttool.checks.answer.message import Failure
    from jwttool.providers.shapes import Cause, StatusMeaning

_REDIRECTS: Final = frozenset({301, 302, 303})
"""RFC 9700 section 4.12 forbids 307, with which a browser sends what the customer typed once more."""
_TOKEN: Final = re.compile(r"eyJ[A-Za-z0-9_-]{8,}+(?:\.[A-Za-z0-9_-]*+)*+")


@rule(
    "answer-error",
    Severity.ERROR,
    "the system says no no",
    "RFC 6749 section 5.2; RFC 6750 section 3.1",
)
def error(view: AnswerView) -> Outcome:
    """The answer is a refusal; told is what it means with the system that it comes from, and what to try.

    What a system's document says of a code or a status comes first, then what
    is inferred from the software that it seems to run, then the standards. Where
    the server asks for patience (Retry-After), that is said too.
    """
    if not view.message.is_refusal:
        return None
    found = _refused(view)
    later = view.message.header("retry-after")
    if not later:
        return found
    # RFC 9110 section 10.2.3: seconds, or a date.
    wait = f"{later} s" if later.isascii() and later.isdecimal() else f"until {later}"
    return replace(found, hint=f"wait {printable(wait, 40)} (Retry-After); {found.hint}")


def _refused(view: AnswerView) -> Finding:
    message = view.message
    failures = [failure for failure in message.failures() if failure.code or failure.description]
    if failures:
        return _explained(view, failures)
    meaning = _status_meaning(view)
    if meaning is not None:
        said = f"{view.title} answers {message.status}: {meaning.meaning}"
        return SourcedFinding(said, meaning.hint, "status", source=meaning.source)
    if message.challenge is not None and view.is_of_api:
        return SourcedFinding(
            "the server asks for a token and names no error: the request had none, or not where it belongs",
            "send it in the header: Authorization: Bearer TOKEN",
            "header WWW-Authenticate",
            source=RESOURCE,
        )
    status = "an error" if message.status is None else str(message.status)
    usual = API_STATUSES.get(message.status or 0) if view.is_of_api else None
    if usual is not None:
        said = f"{view.title} answers {status}: {usual.meaning}"
        return SourcedFinding(said, usual.hint, "status", source=usual.source)
    return Finding(f"the server answers {status} and does not say why", _hint(message.body), "status")


def _explained(view: AnswerView, failures: list[Failure]) -> Finding:
    first = failures[0]
    words = "; ".join(map(_said, failures[:3]))
    cause = _cause(view, first)
    if cause is not None:
        said = f"{view.title} says {words}: {cause.meaning}"
        return SourcedFinding(said, cause.hint, _where(view), source=cause.source)
    meaning = _status_meaning(view)
    if meaning is not None:
        said = f"{view.title} says {words}; with status {view.message.status}: {meaning.meaning}"
        return SourcedFinding(said, meaning.hint, _where(view), source=meaning.source)
    if view.errors is not None and view.errors.envelope in view.message.members:
        # Konsentus: what a code means stands nowhere in the document, what a status means does.
        return SourcedFinding(
            f"{view.title} says {words}; its document explains errors by their status alone",
            "give the whole answer, with its status (curl -i); link in the error says where it is explained",
            _where(view),
            source=view.errors.source,
        )
    return Finding(
        f"the server says {words}, which is not known here",
        "its own words are all there is; ask the system",
        _where(view),
    )


def _cause(view: AnswerView, failure: Failure) -> Cause | None:
    if view.message.callback:
        return CALLBACK_CAUSES.get(failure.code) or STANDARD_CAUSES.get(failure.code)
    own = None if view.errors is None else view.errors.cause(failure.code, failure.description)
    return own or STANDARD_CAUSES.get(failure.code)


def _status_meaning(view: AnswerView) -> StatusMeaning | None:
    status = view.message.status
    meaning = None if view.errors is None or status is None else view.errors.statuses.get(status)
    # An API says something else by a status than the token endpoint does.
    if meaning is None or (view.is_of_api and not meaning.of_api):
        return None
    if meaning.of_api and view.message.url is not None and not view.is_of_api:
        return None
    return meaning


def _said(failure: Failure) -> str:
    # A server may repeat the token that it refuses, and what is said here goes into logs.
    code = printable(_TOKEN.sub("(a token)", failure.code), 60)
    if not failure.description:
        return code
    words = shown(_TOKEN.sub("(a token)", failure.description))
    return f"{code} ({words})" if code else words


def _where(view: AnswerView) -> str:
    members = view.message.members
    return next((name for name in ("errors", "error") if name in members), "header WWW-Authenticate")


def _hint(body: BodyKind) -> str:
    if body is BodyKind.HTML:
        return "the page is that of a proxy, a gateway or a login: is the URL that of the token endpoint?"
    return "compare the URL and the request with the system's document"


@rule(
    "answer-status",
    Severity.ERROR,
    "the status fits what the answer holds, and the system documents it",
    "RFC 6749 sections 5.1 and 5.2; RFC 9110 section 15",
)
def status(view: AnswerView) -> Outcome:
    """Success is 200 (Konsentus: 201), an error 400 or 401, and the body says the same.

    Documented are the statuses of the token endpoint, which may answer 400 or 401 with an error
    of RFC 6749 whatever else is documented; those of an API are its own. GET /authorize is
    answered by a redirect to the call-back URL. Any other redirect comes from a proxy or a wrong
    URL: a client must not follow it with its credentials. A status that the system does not
    document often comes from something that stands in front of it.
    """
    message = view.message
    number = message.status
    if number is None:
        return None
    if message.callback and number in _REDIRECTS:
        return None
    if 300 <= number < 400:
        return Finding(
            f"status {number}: a redirect, where a token endpoint answers itself",
            "compare the URL with the system's document; don't send credentials where it points",
            "status",
        )
    if number < 300:
        return _success(view, number)
    if "access_token" in view.content:
        return Finding(f"status {number} beside an access_token", "don't use the token; ask again", "status")
    if view.errors is None or _is_usual(view, number):
        return None
    documented = tuple(each for each, meaning in view.errors.statuses.items() if not meaning.of_api)
    if not documented or number in documented:
        return None
    return SourcedFinding(
        f"{view.title} documents {_listed(documented)} for errors, not {number}",
        "a proxy or a gateway in front of the system may have answered",
        "status",
        Severity.NOTE,
        view.errors.source,
    )


def _is_usual(view: AnswerView, number: int) -> bool:
    """Whether a status needs no document: an API's, or the one that RFC 6749 section 5.2 has for an error."""
    if view.is_of_api:
        return True
    return number in {400, 401} and any(each.code in STANDARD_CAUSES for each in view.message.failures())


def _success(view: AnswerView, number: int) -> Outcome:
    if "error" in view.message.members or "errors" in view.message.members:
        return Finding(
            f"status {number} beside an error", "go by the error; the status is the server's fault", "status"
        )
    if view.answer is None or number in view.answer.statuses or (view.is_of_api and not view.is_grant):
        return None
    return SourcedFinding(
        f"{view.title} documents {_listed(view.answer.statuses)} for success, not {number}",
        "was it this system that answered?",
        "status",
        Severity.WARNING,
        view.answer.source,
    )


def _listed(statuses: tuple[int, ...]) -> str:
    return ", ".join(map(str, statuses))


@rule(
    "answer-json",
    Severity.ERROR,
    "the body is one strict JSON object",
    "RFC 6749 section 5.1; RFC 8259; RFC 8725 section 2.6",
)
def json(view: AnswerView) -> Outcome:
    """A token endpoint answers with one JSON object, in success and in error.

    HTML comes from a proxy, a gateway or a login page. Names that occur twice,
    numbers beyond 2^53 and the like are read differently by different parsers.
    The example in Konsentus' document has a comma behind the last member, which
    no JSON parser takes: it is taken out here, and everything else judged.
    """
    message = view.message
    comma = message.fault(FaultKind.TRAILING_COMMA)
    if comma is not None:
        return _trailing_comma(view, comma.text)
    fault = message.fault(FaultKind.JSON)
    if fault is not None:
        return Finding(
            f"the body is not strict JSON: {fault.text}", "was all of it copied, and nothing else?", "body"
        )
    # RFC 6749 section 4.1.2: all there is to say stands in the URL.
    if message.callback:
        return None
    # RFC 6750 section 3: a resource server may say all there is in its header.
    if message.challenge is not None or message.body is BodyKind.JSON:
        return None
    if message.body is BodyKind.HTML:
        return Finding("the body is HTML, where JSON belongs", _hint(message.body), "body")
    if message.body is BodyKind.NONE:
        return None if message.is_refusal else _no_body(view)
    return Finding("the body is no JSON", "compare the URL with the system's document", "body")


def _no_body(view: AnswerView) -> Outcome:
    # Headers alone, from a browser or curl -I, say nothing about a body; a redirect needs none.
    if view.message.status is None or 300 <= view.message.status < 400:
        return None
    return Finding("there is no body", "copy the body too (curl -i); curl -I asks for the head alone", "body")


def _trailing_comma(view: AnswerView, text: str) -> Finding:
    source = None if view.answer is None else view.answer.trailing_comma
    if source is None:
        return Finding(f"the body is not JSON: {text}", "JSON has none there; the rest was read", "body")
    return SourcedFinding(
        f"the body is not JSON: {text}",
        "the example in the system's document has it, real answers should not: take it out",
        "body",
        Severity.WARNING,
        source,
    )


@rule(
    "answer-content-type",
    Severity.ERROR,
    "Content-Type says application/json",
    "RFC 6749 sections 5.1 and 5.2",
    needs=("answer-json",),
)
def content_type(view: AnswerView) -> Outcome:
    """The media type of an answer is application/json; parameters (charset) don't matter.

    Where it is another, a client that goes by it reads nothing.
    """
    message = view.message
    if (
        message.status is None
        or message.body is not BodyKind.JSON
        or message.content_type == "application/json"
    ):
        return None
    if message.content_type is None:
        return Finding("Content-Type is missing", "the server's to mend", "header Content-Type")
    return Finding(
        f"Content-Type is {shown(message.content_type)}, not application/json",
        "the server's to mend; read the body as JSON all the same",
        "header Content-Type",
    )


@rule(
    "answer-headers",
    Severity.WARNING,
    "the headers can be read",
    "RFC 9112 sections 2.1 and 5",
)
def headers(view: AnswerView) -> Outcome:
    """Every line of a head is a name, a colon and a value; an empty line ends it.

    Lines that were broken in copying are the usual cause.
    """
    fault = view.message.fault(FaultKind.HEADERS)
    if fault is None:
        return None
    return Finding(fault.text, "copy the head line by line, as the server sent it (curl -i)", "headers")
