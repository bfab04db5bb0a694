"""What is deleted where it lives ends here: who may end it, and that it does not come back.

Its owner ends a thing, or the instance that keeps it for its owner. When another actor of that origin
says so, a moderator perhaps, the origin itself is asked: what it shows as a Tombstone has ended
(FEP-4f05), and about everything else that actor has nothing to say. What answers with 404 or 410 is found
by the nightly reading.
"""

from typing import Any

from sqlmodel import Session

from exchange.arrivals import collecting, contributing, gestures, owned, replies, speaking
from exchange.arrivals.taking import Taking, adoption_at, community_at, practice_at, review_at
from exchange.catalogue.adoption import adopt
from exchange.catalogue.clusters import belonging, call, calls, collect
from exchange.catalogue.judging import answer, review
from exchange.catalogue.practices import withdraw
from exchange.models.adoption import Adoption
from exchange.models.answer import Answer
from exchange.models.call import Call
from exchange.models.collection import Collection
from exchange.models.community import Community
from exchange.models.practice import WITHDRAWN, Practice
from exchange.models.review import Review
from exchange.models.tombstone import raise_stone
from exchange.vocabulary.activitystreams.handshake import reason_of
from federation.errors import Forbidden
from federation.node import Incoming
from federation.wire.activity import origin_of, same_origin

STONE = "Tombstone"


def is_stone(document: Any) -> bool:
    """Whether a document says that there was something, and that it has ended."""
    return isinstance(document, dict) and document.get("type") == STONE


def speaks_for_instance(actor: str, owner: str) -> bool:
    """Whether an actor is the instance that keeps what the owner says."""
    return same_origin(actor, owner) and actor == f"{origin_of(actor)}/actor"


def wants(session: Session, incoming: Incoming) -> list[str]:
    """The thing itself, when neither its owner nor their instance ends it."""
    uri = incoming.object_id or ""
    found = _held(session, uri) if same_origin(uri, incoming.actor) else None
    if found is None or uri in incoming.fetched or _speaks(incoming, _owner(session, found)):
        return []
    return [uri]


def delete(session: Session, incoming: Incoming, origin: str, *, cares: bool) -> bool:
    """One thing has ended, or an actor with all that it said; `cares`: we would have kept what it says."""
    uri = incoming.object_id
    if uri is None:
        return False
    if uri == incoming.actor:
        return _all_of(session, uri, origin)
    if not same_origin(uri, incoming.actor):
        raise Forbidden("Only its owner changes an object.")
    if replies.take_back(session, incoming):
        return False
    if (lent := speaking.delegation_at(session, uri)) is not None and not lent.local:
        if session.get_one(Community, lent.giver_id).uri != incoming.actor:
            raise Forbidden("Only its owner changes an object.")
        speaking.end(session, lent)
        return True
    if (kept := collecting.at(session, uri)) is not None and not kept.local:
        by_instance = speaks_for_instance(incoming.actor, kept.owner)
        return owned.deleted(session, incoming, kept, collect.erase, by_instance=by_instance)
    if (led := calls.at(session, uri)) is not None and not led.local:
        by_instance = speaks_for_instance(incoming.actor, led.owner)
        return owned.deleted(session, incoming, led, call.erase, by_instance=by_instance)
    if (told := contributing.contribution_at(session, uri)) is not None and not told.local:
        by_instance = speaks_for_instance(incoming.actor, told.author)
        return contributing.taken_back(session, incoming, told, by_instance=by_instance)
    if (said := speaking.answer_at(session, uri)) is not None and not said.local:
        return _answer(session, incoming, said)
    found = _held(session, uri)
    if found is None:
        if cares:
            raise_stone(session, uri, incoming.actor)
        return False
    owner = _owner(session, found)
    by_origin = is_stone(incoming.fetched.get(uri))
    if not (_speaks(incoming, owner) or by_origin):
        raise Forbidden("Only its owner changes an object.")
    raise_stone(session, uri, owner if by_origin else incoming.actor)
    return _erase(session, found, incoming)


def _held(session: Session, uri: str) -> Practice | Review | Adoption | None:
    return practice_at(session, uri) or review_at(session, uri) or adoption_at(session, uri)


def _owner(session: Session, found: Practice | Review | Adoption) -> str:
    author = found.publisher_id if isinstance(found, Adoption) else found.community_id
    return session.get_one(Community, author).uri


def _speaks(incoming: Incoming, owner: str) -> bool:
    return incoming.actor == owner or speaks_for_instance(incoming.actor, owner)


def _erase(session: Session, found: Practice | Review | Adoption, incoming: Incoming) -> bool:
    if isinstance(found, Practice):
        if found.state == WITHDRAWN:
            return False
        withdraw.erase(session, found, reason_of(incoming.object))
    elif found.withdrawn_at is not None:
        return False
    elif isinstance(found, Adoption):
        adopt.erase(session, found)
    else:
        review.erase(session, found)
    return True


def _answer(session: Session, incoming: Incoming, said: Answer) -> bool:
    practice = session.get_one(Practice, session.get_one(Review, said.review_id).practice_id)
    if not _speaks(incoming, _owner(session, practice)):
        raise Forbidden("Only its owner changes an object.")
    if said.withdrawn_at is not None:
        return False
    answer.erase(session, said)
    raise_stone(session, said.uri, incoming.actor)
    return True


def _all_of(session: Session, actor: str, origin: str) -> bool:
    """An actor takes leave: its words go with it, whatever it was here."""
    replies.forget(session, actor)
    gestures.forget(session, actor)
    belonging.forget(session, actor)
    owned.forget(session, Collection, actor, collect.erase)
    owned.forget(session, Call, actor, call.erase)
    contributing.forget(session, actor)
    known = community_at(session, actor)
    if known is None or known.local or known.gone:
        return False
    Taking(session, {}, origin).leave(known)
    return True
