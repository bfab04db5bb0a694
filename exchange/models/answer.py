"""Answers: what the owner of a practice says to a review of it."""

from datetime import datetime

from sqlalchemy import JSON
from sqlmodel import Field

from exchange.models.base import ExchangeTable, UtcDateTime, new_key, now


class Answer(ExchangeTable, table=True):
    """The owner's one answer to a review; `text` is {language: text}, empty once it was taken back."""

    __tablename__ = "answer"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(default_factory=new_key, unique=True)
    uri: str = Field(unique=True)
    review_id: int = Field(foreign_key="review.id", ondelete="CASCADE", unique=True)
    local: bool
    text: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    issued_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    modified_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
