"""How the exchange has grown: practices, adoptions, reviews, communities and instances, month by month, or day by day while it is young."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, func, select

from exchange.models.adoption import STANDING, Adoption
from exchange.models.community import Community
from exchange.models.practice import PUBLISHED, Practice
from exchange.models.review import Review

KINDS = ("practices", "adoptions", "reviews", "communities", "instances")
MOST = 36  # periods that are told one by one; what came before is counted into the first
YOUNG = 45  # days up to which the days are told and not the months


@dataclass(frozen=True)
class Period:
    """A month, `2026-11`, or a day, `2026-11-25`, and how much there was of each kind at its end."""

    name: str
    totals: dict[str, int]


def growth(session: Session) -> list[Period]:
    """Every period since the first thing that is still there, up to the last one; at most MOST.

    Practices, adoptions and reviews count from when their authors told them; communities and instances from
    when the first practice of theirs that is still there was told.
    """
    told = _told(session)
    days = sorted(at.date() for moments in told.values() for at in moments)
    if not days:
        return []
    by_day = (days[-1] - days[0]).days < YOUNG
    counted = {kind: Counter(_named(at.date(), by_day) for at in moments) for kind, moments in told.items()}
    totals = dict.fromkeys(KINDS, 0)
    made = []
    for name in _between(days[0], days[-1], by_day):
        totals = {kind: totals[kind] + counted[kind][name] for kind in KINDS}
        made.append(Period(name, totals))
    return made[-MOST:]


def _told(session: Session) -> dict[str, list[datetime]]:
    published = select(Practice.issued_at).where(Practice.state == PUBLISHED)
    adopted = select(Adoption.issued_at).where(*STANDING)
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
        "practices": list(session.exec(published)),
        "adoptions": list(session.exec(adopted)),
        "reviews": list(session.exec(reviewed)),
        "communities": communities,
        "instances": list(began.values()),
    }


def _named(day: date, by_day: bool) -> str:
    return day.isoformat() if by_day else f"{day.year:04}-{day.month:02}"


def _between(first: date, last: date, by_day: bool) -> list[str]:
    if by_day:
        return [_named(first + timedelta(days=n), True) for n in range((last - first).days + 1)]
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [f"{n // 12:04}-{n % 12 + 1:02}" for n in months]
