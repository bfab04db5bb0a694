"""The reference units of official statistics: taken in from their table, and asked when a community is new.

They are what a village is compared with before it has typed anything. They are facts of a table of one
year, kept with that year, and never communities: nobody speaks for them here.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import insert, tuple_, update
from sqlmodel import Session, col, func, select

from exchange.catalogue.communities import lau
from exchange.db import Database
from exchange.messages import Problem
from exchange.models.territory import ReferenceUnit
from exchange.vocabulary.names import same_country

Progress = Callable[[int, int], None]  # how many lines are done, of how many
BATCH = 5_000
STEP = 500  # keys in one question to the database
COLUMNS = [name for name in ReferenceUnit.model_fields if name not in ("country", "code")]
_PLAIN = re.compile(r"[A-Z]{2} [A-Za-z0-9_./-]{1,20} [A-Za-z0-9_./-]{1,20} [A-Za-z0-9_./-]{1,20}")
_FIGURES = re.compile(r"(?:[0-9]{1,9})? (?:[0-9]{1,12}(?:\.[0-9]+)?)?")
_YES = {"yes": True, "no": False}
_STROKES = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "ß": "ss"})


@dataclass
class Taken:
    """What became of the lines of a table; `refused` names each bad one with what is wrong in it."""

    year: int
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    older: int = 0  # known from a table of a later year, and left as that one says
    refused: list[tuple[str, list[Problem]]] = field(default_factory=list)


def import_reference(
    database: Database, path: Path | str, *, year: int = lau.YEAR, progress: Progress | None = None
) -> Taken:
    """Take a whole table in as reference units, all of it or nothing; the same table again changes nothing.

    A bad line is no reason to refuse the others: it is in what is given back.
    """
    total = lau.lines(path) if progress else 0
    taken = Taken(year)
    batch: dict[tuple[str, str], dict[str, Any]] = {}
    met = 0
    with database.writing() as session:
        for told, line in lau.rows(path):
            met += 1
            row = plain_row(told, year) or checked_row(told, line, year)
            if isinstance(row, dict):
                batch[row["country"], row["code"]] = row
            else:
                taken.refused.append(row)
            if len(batch) == BATCH:
                _keep(session, batch, taken)
                batch = {}
                if progress:
                    progress(met, max(total, met))
        _keep(session, batch, taken)
    if progress:
        progress(max(total, met), max(total, met))
    return taken


def checked_row(told: dict[str, Any], line: int, year: int) -> dict[str, Any] | tuple[str, list[Problem]]:
    """A line as the columns of a reference unit, each judged as a community's own would be; or what is wrong."""
    land, code = (told["country"] or "").strip(), (told["lau_code"] or "").strip()
    unit = lau.unit_of(told, land, code, line, year)
    if not isinstance(unit, lau.Unit):
        return unit
    one = unit.record
    return _row(
        (land, code, year, unit.name, unit.latin),
        (one.population, one.area_km2, one.degurba, one.coastal),
        one.nuts3.code if one.nuts3 else None,
        (one.fua.code, one.fua.name, one.fua.role or "") if one.fua else None,
    )


def plain_row(told: dict[str, Any], year: int) -> dict[str, Any] | None:
    """The same for a line in which nothing can be wrong, without asking a judge; None for every other.

    Nearly all lines are such, and a hundred thousand of them are read in seconds instead of a minute.
    """
    cells = {name: (cell or "").strip() for name, cell in told.items() if isinstance(cell, str | None)}
    name, latin, urban = cells["name"], cells.get("name_latin", ""), cells.get("fua_id", "")
    fua_name, people, size = cells.get("fua_name", ""), cells["population"], cells.get("area_m2", "")
    if (
        len(cells) != len(told)
        or not (name and name + latin + fua_name).isprintable()
        or "  " in name + latin + fua_name
        or max(len(name), len(latin), len(fua_name)) > 120
        or not _PLAIN.fullmatch(
            f"{cells['country']} {cells['lau_code']} {cells['nuts3_2016']} {urban or 'x'}"
        )
        or not _FIGURES.fullmatch(f"{people} {size}")
    ):
        return None
    fua = (urban, fua_name, "city" if cells.get("city_id") else "commuting") if urban else None
    degurba = f"dg-{cells['degurba']}" if cells["degurba"] in ("1", "2", "3") else None
    return _row(
        (cells["country"], cells["lau_code"], year, name, latin),
        (int(people) if people else None, lau.area(size), degurba, _YES.get(cells["coastal"].lower())),
        cells["nuts3_2016"],
        fua,
    )


def _row(
    who: tuple[str, str, int, str, str],
    facts: tuple[int | None, float | None, str | None, bool | None],
    nuts3: str | None,
    fua: tuple[str, str, str] | None,
) -> dict[str, Any]:
    country, code, year, name, latin = who
    population, area, degurba, coastal = facts
    drawn = degurba is not None or fua is not None  # else nobody has said where its urban areas are
    urban = fua or (None, None, "outside" if drawn else None)
    return {
        "country": country,
        "code": code,
        "year": year,
        "name": name,
        "latin": latin,
        "folded": folded(name),
        "folded_latin": folded(latin),
        "population": population,
        "area_km2": area,
        "degurba": degurba,
        "coastal": coastal,
        "nuts3": nuts3,
        "nuts_version": lau.NUTS,
        "fua_code": urban[0],
        "fua_name": urban[1],
        "fua_role": urban[2],
    }


def _keep(session: Session, batch: Mapping[tuple[str, str], dict[str, Any]], taken: Taken) -> None:
    if not batch:
        return
    held = {(u.country, u.code): u for u in _held(session, list(batch))}
    new, changed = [], []
    for key, row in batch.items():
        here = held.get(key)
        if here is None:
            new.append(row)
        elif here.year > row["year"]:
            taken.older += 1
        elif any(getattr(here, name) != row[name] for name in COLUMNS):
            changed.append(row)
        else:
            taken.unchanged += 1
    if new:
        session.connection().execute(insert(ReferenceUnit), new)
    for row in changed:
        where = (col(ReferenceUnit.country) == row["country"], col(ReferenceUnit.code) == row["code"])
        session.connection().execute(update(ReferenceUnit).where(*where).values(**row))
    taken.new += len(new)
    taken.changed += len(changed)


def _held(session: Session, keys: list[tuple[str, str]]) -> Iterable[Any]:
    table = ReferenceUnit.__table__  # type: ignore[attr-defined]
    for start in range(0, len(keys), STEP):
        wanted = tuple_(table.c.country, table.c.code).in_(keys[start : start + STEP])
        yield from session.connection().execute(table.select().where(wanted))


# --------------------------------------------------------------------- asking them


def folded(name: str) -> str:
    """A name as it is looked up: without accents, capitals and what official tables put behind it."""
    bare = name.partition(",")[0].casefold()
    if "(" in bare:
        bare = re.sub(r"\([^)]*\)", " ", bare)
    if bare.isascii():
        return " ".join(re.findall(r"\w+", bare))
    bare = bare.translate(_STROKES)
    plain = unicodedata.normalize("NFKD", bare)
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", letters))


def held(session: Session) -> tuple[int, int | None]:
    """How many reference units there are, and the year of the newest."""
    number, year = session.exec(select(func.count(), func.max(ReferenceUnit.year))).one()
    return number, year


def by_code(session: Session, country: str, code: str) -> ReferenceUnit | None:
    """The unit of that national code."""
    query = select(ReferenceUnit).where(
        col(ReferenceUnit.country).in_(same_country(country)), ReferenceUnit.code == code.strip()
    )
    return session.exec(query).first()


def by_codes(session: Session, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], ReferenceUnit]:
    """The units of many (country, code) at once, under the keys that were asked for."""
    asked = {(same, code): (land, code) for land, code in keys for same in same_country(land or "")}
    found: dict[tuple[str, str], ReferenceUnit] = {}
    todo = list(asked)
    for start in range(0, len(todo), STEP):
        both = tuple_(col(ReferenceUnit.country), col(ReferenceUnit.code))
        query = select(ReferenceUnit).where(both.in_(todo[start : start + STEP]))
        found |= {asked[unit.country, unit.code]: unit for unit in session.exec(query)}
    return found


def by_name(session: Session, country: str, name: str, *, limit: int = 20) -> list[ReferenceUnit]:
    """The units of that name in a country, by code; a name is often that of several."""
    wanted = folded(name)
    if not wanted:
        return []
    either = (col(ReferenceUnit.folded) == wanted) | (col(ReferenceUnit.folded_latin) == wanted)
    query = select(ReferenceUnit).where(either, col(ReferenceUnit.country).in_(same_country(country)))
    return list(session.exec(query.order_by(col(ReferenceUnit.code)).limit(limit)))


def match(
    session: Session, country: str, *, codes: Iterable[str] = (), name: str | Iterable[str] = ""
) -> list[ReferenceUnit]:
    """The units that a community is: those of its codes, else the only one of its name.

    Empty when a code is unknown, or the name is that of none or of several: nothing is guessed.
    """
    named = [by_code(session, country, code) for code in codes]
    if named:
        return [unit for unit in named if unit] if all(named) else []
    for one in [name] if isinstance(name, str) else name:
        found = by_name(session, country, one, limit=2)
        if found:
            return found if len(found) == 1 else []
    return []


def facts(units: list[ReferenceUnit]) -> dict[str, Any]:
    """What the table says of a community that is these units together, in the words of a profile.

    {population, degurba, lau, lauYear, nuts3, fua, areaKm2, coastal, populationSource, certainty}, without
    what it does not tell; for several units only what can be added up or is the same for all.
    """
    if not units:
        return {}
    first = units[0]
    told: dict[str, Any] = {
        "population": _sum([u.population for u in units]),
        "areaKm2": _sum([u.area_km2 for u in units]),
        "degurba": _same([u.degurba for u in units]),
        "coastal": _any([u.coastal for u in units]),
        "lau": [{"code": u.code, "name": u.name} for u in units],
        "lauYear": first.year,
    }
    if _same([u.nuts3 for u in units]):
        told["nuts3"] = {"code": first.nuts3, "version": first.nuts_version}
    if _same([u.fua_code for u in units]):
        told["fua"] = {"code": first.fua_code, "name": first.fua_name or "", "role": first.fua_role}
    if told["population"] is not None:
        told["populationSource"] = f"Eurostat LAU list {first.year}"
    told = {k: v for k, v in told.items() if v is not None}
    marks = {"lau": "lau", "nuts3": "nuts3", "degurba": "degurba", "population": "population"}
    marks |= {"areaKm2": "area_km2", "coastal": "coastal", "fua": "fua"}
    told["certainty"] = {mark: "E" for name, mark in marks.items() if name in told}
    return told


def filled(columns: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a community with what the table tells put where they are empty, and only there."""
    profile = dict(columns.get("profile") or {})
    certainty = dict(profile.get("certainty") or {})
    made = dict(columns)
    for name, value in told.items():
        if name in ("certainty", "populationSource"):
            continue
        place = made if name in ("population", "degurba") else profile
        if place.get(name) is None:
            place[name] = value
            mark = "area_km2" if name == "areaKm2" else name
            if mark in told.get("certainty", {}):
                certainty[mark] = "E"
            if name == "population":
                profile["populationSource"] = told["populationSource"]
    if certainty:
        profile["certainty"] = certainty
    return made | {"profile": profile}


def _sum(values: list[Any]) -> Any:
    return None if any(v is None for v in values) else round(sum(values), 2)


def _same(values: list[Any]) -> Any:
    return values[0] if len(set(values)) == 1 else None


def _any(values: list[bool | None]) -> bool | None:
    return None if any(v is None for v in values) else any(values)
