"""What a cluster elsewhere owns and we keep a copy of: gone when its owner says so, and with its owner."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlmodel import Session, select

from exchange.models.call import Call
from exchange.models.collection import Collection
from exchange.models.tombstone import raise_stone
from federation.errors import Forbidden
from federation.node import Incoming

Owned = TypeVar("Owned", Collection, Call)
Erase = Callable[[Session, Any], None]


def deleted(session: Session, incoming: Incoming, found: Owned, erase: Erase, *, by_instance: bool) -> bool:
    """It is gone at its origin, by the word of its owner or of its owner's instance."""
    if found.owner != incoming.actor and not by_instance:
        raise Forbidden("Only its owner changes an object.")
    raise_stone(session, found.uri, incoming.actor)
    return end(session, found, erase)


def forget(session: Session, model: type[Owned], owner: str, erase: Erase) -> None:
    """A cluster is gone, and what it owned with it."""
    for found in session.exec(select(model).where(model.owner == owner)).all():
        end(session, found, erase)


def end(session: Session, found: Owned, erase: Erase) -> bool:
    """Leave of it only that it was there; False for what is ours or has ended before."""
    if found.local or found.withdrawn_at is not None:
        return False
    erase(session, found)
    return True
