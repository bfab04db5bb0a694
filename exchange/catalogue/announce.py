"""How a change is told: the activity goes into the journal and the deliveries in the change's own transaction."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, select

from exchange.models.cluster import MEMBER, Belonging
from exchange.models.community import Community
from exchange.vocabulary.activitystreams import wrap
from exchange.vocabulary.activitystreams.kinds import kind_of
from federation import keys
from federation.ledger import journal, outbox
from federation.ledger.journal import JournalEntry
from federation.wire import proofs
from federation.wire.activity import PUBLIC


def say(
    session: Session,
    kind: str,
    community: Community,
    obj: Any,
    *,
    groups: Sequence[str] = (),
    also: Sequence[str] = (),
    **extra: Any,
) -> JournalEntry:
    """Tell the followers of `community` and of its instance that it did `kind` to `obj`.

    The actors in `groups` and `also` are told as well; groups are named first, as in the object.
    """
    if kind_of(obj) is not None:
        obj = signed(session, community, obj)
    instance_actor = f"{community.instance}/actor"
    others = [uri for uri in dict.fromkeys(also) if uri != community.uri and uri not in groups]
    activity = wrap(
        kind,
        community.uri,
        obj,
        to=[PUBLIC],
        cc=[*groups, f"{community.uri}/followers", f"{instance_actor}/followers", *others],
    )
    return outbox.send(
        session,
        actor=community.uri,
        activity=activity | extra,
        followers_of=[community.uri, instance_actor],
        to_actors=[*groups, *others],
    )


def clusters_of(session: Session, community: Community) -> list[str]:
    """The clusters that have taken in a community of ours, by their actors: they hear of its practices."""
    query = select(Belonging.cluster).where(Belonging.community_id == community.id, Belonging.state == MEMBER)
    return list(session.exec(query.order_by(col(Belonging.id))))


def signed(session: Session, community: Community, obj: dict[str, Any]) -> dict[str, Any]:
    """An object of a community with the proof that it is the community's own word (FEP-8b32).

    What is signed here is what the journal keeps, and from there what everybody gets to read.
    """
    key_id, private = keys.proving_key(session, community.uri)
    return proofs.sign_object(obj, key_id=key_id, private_key=private)


def sign_anew(session: Session, community: Community) -> int:
    """Say all that a community has published once more under its newest key; the number of things.

    Nobody is written to: who holds a copy has it with a proof that held when it came, and whoever reads
    the outbox gets the newer one.
    """
    count = 0
    for number in journal.current(session, community.uri):
        obj = session.get_one(JournalEntry, number).activity.get("object")
        if not isinstance(obj, dict) or kind_of(obj) is None:
            continue
        activity = wrap("Update", community.uri, signed(session, community, obj))
        outbox.send(session, actor=community.uri, activity=activity)
        count += 1
    return count
