"""The follow relations of the local actors: who follows whom, in which state, and where to reach them."""

from datetime import datetime

from sqlalchemy import UniqueConstraint, bindparam, delete, func, or_
from sqlmodel import Field, Session, col, select

from federation.base import FederationTable, UtcDateTime
from federation.ledger import hosts
from federation.ledger.lease import ROW_ID
from federation.wire.activity import host_of


class Follow(FederationTable, table=True):
    """One actor follows another, or has asked to; at least one of the two is ours."""

    __tablename__ = "follow"
    __table_args__ = (UniqueConstraint("follower", "followed"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=ROW_ID)  # type: ignore[call-overload]
    follower: str
    followed: str = Field(index=True)
    activity_id: str = Field(index=True)
    state: str = "pending"  # pending | accepted | rejected
    follower_inbox: str | None = None
    follower_shared_inbox: str | None = None
    at: datetime = Field(sa_type=UtcDateTime)


def between(session: Session, follower: str, followed: str) -> Follow | None:
    """The relation of two actors, in whatever state."""
    return session.exec(
        select(Follow).where(Follow.follower == follower, Follow.followed == followed)
    ).first()


def drop_inbox(session: Session, inbox: str) -> int:
    """Nobody is behind this inbox any more: its followers are no followers."""
    behind = or_(col(Follow.follower_inbox) == inbox, col(Follow.follower_shared_inbox) == inbox)
    return session.connection().execute(delete(Follow).where(behind)).rowcount


def drop_actor(session: Session, actor: str) -> int:
    """An actor is gone, and with it all it followed and all who followed it."""
    either = or_(col(Follow.follower) == actor, col(Follow.followed) == actor)
    return session.connection().execute(delete(Follow).where(either)).rowcount


def follower_inboxes(session: Session, actor: str) -> list[str]:
    """Where to reach an actor's followers; those of one host that share an inbox are reached through it."""
    inbox = func.coalesce(col(Follow.follower_shared_inbox), col(Follow.follower_inbox))
    query = select(inbox).where(Follow.followed == actor, Follow.state == "accepted").distinct()
    return [found for found in session.exec(query.order_by(inbox)) if found]


def following(session: Session, local_actor: str) -> list[Follow]:
    """Whom a local actor follows or has asked to follow, the latest first."""
    query = select(Follow).where(Follow.follower == local_actor)
    return list(session.exec(query.order_by(col(Follow.id).desc())))


def followers(session: Session, local_actor: str) -> list[Follow]:
    """Who follows a local actor or has asked to, the latest first."""
    query = select(Follow).where(Follow.followed == local_actor)
    return list(session.exec(query.order_by(col(Follow.id).desc())))


def is_partner(session: Session, host: str) -> bool:
    """Whether somebody there follows one of ours, or is followed."""
    there = [f"{scheme}://{host}/" for scheme in ("https", "http")]
    either = or_(
        *(
            column.startswith(start, autoescape=True)
            for column in (col(Follow.follower), col(Follow.followed))
            for start in there
        )
    )
    query = select(Follow.id).where(either, Follow.state == "accepted").limit(1)
    return session.exec(query).first() is not None


def partners(session: Session, origin: str) -> set[str]:
    """The hosts with which the instance at `origin` exchanges: it follows somebody there, or is followed."""
    accepted = session.exec(select(Follow.follower, Follow.followed).where(Follow.state == "accepted"))
    others = {uri for pair in accepted for uri in pair if not uri.startswith(f"{origin}/")}
    return {host for uri in others if (host := host_of(uri))}


def is_followed(session: Session, uri_or_host: str) -> bool:
    """Whether one of ours follows this actor, or the instance actor of its host (or of this host)."""
    host = host_of(uri_or_host) or uri_or_host
    row = session.get(hosts.Host, host)
    candidates = {
        uri_or_host,
        row.instance_actor if row else None,
        f"https://{host}/actor",
        f"http://{host}/actor",
    }
    return session.exec(_FOLLOWED, params={"actors": [uri for uri in candidates if uri]}).first() is not None


_FOLLOWED = select(Follow.id).where(
    col(Follow.followed).in_(bindparam("actors", expanding=True)), Follow.state == "accepted"
)
