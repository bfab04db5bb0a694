"""Withdraw a practice: its words are erased, a tombstone stays, and everybody who had it is told."""

from sqlmodel import Session, delete, select

from exchange.catalogue.announce import say
from exchange.catalogue.revise import adopters
from exchange.messages import N_, NotAllowed
from exchange.models.base import now
from exchange.models.comment import Comment
from exchange.models.community import Community
from exchange.models.endorsement import Endorsement
from exchange.models.practice import WITHDRAWN, Draft, Practice, PracticeVersion
from exchange.models.review import Review
from exchange.vocabulary.activitystreams import tombstone
from federation import originals


def withdraw(session: Session, practice: Practice) -> None:
    """Withdraw a practice of ours; withdrawing it again changes nothing."""
    if not practice.local:
        raise NotAllowed(N_("Only its owner withdraws a practice."))
    if practice.state == WITHDRAWN:
        return
    told = adopters(session, practice) + reviewers(session, practice)
    erase(session, practice)
    community = session.get_one(Community, practice.community_id)
    stone = tombstone(practice.uri, "Article", practice.modified_at)
    say(session, "Delete", community, stone, also=told)


def erase(session: Session, practice: Practice) -> None:
    """Leave of a practice only that it was there, so that it cannot come back unnoticed."""
    practice.state = WITHDRAWN
    practice.withdrawn_at = practice.modified_at = now()
    practice.record = {}
    practice.title = ""
    practice.title_texts = practice.summary_texts = {}
    practice.themes = []
    session.add(practice)
    session.exec(delete(PracticeVersion).where(PracticeVersion.practice_id == practice.id))  # type: ignore[arg-type]
    session.exec(delete(Draft).where(Draft.practice_id == practice.id))  # type: ignore[arg-type]
    session.exec(delete(Comment).where(Comment.practice_id == practice.id))  # type: ignore[arg-type]
    session.exec(delete(Endorsement).where(Endorsement.practice_id == practice.id))  # type: ignore[arg-type]
    originals.forget(session, practice.uri)
    session.flush()


def reviewers(session: Session, practice: Practice) -> list[str]:
    """The actors that reviewed a practice."""
    query = (
        select(Community.uri)
        .join(Review, Review.community_id == Community.id)  # type: ignore[arg-type]
        .where(Review.practice_id == practice.id)
    )
    return list(session.exec(query))
