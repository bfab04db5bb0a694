"""Give practices out as a file that `imports` takes in again: YAML, JSON, CSV or XLSX."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import yaml
from sqlmodel import Session, col, select

from exchange.catalogue.files.imports import SLUG, slug_of
from exchange.messages import N_, Refusal
from exchange.models.adoption import Adoption
from exchange.models.community import Community
from exchange.models.practice import OTHERS, PUBLISHED, Practice
from exchange.vocabulary import profile, sheet, sheetfiles
from exchange.vocabulary.files import FORMATS
from federation.ledger import originals

MEDIA_TYPES = {
    "yaml": "application/yaml",
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_FIRST = ("id", "uri", "community", "documentedBy")


def export(session: Session, *, format: str, practices: Iterable[Practice] | None = None) -> bytes:
    """The practices (all that are published here when none are named) with their owners and adoptions.

    `format` is yaml, json, csv or xlsx. A table holds the practices and who owns them, one a row;
    adoptions are only in YAML and JSON. JSON also holds each practice as its owner signed it, word for word,
    so that anybody can check whose it is.
    """
    if format not in FORMATS:
        raise Refusal(N_("A file is YAML, JSON, CSV or XLSX."))
    if practices is None:
        query = select(Practice).where(Practice.state == PUBLISHED).order_by(col(Practice.id))
        practices = session.exec(query)
    chosen = [practice for practice in practices if practice.state == PUBLISHED]
    owners = _owners(session, chosen)
    names = _names([(c.id, c.slug, c.instance) for c in owners.values()])
    slugs = _names([(p.id, p.slug or slug_of(p.title) or "practice", p.key) for p in chosen])
    records = [_practice(p, slugs[p.id], names[p.community_id]) for p in chosen]
    communities = [{"id": names[key], **profile.to_file(c.model_dump())} for key, c in owners.items()]
    if format in ("csv", "xlsx"):
        return _table(records, {c["id"]: c for c in communities}, format)
    contents: dict[str, Any] = {"communities": communities, "practices": records}
    adoptions = _adoptions(session, slugs, names)
    if adoptions:
        contents["adoptions"] = adoptions
    if format == "json":
        told = ((record, originals.signed(session, p.uri)) for record, p in zip(records, chosen, strict=True))
        contents["practices"] = [{**r, "signed": signed} if signed else r for r, signed in told]
        return json.dumps(contents, ensure_ascii=False, indent=1).encode() + b"\n"
    dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    text: str = yaml.dump(contents, Dumper=dumper, allow_unicode=True, sort_keys=False, width=110)
    return text.encode()


def _owners(session: Session, practices: Sequence[Practice]) -> dict[int | None, Community]:
    wanted = {p.community_id for p in practices}
    found = session.exec(select(Community).order_by(col(Community.id)))
    return {c.id: c for c in found if c.id in wanted}


def _names(things: Iterable[tuple[int | None, str, str]]) -> dict[int | None, str]:
    """A short name for each, its own where that is free; what tells namesakes apart comes behind it."""
    names: dict[int | None, str] = {}
    taken: set[str] = set()
    for key, own, apart in things:
        name = own if SLUG.fullmatch(own) else slug_of(own) or "x"
        if name in taken:
            name = f"{name[:50]}-{slug_of(apart.partition('://')[2] or apart)[:40]}"
        taken.add(name)
        names[key] = name
    return names


def _practice(practice: Practice, slug: str, owner: str) -> dict[str, Any]:
    own = {"id": slug, "uri": practice.uri, "community": owner}
    return {**own, **practice.record, "documentedBy": practice.documented_by}


def _adoptions(
    session: Session,
    slugs: dict[int | None, str],
    names: dict[int | None, str],
) -> list[dict[str, Any]]:
    query = select(Adoption).where(Adoption.withdrawn_at == None).order_by(col(Adoption.id))  # noqa: E711
    found = [a for a in session.exec(query) if a.practice_id in slugs]
    adopters = {a.adopter_id for a in found if a.adopter_id}
    known = {c.id: c for c in session.exec(select(Community)) if c.id in adopters}
    told = _names([(a.id, a.slug or f"adoption-{a.key[:8]}", a.key) for a in found])
    result = []
    for adoption in found:
        here = known.get(adoption.adopter_id)
        adopter = {"name": adoption.adopter.get("name") or (here.called() if here else "")}
        adopter["country"] = adoption.adopter.get("country") or (here.country if here else "")
        if here is not None:
            adopter["community"] = names.get(here.id, here.slug)
        documented = {} if adoption.documented_by == OTHERS else {"documentedBy": adoption.documented_by}
        result.append(
            {
                "id": told[adoption.id],
                "uri": adoption.uri,
                "practice": slugs[adoption.practice_id],
                "adopter": adopter,
                **adoption.record,
                "stage": adoption.stage,
                **documented,
            }
        )
    return result


def _table(records: list[dict[str, Any]], owners: dict[str, dict[str, Any]], format: str) -> bytes:
    rows = []
    for record in records:
        row = sheet.to_row(record)
        if any(len(cell) > sheetfiles.CELL for cell in row.values()):
            row = sheet.to_row(record, apart=True)
        rows.append(row | _owner_cells(owners[record["community"]]))
    columns = _in_order(rows)
    write = sheetfiles.write_csv if format == "csv" else sheetfiles.write_xlsx
    return write(columns, rows)


def _owner_cells(owner: dict[str, Any]) -> dict[str, str]:
    """What a row says of its community: enough to found it elsewhere."""
    cells: dict[str, str] = {}
    for name in ("name", "country", "kind", "degurba", "lat", "lon"):
        value = owner.get(name)
        if isinstance(value, dict):
            cells |= {f"community.{name}.{language}": text for language, text in value.items()}
        elif value is not None:
            cells[f"community.{name}"] = str(value)
    if "value" in owner.get("population", {}):
        cells["community.population"] = str(owner["population"]["value"])
    return cells


def _in_order(rows: Iterable[dict[str, str]]) -> list[str]:
    """The columns that are in use, in the order of the record; languages as they come."""
    order = {name: number for number, name in enumerate((*_FIRST, "community.", *sheet.columns()))}
    used = dict.fromkeys(column for row in rows for column in row)

    def place(column: str) -> int:
        steps = column.split(".")
        if column.startswith("community."):
            return order["community."]
        paths = (".".join(steps[:n]) for n in range(len(steps), 0, -1))
        return next((order[p] for p in paths if p in order), len(order))

    return sorted(used, key=place)
