"""How far the reading of other actors' outboxes has come."""

from datetime import datetime

from sqlmodel import Field, Session, col, select

from federation.base import FederationTable, UtcDateTime, now


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


def start(session: Session, actor_uri: str) -> Backfill:
    """Read an actor's outbox from its newest page, also when that was done before; a running one goes on."""
    at = now()
    row = session.get(Backfill, actor_uri) or Backfill(actor=actor_uri, due_at=at, started_at=at)
    if row.state in ("done", "failed"):
        row.next_page, row.total, row.error, row.finished_at, row.leased_until = None, None, None, None, None
        row.fetched = row.kept = row.refused = row.pages = row.attempts = 0
        row.started_at, row.state = at, "waiting"
    row.due_at = at
    session.add(row)
    session.flush()
    return row


def progress(session: Session) -> list[Backfill]:
    """All readings, the latest first."""
    return list(session.exec(select(Backfill).order_by(col(Backfill.started_at).desc())))
