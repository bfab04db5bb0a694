"""A query as a table or a map: every practice that it finds, in portions, for those who work on elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session, col, select

from exchange.catalogue.finding import find as finding
from exchange.catalogue.finding.find import SearchParams
from exchange.db import Database
from exchange.messages import N_, Message, Problem, Refusal
from exchange.models.community import Community
from exchange.vocabulary import concepts, names
from search.engine import Engine

PORTION = 100  # practices that are read at once
MOST = 10_000  # practices in one file; what is beyond is on the file's next page
LAST_PAGE = 10

_IN_LANGUAGES = ("title", "summary")
COLUMNS = (
    *("address", "page"),
    *("language", "title", *(f"title.{code}" for code in concepts.LANGUAGES)),
    *("summary", *(f"summary.{code}" for code in concepts.LANGUAGES)),
    *("community", "country", "country.name", "degurba", "population", "population_class"),
    *("themes", "themes.name", "status", "status.name", "maturity", "evidence", "evidence.name"),
    *("adoptions", "reviews", "documented_by", "instance", "issued", "modified"),
)


@dataclass(frozen=True)
class Listing:
    """What a query finds, to be gone through once; `total` counts all pages of the file together."""

    engine: Engine
    database: Database
    params: SearchParams
    language: str
    origin: str

    def __post_init__(self) -> None:
        if self.params.page > LAST_PAGE:
            told = Message(N_("A file has at most %(pages)s pages; narrow the search."), {"pages": LAST_PAGE})
            raise Refusal([Problem("page", told)])

    @property
    def total(self) -> int:
        return self._portion(1, 1).total

    @property
    def more(self) -> bool:
        """Whether the file has a next page."""
        return self.params.page < LAST_PAGE and self.total > self.params.page * MOST

    def items(self) -> Iterator[dict[str, Any]]:
        """The practices of this page of the file, in the shape of the API."""
        first = (self.params.page - 1) * (MOST // PORTION) + 1
        for number in range(first, first + MOST // PORTION):
            found = self._portion(number, PORTION)
            yield from found.items
            if number * PORTION >= found.total:
                return

    def rows(self) -> Iterator[dict[str, str]]:
        """The same as cells of a table, by the names of `COLUMNS`."""
        return (row(item, self.language, self.origin) for item in self.items())

    def features(self) -> Iterator[dict[str, Any]]:
        """The same as GeoJSON features (RFC 7946), each where its community is."""
        portion: list[dict[str, Any]] = []
        for item in self.items():
            portion.append(item)
            if len(portion) == PORTION:
                yield from self._placed(portion)
                portion = []
        yield from self._placed(portion)

    def _placed(self, items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        with self.database.reading() as session:
            points = _points(session, {str(item["community"].get("id")) for item in items})
        for item in items:
            yield feature(item, points.get(str(item["community"].get("id"))), self.origin)

    def _portion(self, page: int, per_page: int) -> finding.Results:
        params = replace(self.params, page=page, per_page=per_page)
        with self.database.reading() as session:
            return finding.find(self.engine, params, language=self.language, session=session)


def row(item: dict[str, Any], language: str, origin: str) -> dict[str, str]:
    """One practice as cells: codes for programs, and beside them names for people."""
    owner, original = item["community"], item["language"]
    cells: dict[str, Any] = {
        "address": item["url"],
        "page": origin + item["path"],
        "language": original,
        "community": owner.get("name"),
        "country": owner.get("country"),
        "country.name": names.country(owner.get("country") or "", language),
        "themes": " ".join(item["themes"]),
        "themes.name": "; ".join(concepts.label(theme, language) for theme in item["themes"]),
        "evidence": item["evidence_level"],
    }
    cells |= {name: owner.get(name) for name in ("degurba", "population", "population_class")}
    kept = ("status", "maturity", "adoptions", "reviews", "documented_by", "instance", "issued", "modified")
    cells |= {name: item[name] for name in kept}
    for name in ("status", "evidence"):
        cells[f"{name}.name"] = concepts.label(cells[name], language) if cells[name] else ""
    for name in _IN_LANGUAGES:
        texts = item["titles"] if name == "title" else item["summaries"]
        cells[name] = texts.get(original) or next(iter(texts.values()), "")
        cells |= {f"{name}.{code}": texts.get(code) for code in concepts.LANGUAGES}
    return {name: str(value) for name, value in cells.items() if value is not None}


def feature(item: dict[str, Any], point: tuple[float, float] | None, origin: str) -> dict[str, Any]:
    """One practice as a feature; `point` is (latitude, longitude), and GeoJSON turns them round."""
    owner = item["community"]
    return {
        "type": "Feature",
        "id": item["url"],
        "geometry": {"type": "Point", "coordinates": [point[1], point[0]]} if point else None,
        "properties": {
            "title": item["title"],
            "title_language": item["title_language"],
            "titles": item["titles"],
            "summary": item["summary"],
            "page": origin + item["path"],
            "community": owner.get("name"),
            "country": owner.get("country"),
            "degurba": owner.get("degurba"),
            "population": owner.get("population"),
            **{name: item[name] for name in ("themes", "evidence_level", "adoptions", "reviews")},
            **{name: item[name] for name in ("language", "issued", "modified")},
        },
    }


def _points(session: Session, uris: set[str]) -> dict[str, tuple[float, float]]:
    query = select(Community.uri, Community.lat, Community.lon).where(col(Community.uri).in_(uris))
    return {uri: (lat, lon) for uri, lat, lon in session.exec(query) if lat is not None and lon is not None}
