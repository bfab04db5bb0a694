"""Searches that somebody keeps, who reads them, and what is new in them since."""

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index
from sqlmodel import Field

from exchange.models.base import ExchangeTable, UtcDateTime, new_key, now

NEVER, DAILY, WEEKLY = "none", "daily", "weekly"
ENTERED, CHANGED, FITS = "entered", "changed", "fits"
ADOPTED, JUDGED = "adopted", "judged"  # what became of a practice, for those who follow it or its owner


def _secret() -> str:
    return secrets.token_urlsafe(24)


class SavedSearch(ExchangeTable, table=True):
    """A question under a name. `query` is the address of the search page behind its question mark.

    What happened up to the journal's number `since` is not new to anybody. With a cluster it is read
    by all who coordinate here. One by which a theme, a community or a practice is followed says so in
    `follows`, as kind and value; with `community_id` it is read by all who act for that community.
    """

    __tablename__ = "saved_search"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(default_factory=new_key, unique=True)
    officer_id: int = Field(foreign_key="officer.id", index=True, ondelete="CASCADE")
    cluster_id: int | None = Field(default=None, foreign_key="cluster.id", index=True)
    name: str
    query: str
    language: str = "en"
    follows: str | None = Field(default=None, index=True)
    community_id: int | None = Field(default=None, foreign_key="community.id", index=True)
    feed_token: str = Field(default_factory=_secret, unique=True)
    since: int = Field(sa_type=BigInteger)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    deleted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SearchReader(ExchangeTable, table=True):
    """How far one officer has read one search, by the journal's number, and how often a letter tells of it."""

    __tablename__ = "search_reader"

    search_id: int = Field(foreign_key="saved_search.id", primary_key=True, ondelete="CASCADE")
    officer_id: int = Field(foreign_key="officer.id", primary_key=True, index=True, ondelete="CASCADE")
    seen: int = Field(sa_type=BigInteger)
    seen_before: int | None = Field(default=None, sa_type=BigInteger)
    cadence: str = NEVER
    mailed: int = Field(default=0, sa_type=BigInteger)
    due_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    stop_token: str = Field(default_factory=_secret, unique=True)


class SearchHit(ExchangeTable, table=True):
    """A practice that entered a search, changed in it, or fits it only now; `number` is the journal's."""

    __tablename__ = "search_hit"
    __table_args__ = (Index("ix_search_hit_read", "search_id", "number"),)

    search_id: int = Field(foreign_key="saved_search.id", primary_key=True, ondelete="CASCADE")
    practice_id: int = Field(foreign_key="practice.id", primary_key=True, index=True, ondelete="CASCADE")
    number: int = Field(sa_type=BigInteger)
    why: str = ENTERED


class PracticeShape(ExchangeTable, table=True):
    """What searches could tell a practice by when it was last looked at, besides the words of its version."""

    __tablename__ = "practice_shape"

    practice_id: int = Field(foreign_key="practice.id", primary_key=True, ondelete="CASCADE")
    version: int
    data: dict[str, Any] = Field(sa_type=JSON)


class AlertPointer(ExchangeTable, table=True):
    """How far the journal was read for saved searches, in a single row with id 1."""

    __tablename__ = "alert_pointer"

    id: int = Field(primary_key=True)
    number: int = Field(sa_type=BigInteger)
