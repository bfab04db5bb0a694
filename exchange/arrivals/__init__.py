"""What other instances' activities do to our catalogue: the twin of `catalogue`, with the same verbs.

The sender is proven when an activity comes here, and an embedded object is of the sender's own origin.
What is decided here is what the sender may say in the exchange: a practice is changed by its owner
alone, a review is an organisation's own, an adoption is confirmed by the origin.
"""

from collections.abc import Callable
from typing import Any

from sqlmodel import Session

from exchange.arrivals import (
    audience,
    collecting,
    consulting,
    contributing,
    ending,
    gestures,
    handshake,
    joining,
    replies,
    speaking,
)
from exchange.arrivals.taking import Taking, adoption_at, community_at, practice_at, review_at
from exchange.catalogue.clusters import belonging, call, calls, collect
from exchange.messages import N_, Refusal
from exchange.models.community import Community
from exchange.models.practice import WITHDRAWN, Practice
from exchange.models.review import Review
from exchange.models.tombstone import buried, raise_stone
from exchange.vocabulary.activitystreams.kinds import (
    CALLS,
    about,
    adopter_of,
    kind_of,
    owner_of,
    statements,
)
from exchange.vocabulary.activitystreams.reading import moment_at
from federation.errors import BadActivity, Forbidden
from federation.ledger import originals
from federation.neighbours import followers, moving
from federation.node import Incoming
from federation.wire.activity import id_of, ids_of, origin_of, same_origin

NOT_IN_ORDER = N_("The object is not in order.")  # for sentences with gaps: a reason is a key for translators
ACTORS = ("Organization", "Application", "Service", "Group", "Person")


class Arrivals:
    """The exchange's side of `federation.node.Handlers`."""

    def __init__(self, origin: str) -> None:
        self.origin = origin

    def wants(self, session: Session, incoming: Incoming) -> list[str]:
        """What must be read before the activity can be judged: its object, its author, its practice."""
        if incoming.kind in ("Like", "Join"):
            return consulting.backer(session, incoming)
        if incoming.kind == "Delete":
            return ending.wants(session, incoming)
        answers = handshake.is_answer(incoming) or (incoming.kind == "Add" and consulting.is_about(incoming))
        gathers = incoming.kind == "Add" and collecting.is_about(incoming)
        if not (answers or gathers or incoming.kind in ("Create", "Update", "Announce")):
            return []
        if not self._cares(session, incoming):
            return []
        if (answers or incoming.kind == "Announce") and self._holds(session, incoming.object_id or ""):
            return []
        obj = self._object(incoming)
        if obj is None:
            uri = incoming.object_id
            told_here = answers or incoming.kind == "Announce" or same_origin(uri, incoming.actor)
            return [uri] if uri and told_here and uri not in incoming.fetched else []
        kind = kind_of(obj)
        needed = [] if kind in (None, "curated", *CALLS) else [owner_of(obj)]
        subject = about(obj) if kind in ("review", "adoption") else None
        if subject and practice_at(session, subject) is None and not self._is_ours(subject):
            needed.append(subject)
            needed.append(owner_of(incoming.fetched.get(subject) or {}))
        if kind == "adoption":
            needed.append(adopter_of(obj))
        if kind == "review":
            needed += self._speaks_for(session, incoming, obj)
        if kind == "curated":
            needed += collecting.unknown(session, self.origin, obj, incoming)
        if kind in CALLS:
            needed += consulting.unknown(session, self.origin, obj, incoming)
        unknown = (u for u in needed if u and not self._is_ours(u) and community_at(session, u) is None)
        return [uri for uri in dict.fromkeys(unknown) if uri not in incoming.fetched]

    def _speaks_for(self, session: Session, incoming: Incoming, review: dict[str, Any]) -> list[str | None]:
        """The delegations that a review names and we do not hold, and then their givers."""
        named = speaking.unknown(session, statements(review))
        return [*named, *(owner_of(incoming.fetched[uri]) for uri in named if uri in incoming.fetched)]

    def handle(self, session: Session, incoming: Incoming) -> bool:
        """Apply one activity; True when the catalogue changed."""
        verb: Callable[[Session, Incoming], bool | None] | None = {
            "Create": self._say,
            "Update": self._say,
            "Delete": self._delete,
            "Add": self._add,
            "Remove": self._remove,
            "Move": self._move,
            "Like": self._like,
            "Announce": self._pass_on,
            "Undo": self._undo,
            "Join": self._join,
            "Leave": self._leave,
            "Accept": joining.accepted,
            "Reject": self._reject,
            "Flag": gestures.report,
        }.get(incoming.kind)
        if verb is None:
            return False
        try:
            return bool(verb(session, audience.public_part(incoming)))
        except Refusal as refusal:
            first = refusal.problems[0]
            told = first.message.msgid if "%(" not in first.message.msgid else NOT_IN_ORDER
            raise BadActivity(told, detail=str(refusal)[:500]) from refusal

    def followed(self, session: Session, actor_uri: str) -> None:
        """Nothing to do: the actor's past comes through `handle` as everything else does."""

    # ----------------------------------------------------------------- what is said

    def _say(self, session: Session, incoming: Incoming) -> bool:
        obj = self._object(incoming)
        if obj is None:
            return False
        if ending.is_stone(obj):
            return incoming.kind == "Update" and self._delete(session, incoming)
        if obj.get("type") in ACTORS:
            return self._actor_changed(session, incoming, obj)
        kind = kind_of(obj)
        if kind is None:
            replies.take(session, incoming, obj)
        if kind is None or not self._cares(session, incoming):
            return False
        uri, owner = id_of(obj), owner_of(obj)
        if not uri or not owner or not same_origin(uri, owner):
            raise BadActivity("The object does not name its owner.")
        from_elsewhere = not isinstance(incoming.object, dict) and not same_origin(uri, incoming.actor)
        speaker = incoming.actor in (owner, f"{origin_of(owner)}/actor")
        if speaker and self._holds(session, uri) and audience.is_narrowed(incoming, obj):
            return not _is_older(session, uri, obj) and self._delete(session, incoming)
        audience.check(incoming, obj)
        if not speaker and not from_elsewhere:  # what is from elsewhere has its proof or its origin for it
            raise Forbidden("Only its owner changes an object.")
        if buried(session, uri, owner):
            return False
        told = obj is incoming.object and incoming.via != "fetch"
        return self._take(session, incoming, kind, obj) or originals.renew(session, obj, told=told)

    def _take(self, session: Session, incoming: Incoming, kind: str, obj: dict[str, Any]) -> bool:
        told = incoming.object if incoming.via != "fetch" and incoming.kind != "Add" else None
        taking = Taking(session, incoming.fetched, self.origin, told=told)
        take: dict[str, Callable[[dict[str, Any]], Any]] = {
            "practice": taking.practice,
            "review": taking.review,
            "adoption": taking.adoption,
            "delegation": lambda said: speaking.take(taking, said),
            "answer": lambda said: speaking.answer(taking, said),
            "curated": lambda said: collecting.take(taking, said),
            "consultation": lambda said: consulting.take(taking, said),
            "campaign": lambda said: consulting.take(taking, said),
            "contribution": lambda said: contributing.say(taking, said),
        }
        return bool(take[kind](obj))

    def _pass_on(self, session: Session, incoming: Incoming) -> bool:
        """Somebody boosts: a practice of ours is endorsed, another's that we lack is taken in."""
        gestures.endorse(session, incoming)
        uri = incoming.object_id or ""
        if uri not in incoming.fetched or not self._cares(session, incoming):
            return False
        obj = incoming.fetched[uri]
        owner, kind = owner_of(obj), kind_of(obj)
        if kind in ("curated", *CALLS, "contribution"):  # which those whose words they are tell themselves
            return False
        if (
            self._holds(session, uri) and kind != "delegation"
        ):  # which is passed on along its chain when it ends
            return False
        if kind is None or owner is None or not same_origin(uri, owner) or buried(session, uri, owner):
            return False
        return self._take(session, incoming, kind, obj)

    def _actor_changed(self, session: Session, incoming: Incoming, obj: dict[str, Any]) -> bool:
        if id_of(obj) != incoming.actor:
            raise Forbidden("Only its owner changes an object.")
        known = community_at(session, incoming.actor)
        if known is None or known.local:
            return False
        return Taking(session, incoming.fetched, self.origin).profile(known, obj)

    def _answer(self, session: Session, incoming: Incoming) -> bool:
        taking = Taking(session, incoming.fetched, self.origin)
        return self._cares(session, incoming) and handshake.take(session, incoming, taking)

    # ----------------------------------------------------------------- what is done in a few words

    def _like(self, session: Session, incoming: Incoming) -> bool:
        taking = Taking(session, incoming.fetched, self.origin)
        supported = contributing.liked(session, incoming, taking)
        if supported is None:
            gestures.endorse(session, incoming)
        return bool(supported)

    def _undo(self, session: Session, incoming: Incoming) -> bool:
        undone = contributing.undone(session, incoming)
        gestures.undo(session, incoming)
        return bool(undone)

    def _reject(self, session: Session, incoming: Incoming) -> bool:
        return joining.refused(session, incoming) or contributing.refused(session, incoming)

    def _join(self, session: Session, incoming: Incoming) -> bool:
        joined = contributing.joined(session, incoming, Taking(session, incoming.fetched, self.origin))
        if joined is None:
            joining.join(session, incoming)
        return bool(joined)

    def _leave(self, session: Session, incoming: Incoming) -> bool:
        left = contributing.left(session, incoming)
        if left is None:
            joining.leave(session, incoming)
        return bool(left)

    # ----------------------------------------------------------------- what is taken back

    def _delete(self, session: Session, incoming: Incoming) -> bool:
        return ending.delete(session, incoming, self.origin, cares=self._cares(session, incoming))

    def _move(self, session: Session, incoming: Incoming) -> bool:
        """A community lives elsewhere now, as both addresses say; what it published keeps its address."""
        known, target = community_at(session, incoming.actor), moving.proven(incoming)
        if known is None or known.local or target is None or known.moved_to == target:
            return False
        known.moved_to = target
        session.add(known)
        return True

    # ----------------------------------------------------------------- what is added and removed

    def _add(self, session: Session, incoming: Incoming) -> bool:
        """A cluster shows a collection or takes a contribution in, or an origin answers an adoption."""
        if consulting.is_about(incoming):
            taking = Taking(session, incoming.fetched, self.origin)
            return self._cares(session, incoming) and consulting.listed(session, incoming, taking)
        if not collecting.is_about(incoming):
            return self._answer(session, incoming)
        obj = self._object(incoming)
        if obj is None or kind_of(obj) != "curated" or not self._cares(session, incoming):
            return False
        if owner_of(obj) != incoming.actor or not same_origin(id_of(obj), incoming.actor):
            raise Forbidden("Only its owner changes an object.")
        audience.check(incoming, obj)
        return self._take(session, incoming, "curated", obj)

    def _remove(self, session: Session, incoming: Incoming) -> bool:
        if consulting.is_about(incoming):
            return False  # the call itself says what became of the contribution
        if not collecting.is_about(incoming):
            return self._answer(session, incoming)
        return self._cares(session, incoming) and collecting.removed(session, incoming)

    # ----------------------------------------------------------------- whom we listen to

    def _cares(self, session: Session, incoming: Incoming) -> bool:
        """We keep what those say whom we follow, and what anybody says about a practice of ours."""
        if incoming.via != "inbox" or followers.is_followed(session, incoming.actor):
            return True
        obj = self._object(incoming)
        kind = kind_of(obj)
        corrects = obj is not None and ending.speaks_for_instance(incoming.actor, owner_of(obj) or "")
        if corrects and incoming.kind == "Update" and self._holds(session, incoming.object_id or ""):
            return True  # as an instance may delete what it keeps for its communities
        if obj is not None and kind in ("review", "adoption", "answer") and self._is_ours(about(obj) or ""):
            return True
        if obj is not None and kind == "delegation" and speaking.concerns(session, self.origin, obj):
            return True
        if kind == "practice" and joining.is_member(session, incoming.actor):
            return True
        if consulting.cares(session, incoming, obj, kind):
            return True
        if kind in ("curated", *CALLS, "contribution"):
            return False
        if community_at(session, incoming.actor) is None:
            return False
        # Who is known may change and take back what we hold of theirs, and has no other way in by that.
        changes = incoming.kind == "Update" and self._holds(session, incoming.object_id or "")
        return changes or incoming.kind == "Delete"

    def _object(self, incoming: Incoming) -> dict[str, Any] | None:
        if isinstance(incoming.object, dict) and incoming.kind != "Announce":
            return incoming.object
        return incoming.fetched.get(incoming.object_id or "")

    def _holds(self, session: Session, uri: str) -> bool:
        found = practice_at(session, uri) or review_at(session, uri) or adoption_at(session, uri)
        said = contributing.contribution_at(session, uri)
        return found is not None or said is not None or self._is_ours(uri)

    def _is_ours(self, uri: str) -> bool:
        return uri.startswith(self.origin + "/")


def _is_older(session: Session, uri: str, obj: dict[str, Any]) -> bool:
    """Whether what is said of an object was said before what we hold of it."""
    found = practice_at(session, uri) or review_at(session, uri) or adoption_at(session, uri)
    return found is not None and "updated" in obj and moment_at(obj, "updated") < found.modified_at
