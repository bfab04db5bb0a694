"""Take communities in from Eurostat's table of local administrative units (LAU).

The table counts about 99,000 places. Each community is an actor with keys of its own, which takes a
moment to make, so only those that were chosen enter: by code, by country, or the first so many.
"""

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
from sqlmodel import Session, select

from exchange.catalogue.community import RESERVED, found
from exchange.catalogue.imports import Progress, Report, slug_of
from exchange.db import Database
from exchange.messages import N_, Message, Problem, Refusal
from exchange.models.community import Community
from exchange.vocabulary.plainfiles import refusal
from exchange.vocabulary.profile import CommunityRecord

HEADER = ("country", "lau_code", "name", "nuts3_2016", "population", "degurba", "coastal")
MOST = 1_000  # communities at a time
UNPACKED, LINE = 256 * 1024 * 1024, 64 * 1024  # characters of the table, and of one line
YEAR, NUTS, SOURCE = 2019, 2016, "Eurostat LAU list 2019"
BATCH = 10


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
    path: Path | str, *, codes: Collection[str] | None = None, countries: Collection[str] | None = None
) -> Iterator[Unit | tuple[str, list[Problem]]]:
    """The lines of the table that were asked for; what is wrong with a line stands in its place.

    A code is national: `FR:26289` names one place, a bare `26289` every place of that code.
    """
    wanted = None if codes is None else {code.strip() for code in codes}
    lands = None if countries is None else {country.strip().upper() for country in countries}
    try:
        with _opened(Path(path)) as lines:
            table = csv.DictReader(lines, strict=True)
            if not set(HEADER) <= set(table.fieldnames or ()):
                raise refusal(N_("This is not a table of local units: its header lacks a column."))
            for row in table:
                land, code = (row["country"] or "").strip(), (row["lau_code"] or "").strip()
                if lands is not None and land not in lands:
                    continue
                if wanted is not None and not {code, f"{land}:{code}"} & wanted:
                    continue
                yield _unit(row, land, code, table.line_num)
    except (csv.Error, UnicodeDecodeError, EOFError, gzip.BadGzipFile) as error:
        raise refusal(N_("This table cannot be read: it is not CSV in UTF-8, or is cut off.")) from error
    except OSError as error:
        what = error.strerror or str(error)
        raise refusal(
            N_("The file “%(path)s” cannot be read: %(what)s."), path=str(path), what=what
        ) from error


def import_territory(
    database: Database,
    origin: str,
    path: Path | str,
    *,
    codes: Collection[str] | None = None,
    countries: Collection[str] | None = None,
    limit: int | None = None,
    progress: Progress | None = None,
) -> Report:
    """Found a community for each place that was chosen and is not here yet, and report it.

    A place is known again by its country and code, so the same table may be taken in again.
    """
    report = Report()
    chosen: list[Unit] = []
    for unit in units(path, codes=codes, countries=countries):
        if not isinstance(unit, Unit):
            report.refused.append(unit)
            continue
        if limit is not None and len(chosen) >= limit:
            break
        chosen.append(unit)
    if len(chosen) > MOST:
        raise refusal(
            N_("%(count)s places are too many at once; choose by code or country, at most %(limit)s."),
            count=len(chosen),
            limit=MOST,
        )
    _tell_missing(chosen, codes, report)
    for start in range(0, len(chosen), BATCH):
        with database.writing() as session:
            known, slugs = _known(session)
            for unit in chosen[start : start + BATCH]:
                if (unit.country, unit.code) in known:
                    report.unchanged.append(known[unit.country, unit.code])
                    continue
                _enter(session, origin.rstrip("/"), unit, slugs, report)
        if progress:
            progress(min(start + BATCH, len(chosen)), len(chosen))
    return report


def _tell_missing(chosen: list[Unit], codes: Collection[str] | None, report: Report) -> None:
    met = {name for unit in chosen for name in (unit.code, f"{unit.country}:{unit.code}")}
    met |= {name for name, _ in report.refused}
    for code in codes or ():
        if code.strip() not in met:
            sentence = Message(N_("There is no place of this code in the table."))
            report.refused.append((code.strip()[:40], [Problem("", sentence)]))


def _known(session: Session) -> tuple[dict[tuple[str, str], str], set[str]]:
    """Our communities by country and code of their local unit, and the short names that are taken."""
    ours = list(session.exec(select(Community).where(Community.local)))
    codes = {
        (community.country, unit.get("code")): community.slug
        for community in ours
        for unit in community.profile.get("lau", [])
        if len(community.profile["lau"]) == 1
    }
    return codes, {community.slug for community in ours}


def _enter(session: Session, origin: str, unit: Unit, slugs: set[str], report: Report) -> None:
    slug = slug_of(unit.latin) or slug_of(unit.name) or f"{unit.country}-{unit.code}".lower()
    if slug in slugs or slug in RESERVED:
        slug = f"{slug[:40]}-{slug_of(unit.country)}-{slug_of(unit.code)}"
    columns = unit.record.columns()
    columns = {k: v for k, v in columns.items() if k not in ("population_class", "url")}
    try:
        with session.begin_nested():
            found(session, origin, slug=slug, **columns)
    except Refusal as why:
        report.refuse(f"{unit.country}:{unit.code}", why)
        return
    slugs.add(slug)
    report.communities_created.append(slug)


def _unit(row: dict[str, Any], land: str, code: str, line: int) -> Unit | tuple[str, list[Problem]]:
    name, latin = _shown(row["name"]), _shown(row.get("name_latin"))
    area, urban = _number(row.get("area_m2")), (row.get("fua_id") or "").strip()
    told: dict[str, Any] = {
        "name": {"und": name},
        "country": land,
        "population": row["population"].strip() or None if row["population"] else None,
        "degurba": f"dg-{row['degurba']}" if row["degurba"] in ("1", "2", "3") else None,
        "lau": [{"code": code, "name": name}],
        "lau_year": YEAR,
        "nuts3": {"code": row["nuts3_2016"], "version": NUTS},
        "fua": {"code": urban, "name": _shown(row.get("fua_name"))} if urban else None,
        "area_km2": round(area / 1e6, 2) if area else None,
        "coastal": {"yes": True, "no": False}.get((row["coastal"] or "").strip().lower()),
        "population_source": SOURCE if row["population"] else "",
    }
    marks = ("lau", "nuts3", "degurba", "population", "area_km2", "coastal", "fua")
    told["certainty"] = {mark: "E" for mark in marks if told.get(mark) is not None}
    try:
        return Unit(code, land, name, latin, CommunityRecord.model_validate(told))
    except ValidationError as error:
        refused = Report()
        refused.refuse(f"{land}:{code}" if code else str(line), error)
        return refused.refused[0]


def _shown(name: str | None) -> str:
    """A name as it is said: official tables put `, Stadt` and the like behind it."""
    return re.sub(r"\s+", " ", (name or "").strip())[:120]


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
