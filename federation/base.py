"""What every table of the federation library shares, and the database it asks its host for."""

from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any, Protocol

from sqlalchemy import DateTime, MetaData
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session, SQLModel

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, always aware and in UTC; SQLite alone would forget the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class FederationTable(SQLModel):
    """Base of this library's tables; they live in a MetaData of their own."""

    metadata = MetaData(naming_convention=NAMING)


class Database(Protocol):
    """The host application's database, as far as this library needs to know it.

    `writing()` holds the write lock from its first statement and commits when the block ends;
    nothing touches the network inside it. Its commit wakes whoever waits for work, unless it is made
    `quietly`. Whatever it reads before it writes stays so until it ends, unless it works `beside` others:
    that is for rows that are leased, or written once, and need nothing of what is read. `reading()` sees
    one consistent state and writes nothing.
    """

    def reading(self) -> AbstractContextManager[Session]: ...

    def writing(self, *, quietly: bool = False, beside: bool = False) -> AbstractContextManager[Session]: ...


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)
