"""Withdraw a practice: its words are erased, a tombstone stays, and everybody who had it is told."""

from sqlmodel import Session, delete, select

from exchange.catalogue.announce import clusters_of, say
from exchange.catalogue.practices.revise import adopters
from exchange.messages import N_, Message, NotAllowed, Problem, Refusal
from exchange.models.base import now
from exchange.models.comment import Comment
from exchange.models.community import Community
from exchange.models.correction import Correction
from exchange.models.endorsement import Endorsement
from exchange.models.practice import WITHDRAWN, Draft, Practice, PracticeVersion
from exchange.models.review import Review
from exchange.vocabulary.activitystreams import tombstone
from exchange.vocabulary.fields import clean
from federation.ledger import originals

LONGEST = 2000  # characters of a reason


def withdraw(session: Session, practice: Practice, *, reason: dict[str, str] | None = None) -> None:
    """Withdraw a practice of ours; withdrawing it again changes nothing.

    The `reason` ({language: text}) is all that is kept of it, in the tombstone that everybody gets.
    """
    if not practice.local:
        raise NotAllowed(N_("Only its owner withdraws a practice."))
    if practice.state == WITHDRAWN:
        return
    texts = {language: text for language, said in (reason or {}).items() if (text := clean(said))}
    if any(len(text) > LONGEST for text in texts.values()):
        raise Refusal([Problem("reason", Message(N_("At most %(limit)s characters."), {"limit": LONGEST}))])
    told = adopters(session, practice) + reviewers(session, practice)
    erase(session, practice, texts)
    community = session.get_one(Community, practice.community_id)
    stone = tombstone(practice.uri, "Article", practice.modified_at, texts)
    say(session, "Delete", community, stone, groups=clusters_of(session, community), also=told)


def erase(session: Session, practice: Practice, reason: dict[str, str] | None = None) -> None:
    """Leave of a practice only that it was there, and why it is not, so that it cannot come back unnoticed."""
    practice.state = WITHDRAWN
    practice.withdrawn_reason = dict(reason or {})
    practice.withdrawn_at = practice.modified_at = now()
    practice.record = {}
    practice.title = ""
    practice.title_texts = practice.summary_texts = {}
    practice.themes = []
    session.add(practice)
    session.exec(delete(PracticeVersion).where(PracticeVersion.practice_id == practice.id))  # type: ignore[arg-type]
    session.exec(delete(Draft).where(Draft.practice_id == practice.id))  # type: ignore[arg-type]
    session.exec(delete(Correction).where(Correction.practice_id == practice.id))  # type: ignore[arg-type]
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
