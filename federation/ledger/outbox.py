"""What leaves: one journal row, and one delivery for each inbox, in the transaction of the change itself."""

import json
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, func, insert, update
from sqlmodel import Field, Session, col, select

from federation.base import FederationTable, UtcDateTime, now
from federation.ledger import journal, relations
from federation.ledger.lease import DEAD, ROW_ID
from federation.ledger.remote import RemoteActor
from federation.wire.activity import host_of, id_of, origin_of


class Delivery(FederationTable, table=True):
    """One activity on its way to one inbox; the row is deleted once it has arrived.

    `inbox` is empty while only the actor is known. `object_id` is what the activity is about: what
    is said to one host about one object is said in order.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_due", "state", "due_at"),
        Index("ix_delivery_line", "host", "state", "number"),
        Index("ix_delivery_order", "host", "object_id", "number"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=ROW_ID)  # type: ignore[call-overload]
    number: int = Field(sa_type=BigInteger, index=True)
    host: str
    inbox: str | None = None
    target_actor: str | None = None
    actor: str
    object_id: str | None = None
    state: str = "waiting"  # waiting | leased | dead
    attempts: int = 0
    due_at: datetime = Field(sa_type=UtcDateTime)
    leased_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    lane: str | None = None  # those that one thread carries one after the other
    last_status: int | None = None
    last_error: str | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)


def send(
    session: Session,
    *,
    actor: str,
    activity: dict[str, Any],
    followers_of: Sequence[str] = (),
    to_actors: Sequence[str] = (),
    public: bool = True,
) -> journal.JournalEntry:
    """Write an activity of a local actor into the journal and address it.

    It goes to the followers of the local actors in `followers_of` and to the single actors in
    `to_actors`; whoever is reached both ways gets it once. Who lives on this instance gets nothing
    over HTTP. The bytes written here are the bytes that every receiver sees.
    """
    origin = origin_of(actor)
    if origin is None:
        raise ValueError(f"{actor} is not the address of an actor")
    at = now()
    activity = dict(activity)
    if not activity.get("id"):
        activity["id"] = f"{origin}/activities/{uuid.uuid4()}"
    activity.setdefault("published", at.isoformat(timespec="seconds").replace("+00:00", "Z"))
    entry = journal.append(
        session,
        direction="out",
        actor=actor,
        activity_id=activity["id"],
        kind=activity["type"],
        object_id=id_of(activity.get("object")),
        body=json.dumps(activity, ensure_ascii=False, sort_keys=False).encode(),
        public=public,
        at=at,
    )
    rows = [
        {
            "number": entry.number,
            "host": host_of(inbox or target) or "",
            "inbox": inbox,
            "target_actor": target,
            "actor": actor,
            "object_id": order_key(activity),
            "state": "waiting",
            "attempts": 0,
            "due_at": at,
            "created_at": at,
        }
        for inbox, target in _addresses(session, origin, followers_of, to_actors)
    ]
    if rows:
        session.connection().execute(insert(Delivery), rows)
    return entry


def _addresses(
    session: Session, origin: str, followers_of: Sequence[str], to_actors: Sequence[str]
) -> Iterable[tuple[str | None, str | None]]:
    """Pairs of inbox and actor; one of the two may be missing, never both."""
    inboxes = {inbox: None for actor in followers_of for inbox in relations.follower_inboxes(session, actor)}
    targets: dict[str | None, str | None] = dict.fromkeys(inboxes)
    unknown: list[str] = []
    for uri in dict.fromkeys(to_actors):
        known = session.get(RemoteActor, uri)
        if known is None:
            unknown.append(uri)
        elif known.shared_inbox not in inboxes and not known.gone:
            targets.setdefault(known.inbox, uri)
    local = origin + "/"
    yield from ((inbox, uri) for inbox, uri in targets.items() if inbox and not inbox.startswith(local))
    yield from ((None, uri) for uri in unknown if not uri.startswith(local))


def order_key(activity: dict[str, Any]) -> str | None:
    """What an activity is about, so that one thing's changes stay in order; an Undo follows what it undoes."""
    value = activity.get("object")
    if activity.get("type") == "Undo" and isinstance(value, dict) and value.get("object"):
        value = value["object"]
    return id_of(value)


def hasten(session: Session, host: str) -> None:
    """The host lives: what waits for it is due now."""
    waiting = update(Delivery).where(col(Delivery.host) == host, col(Delivery.state) == "waiting")
    session.connection().execute(waiting.values(due_at=now()))


def revive(session: Session, host: str | None = None) -> int:
    """Give dead deliveries a new week; the operator has asked for it."""
    at = now()
    dead = update(Delivery).where(col(Delivery.state) == "dead")
    if host is not None:
        dead = dead.where(col(Delivery.host) == host)
    return (
        session.connection()
        .execute(dead.values(state="waiting", attempts=0, due_at=at, created_at=at))
        .rowcount
    )


def backlog(session: Session, *, dead: bool = False, limit: int | None = None) -> list[Delivery]:
    """What has not arrived, the oldest first, perhaps no more than so many; with `dead` only what was given up."""
    query = select(Delivery).order_by(col(Delivery.number), col(Delivery.id)).limit(limit)
    return list(session.exec(query.where(Delivery.state == DEAD) if dead else query))


def count(session: Session) -> tuple[int, int]:
    """How many deliveries wait or are under way, and how many were given up."""
    query = select(Delivery.state, func.count()).group_by(col(Delivery.state))
    found = dict(session.exec(query).all())
    return sum(found.values()) - found.get(DEAD, 0), found.get(DEAD, 0)
