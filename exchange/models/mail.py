"""Letters that wait for the post: written in the transaction of what they tell of, and gone when they are sent."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field

from exchange.models.base import ExchangeTable, UtcDateTime, new_key, now
from federation.ledger.lease import ROW_ID, WAITING


class Mail(ExchangeTable, table=True):
    """One message to one mailbox. `headers` are those beside the usual ones (`List-Unsubscribe` …).

    A letter may hold a link that works once, so its row is deleted as soon as it is sent.
    """

    __tablename__ = "mail"
    __table_args__ = (Index("ix_mail_due", "state", "due_at"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=ROW_ID)
    key: str = Field(default_factory=new_key, unique=True)
    kind: str  # invitation, password, question, correction, digest …
    recipient: str
    subject: str
    body: str
    reply_to: str = ""
    headers: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    state: str = WAITING
    attempts: int = 0
    due_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    leased_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    last_error: str = ""
