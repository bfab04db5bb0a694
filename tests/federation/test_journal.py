"""The journal: its numbers, its order, and which row is our latest word."""

import threading
import time

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from exchange.db import Database
from federation.ledger import journal

ULM = "https://ulm.example/actor"


def write(session: Session, number: int, kind: str = "Create", thing: str = "t", **more: str) -> None:
    journal.append(
        session,
        direction=more.get("direction", "out"),
        actor=more.get("actor", ULM),
        activity_id=f"{ULM}/a/{number}",
        kind=kind,
        object_id=thing,
        body=b"{}",
    )


def fail_after(_done: None) -> None:
    raise ZeroDivisionError


def test_numbers_are_given_without_gaps_also_after_a_failure(database: Database) -> None:
    with database.writing() as session:
        write(session, 1)
    with pytest.raises(ZeroDivisionError), database.writing() as session:
        fail_after(write(session, 2))
    with database.writing() as session:
        write(session, 3)
    with database.reading() as session:
        assert [row.number for row in journal.after(session, 0)] == [1, 2]
        assert journal.last(session) == 2
        assert journal.after(session, 1)[0].activity_id == f"{ULM}/a/3"


def test_who_follows_the_journal_by_its_numbers_misses_no_row(database: Database) -> None:
    with database.writing() as session:
        write(session, 0)
    seen: list[int] = [1]
    stop = threading.Event()

    def follow() -> None:
        while not stop.is_set() or _behind(database, seen):
            with database.reading() as session:
                seen.extend(row.number for row in journal.after(session, seen[-1], limit=7))

    def writer(name: int) -> None:
        for number in range(20):
            with database.writing() as session:
                write(session, name * 100 + number)
                time.sleep(0.002 * (number % 3))  # a transaction that takes its time after numbering

    follower = threading.Thread(target=follow)
    writers = [threading.Thread(target=writer, args=(name,)) for name in range(1, 5)]
    follower.start()
    for thread in writers:
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    follower.join()
    assert seen == list(range(1, 82))


def _behind(database: Database, seen: list[int]) -> bool:
    with database.reading() as session:
        return journal.last(session) > seen[-1]


def test_the_newest_word_about_an_object_is_the_current_one(database: Database) -> None:
    with database.writing() as session:
        write(session, 1, "Create", "x")
        write(session, 2, "Create", "y")
        write(session, 3, "Update", "x")
        write(session, 4, "Announce", "y")
        write(session, 5, "Delete", "y")
        write(session, 6, "Create", "x", actor="https://other.example/actor", direction="in")
    with database.reading() as session:
        current = {row.number for row in journal.after(session, 0) if row.current}
        assert current == {3, 4, 5}


def test_an_undo_takes_back_the_very_activity(database: Database) -> None:
    with database.writing() as session:
        write(session, 1, "Announce", "x")
        write(session, 2, "Undo", f"{ULM}/a/1")
    with database.reading() as session:
        first = journal.find(session, f"{ULM}/a/1")
        assert first is not None
        assert not first.current


def test_one_activity_has_one_row(database: Database) -> None:
    with database.writing() as session:
        write(session, 1)
    with pytest.raises(IntegrityError), database.writing() as session:
        write(session, 1)


def test_our_own_row_is_found_before_that_of_a_stranger(database: Database) -> None:
    with database.writing() as session:
        write(session, 1, direction="in", actor="https://mallory.example/actor")
        write(session, 1)
    with database.reading() as session:
        found = journal.find(session, f"{ULM}/a/1")
        assert found is not None
        assert found.actor == ULM
        assert len(journal.about(session, "t")) == 2
