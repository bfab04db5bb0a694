"""Carrying: what waits for an inbox is leased, signed, posted, and either struck off or put back.

One thread, the caller's, speaks with the database; many threads speak with the world. The caller
takes new work whenever any of them comes back, so that a slow host costs one or two threads and
nobody's time. Hosts that have failed share at most half of the threads.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from federation import dueness, hosts, journal, keys, lease, outbox, relations, schedule, signatures
from federation.base import now
from federation.errors import FetchError, Gone
from federation.node import Node
from federation.outbox import Delivery
from federation.peers import RemoteActor, resolve_actor

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


def deliver_due(
    node: Node, *, limit: int | None = None, threads: int = THREADS, stop: Callable[[], bool] = lambda: False
) -> int:
    """Deliver until nothing is due, or until `limit` tries were made; the number of tries made.

    Work that becomes due while something is still under way is taken at once. `stop` ends the taking.
    """
    if not _something_due(node):
        return 0
    tries = 0
    flying: dict[Future[Result], Job] = {}
    with ThreadPoolExecutor(threads, thread_name_prefix="delivery") as pool:
        while True:
            landed = wait(flying, timeout=POLL, return_when=FIRST_COMPLETED).done if flying else ()
            back = [(flying.pop(future), future.result()) for future in landed]
            room = threads - len(flying)
            if limit is not None:
                room = min(room, limit - tries)
            if stop():
                room = 0
            if back or (room > 0 and _something_due(node)):
                jobs = _settle_and_take(node, back, room, threads // 2 - _failing(flying.values()))
                tries += len(jobs)
                flying.update({pool.submit(attempt, node, job): job for job in jobs})
            if not flying:
                return tries


def _something_due(node: Node) -> bool:
    with node.database.reading() as session:
        return lease.anything(session, Delivery, now())


def _failing(jobs: Iterable[Job]) -> int:
    return sum(job.failing for job in jobs)


def _settle_and_take(node: Node, back: list[tuple[Job, Result]], room: int, failing_room: int) -> list[Job]:
    """One short transaction: write down what came back, and take as much again."""
    with node.database.writing() as session:
        for job, result in back:
            settle(session, job, result)
        session.flush()
        rows = dueness.take(session, room, failing=False)
        rows += dueness.take(session, min(room - len(rows), failing_room), failing=True)
        return _jobs(node, session, rows)


def _jobs(node: Node, session: Session, rows: list[Delivery]) -> list[Job]:
    numbers = {row.number for row in rows}
    query = select(journal.JournalEntry.number, journal.JournalEntry.body)
    bodies = dict(session.exec(query.where(col(journal.JournalEntry.number).in_(numbers))).all())
    jobs = []
    for row in rows:
        if (row.inbox and node.is_ours(row.inbox)) or not hosts.verdict(session, node, row.host):
            session.delete(row)
            continue
        try:
            key_id, key = keys.signing_key(session, row.actor)
        except LookupError:
            row.state, row.last_error = "dead", "The sender has no key any more."
            continue
        host = hosts.known(session, row.host)
        jobs.append(Job(row, bodies[row.number], key_id, key, host.dialect, failing=host.failures > 0))
    session.flush()
    session.expunge_all()
    return jobs


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


def settle(session: Session, job: Job, result: Result) -> None:
    """Write down what came of a try: done, again later, or never."""
    row, at = session.get(Delivery, job.delivery.id), now()
    if row is None:  # purged meanwhile
        return
    row.attempts += 1
    row.inbox = result.inbox
    row.last_status, row.last_error = result.status, result.error[:500]
    answer = schedule.judge(result.status)
    _tell_host(session, row, result, at)
    if answer is schedule.Answer.TAKEN:
        session.delete(row)
        return
    if answer is schedule.Answer.GONE:
        _nobody_there(session, row)
    due = None
    if not result.final:
        due = schedule.next_try(
            tries=row.attempts,
            created_at=row.created_at,
            at=at,
            status=result.status,
            retry_after=result.retry_after,
        )
    row.state, row.leased_until = ("waiting", None) if due else ("dead", None)
    row.due_at = due or at
    session.add(row)


def _tell_host(session: Session, row: Delivery, result: Result, at: datetime) -> None:
    """Keep the breaker: a host that answers at all is alive, one in trouble is tried less and less."""
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
        if result.status == 429 and result.retry_after:
            host.next_probe = at + min(result.retry_after, schedule.LONGEST_RETRY_AFTER)
    if was_suspended and host.state == "ok":
        outbox.hasten(session, row.host)


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
