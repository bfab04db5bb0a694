"""Tombstones: what was deleted elsewhere before we ever saw it, so that a late Create does not raise it."""

from datetime import datetime

from sqlmodel import Field

from exchange.models.base import ExchangeTable, UtcDateTime, now


class Tombstone(ExchangeTable, table=True):
    """An address of another instance at which nothing shall stand again."""

    __tablename__ = "tombstone"

    uri: str = Field(primary_key=True)
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
