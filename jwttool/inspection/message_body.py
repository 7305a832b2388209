"""The body of a message: JSON, a form, or something that should not be there.

What is odd is kept beside what could be read, instead of being raised: an
engineer with a broken answer wants to know what is in it all the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from jwttool.checks.answer.message import BodyKind, Fault, FaultKind
from jwttool.encoding import json_type, parse_json, printable
from jwttool.errors import JsonError

if TYPE_CHECKING:
    from jwttool.encoding import JsonObject

# Strings first, so that what is inside them stays as it is. One that is never
# closed takes the rest, and white space is never gone over twice.
_STRINGS_AND_LAST_COMMAS: Final = re.compile(r'"(?:[^"\\]|\\.)*+"?|,(?=[ \t\r\n]*+[}\]])', re.DOTALL)
_FIELD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.~%+-]{0,63}=")
_FORM: Final = "application/x-www-form-urlencoded"
_MAX_FIELDS: Final = 100
_MAX_FORM: Final = 128 * 1024
"""Characters: taking percent signs out costs a hundred times what the form itself does."""


@dataclass(frozen=True, slots=True)
class Body:
    """What a body is and holds, as far as it could be read."""

    kind: BodyKind
    members: JsonObject = field(default_factory=dict, repr=False)
    faults: tuple[Fault, ...] = ()


def read_body(text: str, content_type: str | None = None) -> Body:
    """Read a body by what it looks like, and by its media type where that does not tell."""
    text = text.strip()
    if not text:
        return Body(BodyKind.NONE)
    if text[0] in "{[":
        return read_json(text)
    if text[0] == "<":
        return Body(BodyKind.HTML)
    # A form that says that it is JSON is a form still, and a mistake that is worth telling.
    if is_form(text) or (content_type == _FORM and _FIELD.match(text)):
        return read_form(text)
    return read_json(text) if (content_type or "").endswith("json") else Body(BodyKind.TEXT)


def read_json(text: str) -> Body:
    """A JSON object, strictly; a trailing comma is taken out and told."""
    # zsh marks an output without a line end by a percent sign, which is copied with it.
    text = text.removesuffix("%").rstrip()
    try:
        return _object(_parsed(text))
    except JsonError as error:
        fault = error.message
    mended = _STRINGS_AND_LAST_COMMAS.sub(_drop_comma, text)
    try:
        body = _object(_parsed(mended))
    except JsonError:
        return Body(BodyKind.JSON, {}, (Fault(FaultKind.JSON, fault),))
    comma = Fault(FaultKind.TRAILING_COMMA, f"a comma behind the last member ({fault})")
    return Body(body.kind, body.members, (comma, *body.faults))


def _drop_comma(found: re.Match[str]) -> str:
    return "" if found[0] == "," else found[0]


def _parsed(text: str) -> Any:
    # What cannot be encoded, half of a surrogate pair, is refused as no UTF-8.
    return parse_json(text.encode("utf-8", "surrogatepass"))


def _object(value: Any) -> Body:
    if isinstance(value, dict):
        return Body(BodyKind.JSON, value)
    return Body(BodyKind.JSON, {}, (Fault(FaultKind.JSON, f"{json_type(value)} where an object belongs"),))


def is_form(text: str) -> bool:
    """Whether text looks like the fields of a form: one piece that begins with a name and ``=``."""
    joined = _joined(text)
    return _FIELD.match(joined) is not None and not any(each in joined for each in (" ", "\t", "{", '"'))


def read_form(text: str) -> Body:
    """The fields of a form (WHATWG URL, application/x-www-form-urlencoded); the first of a name counts."""
    joined = _joined(text)
    if len(joined) > _MAX_FORM:
        return Body(BodyKind.FORM, {}, (Fault(FaultKind.FORM, f"more than {_MAX_FORM:,} characters"),))
    faults: list[Fault] = []
    try:
        fields = parse_qsl(
            joined, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=_MAX_FIELDS
        )
    except ValueError:  # UnicodeDecodeError is one
        faults.append(Fault(FaultKind.FORM, "a field that is not name=value in percent-encoded UTF-8"))
        fields = _leniently(joined)
    members: JsonObject = {}
    repeated: dict[str, None] = {}
    for name, value in fields:
        if name in members:
            repeated[printable(name, 40)] = None
        else:
            members[name] = value
    if repeated:
        faults.append(Fault(FaultKind.REPEATED, " and ".join(list(repeated)[:5])))
    return Body(BodyKind.FORM, members, tuple(faults))


def _leniently(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=_MAX_FIELDS)
    except ValueError:
        return []


def _joined(text: str) -> str:
    """Documents and terminals break a form into lines."""
    return "".join(line.strip() for line in text.splitlines()) if "\n" in text else text.strip()
