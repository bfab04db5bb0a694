"""The end of an exchange: what waits for those with whom we do not talk any more is forgotten."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete
from sqlmodel import Session, col, select

from federation.ledger import lease, rules
from federation.ledger.arrivals import Arrival
from federation.ledger.outbox import Delivery
from federation.ledger.reading import Backfill
from federation.ledger.relations import Follow
from federation.wire.activity import host_of

if TYPE_CHECKING:
    from federation.node import Node


@dataclass(frozen=True)
class Parting:
    """How many deliveries, arrivals and follow relations were forgotten."""

    deliveries: int = 0
    arrivals: int = 0
    relations: int = 0


def part(session: Session, node: "Node", domains: list[str]) -> Parting:
    """Forget what waits for and from the hosts in these domains that are not talked with any more.

    Who follows there is no follower any more, and whom we follow there is not followed. Nothing is
    said about it: it would not be sent.
    """
    verdicts: dict[str, bool] = {}

    def over(host: str | None) -> bool:
        host = host or ""
        if host not in verdicts:
            named = any(rules.covers(domain, host) for domain in domains)
            verdicts[host] = named and not rules.verdict(session, node, host)
        return verdicts[host]

    connection = session.connection()
    hosts = [host for host in session.exec(select(Delivery.host).distinct()) if over(host)]
    deliveries = connection.execute(delete(Delivery).where(col(Delivery.host).in_(hosts))).rowcount

    waiting = session.exec(select(Arrival.actor).where(lease.unfinished(Arrival)).distinct())
    actors = [actor for actor in waiting if over(host_of(actor))]
    unjudged = delete(Arrival).where(col(Arrival.actor).in_(actors), lease.unfinished(Arrival))
    arrivals = connection.execute(unjudged).rowcount

    relations = 0
    for relation in session.exec(select(Follow)).all():
        other = relation.followed if node.is_ours(relation.follower) else relation.follower
        if not node.is_ours(other) and over(host_of(other)):
            session.delete(relation)
            relations += 1
    for reading in session.exec(select(Backfill)).all():
        if over(host_of(reading.actor)):
            session.delete(reading)
    session.flush()
    return Parting(deliveries, arrivals, relations)
