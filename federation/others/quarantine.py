"""Changed keys: which are believed at once, and which wait for the operator's word (decision 0009).

Who takes over a domain can serve any document, also one that lists the keys of old; but cannot sign
with them. So a new key of an actor on whom something depends is believed when the actor's own document
lists it and an Update signed with a key we know has announced it. Until then the keys of old hold.
"""

from collections.abc import Mapping

from sqlmodel import Session, col, select

from federation.base import now
from federation.ledger.journal import JournalEntry
from federation.ledger.relations import Follow
from federation.ledger.remote import RemoteActor, RemoteKey
from federation.ledger.rows import ensure
from federation.others.described import Description, ListedKey
from federation.wire.activity import host_of


def doubted(
    session: Session, actor: Description, listed: Mapping[str, ListedKey], announced: Mapping[str, ListedKey]
) -> set[str]:
    """The ids of those listed keys that are neither known nor announced, where that matters."""
    known = {row.id: row for row in session.exec(select(RemoteKey).where(RemoteKey.owner == actor.uri))}
    fresh = {
        key.id
        for key in listed.values()
        if (key.id not in known or known[key.id].public_pem != key.pem)
        and (key.id not in announced or announced[key.id].pem != key.pem)
    }
    if not fresh:
        return fresh
    if any(row.public_pem for row in known.values()):
        return fresh if depended_on(session, actor.uri) else set()
    return fresh if in_doubt(session, actor.host) else set()


def news(session: Session, actor: str, listed: Mapping[str, ListedKey]) -> bool:
    """Whether a list of keys differs from what we know of that actor."""
    query = select(RemoteKey.id, RemoteKey.public_pem).where(
        RemoteKey.owner == actor, RemoteKey.state == "ok"
    )
    return dict(session.exec(query).all()) != {key.id: key.pem for key in listed.values()}


def depended_on(session: Session, actor: str) -> bool:
    """Whether anything here depends on who an actor is: it follows, is followed, or we keep its words."""
    either = (col(Follow.follower) == actor) | (col(Follow.followed) == actor)
    said = select(JournalEntry.number).where(JournalEntry.direction == "in", JournalEntry.actor == actor)
    return (
        session.exec(select(Follow.id).where(either).limit(1)).first() is not None
        or session.exec(said.limit(1)).first() is not None
    )


def in_doubt(session: Session, host: str) -> bool:
    """Whether a host may have changed hands: its instance's own actor has a key in quarantine."""
    query = (
        select(RemoteKey.id)
        .join(RemoteActor, col(RemoteActor.uri) == col(RemoteKey.owner))
        .where(
            RemoteActor.host == host,
            RemoteActor.kind == "Application",
            col(RemoteKey.pending_pem).is_not(None),
        )
    )
    return session.exec(query.limit(1)).first() is not None


def put(session: Session, key: ListedKey) -> None:
    """Keep a key aside; what is known under its id stays as it is."""
    row = ensure(session, RemoteKey, key.id)
    if row.public_pem is None:
        row.state = "quarantined"
    refused = row.pending_pem == key.pem and row.quarantined_at is None
    row.owner, row.kind, row.pending_pem = key.owner, key.kind, key.pem
    row.quarantined_at = None if refused else row.quarantined_at or now()  # nobody is asked twice
    row.checked_at = now()
    session.add(row)


def waiting(session: Session) -> list[RemoteKey]:
    """All keys that wait for the operator, the oldest first."""
    query = select(RemoteKey).where(col(RemoteKey.quarantined_at).is_not(None))
    return list(session.exec(query.order_by(col(RemoteKey.quarantined_at), col(RemoteKey.id))))


def of_host(session: Session, host: str) -> list[RemoteKey]:
    """The keys of a host's actors that wait for the operator, the oldest first."""
    return [row for row in waiting(session) if host_of(row.owner) == host]


def refused_of_host(session: Session, host: str) -> list[RemoteKey]:
    """The keys of a host's actors to which the operator has said no."""
    query = select(RemoteKey).where(
        col(RemoteKey.quarantined_at).is_(None), col(RemoteKey.pending_pem).is_not(None)
    )
    return [row for row in session.exec(query.order_by(col(RemoteKey.id))) if host_of(row.owner) == host]
