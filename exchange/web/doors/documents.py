"""What this instance gives to other software: the ActivityPub document at each address, without Flask.

`at()` answers for a path. Pages live at the same addresses; which of the two is meant is decided by
the `Accept` header, before this is asked.
"""

import re
from collections.abc import Callable
from typing import Any

from sqlmodel import Session, col, select

from exchange.catalogue import shelf
from exchange.catalogue.clusters import calls, cluster
from exchange.catalogue.clusters import collections as curated
from exchange.catalogue.judging import audit
from exchange.catalogue.people import moderate
from exchange.instance import Instance
from exchange.messages import NotFound
from exchange.models.adoption import Adoption
from exchange.models.answer import Answer as OwnersAnswer
from exchange.models.call import Call, Contribution
from exchange.models.cluster import Cluster
from exchange.models.collection import Collection
from exchange.models.community import Community
from exchange.models.delegation import Delegation
from exchange.models.endorsement import BOOST, LIKE
from exchange.models.practice import WITHDRAWN, Practice
from exchange.models.review import Review
from exchange.vocabulary.activitystreams import context, tombstone
from federation.ledger import journal
from federation.neighbours import collections

MOST_REPLIES = 1_000  # the newest; each of them names its practice anyway
Answer = tuple[int, dict[str, Any] | str]  # 200 and a document, 410 and a tombstone, 303 and an address

_PATTERNS = (
    ("actor", r"/actor"),
    ("actor_collection", r"/actor/(outbox|followers|following)"),
    ("community", r"/communities/([a-z0-9-]+)"),
    ("community_collection", r"/communities/([a-z0-9-]+)/(outbox|followers|following)"),
    ("cluster", r"/clusters/([a-z0-9-]+)"),
    (
        "cluster_collection",
        r"/clusters/([a-z0-9-]+)/(outbox|followers|following|members|practices|collections)",
    ),
    ("practice", r"/practices/([0-9a-f-]{36})"),
    ("practice_collection", r"/practices/([0-9a-f-]{36})/(adoptions|reviews|replies|likes|shares)"),
    ("review", r"/reviews/([0-9a-f-]{36})"),
    ("adoption", r"/adoptions/([0-9a-f-]{36})"),
    ("answer", r"/answers/([0-9a-f-]{36})"),
    ("delegation", r"/delegations/([0-9a-f-]{36})"),
    ("featured", r"/collections/([0-9a-f-]{36})"),
    ("featured_note", r"/collections/([0-9a-f-]{36})/note"),
    ("call", r"/(?:consultations|campaigns)/([0-9a-f-]{36})"),
    ("call_contributions", r"/consultations/([0-9a-f-]{36})/contributions"),
    ("contribution", r"/contributions/([0-9a-f-]{36})"),
    ("activity", r"/activities/([0-9a-f-]{36})"),
)
_ROUTES = [(name, re.compile(pattern)) for name, pattern in _PATTERNS]
PUBLIC_EVEN_WHEN_SIGNED = ("/actor",)  # so that a key can be checked before any signature can


def is_object(path: str) -> bool:
    """Whether an ActivityPub document may live at this path."""
    return any(pattern.fullmatch(path) for _name, pattern in _ROUTES)


def at(instance: Instance, session: Session, path: str, page: str | None = None) -> Answer | None:
    """The document at `path`, or None where there is none; `page` is a collection's page."""
    for name, pattern in _ROUTES:
        if found := pattern.fullmatch(path):
            return globals()[f"_{name}"](instance, session, *found.groups(), page=page)
    return None


def _actor(instance: Instance, session: Session, *, page: str | None) -> Answer:
    return 200, instance.actor_document(session, instance.node.instance_actor)


def _actor_collection(instance: Instance, session: Session, name: str, *, page: str | None) -> Answer | None:
    return _collection(instance, session, instance.node.instance_actor, name, page)


def _community(instance: Instance, session: Session, slug: str, *, page: str | None) -> Answer | None:
    found = _own(session, slug)
    return (200, instance.actor_document(session, found.uri)) if found else None


def _community_collection(
    instance: Instance, session: Session, slug: str, name: str, *, page: str | None
) -> Answer | None:
    found = _own(session, slug)
    return _collection(instance, session, found.uri, name, page) if found else None


def _cluster(instance: Instance, session: Session, slug: str, *, page: str | None) -> Answer | None:
    found = cluster_named(session, slug)
    return (200, instance.actor_document(session, found.uri)) if found else None


def _cluster_collection(
    instance: Instance, session: Session, slug: str, name: str, *, page: str | None
) -> Answer | None:
    found = cluster_named(session, slug)
    if found is None or name not in _OF_CLUSTERS:
        return _collection(instance, session, found.uri, name, page) if found else None
    items = _OF_CLUSTERS[name](session, found)
    return 200, {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{found.uri}/{name}",
        "type": "OrderedCollection",
        "attributedTo": found.uri,
        "totalItems": len(items),
        "orderedItems": items,
    }


_OF_CLUSTERS: dict[str, Callable[[Session, Cluster], list[str]]] = {
    "members": cluster.members,
    "practices": lambda session, of: [one.uri for one, _owner in cluster.practices(session, of)],
    "collections": lambda session, of: [one.uri for one in curated.all_(session, owner=of.uri)],
}


def _own(session: Session, slug: str) -> Community | None:
    return session.exec(select(Community).where(Community.slug == slug, Community.local)).first()


def _collection(instance: Instance, session: Session, uri: str, name: str, page: str | None) -> Answer | None:
    if page is not None and not (page.isascii() and page.isdigit() and len(page) < 19):
        return None
    return 200, getattr(collections, name)(session, uri, int(page) if page is not None else None)


def _practice(instance: Instance, session: Session, key: str, *, page: str | None) -> Answer | None:
    found = _by_key(session, Practice, key)
    if found is None:
        return None
    if not found.local:
        return 303, found.uri
    if found.state == WITHDRAWN:
        return 410, tombstone(found.uri, "Article", found.withdrawn_at, found.withdrawn_reason)
    return _told(session, found.uri)


def _practice_collection(
    instance: Instance, session: Session, key: str, name: str, *, page: str | None
) -> Answer | None:
    found = _by_key(session, Practice, key)
    if found is None or not found.local or found.state == WITHDRAWN:
        return None
    if name in _COUNTED:  # who they are is nobody's business
        number = moderate.endorsements(session, found)[_COUNTED[name]]
        told = {"id": f"{found.uri}/{name}", "type": "Collection", "totalItems": number}
        return 200, {**collections.belonging(f"{name}Of", found.uri), **told}
    if name == "replies":
        return 200, _replies(session, found)
    if name == "adoptions":
        items = [
            a.uri for a in shelf.adoptions_of(session, found) if a.confirmed or a.documented_by == "others"
        ]
        said: dict[str, Any] = {"orderedItems": items}
    else:
        said = audit.owners_count(session, found)
    return 200, {
        "@context": context(found.uri),
        "id": f"{found.uri}/{name}",
        "type": "OrderedCollection",
        "attributedTo": shelf.community_of(session, found).uri,
        "totalItems": len(said["orderedItems"]),
        **said,
    }


_COUNTED = {"likes": LIKE, "shares": BOOST}


def _replies(session: Session, found: Practice) -> dict[str, Any]:
    """What was said in reply and everybody may read: reviews, adoptions, and comments that its owner shows."""
    said = [
        *((one.issued_at, one.uri) for one, _by in shelf.reviews_of(session, found)),
        *((one.issued_at, one.uri) for one in shelf.adoptions_of(session, found)),
        *((one.published_at, one.uri) for one in moderate.shown(session, found)),
    ]
    return {
        **collections.belonging("repliesOf", found.uri),
        "id": f"{found.uri}/replies",
        "type": "OrderedCollection",
        "totalItems": len(said),
        "orderedItems": [uri for _at, uri in sorted(said, reverse=True)[:MOST_REPLIES]],
    }


def _review(instance: Instance, session: Session, key: str, *, page: str | None) -> Answer | None:
    return _said(session, Review, key)


def _adoption(instance: Instance, session: Session, key: str, *, page: str | None) -> Answer | None:
    return _said(session, Adoption, key)


def _answer(instance: Instance, session: Session, key: str, *, page: str | None) -> Answer | None:
    return _said(session, OwnersAnswer, key)


def _delegation(instance: Instance, session: Session, key: str, *, page: str | None) -> Answer | None:
    found = _by_key(session, Delegation, key)
    if found is None:
        return None
    return _told(session, found.uri) if found.local else (303, found.uri)


def _said(session: Session, model: Any, key: str, former: str = "Note") -> Answer | None:
    """What somebody said: as they said it, where it lives, or that it was taken back, having been a `former`."""
    found = _by_key(session, model, key)
    if found is None:
        return None
    if not found.local:
        return 303, found.uri
    if found.withdrawn_at is not None:
        return 410, _stone(found.uri, former, found)
    return _told(session, found.uri)


def _featured(instance: Instance, session: Session, key: str, *, page: str | None) -> Answer | None:
    found = _by_key(session, Collection, key)
    if found is not None and found.local and found.told_at is None:
        return None
    return _said(session, Collection, key, "FeaturedCollection")


def _featured_note(instance: Instance, session: Session, key: str, *, page: str | None) -> Answer | None:
    found = _by_key(session, Collection, key)
    if found is None or not found.local or found.told_at is None:
        return None
    uri = f"{found.uri}/note"
    return _told(session, uri) if found.withdrawn_at is None else (410, _stone(uri, "Note", found))


def _call(instance: Instance, session: Session, key: str, *, page: str | None) -> Answer | None:
    return _said(session, Call, key, "Article")


def _call_contributions(instance: Instance, session: Session, key: str, *, page: str | None) -> Answer | None:
    found = _by_key(session, Call, key)
    if found is None or not found.local or found.withdrawn_at is not None:
        return None
    items = [one.contribution for one in calls.entries(session, found) if not (one.hidden or one.moved_to)]
    return 200, {
        "@context": context(found.uri),
        "id": f"{found.uri}/contributions",
        "type": "OrderedCollection",
        "attributedTo": found.owner,
        "totalItems": len(items),
        "orderedItems": items,
    }


def _contribution(instance: Instance, session: Session, key: str, *, page: str | None) -> Answer | None:
    return _said(session, Contribution, key)


def _activity(instance: Instance, session: Session, key: str, *, page: str | None) -> Answer | None:
    document = collections.activity(session, f"{instance.origin}/activities/{key}")
    if document is None:
        return None
    return 410 if document.get("type") == "Tombstone" else 200, document


def _told(session: Session, uri: str) -> Answer | None:
    """An object of ours as it was signed and sent, to the letter."""
    said = journal.word(session, uri)
    return (200, said) if said is not None else None


def _by_key(session: Session, model: Any, key: str) -> Any:
    return session.exec(select(model).where(col(model.key) == key)).first()


def _stone(uri: str, former: str, found: Any) -> dict[str, Any]:
    return tombstone(uri, former, found.withdrawn_at)


def page_of(session: Session, path: str) -> str | None:
    """The page that the address of a review, adoption, answer, delegation or contribution belongs to; people go there."""
    kind, _, key = path.strip("/").partition("/")
    model: Any = {
        "reviews": Review,
        "adoptions": Adoption,
        "answers": OwnersAnswer,
        "delegations": Delegation,
        "contributions": Contribution,
    }.get(kind)
    found = _by_key(session, model, key) if model else None
    if found is None:
        return None
    if isinstance(found, Contribution):
        return _place_of(session, found)
    if isinstance(found, Delegation):
        giver = session.get_one(Community, found.giver_id)
        return f"/communities/{giver.slug if giver.local else shelf.handle(giver)}#voice"
    if isinstance(found, OwnersAnswer):
        found, kind = session.get_one(Review, found.review_id), "reviews"
    practice = session.get(Practice, found.practice_id)
    return f"/practices/{practice.key}#{kind}" if practice else None


def _place_of(session: Session, said: Contribution) -> str | None:
    """Where a contribution stands now."""
    there = calls.entry(session, said.uri)
    call = there[1] if there else calls.at(session, said.call)
    return f"/consultations/{call.key}#said-{said.key}" if call else None


def is_actor(session: Session, community: str | None, group: str | None) -> bool:
    """Whether there is an actor of ours under one of these short names."""
    return bool(
        (community and community_named(session, community)) or (group and cluster_named(session, group))
    )


def cluster_named(session: Session, slug: str) -> Cluster | None:
    """The cluster that is called so."""
    return session.exec(select(Cluster).where(Cluster.slug == slug)).first()


def community_named(session: Session, name: str) -> Community | None:
    """The local community that is called so, for WebFinger."""
    try:
        found = shelf.community(session, name)
    except NotFound:
        return None
    return found if found.local else None
