"""Rules for the members of an answer: what has to be there, what may be there, and of which type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jwttool.checks.answer.message import BodyKind, MessageKind
from jwttool.checks.answer.view import AnswerView, SourcedFinding, by_document, listed
from jwttool.checks.rule import Finding, Outcome, rule
from jwttool.encoding import json_type, printable
from jwttool.providers.shapes import JsonType
from jwttool.report import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

ERROR: Final = Severity.ERROR
WARNING: Final = Severity.WARNING

# RFC 6749 section 5.1, for the members that a system's document does not describe.
_REQUIRED: Final = ("access_token", "token_type")
_STANDARD_TYPES: Final[Mapping[str, JsonType]] = {
    "access_token": JsonType.STRING,
    "token_type": JsonType.STRING,
    "expires_in": JsonType.INTEGER,
    "refresh_token": JsonType.STRING,
    "id_token": JsonType.STRING,
    "scope": JsonType.STRING,
    "error": JsonType.STRING,
    "error_description": JsonType.STRING,
}
_PYTHON: Final[Mapping[JsonType, type]] = {
    JsonType.STRING: str,
    JsonType.INTEGER: int,
    JsonType.ARRAY: list,
    JsonType.OBJECT: dict,
}
_NEVER_EMPTY: Final = frozenset({"access_token", "token_type", "refresh_token", "id_token", "error"})


@rule(
    "answer-members",
    ERROR,
    "every member that has to be there is there",
    "RFC 6749 sections 5.1 and 5.2",
    needs=("answer-json",),
)
def members(view: AnswerView) -> Outcome:
    """An answer has the members that the system's document requires.

    RFC 6749 asks for access_token and token_type. An error has ``error``; with
    Konsentus a list ``errors``. What is missing was left out by the server, or by
    whoever copied it.
    """
    if view.message.is_refusal:
        return _error_members(view)
    if not view.is_grant:
        return None
    if view.answer is None:
        required: tuple[str, ...] = _REQUIRED
    else:
        required = tuple(member.name for member in view.answer.members if member.required)
        if view.answer.envelope != view.message.envelope:
            return _misplaced(view, view.answer.envelope)
    missing = [name for name in required if name not in view.content]
    if not missing:
        return None
    return SourcedFinding(
        f"{listed(missing)} {_is(missing)} missing",
        "copy all of the answer",
        view.where(missing[0]),
        # Konsentus' document marks none as required; what it leaves open the standard settles.
        source=None if view.answer is None else f"{view.answer.source}; RFC 6749 section 5.1",
    )


def _misplaced(view: AnswerView, envelope: str | None) -> Finding:
    inside = view.message.envelope
    if envelope is None:
        said = f"the members stand inside {inside}, where {view.title} has them at the top"
    else:
        said = f"{envelope} is missing: {view.title} puts the members inside it"
    return by_document(view, said, "is it an answer of another system?", inside or envelope or "body")


def _error_members(view: AnswerView) -> Outcome:
    message, errors = view.message, view.errors
    if message.body is not BodyKind.JSON or message.challenge is not None or view.is_of_api:
        return None
    if errors is not None and errors.envelope is not None:
        listed = message.members.get(errors.envelope)
        if isinstance(listed, list) and listed and all(isinstance(each, dict) for each in listed):
            return None
        said = f"{errors.envelope} is missing, or no list of objects"
        return SourcedFinding(
            said, "is it an answer of another system?", errors.envelope, source=errors.source
        )
    # Where the document says nothing of the body (OP), nothing is required of it.
    if "error" in message.members or (errors is not None and not errors.members):
        return None
    return Finding("error is missing", "the server's to mend; go by the status and the words", "error")


@rule(
    "answer-extra",
    ERROR,
    "there is nothing else, where the document allows nothing else",
    "Worldline Open Banking, Access Token 2.1.1, TokenResponse: additionalProperties is false",
    needs=("answer-members",),
)
def extra(view: AnswerView) -> Outcome:
    """RFC 6749 lets an answer have further members, and a client ignore them; a document may be stricter.

    Worldline's allows six members and no other. One too many is a sign of
    another version or another software; a client that validates by the
    document's schema refuses it.
    """
    if view.answer is None or not view.answer.closed or not view.is_grant:
        return None
    known = {member.name for member in view.answer.members}
    if view.answer.refreshable is False:
        known.add("refresh_token")  # answer-refresh has more to say about it
    more = [printable(name, 40) for name in view.content if name not in known]
    if not more:
        return None
    return by_document(
        view,
        f"{listed(more[:5])} {_is(more)} not in the document, which allows nothing beside its own members",
        "a token that was issued stays usable: ignore what is not known; another version of the document?",
        view.where(more[0]),
    )


@rule(
    "answer-types",
    ERROR,
    "every member has the type that it should have",
    "RFC 6749 section 5.1 and appendix A",
    needs=("answer-json",),
)
def types(view: AnswerView) -> Outcome:
    """Tokens and their type are strings with something in them, seconds are integers without quotes.

    ``"expires_in": "900"`` is a string: some clients compute nonsense with it.
    """
    # In a URL everything is text.
    judged = view.message.kind is MessageKind.RESPONSE and not view.message.callback
    content = view.content if judged else {}
    wrong: dict[str, str] = {}
    for name, value in content.items():
        member = view.member(name)
        wanted = _STANDARD_TYPES.get(name) if member is None else member.type
        if wanted is not None and not _is_of(value, wanted):
            wrong[name] = f"{printable(name, 40)} is {_what(value)}, not {_article(wanted)}"
        elif name in _NEVER_EMPTY and value == "":
            wrong[name] = f"{name} is empty"
    if not wrong:
        return None
    return by_document(view, "; ".join(wrong.values()), "the server's to mend", view.where(next(iter(wrong))))


@rule(
    "answer-scope",
    WARNING,
    "the scope of the token names something",
    "RFC 6749 section 3.3",
    needs=("answer-json",),
)
def scope(view: AnswerView) -> Outcome:
    """A scope is a list of at least one name; with Worldline these are the services that the token opens.

    Where it is empty the token may open nothing. Compare the scope of the request with the
    onboarding; RFC 6749 lets a server leave the member out where it is the one that was asked for.
    """
    if not view.is_grant or view.content.get("scope") != "":
        return None
    return by_document(
        view,
        "scope is empty: no service is named that the token is good for",
        "compare the scope of the request with the onboarding, and ask again",
        view.where("scope"),
    )


def _is_of(value: Any, wanted: JsonType) -> bool:
    return isinstance(value, _PYTHON[wanted]) and not isinstance(value, bool)


def _what(value: Any) -> str:
    return "a number with a fraction" if isinstance(value, float) else json_type(value)


def _article(wanted: JsonType) -> str:
    return f"an {wanted}" if wanted is not JsonType.STRING else "a string"


def _is(names: list[str]) -> str:
    return "is" if len(names) == 1 else "are"
