"""Reviews: how an organisation judges a practice that is not its own."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from exchange.models.base import ExchangeTable, UtcDateTime, new_key, now


class Review(ExchangeTable, table=True):
    """One review; an organisation has at most one for each practice and changes that one.

    `ratings` is {criterion: 1…5 or null}, null standing for “not applicable”.
    """

    __tablename__ = "review"
    __table_args__ = (UniqueConstraint("practice_id", "community_id"),)

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(default_factory=new_key, unique=True)
    uri: str = Field(unique=True)
    practice_id: int = Field(foreign_key="practice.id", index=True)
    practice_version: int = 1
    community_id: int = Field(foreign_key="community.id", index=True)
    local: bool = Field(index=True)
    relation: str
    conflict: bool = False
    ratings: dict[str, Any] = Field(sa_type=JSON)
    comment: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    issued_at: datetime = Field(default_factory=now, sa_type=UtcDateTime, index=True)
    modified_at: datetime = Field(default_factory=now, sa_type=UtcDateTime, index=True)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
