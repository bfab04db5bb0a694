"""Which deliveries may leave now: two at a time to a host, one at a time about the same object."""

from datetime import datetime, timedelta

from sqlalchemy import and_, case, func, or_, select, union_all
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from federation import lease
from federation.base import now
from federation.hosts import Host
from federation.outbox import Delivery

PER_HOST = 2
LEASE = timedelta(minutes=3)  # longer than two posts with their own deadlines


def take(session: Session, room: int, *, failing: bool) -> list[Delivery]:
    """Lease up to `room` deliveries, either to hosts in good health or to those that failed last time.

    A host of which nothing is known, or whose last answer was a failure, gets one at a time.
    """
    if room <= 0:
        return []
    at = now()
    lease.reclaim(session, Delivery, at)
    busy = func.sum(case((col(Delivery.state) == lease.LEASED, 1), else_=0))
    free = func.sum(case((lease.due(Delivery, at), 1), else_=0))
    healthy = func.coalesce(Host.failures, 0) == 0
    proven = and_(healthy, col(Host.last_out).is_not(None))
    ready = (
        select(
            Delivery.host.label("host"),
            (case((proven, PER_HOST), else_=1) - busy).label("slots"),
        )
        .join(Host, Host.host == Delivery.host, isouter=True)
        .where(lease.unfinished(Delivery))
        .where(or_(col(Host.next_probe).is_(None), col(Host.next_probe) <= at))
        .where(~healthy if failing else healthy)
        .group_by(Delivery.host, Host.failures, Host.last_out)
        .having(free > 0)
        .cte("ready")
    )
    places = [
        select(_nth_of(ready.c.host, place, at).label("id")).where(ready.c.slots > place)
        for place in range(PER_HOST)
    ]
    found = union_all(*places).subquery()
    chosen = select(found.c.id).where(found.c.id.is_not(None)).order_by(found.c.id).limit(room)
    return lease.take(session, Delivery, chosen, at=at, until=at + LEASE)


def _nth_of(host: object, place: int, at: datetime):
    """The id of the delivery in this place of a host's line of those that need not wait for another."""
    mine, earlier = aliased(Delivery), aliased(Delivery)
    overtaken = (
        select(earlier.id)
        .where(
            earlier.host == mine.host,
            earlier.object_id == mine.object_id,
            earlier.number < mine.number,
            lease.unfinished(earlier),
        )
        .exists()
    )
    return (
        select(mine.id)
        .where(mine.host == host, lease.due(mine, at), ~overtaken)
        .order_by(mine.number, mine.id)
        .offset(place)
        .limit(1)
        .scalar_subquery()
    )
