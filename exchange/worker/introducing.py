"""Who wrote a comment: the handle is shown only when WebFinger leads from it back to its author."""

from sqlmodel import Session, col, select, update

from exchange.instance import Instance
from exchange.models.comment import Comment
from federation.errors import FetchError
from federation.others import peers

AT_ONCE = 10


def introduce(instance: Instance) -> int:
    """Ask for the handles of authors that have none yet; how many were asked for."""
    with instance.database.reading() as session:
        authors = _unknown(session)
    for author in authors:
        try:
            handle = peers.resolve_actor(instance.node, author).handle or ""
        except FetchError:
            handle = ""
        with instance.database.writing() as session:
            session.connection().execute(
                update(Comment).where(col(Comment.author) == author).values(handle=handle)
            )
    return len(authors)


def _unknown(session: Session) -> list[str]:
    query = select(Comment.author).where(col(Comment.handle).is_(None)).distinct().limit(AT_ONCE)
    return list(session.exec(query))
