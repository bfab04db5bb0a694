"""Which deliveries may leave now: on two lanes to a host, one at a time about the same object."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import and_, case, distinct, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from federation.base import now
from federation.ledger import lease
from federation.ledger.hosts import Host
from federation.ledger.outbox import Delivery

PER_HOST = 2
RUN = 10  # deliveries that one lane carries before it reports
LEASE = timedelta(minutes=5)  # longer than a run of posts that each come close to their deadline

Lane = list[Delivery]


def take(session: Session, lanes: int, *, failing: bool, most: int | None = None) -> list[Lane]:
    """Lease work for up to `lanes` lanes and `most` deliveries, to hosts in health or to those that failed.

    A host of which nothing is known, or whose last answer was a failure, gets one delivery at a time.
    """
    if lanes <= 0 or (most is not None and most <= 0):
        return []
    at = now()
    lease.reclaim(session, Delivery, at)
    ids: list[int] = []
    slots: dict[str, int] = {}
    for host, free, proven in _ready(session, at, lanes, failing=failing):
        slots[host] = min(free, lanes - sum(slots.values()))
        ids += session.scalars(_first_of(host, slots[host] * (RUN if proven else 1), at))
        if sum(slots.values()) >= lanes:
            break
    if not ids:
        return []
    chosen = select(Delivery.id).where(col(Delivery.id).in_(ids[:most]))
    rows = lease.take(session, Delivery, chosen, at=at, until=at + LEASE)
    return _lanes(rows, slots)


def _ready(session: Session, at: datetime, most: int, *, failing: bool) -> list[tuple[str, int, bool]]:
    """Hosts with something due and a free lane, the longest waiting first."""
    busy = func.count(distinct(case((col(Delivery.state) == lease.LEASED, col(Delivery.lane)))))
    due = case((lease.due(Delivery, at), col(Delivery.number)))
    healthy = func.coalesce(col(Host.failures), 0) == 0
    proven = and_(healthy, col(Host.last_out).is_not(None))
    free = case((proven, PER_HOST), else_=1) - busy
    query = (
        select(Delivery.host, free, proven)
        .join(Host, col(Host.host) == col(Delivery.host), isouter=True)
        .where(lease.unfinished(Delivery))
        .where(or_(col(Host.next_probe).is_(None), col(Host.next_probe) <= at))
        .where(~healthy if failing else healthy)
        .group_by(Delivery.host, Host.failures, Host.last_out)
        .having(func.count(due) > 0, free > 0)
        .order_by(func.min(due))
        .limit(most)
    )
    return [tuple(row) for row in session.connection().execute(query)]


def _first_of(host: str, most: int, at: datetime):  # type: ignore[no-untyped-def]
    """The first in a host's line that need not wait for an earlier word about the same object."""
    mine, earlier = aliased(Delivery), aliased(Delivery)
    overtaken = select(earlier.id).where(
        earlier.host == mine.host,
        earlier.object_id == mine.object_id,
        earlier.number < mine.number,
        lease.unfinished(earlier),
    )
    query = select(mine.id).where(mine.host == host, lease.due(mine, at), ~overtaken.exists())
    return query.order_by(mine.number, mine.id).limit(most)


def _lanes(rows: list[Delivery], slots: dict[str, int]) -> list[Lane]:
    """Deal a host's deliveries out to its lanes."""
    hosts: dict[str, list[Delivery]] = {}
    for row in rows:
        hosts.setdefault(row.host, []).append(row)
    lanes = [
        part for host, line in hosts.items() for n in range(slots[host]) if (part := line[n :: slots[host]])
    ]
    for lane in lanes:
        name = uuid.uuid4().hex
        for row in lane:
            row.lane = name
    return lanes
