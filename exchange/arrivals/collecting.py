"""Collections of clusters elsewhere, kept as copies, with the practices in them that were new to us.

Only the cluster that made a collection says what is in it, and only a cluster that is followed is heard.
When it is taken back it stays away, in whatever order its words arrive.
"""

from contextlib import suppress
from typing import Any

from sqlmodel import Session, select

from exchange.arrivals import owned
from exchange.arrivals.taking import Taking, practice_at
from exchange.catalogue.clusters import collect
from exchange.messages import Refusal
from exchange.models.collection import Collection
from exchange.models.tombstone import buried, raise_stone
from exchange.vocabulary import activitystreams as words
from exchange.vocabulary.activitystreams.collection import named_in
from exchange.vocabulary.activitystreams.kinds import kind_of, owner_of
from federation.errors import BadActivity, Forbidden
from federation.ledger import originals
from federation.ledger.remote import RemoteActor
from federation.node import Incoming
from federation.wire.activity import id_of, ids_of, same_origin, strings

MOST_TAKEN = 14  # practices, and as many owners, that are read together with the collection that names them


def unknown(session: Session, origin: str, obj: dict[str, Any], incoming: Incoming) -> list[str | None]:
    """What must be read with a collection: its cluster, the practices that we lack, and their owners."""
    owner = owner_of(obj)
    needed: list[str | None] = []
    if owner and session.get(RemoteActor, owner) is None:
        needed.append(owner)
    with suppress(Refusal):
        lacking = [
            uri
            for uri in named_in(obj)
            if not uri.startswith(f"{origin}/") and practice_at(session, uri) is None
        ]
        named = lacking[:MOST_TAKEN]
        needed += named
        needed += [owner_of(incoming.fetched[uri]) for uri in named if uri in incoming.fetched]
    return needed


def is_about(incoming: Incoming) -> bool:
    """Whether something is added to, or taken off, the collections of the very actor that says so."""
    return f"{incoming.actor}/collections" in ids_of(incoming.activity.get("target"))


def take(taking: Taking, obj: dict[str, Any]) -> Collection | None:
    """Keep the newest word about a collection, and take in what it names and we lacked."""
    read = words.collection_of(obj)
    session = taking.session
    if not same_origin(read.uri, read.owner):
        raise BadActivity("The object does not name its owner.")
    if buried(session, read.uri, read.owner):
        return None
    found = at(session, read.uri)
    if found is not None and (
        found.local or found.withdrawn_at is not None or read.updated <= found.modified_at
    ):
        return None
    if found is None:
        found = Collection(uri=read.uri, owner=read.owner, local=False)
    elif found.owner != read.owner:
        raise Forbidden("Only its owner changes an object.")
    cluster = cluster_of(taking, read.owner)
    found.owner_name = words.community_of(cluster)["name"]
    found.title, found.summary = read.title, read.summary
    found.issued_at = found.told_at = read.published
    found.modified_at = read.updated
    session.add(found)
    session.flush()
    collect.arrange(session, found, read.items)
    for uri, _words in read.items:
        _take_in(taking, uri)
    originals.keep(session, obj, told=obj is taking.told)
    return found


def cluster_of(taking: Taking, owner: str) -> dict[str, Any]:
    """The document of a cluster; refused where the actor is something else."""
    known = taking.session.get(RemoteActor, owner)
    document = taking.fetched.get(owner) or (known.document if known else {})
    if "Group" not in strings(document.get("type")):
        raise BadActivity("Collections are kept of clusters alone.")
    return document


def _take_in(taking: Taking, uri: str) -> None:
    """Take in a practice that was read with the collection; one that is not in order is left out."""
    session, obj = taking.session, taking.fetched.get(uri)
    if obj is None or kind_of(obj) != "practice" or id_of(obj) != uri:
        return
    owner = owner_of(obj)
    if owner is None or not same_origin(uri, owner) or buried(session, uri, owner):
        return
    if practice_at(session, uri) is None and (owner in taking.fetched or taking.knows(owner)):
        with suppress(Refusal, BadActivity), session.begin_nested():
            taking.practice(obj)


def removed(session: Session, incoming: Incoming) -> bool:
    """A cluster takes a collection off its own; it does not come back, also when it was never here."""
    uri = incoming.object_id
    if uri is None or not same_origin(uri, incoming.actor):
        raise Forbidden("Only its owner changes an object.")
    found = at(session, uri)
    if found is not None and found.owner != incoming.actor:
        raise Forbidden("Only its owner changes an object.")
    raise_stone(session, uri, incoming.actor)
    return found is not None and owned.end(session, found, collect.erase)


def at(session: Session, uri: str) -> Collection | None:
    """The collection with that address."""
    return session.exec(select(Collection).where(Collection.uri == uri)).first()
