"""Reading the past of those we follow: an outbox from its newest page to the end, and again at night.

Each page is one transaction together with the note of how far we are, so that a reader who dies
goes on where it was. Newest first means that an object is seen in its current state only.
"""

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from sqlmodel import Session, col, select

from federation.arriving import handling, origins
from federation.base import now
from federation.errors import BadDocument, FetchError, Quarantined, Refused, TryLater
from federation.ledger import journal, lease, reading, schedule
from federation.ledger.arrivals import Arrival, note
from federation.ledger.journal import JournalEntry
from federation.ledger.reading import Backfill, progress, start
from federation.node import Incoming, Node
from federation.others import peers, proving
from federation.others.fetching import Fetcher, Pending, available
from federation.wire import proofs
from federation.wire.activity import activity_kind, actor_of, as_list, id_of, origin_of, same_origin

__all__ = ["Backfill", "Reader", "Reconciliation", "progress", "reconcile", "start", "step"]

log = logging.getLogger(__name__)

KINDS = frozenset({"Create", "Update", "Announce", "Add", "Remove"})
LEASE = timedelta(minutes=10)
ROUNDS = 3  # in which what was fetched may name more to fetch
TRIES = 8
MOST_PAGES = 10_000
AT_ONCE = 500  # activities that one query looks up
MOST_ITEMS = 1_000  # of one page
MOST_BYTES = 4 * 1024 * 1024  # of one page
MOST_COMPARED = 256 * 1024 * 1024  # characters of addresses that are in memory at once, to compare an outbox


@dataclass(frozen=True)
class Page:
    """One page of an outbox, and where the next one is."""

    items: list[Any]
    total: int | None
    next: str | None


@dataclass
class Reconciliation:
    """What an outbox lists and we lack, and what we hold and it lists no more; ids of objects."""

    missing: list[str] = field(default_factory=list)
    vanished: list[str] = field(default_factory=list)


class Reader:
    """Reads outboxes page by page; the next page is on its way while the last one is being judged.

    It remembers which pages of an outbox it has read, and ends where one comes again.
    """

    def __init__(self, node: Node) -> None:
        self._node = node
        self._ahead: dict[tuple[str, str], Future[Page]] = {}
        self._met: dict[str, dict[int, int]] = {}  # actor → hash of a page's address → pages before it

    def step(self) -> bool:
        """Read one page of one outbox; False when there is nothing to read now."""
        return _step(self._node, self._page)

    def _page(self, row: Backfill) -> Page:
        """The page that is to be read, and the one after it asked for. Raises FetchError."""
        if row.pages == 0 or row.actor not in self._met:
            self._met[row.actor] = {}
        # Under the same number it is tried again, which is no circle.
        if self._met[row.actor].setdefault(hash(row.next_page), row.pages) != row.pages:
            raise BadDocument("The outbox leads in a circle.")
        coming = self._ahead.pop((row.actor, row.next_page or ""), None)
        self._ahead.clear()
        page = coming.result() if coming else read(self._node, row.actor, row.next_page)
        if page.next is not None:
            pool = ThreadPoolExecutor(1, thread_name_prefix="reading-ahead")
            self._ahead[row.actor, page.next] = pool.submit(read, self._node, row.actor, page.next)
            pool.shutdown(wait=False)
        else:
            del self._met[row.actor]
        return page


def step(node: Node) -> bool:
    """Read one page of one outbox and no further; False when there is nothing to read now."""
    return _step(node, lambda row: read(node, row.actor, row.next_page))


def _step(node: Node, find: Callable[[Backfill], Page]) -> bool:
    row = _take(node)
    if row is None:
        return False
    try:
        page = find(row)
        with Fetcher(node) as fetcher:
            cases = _open(node, fetcher, row.actor, page)
            _keep(node, row, page, cases)
    except FetchError as error:
        _postpone(node, row, error.reason, again=error.retry)
    except Exception as error:  # a fault that comes again with each try must not be tried for ever
        log.exception("a page of the outbox of %s cannot be kept", row.actor)
        _postpone(node, row, f"{type(error).__name__}: {error}"[:500])
    node.wake.set()
    return True


def _take(node: Node) -> Backfill | None:
    at = now()
    free = (
        col(Backfill.state).in_(("waiting", "running")),
        col(Backfill.due_at) <= at,
        col(Backfill.leased_until).is_(None) | (col(Backfill.leased_until) < at),
    )
    with node.database.reading() as session:
        if session.exec(select(Backfill.actor).where(*free)).first() is None:
            return None
    with node.database.writing() as session:
        query = select(Backfill).where(*free).order_by(col(Backfill.due_at)).limit(1)
        row = session.exec(query.with_for_update(skip_locked=True)).first()
        if row is not None:
            row.state, row.leased_until = "running", at + LEASE
            session.add(row)
        return row


def read(node: Node, actor: str, address: str | None) -> Page:
    """A page of an actor's outbox, the newest one when no address is given."""
    if address is None:
        cover_address = id_of(peers.resolve_actor(node, actor).document.get("outbox"))
        if cover_address is None or not same_origin(cover_address, actor):
            raise BadDocument("The actor has no outbox on its own host.")
        cover = node.client.get_object(cover_address, limit=MOST_BYTES).json
        first = cover.get("first", cover)
        if isinstance(first, dict):
            return _page(first, actor, cover.get("totalItems"))
        page = read(node, actor, _next(first, actor, None))
        return page if page.total is not None else replace(page, total=_count(cover.get("totalItems")))
    return _page(node.client.get_object(address, limit=MOST_BYTES).json, actor, None)


def _page(document: dict[str, Any], actor: str, total: Any) -> Page:
    items = as_list(document.get("orderedItems", document.get("items")))
    here = id_of(document)
    following = document.get("next")
    return Page(
        items[:MOST_ITEMS],
        _count(document.get("totalItems", total)),
        None if following is None else _next(following, actor, here),
    )


def _next(value: Any, actor: str, here: str | None) -> str:
    address = id_of(value)
    if address is None or address == here or not same_origin(address, actor):
        raise BadDocument("The outbox leads to a page that is not its own.")
    return address


def _count(value: Any) -> int | None:
    """How much there is, as far as somebody may say so: the number is shown, and kept in a column."""
    known = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_PAGES * MOST_ITEMS
    return value if known else None


@dataclass(eq=False)
class _Case:
    incoming: Incoming | None
    said: dict[str, Any] | None = None  # the object that came with a proof
    proof: Future[bool] | None = None
    waits: dict[str, Pending] = field(default_factory=dict)


def _open(node: Node, fetcher: Fetcher, actor: str, page: Page) -> list[_Case]:
    """The items of a page as activities; those that nobody may say have no `incoming`."""
    whole = [
        (item, fetcher.ask(item) if isinstance(item, str) and same_origin(item, actor) else None)
        for item in page.items
    ]
    cases = []
    for item, pending in whole:
        try:
            told = pending.result() if pending else item
            incoming = _incoming(node, actor, told)
            cases.append(_Case(incoming, proofs.carried(told or {})))
        except (Refused, FetchError):
            cases.append(_Case(None))
    with node.database.reading() as session:
        known = seen(session, _names(cases))
    new = [case for case in cases if case.incoming and _name(case.incoming) not in known]
    for case in new:
        case.proof = fetcher.prove(case.said)
    wait({case.proof for case in new if case.proof})
    with node.database.reading() as session:
        for case in new:
            informed = _informed(case)
            uris = handling.wanted(session, node, informed) if informed else []
            case.waits = {uri: fetcher.ask(uri) for uri in uris}
    for _round in range(ROUNDS):
        _ask_further(node, fetcher, [case for case in cases if case.waits])
    return cases


def _ask_further(node: Node, fetcher: Fetcher, cases: list[_Case]) -> None:
    """Wait for what the items need, and ask for what that has shown to be needed as well."""
    wait({pending for case in cases for pending in case.waits.values()})
    with node.database.reading() as session:
        for case in cases:
            if (proven := _informed(case)) is not None:
                informed = replace(proven, fetched=proven.fetched | available(case.waits))
                for uri in handling.wanted(session, node, informed, case.waits):
                    case.waits[uri] = fetcher.ask(uri)


def _informed(case: _Case) -> Incoming | None:
    """The activity with what its object's proof is worth; None when it will not be taken as it is."""
    try:
        return proving.proven(case.incoming, case.said, case.proof) if case.incoming else None
    except Refused:
        return None


def _incoming(node: Node, actor: str, item: Any) -> Incoming:
    if not isinstance(item, dict) or activity_kind(item) not in KINDS:
        raise Refused(reason="This is not something that an outbox shows.")
    author = actor_of(item)
    if not same_origin(author, actor):
        raise Refused(reason="The outbox shows activities of another origin.")
    believed = origins.believed(item, actor=author, ours=node.origin)
    body = json.dumps(item, ensure_ascii=False, sort_keys=False).encode()
    return Incoming(believed, author, body, now(), via="backfill")


def _name(incoming: Incoming) -> tuple[str, str]:
    return incoming.actor, incoming.id


def _names(cases: Iterable[_Case]) -> list[tuple[str, str]]:
    return [_name(case.incoming) for case in cases if case.incoming]


def seen(session: Session, told: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """Which of these activities, as pairs of actor and activity id, came in before, on whatever way."""
    known: set[tuple[str, str]] = set()
    for first in range(0, len(told), AT_ONCE):
        part = told[first : first + AT_ONCE]
        actors, ids = (set(names) for names in zip(*part, strict=True))
        arrived = select(Arrival.actor, Arrival.activity_id).where(
            col(Arrival.actor).in_(actors), col(Arrival.activity_id).in_(ids)
        )
        known |= {(actor, said) for actor, said in session.exec(arrived)} | journal.heard_of(session, part)
    return known


def _keep(node: Node, row: Backfill, page: Page, cases: list[_Case]) -> None:
    """Judge the items of a page and note how far we are, in one transaction."""
    found = {case: _gather(case) for case in cases}
    with node.database.writing() as session:
        current = session.get_one(Backfill, row.actor)
        known = seen(session, _names(cases))
        gone = handling.settled(session, [case.incoming for case in cases if case.incoming])
        for case in cases:
            if case.incoming and _name(case.incoming) in known:
                continue
            kept = _judge(session, node, case, found[case], gone)
            known |= set(_names([case]))
            current.kept += kept is True
            current.refused += kept is None
        current.fetched += len(cases)
        current.pages += 1
        current.total = page.total if page.total is not None else current.total
        current.attempts, current.error, current.leased_until, current.due_at = 0, None, None, now()
        current.next_page = page.next if current.pages < MOST_PAGES else None
        if current.next_page is None:
            current.state, current.finished_at = "done", now()
            current.compare_at = reading.tomorrow()
        session.add(current)


def _gather(case: _Case) -> dict[str, dict[str, Any]] | None:
    """What was fetched for an item; None when somebody is away for now."""
    found = {}
    for uri, pending in case.waits.items():
        try:
            document = pending.result()
        except FetchError:
            return None
        if document is not None:
            found[uri] = document
    return found


def _judge(
    session: Session,
    node: Node,
    case: _Case,
    found: dict[str, dict[str, Any]] | None,
    gone: set[tuple[str, str | None]],
) -> bool | None:
    """True: it had an effect; False: of no interest; None: refused."""
    incoming = case.incoming
    if incoming is None:
        return None
    if found is None:  # it waits with the arrivals until those it speaks of can be asked
        note(session, incoming, state=lease.WAITING)
        return False
    try:
        with session.begin_nested():
            proven = proving.proven(incoming, case.said, case.proof)
            informed = replace(proven, fetched=proven.fetched | found)
            changed = handling.apply(session, node, informed, gone)
    except (TryLater, Quarantined):
        note(session, incoming, state=lease.WAITING)
        return False
    except Refused:
        note(session, incoming, state=lease.REFUSED)
        return None
    except Exception:
        note(session, incoming, state=lease.WAITING)  # judged again there, and put aside if it stays so
        return False
    if not changed:  # else its row in the journal is the memory of it
        note(session, incoming, state=lease.DONE)
    return changed


def _postpone(node: Node, row: Backfill, reason: str, *, again: bool = True) -> None:
    """The outbox cannot be read now: later, or not at all when trying again cannot help."""
    with node.database.writing() as session:
        current = session.get_one(Backfill, row.actor)
        current.attempts += 1
        current.error, current.leased_until = reason, None
        if again and current.attempts < TRIES:
            current.due_at = now() + schedule.pause(current.attempts)
        else:
            current.state, current.finished_at = "failed", now()
            current.compare_at = reading.tomorrow()
        session.add(current)


def reconcile(node: Node, actor_uri: str) -> Reconciliation:
    """Walk an outbox to its end and compare: nothing is changed. Raises FetchError."""
    room = MOST_COMPARED
    listed: dict[str, tuple[str, str]] = {}
    beside: dict[str, tuple[str, str]] = {}  # what is said about objects without being their content
    for item in _walk(node, actor_uri):
        try:
            incoming = _incoming(node, actor_uri, item)
        except Refused:
            continue
        place = listed if incoming.kind in journal.CONTENT else beside
        if incoming.object_id and incoming.object_id not in place:
            place[incoming.object_id] = incoming.actor, incoming.id
            room -= len(incoming.object_id) + len(incoming.actor) + len(incoming.id)
        if room < 0:
            raise BadDocument("The outbox lists more than can be compared.")
    with node.database.reading() as session:
        held = _held(session, actor_uri)
        said = [*listed.items(), *beside.items()]
        known = seen(session, [name for _, name in said])
        missing = [thing for thing, pair in said if pair not in known]
    return Reconciliation(list(dict.fromkeys(missing)), [thing for thing in held if thing not in listed])


def _walk(node: Node, actor: str) -> Iterator[Any]:
    page, met = read(node, actor, None), set[str]()
    for _ in range(MOST_PAGES):
        yield from page.items
        if page.next is None:
            return
        if page.next in met:
            raise BadDocument("The outbox leads in a circle.")
        met.add(page.next)
        page = read(node, actor, page.next)


def _held(session: Session, actor: str) -> list[str]:
    """The objects of an actor that our journal holds as alive; of an instance actor, those of its origin."""
    known = session.get(peers.RemoteActor, actor)
    query = select(JournalEntry.object_id, JournalEntry.kind).where(
        JournalEntry.direction == "in", col(JournalEntry.kind).in_(journal.CONTENT)
    )
    if known is not None and known.kind == "Application":
        query = query.where(col(JournalEntry.actor).startswith(f"{origin_of(actor)}/", autoescape=True))
    else:
        query = query.where(JournalEntry.actor == actor)
    last = dict(session.exec(query.order_by(col(JournalEntry.number))).all())
    return [thing for thing, kind in last.items() if thing and kind != "Delete" and thing != actor]
