"""Tombstones: what was deleted elsewhere before we ever saw it, so that a late Create does not raise it."""

from datetime import datetime

from sqlalchemy import bindparam
from sqlmodel import Field, Session, col, select

from exchange.models.base import ExchangeTable, UtcDateTime, now
from federation.wire.activity import origin_of


class Tombstone(ExchangeTable, table=True):
    """An address of another instance at which this actor will say nothing again.

    Nobody else's word is touched: on a host with many actors, one cannot delete in advance what
    another is about to publish.
    """

    __tablename__ = "tombstone"

    uri: str = Field(primary_key=True)
    actor: str = Field(primary_key=True)
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


def raise_stone(session: Session, uri: str, actor: str) -> None:
    """Remember that the actor deleted what was at this address."""
    if session.get(Tombstone, (uri, actor)) is None:
        session.add(Tombstone(uri=uri, actor=actor))
        session.flush()


def buried(session: Session, uri: str, owner: str | None) -> bool:
    """Whether the owner, or the instance that speaks for it, has deleted what was at this address."""
    speakers = [owner or "", f"{origin_of(owner) or ''}/actor"]
    return session.exec(_BURIED, params={"uri": uri, "speakers": speakers}).first() is not None


_BURIED = select(Tombstone.uri).where(
    col(Tombstone.uri) == bindparam("uri"), col(Tombstone.actor).in_(bindparam("speakers", expanding=True))
)
