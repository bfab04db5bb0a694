"""Corrections: what anybody tells the owner of a practice is wrong in it; read at the desk, shown to nobody else."""

from datetime import datetime

from sqlmodel import Field

from exchange.models.base import ExchangeTable, UtcDateTime, new_key, now


class Correction(ExchangeTable, table=True):
    """One request. `contact` is a mailbox that the sender may give; it is erased when the request is settled."""

    __tablename__ = "correction"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(default_factory=new_key, unique=True)
    practice_id: int = Field(foreign_key="practice.id", index=True)
    version: int
    text: str
    source: str = ""
    contact: str = ""
    language: str = "und"
    received_at: datetime = Field(default_factory=now, sa_type=UtcDateTime, index=True)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    taken_up: bool | None = None
