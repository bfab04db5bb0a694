"""Voices that others lend, and what owners answer to reviews, taken in as copies of ours."""

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, select

from exchange.catalogue.judging import answer as answering
from exchange.catalogue.judging import delegate, voices
from exchange.messages import N_, Refusal
from exchange.models.answer import Answer
from exchange.models.base import now
from exchange.models.community import Community
from exchange.models.delegation import Delegation
from exchange.models.practice import Practice
from exchange.models.review import Review
from exchange.vocabulary import activitystreams as words
from exchange.vocabulary.activitystreams.kinds import kind_of, lent_to, owner_of
from federation.errors import BadActivity
from federation.ledger import originals
from federation.wire.activity import id_of, same_origin

if TYPE_CHECKING:
    from exchange.arrivals.taking import Taking

MOST_ASKED = 20  # statements that are read together with the review that names them; the rest come later


def take(taking: "Taking", obj: dict[str, Any]) -> Delegation | None:
    """Keep the newest word about a lent voice, and let it reach all of ours who speak for its giver."""
    read = words.delegation_of(obj)
    if not same_origin(read.uri, read.giver):
        raise BadActivity("The object does not name its owner.")
    session = taking.session
    found = delegation_at(session, read.uri)
    if found is not None and (found.local or found.ended_at is not None or read.updated <= found.modified_at):
        return None
    giver = taking.organisation(read.giver)
    if found is None:
        found = Delegation(
            uri=read.uri,
            giver_id=giver.id,  # type: ignore[arg-type]
            receiver=read.receiver,
            theme=read.theme,
            local=False,
        )
    elif (found.giver_id, found.receiver, found.theme) != (giver.id, read.receiver, read.theme):
        raise Refusal(N_("A delegation changes neither its giver, its theme nor who receives it."))
    found.issued_at, found.modified_at, found.ended_at = read.published, read.updated, read.ended
    session.add(found)
    session.flush()
    originals.keep(session, obj)
    delegate.spread(session, found)
    return found


def take_named(taking: "Taking", statements: tuple[str, ...]) -> None:
    """Take in the statements that a review names, as far as they were read with it."""
    for uri in statements:
        obj = taking.fetched.get(uri)
        if obj is not None and kind_of(obj) == "delegation" and id_of(obj) == uri:
            with suppress(Refusal, BadActivity):
                if owner_of(obj) in taking.fetched or taking.knows(owner_of(obj)):
                    take(taking, obj)


def unknown(session: Session, statements: list[str]) -> list[str]:
    """Those statements that are not held yet, as many as are read at once."""
    return [uri for uri in statements if delegation_at(session, uri) is None][:MOST_ASKED]


def answer(taking: "Taking", obj: dict[str, Any]) -> Answer | None:
    """Keep what the owner of a practice answers to a review of it."""
    read = words.answer_of(obj)
    session = taking.session
    review = session.exec(select(Review).where(Review.uri == read.review_uri)).first()
    if review is None or review.withdrawn_at is not None:
        return None  # an answer to what we do not hold says nothing to us
    practice = session.get_one(Practice, review.practice_id)
    owner = session.get_one(Community, practice.community_id)
    if owner.uri != read.attributed_to:
        raise Refusal(N_("Only the owner of a practice answers its reviews."))
    found = answer_at(session, read.uri)
    if found is not None and (
        found.local or found.withdrawn_at is not None or read.updated <= found.modified_at
    ):
        return None
    if found is None:
        older = session.exec(select(Answer).where(Answer.review_id == review.id)).first()
        if older is not None:
            session.delete(older)
            session.flush()
        found = Answer(uri=read.uri, review_id=review.id, local=False)  # type: ignore[arg-type]
    elif found.review_id != review.id:
        raise Refusal(N_("An answer does not change the review that it answers."))
    found.text, found.issued_at, found.modified_at = read.text, read.published, read.updated
    session.add(found)
    session.flush()
    originals.keep(session, obj)
    return found


def concerns(session: Session, origin: str, obj: dict[str, Any]) -> bool:
    """Whether a delegation leads to somebody here, straight or through one who has lent us their voice."""
    receiver = lent_to(obj)
    if receiver is None:
        return False
    if receiver.startswith(f"{origin}/"):
        return True
    inner = obj.get("delegation")
    theme = inner.get("theme") if isinstance(inner, dict) else None
    middle = session.exec(select(Community).where(Community.uri == receiver)).first()
    return middle is not None and any(
        one.receiver.startswith(f"{origin}/") for one in voices.holding(session, middle, str(theme))
    )


def end(session: Session, found: Delegation) -> None:
    """The statement is gone at its origin: the voice is lent no more."""
    if found.ended_at is None:
        found.ended_at = found.modified_at = now()
        session.add(found)
        session.flush()
        originals.forget(session, found.uri)
        delegate.spread(session, found)


def fall_silent(session: Session, gone: Community) -> None:
    """A community has left: what it lent, and what it answered, goes with it."""
    for lent in voices.holding(session, gone):
        end(session, lent)
    answers = (
        select(Answer)
        .join(Review, Review.id == Answer.review_id)  # type: ignore[arg-type]
        .join(Practice, Practice.id == Review.practice_id)  # type: ignore[arg-type]
        .where(Practice.community_id == gone.id, Answer.withdrawn_at == None)  # noqa: E711
    )
    for said in session.exec(answers).all():
        answering.erase(session, said)


def delegation_at(session: Session, uri: str) -> Delegation | None:
    """The delegation with that address."""
    return session.exec(select(Delegation).where(Delegation.uri == uri)).first()


def answer_at(session: Session, uri: str) -> Answer | None:
    """The answer with that address."""
    return session.exec(select(Answer).where(Answer.uri == uri)).first()
