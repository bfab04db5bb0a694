"""Found communities for places that were chosen from Eurostat's table of local administrative units (LAU).

Each community is an actor with keys of its own, which takes a moment to make, so only those that were
chosen enter: by code, by country, or the first so many. The whole table is for `reference`.
"""

from collections.abc import Collection
from pathlib import Path

from sqlmodel import Session, select

from exchange.catalogue.communities.community import RESERVED, found
from exchange.catalogue.communities.lau import YEAR, Unit, recognises, units
from exchange.catalogue.files.imports import Progress, Report, slug_of
from exchange.db import Database
from exchange.messages import N_, Message, Problem, Refusal
from exchange.models.community import Community
from exchange.vocabulary.plainfiles import refusal

__all__ = ["YEAR", "import_territory", "recognises"]

MOST = 1_000  # communities at a time
BATCH = 10


def import_territory(
    database: Database,
    origin: str,
    path: Path | str,
    *,
    codes: Collection[str] | None = None,
    countries: Collection[str] | None = None,
    limit: int | None = None,
    year: int = YEAR,
    progress: Progress | None = None,
) -> Report:
    """Found a community for each place that was chosen and is not here yet, and report it.

    A place is known again by its country and code, so the same table may be taken in again.
    """
    report = Report()
    chosen: list[Unit] = []
    for unit in units(path, codes=codes, countries=countries, year=year):
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
