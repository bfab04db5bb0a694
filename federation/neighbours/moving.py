"""Moving house: an actor that says it lives elsewhere now is followed there, when both addresses say so.

Only who holds both ends can move: the old actor names the new one (`movedTo` or `alsoKnownAs`), the new
one names the old (`alsoKnownAs`), each in its own document as it stands at that moment. Everything else
is passed over.
"""

from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from federation.errors import BadDocument
from federation.ledger.relations import Follow
from federation.neighbours import followers
from federation.others import peers
from federation.wire.activity import id_of, ids_of

if TYPE_CHECKING:
    from federation.node import Incoming, Node


def ends(incoming: "Incoming") -> list[str]:
    """Both addresses of a Move, whose documents must be read."""
    target = id_of(incoming.activity.get("target"))
    return [incoming.actor, target] if target is not None and target != incoming.actor else []


def proven(incoming: "Incoming") -> str | None:
    """The new address, when the documents of both ends name each other."""
    old, new = (incoming.fetched.get(uri) for uri in ends(incoming) or ("", ""))
    target = id_of(incoming.activity.get("target"))
    if old is None or new is None or target is None:
        return None
    leaves = target in ids_of(old.get("alsoKnownAs")) or id_of(old.get("movedTo")) == target
    return target if leaves and incoming.actor in ids_of(new.get("alsoKnownAs")) else None


def on_move(session: Session, node: "Node", incoming: "Incoming") -> bool:
    """Those of ours who follow the actor follow it at its new address, and leave the old one."""
    target = proven(incoming)
    if target is None:
        return False
    try:
        peers.remember_actor(session, incoming.fetched[target])
    except BadDocument:
        return False
    query = select(Follow).where(Follow.followed == incoming.actor, col(Follow.state) != "rejected")
    for relation in list(session.exec(query)):
        if not node.is_ours(relation.follower):
            continue
        followers.unfollow(session, node, local_actor=relation.follower, target_actor=incoming.actor)
        if followers.between(session, relation.follower, target) is None:
            followers.follow(session, node, local_actor=relation.follower, target_actor=target)
    return True
