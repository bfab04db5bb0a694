"""Judging what has arrived: in batches, and never waiting for the network before taking more.

Most activities need nothing but the database: a batch of them is one transaction, with a savepoint
for each. An activity that needs documents from elsewhere steps aside until they are there.
"""

import logging
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from federation.arriving import handling, origins
from federation.arriving.courtesy import Courtesy
from federation.base import now
from federation.errors import FetchError, Quarantined, Refused, TryLater
from federation.ledger import hosts, lease
from federation.ledger.arrivals import Arrival
from federation.node import Incoming, Node
from federation.others import proving
from federation.others.fetching import Fetcher, Pending, available
from federation.wire import proofs
from federation.wire.activity import host_of, parse

BATCH = 100
FEW = 20  # while somebody waits at the door
LEASE = timedelta(minutes=10)
POLL = 0.1  # seconds between looks for new work while something is being fetched
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 300, 900))
TRIES = len(PAUSES) + 1
ROUNDS = 3  # in which what was fetched may name more to fetch
FETCH_TRIES = 3  # after which an activity is judged without what cannot be had

log = logging.getLogger(__name__)


@dataclass(eq=False)
class Case:
    """An arrival under judgement, and the documents that it waits for."""

    arrival: Arrival
    incoming: Incoming | None = None
    said: dict[str, Any] | None = None  # the object that came with a proof
    proof: Future[bool] | None = None
    asked: bool = False
    waits: dict[str, Pending] = field(default_factory=dict)
    error: Exception | None = None
    rounds: int = 0

    @property
    def pending(self) -> list[Future[Any]]:
        proof: list[Future[Any]] = [self.proof] if self.proof else []
        return proof + list(self.waits.values())

    @property
    def ready(self) -> bool:
        return all(one.done() for one in self.pending)


def handle_due(node: Node, *, limit: int | None = None, stop: Callable[[], bool] = lambda: False) -> int:
    """Judge until nothing is due, or until `limit` arrivals were taken; the number of them.

    What arrives while something is being fetched is taken at once. `stop` ends the taking.
    """
    count = 0
    waiting: list[Case] = []
    with Fetcher(node) as fetcher:
        while True:
            room = FEW if node.intake.busy() else BATCH
            if limit is not None:
                room = min(room, limit - count)
            opened = _open(node, fetcher, 0 if stop() else room)
            count += len(opened)
            waiting += opened
            informed = [case for case in waiting if case.ready]
            _ask_further(node, fetcher, informed)
            ready = [case for case in informed if case.ready]
            waiting = [case for case in waiting if case not in ready]
            _close(node, ready)
            if not opened and not waiting:
                return count
            if not opened:
                pending: list[Future[Any]] = [
                    one for case in waiting for one in case.pending if not one.done()
                ]
                wait(pending, timeout=POLL, return_when=FIRST_COMPLETED)


def _open(node: Node, fetcher: Fetcher, room: int) -> list[Case]:
    """Take what is due, and ask the application what each needs."""
    if room <= 0:
        return []
    with node.database.reading() as session:
        if not lease.anything(session, Arrival, now()):
            return []
    with node.database.writing(beside=True) as session:
        cases = [Case(arrival) for arrival in _take(session, room)]
    courtesy = Courtesy(node.intake.busy)
    with node.database.reading() as session:
        for case in cases:
            courtesy.give_way()
            try:
                case.incoming, case.said = _incoming(node, case.arrival)
                case.proof = fetcher.prove(case.said)
                if case.proof is None:
                    _ask(session, node, fetcher, case)
            except Exception as error:
                case.error = error
    return cases


def _ask(session: Session, node: Node, fetcher: Fetcher, case: Case) -> None:
    """Ask for what an activity needs, once it is known what its object's proof is worth."""
    assert case.incoming is not None
    case.asked = True
    proven = proving.proven(case.incoming, case.said, case.proof)
    informed = replace(proven, fetched=proven.fetched | available(case.waits))
    for uri in handling.wanted(session, node, informed, case.waits):
        case.waits[uri] = fetcher.ask(uri)


def _ask_further(node: Node, fetcher: Fetcher, cases: list[Case]) -> None:
    """Ask for what the proofs and documents that came have shown to be needed as well."""
    cases = [
        case
        for case in cases
        if case.incoming and not case.error and (not case.asked or (case.waits and case.rounds < ROUNDS))
    ]
    if not cases:
        return
    with node.database.reading() as session:
        for case in cases:
            case.rounds += case.asked
            try:
                _ask(session, node, fetcher, case)
            except Exception as error:
                case.error = error


def _take(session: Session, room: int) -> list[Arrival]:
    at = now()
    lease.reclaim(session, Arrival, at)
    mine, earlier = aliased(Arrival), aliased(Arrival)
    overtaken = select(earlier.id).where(
        earlier.actor == mine.actor,
        earlier.object_id == mine.object_id,
        earlier.id < mine.id,
        lease.unfinished(earlier),
    )
    chosen = select(mine.id).where(lease.due(mine, at), ~overtaken.exists())
    chosen = chosen.order_by(mine.due_at, mine.id).limit(room)
    return lease.take(session, Arrival, chosen, at=at, until=at + LEASE)


def _incoming(node: Node, arrival: Arrival) -> tuple[Incoming, dict[str, Any] | None]:
    told = parse(arrival.body)
    activity = origins.believed(told, actor=arrival.actor, ours=node.origin)
    return Incoming(activity, arrival.actor, arrival.body, arrival.received_at), proofs.carried(told)


def _close(node: Node, cases: list[Case]) -> None:
    """Judge cases in one transaction, or in several while somebody waits at the door for the database.

    If one fails as a whole, each case has its own.
    """
    while cases:
        courtesy = Courtesy(node.intake.busy)
        try:
            judged = _close_some(node, cases, courtesy)
        except DBAPIError:
            if len(cases) == 1:
                raise
            for case in cases:
                _close(node, [case])
            return
        cases = cases[judged:]
        node.wake.set()
        courtesy.give_way()


def _close_some(node: Node, cases: list[Case], courtesy: Courtesy) -> int:
    """Judge the first of these cases, as many as courtesy allows; how many."""
    with node.database.writing() as session:
        ids = [case.arrival.id for case in cases]
        held = select(Arrival.id).where(col(Arrival.id).in_(ids), col(Arrival.state) == lease.LEASED)
        ours = set(session.scalars(held))
        gone = handling.settled(session, [case.incoming for case in cases if case.incoming])
        verdicts, judged = [], 0
        for case in cases:
            if judged and courtesy.due:
                break
            judged += 1
            if case.arrival.id in ours:
                verdicts.append(_judge(session, node, case, gone))
        session.flush()
        if verdicts:
            session.connection().execute(_SETTLE, verdicts)
    return judged


_SETTLE = (
    update(Arrival)
    .where(col(Arrival.id) == bindparam("which"))
    .values(
        {name: bindparam(name) for name in ("state", "error", "attempts", "due_at", "body", "leased_until")}
    )
)


def _judge(session: Session, node: Node, case: Case, gone: set[tuple[str, str | None]]) -> dict[str, Any]:
    """Let one case have its effect; what to write into its arrival."""
    arrival = case.arrival
    settled = {
        "which": arrival.id,
        "state": lease.DONE,
        "error": None,
        "attempts": arrival.attempts,
        "due_at": arrival.due_at,
        "leased_until": None,
        "body": b"",  # what mattered is in the journal
    }
    try:
        incoming = _informed(case)
        with session.begin_nested():
            handling.apply(session, node, incoming, gone)
    except (TryLater, Quarantined) as error:
        return settled | {"body": arrival.body} | _postponed(arrival, error)
    except Refused as refusal:
        hosts.refused(session, host_of(arrival.actor) or "", str(refusal))
        return settled | {"state": lease.REFUSED, "error": str(refusal), "body": arrival.body}
    except Exception as error:
        return settled | {"body": arrival.body} | _postponed(arrival, error)
    return settled


def _informed(case: Case) -> Incoming:
    """The activity together with what was fetched for it; raises what stands in the way."""
    if case.error is not None or case.incoming is None:
        raise case.error or RuntimeError("the activity was not opened")
    found = {}
    for uri, pending in case.waits.items():
        try:
            document = pending.result()
        except FetchError:
            if case.arrival.attempts + 1 < FETCH_TRIES:
                raise
        else:
            if document is not None:
                found[uri] = document
    proven = proving.proven(case.incoming, case.said, case.proof)
    return replace(proven, fetched=proven.fetched | found)


def _postponed(arrival: Arrival, error: Exception) -> dict[str, Any]:
    attempts = arrival.attempts + 1
    message = f"{type(error).__name__}: {error}"[:500]
    if attempts >= TRIES:
        log.error("activity %s is put aside: %s", arrival.activity_id, message)
        return {"state": lease.DEAD, "attempts": attempts, "error": message}
    due_at = now() + PAUSES[attempts - 1]
    return {"state": lease.WAITING, "attempts": attempts, "error": message, "due_at": due_at}
