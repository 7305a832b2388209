"""What a command printed as JSON, held to the schema of its answer."""

from __future__ import annotations

import json
from typing import Any

import jsonschema

from docs.generate import json_schema
from jwttool.render.schemas import ANSWERS


def parsed_answer(command: str, stdout: str) -> dict[str, Any]:
    """The one JSON object on standard output, valid by the schema of the command's answer."""
    answer: dict[str, Any] = json.loads(stdout)
    schema = json_schema(ANSWERS[command], title=command)
    jsonschema.Draft202012Validator(schema).validate(answer)
    return answer


def parsed_error(stdout: str) -> dict[str, Any]:
    """What is in the answer of a failure."""
    error: dict[str, Any] = parsed_answer("error", stdout)["error"]
    return error
