"""Actors of other instances and their keys: fetched once, remembered, never believed on hearsay."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, Session

from federation.base import FederationTable, UtcDateTime, now
from federation.hosts import Host, verdict

__all__ = ["Host", "RemoteActor", "RemoteKey", "known", "verdict"]


class RemoteActor(FederationTable, table=True):
    """An actor of another instance as its own document describes it."""

    __tablename__ = "remote_actor"

    uri: str = Field(primary_key=True)
    host: str = Field(index=True)
    kind: str
    inbox: str
    shared_inbox: str | None = None
    handle: str | None = None
    document: dict[str, Any] = Field(sa_type=JSON)
    fetched_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    gone: bool = False


class RemoteKey(FederationTable, table=True):
    """A key that an actor of another instance lists as its own, or the memory that there is none."""

    __tablename__ = "remote_key"

    id: str = Field(primary_key=True)
    owner: str | None = Field(default=None, index=True)
    public_pem: str | None = None
    kind: str | None = None
    fetched_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    checked_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)  # last attempt to fetch
    state: str = "ok"  # ok | failed | gone


def known(session: Session, actor: str) -> bool:
    """Whether we have ever stored this actor; a Delete of any other needs no fetch and no signature."""
    return session.get(RemoteActor, actor) is not None
