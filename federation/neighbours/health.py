"""How the exchange with each other instance goes: what an operator wants to know before asking somebody."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, col, func, select

from federation.ledger import lease, rules
from federation.ledger.hosts import Host
from federation.ledger.outbox import Delivery
from federation.ledger.reading import Backfill
from federation.ledger.relations import Follow
from federation.others.peers import RemoteActor
from federation.wire.activity import host_of

if TYPE_CHECKING:
    from federation.node import Node

TOLERABLE_SKEW = 60  # seconds


@dataclass(frozen=True)
class Health:
    """One host. Counts of seconds, moments in UTC; None is "not known"."""

    host: str
    state: str  # ok | suspended
    allowed: bool | None  # what a rule says about it; None where no rule does
    rule: str  # the domain of that rule
    reason: str
    rule_source: str  # "" is the operator, else a list
    last_in: datetime | None
    last_out: datetime | None
    waiting: int  # deliveries
    dead: int
    oldest: datetime | None  # of those that wait
    last_error: str | None
    failures: int
    next_probe: datetime | None
    skew_seconds: int | None
    dialect: str  # in which we sign
    signs: str | None  # in which they sign
    proofs: bool | None  # whether their actors have keys to prove objects with
    refused_count: int
    last_refusal: str | None
    unproven_count: int
    last_unproven: str | None
    throttled_count: int
    software: str | None
    compared_at: datetime | None
    missing: int
    vanished: int

    @property
    def clock_is_off(self) -> bool:
        """Whether the other clock, or ours, should be looked at."""
        return self.skew_seconds is not None and abs(self.skew_seconds) > TOLERABLE_SKEW

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass
class _Line:
    """What waits for a host."""

    waiting: int = 0
    dead: int = 0
    oldest: datetime | None = None


def of_host(session: Session, host: str) -> Health | None:
    """The health of one host; None when we have not met it and nothing is said about it."""
    name = rules.normal(host_of(host) or host)
    row = session.get(Host, name)
    if row is None and rules.word(session, name) is None and name not in _met(session, name):
        return None
    return _health(session, row or Host(host=name), _lines(session, name).get(name, _Line()))


def of_all(session: Session, node: "Node", limit: int = 500) -> list[Health]:
    """Every host that we have met or that the operator has judged, those that need attention first."""
    lines = _lines(session)
    rows = {row.host: row for row in session.exec(select(Host))}
    judged = {rule.domain for rule in rules.rules(session) if rule.source == rules.OPERATOR}
    names = set(rows) | set(lines) | judged | {other for other in _met(session) if other != node.host}
    found = [(rows.get(name) or Host(host=name), lines.get(name, _Line())) for name in names]
    # Each one's health takes several questions, and strangers decide how many hosts there are.
    return [_health(session, *one) for one in sorted(found, key=_urgency)[:limit]]


def _urgency(one: tuple[Host, _Line]) -> tuple[bool, bool, int, str]:
    host, line = one
    return (line.dead == 0, host.state == "ok" and not host.failures, -line.waiting, host.host)


def _met(session: Session, only: str | None = None) -> set[str]:
    pairs = select(Follow.follower, Follow.followed)
    if only is not None:
        there = f"://{only}/"
        pairs = pairs.where(
            col(Follow.follower).contains(there, autoescape=True)
            | col(Follow.followed).contains(there, autoescape=True)
        )
    return {host for pair in session.exec(pairs) for uri in pair if (host := host_of(uri))}


def _lines(session: Session, only: str | None = None) -> dict[str, _Line]:
    query = select(Delivery.host, Delivery.state, func.count(), func.min(Delivery.created_at))
    if only is not None:
        query = query.where(Delivery.host == only)
    lines: dict[str, _Line] = {}
    for host, state, count, oldest in session.exec(query.group_by(Delivery.host, Delivery.state)):
        line = lines.setdefault(host, _Line())
        if state == lease.DEAD:
            line.dead += count
        else:
            line.waiting += count
            line.oldest = min(oldest, line.oldest or oldest)
    return lines


def _health(session: Session, row: Host, line: _Line) -> Health:
    rule = rules.word(session, row.host)
    read = session.exec(
        select(Backfill)
        .where(col(Backfill.actor).contains(f"://{row.host}/", autoescape=True))
        .order_by(col(Backfill.compared_at).desc())
        .limit(1)
    ).first()
    return Health(
        host=row.host,
        state=row.state,
        allowed=rule.allowed if rule else None,
        rule=rule.domain if rule else "",
        reason=rule.reason if rule else "",
        rule_source=rule.source if rule else "",
        last_in=row.last_in,
        last_out=row.last_out,
        waiting=line.waiting,
        dead=line.dead,
        oldest=line.oldest,
        last_error=row.last_error,
        failures=row.failures,
        next_probe=row.next_probe,
        skew_seconds=row.skew_seconds,
        dialect=row.dialect,
        signs=row.signs,
        proofs=_proofs(session, row.host),
        refused_count=row.refused_count,
        last_refusal=row.last_refusal,
        unproven_count=row.unproven_count,
        last_unproven=row.last_unproven,
        throttled_count=row.throttled_count,
        software=row.software,
        compared_at=read.compared_at if read else None,
        missing=read.missing if read else 0,
        vanished=read.vanished if read else 0,
    )


def _proofs(session: Session, host: str) -> bool | None:
    """Whether an actor of the host lists a key for object integrity proofs (FEP-521a)."""
    documents = session.exec(select(RemoteActor.document).where(RemoteActor.host == host).limit(20)).all()
    return any(document.get("assertionMethod") for document in documents) if documents else None
