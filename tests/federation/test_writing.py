"""What the library asks of its host's database: who reads and then writes loses nothing, on either engine."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from sqlalchemy.exc import OperationalError

from exchange import db
from exchange.db import Database
from federation.ledger.hosts import Host


def test_of_those_who_read_and_then_write_none_is_lost(database: Database) -> None:
    with database.writing() as session:
        session.add(Host(host="a.example"))
    start = threading.Barrier(8)

    def count() -> None:
        start.wait(20)
        for _ in range(5):
            with database.writing() as session:
                row = session.get_one(Host, "a.example")
                seen = row.failures
                time.sleep(0.001)
                row.failures = seen + 1
                session.add(row)

    with ThreadPoolExecutor(8) as pool:
        for one in [pool.submit(count) for _ in range(8)]:
            one.result()
    with database.reading() as session:
        assert session.get_one(Host, "a.example").failures == 40


def test_who_takes_in_does_not_wait_for_who_writes_where_the_database_can_do_both(database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("a SQLite file has one writer")
    with database.writing() as one:
        one.add(Host(host="a.example"))
        one.flush()
        with database.writing(beside=True) as other:
            other.add(Host(host="b.example"))
    with database.reading() as session:
        assert session.get(Host, "b.example") is not None


def test_who_waits_too_long_for_the_database_is_told_so(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "BUSY_TIMEOUT_MS", 50)
    hasty = Database(database.url)  # a SQLite file is told how long to wait when it is opened
    with closing(hasty), database.writing() as first:
        first.connection()
        with pytest.raises(OperationalError, match=r"lock timeout|locked"), hasty.writing() as second:
            second.connection()
