"""Review a practice: eight criteria, each 1 to 5 or not applicable, by an organisation that says how it knows."""

from typing import Any

from sqlmodel import Session, select

from exchange.catalogue.announce import say
from exchange.catalogue.judging import delegate
from exchange.messages import N_, Message, NotAllowed, Problem, Refusal
from exchange.models.base import new_key, now
from exchange.models.community import Community
from exchange.models.practice import PUBLISHED, Practice
from exchange.models.review import Review
from exchange.vocabulary import concepts
from exchange.vocabulary.activitystreams import tombstone
from exchange.vocabulary.fields import clean
from federation.ledger import originals

COMMENT_LIMIT = 4000
LOW = 2  # a rating this low or lower owes its reader a reason


def review(
    session: Session,
    practice: Practice,
    by: Community,
    *,
    relation: str,
    ratings: dict[str, int | None],
    conflict: bool = False,
    comment: dict[str, str] | str | None = None,
) -> Review:
    """Record how `by` judges `practice`; its earlier review, if there is one, is changed.

    `ratings` is {criterion: 1 … 5, or None for “not applicable”}. Raises Refusal with a Problem at
    each field.
    """
    if not by.local:
        raise NotAllowed(N_("Only the instance of a community publishes for it."))
    if practice.state != PUBLISHED:
        raise Refusal(N_("This practice has been withdrawn."))
    texts = texts_of(comment)
    problems = faults(practice, by.id, relation, ratings, texts)
    if problems:
        raise Refusal(problems)
    found = session.exec(
        select(Review).where(Review.practice_id == practice.id, Review.community_id == by.id)
    ).first()
    kind = "Update" if found and found.withdrawn_at is None else "Create"
    if found is None or found.withdrawn_at is not None:
        if found is not None:
            session.delete(found)
            session.flush()
        key = new_key()
        found = Review(
            key=key,
            uri=f"{by.instance}/reviews/{key}",
            practice_id=practice.id,  # type: ignore[arg-type]
            community_id=by.id,  # type: ignore[arg-type]
            local=True,
            relation=relation,
            ratings={},
        )
    found.practice_version = practice.version
    found.relation, found.conflict, found.ratings, found.comment = relation, conflict, dict(ratings), texts
    found.modified_at = now() if kind == "Update" else found.issued_at
    session.add(found)
    session.flush()
    delegate.name_voices(session, found, practice, by)
    delegate.tell(session, kind, found, practice, by)
    return found


def withdraw_review(session: Session, found: Review) -> None:
    """Take a review of ours back."""
    if not found.local:
        raise NotAllowed(N_("Only its author takes a review back."))
    if found.withdrawn_at is not None:
        return
    erase(session, found)
    by = session.get_one(Community, found.community_id)
    practice = session.get_one(Practice, found.practice_id)
    owner = session.get_one(Community, practice.community_id)
    say(session, "Delete", by, tombstone(found.uri, "Note", found.modified_at), also=[owner.uri])


def erase(session: Session, found: Review) -> None:
    """Leave of a review only that it was there."""
    found.withdrawn_at = found.modified_at = now()
    found.ratings, found.comment = {}, {}
    session.add(found)
    originals.forget(session, found.uri)
    session.flush()


def texts_of(comment: dict[str, str] | str | None) -> dict[str, str]:
    """A comment as texts by language."""
    texts = {"und": comment} if isinstance(comment, str) else (comment or {})
    return {language: clean(text) for language, text in texts.items() if clean(text)}


def faults(
    practice: Practice, by_id: int | None, relation: str, ratings: Any, comment: dict[str, str]
) -> list[Problem]:
    """All that the rules of rating refuse, each at its field."""
    problems: list[Problem] = []

    def wrong(path: str, msgid: str, **params: Any) -> None:
        problems.append(Problem(path, Message(msgid, params)))

    if by_id is not None and practice.community_id == by_id:
        wrong("by", N_("Nobody rates a practice of their own."))
    if relation not in concepts.scheme("rater-relation"):
        wrong("relation", N_("Say how you know this practice."))
    criteria = concepts.scheme("rating-criteria")
    if not isinstance(ratings, dict) or not ratings:
        wrong("ratings", N_("Rate at least one criterion."))
        ratings = {}
    for criterion, value in ratings.items():
        if criterion not in criteria:
            wrong(f"ratings.{criterion}"[:80], N_("There is no such criterion."))
        elif value is not None and (
            isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 5
        ):
            wrong(f"ratings.{criterion}", N_("A rating is a whole number from 1 to 5, or not applicable."))
    values = [v for v in ratings.values() if isinstance(v, int) and not isinstance(v, bool)]
    if ratings and not values and not problems:
        wrong("ratings", N_("Rate at least one criterion."))
    if any(1 <= v <= LOW for v in values) and not comment:
        wrong("comment", N_("A rating of 1 or 2 needs a comment that says why."))
    if any(len(text) > COMMENT_LIMIT for text in comment.values()):
        wrong("comment", N_("At most %(limit)s characters."), limit=COMMENT_LIMIT)
    return problems
