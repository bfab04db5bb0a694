"""Between the form and the record: what was typed becomes data, and data become what stands in the fields.

A draft keeps whatever was typed, also what is no number yet: the rules of the record speak when the
answers are checked, never by throwing words away. Translations that are not on the form stay.
"""

import copy
import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError
from werkzeug.datastructures import MultiDict

from exchange.catalogue.practices.publish import check
from exchange.messages import Problem
from exchange.vocabulary import completeness
from exchange.vocabulary.fields import clean
from exchange.vocabulary.record import PracticeRecord
from exchange.web.frame import figures
from exchange.web.writing.questions import PARTS, Part, Question

MOST_ROWS = 40
NO_THOUSANDS = ("lat", "lon")  # degrees, in which a point is never one between thousands


def typed(
    data: Mapping[str, Any], part: Part, form: MultiDict[str, str], *, only: set[str] | None = None
) -> dict[str, Any]:
    """`data` with the answers of one part of the form, or of some of its fields, in place of what stood there."""
    asked = [q for q in part.questions if only is None or q.path in only]
    new = copy.deepcopy(dict(data))
    before = str(new.get("language") or "und")
    after = before
    if any(q.kind == "language" for q in asked) and form.get("language", ""):
        after = clean(form.get("language", ""))
    if after != before:
        new = _in_language(new, before, after) | {"language": after}
    for question in asked:
        value = _answer(question, question.path, form, _at(new, question.path), after)
        _put(new, question.path, value)
    return new


def shown(question: Question, data: Mapping[str, Any], language: str, path: str = "") -> Any:
    """What stands in the field: a text, a list of choices, or rows with one more that is empty."""
    value = _at(data, path or question.path)
    match question.kind:
        case "title" | "text":
            return str(value.get(language, "")) if isinstance(value, dict) else str(value or "")
        case "checks":
            return value if isinstance(value, list) else []
        case "lines":
            return "\n".join(
                one.get(language, "") if isinstance(one, dict) else str(one) for one in value or []
            )
        case "urls":
            return "\n".join(str(one) for one in value or [])
        case "numbers":
            return ", ".join(str(one) for one in value or [])
        case "yesno":
            return {True: "yes", False: "no"}.get(value, "") if isinstance(value, bool) else ""
        case "number":
            return figures.written(value, language)
        case "rows":
            return value if isinstance(value, list) else []
    return "" if value is None else str(value)


def readable(data: Mapping[str, Any]) -> PracticeRecord:
    """The part of a draft that can be read as a record: answers that are not in their form are left out."""
    rest = copy.deepcopy(dict(data))
    for _ in range(100):
        try:
            return completeness.read(rest)
        except ValidationError as error:
            for one in error.errors(include_url=False, include_context=False, include_input=False):
                _drop(rest, [part for part in one["loc"] if part != "[key]"])
    return completeness.read({"language": str(rest.get("language") or "und")})


def wrongly_put(data: Mapping[str, Any]) -> list[Problem]:
    """What stands in a draft and is not in the form that its field asks for."""
    record, problems = check(dict(data))
    return problems if record is None else []


def answered(part: Part, problems: Iterable[str]) -> tuple[int, int]:
    """How many of a part's required questions are answered, and how many there are."""
    wanted = [q for q in part.questions if not q.more]
    open_paths = list(problems)
    missing = [q for q in wanted if any(p == q.path or p.startswith(q.path + ".") for p in open_paths)]
    return len(wanted) - len(missing), len(wanted)


def all_questions() -> list[Question]:
    """Every question of the form, in its order."""
    return [question for part in PARTS for question in part.questions]


def _answer(question: Question, name: str, form: MultiDict[str, str], old: Any, language: str) -> Any:
    if question.kind == "rows":
        return _rows(question, form, old if isinstance(old, list) else [], language)
    if question.kind == "checks":
        return [clean(value) for value in form.getlist(name)]
    text = clean(form.get(name, ""))
    match question.kind:
        case "title" | "text":
            return _with_text(old, language, text)
        case "yesno":
            return {"yes": True, "no": False}.get(text)
        case "number":
            return number(question, text, language) if text else None
        case "numbers":
            return [figures.read(one, language) for one in re.split(r"[,;\s]+", text) if one]
        case "urls":
            return text.split()
        case "lines":
            return _lines(text, old if isinstance(old, list) else [], language)
    return text or None


def _rows(
    question: Question, form: MultiDict[str, str], old: list[Any], language: str
) -> list[dict[str, Any]]:
    pattern = re.compile(rf"{re.escape(question.path)}\.(\d{{1,3}})\.")
    numbers = sorted({int(found[1]) for name in form if (found := pattern.match(name))})
    rows = []
    for number in numbers[:MOST_ROWS]:
        row = copy.deepcopy(old[number]) if number < len(old) and isinstance(old[number], dict) else {}
        given = False
        for sub in question.rows:
            value = _answer(sub, f"{question.path}.{number}.{sub.path}", form, _at(row, sub.path), language)
            _put(row, sub.path, value)
            given = given or (value not in (None, "", {}, []) and bool(_has_words(value, language)))
        if given:
            rows.append(row)
    return rows


def _has_words(value: Any, language: str) -> bool:
    return bool(value.get(language)) if isinstance(value, dict) else value is not None


def _with_text(old: Any, language: str, text: str) -> dict[str, str]:
    rest = {k: v for k, v in old.items() if k != language} if isinstance(old, dict) else {}
    return {language: text, **rest} if text else rest


def _lines(text: str, old: list[Any], language: str) -> list[dict[str, str]]:
    """Lines with their translations, which stay with the line that is still the same."""
    known = {one.get(language): one for one in old if isinstance(one, dict)}
    wanted = [line for raw in text.splitlines() if (line := raw.strip())]
    return [dict(known.get(line) or {language: line}) for line in wanted[: 2 * MOST_ROWS]]


def number(question: Question, text: str, language: str) -> int | float | str:
    """What was typed in the field of a number; what is none stays as it was typed."""
    return figures.read(text, language, grouped=question.path not in NO_THOUSANDS)


def _at(data: Any, path: str) -> Any:
    for name in path.split("."):
        if isinstance(data, list) and name.isdigit() and int(name) < len(data):
            data = data[int(name)]
        elif isinstance(data, dict):
            data = data.get(name)
        else:
            return None
    return data


def _put(data: dict[str, Any], path: str, value: Any) -> None:
    """Set a value deep inside; an empty one is taken out, and so is what it leaves empty."""
    *way, last = path.split(".")
    trail = [data]
    for name in way:
        inner = trail[-1].get(name)
        if not isinstance(inner, dict):
            inner = trail[-1][name] = {}
        trail.append(inner)
    if value in (None, "", {}, []):
        trail[-1].pop(last, None)
    else:
        trail[-1][last] = value
    for outer, name in reversed(list(zip(trail, way, strict=False))):
        if outer.get(name) == {}:
            del outer[name]


def _drop(data: dict[str, Any], location: list[Any]) -> None:
    """Take out what stands at a location, or the nearest thing around it that is there."""
    trail = [data]
    for name in location[:-1]:
        inner = _inside(trail[-1], name)
        if inner is None:
            break
        trail.append(inner)
    else:
        if location and _inside(trail[-1], location[-1]) is not None:
            del trail[-1][location[-1]]
            return
    if location:
        data.pop(location[0], None)
    else:  # a rule about the whole record: these are the two there are
        data.pop("cityType", None)
        data.pop("endDate", None)


def _inside(data: Any, name: Any) -> Any:
    if isinstance(data, dict):
        return data.get(name)
    if isinstance(data, list) and isinstance(name, int) and name < len(data):
        return data[name]
    return None


def _in_language(value: Any, before: str, after: str) -> Any:
    """The same data with the texts of one language moved to another."""
    if isinstance(value, dict):
        moved = {}
        for key, inner in value.items():
            is_text = key == before and isinstance(inner, str)
            moved[after if is_text else key] = _in_language(inner, before, after)
        return moved
    if isinstance(value, list):
        return [_in_language(one, before, after) for one in value]
    return value
