"""Which deliveries may leave now: on two lanes to a host, one at a time about the same object."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CTE, ColumnElement, and_, case, distinct, func, or_, select
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
    """Hosts with something due and a free lane, the longest waiting first.

    Each host is found by one step in an index, and so is the first in its line: of a million deliveries that
    wait for a thousand hosts some thousands are looked at.
    """
    hosts = _hosts()
    here = col(Delivery.host) == hosts.c.host
    busy = select(func.count(distinct(col(Delivery.lane)))).where(here, col(Delivery.state) == lease.LEASED)
    first = select(func.min(col(Delivery.number))).where(here, _due(Delivery, at))
    healthy = func.coalesce(col(Host.failures), 0) == 0
    proven = and_(healthy, col(Host.last_out).is_not(None))
    free = case((proven, PER_HOST), else_=1) - busy.scalar_subquery()
    lines = (
        select(
            hosts.c.host,
            free.label("free"),
            proven.label("proven"),
            first.scalar_subquery().label("first"),
        )
        .join(Host, col(Host.host) == hosts.c.host, isouter=True)
        .where(hosts.c.host.is_not(None))
        .where(or_(col(Host.next_probe).is_(None), col(Host.next_probe) <= at))
        .where(~healthy if failing else healthy)
        .subquery()
    )
    query = (
        select(lines.c.host, lines.c.free, lines.c.proven)
        .where(lines.c.first.is_not(None), lines.c.free > 0)
        .order_by(lines.c.first)
        .limit(most)
    )
    return [tuple(row) for row in session.connection().execute(query)]


def _hosts() -> CTE:
    """The hosts that something is on its way to, each once; the last row is empty."""
    known = select(func.min(col(Delivery.host)).label("host")).cte("hosts", recursive=True)
    following = select(func.min(col(Delivery.host))).where(col(Delivery.host) > known.c.host)
    return known.union_all(select(following.scalar_subquery()).where(known.c.host.is_not(None)))


def _due(table: Any, at: datetime) -> ColumnElement[bool]:
    """`lease.due` of one host's line, put so that SQLite does not look through what is due for all hosts."""
    return (table.state == lease.WAITING) & (func.coalesce(table.due_at, at) <= at)


def _first_of(host: str, most: int, at: datetime):  # type: ignore[no-untyped-def]
    """The first in a host's line that need not wait for an earlier word about the same object."""
    mine, earlier = aliased(Delivery), aliased(Delivery)
    overtaken = select(earlier.id).where(
        earlier.host == mine.host,
        earlier.object_id == mine.object_id,
        earlier.number < mine.number,
        lease.unfinished(earlier),
    )
    query = select(mine.id).where(mine.host == host, _due(mine, at), ~overtaken.exists())
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
