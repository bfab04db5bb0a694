"""Following: the questions we ask and answer, and what the answers of others do."""

from typing import TYPE_CHECKING, Any

from sqlmodel import Session, select

from federation.actor import LocalActor
from federation.base import now
from federation.errors import BadActivity
from federation.ledger import arrivals, journal, outbox, reading, rules
from federation.ledger.journal import JournalEntry
from federation.ledger.relations import (
    Follow,
    between,
    drop_actor,
    drop_inbox,
    follower_inboxes,
    followers,
    following,
    is_followed,
)
from federation.others.peers import RemoteActor
from federation.wire.activity import id_of

if TYPE_CHECKING:
    from federation.node import Incoming, Node

__all__ = [
    "Follow",
    "answer",
    "between",
    "drop_actor",
    "drop_inbox",
    "follow",
    "follower_inboxes",
    "followers",
    "following",
    "is_followed",
    "on_accept",
    "on_follow",
    "on_reject",
    "on_undo",
    "unfollow",
]

CONTEXT = "https://www.w3.org/ns/activitystreams"


def follow(session: Session, node: "Node", *, local_actor: str, target_actor: str) -> journal.JournalEntry:
    """A local actor asks to follow another; asking again sends the question again.

    An actor of this same instance is followed at once, and without a message.
    """
    local = node.is_ours(target_actor)
    relation = between(session, local_actor, target_actor)
    if relation is None:
        relation = Follow(follower=local_actor, followed=target_actor, activity_id="", at=now())
    entry = outbox.send(
        session,
        actor=local_actor,
        activity=_activity(local_actor, "Follow", target_actor, [target_actor]),
        to_actors=[] if local else [target_actor],
        public=False,
    )
    relation.activity_id = entry.activity_id
    if local:
        relation.state = "accepted"
        relation.follower_inbox = f"{local_actor}/inbox"
    elif relation.state == "rejected":
        relation.state = "pending"
    session.add(relation)
    session.flush()
    return entry


def unfollow(
    session: Session, node: "Node", *, local_actor: str, target_actor: str
) -> journal.JournalEntry | None:
    """A local actor takes its follow back; None when there was nothing to take back."""
    relation = between(session, local_actor, target_actor)
    if relation is None:
        return None
    undone = _as_activity(relation)
    session.delete(relation)
    return outbox.send(
        session,
        actor=local_actor,
        activity=_activity(local_actor, "Undo", undone, [target_actor]),
        to_actors=[] if node.is_ours(target_actor) else [target_actor],
        public=False,
    )


def on_follow(session: Session, node: "Node", incoming: "Incoming") -> bool:
    """Somebody asks to follow a local actor; where the instance is open the answer is yes.

    On an allowlist the question of a stranger waits for the operator (`federation.neighbours.knocking`).
    """
    followed = incoming.object_id
    if followed is None or session.get(LocalActor, followed) is None:
        raise BadActivity("There is no such actor on this instance.")
    follower = session.get(RemoteActor, incoming.actor)
    if follower is None:
        raise BadActivity("The follower has no readable actor document.")
    if _was_undone(session, incoming):
        return False
    relation = between(session, follower.uri, followed) or Follow(
        follower=follower.uri, followed=followed, activity_id=incoming.id, at=incoming.received
    )
    relation.activity_id = incoming.id
    relation.follower_inbox, relation.follower_shared_inbox = follower.inbox, follower.shared_inbox
    session.add(relation)
    session.flush()
    if relation.state == "accepted" or node.mode == "open" or _trusted(session, follower.host):
        answer(session, relation, accept=True)
    elif relation.state == "rejected":
        answer(session, relation, accept=False)
    return True


def _was_undone(session: Session, incoming: "Incoming") -> bool:
    """An Undo that overtook its Follow has the last word, whether it told the whole Follow or its id only."""
    told = select(JournalEntry.number).where(
        JournalEntry.direction == "in",
        JournalEntry.actor == incoming.actor,
        JournalEntry.kind == "Undo",
        JournalEntry.object_id == incoming.id,
    )
    return session.exec(told).first() is not None or arrivals.undone(session, incoming.actor, incoming.id)


def _trusted(session: Session, host: str) -> bool:
    rule = rules.word(session, host)
    return rule is not None and rule.allowed


def answer(session: Session, relation: Follow, *, accept: bool) -> journal.JournalEntry:
    """Tell a follower yes or no."""
    relation.state = "accepted" if accept else "rejected"
    session.add(relation)
    kind = "Accept" if accept else "Reject"
    return outbox.send(
        session,
        actor=relation.followed,
        activity=_activity(relation.followed, kind, _as_activity(relation), [relation.follower]),
        to_actors=[relation.follower],
        public=False,
    )


def on_accept(session: Session, node: "Node", incoming: "Incoming") -> bool:
    """A follow of ours was accepted: its past is read. An Accept of what we never asked has no effect."""
    relation = _ours(session, incoming)
    if relation is None or relation.state == "accepted":
        return False
    relation.state = "accepted"
    session.add(relation)
    reading.start(session, relation.followed)
    node.handlers.followed(session, relation.followed)
    return True


def on_reject(session: Session, node: "Node", incoming: "Incoming") -> bool:
    """A follow of ours was refused, or ended by the one we followed."""
    relation = _ours(session, incoming)
    if relation is None or relation.state == "rejected":
        return False
    relation.state = "rejected"
    session.add(relation)
    return True


def _ours(session: Session, incoming: "Incoming") -> Follow | None:
    """Our own follow that an Accept or Reject speaks of: by its id, or by who and whom."""
    relation = session.exec(
        select(Follow).where(Follow.followed == incoming.actor, Follow.activity_id == incoming.object_id)
    ).first()
    claimed = incoming.object
    if relation is None and isinstance(claimed, dict) and id_of(claimed.get("object")) == incoming.actor:
        relation = between(session, id_of(claimed.get("actor")) or "", incoming.actor)
    return relation


def on_undo(session: Session, node: "Node", incoming: "Incoming") -> bool:
    """A follower leaves. True also when the Follow is still on its way, so that the journal knows."""
    query = select(Follow).where(Follow.follower == incoming.actor)
    relation = session.exec(query.where(Follow.activity_id == incoming.object_id)).first()
    undone = incoming.object
    if relation is None and undoes_follow(undone):
        relation = between(session, incoming.actor, id_of(undone.get("object")) or "")
    if relation is not None:
        session.delete(relation)
    return relation is not None or undoes_follow(undone)


def undoes_follow(undone: Any) -> bool:
    """Whether an Undo says that it is about a Follow."""
    return isinstance(undone, dict) and undone.get("type") == "Follow"


def _as_activity(relation: Follow) -> dict[str, Any]:
    return {
        "id": relation.activity_id,
        "type": "Follow",
        "actor": relation.follower,
        "object": relation.followed,
    }


def _activity(actor: str, kind: str, about: Any, to: list[str]) -> dict[str, Any]:
    return {"@context": CONTEXT, "type": kind, "actor": actor, "object": about, "to": to}
