"""Questions to the owner of a practice, asked on its page; only the owner reads who asks."""

from datetime import datetime

from sqlmodel import Field

from exchange.models.base import ExchangeTable, UtcDateTime, new_key, now


class Question(ExchangeTable, table=True):
    """One question; it waits at the owner's desk until somebody says that it is answered."""

    __tablename__ = "question"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(default_factory=new_key, unique=True)
    practice_id: int = Field(foreign_key="practice.id", index=True)
    mailbox: str  # of whoever asks: the answer goes there, nothing else does
    name: str = ""
    text: str
    asked_at: datetime = Field(default_factory=now, sa_type=UtcDateTime, index=True)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
