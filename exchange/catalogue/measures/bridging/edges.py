"""Who learned from whom: adoptions, ratings and follows as edges from where something comes to who takes it.

An adoption goes from the practice's owner to the adopter, a rating from the owner to the judge, a follow from
the followed to the follower: always the way that knowledge goes.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from exchange.catalogue.communities import reference
from exchange.models.adoption import STANDING, Adoption
from exchange.models.cluster import MEMBER, Cluster, Membership
from exchange.models.community import Community
from exchange.models.practice import PUBLISHED, Practice
from exchange.models.review import Review
from federation.ledger.relations import Follow

SOURCES = ("adoptions", "ratings", "follows")
KINDS = ("rural", "town", "city")
_KIND = {"dg-3": "rural", "dg-2": "town", "dg-1": "city"}


@dataclass(frozen=True)
class End:
    """One end of an edge: its kind of place and size, as far as they are known; `uri` where it has an actor."""

    uri: str | None = None
    kind: str | None = None
    population: int | None = None


@dataclass(frozen=True)
class Edge:
    """Something went from `origin` to `taker`; `year` is when it began as it was told, else `at` when it was said."""

    origin: End
    taker: End
    at: datetime
    year: int | None = None

    @property
    def placed(self) -> bool:
        """Whether the kind of both places is known."""
        return self.origin.kind is not None and self.taker.kind is not None

    def period(self, by: str) -> str:
        """`2018`, or `2026-Q1` where the day is known."""
        if self.year is not None and self.year != self.at.year:
            return str(self.year)
        return f"{self.at.year}-Q{(self.at.month + 2) // 3}" if by == "quarter" else str(self.at.year)


@dataclass(frozen=True)
class Owned:
    """A practice by its owner, and how often others took it up."""

    owner: End
    taken_up: int


def of(session: Session, source: str, members: Collection[str] | None = None) -> list[Edge]:
    """All edges of one source (adoptions, ratings, follows); only those that touch a member where there are any."""
    found = {"adoptions": _adoptions, "ratings": _ratings, "follows": _follows}[source](session)
    return [e for e in found if members is None or {e.origin.uri, e.taker.uri} & set(members)]


def practices(session: Session, members: Collection[str] | None = None) -> list[Owned]:
    """The published practices by their owners."""
    told = select(Adoption.practice_id, Adoption.record).where(*STANDING)
    counted = Counter(key for key, record in session.exec(told) if not record.get("inverse"))
    query = (
        select(Practice.id, Community.uri, Community.degurba, Community.population)  # type: ignore[call-overload]
        .join(Community, Community.id == Practice.community_id)  # type: ignore[arg-type]
        .where(Practice.state == PUBLISHED)
    )
    return [
        Owned(_end(uri, degurba, people), counted[key or 0])
        for key, uri, degurba, people in session.exec(query)
        if members is None or uri in members
    ]


def members_of(session: Session, cluster: Cluster) -> set[str]:
    """The actors of a cluster's members."""
    query = select(Membership.member).where(Membership.cluster_id == cluster.id, Membership.state == MEMBER)
    return set(session.exec(query))


def _adoptions(session: Session) -> Iterator[Edge]:
    places = _places(session)
    named: dict[tuple[str, str], End] = {}
    query = (
        select(Adoption, Practice.community_id)
        .join(Practice, Practice.id == Adoption.practice_id)  # type: ignore[arg-type]
        .where(Practice.state == PUBLISHED, *STANDING)
        .order_by(col(Adoption.id))
    )
    for adoption, owner in session.exec(query):
        taker = places.get(adoption.adopter_id or 0) or _named(session, adoption.adopter, named)
        edge = Edge(places[owner], taker, adoption.issued_at, _year(adoption.record.get("since")))
        inverse = adoption.record.get("inverse")  # the practice's owner is who took the idea up
        yield replace(edge, origin=edge.taker, taker=edge.origin) if inverse else edge


def _ratings(session: Session) -> Iterator[Edge]:
    places = _places(session)
    query = (
        select(Practice.community_id, Review.community_id, Review.issued_at)
        .join(Practice, Practice.id == Review.practice_id)  # type: ignore[arg-type]
        .where(Practice.state == PUBLISHED, Review.withdrawn_at == None)  # noqa: E711
    )
    for owner, judge, at in session.exec(query):
        yield Edge(places[owner], places[judge], at)


def _follows(session: Session) -> Iterator[Edge]:
    """Of communities by communities; that an instance follows another says nothing of any place."""
    places = {end.uri: end for end in _places(session).values()}
    query = select(Follow.followed, Follow.follower, Follow.at).where(Follow.state == "accepted")
    for followed, follower, at in session.exec(query):
        if followed in places and follower in places:
            yield Edge(places[followed], places[follower], at)


def _places(session: Session) -> dict[int, End]:
    query = select(Community.id, Community.uri, Community.degurba, Community.population)  # type: ignore[call-overload]
    return {key or 0: _end(uri, degurba, people) for key, uri, degurba, people in session.exec(query)}


def _end(uri: str | None, degurba: str | None, people: int | None) -> End:
    return End(uri, _KIND.get(degurba or ""), people)


def _named(session: Session, adopter: dict[str, Any], known: dict[tuple[str, str], End]) -> End:
    """What kind of place an adopter is that is only a name: as it was told, else as official statistics know it.

    They know it when they have one place of that name.
    """
    name, country = str(adopter.get("name") or ""), str(adopter.get("country") or "")
    if adopter.get("degurba"):
        return _end(None, adopter["degurba"], adopter.get("population"))
    if (name, country) not in known:
        units = reference.match(session, country, name=name) if name and country else []
        unit = units[0] if units else None
        known[name, country] = _end(None, unit.degurba, unit.population) if unit else End()
    return known[name, country]


def _year(since: Any) -> int | None:
    text = str(since or "")[:4]
    return int(text) if text.isascii() and text.isdigit() and len(text) == 4 else None
