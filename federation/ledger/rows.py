"""Rows that several threads may want to make at the same moment."""

from typing import Any, TypeVar

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm.util import identity_key
from sqlmodel import Session, SQLModel

Row = TypeVar("Row", bound=SQLModel)


def replace(session: Session, table: type[SQLModel], key: Any, **values: Any) -> None:
    """Write a row with this primary key, or these values into the one that is there."""
    columns = table.__table__  # type: ignore[attr-defined]
    name = columns.primary_key.columns.keys()[0]
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    row = dialect.insert(columns).values({name: key, **values})
    session.connection().execute(row.on_conflict_do_update(index_elements=[name], set_=values))
    held = session.identity_map.get(identity_key(table, key))
    if held is not None:
        session.expire(held)


def ensure(session: Session, table: type[Row], key: Any, **values: Any) -> Row:
    """The row with this primary key, made from `values` when there is none yet.

    Two transactions that both saw no row would both insert it; here the second one waits and reads.
    """
    row = session.get(table, key)
    if row is not None:
        return row
    columns = table.__table__  # type: ignore[attr-defined]
    fresh = table(**{columns.primary_key.columns.keys()[0]: key}, **values)
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    contents = {column.name: getattr(fresh, column.name) for column in columns.columns}
    session.connection().execute(dialect.insert(columns).values(contents).on_conflict_do_nothing())
    row = session.get(table, key)
    assert row is not None
    return row
