"""What a file holds: communities, practices and adoptions as plain data, whatever format it is in."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exchange.messages import N_, Message, Problem, Refusal
from exchange.vocabulary import sheet
from exchange.vocabulary.plainfiles import BIGGEST, read_json, read_yaml, refusal, text_of
from exchange.vocabulary.sheetfiles import read_csv, read_xlsx

FORMATS = ("yaml", "json", "csv", "xlsx")
SECTIONS = ("communities", "practices", "adoptions")
ASIDE = ("meta",)  # what a file says about itself
MOST = 20_000  # records
WORKBOOK = b"PK\x03\x04"
_ENDINGS = {".yaml": "yaml", ".yml": "yaml", ".json": "json", ".csv": "csv", ".tsv": "csv", ".xlsx": "xlsx"}


@dataclass
class Contents:
    """The records of a file in its order. `faults` are those that could not even be told apart."""

    communities: list[dict[str, Any]] = field(default_factory=list)
    practices: list[dict[str, Any]] = field(default_factory=list)
    adoptions: list[dict[str, Any]] = field(default_factory=list)
    faults: list[tuple[str, list[Problem]]] = field(default_factory=list)
    places: dict[int, str] = field(
        default_factory=dict
    )  # a record, by its identity → where it stands in the file

    def place(self, record: dict[str, Any]) -> str:
        """What a record is called that has no name of its own: its section and number."""
        return self.places.get(id(record), "")


def load(source: Path | str | bytes, kind: str | None = None) -> Contents:
    """The records of a file, given by its path or as its bytes; raises Refusal when it cannot be read."""
    if kind is not None and kind not in FORMATS:
        raise refusal(N_("A file is YAML, JSON, CSV or XLSX."))
    data = source if isinstance(source, bytes) else _bytes(Path(source))
    if kind is None and not isinstance(source, bytes):
        kind = _ENDINGS.get(Path(source).suffix.lower())
    if kind is None or (kind == "xlsx") != data.startswith(
        WORKBOOK
    ):  # what a file is says more than its name
        kind = _guess(data)
    if kind in ("csv", "xlsx"):
        return _from_rows(read_csv(data) if kind == "csv" else read_xlsx(data))
    text = text_of(data)
    return _sorted(read_yaml(text) if kind == "yaml" else read_json(text))


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > BIGGEST:
            raise refusal(N_("The file is larger than %(limit)s MB."), limit=BIGGEST // 1024 // 1024)
        return path.read_bytes()
    except FileNotFoundError as error:
        raise refusal(N_("There is no file “%(path)s”."), path=str(path)) from error
    except (OSError, ValueError) as error:
        what = getattr(error, "strerror", None) or str(error)
        raise refusal(
            N_("The file “%(path)s” cannot be read: %(what)s."), path=str(path), what=what
        ) from error


def _guess(data: bytes) -> str:
    if data.startswith(WORKBOOK):
        return "xlsx"
    text = text_of(data).lstrip()
    if text[:1] in ("{", "["):
        return "json"
    head = text.split("\n", 1)[0]
    return "csv" if any(mark in head for mark in ",;\t") and ": " not in head else "yaml"


def _sorted(data: Any) -> Contents:
    contents = Contents()
    if data is None:
        raise refusal(N_("The file is empty."))
    if isinstance(data, dict) and any(name in data for name in SECTIONS):
        for name, value in data.items():
            if name in SECTIONS and isinstance(value, list):
                for number, record in enumerate(value):
                    _place(contents, record, f"{name}.{number}", name)
            elif name in SECTIONS and value is not None:
                contents.faults.append((name, [Problem("", Message(N_("A list is expected here.")))]))
            elif name not in (*SECTIONS, *ASIDE):
                contents.faults.append(
                    (name[:80], [Problem("", Message(N_("There is no section of this name.")))])
                )
    else:
        for number, record in enumerate(data if isinstance(data, list) else [data]):
            _place(contents, record, str(number), None)
    if sum(len(getattr(contents, name)) for name in SECTIONS) > MOST:
        raise refusal(N_("At most %(limit)s records in one file."), limit=MOST)
    return contents


def _place(contents: Contents, record: Any, name: str, section: str | None) -> None:
    if not isinstance(record, dict):
        contents.faults.append((name, [Problem("", Message(N_("Named values are expected here.")))]))
        return
    section = section or _section_of(record)
    if section is None:
        sentence = N_("This is neither a practice, nor a community, nor an adoption.")
        contents.faults.append((name, [Problem("", Message(sentence))]))
        return
    getattr(contents, section).append(record)
    contents.places[id(record)] = name


def _section_of(record: dict[str, Any]) -> str | None:
    if "practice" in record and "stage" in record:
        return "adoptions"
    if "title" in record:
        return "practices"
    return "communities" if "name" in record and "country" in record else None


def _from_rows(rows: Iterable[tuple[int, dict[str, str]]]) -> Contents:
    """One practice a row; the columns `community.…` describe a community that may not be here yet.

    A sheet without titles, but with names and countries, is one of communities.
    """
    contents = Contents()
    described: dict[str, dict[str, Any]] = {}
    for line, row in rows:
        if "country" in row and any(column.partition(".")[0] == "name" for column in row):
            contents.communities.append(_nested(row))
            continue
        name = row.get("id") or str(line)
        community = {k.removeprefix("community."): v for k, v in row.items() if k.startswith("community.")}
        try:
            record = sheet.from_row({k: v for k, v in row.items() if not k.startswith("community.")})
            slug = row.get("community") or community.pop("id", None)
            if slug:
                record["community"] = slug
                if "name" in community and "country" in community:
                    described.setdefault(slug, {**_nested(community), "id": slug})
            contents.practices.append(record)
        except Refusal as fault:
            contents.faults.append((name, fault.problems))
    contents.communities += described.values()
    return contents


def _nested(cells: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, cell in cells.items():
        if name.startswith("name."):
            texts = found.setdefault("name", {})
            if isinstance(texts, dict):
                texts[name.removeprefix("name.")] = cell.strip()
        elif name in ("topography", "languages", "economy", "commitments"):
            found[name] = [part.strip() for part in cell.split(sheet.SEPARATOR)]
        else:
            found[name] = cell.strip()
    return found
