"""Communities from anywhere that ask to belong to a cluster of ours and leave it again; and clusters that answer."""

from sqlmodel import Session, select

from exchange.catalogue.clusters import belonging, cluster
from exchange.models.cluster import ASKED, MEMBER, Cluster, Membership
from federation.errors import BadActivity
from federation.node import Incoming

MOST_ASKING = 200  # that wait for an answer from one cluster


def join(session: Session, incoming: Incoming) -> None:
    """Somebody asks to join; a coordinator answers."""
    group = _group(session, incoming)
    if group is None:
        raise BadActivity("There is no such actor on this instance.")
    if len(cluster.members(session, group, ASKED)) < MOST_ASKING:
        cluster.ask(session, group, incoming.actor, incoming.id)


def leave(session: Session, incoming: Incoming) -> None:
    """A member leaves, or somebody asks no longer."""
    group = _group(session, incoming)
    if group is not None:
        cluster.leave(session, group, incoming.actor)


def is_member(session: Session, actor: str) -> bool:
    """Whether a cluster of ours has taken somebody in: what its members do, it wants to hear."""
    query = select(Membership.id).where(Membership.member == actor, Membership.state == MEMBER)
    return session.exec(query).first() is not None


def accepted(session: Session, incoming: Incoming) -> bool:
    """A cluster takes a community of ours in; what was never asked of it has no effect."""
    return belonging.answered(session, incoming.actor, incoming.object_id or "", yes=True)


def refused(session: Session, incoming: Incoming) -> bool:
    """A cluster says no to a community of ours, or ends its membership."""
    return belonging.answered(session, incoming.actor, incoming.object_id or "", yes=False)


def _group(session: Session, incoming: Incoming) -> Cluster | None:
    return session.exec(select(Cluster).where(Cluster.uri == incoming.object_id)).first()
