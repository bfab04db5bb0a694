"""What others may read of us: outboxes, followers and following, page by page, and single activities.

The outbox of the instance actor holds the current state of everything public that lives here, so
that who reads it to the end knows all. Pages are cut by journal number, not by position: page N is
what is older than number N, page 0 begins with the newest. A page therefore never slides while
somebody reads.
"""

from itertools import accumulate
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from federation.actor import LocalActor
from federation.ledger import journal
from federation.ledger.journal import JournalEntry
from federation.ledger.relations import Follow

CONTEXT = "https://www.w3.org/ns/activitystreams"
INVERSE = "https://w3id.org/fep/5711#"
PAGE = 100
MOST_BYTES = 700_000  # of a page: most readers stop at a megabyte
LISTED = ("Create", "Update", "Announce", "Add", "Remove")


def outbox(session: Session, actor: str | None = None, page: int | None = None) -> dict[str, Any]:
    """The outbox of a local actor, or of the instance when `actor` is None; without a page its cover."""
    instance = session.exec(select(LocalActor.uri).where(LocalActor.kind == "Application")).first()
    owner = actor or instance or ""
    address = f"{owner}/outbox"
    everyone = owner == instance
    total = session.exec(_listed(select(func.count()), owner, everyone)).one()
    if page is None:
        return _cover(address, total, "outboxOf", owner)
    query = _listed(select(JournalEntry), owner, everyone).order_by(col(JournalEntry.number).desc())
    if page > 0:
        query = query.where(JournalEntry.number < page)
    rows = list(session.exec(query.limit(PAGE + 1)))
    shown = _fitting(rows)
    more = shown[-1].number if len(rows) > len(shown) else None
    return _page(address, total, page, [row.activity for row in shown], more)


def _fitting(rows: list[JournalEntry]) -> list[JournalEntry]:
    """As many as one page may hold, and always one."""
    sizes = accumulate(len(row.body) for row in rows[:PAGE])
    fitting = sum(1 for size in sizes if size <= MOST_BYTES)
    return rows[: max(fitting, 1)]


def _listed(query: SelectOfScalar[Any], owner: str, everyone: bool) -> SelectOfScalar[Any]:
    query = query.select_from(JournalEntry).where(
        JournalEntry.direction == "out",
        col(JournalEntry.current),
        col(JournalEntry.public),
        col(JournalEntry.kind).in_(LISTED),
    )
    return query if everyone else query.where(JournalEntry.actor == owner)


def followers(session: Session, actor: str, page: int | None = None) -> dict[str, Any]:
    """Who follows a local actor."""
    return _relations(session, actor, "followers", col(Follow.follower), col(Follow.followed), page)


def following(session: Session, actor: str, page: int | None = None) -> dict[str, Any]:
    """Whom a local actor follows."""
    return _relations(session, actor, "following", col(Follow.followed), col(Follow.follower), page)


def _relations(
    session: Session, actor: str, name: str, shown: Any, mine: Any, page: int | None
) -> dict[str, Any]:
    address, accepted = f"{actor}/{name}", (mine == actor, col(Follow.state) == "accepted")
    total = session.exec(select(func.count()).select_from(Follow).where(*accepted)).one()
    if page is None:
        return _cover(address, total, f"{name}Of", actor)
    query = select(Follow.id, shown).where(*accepted).order_by(col(Follow.id).desc())
    if page > 0:
        query = query.where(col(Follow.id) < page)
    rows = session.exec(query.limit(PAGE + 1)).all()
    more = rows[PAGE - 1][0] if len(rows) > PAGE else None
    return _page(address, total, page, [uri for _, uri in rows[:PAGE]], more)


def activity(session: Session, activity_id: str) -> dict[str, Any] | None:
    """A public activity of ours; a Tombstone when its object was deleted since; None when there is none."""
    entry = journal.find(session, activity_id, "out")
    if entry is None or not entry.public:
        return None
    if entry.kind in ("Create", "Update") and entry.object_id:
        said = journal.about(session, entry.object_id)
        deleted = next((row for row in said if row.kind == "Delete" and row.direction == "out"), None)
        if deleted is not None:
            stamp = deleted.at.isoformat(timespec="seconds").replace("+00:00", "Z")
            return {"@context": CONTEXT, "id": activity_id, "type": "Tombstone", "deleted": stamp}
    return entry.activity


def _cover(address: str, total: int, of: str, owner: str) -> dict[str, Any]:
    return {
        **belonging(of, owner),
        "id": address,
        "type": "OrderedCollection",
        "totalItems": total,
        "first": f"{address}?page=0",
    }


def belonging(of: str, owner: str) -> dict[str, Any]:
    """Whose collection a document is: `likesOf`, `outboxOf` … (FEP-5711), with what the word means."""
    return {"@context": [CONTEXT, {of: {"@id": f"{INVERSE}{of}", "@type": "@id"}}], of: owner}


def _page(address: str, total: int, page: int, items: list[Any], more: int | None) -> dict[str, Any]:
    document = {
        "@context": CONTEXT,
        "id": f"{address}?page={page}",
        "type": "OrderedCollectionPage",
        "partOf": address,
        "totalItems": total,
        "orderedItems": items,
    }
    return document if more is None else document | {"next": f"{address}?page={more}"}
