"""How SQLite goes about a question: which index it takes, and what it looks through."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session

from exchange.db import Database


def plans(database: Database, ask: Callable[[Session], None], *, about: str) -> list[list[str]]:
    """The steps of each question in `ask` that names the table `about`, in the order in which they were asked."""
    if not database.is_sqlite:
        pytest.skip("PostgreSQL plans by what it has counted, and the tables of a test are empty")
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        asked.append((statement, values))

    with database.reading() as session:
        event.listen(database.engine, "before_cursor_execute", note)
        try:
            ask(session)
        finally:
            event.remove(database.engine, "before_cursor_execute", note)
        connection = session.connection()
        return [
            [str(row[3]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
            for statement, values in asked
            if about in statement
        ]
