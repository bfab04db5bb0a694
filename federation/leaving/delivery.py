"""Carrying: what waits for an inbox is leased, signed, posted, and either struck off or put back.

One thread, the caller's, speaks with the database; many threads speak with the world. The caller
takes new work whenever any of them comes back, so that a slow host costs one or two threads and
nobody's time. Hosts that have failed share at most half of the threads.
"""

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from federation import keys
from federation.base import now
from federation.errors import FetchError, Gone
from federation.leaving import dueness
from federation.ledger import hosts, journal, lease, outbox, reading, relations, rules, schedule
from federation.ledger.outbox import Delivery
from federation.neighbours import knocking
from federation.node import Node
from federation.others.peers import RemoteActor, resolve_actor
from federation.wire import signatures

THREADS = 48
POLL = 0.1  # seconds between looks for new work while something is under way


@dataclass
class Job:
    """A leased delivery with all that a thread needs, so that it needs no database."""

    delivery: Delivery
    body: bytes
    key_id: str
    key: Any
    dialect: str
    failing: bool


@dataclass
class Result:
    """What came of one try. `final` means that no further try can help."""

    status: int | None = None
    error: str = ""
    dialect: str | None = None
    inbox: str | None = None
    retry_after: timedelta | None = None
    final: bool = False
    skipped: bool = False


Run = list[Job]  # to one host, one after the other


def deliver_due(
    node: Node, *, limit: int | None = None, threads: int = THREADS, stop: Callable[[], bool] = lambda: False
) -> int:
    """Deliver until nothing is due, or until `limit` deliveries were taken; the number of them.

    Work that becomes due while something is still under way is taken at once. `stop` ends the taking.
    """
    if not _something_due(node):
        return 0
    taken = 0
    flying: dict[Future[list[Result]], Run] = {}
    with ThreadPoolExecutor(threads, thread_name_prefix="delivery") as pool:
        while True:
            landed = wait(flying, timeout=POLL, return_when=FIRST_COMPLETED).done if flying else ()
            back = [
                pair for future in landed for pair in zip(flying.pop(future), future.result(), strict=True)
            ]
            lanes = 0 if stop() else threads - len(flying)
            most = None if limit is None else limit - taken
            if back or (lanes > 0 and most != 0 and _something_due(node)):
                failing = sum(run[0].failing for run in flying.values())
                runs = _settle_and_take(node, back, lanes, threads // 2 - failing, most)
                taken += sum(map(len, runs))
                flying.update({pool.submit(carry, node, run): run for run in runs})
            if not flying:
                return taken


def _something_due(node: Node) -> bool:
    with node.database.reading() as session:
        return lease.anything(session, Delivery, now())


def _settle_and_take(
    node: Node, back: list[tuple[Job, Result]], lanes: int, failing_lanes: int, most: int | None
) -> list[Run]:
    """One short transaction: write down what came back, and take as much again."""
    with node.database.writing(beside=True) as session:
        ids = [job.delivery.id for job, _ in back]
        rows = {row.id: row for row in session.exec(select(Delivery).where(col(Delivery.id).in_(ids)))}
        for job, result in back:
            if row := rows.get(job.delivery.id):  # else it was purged meanwhile
                settle(session, row, result)
        session.flush()
        taken = dueness.take(session, lanes, failing=False, most=most)
        left = None if most is None else most - sum(map(len, taken))
        taken += dueness.take(session, min(lanes - len(taken), failing_lanes), failing=True, most=left)
        return _equip(node, session, taken)


def _equip(node: Node, session: Session, lanes: list[dueness.Lane]) -> list[Run]:
    """Give each delivery its bytes, its key and its host's dialect; drop what must not leave."""
    numbers = {row.number for lane in lanes for row in lane}
    query = select(journal.JournalEntry.number, journal.JournalEntry.body)
    bodies = dict(session.exec(query.where(col(journal.JournalEntry.number).in_(numbers))).all())
    signers: dict[str, tuple[str, Any]] = {}
    runs = []
    for lane in lanes:
        host = hosts.known(session, lane[0].host)
        allowed = hosts.verdict(session, node, host.host) or _is_owed(session, host.host)
        run = []
        for row in lane:
            if not allowed or (row.inbox and node.is_ours(row.inbox)):
                session.delete(row)
                continue
            try:
                key_id, key = signers.get(row.actor) or keys.signing_key(session, row.actor)
            except LookupError:
                row.state, row.last_error = lease.DEAD, "The sender has no key any more."
                continue
            signers[row.actor] = key_id, key
            run.append(Job(row, bodies[row.number], key_id, key, host.dialect, failing=host.failures > 0))
        if run:
            runs.append(run)
    session.flush()
    session.expunge_all()
    return runs


def _is_owed(session: Session, host: str) -> bool:
    """A stranger who asked to be let in is told no, unless it is blocked."""
    return rules.word(session, host) is None and knocking.answered(session, host)


def carry(node: Node, run: Run) -> list[Result]:
    """Try each delivery of a run; once the host is in trouble the rest is not tried."""
    results: list[Result] = []
    for job in run:
        troubled = results and (results[-1].skipped or _troubled(results[-1]))
        with rules.admitted(job.delivery.host):  # it was judged when the work was taken
            results.append(Result(skipped=True) if troubled else attempt(node, job))
        if results[-1].dialect:
            for other in run:
                other.dialect = results[-1].dialect
    return results


def _troubled(result: Result) -> bool:
    return not result.final and schedule.judge(result.status) is schedule.Answer.LATER


def attempt(node: Node, job: Job) -> Result:
    """Post the bytes once, and once more in the other dialect when the signature is not liked."""
    result = Result(inbox=job.delivery.inbox)
    try:
        if result.inbox is None:
            result.inbox = resolve_actor(node, str(job.delivery.target_actor)).inbox
        _post(node, job, result, job.dialect)
        if schedule.speaks_of_signature(result.status):
            first = (result.status, result.error, result.retry_after)
            _post(node, job, result, signatures.other(job.dialect))
            if schedule.judge(result.status) is not schedule.Answer.TAKEN:
                result.status, result.error, result.retry_after = first
                result.dialect = None
    except Gone as error:
        result.status, result.error = 410, error.reason
    except FetchError as error:
        result.status, result.error, result.final = error.status, str(error), not error.retry
    except Exception as error:  # whatever it was, it concerns this delivery alone
        result.error = f"{type(error).__name__}: {error}"
    return result


def _post(node: Node, job: Job, result: Result, dialect: str) -> None:
    url = str(result.inbox)
    headers = signatures.sign(
        method="POST", url=url, body=job.body, key_id=job.key_id, private_key=job.key, dialect=dialect
    )
    answer = node.client.post(url, job.body, headers)
    result.status, result.retry_after, result.dialect = answer.status, answer.retry_after, dialect
    result.error = f"It answered {answer.status}."


def settle(session: Session, row: Delivery, result: Result) -> None:
    """Write down what came of a try: done, again later, or never."""
    at = now()
    row.leased_until = row.lane = None
    row.state = lease.WAITING
    session.add(row)
    if result.skipped:
        return
    row.attempts += not schedule.is_appointment(result.status, result.retry_after)
    row.inbox = result.inbox
    row.last_status, row.last_error = result.status, result.error[:500]
    answer = schedule.judge(result.status)
    _tell_host(session, row, result, at)
    if answer is schedule.Answer.TAKEN:
        session.delete(row)
        return
    due = None
    if not result.final:
        due = schedule.next_try(
            tries=row.attempts,
            created_at=row.created_at,
            at=at,
            status=result.status,
            retry_after=result.retry_after,
        )
    row.state = lease.WAITING if due else lease.DEAD
    row.due_at = due or at
    if answer is schedule.Answer.GONE:
        session.flush()  # what another lane has just heard must not look as if it still waited
        _nobody_there(session, row)


def _tell_host(session: Session, row: Delivery, result: Result, at: datetime) -> None:
    """Keep the breaker: a host that answers at all is alive, one in trouble is tried less and less."""
    if schedule.is_appointment(result.status, result.retry_after):
        asked = min(result.retry_after or schedule.SOONEST, schedule.LONGEST_RETRY_AFTER)
        hosts.known(session, row.host).next_probe = at + asked
        return
    if schedule.is_host_failure(result.status) and not result.final:
        host = hosts.failed(session, row.host, result.error)
        if host.failures >= schedule.SUSPEND_AFTER:
            host.state = "suspended"
            host.next_probe = at + schedule.pause(min(host.failures - schedule.SUSPEND_AFTER + 1, 8))
            _bury(session, row, at)
        elif result.retry_after:
            host.next_probe = at + min(result.retry_after, schedule.LONGEST_RETRY_AFTER)
        return
    host = hosts.known(session, row.host)
    was_suspended = host.state == "suspended"
    if schedule.judge(result.status) is schedule.Answer.TAKEN:
        hosts.delivered(session, row.host)
        if result.dialect:
            hosts.remember_dialect(session, row.host, result.dialect)
    elif not result.final:
        host.state, host.failures, host.next_probe = "ok", 0, None
        host.last_error = result.error[:500]
    if was_suspended and host.state == "ok":
        outbox.hasten(session, row.host)
        reading.compare_soon(session, row.host)


def _bury(session: Session, row: Delivery, at: datetime) -> None:
    """What has waited a week for a suspended host is put aside; it will be read from our outbox."""
    statement = update(Delivery).where(
        col(Delivery.host) == row.host,
        col(Delivery.state) == "waiting",
        col(Delivery.created_at) < at - schedule.LAST_DAY,
    )
    session.connection().execute(statement.values(state="dead", last_error=row.last_error))


def _nobody_there(session: Session, row: Delivery) -> None:
    """410: the followers behind this inbox are gone, and so is all that still waits for it."""
    if row.target_actor and (actor := session.get(RemoteActor, row.target_actor)):
        actor.gone = True
    if row.inbox:
        relations.drop_inbox(session, row.inbox)
        waiting = delete(Delivery).where(
            col(Delivery.inbox) == row.inbox, col(Delivery.state) == "waiting", col(Delivery.id) != row.id
        )
        session.connection().execute(waiting)
