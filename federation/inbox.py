"""What arrives: who sent it is proven, it is kept once, and then judged in peace."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, UniqueConstraint
from sqlmodel import Field

from federation.base import FederationTable, UtcDateTime
from federation.lease import ROW_ID


class Arrival(FederationTable, table=True):
    """One activity that a proven sender put into our inbox; done rows remember that it was seen.

    The seen-table is keyed by the sender too: nobody can use up another's activity id.
    """

    __tablename__ = "arrival"
    __table_args__ = (
        UniqueConstraint("actor", "activity_id"),
        Index("ix_arrival_due", "state", "due_at"),
        Index("ix_arrival_order", "actor", "object_id", "id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=ROW_ID)  # type: ignore[call-overload]
    actor: str
    activity_id: str
    kind: str
    object_id: str | None = None
    body: bytes = Field(sa_type=LargeBinary)
    received_at: datetime = Field(sa_type=UtcDateTime)
    state: str = "waiting"  # waiting | leased | done | refused | dead
    attempts: int = 0
    due_at: datetime = Field(sa_type=UtcDateTime)
    leased_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    error: str | None = None
