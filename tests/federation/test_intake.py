"""Many requests, one transaction."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import Session, select

from exchange.db import Database
from federation.ledger.hosts import Host
from federation.ledger.intake import Intake


def test_who_waits_for_the_same_commit_shares_it(database: Database) -> None:
    batches: list[int] = []
    gate = threading.Event()

    def write(session: Session, items: list[str]) -> list[str]:
        gate.wait(5)
        batches.append(len(items))
        session.add_all(Host(host=item) for item in items)
        return [item.upper() for item in items]

    intake: Intake[str, str] = Intake(database, write)
    names = [f"host{number}" for number in range(20)]
    with ThreadPoolExecutor(20) as pool:
        answers = [pool.submit(intake.put, name) for name in names]
        gate.set()
        assert [answer.result() for answer in answers] == [name.upper() for name in names]
    assert sum(batches) == 20
    assert len(batches) < 20
    with database.reading() as session:
        assert sorted(session.exec(select(Host.host)).all()) == sorted(names)


def test_nobody_suffers_for_another(database: Database) -> None:
    gate = threading.Event()

    def write(session: Session, items: list[int]) -> list[int]:
        gate.wait(5)
        session.add_all(Host(host=str(item)) for item in items)
        session.flush()
        return [100 // item for item in items]

    intake: Intake[int, int] = Intake(database, write)
    with ThreadPoolExecutor(5) as pool:
        answers = [pool.submit(intake.put, item) for item in (1, 2, 0, 4, 5)]
        gate.set()
        assert [answer.result() for index, answer in enumerate(answers) if index != 2] == [100, 50, 25, 20]
        with pytest.raises(ZeroDivisionError):
            answers[2].result()
    with database.reading() as session:
        assert sorted(session.exec(select(Host.host)).all()) == ["1", "2", "4", "5"]


def test_who_ends_while_writing_for_others_leaves_nobody_waiting(database: Database) -> None:
    gate = threading.Event()

    def write(session: Session, items: list[int]) -> list[int]:
        gate.wait(5)
        if 0 in items:
            raise SystemExit
        return items

    intake: Intake[int, int] = Intake(database, write)
    with ThreadPoolExecutor(6) as pool:
        answers = [pool.submit(intake.put, item) for item in (0, 1, 2, 3)]
        gate.set()
        outcomes = [answer.exception(5) for answer in answers]
        assert isinstance(outcomes[0], SystemExit)
        assert pool.submit(intake.put, 7).result(5) == 7
    assert not intake.busy()
