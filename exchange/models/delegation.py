"""Delegations: a community that cannot judge a theme itself lends its voice in it to another organisation."""

from datetime import datetime

from sqlmodel import Field

from exchange.models.base import ExchangeTable, UtcDateTime, new_key, now


class Delegation(ExchangeTable, table=True):
    """One statement “in this theme, they speak for us”, signed by the giver; ended, it stays as a memory.

    A giver has one that holds for each theme. `receiver` is an actor, which may live anywhere.
    """

    __tablename__ = "delegation"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(default_factory=new_key, unique=True)
    uri: str = Field(unique=True)
    giver_id: int = Field(foreign_key="community.id", index=True)
    receiver: str = Field(index=True)
    theme: str
    local: bool
    issued_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    modified_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class LentVoice(ExchangeTable, table=True):
    """A delegation that a review says it speaks for; the statement itself may still have to be read.

    `asked` counts how often its origin was asked for it in vain, `ask_at` is when to ask again.
    """

    __tablename__ = "lent_voice"

    review_id: int = Field(primary_key=True, foreign_key="review.id", ondelete="CASCADE")
    statement: str = Field(primary_key=True, index=True)
    asked: int = 0
    ask_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
