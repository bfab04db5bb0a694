"""Put practices together in a collection of a cluster, in an order and with a word for each (FEP-7aa9).

Whoever follows the cluster is told: the collection itself (`Add` to those of the cluster, later `Update`),
and once a note with links, for software that shows notes alone.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlmodel import Session, select

from exchange.catalogue.clusters import collections
from exchange.messages import N_, Message, NotAllowed, Problem, Refusal
from exchange.models.base import new_key, now
from exchange.models.cluster import Cluster
from exchange.models.collection import Collected, Collection
from exchange.models.practice import PUBLISHED, Practice
from exchange.vocabulary import completeness
from exchange.vocabulary.activitystreams import announcement, collection_object, tombstone, wrap
from exchange.vocabulary.activitystreams.collection import MOST
from exchange.vocabulary.fields import Remark, Summary, Title
from federation import keys
from federation.ledger import originals, outbox
from federation.wire import proofs
from federation.wire.activity import PUBLIC, origin_of

_TITLE, _SUMMARY, _REMARK = (TypeAdapter[dict[str, str]](one) for one in (Title, Summary, Remark))
Texts = Mapping[str, str]


def begin(session: Session, cluster: Cluster, title: Texts, summary: Texts | None = None) -> Collection:
    """A new collection of a cluster of ours; nobody is told before something is in it."""
    key = new_key()
    made = Collection(
        key=key,
        uri=f"{origin_of(cluster.uri)}/collections/{key}",
        owner=cluster.uri,
        owner_name=cluster.name,
        local=True,
    )
    _name(made, title, summary or {})
    session.add(made)
    session.flush()
    return made


def put(session: Session, collection: Collection, practice: Practice, words: Texts | None = None) -> None:
    """Put a practice at the end of a collection, or give it another word where it is in it already."""
    held = collections.items(session, collection)
    there: list[tuple[str, Texts]] = [
        (one.practice, words if words and one.practice == practice.uri else one.words) for one in held
    ]
    if all(uri != practice.uri for uri, _words in there):
        if practice.state != PUBLISHED:
            raise Refusal(N_("This practice has been withdrawn."))
        there.append((practice.uri, dict(words or {})))
    change(session, collection, items=there)


def take_out(session: Session, collection: Collection, practice: str) -> None:
    """Take the practice with that address out of a collection."""
    there = [(one.practice, one.words) for one in collections.items(session, collection)]
    change(session, collection, items=[one for one in there if one[0] != practice])


def change(
    session: Session,
    collection: Collection,
    *,
    title: Texts | None = None,
    summary: Texts | None = None,
    items: Sequence[tuple[str, Texts]] | None = None,
) -> None:
    """Give a collection of ours another title, summary or content; what is not named stays.

    `items` are addresses of practices in their order, with the word for each. What is named that was not
    there before must be a practice that we hold. Where nothing changes, nobody is told.
    """
    if not collection.local or collection.withdrawn_at is not None:
        raise NotAllowed(N_("Only the cluster that made a collection changes it."))
    before = (collection.title, collection.summary, _content(session, collection))
    _name(
        collection,
        collection.title if title is None else title,
        collection.summary if summary is None else summary,
    )
    if items is not None:
        _arrange(session, collection, items)
    if before == (collection.title, collection.summary, _content(session, collection)):
        return
    collection.modified_at = now()
    session.add(collection)
    session.flush()
    _tell(session, collection)


def remove(session: Session, collection: Collection) -> None:
    """Take a collection of ours back; a tombstone stays at its address."""
    if not collection.local:
        raise NotAllowed(N_("Only the cluster that made a collection changes it."))
    if collection.withdrawn_at is not None:
        return
    told = collection.told_at is not None
    erase(session, collection)
    if not told:
        arrange(session, collection, [])
        session.delete(collection)
        session.flush()
        return
    uri, at = collection.uri, collection.modified_at
    _say(session, collection, "Remove", uri, target=_those_of(collection))
    _say(session, collection, "Delete", tombstone(uri, "FeaturedCollection", at))
    _say(session, collection, "Delete", tombstone(f"{uri}/note", "Note", at))


def erase(session: Session, collection: Collection) -> None:
    """Leave of a collection only that it was there."""
    collection.withdrawn_at = collection.modified_at = now()
    collection.title = collection.summary = {}
    session.add(collection)
    for one in collections.items(session, collection):
        one.words = {}
        session.add(one)
    originals.forget(session, collection.uri)
    session.flush()


def arrange(session: Session, collection: Collection, items: Sequence[tuple[str, Texts]]) -> None:
    """Make these the content of a collection, in their order."""
    rows = {one.practice: one for one in collections.items(session, collection)}
    for uri in rows.keys() - {uri for uri, _words in items}:
        session.delete(rows[uri])
    for place, (uri, words) in enumerate(items):
        row = rows.get(uri) or Collected(collection_id=collection.id, practice=uri, place=place)  # type: ignore[arg-type]
        row.place, row.words = place, dict(words)
        session.add(row)
    session.flush()


def _arrange(session: Session, collection: Collection, items: Sequence[tuple[str, Texts]]) -> None:
    if len(items) > MOST:
        raise Refusal(N_("A collection holds at most %(limit)s practices."), limit=MOST)
    kept = {uri: _checked(_REMARK, words, f"words.{uri}") for uri, words in items}
    there = {one.practice for one in collections.items(session, collection)}
    for uri in kept.keys() - there:
        query = select(Practice.id).where(Practice.uri == uri, Practice.state == PUBLISHED)
        if session.exec(query).first() is None:
            raise Refusal(N_("There is no practice “%(ref)s” here."), ref=uri[:200])
    if list(kept.items()) != _content(session, collection):
        arrange(session, collection, list(kept.items()))


def _content(session: Session, collection: Collection) -> list[tuple[str, dict[str, str]]]:
    return [(one.practice, one.words) for one in collections.items(session, collection)]


def _name(collection: Collection, title: Texts, summary: Texts) -> None:
    collection.title = _checked(_TITLE, title, "title")
    collection.summary = _checked(_SUMMARY, summary, "summary")
    if not collection.title:
        raise Refusal([Problem("title", Message(N_("A collection has a title.")))])


def _checked(kind: TypeAdapter[dict[str, str]], texts: Texts, path: str) -> dict[str, str]:
    try:
        return kind.validate_python(dict(texts))
    except ValidationError as error:
        raise Refusal([Problem(path, one.message) for one in completeness.problems(error)]) from error


def _tell(session: Session, collection: Collection) -> None:
    items = collections.items(session, collection)
    first = collection.told_at is None
    if first and not items:
        return
    if first:
        collection.told_at = collection.issued_at = collection.modified_at
        session.add(collection)
        session.flush()
    key_id, private = keys.proving_key(session, collection.owner)
    told = proofs.sign_object(collection_object(collection, items), key_id=key_id, private_key=private)
    if not first:
        _say(session, collection, "Update", told)
        return
    _say(session, collection, "Add", told, target=_those_of(collection))
    shown = [one for _item, one, _owner in collections.shown(session, collection) if one is not None]
    _say(session, collection, "Create", announcement(collection, shown))


def _those_of(collection: Collection) -> str:
    return f"{collection.owner}/collections"


def _say(session: Session, collection: Collection, kind: str, thing: Any, **extra: Any) -> None:
    owner = collection.owner
    activity = wrap(kind, owner, thing, to=[PUBLIC], cc=[f"{owner}/followers"])
    outbox.send(session, actor=owner, activity=activity | extra, followers_of=[owner])
