"""The JSON that programs send: read with care, and refused at the field that is wrong."""

import json
from typing import Any

from flask import request
from pydantic import TypeAdapter, ValidationError

from exchange.api.problems import ApiProblem
from exchange.messages import N_, Message, Problem, Refusal
from exchange.vocabulary import completeness
from exchange.vocabulary.fields import Text

LARGEST = 1024 * 1024
_TEXT: TypeAdapter[dict[str, str]] = TypeAdapter(Text)


def json_body() -> dict[str, Any]:
    """The body as a JSON object; 413, 415 or 400 otherwise."""
    request.max_content_length = LARGEST
    kind = request.mimetype
    raw = request.get_data(cache=True)
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise ApiProblem(415)
    try:
        data = json.loads(raw.decode("utf-8"), parse_constant=_no_number, parse_int=_whole)
    except (ValueError, RecursionError) as error:
        raise ApiProblem(400, N_("The body is not JSON.")) from error
    if not isinstance(data, dict):
        raise ApiProblem(400, N_("The body must be a JSON object."))
    return data


def only(body: dict[str, Any], known: set[str]) -> None:
    """Refuse fields that nobody knows."""
    strange = sorted(set(body) - known)
    if strange:
        raise Refusal(
            [Problem(name[:80], Message(N_("There is no field of this name."))) for name in strange]
        )


def words(body: dict[str, Any], name: str) -> dict[str, str]:
    """A text, or texts by language; as in a record."""
    if body.get(name) is None:
        return {}
    try:
        return _TEXT.validate_python(body[name])
    except ValidationError as error:
        found = [Problem(name, problem.message) for problem in completeness.problems(error)]
        raise Refusal(found) from error


def text(body: dict[str, Any], name: str) -> str:
    """A string; "" when it is none."""
    value = body.get(name)
    return value if isinstance(value, str) else ""


def _no_number(text: str) -> Any:
    raise ValueError(text)


def _whole(text: str) -> int:
    if len(text) > 20:
        raise ValueError(text[:20])
    return int(text)
