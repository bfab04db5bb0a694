"""Communities from anywhere that ask to belong to a cluster of ours, and leave it again."""

from sqlmodel import Session, select

from exchange.catalogue import cluster
from exchange.models.cluster import ASKED, Cluster
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


def _group(session: Session, incoming: Incoming) -> Cluster | None:
    return session.exec(select(Cluster).where(Cluster.uri == incoming.object_id)).first()
