"""Noticing at next to no cost that somebody has written to the database."""

from pathlib import Path

from sqlalchemy import text

from exchange.db import Database
from exchange.worker.watch import Watch


def test_a_commit_of_another_process_is_noticed_once(tmp_path: Path) -> None:
    here, there = (Database(f"sqlite:///{tmp_path}/shared.db") for _ in range(2))
    with there.writing() as session:
        session.connection().execute(text("CREATE TABLE kept (id INTEGER)"))
    watch = Watch(here)
    assert not watch.changed()
    with there.reading() as session:
        session.connection().execute(text("SELECT * FROM kept"))
    assert not watch.changed()
    with there.writing() as session:
        session.connection().execute(text("INSERT INTO kept VALUES (1)"))
    assert watch.changed()
    assert not watch.changed()
    watch.close()
    here.close()
    there.close()
