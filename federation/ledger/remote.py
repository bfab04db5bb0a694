"""What we remember of actors of other instances, and of the keys that they list as their own."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from federation import keys
from federation.base import FederationTable, UtcDateTime, now
from federation.keys import VerifiedKey


class RemoteActor(FederationTable, table=True):
    """An actor of another instance as its own document describes it."""

    __tablename__ = "remote_actor"

    uri: str = Field(primary_key=True)
    host: str = Field(index=True)
    kind: str
    inbox: str
    shared_inbox: str | None = None
    handle: str | None = None  # after the round trip over WebFinger; "" when that did not lead back
    document: dict[str, Any] = Field(sa_type=JSON)
    fetched_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    gone: bool = False


class RemoteKey(FederationTable, table=True):
    """A key that an actor of another instance lists as its own, or the memory that it could not be had."""

    __tablename__ = "remote_key"

    id: str = Field(primary_key=True)
    owner: str | None = Field(default=None, index=True)
    public_pem: str | None = None
    kind: str | None = None
    fetched_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    checked_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)  # last attempt to fetch
    state: str = "ok"  # ok | unreachable | refused | gone | quarantined
    error: str | None = None
    pending_pem: str | None = None  # what its owner lists now without having announced it
    quarantined_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    def verified(self) -> VerifiedKey:
        public = keys.load_public(str(self.public_pem))
        return VerifiedKey(self.id, str(self.owner), public, keys.kind_of(public))
