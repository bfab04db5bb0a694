"""Work is taken by one worker at a time, and comes back from those who die."""

import threading
from datetime import timedelta

from sqlalchemy import select

from exchange.db import Database
from federation.base import now
from federation.ledger import lease
from federation.ledger.arrivals import Arrival

MINUTE = timedelta(minutes=1)


def fill(database: Database, count: int) -> None:
    with database.writing() as session:
        for number in range(count):
            session.add(
                Arrival(
                    actor="a",
                    activity_id=str(number),
                    kind="Create",
                    body=b"",
                    received_at=now(),
                    due_at=now(),
                )
            )


def take(database: Database, limit: int, until: timedelta = MINUTE) -> list[int | None]:
    with database.writing() as session:
        at = now()
        lease.reclaim(session, Arrival, at)
        chosen = select(Arrival.id).where(lease.due(Arrival, at)).order_by(Arrival.id).limit(limit)
        return [row.id for row in lease.take(session, Arrival, chosen, at=at, until=at + until)]


def test_no_row_is_taken_twice(database: Database) -> None:
    fill(database, 60)
    taken: list[int | None] = []

    def work() -> None:
        while rows := take(database, 3):
            taken.extend(rows)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(row or 0 for row in taken) == list(range(1, 61))


def test_a_lease_that_ran_out_gives_the_work_back(database: Database) -> None:
    fill(database, 2)
    assert take(database, 5, until=-MINUTE) == [1, 2]
    assert take(database, 5) == [1, 2]
    assert take(database, 5) == []


def test_all_leases_are_given_back_at_once(database: Database) -> None:
    fill(database, 3)
    take(database, 2)
    with database.writing() as session:
        assert lease.release(session, Arrival) == 2
    assert take(database, 5) == [1, 2, 3]


def test_what_is_due_later_is_left(database: Database) -> None:
    fill(database, 1)
    with database.writing() as session:
        row = session.get_one(Arrival, 1)
        row.due_at = now() + MINUTE
        session.add(row)
    assert take(database, 5) == []
    with database.reading() as session:
        assert not lease.anything(session, Arrival, now())
        assert lease.anything(session, Arrival, now() + 2 * MINUTE)
