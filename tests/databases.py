"""Fresh databases for tests: copies of a template that is filled once per process.

A file of SQLite is copied in no time. PostgreSQL takes longer to make a database than most tests take to
use one; there, one that a test has left is emptied, gets the rows of its template again, and is as fresh.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import NamedTuple

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from exchange.db import Database

CreateTables = Callable[[Database], None]


class Template(NamedTuple):
    """A database with its tables: `copy` gives the URL of a copy, `drop` takes that copy back."""

    copy: Callable[[], str]
    drop: Callable[[str], None]


@contextmanager
def on_sqlite(create_tables: CreateTables, place: Path, number: int) -> Iterator[Template]:
    template = place / f"template-{number}.sqlite"
    _create(f"sqlite:///{template}", create_tables)
    numbers = count(1)

    def copy() -> str:
        path = place / f"{number}-{next(numbers)}.sqlite"
        shutil.copyfile(template, path)
        return f"sqlite:///{path}"

    def drop(url: str) -> None:
        for end in ("", "-wal", "-shm"):
            Path(url.removeprefix("sqlite:///") + end).unlink(missing_ok=True)

    yield Template(copy, drop)


@contextmanager
def on_postgresql(server_url: str, create_tables: CreateTables, number: int) -> Iterator[Template]:
    server = make_url(server_url)
    template = f"jumelage_test_{os.getpid()}_{number}"
    made, idle = count(1), list[str]()

    def connect(name: str = str(server.database)) -> psycopg.Connection:
        plain = server.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
        return psycopg.connect(plain, autocommit=True)

    def execute(statement: str, *names: str) -> None:
        with connect() as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def url(name: str) -> str:
        return server.set(database=name).render_as_string(hide_password=False)

    def copy() -> str:
        if idle:
            return url(idle.pop())
        name = f"{template}_{next(made)}"
        execute("CREATE DATABASE {} TEMPLATE {}", name, template)
        return url(name)

    def drop(which: str) -> None:
        name = str(make_url(which).database)
        with connect(name) as connection:
            fresh = content.restore(connection)
        if fresh:
            idle.append(name)
        else:
            remove(name)

    def remove(name: str) -> None:
        execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    execute("CREATE DATABASE {}", template)
    try:
        _create(url(template), create_tables)
        with connect(template) as connection:
            content = _Content(connection)
        yield Template(copy, drop)
    finally:
        for name in (*idle, template):
            remove(name)


class _Content:
    """What a template holds: its tables, their rows, and how far its sequences have come."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._shape = _shape(connection)
        self._tables = sorted({table for table, _column, _type in self._shape})
        self._rows = {table: _read(connection, table) for table in self._filled(connection)}
        self._sequences = _sequences(connection)

    def restore(self, connection: psycopg.Connection) -> bool:
        """Make a copy what it was; False when a test has changed its tables, so that it cannot be."""
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        if _shape(connection) != self._shape:
            return False
        with connection.transaction():
            connection.execute("SET LOCAL session_replication_role = replica")  # in whatever order
            for table in self._filled(connection):
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
            for table, rows in self._rows.items():
                with connection.cursor().copy(_copying("COPY {} FROM STDIN", table)) as file:
                    file.write(rows)
            for name, value in self._sequences.items() - _sequences(connection).items():
                connection.execute("SELECT setval(%s, %s, %s)", (name, value or 1, value is not None))
        return True

    def _filled(self, connection: psycopg.Connection) -> list[str]:
        asked = [
            sql.SQL("SELECT {} WHERE EXISTS (SELECT 1 FROM {})").format(sql.Literal(t), sql.Identifier(t))
            for t in self._tables
        ]
        return [str(row[0]) for row in connection.execute(sql.SQL(" UNION ALL ").join(asked))]


def _shape(connection: psycopg.Connection) -> list[tuple[str, str, str]]:
    found = connection.execute(
        "SELECT table_name, column_name, data_type FROM information_schema.columns"
        " WHERE table_schema = current_schema() ORDER BY 1, 2"
    )
    return [(str(table), str(column), str(kind)) for table, column, kind in found]


def _sequences(connection: psycopg.Connection) -> dict[str, int | None]:
    found = connection.execute(
        "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema()"
    )
    return {str(name): value for name, value in found}


def _read(connection: psycopg.Connection, table: str) -> bytes:
    with connection.cursor().copy(_copying("COPY {} TO STDOUT", table)) as file:
        return b"".join(bytes(part) for part in file)


def _copying(statement: str, table: str) -> sql.Composed:
    return sql.SQL(statement).format(sql.Identifier(table))


def _create(url: str, create_tables: CreateTables) -> None:
    database = Database(url)
    create_tables(database)
    database.close()
