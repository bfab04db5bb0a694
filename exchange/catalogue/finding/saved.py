"""Saved searches: kept under a name, shared within a cluster, read until everything new has been seen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from sqlmodel import Session, col, delete, func, or_, select

from exchange.catalogue.finding import find as finding
from exchange.catalogue.finding import narrowed, orders
from exchange.catalogue.finding.find import SearchParams
from exchange.messages import N_, Message, NotAllowed, NotFound, Problem, Refusal
from exchange.models.base import now
from exchange.models.cluster import Cluster
from exchange.models.community import Community
from exchange.models.officer import Officer
from exchange.models.practice import PUBLISHED, Practice
from exchange.models.saved import DAILY, NEVER, WEEKLY, SavedSearch, SearchHit, SearchReader
from federation.ledger import journal

CADENCES = {NEVER: None, DAILY: timedelta(days=1), WEEKLY: timedelta(days=7)}
LONGEST_NAME, LONGEST_QUERY, MOST = 120, 2000, 200
SHOWN = 100
# What is not part of the question: where one stood in the answers, and what was folded out or looked for there.
_NOT_PART = ("page", "per_page", "after", "explain", "done", "lang")
_LOOKED = "find."
Hits = list[tuple[SearchHit, Practice, Community]]


@dataclass(frozen=True)
class Kept:
    """A saved search as one officer has it; `new` counts what they have not seen."""

    search: SavedSearch
    reader: SearchReader
    new: int
    cluster: Cluster | None = None
    own: bool = True


def save(
    session: Session,
    officer: Officer,
    query: str,
    *,
    name: str = "",
    language: str = "en",
    everything: str = "*",
) -> SavedSearch:
    """Keep a question. Everything that is there by now counts as seen.

    Without a name it is called after what it asks, and `everything` when it asks for no more.
    """
    asked = pairs(query)
    params = params_of(asked)
    told = urlencode(asked)
    if len(told) > LONGEST_QUERY:
        raise Refusal(N_("This search is too long to be kept."))
    finding.addressed(session, params)  # refuses what is asked of a cluster that is not here
    mine = (
        select(func.count())
        .select_from(SavedSearch)
        .where(
            SavedSearch.officer_id == officer.id,
            SavedSearch.deleted_at == None,  # noqa: E711
        )
    )
    if session.exec(mine).one() >= MOST:
        raise Refusal(N_("You keep %(limit)s searches already; delete one first."), limit=MOST)
    at = journal.last(session)
    made = SavedSearch(
        officer_id=officer.id,  # type: ignore[arg-type]
        name=_named(name) if name.strip() else _told(session, params, language, everything),
        query=told,
        language=language,
        since=at,
    )
    session.add(made)
    session.flush()
    session.add(SearchReader(search_id=made.id, officer_id=officer.id, seen=at, mailed=at))  # type: ignore[arg-type]
    session.flush()
    return made


def pairs(query: str) -> list[tuple[str, str]]:
    """The question in an address, without where one stood in the answers."""
    return question(parse_qsl(query[: 4 * LONGEST_QUERY]))


def question(given: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Of the arguments of the search page those that say what is asked."""
    return [(k, v) for k, v in given if v and k not in _NOT_PART and not k.startswith(_LOOKED)]


def params_of(asked: Sequence[tuple[str, str]]) -> SearchParams:
    """The same as a checked question; raises Refusal."""
    return SearchParams.from_args({name: [v for n, v in asked if n == name] for name, _value in asked})


def described(params: SearchParams, language: str) -> str:
    """A question in words: what was typed, and what it is narrowed to; empty when it asks for everything."""
    told = [params.q] if params.q else []
    told += ["near:{:g},{:g}~{:g}km".format(*params.near)] if params.near else []
    told += [finding.facet_label(n, v, language) for n, values in params.filters.items() for v in values]
    return ", ".join(told)


def in_words(session: Session, params: SearchParams, language: str) -> str:
    """The same, with the names of communities and clusters."""
    called = narrowed.called(session, params.filters, language)
    filters = {n: tuple(called.get(v, v) for v in values) for n, values in params.filters.items()}
    return described(replace(params, filters=filters), language)


def _told(session: Session, params: SearchParams, language: str, everything: str) -> str:
    """What a search is called that nobody named: what it asks, and in which order where that is not the usual one."""
    asked = in_words(session, params, language) or everything
    order = orders.called(session, params.sort, params.home, language)
    return f"{asked[: LONGEST_NAME - len(order) - 2]}, {order}" if order else asked[:LONGEST_NAME]


def searches(session: Session, officer: Officer) -> list[Kept]:
    """What an officer keeps and, for those who coordinate, what is shared; what has news first."""
    mine: Any = SavedSearch.officer_id == officer.id
    if officer.community_id is not None:
        mine = or_(mine, SavedSearch.community_id == officer.community_id)
    if governs(officer):
        mine = or_(mine, col(SavedSearch.cluster_id).is_not(None))
    query = (
        select(SavedSearch, SearchReader, Cluster)
        .join(
            SearchReader,
            (col(SearchReader.search_id) == SavedSearch.id) & (col(SearchReader.officer_id) == officer.id),
            isouter=True,
        )
        .join(Cluster, col(Cluster.id) == SavedSearch.cluster_id, isouter=True)
        .where(mine, SavedSearch.deleted_at == None)  # noqa: E711
    )
    rows = list(session.exec(query))
    readers = [reader or _unread(search, officer) for search, reader, _cluster in rows]
    numbers = _counts(session, officer, [search.id for search, _reader, _cluster in rows])
    kept = [
        Kept(search, reader, numbers.get(search.id, 0), cluster, may_change(officer, search))
        for (search, _reader, cluster), reader in zip(rows, readers, strict=True)
    ]
    return sorted(kept, key=lambda one: (-one.new, one.search.name.casefold()))


def search(session: Session, officer: Officer, key: str, *, deleted: bool = False) -> SavedSearch:
    """The search with that key, if this officer may read it."""
    found = session.exec(select(SavedSearch).where(SavedSearch.key == key)).first()
    if found is None or not may_read(officer, found) or (found.deleted_at is not None) != deleted:
        raise NotFound(N_("There is no such search here."))
    return found


def by_feed(session: Session, token: str) -> SavedSearch:
    """The search whose feed has this secret in its address."""
    found = session.exec(select(SavedSearch).where(SavedSearch.feed_token == token)).first()
    if found is None or found.deleted_at is not None:
        raise NotFound(N_("There is no such search here."))
    return found


def kept(session: Session, officer: Officer, found: SavedSearch) -> Kept:
    """A search as this officer has it."""
    reader = session.get(SearchReader, (found.id, officer.id)) or _unread(found, officer)
    cluster = session.get(Cluster, found.cluster_id) if found.cluster_id else None
    return Kept(found, reader, _count(session, found, reader.seen), cluster, may_change(officer, found))


def news(session: Session, found: SavedSearch, after: int, limit: int = SHOWN) -> Hits:
    """What is new in a search after the journal's number `after`, the latest first."""
    latest_first = (col(SearchHit.number).desc(), col(Practice.id))
    return list(session.exec(_news(found, after).order_by(*latest_first).limit(limit)))


def portion(session: Session, found: SavedSearch, after: int) -> Hits:
    """The first of what is new, so that nothing that was not shown is passed over by having seen it.

    What came with the same number is not taken apart. The latest stand first.
    """
    numbers = select(SearchHit.number).join(Practice, col(Practice.id) == SearchHit.practice_id)
    numbers = numbers.where(
        SearchHit.search_id == found.id, SearchHit.number > after, Practice.state == PUBLISHED
    )
    last = session.exec(numbers.order_by(col(SearchHit.number)).offset(SHOWN - 1).limit(1)).first()
    query = _news(found, after)
    query = query if last is None else query.where(SearchHit.number <= last)
    return list(session.exec(query.order_by(col(SearchHit.number).desc(), col(Practice.id))))


def _news(found: SavedSearch, after: int) -> Any:
    return (
        select(SearchHit, Practice, Community)
        .join(Practice, col(Practice.id) == SearchHit.practice_id)
        .join(Community, col(Community.id) == Practice.community_id)
        .where(SearchHit.search_id == found.id, SearchHit.number > after, Practice.state == PUBLISHED)
    )


def new(session: Session, found: SavedSearch, after: int) -> list[int]:
    """The numbers of all practices that are new in a search after the journal's number `after`."""
    query = select(SearchHit.practice_id).join(Practice, col(Practice.id) == SearchHit.practice_id)
    return list(
        session.exec(
            query.where(
                SearchHit.search_id == found.id, SearchHit.number > after, Practice.state == PUBLISHED
            )
        )
    )


def look(session: Session, officer: Officer, found: SavedSearch, number: int) -> None:
    """Everything up to `number` has been seen; what came in meanwhile stays new."""
    reader = _reader(session, officer, found)
    seen = min(max(number, reader.seen), journal.last(session))
    reader.seen_before, reader.seen = reader.seen, seen
    session.add(reader)
    session.flush()


def unlook(session: Session, officer: Officer, found: SavedSearch) -> None:
    """What was marked as seen last is new again."""
    reader = _reader(session, officer, found)
    if reader.seen_before is not None:
        reader.seen, reader.seen_before = reader.seen_before, None
        session.add(reader)
        session.flush()


def rename(session: Session, officer: Officer, found: SavedSearch, name: str) -> None:
    """Call it otherwise."""
    _check_own(officer, found)
    found.name = _named(name)
    session.add(found)
    session.flush()


def share(session: Session, officer: Officer, found: SavedSearch, cluster: Cluster | None) -> None:
    """Let all who coordinate read it as one of a cluster's searches, or none but its owner."""
    _check_own(officer, found)
    if cluster is not None and not governs(officer):
        raise NotAllowed(N_("Only coordinators and administrators lead a cluster."))
    found.cluster_id = cluster.id if cluster else None
    session.add(found)
    session.flush()


def tell(session: Session, officer: Officer, found: SavedSearch, cadence: str) -> None:
    """How often a letter tells this officer what is new."""
    if cadence not in CADENCES:
        raise Refusal(N_("“%(value)s” is not one of the choices here."), value=cadence[:80])
    reader = _reader(session, officer, found)
    if reader.cadence != cadence:
        pause = CADENCES[cadence]
        reader.cadence, reader.due_at = cadence, now() + pause if pause else None
        reader.mailed = journal.last(session)
        session.add(reader)
        session.flush()


def remove(session: Session, officer: Officer, found: SavedSearch) -> None:
    """Delete it; for a month it can be brought back."""
    _check_own(officer, found)
    found.deleted_at = now()
    session.add(found)
    session.flush()


def restore(session: Session, officer: Officer, key: str) -> SavedSearch:
    """Bring a deleted search back, with all that it knew."""
    found = search(session, officer, key, deleted=True)
    _check_own(officer, found)
    found.deleted_at = None
    session.add(found)
    session.flush()
    return found


def stop_letters(session: Session, token: str) -> Officer:
    """No more letters about searches to whoever got a letter with this token."""
    reader = session.exec(select(SearchReader).where(SearchReader.stop_token == token)).first()
    if reader is None:
        raise NotFound(N_("This link is no longer valid; there are no letters to stop."))
    for one in session.exec(select(SearchReader).where(SearchReader.officer_id == reader.officer_id)):
        one.cadence, one.due_at = NEVER, None
        session.add(one)
    session.flush()
    return session.get_one(Officer, reader.officer_id)


def forget(session: Session, before: Any) -> None:
    """Erase what was deleted before then."""
    session.exec(delete(SavedSearch).where(col(SavedSearch.deleted_at) < before))


def governs(officer: Officer) -> bool:
    """Whether an officer reads what the clusters share."""
    return officer.role in ("coordinator", "admin")


def may_read(officer: Officer, found: SavedSearch) -> bool:
    """Whether it is their own, followed for their community, or shared with them."""
    return may_change(officer, found) or (found.cluster_id is not None and governs(officer))


def may_change(officer: Officer, found: SavedSearch) -> bool:
    """Whether it is their own, or followed for their community; one that is shared with them they only read."""
    return found.officer_id == officer.id or (
        found.community_id is not None and found.community_id == officer.community_id
    )


def _check_own(officer: Officer, found: SavedSearch) -> None:
    if not may_change(officer, found):
        raise NotAllowed(N_("This search belongs to somebody else."))


def _count(session: Session, found: SavedSearch, after: int) -> int:
    query = (
        select(func.count())
        .select_from(SearchHit)
        .join(Practice, col(Practice.id) == SearchHit.practice_id)
        .where(SearchHit.search_id == found.id, SearchHit.number > after, Practice.state == PUBLISHED)
    )
    return session.exec(query).one()


def _counts(session: Session, officer: Officer, ids: Sequence[int | None]) -> dict[int | None, int]:
    """How much is new to an officer in each of several searches, asked at once; those without news are left out."""
    query = (
        select(SearchHit.search_id, func.count())
        .join(Practice, col(Practice.id) == SearchHit.practice_id)
        .join(SavedSearch, col(SavedSearch.id) == SearchHit.search_id)
        .join(
            SearchReader,
            (col(SearchReader.search_id) == SavedSearch.id) & (col(SearchReader.officer_id) == officer.id),
            isouter=True,
        )
        .where(
            col(SearchHit.search_id).in_(ids),
            SearchHit.number > func.coalesce(SearchReader.seen, SavedSearch.since),
            Practice.state == PUBLISHED,
        )
        .group_by(col(SearchHit.search_id))
    )
    return dict(session.exec(query).all())


def _unread(found: SavedSearch, officer: Officer) -> SearchReader:
    return SearchReader(search_id=found.id, officer_id=officer.id, seen=found.since, mailed=found.since)  # type: ignore[arg-type]


def _reader(session: Session, officer: Officer, found: SavedSearch) -> SearchReader:
    return session.get(SearchReader, (found.id, officer.id)) or _unread(found, officer)


def _named(name: str) -> str:
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        told = Message(N_("A name has from 1 to %(limit)s characters."), {"limit": LONGEST_NAME})
        raise Refusal([Problem("name", told)])
    return name
