"""What has arrived and waits to be judged, and the memory of all that was."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Index, LargeBinary, UniqueConstraint, bindparam, delete, func, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, col, select

from federation.base import Database, FederationTable, UtcDateTime, now
from federation.ledger import hosts, lease, outbox, reading
from federation.ledger.lease import ROW_ID
from federation.wire.activity import host_of

if TYPE_CHECKING:
    from federation.node import Incoming

SETTLED = (lease.DONE, lease.REFUSED)
PORTION = 1000  # rows that are forgotten at once
HEARD_EVERY = timedelta(minutes=1)  # how exactly a host's last sign of life is kept


class Arrival(FederationTable, table=True):
    """One activity that a proven sender put into our inbox; done rows remember that it was seen.

    The seen-table is keyed by the sender too: nobody can use up another's activity id. `object_id` is
    what the activity is about: one sender's words about one object are judged in order.
    """

    __tablename__ = "arrival"
    __table_args__ = (
        UniqueConstraint("actor", "activity_id"),
        Index("ix_arrival_due", "state", "due_at"),
        Index("ix_arrival_order", "actor", "object_id", "state", "id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=ROW_ID)  # type: ignore[call-overload]
    actor: str
    activity_id: str
    kind: str
    object_id: str | None = None
    body: bytes = Field(sa_type=LargeBinary)
    received_at: datetime = Field(sa_type=UtcDateTime)
    state: str = "waiting"  # waiting | leased | done | refused | dead
    attempts: int = 0
    due_at: datetime = Field(sa_type=UtcDateTime)
    leased_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    error: str | None = None


_KEEP = {
    name: module.insert(Arrival)
    .on_conflict_do_nothing()
    .returning(col(Arrival.actor), col(Arrival.activity_id))
    for name, module in (("sqlite", sqlite), ("postgresql", postgresql))
}


# Hosts of which there is nothing new to write: they live, and that was noted a moment ago.
_LATELY = select(col(hosts.Host.host)).where(
    col(hosts.Host.host).in_(bindparam("hosts", expanding=True)),
    col(hosts.Host.state) == "ok",
    col(hosts.Host.last_in) > bindparam("since"),
)


def store(session: Session, rows: list[dict[str, Any]]) -> list[str]:
    """Write arrivals down, each (actor, activity id) once; the outcome of each.

    Beside the columns a row may tell how its sender signed: `skew_seconds`, `signs`.
    """
    signed = {
        host_of(row["actor"]) or "": {
            "skew_seconds": row.pop("skew_seconds", None),
            "signs": row.pop("signs", None),
        }
        for row in rows
    }
    kept = session.connection().execute(_KEEP[session.get_bind().dialect.name], rows)
    new = {tuple(row) for row in kept}
    lately = session.connection().execute(_LATELY, {"hosts": list(signed), "since": now() - HEARD_EVERY})
    for host in sorted(signed.keys() - set(lately.scalars())):
        _heard(session, host, **signed[host])
    return ["stored" if (row["actor"], row["activity_id"]) in new else "duplicate" for row in rows]


def note(session: Session, incoming: "Incoming", *, state: str) -> None:
    """Remember an activity that came another way than through the inbox; when it waits, it is judged again."""
    at = now()
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    row = {
        "actor": incoming.actor,
        "activity_id": incoming.id,
        "kind": incoming.kind,
        "object_id": outbox.order_key(incoming.activity),
        "body": incoming.body if state != lease.DONE else b"",
        "received_at": incoming.received,
        "state": state,
        "attempts": 0,
        "due_at": at,
    }
    session.connection().execute(dialect.insert(Arrival).values(row).on_conflict_do_nothing())


def _heard(session: Session, host: str, **told: Any) -> None:
    """A host gave a sign of life; if it was given up, what waits for it leaves now, and it is read again."""
    if hosts.heard_from(session, host, **told):
        outbox.hasten(session, host)
        reading.compare_soon(session, host)


def undone(session: Session, actor: str, activity_id: str) -> bool:
    """Whether the actor has taken back this activity by its id, or is about to: an Undo has the last word."""
    return session.exec(_UNDONE, params={"by": actor, "what": activity_id}).first() is not None


_UNDONE = select(Arrival.id).where(
    Arrival.actor == bindparam("by"),
    Arrival.object_id == bindparam("what"),
    Arrival.kind == "Undo",
    col(Arrival.state).in_((lease.WAITING, lease.LEASED, lease.DONE)),  # it may be next in this batch
)


def revive(session: Session, host: str | None = None) -> int:
    """Judge the dead once more, all or those of one host; the operator has asked for it."""
    dead = update(Arrival).where(col(Arrival.state) == "dead")
    if host is not None:
        dead = dead.where(col(Arrival.actor).contains(f"://{host}/", autoescape=True))
    return session.connection().execute(dead.values(state="waiting", attempts=0, due_at=now())).rowcount


def forget(database: Database, before: datetime) -> int:
    """Forget what was seen long ago; its signature is too old to be played again.

    A month of a busy inbox is long to look through. Nobody waits for that: it is only read, and each
    portion of what is over goes in a transaction of its own.
    """
    count, last = 0, 0
    state = func.coalesce(col(Arrival.state), "")  # by its index all of them would be sorted for each portion
    while True:
        over = select(Arrival.id).where(
            col(Arrival.id) > last, state.in_(SETTLED), col(Arrival.received_at) < before
        )
        with database.reading() as session:
            ids = session.exec(over.order_by(col(Arrival.id)).limit(PORTION)).all()
        if not ids:
            return count
        settled = delete(Arrival).where(col(Arrival.id).in_(ids), col(Arrival.state).in_(SETTLED))
        with database.writing(quietly=True) as session:
            count += session.connection().execute(settled).rowcount
        last = ids[-1] or 0
