"""Judging one proven activity: what must be fetched first, what it does to us, and its journal row.

Both ways in end here: what was posted to an inbox, and what was read in another's outbox.
"""

from collections.abc import Callable, Collection, Container

from sqlmodel import Session, col, select

from federation.errors import BadActivity, BadDocument
from federation.ledger import hosts, journal, lease, relations
from federation.ledger.arrivals import Arrival
from federation.neighbours import followers, moving
from federation.node import Incoming, Node
from federation.others import described, peers, quarantine
from federation.wire.activity import host_of, is_public

MOST_FETCHES = 30


def wanted(session: Session, node: Node, incoming: Incoming, known: Collection[str] = ()) -> list[str]:
    """What to fetch before judging: never from ourselves, never from whom we do not talk with.

    What has been fetched may name more: a review its practice, and the practice its owner. So this is
    asked again with what is there by then; `known` are those that were asked for before.
    """
    needed = node.handlers.wants(session, incoming)
    if incoming.kind == "Move":
        needed = [*moving.ends(incoming), *needed]
    if _names_new_keys(session, incoming):
        needed = [incoming.actor, *needed]  # they hold if its own document lists them too
    asked = [uri for uri in dict.fromkeys(needed) if uri not in known]
    return [
        uri
        for uri in asked[: MOST_FETCHES - len(known)]
        if not node.is_ours(uri) and (host := host_of(uri)) and hosts.verdict(session, node, host)
    ]


def apply(session: Session, node: Node, incoming: Incoming, gone: Container[tuple[str, str | None]]) -> bool:
    """Let an activity have its effect, and write it into the journal when it had one.

    `gone` is what `settled` found.
    """
    if (incoming.actor, incoming.id) in gone:
        return False
    if incoming.kind in ("Create", "Update") and (incoming.actor, incoming.object_id) in gone:
        return False
    changed = False
    if incoming.via == "inbox" and (effect := PROTOCOL.get(incoming.kind)):
        changed = effect(session, node, incoming)
    changed = node.handlers.handle(session, incoming) or changed
    if changed:
        journal.append(
            session,
            direction="in",
            actor=incoming.actor,
            activity_id=incoming.id,
            kind=incoming.kind,
            object_id=incoming.object_id,
            body=incoming.body,
            public=is_public(incoming.activity),
            at=incoming.received,
        )
    return changed


def settled(session: Session, incomings: Collection[Incoming]) -> set[tuple[str, str | None]]:
    """Of which of these senders and what they say the last word has been heard, as (actor, address).

    An activity that is in the journal has had its effect, on whatever way it came. And whatever the order
    in which two words about an object arrive, a Delete is the last one: the object does not come back.
    """
    heard = journal.heard_of(session, [(incoming.actor, incoming.id) for incoming in incomings])
    return _deleted(session, incomings) | heard


def _deleted(session: Session, incomings: Collection[Incoming]) -> set[tuple[str, str | None]]:
    things = {incoming.object_id for incoming in incomings if incoming.kind in ("Create", "Update")}
    query = select(Arrival.actor, Arrival.object_id).where(
        col(Arrival.object_id).in_(things),
        col(Arrival.actor).in_({incoming.actor for incoming in incomings}),
        Arrival.kind == "Delete",
        Arrival.state == lease.DONE,
    )
    return {(actor, thing) for actor, thing in session.exec(query)} if things else set()


def _on_update(session: Session, node: Node, incoming: Incoming) -> bool:
    """An actor that describes itself anew."""
    if incoming.object_id == incoming.actor and isinstance(incoming.object, dict):
        served, announced = incoming.fetched.get(incoming.actor), described.listed_keys(incoming.object)
        try:
            peers.remember_actor(session, served or incoming.object, announced=announced if served else {})
        except BadDocument as error:
            raise BadActivity(error.reason, detail=error.detail) from error
        return True
    return False


def _names_new_keys(session: Session, incoming: Incoming) -> bool:
    """Whether an actor announces keys that we do not know, under one that we know."""
    said = incoming.object
    return (
        (incoming.kind, incoming.via, incoming.object_id) == ("Update", "inbox", incoming.actor)
        and isinstance(said, dict)
        and quarantine.news(session, incoming.actor, described.listed_keys(said))
    )


def _on_delete(session: Session, node: Node, incoming: Incoming) -> bool:
    """An actor that takes leave."""
    if incoming.object_id != incoming.actor or not peers.known(session, incoming.actor):
        return False
    peers.forget_actor(session, incoming.actor)
    relations.drop_actor(session, incoming.actor)
    return True


PROTOCOL: dict[str, Callable[[Session, Node, Incoming], bool]] = {
    "Follow": followers.on_follow,
    "Accept": followers.on_accept,
    "Reject": followers.on_reject,
    "Undo": followers.on_undo,
    "Update": _on_update,
    "Delete": _on_delete,
    "Move": moving.on_move,
}
