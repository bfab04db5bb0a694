"""The origin's answers to adoptions, as they come in: before the adoption or after it, the latest word holds."""

from typing import Any

from sqlmodel import Session, select

from exchange.arrivals import audience
from exchange.arrivals.taking import NotYet, Taking, adoption_at
from exchange.catalogue.adoption import handshake
from exchange.messages import Refusal
from exchange.models.adoption import Adoption
from exchange.models.community import Community
from exchange.models.handshake import AdoptionAnswer
from exchange.models.practice import Practice
from exchange.models.tombstone import buried
from exchange.vocabulary.activitystreams.handshake import answer_of
from exchange.vocabulary.activitystreams.kinds import about, kind_of, owner_of
from federation.errors import BadActivity, Forbidden
from federation.node import Incoming
from federation.wire.activity import ids_of, same_origin

LIST = "/adoptions"  # below the address of a practice


def is_answer(incoming: Incoming) -> bool:
    """Whether an activity puts something on a practice's list of adoptions, or takes it off."""
    return incoming.kind in ("Add", "Remove") and target_of(incoming) is not None


def target_of(incoming: Incoming) -> str | None:
    """The list that is spoken of, when it is one of adoptions on the sender's own host."""
    targets = [uri for uri in ids_of(incoming.activity.get("target")) if uri.endswith(LIST)]
    return targets[0] if len(targets) == 1 and same_origin(targets[0], incoming.actor) else None


def take(session: Session, incoming: Incoming, taking: Taking) -> bool:
    """Keep the answer; an adoption that we lack is taken in with it, where it could be read."""
    target = target_of(incoming)
    if target is None or incoming.object_id is None:
        return False
    owner = _owner(session, target)
    if owner is not None and owner.uri != incoming.actor:
        raise Forbidden("Only the origin of a practice confirms its adoptions.")
    audience.check_words(incoming)
    read = answer_of(incoming.activity, incoming.received)
    said = AdoptionAnswer(
        adoption_uri=incoming.object_id,
        actor=incoming.actor,
        target=target,
        state=read.state,
        reason=read.reason,
        activity_id=incoming.id,
        at=read.at,
    )
    kept = handshake.keep(session, said)
    found = adoption_at(session, incoming.object_id)
    if found is None:
        return _take_in(session, incoming, taking, target) is not None or kept
    if found.withdrawn_at is not None:
        return False
    practice = session.get_one(Practice, found.practice_id)
    if f"{practice.uri}{LIST}" != target:
        return False
    return kept and (handshake.apply(session, found, practice, _of(session, practice)) or kept)


def _take_in(session: Session, incoming: Incoming, taking: Taking, target: str) -> Adoption | None:
    """The adoption itself, read where it lives, when it is about the practice whose owner answers."""
    obj: dict[str, Any] | None = incoming.fetched.get(incoming.object_id or "")
    if obj is None or kind_of(obj) != "adoption" or f"{about(obj)}{LIST}" != target:
        return None
    if buried(session, incoming.object_id or "", owner_of(obj)):
        return None
    try:
        with session.begin_nested():
            return taking.adoption(obj)
    except (Refusal, BadActivity, NotYet):  # the answer stands, whatever the adopter has said
        return None


def _owner(session: Session, target: str) -> Community | None:
    query = select(Practice).where(Practice.uri == target.removesuffix(LIST))
    practice = session.exec(query).first()
    return _of(session, practice) if practice is not None else None


def _of(session: Session, practice: Practice) -> Community:
    return session.get_one(Community, practice.community_id)
