"""The database of an instance: one engine, and two ways in, `reading()` and `writing()`."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlmodel import Session

BUSY_TIMEOUT_MS = 20_000
_WRITER = 0x4A554D57  # an advisory lock of PostgreSQL is a number
_ALONE = text("SELECT set_config('lock_timeout', :wait, true), pg_advisory_xact_lock(:key)")


class Database:
    """SQLite or PostgreSQL behind the same two context managers.

    `writing()` commits when its block ends and rolls back when it raises. On SQLite it opens with
    BEGIN IMMEDIATE: with the driver's deferred default, two sessions that read and then write lose
    each other's change without a word. On PostgreSQL a lock that ends with the transaction does the same;
    who works `beside` it does not ask for it. `on_commit` is called after each of its commits that is not made
    `quietly`: that is how the worker hears at once that there is something to deliver, to judge or to index.
    """

    def __init__(self, url: str, *, pool_size: int = 16) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self.on_commit: Callable[[], None] | None = None
        self.commits = 0  # how often this process has changed something: what was read before may be old
        self.engine = _sqlite(url) if self.is_sqlite else _postgresql(url, pool_size)
        self._writer = self.engine.execution_options(begin="IMMEDIATE") if self.is_sqlite else self.engine
        self._writing = threading.Lock()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with Session(self.engine, expire_on_commit=False, autoflush=False) as session:
            yield session  # closing lets what was read stay readable, a rollback would not

    @contextmanager
    def writing(self, *, quietly: bool = False, beside: bool = False) -> Iterator[Session]:
        with self._turn(), Session(self._writer, expire_on_commit=False) as session, session.begin():
            if not (self.is_sqlite or beside):
                session.connection().execute(_ALONE, {"key": _WRITER, "wait": f"{BUSY_TIMEOUT_MS}ms"})
            yield session
        self.commits += 1
        if self.on_commit and not quietly:
            self.on_commit()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """The threads of one process wait here for their turn to write to a SQLite file.

        SQLite itself has no queue: who finds the file locked looks again, after longer and longer pauses.
        """
        mine = self.is_sqlite and self._writing.acquire(timeout=BUSY_TIMEOUT_MS / 1000)
        try:
            yield
        finally:
            if mine:
                self._writing.release()

    def make_file(self) -> None:
        """Make the file of a new SQLite database. The keys of all communities will be in it: it is private."""
        if self.is_sqlite and (path := self.url.removeprefix("sqlite:///")):
            make_private(Path(path))

    def alive(self) -> bool:
        """Whether the database answers at all."""
        with self.engine.connect() as connection:
            return bool(connection.execute(text("SELECT 1")).scalar())

    def close(self) -> None:
        self.engine.dispose()


def make_private(path: Path) -> None:
    """Make an empty file that nobody else can read; one that is there is left as it is.

    What SQLite lays beside its file (-wal, -shm) may be read by whoever may read that file.
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def _sqlite(url: str) -> Engine:
    engine = create_engine(
        url,
        connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_MS / 1000},
        pool_size=32,
        max_overflow=64,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",  # a power cut must not take back what was acknowledged
            "foreign_keys=ON",
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "cache_size=-8000",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        mode = connection.get_execution_options().get("begin", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {mode}")

    return engine


def _postgresql(url: str, pool_size: int) -> Engine:
    return create_engine(url, pool_size=pool_size, max_overflow=pool_size, pool_pre_ping=True)
