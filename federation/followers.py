"""Who follows whom: the follow relations of the local actors, in both directions."""

from datetime import datetime

from sqlalchemy import UniqueConstraint, func
from sqlmodel import Field, Session, col, select

from federation.base import FederationTable, UtcDateTime
from federation.lease import ROW_ID


class Follow(FederationTable, table=True):
    """One actor follows another, or has asked to; at least one of the two is ours."""

    __tablename__ = "follow"
    __table_args__ = (UniqueConstraint("follower", "followed"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=ROW_ID)  # type: ignore[call-overload]
    follower: str
    followed: str = Field(index=True)
    activity_id: str = Field(index=True)
    state: str = "pending"  # pending | accepted | rejected
    follower_inbox: str | None = None
    follower_shared_inbox: str | None = None
    at: datetime = Field(sa_type=UtcDateTime)


def follower_inboxes(session: Session, actor: str) -> list[str]:
    """Where to reach an actor's followers; those of one host that share an inbox are reached through it."""
    inbox = func.coalesce(col(Follow.follower_shared_inbox), col(Follow.follower_inbox))
    query = select(inbox).where(Follow.followed == actor, Follow.state == "accepted").distinct()
    return [found for found in session.exec(query.order_by(inbox)) if found]
