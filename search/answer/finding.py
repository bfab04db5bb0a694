"""What every engine does with a query before and after it looks into its index."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from search.answer import explaining, turning
from search.answer.highlight import Marker, snippet
from search.answer.order import reader
from search.answer.turning import Placed
from search.answer.writing import as_written
from search.engine import SORTS, Hit, Hits, Point, Query, Reason
from search.geo import FARTHEST_KM, distance, place_of
from search.layout import Layout
from search.question import language as syntax
from search.question import tolerance, understanding
from search.question.meaning import All, Around, Between, Chosen, Meaning, compile, place, positive, relaxed
from search.question.shelf import Page, Request, Row, Shelf
from search.question.tolerance import FEW, Near
from search.words.text import normalise, tokens

__all__ = ["Page", "Request", "Row", "Shelf", "find", "meant"]

MOST_PER_PAGE = 200
SHOWN_FOR_SPELLING = 5  # hits from which one learns how a word is written
DEEPEST_HIT = 100_000  # nobody reads further, and an engine must not be made to


def find(shelf: Shelf, query: Query, layout: Layout) -> Hits:
    """The hits of a query; with words written nearly so, or with some of its words, when hardly any has all."""
    understood = understanding.understand(shelf, query, layout)
    meaning = understood.meaning
    request = _request(query, meaning, layout)
    page = turning.page(shelf, request, query)
    suggestion, loose, near = None, False, Near()
    if page.total < FEW:
        near = tolerance.near(shelf, meaning, query.languages, query.thesaurus)
        if near:
            suggestion = _suggestion(shelf, query, request, near, layout, page.total)
            second = turning.page(shelf, replace(request, text=near.widened), query)
            page, meaning, near = (
                (second, near.widened, near) if second.total > page.total else (page, meaning, Near())
            )
        if (looser := relaxed(meaning)) is not None:
            second = turning.page(shelf, replace(request, text=looser), query)
            if second.total > page.total:
                page, meaning, loose = second, looser, True
    marker = Marker(meaning if query.snippets else All())
    reasons = explaining.reasons(shelf, meaning, layout, page.hits) if query.explain else {}
    through = understanding.through(shelf, meaning, (placed.row for placed in page.hits))
    hits = [
        _hit(
            placed,
            query,
            marker,
            request.origin,
            reasons.get(placed.row.id, ()),
            through[placed.row.id],
        )
        for placed in page.hits
    ]
    return Hits(
        page.total,
        hits,
        page.facets,
        suggestion,
        loose,
        understood.mistakes,
        understood.unread,
        spelled=_spelled(near, [placed.row for placed in page.hits[:SHOWN_FOR_SPELLING]]),
        after=page.after,
        before=page.before,
        sort=request.sort,
    )


def meant(query: Query, layout: Layout) -> Meaning | None:
    """What a query asks for to the letter: no word forgiven, none left out; None when nothing can be read.

    What it points at in an index (`understanding.points`) is not looked up.
    """
    reading = syntax.read(query.text, layout, query.thesaurus)
    if reading.tree == syntax.And() and query.text.strip():
        return None
    return _request(query, compile(reading.tree, query.languages, query.thesaurus), layout).whole()


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
    origin = around or place(meaning) or _from(query.origin)
    return Request(
        text=meaning,
        conditions=tuple(conditions),
        filters={name: Chosen(name, tuple(values)) for name, values in query.filters.items() if values},
        sort=_sort(query.sort, meaning, origin),
        origin=origin,
        offset=offset,
        limit=per_page,
        facets=tuple(name for name in query.facets if name in layout.facets),
        reader=reader(query.languages, layout),
    )


def _from(point: Point | None) -> Around | None:
    """Where distances are counted from when nothing has to be near."""
    return Around(*point, FARTHEST_KM) if point else None


def _sort(wanted: str, meaning: Meaning, origin: Around | None) -> str:
    """Relevance needs words and nearness a place; without them the newest stand first."""
    if wanted == "nearest" and origin is None:
        wanted = "relevance"
    if wanted not in SORTS or wanted == "relevance":
        return "relevance" if any(True for _ in positive(meaning)) else "newest"
    return wanted


def _hit(
    placed: Placed,
    query: Query,
    marker: Marker,
    origin: Around | None,
    reasons: tuple[Reason, ...],
    through: tuple[tuple[str, str], ...],
) -> Hit:
    row = placed.row
    html, language = "", row.language
    if query.snippets:
        html, language = snippet(row.texts, (*query.languages, row.language), marker)
    far = distance(origin.lat, origin.lon, *place_of(row.spot)) if origin and row.spot else None
    return Hit(
        row.id,
        row.score,
        row.stored,
        html,
        language or row.language,
        far,
        through=through,
        rank=placed.rank,
        place=placed.word,
        reasons=reasons,
    )


def _spelled(near: Near, rows: Sequence[Row]) -> dict[str, tuple[str, ...]]:
    """The like words that were searched as well, as they are written in what was found."""
    written = as_written((one for like in near.words.values() for one in like), rows)
    return {typed: tuple(written[one] for one in like) for typed, like in near.words.items()}


def _suggestion(
    shelf: Shelf, query: Query, request: Request, near: Near, layout: Layout, found: int
) -> str | None:
    """The query with its unknown words replaced by close ones, if that would find more."""
    better = near.best
    text = _replaced(query.text, better)
    again = understanding.understand(shelf, replace(query, text=text), layout).meaning
    page = shelf.page(replace(request, text=again, offset=0, limit=1, facets=()))
    if page.total <= found:
        return None
    written = as_written(better.values(), page.rows[:1])
    return _replaced(query.text, {typed: written[other] for typed, other in better.items()})


def _replaced(text: str, better: Mapping[str, str]) -> str:
    text = normalise(text)
    for token in reversed(list(tokens(text))):
        if token.text in better:
            text = text[: token.start] + better[token.text] + text[token.end :]
    return text
