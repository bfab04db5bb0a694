"""The operator's word on changed keys: they are believed and what was missed is caught up on, or they are not."""

from datetime import UTC, datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from federation.base import now
from federation.ledger import reading
from federation.ledger.arrivals import Arrival
from federation.ledger.relations import Follow
from federation.ledger.remote import RemoteActor, RemoteKey
from federation.others import quarantine
from federation.others.peers import forget_lately
from federation.wire.activity import host_of

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def accept(session: Session, host: str) -> list[RemoteKey]:
    """Believe the changed keys of a host's actors, also those that were refused before; those rows.

    The actors' documents are fetched anew when they are next needed, what waited for the keys is judged
    now, and the outboxes of those whom we follow there are read again.
    """
    accepted = quarantine.of_host(session, host) + quarantine.refused_of_host(session, host)
    for row in accepted:
        row.public_pem, row.state, row.error = row.pending_pem, "ok", None
        row.pending_pem = row.quarantined_at = None
        row.checked_at = _LONG_AGO  # with its owner's document, which was not believed either
        session.add(row)
    owners = {row.owner for row in accepted if row.owner}
    if not owners:
        return accepted
    actors = update(RemoteActor).where(col(RemoteActor.uri).in_(owners))
    session.connection().execute(actors.values(fetched_at=_LONG_AGO))
    held_up = update(Arrival).where(
        col(Arrival.state).in_(("waiting", "dead")), col(Arrival.error).startswith("Quarantined")
    )
    session.connection().execute(held_up.values(state="waiting", attempts=0, due_at=now(), error=None))
    followed = select(Follow.followed).where(Follow.state == "accepted").distinct()
    for actor in session.exec(followed).all():
        if host_of(actor) == host:
            reading.start(session, actor)
    session.flush()
    forget_lately()
    return accepted


def refuse(session: Session, host: str) -> list[RemoteKey]:
    """Do not believe the changed keys of a host's actors, and do not ask about them again; those rows.

    The keys of old hold on. What is signed with the refused ones is answered as before; other keys than
    these are a new question.
    """
    refused = quarantine.of_host(session, host)
    for row in refused:
        row.quarantined_at = None
        session.add(row)
    session.flush()
    forget_lately()
    return refused
