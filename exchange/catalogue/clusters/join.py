"""A community of ours asks a cluster, here or elsewhere, to take it in, and leaves it again.

Whether it belongs is the cluster's word: nothing but its answer to the very Join that was sent makes a
member of whoever asked.
"""

from typing import Any

from sqlmodel import Session, select

from exchange.catalogue.clusters import belonging, cluster
from exchange.messages import N_, NotAllowed, NotFound
from exchange.models.cluster import ASKED, MEMBER, Belonging, Cluster
from exchange.models.community import Community
from exchange.vocabulary.activitystreams import wrap
from federation.ledger import outbox


def join(session: Session, community: Community, uri: str, name: dict[str, str]) -> Belonging:
    """Ask the cluster with that actor to take a community of ours in; a member stays one.

    `name` is what the cluster calls itself, by language. Asking again sends the question again.
    """
    _check(community)
    row = belonging.to(session, community, uri)
    if row is not None and row.state == MEMBER:
        return row
    sent = _send(session, community, "Join", uri)
    row = row or Belonging(community_id=community.id, cluster=uri, name=name)  # type: ignore[arg-type]
    row.name, row.state, row.activity_id = name, ASKED, sent
    session.add(row)
    session.flush()
    here = _here(session, uri)
    if here is not None:
        cluster.ask(session, here, community.uri, sent)
    return row


def leave(session: Session, community: Community, uri: str) -> None:
    """Belong to a cluster no longer, ask no more, or put a refusal away; a cluster that knows of us is told."""
    _check(community)
    row = belonging.to(session, community, uri)
    if row is None:
        raise NotFound(N_("This community does not belong to that cluster."))
    if row.state in (ASKED, MEMBER):
        _send(session, community, "Leave", uri)
        here = _here(session, uri)
        if here is not None:
            cluster.leave(session, here, community.uri)
    session.delete(row)
    session.flush()


def _check(community: Community) -> None:
    if not community.local:
        raise NotAllowed(N_("Only the instance of a community publishes for it."))


def _here(session: Session, uri: str) -> Cluster | None:
    return session.exec(select(Cluster).where(Cluster.uri == uri)).first()


def _send(session: Session, community: Community, kind: str, uri: str) -> str:
    activity: dict[str, Any] = wrap(kind, community.uri, uri, to=[uri], cc=[])
    entry = outbox.send(session, actor=community.uri, activity=activity, to_actors=[uri], public=False)
    return entry.activity_id
