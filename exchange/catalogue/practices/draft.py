"""Drafts: what an officer has begun, kept however incomplete it is."""

from typing import Any

from sqlmodel import Session, col, select

from exchange.messages import N_, NotAllowed, NotFound
from exchange.models.base import now
from exchange.models.community import Community
from exchange.models.officer import Officer
from exchange.models.practice import Draft, Practice


def save(
    session: Session,
    community: Community,
    data: dict[str, Any],
    *,
    officer: Officer | None = None,
    draft: Draft | None = None,
    practice: Practice | None = None,
    aside: list[tuple[str, str]] | None = None,
) -> Draft:
    """Keep `data` as it is, in a new draft or over an old one; `practice` is what it will revise.

    `aside` is what came with it out of a file and has no field: name and text of each, never published.
    """
    if not community.local or (practice is not None and practice.community_id != community.id):
        raise NotAllowed(N_("Only its owner changes a practice."))
    if draft is None:
        draft = Draft(
            community_id=community.id,  # type: ignore[arg-type]
            practice_id=practice.id if practice else None,
            officer_id=officer.id if officer else None,
            aside=None if aside is None else [list(one) for one in aside],
        )
    draft.saved_by = officer.id if officer else draft.saved_by
    draft.data = data
    draft.modified_at = now()
    session.add(draft)
    session.flush()
    return draft


def saved_by(session: Session, draft: Draft) -> Officer | None:
    """Who kept it last, as far as the account is still there."""
    return session.get(Officer, draft.saved_by) if draft.saved_by else None


def discard(session: Session, draft: Draft) -> None:
    """Throw a draft away."""
    session.delete(draft)
    session.flush()


def drafts_of(session: Session, community: Community) -> list[Draft]:
    """The drafts of a community, the last touched first."""
    query = select(Draft).where(Draft.community_id == community.id)
    return list(session.exec(query.order_by(col(Draft.modified_at).desc())))


def draft_by_key(session: Session, key: str) -> Draft:
    """The draft with that key."""
    draft = session.exec(select(Draft).where(Draft.key == key)).first()
    if draft is None:
        raise NotFound(N_("There is no such draft; it may have been published or discarded."))
    return draft
