"""What we hold about one address, whatever stands there, and what we know of how it came."""

from typing import Any

from sqlalchemy import case, or_
from sqlmodel import Session, col, select

from exchange.catalogue.clusters import calls, collections
from exchange.messages import N_, NotFound
from exchange.models.adoption import Adoption
from exchange.models.call import Contribution
from exchange.models.collection import Collection
from exchange.models.community import Community
from exchange.models.practice import PUBLISHED, Practice
from exchange.models.review import Review
from exchange.models.tombstone import Tombstone
from federation.ledger import journal, originals
from federation.others.peers import RemoteActor
from federation.wire.activity import origin_of


def adoption(session: Session, ref: str) -> Adoption:
    """The adoption with this address, key or imported name, in this order; ours first."""
    own = or_(Adoption.uri == ref, Adoption.key == ref)  # type: ignore[arg-type]
    query = select(Adoption).where(or_(own, Adoption.slug == ref))  # type: ignore[arg-type]
    order = case((own, 0), else_=1), col(Adoption.local).desc(), col(Adoption.id)
    found = session.exec(query.order_by(*order)).first()
    if found is None:
        raise NotFound(N_("There is no adoption “%(ref)s” here."), ref=str(ref)[:200])
    return found


def review(session: Session, ref: str) -> Review:
    """The review with this address or key."""
    query = select(Review).where(or_(Review.uri == ref, Review.key == ref))  # type: ignore[arg-type]
    found = session.exec(query.order_by(col(Review.local).desc(), col(Review.id))).first()
    if found is None:
        raise NotFound(N_("There is no review “%(ref)s” here."), ref=str(ref)[:200])
    return found


def inspect(session: Session, uri: str) -> dict[str, Any] | None:
    """What is held under `uri`; None when nothing is.

    {kind, id, author, origin, version, content, proof, received, state}: `content` is what the pages
    are made from, `proof` the object's own signature if it carried one, `received` when our copy came
    (None for what is our own), `state` one of published, withdrawn, confirmed, claimed, denied, known,
    gone, deleted, sent, received.
    """
    for look in (*_RECORDS, _community, _actor, _activity, _tombstone):
        if found := look(session, uri):
            return found
    return None


def _practice(session: Session, uri: str) -> dict[str, Any] | None:
    found = session.exec(select(Practice).where(Practice.uri == uri)).first()
    if found is None:
        return None
    content = {"slug": found.slug, "documentedBy": found.documented_by, "incomplete": found.incomplete}
    return _answer(
        session,
        "practice",
        uri,
        author=_uri_of(session, found.community_id),
        version=found.version,
        content={**found.record, **content} if found.state == PUBLISHED else None,
        received=found.received_at,
        state=found.state,
    )


def _review(session: Session, uri: str) -> dict[str, Any] | None:
    found = session.exec(select(Review).where(Review.uri == uri)).first()
    if found is None:
        return None
    content = {
        "practice": session.get_one(Practice, found.practice_id).uri,
        "practiceVersion": found.practice_version,
        "relation": found.relation,
        "conflict": found.conflict,
        "ratings": found.ratings,
        "comment": found.comment,
    }
    return _answer(
        session,
        "review",
        uri,
        author=_uri_of(session, found.community_id),
        content=content if found.withdrawn_at is None else None,
        state="published" if found.withdrawn_at is None else "withdrawn",
    )


def _adoption(session: Session, uri: str) -> dict[str, Any] | None:
    found = session.exec(select(Adoption).where(Adoption.uri == uri)).first()
    if found is None:
        return None
    content = {
        "practice": session.get_one(Practice, found.practice_id).uri,
        "practiceVersion": found.practice_version,
        "adopter": found.adopter,
        "stage": found.stage,
        "documentedBy": found.documented_by,
        **found.record,
    }
    answered = {None: "claimed", True: "confirmed", False: "denied"}[found.confirmed]
    return _answer(
        session,
        "adoption",
        uri,
        author=_uri_of(session, found.publisher_id),
        content=content if found.withdrawn_at is None else None,
        state=answered if found.withdrawn_at is None else "withdrawn",
    )


def _collection(session: Session, uri: str) -> dict[str, Any] | None:
    found = session.exec(select(Collection).where(Collection.uri == uri)).first()
    if found is None:
        return None
    held = [{"practice": one.practice, "words": one.words} for one in collections.items(session, found)]
    there = found.withdrawn_at is None
    return _answer(
        session,
        "collection",
        uri,
        author=found.owner,
        content={"title": found.title, "summary": found.summary, "items": held} if there else None,
        state="published" if there else "withdrawn",
    )


def _call(session: Session, uri: str) -> dict[str, Any] | None:
    found = calls.at(session, uri)
    if found is None:
        return None
    listed = [one.contribution for one in calls.entries(session, found)]
    content = {"title": found.title, "words": found.words, "theme": found.theme, "contributions": listed}
    return _answer(
        session,
        found.kind,
        uri,
        author=found.owner,
        content=content if found.withdrawn_at is None else None,
        state="published" if found.withdrawn_at is None else "withdrawn",
    )


def _contribution(session: Session, uri: str) -> dict[str, Any] | None:
    found = session.exec(select(Contribution).where(Contribution.uri == uri)).first()
    if found is None:
        return None
    content = {"consultation": found.call, "title": found.title, "text": found.text}
    return _answer(
        session,
        "contribution",
        uri,
        author=found.author,
        content=content if found.withdrawn_at is None else None,
        state="published" if found.withdrawn_at is None else "withdrawn",
    )


_RECORDS = (_practice, _review, _adoption, _collection, _call, _contribution)


def _community(session: Session, uri: str) -> dict[str, Any] | None:
    found = session.exec(select(Community).where(Community.uri == uri)).first()
    if found is None:
        return None
    content = {
        "name": found.name,
        "country": found.country,
        "population": found.population,
        "degurba": found.degurba,
        "lat": found.lat,
        "lon": found.lon,
        "kind": found.kind,
        "profile": found.profile,
    }
    return _answer(
        session,
        "community",
        uri,
        author=uri,
        content=content,
        received=None if found.local else found.created_at,
        state="gone" if found.gone else "published",
    )


def _actor(session: Session, uri: str) -> dict[str, Any] | None:
    found = session.get(RemoteActor, uri)
    if found is None:
        return None
    return _answer(
        session,
        "actor",
        uri,
        author=uri,
        content=found.document,
        received=found.fetched_at,
        state="gone" if found.gone else "known",
    )


def _activity(session: Session, uri: str) -> dict[str, Any] | None:
    entry = journal.find(session, uri)
    if entry is None:
        return None
    return {
        "kind": "activity",
        "id": uri,
        "author": entry.actor,
        "origin": origin_of(entry.actor),
        "version": entry.number,
        "content": entry.activity,
        "proof": entry.activity.get("proof"),
        "received": entry.at if entry.direction == "in" else None,
        "state": "received" if entry.direction == "in" else "sent",
    }


def _tombstone(session: Session, uri: str) -> dict[str, Any] | None:
    found = session.exec(select(Tombstone).where(Tombstone.uri == uri)).first()
    if found is None:
        return None
    return _answer(session, "tombstone", uri, author=None, content=None, received=found.at, state="deleted")


def _answer(
    session: Session,
    kind: str,
    uri: str,
    *,
    author: str | None,
    content: Any,
    state: str,
    version: int | None = None,
    received: Any = None,
) -> dict[str, Any]:
    told = journal.about(session, uri)
    last = told[-1] if told else None
    signed = originals.signed(session, uri) or {}
    if received is None and last is not None and last.direction == "in":
        received = last.at
    return {
        "kind": kind,
        "id": uri,
        "author": author,
        "origin": origin_of(uri),
        "version": version,
        "content": content,
        "proof": signed.get("proof"),
        "received": received,
        "state": state,
    }


def _uri_of(session: Session, community_id: int) -> str:
    return session.get_one(Community, community_id).uri
