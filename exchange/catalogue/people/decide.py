"""Decide: who settled a comment, a report or a request to correct, how and why, stays to be read by those who govern."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from exchange.messages import N_, Message, Problem, Refusal
from exchange.models.base import now
from exchange.models.community import Community
from exchange.models.governing import NO, YES, Decision
from exchange.models.officer import Officer
from exchange.models.practice import Practice
from exchange.vocabulary.fields import clean

LONGEST = 500  # characters of a reason


@dataclass(frozen=True)
class Decided:
    """One decision with who took it, as far as the account is still there, and the practice it was about."""

    decision: Decision
    officer: Officer | None
    practice: Practice | None
    community: Community | None


def note(
    session: Session,
    kind: str,
    subject: str,
    yes: bool,
    *,
    about: str,
    reason: str = "",
    owner: Community | None = None,
    officer: Officer | None = None,
) -> Decision:
    """Write a decision down, in the transaction of what it does."""
    reason = clean(reason)
    if len(reason) > LONGEST:
        told = Message(N_("At most %(limit)s characters."), {"limit": LONGEST})
        raise Refusal([Problem("reason", told)])
    made = Decision(
        kind=kind,
        subject=subject,
        about=about,
        answer=YES if yes else NO,
        reason=reason,
        community_id=owner.id if owner else None,
        officer_id=officer.id if officer else None,
        decided_at=now(),
    )
    session.add(made)
    session.flush()
    return made


def decided(session: Session, owner: Community | None = None, *, limit: int = 50) -> list[Decided]:
    """The decisions taken last, about one community or in all; the newest first."""
    query = (
        select(Decision, Officer, Practice, Community)
        .join(Officer, col(Officer.id) == Decision.officer_id, isouter=True)
        .join(Practice, col(Practice.uri) == Decision.about, isouter=True)
        .join(Community, col(Community.id) == Decision.community_id, isouter=True)
        .order_by(col(Decision.decided_at).desc(), col(Decision.id).desc())
    )
    if owner is not None:
        query = query.where(Decision.community_id == owner.id)
    return [Decided(*row) for row in session.exec(query.limit(limit))]
