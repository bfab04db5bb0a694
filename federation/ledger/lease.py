"""Work is taken from a table for a limited time, so that a worker that dies gives it back.

There is no separate queue: rows wait in the same database as the data, and several workers share
them. On PostgreSQL rows that another worker is just taking are skipped; on SQLite a writing session
holds the whole file anyway.
"""

from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Integer, Select, or_, select, update
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, SQLModel

ROW_ID = BigInteger().with_variant(Integer(), "sqlite")  # only an INTEGER key counts by itself there

WAITING = "waiting"
LEASED = "leased"
DONE = "done"
REFUSED = "refused"
DEAD = "dead"

Row = TypeVar("Row", bound=SQLModel)


def due(table: Any, at: datetime) -> ColumnElement[bool]:
    """Rows that may be taken now."""
    return (table.state == WAITING) & (table.due_at <= at)


def abandoned(table: Any, at: datetime) -> ColumnElement[bool]:
    """Rows whose worker let its lease run out."""
    return (table.state == LEASED) & (table.leased_until < at)


def unfinished(table: Any) -> ColumnElement[bool]:
    """Rows that still have something to come."""
    return table.state.in_((WAITING, LEASED))


def anything(session: Session, table: Any, at: datetime) -> bool:
    """Whether some row is due or abandoned."""
    found = select(table.id).where(or_(due(table, at), abandoned(table, at))).limit(1)
    return session.scalar(found) is not None


def reclaim(session: Session, table: type[SQLModel], at: datetime) -> int:
    """Let abandoned rows wait again; before taking, since only waiting rows are taken."""
    model: Any = table
    statement = update(model).where(abandoned(model, at)).values(state=WAITING, leased_until=None)
    return session.connection().execute(statement).rowcount


def take(
    session: Session, table: type[Row], chosen: Select[tuple[int]], *, at: datetime, until: datetime
) -> list[Row]:
    """Lease the rows whose ids `chosen` selects, in the order of their ids.

    `chosen` may be as clever as it likes (window functions, limits): the rows are locked in a second
    step, and whether they are due is asked again there, since another worker may have been quicker.
    """
    model: Any = table
    candidates = chosen.cte("candidates")
    free = (
        select(model.id)
        .where(model.id.in_(select(candidates.c.id)), due(model, at))
        .with_for_update(skip_locked=True)
        .cte("free")
    )
    statement = (
        update(model)
        .where(model.id.in_(select(free.c.id)))
        .values(state=LEASED, leased_until=until)
        .returning(model)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return sorted(session.scalars(statement).all(), key=lambda row: row.id)


def release(session: Session, table: type[SQLModel]) -> int:
    """Give back every lease at once; for the start of an instance whose only process has died."""
    model: Any = table
    statement = update(model).where(model.state == LEASED).values(state=WAITING, leased_until=None)
    return session.connection().execute(statement).rowcount
