"""Read Eurostat's table of local administrative units (LAU): about 99,000 places, one a line."""

import csv
import gzip
import io
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from exchange.messages import N_, Problem, Refusal
from exchange.vocabulary import completeness
from exchange.vocabulary.plainfiles import refusal
from exchange.vocabulary.profile import CommunityRecord

HEADER = ("country", "lau_code", "name", "nuts3_2016", "population", "degurba", "coastal")
UNPACKED, LINE = 256 * 1024 * 1024, 64 * 1024  # characters of the table, and of one line
YEAR, NUTS, SOURCE = 2019, 2016, "Eurostat LAU list %s"
SMALLEST = 20_000  # m²: no unit is smaller; where a country tells less, it has written km²


@dataclass(frozen=True)
class Unit:
    """One line of the table, in our words. `names` is {language: name}, the local one first."""

    code: str
    country: str
    name: str
    latin: str
    record: CommunityRecord


def recognises(path: Path | str) -> bool:
    """Whether a file is a table of local units, by its header."""
    try:
        with _opened(Path(path)) as lines:
            return set(HEADER) <= set(csv.DictReader(lines).fieldnames or ())
    except (Refusal, OSError, EOFError, UnicodeDecodeError, csv.Error, ValueError):
        return False


def units(
    path: Path | str,
    *,
    codes: Collection[str] | None = None,
    countries: Collection[str] | None = None,
    year: int = YEAR,
) -> Iterator[Unit | tuple[str, list[Problem]]]:
    """The lines of the table that were asked for; what is wrong with a line stands in its place.

    The table does not say of which `year` it is. A code is national: `FR:26289` names one place, a bare `26289` every place of that code.
    """
    wanted = None if codes is None else {code.strip() for code in codes}
    lands = None if countries is None else {country.strip().upper() for country in countries}
    for row, line in rows(path):
        land, code = (row["country"] or "").strip(), (row["lau_code"] or "").strip()
        if lands is not None and land not in lands:
            continue
        if wanted is not None and not {code, f"{land}:{code}"} & wanted:
            continue
        yield unit_of(row, land, code, line, year)


def rows(path: Path | str) -> Iterator[tuple[dict[str, Any], int]]:
    """The lines of the table as they stand there, each with its number; Refusal when it is no such table."""
    try:
        with _opened(Path(path)) as lines:
            table = csv.DictReader(lines, strict=True)
            if not set(HEADER) <= set(table.fieldnames or ()):
                raise refusal(N_("This is not a table of local units: its header lacks a column."))
            for row in table:
                yield row, table.line_num
    except (csv.Error, UnicodeDecodeError, EOFError, gzip.BadGzipFile) as error:
        raise refusal(N_("This table cannot be read: it is not CSV in UTF-8, or is cut off.")) from error
    except OSError as error:
        what = error.strerror or str(error)
        raise refusal(
            N_("The file “%(path)s” cannot be read: %(what)s."), path=str(path), what=what
        ) from error


def unit_of(
    row: dict[str, Any], land: str, code: str, line: int, year: int
) -> Unit | tuple[str, list[Problem]]:
    """One line in our words, or what is wrong with it under its name."""
    name, latin = shown(row["name"]), shown(row.get("name_latin"))
    size, urban = area(row.get("area_m2")), (row.get("fua_id") or "").strip()
    role = "city" if (row.get("city_id") or "").strip() else "commuting"
    told: dict[str, Any] = {
        "name": {"und": name},
        "country": land,
        "population": row["population"].strip() or None if row["population"] else None,
        "degurba": f"dg-{row['degurba']}" if row["degurba"] in ("1", "2", "3") else None,
        "lau": [{"code": code, "name": name}],
        "lau_year": year,
        "nuts3": {"code": row["nuts3_2016"], "version": NUTS},
        "fua": {"code": urban, "name": shown(row.get("fua_name")), "role": role} if urban else None,
        "area_km2": size,
        "coastal": {"yes": True, "no": False}.get((row["coastal"] or "").strip().lower()),
        "population_source": SOURCE % year if row["population"] else "",
    }
    marks = ("lau", "nuts3", "degurba", "population", "area_km2", "coastal", "fua")
    told["certainty"] = {mark: "E" for mark in marks if told.get(mark) is not None}
    try:
        return Unit(code, land, name, latin, CommunityRecord.model_validate(told))
    except ValidationError as error:
        return f"{land}:{code}" if code else str(line), completeness.problems(error)


def shown(name: str | None) -> str:
    """A name as it is said: official tables put `, Stadt` and the like behind it."""
    return re.sub(r"\s+", " ", (name or "").strip())[:120]


def area(cell: str | None) -> float | None:
    """km². The column says m², yet some countries have filled it with whole km², 0 for less than half a one."""
    told = _number(cell)
    if not told or told < 0:
        return None
    return round(told, 2) if told <= SMALLEST else round(told / 1e6, 2)


def lines(path: Path | str) -> int:
    """How many lines a table has, its header left out; 0 when it cannot be read."""
    try:
        with _opened(Path(path)) as found:
            return max(0, sum(1 for _ in found) - 1)
    except (Refusal, OSError, EOFError, UnicodeDecodeError):
        return 0


def _number(cell: str | None) -> float | None:
    try:
        return float(cell) if cell and cell.strip() else None
    except ValueError:
        return None


@contextmanager
def _opened(path: Path) -> Iterator[Iterator[str]]:
    """The lines of a table, packed or not, up to a size that no honest table has."""
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        raw = gzip.GzipFile(fileobj=file) if packed else file
        yield _bounded(io.TextIOWrapper(raw, encoding="utf-8-sig", newline=""))  # type: ignore[type-var]


def _bounded(lines: io.TextIOWrapper) -> Iterator[str]:
    size = 0
    while line := lines.readline(LINE):
        size += len(line)
        if size > UNPACKED or len(line) == LINE:
            raise refusal(N_("The table is too large when unpacked."))
        yield line
