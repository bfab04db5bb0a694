"""What changed for an officer since they were here: in what is followed, in their themes, in places like theirs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from exchange.catalogue.communities import likeness
from exchange.catalogue.communities.likeness import lists
from exchange.catalogue.finding import follow, saved
from exchange.catalogue.finding.follow import Followed
from exchange.catalogue.finding.saved import Kept
from exchange.models.adoption import Adoption
from exchange.models.community import Community
from exchange.models.officer import Officer
from exchange.models.practice import PUBLISHED, Practice
from exchange.models.saved import SearchHit

LATEST = 300  # practices that came in last: what is older is no news
ALIKE = 25  # places that count as like ours
EACH = 3  # practices that are named of one thing that is followed


@dataclass(frozen=True)
class News:
    """Something that is followed, or a kept search, with the latest that is new in it."""

    followed: Followed | None
    searches: Sequence[Kept]
    hits: Sequence[tuple[SearchHit, Practice, Community]]
    new: int


@dataclass(frozen=True)
class Visit:
    """What there is to see. `since` is empty on a first visit: then the lists hold the latest there is."""

    since: datetime | None
    news: Sequence[News] = ()
    themes: Sequence[tuple[Practice, Community]] = ()
    alike: Sequence[tuple[Practice, Community]] = ()
    taken_up: Sequence[tuple[Adoption, Practice, Community, Community]] = ()
    own_themes: frozenset[str] = field(default_factory=frozenset)

    @property
    def quiet(self) -> bool:
        return not (self.news or self.themes or self.alike or self.taken_up)


def visit(session: Session, officer: Officer, community: Community | None, *, limit: int = 5) -> Visit:
    """What changed for this officer and the community that they act for, if they act for one."""
    since = officer.seen_before_at
    if community is None:
        return Visit(since=since, news=_news(session, saved.searches(session, officer)))
    themes = lists.themes_of(session, community)
    near = lists.near_us(session, community, likeness.WEIGHTS, limit=ALIKE)
    alike = {one.id: one for one in near}
    latest = [row for row in _latest(session, community) if since is None or row.arrived > since]
    in_themes = [row.id for row in latest if themes & set(row.themes)][:limit]
    from_alike = [row.id for row in latest if row.owner in alike and row.id not in in_themes][:limit]
    shown = _shown(session, in_themes + from_alike)
    return Visit(
        since=since,
        news=_news(session, saved.searches(session, officer)),
        themes=[shown[key] for key in in_themes],
        alike=[shown[key] for key in from_alike],
        taken_up=_taken_up(session, alike, since, limit),
        own_themes=frozenset(themes),
    )


def _news(session: Session, searches: Sequence[Kept]) -> list[News]:
    """What has news, of what is followed and of the searches that are kept besides."""
    found = [News(one, one.searches, _hits(session, one.searches), one.new)
             for one in follow.followed(session, searches) if one.new]  # fmt: skip
    found += [
        News(None, [one], _hits(session, [one]), one.new)
        for one in searches
        if one.new and not one.search.follows
    ]
    return found


def _hits(session: Session, searches: Sequence[Kept]) -> list[tuple[SearchHit, Practice, Community]]:
    hits = [hit for one in searches for hit in saved.news(session, one.search, one.reader.seen, limit=EACH)]
    return sorted(hits, key=lambda hit: -hit[0].number)[:EACH]


class _Row(NamedTuple):
    """What is looked at of a practice before it is shown; its record is not unpacked for that."""

    id: int
    owner: int
    themes: Sequence[str]
    arrived: datetime


def _latest(session: Session, community: Community) -> list[_Row]:
    """What came in last from others; rows are numbered as they come."""
    query = (
        select(Practice.id, Practice.community_id, Practice.themes, Practice.received_at, Practice.issued_at)  # type: ignore[call-overload]
        .where(Practice.state == PUBLISHED, Practice.community_id != community.id)
        .order_by(col(Practice.id).desc())
        .limit(LATEST)
    )
    return [
        _Row(key, owner, themes, received or issued)
        for key, owner, themes, received, issued in session.exec(query)
    ]


def _shown(session: Session, ids: Sequence[int]) -> dict[int | None, tuple[Practice, Community]]:
    query = (
        select(Practice, Community)
        .join(Community, Community.id == Practice.community_id)  # type: ignore[arg-type]
        .where(col(Practice.id).in_(ids))
    )
    return {practice.id: (practice, owner) for practice, owner in session.exec(query)}


def _taken_up(
    session: Session, alike: dict[int | None, Community], since: datetime | None, limit: int
) -> list[tuple[Adoption, Practice, Community, Community]]:
    """What places like ours took up, or moved on with, and the owner and the adopter."""
    query = (
        select(Adoption, Practice, Community)
        .join(Practice, Practice.id == Adoption.practice_id)  # type: ignore[arg-type]
        .join(Community, Community.id == Practice.community_id)  # type: ignore[arg-type]
        .where(
            col(Adoption.adopter_id).in_(list(alike)),
            Adoption.withdrawn_at == None,  # noqa: E711
            Practice.state == PUBLISHED,
        )
    )
    if since is not None:
        query = query.where(Adoption.modified_at > since)
    found = session.exec(query.order_by(col(Adoption.modified_at).desc()).limit(3 * limit))
    told = [
        (adoption, practice, owner, alike[adoption.adopter_id])
        for adoption, practice, owner in found
        if adoption.counts
    ]
    return told[:limit]
