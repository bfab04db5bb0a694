"""One page of what a shelf finds: by position, or going on behind what was shown, and in the host's order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from search.answer import cursor
from search.answer.cursor import ARRANGED, OVERLAP, WINDOW, Shown
from search.engine import Query
from search.question.shelf import Request, Row, Shelf


@dataclass(frozen=True)
class Placed:
    """A document on the page, its rank by the sort alone, and the host's word for why it stands here."""

    row: Row
    rank: int
    word: str = ""


@dataclass(frozen=True)
class Turned:
    """A page and the cursors of the pages around it."""

    total: int
    hits: list[Placed]
    facets: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    after: str = ""
    before: str | None = None


def page(shelf: Shelf, request: Request, query: Query) -> Turned:
    """The page that was asked for."""
    shown = _shown(query.after)
    arranging = query.arrange is not None and request.sort == "relevance"
    if shown.count:
        return _going_on(shelf, request, query, shown, arranging)
    if arranging and request.offset < ARRANGED and request.limit:
        return _by_position(shelf, request, query)
    found = shelf.page(request)
    hits = [Placed(row, request.offset + at + 1) for at, row in enumerate(found.rows)]
    known = None if request.offset else Shown()
    return _turned(found.total, hits, found.facets, known, request.limit)


def _shown(after: str) -> Shown:
    """A cursor that nobody wrote begins at the beginning."""
    try:
        return cursor.read(after)
    except ValueError:
        return Shown()


def _by_position(shelf: Shelf, request: Request, query: Query) -> Turned:
    """A page among the hits that the host arranges, whichever page it is: all that come before it stand before it."""
    end = request.offset + request.limit
    found = shelf.page(replace(request, offset=0, limit=max(ARRANGED, end)))
    placed = _arranged(found.rows, query, end)
    known = Shown().and_then(one.row.id for one in placed[: request.offset])
    return _turned(found.total, placed[request.offset : end], found.facets, known, request.limit)


def _going_on(shelf: Shelf, request: Request, query: Query, shown: Shown, arranging: bool) -> Turned:
    """The best of what was not shown yet."""
    looked = max(ARRANGED, min(shown.count, WINDOW) + request.limit)
    if shown.start:
        looked += OVERLAP  # as many documents may have come in before
    found = shelf.page(replace(request, offset=shown.start, limit=looked))
    if arranging and not shown.start:
        placed = _arranged(found.rows, query, len(found.rows))
    else:
        placed = [Placed(row, shown.start + at + 1) for at, row in enumerate(found.rows)]
    unseen = [placed[at] for at in shown.unseen([one.row.id for one in placed])]
    return _turned(found.total, unseen[: request.limit], found.facets, shown, request.limit)


def _arranged(rows: Sequence[Row], query: Query, upto: int) -> list[Placed]:
    """The first rows in the host's order, then the others as they are; a rule that loses or doubles one is none."""
    count = min(len(rows), ARRANGED) if query.arrange else 0
    placed: list[Placed] = []
    seen: set[int] = set()
    for at, word in query.arrange(_Stored(rows, count)) if query.arrange else ():
        if at in seen or not 0 <= at < count:
            raise ValueError("An arrangement names every hit once.")
        seen.add(at)
        placed.append(Placed(rows[at], at + 1, word))
        if len(placed) == upto:
            return placed
    if len(seen) != count:
        raise ValueError("An arrangement names every hit once.")
    return placed + [Placed(rows[at], at + 1) for at in range(count, min(len(rows), upto))]


class _Stored(Sequence[Mapping[str, Any]]):
    """What is stored with the first rows, as the host's rule sees them."""

    def __init__(self, rows: Sequence[Row], count: int) -> None:
        self._rows, self._count = rows, count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(self._count))]
        if not 0 <= at < self._count:
            raise IndexError(at)
        return self._rows[at].stored


def _turned(
    total: int,
    hits: list[Placed],
    facets: dict[str, list[tuple[str, int]]],
    known: Shown | None,
    limit: int,
) -> Turned:
    if known is None or not limit:
        return Turned(total, hits, facets)
    next_shown = known.and_then(one.row.id for one in hits)
    more = bool(hits) and next_shown.count < total
    earlier = known.without_last(limit)
    return Turned(
        total,
        hits,
        facets,
        next_shown.written() if more else "",
        earlier.written() if earlier is not None and known.count else None,
    )
