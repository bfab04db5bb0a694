"""Any file as a plain table: columns and cells, whoever made it and whatever its columns are called.

Records of YAML and JSON files are laid flat: a field of ours by the columns that sheets have for it, anything
else by its name and the names inside of it. What the file is, its content says; its name only helps to tell
texts apart.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from exchange.messages import N_
from exchange.vocabulary import sheet
from exchange.vocabulary.fields import clean
from exchange.vocabulary.plainfiles import read_json, read_yaml, refusal, text_of
from exchange.vocabulary.record import PracticeRecord
from exchange.vocabulary.sheetfiles import read_csv, read_xlsx

LARGEST, LARGEST_YAML = 10 * 1024 * 1024, 512 * 1024  # bytes
RECORDS, COLUMNS, CELLS = 200, 200, 2_000_000
TEXT = 2 * LARGEST  # characters in all cells: a YAML file says one text again and again with a few letters
LONGEST_NAME = 200  # characters of the name of a column
WORKBOOK, OLD_WORKBOOK = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENDINGS = {"csv": "csv", "tsv": "csv", "yaml": "yaml", "yml": "yaml", "json": "json"}
_FIELDS = {info.alias or name for name, info in PracticeRecord.model_fields.items()}


@dataclass
class Table:
    """The columns of a file in their order, and its records by column, as texts are kept; empty cells are left out."""

    columns: list[str]
    rows: list[dict[str, str]]


def read(data: bytes, name: str = "") -> Table:
    """A file as a table. Raises Refusal with a sentence when it is too much, or cannot be read."""
    if not data.strip():
        raise refusal(N_("The file is empty."))
    if len(data) > LARGEST:
        raise refusal(N_("The file is larger than %(limit)s MB."), limit=LARGEST // 1024 // 1024)
    if data.startswith(OLD_WORKBOOK):
        raise refusal(N_("This is a workbook of an old kind (XLS). Save it again as XLSX or CSV."))
    if data.startswith(WORKBOOK):
        return _table(row for _line, row in read_xlsx(data, cells=CELLS))
    kind = _kind(text_of(data), name)
    if kind == "csv":
        return _table(row for _line, row in read_csv(data))
    if kind == "yaml" and len(data) > LARGEST_YAML:
        raise refusal(N_("A YAML file has at most %(limit)s kB here."), limit=LARGEST_YAML // 1024)
    text = text_of(data)
    return _table(_flat(one) for one in _records(read_yaml(text) if kind == "yaml" else read_json(text)))


def _kind(text: str, name: str) -> str:
    bare = text.lstrip()
    if bare[:1] in ("{", "["):
        return "json"
    if ending := _ENDINGS.get(name.rpartition(".")[2].lower()):
        return ending
    head = bare.split("\n", 1)[0]
    return "csv" if any(mark in head for mark in ",;\t") and ": " not in head else "yaml"


def _table(rows: Iterable[Mapping[str, str]]) -> Table:
    columns: dict[str, None] = {}
    kept: list[dict[str, str]] = []
    said = 0
    for row in rows:
        said += sum(map(len, row.values()))
        if said > TEXT:
            raise refusal(
                N_("The cells of this file hold more than %(limit)s MB of text."), limit=TEXT // 1024 // 1024
            )
        filled = _filled(row)
        if not filled:
            continue
        kept.append(filled)
        columns |= dict.fromkeys(filled)
        if len(kept) > RECORDS:
            raise refusal(N_("At most %(limit)s records in one file."), limit=RECORDS)
        if len(columns) > COLUMNS:
            raise refusal(N_("At most %(limit)s columns."), limit=COLUMNS)
    if not kept:
        raise refusal(N_("There is no record in this file."))
    return Table(list(columns), kept)


def _filled(row: Mapping[str, str]) -> dict[str, str]:
    """The cells in which something stands; what two columns hold that look alike stands in one."""
    filled: dict[str, str] = {}
    for name, cell in row.items():
        name, cell = clean(name)[:LONGEST_NAME].strip(), clean(cell)
        if cell:
            filled[name] = f"{filled[name]}\n{cell}" if name in filled else cell
    return filled


def _records(data: Any) -> list[dict[str, Any]]:
    """The practices of a file, or of what some other catalogue gave out: the first list of records in it."""
    if isinstance(data, dict):
        lists = [v for v in data.values() if isinstance(v, list) and v and isinstance(v[0], dict)]
        own = isinstance(data.get("practices"), list)
        if not own and {"communities", "adoptions", "practices"} & set(
            data
        ):  # a file of ours, without practices
            raise refusal(N_("There is no practice in this file."))
        listed = lists and not (_FIELDS & set(data))  # a record of ours has lists of its own
        data = data["practices"] if own else lists[0] if listed else [data]
    if not isinstance(data, list):
        raise refusal(N_("There is no record in this file."))
    records = []
    for one in data[: RECORDS + 1]:
        if not isinstance(one, dict):
            raise refusal(N_("Named values are expected here."))
        inside = one.get("fields")
        records.append({**one, **inside, "fields": None} if isinstance(inside, dict) else one)
    return records


def _flat(record: Mapping[str, Any]) -> dict[str, str]:
    cells: dict[str, str] = {}
    for name, value in record.items():
        if name in _FIELDS and isinstance(value, dict | list):
            try:
                cells |= sheet.to_row({name: value}, apart=True)
                continue
            except (ValueError, TypeError):  # not of the shape that the field has
                pass
        if isinstance(value, dict):
            cells |= {f"{name}.{inner}": _text(one) for inner, one in value.items()}
        elif isinstance(value, list):
            cells[str(name)] = "\n".join(_text(one) for one in value)
        else:
            cells[str(name)] = _text(value)
    return cells


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
