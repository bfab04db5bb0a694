"""How the exchange has grown: practices, adoptions, reviews, communities and instances, month by month."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from exchange.models.adoption import Adoption
from exchange.models.community import Community
from exchange.models.practice import PUBLISHED, Practice
from exchange.models.review import Review

KINDS = ("practices", "adoptions", "reviews", "communities", "instances")
MOST = 36  # months that are told one by one; what came before is counted into the first


@dataclass(frozen=True)
class Month:
    """A month by its first days, `2026-11`, and how much there was of each kind at its end."""

    month: str
    totals: dict[str, int]


def growth(session: Session) -> list[Month]:
    """Every month since the first thing that is still there, up to the last one; at most MOST.

    Practices, adoptions and reviews count from when their authors told them; communities and instances from
    when the first practice of theirs that is still there was told.
    """
    told = _told(session)
    months = sorted(month for counted in told.values() for month in counted)
    if not months:
        return []
    shown = _between(months[0], months[-1])
    totals = dict.fromkeys(KINDS, 0)
    made = []
    for month in shown:
        totals = {kind: totals[kind] + told[kind][month] for kind in KINDS}
        made.append(Month(month, totals))
    return made[-MOST:]


def _told(session: Session) -> dict[str, Counter[str]]:
    published = select(Practice.issued_at).where(Practice.state == PUBLISHED)
    adopted = select(Adoption.issued_at).where(col(Adoption.withdrawn_at).is_(None))
    reviewed = select(Review.issued_at).where(col(Review.withdrawn_at).is_(None))
    first = (
        select(Community.instance, func.min(Practice.issued_at))
        .join(Practice, Practice.community_id == Community.id)  # type: ignore[arg-type]
        .where(Practice.state == PUBLISHED)
        .group_by(col(Community.id), col(Community.instance))
    )
    began: dict[str, datetime] = {}
    communities: list[datetime] = []
    for origin, at in session.exec(first):
        communities.append(at)
        began[origin] = min(at, began.get(origin, at))
    return {
        "practices": _counted(session.exec(published)),
        "adoptions": _counted(session.exec(adopted)),
        "reviews": _counted(session.exec(reviewed)),
        "communities": _counted(communities),
        "instances": _counted(began.values()),
    }


def _counted(moments: Iterable[datetime]) -> Counter[str]:
    return Counter(f"{at.year:04}-{at.month:02}" for at in moments)


def _between(first: str, last: str) -> list[str]:
    year, month = int(first[:4]), int(first[5:])
    made = [first]
    while made[-1] < last:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        made.append(f"{year:04}-{month:02}")
    return made
