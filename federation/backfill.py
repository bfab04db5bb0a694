"""The past of an actor that we begin to follow: its outbox, read page by page to the end."""

from datetime import datetime

from sqlmodel import Field

from federation.base import FederationTable, UtcDateTime


class Backfill(FederationTable, table=True):
    """How far the reading of one actor's outbox has come."""

    __tablename__ = "backfill"

    actor: str = Field(primary_key=True)
    state: str = Field(default="waiting", index=True)  # waiting | running | done | failed
    next_page: str | None = None
    fetched: int = 0
    total: int | None = None
    kept: int = 0
    refused: int = 0
    pages: int = 0
    attempts: int = 0
    due_at: datetime = Field(sa_type=UtcDateTime)
    leased_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    started_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    error: str | None = None
