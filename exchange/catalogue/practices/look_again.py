"""Look at a practice again: its owner says that the record is still right, and it is not due for another year."""

from sqlmodel import Session, col, select

from exchange.catalogue.announce import clusters_of, say
from exchange.catalogue.practices.publish import REVIEW_AFTER
from exchange.messages import N_, NotAllowed, Refusal
from exchange.models.base import now
from exchange.models.community import Community
from exchange.models.practice import PUBLISHED, Practice
from exchange.vocabulary.activitystreams import practice_object


def still_so(session: Session, practice: Practice) -> None:
    """The owner has read the record again and stands by it: the version stays, the date moves on."""
    if not practice.local:
        raise NotAllowed(N_("Only its owner changes a practice."))
    if practice.state != PUBLISHED:
        raise Refusal(N_("This practice has been withdrawn."))
    practice.modified_at = now()
    practice.review_due = (practice.modified_at + REVIEW_AFTER).date()
    session.add(practice)
    session.flush()
    community = session.get_one(Community, practice.community_id)
    groups = clusters_of(session, community)
    say(session, "Update", community, practice_object(practice, community, groups), groups=groups)


def overdue(session: Session, owner: Community) -> list[Practice]:
    """The practices of a community that it should have looked at again by now, the longest due first."""
    query = select(Practice).where(
        Practice.community_id == owner.id,
        Practice.state == PUBLISHED,
        col(Practice.review_due) < now().date(),
    )
    return list(session.exec(query.order_by(col(Practice.review_due), col(Practice.id))))
