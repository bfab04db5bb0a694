"""The journal: every activity sent or received, one row each, numbered in the order of their commits.

A plain sequence hands out numbers before the commit, so that a reader who remembers the last number
it saw would skip a slower transaction. Here the number comes from one counter row which the
transaction keeps locked until it ends: whoever sees row n sees every row before it.
"""

import json
import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, UniqueConstraint, insert, text, update
from sqlalchemy.orm import defer
from sqlmodel import Field, Session, col, select

from federation.base import FederationTable, UtcDateTime, now
from federation.ledger.packing import Packed

CONTENT = ("Create", "Update", "Delete")
MEMBERSHIP = ("Add", "Remove")


class JournalEntry(FederationTable, table=True):
    """One activity. `current` marks our own latest word about an object."""

    __tablename__ = "journal"
    __table_args__ = (
        UniqueConstraint("direction", "actor", "activity_id"),
        Index("ix_journal_listed", "direction", "current", "public", "kind", "number"),
    )

    number: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=UtcDateTime)
    direction: str = Field(max_length=3)  # "out" | "in"
    actor: str
    activity_id: str = Field(index=True)
    kind: str
    object_id: str | None = Field(default=None, index=True)
    body: bytes = Field(sa_type=Packed)
    public: bool = True
    current: bool = True

    @property
    def activity(self) -> dict[str, Any]:
        """The activity, read anew from the exact bytes."""
        return json.loads(self.body)


class JournalCounter(FederationTable, table=True):
    """The last number given, in a single row with id 1."""

    __tablename__ = "journal_counter"

    id: int = Field(primary_key=True)
    last: int = Field(sa_type=BigInteger)


_NEXT = text(
    "INSERT INTO journal_counter (id, last) VALUES (1, 1)"
    " ON CONFLICT (id) DO UPDATE SET last = journal_counter.last + 1 RETURNING last"
)


def _next_number(session: Session) -> int:
    return session.connection().execute(_NEXT).scalar_one()


def append(
    session: Session,
    *,
    direction: str,
    actor: str,
    activity_id: str,
    kind: str,
    object_id: str | None,
    body: bytes,
    public: bool = True,
    at: datetime | None = None,
) -> JournalEntry:
    """Write one activity into the journal under the next number."""
    session.flush()  # the numbering locks; what the change itself waits for should be behind us
    if direction == "out":
        _supersede(session, actor, kind, object_id)
    values: dict[str, Any] = {
        "number": _next_number(session),
        "at": at or now(),
        "direction": direction,
        "actor": actor,
        "activity_id": activity_id,
        "kind": kind,
        "object_id": object_id,
        "body": body,
        "public": public,
        "current": direction == "out",
    }
    session.connection().execute(insert(JournalEntry), values)
    return JournalEntry(**values)


def _supersede(session: Session, actor: str, kind: str, object_id: str | None) -> None:
    """Our newer word about an object takes the place of the older one."""
    if object_id is None:
        return
    older = update(JournalEntry).where(
        col(JournalEntry.direction) == "out", col(JournalEntry.current), col(JournalEntry.actor) == actor
    )
    if kind in CONTENT:
        older = older.where(col(JournalEntry.object_id) == object_id, col(JournalEntry.kind).in_(CONTENT))
    elif kind in MEMBERSHIP:
        older = older.where(col(JournalEntry.object_id) == object_id, col(JournalEntry.kind).in_(MEMBERSHIP))
    elif kind == "Undo":
        older = older.where(col(JournalEntry.activity_id) == object_id)
    else:
        return
    session.connection().execute(older.values(current=False))


def after(session: Session, number: int, limit: int = 500, *, bodies: bool = True) -> list[JournalEntry]:
    """The rows that follow `number`, oldest first; without `bodies`, a body is read when it is asked for."""
    query = select(JournalEntry).where(JournalEntry.number > number)
    if not bodies:
        query = query.options(defer(JournalEntry.body))  # type: ignore[arg-type]
    return list(session.exec(query.order_by(col(JournalEntry.number)).limit(limit)))


def last(session: Session) -> int:
    """The highest number given so far; 0 for an empty journal."""
    counter = session.exec(select(JournalCounter.last).where(JournalCounter.id == 1)).first()
    return counter or 0


def find(session: Session, activity_id: str, direction: str | None = None) -> JournalEntry | None:
    """The row of one activity; ours first when a stranger used the same id."""
    query = select(JournalEntry).where(JournalEntry.activity_id == activity_id)
    if direction:
        query = query.where(JournalEntry.direction == direction)
    return session.exec(query.order_by(col(JournalEntry.direction).desc(), col(JournalEntry.number))).first()


def heard_of(session: Session, told: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Which of these activities of others, as pairs of actor and activity id, have a row already."""
    ids = {activity_id for _, activity_id in told}
    query = select(JournalEntry.actor, JournalEntry.activity_id).where(
        JournalEntry.direction == "in", col(JournalEntry.activity_id).in_(ids)
    )
    return {(actor, said) for actor, said in session.exec(query)} if ids else set()


def word(session: Session, object_id: str) -> dict[str, Any] | None:
    """An object of ours as we last said it, to the letter; None when we have not, or took it back."""
    query = select(JournalEntry).where(
        JournalEntry.direction == "out",
        JournalEntry.object_id == object_id,
        col(JournalEntry.current),
        col(JournalEntry.kind).in_(("Create", "Update", "Add")),
    )
    for entry in session.exec(query.order_by(col(JournalEntry.number).desc())):
        said = entry.activity.get("object")
        if isinstance(said, dict):
            return said
        if entry.kind != "Add":  # which may name by its id what somebody else has said
            return None
    return None


def heard(session: Session, object_id: str) -> dict[str, Any] | None:
    """An object of others as it was last said with a proof, to the letter, whoever passed it on."""
    query = select(JournalEntry).where(
        JournalEntry.direction == "in",
        JournalEntry.object_id == object_id,
        col(JournalEntry.kind).in_(("Create", "Update")),
    )
    for entry in session.exec(query.order_by(col(JournalEntry.number).desc())):
        said = entry.activity.get("object")
        if isinstance(said, dict) and "proof" in said:
            return said
    return None


def current(session: Session, actor: str) -> list[int]:
    """The numbers of what an actor of ours has said and not taken back, oldest first."""
    query = select(JournalEntry.number).where(
        JournalEntry.direction == "out",
        JournalEntry.actor == actor,
        col(JournalEntry.current),
        col(JournalEntry.kind).in_(("Create", "Update")),
    )
    return list(session.exec(query.order_by(col(JournalEntry.number))))


def lost(session: Session, object_id: str) -> bool:
    """Note that an object of others is gone at its origin, where we never heard its Delete."""
    said = [entry for entry in about(session, object_id) if entry.direction == "in"]
    if not said or said[-1].kind == "Delete":
        return False
    append(
        session,
        direction="in",
        actor=said[-1].actor,
        activity_id=f"urn:uuid:{uuid.uuid4()}",
        kind="Delete",
        object_id=object_id,
        body=b"{}",
    )
    return True


def about(session: Session, object_id: str, kinds: Sequence[str] = CONTENT) -> list[JournalEntry]:
    """All that was said about one object, oldest first."""
    query = select(JournalEntry).where(JournalEntry.object_id == object_id, col(JournalEntry.kind).in_(kinds))
    return list(session.exec(query.order_by(col(JournalEntry.number))))
