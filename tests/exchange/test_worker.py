"""What the worker does on its own besides carrying: tidying, counting, and comparing at night."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
import time_machine
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select
from structlog.testing import capture_logs

from exchange.catalogue.finding import saved
from exchange.db import Database
from exchange.worker import Worker, introducing, tidy
from federation.arriving import backfill
from federation.base import now
from federation.ledger import arrivals, hosts, lease
from federation.ledger.arrivals import Arrival
from federation.ledger.reading import Backfill
from federation.neighbours import blocklists
from federation.others.peers import RemoteKey
from tests.plans import plans
from tests.rig import House, Rig, complete


@pytest.fixture
def house(tmp_path: Path, new_database: Callable[[], str]) -> Iterator[House]:
    with Rig(tmp_path, new_database) as rig:
        yield rig.instance("adria", search="memory")


def _arrival(name: str, state: str, days: int) -> Arrival:
    at = now() - timedelta(days=days)
    there = "https://there.example"
    return Arrival(
        actor=f"{there}/actor",
        activity_id=f"{there}/{name}",
        kind="Like",
        body=b"",
        received_at=at,
        due_at=at,
        state=state,
    )


def test_what_arrived_a_month_ago_is_forgotten_once_it_is_settled(house: House) -> None:
    with house.instance.database.writing() as session:
        session.add(_arrival("old", lease.DONE, 31))
        session.add(_arrival("dead", lease.DEAD, 31))
        session.add(_arrival("recent", lease.REFUSED, 29))
        for name, hours in (("yesterday", 25), ("today", 23)):
            key = RemoteKey(id=f"https://{name}.example/key", state="unreachable")
            key.checked_at = now() - timedelta(hours=hours)
            session.add(key)
    tidy(house.instance)
    with house.instance.database.reading() as session:
        kept = {row.activity_id.rpartition("/")[2] for row in session.exec(select(Arrival))}
        keys = list(session.exec(select(RemoteKey.id)))
    assert kept == {"dead", "recent"}
    assert keys == ["https://today.example/key"]


def test_nobody_is_kept_from_writing_while_what_is_over_is_looked_for(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = house.instance.database
    with database.writing() as session:
        session.add_all(_arrival(f"recent-{number}", lease.DONE, 29) for number in range(4))
        session.add_all(_arrival(f"old-{number}", lease.DONE, 31) for number in range(5))
        session.add(_arrival("old-and-dead", lease.DEAD, 31))
    monkeypatch.setattr(arrivals, "PORTION", 2)
    before = database.commits
    assert arrivals.forget(database, now() - timedelta(days=30)) == 5
    assert database.commits - before == 3  # and others write in between
    assert arrivals.forget(database, now() - timedelta(days=30)) == 0
    assert database.commits - before == 3


def test_lists_are_read_anew_once_a_day(house: House) -> None:
    node = house.instance.node
    address = "http://127.0.0.1:9/list.csv"  # nobody is there
    with house.instance.database.writing() as session:
        blocklists.subscribe(session, node, address, blocklists.read("bad.example", node.host))
    tidy(house.instance)
    with house.instance.database.reading() as session:
        assert blocklists.subscribed(session)[0].error is None
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=25)):
        tidy(house.instance)
    with house.instance.database.reading() as session:
        assert blocklists.subscribed(session)[0].error
        assert not hosts.verdict(session, node, "bad.example")


def test_what_cannot_be_tidied_leaves_nothing_else_untidied(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ValueError("a fault of ours")

    node = house.instance.node
    with house.instance.database.writing() as session:
        session.add(_arrival("old", "done", 31))
        for name in ("one", "two"):
            source = f"http://127.0.0.1:9/{name}.csv"
            blocklists.subscribe(session, node, source, blocklists.read(f"{name}.example", node.host))
    monkeypatch.setattr(saved, "forget", fail)
    monkeypatch.setattr(blocklists, "fetch", fail)
    with capture_logs() as lines, time_machine.travel(datetime.now(UTC) + timedelta(hours=25)):
        tidy(house.instance)
    assert [line["what"] for line in lines] == ["searches"]
    with house.instance.database.reading() as session:
        assert not session.exec(select(Arrival)).all()
        assert [row.error for row in blocklists.subscribed(session)] == ["ValueError: a fault of ours"] * 2


def test_the_worker_writes_down_what_was_turned_away_and_compares_what_is_due(
    rig_pair: tuple[House, House],
) -> None:
    a, b = rig_pair
    with b.instance.database.writing() as session:
        row = session.get_one(Backfill, a.instance.node.instance_actor)
        row.compare_at = now()
        session.add(row)
        hosts.known(session, "noisy.example")
    for _ in range(3):
        b.instance.node.tally.note("unproven", "noisy.example", "It is not signed.")
    worker = Worker(b.instance)
    worker.start()
    end = time.monotonic() + 20
    read = row
    while time.monotonic() < end and read.compared_at is None:
        time.sleep(0.05)
        with b.instance.database.reading() as session:
            [read] = backfill.progress(session)
    worker.stop()
    assert read.compared_at is not None
    with b.instance.database.reading() as session:
        assert hosts.known(session, "noisy.example").unproven_count == 3


@pytest.fixture
def rig_pair(tmp_path: Path, new_database: Callable[[], str]) -> Iterator[tuple[House, House]]:
    with Rig(tmp_path, new_database) as rig:
        a, b = rig.instance("adria", search="memory"), rig.instance("bergen", search="memory")
        a.community("arvieu", "Arvieu", "FR")
        b.follow(a)
        a.publish("arvieu", complete({}))
        rig.settle()
        yield a, b


def test_authors_without_a_name_are_found_without_reading_every_comment(database: Database) -> None:
    def ask(session: Session) -> None:
        assert introducing._unknown(session) == []

    [steps] = plans(database, ask, about="comment")
    assert all("ix_comment_nameless" in step for step in steps), steps


def test_a_database_that_is_away_for_long_is_told_once_in_the_log(house: House) -> None:
    worker, tries, back = Worker(house.instance), list[int](), threading.Event()

    def work() -> int:
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError("", {}, psycopg.errors.AdminShutdown("terminating connection"))
        back.set()
        return 0

    with capture_logs() as lines:
        worker._loop("deliver", work, every=0.01)
        assert back.wait(10)
        worker.stop()
    assert [line["event"] for line in lines] == ["work waits", "work goes on"]
