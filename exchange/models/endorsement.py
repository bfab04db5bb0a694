"""Endorsements: who likes a practice of ours or passes it on; they are counted and enter no rating."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from exchange.models.base import ExchangeTable, UtcDateTime, now

LIKE, BOOST = "like", "boost"


class Endorsement(ExchangeTable, table=True):
    """One actor's like or boost of one practice. `activity_id` is what its Undo names."""

    __tablename__ = "endorsement"
    __table_args__ = (UniqueConstraint("practice_id", "actor", "kind"),)

    id: int | None = Field(default=None, primary_key=True)
    practice_id: int = Field(foreign_key="practice.id")
    actor: str = Field(index=True)
    host: str = Field(index=True)
    kind: str
    activity_id: str = Field(index=True)
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime, index=True)
