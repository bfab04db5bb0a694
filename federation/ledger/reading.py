"""How far the reading of other actors' outboxes has come, and when each is compared with what we hold."""

import random
from datetime import datetime, timedelta

from sqlalchemy import or_, update
from sqlmodel import Field, Session, col, select

from federation.base import FederationTable, UtcDateTime, now
from federation.ledger.relations import Follow

NIGHTLY = timedelta(days=1)
JITTER = 0.2


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
    compare_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)  # the next time
    compared_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    missing: int = 0  # what it listed and we lacked, when they were last compared
    vanished: int = 0  # what we held and it listed no more


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


def tomorrow() -> datetime:
    """About a day from now; not all at the same moment."""
    return now() + NIGHTLY * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - spreads load, guards nothing


def compare_soon(session: Session, host: str) -> None:
    """The host is there again after a while: what it lists is compared with what we hold."""
    of_host = or_(
        *(col(Backfill.actor).startswith(f"{s}://{host}/", autoescape=True) for s in ("https", "http"))
    )
    session.connection().execute(update(Backfill).where(of_host).values(compare_at=now()))


def to_compare(session: Session) -> str | None:
    """An actor we follow whose outbox is due to be compared."""
    followed = select(Follow.id).where(Follow.followed == Backfill.actor, Follow.state == "accepted")
    due = select(Backfill.actor).where(
        col(Backfill.compare_at) <= now(), col(Backfill.state).in_(("done", "failed")), followed.exists()
    )
    return session.exec(due.order_by(col(Backfill.compare_at)).limit(1)).first()


def compared(session: Session, actor: str, *, missing: int, vanished: int) -> None:
    """Write down what a comparison found."""
    row = session.get(Backfill, actor)
    if row is not None:
        row.compared_at, row.missing, row.vanished = now(), missing, vanished
        session.add(row)
        session.flush()


def take_comparison(session: Session) -> str | None:
    """The same, put off until tomorrow for all who ask after us."""
    actor = to_compare(session)
    if actor is None:
        return None
    waiting = update(Backfill).where(col(Backfill.actor) == actor, col(Backfill.compare_at) <= now())
    taken = session.connection().execute(waiting.values(compare_at=tomorrow())).rowcount
    return actor if taken else None
