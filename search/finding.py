"""What every engine does with a query before and after it looks into its index."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from search import language as syntax
from search.engine import SORTS, Hit, Hits, Query
from search.geo import FARTHEST_KM, distance, place_of
from search.highlight import Marker, snippet
from search.layout import Layout
from search.meaning import All, Around, Between, Chosen, Meaning, Word, compile, place, positive, relaxed
from search.spelling import closest
from search.text import fold, normalise, tokens

MOST_PER_PAGE = 200
DEEPEST_HIT = 100_000  # nobody reads further, and an engine must not be made to


@dataclass(frozen=True)
class Request:
    """A query as an engine gets it: what must hold, how to sort, which page, what to count."""

    text: Meaning
    conditions: tuple[Meaning, ...]
    filters: Mapping[str, Chosen]
    sort: str
    origin: Around | None
    offset: int
    limit: int
    facets: tuple[str, ...]

    def whole(self) -> Meaning:
        return All((self.text, *self.conditions, *self.filters.values()))

    def without(self, facet: str) -> Meaning:
        """Everything but the filter of one facet, to count its alternatives."""
        others = (chosen for name, chosen in self.filters.items() if name != facet)
        return All((self.text, *self.conditions, *others))


@dataclass(frozen=True)
class Row:
    """A document found, with what a hit is made of."""

    id: str
    score: float
    language: str
    stored: Mapping[str, Any]
    texts: Mapping[str, Mapping[str, str]]
    spot: str | None


@dataclass(frozen=True)
class Page:
    total: int
    rows: list[Row]
    facets: dict[str, list[tuple[str, int]]] = field(default_factory=dict)


class Shelf(Protocol):
    """One consistent state of an index, to be asked several things."""

    def page(self, request: Request) -> Page: ...

    def knows(self, word: Word) -> bool: ...

    def vocabulary(self, beginning: str) -> Iterable[tuple[str, int]]: ...


def find(shelf: Shelf, query: Query, layout: Layout) -> Hits:
    """The hits of a query; with some of its words, and with a suggestion, when none has them all."""
    reading = syntax.read(query.text, layout)
    meaning = compile(reading.tree, query.languages)
    request = _request(query, meaning, layout)
    page = shelf.page(request)
    suggestion, loose = None, False
    if not page.total:
        suggestion = _suggestion(shelf, query, request, layout)
        if (looser := relaxed(meaning)) is not None:
            second = shelf.page(replace(request, text=looser))
            if second.total:
                page, loose = second, True
    marker = Marker(meaning)
    hits = [_hit(row, query, marker, request.origin) for row in page.rows]
    return Hits(page.total, hits, page.facets, suggestion, loose, reading.mistakes)


def _request(query: Query, meaning: Meaning, layout: Layout) -> Request:
    conditions: list[Meaning] = [
        Between(name, low, high)
        for name, (low, high) in query.ranges.items()
        if name in layout.numbers and (low is not None or high is not None)
    ]
    around = None
    if query.near:
        lat, lon, km = query.near
        around = Around(lat, lon, min(km, FARTHEST_KM))
        conditions.append(around)
    per_page = min(max(query.per_page, 0), MOST_PER_PAGE)
    offset = (max(query.page, 1) - 1) * per_page
    if offset > DEEPEST_HIT:
        offset, per_page = 0, 0
    origin = around or place(meaning)
    return Request(
        text=meaning,
        conditions=tuple(conditions),
        filters={name: Chosen(name, tuple(values)) for name, values in query.filters.items() if values},
        sort=_sort(query.sort, meaning, origin),
        origin=origin,
        offset=offset,
        limit=per_page,
        facets=tuple(name for name in query.facets if name in layout.facets),
    )


def _sort(wanted: str, meaning: Meaning, origin: Around | None) -> str:
    """Relevance needs words and nearness a place; without them the newest stand first."""
    if wanted == "nearest" and origin is None:
        wanted = "relevance"
    if wanted not in SORTS or wanted == "relevance":
        return "relevance" if any(True for _ in positive(meaning)) else "newest"
    return wanted


def _hit(row: Row, query: Query, marker: Marker, origin: Around | None) -> Hit:
    html, language = snippet(row.texts, (*query.languages, row.language), marker)
    far = distance(origin.lat, origin.lon, *place_of(row.spot)) if origin and row.spot else None
    return Hit(row.id, row.score, row.stored, html, language or row.language, far)


def _suggestion(shelf: Shelf, query: Query, request: Request, layout: Layout) -> str | None:
    """The query with its unknown words replaced by close ones, if that would find anything."""
    better: dict[str, str] = {}
    for part in positive(request.text):
        if isinstance(part, Word) and not shelf.knows(part):
            other = closest(fold(part.typed), shelf.vocabulary)
            if other:
                better[part.typed] = other
    if not better:
        return None
    text = _replaced(query.text, better)
    again = compile(syntax.read(text, layout).tree, query.languages)
    found = shelf.page(replace(request, text=again, offset=0, limit=1, facets=()))
    if not found.total:
        return None
    return _replaced(query.text, _as_written(better, found.rows[0]))


def _replaced(text: str, better: Mapping[str, str]) -> str:
    text = normalise(text)
    for token in reversed(list(tokens(text))):
        if token.text in better:
            text = text[: token.start] + better[token.text] + text[token.end :]
    return text


def _as_written(better: Mapping[str, str], row: Row) -> dict[str, str]:
    """The index knows words without their accents; a text that has them knows how they are written."""
    written: dict[str, str] = {}
    for texts in row.texts.values():
        for text in texts.values():
            for token in tokens(text):
                written.setdefault(fold(token.text), token.text)
    return {typed: written.get(other, other) for typed, other in better.items()}
