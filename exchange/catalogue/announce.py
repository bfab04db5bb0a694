"""How a change is told: the activity goes into the journal and the deliveries in the change's own transaction."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session

from exchange.models.community import Community
from exchange.vocabulary.activitystreams import wrap
from federation import outbox
from federation.activity import PUBLIC
from federation.journal import JournalEntry


def say(
    session: Session, kind: str, community: Community, obj: Any, *, also: Sequence[str] = (), **extra: Any
) -> JournalEntry:
    """Tell the followers of `community` and of its instance, and the actors in `also`, that it did `kind` to `obj`."""
    instance_actor = f"{community.instance}/actor"
    others = [uri for uri in dict.fromkeys(also) if uri != community.uri]
    activity = wrap(
        kind,
        community.uri,
        obj,
        to=[PUBLIC],
        cc=[f"{community.uri}/followers", f"{instance_actor}/followers", *others],
    )
    return outbox.send(
        session,
        actor=community.uri,
        activity=activity | extra,
        followers_of=[community.uri, instance_actor],
        to_actors=others,
    )
