"""A record as one row of a table, and back: the columns that a spreadsheet has.

A column is named by the path of its field: `status`, `cost.class`, `title.fr`. In a column of a field
that can hold several entries they are separated by `|` (written `\\|` inside a text), and the columns
of one list belong together, entry by entry: `source.title` = `Report|Leaflet`, `source.url` =
`https://…|https://…`. An entry may also have a column of its own: `source.2.title`.
"""

import re
import types
import typing
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from exchange.messages import N_, Message, Problem, Refusal
from exchange.vocabulary.record import PracticeRecord

SEPARATOR = "|"
NAMED = ("certainty.", "cityType.")  # whose names are free or are concepts: nothing in them is a path
ENTRIES = 60  # of one list, more than any list of the record may hold


def columns() -> dict[str, str]:
    """Every column of a record with the kind of its values: value, list, text, or values by name."""
    return dict(_columns(PracticeRecord, ""))


def to_row(record: Mapping[str, Any], *, apart: bool = False) -> dict[str, str]:
    """The cells of a record; empty ones are left out. `apart` gives each entry of a list its own column."""
    row: dict[str, str] = {}
    for path, value in _leaves(record, ""):
        if not isinstance(value, list):
            row[path] = _cell(value)
        elif not apart:
            row[path] = _joined(value)
        else:
            row |= {_numbered(path, n): _cell(one) for n, one in enumerate(value, 1) if one != ""}
    return row


def _numbered(path: str, number: int) -> str:
    """The column of one entry: its number comes behind the name of the list."""
    lists = [name for name in _lists() if path == name or path.startswith(f"{name}.")]
    return f"{max(lists, key=len)}.{number}{path.removeprefix(max(lists, key=len))}"


def from_row(row: Mapping[str, str]) -> dict[str, Any]:
    """The plain data of a record out of its cells; raises Refusal when columns contradict each other."""
    record: dict[str, Any] = {}
    for column, cell in row.items():
        if cell.strip():
            _put(record, column, cell.strip())
    return {name: _closed(value) for name, value in record.items()}


# What the record looks like


def _columns(model: type[BaseModel], before: str) -> Iterator[tuple[str, str]]:
    for name, info in model.model_fields.items():
        path = before + (info.alias or name)
        entry, many = _entry(info)
        if entry is None:
            yield path, "list" if many else _kind(info)
        else:
            yield from _columns(entry, f"{path}.")


def _kind(info: FieldInfo) -> str:
    texts = _of(info.annotation, dict)
    if texts is None:
        return "value"
    return "text" if typing.get_args(texts)[0] is str else "named"


@cache
def _lists() -> frozenset[str]:
    """The paths of the fields that hold several entries."""

    def walk(model: type[BaseModel], before: str) -> Iterator[str]:
        for name, info in model.model_fields.items():
            path = before + (info.alias or name)
            entry, many = _entry(info)
            if many:
                yield path
            if entry is not None:
                yield from walk(entry, f"{path}.")

    return frozenset(walk(PracticeRecord, ""))


def _entry(info: FieldInfo) -> tuple[type[BaseModel] | None, bool]:
    """The model of a field's entries, if they have one, and whether there may be several."""
    listed = _of(info.annotation, list)
    inside = typing.get_args(listed)[0] if listed is not None else info.annotation
    found = next((t for t in _flat(inside) if isinstance(t, type) and issubclass(t, BaseModel)), None)
    return found, listed is not None


def _of(annotation: Any, origin: type) -> Any:
    return next((t for t in _flat(annotation) if typing.get_origin(t) is origin), None)


def _flat(annotation: Any) -> Iterator[Any]:
    """A type and what it stands for, through its annotations and alternatives."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        yield from _flat(typing.get_args(annotation)[0])
    elif origin in (typing.Union, types.UnionType):
        for one in typing.get_args(annotation):
            yield from _flat(one)
    else:
        yield annotation


# From a record to cells


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, one in value.items():
            yield from _leaves(one, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        entries = [dict(_leaves(entry, path)) for entry in value]
        for column in dict.fromkeys(name for entry in entries for name in entry):
            yield column, [entry.get(column, "") for entry in entries]
    else:
        yield path, value


def _joined(values: list[Any]) -> str:
    cells = [_cell(v).replace("\\", "\\\\").replace(SEPARATOR, f"\\{SEPARATOR}") for v in values]
    return SEPARATOR.join(cells)


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


# From cells to a record


def _split(cell: str) -> list[str]:
    parts = re.findall(r"((?:[^\\|]|\\.|\\$)*)(?:\||$)", cell, re.DOTALL)
    return [re.sub(r"\\([\\|])", r"\1", part).strip() for part in parts[: -1 if len(parts) > 1 else None]]


def _closed(value: Any) -> Any:
    """The value without the gaps that empty entries left in its lists."""
    if isinstance(value, dict):
        return {name: _closed(one) for name, one in value.items()}
    return [_closed(one) for one in value if one is not None] if isinstance(value, list) else value


def _put(record: dict[str, Any], column: str, cell: str) -> None:
    steps = column.split(".", 1) if column.startswith(NAMED) else column.split(".")
    for number in range(1, len(steps) + 1):
        if ".".join(steps[:number]) in _lists():
            _put_entries(record, steps, number, cell)
            return
    _set(record, steps, cell, column)


def _put_entries(record: dict[str, Any], steps: list[str], number: int, cell: str) -> None:
    """Lay the entries of a column beside those of the other columns of the same list."""
    column, rest = ".".join(steps), steps[number:]
    numbered = bool(rest) and rest[0].isdecimal()
    if numbered:
        at, rest = int(rest[0][:4]) - 1, rest[1:]
        parts = {at: cell}
    else:
        parts = {n: part for n, part in enumerate(_split(cell)) if part}
    if any(not 0 <= n < ENTRIES for n in parts):
        raise _wrong(column, N_("At most %(limit)s entries."), limit=ENTRIES)
    found = record
    for step in steps[: number - 1]:
        found = found.setdefault(step, {})
        if not isinstance(found, dict):
            raise _wrong(column, N_("This column contradicts another one."))
    entries = found.setdefault(steps[number - 1], [])
    for n, part in parts.items():
        entries.extend([None] * (n + 1 - len(entries)))
        if not rest:
            entries[n] = part
            continue
        entries[n] = {} if entries[n] is None else entries[n]
        if not isinstance(entries[n], dict):
            raise _wrong(column, N_("This column contradicts another one."))
        _set(entries[n], rest, part, column)


def _set(found: dict[str, Any], steps: list[str], cell: str, column: str) -> None:
    for step in steps[:-1]:
        found = found.setdefault(step, {})
        if not isinstance(found, dict):
            raise _wrong(column, N_("This column contradicts another one."))
    if steps[-1] in found:
        raise _wrong(column, N_("This column contradicts another one."))
    found[steps[-1]] = cell


def _wrong(column: str, msgid: str, **params: Any) -> Refusal:
    return Refusal([Problem(column, Message(msgid, params))])
