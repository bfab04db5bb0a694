"""What is published here, page by page, for those who take the whole of it away: in an order that holds.

The pages are made of all practices that were ever published here, in the order in which they came. One
that is withdrawn leaves a gap on its page; so nothing moves from page to page, and whoever goes through
them meanwhile misses nothing and sees nothing twice.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from exchange.messages import N_, NotFound
from exchange.models.community import Community
from exchange.models.practice import WITHDRAWN, Practice
from federation.ledger.journal import CONTENT, JournalEntry

SIZE = 100  # practices on a page


@dataclass(frozen=True)
class Page:
    """One page: `ids` and `state` of what is on it, how many pages and practices there are in all."""

    number: int
    last: int
    total: int
    ids: tuple[int, ...]
    state: str  # a digest of what the page says; of the practices, their owners and the other pages


def page(session: Session, number: int) -> Page:
    """A page as it stands, without its records; NotFound beyond the last one."""
    ever = _count(session)
    last = max(1, -(-ever // SIZE))
    if not 1 <= number <= last:
        raise NotFound(N_("The last page of this catalogue is %(pages)s."), pages=last)
    query = (
        select(Practice.id, Practice.state, Practice.modified_at, Community.modified_at)
        .join(Community, Community.id == Practice.community_id)  # type: ignore[arg-type]
        .where(Practice.local)
        .order_by(col(Practice.id))
        .offset((number - 1) * SIZE)
        .limit(SIZE)
    )
    rows = session.exec(query).all()
    total = ever - _count(session, Practice.state == WITHDRAWN)
    told = "\n".join(map(str, (number, last, total, *rows)))
    ids = tuple(key for key, state, *_ in rows if key is not None and state != WITHDRAWN)
    return Page(number, last, total, ids, hashlib.sha256(told.encode()).hexdigest())


def practices(session: Session, ids: Sequence[int]) -> list[tuple[Practice, Community]]:
    """The practices of a page with their owners, in its order."""
    query = (
        select(Practice, Community)
        .join(Community, Community.id == Practice.community_id)  # type: ignore[arg-type]
        .where(col(Practice.id).in_(ids))
    )
    return list(session.exec(query.order_by(col(Practice.id))))


def countries(session: Session) -> tuple[str, ...]:
    """The countries of the communities of this instance."""
    query = select(Community.country).where(Community.local, Community.gone == False).distinct()  # noqa: E712
    return tuple(sorted(country for country in session.exec(query).all() if country))


def changed(session: Session) -> datetime | None:
    """When this instance last said something in public, or took it back; None when it never did.

    Read from the end of an index, however much there is.
    """
    numbers = [
        session.exec(
            select(func.max(JournalEntry.number)).where(
                JournalEntry.direction == "out",
                col(JournalEntry.current),
                col(JournalEntry.public),
                JournalEntry.kind == kind,
            )
        ).one()
        for kind in CONTENT
    ]
    last = max((number for number in numbers if number is not None), default=None)
    return session.exec(select(JournalEntry.at).where(JournalEntry.number == last)).first() if last else None


def _count(session: Session, *where: object) -> int:
    query = select(func.count()).select_from(Practice).where(Practice.local, *where)  # type: ignore[arg-type]
    return session.exec(query).one()
