"""What keeps an instance from answering for a while is told apart from what is a fault of ours."""

import errno
import sqlite3
from pathlib import Path

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from exchange.hindrance import AWAY, BUSY, FULL, Hindrance, hindrance


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (errors.AdminShutdown(), AWAY),
        (errors.CannotConnectNow(), AWAY),
        (psycopg.OperationalError("connection refused"), AWAY),
        (psycopg.InterfaceError("the connection is closed"), AWAY),
        (errors.ReadOnlySqlTransaction(), AWAY),
        (errors.LockNotAvailable(), BUSY),
        (errors.DeadlockDetected(), BUSY),
        (errors.QueryCanceled(), BUSY),
        (errors.DiskFull(), FULL),
        (errors.UndefinedColumn(), None),
        (errors.UniqueViolation(), None),
    ],
)
def test_what_postgresql_says_is_understood(error: psycopg.Error, expected: Hindrance | None) -> None:
    wrapped = DBAPIError.instance("SELECT 1", {}, error, psycopg.Error)
    assert isinstance(wrapped, DBAPIError)
    assert hindrance(wrapped) is expected


def _trouble(url: str, *statements: str) -> BaseException:
    engine = create_engine(url, connect_args={"timeout": 0})
    try:
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
    except OperationalError as error:
        return error
    finally:
        engine.dispose()
    raise AssertionError("nothing was wrong")


def test_what_sqlite_says_is_understood(tmp_path: Path) -> None:
    path = tmp_path / "one.sqlite"
    url = f"sqlite:///{path}"
    with sqlite3.connect(path) as made:
        made.execute("CREATE TABLE one (text)")
    big = ("PRAGMA max_page_count = 3", "INSERT INTO one VALUES (zeroblob(100000))")
    assert hindrance(_trouble(url, *big)) is FULL
    assert hindrance(_trouble(url, "SELECT * FROM two")) is None  # the same class, and a fault of ours
    assert hindrance(_trouble(f"sqlite:///{tmp_path}/nowhere/one.sqlite", "SELECT 1")) is AWAY
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    assert hindrance(_trouble(url, "SELECT * FROM one")) is BUSY
    holder.close()


def test_a_file_without_room_and_a_pool_without_connections_pass_too() -> None:
    assert hindrance(OSError(errno.ENOSPC, "No space left on device")) is FULL
    assert hindrance(OSError(errno.ENOENT, "No such file")) is None
    assert hindrance(NoConnection("QueuePool limit")) is BUSY
    assert hindrance(ValueError()) is None
