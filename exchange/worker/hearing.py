"""Statements that reviews name and that are not here yet are read at their origin, and asked for anew when that fails."""

from contextlib import suppress
from datetime import timedelta

from sqlmodel import col, select, update

from exchange import fetching
from exchange.instance import Instance
from exchange.messages import Refusal
from exchange.models.base import now
from exchange.models.delegation import Delegation, LentVoice
from federation.errors import FederationError

AT_ONCE = 10
TRIES = 5
AGAIN = timedelta(hours=6)


def hear(instance: Instance) -> int:
    """Read some of the delegations that are named and not held; how many were asked for."""
    with instance.database.reading() as session:
        query = (
            select(LentVoice.statement)
            .join(Delegation, Delegation.uri == LentVoice.statement, isouter=True)  # type: ignore[arg-type]
            .where(col(Delegation.id).is_(None), LentVoice.asked < TRIES, LentVoice.ask_at <= now())
            .distinct()
            .limit(AT_ONCE)
        )
        missing = list(session.exec(query))
    for uri in missing:
        with suppress(
            FederationError, Refusal
        ):  # it is asked for again; until then this voice does not count
            fetching.fetch_now(instance, uri)
        with instance.database.writing() as session:
            session.connection().execute(
                update(LentVoice)
                .where(col(LentVoice.statement) == uri)
                .values(asked=LentVoice.asked + 1, ask_at=now() + AGAIN)
            )
    return len(missing)
