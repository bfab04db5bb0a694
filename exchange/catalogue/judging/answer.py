"""Answer a review: the owner of a practice says something to it, once, beside it and never instead of it."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from exchange.catalogue.announce import say
from exchange.catalogue.judging.review import COMMENT_LIMIT, texts_of
from exchange.messages import N_, Message, NotAllowed, Problem, Refusal
from exchange.models.answer import Answer
from exchange.models.base import new_key, now
from exchange.models.community import Community
from exchange.models.practice import PUBLISHED, Practice
from exchange.models.review import Review
from exchange.vocabulary.activitystreams import answer_object, tombstone
from federation.ledger import originals

MOST = 500  # reviews whose answers are looked up at once


def answer(session: Session, review: Review, text: dict[str, str] | str) -> Answer:
    """Say, as the owner of the practice, something to a review; a second time changes the first."""
    practice = session.get_one(Practice, review.practice_id)
    owner = session.get_one(Community, practice.community_id)
    if not owner.local:
        raise NotAllowed(N_("Only the owner of a practice answers its reviews."))
    if review.withdrawn_at is not None or practice.state != PUBLISHED:
        raise Refusal(N_("This review has been taken back."))
    texts = texts_of(text)
    if not texts:
        raise Refusal([Problem("text", Message(N_("Write an answer.")))])
    if any(len(told) > COMMENT_LIMIT for told in texts.values()):
        raise Refusal(
            [Problem("text", Message(N_("At most %(limit)s characters."), {"limit": COMMENT_LIMIT}))]
        )
    found = session.exec(select(Answer).where(Answer.review_id == review.id)).first()
    if found is not None and found.withdrawn_at is not None:
        session.delete(found)
        session.flush()
        found = None
    kind = "Create" if found is None else "Update"
    if found is None:
        key = new_key()
        found = Answer(key=key, uri=f"{owner.instance}/answers/{key}", review_id=review.id, local=True)  # type: ignore[arg-type]
    found.text, found.modified_at = texts, now() if kind == "Update" else found.issued_at
    session.add(found)
    session.flush()
    reviewer = session.get_one(Community, review.community_id)
    say(session, kind, owner, answer_object(found, review.uri, owner, reviewer.uri), also=[reviewer.uri])
    return found


def take_back(session: Session, found: Answer) -> None:
    """Take an answer of ours back."""
    if not found.local:
        raise NotAllowed(N_("Only the owner of a practice answers its reviews."))
    if found.withdrawn_at is not None:
        return
    erase(session, found)
    review = session.get_one(Review, found.review_id)
    practice = session.get_one(Practice, review.practice_id)
    owner = session.get_one(Community, practice.community_id)
    reviewer = session.get_one(Community, review.community_id)
    say(session, "Delete", owner, tombstone(found.uri, "Note", found.modified_at), also=[reviewer.uri])


def erase(session: Session, found: Answer) -> None:
    """Leave of an answer only that it was there."""
    found.withdrawn_at = found.modified_at = now()
    found.text = {}
    session.add(found)
    originals.forget(session, found.uri)
    session.flush()


def to(session: Session, review: Review) -> Answer | None:
    """The owner's answer to a review, when there is one."""
    query = select(Answer).where(Answer.review_id == review.id, Answer.withdrawn_at == None)  # noqa: E711
    return session.exec(query).first()


def of_all(session: Session, reviews: Sequence[Review]) -> dict[int, Answer]:
    """The answers to several reviews, by the number of the review."""
    query = select(Answer).where(
        col(Answer.review_id).in_([review.id for review in reviews[:MOST]]),
        Answer.withdrawn_at == None,  # noqa: E711
    )
    return {found.review_id: found for found in session.exec(query)}
