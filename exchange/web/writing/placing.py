"""A row of somebody's table becomes the answers of a draft; what has no place in them is kept beside it.

A cell that cannot be read as its field wants it stands there all the same, as if it had been typed: the form
shows it with what is wrong. Where the form could not show it, it is kept beside the draft.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from exchange.messages import Refusal
from exchange.models.community import Community
from exchange.vocabulary import completeness, concepts, names, sheet
from exchange.vocabulary.concepts import LANGUAGES
from exchange.vocabulary.fields import clean, is_language
from exchange.vocabulary.foreign import COMMUNITY, plain
from exchange.vocabulary.record import DEFAULT_LICENCE
from exchange.vocabulary.texts import in_order
from exchange.web.writing import answers
from exchange.web.writing.questions import Question, place_of
from exchange.web.writing.recognising import ASIDE, leaves, own

_ADDRESS = re.compile(  # bounded, so that a long word is not searched again from each of its letters
    r"https?://[^\s<>\"|;,]+|[^\s<>\"|;,:@]{1,64}@[^\s<>\"|;,@]{1,200}\.[a-z]{2,20}", re.IGNORECASE
)
_DAY_FIRST = re.compile(r"(?:(\d{1,2})[./-])?(\d{1,2})[./-](\d{4})")
_YES = {plain(w) for w in ("yes", "true", "oui", "vrai", "ja", "wahr", "sí", "verdadero", "vero", "1", "x")}
_NO = {plain(w) for w in ("no", "false", "non", "faux", "nein", "falsch", "falso", "0")}
_GROUPS = {
    "commitments": ("inclusive-smart-cities", "responsible-digital-territories", "smart-city-charta"),
    "democratic-modes": ("city-typology",),
}
Cells = Mapping[str, str]


@dataclass
class Placed:
    """The answers of a draft, what is kept beside it as (column, text), and whose record it says it is."""

    data: dict[str, Any]
    aside: list[tuple[str, str]] = field(default_factory=list)
    community: list[tuple[str, str]] = field(default_factory=list)

    @property
    def title(self) -> str:
        titles = self.data.get("title") or {}
        return str(titles.get(self.data["language"]) or next(iter(titles.values()), ""))

    def stranger(self, community: Community) -> str:
        """The name of another community that the record says it is of; "" when it is of this one."""
        called = {plain(community.slug), *(plain(one) for one in community.name.values())}
        for column, cell in self.community:
            name = plain(cell)
            near = any(
                f" {one} " in f" {name} " or (len(name) > 3 and f" {name} " in f" {one} ") for one in called
            )
            if cell.strip() != community.slug and (own(column) or not near) and name not in called:
                return cell.strip()
        return ""


def place(row: Cells, mapping: Cells, language: str) -> Placed:
    """The draft that a row makes; its texts are in `language` unless a column says otherwise."""
    told = next((_language(cell) for column, cell in row.items() if mapping.get(column) == "language"), None)
    placed = Placed({"language": told or language, "licence": DEFAULT_LICENCE})
    ours: dict[str, str] = {}
    others: list[tuple[str, str, str]] = []
    for column, raw in row.items():
        cell, path = clean(raw), mapping.get(column, ASIDE)
        if not cell:
            continue
        if path == COMMUNITY:
            placed.community.append((column, cell))
        elif path == "language" and told:
            continue
        elif path == ASIDE or (path not in leaves() and own(column) != path):
            placed.aside.append((column, cell))
        elif own(column) == path:
            ours[column] = cell
        else:
            others.append((column, path, cell))
    _put_ours(placed, ours)
    filled: dict[str, list[dict[str, Any]]] = {}
    for column, path, cell in others:
        if not _put(placed.data, path, cell, placed.data["language"], filled):
            placed.aside.append((column, cell))
    _keep_what_can_be_shown(placed)
    for question in answers.all_questions():
        _keep_its_shape(placed, question)
        _note_what_is_no_choice(placed, question)
    return placed


def _put_ours(placed: Placed, cells: dict[str, str]) -> None:
    """The columns of our own sheets, whose lists belong together entry by entry."""
    rest = dict(cells)
    while True:
        try:
            made = sheet.from_row(rest)
            break
        except Refusal as why:  # at the column that it is about
            wrong = next((p.path for p in why.problems if p.path in rest), next(iter(rest)))
            placed.aside.append((wrong, rest.pop(wrong)))
    made.pop("language", None)
    made = in_order(made, placed.data["language"])
    for path, question in leaves().items():
        _settle(made, path.split("."), question, placed)
    placed.data |= made


def _settle(data: Any, steps: list[str], question: Question, placed: Placed) -> None:
    """Give a value of our own sheets the type that the form has for it."""
    name = steps[0]
    if isinstance(data, list):
        for one in data:
            _settle(one, steps, question, placed)
    elif not isinstance(data, dict) or name not in data:
        return
    elif len(steps) > 1:
        _settle(data[name], steps[1:], question, placed)
    elif isinstance(data[name], list):
        data[name] = [_typed(question, one, placed.data["language"]) for one in data[name]]
    else:
        value = _typed(question, data[name], placed.data["language"])
        if value is None:
            placed.aside.append((question.path, str(data.pop(name))))
        else:
            data[name] = value


def _typed(question: Question, value: Any, language: str) -> Any:
    if not isinstance(value, str):
        return value
    match question.kind:
        case "yesno":
            return _yes(value)
        case "number" | "numbers":
            return answers.number(question, value, "en" if re.fullmatch(r"-?\d+\.\d+", value) else language)
        case "choice" | "checks":
            return _concept(question.scheme, value) or value
        case "date":
            return _date(value)
    return value


def _put(
    data: dict[str, Any], path: str, cell: str, language: str, filled: dict[str, list[dict[str, Any]]]
) -> bool:
    """Put a cell of somebody else's table in its field; False when there is no room or no way to show it there."""
    question = leaves()[path]
    whole = place_of(path)
    if whole and whole[1].rows:
        return _put_in_row(data, whole[1], question, cell, language, filled.setdefault(whole[1].path, []))
    old = answers._at(data, path)
    match question.kind:
        case "title" | "text":
            before = old.get(language, "") if isinstance(old, dict) else ""
            joined = f"{before}\n\n{cell}" if before and question.kind == "text" else cell
            if before and question.kind == "title":
                return False
            value: Any = {**(old or {}), language: joined}
        case "checks":
            found = [(one, _concept(question.scheme, one)) for one in re.split(r"[|;,\n]", cell)]
            kept = [*(old or []), *(known or one.strip() for one, known in found if one.strip())]
            answers._put(data, path, list(dict.fromkeys(kept)))
            return all(known for one, known in found if one.strip())
        case "lines":
            mark = r"[|;,\n]" if path == "keyword" else r"\n"
            value = [*(old or []), *({language: one.strip()} for one in re.split(mark, cell) if one.strip())]
        case "urls":
            value = [*(old or []), *_ADDRESS.findall(cell)] if _ADDRESS.search(cell) else None
        case "numbers":
            value = [*(old or []), *(int(one) for one in re.findall(r"\d{1,9}", cell))] or None
        case _:
            value = None if old not in (None, DEFAULT_LICENCE) else _one(question, cell, language)
    if value is None:
        return False
    answers._put(data, path, value)
    return question.kind != "urls" or not _ADDRESS.sub("", cell).strip(" ,;|\n")


def _put_in_row(
    data: dict[str, Any],
    whole: Question,
    question: Question,
    cell: str,
    language: str,
    filled: list[dict[str, Any]],
) -> bool:
    """Put a cell into a list: beside what came from the same record, else as a new entry."""
    rows = answers._at(data, whole.path) or []
    lost = False
    parts = [cell]
    if question.kind == "url" or (whole.path, question.path) == ("contactRole", "url"):
        parts = _ADDRESS.findall(cell)
        lost = bool(_ADDRESS.sub("", cell).strip(" ,;|\n"))
    elif question.kind == "line" and question is whole.rows[0]:
        parts = [one.strip() for one in re.split(r"[|;\n]", cell) if one.strip()]
    for part in parts[: answers.MOST_ROWS - len(rows)]:
        value = {language: part} if question.kind in ("title", "text") else _one(question, part, language)
        if value is None:
            lost = True
            continue
        row = next((one for one in filled if answers._at(one, question.path) is None), None)
        if row is None:
            row = {}
            rows.append(row)
            filled.append(row)
        answers._put(row, question.path, value)
        title = next((q for q in whole.rows if q.path == "title" and q.kind == "line"), None)
        if question.kind == "url" and title and not row.get("title"):
            row["title"] = _host(part)
    answers._put(data, whole.path, rows)
    return bool(parts) and not lost and len(parts) <= answers.MOST_ROWS


def _one(question: Question, cell: str, language: str) -> Any:
    """A cell as its kind of field has it; None where the form could not show what stands there."""
    match question.kind:
        case "yesno":
            return _yes(cell)
        case "number":
            return answers.number(question, cell, language)
        case "choice":
            return _concept(question.scheme, cell) or cell
        case "pick":
            return cell if cell in dict(question.options) else None
        case "date":
            return _date(cell)
        case "language":
            return None
    return cell


def _yes(cell: str) -> bool | None:
    return True if plain(cell) in _YES else False if plain(cell) in _NO else None


def _date(cell: str) -> str:
    """A day, month or year as Europe writes it, as the record has it; anything else as it stands."""
    if len(cell) > 40:
        return cell
    if found := _DAY_FIRST.fullmatch(cell.strip()):
        day, month, year = found.groups()
        return f"{year}-{int(month):02}" + (f"-{int(day):02}" if day else "")
    return re.sub(r"T\d\d:\d\d.*$| 00:00.*$", "", cell.strip())


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or address
    except ValueError:
        return address


def _language(cell: str) -> str | None:
    code = cell.strip()
    return code if is_language(code) else _tongues().get(plain(code))


@cache
def _tongues() -> dict[str, str]:
    codes = "bg cs da de el en es et fi fr ga hr hu it lt lv mt nl pl pt ro sk sl sv".split()
    return {plain(names.language_name(code, spoken)): code for code in codes for spoken in (*LANGUAGES, code)}


def _concept(scheme: str, cell: str) -> str | None:
    return _concepts(scheme).get(plain(cell))


@cache
def _concepts(scheme: str) -> dict[str, str]:
    """Everything that a concept of a scheme is called, plain → its identifier."""
    found: dict[str, str] = {}
    known = [one for name in _GROUPS.get(scheme, (scheme,)) for one in concepts.scheme(name)]
    for one in known:
        for said in (one.id, *one.labels.values()):
            found.setdefault(plain(said), one.id)
    for one in known:
        for said in [word for words in one.alternatives.values() for word in words]:
            found.setdefault(plain(said), one.id)
    return found


def _keep_what_can_be_shown(placed: Placed) -> None:
    """Move what is wrong where the form has no field for it to the side, where it can be read."""
    try:
        placed.data = completeness.read(placed.data).data()
        return
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
    for one in faults:
        where = [part for part in one["loc"] if part != "[key]"]
        path = ".".join(str(part) for part in where if not isinstance(part, int))
        value = answers._at(placed.data, ".".join(str(part) for part in where)) if where else None
        found = place_of(path) if path else None
        shown = path in leaves() or (found is not None and path == found[1].path and found[1].rows)
        if not where or shown or value is None:
            continue
        placed.aside.append((path, value if isinstance(value, str) else str(value)))
        answers._drop(placed.data, where)


def _keep_its_shape(placed: Placed, question: Question) -> None:
    """Move a value of a shape that the form has no field for to the side."""
    value = answers._at(placed.data, question.path)
    if value is None or _has_shape(question, value):
        return
    placed.aside.append((question.path, json.dumps(value, ensure_ascii=False)))
    answers._drop(placed.data, question.path.split("."))


def _has_shape(question: Question, value: Any) -> bool:
    def words(one: Any) -> bool:
        return isinstance(one, dict) and all(isinstance(text, str) for text in one.values())

    def plainly(one: Any) -> bool:
        return isinstance(one, str | int | float)

    match question.kind:
        case "title" | "text":
            return words(value)
        case "rows":
            inner = (
                [(sub, answers._at(row, sub.path)) for row in value for sub in question.rows]
                if isinstance(value, list)
                else []
            )
            return (
                isinstance(value, list)
                and all(isinstance(row, dict) for row in value)
                and all(one is None or _has_shape(sub, one) for sub, one in inner)
            )
        case "lines":
            return isinstance(value, list) and all(words(one) for one in value)
        case "checks" | "urls" | "numbers":
            return isinstance(value, list) and all(plainly(one) for one in value)
    return plainly(value)


def _note_what_is_no_choice(placed: Placed, question: Question) -> None:
    """A word that is none of the choices goes when the form is saved; it is kept to be read then, too."""
    if question.kind not in ("choice", "checks"):
        return
    value = answers._at(placed.data, question.path)
    known, noted = set(_concepts(question.scheme).values()), {text for _name, text in placed.aside}
    for one in value if isinstance(value, list) else [value]:
        if one is not None and one not in known and str(one) not in noted:
            placed.aside.append((question.path, str(one)))
