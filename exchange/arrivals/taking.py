"""Taking in what others publish: their practices, reviews, adoptions and profiles as copies of ours."""

from contextlib import suppress
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import bindparam
from sqlmodel import Session, SQLModel, col, select

from exchange.arrivals import newcomers, speaking
from exchange.catalogue.adoption import adopt, adoption_rules, handshake
from exchange.catalogue.judging import delegate, review
from exchange.catalogue.practices import evidence, publish, withdraw
from exchange.messages import N_, Refusal
from exchange.models.adoption import Adoption
from exchange.models.base import now
from exchange.models.community import Community
from exchange.models.practice import WITHDRAWN, Practice
from exchange.models.review import Review
from exchange.models.tombstone import buried
from exchange.vocabulary import activitystreams as words
from exchange.vocabulary.activitystreams.kinds import kind_of, owner_of
from federation.errors import BadActivity
from federation.ledger import originals
from federation.ledger.remote import RemoteActor
from federation.wire.activity import host_of, id_of, same_origin, strings

Row = TypeVar("Row", bound=SQLModel)


class NotYet(Exception):
    """Something that this is about could not be read yet; the activity is tried again later."""


class Taking:
    """One activity's worth of taking in, within one writing session.

    `fetched` holds the documents that were read from their origins for it. A proof that an object carries
    has been checked before it comes here; the object is kept with it as it is. Every method returns
    whether (or what) it changed, and applying the same thing twice changes nothing the second time.
    `told` is the object that the activity itself holds, and with it its journal row.
    """

    def __init__(
        self, session: Session, fetched: dict[str, dict[str, Any]], origin: str, *, told: Any = None
    ) -> None:
        self.session = session
        self.fetched = fetched
        self.origin = origin
        self.told = told

    def practice(self, obj: dict[str, Any]) -> Practice | None:
        """Keep the owner's newest word about a practice; None when it is not newer than ours."""
        read = words.practice_of(obj)
        if not same_origin(read.uri, read.attributed_to):  # it may have come with a review by anybody
            raise BadActivity("The object does not name its owner.")
        found = practice_at(self.session, read.uri)
        if found is not None and (
            found.local
            or found.state == WITHDRAWN
            or (read.version, read.updated) <= (found.version, found.modified_at)
        ):
            return None
        owner = self.community(read.attributed_to)
        known = found is not None
        if found is None:
            found = Practice(uri=read.uri, community_id=owner.id, local=False, received_at=now())  # type: ignore[arg-type]
        elif found.community_id != owner.id:
            raise Refusal(N_("A practice does not change its owner."))
        elif read.version == found.version and not self._says_the_same(found, read.record.data()):
            raise Refusal(N_("What a version says does not change: other words come with the next number."))
        else:
            publish.put_aside(self.session, found)
        publish.write(found, read.record)
        found.version, found.documented_by, found.slug = read.version, read.documented_by, read.slug
        found.incomplete = found.incomplete or read.incomplete
        found.issued_at, found.modified_at = read.published, read.updated
        found.review_due = (read.updated + publish.REVIEW_AFTER).date()
        found.checked_at = now()
        self.session.add(found)
        self.session.flush()
        (publish.keep_newer if known else publish.keep_version)(self.session, found)
        originals.keep(self.session, obj, told=obj is self.told)
        return found

    def _says_the_same(self, found: Practice, record: dict[str, Any]) -> bool:
        """Whether a record is the one that we hold, also where we did not know all of it when it came."""
        if record == found.record:
            return True
        held = originals.signed(self.session, found.uri)
        return held is not None and words.practice_of(held).record.data() == record

    def review(self, obj: dict[str, Any]) -> Review | None:
        """Keep an organisation's newest review of a practice."""
        read = words.review_of(obj)
        found = review_at(self.session, read.uri)
        if found is not None and (
            found.local or found.withdrawn_at is not None or read.updated <= found.modified_at
        ):
            return None
        practice = self.subject(read.practice_uri)
        by = self.organisation(read.attributed_to)
        problems = review.faults(practice, by.id, read.relation, read.ratings, read.comment)
        if problems:
            raise Refusal(problems)
        if found is None:
            found = self._replacing(practice, by) or Review(
                uri=read.uri,
                practice_id=practice.id,
                community_id=by.id,
                local=False,
                relation="",
                ratings={},
            )
        elif (found.practice_id, found.community_id) != (practice.id, by.id):
            raise Refusal(N_("A review does not change its author or its practice."))
        found.practice_version = read.practice_version
        found.relation, found.conflict = read.relation, read.conflict
        found.ratings, found.comment = read.ratings, read.comment
        found.issued_at, found.modified_at = read.published, read.updated
        self.session.add(found)
        self.session.flush()
        originals.keep(self.session, obj, told=obj is self.told)
        delegate.keep_named(self.session, found, read.on_behalf_of)
        speaking.take_named(self, read.on_behalf_of)
        return found

    def _replacing(self, practice: Practice, by: Community) -> Review | None:
        """An organisation has one review of a practice; one under a new address takes the older's place."""
        older = self.session.exec(
            select(Review).where(Review.practice_id == practice.id, Review.community_id == by.id)
        ).first()
        if older is not None:
            self.session.delete(older)
            self.session.flush()
        return None

    def adoption(self, obj: dict[str, Any]) -> Adoption | None:
        """Keep the newest word about an adoption."""
        read = words.adoption_of(obj)
        found = adoption_at(self.session, read.uri)
        if found is not None and (
            found.local or found.withdrawn_at is not None or read.updated <= found.modified_at
        ):
            return None
        practice = self.subject(read.practice_uri)
        publisher = self.organisation(read.attributed_to)
        others = read.documented_by != "owner"
        if not others and practice.community_id == publisher.id:
            raise Refusal(N_("A community does not adopt its own practice."))
        if others and practice.community_id != publisher.id:
            raise Refusal(N_("Only the owner of a practice tells of the adoptions of others."))
        record = adoption_rules.read(read.stage, read.record, documented=True).data()
        if found is None:
            if not others and not self._supersedes(practice, publisher, read.updated):
                return None
            found = Adoption(
                uri=read.uri,
                practice_id=practice.id,
                publisher_id=publisher.id,
                local=False,
                stage=read.stage,
            )
        elif (found.practice_id, found.publisher_id) != (practice.id, publisher.id):
            raise Refusal(N_("An adoption does not change its author or its practice."))
        adopter = publisher if not others else self.adopter(read.adopter_uri)
        found.adopter_id = adopter.id if adopter else None
        named = {"name": host_of(read.adopter_uri or "") or "", "country": ""}
        if adopter is not None:
            named = {"name": adopter.called(), "country": adopter.country}
        found.adopter = read.adopter or named
        found.practice_version, found.stage, found.record = read.practice_version, read.stage, record
        found.documented_by, found.slug = read.documented_by, read.slug
        found.own_practice = record.get("ownPractice")
        found.issued_at, found.modified_at = read.published, read.updated
        self.session.add(found)
        self.session.flush()
        originals.keep(self.session, obj, told=obj is self.told)
        handshake.apply(self.session, found, practice, self.session.get_one(Community, practice.community_id))
        evidence.settle(self.session, practice)
        return found

    def _supersedes(self, practice: Practice, publisher: Community, updated: datetime) -> bool:
        """A community has one adoption of a practice; under several addresses its newest word is the one."""
        mine = select(Adoption).where(
            Adoption.practice_id == practice.id,
            Adoption.publisher_id == publisher.id,
            Adoption.documented_by == "owner",
        )
        for older in self.session.exec(mine):
            if older.withdrawn_at is None and older.modified_at >= updated:
                return False
            originals.forget(self.session, older.uri)
            self.session.delete(older)
        self.session.flush()
        return True

    def subject(self, uri: str) -> Practice:
        """The practice that a review or adoption is about, taken in now when we did not hold it."""
        held = practice_at(self.session, uri)
        obj = self.fetched.get(uri)
        if held is None and obj is not None and not buried(self.session, uri, owner_of(obj)):
            if kind_of(obj) != "practice" or id_of(obj) != uri:
                raise BadActivity("This is about something that is not a practice.")
            held = self.practice(obj)
        if held is None:
            if uri.startswith(self.origin + "/"):
                raise BadActivity("There is no such practice on this instance.")
            raise NotYet(f"{uri} could not be read")
        if held.state == WITHDRAWN:
            raise Refusal(N_("This practice has been withdrawn."))
        return held

    def community(self, uri: str) -> Community:
        """The community with that actor, taken in from its document when it is new to us."""
        held = community_at(self.session, uri)
        if held is not None:
            return held
        document = self.fetched.get(uri)
        if document is None:
            raise NotYet(f"{uri} could not be read")
        held = Community(**words.community_of(document))
        if held.uri != uri:
            raise BadActivity("The actor's document belongs to another address.")
        newcomers.check(self.session, uri)
        self.session.add(held)
        self.session.flush()
        return held

    def organisation(self, uri: str) -> Community:
        """The same, of an actor that may judge, adopt and lend its voice; Refusal when it is no organisation."""
        if not self.speaks(uri):
            raise Refusal(N_("Only an organisation rates, adopts and lends its voice."))
        return self.community(uri)

    def speaks(self, uri: str) -> bool:
        """Whether an actor is an organisation, as far as its document is known; a person or a group is none."""
        known = self.session.get(RemoteActor, uri)
        document = self.fetched.get(uri) or (known.document if known else None)
        return document is None or "Organization" in strings(document.get("type"))

    def knows(self, uri: str | None) -> bool:
        """Whether the community with that actor is held."""
        return uri is not None and community_at(self.session, uri) is not None

    def adopter(self, uri: str | None) -> Community | None:
        """The community of whom an owner tells, where it could be read; the owner's word holds without."""
        held = community_at(self.session, uri or "")
        if held is None and uri in self.fetched:
            with suppress(Refusal, BadActivity):
                return self.community(uri)
        return held

    def profile(self, held: Community, document: dict[str, Any]) -> bool:
        """Bring the profile of a community in line with its actor document."""
        fields = words.community_of(document)
        changed = {k: v for k, v in fields.items() if getattr(held, k) != v}
        for name, value in changed.items():
            setattr(held, name, value)
        if changed:
            held.modified_at = now()
            self.session.add(held)
        return bool(changed)

    def leave(self, held: Community) -> None:
        """A community has left: its words go with it."""
        held.gone = True
        self.session.add(held)
        for found in self.session.exec(select(Practice).where(Practice.community_id == held.id)):
            withdraw.erase(self.session, found)
        for given in self.session.exec(select(Review).where(Review.community_id == held.id)):
            review.erase(self.session, given)
        for taken in self.session.exec(select(Adoption).where(Adoption.publisher_id == held.id)):
            adopt.erase(self.session, taken)
        speaking.fall_silent(self.session, held)


# Asked for each activity that arrives, so the queries are put together once.
_AT = {
    model: select(model).where(col(model.uri) == bindparam("uri"))
    for model in (Practice, Review, Adoption, Community)
}


def practice_at(session: Session, uri: str) -> Practice | None:
    """The practice with that address, withdrawn or not."""
    return _first(session, Practice, uri)


def review_at(session: Session, uri: str) -> Review | None:
    """The review with that address."""
    return _first(session, Review, uri)


def adoption_at(session: Session, uri: str) -> Adoption | None:
    """The adoption with that address."""
    return _first(session, Adoption, uri)


def community_at(session: Session, uri: str) -> Community | None:
    """The community with that actor; found once for all that one session takes in."""
    known: dict[str, Community] = session.info.setdefault("communities", {})
    held = known.get(uri)
    if held is None or held not in session:  # it leaves the session when what made it is undone
        held = _first(session, Community, uri)
        if held is not None:
            known[uri] = held
    return held


def _first(session: Session, model: type[Row], uri: str) -> Row | None:
    found: Any = session.exec(_AT[model], params={"uri": uri}).first()  # type: ignore[index]
    return found
