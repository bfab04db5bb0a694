"""Saved searches follow the journal: which practices entered them, changed in them, or fit only now.

The question is put the other way round. What the journal's next stretch has touched is a handful of
documents; they are held in memory, once as they are and once as they were last seen, and each search is
asked of those alone: a search of a million practices costs no more than one of ten. Only a question that
points at something in the index (near a name, like a practice) is asked there.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session, col, delete, func, select, update

from exchange import indexing
from exchange.catalogue.finding import find as finding
from exchange.catalogue.finding import narrowed, saved
from exchange.catalogue.people import digest
from exchange.db import Database
from exchange.instance import Instance
from exchange.messages import Refusal
from exchange.models.base import now
from exchange.models.cluster import MEMBER, Cluster, Membership
from exchange.models.practice import Practice
from exchange.models.saved import (
    ADOPTED,
    CHANGED,
    ENTERED,
    FITS,
    JUDGED,
    NEVER,
    AlertPointer,
    PracticeShape,
    SavedSearch,
    SearchHit,
    SearchReader,
)
from federation.ledger import journal
from federation.ledger.journal import JournalEntry
from search.answer.finding import MOST_PER_PAGE
from search.engine import Document, Engine, Query
from search.engines.memory import MemoryEngine
from search.layout import LAYOUT
from search.question.understanding import points

BATCH = 200
PORTION = 500


@dataclass(frozen=True)
class Touched:
    """A document that the journal has touched; `before` is None when nothing but its words can differ."""

    practice_id: int
    version: int
    document: Document
    shape: dict[str, Any]
    before: Document | None
    entered: bool
    changed: bool
    number: int  # of the journal row that told of its version


def alert(instance: Instance) -> int:
    """Read the journal on for the saved searches, and write the digests that are due."""
    done = follow(instance.database, instance.engine)
    return done + (digests(instance) if not done else 0)


def digests(instance: Instance) -> int:
    """Write the letters whose time has come."""
    at = now()
    due = select(SearchReader.search_id).where(SearchReader.cadence != NEVER, col(SearchReader.due_at) <= at)
    with instance.database.reading() as session:
        if session.exec(due.limit(1)).first() is None:
            return 0
    with instance.database.writing() as session:
        return digest.write_due(session, instance.settings, at)


def follow(database: Database, engine: Engine, *, batch: int = BATCH) -> int:
    """Read one stretch of the journal; how many rows. Nothing happens where nobody keeps a search.

    It waits for an index that has not read so far yet, when a question has to be asked there.
    """
    with database.reading() as session:
        searches = list(session.exec(select(SavedSearch).where(SavedSearch.deleted_at == None)))  # noqa: E711
        if not searches:
            return 0
        pointer = session.get(AlertPointer, 1)
        after = pointer.number if pointer else 0
        rows = _stretch(session, after, searches, batch)
        if not rows:
            return 0
        joined = _joined(session, rows)
        touched, gone = _touched(session, rows, {member for _cluster, member in joined})
        asked, asked_before = _asked(session, searches, joined)
    upto = rows[-1].number
    pointing = {name: query for name, query in asked.items() if points(query, LAYOUT)}
    if pointing and engine.seen() < upto:
        return 0
    matched = _matched(touched, asked, asked_before)
    matched |= {name: _found(engine, query, touched) for name, query in pointing.items()}
    with database.writing() as session:
        if not _step(session, after, upto):
            return 0  # another process was quicker
        for search in searches:
            _note(session, search, touched, gone, *matched.get(_question(search), (set(), set())), upto)
        _remember(session, touched)
    return len(rows)


def _stretch(session: Session, after: int, searches: Sequence[SavedSearch], batch: int) -> list[JournalEntry]:
    """The next rows, none of them on both sides of the moment at which a search was saved."""
    rows = journal.after(session, after, limit=batch)
    border = min((one.since for one in searches if one.since > after), default=None)
    return rows if border is None else [row for row in rows if row.number <= border]


def _joined(session: Session, rows: Sequence[JournalEntry]) -> set[tuple[str, str]]:
    """Clusters of ours, and who has become a member of each: the cluster has accepted what asked for it."""
    said = [
        row.object_id for row in rows if row.kind == "Accept" and row.direction == "out" and row.object_id
    ]
    found: set[tuple[str, str]] = set()
    for part in _parts(said):
        query = (
            select(Cluster.uri, Membership.member)
            .join(Membership, col(Membership.cluster_id) == Cluster.id)
            .where(col(Membership.activity_id).in_(part), Membership.state == MEMBER)
        )
        found |= {(cluster, member) for cluster, member in session.exec(query)}
    return found


def _touched(
    session: Session, rows: Sequence[JournalEntry], members: Collection[str] = ()
) -> tuple[list[Touched], list[int]]:
    """What the rows say about practices, and the ids of those that are no longer there.

    Those of new `members` of a cluster are touched by it, though nothing of theirs is another.
    """
    documents, deleted = indexing.meaning(session, rows)
    known_already = {one.id for one in documents}
    theirs = {one.id: one for one in indexing.of(session, members)[0] if one.id not in known_already}
    documents = [*documents, *theirs.values()]
    found = {one.id: one for one in documents}
    known: dict[str, tuple[int, int]] = {}
    told: dict[str, int] = {}
    for part in _parts([*found, *deleted]):
        query = select(Practice.uri, Practice.id, Practice.version).where(col(Practice.uri).in_(part))
        known |= {uri: (number, version) for uri, number, version in session.exec(query) if number}
        said = (
            select(JournalEntry.object_id, func.max(JournalEntry.number))
            .where(col(JournalEntry.object_id).in_(part), col(JournalEntry.kind).in_(("Create", "Update")))
            .group_by(col(JournalEntry.object_id))
        )
        told |= {uri: number for uri, number in session.exec(said) if uri}
    shapes: dict[int, PracticeShape] = {}
    for part in _parts([number for number, _version in known.values()]):
        held = session.exec(select(PracticeShape).where(col(PracticeShape.practice_id).in_(part)))
        shapes |= {one.practice_id: one for one in held}
    touched = []
    for uri, document in found.items():
        number, version = known[uri]
        shape, last = _shape(document), shapes.get(number)
        same = last is not None and last.version == version
        before = _as_it_was(document, last.data) if last and same and last.data != shape else None
        if before is None and uri in theirs:
            before = document
        row = told.get(uri, rows[-1].number)
        touched.append(
            Touched(
                number, version, document, shape, before, last is None, last is not None and not same, row
            )
        )
    return touched, [known[uri][0] for uri in deleted if uri in known]


def _shape(document: Document) -> dict[str, Any]:
    """What may change about a practice while its version does not: its owner, its reviews, its adoptions."""
    return {
        "facets": {name: list(values) for name, values in sorted(document.facets.items())},
        "numbers": dict(sorted(document.numbers.items())),
        "point": list(document.point) if document.point else None,
        "owner": dict(document.texts.get("owner", {})),
    }


def _as_it_was(document: Document, shape: Mapping[str, Any]) -> Document:
    return replace(
        document,
        facets={name: tuple(values) for name, values in shape["facets"].items()},
        numbers=shape["numbers"],
        point=tuple(shape["point"]) if shape["point"] else None,
        texts={**document.texts, "owner": shape["owner"]},
    )


def _question(search: SavedSearch) -> tuple[str, str]:
    return search.query, search.language


def _asked(
    session: Session, searches: Sequence[SavedSearch], joined: Collection[tuple[str, str]] = ()
) -> tuple[dict[tuple[str, str], Query], dict[tuple[str, str], Query]]:
    """Each different question once, and what it was before somebody joined; one not understood finds nothing."""
    asked, before = {}, {}
    for question in {_question(one) for one in searches}:
        try:
            params = saved.params_of(saved.pairs(question[0]))
        except Refusal:
            continue
        asked[question] = query = finding.addressed(session, params).query((question[1],))
        if named := params.filters.get(narrowed.CLUSTER):
            new = narrowed.new_in(session, named, joined)
            older = tuple(uri for uri in query.filters["community"] if uri not in new)
            before[question] = replace(query, filters={**query.filters, "community": older or named})
    return asked, before


def _matched(
    touched: Sequence[Touched],
    asked: Mapping[tuple[str, str], Query],
    asked_before: Mapping[tuple[str, str], Query],
) -> dict[tuple[str, str], tuple[set[str], set[str]]]:
    """For each question the documents that it means now, and those that it meant before."""
    present, past = MemoryEngine(), MemoryEngine()
    present.put([one.document for one in touched], (), 0)
    past.put([one.before for one in touched if one.before], (), 0)
    return {
        name: (present.meant(query), past.meant(asked_before.get(name, query)))
        for name, query in asked.items()
    }


def _found(engine: Engine, query: Query, touched: Sequence[Touched]) -> tuple[set[str], set[str]]:
    """The same asked of the index, which has forgotten what was: only versions are new there."""
    found: set[str] = set()
    for part in _parts([str(one.document.stored["key"]) for one in touched], MOST_PER_PAGE):
        narrowed = replace(
            query,
            filters={**query.filters, "key": tuple(part)},
            facets=(),
            sort="relevance",
            page=1,
            per_page=MOST_PER_PAGE,
        )
        hits = finding.answered(engine.find(narrowed))  # else what it would have found were taken for gone
        found |= set() if hits.relaxed or hits.spelled or hits.unread else {hit.id for hit in hits.hits}
    return found, found


def _note(
    session: Session,
    search: SavedSearch,
    touched: Sequence[Touched],
    gone: Sequence[int],
    matching: set[str],
    matched: set[str],
    upto: int,
) -> None:
    left = [*gone, *(one.practice_id for one in touched if one.document.id not in matching)]
    for part in _parts(left):
        session.exec(
            delete(SearchHit).where(
                col(SearchHit.search_id) == search.id, col(SearchHit.practice_id).in_(part)
            )
        )
    for one in touched:
        if one.document.id not in matching:
            continue
        if one.entered or one.changed:
            why, number = (ENTERED if one.entered else CHANGED), one.number
        elif one.before is not None and one.document.id not in matched:
            why, number = FITS, upto
        elif search.follows and (became := _became(one)):
            why, number = became, upto
        else:
            continue
        if number > search.since:
            session.merge(
                SearchHit(search_id=search.id, practice_id=one.practice_id, number=number, why=why)  # type: ignore[arg-type]
            )


def _became(one: Touched) -> str:
    """What became of a practice since: somebody took it up, or judged it; empty for anything else."""
    if one.before is None:
        return ""
    for name, why in (("adoptions", ADOPTED), ("reviews", JUDGED)):
        if one.document.numbers.get(name, 0) > one.before.numbers.get(name, 0):
            return why
    return ""


def _step(session: Session, after: int, upto: int) -> bool:
    """Move on in the journal, unless another process has done so since."""
    if session.get(AlertPointer, 1) is None:
        session.add(AlertPointer(id=1, number=upto))
        session.flush()
        return True
    moved = update(AlertPointer).where(col(AlertPointer.id) == 1, col(AlertPointer.number) == after)
    return session.connection().execute(moved.values(number=upto)).rowcount == 1


def _remember(session: Session, touched: Sequence[Touched]) -> None:
    for one in touched:
        if one.entered or one.changed or one.before is not None:
            session.merge(PracticeShape(practice_id=one.practice_id, version=one.version, data=one.shape))


def _parts(values: Sequence[Any], size: int = PORTION) -> list[list[Any]]:
    return [list(values[at : at + size]) for at in range(0, len(values), size)]
