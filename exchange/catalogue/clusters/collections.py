"""Reading collections: all of them, those of a cluster, those that a practice is in, and what is in one."""

from sqlmodel import Session, col, func, or_, select

from exchange.messages import N_, NotFound
from exchange.models.collection import Collected, Collection
from exchange.models.community import Community
from exchange.models.practice import PUBLISHED, Practice

Shown = tuple[Collected, Practice | None, Community | None]


def collection(session: Session, ref: str) -> Collection:
    """The collection with that address or key, which may have been withdrawn."""
    query = select(Collection).where(or_(Collection.uri == ref, Collection.key == ref))
    found = session.exec(query).first()
    if found is None:
        raise NotFound(N_("There is no collection “%(ref)s” here."), ref=str(ref)[:200])
    return found


def all_(session: Session, *, owner: str | None = None, unfinished: bool = False) -> list[Collection]:
    """The collections that are there, the last changed first; `unfinished` those of ours too that are still empty."""
    query = select(Collection).where(col(Collection.withdrawn_at).is_(None))
    if owner is not None:
        query = query.where(Collection.owner == owner)
    if not unfinished:
        query = query.where(col(Collection.told_at).is_not(None))
    return list(session.exec(query.order_by(col(Collection.modified_at).desc(), col(Collection.id).desc())))


def items(session: Session, of: Collection) -> list[Collected]:
    """What is in a collection, in its order."""
    query = select(Collected).where(Collected.collection_id == of.id)
    return list(session.exec(query.order_by(col(Collected.place), col(Collected.id))))


def shown(session: Session, of: Collection) -> list[Shown]:
    """What is in a collection and has not been withdrawn; without practice and owner where we do not hold it."""
    query = (
        select(Collected, Practice, Community)
        .join(Practice, Practice.uri == Collected.practice, isouter=True)  # type: ignore[arg-type]
        .join(Community, Community.id == Practice.community_id, isouter=True)  # type: ignore[arg-type]
        .where(Collected.collection_id == of.id)
        .where(or_(col(Practice.id).is_(None), col(Practice.state) == PUBLISHED))
    )
    return list(session.exec(query.order_by(col(Collected.place), col(Collected.id))))


def sizes(session: Session) -> dict[int, int]:
    """How many practices are in each collection."""
    query = select(Collected.collection_id, func.count()).group_by(col(Collected.collection_id))
    return dict(session.exec(query).all())


def holding(session: Session, practice: str) -> list[Collection]:
    """The collections that a practice is in, by title."""
    query = (
        select(Collection)
        .join(Collected, Collected.collection_id == Collection.id)  # type: ignore[arg-type]
        .where(Collected.practice == practice, col(Collection.withdrawn_at).is_(None))
        .where(col(Collection.told_at).is_not(None))
    )
    return sorted(session.exec(query), key=lambda one: one.called().casefold())
